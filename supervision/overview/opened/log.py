"""The rows of the log and its summary, for the person whose records they are."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from supervision.pages.keyset import page_of
from supervision.people.models import User
from supervision.records.models import OfferParty, Opening

from . import kinds
from .reasons import ACTIONS, SHOWN

SIZE = 30


@dataclass(frozen=True)
class Row:
    """One opening, in words."""

    at: datetime.datetime
    who: str
    what: str
    url: str
    did: str
    why: str


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


def openings_of(
    user: User, *, first: datetime.date | None = None, last: datetime.date | None = None
) -> QuerySet[Opening]:
    """Openings of this person's records by others, without those of anybody who is party to the record (decision 12)."""
    party = OfferParty.objects.filter(offer__record_id=OuterRef("record_id"), person=OuterRef("by"))
    found = Opening.objects.filter(record_id__in=kinds.ids_of(user), why__in=SHOWN)
    found = found.exclude(by=user).filter(Q(by__isnull=True) | ~Exists(party))
    if first is not None:
        found = found.filter(at__gte=_begins(first))
    if last is not None:
        found = found.filter(at__lt=_begins(last + datetime.timedelta(days=1)))
    return found


def _begins(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def of(
    user: User,
    params: Mapping[str, str],
    *,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
) -> Log:
    """A page of the log and the summary of the whole period. The number of queries does not depend on how much there is."""
    found = openings_of(user, first=first, last=last)
    page = page_of(found.select_related("by"), params, size=SIZE, date_field="at")
    names = kinds.names_of(page.items, user)
    lines = _summary(found)
    return Log(
        rows=[_row(one, names.get(one.record_id)) for one in page.items],
        older=page.older,
        newer=page.newer,
        summary=lines,
        total=sum(line.times for line in lines),
    )


def _row(one: Opening, named: kinds.Named | None) -> Row:
    return Row(
        at=one.at,
        who=_who(one.by.name if one.by is not None else ""),
        what=named.title if named is not None else gettext("A record of yours"),
        url=named.url if named is not None else "",
        did=str(ACTIONS.get(one.action, one.action)),
        why=str(SHOWN[one.why]),
    )


def _who(name: str) -> str:
    return name or gettext("Somebody who has the file")


def _summary(found: QuerySet[Opening]) -> list[Line]:
    """Who, as what, how often: those who opened most first."""
    counted = found.order_by().values("by", "by__name", "why", "action").annotate(times=Count("id"))
    did: dict[tuple[Any, str, str], Counter[str]] = {}
    for row in counted:
        key = (row["by"], row["by__name"] or "", row["why"])
        did.setdefault(key, Counter())[row["action"]] += row["times"]
    lines = [
        Line(_who(name), str(SHOWN[why]), sum(times.values()), _said(times))
        for (_pk, name, why), times in did.items()
    ]
    return sorted(lines, key=lambda line: (-line.times, line.who, line.why))


def _said(times: Counter[str]) -> str:
    """How often each was done: “Opened 3 times, downloaded once”."""
    parts = [
        ngettext("%(did)s once", "%(did)s %(n)d times", n) % {"did": str(ACTIONS.get(action, action)), "n": n}
        for action, n in sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return "; ".join(parts)
