"""Who leaves, joins, leads or cannot sign in while a concern or a letter is on its way; and what a mail leads to."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from supervision.concerns.letters import operations as letters
from supervision.concerns.models import Concern, Letter
from supervision.concerns.raising import operations, receivers, steps
from supervision.overview import waiting
from supervision.overview.opened import log
from supervision.people import operations as people
from supervision.people.models import Management, User
from supervision.records import audit
from supervision.records.errors import Invalid, NotFound, Stale, WrongState
from tests import factories

from . import makers
from .makers import fresh

pytestmark = pytest.mark.django_db


def waits(person: User) -> list[str]:
    return [task.label for task in waiting.tasks_of(person, waiting.CONCERNS)]


def later(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    now = timezone.now() + datetime.timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: now)


# Who cannot be reached ------------------------------------------------------------------------------------------


def test_the_time_of_a_worker_who_cannot_sign_in_does_not_run(cast: Any) -> None:
    concern = makers.stated(cast)
    people.deactivate(cast.worker, by=cast.administrator)
    with pytest.raises(WrongState, match="can’t sign in"):
        makers.told(cast, concern)
    receiver = makers.line_manager(cast)
    early = operations.share_out_of_order(
        fresh(concern),
        by=cast.supervisor,
        receiver=receiver,
        text="What it is",
        reason="They have left",
        version=fresh(concern).version,
    )
    assert early.out_of_order


def test_what_waits_with_somebody_who_has_left_comes_back_to_whoever_raised_it(cast: Any) -> None:
    lina = makers.line_manager(cast)
    concern = makers.shared(cast, lina)
    assert waits(cast.supervisor) == []
    people.deactivate(lina, by=cast.administrator)
    assert len(waits(cast.supervisor)) == 1
    for person in (cast.supervisor, cast.worker):
        assert "is closed, so no answer will come" in steps.where_it_stands(fresh(concern), person)
    ended = operations.withdraw(concern, by=cast.supervisor, reason="Lina has left; stated anew")
    assert ended.has_ended
    again = makers.stated(cast)
    assert lina not in [one.person for one in receivers.of(again)]


def test_nobody_who_has_not_taken_up_their_invitation_is_to_hear_it(cast: Any) -> None:
    lina = makers.line_manager(cast)
    lina.set_unusable_password()
    lina.save()
    offered = receivers.of(makers.stated(cast))
    assert lina not in [one.person for one in offered]
    assert {one.instead for one in offered} == {Concern.Instead.MISSING}


def test_somebody_who_joins_the_group_does_not_hear_of_a_colleague(cast: Any) -> None:
    lina = makers.line_manager(cast)
    letter_to = [one.person for one in letters.recipients(cast.arrangement, cast.worker)]
    assert lina in letter_to
    group = factories.arrangement(cast.program, [cast.supervisor], [cast.worker, lina], structure="group")
    stated = operations.state(group, cast.worker, by=cast.supervisor, words=makers.words())
    assert lina not in [one.person for one in receivers.of(stated)]
    assert lina not in [one.person for one in letters.recipients(group, cast.worker)]


# Letters --------------------------------------------------------------------------------------------------------


def written_to(cast: Any, person: User) -> Letter:
    return letters.write(cast.arrangement, by=cast.worker, recipient=person, text=makers.LETTER)


@pytest.mark.parametrize("from_day", [0, 20])
def test_nothing_more_of_a_letter_goes_to_somebody_who_comes_to_supervise_there(
    cast: Any, from_day: int
) -> None:
    letter = written_to(cast, cast.manager)
    letters.answer(letter, by=cast.manager, text="I will ask.")
    cast.arrangement.participations.create(
        person=cast.manager,
        part="supervisor",
        joined_on=timezone.localdate() + datetime.timedelta(days=from_day),
    )
    for person in (cast.worker, cast.manager):
        with pytest.raises(WrongState, match="supervises there now"):
            letters.answer(letter, by=person, text="One more thing")
    assert cast.manager not in [one.person for one in letters.recipients(cast.arrangement, cast.worker)]
    assert letters.close(letter, by=cast.worker).is_closed


def test_nothing_more_is_written_to_an_account_that_is_closed(cast: Any) -> None:
    lina = makers.line_manager(cast)
    letter = written_to(cast, lina)
    letters.receive(letter, by=lina)
    people.deactivate(lina, by=cast.administrator)
    with pytest.raises(WrongState, match="is closed"):
        letters.answer(letter, by=cast.worker, text="Are you there?")


def test_who_let_somebody_read_a_letter_sees_that_they_did(cast: Any) -> None:
    letter = written_to(cast, cast.manager)
    letters.show(letter, by=cast.worker, to=cast.supervisor)
    audit.opened(cast.supervisor, letter, why="let read by the writer")
    audit.opened(cast.manager, letter, why="party")
    (row,) = log.Book(cast.worker).page({}).rows
    assert (row.who, row.what) == (cast.supervisor.name, "A letter of yours")


# What a mail leads to -------------------------------------------------------------------------------------------


def test_whatever_happens_after_it_was_read_waits_on_the_first_page(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    concern = operations.decline(makers.told(cast), by=cast.worker)
    operations.say_seen(concern, by=cast.worker)
    assert waits(cast.worker) == []
    operations.tell_again(concern, by=cast.supervisor, version=fresh(concern).version)
    assert waits(cast.worker) == ["Look at what has happened with a concern"]
    later(monkeypatch, 15)
    assert waits(cast.worker) == []
    lina = makers.line_manager(cast)
    operations.share(
        fresh(concern), by=cast.supervisor, receiver=lina, text="It", version=fresh(concern).version
    )
    assert waits(cast.worker) == ["Look at what has happened with a concern"]
    operations.answer(fresh(concern), by=lina, outcome="We talked.")
    assert waits(cast.supervisor) == ["Look at what has happened with a concern"]
    assert waits(lina) == []


def test_what_ended_before_the_worker_was_told_waits_for_them_all_the_same(cast: Any) -> None:
    concern = makers.shared_out_of_order(cast)
    receiver = fresh(concern).shared_with
    operations.answer(concern, by=receiver, outcome="Seen to.")
    makers.told(cast, fresh(concern))
    assert len(waits(cast.worker)) == 1
    operations.say_seen(fresh(concern), by=cast.worker)
    assert waits(cast.worker) == ["Look at what has happened with a concern"]


def test_whoever_it_was_shared_with_learns_that_it_was_withdrawn(cast: Any) -> None:
    lina = makers.line_manager(cast)
    concern = makers.shared(cast, lina)
    operations.withdraw(concern, by=cast.supervisor, reason="It was a misunderstanding")
    assert waits(lina) == ["Look at what has happened with a concern"]


# Nothing lost, nothing untrue -----------------------------------------------------------------------------------


def test_the_same_form_with_other_words_says_so(cast: Any) -> None:
    key = uuid.uuid4()
    state = {"by": cast.supervisor, "key": key}
    made = operations.state(cast.arrangement, cast.worker, words=makers.words(), **state)
    assert operations.state(cast.arrangement, cast.worker, words=makers.words(), **state) == made
    with pytest.raises(Stale):
        operations.state(cast.arrangement, cast.worker, words=makers.words(text="Otherwise"), **state)
    told = makers.told(cast, made)
    report = {"happened_at": timezone.now(), "to_whom": "The emergency line", "key": uuid.uuid4()}
    operations.add_report(told, by=cast.supervisor, reason="At once", **report)
    with pytest.raises(Stale):
        operations.add_report(told, by=cast.supervisor, reason="Because of the law", **report)


def test_a_reason_for_no_time_without_its_tick_is_not_dropped(cast: Any) -> None:
    with pytest.raises(Invalid) as refused:
        makers.told(cast, no_time_reason="They drive tonight")
    assert refused.value.field == "no_time"
    assert not fresh(Concern.objects.get()).is_told


def test_until_when_is_said_in_the_time_of_whoever_reads(cast: Any) -> None:
    concern = makers.told(cast)
    ends = concern.may_share_from
    assert ends is not None
    with timezone.override("America/New_York"):  # the agency's
        assert steps.until(concern).startswith("the end of ")
    with timezone.override("America/Los_Angeles"):
        assert steps.until(concern).endswith(", 9:00 pm")


# After the end ----------------------------------------------------------------------------------------------------


def _ended(cast: Any, days_ago: int) -> None:
    cast.arrangement.ended_on = timezone.localdate() - datetime.timedelta(days=days_ago)
    cast.arrangement.save()
    cast.arrangement.participations.update(left_on=cast.arrangement.ended_on)


def test_somebody_can_still_write_about_supervision_that_ended_lately_and_never_to_who_led_it(
    cast: Any,
) -> None:
    lina = makers.line_manager(cast)
    Management.objects.create(program=cast.program, person=cast.supervisor, since=timezone.localdate())
    _ended(cast, 20)
    able = [one.person for one in letters.recipients(cast.arrangement, cast.worker)]
    assert lina in able
    assert cast.supervisor not in able
    letter = letters.write(cast.arrangement, by=cast.worker, recipient=lina, text="It was never private.")
    assert not Letter.objects.visible_to(cast.supervisor).filter(pk=letter.pk).exists()
    client = Client()
    client.force_login(cast.worker)
    for page in (reverse("concerns:letters"), reverse("concerns:letter_write", args=[cast.arrangement.pk])):
        assert cast.supervisor.name in client.get(page).content.decode()


def test_not_about_supervision_that_ended_long_ago(cast: Any) -> None:
    lina = makers.line_manager(cast)
    _ended(cast, 120)
    with pytest.raises(NotFound):
        letters.write(cast.arrangement, by=cast.worker, recipient=lina, text="It was never private.")


def test_what_was_written_before_the_end_is_answered_and_closed_after_it(cast: Any) -> None:
    lina = makers.line_manager(cast)
    letter = letters.write(cast.arrangement, by=cast.worker, recipient=lina, text="It is never private.")
    _ended(cast, 120)
    letters.answer(letter, by=lina, text="Thank you. Let us meet.")
    assert letters.close(letter, by=cast.worker).is_closed
