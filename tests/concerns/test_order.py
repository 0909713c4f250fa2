"""The order of D 2.118 is held by the operations: told first, their own time, told again, and only then shared."""

from __future__ import annotations

import datetime
import uuid
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from supervision.concerns.models import Concern, OutsideReport, WorkerStatement
from supervision.concerns.raising import operations, receivers
from supervision.people.models import Management, Participation, Standing, User
from supervision.performance.notes import operations as performing
from supervision.records.encryption import unlocked_keys
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, Stale, WrongState
from supervision.records.models import RecordKey
from tests import factories
from tests.sessions import makers as sessions

from . import makers
from .makers import fresh

pytestmark = pytest.mark.django_db


def later(**by: float) -> Any:
    """The clock, so much later."""
    return mock.patch("django.utils.timezone.now", return_value=timezone.now() + datetime.timedelta(**by))


def share(cast: Any, concern: Concern, receiver: User, **given: Any) -> Concern:
    values = {"text": makers.SHARED, "version": fresh(concern).version} | given
    return operations.share(concern, by=cast.supervisor, receiver=receiver, **values)


# Before anybody is told ---------------------------------------------------------------------------------------


def test_it_can_be_stated_only_of_somebody_one_supervises_now(cast: Any) -> None:
    for person, worker in (
        (cast.supervisor, cast.other_worker),
        (cast.other_supervisor, cast.worker),
        (cast.worker, cast.supervisor),
        (cast.manager, cast.worker),
        (cast.administrator, cast.worker),
    ):
        with pytest.raises(NotFound):
            operations.state(cast.arrangement, worker, by=person, words=makers.words())
    Participation.objects.filter(person=cast.supervisor).update(
        left_on=timezone.localdate() - datetime.timedelta(days=1)
    )
    with pytest.raises(NotFound):
        makers.stated(cast)


def test_a_form_sent_twice_makes_one(cast: Any) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        operations.state(cast.arrangement, cast.worker, by=cast.supervisor, words=makers.words(), key=key)
    assert Concern.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field"), [({"limit": "dislike"}, "limit"), ({"text": "  "}, "text"), ({"limit": ""}, "limit")]
)
def test_it_says_one_of_the_five_limits_and_what_it_is(cast: Any, given: Any, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        makers.stated(cast, **given)
    assert refusal.value.field == field


def test_thrown_away_nothing_is_left_of_it(cast: Any) -> None:
    concern = makers.stated(cast)
    operations.throw_away(concern, by=cast.supervisor)
    assert not Concern.objects.exists()
    assert not RecordKey.objects.filter(pk=concern.pk).exists()


def test_it_is_kept_once_a_report_was_made_because_of_it(cast: Any) -> None:
    concern = makers.stated(cast)
    operations.add_report(
        concern, by=cast.supervisor, happened_at=timezone.now(), to_whom="911", reason="He did not breathe."
    )
    with pytest.raises(WrongState):
        operations.throw_away(concern, by=cast.supervisor)


# The worker is told first -----------------------------------------------------------------------------------------


def test_nothing_is_shared_before_the_worker_was_told(cast: Any, lina: User) -> None:
    concern = makers.stated(cast)
    with pytest.raises(WrongState):
        share(cast, concern, lina)
    with pytest.raises(WrongState):
        operations.tell_again(concern, by=cast.supervisor, version=concern.version)


def test_nothing_is_shared_in_the_workers_own_time(cast: Any, lina: User) -> None:
    concern = makers.told(cast)
    with pytest.raises(WrongState):
        operations.tell_again(concern, by=cast.supervisor, version=fresh(concern).version)
    with pytest.raises(WrongState):
        share(cast, concern, lina)
    assert concern.may_share_from is not None
    almost = (concern.may_share_from - timezone.now()).total_seconds() - 1
    with later(seconds=almost), pytest.raises(WrongState):
        operations.tell_again(concern, by=cast.supervisor, version=fresh(concern).version)


def test_when_the_time_is_over_the_worker_is_told_again_before_it_is_shared(cast: Any, lina: User) -> None:
    concern = makers.told(cast)
    with later(days=9):
        with pytest.raises(WrongState):
            share(cast, concern, lina)
        operations.tell_again(concern, by=cast.supervisor, version=fresh(concern).version)
        done = share(cast, concern, lina)
    assert (done.shared_with_id, done.shared_as, done.instead) == (lina.pk, "line_manager", "")


def test_the_worker_may_say_that_they_will_not_and_their_time_is_over(cast: Any, lina: User) -> None:
    concern = makers.told_again(cast)
    assert share(cast, concern, lina).is_shared


def test_the_time_is_that_of_the_agreement_and_never_of_when_it_was_spoken_about(cast: Any) -> None:
    """A day of speaking in the past does not make the time run out before the worker could read it here."""
    Standing.objects.filter(arrangement=cast.arrangement).update(
        agreement_id="8d0c1d2e-3f4a-4b5c-8d9e-0f1a2b3c4d5e", concern_days=5
    )
    spoken = timezone.localdate() - datetime.timedelta(days=20)
    concern = makers.told(cast, spoke_on=spoken)
    assert concern.notice_days == 5
    assert concern.may_share_from is not None
    assert concern.may_share_from >= timezone.now() + datetime.timedelta(days=5)


def test_no_time_needs_a_reason_which_the_worker_reads(cast: Any) -> None:
    concern = makers.stated(cast)
    with pytest.raises(Invalid) as refusal:
        operations.tell(
            concern, by=cast.supervisor, version=concern.version, no_time=True, no_time_reason=" "
        )
    assert refusal.value.field == "no_time_reason"
    done = operations.tell(
        concern, by=cast.supervisor, version=concern.version, no_time=True, no_time_reason="Tonight."
    )
    assert (done.notice_days, done.may_share_from) == (0, done.told_at)
    assert done.time_is_over()


def test_once_told_its_words_stay_as_they_are(cast: Any) -> None:
    concern = makers.told(cast)
    with pytest.raises(WrongState):
        operations.change(
            concern, by=cast.supervisor, words=makers.words(text="Less"), version=fresh(concern).version
        )
    with pytest.raises(WrongState):
        operations.throw_away(concern, by=cast.supervisor)


def test_told_twice_is_told_once(cast: Any) -> None:
    concern = makers.told(cast)
    with pytest.raises(AlreadyDone):
        makers.told(cast, concern)


# The worker's own steps ---------------------------------------------------------------------------------------------


def test_before_they_are_told_the_worker_can_do_nothing_since_for_them_it_does_not_exist(cast: Any) -> None:
    concern = makers.stated(cast)
    for act in (
        lambda: operations.say_seen(concern, by=cast.worker),
        lambda: operations.decline(concern, by=cast.worker),
        lambda: operations.say_taken(concern, by=cast.worker, on=timezone.localdate(), name="Kim"),
        lambda: operations.add_statement(concern, by=cast.worker, text="No", for_receiver=False),
    ):
        with pytest.raises(NotFound):
            act()


def test_nobody_but_the_worker_takes_the_workers_steps(cast: Any, lina: User) -> None:
    concern = makers.told(cast)
    for person, refusal in ((cast.supervisor, Denied), (lina, NotFound), (cast.manager, NotFound)):
        with pytest.raises(refusal):
            operations.decline(concern, by=person)
        with pytest.raises(refusal):
            operations.say_taken(concern, by=person, on=timezone.localdate(), name="Kim")
        with pytest.raises(refusal):
            operations.add_statement(concern, by=person, text="No", for_receiver=False)


def test_who_took_it_further_themself_is_believed_or_not_by_whoever_raised_it(cast: Any, lina: User) -> None:
    concern = makers.taken(cast)
    done = operations.accept(concern, by=cast.supervisor)
    assert (done.ended_as, done.ended_by_id) == ("taken", cast.supervisor.pk)
    with pytest.raises(WrongState):
        share(cast, concern, lina)


def test_nobody_is_asked_for_a_confirmation_without_the_workers_yes(cast: Any, lina: User) -> None:
    concern = makers.taken(cast, person=lina)
    assert not Concern.objects.to_confirm(lina).exists()
    with pytest.raises(NotFound):
        operations.confirm(concern, by=lina)
    operations.let_ask(concern, by=cast.worker)
    assert Concern.objects.to_confirm(lina).count() == 1
    done = operations.confirm(concern, by=lina)
    assert (done.ended_as, done.confirmed) == ("taken", True)


def test_a_no_leaves_it_open_and_can_become_a_yes(cast: Any, lina: User) -> None:
    concern = makers.taken(cast, person=lina, may_ask=True)
    operations.say_not_reached(concern, by=lina)
    assert not Concern.objects.to_confirm(lina).exists()
    assert makers.fresh(concern).ended_at is None
    with pytest.raises(AlreadyDone):
        operations.say_not_reached(concern, by=lina)
    assert operations.confirm(concern, by=lina).ended_as == "taken"
    with pytest.raises(AlreadyDone):
        operations.say_not_reached(concern, by=lina)


def test_where_whoever_raised_it_has_left_the_worker_ends_it_and_nobody_hears_of_it(
    cast: Any, lina: User
) -> None:
    concern = makers.told(cast)
    with pytest.raises(WrongState):
        operations.close(concern, by=cast.worker)
    User.objects.filter(pk=cast.supervisor.pk).update(is_active=False)
    for other in (lina, cast.manager, cast.administrator):
        with pytest.raises(NotFound):
            operations.close(concern, by=other)
    assert operations.close(concern, by=cast.worker).ended_as == "left"
    assert not Concern.objects.visible_to(lina).exists()


def test_what_is_with_somebody_is_theirs_to_answer_whoever_left(cast: Any, lina: User) -> None:
    concern = makers.shared(cast, lina)
    User.objects.filter(pk=cast.supervisor.pk).update(is_active=False)
    with pytest.raises(WrongState):
        operations.close(concern, by=cast.worker)
    assert operations.answer(concern, by=lina, outcome="We talked").ended_as == "answered"


def test_whoever_raised_it_cannot_be_named_as_the_one_it_was_taken_to(cast: Any) -> None:
    concern = makers.told(cast)
    for person in (cast.supervisor, cast.outsider):
        with pytest.raises(Invalid):
            operations.say_taken(concern, by=cast.worker, on=timezone.localdate(), person=person)


def test_the_workers_words_stand_beside_it_also_when_it_has_ended(cast: Any) -> None:
    concern = makers.answered(cast)
    operations.add_statement(concern, by=cast.worker, text="I had not been drinking.", for_receiver=True)
    assert WorkerStatement.objects.get().text == "I had not been drinking."


# Sharing ----------------------------------------------------------------------------------------------------------------


def test_whoever_shares_has_read_what_the_worker_wrote_meanwhile(cast: Any, lina: User) -> None:
    concern = makers.told_again(cast)
    seen = fresh(concern).version
    operations.add_statement(concern, by=cast.worker, text="It was not so.", for_receiver=True)
    with pytest.raises(Stale):
        share(cast, concern, lina, version=seen)


def test_out_of_order_needs_a_reason_and_shows_as_such(cast: Any, lina: User) -> None:
    concern = makers.stated(cast)
    given = {"receiver": lina, "text": makers.SHARED, "version": concern.version}
    with pytest.raises(Invalid) as refusal:
        operations.share_out_of_order(concern, by=cast.supervisor, reason=" ", **given)
    assert refusal.value.field == "reason"
    done = operations.share_out_of_order(concern, by=cast.supervisor, reason="Tonight.", **given)
    assert done.out_of_order
    assert not done.is_told
    assert not Concern.objects.visible_to(cast.worker).exists()
    told = operations.tell(concern, by=cast.supervisor, version=fresh(concern).version)
    assert (told.notice_days, told.is_told) == (0, True)
    assert Concern.objects.visible_to(cast.worker).exists()


def test_the_worker_is_told_also_when_it_has_been_answered_meanwhile(cast: Any) -> None:
    concern = makers.shared_out_of_order(cast)
    operations.answer(concern, by=concern.shared_with, outcome="Done.")
    assert operations.tell(concern, by=cast.supervisor, version=fresh(concern).version).is_told


def _named_instead(cast: Any, person: User | None) -> None:
    Standing.objects.filter(arrangement=cast.arrangement).update(hears_instead=person)


def _able(cast: Any) -> list[tuple[str, str, str]]:
    concern = makers.stated(cast)
    concern = Concern.objects.select_related("worker__line_manager").get(pk=concern.pk)
    return [(one.person.name, one.shared_as, one.instead) for one in receivers.of(concern)]


def test_it_goes_to_the_line_manager_or_to_whom_the_agreement_names_where_it_is_about_them(cast: Any) -> None:
    makers.line_manager(cast)
    _named_instead(cast, factories.person("Noor Named"))
    assert _able(cast) == [
        ("Lina Ortega", "line_manager", ""),
        ("Noor Named", "named", "concerned"),
    ]


def test_a_line_manager_who_supervises_there_does_not_hear_it(cast: Any) -> None:
    makers.line_manager(cast, cast.supervisor)
    _named_instead(cast, factories.person("Noor Named"))
    assert _able(cast) == [("Noor Named", "named", "supervises")]


def test_without_a_line_manager_and_a_name_the_managers_of_the_program_hear_it(cast: Any) -> None:
    assert _able(cast) == [("Priya Raman", "program", "missing")]
    gone = factories.person("Lee Left", is_active=False)
    makers.line_manager(cast, gone)
    assert _able(cast) == [("Priya Raman", "program", "missing")]


def test_whoever_raised_it_never_receives_it_also_as_manager(cast: Any) -> None:
    Management.objects.update(person=cast.supervisor)
    assert _able(cast) == []


def test_it_is_shared_with_nobody_else(cast: Any, lina: User) -> None:
    concern = makers.told_again(cast)
    for person in (cast.administrator, cast.outsider, cast.supervisor, cast.worker, cast.other_manager):
        with pytest.raises(Invalid):
            share(cast, concern, person)


# How it ends ------------------------------------------------------------------------------------------------------------


def test_only_whoever_received_it_records_what_came_of_it_and_once(cast: Any) -> None:
    concern = makers.shared(cast)
    for person, refusal in (
        (cast.supervisor, Denied),
        (cast.worker, Denied),
        (cast.manager, NotFound),
        (cast.administrator, NotFound),
    ):
        with pytest.raises(refusal):
            operations.answer(concern, by=person, outcome="x")
    done = operations.answer(concern, by=concern.shared_with, outcome="A taxi account.")
    assert done.ended_as == "answered"
    with pytest.raises(AlreadyDone):
        operations.answer(concern, by=concern.shared_with, outcome="Another")


def test_withdrawn_with_a_reason_and_then_nothing_goes_on(cast: Any, lina: User) -> None:
    concern = makers.told_again(cast)
    with pytest.raises(Invalid):
        operations.withdraw(concern, by=cast.supervisor, reason="")
    operations.withdraw(concern, by=cast.supervisor, reason="I had it from the wrong person.")
    with pytest.raises(WrongState):
        share(cast, concern, lina)
    with pytest.raises(WrongState):
        operations.say_taken(concern, by=cast.worker, on=timezone.localdate(), name="Kim")


def test_a_report_outside_never_waits_and_is_dated(cast: Any) -> None:
    concern = makers.stated(cast)
    with pytest.raises(Invalid):
        operations.add_report(
            concern,
            by=cast.supervisor,
            happened_at=timezone.now() + datetime.timedelta(hours=1),
            to_whom="Child protection",
            reason="Suspected abuse",
        )
    operations.add_report(
        concern,
        by=cast.supervisor,
        happened_at=timezone.now() - datetime.timedelta(hours=1),
        to_whom="Child protection",
        reason="Suspected abuse",
    )
    assert OutsideReport.objects.get().to_whom == "Child protection"


# Who hears of it ----------------------------------------------------------------------------------------------------------


def test_until_it_is_shared_only_the_worker_gets_a_mail_and_its_address_says_nothing(cast: Any) -> None:
    told: list[tuple[str, str, str]] = []

    def tell(person: User, kind: str, *, path: str) -> None:
        told.append((person.name, kind, path))

    with mock.patch("supervision.notices.mail.tell", tell):
        concern = makers.told_again(cast)
        assert {name for name, _kind, _path in told} == {"Marisol Vega"}
        lina = makers.line_manager(cast)
        share(cast, concern, lina)
    assert {name for name, _kind, _path in told} == {"Marisol Vega", "Lina Ortega"}
    assert {path for _name, _kind, path in told} == {"/"}


@pytest.mark.parametrize("make", ["stated", "told", "declined", "told_again", "taken"])
def test_for_managers_and_administrators_an_unshared_concern_does_not_exist(cast: Any, make: str) -> None:
    makers.line_manager(cast)
    getattr(makers, make)(cast)
    lina = User.objects.get(name="Lina Ortega")
    for person in (lina, cast.manager, cast.administrator, cast.outsider, cast.other_supervisor):
        assert not Concern.objects.visible_to(person).exists()
        assert not Concern.objects.asked_of(person).exists()


def test_a_forged_key_reaches_no_other_record(cast: Any) -> None:
    """Whoever chose the id of a concern could write with the key of a sealed record, and take that key away with what they throw away."""

    sealed = sessions.sealed(cast)
    stated = operations.state(
        cast.arrangement, cast.worker, by=cast.supervisor, words=makers.words(), key=sealed.pk
    )
    begun = performing.start(cast.worker, by=cast.supervisor, kind="note", key=sealed.pk)
    assert len({sealed.pk, stated.pk, begun.pk}) == 3
    operations.throw_away(stated, by=cast.supervisor)
    performing.withdraw(begun, by=cast.supervisor)
    with unlocked_keys():
        assert sessions.fresh(sealed).outcomes == sessions.OUTCOMES


def test_a_new_record_never_takes_the_key_of_another(cast: Any) -> None:
    """Whatever gave it its id."""

    sealed = sessions.sealed(cast)
    row = Concern(
        id=sealed.pk, arrangement=cast.arrangement, raised_by=cast.supervisor, worker=cast.worker, text="x"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    assert sessions.fresh(sealed).outcomes == sessions.OUTCOMES
