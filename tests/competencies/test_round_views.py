"""Pages of rounds: what each person sees, before, while and after, and that nothing chosen is lost."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from competencies.models import NamedView, Round, RoundResult
from competencies.rounds import circle, operations
from competencies.rounds.views import opening
from supervision.overview import waiting
from supervision.pages import words
from supervision.records.models import Opening
from tests.overview.builders import queries_of, signed_in
from tests.sessions.pages import body

from . import round_makers as make

pytestmark = pytest.mark.django_db


def at(name: str, row: Any = None) -> str:
    return reverse(f"rounds:{name}", args=[row.pk] if row else [])


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return body(response)


def open_form(cast: Any, **given: Any) -> dict[str, Any]:
    values = {
        "key": str(uuid.uuid4()),
        "reads": opening.names_mark(list(circle.supervised_by(cast.supervisor))),
        "framework": str(make.framework().pk),
        "last_day": (timezone.localdate() + datetime.timedelta(days=14)).isoformat(),
    }
    return values | given


# Opening ------------------------------------------------------------------------------------------------------


def test_the_page_names_who_would_be_asked_and_opening_leads_to_the_round(cast: Any) -> None:
    make.team(cast)
    sent = open_form(cast)
    client = signed_in(cast.supervisor)
    page = text_of(client, at("open"))
    assert "Kit Ng" in page
    assert "Peer support supervisor competencies, five domains" in page
    response = client.post(at("open"), sent)
    found = Round.objects.get()
    assert response["Location"] == at("detail", found)
    assert client.post(at("open"), sent)["Location"] == at("detail", found)  # pressed twice
    page = text_of(client, at("detail", found))
    assert "Nothing shows before it has closed and your own part is in" in page
    assert "Your own part waits for you" in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"last_day": ""}, "Choose the last day to answer"),
        ({"last_day": "soon"}, "Enter a date that exists"),
        ({"last_day": "2020-01-01"}, "Choose a day at least 7 and at most 60 days ahead"),
        ({"framework": "none"}, "Choose one"),
        ({"framework": ""}, "Choose"),
        ({"reads": "others"}, "Whom you supervise has changed meanwhile"),
    ],
)
def test_what_cannot_be_taken_is_said(cast: Any, given: Any, said: str) -> None:
    make.team(cast)
    response = signed_in(cast.supervisor).post(at("open"), open_form(cast, **given))
    assert response.status_code == 422
    assert said in body(response)
    assert not Round.objects.exists()


def test_with_fewer_than_three_the_page_says_why_and_names_the_other_way(cast: Any) -> None:
    make.framework()
    client = signed_in(cast.supervisor)
    page = text_of(client, at("open"))
    assert "A round needs three people" in page
    assert "under their own name" in page
    assert '<button class="btn btn-primary" type="submit">' not in page
    assert client.post(at("open"), open_form(cast)).status_code == 409


@pytest.mark.parametrize("who", ["worker", "manager", "administrator"])
def test_who_supervises_nobody_opens_none(cast: Any, who: str) -> None:
    client = signed_in(getattr(cast, who))
    assert client.get(at("open")).status_code == 403
    assert "Open a round" not in text_of(client, at("list"))


# Before the first question --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page_name", ["detail", "answer"])
def test_who_sees_what_is_said_before_the_first_question(cast: Any, page_name: str) -> None:
    make.team(cast)
    found = make.opened(cast)
    page = " ".join(text_of(signed_in(cast.worker), at(page_name, found)).split())
    for said in (
        "Only you ever see them. They are ratings, without words.",
        "Nobody is shown who has answered, or how many have.",
        "Nothing before the round has closed and Dana’s own part is in.",
        "at least 3 of you have answered",
        "almost the same people as in the last round",
        "or if somebody who was asked can’t answer any more, so that a result would tell who of the others did, nothing shows.",
        "Dana is not told which of these it was.",
        "No manager, no line manager and no administrator sees the result, or that there was a round.",
        "If all of you agree, the result shows which way.",
        "Colleagues who tell each other what they chose",
        "Exactly three of you are asked, so a result tells that all three have answered.",
        "Whoever runs the server and holds its keys could still read it.",
    ):
        assert said in page
    if page_name == "answer":
        assert page.index("Who sees what") < page.index('name="rate-informative-1"')


def test_with_more_than_three_a_result_does_not_tell_that_all_answered(cast: Any) -> None:
    make.team(cast, 4)
    found = make.opened(cast)
    assert "Exactly three of you" not in text_of(signed_in(cast.worker), at("answer", found))


# Answering ----------------------------------------------------------------------------------------------------


def test_answers_are_sent_changed_and_taken_back_on_the_pages(cast: Any) -> None:
    make.team(cast)
    found = make.opened(cast)
    client = signed_in(cast.worker)
    page = text_of(client, at("answer", found))
    assert "Only you can see what you choose here." in page
    assert page.count('type="radio"') == 33 * 5
    response = client.post(at("answer", found), make.post(found, 3))
    assert response["Location"] == at("detail", found)
    page = text_of(client, at("detail", found))
    assert "You have answered" in page
    client.post(at("answer", found), make.post(found, 2, version=1))
    kept = operations.kept_in(make.sheet_of(found, cast.worker))
    assert kept.sent == make.marks(found, 2)
    assert client.post(at("take_back", found))["Location"] == at("detail", found)
    assert "Begun, not sent yet" in text_of(client, at("detail", found))
    assert 'value="2"' in text_of(client, at("answer", found))


def test_what_is_missing_is_named_and_what_was_chosen_stays(cast: Any) -> None:
    make.team(cast)
    found = make.opened(cast)
    sent = make.post(found, 4) | {"rate-informative-2": "", "rate-informative-3": "9"}
    response = signed_in(cast.worker).post(at("answer", found), sent)
    assert response.status_code == 422
    page = body(response)
    assert "Statement 2: choose an answer" in page
    assert "Choose one of the answers listed" in page
    assert page.count("checked") == 31


def test_what_is_chosen_keeps_itself_for_its_person_alone(cast: Any) -> None:
    make.team(cast)
    found = make.opened(cast)
    client, address = signed_in(cast.worker), at("answer", found)
    sent = make.post(found, 4) | {"rate-informative-2": "", "rate-informative-3": "9"}
    assert client.post(address, sent, headers={"X-Requested-With": "draft"}).status_code == 204
    page = text_of(client, address)
    assert page.count("checked") == 31
    assert "It is not sent yet, and does not count." in page
    assert "checked" not in text_of(signed_in(circle.supervised_by(cast.supervisor)[0]), address)
    assert client.post(address, sent | {"later": "1"})["Location"] == at("detail", found)
    client.post(address, make.post(found, 3))
    late = client.post(address, sent, headers={"X-Requested-With": "draft"})
    assert late.status_code == 409  # a request that was on its way as it was sent
    assert client.post(address, sent | {"later": "1"}).status_code == 409


def test_sent_from_another_window_both_are_shown(cast: Any) -> None:
    make.team(cast)
    found = make.opened(cast)
    make.answers(found, cast.worker, 3)
    client = signed_in(cast.worker)
    response = client.post(at("answer", found), make.post(found, 3) | {"rate-informative-1": "1"})
    assert response.status_code == 409
    page = body(response)
    assert "You sent other answers from another window meanwhile." in page
    assert "3. Steady" in page
    sent = make.post(found, 3, version=1) | {"rate-informative-1": "1"}
    assert client.post(at("answer", found), sent).status_code == 302
    assert operations.kept_in(make.sheet_of(found, cast.worker)).sent["informative-1"].point == 1


def test_too_late_what_was_chosen_is_shown(cast: Any) -> None:
    make.team(cast)
    found = make.opened(cast)
    with make.after(found):
        client = signed_in(cast.worker)
        response = client.post(at("answer", found), make.post(found, 4))
        assert response.status_code == 409
        assert "This round has closed" in body(response)
        assert "4. Leading" in body(response)
        assert client.get(at("answer", found))["Location"] == at("detail", found)
        assert "You did not answer" in text_of(client, at("detail", found))


# The result ---------------------------------------------------------------------------------------------------


def test_the_result_shows_once_closed_and_the_own_part_is_in(cast: Any) -> None:
    people = make.team(cast)
    found = make.opened(cast)
    for person in people:
        make.answers(found, person, 4, informative_2=1, informative_3=None)
    client = signed_in(cast.supervisor)
    assert "Strengths" not in text_of(client, at("detail", found))
    assert client.post(at("show", found)).status_code == 409
    with make.after(found):
        client = signed_in(cast.supervisor)
        assert "Strengths" not in text_of(client, at("detail", found))
        assert client.post(at("show", found)).status_code == 409
        response = client.post(at("answer", found), make.post(found, 2))
        assert response["Location"] == at("detail", found)
        assert client.post(at("answer", found), make.post(found, 2)).status_code == 302  # pressed twice
        assert client.post(at("answer", found), make.post(found, 3)).status_code == 409
        page = text_of(client, at("detail", found))
    assert page.index("Strengths") < page.index("Where you see it differently")
    for said in ("Strong", "To explore", "Does not show", "Building"):
        assert said in page
    assert "chart-radar" in page
    assert Opening.objects.filter(by=cast.supervisor.pk, record_label="competencies.roundresult").count() == 1


def test_before_the_job_has_run_a_button_makes_the_result(cast: Any) -> None:
    people = make.team(cast)
    found = make.opened(cast)
    for person in [*people, cast.supervisor]:
        make.answers(found, person, 3)
    with make.after(found):
        client = signed_in(cast.supervisor)
        assert "Show what came of it" in text_of(client, at("detail", found))
        assert not RoundResult.objects.exists()  # a look makes nothing
        assert client.post(at("show", found))["Location"] == at("detail", found)
        client.post(at("show", found))
        assert "Steady" in text_of(client, at("detail", found))
    assert RoundResult.objects.count() == 1


def test_where_there_is_no_result_one_sentence_says_so_for_every_reason(cast: Any) -> None:
    people = make.team(cast, 4)
    first = make.closed_round(cast, people, [3] * 4)
    with make.after(first):
        too_few = make.closed_round(cast, people[:2], [1, 1])
    with make.after(too_few):
        too_alike = make.closed_round(cast, people[:3], [1, 1, 1])
    with make.after(too_alike):
        client = signed_in(cast.supervisor)
        pages = [text_of(client, at("detail", one)) for one in (too_few, too_alike)]
    for page in pages:
        assert "There is no result to show for this round." in page
        assert "somebody who was asked could not answer any more" in page
        assert "Strengths" not in page
    first_page, second_page = (
        _main(page).replace(str(one.pk), "").replace(words.full_day(one.last_day), "")
        for page, one in zip(pages, (too_few, too_alike), strict=True)
    )
    assert first_page == second_page


def _main(page: str) -> str:
    return page.split("<main")[1].split("</main>")[0]


def test_the_trend_shows_the_bands_of_the_rounds_before(cast: Any) -> None:
    people = make.team(cast)
    first = make.closed_round(cast, people, [1, 1, 1])
    with make.after(first):
        second = make.closed_round(cast, people, [4, 4, 4])
    with make.after(second):
        page = text_of(signed_in(cast.supervisor), at("detail", second))
        assert "Over the rounds" in page
        assert page.count("chart-trend") == 5
        assert "Over the rounds" not in text_of(signed_in(cast.supervisor), at("detail", first))


def test_a_rater_sees_nothing_of_what_came_of_it(cast: Any) -> None:
    people = make.team(cast)
    found = make.closed_round(cast, people, [4, 4, 4])
    with make.after(found):
        client = signed_in(people[1])
        page = text_of(client, at("detail", found))
        assert "Strong" not in _main(page)
        assert client.post(at("show", found)).status_code == 403


@pytest.mark.parametrize("who", ["manager", "administrator", "other_supervisor", "other_worker", "outsider"])
def test_for_everybody_else_there_is_no_round(cast: Any, who: str) -> None:
    people = make.team(cast)
    found = make.closed_round(cast, people, [4, 4, 4])
    client = signed_in(getattr(cast, who))
    for name in ("detail", "answer"):
        assert client.get(at(name, found)).status_code == 404
    for name in ("answer", "take_back", "show"):
        assert client.post(at(name, found)).status_code == 404
    assert str(found.pk) not in text_of(client, at("list"))


# Homes and lists ------------------------------------------------------------------------------------------------


def test_it_is_named_on_ones_own_home_until_it_closes_whether_it_is_answered_or_not(cast: Any) -> None:
    people = make.team(cast)
    found = make.opened(cast)
    label = "Say how you see the supervision you get from Dana"
    assert [task.label for task in waiting.tasks_of(people[1])] == [label]
    assert label in text_of(signed_in(people[1]), "/")
    before = waiting.tasks_of(people[1])
    make.answers(found, people[1])
    assert waiting.tasks_of(people[1]) == before
    assert [task.label for task in waiting.tasks_of(people[0])] == [label]
    assert [task.label for task in waiting.tasks_of(cast.supervisor)] == [
        "Say how you see the supervision that you give"
    ]
    with make.after(found):
        assert waiting.tasks_of(people[0]) == []
        assert waiting.tasks_of(cast.supervisor) != []
        make.own_part(found)
        assert waiting.tasks_of(cast.supervisor) == []
    for person in (cast.manager, cast.administrator):
        assert waiting.tasks_of(person) == []


def test_the_list_holds_the_rounds_that_one_has_a_part_in(cast: Any) -> None:
    people = make.team(cast)
    found = make.opened(cast)
    make.answers(found, people[0])
    assert "You have answered" in text_of(signed_in(people[0]), at("list"))
    assert "Waits for your answer" in text_of(signed_in(people[1]), at("list"))
    page = text_of(signed_in(cast.supervisor), at("list"))
    assert "About your supervision" in page
    assert "No round so far" in text_of(signed_in(cast.manager), at("list"))


def test_lists_and_pages_ask_as_much_for_many_as_for_few(cast: Any) -> None:
    people = make.team(cast)
    first = make.closed_round(cast, people, [3, 3, 3])
    with make.after(first):
        second = make.closed_round(cast, people, [4, 4, 4])
    with make.after(second):
        few = _queries(cast, people[1], second)
        later = second
        for _number in range(3):
            with make.after(later):
                later = make.closed_round(cast, people, [2, 3, 4])
        for number in range(4):
            _by_name(cast, text=f"Words {number}")
    with make.after(later):
        assert _queries(cast, people[1], later) == few


def _queries(cast: Any, worker: Any, found: Round) -> list[int]:
    _by_name(cast)
    client, other = signed_in(cast.supervisor), signed_in(worker)
    return [
        queries_of(client, at("list")),
        queries_of(client, at("detail", found)),
        queries_of(client, at("named")),
        queries_of(other, at("list")),
        queries_of(other, at("detail", found)),
    ]


# By name ------------------------------------------------------------------------------------------------------


def _by_name(cast: Any, **given: Any) -> NamedView:
    values = {"by": cast.worker, "to": cast.supervisor, "key": uuid.uuid4(), "text": "canary-heron"}
    return operations.share_by_name(**(values | given))


def test_somebody_writes_by_name_and_the_supervisor_reads_it(cast: Any) -> None:
    client, address = signed_in(cast.worker), at("write", cast.supervisor)
    page = text_of(client, address)
    assert "You and Dana Whitfield can see this." in page
    assert "It says nothing about whether you answered" in page
    sent = {"key": str(uuid.uuid4()), "text": "canary-heron", "page": "p1"}
    assert client.post(address, sent, headers={"X-Requested-With": "draft"}).status_code == 204
    assert "canary-heron" in text_of(client, address)
    response = client.post(address, sent)
    made = NamedView.objects.get()
    assert response["Location"] == at("named_view", made)
    assert client.post(address, sent)["Location"] == at("named_view", made)
    assert "canary-heron" not in text_of(client, address)
    assert client.post(address, sent | {"text": "Other words"}).status_code == 409
    reader = signed_in(cast.supervisor)
    assert "canary-heron" not in text_of(reader, at("named"))
    assert "From Marisol Vega" in text_of(reader, at("named"))
    assert "canary-heron" in text_of(reader, at("named_view", made))
    assert Opening.objects.filter(record_id=made.pk).count() == 1  # the author's own look is not written down


def test_by_name_about_a_round_that_one_is_asked_in(cast: Any) -> None:
    people = make.team(cast)
    found = make.opened(cast)
    client = signed_in(people[1])
    address = f"{at('write', cast.supervisor)}?round={found.pk}"
    client.post(address, {"key": str(uuid.uuid4()), "text": "canary-heron"})
    made = NamedView.objects.get()
    assert made.round == found
    assert "about the round until" in text_of(client, at("named_view", made))
    for wrong in (uuid.uuid4(), "forged"):
        assert client.get(f"{at('write', cast.supervisor)}?round={wrong}").status_code == 404


@pytest.mark.parametrize(("text", "said"), [("", "Write something first"), ("x" * 4001, "Shorten this")])
def test_by_name_bad_input_is_said(cast: Any, text: str, said: str) -> None:
    response = signed_in(cast.worker).post(at("write", cast.supervisor), {"text": text})
    assert response.status_code == 422
    assert said in body(response)


@pytest.mark.parametrize("who", ["other_worker", "manager", "administrator", "supervisor", "outsider"])
def test_nobody_else_finds_the_page(cast: Any, who: str) -> None:
    made = _by_name(cast)
    client = signed_in(getattr(cast, who))
    assert client.get(at("write", cast.supervisor)).status_code == 404
    if who != "supervisor":
        assert client.get(at("named_view", made)).status_code == 404
