"""Looking at an agreement again and leaving it as it is: recorded, signed by all, with the day of the next look (domain 3).

The sealed agreement never changes: the next day is that of the newest sealed review (models.next_review).
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.notices import operations as notices
from supervision.notices.models import Suggestion
from supervision.people.models import Arrangement, Participation, User
from supervision.records import audit, signing
from supervision.records.errors import Invalid
from supervision.records.models import Answer, Offer, OfferClosed
from supervision.records.signing import Evidence, Outcome

from .. import notifications, policy, review_content
from ..models import REVIEW_NOTICE, Agreement, AgreementReview
from . import common
from .standing import restate

TEMPLATE = "agreements/pdf/review.html"
LOOKED_WITHIN = datetime.timedelta(days=92)


@transaction.atomic
def propose_review(
    *,
    agreement: Agreement,
    looked_on: datetime.date,
    next_on: datetime.date,
    by: User,
    evidence: Evidence,
    note: str = "",
) -> AgreementReview:
    """Record that all looked at it and it stays; whoever records it signs at once, the others are asked to.

    `looked_on` is the day they did, `next_on` that of the next look. Raises Invalid (naming the field), and what
    policy.check_can_review raises. A review that somebody declined or that was taken back is proposed anew in the same row.
    """
    agreement = common.lock(agreement)
    policy.check_can_review(by, agreement)
    _check_days(agreement, looked_on, next_on)
    note = common.checked(note, limit=common.REASON_LIMIT, field="note")
    review = AgreementReview.objects.select_for_update(no_key=True).filter(
        agreement=agreement, sealed_at__isnull=True
    ).first() or AgreementReview(agreement=agreement, started_by=by)
    review.agreement = agreement
    review.looked_on, review.next_on, review.note = looked_on, next_on, note
    review.started_by, review.started_at = by, timezone.now()
    review.save()
    audit.record(by, "review recorded", about=review, facts={"agreement": str(agreement.pk)})
    offered = _offer(review, by=by)
    outcome = signing.answer(offered, by=by, kind=Answer.Kind.SIGNED, evidence=evidence, seen=offered.digest)
    notifications.review_offered(review, by=by)
    if outcome.seal is not None:
        _settle(review, by=by)
    review.refresh_from_db()
    return review


def _check_days(agreement: Agreement, looked_on: datetime.date, next_on: datetime.date) -> None:
    today = timezone.localdate()
    earliest = max(agreement.in_force_from or today, today - LOOKED_WITHIN)
    if not earliest <= looked_on <= today:
        raise Invalid(
            _("Choose a day since the agreement began, within three months and not after today."),
            field="looked_on",
        )
    common.check_next_look(next_on, after=looked_on, field="next_on")


def _offer(review: AgreementReview, *, by: User) -> Offer:
    rows = review_content.rows_of(review)
    leads = next((one.person for one in rows.parties if one.part in Participation.LEADING), by)
    rule = common.rule_for(review.agreement.arrangement)
    parties = [signing.Party(one.person, who.part) for one, who in zip(rows.parties, rows.who, strict=True)]
    return signing.offer(
        review,
        by=by,
        content=review_content.build(rows),
        parties=parties,
        must_sign=leads if rule == Offer.Rule.LEAD_AND_ONE else by,
        template=TEMPLATE,
        rule=rule,
        schema=review_content.SCHEMA,
    )


@transaction.atomic
def sign_review(*, review: AgreementReview, seen: str, evidence: Evidence, by: User) -> Outcome:
    """Sign that it stays as it is. The last signature seals and sets the next day. Raises as `signing.answer`."""
    review = _lock(review)
    policy.check_can_sign_review(by, review)
    outcome = signing.answer(
        _open_offer(review), by=by, kind=Answer.Kind.SIGNED, evidence=evidence, seen=seen
    )
    if outcome.seal is not None:
        _settle(review, by=by)
    return outcome


@transaction.atomic
def decline_review(
    *, review: AgreementReview, seen: str, evidence: Evidence, reason: str, by: User
) -> Outcome:
    """Say that it should not stay as it is, and why. The day of the look stays as it was."""
    review = _lock(review)
    policy.check_can_sign_review(by, review)
    reason = common.reason_given(reason)
    outcome = signing.answer(
        _open_offer(review), by=by, kind=Answer.Kind.DECLINED, evidence=evidence, seen=seen, reason=reason
    )
    notifications.review_declined(review, by=by)
    return outcome


@transaction.atomic
def take_back_review(*, review: AgreementReview, reason: str, by: User) -> list[User]:
    """Take back what one recorded, before the last signature. Returns those whose signatures it voids."""
    review = _lock(review)
    policy.check_can_take_back_review(by, review)
    reason = common.reason_given(reason)
    void = signing.take_back(_open_offer(review), by=by, reason=reason, why=OfferClosed.Why.TAKEN_BACK)
    notifications.review_taken_back(review, by=by)
    return void


def close_waiting(arrangement: Arrangement, *, by: User, reason: str) -> None:
    """Nobody is asked any more to leave as it is what was replaced or ended meanwhile. Inside the caller's transaction."""
    waiting = AgreementReview.objects.filter(agreement__arrangement=arrangement, sealed_at__isnull=True)
    for review in waiting.filter(open_offer__isnull=False):
        signing.take_back(_open_offer(review), by=by, reason=reason, why=OfferClosed.Why.TAKEN_BACK)


def _lock(review: AgreementReview) -> AgreementReview:
    agreement = common.lock(review.agreement)
    fresh = signing.lock(review)
    fresh.agreement = agreement
    return fresh


def _open_offer(review: AgreementReview) -> Offer:
    return Offer.objects.of(review).open().get()


def _settle(review: AgreementReview, *, by: User) -> None:
    """The next day holds from now on, and the agenda asks for it in time."""
    agreement = review.agreement
    restate(agreement.arrangement)
    notices.withdraw_all(agreement.arrangement, Suggestion.Kind.REVIEW)
    notices.suggest(
        agreement.arrangement,
        kind=Suggestion.Kind.REVIEW,
        title=_("Look at our supervision agreement again"),
        source=review,
        from_day=review.next_on - REVIEW_NOTICE,
    )
    notifications.reviewed(review, by=by)
