"""Versions of an agreement that are being written or signed, as far as the home pages speak of them. No words are decrypted."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from agreements import conversation
from agreements.models import Agreement, AgreementParty, Clause, Turn
from supervision.pages.prepared import prepared
from supervision.people.models import Participation, User
from supervision.records.encryption import Ciphertext
from supervision.records.models import OfferClosed

from .pieces import Pair

_VERSION = (
    "pk",
    "arrangement_id",
    "open_offer_id",
    "started_at",
    "started_by_id",
    "starts_on",
    "review_on",
    "people_differ",
)
_CLAUSE = ("pk", "key", "position", "title", "required", "version", "kept")
_TURN = ("pk", "number", "kind", "by_id", "at", "clause_version")
_COLUMNS = (
    *_VERSION,
    *(f"clauses__{name}" for name in _CLAUSE),
    "has_words",
    *(f"clauses__turns__{name}" for name in _TURN),
    "clauses__turns__answers__by_id",
    "clauses__turns__by__name",
    "clauses__turns__by__preferred_name",
)


@dataclass(frozen=True)
class Suggested:
    """A change that waits for an answer: of which part, and from whom."""

    number: int
    title: str
    by_id: uuid.UUID
    by_name: str


@dataclass(frozen=True)
class GivenBack:
    """That it was on offer and came back: how, and by whom."""

    why: str
    by_id: uuid.UUID
    by_name: str
    at: datetime.datetime


@dataclass
class Version:
    """One open version. `is_agreed`: nothing is left to do but to send it, as far as can be told without its words."""

    pk: uuid.UUID
    arrangement_id: uuid.UUID
    open_offer_id: uuid.UUID | None
    started_at: datetime.datetime
    started_by_id: uuid.UUID
    suggested: list[Suggested] = field(default_factory=list)
    is_agreed: bool = False
    people_differ: bool = False  # somebody joined or left since it was started
    given_back: GivenBack | None = None  # until somebody goes on with it

    def to_answer(self, user: User) -> list[Suggested]:
        """What others suggest, in the order of the parts."""
        return [one for one in self.suggested if one.by_id != user.pk]


def open_versions(user: User, pairs: Mapping[uuid.UUID, Pair]) -> dict[uuid.UUID, Version]:
    """The versions that are being written or signed in these arrangements, by arrangement. One query, and one more
    when there are drafts."""
    rows = _open_versions(user, sorted(pairs))
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row["pk"])]
    closed = _closed([group[0]["pk"] for group in groups if not group[0]["open_offer_id"]])
    found = {}
    for group in groups:
        version = _version(group, pairs)
        version.given_back = _given_back(group, closed.get(version.pk))
        found[version.arrangement_id] = version
    return found


@prepared
def _open_versions(user: User, arrangements: list[uuid.UUID]) -> QuerySet[Agreement, dict[str, Any]]:
    visible = Agreement.objects.visible_to(user).open().filter(arrangement__in=arrangements)
    return (
        Agreement.objects.filter(pk__in=visible.values("pk"))
        .annotate(people_differ=_people_differ(), has_words=_has_words())
        .order_by("pk", "clauses__position", "clauses__turns__number")
        .values(*_COLUMNS)
    )


def _closed(drafts: Sequence[uuid.UUID]) -> dict[uuid.UUID, GivenBack]:
    """How the newest offer of each of these came back, if it was ever on offer. One query, or none without drafts."""
    if not drafts:
        return {}
    rows = OfferClosed.objects.filter(
        offer__record_label=Agreement._meta.label_lower, offer__record_id__in=drafts
    ).select_related("by")
    return {
        row.record_id: GivenBack(row.why, row.by_id, row.by.called, row.closed_at)
        for row in rows.defer("reason").order_by("offer__number")
    }


def _given_back(rows: Iterable[dict[str, Any]], closed: GivenBack | None) -> GivenBack | None:
    """It counts until something is said of a part; that one was kept for the next session is no answer yet."""
    if closed is None:
        return None
    said = (row["clauses__turns__at"] for row in rows if row["clauses__turns__kind"] != Turn.Kind.PARKED)
    return None if any(at is not None and at > closed.at for at in said) else closed


def _people_differ() -> Q:
    """Whether somebody joined or left the arrangement since the version was started."""
    now = Participation.objects.current().filter(arrangement=OuterRef("arrangement"))
    named = AgreementParty.objects.filter(agreement=OuterRef("pk"))
    joined = now.exclude(
        person__in=AgreementParty.objects.filter(agreement=OuterRef(OuterRef("pk"))).values("person")
    )
    left = named.exclude(
        person__in=Participation.objects.current()
        .filter(arrangement=OuterRef(OuterRef("arrangement")))
        .values("person")
    )
    return Q(Exists(joined)) | Q(Exists(left))


def _has_words() -> Case:
    """Whether a part says anything, told from the length of what is stored."""
    empty = When(clauses__text=Ciphertext(b""), then=Value(False))
    return Case(empty, default=Value(True), output_field=BooleanField())


def _version(rows: Sequence[dict[str, Any]], pairs: Mapping[uuid.UUID, Pair]) -> Version:
    first = rows[0]
    pair = pairs[first["arrangement_id"]]
    clauses, turns = _clauses(rows), _turns(rows)
    states = conversation.states(clauses, turns, kept_by=pair.signed_newest)
    return Version(
        pk=first["pk"],
        arrangement_id=first["arrangement_id"],
        open_offer_id=first["open_offer_id"],
        started_at=first["started_at"],
        started_by_id=first["started_by_id"],
        suggested=_suggested(clauses, states, rows),
        is_agreed=_is_agreed(first, clauses, states, pair),
        people_differ=first["people_differ"],
    )


def _clauses(rows: Iterable[dict[str, Any]]) -> list[Clause]:
    """The parts, in order, with a dash in the place of their words."""
    found: dict[Any, Clause] = {}
    for row in rows:
        if row["clauses__pk"] is not None and row["clauses__pk"] not in found:
            values = {name: row[f"clauses__{name}"] for name in _CLAUSE}
            found[row["clauses__pk"]] = Clause(**values, text="–" if row["has_words"] else "")
    return list(found.values())


def _turns(rows: Iterable[dict[str, Any]]) -> list[Turn]:
    """What was said of each part, in order: who and what, never the words."""
    found = []
    for row in rows:
        if row["clauses__turns__pk"] is None:
            continue
        turn = Turn(**{name: row[f"clauses__turns__{name}"] for name in _TURN}, clause_id=row["clauses__pk"])
        if row["clauses__turns__answers__by_id"] is not None:
            turn.answers = Turn(by_id=row["clauses__turns__answers__by_id"])
        found.append(turn)
    return found


def _suggested(
    clauses: Sequence[Clause], states: Mapping[Any, conversation.State], rows: Iterable[dict[str, Any]]
) -> list[Suggested]:
    names = {
        row["clauses__turns__by_id"]: User(
            name=row["clauses__turns__by__name"], preferred_name=row["clauses__turns__by__preferred_name"]
        ).called
        for row in rows
        if row["clauses__turns__by_id"] is not None
    }
    found = []
    for number, clause in enumerate(clauses, start=1):
        waits = states[clause.pk].suggestion
        if waits is not None:
            found.append(Suggested(number, clause.title, waits.by_id, names[waits.by_id]))
    return found


def _is_agreed(
    version: dict[str, Any],
    clauses: Sequence[Clause],
    states: Mapping[Any, conversation.State],
    pair: Pair,
) -> bool:
    review_on = version["review_on"]
    if not clauses or version["people_differ"] or review_on is None:
        return False
    if review_on <= max(version["starts_on"], timezone.localdate()):
        return False
    return not conversation.unsettled(clauses, dict(states), pair.circle)
