"""May this person, now? Who was asked, and who manages the program now, knows of a self-assessment. For everybody else there is none.

Administrators are not among them, nor managers of other programs: 404 everywhere.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people import policy as people
from supervision.people import zones
from supervision.people.models import Arrangement, Management, Participation, Place, Program, User
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, WrongState

from .models import Group, ProgramAction, ProgramAsked, ProgramAssessment
from .results import FEWEST

FEWEST_DAYS, MOST_DAYS = 7, 60  # so that everybody finds a quiet half hour, and nobody waits for ever


def no_such() -> NotFound:
    return NotFound(_("There is no such self-assessment."))


def no_such_action() -> NotFound:
    return NotFound(_("There is no such action."))


# Opening --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Circle:
    """Who would be asked now, by group. Nobody is in it twice."""

    by_group: Mapping[str, tuple[User, ...]]

    @property
    def people(self) -> list[User]:
        return [person for group in Group for person in self.by_group[group]]

    @property
    def mark(self) -> str:
        """Fits exactly these people in these groups: the form carries it, so that nobody else is asked than the page said."""
        named = sorted(f"{group}:{person.pk}" for group in Group for person in self.by_group[group])
        return hashlib.sha256(",".join(named).encode()).hexdigest()[:32]


def circle(program: Program) -> Circle:
    """Managers, supervisors and peer workers of a program now who can sign in. Three queries.

    Whoever is more than one of them is asked once, as the one who answers for more: who manages and supervises as a manager, who
    supervises and is supervised as a supervisor. Whoever facilitates co-reflection does not supervise.
    """
    current = Participation.objects.current().filter(
        arrangement__program=program, arrangement__in=Arrangement.objects.current()
    )
    supported = current.filter(part__in=Participation.SUPPORTED).exclude(
        arrangement__structure=Arrangement.Structure.OF_SUPERVISION
    )
    placed = Place.objects.current().filter(program=program, supervised=True)
    rows = {
        Group.MANAGERS: User.objects.filter(
            pk__in=Management.objects.current().filter(program=program).values("person")
        ),
        Group.SUPERVISORS: User.objects.filter(
            pk__in=current.filter(part=Participation.Part.SUPERVISOR).values("person")
        ),
        Group.WORKERS: User.objects.filter(pk__in=supported.values("person"))
        | User.objects.filter(pk__in=placed.values("person")),
    }
    taken: set[object] = set()
    found: dict[str, tuple[User, ...]] = {}
    for group in Group:
        here = rows[group].signed_up().order_by("name", "pk")
        people_of = [one for one in here if one.pk not in taken]
        found[group] = tuple(people_of)
        taken.update(one.pk for one in people_of)
    return Circle(found)


def check_manages(user: User, program: Program) -> None:
    """For others the program has no self-assessments: they cannot know. Raises NotFound."""
    if not people.manages(user, program):
        raise no_such()


def check_can_open(user: User, program: Program, circle: Circle) -> None:
    """A manager of the program, where nobody is answering one already and at least three peer workers can be asked."""
    check_manages(user, program)
    if not program.is_active:
        raise WrongState(_("This program is closed."))
    if ProgramAssessment.objects.open().filter(program=program).exists():
        raise WrongState(_("A self-assessment of this program is open already. It has to close first."))
    if len(circle.by_group[Group.WORKERS]) < FEWEST:
        raise WrongState(
            _(
                "Fewer than three peer workers can be asked in this program, and then what one of them says could not stay"
                " theirs. Read the statements together and talk about them instead."
            )
        )


def today_there() -> datetime.date:
    """The day where the agency is: what closes, closes for all at the same moment."""
    return timezone.localdate(timezone=zones.of_agency())


def check_period(first: datetime.date, last: datetime.date, today: datetime.date) -> None:
    """A time gone by. Raises Invalid, naming the field."""
    if last > today:
        raise Invalid(_("Enter today or a day gone by"), field="last_day")
    if first > last:
        raise Invalid(_("Enter a day that is not after the last one"), field="first_day")


def check_closes_on(day: datetime.date, today: datetime.date) -> None:
    """A week to two months ahead. Raises Invalid."""
    ahead = (day - today).days
    if not FEWEST_DAYS <= ahead <= MOST_DAYS:
        raise Invalid(
            _("Enter a day from %(few)s to %(most)s days ahead, so that everybody finds the time")
            % {"few": FEWEST_DAYS, "most": MOST_DAYS},
            field="closes_on",
        )


# Answering --------------------------------------------------------------------------------------------------------


def check_was_asked(user: User, assessment: ProgramAssessment) -> ProgramAsked:
    """Whoever was asked. `assessment` is visible to them. Raises Denied for a manager who came later."""
    found = ProgramAsked.objects.filter(assessment=assessment, person=user).first()
    if found is None:
        raise Denied(_("You were not asked in this self-assessment, so there is nothing for you to fill in."))
    return found


def check_is_open(assessment: ProgramAssessment) -> None:
    if not assessment.is_open:
        raise WrongState(_("This self-assessment has closed, so nothing is changed any more."))


# What came of it --------------------------------------------------------------------------------------------------


def check_can_put_together(assessment: ProgramAssessment) -> None:
    """Anybody who may see it, once it has closed. Raises WrongState, AlreadyDone."""
    if assessment.is_open:
        raise WrongState(_("This self-assessment is still open. Nothing is shown before it closes."))
    if has_result(assessment):
        raise AlreadyDone(_("The result is there."))


def has_result(assessment: ProgramAssessment) -> bool:
    return hasattr(assessment, "result")


def check_can_note_actions(user: User, assessment: ProgramAssessment) -> None:
    """Those who manage the program now, once the result is there. `assessment` is visible to them. Raises Denied, WrongState."""
    if not people.manages(user, assessment.program_id):
        raise Denied(_("Only those who manage the program note what will be done."))
    if not has_result(assessment):
        raise WrongState(_("Actions come from the result. It is not there yet."))


def check_manages_of(user: User, action: ProgramAction) -> None:
    if not people.manages(user, action.assessment.program_id):
        raise Denied(_("Only those who manage the program can do this."))


def check_may_finish(user: User, action: ProgramAction) -> None:
    """Those who manage the program now, and whoever was to do it. Raises Denied."""
    if action.who_id != user.pk:
        check_manages_of(user, action)


def check_action_is_open(action: ProgramAction) -> None:
    if not action.is_open:
        raise WrongState(_("This action has ended. It can be taken up again."))


def check_can_change_action(user: User, action: ProgramAction) -> None:
    """Those who manage the program now, while it is open. Raises Denied, WrongState."""
    check_manages_of(user, action)
    check_action_is_open(action)


def check_can_finish(user: User, action: ProgramAction) -> None:
    """As `check_may_finish`, while it is open. Raises Denied, WrongState."""
    check_may_finish(user, action)
    check_action_is_open(action)


def check_can_reopen(user: User, action: ProgramAction) -> None:
    """Those who manage the program now, once it has ended. Raises Denied, AlreadyDone."""
    check_manages_of(user, action)
    if action.is_open:
        raise AlreadyDone(_("This action is open."))


def check_day_ahead(day: datetime.date, before: datetime.date | None = None) -> None:
    """Today or a day to come, unless it stays as it was. Raises Invalid, naming `by_day`."""
    if day != before and day < timezone.localdate():
        raise Invalid(_("Enter today or a day to come"), field="by_day")


def who_could_do(assessment: ProgramAssessment) -> list[User]:
    """Who can be named for an action: who was asked, and who manages the program now, with an account in use. One query."""
    asked = ProgramAsked.objects.filter(assessment=assessment).values("person")
    managing = Management.objects.current().filter(program=assessment.program_id).values("person")
    found = User.objects.filter(pk__in=asked) | User.objects.filter(pk__in=managing)
    return list(found.working().order_by("name", "pk"))
