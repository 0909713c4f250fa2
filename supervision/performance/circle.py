"""Who stands how to somebody's work: line manager, supervisor, manager of a program of theirs. Asked of the rows, never of a role.

As it is today: who is named later comes in, who is no longer named is out.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from supervision.people.models import Arrangement, Management, Participation, Place, User, today


def line_manages(user: User) -> Q:
    """People whose line manager this is."""
    return Q(line_manager=user) & ~Q(pk=user.pk)


def supervises(user: User, person: str = "pk") -> Exists:
    """People whom this person supervises now. Whoever facilitates a group, or is a peer in co-reflection, does not."""
    # From their own parts, which are few: of all arrangements that run, each would be tried.
    own = Participation.objects.current().filter(person=user, part=Participation.Part.SUPERVISOR)
    running = own.filter(
        Q(arrangement__ended_on__isnull=True) | Q(arrangement__ended_on__gte=today()),
        arrangement__started_on__lte=today(),
    )
    arrangements = running.exclude(arrangement__structure=Arrangement.Structure.CO_REFLECTION)
    return Exists(
        Participation.objects.current()
        .filter(
            person=OuterRef(person),
            part__in=Participation.SUPPORTED,
            arrangement__in=arrangements.values("arrangement"),
        )
        .exclude(person=user)
    )


def manages_program_of(user: User, person: str = "pk") -> Exists:
    """People who hold a place now in a program that this person manages now."""
    programs = Management.objects.current().filter(person=user).values("program")
    return Exists(
        Place.objects.current().filter(person=OuterRef(person), program__in=programs).exclude(person=user)
    )


def people_whose_job_is_written_by(user: User) -> Any:
    """Everybody whose job description this person may write."""
    return User.objects.filter(line_manages(user) | Q(manages_program_of(user)))


def people_whose_job_is_read_by(user: User) -> Any:
    """Everybody but themself whose job description this person may read."""
    return User.objects.filter(line_manages(user) | Q(manages_program_of(user)) | Q(supervises(user)))


def line_manager_of(person: User) -> User | None:
    """Who is told of what is written about a person's work. None where nobody is named, or whoever was has left."""
    found = person.line_manager
    return found if found is not None and found.is_active and found.pk != person.pk else None
