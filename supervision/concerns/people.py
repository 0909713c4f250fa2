"""Who stands where: who supervises whom here now, and who can be turned to. Asked of the rows, never of a role."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from supervision.pages.prepared import prepared
from supervision.people.models import (
    Agency,
    Arrangement,
    Management,
    Participation,
    Standing,
    User,
    UserQuerySet,
)

AFTERWARDS = datetime.timedelta(days=90)  # in which somebody can still write about supervision that is over


def supervised_by(user: User) -> list[tuple[Arrangement, User]]:
    """Everybody whom this person supervises now, with the arrangement. In co-reflection nobody supervises (domain 2). One query."""
    found = {(row.arrangement_id, row.person_id): (row.arrangement, row.person) for row in _supervised(user)}
    return sorted(found.values(), key=lambda pair: (pair[1].name, str(pair[0].pk)))


@prepared
def _supervised(user: User) -> QuerySet[Participation]:
    leads = Participation.objects.current().filter(
        arrangement=OuterRef("arrangement"), person=user, part__in=Participation.LEADING
    )
    return (
        Participation.objects.current()
        .filter(
            Exists(leads),
            part__in=Participation.SUPPORTED,
            arrangement__in=Arrangement.objects.current().exclude(
                structure=Arrangement.Structure.CO_REFLECTION
            ),
        )
        .exclude(person=user)
        .select_related("arrangement__program", "person__line_manager")
    )


def can_sign_in(person: User) -> bool:
    """Whether somebody can read what waits for them here."""
    return User.objects.signed_up().filter(pk=person.pk).exists()


def supervision_of(user: User) -> list[Arrangement]:
    """Every supervision in which this person is supervised, or was until lately (AFTERWARDS), with its people."""
    return _supervision(user)


@prepared
def _supervision(user: User) -> QuerySet[Arrangement]:
    since = timezone.localdate() - AFTERWARDS
    own = Participation.objects.filter(
        _until(since), arrangement=OuterRef("pk"), person=user, part__in=Participation.SUPPORTED
    ).filter(joined_on__lte=timezone.localdate())
    rows = Arrangement.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=since), started_on__lte=timezone.localdate()
    ).exclude(structure=Arrangement.Structure.CO_REFLECTION)
    return rows.filter(Exists(own)).with_people().order_by("started_on", "pk")


def _until(day: datetime.date) -> Q:
    """For a query of participations: those that last, or lasted until this day or longer."""
    return Q(left_on__isnull=True) | Q(left_on__gte=day)


def leading(arrangement: Arrangement) -> set[object]:
    """The ids of those who supervise or facilitate there now, or are going to."""
    rows = _now_or_later(arrangement).filter(part__in=Participation.LEADING)
    return set(rows.values_list("person_id", flat=True))


def taking_part(arrangement: Arrangement) -> set[object]:
    """The ids of all who take part there now, are going to, or did lately: none of them hears of a colleague."""
    rows = Participation.objects.filter(_until(timezone.localdate() - AFTERWARDS), arrangement=arrangement)
    return set(rows.values_list("person_id", flat=True))


def _now_or_later(arrangement: Arrangement) -> QuerySet[Participation]:
    return Participation.objects.filter(_until(timezone.localdate()), arrangement=arrangement)


def named_instead(arrangement: Arrangement) -> User | None:
    """Who hears a concern where the line manager can't, as the agreement in force says. None where nobody is named."""
    return _named(arrangement, "hears_instead")


def named_to_turn_to(arrangement: Arrangement) -> User | None:
    """To whom the worker can turn when supervision is not working, as the agreement in force says."""
    return _named(arrangement, "turn_to")


def _named(arrangement: Arrangement, what: str) -> User | None:
    found = Standing.objects.filter(arrangement=arrangement).select_related(what).first()
    person: User | None = getattr(found, what) if found is not None else None
    return person if person is not None and can_sign_in(person) else None


def managers_of(arrangement: Arrangement, *, but: Iterable[object]) -> UserQuerySet:
    """The managers of its program who can sign in, without those."""
    managers = Management.objects.current().filter(program=arrangement.program_id).values("person")
    found: UserQuerySet = User.objects.signed_up().filter(Q(pk__in=managers)).exclude(pk__in=list(but))
    return found.order_by("name", "id")


def notice_days(arrangement: Arrangement) -> int:
    """Working days that the worker has: as the agreement in force says, otherwise the agency's (D 2.118; domain 3)."""
    agreed = (
        Standing.objects.filter(arrangement=arrangement, agreement_id__isnull=False)
        .values_list("concern_days", flat=True)
        .first()
    )
    if agreed is not None:
        return agreed
    return Agency.objects.values_list("concern_days", flat=True).first() or 1
