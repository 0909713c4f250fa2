"""The supervision log (domain 11): one row for each person and session, with signatures and the mark of the sealed file. No narrative."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from supervision.pages import charts, words
from supervision.people.models import Arrangement, User
from supervision.records.models import Answer, Document, Seal
from supervision.sessions.models import Session

from .. import log as rows_of
from .. import said, scope
from ..log import LogRow
from ..models import Report
from ..said import how, small, what_became
from .made import Column, Made, Table, Tick

SHOWN = 16  # characters of a mark on paper; the spreadsheet has all of them


def make(report: Report, tick: Tick) -> Made:
    people = scope.people_of(report)
    arrangements = scope.arrangements_of(report, people)
    found = rows_of.log_of(people, arrangements.values("pk"), report.first_day, report.last_day)
    names = dict(User.objects.filter(pk__in=list(found)).values_list("pk", "name"))
    programs = dict(arrangements.values_list("pk", "program__name"))
    signatures, files = _signatures(arrangements, report), _files(arrangements, report)
    ordered = sorted(found, key=lambda person: (names[person].casefold(), str(person)))
    rows: list[list[Any]] = []
    for number, person in enumerate(ordered):
        tick(number, len(ordered))
        rows += (
            _row(row, names[person], programs.get(row.arrangement_id, ""), signatures, files)
            for row in found[person]
        )
    tick(len(ordered), len(ordered))
    every = [row for person in ordered for row in found[person]]
    return Made(
        title=gettext("Supervision log"),
        lead=_lead(every, len(ordered)),
        facts=_facts(report, every, len(ordered)),
        tables=[_table(rows)],
        at=timezone.now(),
        figures=[_months(every)] if every else [],
        about=gettext(
            "It lists dates, hours and signatures. What was said in supervision is left out on purpose."
        ),
    )


def _table(rows: list[list[Any]]) -> Table:
    return Table(
        name=gettext("Log of supervision"),
        columns=[
            Column(gettext("Day"), 12),
            Column(gettext("Peer worker"), 20),
            Column(gettext("What became of it"), 25),
            Column(gettext("Minutes"), 10, number=True),
            Column(gettext("Supervised by"), 15),
            Column(gettext("Signed"), 20),
        ],
        more=[
            gettext("Program"),
            gettext("Attendance signed on"),
            gettext("Record sealed on"),
            gettext("SHA-256 of the sealed file"),
        ],
        rows=rows,
        note=gettext(
            "Signed: how many of those who were asked have signed the record, and the beginning of the SHA-256 of its sealed file. "
            "The spreadsheet has the whole of it: the page “Check a PDF” finds the file by it."
        ),
        empty=gettext("No session was planned or held in this period."),
    )


def _row(
    row: LogRow,
    name: str,
    program: str,
    signatures: dict[uuid.UUID, tuple[int, int]],
    files: dict[uuid.UUID, str],
) -> list[Any]:
    met = how(row)
    became = f"{what_became(row)}, {small(met)}" if met else what_became(row)
    signed, asked = signatures.get(row.id, (0, 0))
    mark = files.get(row.id, "")
    said_signed = gettext("%(n)s of %(all)s") % {"n": signed, "all": asked} if asked else ""
    shown = f"{said_signed} {mark[:SHOWN]}".strip()
    cells = [row.day, name, became, row.minutes or "", words.join_names(row.leaders), shown]
    return [*cells, program, row.signed_on or "", row.sealed_on or "", mark]


def _records(arrangements: QuerySet[Arrangement], report: Report) -> QuerySet[Session]:
    start, end = scope.moment(report.first_day), scope.moment(report.last_day)
    return Session.objects.filter(
        arrangement__in=arrangements.values("pk"),
        state=Session.State.HELD,
        starts_at__gte=start - datetime.timedelta(days=1),
        starts_at__lt=end + datetime.timedelta(days=2),
    )


def _signatures(arrangements: QuerySet[Arrangement], report: Report) -> dict[uuid.UUID, tuple[int, int]]:
    """How many have signed the sealed record of each session, and how many answered."""
    records = _records(arrangements, report).filter(sealed_at__isnull=False)
    seals = Seal.objects.filter(record_id__in=records.values("pk"), record_label=Session._meta.label_lower)
    answered = seals.annotate(
        signed=Count("offer__answers", filter=Q(offer__answers__kind=Answer.Kind.SIGNED)),
        asked=Count("offer__answers"),
    )
    rows = answered.order_by().values_list("record_id", "signed", "asked")
    return {record: (signed, asked) for record, signed, asked in rows}


def _files(arrangements: QuerySet[Arrangement], report: Report) -> dict[uuid.UUID, str]:
    """The SHA-256 of the sealed PDF of each session."""
    records = _records(arrangements, report).filter(sealed_at__isnull=False)
    rows = Document.objects.filter(
        seal__record_id__in=records.values("pk"), seal__record_label=Session._meta.label_lower
    )
    return dict(rows.values_list("seal__record_id", "sha256"))


def _lead(rows: list[LogRow], people: int) -> str:
    if not rows:
        return gettext("No session was planned or held in this period.")
    held = [row for row in rows if row.attended]
    values = {"held": len(held), "hours": said.hours(sum(row.minutes for row in held)), "n": people}
    return (
        ngettext(
            "%(held)s sessions attended by %(n)s person, %(hours)s in all.",
            "%(held)s sessions attended by %(n)s people, %(hours)s in all.",
            people,
        )
        % values
    )


def _facts(report: Report, rows: list[LogRow], people: int) -> list[tuple[str, str]]:
    held = [row for row in rows if row.attended]
    signed = sum(row.signed_on is not None for row in held)
    alone = [row for row in held if row.people == 1]
    return [
        *said.covered(report),
        (gettext("People in supervision"), str(people)),
        (
            gettext("Sessions attended"),
            gettext("%(n)s, %(hours)s in all")
            % {"n": len(held), "hours": said.hours(sum(row.minutes for row in held))},
        ),
        (gettext("One to one"), said.hours(sum(row.minutes for row in alone))),
        (
            gettext("Attendance signed by everybody asked"),
            gettext("%(n)s of %(all)s") % {"n": signed, "all": len(held)},
        ),
    ]


def _months(rows: Iterable[LogRow]) -> charts.Figure:
    """Hours attended, month by month."""
    minutes: Counter[datetime.date] = Counter()
    for row in rows:
        minutes[row.day.replace(day=1)] += row.minutes
    named = [(date_format(month, "F Y"), minutes[month]) for month in sorted(minutes)]
    title = gettext("Hours attended, month by month")
    return charts.Figure(
        svg=charts.bars([charts.Bar(name, round(n / 60, 1)) for name, n in named], title=title, unit=" h"),
        caption=title,
        headings=[gettext("Month"), gettext("Hours")],
        rows=[[name, said.hours(n)] for name, n in named],
        number_columns=(1,),
    )
