"""The rows of the log and its summary, for the person whose records they are."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from supervision.pages import keyset
from supervision.pages.cells import moment
from supervision.pages.prepared import prepared
from supervision.people import zones
from supervision.people.models import User
from supervision.records.models import OfferParty, Opening

from . import kinds
from .reasons import ACTIONS, SHOWN

SIZE = 30
NOT_SIGNED_IN = "file"  # instead of a person's id: whoever checked a file without an account

# Who (id and name; neither where they were not signed in), the kind of record, why, what they did, and how often.
Count = tuple[uuid.UUID | None, str | None, str, str, str, int]


@dataclass(frozen=True)
class Asked:
    """Which part of the log: both days included; `kind` is a label of kinds.CALLED, `by` a person's id or NOT_SIGNED_IN. Nothing
    given is all of it."""

    first: datetime.date | None = None
    last: datetime.date | None = None
    kind: str = ""
    by: str = ""
    record: uuid.UUID | None = None


ALL = Asked()


@dataclass(frozen=True)
class Row:
    """One opening, in words."""

    at: datetime.datetime
    who: str
    what: str
    url: str
    did: str
    why: str

    @property
    def cells(self) -> list[str]:
        """As a table shows it, below `Log.headings`."""
        what = format_html('<a href="{}">{}</a>', self.url, self.what) if self.url else self.what
        who = format_html("<span>{}<br><small>{}</small></span>", self.who, self.why)
        return [moment(self.at), who, what, self.did]


@dataclass(frozen=True)
class Line:
    """One line of the summary: somebody, as what, and how often they did what."""

    who: str
    why: str
    times: int
    did: str


@dataclass(frozen=True)
class Log:
    rows: list[Row]
    older: str
    newer: str
    summary: list[Line]
    total: int

    @property
    def headings(self) -> list[str]:
        return [gettext("When"), gettext("Who"), gettext("What"), gettext("Did what")]

    @property
    def cells(self) -> list[list[str]]:
        return [row.cells for row in self.rows]

    @property
    def summary_headings(self) -> list[str]:
        return [gettext("Who"), gettext("As what"), gettext("How often")]

    @property
    def summary_cells(self) -> list[list[str]]:
        return [[line.who, line.why, line.did] for line in self.summary]


class Book:
    """The log of one person. Which records are theirs is looked up once; every question after that costs the same however much
    there is."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def records(self) -> dict[uuid.UUID, str]:
        return kinds.records_of(self.user)

    @cached_property
    def opened(self) -> list[uuid.UUID]:
        return list(kinds.records_of(self.user, opened=True))

    def openings(self, asked: Asked = ALL) -> QuerySet[Opening]:
        """Openings of these records by others, without those of anybody who is party to the record (decision 12)."""
        found = _by_others(self.user, self._ids(asked.record))
        if asked.first is not None:
            found = found.filter(at__gte=zones.begin_of(asked.first))
        if asked.last is not None:
            found = found.filter(at__lt=zones.end_of(asked.last))
        if asked.kind:
            found = found.filter(record_label=asked.kind)
        if asked.by:
            found = found.filter(by=None if asked.by == NOT_SIGNED_IN else uuid.UUID(asked.by))
        return found

    def _ids(self, record: uuid.UUID | None) -> list[uuid.UUID]:
        if record is None:
            return self.opened
        return [record] if record in self.records else []

    def named(self, record: uuid.UUID) -> kinds.Named | None:
        """What one record is called; None where it is not this person's, or not there."""
        if record not in self.records:
            return None
        named = kinds.names_of([(self.records[record], record)], self.user)
        return named.get(record, kinds.Named(gettext("A record of yours")))

    @cached_property
    def _counts(self) -> list[Count]:
        """Of all of it, over all time. One query."""
        return _counts_of_all(self.user, self.opened)

    @property
    def people_in_it(self) -> list[tuple[str, str]]:
        """Whoever is in this log, to choose from, and nobody else."""
        found = {
            (NOT_SIGNED_IN if by is None else str(by), _who(name))
            for by, name, _label, _why, _did, _n in self._counts
        }
        return sorted(found, key=lambda one: (one[1].casefold(), one[0]))

    @property
    def kinds_in_it(self) -> list[tuple[str, str]]:
        """The kinds of record that are in this log, to choose from, in the order of the list of kinds."""
        there = {label for _by, _name, label, _why, _did, _n in self._counts}
        return [(label, str(called)) for label, called in kinds.CALLED.items() if label in there]

    def page(self, params: Mapping[str, str], asked: Asked = ALL) -> Log:
        """A page of it and the summary of all that was asked for. Raises BadCursor."""
        lines = _lines(self._counts) if asked == ALL else summary_of(self.openings(asked))
        if asked == ALL and not params.get(keyset.PARAMETER):
            page = keyset.first_page(_newest(self.user, self.opened), params, size=SIZE, date_field="at")
        else:
            page = keyset.page_of(said(self.openings(asked)), params, size=SIZE, date_field="at")
        return Log(
            rows=self.rows(page.items),
            older=page.older,
            newer=page.newer,
            summary=lines,
            total=sum(line.times for line in lines),
        )

    def rows(self, openings: Iterable[Opening]) -> list[Row]:
        """Each of these in words, in their order. Loaded as `said` does."""
        found = list(openings)
        names = kinds.names_of(((one.record_label, one.record_id) for one in found), self.user)
        return [_row(one, names.get(one.record_id)) for one in found]


def openings_of(user: User, asked: Asked = ALL) -> QuerySet[Opening]:
    """See Book.openings."""
    return Book(user).openings(asked)


def _row(one: Opening, named: kinds.Named | None) -> Row:
    return Row(
        at=one.at,
        who=_who(one.by.name if one.by is not None else ""),
        what=named.title if named is not None else gettext("A record of yours"),
        url=named.url if named is not None else "",
        did=str(ACTIONS.get(one.action, one.action)),
        why=str(SHOWN[one.why]),
    )


def said(openings: QuerySet[Opening]) -> QuerySet[Opening]:
    """These, with what is said of each in its row."""
    fields = ("at", "by__name", "action", "record_label", "record_id", "why")
    return openings.select_related("by").only(*fields)


def _who(name: str | None) -> str:
    return name or gettext("Somebody who has the file")


def summary_of(found: QuerySet[Opening]) -> list[Line]:
    """Who, as what, how often: those who opened most first. One query."""
    return _lines(_counted(found))


@prepared
def _newest(user: User, records: list[uuid.UUID]) -> QuerySet[Opening]:
    return said(_by_others(user, records)).order_by("-at", "-id")[: SIZE + 1]


@prepared
def _counts_of_all(user: User, records: list[uuid.UUID]) -> QuerySet[Opening, Count]:
    return _counted(_by_others(user, records))


def _by_others(user: User, records: list[uuid.UUID]) -> QuerySet[Opening]:
    party = OfferParty.objects.filter(offer__record_id=OuterRef("record_id"), person=OuterRef("by"))
    found = Opening.objects.filter(record_id__in=records, why__in=SHOWN)
    return found.exclude(by=user).filter(Q(by__isnull=True) | ~Exists(party))


def _counted(found: QuerySet[Opening]) -> QuerySet[Opening, Count]:
    counted = found.order_by().values("by", "by__name", "record_label", "why", "action")
    return counted.annotate(times=models.Count("id")).values_list(
        "by", "by__name", "record_label", "why", "action", "times"
    )


def _lines(counts: Iterable[Count]) -> list[Line]:
    did: dict[tuple[Any, str, str], Counter[str]] = {}
    for by, name, _label, why, action, times in counts:
        did.setdefault((by, name or "", why), Counter())[action] += times
    lines = [
        Line(_who(name), str(SHOWN[why]), sum(times.values()), _said(times))
        for (_pk, name, why), times in did.items()
    ]
    return sorted(lines, key=lambda line: (-line.times, line.who, line.why))


def _said(times: Counter[str]) -> str:
    """How often each was done: “Opened 3 times. Downloaded once”."""
    parts = [
        ngettext("%(did)s once", "%(did)s %(n)d times", n) % {"did": str(ACTIONS.get(action, action)), "n": n}
        for action, n in sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return ". ".join(parts)
