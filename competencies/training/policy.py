"""May this person, now? A training log is its owner's. Of the facts in it the managers of their programs know now, and nobody else.

Domain 8 counts training and credentials among the log facts: the parties and the managers of the program. No arrangement is party
to what somebody learned, so whoever supervises them learns nothing here, and no administrator does. What somebody took from it and
their evidence are theirs alone: domain 7 and 11 let managers know of training and credentials, and of no file.
"""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import Arrangement, Credential, Management, Participation, Place, User
from supervision.people.policy import leads_somewhere
from supervision.records.errors import Denied, Invalid, NotFound, WrongState

from .models import TrainingEntry

QUARTER = 15
MOST_MINUTES = 400 * 60  # of one entry: the longest classes; a course over years is one entry a year
LONGEST_DAYS = 366
MOST_FILES = 3


def no_such_entry() -> NotFound:
    return NotFound(_("There is no such entry."))


def no_such_credential() -> NotFound:
    return NotFound(_("There is no such credential."))


def no_such_file() -> NotFound:
    return NotFound(_("There is no such file."))


# Whose it is --------------------------------------------------------------------------------------------------


def check_is_owner(user: User, entry: TrainingEntry) -> None:
    """The owner. Who manages them knows that it is there, and is refused; for everybody else it is not there."""
    if entry.owner_id != user.pk:
        _refuse(user, entry.owner, no_such_entry())


def check_is_holder(user: User, credential: Credential) -> None:
    """Whoever holds it. Managers know of it and are refused; for everybody else it is not there."""
    if credential.person_id != user.pk:
        _refuse(user, credential.person, no_such_credential())


def _refuse(user: User, owner: User, unknown: NotFound) -> None:
    if knows_facts_of(user, owner):
        raise Denied(_("You see the facts of their training. The rest is theirs alone."))
    raise unknown


def check_can_change_credential(user: User, credential: Credential) -> None:
    """Its holder, unless the agency keeps it. Raises NotFound, Denied."""
    check_is_holder(user, credential)
    if not credential.is_own:
        raise Denied(_("Your agency keeps this one. Ask an administrator if something in it is wrong."))


def check_can_renew(user: User, credential: Credential) -> None:
    """Its holder, once; also one that the agency keeps, and one that was let go. Raises NotFound, Denied, WrongState."""
    check_is_holder(user, credential)
    if Credential.objects.filter(renews=credential).exists():
        raise WrongState(_("The renewed one is in your list already."))


# Who knows of it ------------------------------------------------------------------------------------------------


def knows_facts_of(user: User, person: User) -> bool:
    """Whether this person manages a program now in which the other has a place now, or takes part in supervision."""
    return User.objects.managed_now_by(user).filter(pk=person.pk).exists()


def check_can_see_facts(user: User, person: User) -> None:
    """Managers of their programs. Raises NotFound where this person may not even look the other one up, Denied otherwise."""
    if knows_facts_of(user, person):
        return
    if not User.objects.visible_to(user).filter(pk=person.pk).exists():
        raise NotFound(_("There is no such page."))
    raise Denied(_("What somebody learned is known to the managers of their programs, and to nobody else."))


def managers_of(person: User) -> list[User]:
    """Who can know the facts now, by name. One query."""
    placed = Place.objects.current().filter(person=person, program=OuterRef("program"))
    taking = Participation.objects.current().filter(
        person=person,
        arrangement__in=Arrangement.objects.current().values("pk"),
        arrangement__program=OuterRef("program"),
    )
    rows = Management.objects.current().filter(Q(Exists(placed)) | Q(Exists(taking)), person__is_active=True)
    found = rows.exclude(person=person).select_related("person").order_by("person__name", "person_id")
    return list({row.person_id: row.person for row in found}.values())


def keeps_areas(person: User) -> bool:
    """Whether the training areas are theirs to cover: everybody who supervises or facilitates now (D 2.131)."""
    return leads_somewhere(person)


# What an entry says ---------------------------------------------------------------------------------------------


def check_days(day: datetime.date, until: datetime.date | None) -> None:
    """Learning that took place: today or before, and the last day after the first. Raises Invalid, naming the field."""
    today = timezone.localdate()
    if day > today:
        raise Invalid(
            _("Enter today or a day before. What is to come is kept once it took place."), field="day"
        )
    if until is None:
        return
    if until <= day:
        raise Invalid(_("Enter a day after the first, or leave it empty for a single day"), field="until")
    if until > today:
        raise Invalid(_("Enter today or a day before"), field="until")
    if (until - day).days > LONGEST_DAYS:
        raise Invalid(_("Keep what took longer than a year as several entries"), field="until")


def check_minutes(minutes: int, day: datetime.date, until: datetime.date | None) -> None:
    """Quarter hours, up to 400 hours, and no more than its days have. Raises Invalid, naming `hours`."""
    if minutes <= 0 or minutes % QUARTER or minutes > MOST_MINUTES:
        raise Invalid(_("Enter the hours in quarters, such as 1.5, between 0.25 and 400"), field="hours")
    days = ((until or day) - day).days + 1
    if minutes > days * 24 * 60:
        raise Invalid(_("That is more hours than these days have"), field="hours")


def check_expiry(issued_on: datetime.date | None, expires_on: datetime.date | None) -> None:
    """Raises Invalid, naming `expires_on`."""
    if issued_on and expires_on and expires_on < issued_on:
        raise Invalid(_("It expires before it was issued. Check both dates."), field="expires_on")
