"""Writing to whom one can turn to, being answered, closing it, and letting whoever supervises read it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.notices import mail
from supervision.people.models import Arrangement, User
from supervision.people.operations.locking import one_press_at_a_time
from supervision.records import audit, ids
from supervision.records.errors import AlreadyDone, Invalid, Stale, WrongState

from .. import people
from . import policy
from .models import Letter, LetterMessage, LetterReader

HOME = "/"  # every mail leads to the first page: its address does not say what waits there


@dataclass(frozen=True)
class Recipient:
    """Somebody one can write to, and whether the agreement names them for it."""

    person: User
    is_named: bool = False


def recipients(arrangement: Arrangement, writer: User) -> list[Recipient]:
    """To whom the worker can write: whom the agreement names first; the line manager and the managers of the program.

    Never anybody who supervises there or takes part (D 2.100).
    """
    out = {writer.pk, *people.taking_part(arrangement)}
    named = people.named_to_turn_to(arrangement)
    found = [Recipient(named, is_named=True)] if named is not None and named.pk not in out else []
    out |= {one.person.pk for one in found}
    line = writer.line_manager
    if line is not None and people.can_sign_in(line) and line.pk not in out:
        found.append(Recipient(line))
        out.add(line.pk)
    return [*found, *(Recipient(person) for person in people.managers_of(arrangement, but=out))]


def _locked(letter: Letter, check: Callable[[User, Letter], None], *, by: User) -> Letter:
    row = (
        Letter.objects.select_for_update(no_key=True, of=("self",))
        .select_related("arrangement", "writer", "recipient")
        .get(pk=letter.pk)
    )
    check(by, row)
    return row


def _save(row: Letter, action: str, *, by: User) -> Letter:
    row.version += 1
    row.save()
    audit.record(by, action, about=row)
    return row


def _written(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(_("Write what you want to say"), field="text")
    return text


def _tell(person: User, kind: str) -> None:
    mail.tell(person, kind, path=HOME)


@transaction.atomic
def write(
    arrangement: Arrangement, *, by: User, recipient: User | None, text: str, key: uuid.UUID | None = None
) -> Letter:
    """Send a letter. `key` becomes its id, so that a form sent twice sends one.

    Raises NotFound, WrongState, Invalid, and Stale when the form comes again with other words.
    """
    policy.check_can_write(by, arrangement)
    one_press_at_a_time(by)
    text, key = _written(text), ids.id_of(by, key, "letter")
    able = {one.person.pk: one.person for one in recipients(arrangement, by)}
    if recipient is None or recipient.pk not in able:
        raise Invalid(_("Choose to whom you write"), field="recipient")
    if key is not None and (found := Letter.objects.filter(pk=key).first()):
        if found.writer_id != by.pk:
            raise WrongState(_("This form was used before. Open a new one."))
        if (found.text, found.recipient_id) != (text, recipient.pk):
            raise Stale(_("You sent this before, in other words. Open it to add to it."))
        return found
    if Letter.objects.filter(writer=by, closed_at__isnull=True).count() >= policy.MOST_OPEN:
        raise WrongState(_("Many letters of yours are open. Close one first."))
    made = Letter(
        **({"id": key} if key else {}), arrangement=arrangement, writer=by, recipient=recipient, text=text
    )
    made.save(force_insert=True)
    audit.record(by, "letter sent", about=made)
    _tell(recipient, "read")
    return made


@transaction.atomic
def receive(letter: Letter, *, by: User) -> Letter:
    """Say that it has arrived. Raises NotFound, Denied, WrongState."""
    row = _locked(letter, policy.check_can_receive, by=by)
    row.received_at = max(timezone.now(), row.sent_at)
    _save(row, "letter received", by=by)
    _tell(row.writer, "answered")
    return row


@transaction.atomic
def answer(letter: Letter, *, by: User, text: str, key: uuid.UUID | None = None) -> LetterMessage:
    """Answer it, or add to it. `key` becomes its id. Answering says that it has arrived.

    Raises NotFound, Denied, WrongState, Invalid, Stale.
    """
    row = _locked(letter, policy.check_can_answer, by=by)
    text = _written(text)
    if key is not None and (found := LetterMessage.objects.filter(pk=key).first()):
        if found.letter_id != row.pk or found.by_id != by.pk:
            raise WrongState(_("This form was used before. Open a new one."))
        if found.text != text:
            raise Stale(_("You sent this before, in other words. They stay: send these as a new one."))
        raise AlreadyDone(_("You have sent this already."))
    made = LetterMessage(**({"id": key} if key else {}), letter=row, by=by, text=text)
    made.save()
    if by.pk == row.recipient_id and row.received_at is None:
        row.received_at = max(timezone.now(), row.sent_at)
    row.version += 1
    row.save()
    audit.record(by, "letter answered", about=row, covers=made)
    _tell(row.other(by), "answered")
    return made


@transaction.atomic
def close(letter: Letter, *, by: User) -> Letter:
    """Nothing more is to be said. What was written stays. Raises NotFound, Denied, WrongState."""
    row = _locked(letter, policy.check_can_close, by=by)
    row.closed_at, row.closed_by = max(timezone.now(), row.sent_at), by
    _save(row, "letter closed", by=by)
    _tell(row.other(by), "answered")
    return row


@transaction.atomic
def show(letter: Letter, *, by: User, to: User) -> Letter:
    """Let one who supervises there read it, with what was answered. Raises NotFound, Denied, Invalid."""
    row = _locked(letter, policy.check_can_show, by=by)
    if to.pk not in people.leading(row.arrangement):
        raise Invalid(_("Choose somebody who supervises there"), field="person")
    _found, made = LetterReader.objects.get_or_create(letter=row, person=to)
    if made:
        _save(row, "letter shown", by=by)
        _tell(to, "shared")
    return row


@transaction.atomic
def stop_showing(letter: Letter, *, by: User, to: User) -> Letter:
    """They no longer read it. Twice is once. Raises NotFound, Denied."""
    row = _locked(letter, policy.check_can_show, by=by)
    gone, _rows = LetterReader.objects.filter(letter=row, person=to).delete()
    if gone:
        _save(row, "letter no longer shown", by=by)
    return row
