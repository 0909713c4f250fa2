"""Offering a version, answering it, and what follows from the last signature."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from supervision.notices import operations as notices
from supervision.notices.models import Suggestion
from supervision.people.models import Participation, User
from supervision.records import drafts, signing
from supervision.records.models import Answer, Offer, OfferClosed
from supervision.records.signing import Evidence, Outcome

from .. import content, notifications, policy
from ..models import REVIEW_NOTICE, Agreement, Clause
from . import common, negotiating, reviewing
from .standing import restate

TEMPLATE = "agreements/pdf/agreement.html"


@transaction.atomic
def offer(*, agreement: Agreement, version: int, by: User) -> Offer:
    """Ask everybody to sign the text as it stands. `version` is the one that was on the page.

    Raises Stale when anything changed since, Invalid when a part is not agreed, something is missing or can't be printed.
    """
    agreement = common.lock(agreement, version=version)
    policy.check_can_offer(by, agreement)
    rows = content.rows_of(agreement)
    leads = next((one.person for one in rows.parties if one.part in Participation.LEADING), by)
    rule = common.rule_for(agreement.arrangement)
    offered = signing.offer(
        agreement,
        by=by,
        content=content.build(rows),
        parties=[
            signing.Party(party.person, who.part)
            for party, who in zip(rows.parties, content.people(rows), strict=True)
        ],
        must_sign=leads if rule == Offer.Rule.LEAD_AND_ONE else by,
        template=TEMPLATE,
        rule=rule,
        schema=content.SCHEMA,
    )
    notifications.offered(agreement, by=by)
    return offered


@transaction.atomic
def sign(*, agreement: Agreement, seen: str, evidence: Evidence, by: User, statement: str = "") -> Outcome:
    """Sign the text on offer. `seen` is the digest of the content that was on the page.

    The signature that completes it seals and brings the version into force. Raises Stale when another text is on offer now,
    Invalid for an empty name or what can't be printed, and what policy.check_can_sign raises.
    """
    agreement = common.lock(agreement)
    policy.check_can_sign(by, agreement)
    outcome = signing.answer(
        open_offer(agreement),
        by=by,
        kind=Answer.Kind.SIGNED,
        evidence=evidence,
        seen=seen,
        statement=common.checked(statement, limit=common.REASON_LIMIT, field="statement"),
    )
    forget_typed(person=by, agreement=agreement)
    if outcome.seal is not None:
        _come_into_force(agreement, by=by)
    return outcome


def open_offer(agreement: Agreement) -> Offer:
    return Offer.objects.of(agreement).open().get()


def _come_into_force(agreement: Agreement, *, by: User) -> None:
    agreement.refresh_from_db()
    arrangement = agreement.arrangement
    reviewing.close_waiting(arrangement, by=by, reason=_("Another version was signed."))
    restate(arrangement)
    notices.withdraw(agreement)
    notices.withdraw_all(arrangement, Suggestion.Kind.REVIEW)
    if agreement.review_on is not None:
        notices.suggest(
            arrangement,
            kind=Suggestion.Kind.REVIEW,
            title=_("Look at our supervision agreement again"),
            source=agreement,
            from_day=agreement.review_on - REVIEW_NOTICE,
        )
    notifications.in_force(agreement, by=by)


@transaction.atomic
def ask_for_change(
    *, agreement: Agreement, reason: str, by: User, clause: Clause | None = None
) -> list[User]:
    """Close the offer because something should read differently. Returns those whose signatures it voids.

    The part it is about, when one is named, is kept for the next session: whoever asked does not agree to it until they have
    talked. Raises Invalid without a reason, Sealed when the last signature came first.
    """
    agreement = common.lock(agreement)
    policy.check_can_ask_for_change(by, agreement)
    forget_typed(person=by, agreement=agreement)
    signed = _close_offer(agreement, by=by, why=OfferClosed.Why.CHANGE_ASKED, reason=reason)
    if clause is not None and policy.seen_by(by, agreement).takes_part:
        fresh = Clause.objects.select_related("suggestion").get(pk=clause.pk, agreement=agreement)
        fresh.agreement = agreement
        negotiating.park_locked(fresh, agreement, by=by, reason=reason)
    return signed


@transaction.atomic
def take_back(*, agreement: Agreement, reason: str, by: User) -> list[User]:
    """Close one's own offer. Returns those whose signatures it voids. Raises as `ask_for_change`."""
    agreement = common.lock(agreement)
    policy.check_can_take_back(by, agreement)
    return _close_offer(agreement, by=by, why=OfferClosed.Why.TAKEN_BACK, reason=reason)


def _close_offer(agreement: Agreement, *, by: User, why: str, reason: str) -> list[User]:
    reason = common.reason_given(reason)
    signed = signing.take_back(open_offer(agreement), by=by, reason=reason, why=why)
    notifications.offer_closed(agreement, by=by, signed=signed)
    agreement.open_offer = None
    return signed


@transaction.atomic
def decline(*, agreement: Agreement, seen: str, evidence: Evidence, reason: str, by: User) -> Outcome:
    """Say no to what is on offer, with a reason. It is a draft again and the signatures given are void.

    In a group a member's no is their own: the version can still hold for those who sign it.
    """
    agreement = common.lock(agreement)
    policy.check_can_decline(by, agreement)
    offered = open_offer(agreement)
    answers = offered.answers.filter(kind=Answer.Kind.SIGNED).select_related("person")
    signed = [answer.person for answer in answers]
    outcome = signing.answer(
        offered,
        by=by,
        kind=Answer.Kind.DECLINED,
        evidence=evidence,
        seen=seen,
        reason=common.reason_given(reason),
    )
    forget_typed(person=by, agreement=agreement)
    if outcome.closed is not None:
        notifications.offer_closed(agreement, by=by, signed=signed)
    else:
        notifications.declined_alone(agreement, by=by)
    return outcome


# What somebody typed before they had to show again that it is them ---------------------------------------------------


def _about(agreement: Agreement) -> str:
    return f"agreements.sign:{agreement.pk}"


def keep_typed(*, person: User, agreement: Agreement, typed: dict[str, str]) -> None:
    """Keep what somebody typed into the signing page, encrypted and for themself alone."""
    drafts.keep(person, _about(agreement), typed)


def typed(*, person: User, agreement: Agreement) -> dict[str, str]:
    """What was kept, or nothing."""
    found = drafts.kept(person, _about(agreement))
    return found[0] if found else {}


def forget_typed(*, person: User, agreement: Agreement) -> None:
    """Remove what was kept, and its key."""
    drafts.forget(person, _about(agreement))
