"""Who could use a hand, and why: said from the standing of an arrangement alone. Pure functions over plain facts."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from supervision.pages import words
from supervision.requirements.expectation import Span
from supervision.sessions.standing import BY_SESSION

from . import reviews

HAND, SOON, TRACK, AWAY = "hand", "soon", "track", "away"
ORDER = (HAND, SOON, TRACK, AWAY)
LABELS: dict[str, str | Promise] = {
    HAND: _("Could use a hand"),
    SOON: _("Due soon"),
    TRACK: _("On track"),
    AWAY: _("Away"),
}
KINDS = {HAND: "wait", SOON: "", TRACK: "done", AWAY: ""}


class Standing(NamedTuple):
    """Where one person in one arrangement stands."""

    since: datetime.date
    last_met: datetime.date | None
    every_days: int
    held_without: int  # sessions held without an agreement that holds for them
    has_agreement: bool
    needs_agreement: bool
    is_to_join: bool  # a member of a group who has not signed its agreement in force
    new_people: str  # why a new version is asked for, if one is
    has_rhythm: bool  # whether they are expected to meet so and so often
    review_on: datetime.date | None
    oldest_unsigned: datetime.date | None  # the oldest held session whose time to sign is over
    away: Sequence[Span]


@dataclass(frozen=True)
class Need:
    """How it is right now: one of ORDER, and why. Of a long list few are shown, so the words are put together when they are read."""

    state: str
    why: Callable[[], str] = str

    @property
    def reason(self) -> str:
        """In a few words; empty where there is nothing to say."""
        return self.why()

    @property
    def label(self) -> str | Promise:
        return LABELS[self.state]

    @property
    def kind(self) -> str:
        return KINDS[self.state]

    @property
    def rank(self) -> int:
        return ORDER.index(self.state)


ON_TRACK = Need(TRACK)


def grace(every_days: int) -> int:
    """Days after the agreed rhythm before somebody could use a hand: three, or half of a longer rhythm."""
    return max(3, every_days // 2)


def need_of(standing: Standing, today: datetime.date) -> Need:
    """The most pressing thing, if there is one."""
    for span in standing.away:
        if span.holds(today):
            return Need(AWAY, partial(_until, span))
    return (
        _no_agreement(standing)
        or _not_met(standing, today)
        or _review_past(standing, today)
        or _unsigned(standing)
        or _soon(standing, today)
        or ON_TRACK
    )


def may_be_short(found: Need) -> bool:
    """Whether nothing more pressing was found than that somebody is short of an outside rule."""
    return found.state in {SOON, TRACK}


def _until(span: Span) -> str:
    return gettext("Until %(day)s") % {"day": words.short_day(span.last)} if span.last else ""


def _no_agreement(standing: Standing) -> Need | None:
    """The third session was held without one (domain 3)."""
    if standing.has_agreement or not standing.needs_agreement or standing.held_without < BY_SESSION:
        return None
    if standing.is_to_join:
        return Need(HAND, _to_join)
    return Need(HAND, lambda: gettext("%(n)s sessions held, no agreement yet") % {"n": standing.held_without})


def _to_join() -> str:
    return gettext("The group’s agreement is not signed by them yet")


def _not_met(standing: Standing, today: datetime.date) -> Need | None:
    if not standing.has_rhythm:
        return None
    start = standing.last_met or standing.since
    days, most = (today - start).days, standing.every_days + grace(standing.every_days)
    if days <= most or days_there(start, today, standing.away) <= most:
        return None
    return Need(HAND, partial(_days_since, days, have_met=standing.last_met is not None))


def _days_since(days: int, *, have_met: bool) -> str:
    if have_met:
        return ngettext("%(n)s day since they met", "%(n)s days since they met", days) % {"n": days}
    return ngettext("Not met yet, %(n)s day in", "Not met yet, %(n)s days in", days) % {"n": days}


def days_there(first: datetime.date, last: datetime.date, away: Sequence[Span]) -> int:
    """Days after `first` up to `last`, without those away."""
    away_days: set[int] = set()
    for span in away:
        begin = max(span.first, first + datetime.timedelta(days=1))
        end = min(span.last or last, last)
        away_days.update(range(begin.toordinal(), end.toordinal() + 1))
    return max((last - first).days - len(away_days), 0)


def _review_past(standing: Standing, today: datetime.date) -> Need | None:
    review = standing.review_on
    if review is None or review >= today:
        return None
    return Need(
        HAND, lambda: gettext("Agreement review overdue since %(day)s") % {"day": words.short_day(review)}
    )


def _unsigned(standing: Standing) -> Need | None:
    oldest = standing.oldest_unsigned
    if oldest is None:
        return None
    return Need(HAND, lambda: gettext("Record of %(day)s not signed yet") % {"day": words.short_day(oldest)})


def _soon(standing: Standing, today: datetime.date) -> Need | None:
    if standing.is_to_join:
        return Need(SOON, _to_join)
    if not standing.has_agreement and standing.needs_agreement:
        return Need(SOON, lambda: gettext("Agreement due by session %(n)s") % {"n": BY_SESSION})
    if standing.new_people:
        return Need(SOON, lambda: standing.new_people)
    review = standing.review_on
    if review and reviews.is_near(review, today):
        return Need(SOON, lambda: gettext("Agreement review by %(day)s") % {"day": words.short_day(review)})
    return None
