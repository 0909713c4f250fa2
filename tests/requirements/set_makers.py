"""Sets of requirements and where they apply, for tests."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from supervision.people.models import Program, User
from supervision.requirements import operations
from supervision.requirements.models import InForce, RequirementSet
from supervision.requirements.rules import Amount, Rules
from supervision.requirements.set_file import Content

HOUR = Rules(amounts=(Amount(60),))
WHOLE = Content(
    key="own-rule",
    version=1,
    title="A weekly hour",
    introduction="Sixty minutes each week.",
    source="Handbook of the state, section 4",
    checked_on=datetime.date(2026, 1, 2),
    is_example=False,
    rules=HOUR,
)


def content(**changed: Any) -> Content:
    return replace(WHOLE, **changed)


def shipped() -> dict[str, RequirementSet]:
    """The sets that come with the software, by key."""
    operations.bring_in(operations.shipped())
    return {row.key: row for row in RequirementSet.objects.filter(is_shipped=True)}


def own(by: User, **changed: Any) -> RequirementSet:
    return operations.add(content=content(**changed), by=by)


def confirmed(
    found: RequirementSet,
    by: User,
    *,
    first_day: datetime.date = datetime.date(2026, 1, 5),
    program: Program | None = None,
) -> InForce:
    return operations.confirm(found, program=program, first_day=first_day, by=by)
