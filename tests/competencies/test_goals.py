"""What can be done with a goal, by whom, and what others then know of it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from competencies.goals import operations, policy
from competencies.models import Goal, GoalReader
from supervision.jobs.worker import Worker
from supervision.notices import operations as notices
from supervision.notices.models import Suggestion
from supervision.people.models import User
from supervision.records.errors import AlreadyDone, DomainError, Invalid, NotFound, Sealed, Stale, WrongState
from supervision.records.models import AuditEvent
from supervision.sessions import operations as sessions
from supervision.sessions.models import AgendaItem
from tests import factories
from tests.sessions import makers

from . import makers as make

pytestmark = pytest.mark.django_db
DAY = make.day


def reads(row: Goal, person: User) -> bool:
    return Goal.objects.visible_to(person).filter(pk=row.pk).exists()


def offered(arrangement: Any, person: User, ahead: int = 0) -> list[str]:
    return [one.title for one in Suggestion.objects.open_for(arrangement, person, DAY(ahead))]


# Writing ------------------------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_makes_one_goal(cast: Any) -> None:
    key, words = uuid.uuid4(), make.written()
    operations.begin(by=cast.worker, key=key, written=words)
    with pytest.raises(AlreadyDone):
        operations.begin(by=cast.worker, key=key, written=words)
    with pytest.raises(Stale):
        operations.begin(by=cast.worker, key=key, written=make.written(why="Something else"))
    operations.begin(by=cast.supervisor, key=key, written=words)  # somebody else's key takes nothing
    assert Goal.objects.count() == 2


def test_a_step_that_stays_keeps_its_tick_and_one_that_is_removed_goes(cast: Any) -> None:
    goal = make.goal(cast.worker, steps=[operations.Step("One"), operations.Step("Two")])
    one, two = goal.steps.all()
    operations.tick(one, by=cast.worker, done=True)
    rows = [operations.Step("New"), operations.Step("One, said better", id=one.pk)]
    operations.change(goal, by=cast.worker, version=1, written=make.written(steps=rows))
    assert [(step.what, step.done_at is not None) for step in goal.steps.all()] == [
        ("New", False),
        ("One, said better", True),
    ]
    with pytest.raises(NotFound):
        operations.tick(two, by=cast.worker, done=True)


def test_a_step_of_another_goal_is_never_taken_over(cast: Any) -> None:
    theirs = make.goal(cast.supervisor).steps.get()
    goal = make.goal(cast.worker)
    rows = [operations.Step("Mine now", id=theirs.pk)]
    operations.change(goal, by=cast.worker, version=1, written=make.written(steps=rows))
    assert make.fresh(theirs).what == make.STEP


def test_a_tick_is_undone_and_makes_no_open_form_stale(cast: Any) -> None:
    goal = make.goal(cast.worker)
    step = goal.steps.get()
    assert operations.tick(step, by=cast.worker, done=True).done_at is not None
    assert operations.tick(step, by=cast.worker, done=False).done_at is None
    operations.change(goal, by=cast.worker, version=1, written=make.written())


@pytest.mark.parametrize(
    "words", [{"title": "  "}, {"review_on": DAY(-1)}, {"steps": [operations.Step("x")] * 21}]
)
def test_what_cannot_be_kept_is_refused(cast: Any, words: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        make.goal(cast.worker, **words)


def test_an_old_version_changes_and_ends_nothing(cast: Any) -> None:
    goal = make.goal(cast.worker)
    operations.change(goal, by=cast.worker, version=1, written=make.written(why="Newer"))
    with pytest.raises(Stale):
        operations.change(goal, by=cast.worker, version=1, written=make.written(why="Older"))
    with pytest.raises(Stale):
        operations.end(goal, by=cast.worker, version=1, how="let_go")
    assert make.fresh(goal).why == "Newer"


# Who may do what ----------------------------------------------------------------------------------------------

PEOPLE = ("worker", "supervisor", "manager", "administrator", "other_supervisor", "other_worker", "outsider")
ACTS: dict[str, Any] = {
    "change": lambda goal, who: operations.change(
        goal, by=who, version=goal.version, written=make.written(why="Changed")
    ),
    "tick": lambda goal, who: operations.tick(goal.steps.get(), by=who, done=True),
    "note": make.note,
    "end": lambda goal, who: operations.end(goal, by=who, version=goal.version, how="let_go"),
    "reopen": lambda goal, who: operations.reopen(goal, by=who),
    "take_back": lambda goal, who: operations.take_back(goal, by=who),
}
STATES = {
    "private": lambda cast: make.goal(cast.worker),
    "shared": lambda cast: make.shared(cast.worker, cast.arrangement),
    "taken back": lambda cast: operations.take_back(
        make.shared(cast.worker, cast.arrangement), by=cast.worker
    ),
    "ended": lambda cast: make.ended(make.goal(cast.worker)),
    "shared and ended": lambda cast: make.ended(make.shared(cast.worker, cast.arrangement)),
}
OPEN = {"private", "shared", "taken back"}
SHARED = {"shared", "shared and ended"}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", ACTS)
def test_who_may_do_what(cast: Any, act: str, state: str) -> None:
    for name in PEOPLE:
        goal = STATES[state](cast)
        try:
            ACTS[act](goal, getattr(cast, name))
            found: Any = "done"
        except DomainError as refusal:
            found = type(refusal)
        assert found == _expected(name, act, state), (name, act, state)


def _expected(name: str, act: str, state: str) -> Any:
    if name == "worker":
        if act == "take_back":
            return "done"
        if act == "reopen":
            return AlreadyDone if state in OPEN else "done"
        return "done" if state in OPEN else WrongState
    if name == "supervisor" and act == "note" and state in SHARED:
        return "done" if state in OPEN else WrongState
    return NotFound


@pytest.mark.parametrize("state", STATES)
def test_who_reads_it(cast: Any, state: str) -> None:
    goal = STATES[state](cast)
    readers = {name for name in PEOPLE if reads(goal, getattr(cast, name))}
    assert readers == {"worker", "supervisor"} if state in SHARED else readers == {"worker"}


# Sharing ------------------------------------------------------------------------------------------------------


def test_in_a_group_its_leader_reads_it_and_no_member(cast: Any) -> None:
    group, members = makers.group(cast)
    goal = make.shared(cast.worker, group)
    assert reads(goal, cast.supervisor)
    assert [person.name for person in members[1:] if reads(goal, person)] == []


def test_in_co_reflection_everybody_of_that_day_reads_it_and_nobody_who_joins_later(cast: Any) -> None:
    circle = make.co_reflection(cast, cast.worker, cast.other_worker)
    goal = make.shared(cast.worker, circle)
    make.joins(cast.outsider, circle, "peer")
    assert reads(goal, cast.other_worker)
    assert not reads(goal, cast.outsider)
    make.share(goal, circle)  # anew
    assert reads(goal, cast.outsider)


def test_whoever_leads_offers_it_to_nobody_they_lead(cast: Any) -> None:
    assert policy.circles(cast.supervisor) == []


def test_who_comes_to_lead_later_reads_it_only_when_it_is_shared_anew(cast: Any) -> None:
    group, _members = makers.group(cast)
    goal = make.shared(cast.worker, group)
    make.leaves(cast.supervisor, group, DAY(-1))
    make.joins(cast.other_supervisor, group, "supervisor")
    assert not reads(goal, cast.other_supervisor)
    make.share(goal, group)
    assert reads(goal, cast.other_supervisor)
    assert not reads(goal, cast.supervisor)


@pytest.mark.parametrize("leaver", ["supervisor", "worker"])
def test_once_one_of_them_has_left_nothing_newer_is_read(cast: Any, leaver: str) -> None:
    goal = make.shared(cast.worker, cast.arrangement)
    Goal.objects.filter(pk=goal.pk).update(changed_on=DAY(-9))
    make.leaves(getattr(cast, leaver), cast.arrangement, DAY(-3))
    assert reads(goal, cast.supervisor)
    with pytest.raises(WrongState):
        make.note(goal, cast.supervisor)
    operations.change(goal, by=cast.worker, version=1, written=make.written(why="New"))
    assert not reads(goal, cast.supervisor)


def test_names_that_changed_since_they_were_shown_share_nothing(cast: Any) -> None:
    group, _members = makers.group(cast)
    goal, seen = make.goal(cast.worker), make.circle(cast.worker, group).reader_ids
    make.leaves(cast.supervisor, group, DAY(-1))
    make.joins(cast.other_supervisor, group, "supervisor")
    with pytest.raises(Stale):
        operations.share(goal, by=cast.worker, arrangement=group, readers=seen)
    assert not GoalReader.objects.exists()


def test_it_is_shared_with_one_arrangement_of_ones_own_at_a_time(cast: Any) -> None:
    group, _members = makers.group(cast)
    goal = make.shared(cast.worker, cast.arrangement)
    with pytest.raises(AlreadyDone):
        make.share(goal, cast.arrangement)
    with pytest.raises(WrongState):
        make.share(goal, group)
    with pytest.raises(Invalid):
        operations.share(
            make.goal(cast.worker), by=cast.worker, arrangement=cast.other_arrangement, readers=frozenset()
        )


def test_of_somebody_whose_account_is_closed_nothing_shows(cast: Any) -> None:
    goal = make.shared(cast.worker, cast.arrangement)
    User.objects.filter(pk=cast.worker.pk).update(is_active=False)
    assert not reads(goal, cast.supervisor)


def test_a_progress_note_never_changes_and_stays_with_the_goal(cast: Any) -> None:
    goal = make.shared(cast.worker, cast.arrangement)
    note = make.note(goal, cast.supervisor)
    note.text = "Something else"
    with pytest.raises(Sealed):
        note.save()
    operations.take_back(goal, by=cast.worker)
    assert goal.progress.get().author == cast.supervisor
    key = uuid.uuid4()
    operations.add_progress(goal, by=cast.worker, key=key, text="Twice")
    with pytest.raises(AlreadyDone):
        operations.add_progress(goal, by=cast.worker, key=key, text="Twice")


# On the agenda ------------------------------------------------------------------------------------------------


def test_a_private_goal_is_suggested_to_nobody(cast: Any) -> None:
    make.goal(cast.worker, review_on=DAY(3))
    assert not Suggestion.objects.exists()


def test_shared_it_is_suggested_at_once_and_again_before_its_review(cast: Any) -> None:
    make.shared(cast.worker, cast.arrangement, review_on=DAY(60))
    for person in (cast.worker, cast.supervisor):
        assert offered(cast.arrangement, person) == [make.TITLE]
    session = makers.planned(cast, starts_at=makers.ahead())
    item = sessions.take_suggestion(session, Suggestion.objects.get(round=0), by=cast.supervisor)
    assert not item.is_private
    assert item.text == make.TITLE
    assert offered(cast.arrangement, cast.worker, 45) == []
    assert offered(cast.arrangement, cast.worker, 46) == [make.TITLE]


def test_what_is_suggested_twice_is_offered_once_and_settled_once(cast: Any) -> None:
    make.shared(cast.worker, cast.arrangement, review_on=DAY(30))
    assert len(offered(cast.arrangement, cast.worker, 16)) == 1
    newest = Suggestion.objects.open_for(cast.arrangement, cast.worker, DAY(16)).get()
    assert notices.dismiss(newest, by=cast.worker)
    assert offered(cast.arrangement, cast.worker, 16) == []


def test_a_review_day_that_moves_moves_the_suggestion(cast: Any) -> None:
    goal = make.shared(cast.worker, cast.arrangement, review_on=DAY(30))
    notices.take(Suggestion.objects.get(round=0), by=cast.worker)
    operations.change(goal, by=cast.worker, version=1, written=make.written(review_on=DAY(90), title="Again"))
    assert offered(cast.arrangement, cast.worker, 75) == []
    assert offered(cast.arrangement, cast.worker, 76) == ["Again"]


def test_other_words_are_offered_in_their_new_form(cast: Any) -> None:
    goal = make.shared(cast.worker, cast.arrangement)
    operations.change(goal, by=cast.worker, version=1, written=make.written(title="Said better"))
    assert offered(cast.arrangement, cast.supervisor) == ["Said better"]


@pytest.mark.parametrize("how", ["taken back", "ended"])
def test_taken_back_or_ended_its_words_are_gone_from_what_waits(cast: Any, how: str) -> None:
    goal = make.shared(cast.worker, cast.arrangement, review_on=DAY(60))
    if how == "ended":
        make.ended(goal)
    else:
        operations.take_back(goal, by=cast.worker)
    assert not Suggestion.objects.exists()


def test_taken_up_again_it_comes_before_its_review(cast: Any) -> None:
    goal = make.ended(make.shared(cast.worker, cast.arrangement, review_on=DAY(60)))
    operations.reopen(goal, by=cast.worker)
    assert offered(cast.arrangement, cast.worker) == []
    assert offered(cast.arrangement, cast.worker, 46) == [make.TITLE]


def test_in_a_group_only_its_owner_is_offered_it_and_what_they_take_stays_theirs(cast: Any) -> None:
    group, members = makers.group(cast)
    make.shared(cast.worker, group)
    assert offered(group, cast.worker) == [make.TITLE]
    assert [offered(group, person) for person in (*members[1:], cast.supervisor)] == [[], [], [], []]
    meeting = sessions.plan(group, by=cast.supervisor, starts_at=makers.ahead(8), zone="America/New_York")
    item = sessions.take_suggestion(meeting, Suggestion.objects.get(), by=cast.worker)
    assert item.is_private
    for person in (*members[1:], cast.supervisor):
        assert not AgendaItem.objects.filter(session=meeting).shown_to(person).exists()


def test_a_suggestion_on_the_page_of_somebody_is_gone_once_the_goal_is_taken_back(cast: Any) -> None:
    goal = make.shared(cast.worker, cast.arrangement)
    session, seen = makers.planned(cast, starts_at=makers.ahead()), Suggestion.objects.get()
    operations.take_back(goal, by=cast.worker)
    with pytest.raises(WrongState):
        sessions.take_suggestion(session, seen, by=cast.supervisor)
    assert not AgendaItem.objects.exists()


# What is kept -------------------------------------------------------------------------------------------------


def test_every_word_is_encrypted_at_rest(cast: Any) -> None:
    goal = make.shared(cast.worker, cast.arrangement, review_on=DAY(60))
    make.note(goal, cast.supervisor)
    make.ended(make.goal(cast.worker))
    tables = [
        *("competencies_goal", "competencies_goalstep", "competencies_progressnote"),
        "notices_suggestion",
    ]
    cells = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            cells += [cell for row in cursor.fetchall() for cell in row]
    stored = [bytes(c) if isinstance(c, bytes | memoryview) else str(c).encode() for c in cells]
    assert len(stored) > 40
    assert not any(b"canary" in cell for cell in stored)


def test_the_audit_chain_holds_what_concerns_others_and_nothing_of_a_private_goal(cast: Any) -> None:
    make.note(make.ended_and_up_again(cast.worker), cast.worker)
    assert not AuditEvent.objects.filter(record_label__startswith="competencies").exists()
    goal = make.shared(cast.worker, cast.arrangement)
    make.note(goal, cast.supervisor)
    operations.take_back(goal, by=cast.worker)
    actions = AuditEvent.objects.filter(record_id=goal.pk).order_by("seq").values_list("action", flat=True)
    assert list(actions) == ["goal shared", "goal progress noted", "goal taken back"]


def test_mails_say_that_something_waits_and_nothing_else(
    cast: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        goal = make.shared(cast.worker, cast.arrangement)
        make.note(goal, cast.supervisor)
        make.note(goal, cast.worker)
        operations.take_back(goal, by=cast.worker)
    Worker(name="test").run_until_empty()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        [cast.supervisor.email, cast.worker.email]
    )
    for message in mail.outbox:
        text = f"{message.subject}\n{message.body}\n{message.alternatives}"
        assert "plover" not in text
        assert "oal" not in message.subject


def test_a_supervisor_has_goals_of_their_own_that_those_they_lead_know_nothing_of(cast: Any) -> None:
    lead = factories.person("Lena Lead")
    over = factories.arrangement(cast.program, [lead], [cast.supervisor], structure="of_supervision")
    goal = make.shared(cast.supervisor, over)
    assert reads(goal, lead)
    assert not reads(goal, cast.worker)
