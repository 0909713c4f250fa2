"""Who sees a training log and credentials, and how these stand, in words."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.pages.sight import Line, line
from supervision.people.models import Credential, User

from .models import EvidenceFile, TrainingEntry


def sees_training(managers: Sequence[User]) -> Line:
    """For the owner of a log: who knows its facts now, by name."""
    if managers:
        return line("training.log", names=[person.name for person in managers])
    return line("training.unmanaged")


def sees_credentials(managers: Sequence[User]) -> Line:
    """For whoever holds credentials: administrators and managers know of them."""
    if managers:
        return line("training.credentials", names=[person.name for person in managers])
    return line("training.credentials_unmanaged")


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
