"""Who supervises whom (domain 2). Made, joined, left and ended by administrators and managers who take no part in it."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from supervision.records import audit
from supervision.records.errors import Invalid, WrongState

from .. import notifications, policy
from ..models import Arrangement, Participation, Place, Program, Standing, User, today
from .locking import lock

Structure, Part = Arrangement.Structure, Participation.Part
ONE_DAY = datetime.timedelta(days=1)
Taking = tuple[User, str]  # a person and their part

# One pair keeps its own records: another supervisor or worker means another arrangement.
OF_A_PAIR = (Structure.INDIVIDUAL, Structure.OF_SUPERVISION)
# Whom a structure asks for: (fewest, most) of each part; parts not named have no place in it.
ASKED_FOR: dict[str, dict[str, tuple[int, int]]] = {
    Structure.INDIVIDUAL: {Part.SUPERVISOR: (1, 1), Part.SUPERVISEE: (1, 1)},
    Structure.OF_SUPERVISION: {Part.SUPERVISOR: (1, 1), Part.SUPERVISEE: (1, 1)},
    Structure.CO_SUPERVISION: {Part.SUPERVISOR: (2, 2), Part.SUPERVISEE: (1, 30)},
    Structure.GROUP: {Part.SUPERVISOR: (0, 1), Part.FACILITATOR: (0, 1), Part.SUPERVISEE: (2, 30)},
    Structure.CO_REFLECTION: {Part.FACILITATOR: (0, 1), Part.PEER: (2, 30)},
}


@transaction.atomic
def make_arrangement(
    *,
    by: User,
    program: Program,
    structure: str,
    people: Sequence[Taking],
    focus: str = Arrangement.Focus.DEVELOPMENT,
    started_on: datetime.date | None = None,
) -> Arrangement:
    """Make an arrangement with its participants, all of whom are told.

    `people` are (person, part). An arrangement that is the same in everything is returned instead of made twice. Raises Denied,
    WrongState, or Invalid when the parts do not fit the structure.
    """
    program = lock(program)
    policy.check_can_make_arrangement(by, program)
    policy.check_takes_no_part(by, [person for person, _part in people])
    started_on = started_on or today()
    check_parts(structure, people)
    for person, part in people:
        _check_may_take(person, part, structure, program, started_on)
    if same := _same(program, structure, focus, started_on, people):
        return same
    made = Arrangement.objects.create(
        program=program, structure=structure, focus=focus, started_on=started_on, made_by=by
    )
    for person, part in people:
        Participation.objects.create(arrangement=made, person=person, part=part, joined_on=started_on)
    Standing.objects.create(arrangement=made)
    facts = {"program": str(program.pk), "people": {str(person.pk): part for person, part in people}}
    audit.record(by, "arrangement made", about=made, facts=facts)
    notifications.arrangement_changed(made, [person for person, _part in people], "made")
    return made


def check_parts(structure: str, people: Iterable[Taking]) -> None:
    """Raises Invalid unless the parts are those that the structure asks for, each person once."""
    people = list(people)
    if len({person.pk for person, _part in people}) < len(people):
        raise Invalid(_("Somebody is named twice. Give each person one part."))
    found = Counter(str(part) for _person, part in people)
    asked = ASKED_FOR.get(structure)
    if asked is None:
        raise Invalid(_("Choose one of the structures listed."), "structure")
    fits = all(fewest <= found[part] <= most for part, (fewest, most) in asked.items())
    leads = found[Part.SUPERVISOR] + found[Part.FACILITATOR]
    if structure == Structure.GROUP:
        fits = fits and leads == 1
    if not fits or any(part not in asked for part in found):
        raise Invalid(who_it_needs()[structure])


def who_it_needs() -> dict[str, str]:
    """Whom each structure asks for, in words."""
    return {
        Structure.INDIVIDUAL: _("One to one needs one supervisor and one peer worker."),
        Structure.OF_SUPERVISION: _(
            "Supervision of supervision needs one supervisor, and one supervisee who supervises."
        ),
        Structure.CO_SUPERVISION: _("Co-supervision needs two supervisors and at least one peer worker."),
        Structure.GROUP: _("A group needs one supervisor or facilitator, and at least two peer workers."),
        Structure.CO_REFLECTION: _("Co-reflection needs at least two peers, and nobody who supervises."),
    }


def _check_may_take(person: User, part: str, structure: str, program: Program, day: datetime.date) -> None:
    if not person.is_active:
        raise Invalid(_("The account of %(name)s is closed.") % {"name": person.name})
    if structure == Structure.OF_SUPERVISION and part == Part.SUPERVISEE:
        if not policy.leads_somewhere(person):
            raise Invalid(
                _("%(name)s does not supervise anybody now. Choose “One to one”.") % {"name": person.name}
            )
    elif part == Part.SUPERVISEE:
        held = Place.objects.filter(program=program, person=person)
        if not held.current(max(day, today())).exists():
            words = {"name": person.name, "program": program.name}
            raise Invalid(_("%(name)s has no place in %(program)s.") % words)


def _same(
    program: Program, structure: str, focus: str, day: datetime.date, people: Sequence[Taking]
) -> Arrangement | None:
    """The arrangement that a double click has made a moment ago."""
    wanted = {(person.pk, str(part)) for person, part in people}
    like = Arrangement.objects.filter(
        program=program, structure=structure, focus=focus, started_on=day, ended_on=None
    )
    for arrangement in like.filter(participations__person=people[0][0]).prefetch_related("participations"):
        taking = arrangement.participations.all()
        if {(each.person_id, each.part) for each in taking} == wanted:
            return arrangement
    return None


# Joining and leaving -------------------------------------------------------------------------------------------


@transaction.atomic
def join_arrangement(
    arrangement: Arrangement, *, by: User, version: int, person: User, part: str, on: datetime.date
) -> Participation:
    """Somebody joins a group from a day on; everybody in it is told. Raises Denied, WrongState, Stale, Invalid."""
    arrangement = _changeable(arrangement, by, version)
    policy.check_takes_no_part(by, [person])
    if on < arrangement.started_on:
        raise Invalid(_("This is before the arrangement began."), "on")
    taking = list(arrangement.participations.select_related("person"))
    if any(each.person_id == person.pk and (each.left_on is None or each.left_on >= on) for each in taking):
        raise Invalid(_("%(name)s takes part on that day already.") % {"name": person.name}, "person")
    new = Participation(arrangement=arrangement, person=person, part=part, joined_on=on)
    _check_whole([*taking, new], arrangement.structure, since=on)
    program = Program.objects.get(pk=arrangement.program_id)
    _check_may_take(person, part, arrangement.structure, program, on)
    new.save(force_insert=True)
    _saved(arrangement, by, "joined", person, on)
    notifications.arrangement_changed(arrangement, [person], "made")
    notifications.arrangement_changed(arrangement, _still_here(taking) - {person}, "changed")
    return new


@transaction.atomic
def leave_arrangement(
    participation: Participation, *, by: User, version: int, on: datetime.date
) -> Participation:
    """Somebody takes part for the last time on a day; everybody in it is told. Raises Denied, WrongState, Stale, Invalid."""
    arrangement = _changeable(participation.arrangement, by, version)
    taking = list(arrangement.participations.select_related("person"))
    row = next(each for each in taking if each.pk == participation.pk)
    if row.left_on is not None:
        raise WrongState(_("This person has left already."))
    if on < row.joined_on:
        raise Invalid(_("This is before they joined."), "on")
    row.left_on = on
    _check_whole(taking, arrangement.structure, since=on + ONE_DAY)
    row.save(update_fields=["left_on"])
    _saved(arrangement, by, "left", row.person, on)
    notifications.arrangement_changed(arrangement, _still_here(taking) | {row.person}, "changed")
    return row


@transaction.atomic
def replace_leader(
    participation: Participation, *, by: User, version: int, person: User, on: datetime.date
) -> Arrangement:
    """Somebody else supervises or facilitates from a day on; the other one takes part until the day before. All are told.

    A pair keeps its own records, so for a pair the arrangement ends and a new one begins. Returns the one that goes on. Its
    people are asked for an agreement that names them. Raises Denied, WrongState, Stale, Invalid.
    """
    arrangement = lock(participation.arrangement, version=version)
    policy.check_can_change_arrangement(by, arrangement)
    policy.check_takes_no_part(by, [person])
    taking = list(arrangement.participations.select_related("person"))
    row = next(each for each in taking if each.pk == participation.pk)
    if row.left_on is not None or row.part not in Participation.LEADING:
        raise WrongState(_("This person does not lead it any more."))
    if any(each.person_id == person.pk and each.left_on is None for each in taking):
        raise Invalid(_("%(name)s takes part already.") % {"name": person.name}, "person")
    if on <= row.joined_on:
        raise Invalid(_("Choose a later day: it begins after the other one has led it."), "on")
    if arrangement.structure in OF_A_PAIR:
        return _next_pair(arrangement, row, taking, by=by, person=person, on=on)
    new = Participation(arrangement=arrangement, person=person, part=row.part, joined_on=on)
    _check_may_take(person, row.part, arrangement.structure, arrangement.program, on)
    row.left_on = on - ONE_DAY
    _check_whole([*taking, new], arrangement.structure, since=on)
    row.save(update_fields=["left_on"])
    new.save(force_insert=True)
    _saved(arrangement, by, "left", row.person, row.left_on)
    _saved(arrangement, by, "joined", person, on)
    notifications.arrangement_changed(arrangement, [person], "made")
    notifications.arrangement_changed(arrangement, _still_here(taking) | {row.person}, "changed")
    return arrangement


def _next_pair(
    arrangement: Arrangement,
    row: Participation,
    taking: Sequence[Participation],
    *,
    by: User,
    person: User,
    on: datetime.date,
) -> Arrangement:
    """The same supervision with another supervisor, from a day on."""
    people = [(person, row.part), *((each.person, each.part) for each in taking if each.pk != row.pk)]
    made = make_arrangement(
        by=by,
        program=arrangement.program,
        structure=arrangement.structure,
        people=people,
        focus=arrangement.focus,
        started_on=on,
    )
    end_arrangement(arrangement, by=by, version=arrangement.version, on=on - ONE_DAY)
    return made


@transaction.atomic
def end_arrangement(arrangement: Arrangement, *, by: User, version: int, on: datetime.date) -> Arrangement:
    """The arrangement runs for the last time on a day. Its records stay. Everybody in it is told.

    Raises Denied, WrongState when it has ended, Stale, Invalid.
    """
    arrangement = lock(arrangement, version=version)
    policy.check_can_change_arrangement(by, arrangement)
    taking = list(arrangement.participations.select_related("person"))
    if on < arrangement.started_on or any(each.joined_on > on for each in taking):
        raise Invalid(_("This is before the arrangement began, or before somebody joined."), "on")
    arrangement.ended_on = on
    arrangement.version += 1
    arrangement.save(update_fields=["ended_on", "version"])
    arrangement.participations.filter(Q(left_on=None) | Q(left_on__gt=on)).update(left_on=on)
    audit.record(by, "arrangement ended", about=arrangement, facts={"on": on.isoformat()})
    notifications.arrangement_changed(arrangement, _still_here(taking), "ended")
    return arrangement


def _check_whole(taking: Sequence[Participation], structure: str, *, since: datetime.date) -> None:
    """On every day from `since` on, those taking part are whom the structure asks for. Raises Invalid.

    Only days on which somebody joins, or has left the day before, can differ from the day before them.
    """
    turns = {since, *(each.joined_on for each in taking)}
    turns |= {each.left_on + ONE_DAY for each in taking if each.left_on is not None}
    for day in sorted(turn for turn in turns if turn >= since):
        check_parts(structure, [(each.person, each.part) for each in taking if _is_in(each, day)])


def _is_in(taking: Participation, day: datetime.date) -> bool:
    return taking.joined_on <= day and (taking.left_on is None or taking.left_on >= day)


def _still_here(taking: Iterable[Participation]) -> set[User]:
    """Everybody who takes part now or later."""
    return {each.person for each in taking if each.left_on is None or each.left_on >= today()}


def _changeable(arrangement: Arrangement, by: User, version: int) -> Arrangement:
    arrangement = lock(arrangement, version=version)
    policy.check_can_change_arrangement(by, arrangement)
    if arrangement.structure in OF_A_PAIR:
        raise WrongState(
            _(
                "This is between two people. End it and make a new one, so that each pair keeps its own records."
            )
        )
    return arrangement


def _saved(arrangement: Arrangement, by: User, what: str, person: User, on: datetime.date) -> None:
    arrangement.version += 1
    arrangement.save(update_fields=["version"])
    facts = {"person": str(person.pk), "on": on.isoformat()}
    audit.record(by, f"arrangement {what}", about=arrangement, facts=facts)
