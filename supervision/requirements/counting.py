"""Which meetings count by a set of rules, and why the others do not. Pure functions over plain facts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from .expectation import Span
from .rules import Kind, Qualified, Rules


@dataclass(frozen=True)
class Held:
    """A credential, from the day it was issued until it expires, both included. No first day means since ever."""

    name: str
    first: datetime.date | None = None
    last: datetime.date | None = None

    def holds(self, day: datetime.date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Trained:
    """Hours of training in supervision, on a day."""

    day: datetime.date
    hours: float


@dataclass(frozen=True)
class Supervisor:
    """Who supervised: what they held and learned when, and whom they supervise from when until when, the person included."""

    name: str
    credentials: tuple[Held, ...] = ()
    training: tuple[Trained, ...] = ()
    supervises: tuple[Span, ...] = ()
    person: str = ""  # their id: two people may be called the same


@dataclass(frozen=True)
class Meeting:
    """The person was there for so many minutes. `people` is how many supervisees were; `signed_on` the day of the last signature."""

    day: datetime.date
    minutes: int
    modality: str = "in_person"
    people: int = 1
    equals: bool = False  # a co-reflection: nobody supervised
    supervisors: tuple[Supervisor, ...] = ()
    signed_on: datetime.date | None = None
    arrangement: str = ""

    @property
    def individual(self) -> bool:
        return self.people == 1 and not self.equals


def why_not(meeting: Meeting, rules: Rules, as_of: datetime.date) -> str:
    """Why a meeting does not count, as known on a day, in one sentence; nothing if it counts. The first reason is given."""
    if meeting.equals and not rules.co_reflection:
        return gettext("Nobody supervised: a meeting of equals does not count here.")
    if rules.modalities and meeting.modality not in rules.modalities:
        return gettext("Held by %(how)s, which does not count here.") % {"how": name_of(meeting.modality)}
    if rules.largest_group and meeting.people > rules.largest_group:
        return gettext("%(people)s were there; a group of at most %(most)s counts.") % {
            "people": meeting.people,
            "most": rules.largest_group,
        }
    if not meeting.equals and not any(
        qualified(one, rules.supervisor, meeting.day) for one in meeting.supervisors
    ):
        return _not_qualified(meeting, rules.supervisor)
    if rules.signed and (meeting.signed_on is None or meeting.signed_on > as_of):
        return gettext("Not signed by everybody yet.")
    return ""


def counted(meetings: Iterable[Meeting], rules: Rules, as_of: datetime.date) -> list[Meeting]:
    """Those that count, as known on a day."""
    return [meeting for meeting in meetings if not why_not(meeting, rules, as_of)]


def of_kind(meetings: Iterable[Meeting], kind: Kind) -> list[Meeting]:
    """Of these, the ones that are meant."""
    return [
        meeting
        for meeting in meetings
        if (not kind.modalities or meeting.modality in kind.modalities)
        and (not kind.individual or meeting.individual)
    ]


def qualified(supervisor: Supervisor, asked: Qualified, day: datetime.date) -> bool:
    """Whether somebody might supervise on a day."""
    return not lacks(supervisor, asked, day)


def lacks(supervisor: Supervisor, asked: Qualified, day: datetime.date) -> str:
    """What somebody was missing to supervise on a day, or nothing."""
    if asked.credentials and not holds_one_of(supervisor.credentials, asked.credentials, day):
        return gettext("the credential that is asked for")
    if sum(one.hours for one in supervisor.training if one.day <= day) < asked.training_hours:
        return ngettext("%(n)s hour of training", "%(n)s hours of training", asked.training_hours) % {
            "n": asked.training_hours
        }
    return ""


def holds_one_of(held: Iterable[Held], names: Iterable[str], day: datetime.date) -> bool:
    """Whether one of these credentials is held on a day, however it is written, small or large."""
    wanted = {name.casefold() for name in names}
    return any(one.name.casefold() in wanted and one.holds(day) for one in held)


def _not_qualified(meeting: Meeting, asked: Qualified) -> str:
    if not meeting.supervisors:
        return gettext("Nobody who supervises was there.")
    first = meeting.supervisors[0]
    return gettext("%(name)s did not have %(what)s on %(day)s.") % {
        "name": first.name,
        "what": lacks(first, asked, meeting.day),
        "day": date_format(meeting.day, "F j"),
    }


def minutes_of(meetings: Sequence[Meeting]) -> int:
    return sum(meeting.minutes for meeting in meetings)


def name_of(modality: str) -> str:
    """How people met, in words, for the middle of a sentence."""
    names = {"in_person": gettext("meeting in person"), "video": gettext("video"), "phone": gettext("phone")}
    return names.get(modality, modality)
