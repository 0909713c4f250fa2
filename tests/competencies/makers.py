"""Goals at every stage, made with the operations that people use."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.utils import timezone

from competencies.goals import operations, policy
from competencies.models import Goal
from supervision.people.models import Arrangement, Participation, User
from tests import factories

TITLE = "canary-plover: sit with silence in the group"
WHY = "canary-plover: I fill every pause, and some people need it."
STEP = "canary-plover: count to ten before I speak"


def day(ahead: int = 0) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=ahead)


def written(**given: Any) -> operations.Written:
    values: dict[str, Any] = {
        "title": TITLE,
        "why": WHY,
        "support": "canary-plover: somebody who watches once",
        "support_from": "canary-plover: Dana",
        "steps": [operations.Step(STEP, day(20))],
    }
    return operations.Written(**(values | given))


def goal(owner: User, **given: Any) -> Goal:
    """A private one."""
    return operations.begin(by=owner, key=uuid.uuid4(), written=written(**given))


def circle(owner: User, arrangement: Arrangement) -> policy.Circle:
    return next(one for one in policy.circles(owner) if one.arrangement.pk == arrangement.pk)


def share(row: Goal, arrangement: Arrangement) -> Goal:
    readers = circle(row.owner, arrangement).reader_ids
    return operations.share(row, by=row.owner, arrangement=arrangement, readers=readers)


def shared(owner: User, arrangement: Arrangement, **given: Any) -> Goal:
    return share(goal(owner, **given), arrangement)


def ended(row: Goal, how: str = "reached", words: str = "canary-plover: the quiet ones spoke") -> Goal:
    row = fresh(row)
    return operations.end(row, by=row.owner, version=row.version, how=how, words=words)


def note(row: Goal, by: User, text: str = "canary-plover: it worked on Tuesday") -> Any:
    return operations.add_progress(row, by=by, key=uuid.uuid4(), text=text)


def fresh(row: Any) -> Any:
    return type(row)._base_manager.get(pk=row.pk)


def leaves(person: User, arrangement: Arrangement, on: datetime.date) -> None:
    Participation.objects.filter(arrangement=arrangement, person=person).update(left_on=on)


def joins(person: User, arrangement: Arrangement, part: str) -> None:
    Participation.objects.create(arrangement=arrangement, person=person, part=part, joined_on=day())


def co_reflection(cast: Any, *people: User) -> Arrangement:
    made = factories.arrangement(cast.program, [], [], structure="co_reflection")
    for person in people:
        Participation.objects.create(arrangement=made, person=person, part="peer", joined_on=made.started_on)
    return made


def post(row: Goal | None = None, **given: Any) -> dict[str, Any]:
    """What a browser sends from the form of a goal."""
    steps = list(row.steps.all()) if row else []
    data: dict[str, Any] = {
        "version": row.version if row else 0,
        "key": "" if row else str(uuid.uuid4()),
        "title": row.title if row else TITLE,
        "why": row.why if row else WHY,
        "support": row.support if row else "",
        "support_from": row.support_from if row else "",
        "review_on": row.review_on.isoformat() if row and row.review_on else "",
        "steps-TOTAL_FORMS": str(len(steps)),
        "page": "p1",
        "save": "1",
    }
    for number, step in enumerate(steps):
        data[f"steps-{number}-id"] = str(step.pk)
        data[f"steps-{number}-what"] = step.what
        data[f"steps-{number}-by_day"] = step.by_day.isoformat() if step.by_day else ""
    return data | given


def ended_and_up_again(owner: User) -> Goal:
    row = ended(goal(owner))
    return operations.reopen(row, by=owner)
