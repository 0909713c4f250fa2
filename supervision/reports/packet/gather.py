"""What an audit packet holds, read once: log facts, never words. The number of queries does not depend on how much there is."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from agreements.models import Accession, Agreement, AgreementReview
from supervision.hours import measuring
from supervision.hours.facts import places_of
from supervision.hours.measuring import Measured
from supervision.people.models import Arrangement, Away, Credential, Participation, User
from supervision.records.models import Answer, Document, Seal
from supervision.requirements.expectation import DAY, Span
from supervision.sessions.imported.facts import Before, from_before
from supervision.sessions.models import Attendance, Observation

from ..log import LogRow, log_of


@dataclass(frozen=True)
class Signer:
    name: str
    part: str
    at: datetime.datetime
    signed: bool  # otherwise declined


@dataclass(frozen=True)
class Certificate:
    """One sealed record: what it is, of which day, who answered when, and the marks by which its file is known again.

    Of a group's record only the person's own answer and those of who led it; `others` is how many more answered.
    """

    record: uuid.UUID
    kind: str
    day: datetime.date | None  # of the session or observation it is about
    sealed_at: datetime.datetime
    whole: bool  # signed by everybody who was asked
    signers: tuple[Signer, ...]
    others: int
    mark: str  # of the seal, in the chain
    sha256: str  # of its sealed PDF, if there is one


@dataclass(frozen=True)
class AgreementRow:
    number: int
    parties: tuple[str, ...]
    first: datetime.date  # since when it holds
    last: datetime.date | None
    minutes_each: int
    every_days: int
    reviewed: tuple[datetime.date, ...]


@dataclass(frozen=True)
class CredentialRow:
    holder: str
    name: str
    issuer: str
    issued_on: datetime.date | None
    expires_on: datetime.date | None


@dataclass(frozen=True)
class Packet:
    """Everything, read at one moment."""

    person: User
    programs: tuple[str, ...]
    leaders: tuple[str, ...]
    first: datetime.date
    last: datetime.date
    at: datetime.datetime
    measured: Measured | None
    log: list[LogRow]
    before: list[Before]
    away: list[Span]
    agreements: list[AgreementRow]
    credentials: list[CredentialRow]
    observations: list[tuple[datetime.date, bool]]
    certificates: list[Certificate]


def gather(person: User, scope: QuerySet[Arrangement], first: datetime.date, last: datetime.date) -> Packet:
    """Of these arrangements of the person, from `first` to `last`, both included."""
    places = _places(person, scope, first, last)
    arrangements = {row["arrangement_id"] for row in places}
    leaders = _leaders(arrangements, first, last)
    log = log_of([person.pk], arrangements, first, last)[person.pk]
    agreements = _agreements(person, arrangements, first, last)
    observations = _observations(person, arrangements, first, last)
    as_of = timezone.localdate()
    found = measuring.measure(places_of([person.pk], scope, last), first, last, as_of)
    return Packet(
        person=person,
        programs=tuple(sorted({row["arrangement__program__name"] for row in places})),
        leaders=tuple(sorted(set(leaders.values()))),
        first=first,
        last=last,
        at=timezone.now(),
        measured=found.get(person.pk),
        log=log,
        before=[
            one
            for one in from_before([person.pk], first_day=first, last_day=last)
            if one.arrangement_id in arrangements
        ],
        away=[
            Span(max(begin, first), min(end, last))
            for begin, end in Away.objects.filter(person=person, first_day__lte=last, last_day__gte=first)
            .order_by("first_day")
            .values_list("first_day", "last_day")
        ],
        agreements=[row for row, _pk in agreements],
        credentials=_credentials(person, leaders, first, last),
        observations=[(day, sealed) for _pk, day, sealed in observations],
        certificates=_certificates(
            person,
            leaders,
            {row.id: row.day for row in log},
            [pk for _row, pk in agreements],
            {pk: day for pk, day, _sealed in observations},
        ),
    )


def _places(
    person: User, scope: QuerySet[Arrangement], first: datetime.date, last: datetime.date
) -> list[dict[str, Any]]:
    rows: Any = Participation.objects.filter(
        Q(left_on=None) | Q(left_on__gte=first),
        Q(arrangement__ended_on=None) | Q(arrangement__ended_on__gte=first),
        person=person,
        part__in=Participation.SUPPORTED,
        arrangement__in=scope,
        joined_on__lte=last,
    )
    return list(rows.values("arrangement_id", "arrangement__program__name"))


def _leaders(
    arrangements: Iterable[uuid.UUID], first: datetime.date, last: datetime.date
) -> dict[uuid.UUID, str]:
    rows = Participation.objects.filter(
        Q(left_on=None) | Q(left_on__gte=first),
        arrangement__in=arrangements,
        part__in=Participation.LEADING,
        joined_on__lte=last,
    )
    return dict(rows.values_list("person_id", "person__name"))


# Agreements, observations, credentials --------------------------------------------------------------------------


def _agreements(
    person: User, arrangements: Iterable[uuid.UUID], first: datetime.date, last: datetime.date
) -> list[tuple[AgreementRow, uuid.UUID]]:
    """The versions that held on some day of the period, oldest first. Of a group's no other member is named."""
    rows = list(
        Agreement.objects.sealed()
        .filter(arrangement__in=arrangements)
        .select_related("ending", "arrangement")
        .prefetch_related("parties__person")
        .defer("cadence_reason")
        .order_by("arrangement", "number")
    )
    reviewed: defaultdict[uuid.UUID, list[datetime.date]] = defaultdict(list)
    reviews = AgreementReview.objects.filter(agreement__in=rows, sealed_at__isnull=False, looked_on__lte=last)
    for agreement, day in reviews.order_by("looked_on").values_list("agreement_id", "looked_on"):
        reviewed[agreement].append(day)
    found = []
    for number, row in enumerate(rows):
        begin = max(row.starts_on, timezone.localdate(row.sealed_at))
        following = [
            max(later.starts_on, timezone.localdate(later.sealed_at))
            for later in rows[number + 1 :]
            if later.arrangement_id == row.arrangement_id
        ]
        ending = getattr(row, "ending", None)
        ends = [day - DAY for day in (*following, *([ending.ends_on] if ending else []))]
        until = min(ends) if ends else None
        if begin <= last and (until is None or until >= max(first, begin)):
            found.append((_agreement_row(row, person, begin, until, reviewed[row.pk]), row.pk))
    return sorted(found, key=lambda entry: (entry[0].first, entry[0].number))


def _agreement_row(
    row: Agreement,
    person: User,
    begin: datetime.date,
    until: datetime.date | None,
    reviewed: Sequence[datetime.date],
) -> AgreementRow:
    group = row.arrangement.structure == Arrangement.Structure.GROUP
    parties = [
        party.person.name
        for party in row.parties.all()
        if not group or party.person_id == person.pk or party.part in Participation.LEADING
    ]
    return AgreementRow(
        row.number, tuple(parties), begin, until, row.minutes_each, row.every_days, tuple(reviewed)
    )


def _observations(
    person: User, arrangements: Iterable[uuid.UUID], first: datetime.date, last: datetime.date
) -> list[tuple[uuid.UUID, datetime.date, bool]]:
    rows = Observation.objects.took_place().filter(
        worker=person, arrangement__in=arrangements, held_on__gte=first, held_on__lte=last
    )
    return [
        (pk, day, sealed_at is not None)
        for pk, day, sealed_at in rows.order_by("held_on", "id").values_list("pk", "held_on", "sealed_at")
        if day is not None
    ]


def _credentials(
    person: User, leaders: dict[uuid.UUID, str], first: datetime.date, last: datetime.date
) -> list[CredentialRow]:
    """Of the person and of those who led, as far as they held on some day of the period. Numbers are left out."""
    rows = Credential.objects.filter(
        Q(issued_on=None) | Q(issued_on__lte=last),
        Q(expires_on=None) | Q(expires_on__gte=first),
        person__in=[person.pk, *leaders],
    ).order_by("name", "id")
    names = {**leaders, person.pk: person.name}
    found = [
        CredentialRow(names[holder], *values)
        for holder, *values in rows.values_list("person_id", "name", "issuer", "issued_on", "expires_on")
    ]
    return sorted(found, key=lambda row: (row.holder != person.name, row.holder, row.name))


# Certificates ---------------------------------------------------------------------------------------------------


def _certificates(
    person: User,
    leaders: dict[uuid.UUID, str],
    sessions: dict[uuid.UUID, datetime.date],
    agreements: Sequence[uuid.UUID],
    observations: dict[uuid.UUID, datetime.date],
) -> list[Certificate]:
    """Of every sealed record of the period, by the day on which it was sealed. Sessions and observations with their days."""
    own = Attendance.objects.filter(person=person, session__in=list(sessions))
    attendances = {pk: sessions[session] for pk, session in own.values_list("pk", "session_id")}
    days = {**sessions, **attendances, **observations}
    reviews = AgreementReview.objects.filter(agreement__in=agreements).values_list("pk", flat=True)
    joined = Accession.objects.filter(agreement__in=agreements, person=person).values_list("pk", flat=True)
    wanted = [*sessions, *attendances, *agreements, *reviews, *joined, *observations]
    seals = list(
        Seal.objects.filter(record_id__in=wanted).select_related("offer").order_by("sealed_at", "id")
    )
    answers: defaultdict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    rows: Any = Answer.objects.filter(offer__in=[seal.offer_id for seal in seals]).order_by("answered_at")
    for one in rows.values("offer_id", "person_id", "person__name", "part", "answered_at", "kind"):
        answers[one["offer_id"]].append(one)
    files = dict(
        Document.objects.filter(seal__in=[seal.pk for seal in seals]).values_list("seal_id", "sha256")
    )
    named = {person.pk, *leaders}
    return [
        _certificate(seal, days.get(seal.record_id), answers[seal.offer_id], named, files.get(seal.pk, ""))
        for seal in seals
    ]


def _certificate(
    seal: Seal,
    day: datetime.date | None,
    answers: Sequence[dict[str, Any]],
    named: set[uuid.UUID],
    sha256: str,
) -> Certificate:
    shown = [one for one in answers if one["person_id"] in named]
    return Certificate(
        record=seal.record_id,
        kind=seal.kind,
        day=day,
        sealed_at=seal.sealed_at,
        whole=seal.how == Seal.How.ALL_SIGNED,
        signers=tuple(
            Signer(one["person__name"], one["part"], one["answered_at"], one["kind"] == Answer.Kind.SIGNED)
            for one in shown
        ),
        others=len(answers) - len(shown),
        mark=seal.mac,
        sha256=sha256,
    )
