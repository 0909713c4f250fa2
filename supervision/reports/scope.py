"""What a report covers: which arrangements, and whom of the people who are supported in them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from supervision.hours.policy import arrangements_seen_of
from supervision.people.models import Arrangement, Participation, Place, Program, User

from .models import Report


def people_of(report: Report) -> set[uuid.UUID] | None:
    """The people that it is about; None where it is about everybody in what it covers."""
    if report.about_id is not None:
        return {report.about_id}
    return set(report.people.values_list("pk", flat=True)) or None


def arrangements_of(report: Report, people: Collection[uuid.UUID] | None) -> QuerySet[Arrangement]:
    """The arrangements of these programs that ran in the period; those of one supervisor, and those of these people, when asked.

    Of one person: those in which the reader may see their dates.
    """
    scope = Arrangement.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=report.first_day), started_on__lte=report.last_day
    )
    if report.about is not None:
        scope = scope.filter(pk__in=arrangements_seen_of(report.asked_by, report.about).values("pk"))
    else:
        scope = scope.filter(program__in=report.programs.all())
    if report.supervisor_id:
        leads = Participation.objects.filter(
            arrangement=OuterRef("pk"), person=report.supervisor_id, part__in=Participation.LEADING
        )
        scope = scope.filter(Exists(leads))
    if people is not None:
        supported = Participation.objects.filter(
            arrangement=OuterRef("pk"), person__in=people, part__in=Participation.SUPPORTED
        )
        scope = scope.filter(Exists(supported))
    return scope


def staff_of(report: Report, people: Collection[uuid.UUID] | None) -> QuerySet[User]:
    """Who has a place in these programs now, or takes part there in supervision: whose training and credentials its reader knows."""
    known = known_in(report.asked_by, report.programs.all())
    return known if people is None else known.filter(pk__in=people)


def known_in(manager: User, programs: Iterable[Program]) -> QuerySet[User]:
    """The people whom this manager can ask for who have a place in these programs now, or take part there in supervision."""
    placed = Place.objects.current().filter(person=OuterRef("pk"), program__in=programs)
    running = Arrangement.objects.current().filter(pk=OuterRef("arrangement"), program__in=programs)
    taking = Participation.objects.current().filter(Exists(running), person=OuterRef("pk"))
    return User.objects.managed_now_by(manager).filter(Exists(placed) | Exists(taking))


def moment(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
