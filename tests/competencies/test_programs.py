"""Self-assessments of programs: opening, answering, closing, what is shown of whom, and what is done about it."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from competencies.library import operations as library
from competencies.models import (
    ProgramAction,
    ProgramAnswer,
    ProgramAsked,
    ProgramAssessment,
    ProgramResult,
)
from competencies.programs import actions, operations, policy, tasks
from competencies.programs.models import Group
from competencies.rating.marks import Mark
from supervision.people.models import Agency, Management, User
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, Stale, WrongState
from supervision.records.models import AuditEvent
from tests import factories
from tests.people.helpers import run_jobs

from . import program_makers as make

pytestmark = pytest.mark.django_db


# Opening --------------------------------------------------------------------------------------------------------


def test_everybody_of_the_program_is_asked_once_in_the_group_that_answers_for_more(cast: Any) -> None:
    crew = make.crew(cast, 3)
    both = factories.worker_in(cast.program, "Lee Both")  # supervises and is supervised
    factories.arrangement(cast.program, [both], [crew[1]])
    factories.arrangement(cast.program, [cast.manager], [crew[2]])  # manages and supervises
    above = factories.person("Sol Above")
    factories.arrangement(cast.program, [above], [cast.supervisor], structure="of_supervision")
    gone = factories.worker_in(cast.program, "Gil Gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assessment = make.opened(cast)
    asked = {row.person: row.group for row in assessment.asked.select_related("person")}
    assert asked == {
        cast.manager: Group.MANAGERS,
        cast.supervisor: Group.SUPERVISORS,
        both: Group.SUPERVISORS,
        above: Group.SUPERVISORS,
        **dict.fromkeys(crew, Group.WORKERS),
    }


def test_only_a_manager_of_the_program_opens_one(cast: Any) -> None:
    make.crew(cast)
    for person in (cast.other_manager, cast.administrator, cast.supervisor, cast.worker, cast.outsider):
        with pytest.raises(NotFound):
            make.opened(cast, by=person)
    assert not ProgramAssessment.objects.exists()


def test_with_fewer_than_three_peer_workers_nobody_is_asked(cast: Any) -> None:
    make.crew(cast, 2)
    with pytest.raises(WrongState, match="Fewer than three peer workers"):
        make.opened(cast)


def test_there_is_one_at_a_time_and_the_same_form_makes_one(cast: Any) -> None:
    make.crew(cast)
    given = make.values(cast.program, cast.manager)
    operations.open_assessment(cast.program, **given)
    with pytest.raises(AlreadyDone):
        operations.open_assessment(cast.program, **given)
    with pytest.raises(WrongState, match="open already"):
        make.opened(cast)
    assert ProgramAssessment.objects.count() == 1


def test_other_people_than_the_page_named_are_not_asked(cast: Any) -> None:
    make.crew(cast)
    given = make.values(cast.program, cast.manager)
    factories.worker_in(cast.program, "Nia Newcomer")
    with pytest.raises(Stale):
        operations.open_assessment(cast.program, **given)
    assert not ProgramAsked.objects.exists()


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"closes_on": 6}, "closes_on"),
        ({"closes_on": 61}, "closes_on"),
        ({"last_day": 1}, "last_day"),
        ({"first_day": 0, "last_day": -1}, "first_day"),
    ],
)
def test_its_days_have_to_make_sense(cast: Any, days: dict[str, int], field: str) -> None:
    make.crew(cast)
    today = policy.today_there()
    given = {name: today + datetime.timedelta(days=ahead) for name, ahead in days.items()}
    with pytest.raises(Invalid) as refusal:
        make.opened(cast, **given)
    assert refusal.value.field == field


def test_a_framework_about_something_else_or_retired_cannot_be_used(cast: Any) -> None:
    make.crew(cast)
    other = library.bring_in(library.shipped())
    wrong = next(row for row in other if row.about != "program")
    with pytest.raises(Invalid):
        make.opened(cast, framework=wrong)
    mine = make.framework()
    library.retire(framework=mine.framework, version=mine.framework.version, by=cast.administrator)
    with pytest.raises(Invalid):
        make.opened(cast, framework=mine)


def test_it_closes_at_midnight_where_the_agency_is(cast: Any) -> None:
    make.crew(cast)
    Agency.objects.update(time_zone="Pacific/Honolulu")
    assessment = make.opened(cast)
    over = assessment.closes_at.astimezone(datetime.timezone(datetime.timedelta(hours=-10)))
    assert (over.hour, over.minute) == (0, 0)
    assert over.date() == assessment.closes_on + datetime.timedelta(days=1)


def test_nothing_fixed_at_opening_can_be_changed(cast: Any) -> None:
    make.crew(cast)
    assessment = make.opened(cast)
    for row, values in (
        (assessment, {"closes_at": timezone.now()}),
        (assessment.asked.first(), {"group": "managers"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**values)


def test_everybody_else_is_told_and_the_chain_keeps_no_names(
    cast: Any, django_capture_on_commit_callbacks: Any, mailoutbox: Any
) -> None:
    from supervision.jobs.worker import Worker

    make.crew(cast)
    with django_capture_on_commit_callbacks(execute=True):
        make.opened(cast)
    Worker(name="test").run_until_empty()
    told = {message.to[0] for message in mailoutbox}
    assert told == {person.email for person in User.objects.filter(name__startswith="Worker")} | {
        cast.worker.email,
        cast.supervisor.email,
    }
    facts = AuditEvent.objects.get(action="program assessment opened").facts
    assert facts == {"program": str(cast.program.pk)}


# Answering --------------------------------------------------------------------------------------------------------


def test_what_somebody_says_is_kept_and_can_be_changed_until_it_closes(cast: Any) -> None:
    make.crew(cast)
    assessment = make.opened(cast)
    make.says(assessment, cast.worker, {"support-1": 2, "support-2": None})
    said = make.says(assessment, cast.worker, {"support-1": 3})
    assert said.points == {"support-1": 3}
    asked = assessment.asked.get(person=cast.worker)
    assert operations.said_by(asked).marks == {"support-1": Mark(3)}
    assessment = make.close(assessment)
    with pytest.raises(WrongState):
        make.says(assessment, cast.worker, 1)


def test_who_was_not_asked_cannot_answer(cast: Any) -> None:
    make.crew(cast)
    assessment = make.opened(cast)
    late = factories.manager_of(cast.program, "Mo Later")
    for person in (late, cast.administrator, cast.other_worker):
        with pytest.raises(Denied):
            operations.answer(assessment, by=person, marks={}, seen="00000000", page="11111111")


@pytest.mark.parametrize(("key", "point"), [("support-1", 5), ("support-1", 0), ("nothing-1", 1)])
def test_a_point_or_statement_that_is_not_there_is_refused(cast: Any, key: str, point: int) -> None:
    make.crew(cast)
    assessment = make.opened(cast)
    with pytest.raises(Invalid):
        make.says(assessment, cast.worker, {key: point})


def test_two_windows_lose_nothing(cast: Any) -> None:
    make.crew(cast)
    assessment = make.opened(cast)
    make.says(assessment, cast.worker, {"support-1": 2}, seen="00000000", page="aaaaaaaa")
    make.says(assessment, cast.worker, {"support-1": 3}, seen="00000000", page="aaaaaaaa")  # as it goes
    with pytest.raises(Stale):
        make.says(assessment, cast.worker, {"support-1": 1}, seen="00000000", page="bbbbbbbb")
    make.says(assessment, cast.worker, {"support-1": 3}, seen="00000000", page="bbbbbbbb")  # the same: fine
    # Sent for good, the page is through: what its script still sends comes too late.
    make.says(
        assessment, cast.worker, {"support-1": 4}, seen="aaaaaaaa", page="aaaaaaaa", next_page="cccccccc"
    )
    with pytest.raises(Stale):
        make.says(assessment, cast.worker, {"support-1": 1}, seen="00000000", page="aaaaaaaa")


def test_not_even_a_stolen_row_tells_who_has_answered(cast: Any) -> None:
    crew = make.crew(cast, 4)
    assessment = make.opened(cast)
    before = AuditEvent.objects.count()
    make.says(assessment, crew[0], 4)
    make.says(assessment, crew[1], {"support-1": None})
    with connection.cursor() as cursor:
        cursor.execute("SELECT letters FROM competencies_programanswer")
        lengths = {len(bytes(row[0])) for row in cursor.fetchall()}
    assert len(lengths) == 1
    assert AuditEvent.objects.count() == before
    columns = {field.name for field in ProgramAnswer._meta.concrete_fields}
    assert columns == {"id", "asked", "letters"}


# What comes of it ---------------------------------------------------------------------------------------------------


def test_nothing_is_put_together_before_it_closes(cast: Any) -> None:
    make.crew(cast)
    assessment = make.opened(cast)
    with pytest.raises(WrongState):
        make.result_of(assessment)
    assert not ProgramResult.objects.exists()


def test_a_group_shows_from_three_and_statement_by_statement(cast: Any) -> None:
    one, two, three = make.crew(cast, 3)
    made = make.finished(
        cast,
        {
            one: {"support-1": 4, "support-2": 4},
            two: {"support-1": 4},
            three: {"support-1": 2, "support-2": 1},
        },
    )
    assert made.result.content["groups"] == {"workers": {"support-1": 3}}


def test_managers_are_named_and_a_supervisor_among_few_only_as_they_wish(cast: Any) -> None:
    crew = make.crew(cast, 3, supervisors=2)
    shy = User.objects.get(name="Supervisor 2")
    assessment = make.opened(cast)
    for person in (*crew, cast.manager, shy):
        make.says(assessment, person, 2)
    make.says(assessment, cast.supervisor, {"support-1": 3, "support-2": None}, by_name=True)
    content = make.result_of(make.close(assessment)).content
    assert {one["name"]: one["said"].get("support-1") for one in content["named"]} == {
        "Dana Whitfield": 3,
        "Priya Raman": 2,
    }
    assert "supervisors" not in content["groups"]


def test_three_supervisors_are_a_group_and_none_is_named(cast: Any) -> None:
    make.crew(cast, 3, supervisors=3)
    assessment = make.opened(cast)
    for row in assessment.asked.filter(group="supervisors"):
        make.says(assessment, row.person, 4, by_name=True)
    content = make.result_of(make.close(assessment)).content
    assert content["named"] == []
    assert set(content["groups"]) == {"supervisors"}


def test_a_result_holds_no_count_and_no_single_answer_of_a_group(cast: Any) -> None:
    crew = make.crew(cast, 5)
    made = make.finished(cast, dict.fromkeys(crew[:4], 4))
    text = str(made.result.content)
    assert not any(str(person.pk) in text or person.name in text for person in crew)
    assert set(made.result.content["groups"]["workers"].values()) == {3}


def test_nearly_the_same_people_as_before_are_not_shown(cast: Any) -> None:
    crew = make.crew(cast, 6)
    make.finished(cast, dict.fromkeys(crew[:3], 3), days_ago=400)
    assert make.finished(cast, dict.fromkeys(crew[:4], 3), days_ago=300).result.content["groups"] == {}
    assert make.finished(cast, dict.fromkeys(crew[:3], 1), days_ago=200).result.content["groups"]
    assert make.finished(cast, dict.fromkeys(crew[1:5], 1), days_ago=100).result.content["groups"]
    last = make.finished(cast, dict.fromkeys(crew[2:5], 1))  # one fewer than the last that showed
    assert last.result.content["groups"] == {}


def test_it_is_put_together_once_and_stays_whatever_happens_later(cast: Any) -> None:
    crew = make.crew(cast, 3)
    made = make.finished(cast, dict.fromkeys(crew, 3))
    User.objects.filter(pk=crew[0].pk).update(is_active=False, name="Somebody Else")
    again = make.result_of(made)
    assert again.pk == made.result.pk
    assert again.content == made.result.content
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgramResult.objects.filter(pk=again.pk).update(made_at=timezone.now())


def test_the_daily_job_puts_together_what_closed_the_oldest_first(cast: Any) -> None:
    crew = make.crew(cast, 4)
    first = make.opened(cast)
    for person in crew[:3]:
        make.says(first, person, 3)
    make.close(first, days_ago=40)
    second = make.opened(cast)
    for person in crew:
        make.says(second, person, 3)
    make.close(second, days_ago=2)
    assert tasks.put_together_what_closed() == 2
    assert make.fresh(first).result.content["groups"]
    assert make.fresh(second).result.content["groups"] == {}  # one more than before
    assert tasks.put_together_what_closed() == 0


def test_who_may_know_of_it(cast: Any) -> None:
    make.crew(cast)
    assessment = make.opened(cast)
    late = factories.manager_of(cast.program, "Mo Later")
    for person in (cast.manager, cast.supervisor, cast.worker, late):
        assert assessment in ProgramAssessment.objects.visible_to(person)
    for person in (cast.administrator, cast.other_manager, cast.other_worker, cast.outsider):
        assert not ProgramAssessment.objects.visible_to(person).exists()
    Management.objects.filter(person=late).update(until=timezone.localdate() - datetime.timedelta(days=1))
    assert not ProgramAssessment.objects.visible_to(late).exists()


# Actions ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def done(cast: Any) -> ProgramAssessment:
    return make.finished(cast, dict.fromkeys(make.crew(cast), 2))


def test_an_action_lives_with_a_history(cast: Any, done: ProgramAssessment) -> None:
    action = make.action(cast, done)
    later = actions.Written("Three times a year", cast.supervisor, action.by_day)
    action = actions.change(action, by=cast.manager, version=1, written=later)
    action = actions.finish(action, by=cast.supervisor, version=2, words="Held in May.")
    with pytest.raises(AlreadyDone):
        actions.finish(action, by=cast.supervisor, version=2, words="Held in May.")
    action = actions.reopen(action, by=cast.manager)
    action = actions.drop(action, by=cast.manager, version=4, reason="No money this year.")
    kinds = [event.kind for event in action.events.all()]
    assert kinds == ["noted", "changed", "done", "reopened", "dropped"]
    told = [event.words for event in action.events.all()]
    assert make.WHAT in told[1]
    assert told[4] == "No money this year."
    assert AuditEvent.objects.filter(action__startswith="program action").count() == 5
    assert all(not row.facts for row in AuditEvent.objects.filter(action__startswith="program action"))


def test_whoever_noted_an_action_is_told_when_another_manager_gives_it_to_them(
    cast: Any, done: ProgramAssessment
) -> None:
    other = factories.person("Second Manager")
    Management.objects.create(
        program=cast.program, person=other, since=timezone.localdate() - datetime.timedelta(days=9)
    )
    action = make.action(cast, done, who=cast.supervisor)
    run_jobs()
    mail.outbox.clear()
    given = {"who": cast.manager, "by_day": action.by_day}
    actions.change(action, by=other, version=action.version, written=actions.Written(action.what, **given))
    run_jobs()
    assert [one.to for one in mail.outbox] == [[cast.manager.email]]
    mail.outbox.clear()
    given = {"who": other, "by_day": action.by_day}
    actions.change(
        action, by=other, version=action.version + 1, written=actions.Written(action.what, **given)
    )
    run_jobs()
    assert mail.outbox == []


def test_who_may_do_what_with_an_action(cast: Any, done: ProgramAssessment) -> None:
    action = make.action(cast, done)
    for person in (cast.worker, cast.supervisor):
        with pytest.raises(Denied):
            actions.note(
                make.fresh(done),
                make.STATEMENT,
                by=person,
                key=uuid.uuid4(),
                written=actions.Written("x", cast.worker, action.by_day),
            )
        with pytest.raises(Denied):
            actions.drop(action, by=person, version=1, reason="Because")
        with pytest.raises(Denied):
            actions.reopen(action, by=person)
    with pytest.raises(Denied):
        actions.finish(action, by=cast.worker, version=1)
    for person in (cast.worker, cast.supervisor, cast.manager):
        assert action in ProgramAction.objects.visible_to(person)
    for person in (cast.administrator, cast.other_manager, cast.outsider, cast.other_worker):
        assert not ProgramAction.objects.visible_to(person).exists()


def test_what_cannot_be_noted(cast: Any, done: ProgramAssessment) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    for given, field in (
        ({"what": " "}, "what"),
        ({"who": cast.outsider}, "who"),
        ({"by_day": yesterday}, "by_day"),
    ):
        with pytest.raises(Invalid) as refusal:
            make.action(cast, done, **given)
        assert refusal.value.field == field
    with pytest.raises(NotFound):
        make.action(cast, done, statement="nothing-1")
    with pytest.raises(Invalid):
        actions.drop(make.action(cast, done), by=cast.manager, version=1, reason=" ")
    with pytest.raises(WrongState):
        make.action(cast, make.opened(cast))


def test_an_older_version_changes_nothing(cast: Any, done: ProgramAssessment) -> None:
    action = make.action(cast, done)
    written = actions.Written("One", cast.supervisor, action.by_day)
    actions.change(action, by=cast.manager, version=1, written=written)
    with pytest.raises(Stale):
        actions.change(
            action, by=cast.manager, version=1, written=actions.Written("Two", cast.worker, action.by_day)
        )
    with pytest.raises(Stale):
        actions.finish(action, by=cast.manager, version=1)
    assert make.fresh(action).what == "One"


def test_the_next_one_names_what_was_to_be_done_and_whoever_is_asked_then_sees_it(
    cast: Any, done: ProgramAssessment
) -> None:
    action = make.action(cast, done)
    newcomer = factories.worker_in(cast.program, "Nia Newcomer")
    assert action not in ProgramAction.objects.visible_to(newcomer)
    following = make.opened(cast)
    assert operations.earlier_actions(following) == [action]
    assert action in ProgramAction.objects.visible_to(newcomer)


def test_after_somebody_has_joined_the_same_three_show_nothing_that_tells_of_the_fourth(cast: Any) -> None:
    crew = make.crew(cast)
    first = make.finished(cast, dict.fromkeys(crew, 2), days_ago=60)
    factories.worker_in(cast.program, "Late Joiner")
    second = make.finished(cast, dict.fromkeys(crew, 3))
    assert "workers" in first.result.content["groups"]
    assert "workers" not in second.result.content["groups"]
    assert not any(one["group"] == "workers" for one in second.result.content["named"])


def test_where_one_of_four_has_left_meanwhile_nothing_shows_of_the_three(cast: Any) -> None:
    crew = make.crew(cast, workers=4)
    found = make.opened(cast)
    for person in crew[:3]:
        make.says(found, person, 2)
    crew[3].is_active = False
    crew[3].save()
    result = make.result_of(make.close(found))
    assert "workers" not in result.content["groups"]
