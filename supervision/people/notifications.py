"""Who is told what by e-mail. Each queues a job in the caller's transaction; mails say nothing of any record."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from supervision.jobs import enqueue

from .models import Arrangement, EmailChange, Invitation, Management, PasswordReset, User

# What a mail about one's own account can be about: (subject, name of the page it leads to).
ABOUT_ACCOUNT = {
    "account": (_("Something about your account has changed"), "people:changes"),
    "password": (_("Your password was changed"), "people:changes"),
    "calendar": (_("An address for your calendar was made"), "people:calendar"),
    "second_factor": (_("How you prove it is you has changed"), "people:changes"),
    "role": (_("What you can do in Common Hour has changed"), "people:changes"),
    "manager": (_("Who manages your program has changed"), "people:changes"),
    "line_manager": (_("Who your line manager is has changed"), "people:changes"),
    "reports": (_("Whose line manager you are has changed"), "people:changes"),
    "agency": (_("The agency’s settings have changed"), "people:agency"),
    "before": (_("Sessions from before were brought in for you"), "sessions:before"),
    "program": (_("Your place in a program has changed"), "people:changes"),
    "reset_stopped": (_("A link for a new password was stopped"), "people:changes"),
    "address_stopped": (_("The change of your e-mail was stopped"), "people:changes"),
    "administrators": (_("Who the administrators are has changed"), "people:list"),
    "reset_waits": (_("A link for a new password waits for a second administrator"), "people:waiting"),
    "reset_refused": (_("Somebody has stopped a link for a new password"), "people:waiting"),
}
# What changes who can sign in as somebody, what they can do, or who has power over them: told to the address they had until lately,
# too.
TOLD_AT_OLD_ADDRESS = {
    *("password", "calendar", "second_factor", "role", "reports"),
    *("manager", "line_manager", "program"),
    *("reset_stopped", "address_stopped"),
}
ABOUT_ARRANGEMENT = {
    "made": _("A supervision arrangement was made for you"),
    "changed": _("Your supervision arrangement has changed"),
    "ended": _("Your supervision arrangement is ending"),
    "back": _("Somebody in your supervision can sign in again"),
}


def account_changed(person: User, kind: str) -> None:
    """`kind` is a key of ABOUT_ACCOUNT."""
    if kind not in ABOUT_ACCOUNT:
        raise ValueError(f"There is no such notice: {kind}")
    enqueue("supervision.people.tasks.tell_about_account", person_id=person.pk, kind=kind)


def account_closed(person: User) -> None:
    """They are told, and get the way to what is theirs."""
    enqueue("supervision.people.tasks.tell_account_closed", person_id=person.pk)
    enqueue("supervision.portfolio.tasks.send_leaving_link", person_id=person.pk)


def account_opened(person: User) -> None:
    enqueue("supervision.people.tasks.tell_account_opened", person_id=person.pk)


def arrangement_changed(arrangement: Arrangement, people: Iterable[User], kind: str) -> None:
    """Tell each of `people`; `kind` is a key of ABOUT_ARRANGEMENT."""
    if kind not in ABOUT_ARRANGEMENT:
        raise ValueError(f"There is no such notice: {kind}")
    task = "supervision.people.tasks.tell_about_arrangement"
    for person in people:
        enqueue(task, person_id=person.pk, arrangement_id=arrangement.pk, kind=kind)


def manager_changed(management: Management) -> None:
    """Everybody with a place in the program, or in its arrangements, hears who may see their log facts from now on (domain 8)."""
    enqueue("supervision.people.tasks.tell_about_manager", management_id=management.pk)


def invited(invitation: Invitation) -> None:
    enqueue("supervision.people.tasks.send_invitation", invitation_id=invitation.pk)


def reset_asked(person_id: uuid.UUID, *, by_administrator: bool = False) -> None:
    """Takes an id that may be nobody's, so that asking for an unknown address does the same work."""
    enqueue(
        "supervision.people.tasks.send_reset_link", person_id=person_id, by_administrator=by_administrator
    )


def reset_waits(reset: PasswordReset, *, wait: datetime.timedelta) -> None:
    """Tell its person now, at every address of theirs, and those who could agree; and look again when the time is over."""
    enqueue("supervision.people.tasks.tell_reset_waits", reset_id=reset.pk)
    enqueue("supervision.people.tasks.send_due_resets", _delay=wait)
    _tell_administrators(reset, "reset_waits", besides={reset.person_id, reset.asked_by_id})


def reset_sent(reset: PasswordReset) -> None:
    """The link goes to the address on file; the one before is told, and can stop it."""
    enqueue("supervision.people.tasks.send_released_link", reset_id=reset.pk)
    enqueue("supervision.people.tasks.tell_reset_sent", reset_id=reset.pk)


def reset_refused(reset: PasswordReset) -> None:
    """Its person did not want it. Whoever looks after accounts should know, also whoever asked."""
    _tell_administrators(reset, "reset_refused", besides={reset.person_id})


def _tell_administrators(reset: PasswordReset, kind: str, *, besides: set[uuid.UUID | None]) -> None:
    administrators = User.objects.working().filter(is_administrator=True)
    for person in administrators.exclude(pk__in=[pk for pk in besides if pk]).order_by("pk"):
        account_changed(person, kind)


def address_change_asked(change: EmailChange, *, wait: datetime.timedelta) -> None:
    """Tell the old address now, and look again when the time is over."""
    enqueue("supervision.people.tasks.tell_old_address", change_id=change.pk)
    enqueue("supervision.people.tasks.apply_due_addresses", _delay=wait)


def address_changed(change: EmailChange) -> None:
    """Tell both: the address that signs in now, and the one that does not any more."""
    enqueue("supervision.people.tasks.tell_new_address", change_id=change.pk)
    enqueue("supervision.people.tasks.tell_left_address", change_id=change.pk)
