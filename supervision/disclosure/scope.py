"""Exactly which records are in a scope, whose they are, and the archive that is handed over."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext

from agreements.models import Accession, Agreement, AgreementReview
from competencies.models import Assessment
from supervision.concerns.models import Concern, Letter
from supervision.hours.models import HoursLetter
from supervision.notes.models import Note
from supervision.pages import words
from supervision.people import zones
from supervision.people.models import Participation, User
from supervision.performance.models import PerformanceNote
from supervision.records import archives, disposal, encryption
from supervision.records.models import AuditEvent, Document, Offer, OfferParty
from supervision.sessions.models import Addendum, Observation, ObservationAddendum, Session

from .models import Disclosure

Kind = Disclosure.Kind


NOTES = "notes"


@dataclass(frozen=True)
class Of:
    """Records of one kind: those of a person, the day or moment that the scope is measured by, and who is named in one.

    `beside` are records of their own that stand on its page: what was `added` to it and corrects it, or what was signed `after` it.
    """

    model: Any
    rows: Callable[[User], QuerySet[Any]]
    at: str
    named: tuple[str, ...] = ()
    known: bool = True  # whether log facts say that there are any
    added: tuple[tuple[Any, str], ...] = ()
    after: tuple[tuple[Any, str], ...] = ()


def _agreements(person: User) -> QuerySet[Any]:
    """Those that this person signed, then or by joining later: that is when each became theirs."""
    joined = Accession.objects.filter(agreement=OuterRef("pk"), person=person, sealed_at__isnull=False)
    theirs_at = Coalesce(Subquery(joined.values("sealed_at")[:1]), F("sealed_at"))
    own = Agreement.objects.filter(Q(parties__person=person) | Exists(joined), sealed_at__isnull=False)
    return own.annotate(theirs_at=theirs_at)


OF: dict[str, Of] = {
    Kind.SESSIONS: Of(
        Session,
        lambda person: Session.objects.filter(
            attendees__person=person, attendees__attended=True, sealed_at__isnull=False
        ),
        "starts_at",
        added=((Addendum, "session"),),
    ),
    Kind.OBSERVATIONS: Of(
        Observation,
        lambda person: Observation.objects.filter(
            Q(worker=person) | Q(supervisor=person), sealed_at__isnull=False
        ),
        "held_on",
        ("worker", "supervisor"),
        added=((ObservationAddendum, "observation"),),
    ),
    Kind.AGREEMENTS: Of(
        Agreement,
        _agreements,
        "theirs_at",
        after=((AgreementReview, "agreement"), (Accession, "agreement")),
    ),
    Kind.ASSESSMENTS: Of(
        Assessment,
        lambda person: Assessment.objects.filter(Q(person=person) | Q(other=person), sealed_at__isnull=False),
        "sealed_at",
        ("person", "other"),
    ),
    Kind.PERFORMANCE: Of(
        PerformanceNote,
        lambda person: PerformanceNote.objects.filter(worker=person, sealed_at__isnull=False),
        "sealed_at",
        ("worker", "author", "line_manager"),
        known=False,
    ),
    Kind.CONCERNS: Of(
        Concern,
        lambda person: Concern.objects.filter(worker=person, told_at__isnull=False),
        "told_at",
        ("worker", "raised_by", "shared_with"),
        known=False,
    ),
    Kind.LETTERS: Of(
        Letter,
        lambda person: Letter.objects.filter(writer=person),
        "sent_at",
        ("writer", "recipient"),
        known=False,
    ),
    Kind.HOURS: Of(
        HoursLetter,
        HoursLetter.objects.visible_to,
        "sealed_at",
        ("worker", "supervisor"),
        known=False,
    ),
    NOTES: Of(
        Note,
        lambda person: Note.objects.filter(author=person, deleted_at__isnull=True),
        "dated_at",
        ("author",),
        known=False,
    ),
}


# Nobody may learn that there are any of these. They may be about people who have signed nothing in them.
HIDDEN = frozenset(kind for kind, of in OF.items() if not of.known)


@dataclass(frozen=True)
class Found:
    """One record in a scope."""

    kind: str
    row: Any
    day: datetime.date
    people: frozenset[uuid.UUID]


def begin_of(disclosure: Disclosure) -> datetime.datetime:
    """The first moment of its first day, where the agency is: the same for whoever asks."""
    return zones.begin_of(disclosure.first_day, zones.of_agency())


def end_of(disclosure: Disclosure) -> datetime.datetime:
    """The first moment after its last day."""
    return zones.end_of(disclosure.last_day, zones.of_agency())


def kinds_of(disclosure: Disclosure) -> list[str]:
    return [*disclosure.kinds, *([NOTES] if disclosure.with_notes else [])]


def _within(of: Of, disclosure: Disclosure) -> QuerySet[Any]:
    days: dict[str, Any]
    if of.at.endswith("_on"):
        days = {f"{of.at}__range": (disclosure.first_day, disclosure.last_day)}
    else:
        days = {f"{of.at}__gte": begin_of(disclosure), f"{of.at}__lt": end_of(disclosure)}
    rows = of.rows(disclosure.person).filter(**days)
    return rows.exclude(pk__in=disposal.gone()).distinct().order_by(of.at, "pk")


def found_now(disclosure: Disclosure) -> list[Found]:
    """Every record of the scope as it stands now, kind by kind, oldest first."""
    found = []
    for kind in kinds_of(disclosure):
        of = OF[kind]
        for row in _within(of, disclosure):
            people = _people_of(of, row)
            at = getattr(row, of.at)
            day = timezone.localdate(at) if isinstance(at, datetime.datetime) else at
            found.append(Found(kind, row, day, people))
    return found


def near(person: User) -> set[uuid.UUID]:
    """Whom hidden records of this person may be about: who takes or took part in supervision with them, and who is or was their
    line manager. Asked of where people stand and of no record, so that it says nothing of whether there are any."""
    own = Participation.objects.filter(person=person).values("arrangement")
    beside_them = Participation.objects.filter(arrangement__in=own).values_list("person_id", flat=True)
    changes = AuditEvent.objects.filter(record_id=person.pk, action="line manager changed")
    before = {uuid.UUID(event.facts["was"]) for event in changes if event.facts.get("was")}
    now = {person.line_manager_id} if person.line_manager_id else set()
    return {*beside_them, *before, *now} - {person.pk}


def concerned_in(disclosure: Disclosure) -> set[uuid.UUID]:
    """Who may neither enter nor approve it nor hand it over: everybody whose records are in it, whoever takes or took part in an
    arrangement of which there is one, and whom a hidden one may be about. None of the others is told for that (`people_in`)."""
    found = people_in(disclosure)
    arrangements = {getattr(one.row, "arrangement_id", None) for one in records_in(disclosure)}
    taking = Participation.objects.filter(arrangement__in=arrangements - {None})
    found.update(taking.values_list("person_id", flat=True))
    return found | (near(disclosure.person) if HIDDEN & {*kinds_of(disclosure)} else set())


def _people_of(of: Of, row: Any) -> frozenset[uuid.UUID]:
    """Who is named in it or was asked to sign it, also who joined it later. Not whom it was only offered to and taken back from."""
    after = [other.pk for model, field in of.after for other in model._base_manager.filter(**{field: row})]
    signers = OfferParty.objects.filter(offer__record_id__in=[row.pk, *after], offer__closed__isnull=True)
    named = {getattr(row, f"{name}_id") for name in of.named}
    return frozenset({*named, *signers.values_list("person_id", flat=True)} - {None})


def records_in(disclosure: Disclosure) -> list[Found]:
    """The records that were fixed with the first approval and are still there; before it, as they stand now."""
    if disclosure.first_at is None and disclosure.second_at is None:
        return found_now(disclosure)
    gone = set(disposal.gone().values_list("pk", flat=True))
    found = []
    for item in disclosure.items.all():
        row = OF[item.kind].model._base_manager.filter(pk=item.record_id).first()
        if row is not None and item.record_id not in gone:
            people = frozenset(uuid.UUID(pk) for pk in item.people)
            found.append(Found(item.kind, row, item.day, people))
    return found


def people_in(disclosure: Disclosure) -> set[uuid.UUID]:
    """Everybody whose records are in it."""
    people = {disclosure.person_id}
    for one in records_in(disclosure):
        people |= one.people
    return people


def beside(one: Found, disclosure: Disclosure) -> list[Any]:
    """What goes with a record: what was added to it, whenever that was, for it corrects it; and what this person signed after it,
    within the days and before the first approval."""
    of, theirs = OF[one.kind], OfferParty.objects.filter(person=disclosure.person_id)
    begin, over = begin_of(disclosure), min([end_of(disclosure), *_approvals(disclosure)])
    added = [model._base_manager.filter(**{field: one.row}) for model, field in of.added]
    after = [
        model._base_manager.filter(
            **{field: one.row},
            sealed_at__gte=begin,
            sealed_at__lt=over,
            pk__in=theirs.values("offer__record_id"),
        )
        for model, field in of.after
    ]
    found = [row for rows in (*added, *after) for row in rows.order_by("pk")]
    gone = set(disposal.gone().filter(pk__in=[row.pk for row in found]).values_list("pk", flat=True))
    return [row for row in found if row.pk not in gone]


def _approvals(disclosure: Disclosure) -> list[datetime.datetime]:
    return [at for at in (disclosure.first_at, disclosure.second_at) if at is not None]


def without_file(disclosure: Disclosure, records: Iterable[Found]) -> int:
    """How many sealed records have no PDF yet: what is handed over once is whole."""
    rows = [row for one in records for row in (one.row, *beside(one, disclosure))]
    sealed = [row.pk for row in rows if getattr(row, "sealed_at", None) is not None]
    return len(sealed) - Document.objects.filter(record_id__in=sealed).count()


# What is handed over ------------------------------------------------------------------------------------------


def archive_of(disclosure: Disclosure, records: Iterable[Found]) -> bytes:
    """The archive: a page that says what it is, a list of its files with their marks, what was signed exactly as it was signed and as
    sealed PDF, and what goes with it."""
    files: dict[str, bytes] = {}
    for number, one in enumerate(records, start=1):
        name = f"{one.kind}/{number:03d}-{one.day.isoformat()}"
        encryption.unlock([one.row])
        files |= _files_of(name, one.row, _data_of(one, disclosure))
        for later, other in enumerate(beside(one, disclosure), start=1):
            files |= _files_of(f"{name}-added-{later}", other, _signed(other))
    files["READ-ME.txt"] = _read_me(disclosure).encode()
    return archives.packed(files, listed_in="contents.txt", made_at=timezone.now())


def _files_of(name: str, row: Any, data: bytes) -> dict[str, bytes]:
    document = Document.objects.filter(record_id=row.pk).first()
    files = {f"{name}.json": data} if data else {}
    return files | ({f"{name}.pdf": bytes(document.pdf)} if document is not None else {})


def _signed(row: Any) -> bytes:
    """The exact bytes that were signed."""
    offer = Offer.objects.filter(record_id=row.pk, closed__isnull=True).order_by("-number").first()
    return bytes(offer.content) if offer is not None else b""


def _data_of(one: Found, disclosure: Disclosure) -> bytes:
    """What was signed; of what is not signed, what was written within the days of the scope."""
    row, end = one.row, end_of(disclosure)

    def by_then(moment: datetime.datetime | None, text: str) -> str:
        return text if moment is not None and moment < end else ""

    if one.kind == Kind.CONCERNS:
        return archives.as_json(
            {
                "told_at": row.told_at.isoformat(),
                "limit": row.limit,
                "concern": row.text,
                "shared": by_then(row.shared_at, row.shared_text),
                "outcome": by_then(row.answered_at, row.outcome),
                "statements": [said.text for said in row.statements.filter(at__lt=end)],
            }
        )
    if one.kind == Kind.LETTERS:
        messages = [
            {"at": message.at.isoformat(), "by": message.by.name, "text": message.text}
            for message in row.messages.filter(at__lt=end).select_related("by")
        ]
        return archives.as_json({"sent_at": row.sent_at.isoformat(), "text": row.text, "messages": messages})
    if one.kind == NOTES:
        return archives.as_json({"day": one.day.isoformat(), "title": row.title, "text": row.text})
    return _signed(row)


def _read_me(disclosure: Disclosure) -> str:
    return gettext(
        "Disclosed on %(basis_kind)s\n\n%(basis)s\n\nAsked for by: %(asker)s\nReference: %(reference)s\nApproved by: %(approvers)s\n"
        "Whose records: %(person)s\n"
        "From %(first)s to %(last)s. Nothing outside these days, of another person or of another kind is in here.\n\n"
        "contents.txt has a mark (SHA-256) of every file.\n"
    ) % {
        "basis_kind": disclosure.get_basis_kind_display(),
        "basis": disclosure.basis,
        "approvers": words.join_names([disclosure.approver.name, disclosure.second_approver.name]),
        "asker": disclosure.asker,
        "reference": disclosure.reference,
        "person": disclosure.person.name,
        "first": words.full_day(disclosure.first_day),
        "last": words.full_day(disclosure.last_day),
    }
