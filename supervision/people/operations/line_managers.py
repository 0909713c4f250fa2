"""Whose line manager somebody is: kept with who was and who is, and told to all three. It says who reads what about a person's work."""

from __future__ import annotations

from django.utils.translation import gettext as _

from supervision.records import audit
from supervision.records.errors import Invalid

from .. import notifications, policy
from ..models import User
from .locking import lock


def check_may_become(manager: User | None, person: User | None, *, by: User) -> None:
    """Raises Invalid for themself or for a closed account, Denied for whoever would name themself."""
    if manager is None or (person is not None and manager.pk == person.line_manager_id):
        return
    if person is not None and manager.pk == person.pk:
        raise Invalid(_("Choose somebody else: nobody is their own line manager."), "line_manager")
    if not User.objects.working().filter(pk=manager.pk).exists():
        raise Invalid(_("The account of %(name)s is closed.") % {"name": manager.name}, "line_manager")
    policy.check_grants_somebody_else(by, manager)


def note_line_manager(person: User, *, was: User | None, by: User) -> None:
    """Keep and tell that `person` has another line manager now, or none. Call it in the transaction of the change."""
    now = person.line_manager
    facts = {"was": str(was.pk) if was else None, "now": str(now.pk) if now else None}
    audit.record(by, "line manager changed", about=person, facts=facts)
    if by.pk != person.pk:
        notifications.account_changed(person, "line_manager")
    for manager, what in ((was, "no longer line manager"), (now, "became line manager")):
        if manager is not None:
            audit.record(by, what, about=manager, facts={"person": str(person.pk)})
            notifications.account_changed(manager, "reports")


def take_reports_away(manager: User, *, by: User) -> None:
    """Nobody has a line manager whose account is closed. Call it with the rows of roles held (`one_role_change_at_a_time`)."""
    for report in User.objects.filter(line_manager=manager).order_by("pk"):
        person = lock(report)
        person.line_manager = None
        person.version += 1
        person.save(update_fields=["line_manager", "version"])
        note_line_manager(person, was=manager, by=by)
