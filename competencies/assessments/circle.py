"""Who may assess whose practice together: the one who is supervised and the one who supervises them, in an arrangement of now."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass

from supervision.people.models import Arrangement, Participation, User

from ..library.models import FrameworkVersion

Part, Structure, About = Participation.Part, Arrangement.Structure, FrameworkVersion.About


@dataclass(frozen=True)
class Pair:
    """Two people of one arrangement: the one whose practice it is, and the one who supervises them there."""

    arrangement: Arrangement
    person: User
    other: User

    @property
    def about(self) -> str:
        """Which frameworks describe this person here: in supervision of supervision, those for supervisors."""
        of_supervision = self.arrangement.structure == Structure.OF_SUPERVISION
        return About.SUPERVISOR if of_supervision else About.WORKER

    def partner_of(self, user: User) -> User:
        return self.other if user.pk == self.person.pk else self.person

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.arrangement.pk}.{self.person.pk}.{self.other.pk}"


def pairs(user: User) -> list[Pair]:
    """Everybody with whom this person can begin one now, on either side; by name. Two queries.

    Nobody leads in co-reflection, and a facilitator of a group does not supervise its members.
    """
    mine = list(
        Participation.objects.current()
        .filter(person=user, part__in=(Part.SUPERVISOR, Part.SUPERVISEE))
        .filter(arrangement__in=Arrangement.objects.current())
        .exclude(arrangement__structure=Structure.CO_REFLECTION)
        .select_related("arrangement__program")
    )
    others: dict[uuid.UUID, list[Participation]] = defaultdict(list)
    rows = Participation.objects.current().filter(
        arrangement__in=[row.arrangement_id for row in mine], person__is_active=True
    )
    for row in rows.exclude(person=user).select_related("person").order_by("person__name", "id"):
        others[row.arrangement_id].append(row)
    found = []
    for own in mine:
        for row in others[own.arrangement_id]:
            if own.part == Part.SUPERVISEE and row.part == Part.SUPERVISOR:
                found.append(Pair(own.arrangement, user, row.person))
            elif own.part == Part.SUPERVISOR and row.part == Part.SUPERVISEE:
                found.append(Pair(own.arrangement, row.person, user))
    return sorted(found, key=lambda pair: (pair.partner_of(user).name, pair.key))


def goes_on(person: User, other: User, arrangement: Arrangement) -> bool:
    """Whether one still supervises the other there."""
    rows = Participation.objects.current().filter(
        arrangement=arrangement, arrangement__in=Arrangement.objects.current()
    )
    return (
        rows.filter(person=person, part=Part.SUPERVISEE).exists()
        and rows.filter(person=other, part=Part.SUPERVISOR).exists()
    )


def frameworks_for(about: str, *sides: str) -> list[FrameworkVersion]:
    """The newest version of every framework for assessments that all these sides fill in. By title. One query."""
    newest = FrameworkVersion.objects.filter(framework__retired_on__isnull=True, about=about)
    found: dict[uuid.UUID, FrameworkVersion] = {}
    for version in newest.select_related("framework").defer("framework__draft").order_by("-number"):
        found.setdefault(version.framework_id, version)
    usable = [
        one
        for one in found.values()
        if {"informal", "formal"} & set(one.body.uses) and set(sides) <= set(one.body.described_by)
    ]
    return sorted(usable, key=lambda one: (one.title, str(one.pk)))
