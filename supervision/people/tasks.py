"""Jobs of people: mails. They carry ids; links are made again from them when the mail is sent."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from supervision.jobs.queue import job
from supervision.pages.words import clock, full_day
from supervision.records.mail import send

from . import tokens, zones
from .models import (
    Agency,
    Arrangement,
    EmailChange,
    Invitation,
    Management,
    Participation,
    PasswordReset,
    Place,
    User,
)
from .notifications import ABOUT_ACCOUNT, ABOUT_ARRANGEMENT, TOLD_AT_OLD_ADDRESS, account_changed
from .operations import apply_addresses_that_are_due, hold_own_link, send_resets_that_are_due


@job
def send_invitation(*, invitation_id: str) -> None:
    """Send the link with which a person chooses their password. Nothing once it was used or has expired."""
    invitation = (
        Invitation.objects.open().select_related("person").filter(pk=uuid.UUID(invitation_id)).first()
    )
    if invitation is None or not invitation.person.is_active:
        return
    _send(
        invitation.person,
        "invitation",
        link=tokens.invitation_link(invitation),
        until=_day(invitation.expires_at, invitation.person),
    )


@job
def send_reset_link(*, person_id: str, by_administrator: bool = False) -> None:
    """Send a link for a new password to the address on file, unless it has to wait (see operations.links).

    Who has not chosen a password yet gets their invitation again.
    """
    apply_addresses_that_are_due()
    send_resets_that_are_due()
    person = User.objects.working().filter(pk=uuid.UUID(person_id)).first()
    if person is not None and not hold_own_link(person):
        _send_link(person, by_administrator=by_administrator)


@job
def send_released_link(*, reset_id: str) -> None:
    """Send a link that has waited, or was agreed to. Nothing once it was stopped or used."""
    reset = PasswordReset.objects.select_related("person").filter(pk=uuid.UUID(reset_id)).first()
    if reset is None or reset.sent_at is None or not reset.can_be_stopped or not reset.person.is_active:
        return
    if reset.person.has_usable_password():  # otherwise the invitation is on its way
        _send_link(reset.person, by_administrator=reset.asked_by_id is not None, stoppable=True)


def _send_link(person: User, *, by_administrator: bool, stoppable: bool = False) -> None:
    """`stoppable` links are told to the old addresses by `tell_reset_sent`, with the way to stop them."""
    if person.has_usable_password():
        hours = settings.PASSWORD_RESET_TIMEOUT // 3600
        link = tokens.reset_link(person)
        _send(person, "reset", link=link, hours=hours, by_administrator=by_administrator)
        if by_administrator and not stoppable:
            for address in _old_addresses(person):
                _send(person, "reset_sent", to=address)
    elif invitation := person.invitations.open().order_by("-sent_at").first():
        _send(
            person,
            "invitation",
            link=tokens.invitation_link(invitation),
            until=_day(invitation.expires_at, person),
        )


@job
def tell_reset_waits(*, reset_id: str) -> None:
    """Tell every address of a person that a link for a new password waits, and how to stop it."""
    reset = PasswordReset.objects.waiting().select_related("person").filter(pk=uuid.UUID(reset_id)).first()
    if reset is None or not reset.person.is_active:
        return
    for address in [reset.person.email, *_old_addresses(reset.person)]:
        _send(
            reset.person,
            "reset_waits",
            to=address,
            link=tokens.stop_reset_link(reset),
            when=_day_and_time(reset.takes_effect_at, reset.person),
            by_administrator=reset.asked_by_id is not None,
        )


@job
def tell_reset_sent(*, reset_id: str) -> None:
    """Tell the address that a person had until lately that a link went to the one of now, and how to stop it."""
    reset = PasswordReset.objects.select_related("person").filter(pk=uuid.UUID(reset_id)).first()
    if reset is not None and reset.can_be_stopped:
        for address in _old_addresses(reset.person):
            _send(reset.person, "reset_sent", to=address, link=tokens.stop_reset_link(reset))


@job
def send_due_resets() -> None:
    """Links are due from their stored time; this only sends them."""
    send_resets_that_are_due()


@job
def tell_about_account(*, person_id: str, kind: str) -> None:
    subject, page = ABOUT_ACCOUNT[kind]
    _notice(uuid.UUID(person_id), subject, reverse(page), old_too=kind in TOLD_AT_OLD_ADDRESS)


@job
def tell_about_arrangement(*, person_id: str, arrangement_id: str, kind: str) -> None:
    arrangement = Arrangement.objects.filter(pk=uuid.UUID(arrangement_id)).first()
    if arrangement is not None:
        path = reverse("people:arrangement", args=[arrangement.pk])
        _notice(uuid.UUID(person_id), ABOUT_ARRANGEMENT[kind], path, old_too=True)


@job
def tell_about_manager(*, management_id: str) -> None:
    """Tell everybody with a place in a program, or in its arrangements, that somebody else may see their log facts now."""
    management = Management.objects.filter(pk=uuid.UUID(management_id)).first()
    if management is None:
        return
    taking_part = Participation.objects.current().filter(arrangement__program=management.program_id)
    placed = Place.objects.current().filter(program=management.program_id)
    here = Q(pk__in=taking_part.values("person")) | Q(pk__in=placed.values("person"))
    people = User.objects.working().filter(here).exclude(pk=management.person_id)
    with transaction.atomic():
        for person in people.order_by("pk"):
            account_changed(person, "manager")


@job
def tell_account_closed(*, person_id: str) -> None:
    person = User.objects.filter(pk=uuid.UUID(person_id), is_active=False).first()
    if person is not None:
        for address in [person.email, *_old_addresses(person)]:
            _send(person, "closed", to=address)


@job
def tell_account_opened(*, person_id: str) -> None:
    person = User.objects.working().filter(pk=uuid.UUID(person_id)).first()
    if person is not None:
        for address in [person.email, *_old_addresses(person)]:
            _send(person, "opened", to=address, link=settings.SITE_URL + reverse("account_login"))


@job
def tell_old_address(*, change_id: str) -> None:
    """Tell the address that is still in use that it will change, and how to stop that."""
    change = EmailChange.objects.waiting().select_related("person").filter(pk=uuid.UUID(change_id)).first()
    if change is not None and change.can_be_stopped:
        _send(
            change.person,
            "address_changing",
            link=tokens.stop_link(change),
            when=_day(change.takes_effect_at, change.person),
        )


@job
def tell_new_address(*, change_id: str) -> None:
    change = EmailChange.objects.select_related("person").filter(pk=uuid.UUID(change_id)).first()
    if change is not None and change.done_at is not None:
        _send(change.person, "address_changed", link=settings.SITE_URL + reverse("account_login"))


@job
def tell_left_address(*, change_id: str) -> None:
    """Tell the address before that it does not sign in any more, unless somebody else has it by now."""
    change = EmailChange.objects.select_related("person").filter(pk=uuid.UUID(change_id)).first()
    if (
        change is not None
        and change.done_at is not None
        and change.old_email in _old_addresses(change.person)
    ):
        _send(change.person, "address_left", to=change.old_email)


@job
def apply_due_addresses() -> None:
    """Changes of address hold from their stored time; this only brings the account's row in step."""
    apply_addresses_that_are_due()


def _notice(person_id: uuid.UUID, subject: Any, path: str, *, old_too: bool = False) -> None:
    person = User.objects.working().filter(pk=person_id).first()
    if person is not None and person.has_usable_password():
        context = {"subject": subject, "called": person.called, "link": settings.SITE_URL + path}
        for address in [person.email, *(_old_addresses(person) if old_too else ())]:
            send(address, "emails/notice", context)


def _old_addresses(person: User) -> list[str]:
    """The addresses that a person had until lately. Not one that is somebody's now."""
    left = EmailChange.objects.left_lately(person).exclude(old_email="").values_list("old_email", flat=True)
    taken = set(User.objects.filter(email__in=list(left)).values_list("email", flat=True))
    return sorted({*left} - taken)


def _local(moment: datetime.datetime, person: User) -> datetime.datetime:
    """A moment where this person is; where the agency is when they have not said."""
    return moment.astimezone(zones.of(person))


def _day(moment: datetime.datetime, person: User) -> str:
    return full_day(_local(moment, person).date())


def _day_and_time(moment: datetime.datetime, person: User) -> str:
    local = _local(moment, person)
    return f"{full_day(local.date())}, {clock(local.time())}"


def _send(person: User, template: str, *, to: str = "", **context: Any) -> None:
    """To the address on file, unless `to` says another one of theirs."""
    agency = Agency.objects.values_list("name", flat=True).first() or ""
    context = {"called": person.called, "agency": agency, **context}
    send(to or person.email, f"people/emails/{template}", context)
