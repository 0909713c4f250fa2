"""“Something in Common Hour is waiting for you”: told in the list of reminders and by e-mail, never any content (domain 13, design 6.7)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from supervision.jobs import enqueue
from supervision.people.models import User
from supervision.records.mail import send

from . import unsubscribing
from .kinds import NOTICES, Kind
from .models import Reminder

SUBJECTS = {notice: row.said for notice, row in NOTICES.items()}
JOB = "supervision.notices.tasks.mail_reminders"
LATELY = datetime.timedelta(
    days=60
)  # nothing is told of longer before its day; a constraint holds it for good


def tell(person: User, notice: str, *, path: str) -> None:
    """Tell somebody that something is at `path`. Call it inside the transaction of what happened.

    Told again before its mail has gone it makes one mail. Raises ValueError for a notice that there is not.
    """
    if notice not in NOTICES:
        raise ValueError(f"There is no notice of the kind {notice}.")
    with transaction.atomic():
        Reminder(person=person, notice=notice, path=path, made_at=timezone.now()).save(force_insert=True)
        enqueue(JOB, person_id=person.pk)


@transaction.atomic
def remind(rows: Iterable[Reminder]) -> int:
    """Tell people of what has come near, each thing once (`once` names it). Returns how many were not told before."""
    wanted = {(row.person_id, row.once): row for row in rows}
    lately = Reminder.objects.exclude(once="").filter(made_at__gte=timezone.now() - LATELY)
    told = set(lately.values_list("person", "once"))
    fresh = [row for key, row in wanted.items() if key not in told]
    for row in fresh:
        row.made_at = timezone.now()
    Reminder.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    for person in sorted({row.person_id for row in fresh}):
        enqueue(JOB, person_id=person)
    return len(fresh)


def deliver(person: User, rows: Sequence[Reminder]) -> None:
    """Send one mail about these reminders of a person, in the order in which they came."""
    kinds = sorted({row.kind for row in rows} - {Kind.ALWAYS})
    context: dict[str, Any] = {
        "called": person.called,
        "choices_url": f"{settings.SITE_URL}{reverse('notices:choices')}",
        "stops": [
            {"label": kind.label, "url": unsubscribing.address(person, [kind])} for kind in map(Kind, kinds)
        ],
    }
    headers = unsubscribing.headers(unsubscribing.address(person, kinds)) if kinds else {}
    said = dict.fromkeys((row.said, f"{settings.SITE_URL}{row.path}") for row in rows)  # the same once
    links = [{"said": text, "link": link} for text, link in said]
    if len(links) == 1:
        one = {"subject": links[0]["said"], "link": links[0]["link"]}
        send(person.email, "emails/notice", context | one, headers=headers)
    else:
        send(person.email, "emails/reminders", context | {"links": links}, headers=headers)
