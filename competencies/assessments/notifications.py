"""Telling people that something about an assessment waits for them, and putting it on a next agenda. The mails carry no content."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.notices import mail
from supervision.notices import operations as notices
from supervision.notices.models import Suggestion
from supervision.pages import words
from supervision.people.models import Arrangement, User

from .models import Assessment

BEFORE = datetime.timedelta(days=14)  # a session or two before both parts are due


def path_of(row: Assessment) -> str:
    return reverse("competencies:assessment", args=[row.pk])


def _partner(row: Assessment, by: User) -> User:
    partner = row.partner_of(by)
    assert partner is not None  # noqa: S101  # only ever of assessments of two
    return partner


def begun(row: Assessment) -> None:
    """The other one of the two is told."""
    mail.tell(_partner(row, row.begun_by), "proposed", path=path_of(row))


def put_on_agenda(row: Assessment) -> None:
    """It suggests itself for the agenda before it is due."""
    if row.due_on is not None:
        title = _("Assessment: both parts by %(day)s") % {"day": words.short_day(row.due_on)}
        _suggest(row, title, max(row.due_on - BEFORE, timezone.localdate()))


def part_given(row: Assessment, *, to: User) -> None:
    mail.tell(to, "answered", path=path_of(row))


def shown(row: Assessment, *, by: User) -> None:
    """Both views can be read, and are to be talked about."""
    mail.tell(_partner(row, by), "shared", path=path_of(row))


def suggest_talk(row: Assessment) -> None:
    notices.withdraw(row)
    _suggest(row, _("Talk about how you both see the work: the assessment"), timezone.localdate())


def ended(row: Assessment, *, by: User) -> None:
    mail.tell(_partner(row, by), "called_off", path=path_of(row))


def off_agenda(row: Assessment) -> None:
    """Nobody is offered it for an agenda any more."""
    notices.withdraw(row)


def sent(row: Assessment) -> None:
    """The one whose practice it is, to sign it. By then the two have talked."""
    mail.tell(row.person, "sign", path=path_of(row))


def answered(row: Assessment, *, by: User) -> None:
    mail.tell(_partner(row, by), "answered", path=path_of(row))


def changed(row: Assessment, *, by: User) -> None:
    """Taken back, or a change was asked for."""
    mail.tell(_partner(row, by), "taken_back" if by.pk == row.other_id else "changed", path=path_of(row))


def _suggest(row: Assessment, title: str, day: datetime.date) -> None:
    """For the one whose practice it is, and only where the two alone meet: in a group others would learn of it, and whoever comes
    to supervise later is no party to it."""
    arrangement = row.arrangement
    of_a_pair = (Arrangement.Structure.INDIVIDUAL, Arrangement.Structure.OF_SUPERVISION)
    if arrangement is None or arrangement.structure not in of_a_pair:
        return
    notices.suggest(
        arrangement,
        kind=Suggestion.Kind.ASSESSMENT,
        title=title,
        source=row,
        from_day=day,
        audience=row.person,
        by=row.person,
        again=True,
    )
