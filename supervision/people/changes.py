"""What others changed about a person's account, for that person to see (domain 8)."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from supervision.records.models import AuditEvent

from .models import User

# Actions of the audit chain that a person is shown about themself. Their own small changes are left out.
SHOWN = {
    "person added": _("Your account was made"),
    "person edited": _("Facts about your work were changed"),
    "invited": _("You were invited"),
    "invitation accepted": _("You accepted the invitation"),
    "password link sent": _("A link for a new password was sent to your address"),
    "password changed": _("Your password was changed"),
    "second factor changed": _("How you prove it is you was changed"),
    "second factors cleared": _("How you prove it is you was cleared, by whoever runs the server"),
    "address change asked": _("A change of your e-mail was asked for"),
    "address change stopped": _("The change of your e-mail was stopped"),
    "address changed": _("Your e-mail was changed"),
    "account closed": _("Your account was closed"),
    "account opened again": _("Your account was opened again"),
    "made administrator": _("You became an administrator"),
    "no longer administrator": _("You are no longer an administrator"),
    "made manager": _("You became manager of a program"),
    "no longer manager": _("You no longer manage a program"),
    "place given": _("You got a place in a program"),
    "place changed": _("Your place in a program was changed"),
    "credential added": _("A credential of yours was added"),
    "credential changed": _("A credential of yours was changed"),
    "credential removed": _("A credential of yours was removed"),
    "calendar address made": _("An address for your calendar was made"),
    "calendar address stopped": _("The address for your calendar was stopped"),
    "away added": _("A time away was set for you"),
    "away removed": _("A time away of yours was removed"),
}


@dataclass(frozen=True)
class Change:
    when: datetime.datetime
    what: Any
    by: str


def changes_of(person: User, *, newest: int = 10) -> list[Change]:
    """The newest changes of an account, with the name of who made each (empty for themself and for the software). Two queries."""
    about = AuditEvent.objects.filter(record_label="people.user", record_id=person.pk, action__in=SHOWN)
    own_absence = Q(action__in=["away added", "away removed"], by=person.pk)
    found = list(about.exclude(own_absence).order_by("-seq")[:newest])
    names = _names({event.by for event in found if event.by and event.by != person.pk})
    return [
        Change(event.at, SHOWN[event.action], names.get(event.by, "") if event.by else "") for event in found
    ]


def _names(ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
