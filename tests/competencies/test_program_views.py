"""Pages of self-assessments of programs: who gets what, what they say before the first question, and that nothing chosen is lost."""

from __future__ import annotations

import datetime
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from competencies.models import ProgramAction, ProgramAssessment, ProgramResult
from competencies.programs import actions, operations, policy
from supervision.overview import waiting
from supervision.people.models import User
from supervision.records.models import Opening
from tests import factories
from tests.overview.builders import queries_of, signed_in

from . import program_makers as make

pytestmark = pytest.mark.django_db


def at(name: str, row: Any = None, **more: Any) -> str:
    return reverse(f"program_assessment:{name}", kwargs={**({"pk": row.pk} if row else {}), **more})


def page(client: Client, address: str) -> str:
    """What the page says, on one line."""
    return " ".join(client.get(address).content.decode().split())


def hidden(text: str, name: str) -> str:
    return re.findall(rf'name="{name}" value="([^"]*)"', text)[0]


def marks_sent(client: Client, assessment: ProgramAssessment, **points: Any) -> dict[str, str]:
    """What a browser sends from the page of the questions, opened just now."""
    text = client.get(at("answer", assessment)).content.decode()
    sent = {name: hidden(text, name) for name in ("seen", "page")}
    return sent | {f"rate-{key.replace('_', '-')}": str(value) for key, value in points.items()}


def said_by(assessment: ProgramAssessment, person: User) -> dict[str, int]:
    asked = assessment.asked.select_related("answer", "assessment__framework_version").get(person=person)
    return dict(operations.said_by(asked).points)


@pytest.fixture
def crew(cast: Any) -> list[User]:
    make.framework()
    return make.crew(cast)


# Opening --------------------------------------------------------------------------------------------------------


def opening_sent(client: Client, cast: Any, **given: str) -> dict[str, str]:
    text = client.get(at("open", program_id=cast.program.pk)).content.decode()
    today = policy.today_there()
    sent = {
        "key": hidden(text, "key"),
        "asked": hidden(text, "asked"),
        "framework": str(make.framework().pk),
        "first_day": (today - datetime.timedelta(days=90)).isoformat(),
        "last_day": today.isoformat(),
        "closes_on": (today + datetime.timedelta(days=10)).isoformat(),
    }
    return sent | given


def test_a_manager_sees_who_would_be_asked_and_opens_it_once(cast: Any, crew: list[User]) -> None:
    client = signed_in(cast.manager)
    text = page(client, at("open", program_id=cast.program.pk))
    for person in (cast.manager, cast.supervisor, *crew):
        assert person.name in text
    assert "Managers answer under their own name" in text
    sent = opening_sent(client, cast)
    response = client.post(at("open", program_id=cast.program.pk), sent)
    made = ProgramAssessment.objects.get()
    assert response["Location"] == at("detail", made)
    assert client.post(at("open", program_id=cast.program.pk), sent)["Location"] == at("detail", made)
    assert ProgramAssessment.objects.count() == 1
    assert client.get(at("open", program_id=cast.program.pk)).status_code == 409


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"closes_on": ""}, "Fill in “Last day to answer”"),
        ({"closes_on": "2020-01-01"}, "Enter a day from 7 to 60 days ahead"),
        ({"first_day": "2031-01-01"}, "Enter a day that is not after the last one"),
        ({"last_day": "2031-01-01"}, "Enter today or a day gone by"),
        ({"framework": "other"}, "Choose one of the answers listed"),
        ({"framework": ""}, "Choose an answer for “What you look at”"),
    ],
)
def test_what_cannot_be_opened_is_said_beside_its_field(
    cast: Any, crew: list[User], given: dict[str, str], said: str
) -> None:
    client = signed_in(cast.manager)
    response = client.post(at("open", program_id=cast.program.pk), opening_sent(client, cast, **given))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not ProgramAssessment.objects.exists()


def test_somebody_came_meanwhile_so_the_names_are_shown_again(cast: Any, crew: list[User]) -> None:
    client = signed_in(cast.manager)
    sent = opening_sent(client, cast)
    factories.worker_in(cast.program, "Nia Newcomer")
    response = client.post(at("open", program_id=cast.program.pk), sent)
    assert response.status_code == 409
    text = response.content.decode()
    assert "Nia Newcomer" in text
    assert sent["closes_on"] in text
    again = sent | {"asked": hidden(text, "asked")}
    assert client.post(at("open", program_id=cast.program.pk), again).status_code == 302
    assert ProgramAssessment.objects.get().asked.filter(person__name="Nia Newcomer").exists()


def test_too_few_peer_workers_is_said_plainly(cast: Any) -> None:
    response = signed_in(cast.manager).get(at("open", program_id=cast.program.pk))
    assert response.status_code == 409
    assert "talk about them instead" in response.content.decode()
    assert signed_in(cast.other_manager).get(at("open", program_id=cast.program.pk)).status_code == 404


# Answering --------------------------------------------------------------------------------------------------------


def test_who_will_see_what_stands_before_the_first_question(cast: Any, crew: list[User]) -> None:
    assessment = make.opened(cast)
    said = {
        cast.worker: "Only you can see your ratings, now and later.",
        cast.manager: "Then they show under your name.",
        cast.supervisor: "unless you tick that they show",
    }
    for person, words in said.items():
        text = page(signed_in(person), at("answer", assessment))
        first_question = text.index("<legend")
        assert words in text[:first_question]
        assert "never a number, never how many" in text[:first_question]
        assert "What could be worked out" in text[:first_question]
        assert ("Show my ratings under my name" in text) == (person == cast.supervisor)


def test_ratings_are_saved_some_at_a_time_and_changed(cast: Any, crew: list[User]) -> None:
    assessment, client = make.opened(cast), signed_in(cast.worker)
    sent = marks_sent(client, assessment, support_1=2, support_2="unsure")
    response = client.post(at("answer", assessment), sent, follow=True)
    assert "You have answered 2 of 15" in response.content.decode()
    assert said_by(assessment, cast.worker) == {"support-1": 2}
    text = client.get(at("answer", assessment)).content.decode()
    assert re.search(r'name="rate-support-1" value="2"[^>]*checked', text)
    assert re.search(r'name="rate-support-2" value="unsure"[^>]*checked', text)
    client.post(at("answer", assessment), marks_sent(client, assessment, support_1=4))
    assert said_by(assessment, cast.worker) == {"support-1": 4}


def test_what_is_chosen_is_saved_as_one_goes(cast: Any, crew: list[User]) -> None:
    assessment, client = make.opened(cast), signed_in(cast.worker)
    sent = marks_sent(client, assessment)
    for point in (1, 2):  # twice from the same page
        kept = client.post(
            at("answer", assessment),
            sent | {"rate-support-1": str(point)},
            headers={"X-Requested-With": "draft"},
        )
        assert kept.status_code == 204
    assert said_by(assessment, cast.worker) == {"support-1": 2}
    client.post(at("answer", assessment), sent | {"rate-support-1": "3"})
    late = client.post(
        at("answer", assessment), sent | {"rate-support-1": "1"}, headers={"X-Requested-With": "draft"}
    )
    assert late.status_code == 409
    assert said_by(assessment, cast.worker) == {"support-1": 3}


def test_saved_from_another_window_both_are_shown_and_sending_again_keeps_these(
    cast: Any, crew: list[User]
) -> None:
    assessment, client = make.opened(cast), signed_in(cast.worker)
    first, second = marks_sent(client, assessment, support_1=1), marks_sent(client, assessment, support_1=4)
    client.post(at("answer", assessment), first)
    response = client.post(at("answer", assessment), second)
    assert response.status_code == 409
    text = response.content.decode()
    assert "You saved other answers from another window" in text
    assert "1. Not yet" in text
    assert said_by(assessment, cast.worker) == {"support-1": 1}
    again = second | {name: hidden(text, name) for name in ("seen", "page")}
    assert client.post(at("answer", assessment), again).status_code == 302
    assert said_by(assessment, cast.worker) == {"support-1": 4}


@pytest.mark.parametrize("given", [{"rate-support-1": "9"}, {"rate-support-1": "x"}])
def test_an_answer_that_is_not_there_is_refused_in_words(
    cast: Any, crew: list[User], given: dict[str, str]
) -> None:
    assessment, client = make.opened(cast), signed_in(cast.worker)
    response = client.post(at("answer", assessment), marks_sent(client, assessment, support_2=2) | given)
    assert response.status_code == 422
    assert "Choose one of the answers listed" in response.content.decode()
    forged = marks_sent(client, assessment, support_1=2) | {"page": "';--", "seen": ""}
    assert client.post(at("answer", assessment), forged).status_code == 409
    assert said_by(assessment, cast.worker) == {}


def test_after_closing_the_page_leads_on_and_what_is_sent_is_refused(cast: Any, crew: list[User]) -> None:
    assessment, client = make.opened(cast), signed_in(cast.worker)
    sent = marks_sent(client, assessment, support_1=1)
    make.close(assessment)
    assert client.post(at("answer", assessment), sent).status_code == 409
    assert client.get(at("answer", assessment))["Location"] == at("detail", assessment)
    assert said_by(assessment, cast.worker) == {}


def test_nobody_elses_pages_change_when_somebody_answers(cast: Any, crew: list[User]) -> None:
    """Whoever looks at everything that a manager or colleague can open sees the same before and after."""
    assessment = make.opened(cast)
    others = [signed_in(person) for person in (cast.manager, cast.supervisor, crew[1])]
    addresses = [at("detail", assessment), at("answer", assessment), at("list"), "/"]

    def everything() -> list[str]:
        texts = [client.get(address).content.decode() for client in others for address in addresses]
        return [re.sub(r'(value|nonce)="[\w-]{8,}"|data-turn="[^"]*"', "", text) for text in texts]

    before = everything()
    make.says(assessment, cast.worker, 4)
    assert everything() == before


def test_the_own_home_page_names_it_until_it_closes_whether_one_has_answered_or_not(
    cast: Any, crew: list[User]
) -> None:
    assessment = make.opened(cast)
    for person in (cast.worker, cast.supervisor, cast.manager):
        assert "Say how Maple Street supports supervision" in page(signed_in(person), "/")
    make.says(assessment, cast.worker, 3)
    assert [task.tag for task in waiting.tasks_of(cast.worker, waiting.PROGRAMS)] == ["Open"]
    make.close(assessment)
    assert waiting.tasks_of(cast.worker, waiting.PROGRAMS) == []
    for person in (cast.administrator, cast.other_worker, cast.other_manager):
        assert waiting.tasks_of(person, waiting.PROGRAMS) == []


# The result -------------------------------------------------------------------------------------------------------


@pytest.fixture
def done(cast: Any, crew: list[User]) -> ProgramAssessment:
    """Peer workers see support-1 as strong and support-2 as something to explore; the manager sees both as strong."""
    said = {"support-1": 4, "support-2": 1}
    return make.finished(cast, {**dict.fromkeys(crew, said), cast.manager: {"support-1": 4, "support-2": 4}})


def test_the_result_says_strengths_then_differences_and_logs_that_it_was_opened(
    cast: Any, done: ProgramAssessment
) -> None:
    text = page(signed_in(cast.worker), at("detail", done))
    assert "On 1 statement everybody shown here sees the program as strong." in text
    assert text.index("Seen as strong by everybody shown") < text.index("Where views differ most")
    assert "Peer workers: To explore; Managers: Strong" in text
    assert "Priya Raman: Established" in text
    assert "Supervisors: fewer than three were asked" in text
    assert 'class="chart chart-radar"' in text
    assert "Note an action" not in text
    assert Opening.objects.filter(by=cast.worker.pk, record_id=done.pk).count() == 1


def test_a_group_that_is_not_shown_is_said_without_a_reason_that_tells(cast: Any, crew: list[User]) -> None:
    made = make.finished(cast, dict.fromkeys(crew[:2], 4))
    text = page(signed_in(cast.manager), at("detail", made))
    assert "Peer workers as a group are not shown this time." in text
    assert "somebody who was asked could not answer any more" in text
    assert "Which of these it was is not said" in text
    assert "There is nothing to show this time." in text


def test_closed_and_not_put_together_yet_anybody_asked_can_have_it_now(cast: Any, crew: list[User]) -> None:
    assessment = make.opened(cast)
    client = signed_in(cast.worker)
    assert client.post(at("put_together", assessment)).status_code == 409
    for person in crew:
        make.says(assessment, person, 3)
    make.close(assessment)
    assert "Put the result together" in page(client, at("detail", assessment))
    assert not ProgramResult.objects.exists()  # looking makes nothing
    for _twice in range(2):
        assert client.post(at("put_together", assessment))["Location"] == at("detail", assessment)
    assert ProgramResult.objects.count() == 1
    assert "Side by side" in page(client, at("detail", assessment))


def test_over_time_there_is_a_panel_for_each_section_with_its_table(cast: Any, crew: list[User]) -> None:
    make.finished(cast, dict.fromkeys(crew, 1), days_ago=400)
    made = make.finished(cast, dict.fromkeys(crew, 4))
    text = page(signed_in(cast.worker), at("detail", made))
    assert text.count('class="chart chart-trend"') == 4
    panel = text[text.index("Over time") :]
    assert panel.index("To explore") < panel.index("Strong")


def test_whoever_may_not_know_finds_nothing(cast: Any, done: ProgramAssessment) -> None:
    action = make.action(cast, done)
    for person in (cast.administrator, cast.other_manager, cast.other_worker, cast.outsider):
        client = signed_in(person)
        for address in (
            at("detail", done),
            at("answer", done),
            at("action", action),
            at("action_done", action),
            at("action_note", done, statement="support-1"),
        ):
            assert client.get(address).status_code == 404
        assert "Maple Street" not in page(client, at("list"))


# Actions ----------------------------------------------------------------------------------------------------------


def action_sent(cast: Any, **given: Any) -> dict[str, Any]:
    ahead = policy.today_there() + datetime.timedelta(days=20)
    sent = {"key": str(uuid.uuid4()), "version": "0", "what": make.WHAT, "who": str(cast.supervisor.pk)}
    return sent | {"by_day": ahead.isoformat()} | given


def test_an_action_is_noted_seen_by_all_who_were_asked_changed_and_done(
    cast: Any, done: ProgramAssessment
) -> None:
    manager, address = signed_in(cast.manager), at("action_note", done, statement="support-2")
    sent = action_sent(cast)
    shown = manager.post(address, sent)["Location"]
    action = ProgramAction.objects.get()
    assert manager.post(address, sent)["Location"] == shown  # a second press
    other_words = manager.post(address, sent | {"what": "typed-heron"})
    assert other_words.status_code == 409
    assert "typed-heron" in other_words.content.decode()
    for person in (cast.worker, cast.supervisor, cast.manager):
        assert make.WHAT in page(signed_in(person), shown)
        assert make.WHAT in page(signed_in(person), at("detail", done))
    assert signed_in(cast.worker).get(at("action_done", action)).status_code == 403
    assert signed_in(cast.worker).get(at("action_change", action)).status_code == 403
    changed = action_sent(cast, version="1", what="Said better")
    assert manager.post(at("action_change", action), changed).status_code == 302
    done_by = signed_in(cast.supervisor)
    sent = {"version": "2", "words": "Held in May."}
    for _twice in range(2):
        assert done_by.post(at("action_done", action), sent).status_code == 302
    text = page(signed_in(cast.worker), shown)
    assert text.index(make.WHAT) < text.index("Held in May.")
    assert manager.post(at("action_reopen", action)).status_code == 302
    assert manager.post(at("action_drop", action), {"version": "4", "words": "No money."}).status_code == 302
    assert "No money." in page(signed_in(cast.worker), shown)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"what": ""}, "Say what will be done"),
        ({"who": ""}, "Choose a person"),
        ({"who": str(uuid.uuid4())}, "Choose one of the answers listed"),
        ({"by_day": "2020-01-01"}, "Enter today or a day to come"),
        ({"by_day": ""}, "Choose a day"),
        ({"what": "x" * 1001}, "Shorten this by 1 character"),
    ],
)
def test_an_action_that_cannot_be_taken_loses_nothing(
    cast: Any, done: ProgramAssessment, given: dict[str, str], said: str
) -> None:
    address = at("action_note", done, statement="support-2")
    response = signed_in(cast.manager).post(address, action_sent(cast) | {"what": "kept-heron"} | given)
    assert response.status_code == 422
    text = response.content.decode()
    assert said in text
    assert "kept-heron" in text or "what" in given
    assert not ProgramAction.objects.exists()


def test_changed_by_another_manager_meanwhile_both_are_shown(cast: Any, done: ProgramAssessment) -> None:
    action, client = make.action(cast, done), signed_in(cast.manager)
    saved = actions.Written("saved-there", cast.worker, action.by_day)
    actions.change(action, by=cast.manager, version=1, written=saved)
    old = action_sent(cast, version="1", what="typed-here")
    response = client.post(at("action_change", action), old)
    assert response.status_code == 409
    text = response.content.decode()
    assert "typed-here" in text
    assert "saved-there" in text
    assert client.post(at("action_change", action), old | {"version": "2"}).status_code == 302
    assert make.fresh(action).what == "typed-here"


def test_ended_meanwhile_the_typed_words_are_shown(cast: Any, done: ProgramAssessment) -> None:
    action, client = make.action(cast, done), signed_in(cast.manager)
    actions.finish(action, by=cast.supervisor, version=1)
    for name, sent in (
        ("action_change", action_sent(cast, version="1", what="typed-here")),
        ("action_drop", {"version": "1", "words": "typed-here"}),
    ):
        response = client.post(at(name, action), sent)
        assert response.status_code == 409
        assert "typed-here" in response.content.decode()
    assert client.post(at("action_drop", action), {"version": "2", "words": ""}).status_code == 422


def test_what_somebody_is_to_do_soon_waits_for_them_alone(cast: Any, done: ProgramAssessment) -> None:
    soon = policy.today_there() + datetime.timedelta(days=3)
    action = make.action(cast, done, by_day=soon)
    make.action(cast, done, by_day=soon + datetime.timedelta(days=30))
    assert [task.tag for task in waiting.tasks_of(cast.supervisor, waiting.PROGRAMS)] == ["Action"]
    assert waiting.tasks_of(cast.manager, waiting.PROGRAMS) == []
    actions.finish(action, by=cast.supervisor, version=1)
    assert waiting.tasks_of(cast.supervisor, waiting.PROGRAMS) == []


def test_in_the_next_one_it_stands_beside_its_statement_and_the_log_does_not_tell_who_answers(
    cast: Any, done: ProgramAssessment
) -> None:
    make.action(cast, done, statement="support-2")
    following, client = make.opened(cast), signed_in(cast.worker)
    text = page(client, at("answer", following))
    question = text.index("advanced training that fits")
    assert question < text.index(make.WHAT) < text.index("fitting self-care")
    answering = list(Opening.objects.filter(by=cast.worker.pk).values_list("record_id", "action", "why"))
    client.get(at("detail", following))
    reading = list(Opening.objects.filter(by=cast.worker.pk).values_list("record_id", "action", "why"))
    assert answering == [(done.pk, "opened", "asked")]
    assert reading == answering * 2


# Cost -------------------------------------------------------------------------------------------------------------


def test_pages_ask_as_much_of_many_as_of_few(cast: Any, crew: list[User]) -> None:
    few = make.finished(cast, dict.fromkeys([*crew, cast.manager], 2), days_ago=900)
    make.action(cast, few)
    second = make.finished(cast, dict.fromkeys(crew, 2), days_ago=800)
    make.action(cast, second)
    client = signed_in(cast.manager)
    addresses = {name: at(name) if name == "list" else at(name, second) for name in ("list", "detail")}
    before = {name: queries_of(client, address) for name, address in addresses.items()}
    opened = make.opened(cast)
    answering = queries_of(client, at("answer", opened))
    make.close(opened, days_ago=700)
    make.result_of(opened)
    make.crew(cast, 9, supervisors=4)
    for number in range(4):
        row = make.finished(cast, dict.fromkeys(crew, 3), days_ago=600 - 100 * number)
        for statement in make.statements()[:5]:
            make.action(cast, row, statement=statement)
    last = ProgramAssessment.objects.order_by("-opened_at").first()
    after = {"list": queries_of(client, at("list")), "detail": queries_of(client, at("detail", last))}
    assert after == before
    assert queries_of(client, at("answer", make.opened(cast))) == answering
