"""Pages of goals: what their owner sees, what others are told, and that nothing typed is lost."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from competencies.goals import operations
from competencies.goals.sentences import circle_value
from competencies.models import Goal
from supervision.records import drafts
from supervision.records.models import Opening
from supervision.sessions.models import Action
from tests.overview.builders import queries_of, signed_in
from tests.sessions import makers

from . import makers as make

pytestmark = pytest.mark.django_db


def at(name: str, row: Any = None) -> str:
    return reverse(f"competencies:{name}", args=[row.pk] if row else [])


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def open_rows(person: Any) -> int:
    return Opening.objects.filter(by=person.pk, record_label="competencies.goal").count()


# Writing ------------------------------------------------------------------------------------------------------


def test_a_goal_is_written_read_and_changed(cast: Any) -> None:
    client = signed_in(cast.worker)
    sent = make.post() | {
        "steps-TOTAL_FORMS": "1",
        "steps-0-what": make.STEP,
        "steps-0-by_day": make.day(9).isoformat(),
    }
    response = client.post(at("goal_new"), sent)
    goal = Goal.objects.get()
    assert response["Location"] == at("goal", goal)
    page = text_of(client, at("goal", goal))
    assert make.TITLE in page
    assert make.STEP in page
    assert "Only you can see this." in page
    assert client.post(at("goal_new"), sent)["Location"] == at("goal", goal)  # a second press
    response = client.post(at("goal_edit", goal), make.post(goal, title="Said better"))
    assert response.status_code == 302
    assert make.fresh(goal).title == "Said better"
    assert goal.steps.count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": ""}, "Say what you want to get better at"),
        ({"title": "x" * 161}, "Shorten this by 1 character"),
        ({"review_on": "2020-01-01"}, "Enter today or a day to come"),
        ({"review_on": "soon"}, "Enter a date that exists"),
        ({"steps-TOTAL_FORMS": "1", "steps-0-by_day": "2026-11-30"}, "Say what the step is"),
        ({"steps-TOTAL_FORMS": "3"}, "Part of this list did not arrive"),
        ({"why": "a\x00b"}, "Remove the character"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_typed_is_lost(cast: Any, given: Any, said: str) -> None:
    response = signed_in(cast.worker).post(at("goal_new"), make.post(support="kept-otter") | given)
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert "kept-otter" in page
    assert not Goal.objects.exists()


def test_saved_from_another_window_both_are_shown_and_sending_again_keeps_ones_own(cast: Any) -> None:
    client, goal = signed_in(cast.worker), make.goal(cast.worker)
    old = make.post(goal, why="typed-here")
    operations.change(goal, by=cast.worker, version=1, written=make.written(why="saved-there"))
    response = client.post(at("goal_edit", goal), old)
    assert response.status_code == 409
    page = response.content.decode()
    assert "typed-here" in page
    assert "saved-there" in page
    assert make.fresh(goal).why == "saved-there"
    client.post(at("goal_edit", goal), old | {"version": "2"})
    assert make.fresh(goal).why == "typed-here"


def test_ended_in_another_window_the_typed_words_are_shown(cast: Any) -> None:
    goal = make.goal(cast.worker)
    sent = make.post(goal, why="typed-here")
    make.ended(goal)
    response = signed_in(cast.worker).post(at("goal_edit", goal), sent)
    assert response.status_code == 409
    assert "typed-here" in response.content.decode()


def test_what_is_typed_keeps_itself_and_goes_when_it_is_saved(cast: Any) -> None:
    client, goal = signed_in(cast.worker), make.goal(cast.worker)
    for address, sent in (
        (at("goal_new"), make.post(why="typed-otter")),
        (at("goal_edit", goal), make.post(goal, why="typed-otter")),
        (at("goal_progress", goal), {"key": str(uuid.uuid4()), "text": "typed-otter", "page": "p1"}),
    ):
        kept = client.post(address, sent, headers={"X-Requested-With": "draft"})
        assert kept.status_code == 204
        assert "typed-otter" in text_of(client, address)
        assert address in text_of(client, at("goals"))
        assert client.post(address, sent).status_code == 302
        assert "typed-otter" not in text_of(client, address) or address == at("goal_edit", goal)
    assert drafts.all_kept(cast.worker, "competencies.") == []


def test_without_script_a_row_is_added_and_nothing_saved(cast: Any) -> None:
    response = signed_in(cast.worker).post(at("goal_new"), make.post() | {"add": "steps"})
    assert response.status_code == 200
    assert 'name="steps-0-what"' in response.content.decode()
    assert not Goal.objects.exists()


def test_hints_look_at_what_others_read_and_never_at_a_private_goal(cast: Any) -> None:
    client, words = signed_in(cast.worker), "She is non-compliant with her medication."
    private, shared = make.goal(cast.worker), make.shared(cast.worker, cast.arrangement)
    bad = {"title": "", "why": words}
    assert (
        'class="hints' not in client.post(at("goal_edit", private), make.post(private) | bad).content.decode()
    )
    assert 'class="hints' in client.post(at("goal_edit", shared), make.post(shared) | bad).content.decode()
    assert "data-hints" not in text_of(client, at("goal_new"))
    assert "data-hints" in text_of(client, at("goal_progress", shared))


# Where it comes from -------------------------------------------------------------------------------------------


def test_a_goal_from_a_next_step_begins_with_its_words_and_that_is_logged(cast: Any) -> None:
    makers.sealed(cast, steps=[makers.step(cast.worker, "Try the heron opener")])
    action, client = Action.objects.get(), signed_in(cast.worker)
    address = f"{at('goal_new')}?action={action.pk}"
    assert 'value="Try the heron opener"' in text_of(client, address)
    assert Opening.objects.filter(by=cast.worker.pk, record_id=action.pk).exists()
    client.post(address, make.post(title="Openers"))
    goal = Goal.objects.get()
    assert goal.about_kind == "action"
    assert "A next step from the session with Dana Whitfield" in text_of(client, at("goal", goal))
    make.share(goal, cast.arrangement)
    assert "A next step from" not in text_of(signed_in(cast.supervisor), at("goal", goal))


def test_sessions_lead_to_a_goal_and_strangers_sessions_do_not(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead())
    address = f"{at('goal_new')}?session={session.pk}"
    assert address in text_of(signed_in(cast.worker), reverse("sessions:detail", args=[session.pk]))
    assert signed_in(cast.worker).get(address).status_code == 200
    for person in (cast.outsider, cast.manager, cast.other_worker):
        assert signed_in(person).get(address).status_code == 404
    for forged in ("?session=x", "?action=1", f"?goal={uuid.uuid4()}", "?goal=x"):
        assert signed_in(cast.worker).get(at("goal_new") + forged).status_code == 404


def test_a_goal_that_changed_into_another_leads_to_it(cast: Any) -> None:
    client, goal = signed_in(cast.worker), make.ended(make.goal(cast.worker), how="changed")
    address = f"{at('goal_new')}?goal={goal.pk}"
    assert address in text_of(client, at("goal", goal))
    client.post(address, make.post(title="The next one"))
    assert "The next one" in text_of(client, at("goal", goal))
    assert signed_in(cast.supervisor).get(address).status_code == 404


# Sharing ------------------------------------------------------------------------------------------------------


def test_the_page_says_before_who_would_read_it_and_afterwards_who_does(cast: Any) -> None:
    group, _members = makers.group(cast)
    make.co_reflection(cast, cast.worker, cast.other_worker)
    client, goal = signed_in(cast.worker), make.goal(cast.worker)
    page = text_of(client, at("goal_share", goal))
    assert "Dana Whitfield, who supervises you in Maple Street" in page
    assert "Dana Whitfield, who leads your group in Maple Street; the others in it do not see it" in page
    assert "Sam Okafor: everybody you reflect with in Maple Street, because nobody leads it" in page
    value = circle_value(make.circle(cast.worker, group))
    assert client.post(at("goal_share", goal), {"circle": value}).status_code == 302
    page = text_of(client, at("goal", goal))
    assert "You and Dana Whitfield see this goal." in page
    assert "The others who are supervised with you don’t" in page
    again = client.post(at("goal_share", goal), {"circle": value}, follow=True)
    assert "You have shared this goal with them already." in again.content.decode()


def test_a_choice_is_good_for_the_people_who_stood_beside_it_only(cast: Any) -> None:
    group, _members = makers.group(cast)
    goal, value = make.goal(cast.worker), circle_value(make.circle(cast.worker, group))
    make.leaves(cast.supervisor, group, make.day(-1))
    make.joins(cast.other_supervisor, group, "supervisor")
    for sent in (value, str(group.pk), "", "x"):
        response = signed_in(cast.worker).post(at("goal_share", goal), {"circle": sent})
        assert response.status_code == 422
    assert make.fresh(goal).is_private


def test_the_owner_hears_that_somebody_came_to_lead_who_does_not_see_it(cast: Any) -> None:
    group, _members = makers.group(cast)
    goal, client = make.shared(cast.worker, group), signed_in(cast.worker)
    make.leaves(cast.supervisor, group, make.day(-1))
    make.joins(cast.other_supervisor, group, "supervisor")
    page = text_of(client, at("goal", goal))
    assert "Ben Castillo came since and can’t see it." in page
    value = circle_value(make.circle(cast.worker, group))
    assert client.post(at("goal_share", goal), {"circle": value}).status_code == 302
    assert signed_in(cast.other_supervisor).get(at("goal", goal)).status_code == 200


def test_whoever_it_is_shared_with_reads_it_adds_to_it_and_changes_nothing(cast: Any) -> None:
    goal, client = make.shared(cast.worker, cast.arrangement), signed_in(cast.supervisor)
    assert make.TITLE in text_of(client, at("goals_shared"))
    page = text_of(client, at("goal", goal))
    assert "Marisol Vega and you see this goal." in page
    assert at("goal_edit", goal) not in page
    assert open_rows(cast.supervisor) == 2
    sent = {"key": str(uuid.uuid4()), "text": "I saw you wait on Tuesday", "page": "p1"}
    assert client.post(at("goal_progress", goal), sent).status_code == 302
    assert client.post(at("goal_progress", goal), sent).status_code == 302
    other = client.post(at("goal_progress", goal), sent | {"text": "And again on Friday"})
    assert (other.status_code, goal.progress.count()) == (409, 1)
    assert "And again on Friday" in other.content.decode()
    assert "I saw you wait on Tuesday" in text_of(signed_in(cast.worker), at("goal", goal))
    assert open_rows(cast.worker) == 1
    for name in ("goal_edit", "goal_share", "goal_end"):
        assert client.get(at(name, goal)).status_code == 404
    operations.take_back(goal, by=cast.worker)
    assert client.get(at("goal", goal)).status_code == 404
    assert make.TITLE not in text_of(client, at("goals_shared"))


def test_who_left_sees_no_progress_that_is_newer(cast: Any) -> None:
    goal = make.shared(cast.worker, cast.arrangement)
    Goal.objects.filter(pk=goal.pk).update(changed_on=make.day(-9))
    make.leaves(cast.supervisor, cast.arrangement, make.day(-3))
    make.note(goal, cast.worker, "newer-otter")
    client = signed_in(cast.supervisor)
    page = text_of(client, at("goal", goal))
    assert make.WHY in page
    assert "newer-otter" not in page
    sent = {"key": str(uuid.uuid4()), "text": "typed-otter"}
    response = client.post(at("goal_progress", goal), sent)
    assert response.status_code == 409
    assert "typed-otter" in response.content.decode()
    assert "newer-otter" in text_of(signed_in(cast.worker), at("goal", goal))


def test_a_suggested_goal_on_the_page_of_a_session_is_logged_for_who_did_not_write_it(cast: Any) -> None:
    make.shared(cast.worker, cast.arrangement)
    session = makers.planned(cast, starts_at=makers.ahead())
    address = reverse("sessions:detail", args=[session.pk])
    assert make.TITLE in text_of(signed_in(cast.supervisor), address)
    assert Opening.objects.filter(by=cast.supervisor.pk, record_id=session.pk).exists()


# Steps and ends -------------------------------------------------------------------------------------------------


def test_a_step_is_ticked_and_put_back(cast: Any) -> None:
    client, goal = signed_in(cast.worker), make.goal(cast.worker)
    address = reverse("competencies:goal_step", args=[goal.pk, goal.steps.get().pk])
    client.post(address, {"done": "yes"})
    assert "Undo" in text_of(client, at("goal", goal))
    client.post(address, {"done": "no"})
    assert goal.steps.get().done_at is None
    other = make.goal(cast.worker)
    assert (
        client.post(reverse("competencies:goal_step", args=[other.pk, goal.steps.get().pk])).status_code
        == 404
    )


def test_a_goal_ends_with_a_few_words_and_is_taken_up_again(cast: Any) -> None:
    client, goal = signed_in(cast.worker), make.goal(cast.worker)
    assert client.post(at("goal_end", goal), {"version": "1"}).status_code == 422
    sent = {"version": "1", "how": "let_go", "words": "It was somebody else's wish"}
    assert client.post(at("goal_end", goal), sent).status_code == 302
    assert client.post(at("goal_end", goal), sent).status_code == 302  # a second press
    assert "Let go" in text_of(client, at("goal", goal))
    assert make.TITLE not in text_of(client, at("goals"))
    assert make.TITLE in text_of(client, at("goals_ended"))
    assert client.post(at("goal_end", goal), sent | {"how": "reached"}).status_code == 409
    client.post(at("goal_reopen", goal))
    assert make.TITLE in text_of(client, at("goals"))


def test_a_goal_to_look_at_again_waits_on_the_home_of_its_owner_alone(cast: Any) -> None:
    goal = make.shared(cast.worker, cast.arrangement, review_on=make.day())
    make.goal(cast.worker, title="not-yet-otter", review_on=make.day(5))
    page = text_of(signed_in(cast.worker), "/")
    assert f"Look at your goal again: {make.TITLE}" in page
    assert "not-yet-otter" not in page
    page = text_of(signed_in(cast.supervisor), "/")
    assert make.TITLE not in page
    assert "2 goals" not in page
    assert "1 goal is shared with you" in page
    make.ended(goal)
    assert "Look at your goal again" not in text_of(signed_in(cast.worker), "/")


# Speed ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["goals", "goals_ended", "goals_shared"])
def test_a_list_asks_as_much_for_many_as_for_a_few(cast: Any, name: str) -> None:
    person = cast.supervisor if name == "goals_shared" else cast.worker

    def more(count: int) -> None:
        for _number in range(count):
            goal = make.shared(cast.worker, cast.arrangement)
            if name == "goals_ended":
                make.ended(goal)

    more(2)
    few = queries_of(signed_in(person), at(name))
    more(7)
    assert queries_of(signed_in(person), at(name)) == few


def test_the_page_of_a_goal_asks_as_much_for_many_notes_as_for_a_few(cast: Any) -> None:
    goal = make.shared(cast.worker, cast.arrangement)
    for _number in range(2):
        make.note(goal, cast.supervisor)
    few = [queries_of(signed_in(person), at("goal", goal)) for person in (cast.worker, cast.supervisor)]
    for _number in range(6):
        make.note(goal, cast.supervisor)
    steps = [operations.Step(f"Step {number}") for number in range(9)]
    operations.change(goal, by=cast.worker, version=1, written=make.written(steps=steps))
    many = [queries_of(signed_in(person), at("goal", goal)) for person in (cast.worker, cast.supervisor)]
    assert many == few
