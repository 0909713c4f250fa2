"""What has to be known of somebody to measure them by some rules, so that nothing else is read. Pure functions."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .expectation import DAY
from .rules import Per, Rules

REACH = {Per.WEEK: 6, Per.MONTH: 30}  # how many days before its last one a week or month begins


@dataclass(frozen=True)
class Needed:
    """Which facts are looked at. Whatever is not asked about may stay unread, and nothing comes out differently.

    `since` is the first day of the meetings; None for all that ever were.
    """

    since: datetime.date | None = None
    company: bool = True  # with how many others, and led by whom
    held: bool = True  # credentials, of the person and of whoever supervised
    training: bool = True  # of whoever supervised
    caseloads: bool = True  # whom else they supervised
    rhythm: bool = True  # what was agreed on how often to meet
    agreements: bool = True  # since when one holds for the person, and how many meetings were before
    observed: bool = True


EVERYTHING = Needed()


def needed_for(asked: Iterable[tuple[Rules, datetime.date]], first: datetime.date) -> Needed:
    """For rules that apply from a day on, and for all meetings from the day `first` on, with who was there."""
    there = list(asked)
    rules = [one for one, _first in there]
    return Needed(
        since=_since(there, first),
        held=any(one.supervisor.credentials or _while_holding(one) for one in rules),
        training=any(one.supervisor.training_hours for one in rules),
        caseloads=any(one.most_workers for one in rules),
        rhythm=any(one.rhythm for one in rules),
        agreements=any(one.agreement_by for one in rules),
        observed=any(one.observed_every for one in rules),
    )


def reach(rules: Rules) -> int:
    """How many days before a day one has to know the meetings to measure what ends on it, beside totals and what is agreed."""
    amounts = [REACH.get(amount.per, amount.days) for amount in rules.amounts]
    weeks = [REACH[Per.WEEK]] if rules.rhythm else []
    return max([*amounts, *weeks, *(REACH[share.per] for share in rules.shares)], default=0)


def _since(asked: Sequence[tuple[Rules, datetime.date]], first: datetime.date) -> datetime.date | None:
    if any(rules.total is not None for rules, _first in asked):
        return None  # counted from the first meeting of all
    return min([first, *(begin - reach(rules) * DAY for rules, begin in asked)])


def _while_holding(rules: Rules) -> bool:
    return any(amount.while_holding for amount in rules.amounts)
