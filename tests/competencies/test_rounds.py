"""What may be done with a round, by whom and when; and what nobody learns by it."""

from __future__ import annotations

import datetime
import uuid
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from competencies.models import NamedView, Round, RoundResult, Sheet
from competencies.rounds import circle, operations, sheets
from competencies.rounds.sheets import Kept
from supervision.jobs.worker import Worker
from supervision.people.models import Participation
from supervision.records import verify
from supervision.records.errors import (
    AlreadyDone,
    Denied,
    Invalid,
    NotFound,
    Sealed,
    Stale,
    WrongState,
)
from tests import factories

from . import round_makers as make

pytestmark = pytest.mark.django_db
WORDS = "canary-heron: you listen, and I would like more time"


# Opening ------------------------------------------------------------------------------------------------------


def test_everybody_who_is_supervised_then_is_asked_and_nobody_later(cast: Any) -> None:
    people = make.team(cast)
    found = make.opened(cast)
    make.joins(cast, "Sol Late")
    make.leaves(people[2])
    assert {row.person for row in Sheet.objects.asked()} == set(people)
    make.answers(found, people[2])  # who has left meanwhile is still asked
    assert found.closes_at - found.opened_at > datetime.timedelta(days=14)


def test_it_closes_at_midnight_where_the_agency_is(cast: Any) -> None:
    factories.agency(time_zone="America/New_York")
    make.team(cast)
    found = make.opened(cast, last_day=timezone.localdate() + datetime.timedelta(days=20))
    there = found.closes_at.astimezone(ZoneInfo("America/New_York"))
    assert (there.hour, there.minute) == (0, 0)
    assert there.date() == found.last_day + datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("structure", "part", "is_asked"),
    [
        ("group", "supervisor", True),
        ("co_supervision", "supervisor", True),
        ("of_supervision", "supervisor", True),
        ("group", "facilitator", False),
        ("co_reflection", "peer", False),
    ],
)
def test_whom_somebody_supervises(cast: Any, structure: str, part: str, is_asked: bool) -> None:
    joe = factories.worker_in(cast.program, "Joe")
    made = factories.arrangement(cast.program, [], [], structure=structure)
    own = "peer" if part == "peer" else "supervisee"
    for person, its in ((cast.supervisor, part), (joe, own)):
        Participation.objects.create(arrangement=made, person=person, part=its, joined_on=made.started_on)
    assert (joe in circle.supervised_by(cast.supervisor)) == is_asked
    assert (cast.supervisor in circle.supervisors_of(joe)) == is_asked
    assert joe not in circle.supervised_by(joe)


def test_who_has_left_or_whose_account_is_closed_is_not_asked(cast: Any) -> None:
    _marisol, kit, joe = make.team(cast)
    make.leaves(kit)
    joe.is_active = False
    joe.save()
    assert list(circle.supervised_by(cast.supervisor)) == [cast.worker]


def test_two_arrangements_with_the_same_person_make_one_sheet(cast: Any) -> None:
    make.team(cast)
    factories.arrangement(cast.program, [cast.supervisor], [cast.worker], structure="group")
    found = make.opened(cast)
    assert found.sheets.count() == 4


@pytest.mark.parametrize("who", ["worker", "manager", "administrator", "outsider"])
def test_only_who_supervises_opens_one_and_only_about_themself(cast: Any, who: str) -> None:
    make.team(cast)
    with pytest.raises(Denied):
        make.opened(cast, by=getattr(cast, who))


def test_with_fewer_than_three_there_is_none(cast: Any) -> None:
    make.team(cast, 2)
    with pytest.raises(WrongState, match="under their own name"):
        make.opened(cast)
    assert not Round.objects.exists()


@pytest.mark.parametrize("days", [-1, 0, 6, 61])
def test_the_last_day_is_neither_too_near_nor_too_far(cast: Any, days: int) -> None:
    make.team(cast)
    with pytest.raises(Invalid, match="at least 7 and at most 60 days"):
        make.opened(cast, days=days)


def test_one_at_a_time(cast: Any) -> None:
    make.team(cast)
    make.opened(cast)
    with pytest.raises(WrongState, match="is open"):
        make.opened(cast)


def test_the_next_one_waits_for_ones_own_part_in_the_last(cast: Any) -> None:
    people = make.team(cast)
    found = make.opened(cast)
    with make.after(found):
        with pytest.raises(WrongState, match="own part"):
            make.opened(cast)
        make.own_part(found)
        assert make.opened(cast).sheets.count() == len(people) + 1


def test_the_same_form_sent_twice_opens_one(cast: Any) -> None:
    make.team(cast)
    key = uuid.uuid4()
    make.opened(cast, key=key)
    with pytest.raises(AlreadyDone):
        make.opened(cast, key=key)


def test_other_people_than_on_the_page_are_not_asked(cast: Any) -> None:
    people = make.team(cast)
    with pytest.raises(Stale):
        make.opened(cast, asked=frozenset(person.pk for person in people[:2]))
    assert not Round.objects.exists()


def test_a_framework_that_asks_nothing_of_workers_is_refused(cast: Any) -> None:
    make.team(cast)
    version = make.framework()
    content = version.content
    for domain in content["domains"]:
        domain["described_by"] = ["self"]
    with pytest.raises(Invalid, match="asks nothing"):
        make.opened(cast, framework_version=version)


def test_only_what_the_people_supervised_can_know_of_is_asked(cast: Any) -> None:
    domains = sheets.domains_of(make.framework().body)
    assert len(domains) == 5
    assert sum(len(domain.statements) for domain in domains) == 33


def test_nothing_of_a_round_can_be_changed(cast: Any) -> None:
    """Neither closed earlier, nor made longer, nor opened again; not in the database either."""
    make.team(cast)
    found = make.opened(cast)
    found.closes_at = timezone.now()
    with pytest.raises(Sealed):
        found.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.update(closes_at=timezone.now() + datetime.timedelta(days=90))
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.all().delete()


def test_three_and_a_fourth_are_not_asked_after_a_result_of_the_three(cast: Any) -> None:
    people = make.team(cast)
    found = make.closed_round(cast, people, [3, 3, 3])
    with make.after(found):
        make.joins(cast, "Fourth")
        with pytest.raises(WrongState, match="almost the ones"):
            make.opened(cast)
        make.joins(cast, "Fifth")
        assert make.opened(cast).sheets.count() == 6


def test_a_round_after_one_in_which_somebody_could_not_answer_tells_nothing_of_it(cast: Any) -> None:
    """Five were asked, one account was closed before they answered. A result of three of the others alone would tell that the
    fourth had not answered."""
    people = make.team(cast, 5)
    first = make.opened(cast)
    for person in people[:3]:
        make.answers(first, person, 3)
    make.own_part(first)
    people[4].is_active = False
    people[4].save()
    make.settled(first)
    assert make.bands(first) is not None
    make.leaves(people[3])
    with make.after(first, days=3), pytest.raises(WrongState, match="almost the ones"):
        make.opened(cast)


def test_who_has_not_taken_up_their_invitation_is_not_asked(cast: Any) -> None:
    people = make.team(cast, size=4)
    people[3].set_unusable_password()
    people[3].save()
    asked = make.opened(cast).sheets.asked()
    assert set(asked.values_list("person", flat=True)) == {person.pk for person in people[:3]}


# Answering ----------------------------------------------------------------------------------------------------


def test_answers_are_sent_changed_and_taken_back(cast: Any) -> None:
    make.team(cast)
    found = make.opened(cast)
    sheet = make.sheet_of(found, cast.worker)
    assert operations.kept_in(sheet) == Kept()
    assert operations.keep_typed(sheet, by=cast.worker, version=0, marks={"informative-1": make.Mark(2)})
    kept = operations.kept_in(make.sheet_of(found, cast.worker))
    assert (kept.is_sent, kept.typed["informative-1"].point) == (False, 2)
    make.answers(found, cast.worker, 3, informative_1=None)
    make.answers(found, cast.worker, 4)
    kept = operations.kept_in(make.sheet_of(found, cast.worker))
    assert (kept.is_sent, kept.version, kept.sent["informative-1"].point) == (True, 2, 4)
    operations.take_back(sheet, by=cast.worker)
    operations.take_back(sheet, by=cast.worker)
    kept = operations.kept_in(make.sheet_of(found, cast.worker))
    assert (kept.is_sent, kept.sent, kept.typed["informative-1"].point) == (False, {}, 4)


def test_what_is_not_complete_is_not_sent(cast: Any) -> None:
    make.team(cast)
    sheet = make.sheet_of(make.opened(cast), cast.worker)
    with pytest.raises(Invalid, match="each statement"):
        operations.answer(sheet, by=cast.worker, version=0, marks={"informative-1": make.Mark(2)})


def test_other_answers_from_an_older_page_are_refused_and_the_same_ones_are_not(cast: Any) -> None:
    make.team(cast)
    found = make.opened(cast)
    sheet = make.sheet_of(found, cast.worker)
    make.answers(found, cast.worker, 3)
    operations.answer(sheet, by=cast.worker, version=0, marks=make.marks(found, 3))
    with pytest.raises(Stale):
        operations.answer(sheet, by=cast.worker, version=0, marks=make.marks(found, 2))
    assert not operations.keep_typed(sheet, by=cast.worker, version=0, marks=make.marks(found, 2))


def test_nobody_answers_on_another_ones_sheet(cast: Any) -> None:
    _marisol, kit, _joe = make.team(cast)
    found = make.opened(cast)
    for act in (
        lambda sheet: operations.answer(sheet, by=kit, version=0, marks=make.marks(found, 1)),
        lambda sheet: operations.keep_typed(sheet, by=kit, version=0, marks={}),
        lambda sheet: operations.take_back(sheet, by=kit),
    ):
        with pytest.raises(NotFound):
            act(make.sheet_of(found, cast.worker))


def test_after_the_end_nothing_is_answered_changed_or_taken_back(cast: Any) -> None:
    make.team(cast)
    found = make.opened(cast)
    make.answers(found, cast.worker, 3)
    sheet = make.sheet_of(found, cast.worker)
    with make.after(found):
        assert not operations.keep_typed(sheet, by=cast.worker, version=1, marks={})
        for act in (
            lambda: operations.answer(sheet, by=cast.worker, version=1, marks=make.marks(found, 1)),
            lambda: operations.take_back(sheet, by=cast.worker),
        ):
            with pytest.raises(WrongState, match="closed"):
                act()


def test_what_has_been_counted_stays_whatever_another_clock_says(cast: Any) -> None:
    make.team(cast)
    found = make.opened(cast)
    make.settled(found)
    with pytest.raises(WrongState):
        make.answers(found, cast.worker, 3)


def test_the_own_part_can_be_sent_after_the_end_once(cast: Any) -> None:
    make.team(cast)
    found = make.opened(cast)
    with make.after(found):
        make.own_part(found, 2)
        assert operations.own_part_in(found)
        with pytest.raises(WrongState, match="stays as it is"):
            make.own_part(found, 4)
        with pytest.raises(WrongState, match="stays as it is"):
            operations.take_back(make.sheet_of(found, cast.supervisor), by=cast.supervisor)


# What people are told -----------------------------------------------------------------------------------------


def test_everybody_who_is_asked_gets_the_same_mails_whatever_they_did(
    cast: Any, django_capture_on_commit_callbacks: Any
) -> None:
    people = make.team(cast)
    with django_capture_on_commit_callbacks(execute=True):
        found = make.opened(cast)
    Worker(name="test").run_until_empty()
    first = _mails()
    make.answers(found, people[0])
    with make.at(found.closes_at - datetime.timedelta(days=1)):
        Worker(name="test").run_until_empty()
    second = _mails()
    with make.after(found):
        Worker(name="test").run_until_empty()
    third = _mails()
    everybody = {person.email for person in people}
    assert {to for to, _subject in first} == everybody | {cast.supervisor.email}
    assert {subject for _to, subject in first} == {"You are asked how you see something"}
    assert second == [(to, "Something that you were asked closes soon") for to in sorted(everybody)]
    assert third == [(cast.supervisor.email, "Something is waiting for you to read")]
    assert RoundResult.objects.filter(round=found).exists()


def _mails() -> list[tuple[str, str]]:
    sent = sorted((message.to[0], str(message.subject)) for message in mail.outbox)
    mail.outbox.clear()
    return sent


# By name ------------------------------------------------------------------------------------------------------


def by_name(cast: Any, **given: Any) -> NamedView:
    values = {"by": cast.worker, "to": cast.supervisor, "key": uuid.uuid4(), "text": WORDS} | given
    return operations.share_by_name(**values)


def test_a_view_by_name_is_for_the_two(cast: Any) -> None:
    made = by_name(cast)
    for person, sees in [
        (cast.worker, True),
        (cast.supervisor, True),
        (cast.manager, False),
        (cast.administrator, False),
        (cast.other_worker, False),
    ]:
        assert NamedView.objects.visible_to(person).filter(pk=made.pk).exists() == sees
    with pytest.raises(Sealed):
        made.save()


@pytest.mark.parametrize("who", ["other_worker", "manager", "administrator", "supervisor", "outsider"])
def test_nobody_else_writes_to_that_supervisor(cast: Any, who: str) -> None:
    with pytest.raises(NotFound):
        by_name(cast, by=getattr(cast, who))


def test_who_was_asked_can_write_also_after_they_have_left(cast: Any) -> None:
    people = make.team(cast)
    found = make.opened(cast)
    make.leaves(people[1])
    assert by_name(cast, by=people[1], about=found).round == found
    assert not by_name(cast).round


def test_sent_twice_it_is_one_and_other_words_are_not_put_over_it(cast: Any) -> None:
    key = uuid.uuid4()
    by_name(cast, key=key)
    with pytest.raises(AlreadyDone):
        by_name(cast, key=key)
    with pytest.raises(Stale):
        by_name(cast, key=key, text="Other words")
    with pytest.raises(Invalid):
        by_name(cast, text="  ")
    assert NamedView.objects.get().text == WORDS
    assert verify.run() == []
