"""Job descriptions: who writes them, what putting one in force does, and what the person can say of it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from supervision.people.models import User
from supervision.performance.descriptions import operations, policy
from supervision.performance.models import DescriptionDraft, DescriptionRead, DescriptionReply, JobDescription
from supervision.records import verify
from supervision.records.errors import (
    AlreadyDone,
    Denied,
    DomainError,
    Invalid,
    NotFound,
    Sealed,
    Stale,
    WrongState,
)
from supervision.records.models import RecordKey
from tests import factories
from tests.people.helpers import run_jobs

from . import makers as make

pytestmark = pytest.mark.django_db
EVERYBODY = (
    "worker", "supervisor", "line_manager", "manager", "administrator",
    "other_supervisor", "other_worker", "other_manager", "outsider",
)  # fmt: skip


def readers(work: Any, rows: Any = None) -> set[str]:
    return {
        name
        for name in EVERYBODY
        if (rows or JobDescription.objects)
        .visible_to(getattr(work, name))
        .filter(person=work.worker)
        .exists()
    }


def test_the_person_their_line_manager_program_managers_and_supervisors_read_it_and_nobody_else(
    work: Any,
) -> None:
    make.job(work)
    assert readers(work) == {"worker", "supervisor", "line_manager", "manager"}


def test_a_draft_is_nobodys_to_read_but_its_writers(work: Any) -> None:
    make.job_draft(work)
    assert readers(work) == set()
    said = {}
    for name in EVERYBODY:
        try:
            policy.check_can_write(getattr(work, name), work.worker)
            said[name] = "writes"
        except DomainError as refusal:
            said[name] = type(refusal).__name__
    assert said == {
        "worker": "Denied",
        "supervisor": "Denied",
        "line_manager": "writes",
        "manager": "writes",
        **dict.fromkeys(EVERYBODY[4:], "NotFound"),
    }


def test_who_no_longer_supervises_or_manages_no_longer_reads_it(work: Any) -> None:
    make.job(work)
    yesterday = make.today(-1)
    work.arrangement.participations.filter(person=work.supervisor).update(left_on=yesterday)
    work.manager.managements.update(until=yesterday)
    User.objects.filter(pk=work.worker.pk).update(line_manager=work.outsider)
    assert readers(work) == {"worker", "outsider"}


def test_a_place_given_up_takes_the_program_manager_out(work: Any) -> None:
    make.job(work)
    work.worker.places.update(until=make.today(-1))
    assert "manager" not in readers(work)


def test_an_arrangement_that_ended_takes_the_supervisor_out(work: Any) -> None:
    make.job(work)
    type(work.arrangement).objects.filter(pk=work.arrangement.pk).update(ended_on=make.today(-1))
    assert "supervisor" not in readers(work)


@pytest.mark.parametrize("structure", ["co_reflection", "group"])
def test_peers_and_members_of_a_group_do_not_read_each_others(work: Any, structure: str) -> None:
    make.job(work)
    factories.arrangement(work.program, [], [work.worker, work.other_worker], structure=structure)
    assert "other_worker" not in readers(work)


def test_non_peer_staff_have_one_in_the_same_way(work: Any) -> None:
    clerk = factories.person("Cleo Clerk", job_role="non_peer", line_manager=work.line_manager)
    made = make.job(work, person=clerk)
    operations.say_read(made, by=clerk)
    assert JobDescription.objects.visible_to(clerk).get() == made
    assert not JobDescription.objects.visible_to(work.manager).exists()


def test_nobody_writes_their_own(work: Any) -> None:
    factories.Place.objects.create(program=work.program, person=work.manager, since=make.today(-9))
    with pytest.raises(Denied, match="You say what does not fit"):
        make.job_draft(work, by=work.manager, person=work.manager)


def test_in_force_it_is_a_version_and_the_draft_with_its_key_is_gone(work: Any) -> None:
    draft = make.job_draft(work)
    made = operations.put_in_force(work.worker, by=work.manager, from_day=make.today(), version=draft.version)
    assert (made.number, made.does, made.put_in_force_by) == (1, make.DOES, work.manager)
    assert not DescriptionDraft.objects.exists()
    assert not RecordKey.objects.filter(pk=draft.pk).exists()
    assert make.job(work, does="Other work").number == 2


def test_the_person_is_told_and_the_mail_says_nothing_of_it(work: Any) -> None:
    make.job(work)
    run_jobs()
    told = [one for one in mail.outbox if one.to == [work.worker.email]]
    assert [one.subject for one in told] == ["Something is waiting for you to read"]
    assert make.DOES not in str(told[0].message())


@pytest.mark.parametrize("name", ["title", "purpose", "does", "does_not"])
def test_what_makes_a_role_clear_is_needed(work: Any, name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make.job(work, **{name: "  "})
    assert refusal.value.field == name


def test_a_version_that_changes_nothing_is_none(work: Any) -> None:
    make.job(work)
    with pytest.raises(Invalid, match="Nothing in it differs"):
        make.job(work)


def test_a_first_version_may_say_since_when_and_a_later_one_changes_no_day_gone_by(work: Any) -> None:
    make.job(work, from_day=make.today(-400))
    with pytest.raises(Invalid, match="Enter today or a day to come"):
        make.job(work, does="Other", from_day=make.today(-1))
    draft = DescriptionDraft.objects.get()
    operations.put_in_force(work.worker, by=work.manager, from_day=make.today(9), version=draft.version)
    with pytest.raises(Invalid, match="Version 2 holds from"):
        make.job(work, does="Another", from_day=make.today(3))


@pytest.mark.parametrize("day", [datetime.date(1926, 11, 24), datetime.date(2099, 1, 1)])
def test_a_year_typed_wrong_is_refused(work: Any, day: datetime.date) -> None:
    with pytest.raises(Invalid):
        make.job(work, from_day=day)


def test_two_who_write_the_draft_do_not_overwrite_each_other(work: Any) -> None:
    make.job_draft(work)
    with pytest.raises(Stale, match="Lina saved this draft"):
        operations.save_draft(work.worker, by=work.manager, sections=make.sections(), version=0)
    draft = make.job_draft(work, by=work.manager, purpose="Changed")
    with pytest.raises(Stale):
        operations.put_in_force(
            work.worker, by=work.line_manager, from_day=make.today(), version=draft.version - 1
        )
    with pytest.raises(Stale):
        operations.discard_draft(work.worker, by=work.line_manager, version=draft.version - 1)
    operations.discard_draft(work.worker, by=work.line_manager, version=draft.version)
    with pytest.raises(Stale, match="put in force or thrown away"):
        operations.save_draft(work.worker, by=work.manager, sections=make.sections(), version=draft.version)
    with pytest.raises(WrongState):
        operations.put_in_force(work.worker, by=work.manager, from_day=make.today(), version=0)


def test_nothing_is_prepared_for_who_has_left(work: Any) -> None:
    User.objects.filter(pk=work.worker.pk).update(is_active=False)
    with pytest.raises(WrongState):
        make.job_draft(work)


def test_only_the_person_says_that_they_read_it_and_once(work: Any) -> None:
    made = make.job(work)
    for name, refused in (("line_manager", Denied), ("supervisor", Denied), ("outsider", NotFound)):
        with pytest.raises(refused):
            operations.say_read(made, by=getattr(work, name))
    operations.say_read(made, by=work.worker)
    with pytest.raises(AlreadyDone):
        operations.say_read(made, by=work.worker)
    assert DescriptionRead.objects.get().by == work.worker


def test_what_does_not_fit_stands_beside_it_and_the_same_words_once(work: Any) -> None:
    made = make.job(work)
    for _press in range(2):
        operations.say_what_differs(made, by=work.worker, words=make.ANSWER)
    operations.say_what_differs(made, by=work.worker, words="And I am asked to clean.")
    assert [one.words for one in made.replies.all()] == [make.ANSWER, "And I am asked to clean."]
    with pytest.raises(Invalid):
        operations.say_what_differs(made, by=work.worker, words=" ")
    with pytest.raises(Denied):
        operations.say_what_differs(made, by=work.line_manager, words="It does fit")


def test_an_older_version_is_answered_no_more(work: Any) -> None:
    first = make.job(work)
    make.job(work, does="Other work")
    for act in (operations.say_read, lambda row, by: operations.say_what_differs(row, by=by, words="No")):
        with pytest.raises(WrongState, match="newer version"):
            act(first, by=work.worker)


def test_it_waits_to_be_read_until_the_person_has_said_something(work: Any) -> None:
    def waiting() -> list[int]:
        return list(
            JobDescription.objects.filter(person=work.worker).unread().values_list("number", flat=True)
        )

    first = make.job(work)
    assert waiting() == [1]
    operations.say_what_differs(first, by=work.worker, words="No")
    assert waiting() == []
    second = make.job(work, does="Other work")
    assert waiting() == [2]
    operations.say_read(second, by=work.worker)
    assert waiting() == []


def test_versions_and_answers_never_change_in_the_model_nor_in_the_database(work: Any) -> None:
    made = make.job(work)
    operations.say_read(made, by=work.worker)
    reply = operations.say_what_differs(made, by=work.worker, words="No")
    for row in (made, reply, made.was_read):
        with pytest.raises(Sealed):
            row.save()
        with pytest.raises(Sealed):
            row.delete()
    for model in (JobDescription, DescriptionReply, DescriptionRead):
        table = model._meta.db_table
        key = model._meta.pk.column
        for sql in (f'UPDATE "{table}" SET "{key}" = "{key}"', f'DELETE FROM "{table}"'):
            with (
                pytest.raises(IntegrityError, match="refused"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)


def test_verify_goes_over_them(work: Any) -> None:
    made = make.job(work)
    operations.say_read(made, by=work.worker)
    operations.say_what_differs(made, by=work.worker, words="No")
    assert verify.run() == []
