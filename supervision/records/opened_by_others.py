"""Which records somebody besides their parties opened, kept for each party (`OpenedByOthers`): after some years a person has thousands
of records, and others opened a few of them. It only says where to look; what was opened, and who may know it, the access log says."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from itertools import islice

from django.db.models import Exists, OuterRef, QuerySet

from .models import Offer, OfferParty, OpenedByOthers, Opening

# Why somebody opens what is theirs as well, or nobody's in particular.
OF_PARTIES = frozenset(
    {
        *("party", "shared with them", "written to them", "about their supervision"),
        *("own job", "owner", "writer", "asked", "asked for it"),
    }
)
AT_ONCE = 500


def keep(records: Sequence[uuid.UUID], *, why: str) -> None:
    """Note for the parties of these records that they are being opened for this reason. One query, or two the first time."""
    if why in OF_PARTIES:
        return
    for begin in range(0, len(records), AT_ONCE):
        _add(_not_kept(OfferParty.objects.filter(offer__record_id__in=records[begin : begin + AT_ONCE])))


def keep_for_new_parties(offer: Offer) -> None:
    """The same where a record was opened before it was offered to them. One query, or two."""
    opened = Opening.objects.filter(record_id=OuterRef("offer__record_id")).exclude(why__in=OF_PARTIES)
    _add(_not_kept(OfferParty.objects.filter(Exists(opened), offer=offer)))


def rebuild(*, since: datetime.datetime | None = None, keep: bool = True) -> int:
    """Add what is missing of the openings since then, or of all; without `keep` only look. Returns how many there were.

    It is done every day (records/daily.py): where somebody opens a record in the instant in which it is offered, neither sees the
    other.
    """
    opened = Opening.objects.exclude(why__in=OF_PARTIES)
    if since is not None:
        opened = opened.filter(at__gte=since)
    records = opened.order_by().values("record_id").distinct()
    missing = _not_kept(OfferParty.objects.filter(offer__record_id__in=records))
    if keep:
        _add(missing)
    return len(missing)


def _not_kept(parties: QuerySet[OfferParty]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Of these parties those for whom it is not kept yet: person and record."""
    there = OpenedByOthers.objects.filter(record_id=OuterRef("offer__record_id"), person=OuterRef("person"))
    rows = parties.filter(~Exists(there)).order_by()
    return set(rows.values_list("person_id", "offer__record_id"))


def _add(pairs: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> None:
    rows = (OpenedByOthers(person_id=person, record_id=record) for person, record in sorted(pairs))
    while some := list(islice(rows, AT_ONCE)):
        OpenedByOthers.objects.bulk_create(some, ignore_conflicts=True)
