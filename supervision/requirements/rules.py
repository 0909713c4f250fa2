"""What an outside rule can ask of somebody's supervision (domain 9): which meetings count, and how much of them there must be.

Plain data, without any words of anybody's. A part that is left empty asks for nothing.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import StrEnum


class Per(StrEnum):
    """Over what something is measured: a week from Monday, a month of the calendar, or any so many days in a row."""

    WEEK = "week"
    MONTH = "month"
    DAYS = "days"


class Of(StrEnum):
    """What is measured."""

    MINUTES = "minutes"
    TIMES = "times"


@dataclass(frozen=True)
class Kind:
    """Which of the meetings that count are meant. Empty: all of them."""

    modalities: frozenset[str] = frozenset()
    individual: bool = False


@dataclass(frozen=True)
class Amount:
    """At least so many minutes, or so many meetings, in each week, month or stretch of `days` days."""

    least: int
    per: Per = Per.WEEK
    of: Of = Of.MINUTES
    days: int = 0
    kind: Kind = field(default_factory=Kind)
    while_holding: frozenset[str] = frozenset()  # asked only on days on which the person holds one of these


@dataclass(frozen=True)
class Share:
    """At least so many percent of the minutes that count in a week or month are one to one."""

    percent: int
    per: Per = Per.MONTH


@dataclass(frozen=True)
class Qualified:
    """Who may supervise: holds one of these credentials on the day, and has that many hours of training by then."""

    credentials: frozenset[str] = frozenset()  # as they are called, whatever the case
    training_hours: int = 0


@dataclass(frozen=True)
class Total:
    """Minutes toward a credential from a day on, of which so many percent at least one to one. `by` is a last day, if there is one."""

    minutes: int
    percent_individual: int = 0
    by: datetime.date | None = None


@dataclass(frozen=True)
class Rules:
    """One version of a set of requirements."""

    # Which meetings count.
    modalities: frozenset[str] = frozenset()
    largest_group: int = 0  # supervisees who were there
    co_reflection: bool = False  # whether meetings of equals count
    signed: bool = False  # only once everybody who was asked has signed the attendance
    supervisor: Qualified = field(default_factory=Qualified)
    # How much of them there must be.
    amounts: tuple[Amount, ...] = ()
    shares: tuple[Share, ...] = ()
    total: Total | None = None
    rhythm: bool = False  # as the agreement in force says; an hour a week where there is none (D 2.124)
    # What else there must be.
    agreement_by: int = 0  # from this meeting on, the first being 1, an agreement is in force
    observed_every: int = 0  # days
    most_workers: int = 0  # whom one supervisor supervises at a time

    @property
    def asks(self) -> bool:
        """Whether it asks for anything: which meetings count asks for nothing by itself."""
        much = (self.amounts, self.shares, self.total, self.rhythm)
        return any((*much, self.agreement_by, self.observed_every, self.most_workers))
