"""What is stored of a round and what shows of it: bands, once, and nothing that tells who answered."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from competencies.models import Round, RoundResult, Sheet
from competencies.rating.answered import able_read, able_written
from competencies.rounds import operations, sheets
from competencies.rounds.anonymity import Band
from competencies.rounds.sheets import Kept
from supervision.records import verify
from supervision.records.errors import (
    Sealed,
    WrongState,
)
from supervision.records.models import AuditEvent, Draft

from . import round_makers as make

pytestmark = pytest.mark.django_db
WORDS = "canary-heron: you listen, and I would like more time"


# What is stored ------------------------------------------------------------------------------------------------


def test_a_sheet_is_read_back_as_it_was_written() -> None:
    statements = sheets.statements_in(make.framework().body)
    for point in (1, 4, None):
        marks = {statements[3].id: make.Mark(point)}
        for kept in (Kept(), Kept(7, True, marks, {}), Kept(1, False, {}, marks)):
            assert sheets.read(sheets.written(kept, statements), statements) == kept
    for bands in (None, {}, {statements[0].id: Band.STRONG, statements[5].id: Band.EXPLORE}):
        assert sheets.bands_read(sheets.bands_written(bands, statements), statements) == bands


def test_no_row_tells_who_has_answered(cast: Any) -> None:
    """Not by being there, by its length, its order, a time, a count, a draft, a job or a link of the chain."""
    people = make.team(cast, 4)
    found = make.opened(cast)
    before = _seen_in_the_database(found)
    for person in people[:3]:
        sheet = make.sheet_of(found, person)
        operations.keep_typed(sheet, by=person, version=0, marks=make.marks(found, 1))
        make.answers(found, person, 4, informative_1=None)
    operations.take_back(make.sheet_of(found, people[0]), by=people[0])
    assert _seen_in_the_database(found) == before


def _seen_in_the_database(found: Round) -> Any:
    rows = Sheet.objects.filter(round=found)
    return (
        [(row.pk, row.person_id, len(row.__dict__["kept"])) for row in rows.all()],
        {len(row.__dict__["kept"]) for row in rows.all()},
        [field.name for field in Sheet._meta.concrete_fields],
        list(AuditEvent.objects.values_list("seq", "action", "by", "facts")),
        Draft.objects.count(),
        DBTaskResult.objects.count(),
    )


def test_all_sheets_are_of_one_length_also_the_own_part(cast: Any) -> None:
    people = make.team(cast)
    found = make.opened(cast)
    make.answers(found, people[0], 2)
    make.own_part(found)
    assert len({len(row.__dict__["kept"]) for row in Sheet.objects.all()}) == 1
    assert [row.pk for row in Sheet.objects.all()] == sorted(row.pk for row in Sheet.objects.all())


def test_results_are_of_one_length_also_where_there_is_none(cast: Any) -> None:
    people = make.team(cast)
    first = make.closed_round(cast, people, [3, 3, 3])
    with make.after(first):
        second = make.opened(cast)
        make.own_part(second)
    make.settled(second)
    assert make.bands(second) is None
    assert len({len(row.__dict__["kept"]) for row in RoundResult.objects.all()}) == 1


def test_who_could_answer_is_kept_at_one_length_and_of_before_that_was_kept_it_is_who_was_asked(
    cast: Any,
) -> None:
    asked = [uuid.UUID(int=n) for n in (3, 1, 2)]
    for able in (frozenset(), frozenset(asked[:1]), frozenset(asked)):
        letters = able_written(asked, able)
        assert (len(letters), able_read(letters, asked[::-1])) == (3, able)
    assert able_read("", asked) == frozenset(asked)
    people = make.team(cast, 5)
    found = make.closed_round(cast, people[:3], [3, 3, 3])
    assert operations.published_to(cast.supervisor) == [frozenset(person.pk for person in people)]
    people[4].is_active = False
    people[4].save()
    assert operations.published_to(cast.supervisor) == [frozenset(person.pk for person in people)]
    assert len(RoundResult.objects.get(round=found).able) == 5


def test_the_chain_tells_of_opening_and_of_the_result_alone(cast: Any) -> None:
    people = make.team(cast)
    make.closed_round(cast, people, [3, 2, None])
    links = AuditEvent.objects.filter(record_label="competencies.round").values_list("action", "by", "facts")
    assert list(links.order_by("seq")) == [
        ("round opened", cast.supervisor.pk, {}),
        ("round result made", None, {}),
    ]
    assert verify.run() == []


def test_a_changed_result_is_noticed(cast: Any) -> None:
    from supervision.records import triggers

    people = make.team(cast)
    make.closed_round(cast, people, [3, 3, 3])
    triggers.remove()
    try:
        RoundResult.objects.update(id=uuid.uuid4())
        assert verify.run()
    finally:
        transaction.set_rollback(True)


# What shows ---------------------------------------------------------------------------------------------------


def test_a_result_holds_bands_and_nothing_else(cast: Any) -> None:
    people = make.team(cast, 4)
    found = make.opened(cast)
    for person, point in zip(people, (4, 4, 3, 1), strict=True):
        make.answers(found, person, point, informative_1=4, informative_2=1)
    make.settled(found)
    statements = sheets.statements_in(found.framework_version.body)
    bands = make.bands(found)
    assert bands is not None
    assert (bands["informative-1"], bands["informative-2"]) == (Band.STRONG, Band.EXPLORE)
    assert {bands[one] for one in make.statements(found)[2:]} == {Band.STEADY}
    assert RoundResult.objects.get().kept == sheets.bands_written(bands, statements) == "131" + "2" * 31


def test_a_statement_with_two_points_does_not_show(cast: Any) -> None:
    people = make.team(cast)
    found = make.opened(cast)
    for person in people[:2]:
        make.answers(found, person, 3)
    make.answers(found, people[2], 3, informative_3=None)
    make.settled(found)
    bands = make.bands(found)
    assert bands is not None
    assert "informative-3" not in bands
    assert len(bands) == 32


@pytest.mark.parametrize("answered", [0, 1, 2])
def test_with_fewer_than_three_who_answered_there_is_no_result(cast: Any, answered: int) -> None:
    people = make.team(cast, 4)
    found = make.opened(cast)
    for person in people[:answered]:
        make.answers(found, person)
    make.settled(found)
    assert make.bands(found) is None


def test_who_took_it_back_or_never_sent_it_did_not_answer(cast: Any) -> None:
    people = make.team(cast)
    found = make.opened(cast)
    for person in people:
        make.answers(found, person)
    operations.take_back(make.sheet_of(found, people[0]), by=people[0])
    operations.keep_typed(
        make.sheet_of(found, people[0]), by=people[0], version=2, marks=make.marks(found, 4)
    )
    make.settled(found)
    assert make.bands(found) is None


@pytest.mark.parametrize(
    ("first", "second", "shows"),
    [
        ("abcd", "abcd", True),
        ("abcd", "abc", False),
        ("abc", "abcd", False),
        ("abcd", "abce", False),
        ("abcde", "abc", False),
        ("abc", "cde", True),
        ("abc", "abcdef", True),
    ],
)
def test_no_result_where_one_or_two_others_answered_than_in_the_last_one(
    cast: Any, first: str, second: str, shows: bool
) -> None:
    people = dict(zip("abcdef", make.team(cast, 6), strict=True))
    earlier = make.closed_round(cast, [people[one] for one in first], [3] * len(first))
    with make.after(earlier):
        later = make.closed_round(cast, [people[one] for one in second], [3] * len(second))
    assert (make.bands(later) is not None) == shows


def test_it_is_the_last_round_with_a_result_that_counts(cast: Any) -> None:
    """Else closing and opening again with one answer more would show that answer, with a round that nobody answered between."""
    people = make.team(cast, 5)
    first = make.closed_round(cast, people[:3], [3, 3, 3])
    with make.after(first):
        second = make.closed_round(cast, [], [])
    with make.after(second):
        third = make.closed_round(cast, people[:4], [3, 3, 3, 1])
    assert [make.bands(one) is not None for one in (first, second, third)] == [True, False, False]


def test_a_result_is_made_once_and_nothing_changes_it(cast: Any) -> None:
    people = make.team(cast)
    found = make.opened(cast)
    for person in people:
        make.answers(found, person, 4)
    first = make.settled(found)
    people[0].is_active = False
    people[0].save()
    make.leaves(people[1])
    assert make.settled(found) == first
    assert RoundResult.objects.count() == 1
    assert make.bands(found) == dict.fromkeys(make.statements(found), Band.STRONG)
    with pytest.raises(Sealed):
        first.delete()


def test_nothing_is_made_before_the_end(cast: Any) -> None:
    make.team(cast)
    found = make.opened(cast)
    with pytest.raises(WrongState, match="still open"):
        operations.settle(found)


def test_where_one_of_four_could_not_answer_a_result_would_tell_of_the_other_three(cast: Any) -> None:
    people = make.team(cast, size=4)
    found = make.opened(cast)
    for person in people[:3]:
        make.answers(found, person)
    people[3].is_active = False
    people[3].save()
    make.settled(found)
    assert make.bands(found) is None


def test_three_of_four_who_could_all_answer_have_a_result(cast: Any) -> None:
    people = make.team(cast, size=4)
    found = make.opened(cast)
    for person in people[:3]:
        make.answers(found, person)
    make.settled(found)
    assert make.bands(found) is not None
