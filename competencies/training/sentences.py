"""Who sees a training log and credentials, and how these stand, in words."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supervision.pages import words
from supervision.people.models import Credential, User

from .models import EvidenceFile, TrainingEntry


@dataclass(frozen=True)
class Sees:
    """The line that says who can see a page."""

    who: str
    not_who: str


def sees_training(managers: Sequence[User]) -> Sees:
    """For the owner of a log: who knows its facts now, by name."""
    if managers:
        who = ngettext(
            "You see this. %(names)s, who manages a program of yours, sees the facts.",
            "You see this. %(names)s, who manage programs of yours, see the facts.",
            len(managers),
        ) % {"names": words.join_names(person.name for person in managers)}
    else:
        who = _("You see this. Whoever comes to manage a program of yours sees the facts.")
    return Sees(
        who,
        _(
            "Facts are title, provider, kind, days, hours, areas, and that there is evidence. What you take from it and "
            "your files are yours alone. Nobody sees your log because they supervise you."
        ),
    )


def sees_credentials(managers: Sequence[User]) -> Sees:
    """For whoever holds credentials: administrators and managers know of them."""
    if managers:
        who = _(
            "You, administrators and %(names)s see which credentials you hold, who issued them, and their dates."
        ) % {"names": words.join_names(person.name for person in managers)}
    else:
        who = _("You and administrators see which credentials you hold, who issued them, and their dates.")
    return Sees(
        who,
        _(
            "The number and the files of those that you keep yourself are yours alone; your managers see that there is a "
            "file. Of those that your agency keeps, administrators keep the number as well."
        ),
    )


def sees_facts_of(person: User) -> Sees:
    """For a manager."""
    return Sees(
        _("%(name)s sees this, and so do the managers of their programs.") % {"name": person.name},
        _(
            "What they take from it, their files and the numbers of their credentials are theirs alone. "
            "That you open this is written down in the access log."
        ),
    )


def days(entry: TrainingEntry) -> str:
    """ "Nov 24" or "Nov 24 to Nov 26"."""
    if entry.until is None:
        return words.short_day(entry.day)
    return _("%(first)s to %(last)s") % {
        "first": words.short_day(entry.day),
        "last": words.short_day(entry.until),
    }


def small(entry: TrainingEntry) -> str:
    """What stands under the title of an entry in a list."""
    parts = [entry.get_kind_display(), entry.provider, days(entry), words.minutes_words(entry.minutes)]
    return ", ".join(part for part in parts if part)


def size(file: EvidenceFile) -> str:
    """ "PDF, 240 kB"."""
    return _("%(type)s, %(size)s kB") % {
        "type": file.get_type_display(),
        "size": max(1, round(file.size / 1000)),
    }


# Credentials --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How a credential stands: a tag, where one is needed, and its dates in words."""

    tag: str
    kind: str
    dates: str
    is_waiting: bool


def standing(credential: Credential, day: datetime.date, *, renewed: bool) -> Standing:
    """On that day. `renewed`: there is one that renews it."""
    dates = _dates(credential, day)
    if renewed:
        return Standing(_("Renewed"), "", dates, False)
    soon = credential.expires_on is not None and credential.expires_on <= day + Credential.SOON
    waits = soon and credential.let_go_on is None
    if credential.is_expired(day):
        return Standing(_("Expired"), "wait" if waits else "", dates, waits)
    if credential.let_go_on is not None:
        return Standing(_("Not renewed"), "", dates, False)
    if soon:
        return Standing(_("Expires soon"), "wait", dates, waits)
    return Standing("", "", dates, False)


def _dates(credential: Credential, day: datetime.date) -> str:
    parts = [credential.issuer]
    if credential.issued_on is not None:
        parts.append(_("issued %(day)s") % {"day": words.short_day(credential.issued_on)})
    if credential.expires_on is not None:
        said = _("expired %(day)s") if credential.is_expired(day) else _("expires %(day)s")
        parts.append(said % {"day": words.short_day(credential.expires_on)})
    else:
        parts.append(_("does not expire"))
    return ", ".join(part for part in parts if part)
