"""Who is told what by e-mail. Each queues a job in the caller's transaction; mails say nothing of any record."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from supervision.jobs import enqueue

from .models import Arrangement, EmailChange, Invitation, Management, User

# What a mail about one's own account can be about: (subject, name of the page it leads to).
ABOUT_ACCOUNT = {
    "account": (_("Something about your account has changed"), "people:your_details"),
    "password": (_("Your password was changed"), "people:your_details"),
    "calendar": (_("An address for your calendar was made"), "people:calendar"),
    "second_factor": (_("How you prove it is you has changed"), "people:your_details"),
    "role": (_("What you can do in Common Hour has changed"), "people:your_details"),
    "manager": (_("Who manages your program has changed"), "people:your_details"),
    "agency": (_("The agency’s settings have changed"), "people:agency"),
    "program": (_("Your place in a program has changed"), "people:your_details"),
}
ABOUT_ARRANGEMENT = {
    "made": _("A supervision arrangement was made for you"),
    "changed": _("Your supervision arrangement has changed"),
    "ended": _("Your supervision arrangement is ending"),
}


def account_changed(person: User, kind: str) -> None:
    """`kind` is a key of ABOUT_ACCOUNT."""
    if kind not in ABOUT_ACCOUNT:
        raise ValueError(f"There is no such notice: {kind}")
    enqueue("supervision.people.tasks.tell_about_account", person_id=person.pk, kind=kind)


def account_closed(person: User) -> None:
    enqueue("supervision.people.tasks.tell_account_closed", person_id=person.pk)


def arrangement_changed(arrangement: Arrangement, people: Iterable[User], kind: str) -> None:
    """Tell each of `people`; `kind` is a key of ABOUT_ARRANGEMENT."""
    if kind not in ABOUT_ARRANGEMENT:
        raise ValueError(f"There is no such notice: {kind}")
    task = "supervision.people.tasks.tell_about_arrangement"
    for person in people:
        enqueue(task, person_id=person.pk, arrangement_id=arrangement.pk, kind=kind)


def manager_changed(management: Management) -> None:
    """Everybody in the program's arrangements hears who may see their log facts from now on (domain 8)."""
    enqueue("supervision.people.tasks.tell_about_manager", management_id=management.pk)


def invited(invitation: Invitation) -> None:
    enqueue("supervision.people.tasks.send_invitation", invitation_id=invitation.pk)


def reset_asked(person_id: uuid.UUID) -> None:
    """Takes an id that may be nobody's, so that asking for an unknown address does the same work."""
    enqueue("supervision.people.tasks.send_reset_link", person_id=person_id)


def address_change_asked(change: EmailChange, *, wait: datetime.timedelta) -> None:
    """Tell the old address now, and look again when the time is over."""
    enqueue("supervision.people.tasks.tell_old_address", change_id=change.pk)
    enqueue("supervision.people.tasks.apply_due_addresses", _delay=wait)


def address_changed(change: EmailChange) -> None:
    enqueue("supervision.people.tasks.tell_new_address", change_id=change.pk)
