"""How many hours somebody has learned: by kind, by year, by training area. Summed by the database, however many entries there are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, QuerySet, Sum, Window
from django.db.models.functions import ExtractYear, RowNumber

from supervision.people.models import User
from supervision.records import encryption

from .areas import Area, key_of
from .models import TrainingArea, TrainingEntry

SHOWN = 5  # entries named with each area; the log has all


@dataclass(frozen=True)
class Total:
    """So many entries with so many minutes, of one kind or one year."""

    key: Any
    label: str
    entries: int
    minutes: int


def by_kind(rows: QuerySet[TrainingEntry]) -> list[Total]:
    """In the order of the kinds, those with entries. One query."""
    found = {row["kind"]: row for row in _summed(rows, "kind")}
    return [
        Total(kind.value, str(kind.label), found[kind.value]["entries"], found[kind.value]["total"])
        for kind in TrainingEntry.Kind
        if kind.value in found
    ]


def by_year(rows: QuerySet[TrainingEntry]) -> list[Total]:
    """The last year first. Several days count in the year of the first. One query."""
    summed = _summed(rows.annotate(year=ExtractYear("day")), "year")
    return [
        Total(row["year"], str(row["year"]), row["entries"], row["total"])
        for row in sorted(summed, key=lambda row: -row["year"])
    ]


def _summed(rows: QuerySet[TrainingEntry], name: str) -> Iterable[dict[str, Any]]:
    return rows.order_by().values(name).annotate(entries=Count("pk"), total=Sum("minutes"))


# Areas --------------------------------------------------------------------------------------------------------


@dataclass
class Covered:
    """What somebody has done in one area: how much, and the newest of it. Nothing: not yet."""

    area: Area
    entries: int = 0
    minutes: int = 0
    newest: list[TrainingEntry] = field(default_factory=list)


def by_area(person: User, areas: Iterable[Area]) -> list[Covered]:
    """Every area, covered or not yet. An entry that covers several counts with all its hours in each. Two queries and the keys."""
    found = {area.key: Covered(area) for area in areas}
    mine = TrainingArea.objects.filter(entry__owner=person)
    sums = mine.values("framework_id", "statement").annotate(n=Count("pk"), total=Sum("entry__minutes"))
    for row in sums:
        if (covered := found.get(f"{row['framework_id']}.{row['statement']}")) is not None:
            covered.entries, covered.minutes = row["n"], row["total"]
    newest = _newest(mine)
    encryption.unlock([row.entry for row in newest])
    for area_row in newest:
        if (covered := found.get(key_of(area_row))) is not None:
            covered.newest.append(area_row.entry)
    return list(found.values())


def _newest(rows: QuerySet[TrainingArea]) -> list[TrainingArea]:
    place = Window(
        RowNumber(),
        partition_by=[F("framework_id"), F("statement")],
        order_by=[F("entry__day").desc(), F("entry_id").desc()],
    )
    chosen = rows.annotate(place=place).filter(place__lte=SHOWN).select_related("entry").defer("entry__took")
    return sorted(chosen, key=lambda row: row.place)  # type: ignore[attr-defined]


def covered_ids(person: User) -> set[tuple[uuid.UUID, str]]:
    """Which areas somebody has covered, as facts: the framework and the id of the statement. One query."""
    return set(
        TrainingArea.objects.filter(entry__owner=person).values_list("framework_id", "statement").distinct()
    )
