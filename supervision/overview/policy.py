"""Who may open which page about other people's supervision. Every check raises a refusal in words for the person."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from supervision.people import policy as people
from supervision.people.models import Arrangement, Participation, User
from supervision.records.errors import Denied


def check_can_see_programs(user: User) -> None:
    """The overview and the activity log are for whoever manages a program now."""
    people.check_manages(user)


def check_can_see_people(user: User) -> None:
    """The list of one's own people is for whoever supervises."""
    if not user.roles.supervisor:
        raise Denied(_("This page is for the people who supervise."))


def check_can_see_administration(user: User) -> None:
    if not user.is_administrator:
        raise Denied(_("This page is for administrators."))


def arrangements_seen_of(user: User, person: User) -> QuerySet[Arrangement]:
    """The arrangements of `person` whose log facts `user` may read: those of programs `user` manages now, those that
    `user` leads now, and all of them for the person themself. Administrators read none (domain 8)."""
    supported = Participation.objects.filter(
        arrangement=OuterRef("pk"), person=person, part__in=Participation.SUPPORTED
    )
    leads = Participation.objects.current().filter(
        arrangement=OuterRef("pk"), person=user, part__in=Participation.LEADING
    )
    managed = Arrangement.objects.managed_by(user).values("pk")
    scope = Arrangement.objects.filter(Exists(supported))
    if user.pk == person.pk:
        return scope
    return scope.filter(Q(pk__in=managed) | Exists(leads))


def check_can_see_worker(arrangements: list[Arrangement]) -> None:
    """Whether there is anything that the reader may see, from what `arrangements_seen_of` found. Raises Denied.

    Outsiders never come here: for them the person does not exist (`User.visible_to`).
    """
    if not arrangements:
        raise Denied(
            _(
                "Dates and signatures of supervision are seen by the people in it and by their program manager."
            )
        )
