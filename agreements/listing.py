"""The list of a person's agreements: what waits for them first."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.pages.prepared import prepared
from supervision.people.models import Arrangement, Participation, User
from supervision.records.models import Answer, OfferParty

from . import stands
from .models import Agreement

EARLIER_SHOWN = 50


@dataclass
class Row:
    """One arrangement in the list of agreements."""

    arrangement: Arrangement
    names: str
    structure: str
    current: bool
    may_start: bool = False
    tag: str = ""
    kind: str = ""
    sentence: str = ""
    url: str = ""
    label: str = ""
    also: str = ""
    left_on: datetime.date | None = None

    @property
    def order(self) -> int:
        """What needs the reader comes first, then what is being written, then the rest."""
        return 0 if self.kind == "wait" else 1 if self.may_start or self.kind != "done" else 2


def rows_for(viewer: User) -> list[Row]:
    """Every arrangement the reader takes or took part in, with where its agreement stands. Four queries."""
    day = timezone.localdate()
    arrangements = _arrangements(viewer)
    versions: dict[Any, list[Agreement]] = {}
    for version in _versions(viewer, [one.pk for one in arrangements]):
        versions.setdefault(version.arrangement_id, []).append(version)
    waiting = _waiting([one for group in versions.values() for one in group if one.is_offered])
    found = [_row(one, versions.get(one.pk, []), waiting, viewer, day) for one in arrangements]
    kept = sorted((row for row in found if row.current), key=lambda row: row.order)
    return kept + [row for row in found if not row.current and row.url][:EARLIER_SHOWN]


@prepared
def _arrangements(viewer: User) -> QuerySet[Arrangement]:
    people = Prefetch("participations", Participation.objects.select_related("person"))
    mine = Arrangement.objects.of(viewer).select_related("program").prefetch_related(people)
    return mine.order_by("-started_on", "id")


@prepared
def _versions(viewer: User, arrangements: list[uuid.UUID]) -> QuerySet[Agreement]:
    visible = Agreement.objects.visible_to(viewer).filter(arrangement__in=arrangements)
    return visible.select_related("ending").order_by("-number")


def _waiting(offered: list[Agreement]) -> dict[Any, dict[Any, str]]:
    """Who has still to sign each open offer: by offer, then by person, their names."""
    if not offered:
        return {}
    answered = Answer.objects.filter(offer=OuterRef("offer"), person=OuterRef("person"))
    open_ones = OfferParty.objects.filter(offer__in=[one.open_offer_id for one in offered]).filter(
        ~Exists(answered)
    )
    found: dict[Any, dict[Any, str]] = {}
    for offer, person, name in open_ones.values_list("offer_id", "person_id", "person__name"):
        found.setdefault(offer, {})[person] = name
    return found


def _row(
    arrangement: Arrangement,
    versions: list[Agreement],
    waiting: dict[Any, dict[Any, str]],
    viewer: User,
    day: datetime.date,
) -> Row:
    now = [p for p in arrangement.participations.all() if _is_current(p, day)]
    people = now if any(p.person_id == viewer.pk for p in now) else list(arrangement.participations.all())
    names = {p.person_id: p.person.name for p in people if p.person_id != viewer.pk}
    running = arrangement.ended_on is None or arrangement.ended_on >= day
    row = Row(
        arrangement=arrangement,
        names=words.join_names(names.values()),
        structure=str(arrangement.get_structure_display()),
        current=running and people is now,
        left_on=None if people is now else _last_day(viewer, arrangement),
    )
    _say_where_it_stands(row, versions, waiting, viewer, day)
    return row


def _last_day(viewer: User, arrangement: Arrangement) -> datetime.date | None:
    mine = (p.left_on for p in arrangement.participations.all() if p.person_id == viewer.pk)
    return max((day for day in mine if day is not None), default=None)


def _is_current(participation: Participation, day: datetime.date) -> bool:
    return participation.joined_on <= day and (participation.left_on is None or participation.left_on >= day)


def _say_where_it_stands(
    row: Row, versions: list[Agreement], waiting: dict[Any, dict[Any, str]], viewer: User, day: datetime.date
) -> None:
    open_one = next((one for one in versions if not one.is_sealed), None)
    signed = [one for one in versions if one.is_sealed]
    if open_one is not None:
        _say_open(row, open_one, waiting.get(open_one.open_offer_id, {}), viewer)
        if signed and stands.standing_of(signed[0], versions, row.arrangement, day).in_force:
            row.also = _("Until then version %(number)d holds.") % {"number": signed[0].number}
    elif signed:
        where = stands.standing_of(signed[0], versions, row.arrangement, day, left_on=row.left_on)
        row.tag, row.kind, row.sentence = where.tag, where.kind, where.sentence
        row.also = _until_it_begins(row, signed, versions, day) if row.current and not where.in_force else ""
        row.url = reverse("agreements:detail", args=[signed[0].pk])
        row.label = _("Read your agreement with %(names)s") % {"names": row.names}
    elif row.arrangement.structure == Arrangement.Structure.CO_REFLECTION:
        row.sentence = _("Co-reflection is among equals and needs no agreement.")
    elif row.current:
        row.may_start, row.tag = True, _("None yet")
        row.sentence = _("No agreement yet. It is written together within the first two or three sessions.")


def _until_it_begins(row: Row, signed: list[Agreement], versions: list[Agreement], day: datetime.date) -> str:
    """Which version holds while the newest has not begun."""
    for one in signed[1:]:
        if stands.standing_of(one, versions, row.arrangement, day).in_force:
            return _("Until then version %(number)d holds.") % {"number": one.number}
    return ""


def _say_open(row: Row, agreement: Agreement, waiting: dict[Any, str], viewer: User) -> None:
    row.url = reverse("agreements:detail", args=[agreement.pk])
    if not agreement.is_offered:
        row.tag, row.label = _("Being written"), _("Go on writing with %(names)s") % {"names": row.names}
        row.sentence = _("Version %(number)d, started on %(day)s.") % {
            "number": agreement.number,
            "day": words.day(agreement.started_at),
        }
    elif viewer.pk in waiting:
        row.tag, row.kind = _("Your signature"), "wait"
        row.label = _("Read and sign your agreement with %(names)s") % {"names": row.names}
        row.url = reverse("agreements:sign", args=[agreement.pk])
        row.sentence = _("Version %(number)d is ready for you to read and sign.") % {
            "number": agreement.number
        }
    else:
        row.tag, row.label = (
            _("With others to sign"),
            _("Read your agreement with %(names)s") % {"names": row.names},
        )
        row.sentence = _("Waiting for %(names)s to sign.") % {"names": words.join_names(waiting.values())}
