"""Steps of an agreement's life, as people take them, for tests."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from agreements import content, operations
from agreements.models import Agreement, AgreementReview, Clause, Turn
from supervision.notices.models import Reminder
from supervision.people.models import Arrangement, User
from supervision.records.models import Offer
from supervision.records.signing import Evidence, Outcome

INTENT = "I have read this agreement and I will work by it."


def evidence(person: User, name: str | None = None) -> Evidence:
    return Evidence(
        intent=INTENT,
        typed_name=person.name if name is None else name,
        local_time="2026-11-24 13:52:00 -0500",
        zone="America/New_York",
        authenticated=["password"],
        address="192.0.2.7",
        browser="Test browser",
    )


def suggest(agreement: Agreement, key: str, text: str | None = None, *, by: User, **given: Any) -> Turn:
    """Suggest how one part should read: other words, other terms, or both."""
    part = clause(agreement, key)
    words = part.text if text is None else text
    return operations.suggest(
        clause=part, seen=given.pop("seen", part.turn_count), text=words, by=by, **given
    )


def take(suggestion: Turn, by: User) -> Clause:
    return operations.take(suggestion=suggestion, by=by)


def change(agreement: Agreement, key: str, text: str | None = None, *, by: User, **given: Any) -> Clause:
    """A wording that one person suggests and another takes."""
    suggestion = suggest(agreement, key, text, by=by, **given)
    return take(suggestion, other_than(agreement, by))


def other_than(agreement: Agreement, person: User) -> User:
    return next(party.person for party in agreement.parties.all() if party.person_id != person.pk)


def fill(agreement: Agreement, by: User) -> None:
    """Put something in the place of every blank that the template leaves."""
    for one in agreement.clauses.all():
        text = one.text.replace("[", "").replace("]", "")
        if text != one.text:
            change(agreement, one.key, text, by=by)


def agree(agreement: Agreement, *people: User) -> None:
    """Each of these agrees to every part as it stands; everybody when nobody is named."""
    everybody = people or tuple(party.person for party in agreement.parties.all())
    for person in everybody:
        seen = {one.pk: one.version for one in agreement.clauses.all()}
        operations.agree(agreement=agreement, seen=seen, by=person)


def settle(agreement: Agreement, by: User) -> Agreement:
    """Fill what the template leaves open, and have everybody agree to every part."""
    fill(agreement, by)
    agree(agreement)
    agreement.refresh_from_db()
    return agreement


def complete_draft(arrangement: Arrangement, by: User) -> Agreement:
    return settle(operations.draft(arrangement=arrangement, by=by), by)


def offered(arrangement: Arrangement, by: User) -> Agreement:
    agreement = complete_draft(arrangement, by)
    operations.offer(agreement=agreement, version=agreement.version, by=by)
    agreement.refresh_from_db()
    return agreement


def sign(agreement: Agreement, by: User, **given: Any) -> Outcome:
    offer = Offer.objects.of(agreement).first()
    assert offer is not None
    values = {"seen": offer.digest, "evidence": evidence(by)} | given
    return operations.sign(agreement=agreement, by=by, **values)


def in_force(arrangement: Arrangement, *people: User) -> Agreement:
    """A version that everybody named has signed, in that order; the first of them wrote it.

    In a group it is sealed by whoever leads it and one member; those named after them join it.
    """
    agreement = offered(arrangement, people[0])
    for person in people:
        if agreement.is_sealed:
            join(agreement, person)
        else:
            sign(agreement, person)
        agreement.refresh_from_db()
    return agreement


def clause(agreement: Agreement, key: str) -> Clause:
    return agreement.clauses.get(key=key)


def in_days(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


def told() -> list[tuple[User, str]]:
    """Whom notices were queued for, and of which kind, in order."""
    rows = Reminder.objects.select_related("person").order_by("made_at")
    return [(row.person, row.notice) for row in rows]


def said_in(agreement: Agreement) -> str:
    """Everything that a version says as it stands, in one string."""
    agreement.refresh_from_db()
    made = content.build(content.rows_of(agreement))
    blocks = [block for clause in made["clauses"] for block in clause["paragraphs"]]
    return "\n".join(block.get("text") or "\n".join(block["items"]) for block in blocks)


def next_offered(arrangement: Arrangement, by: User) -> Agreement:
    """The next version, unchanged, offered for signature."""
    agreement = operations.draft(arrangement=arrangement, by=by)
    agree(agreement)
    operations.offer(agreement=agreement, version=agreement.version, by=by)
    agreement.refresh_from_db()
    return agreement


def review(agreement: Agreement, by: User, **given: Any) -> AgreementReview:
    """Record that it was looked at today and stays; the one who records it signs."""
    days = {"looked_on": timezone.localdate(), "next_on": in_days(180)}
    return operations.propose_review(agreement=agreement, evidence=evidence(by), by=by, **(days | given))


def sign_review(review: AgreementReview, by: User, **given: Any) -> Outcome:
    seen = Offer.objects.of(review).first().digest
    return operations.sign_review(review=review, by=by, **({"seen": seen, "evidence": evidence(by)} | given))


def reviewed(agreement: Agreement, *people: User, **given: Any) -> AgreementReview:
    """A review that everybody named has signed; the first of them recorded it."""
    made = review(agreement, people[0], **given)
    for person in people[1:]:
        sign_review(made, person)
    made.refresh_from_db()
    return made


def join(agreement: Agreement, by: User, **given: Any) -> Outcome:
    """Sign a group's version after it was sealed."""
    seen = Offer.objects.of(agreement).first().digest
    return operations.join(agreement=agreement, by=by, **({"seen": seen, "evidence": evidence(by)} | given))
