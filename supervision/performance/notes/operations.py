"""Everything that changes what is written about somebody's work. One write is one operation here, named for what a person does."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.records import audit, ids, signing
from supervision.records.between_two import BetweenTwo
from supervision.records.errors import Invalid, Stale, WrongState
from supervision.records.models import Offer, RecordKey
from supervision.records.signing import Evidence

from .. import circle, locks
from ..models import JobDescription, PerformanceNote
from . import content, notifications, policy
from .parts import WORDS, parts_of

Kind, Standing = PerformanceNote.Kind, PerformanceNote.Standing


@dataclass(frozen=True)
class Written:
    """What its author writes. Fields that a kind does not have are left alone."""

    happened: str = ""
    facts: str = ""
    expectation: str = ""
    support: str = ""
    description: JobDescription | None = None
    from_day: datetime.date | None = None
    until_day: datetime.date | None = None
    review_on: datetime.date | None = None
    outcome: str = ""


def reader_beside(worker: User, author: User) -> User | None:
    """Who will read it beside the two: the worker's line manager, unless they write it themself. None if nobody is named."""
    found = circle.line_manager_of(worker)
    return None if found is None or found.pk == author.pk else found


# Writing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def start(
    worker: User, *, by: User, kind: str, key: uuid.UUID | None = None, plan: PerformanceNote | None = None
) -> PerformanceNote:
    """Begin a draft of one's own. `key` becomes its id, so that a form sent twice makes one; `plan` is what a result follows.

    Raises NotFound, Denied, WrongState, Invalid.
    """
    if kind not in Kind.values or (kind == Kind.RESULT) != (plan is not None):
        raise Invalid(_("Choose what you want to write"), field="kind")
    worker = locks.person(worker)
    key = ids.id_of(by, key, "performance note")
    if key is not None and (found := PerformanceNote.objects.filter(pk=key).first()):
        if found.author_id == by.pk and found.worker_id == worker.pk and found.kind == kind:
            return found
        raise WrongState(_("This form was used before. Open a new one."))
    standing = policy.check_can_start(by, worker)
    if plan is not None:
        policy.check_can_follow(by, plan)
    made = PerformanceNote(
        **({"id": key} if key else {}),
        worker=worker,
        author=by,
        author_as=standing,
        kind=kind,
        follows=plan,
    )
    made.save(force_insert=True)
    audit.record(by, "performance record begun", about=made)
    return made


@transaction.atomic
def write(note: PerformanceNote, *, by: User, written: Written, version: int) -> PerformanceNote:
    """Save what was written, as a draft that only its author reads. Raises NotFound, Denied, WrongState, Sealed, Stale, Invalid."""
    row = locks.note(note)
    policy.check_can_write(by, row)
    _check_version(row, version)
    for part in parts_of(row.kind):
        value = getattr(written, part.field)
        setattr(row, part.field, value.strip() if part.field in WORDS else value)
    _check_choices(row)
    policy.check_days(row)
    row.version += 1
    row.save()
    audit.record(by, "performance record written", about=row)
    return row


@transaction.atomic
def withdraw(note: PerformanceNote, *, by: User) -> PerformanceNote | None:
    """Throw a draft away. What was sent before stays as withdrawn, for those who knew of it: nobody wonders where it went.

    Returns it, or None when nothing is left of it. Raises NotFound, Denied, WrongState, Sealed.
    """
    row = locks.note(note)
    policy.check_can_withdraw(by, row)
    if Offer.objects.of(row).exists():
        row.withdrawn_at = timezone.now()
        row.version += 1
        row.save()
        audit.record(by, "performance record withdrawn", about=row)
        notifications.changed(row, by=by)
        return row
    audit.record(by, "performance record thrown away", about=row)
    RecordKey.objects.filter(pk=row.encryption_id).delete()
    row.delete()
    return None


@transaction.atomic
def sign_and_send(
    note: PerformanceNote, *, by: User, evidence: Evidence, version: int, reads: uuid.UUID | None
) -> Offer:
    """Offer it to the worker, signed by its author. `reads` is the line manager whom the page named as reading it too.

    Who that is, is frozen here. Raises NotFound, Denied, WrongState, Sealed, Stale when somebody else would read it than
    the page said, and Invalid when something is missing.
    """
    row = locks.note(note)
    policy.check_can_write(by, row)
    _check_version(row, version)
    beside = reader_beside(row.worker, by)
    if (beside.pk if beside else None) != reads:
        raise Stale(
            _("The line manager of %(name)s is not the one that this page named. Look again who reads it.")
            % {"name": row.worker.called}
        )
    check_complete(row)
    row.author_as = policy.check_can_start(by, row.worker)
    row.line_manager, row.first_sent_at = beside, row.first_sent_at or timezone.now()
    row.version += 1
    row.save()
    made = signing.offer_signed(
        row,
        by=by,
        evidence=evidence,
        intent=content.AUTHOR_INTENT,
        content=content.of_note(row),
        parties=content.parties(row),
        template=content.TEMPLATE,
        schema=content.SCHEMA,
    )
    notifications.sent(row)
    return made


def check_complete(row: PerformanceNote) -> None:
    """Everything is there that this kind needs. Raises Invalid, naming the field, and WrongState for a second result."""
    for part in parts_of(row.kind):
        if part.missing and not getattr(row, part.field):
            raise Invalid(str(part.missing), field=part.field)
    policy.check_days(row)
    if row.follows is not None and policy.has_result(row.follows, but=row):
        raise WrongState(_("What came of this plan has been written already."))


def _check_version(row: PerformanceNote, version: int) -> None:
    if row.version != version:
        raise Stale(_("This was changed after you opened it."))


def _check_choices(row: PerformanceNote) -> None:
    if row.outcome and row.outcome not in PerformanceNote.Outcome.values:
        raise Invalid(_("Choose how it turned out"), field="outcome")
    if row.description is not None and row.description.person_id != row.worker_id:
        raise Invalid(_("Choose a version of this person’s job description"), field="description")


# Answering ----------------------------------------------------------------------------------------------------


SIGNING = BetweenTwo(
    lock=locks.note,
    policy=policy,
    intent=content.WORKER_INTENT,
    answered=notifications.answered,
    changed=notifications.changed,
)
sign, decline, ask_for_change = SIGNING.sign, SIGNING.decline, SIGNING.ask_for_change
take_back, close = SIGNING.take_back, SIGNING.close
