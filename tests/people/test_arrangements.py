"""Arrangements: whom each structure asks for, who is told, who was in it when."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supervision.people import operations
from supervision.people.models import Arrangement, Participation, Place, Standing, User
from supervision.people.operations.arrangements import ASKED_FOR, check_parts
from supervision.records.errors import Denied, Invalid, Stale, WrongState
from supervision.records.models import AuditEvent
from tests import factories
from tests.cast import Cast

from .helpers import mails_to

pytestmark = pytest.mark.django_db

Part, Structure = Participation.Part, Arrangement.Structure


def in_days(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


@pytest.fixture
def new(cast: Cast) -> User:
    return factories.worker_in(cast.program, "New Worker")


def make(cast: Cast, people: list[tuple[User, str]], **given_: Any) -> Arrangement:
    facts = {"by": cast.manager, "program": cast.program, "structure": Structure.INDIVIDUAL} | given_
    return operations.make_arrangement(people=people, **facts)


def pair(cast: Cast, new: User) -> list[tuple[User, str]]:
    return [(cast.supervisor, Part.SUPERVISOR), (new, Part.SUPERVISEE)]


def test_an_arrangement_ends_the_waiting_and_everybody_in_it_is_told(cast: Cast, new: User) -> None:
    made = make(cast, pair(cast, new))
    assert not Place.objects.waiting().exists()
    assert Standing.objects.get(arrangement=made).held_count == 0
    for person in (cast.supervisor, new):
        messages = mails_to(person.email)
        assert [message.subject for message in messages] == ["A supervision arrangement was made for you"]
        assert f"/arrangements/{made.pk}/" in messages[0].body
        assert new.name not in messages[0].body.replace(person.called, "")
    assert mails_to(cast.manager.email) == []
    assert AuditEvent.objects.get(record_id=made.pk).action == "arrangement made"


def test_making_it_twice_makes_one_and_tells_once(cast: Cast, new: User) -> None:
    first = make(cast, pair(cast, new))
    assert make(cast, list(reversed(pair(cast, new)))) == first
    assert len(mails_to(new.email)) == 1
    # Another focus is another arrangement.
    assert make(cast, pair(cast, new), focus=Arrangement.Focus.ADMINISTRATIVE) != first


def test_nobody_makes_themself_a_supervisor_or_gives_themself_any_part(cast: Cast, new: User) -> None:
    with pytest.raises(Denied):
        make(cast, [(cast.manager, Part.SUPERVISOR), (new, Part.SUPERVISEE)])
    with pytest.raises(Denied):
        make(cast, [(cast.administrator, Part.SUPERVISOR), (new, Part.SUPERVISEE)], by=cast.administrator)
    made = make(cast, [(cast.manager, Part.SUPERVISOR), (new, Part.SUPERVISEE)], by=cast.administrator)
    assert made.participations.filter(person=cast.manager, part=Part.SUPERVISOR).exists()


def test_outsiders_make_nothing(cast: Cast, new: User) -> None:
    for person in (cast.supervisor, cast.worker, cast.other_manager, cast.outsider):
        with pytest.raises(Denied):
            make(cast, [(cast.other_supervisor, Part.SUPERVISOR), (new, Part.SUPERVISEE)], by=person)


def test_a_supervisor_may_come_from_elsewhere_and_a_peer_worker_may_not(cast: Cast, new: User) -> None:
    external = factories.person("External Supervisor", is_external=True)
    make(cast, [(external, Part.SUPERVISOR), (new, Part.SUPERVISEE)])
    with pytest.raises(Invalid) as refusal:
        make(cast, [(external, Part.SUPERVISOR), (cast.other_worker, Part.SUPERVISEE)])
    assert "no place in Maple Street" in refusal.value.message


def test_supervision_of_supervision_is_for_somebody_who_supervises(cast: Cast, new: User) -> None:
    by_other = [(cast.other_supervisor, Part.SUPERVISOR)]
    with pytest.raises(Invalid):
        make(cast, [*by_other, (new, Part.SUPERVISEE)], structure=Structure.OF_SUPERVISION)
    made = make(cast, [*by_other, (cast.supervisor, Part.SUPERVISEE)], structure=Structure.OF_SUPERVISION)
    parts = {each.person_id: each.part_name for each in made.participations.select_related("arrangement")}
    assert parts[cast.supervisor.pk] == "Supervisee"


def test_closed_accounts_take_no_part(cast: Cast, new: User) -> None:
    User.objects.filter(pk=new.pk).update(is_active=False)
    new.refresh_from_db()
    with pytest.raises(Invalid):
        make(cast, pair(cast, new))


S, E, F, P = Part.SUPERVISOR, Part.SUPERVISEE, Part.FACILITATOR, Part.PEER


@pytest.mark.parametrize(
    ("structure", "fits", "does_not"),
    [
        (Structure.INDIVIDUAL, ["SE"], ["", "S", "E", "SS", "EE", "SEE", "SSE", "FE", "PP", "SP"]),
        (Structure.OF_SUPERVISION, ["SE"], ["S", "SEE", "FE"]),
        (Structure.CO_SUPERVISION, ["SSE", "SSEE"], ["SE", "SS", "SSS", "SSSE", "SFE"]),
        (Structure.GROUP, ["SEE", "FEE", "SEEEE"], ["EE", "SE", "SFEE", "SSEE", "SEP"]),
        (Structure.CO_REFLECTION, ["PP", "PPP", "FPP"], ["P", "FP", "FFPP", "SPP", "PPE"]),
    ],
)
def test_each_structure_asks_for_its_own_parts(structure: str, fits: list[str], does_not: list[str]) -> None:
    letters = {"S": S, "E": E, "F": F, "P": P}

    def people(parts: str) -> list[tuple[User, str]]:
        return [(User(), letters[letter]) for letter in parts]

    for parts in fits:
        check_parts(structure, people(parts))
    for parts in does_not:
        with pytest.raises(Invalid):
            check_parts(structure, people(parts))


def test_somebody_named_twice_is_refused() -> None:
    somebody = User()
    with pytest.raises(Invalid):
        check_parts(Structure.INDIVIDUAL, [(somebody, S), (somebody, E)])


# Joining and leaving ------------------------------------------------------------------------------------------------------


@pytest.fixture
def group(cast: Cast, new: User) -> Arrangement:
    third = factories.worker_in(cast.program, "Third Worker")
    people = [(cast.supervisor, S), (cast.worker, E), (new, E), (third, E)]
    return make(cast, people, structure=Structure.GROUP, started_on=in_days(-30))


def test_people_join_and_leave_a_group_and_who_was_in_it_when_is_kept(
    cast: Cast, group: Arrangement, new: User
) -> None:
    fourth = factories.worker_in(cast.program, "Fourth Worker")
    operations.join_arrangement(group, by=cast.manager, version=1, person=fourth, part=E, on=in_days(0))
    row = group.participations.get(person=new)
    operations.leave_arrangement(row, by=cast.manager, version=2, on=in_days(0))

    def names(day: datetime.date) -> set[str]:
        return set(group.participations.current(day).values_list("person__name", flat=True))

    assert names(in_days(-1)) == {"Dana Whitfield", "Marisol Vega", "New Worker", "Third Worker"}
    assert names(in_days(0)) == names(in_days(-1)) | {"Fourth Worker"}
    assert names(in_days(1)) == {"Dana Whitfield", "Marisol Vega", "Third Worker", "Fourth Worker"}
    assert "Your supervision arrangement has changed" in [m.subject for m in mails_to(cast.worker.email)]
    # They may come back.
    operations.join_arrangement(group, by=cast.manager, version=3, person=new, part=E, on=in_days(7))


def test_joining_is_refused_where_it_cannot_be(cast: Cast, group: Arrangement, new: User) -> None:
    def join(**given_: Any) -> None:
        facts: dict[str, Any] = {"by": cast.manager, "version": 1, "person": cast.other_worker, "part": E}
        operations.join_arrangement(group, **facts | {"on": in_days(0)} | given_)

    with pytest.raises(Invalid, match="no place"):
        join()
    with pytest.raises(Invalid, match="already"):
        join(person=new)
    with pytest.raises(Invalid):
        join(person=factories.worker_in(cast.program), on=in_days(-31))
    with pytest.raises(Invalid):
        join(person=factories.person(), part=S)
    with pytest.raises(Stale):
        join(person=factories.worker_in(cast.program), version=0)
    with pytest.raises(Denied):
        join(person=cast.manager, part=E)
    with pytest.raises(Denied):
        join(by=cast.supervisor, person=factories.worker_in(cast.program))
    assert group.participations.count() == 4


def test_the_supervisor_of_a_group_does_not_just_leave(cast: Cast, group: Arrangement) -> None:
    row = group.participations.get(person=cast.supervisor)
    with pytest.raises(Invalid):
        operations.leave_arrangement(row, by=cast.manager, version=1, on=in_days(0))


def test_a_pair_keeps_its_own_records(cast: Cast, new: User) -> None:
    with pytest.raises(WrongState, match="make a new one"):
        operations.join_arrangement(
            cast.arrangement, by=cast.manager, version=1, person=new, part=E, on=in_days(0)
        )
    row = cast.arrangement.participations.get(person=cast.worker)
    with pytest.raises(WrongState):
        operations.leave_arrangement(row, by=cast.manager, version=1, on=in_days(0))


def test_ending_ends_everybodys_part_and_tells_them(cast: Cast) -> None:
    ended = operations.end_arrangement(cast.arrangement, by=cast.manager, version=1, on=in_days(3))
    assert ended.ended_on == in_days(3)
    assert set(ended.participations.values_list("left_on", flat=True)) == {in_days(3)}
    assert Arrangement.objects.current(in_days(3)).filter(pk=ended.pk).exists()
    assert not Arrangement.objects.current(in_days(4)).filter(pk=ended.pk).exists()
    for person in (cast.supervisor, cast.worker):
        assert [m.subject for m in mails_to(person.email)] == ["Your supervision arrangement is ending"]
    with pytest.raises(Stale):
        operations.end_arrangement(cast.arrangement, by=cast.manager, version=1, on=in_days(3))
    with pytest.raises(WrongState):
        operations.end_arrangement(ended, by=cast.manager, version=2, on=in_days(3))


def test_an_arrangement_does_not_end_before_it_began(cast: Cast) -> None:
    with pytest.raises(Invalid):
        operations.end_arrangement(cast.arrangement, by=cast.manager, version=1, on=in_days(-181))
    with pytest.raises(Denied):
        operations.end_arrangement(cast.arrangement, by=cast.supervisor, version=1, on=in_days(0))


def test_former_participants_still_open_their_arrangement(cast: Cast) -> None:
    operations.end_arrangement(cast.arrangement, by=cast.manager, version=1, on=in_days(-1))
    assert list(Arrangement.objects.visible_to(cast.worker)) == [cast.arrangement]


# Properties of dated participation ------------------------------------------------------------------------------------------

steps = st.lists(
    st.tuples(st.sampled_from(["join", "leave", "end"]), st.integers(0, 4), st.integers(-20, 20)), max_size=12
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(plan=steps)
def test_whatever_is_tried_a_group_is_whole_on_every_day_and_nobody_is_in_it_twice(
    cast: Cast, plan: Any
) -> None:
    workers = list(User.objects.filter(name__startswith="Member")) or [
        factories.worker_in(cast.program, f"Member {number}") for number in range(5)
    ]
    Arrangement.objects.filter(structure=Structure.GROUP).update(ended_on=in_days(-30))
    people = [(cast.supervisor, S), (workers[0], E), (workers[1], E)]
    group = operations.make_arrangement(
        by=cast.manager,
        program=cast.program,
        structure=Structure.GROUP,
        people=people,
        started_on=in_days(-30),
    )
    for what, who, day in plan:
        group.refresh_from_db()
        try:
            _try(cast, group, what, workers[who], in_days(day))
        except (Invalid, WrongState):
            continue
    group.refresh_from_db()
    last = group.ended_on or in_days(40)
    fewest = ASKED_FOR[Structure.GROUP][E][0]
    for offset in range(41):
        day = in_days(offset)
        here = list(group.participations.current(day).values_list("person_id", flat=True))
        assert len(here) == len(set(here)), "somebody is in it twice"
        if day <= last:
            assert len(here) >= fewest + 1, "a running group lost its people"
        else:
            assert here == [], "somebody stays in an arrangement that has ended"
    assert not group.participations.filter(left_on__lt=group.started_on).exists()


def _try(cast: Cast, group: Arrangement, what: str, person: User, day: datetime.date) -> None:
    by, version = cast.manager, group.version
    if what == "join":
        operations.join_arrangement(group, by=by, version=version, person=person, part=E, on=day)
    elif what == "leave":
        row = group.participations.filter(person=person, left_on=None).first()
        if row is not None:
            operations.leave_arrangement(row, by=by, version=version, on=day)
    else:
        operations.end_arrangement(group, by=by, version=version, on=day)


def leader_of(arrangement: Arrangement) -> Participation:
    leading = arrangement.participations.filter(part__in=Participation.LEADING, left_on=None)
    return leading.order_by("pk")[0]


def replace(
    cast: Cast, arrangement: Arrangement, person: User, *, days: int = 1, **given_: Any
) -> Arrangement:
    facts = {"by": cast.manager, "version": arrangement.version, "person": person, "on": in_days(days)}
    return operations.replace_leader(leader_of(arrangement), **(facts | given_))


@pytest.mark.parametrize("structure", [Structure.GROUP, Structure.CO_SUPERVISION])
def test_somebody_else_leads_from_a_day_on_and_it_is_whole_on_every_day(
    cast: Cast, new: User, structure: str
) -> None:
    leaders = [cast.supervisor] + ([factories.person("Ana Ruiz")] if structure == "co_supervision" else [])
    made = factories.arrangement(cast.program, leaders, [cast.worker, new], structure=structure)
    ben = cast.other_supervisor
    before = leader_of(made).person
    assert replace(cast, made, ben) == made
    leading = made.participations.filter(part=Part.SUPERVISOR)
    assert leading.get(person=before).left_on == in_days(0)
    assert leading.get(person=ben).joined_on == in_days(1)
    for day in (in_days(0), in_days(1)):
        there = made.participations.current(day).select_related("person")
        check_parts(structure, [(row.person, row.part) for row in there])
    for person in (before, ben, new):
        assert mails_to(person.email)


def test_for_a_pair_a_new_arrangement_begins_and_the_old_records_stay_with_the_old_one(cast: Cast) -> None:
    old = cast.arrangement
    made = replace(cast, old, cast.other_supervisor)
    old.refresh_from_db()
    assert made != old
    assert (old.ended_on, made.started_on) == (in_days(0), in_days(1))
    assert set(made.participations.values_list("person__name", "part")) == {
        ("Ben Castillo", "supervisor"),
        ("Marisol Vega", "supervisee"),
    }


def test_who_leads_is_replaced_by_those_who_may_and_by_somebody_who_is_not_in_it(
    cast: Cast, new: User
) -> None:
    made = factories.arrangement(cast.program, [cast.supervisor], [cast.worker, new], structure="group")
    for person in (cast.supervisor, cast.worker, cast.other_manager):
        with pytest.raises(Denied):
            replace(cast, made, cast.other_supervisor, by=person)
    with pytest.raises(Denied):
        replace(cast, made, cast.manager)  # nobody gives themself a part
    with pytest.raises(Invalid):
        replace(cast, made, new)
    with pytest.raises(Invalid):
        replace(cast, made, cast.other_supervisor, days=-400)
    with pytest.raises(Stale):
        replace(cast, made, cast.other_supervisor, version=made.version - 1)
    replace(cast, made, cast.other_supervisor)
    made.refresh_from_db()
    with pytest.raises(WrongState):
        operations.replace_leader(
            made.participations.get(person=cast.supervisor),
            by=cast.manager,
            version=made.version,
            person=factories.person(),
            on=in_days(2),
        )
