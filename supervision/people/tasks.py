"""Jobs of people: mails. They carry ids; links are made again from them when the mail is sent."""

from __future__ import annotations

import datetime
import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from supervision.jobs.queue import job
from supervision.pages.words import full_day
from supervision.records.mail import send

from . import tokens
from .models import Agency, Arrangement, EmailChange, Invitation, Management, Participation, User
from .notifications import ABOUT_ACCOUNT, ABOUT_ARRANGEMENT, account_changed
from .operations import apply_addresses_that_are_due


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
def send_reset_link(*, person_id: str) -> None:
    """Send a link for a new password to the address on file. Who has not chosen one yet gets their invitation again."""
    apply_addresses_that_are_due()
    person = User.objects.working().filter(pk=uuid.UUID(person_id)).first()
    if person is None:
        return
    if person.has_usable_password():
        _send(person, "reset", link=tokens.reset_link(person), hours=settings.PASSWORD_RESET_TIMEOUT // 3600)
    elif invitation := person.invitations.open().order_by("-sent_at").first():
        _send(
            person,
            "invitation",
            link=tokens.invitation_link(invitation),
            until=_day(invitation.expires_at, person),
        )


@job
def tell_about_account(*, person_id: str, kind: str) -> None:
    subject, page = ABOUT_ACCOUNT[kind]
    _notice(uuid.UUID(person_id), subject, reverse(page))


@job
def tell_about_arrangement(*, person_id: str, arrangement_id: str, kind: str) -> None:
    arrangement = Arrangement.objects.filter(pk=uuid.UUID(arrangement_id)).first()
    if arrangement is not None:
        path = reverse("people:arrangement", args=[arrangement.pk])
        _notice(uuid.UUID(person_id), ABOUT_ARRANGEMENT[kind], path)


@job
def tell_about_manager(*, management_id: str) -> None:
    """Tell everybody in the arrangements of a program that somebody else may see their log facts now."""
    management = Management.objects.filter(pk=uuid.UUID(management_id)).first()
    if management is None:
        return
    taking_part = Participation.objects.current().filter(arrangement__program=management.program_id)
    people = (
        User.objects.working().filter(pk__in=taking_part.values("person")).exclude(pk=management.person_id)
    )
    with transaction.atomic():
        for person in people.order_by("pk"):
            account_changed(person, "manager")


@job
def tell_account_closed(*, person_id: str) -> None:
    person = User.objects.filter(pk=uuid.UUID(person_id), is_active=False).first()
    if person is not None:
        _send(person, "closed")


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
def apply_due_addresses() -> None:
    """Changes of address hold from their stored time; this only brings the account's row in step."""
    apply_addresses_that_are_due()


def _notice(person_id: uuid.UUID, subject: Any, path: str) -> None:
    person = User.objects.working().filter(pk=person_id).first()
    if person is not None and person.has_usable_password():
        context = {"subject": subject, "called": person.called, "link": settings.SITE_URL + path}
        send(person.email, "emails/notice", context)


def _day(moment: datetime.datetime, person: User) -> str:
    """The day of a moment where this person is; where the agency is when they have not said."""
    agency_zone = Agency.objects.values_list("time_zone", flat=True).first() or settings.TIME_ZONE
    return full_day(moment.astimezone(person.zone or ZoneInfo(agency_zone)).date())


def _send(person: User, template: str, **context: Any) -> None:
    agency = Agency.objects.values_list("name", flat=True).first() or ""
    send(person.email, f"people/emails/{template}", {"called": person.called, "agency": agency, **context})
