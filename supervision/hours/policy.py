"""Whose hours somebody may see: dates, minutes and signatures of the supervision that they are in, lead or manage (domain 8)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Arrangement, Participation, User
from supervision.records.errors import Denied


def arrangements_seen_of(user: User, person: User) -> QuerySet[Arrangement]:
    """The arrangements of `person` whose log facts `user` may read: those of programs `user` manages now, those that
    `user` leads now, and all of them for the person themself. Administrators read none (domain 8)."""
    supported = Participation.objects.filter(
        arrangement=OuterRef("pk"), person=person, part__in=Participation.SUPPORTED
    )
    leads = Participation.objects.current().filter(
        arrangement=OuterRef("pk"), person=user, part__in=Participation.LEADING
    )
    managed = Arrangement.objects.managed_by(user).filter(pk=OuterRef("pk"))
    scope = Arrangement.objects.filter(Exists(supported))
    if user.pk == person.pk:
        return scope
    return scope.filter(Exists(managed) | Exists(leads))


NOT_SEEN = _("Dates and signatures of supervision are seen by the people in it and by their program manager.")


def check_can_see(user: User, person: User) -> None:
    """Whether any of their supervision is such. Raises Denied."""
    if user.pk != person.pk and not arrangements_seen_of(user, person).exists():
        raise Denied(str(NOT_SEEN))
