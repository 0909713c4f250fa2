"""Self-assessments of a program at every stage, made with the operations that people use."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from competencies.library import operations as library
from competencies.library.models import FrameworkVersion
from competencies.models import ProgramAction, ProgramAsked, ProgramAssessment, ProgramResult
from competencies.programs import actions, letters, operations, policy
from competencies.rating.marks import Mark
from supervision.people.models import Program, User
from supervision.records import triggers
from tests import factories

WHAT = "canary-heron: a course for new supervisors, twice a year"
STATEMENT = "support-1"


def framework() -> FrameworkVersion:
    """The one that is shipped."""
    found = FrameworkVersion.objects.filter(about="program").first()
    if found is None:
        library.bring_in(library.shipped())
        found = FrameworkVersion.objects.get(about="program")
    return found


def statements() -> list[str]:
    return [one.id for one in framework().body.statements]


def crew(cast: Any, workers: int = 3, supervisors: int = 1) -> list[User]:
    """The peer workers of the program: those of the cast and as many more as it takes. Supervisors lead one of them each."""
    people = [cast.worker, *(factories.worker_in(cast.program, f"Worker {n}") for n in range(2, workers + 1))]
    for number in range(2, supervisors + 1):
        factories.arrangement(cast.program, [factories.person(f"Supervisor {number}")], [people[0]])
    return people


def values(program: Program, manager: User, **given: Any) -> dict[str, Any]:
    today = policy.today_there()
    said: dict[str, Any] = {
        "by": manager,
        "key": uuid.uuid4(),
        "framework": framework(),
        "first_day": today - datetime.timedelta(days=180),
        "last_day": today,
        "closes_on": policy.today_there() + datetime.timedelta(days=14),
        "asked": policy.circle(program).mark,
    }
    return said | given


def opened(cast: Any, **given: Any) -> ProgramAssessment:
    framework()
    return operations.open_assessment(cast.program, **values(cast.program, cast.manager, **given))


def says(assessment: ProgramAssessment, person: User, points: Any, **given: Any) -> letters.Said:
    """`points` is one point for everything, or a point (None: can't say) by statement."""
    by_statement: Mapping[str, int | None] = (
        points if isinstance(points, Mapping) else dict.fromkeys(statements(), points)
    )
    marks = {key: Mark(point) for key, point in by_statement.items()}
    asked = ProgramAsked.objects.select_related("answer", "assessment__framework_version").get(
        assessment=assessment, person=person
    )
    seen = operations.said_by(asked).page
    return operations.answer(
        assessment, by=person, marks=marks, **({"seen": seen, "page": letters.new_page()} | given)
    )


def close(assessment: ProgramAssessment, *, days_ago: int = 1) -> ProgramAssessment:
    """As if its time were over: the row is moved back, which only a test may do."""
    moment = timezone.now() - datetime.timedelta(days=days_ago)
    days = {
        "opened_at": moment - datetime.timedelta(days=14),
        "closes_at": moment,
        "closes_on": moment.date(),
    }
    with transaction.atomic():
        _settle("IMMEDIATE")
        triggers.remove()
        ProgramAssessment.objects.filter(pk=assessment.pk).update(**days)
        triggers.install()
        _settle("DEFERRED")
    return fresh(assessment)


def _settle(when: str) -> None:
    """PostgreSQL takes no guard off a table while keys of it are still to be checked."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS ALL {when}")


def result_of(assessment: ProgramAssessment) -> ProgramResult:
    return operations.put_together(assessment, by=None)


def finished(cast: Any, points: Mapping[User, Any], *, days_ago: int = 1) -> ProgramAssessment:
    """Opened, answered by these, closed, and its result put together."""
    made = opened(cast)
    for person, given in points.items():
        says(made, person, given)
    made = close(made, days_ago=days_ago)
    result_of(made)
    return fresh(made)


def action(cast: Any, assessment: ProgramAssessment, **given: Any) -> ProgramAction:
    said: dict[str, Any] = {
        "what": WHAT,
        "who": cast.supervisor,
        "by_day": timezone.localdate() + datetime.timedelta(days=30),
    }
    statement = given.pop("statement", STATEMENT)
    return actions.note(
        fresh(assessment),
        statement,
        by=cast.manager,
        key=uuid.uuid4(),
        written=actions.Written(**(said | given)),
    )


def fresh(row: Any) -> Any:
    return type(row)._base_manager.get(pk=row.pk)
