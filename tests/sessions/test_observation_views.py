"""Pages of observations, as the two see them, and what everybody else gets."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from supervision.jobs.worker import Worker
from supervision.records import certificate
from supervision.records.models import Answer, Opening
from supervision.sessions import operations as sessions
from supervision.sessions.observations import operations
from supervision.sessions.observations.models import Observation

from . import makers
from . import observation_makers as make
from .pages import body, client_of
from .test_queries import DETAIL, FORM, LIST, asked

HEAD_WORDS = (make.STRENGTHS, make.GROWTH, make.LOOK_FOR)


def url(name: str, *args: Any) -> str:
    return reverse(f"sessions:observation{name}", args=args)


def plan_post(**given: Any) -> dict[str, Any]:
    values = {
        "key": str(uuid.uuid4()),
        "version": "0",
        "kind": "practice",
        "day": timezone.localdate().isoformat(),
        "setting": "The Tuesday group",
        "look_for": make.LOOK_FOR,
        "propose": "1",
    }
    return {name: value for name, value in (values | given).items() if value is not None}


def words_post(made: Observation, **given: Any) -> dict[str, Any]:
    values = {
        "version": str(made.version),
        "held_on": timezone.localdate().isoformat(),
        "strengths": make.STRENGTHS,
        "growth": make.GROWTH,
        "next": "1",
    }
    return {name: value for name, value in (values | given).items() if value is not None}


def test_from_the_proposal_to_the_sealed_record(cast: Any) -> None:
    dana, marisol = client_of(cast.supervisor), client_of(cast.worker)
    page = marisol.get(url("s")).content.decode()
    address = url("_propose", cast.arrangement.pk, cast.supervisor.pk)
    assert address in page
    made_at = marisol.post(address, plan_post())["Location"]
    made = Observation.objects.get()
    assert url("", made.pk) == made_at
    assert "I agree" in dana.get(made_at).content.decode()
    assert "I agree" not in marisol.get(made_at).content.decode()
    dana.post(url("_agree", made.pk), {"version": made.version})
    made.refresh_from_db()
    dana.post(url("_write", made.pk), words_post(made))
    made.refresh_from_db()
    assert make.STRENGTHS in dana.get(made_at).content.decode()
    theirs = marisol.get(made_at).content.decode()
    assert "being written up by Dana" in theirs
    assert make.STRENGTHS not in theirs
    dana.post(url("_send", made.pk), {"version": made.version, "typed_name": "Dana Whitfield"})
    made.refresh_from_db()
    theirs = marisol.get(made_at).content.decode()
    assert all(words in theirs for words in HEAD_WORDS)
    marisol.post(
        url("_sign", made.pk),
        {"seen": made.open_offer.digest, "typed_name": "Marisol Vega", "statement": "It helped."},
    )
    assert makers.fresh(made).is_sealed
    certificate.ensure_certificate("Riverbend Peer Alliance")
    Worker(name="test").run_until_empty()
    for client in (dana, marisol):
        assert "It helped." in client.get(made_at).content.decode()
        answer = client.get(url("_pdf", made.pk))
        assert answer.content.startswith(b"%PDF")
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"day": "2020-01-01"}, "agreed beforehand"),
        ({"day": "tomorrow"}, "Enter a date"),
        ({"day": None}, "Enter a date"),
        ({"kind": "wiretap"}, "Choose one of the answers listed"),
        ({"setting": ""}, "Say where"),
        ({"look_for": " \n "}, "Say what to look for"),
        ({"look_for": "x" * 4001}, "4,000"),
        ({"setting": "a\x00b"}, ""),
    ],
)
def test_bad_input_is_said_beside_the_field_and_nothing_is_lost(cast: Any, given: Any, said: str) -> None:
    dana = client_of(cast.supervisor)
    answer = dana.post(url("_propose", cast.arrangement.pk, cast.worker.pk), plan_post(**given))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert said in text
    assert "The Tuesday group" in text or "setting" in given
    assert not Observation.objects.exists()


@pytest.mark.parametrize("missing", ["held_on", "strengths", "growth"])
def test_going_on_needs_everything_and_saving_for_later_nothing(cast: Any, missing: str) -> None:
    made, dana = make.agreed(cast), client_of(cast.supervisor)
    answer = dana.post(url("_write", made.pk), words_post(made, **{missing: ""}))
    assert answer.status_code == 422
    given = {missing: "", "next": None, "later": "1"}
    assert dana.post(url("_write", made.pk), words_post(made, **given)).status_code == 302
    page = dana.get(url("", made.pk)).content.decode()
    assert "Before you can send it" in page
    made.refresh_from_db()
    refused = dana.post(url("_send", made.pk), {"version": made.version, "typed_name": "Dana Whitfield"})
    assert refused.status_code == 422
    assert makers.fresh(made).is_draft


def test_a_recording_needs_the_yes_on_the_page_too(cast: Any) -> None:
    made, dana = make.agreed(cast, kind="recording"), client_of(cast.supervisor)
    answer = dana.post(url("_write", made.pk), words_post(made))
    assert answer.status_code == 422
    assert "only if the person supported agreed" in answer.content.decode()
    assert dana.post(url("_write", made.pk), words_post(made, recording_agreed="on")).status_code == 302
    assert makers.fresh(made).recording_agreed


def test_a_yes_to_an_older_version_is_409_and_agrees_to_nothing(cast: Any) -> None:
    made, marisol = make.proposed(cast), client_of(cast.worker)
    operations.change_plan(made, by=cast.supervisor, plan=make.plan(look_for="Pace"), version=made.version)
    for version in (made.version, "", "-1", "x", "99999999999"):
        assert marisol.post(url("_agree", made.pk), {"version": version}).status_code == 409
    assert makers.fresh(made).state == "proposed"


def test_stale_forms_lose_nothing(cast: Any) -> None:
    made = make.agreed(cast)
    dana, marisol = client_of(cast.supervisor), client_of(cast.worker)
    old = made.version
    operations.change_plan(made, by=cast.supervisor, plan=make.plan(look_for="Pace"), version=old)
    late = marisol.post(url("_change", made.pk), plan_post(version=old, look_for="My own sentence"))
    assert late.status_code == 409
    assert "My own sentence" in late.content.decode()
    late = marisol.post(url("_decline_plan", made.pk), {"version": old, "reason": "My own reason"})
    assert late.status_code == 409
    assert "My own reason" in late.content.decode()

    made = make.draft(cast)
    late = dana.post(url("_write", made.pk), words_post(made, version=made.version - 1, growth="From before"))
    assert late.status_code == 409
    assert "From before" in late.content.decode()
    late = marisol.post(url("_change", made.pk), plan_post(version=made.version, look_for="Too late"))
    assert late.status_code == 409
    assert "Too late" in late.content.decode()
    made = make.sent(cast, made)
    late = dana.post(url("_write", made.pk), words_post(made, growth="After sending"))
    assert late.status_code == 409
    assert "After sending" in late.content.decode()
    assert makers.fresh(made).growth == make.GROWTH


def test_a_second_press_shows_the_thing_itself(cast: Any) -> None:
    made, marisol = make.proposed(cast), client_of(cast.worker)
    given = {"version": made.version}
    assert marisol.post(url("_agree", made.pk), given).status_code == 302
    again = marisol.post(url("_agree", made.pk), given, follow=True)
    assert again.status_code == 200
    assert "You have answered this already." in again.content.decode()
    made = make.sent(cast)
    post = {"seen": made.open_offer.digest, "typed_name": "Marisol Vega"}
    marisol.post(url("_sign", made.pk), post)
    again = marisol.post(url("_sign", made.pk), post, follow=True)
    assert "You have answered this already." in again.content.decode()
    assert Answer.objects.filter(record_id=made.pk).count() == 2


@pytest.mark.parametrize("verb", ["_send", "_sign", "_decline", "_close"])
def test_an_old_login_proves_itself_first_and_what_was_typed_is_kept(cast: Any, verb: str) -> None:
    made = make.draft(cast) if verb == "_send" else make.sent(cast)
    who = cast.supervisor if verb in ("_send", "_close") else cast.worker
    if verb == "_close":
        cast.arrangement.participations.filter(person=cast.worker).update(
            left_on=timezone.localdate() - datetime.timedelta(days=2)
        )
    client = client_of(who, minutes_ago=60)
    words = {
        "version": made.version,
        "seen": made.open_offer.digest if made.open_offer else "",
        "typed_name": who.name,
        "statement": "typed before",
        "reason": "typed before",
    }
    answer = client.post(url(verb, made.pk), words)
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    count = Answer.objects.filter(record_id=made.pk).count()
    assert count == (0 if verb == "_send" else 1)
    back = client.get(f"{url(verb, made.pk)}?kept=1").content.decode()
    assert (who.name if verb == "_send" else "typed before") in back


def test_somebody_elses_name_is_no_signature(cast: Any) -> None:
    made, marisol = make.sent(cast), client_of(cast.worker)
    post = {"seen": made.open_offer.digest, "typed_name": "Dana Whitfield", "statement": "Mine"}
    answer = marisol.post(url("_sign", made.pk), post)
    assert answer.status_code == 422
    assert "Mine" in answer.content.decode()


def test_what_is_typed_is_kept_while_typing_and_not_over_what_was_saved(cast: Any) -> None:
    made, dana = make.agreed(cast), client_of(cast.supervisor)
    draft = {"HTTP_X_REQUESTED_WITH": "draft"}
    page = uuid.uuid4().hex
    half = words_post(made, strengths="Half a sent", page=page)
    assert dana.post(url("_write", made.pk), half, **draft).status_code == 204
    assert makers.fresh(made).state == "agreed"
    assert "Half a sent" in dana.get(url("_write", made.pk)).content.decode()
    dana.post(url("_write", made.pk), words_post(made, page=page))
    assert dana.post(url("_write", made.pk), half, **draft).status_code == 409
    assert "Half a sent" not in dana.get(url("_write", made.pk)).content.decode()


def test_hints_stand_under_the_words_and_can_be_silenced(cast: Any) -> None:
    made, dana = make.agreed(cast), client_of(cast.supervisor)
    post = words_post(made, strengths="Her name is Ruth Miller, phone 555-201-3344.")
    post.pop("next")
    answer = dana.post(url("_write", made.pk), post | {"silence": "nothing-like-it"})
    assert answer.status_code == 200
    assert "Ruth Miller" in answer.content.decode()
    assert makers.fresh(made).state == "agreed"


@pytest.mark.parametrize("at", ["proposed", "agreed", "draft", "sent", "sealed"])
def test_for_everybody_else_it_does_not_exist(cast: Any, at: str) -> None:
    made = getattr(make, at)(cast)
    for name in ("administrator", "outsider", "other_supervisor", "other_worker", "other_manager", "manager"):
        client = client_of(getattr(cast, name))
        answer = client.get(url("", made.pk))
        told = name == "manager" and at in ("sent", "sealed")
        assert answer.status_code == (403 if told else 404), name
        assert not any(words in answer.content.decode() for words in HEAD_WORDS)
        assert b"Tuesday group" not in client.get(url("s")).content


def test_managers_see_that_it_took_place_and_when(cast: Any) -> None:
    make.draft(cast)
    priya = client_of(cast.manager)
    assert "None so far" in priya.get(url("s_log")).content.decode()
    make.sealed(cast)
    text = priya.get(url("s_log")).content.decode()
    assert "Marisol Vega" in text
    assert "Dana Whitfield" in text
    assert not any(words in text for words in (*HEAD_WORDS, "Tuesday group", "Observing practice"))
    assert "Marisol Vega" not in client_of(cast.other_manager).get(url("s_log")).content.decode()
    for name in ("administrator", "supervisor", "worker", "outsider"):
        assert client_of(getattr(cast, name)).get(url("s_log")).status_code == 403
    assert url("s_log") in priya.get(reverse("overview:manager")).content.decode()


def test_the_home_page_asks_the_worker_to_sign_and_the_supervisor_sees_that_it_waits(cast: Any) -> None:
    made = make.sent(cast)
    address = url("", made.pk)
    home = client_of(cast.worker).get(reverse("home"), follow=True).content.decode()
    assert "Read and sign the record of an observation with Dana" in home
    assert address in home
    home = client_of(cast.supervisor).get(reverse("home"), follow=True).content.decode()
    assert "record of an observation" in home
    assert address in home


def test_it_is_on_the_next_agenda_of_the_two(cast: Any) -> None:
    make.sealed(cast)
    session = makers.planned(cast, starts_at=makers.ahead())
    for person in (cast.worker, cast.supervisor):
        page = client_of(person).get(reverse("sessions:detail", args=[session.pk])).content.decode()
        assert "The observation on" in page


def test_whoever_meets_there_later_is_not_offered_it_by_address_either(cast: Any) -> None:
    from supervision.notices.models import Suggestion

    made = make.sealed(cast)
    row = Suggestion.objects.get(source_id=made.pk)
    cast.arrangement.participations.filter(person=cast.supervisor).update(person=cast.other_supervisor)
    session = sessions.plan(
        cast.arrangement, by=cast.other_supervisor, starts_at=makers.ahead(), zone="America/New_York"
    )
    ben = client_of(cast.other_supervisor)
    assert "The observation on" not in ben.get(reverse("sessions:detail", args=[session.pk])).content.decode()
    assert ben.post(reverse("sessions:suggestion", args=[session.pk, row.pk])).status_code == 404


def test_opening_it_is_logged_for_what_the_other_wrote(cast: Any) -> None:
    made = make.sent(cast)
    client_of(cast.worker).get(url("", made.pk))
    assert Opening.objects.filter(record_id=made.pk, by=cast.worker).exists()


def test_every_page_asks_as_much_for_a_little_as_for_a_lot(cast: Any) -> None:
    def counts(made: dict[str, Observation]) -> dict[str, int]:
        dana, marisol, priya = (client_of(p) for p in (cast.supervisor, cast.worker, cast.manager))
        pages = {
            "list": (marisol, url("s")),
            "log": (priya, url("s_log")),
            "plan": (marisol, url("", made["proposed"].pk)),
            "draft": (dana, url("", made["draft"].pk)),
            "sent": (marisol, url("", made["sent"].pk)),
            "sealed": (dana, url("", made["sealed"].pk)),
            "write": (dana, url("_write", made["draft"].pk)),
            "propose": (dana, url("_propose", cast.arrangement.pk, cast.worker.pk)),
        }
        return {name: asked(client, address)[0] for name, (client, address) in pages.items()}

    few = counts({name: getattr(make, name)(cast) for name in ("proposed", "draft", "sent", "sealed")})
    for _again in range(4):
        many = {name: getattr(make, name)(cast) for name in ("proposed", "draft", "sent", "sealed")}
        operations.take_back(make.sent(cast), by=cast.supervisor)
    assert counts(many) == few
    limits = {"list": LIST, "log": LIST, "write": FORM, "propose": FORM}
    assert {name: n for name, n in few.items() if n > limits.get(name, DETAIL)} == {}


def test_each_button_pressed_twice_leads_to_what_it_made(cast: Any) -> None:
    dana, marisol = client_of(cast.supervisor), client_of(cast.worker)

    def twice(client: Any, name: str, made: Observation, sent: dict[str, Any]) -> None:
        for _press in range(2):
            response = client.post(url(name, made.pk), sent)
            assert (response.status_code, response.url) == (302, url("", made.pk)), name

    made = make.proposed(cast)
    twice(dana, "_change", made, plan_post(version=str(made.version), look_for="How it ends"))
    assert makers.fresh(made).version == made.version + 1
    made = make.agreed(cast)
    twice(dana, "_write", made, words_post(made))
    made = makers.fresh(made)
    twice(dana, "_send", made, {"version": made.version, "typed_name": "Dana Whitfield"})
    assert Answer.objects.filter(record_id=made.pk).count() == 1
    twice(marisol, "_ask_for_change", made, {"reason": "The day was another one"})
    made = makers.fresh(made)
    twice(dana, "_send", made, {"version": made.version, "typed_name": "Dana Whitfield"})
    twice(dana, "_take_back", made, {"reason": ""})
    assert makers.fresh(made).is_draft


def test_other_words_sent_after_it_was_saved_are_still_a_conflict(cast: Any) -> None:
    made, dana = make.agreed(cast), client_of(cast.supervisor)
    dana.post(url("_write", made.pk), words_post(made))
    late = dana.post(url("_write", made.pk), words_post(made, growth="Something else"))
    assert late.status_code == 409
    assert "Something else" in body(late)
    assert makers.fresh(made).growth == make.GROWTH


def test_two_put_it_differently_at_once_and_the_later_one_merges_both(cast: Any) -> None:
    made = make.proposed(cast)
    seen = str(made.version)
    operations.change_plan(
        made, by=cast.supervisor, plan=make.plan(look_for="Dana's words"), version=made.version
    )
    client = client_of(cast.worker)
    response = client.post(url("_change", made.pk), plan_post(look_for="Marisol's words", version=seen))
    assert response.status_code == 409
    page = body(response)
    assert "Marisol&#x27;s words" in page
    assert "Dana&#x27;s words" in page
    form = response.context["form"]
    sent = plan_post(look_for="Both our words", version=str(form["version"].value()))
    assert client.post(url("_change", made.pk), sent).status_code == 302
    made.refresh_from_db()
    assert made.look_for == "Both our words"


def test_written_up_in_two_windows_the_later_one_shows_both_and_can_be_sent_again(cast: Any) -> None:
    made = make.draft(cast)
    dana = client_of(cast.supervisor)
    old = str(made.version)
    dana.post(url("_write", made.pk), words_post(made, strengths="First window", version=old))
    response = dana.post(url("_write", made.pk), words_post(made, strengths="Second window", version=old))
    assert response.status_code == 409
    assert "First window" in body(response)
    form = response.context["form"]
    assert form["strengths"].value() == "Second window"
    again = words_post(made, strengths="Second window", version=str(form["version"].value()))
    assert dana.post(url("_write", made.pk), again).status_code == 302
    made.refresh_from_db()
    assert made.strengths == "Second window"
