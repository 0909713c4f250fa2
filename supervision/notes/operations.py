"""Writing, sharing and deleting one's own notes.

The audit chain keeps that a note was shared and that the share was taken back, since that concerns somebody else. Everything else
is between a person and their notebook: the chain never forgets, and would tell for ever how often somebody wrote or deleted.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.notices import mail
from supervision.people.models import User
from supervision.records import audit, drafts, ids
from supervision.records.errors import AlreadyDone, Invalid, Stale
from supervision.records.models import RecordKey
from supervision.records.subjects import Subject

from . import policy
from .models import Note

AT_ONCE = 200
KEEP = object()  # what a changed note is about stays as it is


def draft_of(pk: uuid.UUID | str) -> str:
    """Under which name what was typed into the form of a note is kept."""
    return f"notes.note:{pk}"


@dataclass(frozen=True)
class Written:
    """What the form of a note holds. `about` is a thing of the author's own, None, or KEEP."""

    kind: str
    day: datetime.date
    title: str
    text: str
    about: Subject | object | None = None


def id_of(author: User, key: uuid.UUID) -> uuid.UUID:
    """The id of the note that a form with this key makes. It depends on the author: a key of somebody else's tells nothing."""
    return ids.made_by(author, key, "note")


# Writing ------------------------------------------------------------------------------------------------------


def write(*, by: User, key: uuid.UUID, written: Written) -> Note:
    """Keep a new note. The same form sent twice makes one: the second raises AlreadyDone, or Stale when its words differ.

    Raises Invalid without words or with a day to come.
    """
    _check(written)
    note = Note(id=id_of(by, key), author=by, dated_at=_moment(written.day, timezone.now()))
    _put(note, written)
    try:
        with transaction.atomic():
            note.save(force_insert=True)
    except IntegrityError:
        there = Note.objects.get(pk=note.pk)
        if says_the_same(there, written):
            raise AlreadyDone(_("This note is kept already.")) from None
        raise Stale(_("You saved this note from another window while you were writing.")) from None
    return note


@transaction.atomic
def change(note: Note, *, by: User, version: int, written: Written) -> Note:
    """Put other words in place of what the note says. Raises NotFound, WrongState, Invalid, or Stale when `version` is old."""
    now = _locked(note, by)
    policy.check_can_change(by, now)
    if now.version != version:
        raise Stale(_("You saved this note from another window while you were writing."))
    _check(written)
    if written.day != now.day:
        now.dated_at = _moment(written.day, now.dated_at)
    _put(now, written)
    now.version += 1
    now.changed_at = timezone.now()
    now.save()
    return now


def says_the_same(note: Note, written: Written) -> bool:
    """Whether the note as it is kept is what this form says."""
    about = note.about_key if written.about is KEEP else getattr(written.about, "key", "")
    here = (note.kind, note.day, note.title, note.text, note.about_key)
    return here == (written.kind, written.day, written.title, written.text, about)


def _check(written: Written) -> None:
    if not written.text.strip():
        raise Invalid(_("Write something first"), field="text")
    if written.day > timezone.localdate():
        raise Invalid(_("Enter today or a day before"), field="day")


def _put(note: Note, written: Written) -> None:
    note.kind, note.title, note.text = written.kind, written.title, written.text
    if written.about is KEEP:
        return
    if isinstance(written.about, Subject):
        note.about_kind, note.about_id = written.about.kind, written.about.id
        note.about_day, note.about_names = written.about.day, written.about.names
    else:
        note.about_kind, note.about_id, note.about_day, note.about_names = "", None, None, ""


def _moment(day: datetime.date, like: datetime.datetime) -> datetime.datetime:
    """That day, at the time of day of `like`, on the author's clock."""
    return timezone.localtime(like).replace(year=day.year, month=day.month, day=day.day)


def _locked(note: Note, by: User) -> Note:
    """The row as it is now, until the transaction ends. Raises NotFound: it may have been removed meanwhile."""
    found = Note.objects.select_for_update(no_key=True).filter(pk=note.pk, author=by).first()
    if found is None:
        raise policy.no_such_note()
    return found


# Sharing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def share(note: Note, *, by: User, person: User) -> Note:
    """Let one person read the note, until it is taken back. They are told that something waits, and not what.

    Raises NotFound, WrongState, AlreadyDone, and Invalid for somebody the author has no supervision with.
    """
    now = _locked(note, by)
    policy.check_can_share(by, now, person)
    now.shared_with, now.shared_at = person, timezone.now()
    now.save(update_fields=["shared_with", "shared_at"])
    audit.record(by, "note shared", about=now, facts={"with": str(person.pk)})
    mail.tell(person, "shared", path=reverse("notes:shared"))
    return now


@transaction.atomic
def take_back(note: Note, *, by: User) -> Note:
    """From now on only the author reads it. Taking back what is not shared is no error. Raises NotFound.

    A share could no longer be taken back once the note is in a sealed record (domain 6). Nothing seals notes yet.
    """
    now = _locked(note, by)
    _end_share(now, by)
    now.save(update_fields=["shared_with", "shared_at"])
    return now


def _end_share(note: Note, by: User) -> None:
    if note.shared_with_id is not None:
        audit.record(by, "note taken back", about=note, facts={"from": str(note.shared_with_id)})
    note.shared_with, note.shared_at = None, None


# Deleting -----------------------------------------------------------------------------------------------------


@transaction.atomic
def delete(note: Note, *, by: User) -> Note:
    """Out of the list, and out of sight of whom it was shared with. For 30 days it can be brought back. Raises NotFound."""
    now = _locked(note, by)
    if now.deleted_at is None:
        _end_share(now, by)
        now.deleted_at = timezone.now()
        now.version += 1  # a form that is open elsewhere is an old one
        now.save()
    return now


@transaction.atomic
def bring_back(note: Note, *, by: User) -> Note:
    """A deleted note as it was, for its author alone. Bringing back what is there is no error. Raises NotFound, also where
    its days are over and the daily job has not come to it yet."""
    now = _locked(note, by)
    if now.deleted_at is not None:
        if not Note.objects.deleted_by(by).filter(pk=now.pk).exists():
            raise policy.no_such_note()
        now.deleted_at = None
        now.save(update_fields=["deleted_at"])
    return now


@transaction.atomic
def remove(note: Note, *, by: User) -> None:
    """A deleted note for good, with its key and with what was typed into its form. Raises NotFound, WrongState."""
    now = _locked(note, by)
    policy.check_can_remove(by, now)
    _destroy([now])


def purge() -> None:
    """A daily job: what was deleted 30 days ago goes for good. Safe to repeat."""
    while _purge_some():
        pass


@transaction.atomic
def _purge_some() -> bool:
    due = list(Note.objects.select_for_update(no_key=True).to_purge().order_by("pk")[:AT_ONCE])
    _destroy(due)
    return bool(due)


def _destroy(notes: list[Note]) -> None:
    gone = [note.pk for note in notes]
    for note in notes:
        drafts.forget(note.author, draft_of(note.pk))
    Note.objects.filter(pk__in=gone).delete()
    RecordKey.objects.filter(pk__in=gone).delete()
