"""How sets of requirements come in, and where they apply from when until when. One write, one operation.

A version never changes. What applies is confirmed by an administrator who compared it with the rule of that day.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from supervision.people.models import Program, User
from supervision.records import audit, ids
from supervision.records.errors import Invalid, WrongState

from . import set_file
from .models import InForce, RequirementSet
from .policy import check_can_confirm, check_can_keep, check_can_remove
from .set_file import Content, as_data, as_stored

FOLDER = Path(__file__).parent / "sets"
EARLIEST = datetime.date(2000, 1, 1)
AHEAD = datetime.timedelta(days=5 * 366)
DAY = datetime.timedelta(days=1)


def shipped(folder: Path = FOLDER) -> list[Content]:
    """The sets that come with the software, by file name. Raises FileFaults when one of them is not sound."""
    return [set_file.read(path.read_bytes(), name=path.name) for path in sorted(folder.glob("*.toml"))]


@transaction.atomic
def bring_in(contents: Iterable[Content]) -> list[RequirementSet]:
    """Add each shipped set that is new or reads differently than its newest version; what was added. Safe to repeat.

    A file with a lower version than the newest is left alone: an older copy of the software was started by mistake.
    """
    made = []
    for content in contents:
        newest = _newest(content.key)
        if newest is not None and (_says_the_same(newest, content) or content.version < newest.number):
            continue
        number = max(content.version, newest.number + 1 if newest else 1)
        try:
            with transaction.atomic():
                row = _row(content, number, by=None)
                row.save()
        except IntegrityError:  # another server that starts at the same time was quicker
            continue
        audit.record(None, "requirement set added", about=row, facts={"number": number})
        made.append(row)
    return made


def _row(content: Content, number: int, *, by: User | None, pk: uuid.UUID | None = None) -> RequirementSet:
    return RequirementSet(
        id=pk or uuid.uuid4(),
        key=content.key,
        number=number,
        title=content.title,
        source=content.source,
        checked_on=content.checked_on,
        is_example=content.is_example,
        is_shipped=by is None,
        content=as_stored(content) | {"version": number},
        made_by=by,
    )


def _newest(key: str) -> RequirementSet | None:
    return RequirementSet.objects.filter(key=key).order_by("-number").first()


def _says_the_same(row: RequirementSet, content: Content) -> bool:
    unnumbered = {"version": 0}
    return as_data(row.body) | unnumbered == as_data(content) | unnumbered


@transaction.atomic
def add(*, content: Content, by: User, form_key: uuid.UUID | None = None) -> RequirementSet:
    """The next version of a set of the agency's own, from a form or a file. It applies nowhere yet. The same sent twice makes one.

    Raises Denied; Invalid when its key belongs to a set that is shipped.
    """
    check_can_keep(by)
    pk = ids.id_of(by, form_key, "requirement set")
    if pk is not None and (found := RequirementSet.objects.filter(pk=pk).first()):
        return found
    newest = _newest(content.key)
    if newest is not None and newest.is_shipped:
        raise Invalid(
            _("This key belongs to a set that comes with Common Hour. Choose another “key”."), field="file"
        )
    if newest is not None and _says_the_same(newest, content):
        return newest
    number = newest.number + 1 if newest else 1
    try:
        with transaction.atomic():
            row = _row(content, number, by=by, pk=pk)
            row.save()
    except IntegrityError:
        raise WrongState(_("Somebody added a version of this set just now. Look at it first.")) from None
    audit.record(by, "requirement set added", about=row, facts={"number": number})
    return row


def free_key(title: str) -> str:
    """What a new set is called in its file: from its title, and like no other."""
    base = slugify(title)[:50].strip("-") or "set"
    taken = set(RequirementSet.objects.filter(key__startswith=base).values_list("key", flat=True))
    numbered = (f"{base}-{n}" for n in range(2, len(taken) + 3))
    return base if base not in taken else next(key for key in numbered if key not in taken)


@transaction.atomic
def remove(found: RequirementSet, *, by: User) -> None:
    """A version of the agency's own that was never confirmed goes. Gone already is no error. Raises Denied, WrongState."""
    row = RequirementSet.objects.select_for_update().filter(pk=found.pk).first()
    if row is None:
        check_can_keep(by)
        return
    check_can_remove(by, row)
    audit.record(by, "requirement set removed", about=row, facts={"number": row.number})
    row.delete()


# Where it applies ---------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(
    found: RequirementSet,
    *,
    program: Program | None,
    first_day: datetime.date,
    by: User,
    form_key: uuid.UUID | None = None,
) -> InForce:
    """It applies in a program, or everywhere, from a day on. Another version of it that applied there ends the day before.

    Raises Denied, WrongState (policy.check_can_confirm; it applies there already), Invalid for a day out of reason.
    """
    row = _locked_with_all_versions(found)
    check_can_confirm(by, row)
    pk = ids.id_of(by, form_key, "requirement in force")
    if pk is not None and (done := InForce.objects.filter(pk=pk).first()):
        return done
    if not EARLIEST <= first_day <= timezone.localdate() + AHEAD:
        raise Invalid(_("Enter a day from the year 2000 to five years from now"), field="first_day")
    there = list(
        InForce.objects.filter(of__key=row.key, program=program, withdrawn=False)
        .select_related("of")
        .select_for_update(no_key=True, of=("self",))
    )
    _end_those_before(there, row, first_day, by)
    made = InForce(id=pk or uuid.uuid4(), of=row, program=program, first_day=first_day, confirmed_by=by)
    made.save(force_insert=True)
    facts = {"program": str(program.pk) if program else "", "first": first_day.isoformat()}
    audit.record(by, "requirement confirmed", about=row, facts=facts)
    return made


def _locked_with_all_versions(found: RequirementSet) -> RequirementSet:
    """As it is now. Two administrators who confirm versions of one set take turns: all lock in the same order."""
    rows = RequirementSet.objects.filter(key=found.key).order_by("pk").select_for_update(no_key=True)
    row = next((one for one in rows if one.pk == found.pk), None)
    if row is None:
        raise WrongState(_("This version was removed meanwhile."))
    return row


def _end_those_before(there: list[InForce], row: RequirementSet, first_day: datetime.date, by: User) -> None:
    for one in there:
        if one.last_day is not None and one.last_day < first_day:
            continue
        if one.first_day >= first_day:
            name = one.of.title if one.of_id != row.pk else row.title
            said = _("“%(title)s” is confirmed there from %(day)s on. End that first, or choose a later day.")
            raise Invalid(said % {"title": name, "day": one.first_day.isoformat()}, field="first_day")
        one.last_day, one.ended_at, one.ended_by = first_day - DAY, timezone.now(), by
        one.save(update_fields=["last_day", "ended_at", "ended_by"])


@transaction.atomic
def end(found: InForce, *, last_day: datetime.date, by: User) -> InForce:
    """It applies until this day, and not beyond. Raises Denied; WrongState when it ended already; Invalid for a day before it began."""
    row = _open(found, by)
    if row.last_day == last_day and row.ended_by_id == by.pk and not row.withdrawn:
        return row
    _check_runs(row)
    if last_day < row.first_day:
        raise Invalid(
            _("It began later than that. Withdraw it, if it should never have applied"), field="last_day"
        )
    return _ended(row, last_day, by, action="requirement ended")


@transaction.atomic
def withdraw(found: InForce, *, by: User) -> InForce:
    """It should never have applied: it does not, on any day. Raises Denied; WrongState when it ended already."""
    row = _open(found, by)
    if row.withdrawn and row.ended_by_id == by.pk:
        return row
    _check_runs(row)
    row.withdrawn = True
    return _ended(row, row.first_day, by, action="requirement withdrawn")


def _open(found: InForce, by: User) -> InForce:
    check_can_keep(by)
    return InForce.objects.select_for_update(no_key=True).select_related("of").get(pk=found.pk)


def _check_runs(row: InForce) -> None:
    if row.last_day is not None:
        raise WrongState(_("This has ended already."))


def _ended(row: InForce, last_day: datetime.date, by: User, *, action: str) -> InForce:
    row.last_day, row.ended_at, row.ended_by = last_day, timezone.now(), by
    row.save(update_fields=["last_day", "ended_at", "ended_by", "withdrawn"])
    audit.record(by, action, about=row.of, facts={"last": last_day.isoformat()})
    return row
