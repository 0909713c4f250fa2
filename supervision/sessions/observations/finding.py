"""Observations that a person looks for: by the filter of their sessions, and by words that they may read (decision 15)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, When
from django.http import QueryDict
from django.utils import timezone

from supervision.pages.found import found_page
from supervision.pages.keyset import PARAMETER, Page, first_page, page_of
from supervision.pages.prepared import prepared
from supervision.people.models import User
from supervision.records import encryption
from supervision.records.models import Answer

from .. import search
from .models import Observation, ObservationAddendum

State = Observation.State
DAY_SHOWN = Case(
    When(open_offer__isnull=False, then=F("held_on")), default=F("day"), output_field=DateField()
)
WORDS = ("open_offer__content", "setting", "look_for", "reason", "strengths", "growth")


def page_of_own(
    user: User, params: QueryDict | dict[str, str], chosen: dict[str, Any], *, size: int = 25
) -> tuple[Page, dict[Any, str]]:
    """A page of a person's own, newest first, of those that are as `chosen` in the filter; and where words are looked for,
    what stands around them, by id. Raises BadCursor."""
    if not any(chosen.values()) and not params.get(PARAMETER):
        return first_page(_newest(user, size), params, size=size, date_field="day"), {}
    rows = _narrowed(_own(user), user, chosen)
    terms = search.terms_of(chosen.get("words") or "")
    if not terms:
        return page_of(rows.defer(*WORDS), params, size=size, date_field="day"), {}
    found: dict[Any, str] = {}

    def having(batch: list[Any]) -> list[Any]:
        found.update(_among(batch, user, terms))
        return [one for one in batch if one.pk in found]

    page = found_page(rows, params, having, size=size, date_field="day", at_once=search.AT_ONCE)
    return page, found


def _own(user: User) -> QuerySet[Observation]:
    rows = Observation.objects.visible_to(user).annotate(day_shown=DAY_SHOWN)
    return rows.select_related("supervisor", "worker", "open_offer").prefetch_related("open_offer__answers")


@prepared
def _newest(user: User, size: int) -> QuerySet[Observation]:
    return _own(user).defer(*WORDS).order_by("-day", "-id")[: size + 1]


def _narrowed(rows: Any, user: User, chosen: dict[str, Any]) -> Any:
    rows = _in_state(rows, user, chosen.get("state", ""))
    if chosen.get("who"):
        rows = rows.filter(Q(supervisor=chosen["who"]) | Q(worker=chosen["who"]))
    if chosen.get("structure"):
        rows = rows.filter(arrangement__structure=chosen["structure"])
    if chosen.get("since"):
        rows = rows.filter(day_shown__gte=chosen["since"])
    if chosen.get("until"):
        rows = rows.filter(day_shown__lte=chosen["until"])
    return rows


def _in_state(rows: Any, user: User, state: str) -> Any:
    """What the states of sessions mean for an observation."""
    answered = Exists(Answer.objects.filter(offer=OuterRef("open_offer"), person=user))
    offered = Q(state=State.HELD, open_offer__isnull=False, sealed_at__isnull=True)
    over = Q(state=State.AGREED, day__lte=timezone.localdate())
    chosen = {
        "planned": Q(state__in=[State.PROPOSED, State.AGREED]),
        "writing": Q(supervisor=user) & (Q(state=State.HELD, open_offer__isnull=True) | over),
        "sign": offered & ~answered,
        "others": offered & answered,
        "signed": Q(sealed_at__isnull=False),
        "not_held": Q(state__in=[State.DECLINED, State.WITHDRAWN]),
    }
    return rows.filter(chosen[state]) if state in chosen else rows


def _among(rows: Sequence[Observation], user: User, terms: Sequence[str]) -> dict[Any, str]:
    """Those in which every term occurs, by id, with the words around one of them. Two queries."""
    addenda = list(ObservationAddendum.objects.filter(observation__in=rows))
    offers = [one.open_offer for one in rows if one.open_offer is not None]
    encryption.unlock(rows, addenda, offers)
    words: dict[Any, list[str]] = {one.pk: list(_said_in(one, user)) for one in rows}
    for addendum in addenda:
        words[addendum.observation_id] += [addendum.reason, addendum.text]
    return search.having(words, terms)


def _said_in(one: Observation, user: User) -> Iterator[str]:
    """Of what is being written up the worker has the plan; the rest is the supervisor's alone."""
    if one.open_offer is not None:
        yield from search.signed_words(one.open_offer)
        return
    yield from (one.setting, one.look_for, one.reason)
    if one.supervisor_id == user.pk:
        yield from (one.strengths, one.growth)
