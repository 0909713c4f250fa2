"""Signing a letter of hours: it is made, signed and sealed at once."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.people.operations.locking import one_press_at_a_time
from supervision.records import audit, ids, signing
from supervision.records.errors import Stale, WrongState
from supervision.records.signing import Evidence, Party

from . import content, notifications, policy
from .models import HoursLetter


def new_letter(
    asked: content.Wanted, measured: content.Measured, *, key: uuid.UUID | None = None
) -> HoursLetter:
    """What would be kept, not saved."""
    pk = ids.id_of(asked.by, key, "letter of hours")
    return HoursLetter(
        **({"id": pk} if pk else {}),
        worker=asked.worker,
        supervisor=asked.by,
        of=asked.of,
        first_day=asked.first,
        last_day=asked.last,
        as_of=measured.as_of,
    )


@transaction.atomic
def sign(
    asked: content.Wanted, *, by: User, evidence: Evidence, seen: str, key: uuid.UUID | None = None
) -> HoursLetter:
    """Sign what was on the page, named by its mark `seen`. `key` becomes its id, so that a form sent twice makes one.

    Raises NotFound, Denied, WrongState, Invalid, and Stale when the hours have changed since.
    """
    policy.check_can_sign(by, asked.worker)
    policy.check_period(asked.first, asked.last)
    one_press_at_a_time(by)
    pk = ids.id_of(by, key, "letter of hours")
    if pk is not None and (found := HoursLetter.objects.filter(pk=pk).first()):
        if (found.worker_id, found.of_id, found.first_day) != (asked.worker.pk, asked.of.pk, asked.first):
            raise WrongState(_("This form was used before. Open a new one."))
        return found
    asked, measured = content.wanted(asked.worker, by, asked.of.key, asked.first, asked.last)
    letter = new_letter(asked, measured, key=key)
    said = content.of_letter(asked, measured, letter)
    if content.mark_of(said) != seen:
        raise Stale(_("The hours have changed since you opened this. Read the letter again before you sign."))
    letter.save(force_insert=True)
    audit.record(by, "letter of hours", about=letter)
    signing.offer_signed(
        letter,
        by=by,
        evidence=evidence,
        intent=content.INTENT,
        content=said,
        parties=[Party(by, said["parties"][0]["part"])],
        template=content.TEMPLATE,
        schema=content.SCHEMA,
    )
    notifications.signed(letter)
    letter.refresh_from_db()
    return letter
