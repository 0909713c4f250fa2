"""Signing a group's agreement after it was sealed: whoever joins, and whoever had not signed yet (domain 3, decision 2)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.records import audit, signing
from supervision.records.errors import Stale
from supervision.records.models import Answer, Offer, Seal
from supervision.records.signing import Evidence, Outcome

from .. import accession_content, notifications, policy
from ..models import Accession, Agreement
from . import common

TEMPLATE = "agreements/pdf/accession.html"


@transaction.atomic
def join(*, agreement: Agreement, seen: str, evidence: Evidence, by: User) -> Outcome:
    """Sign the version in force. `seen` is the digest of the sealed text that was on the page; the record names it.

    From here on it holds for this person. Raises Stale for another text, what policy.check_can_join raises, Invalid for no name.
    """
    return _answer(agreement, by=by, seen=seen, evidence=evidence, kind=Answer.Kind.SIGNED)


@transaction.atomic
def decline_to_join(*, agreement: Agreement, seen: str, evidence: Evidence, reason: str, by: User) -> Outcome:
    """Say no, with a reason that the others can read. It can be signed later all the same. Raises as `join`."""
    reason = common.reason_given(reason)
    return _answer(agreement, by=by, seen=seen, evidence=evidence, kind=Answer.Kind.DECLINED, reason=reason)


def _answer(
    agreement: Agreement, *, by: User, seen: str, evidence: Evidence, kind: str, reason: str = ""
) -> Outcome:
    agreement = common.lock(agreement)
    part = policy.check_can_join(by, agreement)
    if seen != Seal.objects.get(record_id=agreement.pk, record_label=agreement.record_label).digest:
        raise Stale(_("The text changed after you opened it. Read it again before you sign."))
    accession = Accession.objects.filter(agreement=agreement, person=by).first()
    if accession is None:
        accession = Accession(agreement=agreement, person=by, part=part)
        accession.save()
    accession.agreement = agreement
    rows = accession_content.rows_of(accession)
    offered = signing.offer(
        accession,
        by=by,
        content=accession_content.build(rows),
        parties=[signing.Party(by, rows.part_name)],
        must_sign=by,
        template=TEMPLATE,
        rule=Offer.Rule.ALL_SIGNED,
        schema=accession_content.SCHEMA,
    )
    outcome = signing.answer(offered, by=by, kind=kind, evidence=evidence, seen=offered.digest, reason=reason)
    audit.record(by, f"joining: {kind}", about=agreement, facts={"accession": str(accession.pk)})
    notifications.joined(agreement, by=by, signed=kind == Answer.Kind.SIGNED)
    return outcome
