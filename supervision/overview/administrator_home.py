"""What needs an administrator: people and set-up, never a record."""

from __future__ import annotations

import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django_tasks_db.models import DBTaskResult

from supervision.pages import words
from supervision.people.models import EmailChange, Invitation, Management, PasswordReset, Place, Program, User
from supervision.records.models import Seal

from .links import address
from .pieces import Task

NAMED = 5  # how many names a line says before it only counts
MANY = 100  # beyond this a line says “more than”
LATE = datetime.timedelta(hours=1)
RECENT = datetime.timedelta(days=7)


def tasks_of(user: Any) -> list[Task]:
    """What waits, most urgent first. Eight queries, however large the agency is."""
    found = [
        _links_for_passwords(),
        _address_changes(),
        _without_manager(),
        _waiting_for_arrangement(),
        _not_signed_in(),
        _without_second_factor(user),
        _missing_documents(),
        _failed_jobs(),
    ]
    return [task for task in found if task]


def _count(found: int) -> str:
    """A number, or “more than” where reading stopped."""
    return gettext("More than %(n)s") % {"n": MANY} if found > MANY else str(found)


def _task(label: str, url: str, names: list[str], tag: str, kind: str = "") -> Task:
    shown = names[:NAMED]
    more = len(names) - len(shown)
    if more > 0:
        shown = [
            *shown,
            gettext("others")
            if len(names) > MANY
            else ngettext("%(n)s more", "%(n)s more", more) % {"n": more},
        ]
    return Task(timezone.now(), label, url, words.join_names(shown), tag, kind)


def _waiting_for_arrangement() -> Task | None:
    rows = Place.objects.waiting().order_by("since", "person__name", "id")[: MANY + 1]
    names = list(dict.fromkeys(rows.values_list("person__name", flat=True)))
    if not names:
        return None
    label = ngettext(
        "%(n)s person waits for somebody to supervise them",
        "%(n)s people wait for somebody to supervise them",
        len(names),
    ) % {"n": _count(len(names))}
    return _task(label, address("people:arrangements"), names, gettext("Arrangement"), "wait")


def _not_signed_in() -> Task | None:
    """People with an invitation that they have not used: still good, or run out."""
    used = Invitation.objects.filter(person=OuterRef("person"), used_at__isnull=False)
    rows = (
        Invitation.objects.filter(used_at__isnull=True, person__is_active=True)
        .filter(~Exists(used), person__last_login__isnull=True)
        .order_by("person__name")
        .values_list("person__name", "expires_at")
    )
    newest: dict[str, Any] = {}
    for name, expires_at in rows[: 2 * MANY]:
        newest[name] = max(expires_at, newest.get(name, expires_at))
    if not newest:
        return None
    run_out = sum(expires_at < timezone.now() for expires_at in newest.values())
    label = ngettext(
        "%(n)s invitation has not been used", "%(n)s invitations have not been used", len(newest)
    ) % {"n": _count(len(newest))}
    tag = gettext("Send again") if run_out else gettext("Invited")
    return _task(label, address("people:list"), list(newest), tag, "wait" if run_out else "")


def _without_manager() -> Task | None:
    managed = Management.objects.current().filter(program=OuterRef("pk"), person__is_active=True)
    names = list(
        Program.objects.filter(~Exists(managed), is_active=True).values_list("name", flat=True)[: MANY + 1]
    )
    if not names:
        return None
    label = ngettext("%(n)s program has no manager", "%(n)s programs have no manager", len(names)) % {
        "n": len(names)
    }
    return _task(label, address("people:programs"), names, gettext("Program"), "wait")


def _without_second_factor(user: Any) -> Task | None:
    if not getattr(user, "second_factor_wanted", True):
        return None
    managing = Management.objects.current().filter(person=OuterRef("pk"))
    names = list(
        User.objects.working()
        .filter(Q(is_administrator=True) | Exists(managing), last_login__isnull=False)
        .filter(~Exists(Authenticator.objects.filter(user=OuterRef("pk"))))
        .order_by("name")
        .values_list("name", flat=True)[: MANY + 1]
    )
    if not names:
        return None
    label = ngettext(
        "%(n)s manager or administrator has no second way to sign in yet",
        "%(n)s managers or administrators have no second way to sign in yet",
        len(names),
    ) % {"n": _count(len(names))}
    return _task(label, address("people:list"), names, gettext("Sign-in"))


def _address_changes() -> Task | None:
    rows = EmailChange.objects.waiting().order_by("takes_effect_at")[: MANY + 1]
    names = list(rows.values_list("person__name", flat=True))
    if not names:
        return None
    label = ngettext(
        "%(n)s change of e-mail address is waiting", "%(n)s changes of e-mail address are waiting", len(names)
    ) % {"n": _count(len(names))}
    return _task(label, address("people:waiting"), names, gettext("Waits 72 hours"))


def _links_for_passwords() -> Task | None:
    """Links that wait for a second administrator, or for their 72 hours."""
    rows = PasswordReset.objects.waiting().order_by("takes_effect_at")[: MANY + 1]
    names = list(rows.values_list("person__name", flat=True))
    if not names:
        return None
    label = ngettext(
        "%(n)s link for a new password waits for a second administrator",
        "%(n)s links for a new password wait for a second administrator",
        len(names),
    ) % {"n": _count(len(names))}
    return _task(label, address("people:waiting"), names, gettext("Agree or stop"), "wait")


def _missing_documents() -> Task | None:
    late = timezone.now() - LATE
    rows = Seal.objects.filter(document__isnull=True, sealed_at__lt=late).exclude(offer__template="")
    count = len(rows.values_list("pk", flat=True)[: MANY + 1])
    if not count:
        return None
    label = ngettext(
        "%(n)s sealed record has no PDF yet",
        "%(n)s sealed records have no PDF yet",
        count,
    ) % {"n": _count(count)}
    why = gettext("The records are safe and signed. PDFs are made in the background; is the worker running?")
    return Task(timezone.now(), label, address("overview:help"), why, gettext("PDF"), "wait")


def _failed_jobs() -> Task | None:
    since = timezone.now() - RECENT
    count = len(
        DBTaskResult.objects.failed().filter(finished_at__gte=since).values_list("pk", flat=True)[: MANY + 1]
    )
    if not count:
        return None
    label = ngettext(
        "%(n)s background job could not be finished this week",
        "%(n)s background jobs could not be finished this week",
        count,
    ) % {"n": _count(count)}
    why = gettext("The log of the worker says where. Nothing that people wrote is in it.")
    return Task(timezone.now(), label, address("overview:help"), why, gettext("Background work"), "wait")
