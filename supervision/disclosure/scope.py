"""Exactly which records are in a scope, whose they are, and the archive that is handed over."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from agreements.models import Agreement
from competencies.models import Assessment
from supervision.concerns.models import Concern, Letter
from supervision.notes.models import Note
from supervision.pages import words
from supervision.people.models import User
from supervision.performance.models import PerformanceNote
from supervision.records import disposal, encryption, snapshot
from supervision.records.models import Document, Offer, OfferParty
from supervision.sessions.models import Observation, Session

from .models import Disclosure

Kind = Disclosure.Kind


@dataclass(frozen=True)
class Of:
    """Records of one kind: those of a person, the moment that the scope is measured by, and who is named in one."""

    rows: Callable[[User], QuerySet[Any]]
    at: str
    named: tuple[str, ...]
    known: bool = True  # whether log facts say that there are any


OF: dict[str, Of] = {
    Kind.SESSIONS: Of(
        lambda person: Session.objects.filter(
            attendees__person=person, attendees__attended=True, sealed_at__isnull=False
        ),
        "starts_at",
        (),
    ),
    Kind.OBSERVATIONS: Of(
        lambda person: Observation.objects.filter(
            Q(worker=person) | Q(supervisor=person), sealed_at__isnull=False
        ),
        "sealed_at",
        ("worker", "supervisor"),
    ),
    Kind.AGREEMENTS: Of(
        lambda person: Agreement.objects.filter(parties__person=person, sealed_at__isnull=False),
        "sealed_at",
        (),
    ),
    Kind.ASSESSMENTS: Of(
        lambda person: Assessment.objects.filter(Q(person=person) | Q(other=person), sealed_at__isnull=False),
        "sealed_at",
        ("person", "other"),
    ),
    Kind.PERFORMANCE: Of(
        lambda person: PerformanceNote.objects.filter(worker=person, sealed_at__isnull=False),
        "sealed_at",
        ("worker", "author", "line_manager"),
        known=False,
    ),
    Kind.CONCERNS: Of(
        lambda person: Concern.objects.filter(worker=person, told_at__isnull=False),
        "told_at",
        ("worker", "raised_by", "shared_with"),
        known=False,
    ),
    Kind.LETTERS: Of(
        lambda person: Letter.objects.filter(writer=person), "sent_at", ("writer", "recipient"), known=False
    ),
}


@dataclass(frozen=True)
class Found:
    """One record in a scope."""

    kind: str
    row: Any
    day: datetime.date
    people: frozenset[uuid.UUID]


def _within(of: Of, disclosure: Disclosure) -> QuerySet[Any]:
    begin = timezone.make_aware(datetime.datetime.combine(disclosure.first_day, datetime.time()))
    end = timezone.make_aware(
        datetime.datetime.combine(disclosure.last_day + datetime.timedelta(days=1), datetime.time())
    )
    rows = of.rows(disclosure.person).filter(**{f"{of.at}__gte": begin, f"{of.at}__lt": end})
    return rows.exclude(pk__in=disposal.gone()).distinct().order_by(of.at, "pk")


def records_in(disclosure: Disclosure, *, known: bool = False) -> list[Found]:
    """Every record of the scope, kind by kind, oldest first. With `known` those only that log facts speak of."""
    found = []
    for kind in disclosure.kinds:
        of = OF[kind]
        if known and not of.known:
            continue
        for row in _within(of, disclosure):
            signers = OfferParty.objects.filter(offer__record_id=row.pk).values_list("person_id", flat=True)
            named = {getattr(row, f"{name}_id") for name in of.named}
            people = frozenset(pk for pk in (named | set(signers)) if pk is not None)
            found.append(Found(kind, row, timezone.localdate(getattr(row, of.at)), people))
    return found


def notes_in(disclosure: Disclosure) -> list[Note]:
    """The private notes of the person in these days, where a named order asks for them."""
    if not disclosure.with_notes:
        return []
    days = (disclosure.first_day, disclosure.last_day)
    rows = Note.objects.filter(author=disclosure.person, deleted_at__isnull=True, dated_at__date__range=days)
    return list(rows.order_by("dated_at", "pk"))


def people_in(disclosure: Disclosure) -> set[uuid.UUID]:
    """Everybody whose records are in it."""
    people = {disclosure.person_id}
    for one in records_in(disclosure):
        people |= one.people
    return people


# What is handed over ------------------------------------------------------------------------------------------


def archive_of(disclosure: Disclosure, records: Iterable[Found]) -> bytes:
    """The archive: a page that says what it is, a list of its files with their marks, what was signed as data and as sealed PDF."""
    files: dict[str, bytes] = {}
    for number, one in enumerate(records, start=1):
        name = f"{one.kind}/{number:03d}-{one.day.isoformat()}"
        document = Document.objects.filter(record_id=one.row.pk).first()
        encryption.unlock([one.row])
        files[f"{name}.json"] = _json(_data_of(one))
        if document is not None:
            files[f"{name}.pdf"] = bytes(document.pdf)
    for number, note in enumerate(notes_in(disclosure), start=1):
        day = timezone.localdate(note.dated_at).isoformat()
        files[f"notes/{number:03d}-{day}.json"] = _json({"day": day, "title": note.title, "text": note.text})
    files["READ-ME.txt"] = _read_me(disclosure).encode()
    listed = [f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in sorted(files.items())]
    files["contents.txt"] = ("\n".join(listed) + "\n").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(name, data)
    return out.getvalue()


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _data_of(one: Found) -> dict[str, Any]:
    """What was signed; of a concern or a letter, what is written in it."""
    row = one.row
    if one.kind == Kind.CONCERNS:
        return {
            "told_at": row.told_at.isoformat(),
            "limit": row.limit,
            "concern": row.text,
            "shared": row.shared_text,
            "outcome": row.outcome,
            "statements": [one.text for one in row.statements.all()],
        }
    if one.kind == Kind.LETTERS:
        messages = [
            {"at": message.at.isoformat(), "by": message.by.name, "text": message.text}
            for message in row.messages.all()
        ]
        return {"sent_at": row.sent_at.isoformat(), "text": row.text, "messages": messages}
    offer = Offer.objects.filter(record_id=row.pk, seal__isnull=False).first()
    return snapshot.read(offer.content) if offer is not None else {}


def _read_me(disclosure: Disclosure) -> str:
    return gettext(
        "Disclosed on %(basis)s\n\nAsked for by: %(asker)s\nReference: %(reference)s\nWhose records: %(person)s\n"
        "From %(first)s to %(last)s. Nothing outside these days, of another person or of another kind is in here.\n\n"
        "contents.txt has a mark (SHA-256) of every file.\n"
    ) % {
        "basis": disclosure.get_basis_kind_display(),
        "asker": disclosure.asker,
        "reference": disclosure.reference,
        "person": disclosure.person.name,
        "first": words.full_day(disclosure.first_day),
        "last": words.full_day(disclosure.last_day),
    }
