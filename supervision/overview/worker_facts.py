"""One person's supervision in log facts: sessions, hours against what was agreed, agreements. Never words.

Columns that hold words are not loaded at all, so that no template can show them.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from agreements.models import Agreement, AgreementParty
from supervision.hours.facts import against_agreements, places_in
from supervision.hours.policy import arrangements_seen_of
from supervision.pages import keyset, words
from supervision.pages.prepared import prepared
from supervision.people.models import Arrangement, Participation, User
from supervision.records.models import Seal
from supervision.requirements import expectation
from supervision.requirements.expectation import DAY
from supervision.requirements.strip import WEEKS, last_mondays
from supervision.sessions.models import Attendee, Observation, Session

from . import holding, reviews
from .links import address, addresses

SIZE = 20
FACTS = (
    "id",
    "arrangement_id",
    "state",
    "structure",
    "focus",
    "starts_at",
    "minutes",
    "time_zone",
    "modality",
    "was_planned",
    "ad_hoc",
    "purposes",
    "methods",
    "state_why",
    "open_offer_id",
    "sealed_at",
)


@dataclass(frozen=True)
class SessionFacts:
    """What the list says of one session."""

    url: str
    day: str
    became: str
    remarks: list[str]  # who called it off; that it was not planned
    modality: str
    setting: str
    purposes: str
    methods: str
    signed: str
    signed_kind: str


def arrangements_of(viewer: User, person: User) -> list[Arrangement]:
    """Those of a person whose log facts the viewer may read, newest first. One query."""
    return _arrangements(viewer, person)


@prepared
def _arrangements(viewer: User, person: User) -> QuerySet[Arrangement]:
    rows = arrangements_seen_of(viewer, person).select_related("program")
    return rows.only("structure", "program__name").order_by("-started_on", "id")


def sessions_page(viewer: User, person: User, scope: Sequence[uuid.UUID], params: QueryDict) -> keyset.Page:
    """Past and planned sessions of a person in these arrangements, newest first, as SessionFacts. One query. Raises BadCursor."""

    def read(place: keyset.Place | None) -> list[Session]:
        at = (place.date, place.id, place.newer) if place else (None, None, False)
        return _sessions(viewer, person, list(scope), *at)

    page = keyset.page_read(read, Session, params, size=SIZE, date_field="starts_at")
    names, address_of = _Names(), addresses("sessions:facts")
    return keyset.Page([_facts(row, names, address_of(row.pk)) for row in page.items], page.older, page.newer)


@prepared
def _sessions(
    viewer: User,
    person: User,
    scope: list[uuid.UUID],
    at: datetime.datetime | None,
    key: uuid.UUID | None,
    newer: bool,
) -> QuerySet[Session]:
    there = Attendee.objects.filter(session=OuterRef("pk"), person=person)
    seals = Seal.objects.filter(record_label=Session._meta.label_lower, record_id=OuterRef("pk"))
    seen = Session.objects.facts_visible_to(viewer).filter(Exists(there), arrangement__in=scope)
    place = None if at is None else keyset.Place(at, key, newer)
    nearest = keyset.nearest(seen, place, "starts_at")[: SIZE + 1]
    sign = "" if newer else "-"
    # What is said of each is asked of those of this page alone.
    return (
        Session.objects.filter(pk__in=nearest.values("pk"))
        .order_by(f"{sign}starts_at", f"{sign}id")
        .annotate(
            was_there=Subquery(there.values("attended")[:1]),
            own_minutes=Subquery(there.values("minutes")[:1]),
            sealed_how=Subquery(seals.values("how")[:1]),
            called_off_by=Subquery(User.objects.filter(pk=OuterRef("state_by")).values("name")[:1]),
        )
        .only(*FACTS)
    )


class _Names(dict[str, dict[str, str]]):
    """What the fixed lists of sessions call their choices, by field. Translated once for all rows."""

    def __missing__(self, name: str) -> dict[str, str]:
        choices = {"purposes": Session.PURPOSES, "methods": Session.METHODS}
        field: Any = Session._meta.get_field(name)
        listed = choices.get(name) or field.flatchoices
        self[name] = {key: str(label) for key, label in listed}
        return self[name]


def _facts(row: Any, names: _Names, url: str) -> SessionFacts:
    """What a draft says is not in the log before the record is sent: until then the plan is, where there was one."""
    held = row.state == Session.State.HELD
    signed, kind = _signed(row) if held else ("", "")
    is_known = held and not row.is_draft
    setting = [names["structure"][row.structure], names["focus"].get(row.focus, "") if is_known else ""]
    not_planned = gettext("Not planned beforehand") if is_known and row.ad_hoc else ""
    return SessionFacts(
        url=url,
        day=words.short_day(row.starts_at),
        became=_became(row, names),
        remarks=[text for text in (_called_off(row, names), not_planned) if text],
        modality=names["modality"].get(row.modality, "") if row.is_known else "",
        setting=", ".join(filter(None, setting)),
        purposes=_labels(row.purposes, names["purposes"]) if is_known else "",
        methods=_labels(row.methods, names["methods"]) if is_known else "",
        signed=signed,
        signed_kind=kind,
    )


def _became(row: Any, names: _Names) -> str:
    """How long it was for them, or its state."""
    if row.state != Session.State.HELD:
        return names["state"][row.state]
    if not (row.was_there or row.is_draft):
        return gettext("Held, not there")
    own = row.own_minutes if row.was_there and not row.is_draft else 0
    minutes = own or (row.minutes if row.is_known else 0)
    return words.minutes_words(minutes) if minutes else names["state"][row.state]


def _labels(keys: Sequence[str] | None, names: dict[str, str]) -> str:
    """In the order of the list."""
    return ", ".join(name for key, name in names.items() if key in (keys or ()))


def _called_off(row: Any, names: _Names) -> str:
    """Who cancelled or moved it, with the reason from the fixed list."""
    if row.state in (Session.State.PLANNED, Session.State.HELD):
        return ""
    parts = [str(row.called_off_by or ""), names["state_why"].get(row.state_why, "").lower()]
    return ", ".join(part for part in parts if part)


def _signed(row: Any) -> tuple[str, str]:
    if row.sealed_at is None:
        return (
            (gettext("Waiting for signatures"), "wait")
            if row.open_offer_id
            else (gettext("Not sent yet"), "")
        )
    if row.sealed_how == Seal.How.ALL_SIGNED:
        return gettext("Signed by everyone"), "done"
    return gettext("Closed without every signature"), ""


# Hours --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hours:
    """One arrangement, measured over the last twelve full weeks."""

    arrangement: Arrangement
    evaluation: expectation.Evaluation

    @property
    def sentence(self) -> str:
        """The last twelve full weeks in one or two sentences."""
        found = self.evaluation
        if not found.judged:
            return gettext("Nothing was expected in the last 12 full weeks.")
        total = gettext("%(attended)s of %(expected)s in the last 12 full weeks.") % {
            "attended": words.minutes_words(found.counted),
            "expected": words.minutes_words(found.expected),
        }
        return f"{total} {found.reason}"

    @property
    def caption(self) -> str:
        return gettext("Minutes attended, newest week first")

    @property
    def headings(self) -> list[str]:
        return [gettext("Week of"), gettext("Minutes"), gettext("Measured against the agreement")]

    @property
    def rows(self) -> list[list[str]]:
        return [
            [
                words.short_day(each.first),
                gettext("%(n)s of %(expected)s") % {"n": each.attended, "expected": each.expected}
                if each.expected
                else str(each.attended),
                _verdict(each),
            ]
            for each in reversed(self.evaluation.stretches)
        ]


def _verdict(stretch: expectation.Stretch) -> str:
    if not stretch.expected:
        return gettext("Nothing expected")
    said = gettext("Short") if stretch.short else gettext("Met")
    if stretch.unsigned:
        return gettext("%(said)s, %(n)s minutes not signed yet") % {"said": said, "n": stretch.unsigned}
    return said


def hours_of(person: User, arrangements: Sequence[Arrangement]) -> list[Hours]:
    """Hours of the last twelve full weeks against what was agreed, for each arrangement, measured as on the page of hours.

    Four queries, five where meetings were brought in.
    """
    mondays = last_mondays(timezone.localdate(), WEEKS)
    first, last = mondays[0], mondays[-1] + 6 * DAY
    places = places_in(person, [each.pk for each in arrangements], last)
    facts = against_agreements(places, last, since=first)
    nothing = expectation.Facts(())
    return [
        Hours(each, expectation.evaluate(facts.get(each.pk, nothing), first, last, default=None))
        for each in arrangements
    ]


# Agreements ----------------------------------------------------------------------------------------------------


def agreements_of(viewer: User, person: User, scope: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """Versions of a person's agreements in these arrangements: when signed, in force, when to look again. One query.

    Links to those that the viewer may read. The day of the next look of the one in force is that of its newest review.
    """
    return [_agreement(row, timezone.localdate()) for row in _versions(viewer, person, list(scope))]


@prepared
def _versions(viewer: User, person: User, scope: list[uuid.UUID]) -> QuerySet[Agreement]:
    return (
        Agreement.objects.known_to(viewer)
        .filter(arrangement__in=scope)
        .order_by("-started_at")
        .only("id", "number", "arrangement_id", "started_at", "starts_on", "sealed_at", "open_offer_id")
        .annotate(
            ended_on=Subquery(Agreement.objects.filter(pk=OuterRef("pk")).values("ending__ends_on")[:1]),
            in_force_id=F("arrangement__standing__agreement_id"),
            next_on=F("arrangement__standing__review_on"),
            is_group=Q(arrangement__structure=Arrangement.Structure.GROUP),
            signed_by_them=holding.version_signed_by(person),
            new_leader=_is_unnamed(part__in=Participation.LEADING),
            new_person=_is_unnamed(),
        )
    )


def _is_unnamed(**part: Any) -> Exists:
    """For a query of agreements: whether somebody who takes part now, in such a part, is not named in it."""
    named = AgreementParty.objects.filter(agreement=OuterRef(OuterRef("pk"))).values("person")
    now = Participation.objects.current().filter(arrangement=OuterRef("arrangement"), **part)
    return Exists(now.exclude(person__in=named))


def _agreement(row: Any, today: datetime.date) -> dict[str, Any]:
    current = row.pk == row.in_force_id
    next_on = row.next_on if current else None
    return {
        "number": row.number,
        "url": address("agreements:detail", row.pk) if row.sealed_at or row.is_party else "",
        "state": _agreement_state(row, current, today),
        "signed_on": row.sealed_at,
        "review_on": next_on,
        "review": reviews.said_to_managers(next_on, today),
    }


def _agreement_state(row: Any, current: bool, today: datetime.date) -> str:
    if row.sealed_at is None:
        return gettext("Waiting for signatures") if row.open_offer_id else gettext("Being written")
    if row.ended_on and row.ended_on <= today:
        return gettext("Ended %(day)s") % {"day": words.short_day(row.ended_on)}
    if not current:
        return gettext("Replaced") if row.in_force_from <= today else gettext("Begins later")
    if row.is_group and not row.signed_by_them:
        return gettext("In force, not signed by them yet")
    if row.new_leader:
        return gettext("In force. New version needed: supervisor changed")
    if row.new_person and not row.is_group:
        return gettext("In force. New version needed: somebody joined")
    return gettext("In force")


# Observations --------------------------------------------------------------------------------------------------


def observations_of(viewer: User, person: User, scope: Sequence[uuid.UUID]) -> str:
    """How many observations of this person's work took place since the weeks that hours are shown for began, and when, as
    far as the viewer may know of them. One query."""
    first = last_mondays(timezone.localdate(), WEEKS)[0]
    days = _observed_on(viewer, person, list(scope), first)
    if not days:
        return gettext("None since %(day)s.") % {"day": words.short_day(first)}
    said = ngettext("%(n)s since %(day)s: on %(days)s.", "%(n)s since %(day)s: on %(days)s.", len(days))
    listed = words.join_names(words.short_day(day) for day in days if day is not None)
    return said % {"n": len(days), "day": words.short_day(first), "days": listed}


@prepared
def _observed_on(
    viewer: User, person: User, scope: list[uuid.UUID], first: datetime.date
) -> QuerySet[Observation, datetime.date | None]:
    rows = Observation.objects.known_to(viewer).filter(
        worker=person, arrangement__in=scope, held_on__gte=first
    )
    return rows.order_by("held_on", "id").values_list("held_on", flat=True)
