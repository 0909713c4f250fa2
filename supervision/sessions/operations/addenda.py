"""Correcting a sealed record, of a session or of an observation: by adding to it, dated and signed, never by changing it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.records import audit, ids, signing, snapshot
from supervision.records.errors import Invalid, Stale, WrongState
from supervision.records.models import Answer, Offer
from supervision.records.signing import Evidence, Party

from .. import content, notifications, policy
from ..added import Added
from ..models import Observation, Session
from . import locks


@transaction.atomic
def add_addendum(
    record: Session | Observation,
    *,
    by: User,
    reason: str,
    text: str,
    evidence: Evidence,
    key: uuid.UUID | None = None,
) -> Any:
    """Add to a sealed record. Signed by its author at once, and offered to the other parties; it stands whether or not
    they sign. `key` becomes its id, so that a form sent twice adds once. Raises Denied, WrongState, Invalid,
    and Stale when the form comes again with other words."""
    record = locks.record(record)
    policy.check_can_add_addendum(by, record)
    made: type[Added] = record.addenda.model
    key = ids.id_of(by, key, made._meta.label_lower)
    if key is not None and (found := made._base_manager.filter(pk=key).first()):
        if found.author_id == by.pk and found.record == record:
            if (found.reason, found.text) != (reason.strip(), text.strip()):
                raise Stale(
                    _(
                        "You added this before, in other words. It stays as it was: add these as an addendum of their own."
                    )
                )
            return found
        raise WrongState(_("This form was used before. Open a new one."))
    if not reason.strip():
        raise Invalid(_("Say why you are adding to the record"), field="reason")
    if not text.strip():
        raise Invalid(_("Say what should stand beside the record"), field="text")
    addendum = made(
        **({"id": key} if key else {}),
        **{made.added_to: record},
        author=by,
        number=record.addenda.count() + 1,
        reason=reason.strip(),
        text=text.strip(),
    )
    addendum.save(force_insert=True)
    audit.record(by, "addendum written", about=addendum)
    offered = _offer(addendum, record)
    signing.answer(
        offered,
        by=by,
        kind=Answer.Kind.SIGNED,
        evidence=replace(evidence, intent=str(content.ADDENDUM_INTENT)),
        seen=offered.digest,
    )
    people = [row.person for row in offered.parties.select_related("person")]
    notifications.addendum_to_sign(addendum, people, by=by)
    return signing.lock(addendum)


@transaction.atomic
def answer_addendum(
    addendum: Added,
    *,
    by: User,
    evidence: Evidence,
    seen: str,
    sign: bool = True,
    statement: str = "",
    reason: str = "",
) -> None:
    """Sign an addendum, or decline with a reason. The last answer seals it. Raises Denied, WrongState, Sealed, Stale,
    Invalid."""
    addendum = locks.addendum(addendum)
    policy.check_has_acknowledged(by)
    policy.check_can_answer_addendum(by, addendum)
    if not sign and not reason.strip():
        raise Invalid(
            _("Say in your own words why you do not sign. It is kept beside the record."), field="reason"
        )
    offered = addendum.open_offer
    if offered is None:
        raise WrongState(_("This is not out for signature now."))
    if offered.digest != seen:
        raise Stale(_("The text changed after you opened it. Read it again before you sign."))
    signing.answer(
        offered,
        by=by,
        kind=Answer.Kind.SIGNED if sign else Answer.Kind.DECLINED,
        evidence=replace(evidence, intent=str(content.ADDENDUM_INTENT if sign else content.DECLINE_INTENT)),
        seen=offered.digest,
        statement=statement.strip(),
        reason=reason.strip(),
    )


@transaction.atomic
def close_addendum(addendum: Added, *, by: User, reason: str) -> None:
    """Seal it with the signatures given, after the agency's days. Raises Denied, WrongState, Sealed, Invalid."""
    if not reason.strip():
        raise Invalid(
            _("Say why it is closed without every answer. It stands in the record."), field="reason"
        )
    addendum = locks.addendum(addendum)
    policy.check_can_close_addendum(by, addendum)
    offered = addendum.open_offer
    if offered is None:
        raise WrongState(_("This is not out for signature now."))
    signing.close_with_signatures_given(offered, by=by, reason=reason.strip())


def _offer(addendum: Added, record: Session | Observation) -> Offer:
    of_record = record.open_offer
    if of_record is None:
        raise WrongState(_("A record that is not sealed yet is changed, not added to."))
    asked = of_record.parties.select_related("person").order_by("position")
    return signing.offer(
        addendum,
        by=addendum.author,
        content=content.of_addendum(
            addendum, record=snapshot.read(of_record.content), digest=of_record.digest
        ),
        parties=[Party(row.person, row.part) for row in asked],
        must_sign=addendum.author,
        template=content.ADDENDUM_TEMPLATE,
        schema=content.SCHEMA,
    )
