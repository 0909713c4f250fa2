"""Training and credentials (domain 11): who holds what, what expires, and how much was learned, of those whose facts a manager knows."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext

from competencies.models import TrainingEntry
from supervision.pages import charts
from supervision.people.models import Credential, User

from .. import said, scope
from ..models import Report
from .made import Column, Made, Table, Tick


def make(report: Report, tick: Tick) -> Made:
    known = scope.staff_of(report, scope.people_of(report))
    staff = list(known.order_by("name", "pk"))
    kept = _credentials(known)
    learned = _learned(report, known)
    credentials: list[list[Any]] = []
    training: list[list[Any]] = []
    counts: Counter[str] = Counter()
    for number, person in enumerate(staff):
        tick(number, len(staff))
        credentials += [_credential(person, row, counts) for row in kept[person.pk]]
        if not kept[person.pk]:
            counts["without"] += 1
            credentials.append([person.name, gettext("None listed"), "", "", "", ""])
        training.append(_training(person, learned[person.pk]))
    tick(len(staff), len(staff))
    minutes = sum(row["total"] for rows in learned.values() for row in rows)
    return Made(
        title=gettext("Training and credentials"),
        lead=_lead(len(staff), counts, minutes),
        facts=[
            *said.covered(report),
            (gettext("People"), str(len(staff))),
            (gettext("Credentials that hold today"), str(counts["holds"])),
            (gettext("Expire within 60 days"), str(counts["soon"])),
            (gettext("Expired"), str(counts["expired"])),
            (gettext("People with none listed"), str(counts["without"])),
            (gettext("Hours learned in this period"), said.hours(minutes)),
        ],
        tables=[_credential_table(credentials), _training_table(training)],
        at=timezone.now(),
        figures=[_by_kind(learned)] if minutes else [],
        about=gettext(
            "Credentials as they stand on the day it was made, without their numbers. What somebody took from what they learned, and "
            "their evidence, are theirs alone."
        ),
    )


def _credential_table(rows: list[list[Any]]) -> Table:
    return Table(
        name=gettext("Credentials"),
        columns=[
            Column(gettext("Who"), 20),
            Column(gettext("Credential"), 20),
            Column(gettext("Issued by"), 20),
            Column(gettext("Issued"), 12),
            Column(gettext("Expires"), 12),
            Column(gettext("How it stands"), 15),
        ],
        rows=rows,
        empty=gettext("Nobody is in these programs."),
    )


def _training_table(rows: list[list[Any]]) -> Table:
    return Table(
        name=gettext("Training in this period"),
        columns=[
            Column(gettext("Who"), 30),
            Column(gettext("Entries"), 10, number=True),
            Column(gettext("Hours"), 15, number=True),
            Column(gettext("What kind"), 45),
        ],
        rows=rows,
        note=gettext("As each person keeps it in their own log, by the first day of each entry."),
        empty=gettext("Nobody is in these programs."),
    )


def _credentials(staff: QuerySet[User]) -> defaultdict[uuid.UUID, list[Credential]]:
    found: defaultdict[uuid.UUID, list[Credential]] = defaultdict(list)
    rows = Credential.objects.filter(
        person__in=staff.values("pk"), let_go_on__isnull=True, renewed_as__isnull=True
    )
    for row in rows.order_by("name", "pk"):
        found[row.person_id].append(row)
    return found


def _credential(person: User, row: Credential, counts: Counter[str]) -> list[Any]:
    today = timezone.localdate()
    if row.expires_on is not None and row.expires_on < today:
        counts["expired"] += 1
        stands = gettext("Expired")
    elif row.expires_on is not None and row.expires_on <= today + Credential.SOON:
        counts["soon"] += 1
        counts["holds"] += 1
        stands = gettext("Expires soon")
    else:
        counts["holds"] += 1
        stands = gettext("Holds")
    return [person.name, row.name, row.issuer, row.issued_on or "", row.expires_on or "", stands]


def _learned(report: Report, staff: QuerySet[User]) -> defaultdict[uuid.UUID, list[dict[str, Any]]]:
    """Entries and minutes of each person and kind. One query."""
    rows: Any = TrainingEntry.objects.filter(
        owner__in=staff.values("pk"), day__gte=report.first_day, day__lte=report.last_day
    ).order_by()
    found: defaultdict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.values("owner_id", "kind").annotate(entries=Count("pk"), total=Sum("minutes")):
        found[row["owner_id"]].append(row)
    return found


def _training(person: User, rows: list[dict[str, Any]]) -> list[Any]:
    labels = dict(TrainingEntry.Kind.choices)
    kinds = [f"{labels[row['kind']]}: {said.hours(row['total'])}" for row in rows]
    entries, minutes = sum(row["entries"] for row in rows), sum(row["total"] for row in rows)
    return [person.name, entries, said.hours_number(minutes), ", ".join(sorted(kinds))]


def _by_kind(learned: dict[uuid.UUID, list[dict[str, Any]]]) -> charts.Figure:
    minutes: Counter[str] = Counter()
    for rows in learned.values():
        for row in rows:
            minutes[row["kind"]] += row["total"]
    named = [(str(label), minutes[key]) for key, label in TrainingEntry.Kind.choices if minutes[key]]
    title = gettext("Hours learned in this period, by kind")
    return charts.Figure(
        svg=charts.bars([charts.Bar(name, round(n / 60, 1)) for name, n in named], title=title, unit=" h"),
        caption=title,
        headings=[gettext("Kind"), gettext("Hours")],
        rows=[[name, said.hours(n)] for name, n in named],
        number_columns=(1,),
    )


def _lead(people: int, counts: Counter[str], minutes: int) -> str:
    if not people:
        return gettext("Nobody is in these programs.")
    return gettext(
        "Credentials that hold today: %(holds)s, of which %(soon)s expire within 60 days. Expired: %(expired)s. Learned in this "
        "period: %(hours)s."
    ) % {
        "holds": counts["holds"],
        "soon": counts["soon"],
        "expired": counts["expired"],
        "hours": said.hours(minutes),
    }
