"""What somebody learned: added, changed and removed by themself."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.records import audit, ids
from supervision.records.errors import AlreadyDone, Invalid, Stale
from supervision.records.models import RecordKey

from .. import areas, policy
from ..models import TrainingArea, TrainingEntry


@dataclass(frozen=True)
class Written:
    """What the form of an entry holds. `areas` are keys of training areas; None leaves them as they are."""

    title: str
    kind: str
    day: datetime.date
    minutes: int
    provider: str = ""
    until: datetime.date | None = None
    took: str = ""
    areas: frozenset[str] | None = None


def add(*, by: User, key: uuid.UUID, written: Written) -> TrainingEntry:
    """Keep a new entry. The same form sent twice makes one: the second raises AlreadyDone, or Stale when it differs. Raises Invalid."""
    _check(written)
    entry = TrainingEntry(id=ids.made_by(by, key, "entry"), owner=by)
    _put(entry, written)
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
            _put_areas(entry, written.areas)
            audit.record(by, "training added", about=entry, facts=_facts(entry))
    except IntegrityError:
        there = TrainingEntry.objects.filter(pk=entry.pk).first()
        if there is None:
            raise
        if says_the_same(there, written):
            raise AlreadyDone(_("This entry is in your log already.")) from None
        raise Stale(_("You saved this entry from another window while you were writing.")) from None
    return entry


@transaction.atomic
def change(entry: TrainingEntry, *, by: User, version: int, written: Written) -> TrainingEntry:
    """Put other facts and words in place. Raises NotFound, Denied, Stale when `version` is an older one, Invalid."""
    now = locked(entry, by)
    if now.version != version:
        raise Stale(_("You saved this entry from another window while you were writing."))
    _check(written)
    _put(now, written)
    now.version += 1
    now.save()
    _put_areas(now, written.areas)
    audit.record(by, "training changed", about=now, facts=_facts(now))
    return now


@transaction.atomic
def remove(entry: TrainingEntry, *, by: User) -> None:
    """Take an entry out of the log for good, with its evidence and its key. Raises NotFound, also where it is gone, Denied."""
    now = locked(entry, by)
    audit.record(by, "training removed", about=now, facts=_facts(now))
    now.delete()
    RecordKey.objects.filter(pk=entry.pk).delete()


def locked(entry: TrainingEntry, by: User) -> TrainingEntry:
    """The row as it is now, until the transaction ends, for its owner. Raises NotFound, Denied."""
    rows = TrainingEntry.objects.select_for_update(no_key=True, of=("self",)).select_related("owner")
    found = rows.filter(pk=entry.pk).first()
    if found is None:
        raise policy.no_such_entry()
    policy.check_is_owner(by, found)
    return found


def says_the_same(entry: TrainingEntry, written: Written) -> bool:
    """Whether the entry as it is kept is what this form says."""
    names = ("title", "kind", "day", "minutes", "provider", "until", "took")
    same = all(getattr(entry, name) == getattr(written, name) for name in names)
    return same and written.areas in (None, frozenset(areas.key_of(row) for row in entry.areas.all()))


def _facts(entry: TrainingEntry) -> dict[str, Any]:
    return {"kind": entry.kind, "minutes": entry.minutes, "day": entry.day.isoformat()}


def _check(written: Written) -> None:
    if not written.title.strip():
        raise Invalid(_("Say what it was"), field="title")
    if written.kind not in TrainingEntry.Kind.values:
        raise Invalid(_("Choose what kind it was"), field="kind")
    policy.check_days(written.day, written.until)
    policy.check_minutes(written.minutes, written.day, written.until)


def _put(entry: TrainingEntry, written: Written) -> None:
    entry.title, entry.provider, entry.took = written.title, written.provider, written.took
    entry.kind, entry.minutes = written.kind, written.minutes
    entry.day, entry.until = written.day, written.until


def _put_areas(entry: TrainingEntry, wanted: frozenset[str] | None) -> None:
    """Those wanted and in force; one that an entry has already stays though its framework has gone on. Raises Invalid."""
    if wanted is None:
        return
    there = {areas.key_of(row): row for row in entry.areas.all()}
    new = wanted - there.keys()
    if new and new - {area.key for area in areas.in_force()}:
        raise Invalid(_("Choose from the areas listed. They may have changed meanwhile."), field="areas")
    entry.areas.filter(pk__in=[row.pk for key, row in there.items() if key not in wanted]).delete()
    made = (areas.framework_of(key) for key in sorted(new))
    TrainingArea.objects.bulk_create(
        TrainingArea(entry=entry, framework_id=framework, statement=statement)
        for framework, statement in made
    )
