"""What is typed and not yet saved: one person's alone, unreadable in the database, and never back once it was saved."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from supervision.records import drafts
from supervision.records.models import Draft, RecordKey
from tests.cast import Cast

ABOUT = "sessions.record:1"


def test_the_last_words_count_and_only_for_who_typed_them(cast: Cast) -> None:
    drafts.keep(cast.supervisor, ABOUT, {"outcomes": ["first"]})
    drafts.keep(cast.supervisor, ABOUT, {"outcomes": ["canary"]})
    found = drafts.kept(cast.supervisor, ABOUT)
    assert found is not None
    assert found[0] == {"outcomes": ["canary"]}
    assert timezone.now() - found[1] < datetime.timedelta(minutes=1)
    assert drafts.kept(cast.worker, ABOUT) is None
    assert drafts.kept(cast.supervisor, "sessions.record:2") is None


def test_the_words_are_unreadable_in_the_database(cast: Cast) -> None:
    drafts.keep(cast.supervisor, ABOUT, {"outcomes": ["canary"]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM records_draft")
        assert b"canary" not in bytes(cursor.fetchone()[0])


def test_saving_takes_the_words_and_a_late_draft_of_that_page_does_not_bring_them_back(cast: Cast) -> None:
    assert drafts.keep(cast.supervisor, ABOUT, {"outcomes": ["words"]}, page="one")
    drafts.forget(cast.supervisor, ABOUT, page="one")
    assert drafts.kept(cast.supervisor, ABOUT) is None
    assert not drafts.keep(cast.supervisor, ABOUT, {"outcomes": ["words"]}, page="one")
    assert drafts.kept(cast.supervisor, ABOUT) is None
    assert drafts.keep(cast.supervisor, ABOUT, {"outcomes": ["more"]}, page="two")
    assert drafts.kept(cast.supervisor, ABOUT) is not None


def test_what_is_forgotten_goes_with_its_key(cast: Cast) -> None:
    drafts.keep(cast.supervisor, ABOUT, {"outcomes": ["words"]})
    draft = Draft.objects.get()
    drafts.forget(cast.supervisor, ABOUT)
    assert not Draft.objects.exists()
    assert not RecordKey.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize(("days", "there"), [(89, True), (91, False)])
def test_what_nobody_came_back_to_goes_after_a_while(cast: Cast, days: int, there: bool) -> None:
    drafts.keep(cast.supervisor, ABOUT, {"outcomes": ["words"]})
    Draft.objects.update(saved_at=timezone.now() - datetime.timedelta(days=days))
    drafts.clear_old()
    assert Draft.objects.exists() is there
    assert RecordKey.objects.exists() is there
