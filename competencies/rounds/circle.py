"""Whom a round is asked of: who is supervised by somebody now, by today's arrangements and never by a role."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from supervision.people.models import (
    Arrangement,
    ArrangementQuerySet,
    Participation,
    ParticipationQuerySet,
    User,
    UserQuerySet,
)

Part = Participation.Part


def supervised_by(supervisor: User) -> UserQuerySet:
    """The people whom this person supervises now and who can sign in, by name. Whoever facilitates a group does not supervise,
    nor do peers in co-reflection."""
    return _across(supervisor, Part.SUPERVISOR, Part.SUPERVISEE).signed_up()


def supervisors_of(person: User) -> UserQuerySet:
    """Who supervises this person now, by name."""
    return _across(person, Part.SUPERVISEE, Part.SUPERVISOR)


def _across(person: User, own: Part, theirs: Part) -> UserQuerySet:
    """Who has the one part now in an arrangement in which this person has the other."""
    shared = _of_supervision().filter(
        Exists(_now().filter(arrangement=OuterRef("pk"), person=person, part=own))
    )
    part = _now().filter(person=OuterRef("pk"), part=theirs, arrangement__in=shared)
    found: UserQuerySet = User.objects.working().filter(Exists(part)).exclude(pk=person.pk)
    return found.order_by("name", "id")


def _now() -> ParticipationQuerySet:
    found: ParticipationQuerySet = Participation.objects.current()
    return found


def _of_supervision() -> ArrangementQuerySet:
    found: ArrangementQuerySet = Arrangement.objects.current()
    return found.exclude(structure=Arrangement.Structure.CO_REFLECTION)
