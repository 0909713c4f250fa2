"""Whom an agreement tells, and of what: one function for each occasion. E-mails say that something waits, never what."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from supervision.notices import mail
from supervision.people.models import Participation, User

from . import content, membership
from .models import Agreement, AgreementReview


def _tell(people: Iterable[User], kind: str, agreement: Agreement, page: str) -> None:
    for person in people:
        mail.tell(person, kind, path=reverse(f"agreements:{page}", args=[agreement.pk]))


def _others(agreement: Agreement, by: User) -> list[User]:
    """Those it is between: once it is sealed, whoever of them still takes part, and who joined later."""
    rows = (
        content.parties_now(agreement) if agreement.is_sealed else agreement.parties.select_related("person")
    )
    return [party.person for party in rows if party.person_id != by.pk]


def version_started(agreement: Agreement, *, by: User) -> None:
    """The others can write in it now."""
    _tell(_others(agreement, by), "agreement", agreement, "detail")


def offered(agreement: Agreement, *, by: User) -> None:
    """The others are asked to read and sign."""
    _tell(_others(agreement, by), "sign", agreement, "sign")


def offer_closed(agreement: Agreement, *, by: User, signed: list[User]) -> None:
    """What was on offer is a draft again; those who had signed are told that their signature counts no more."""
    void = {person.pk for person in signed}
    others = _others(agreement, by)
    _tell([person for person in others if person.pk in void], "changed", agreement, "detail")
    _tell([person for person in others if person.pk not in void], "agreement", agreement, "detail")


def in_force(agreement: Agreement, *, by: User) -> None:
    """It is signed and sealed. Members of a group who have not signed yet are told that they can."""
    signed = membership.signed_by(agreement)
    others = _others(agreement, by)
    _tell([one for one in others if one.pk in signed], "in_force", agreement, "detail")
    _tell([one for one in others if one.pk not in signed], "agreement", agreement, "detail")


def ended(agreement: Agreement, *, by: User) -> None:
    _tell(_others(agreement, by), "ended", agreement, "detail")


def suggested(agreement: Agreement, *, by: User, waiting: bool) -> None:
    """Another wording waits for an answer. One e-mail until it is answered, however many suggestions follow (`waiting`)."""
    if not waiting:
        _tell(_others(agreement, by), "agreement", agreement, "detail")


def declined_alone(agreement: Agreement, *, by: User) -> None:
    """A member of a group does not sign. The others can read why."""
    _tell(_others(agreement, by), "agreement", agreement, "detail")


def joined(agreement: Agreement, *, by: User, signed: bool) -> None:
    """A member signed, or said no, after the version was sealed: whoever leads the group is told."""
    leads = (
        agreement.parties.filter(part__in=Participation.LEADING).exclude(person=by).select_related("person")
    )
    _tell([party.person for party in leads], "joined" if signed else "agreement", agreement, "detail")


def _tell_of_review(review: AgreementReview, by: User, kind: str, page: str) -> None:
    for person in _others(review.agreement, by):
        mail.tell(person, kind, path=reverse(f"agreements:{page}", args=[review.pk]))


def review_offered(review: AgreementReview, *, by: User) -> None:
    """The others are asked to sign that it stays as it is."""
    _tell_of_review(review, by, "sign", "review_sign")


def review_declined(review: AgreementReview, *, by: User) -> None:
    """Somebody does not want to leave it as it is."""
    _tell(_others(review.agreement, by), "agreement", review.agreement, "detail")


def review_taken_back(review: AgreementReview, *, by: User) -> None:
    """Nobody is asked to sign it any more; those who had signed are told that it counts no more."""
    _tell(_others(review.agreement, by), "changed", review.agreement, "detail")


def reviewed(review: AgreementReview, *, by: User) -> None:
    """Everybody signed: it stays, and there is a day for the next look."""
    _tell(_others(review.agreement, by), "in_force", review.agreement, "detail")
