"""Jobs of the reminders."""

from __future__ import annotations

import uuid

from supervision.jobs.queue import job
from supervision.people.models import User

from . import mail, sending


@job
def mail_reminders(*, person_id: str) -> None:
    """Send this person the mails that may go now. Each is marked before it goes; one that is refused is tried again later."""
    person = User.objects.get(pk=uuid.UUID(person_id))
    sending.plan(person)
    while rows := sending.take(person):
        try:
            mail.deliver(person, rows)
        except Exception:
            sending.give_back(rows)
            raise


def daily() -> None:
    """Once a day: mails whose job got lost are queued again, and what is long past goes."""
    sending.pick_up_lost()
    sending.forget_old()
