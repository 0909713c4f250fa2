"""The agreements register (domain 11): every version that held in the period, and every supervision that has none."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from agreements.models import Accession, Agreement, AgreementParty, AgreementReview
from supervision.pages import words
from supervision.people.models import Arrangement, Participation
from supervision.records.models import Answer, Seal

from .. import said, scope
from ..models import Report
from .made import Column, Made, Table, Tick

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Version:
    """One signed version, and the days on which it held."""

    id: uuid.UUID
    arrangement: uuid.UUID
    number: int
    first: datetime.date
    last: datetime.date | None
    minutes_each: int
    every_days: int
    look_on: datetime.date | None


def make(report: Report, tick: Tick) -> Made:
    people = scope.people_of(report)
    arrangements = scope.arrangements_of(report, people).exclude(
        structure=Arrangement.Structure.CO_REFLECTION
    )
    versions = [one for one in _versions(arrangements) if _held_in(one, report)]
    by_arrangement: defaultdict[uuid.UUID, list[Version]] = defaultdict(list)
    for version in versions:
        by_arrangement[version.arrangement].append(version)
    names = _Names(arrangements, report)
    signed = _signed(arrangements)
    rows: list[list[Any]] = []
    counts: Counter[str] = Counter()
    every: list[Any] = list(
        arrangements.order_by("program__name", "started_on", "pk").values(
            "pk",
            "program__name",
            "structure",
            "ended_on",
            "standing__held_count",
            "standing__agreement_draft",
        )
    )
    for number, row in enumerate(every):
        tick(number, len(every))
        held = by_arrangement[row["pk"]]
        for version in held:
            rows.append(_row(row, names, version, signed.get(version.id, (0, 0)), counts))
        if not held:
            rows.append(_missing(row, names, counts))
    tick(len(every), len(every))
    return Made(
        title=gettext("Agreements register"),
        lead=_lead(counts),
        facts=[*said.covered(report), *_facts(counts)],
        tables=[_table(rows)],
        at=timezone.now(),
        about=gettext(
            "It says who agreed with whom, when and how often to meet. What an agreement says beside that is left out."
        ),
    )


def _table(rows: Sequence[Sequence[Any]]) -> Table:
    return Table(
        name=gettext("Agreements"),
        columns=[
            Column(gettext("Peer worker"), 20),
            Column(gettext("Supervised by"), 20),
            Column(gettext("How it stands"), 20),
            Column(gettext("Held from"), 15),
            Column(gettext("Until"), 15),
            Column(gettext("Look at it again"), 10),
        ],
        more=[
            gettext("Program"),
            gettext("Kind"),
            gettext("Version"),
            gettext("Minutes each time"),
            gettext("Every so many days"),
            gettext("Signed by"),
            gettext("Named in it"),
        ],
        rows=rows,
        note=gettext(
            "A day to look at it again that has passed is no fault: the agreement holds all the same."
        ),
        empty=gettext("Of the people in this report, nobody was in supervision that needs an agreement."),
    )


def _row(
    row: dict[str, Any], names: _Names, version: Version, signed: tuple[int, int], counts: Counter[str]
) -> list[Any]:
    today = timezone.localdate()
    holds = version.first <= today and (version.last is None or version.last >= today)
    stands = gettext("Version %(n)s, in force") % {"n": version.number}
    if not holds:
        stands = gettext("Version %(n)s, no longer in force") % {"n": version.number}
    elif version.look_on and version.look_on < today:
        counts["past"] += 1
        stands = gettext("Version %(n)s, in force, to be looked at again") % {"n": version.number}
    counts["held"] += 1
    counts["in force"] += holds
    return [
        words.join_names(names.supported[row["pk"]]),
        words.join_names(names.leading[row["pk"]]),
        stands,
        version.first,
        version.last or "",
        version.look_on or "",
        *(row["program__name"], _structure(row), version.number),
        *(version.minutes_each, version.every_days, *signed),
    ]


def _missing(row: dict[str, Any], names: _Names, counts: Counter[str]) -> list[Any]:
    counts["missing"] += 1
    held = row["standing__held_count"] or 0
    stands = gettext("None. Sessions held so far: %(n)s") % {"n": held}
    if row["standing__agreement_draft"]:
        stands = gettext("Being written. Sessions held so far: %(n)s") % {"n": held}
    supported, leading = names.supported[row["pk"]], names.leading[row["pk"]]
    return [
        *(words.join_names(supported), words.join_names(leading), stands, "", "", ""),
        *(row["program__name"], _structure(row), "", "", "", "", ""),
    ]


def _structure(row: dict[str, Any]) -> str:
    return str(dict(Arrangement.Structure.choices)[row["structure"]])


class _Names:
    """Who was supported and who led in each arrangement on some day of the period, by name."""

    def __init__(self, arrangements: QuerySet[Arrangement], report: Report) -> None:
        self.supported: defaultdict[uuid.UUID, list[str]] = defaultdict(list)
        self.leading: defaultdict[uuid.UUID, list[str]] = defaultdict(list)
        rows = Participation.objects.filter(
            arrangement__in=arrangements.values("pk"), joined_on__lte=report.last_day
        ).exclude(left_on__lt=report.first_day)
        for arrangement, name, part in rows.order_by("person__name").values_list(
            "arrangement_id", "person__name", "part"
        ):
            group = self.leading if part in Participation.LEADING else self.supported
            if name not in group[arrangement]:
                group[arrangement].append(name)


def _versions(arrangements: QuerySet[Arrangement]) -> list[Version]:
    """Every signed version, with the days on which it held. Two queries."""
    looked: dict[uuid.UUID, datetime.date | None] = {}
    reviews = AgreementReview.objects.filter(
        agreement__arrangement__in=arrangements.values("pk"), sealed_at__isnull=False
    )
    for agreement, day in reviews.order_by("sealed_at").values_list("agreement_id", "next_on"):
        looked[agreement] = day
    rows = list(
        Agreement.objects.sealed()
        .filter(arrangement__in=arrangements.values("pk"))
        .order_by("arrangement", "number")
        .values_list(
            *("pk", "arrangement_id", "number", "starts_on", "sealed_at", "ending__ends_on"),
            *("minutes_each", "every_days", "review_on"),
        )
    )
    begun = [max(row[3], timezone.localdate(row[4])) for row in rows]
    found = []
    for place, (pk, arrangement, number, _starts, _sealed, ends, minutes, every, look) in enumerate(rows):
        after = place + 1
        ends_on = [ends] if ends else []
        if after < len(rows) and rows[after][1] == arrangement:
            ends_on.append(begun[after])
        last = min(ends_on) - ONE_DAY if ends_on else None
        found.append(
            Version(pk, arrangement, number, begun[place], last, minutes, every, looked.get(pk, look))
        )
    return found


def _held_in(version: Version, report: Report) -> bool:
    ended = version.last is not None and version.last < max(version.first, report.first_day)
    return version.first <= report.last_day and not ended


def _signed(arrangements: QuerySet[Arrangement]) -> dict[uuid.UUID, tuple[int, int]]:
    """How many have signed each version, and how many people are named in it."""
    ids = Agreement.objects.sealed().filter(arrangement__in=arrangements.values("pk")).values("pk")
    seals = Seal.objects.filter(record_id__in=ids, record_label=Agreement._meta.label_lower)
    offers = dict(seals.values_list("offer_id", "record_id"))
    signed: Counter[uuid.UUID] = Counter()
    answers = Answer.objects.filter(offer__in=seals.values("offer_id"), kind=Answer.Kind.SIGNED)
    signed.update(offers[offer] for offer in answers.values_list("offer_id", flat=True))
    joined = Accession.objects.filter(agreement__in=ids, sealed_at__isnull=False)
    signed.update(joined.values_list("agreement_id", flat=True))
    named = Counter(AgreementParty.objects.filter(agreement__in=ids).values_list("agreement_id", flat=True))
    return {pk: (signed[pk], named[pk]) for pk in named}


def _lead(counts: Counter[str]) -> str:
    if not counts:
        return gettext("Nobody was in supervision that needs an agreement.")
    values = {"n": counts["in force"], "missing": counts["missing"], "past": counts["past"]}
    return (
        gettext("%(n)s in force today, %(missing)s missing, %(past)s past the day to look at them again.")
        % values
    )


def _facts(counts: Counter[str]) -> Iterable[tuple[str, str]]:
    yield gettext("Versions that held in this period"), str(counts["held"])
    yield gettext("In force today"), str(counts["in force"])
    yield gettext("Missing"), str(counts["missing"])
    yield gettext("Past the day to look at them again"), str(counts["past"])
