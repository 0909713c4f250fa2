"""Steps of an agreement's life, as people take them, for tests."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from agreements import content, operations
from agreements.models import Agreement, Clause
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


def fill(agreement: Agreement, by: User) -> None:
    """Put something in the place of every blank that the template leaves."""
    for clause in agreement.clauses.all():
        text = clause.text.replace("[", "").replace("]", "")
        if text == clause.text:
            continue
        operations.change_clause(clause=clause, text=text, version=clause.version, by=by)


def complete_draft(arrangement: Arrangement, by: User) -> Agreement:
    agreement = operations.draft(arrangement=arrangement, by=by)
    fill(agreement, by)
    agreement.refresh_from_db()
    return agreement


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
    """A version that everybody named has signed; the first of them wrote it."""
    agreement = offered(arrangement, people[0])
    for person in people:
        sign(agreement, person)
    agreement.refresh_from_db()
    return agreement


def clause(agreement: Agreement, key: str) -> Clause:
    return agreement.clauses.get(key=key)


def terms(agreement: Agreement, **given: Any) -> dict[str, Any]:
    """The terms of a version as an operation takes them, with what a test changes."""
    names = ("starts_on", "minutes_each", "every_days", "concern_days", "review_on", "cadence_reason")
    return {name: getattr(agreement, name) for name in names} | given


def in_days(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


def told() -> list[tuple[User, str]]:
    """Whom notices were queued for, and of which kind, in order."""
    jobs = DBTaskResult.objects.filter(task_path="supervision.notices.mail.send_notice").order_by(
        "enqueued_at"
    )
    given = [job.args_kwargs["args"] for job in jobs]
    return [(User.objects.get(pk=args[0]), args[1]) for args in given]


def said_in(agreement: Agreement) -> str:
    """Everything that a version says as it stands, in one string."""
    agreement.refresh_from_db()
    made = content.build(content.rows_of(agreement))
    blocks = [block for clause in made["clauses"] for block in clause["paragraphs"]]
    return "\n".join(block.get("text") or "\n".join(block["items"]) for block in blocks)


def next_offered(arrangement: Arrangement, by: User) -> Agreement:
    """The next version, unchanged, offered for signature."""
    agreement = operations.draft(arrangement=arrangement, by=by)
    operations.offer(agreement=agreement, version=agreement.version, by=by)
    agreement.refresh_from_db()
    return agreement
