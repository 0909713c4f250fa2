"""Pages of what is taken up, as the two and their manager see them, and what everybody else gets."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse

from supervision.people.models import Participation
from supervision.records.models import Draft, Opening
from supervision.sessions.matters import operations
from supervision.sessions.matters.models import Matter, MatterReply
from tests import factories

from . import matter_makers as make
from .pages import client_of
from .test_queries import DETAIL, FORM, LIST, asked


def url(name: str, *args: Any) -> str:
    return reverse(f"sessions:matter{name}", args=args)


def post(cast: Any, **given: Any) -> dict[str, Any]:
    values = {
        "key": str(uuid.uuid4()),
        "version": "1",
        "kind": "barrier",
        "about": "tasks",
        "text": make.TEXT,
        "wish": make.WISH,
        "manager": str(cast.manager.pk),
        "propose": "1",
    }
    return values | given


def new(cast: Any) -> str:
    return url("_propose", cast.arrangement.pk, cast.supervisor.pk)


def text_of(response: Any) -> str:
    return response.content.decode()


def test_from_the_words_to_the_answer(cast: Any) -> None:
    marisol, dana, priya = (client_of(one) for one in (cast.worker, cast.supervisor, cast.manager))
    assert new(cast) in text_of(marisol.get(url("s")))
    made_at = marisol.post(new(cast), post(cast))["Location"]
    made = Matter.objects.get()
    assert made_at == url("", made.pk)
    assert priya.get(made_at).status_code == 404
    assert "Read what Marisol would take up" in text_of(dana.get("/"))
    assert "Agree, and send it to Priya" in text_of(dana.get(made_at))
    assert "Agree, and send" not in text_of(marisol.get(made_at))
    dana.post(url("_change", made.pk), post(cast, text="Four days out of five."))
    made.refresh_from_db()
    marisol.post(url("_agree", made.pk), {"version": made.version})
    assert "Answer what Marisol and Dana take up with you" in text_of(priya.get("/"))
    page = text_of(priya.get(made_at))
    assert "Four days out of five." in page
    assert make.WISH in page
    answer = {"key": str(uuid.uuid4()), "kind": "will", "text": make.ANSWER}
    assert priya.post(url("_reply", made.pk), answer)["Location"] == made_at
    assert "Answer what Marisol" not in text_of(priya.get("/"))
    for one in (marisol, dana, priya):
        page = text_of(one.get(made_at))
        assert make.ANSWER in page
        assert "It will change" in page


def test_the_lists_show_no_word_and_the_manager_only_what_was_sent(cast: Any) -> None:
    make.proposed(cast, about="policy")
    make.sent(cast)
    page = text_of(client_of(cast.manager).get(url("s")))
    assert "Tasks that crowd out" in page
    assert "A rule or a policy" not in page
    for person in (cast.worker, cast.supervisor, cast.manager):
        assert make.TEXT not in text_of(client_of(person).get(url("s")))
    assert "Nothing so far" in text_of(client_of(cast.other_manager).get(url("s")))


def test_bad_input_is_said_beside_the_field_and_nothing_is_lost(cast: Any) -> None:
    response = client_of(cast.worker).post(new(cast), post(cast, about="", manager="", wish="A van"))
    assert response.status_code == 422
    page = text_of(response)
    for said in ("Choose what it is about", "Choose who should answer it", make.TEXT, "A van"):
        assert said in page
    forged = client_of(cast.worker).post(new(cast), post(cast, manager=str(cast.other_manager.pk)))
    assert forged.status_code == 422
    assert not Matter.objects.exists()


def test_pressed_twice_it_is_there_once(cast: Any) -> None:
    marisol, sent = client_of(cast.worker), post(cast)
    assert marisol.post(new(cast), sent)["Location"] == marisol.post(new(cast), sent)["Location"]
    made = Matter.objects.get()
    dana = client_of(cast.supervisor)
    for _press in range(2):
        answer = dana.post(url("_agree", made.pk), {"version": made.version})
        assert answer["Location"] == url("", made.pk)
    priya, reply = client_of(cast.manager), {"key": str(uuid.uuid4()), "kind": "not", "text": make.ANSWER}
    for _press in range(2):
        assert priya.post(url("_reply", made.pk), reply)["Location"] == url("", made.pk)
    assert MatterReply.objects.count() == 1


def test_who_goes_back_and_writes_something_else_is_not_told_that_it_was_sent(cast: Any) -> None:
    marisol, sent = client_of(cast.worker), post(cast)
    marisol.post(new(cast), sent)
    answer = marisol.post(new(cast), sent | {"text": "Four days out of five."})
    assert answer.status_code == 409
    assert "Four days out of five." in text_of(answer)
    assert [one.text for one in Matter.objects.all()] == [make.TEXT]
    made = make.sent(cast)
    priya, reply = client_of(cast.manager), {"key": str(uuid.uuid4()), "kind": "not", "text": make.ANSWER}
    priya.post(url("_reply", made.pk), reply)
    answer = priya.post(url("_reply", made.pk), reply | {"text": "From May on, after all."})
    assert answer.status_code == 409
    assert "From May on, after all." in text_of(answer)
    assert [one.text for one in MatterReply.objects.all()] == [make.ANSWER]


def test_words_that_changed_meanwhile_are_not_overwritten_and_stay_on_the_page(cast: Any) -> None:
    made = make.proposed(cast)
    seen = made.version
    operations.change(made, by=cast.supervisor, words=make.words(cast, text="Dana's words"), version=seen)
    marisol = client_of(cast.worker)
    response = marisol.post(url("_change", made.pk), post(cast, text="Marisol's words", version=str(seen)))
    assert response.status_code == 409
    page = text_of(response)
    assert "Marisol&#x27;s words" in page
    assert "Dana&#x27;s words" in page, "both texts, to merge as one likes"
    assert marisol.post(url("_agree", made.pk), {"version": seen}).status_code == 409
    made.refresh_from_db()
    assert (made.text, made.state) == ("Dana's words", "proposed")
    form = response.context["form"]
    again = post(cast, text=form["text"].value(), version=str(form["version"].value()))
    assert marisol.post(url("_change", made.pk), again).status_code == 302, "looked through, and sent again"
    made.refresh_from_db()
    assert made.text == "Marisol's words"


def test_words_typed_after_it_was_sent_are_shown_to_be_copied(cast: Any) -> None:
    made = make.sent(cast)
    response = client_of(cast.worker).post(url("_change", made.pk), post(cast, text="Too late"))
    assert response.status_code == 409
    assert "Too late" in text_of(response)


def test_what_is_typed_is_kept_for_its_writer_alone_until_it_is_sent(cast: Any) -> None:
    marisol = client_of(cast.worker)
    draft = post(cast, text="Half a sent", page="p1")
    assert marisol.post(new(cast), draft, headers={"X-Requested-With": "draft"}).status_code == 204
    page = text_of(marisol.get(new(cast)))
    assert "Half a sent" in page
    assert "This is what you had typed" in page
    back = url("_propose", cast.arrangement.pk, cast.worker.pk)
    assert "Half a sent" not in text_of(client_of(cast.supervisor).get(back))
    marisol.post(new(cast), post(cast, page="p1"))
    assert "Half a sent" not in text_of(marisol.get(new(cast)))
    assert marisol.post(new(cast), draft, headers={"X-Requested-With": "draft"}).status_code == 409

    made, priya = make.sent(cast), client_of(cast.manager)
    typed = {"kind": "will", "text": "We th", "page": "p2", "key": str(uuid.uuid4())}
    priya.post(url("_reply", made.pk), typed, headers={"X-Requested-With": "draft"})
    assert "We th" in text_of(priya.get(url("", made.pk)))
    assert "We th" not in text_of(marisol.get(url("", made.pk)))
    priya.post(url("_reply", made.pk), {"start_over": "1"})
    assert "We th" not in text_of(priya.get(url("", made.pk)))
    assert not Draft.objects.filter(person=cast.manager, saved_page="").exists()


def test_taken_up_once_more_it_starts_with_the_same_words_and_asks_who_answers(cast: Any) -> None:
    made = make.replied(cast)
    marisol = client_of(cast.worker)
    again = f"{new(cast)}?again={made.pk}"
    assert again in text_of(marisol.get(url("", made.pk)))
    form = marisol.get(again).context["form"]
    assert (form["text"].value(), form["manager"].value()) == (make.TEXT, "")
    assert form["key"].value() != made.pk
    foreign = client_of(cast.other_worker)
    theirs = url("_propose", cast.other_arrangement.pk, cast.other_supervisor.pk)
    assert make.TEXT not in text_of(foreign.get(f"{theirs}?again={made.pk}"))


def test_in_a_group_it_is_between_two_and_the_others_learn_nothing(cast: Any) -> None:
    kit = factories.worker_in(cast.program, "Kit Marsh")
    Participation.objects.create(arrangement=cast.arrangement, person=kit, part="supervisee")
    made = make.replied(cast)
    marsh = client_of(kit)
    assert marsh.get(url("", made.pk)).status_code == 404
    assert "Nothing so far" in text_of(marsh.get(url("s")))
    assert marsh.get(url("_propose", cast.arrangement.pk, cast.worker.pk)).status_code == 403


def test_a_reason_stays_with_the_two(cast: Any) -> None:
    made = make.proposed(cast)
    dana = client_of(cast.supervisor)
    assert dana.post(url("_decline", made.pk), {"reason": ""}).status_code == 422
    dana.post(url("_decline", made.pk), {"reason": "It was solved this week."})
    assert "It was solved this week." in text_of(client_of(cast.worker).get(url("", made.pk)))
    assert client_of(cast.manager).get(url("", made.pk)).status_code == 404


def test_every_reading_of_words_of_others_is_logged(cast: Any) -> None:
    made = make.sent(cast)
    client_of(cast.manager).get(url("", made.pk))
    seen = Opening.objects.get(record_id=made.pk, by=cast.manager)
    assert seen.why == "it was sent to them"
    before = Opening.objects.filter(by=cast.worker).count()
    client_of(cast.worker).get(url("", made.pk))
    assert Opening.objects.filter(by=cast.worker).count() == before, "their own words, and no answer yet"


def test_a_dozen_of_them_ask_no_more_than_one(cast: Any) -> None:
    made = make.replied(cast)
    marisol = client_of(cast.worker)
    few, _ = asked(marisol, url("s"))
    for _more in range(12):
        make.sent(cast)
    many, _ = asked(marisol, url("s"))
    assert few == many <= LIST
    for address, most in ((url("", made.pk), DETAIL), (new(cast), FORM)):
        count, queries = asked(marisol, address)
        assert count <= most, queries


def test_where_nobody_can_answer_any_more_the_page_says_so_and_leads_on(cast: Any) -> None:
    made = make.sent(cast)
    cast.manager.is_active = False
    cast.manager.save()
    page = text_of(client_of(cast.worker).get(url("", made.pk)))
    assert "no answer will come" in page
    assert f"again={made.pk}" in page
