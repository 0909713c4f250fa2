"""Rounds at every stage, made with the operations that people use, and a clock that can be moved."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.utils import timezone

from competencies.library import operations as library
from competencies.library.models import FrameworkVersion
from competencies.models import Round, RoundResult, Sheet
from competencies.rating.marks import Mark
from competencies.rounds import circle, operations, sheets
from supervision.people.models import Acknowledgement, User
from tests import factories

NAMES = ("Kit Ng", "Joe Marsh", "Nia Newcomer", "Lou Circle", "Rae Ortega", "Pat Lindqvist")


def framework() -> FrameworkVersion:
    """The five domains, as they are shipped."""
    found = FrameworkVersion.objects.filter(framework__key="supervisor-five-domains").first()
    if found is None:
        library.bring_in(library.shipped())
        return framework()
    return found


def team(cast: Any, size: int = 3) -> list[User]:
    """So many people whom Dana supervises, Marisol first."""
    people = [cast.worker]
    for name in NAMES[: size - 1]:
        people.append(joins(cast, name))
    return people


def joins(cast: Any, name: str) -> User:
    person = factories.worker_in(cast.program, name)
    Acknowledgement(person=person, edition=1, concern_days=3).save()
    factories.arrangement(cast.program, [cast.supervisor], [person])
    return person


def leaves(person: User) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    person.participations.update(left_on=yesterday)


def opened(cast: Any, *, days: int = 14, **given: Any) -> Round:
    """A round about Dana's supervision, of everybody whom she supervises now."""
    by = given.pop("by", cast.supervisor)
    values: dict[str, Any] = {
        "by": by,
        "key": uuid.uuid4(),
        "framework_version": framework(),
        "last_day": timezone.localdate() + datetime.timedelta(days=days),
        "asked": frozenset(person.pk for person in circle.supervised_by(by)),
    }
    return operations.open_round(**(values | given))


def sheet_of(found: Round, person: User) -> Sheet:
    rows = Sheet.objects.select_related("round__supervisor", "round__framework_version")
    return rows.get(round=found, person=person)


def statements(found: Round) -> list[str]:
    return [one.id for one in sheets.statements_in(found.framework_version.body)]


def marks(found: Round, point: int | None, **others: int | None) -> dict[str, Mark]:
    """The same point for every statement, but for those named ("informative_1=4")."""
    named = {key.replace("_", "-"): value for key, value in others.items()}
    return {one: Mark(named.get(one, point)) for one in statements(found)}


def answers(found: Round, person: User, point: int | None = 3, **others: int | None) -> None:
    sheet = sheet_of(found, person)
    version = operations.kept_in(sheet).version
    operations.answer(sheet, by=person, version=version, marks=marks(found, point, **others))


def own_part(found: Round, point: int | None = 3, **others: int | None) -> None:
    answers(found, found.supervisor, point, **others)


@contextmanager
def after(found: Round, **later: float) -> Iterator[None]:
    """The clock stands after the end of this round."""
    with at(found.closes_at + datetime.timedelta(seconds=1, **later)):
        yield


@contextmanager
def at(moment: datetime.datetime) -> Iterator[None]:
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield


def settled(found: Round) -> RoundResult:
    with after(found):
        return operations.settle(found)


def bands(found: Round) -> Mapping[str, int] | None:
    """What shows, by statement."""
    return operations.bands_of(Round.objects.select_related("result", "framework_version").get(pk=found.pk))


def closed_round(cast: Any, people: list[User], points: list[int | None], *, own: int | None = 3) -> Round:
    """Answered by these people with these points, and settled."""
    found = opened(cast)
    for person, point in zip(people, points, strict=True):
        answers(found, person, point)
    if own is not None:
        own_part(found, own)
    settled(found)
    return found


def post(found: Round, point: int | str | None = 3, *, version: int = 0, **given: Any) -> dict[str, Any]:
    """What a browser sends from the form."""
    rated = "unsure" if point is None else str(point)
    data = {f"rate-{one}": rated for one in statements(found)}
    return data | {"version": str(version), "send": "1"} | given
