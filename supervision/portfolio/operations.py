"""Asking for a portfolio, for everything or for who has opened it, keeping the files for a week, and the link of somebody who has left."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.jobs import enqueue
from supervision.notes.models import Note
from supervision.people.models import Participation, User
from supervision.records import audit, ids
from supervision.records.errors import Invalid, WrongState
from supervision.records.models import RecordKey
from supervision.retention.models import Hold

from . import notifications, policy
from .models import LINK_DAYS, Export, LeavingLink
from .parts import BY_KEY

JOB = "supervision.portfolio.tasks.make_export"
STUCK = datetime.timedelta(hours=12)


def beginning_of(person: User) -> datetime.date:
    """The first day of which a portfolio can have anything: when they first took part in supervision, or began here."""
    joined = (
        Participation.objects.filter(person=person).order_by("joined_on").values_list("joined_on", flat=True)
    )
    days = [day for day in (joined.first(), person.started_on) if day]
    return min(days) if days else timezone.localdate() - datetime.timedelta(days=365)


@transaction.atomic
def ask_for_portfolio(
    *,
    by: User,
    first_day: datetime.date,
    last_day: datetime.date,
    parts: Sequence[str],
    notes: Sequence[uuid.UUID] = (),
    key: uuid.UUID | None = None,
) -> Export:
    """A portfolio about a period (both days included). `notes` names the private notes that go into it, none by itself.

    `key` becomes its id, so that a form sent twice asks once. Raises Invalid, WrongState.
    """
    check_period(first_day, last_day)
    chosen = [name for name in BY_KEY if name in parts]
    own = Note.objects.of(by).filter(pk__in=notes).values_list("pk", flat=True)
    if not chosen and not own:
        raise Invalid(_("Choose at least one part"), field="parts")
    export = Export(
        id=ids.id_of(by, key, "portfolio") or uuid.uuid4(),
        owner=by,
        kind=Export.Kind.PORTFOLIO,
        first_day=first_day,
        last_day=last_day,
        parts=chosen,
        notes=[str(pk) for pk in own],
    )
    return _asked(export, by=by)


@transaction.atomic
def ask_for_everything(*, by: User, key: uuid.UUID | None = None) -> Export:
    """Everything that is held about this person. Raises WrongState."""
    made = ids.id_of(by, key, "everything") or uuid.uuid4()
    return _asked(Export(id=made, owner=by, kind=Export.Kind.EVERYTHING), by=by)


@transaction.atomic
def ask_for_openings(
    *, by: User, first_day: datetime.date, last_day: datetime.date, key: uuid.UUID | None = None
) -> Export:
    """Who has seen what about this person in a period (both days included), as a sealed PDF (decision 12).

    `key` becomes its id, as of a portfolio. Raises Invalid, WrongState.
    """
    check_period(first_day, last_day)
    export = Export(
        id=ids.id_of(by, key, "openings") or uuid.uuid4(),
        owner=by,
        kind=Export.Kind.OPENINGS,
        first_day=first_day,
        last_day=last_day,
    )
    return _asked(export, by=by)


def check_period(first_day: datetime.date, last_day: datetime.date) -> None:
    """Raises Invalid, naming the field, for days that cannot be asked about."""
    if last_day < first_day:
        raise Invalid(_("Enter a last day that is not before the first"), field="last_day")
    if last_day > timezone.localdate():
        raise Invalid(_("Enter a last day that is not after today"), field="last_day")


def _asked(export: Export, *, by: User) -> Export:
    if found := Export.objects.filter(pk=export.pk).first():
        return _the_same(found, by)
    policy.check_can_ask(by)
    try:
        with transaction.atomic():
            export.save(force_insert=True)
    except IntegrityError:  # the same form, sent twice at the same instant
        return _the_same(Export.objects.get(pk=export.pk), by)
    audit.record(by, "files of one’s own asked", about=export, facts={"kind": str(export.kind)})
    enqueue(JOB, export_id=export.pk)
    return export


def _the_same(found: Export, by: User) -> Export:
    if found.owner_id != by.pk:
        raise WrongState(_("This form was used before. Open a new one."))
    return found


@transaction.atomic
def keep(*, export_id: uuid.UUID, pdf: bytes, archive: bytes) -> bool:
    """Store the finished files, encrypted. False when they are there already or nobody waits for them any more."""
    export = _waiting(export_id)
    if export is None:
        return False
    export.pdf, export.pdf_size = pdf, len(pdf)
    export.archive, export.archive_size = archive, len(archive)
    export.state, export.made_at = Export.State.READY, timezone.now()
    export.save()
    audit.record(None, "files of one’s own made", about=export)
    notifications.ready(export)
    return True


@transaction.atomic
def give_up(*, export_id: uuid.UUID) -> None:
    """They could not be made. Whoever asked sees it and may ask again."""
    export = _waiting(export_id)
    if export is not None:
        export.state = Export.State.FAILED
        export.save(update_fields=["state"])
        audit.record(None, "files of one’s own failed", about=export)


def _waiting(export_id: uuid.UUID) -> Export | None:
    rows = Export.objects.select_for_update(no_key=True)
    return rows.filter(pk=export_id, state=Export.State.WAITING).first()


@transaction.atomic
def remove(export: Export, *, by: User) -> None:
    """Its owner does not want them kept any longer. Twice is once."""
    policy_owner = Export.objects.select_for_update(no_key=True).of(by).without_files().filter(pk=export.pk)
    for found in policy_owner:
        audit.record(by, "files of one’s own removed", about=found)
        _destroy([found.pk])


@transaction.atomic
def remove_expired(*, today: datetime.date) -> int:
    """Delete files whose last day is over, with the keys that opened them. Returns how many."""
    rows = Export.objects.expired(today).without_files().select_for_update(no_key=True)[:200]
    expired = list(rows)
    for export in expired:
        audit.record(None, "files of one’s own removed", about=export)
    _destroy([export.pk for export in expired])
    return len(expired)


def _destroy(ids: Sequence[uuid.UUID]) -> None:
    Export.objects.filter(pk__in=ids).delete()
    RecordKey.objects.filter(pk__in=ids).delete()


def give_up_stuck() -> None:
    """Files that have waited for half a day will not come any more: say so."""
    since = timezone.now() - STUCK
    rows = Export.objects.filter(state=Export.State.WAITING, asked_at__lt=since)
    for export_id in list(rows.values_list("pk", flat=True)):
        give_up(export_id=export_id)


# Leaving ------------------------------------------------------------------------------------------------------


@transaction.atomic
def send_link(person: User, *, by: User | None = None) -> LeavingLink | None:
    """The way to what is theirs, for 60 days, to somebody whose account is closed. It takes the place of an earlier one.

    None for an account that is open: they sign in as ever. And for one that was never taken up: there is nothing of theirs.
    `by` is an administrator who sends it again; raises NotFound, WrongState for them.
    """
    now = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if by is not None:
        policy.check_can_send_link(by, now)
    if now.is_active or not now.has_usable_password():
        return None
    LeavingLink.objects.filter(person=now, stopped_at__isnull=True).update(stopped_at=timezone.now())
    today = timezone.localdate()
    made = LeavingLink(person=now, expires_on=today + datetime.timedelta(days=LINK_DAYS))
    made.save()
    audit.record(by, "leaving link sent", about=now)
    notifications.leaving(made)
    return made


@transaction.atomic
def erase_notes(*, by: User) -> int:
    """Somebody who has left erases their private notes, for good. Returns how many there were. Twice is once.

    Raises WrongState for an account that is open: there each note is deleted by itself, and can be brought back.
    """
    now = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if now.is_active:
        raise WrongState(_("Your account is open. Delete the notes that you do not want to keep."))
    if _is_held(now):
        raise WrongState(_("Nothing of yours may be removed now: a law or a court asks for it to be kept."))
    gone = list(Note.objects.filter(author=now).values_list("pk", flat=True))
    Note.objects.filter(pk__in=gone).delete()
    RecordKey.objects.filter(pk__in=gone).delete()
    if gone:
        audit.record(now, "private notes erased by who left", about=now)
    return len(gone)


def _is_held(person: User) -> bool:
    return Hold.objects.running().filter(person=person).exists()


@transaction.atomic
def erase_notes_of_the_gone(*, today: datetime.date) -> None:
    """Sixty days after somebody left, what they wrote for themself alone is erased: nobody could read it any more (domain 6).

    A link from before an account was opened again counts for nothing. What a hold covers stays.
    """
    open_again = LeavingLink.objects.filter(stopped_at__isnull=True, person__is_active=True)
    open_again.update(stopped_at=timezone.now())
    over = LeavingLink.objects.filter(expires_on__lt=today, stopped_at__isnull=True, person__is_active=False)
    for link in over.filter(person__in=Note.objects.values("author")).select_related("person"):
        if not _is_held(link.person):
            erase_notes(by=link.person)
