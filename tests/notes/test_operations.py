"""A note is its author's alone, may be shared with one person and taken back, and can be brought back for 30 days."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from supervision.jobs.tasks import run_daily
from supervision.notes import operations, policy
from supervision.notes.models import Note
from supervision.people.models import Arrangement, Participation
from supervision.records import drafts, verify
from supervision.records.encryption import unlocked_keys
from supervision.records.errors import AlreadyDone, DomainError, Invalid, NotFound, Stale, WrongState
from supervision.records.models import AuditEvent, Draft, RecordKey
from tests import factories
from tests.cast import Cast

from . import makers

DAY = datetime.timedelta(days=1)


def everybody_else(cast: Cast) -> list[Any]:
    names = "supervisor manager administrator other_supervisor other_worker other_manager outsider"
    return [getattr(cast, name) for name in names.split()]


# Alone --------------------------------------------------------------------------------------------------------


def test_only_the_author_sees_a_note_whatever_the_others_are(cast: Cast) -> None:
    note = makers.note(cast.worker)
    assert list(Note.objects.visible_to(cast.worker)) == [note]
    for person in everybody_else(cast):
        assert not Note.objects.visible_to(person).exists(), person


@pytest.mark.parametrize("act", ["change", "share", "take_back", "delete", "bring_back", "remove"])
def test_for_everybody_else_it_does_not_exist(cast: Cast, act: str) -> None:
    note = makers.shared(cast.worker, cast.supervisor)
    given: dict[str, dict[str, Any]] = {
        "change": {"version": 1, "written": makers.written(text="theirs")},
        "share": {"person": cast.other_worker},
    }
    more = given.get(act, {})
    for person in everybody_else(cast):
        with pytest.raises(NotFound):
            getattr(operations, act)(note, by=person, **more)
    assert makers.fresh(note).text == makers.WORDS


def test_no_word_is_in_the_database_in_the_clear(cast: Cast) -> None:
    makers.note(cast.worker, title="canary-title")
    with connection.cursor() as cursor:
        cursor.execute("SELECT title, text, about_names FROM notes_note")
        stored = b"".join(bytes(cell) for cell in cursor.fetchone())
    assert stored
    assert b"canary" not in stored


def test_each_note_has_a_key_of_its_own(cast: Cast) -> None:
    notes = [makers.note(cast.worker) for _ in range(3)]
    assert RecordKey.objects.filter(pk__in=[note.pk for note in notes]).count() == 3


def test_the_chain_does_not_tell_how_often_somebody_writes_or_deletes(cast: Cast) -> None:
    before = AuditEvent.objects.count()
    note = makers.note(cast.worker)
    operations.change(note, by=cast.worker, version=1, written=makers.written(text="more"))
    operations.delete(note, by=cast.worker)
    operations.bring_back(note, by=cast.worker)
    operations.delete(note, by=cast.worker)
    operations.remove(note, by=cast.worker)
    assert AuditEvent.objects.count() == before


# Writing ------------------------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_makes_one_note(cast: Cast) -> None:
    key = uuid.uuid4()
    makers.note(cast.worker, key)
    with pytest.raises(AlreadyDone):
        makers.note(cast.worker, key)
    with pytest.raises(Stale):
        makers.note(cast.worker, key, text="other words")
    assert [note.text for note in Note.objects.all()] == [makers.WORDS]


def test_the_key_of_somebody_elses_form_tells_nothing_and_takes_nothing(cast: Cast) -> None:
    key = uuid.uuid4()
    theirs = makers.note(cast.worker, key)
    mine = makers.note(cast.supervisor, key, text="mine")
    assert mine.pk != theirs.pk
    assert makers.note(cast.supervisor, theirs.pk, text="again").pk != theirs.pk
    assert makers.fresh(theirs).text == makers.WORDS


def test_an_old_form_overwrites_nothing(cast: Cast) -> None:
    note = makers.note(cast.worker)
    operations.change(note, by=cast.worker, version=1, written=makers.written(text="first"))
    with pytest.raises(Stale):
        operations.change(note, by=cast.worker, version=1, written=makers.written(text="second"))
    assert makers.fresh(note).text == "first"


@pytest.mark.parametrize(
    ("given", "field"),
    [({"text": " \n"}, "text"), ({"day": timezone.now().date() + 3 * DAY}, "day")],
)
def test_a_note_has_words_and_no_day_to_come(cast: Cast, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        makers.note(cast.worker, **given)
    assert refusal.value.field == field
    assert not Note.objects.exists()


def test_a_diary_entry_stands_where_its_day_is(cast: Cast) -> None:
    with timezone.override("America/New_York"):
        today = timezone.localdate()
        late = makers.note(cast.worker, kind="diary", day=today - 9 * DAY)
        assert late.day == today - 9 * DAY
        moved = operations.change(
            late, by=cast.worker, version=1, written=makers.written(day=today - 2 * DAY)
        )
        assert moved.day == today - 2 * DAY


# Sharing ------------------------------------------------------------------------------------------------------


def test_a_shared_note_is_read_by_that_one_person_until_it_is_taken_back(cast: Cast) -> None:
    note = makers.shared(cast.worker, cast.supervisor)
    assert list(Note.objects.visible_to(cast.supervisor)) == [note]
    assert [p for p in everybody_else(cast) if Note.objects.visible_to(p).exists()] == [cast.supervisor]
    operations.take_back(note, by=cast.worker)
    operations.take_back(note, by=cast.worker)
    assert not Note.objects.visible_to(cast.supervisor).exists()
    said = AuditEvent.objects.filter(record_id=note.pk).order_by("seq").values_list("action", flat=True)
    assert list(said) == ["note shared", "note taken back"]


def test_one_shares_with_whom_they_have_supervision_now_and_nobody_else(cast: Cast) -> None:
    note = makers.note(cast.worker)
    assert list(policy.may_be_shared_with(cast.worker)) == [cast.supervisor]
    for person in (cast.worker, *everybody_else(cast)[1:]):
        with pytest.raises(Invalid):
            operations.share(note, by=cast.worker, person=person)
    Participation.objects.filter(person=cast.supervisor).update(left_on=timezone.localdate() - DAY)
    with pytest.raises(Invalid):
        operations.share(note, by=cast.worker, person=cast.supervisor)


def test_members_of_a_group_share_with_each_other_while_it_runs(cast: Cast) -> None:
    kit = factories.worker_in(cast.program, "Kit Ng")
    group = factories.arrangement(
        cast.program, [cast.other_supervisor], [cast.worker, kit], structure="group"
    )
    assert set(policy.may_be_shared_with(cast.worker)) == {cast.supervisor, cast.other_supervisor, kit}
    Arrangement.objects.filter(pk=group.pk).update(ended_on=timezone.localdate() - DAY)
    assert set(policy.may_be_shared_with(cast.worker)) == {cast.supervisor}


def test_a_note_is_shared_with_one_person_at_a_time(cast: Cast) -> None:
    kit = factories.worker_in(cast.program, "Kit Ng")
    factories.arrangement(cast.program, [cast.supervisor], [cast.worker, kit], structure="group")
    note = makers.shared(cast.worker, cast.supervisor)
    with pytest.raises(AlreadyDone):
        operations.share(note, by=cast.worker, person=cast.supervisor)
    with pytest.raises(WrongState):
        operations.share(note, by=cast.worker, person=kit)
    with pytest.raises(IntegrityError), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(shared_at=None)


def test_nothing_of_a_closed_account_shows(cast: Cast) -> None:
    makers.shared(cast.worker, cast.supervisor)
    cast.worker.is_active = False
    cast.worker.save()
    assert not Note.objects.visible_to(cast.supervisor).exists()
    assert not Note.objects.shared_with(cast.supervisor).exists()


# Deleting -----------------------------------------------------------------------------------------------------


def test_a_deleted_note_is_out_of_sight_and_comes_back_for_its_author_alone(cast: Cast) -> None:
    note = makers.shared(cast.worker, cast.supervisor)
    operations.delete(note, by=cast.worker)
    assert not Note.objects.visible_to(cast.supervisor).exists()
    assert not Note.objects.visible_to(cast.worker).exists()
    assert list(Note.objects.deleted_by(cast.worker)) == [note]
    operations.bring_back(note, by=cast.worker)
    assert list(Note.objects.visible_to(cast.worker)) == [note]
    assert not Note.objects.visible_to(cast.supervisor).exists()
    assert makers.fresh(note).text == makers.WORDS


def test_a_deleted_note_is_neither_changed_nor_shared(cast: Cast) -> None:
    note = makers.deleted(cast.worker)
    with pytest.raises(WrongState):
        operations.change(note, by=cast.worker, version=2, written=makers.written(text="x"))
    with pytest.raises(WrongState):
        operations.share(note, by=cast.worker, person=cast.supervisor)


def test_only_a_deleted_note_is_removed_for_good_with_its_key_and_its_draft(cast: Cast) -> None:
    note, other = makers.note(cast.worker), makers.note(cast.worker)
    drafts.keep(cast.worker, operations.draft_of(note.pk), {"text": ["typed"]})
    with pytest.raises(WrongState):
        operations.remove(note, by=cast.worker)
    operations.delete(note, by=cast.worker)
    operations.remove(note, by=cast.worker)
    assert list(Note.objects.all()) == [other]
    assert [key.pk for key in RecordKey.objects.all()] == [other.pk]
    assert not Draft.objects.exists()
    with unlocked_keys():
        assert verify.run() == []
    with pytest.raises(NotFound):
        operations.bring_back(note, by=cast.worker)


@pytest.mark.parametrize(("days", "there"), [(29.9, True), (30.1, False)])
def test_after_thirty_days_a_deleted_note_goes_with_its_key(cast: Cast, days: float, there: bool) -> None:
    kept, gone = makers.note(cast.worker), makers.deleted(cast.worker)
    Note.objects.filter(pk=gone.pk).update(deleted_at=timezone.now() - days * DAY)
    assert Note.objects.deleted_by(cast.worker).exists() is there, "also before the job has run"
    run_daily.call(name="supervision.notes.operations.purge")
    assert Note.objects.filter(pk=gone.pk).exists() is there
    assert RecordKey.objects.filter(pk=gone.pk).exists() is there
    assert makers.fresh(kept).text == makers.WORDS


def test_after_its_days_nothing_comes_back_even_before_the_daily_job(cast: Cast) -> None:
    note = makers.note(cast.worker)
    operations.delete(note, by=cast.worker)
    Note.objects.filter(pk=note.pk).update(deleted_at=timezone.now() - datetime.timedelta(days=30, minutes=1))
    with pytest.raises(NotFound):
        operations.bring_back(note, by=cast.worker)
    assert Note.objects.get(pk=note.pk).deleted_at is not None


def test_the_daily_job_takes_more_than_one_batch(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(operations, "AT_ONCE", 2)
    for _ in range(5):
        makers.deleted(cast.worker)
    Note.objects.update(deleted_at=timezone.now() - 31 * DAY)
    operations.purge()
    assert not Note.objects.exists()
    assert not RecordKey.objects.exists()


def test_purging_is_among_the_daily_jobs() -> None:
    assert "supervision.notes.operations.purge" in settings.DAILY_JOBS


def test_every_refusal_has_words(cast: Cast) -> None:
    note = makers.note(cast.worker)
    for act in (lambda: operations.remove(note, by=cast.worker), lambda: makers.note(cast.worker, text="")):
        with pytest.raises(DomainError) as refusal:
            act()
        assert refusal.value.message
