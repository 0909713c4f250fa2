"""Who may write a person's job description, put it in force and answer it. Every check raises a refusal in words for the person."""

from __future__ import annotations

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.people.models import User
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, WrongState

from .. import circle
from ..models import DescriptionRead, JobDescription

FIRST_DAY = datetime.date(1950, 1, 1)  # nobody has held their job for longer; a year typed wrong does
FAR = datetime.timedelta(days=731)


def may_write(user: User, person: User) -> bool:
    """Whether this is the person's line manager, or manages a program that they hold a place in."""
    return circle.people_whose_job_is_written_by(user).filter(pk=person.pk).exists()


def check_can_write(user: User, person: User) -> None:
    """Raises Denied for those who read it, NotFound for everybody else, WrongState when the person has left."""
    if not may_write(user, person):
        if user.pk == person.pk:
            raise Denied(
                _("Your line manager or a manager of your program writes it. You say what does not fit.")
            )
        if circle.people_whose_job_is_read_by(user).filter(pk=person.pk).exists():
            raise Denied(_("It is written by the line manager or by a manager of the program. You read it."))
        raise NotFound
    if not person.is_active:
        raise WrongState(_("This account is closed, so there is nothing to prepare."))


def check_from_day(day: datetime.date, before: JobDescription | None) -> None:
    """A first version says since when the job is what it is; a later one changes nothing for days gone by. Raises Invalid."""
    today = timezone.localdate()
    if day > today + FAR:
        raise Invalid(_("Enter a date within the next two years"), field="from_day")
    if before is None:
        if day < FIRST_DAY:
            raise Invalid(_("Check the year: this is very long ago"), field="from_day")
        return
    if day < today:
        raise Invalid(
            _("Enter today or a day to come. What was asked before stands in the version before."),
            field="from_day",
        )
    if day < before.from_day:
        raise Invalid(
            _("Version %(n)s holds from %(day)s. Enter that day or a later one.")
            % {"n": before.number, "day": words.full_day(before.from_day)},
            field="from_day",
        )


def check_is_own(user: User, description: JobDescription) -> None:
    """It is theirs to answer. Raises NotFound, Denied."""
    if description.person_id == user.pk:
        return
    if not JobDescription.objects.visible_to(user).filter(pk=description.pk).exists():
        raise NotFound
    raise Denied(_("Only the person whose job it is answers this."))


def _check_is_newest(description: JobDescription) -> None:
    later = JobDescription.objects.filter(person=description.person_id, number__gt=description.number)
    if later.exists():
        raise WrongState(_("There is a newer version. Read and answer that one."))


def check_can_say_read(user: User, description: JobDescription) -> None:
    """Once, of the version that was put in force last. Raises NotFound, Denied, AlreadyDone, WrongState."""
    check_is_own(user, description)
    if DescriptionRead.objects.filter(description=description).exists():
        raise AlreadyDone(_("You have said that you read it."))
    _check_is_newest(description)


def check_can_reply(user: User, description: JobDescription) -> None:
    """As often as there is something to say, of the newest version. Raises NotFound, Denied, WrongState."""
    check_is_own(user, description)
    _check_is_newest(description)
