"""Whatever two people do in whatever order: neither ever sees the other's part before their own is in, nor anybody else at all."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from competencies.assessments import operations
from competencies.models import Assessment
from supervision.records.errors import DomainError
from tests.overview.builders import signed_in

from . import assessment_makers as make

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ACTS = ("save", "give", "take_back_part", "release_alone", "withdraw_part", "call_off", "day_passes")
PAGES = ("assessment", "assessment_part", "assessment_own", "assessment_views")


def _does(row: Assessment, what: str, by: Any) -> None:
    if what == "day_passes":
        before = timezone.localdate() - datetime.timedelta(days=2)
        Assessment.objects.filter(pk=row.pk).update(due_on=before)
    elif what == "save":
        make.save(row, by, make.filled(row, by))
    elif what == "give":
        make.give(row, by)
    else:
        act: Callable[..., Any] = getattr(operations, what)
        act(row, by=by)


def _reads(client: Any, row: Assessment) -> str:
    pages = [client.get(reverse(f"competencies:{name}", args=[row.pk])) for name in PAGES]
    assert all(page.status_code < 500 for page in pages)
    return "".join(page.content.decode() for page in pages)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.booleans()), min_size=1, max_size=9))
def test_no_order_of_acts_shows_a_part_early(cast: Any, acts: list[tuple[str, bool]]) -> None:
    row = make.together(cast)
    words = {cast.worker.pk: make.OWN_WORDS, cast.supervisor.pk: make.OTHER_WORDS}
    readers = {person: signed_in(person) for person in (cast.worker, cast.supervisor)}
    others = [signed_in(cast.manager), signed_in(cast.administrator)]
    for what, by_worker in acts:
        by = cast.worker if by_worker else cast.supervisor
        try:
            _does(make.fresh(row), what, by)
        except DomainError:
            continue  # refused: nothing has changed, and the pages below show it
        now = make.fresh(row)
        given = {part.author_id for part in now.parts.all() if part.is_given}
        assert not (now.shown_at and now.ended_at)
        for person, client in readers.items():
            theirs = cast.supervisor if person == cast.worker else cast.worker
            may = now.shown_at is not None and theirs.pk in given
            assert (words[theirs.pk] in _reads(client, now)) == may
    for client in others:
        said = _reads(client, row)
        assert not any(one in said for one in words.values())
    if make.fresh(row).shown_at is not None:  # once shown, it stays as it was shown
        before = {part.author_id: (part.given_at, part.marks) for part in row.parts.all()}
        for what in ACTS[:-1]:
            for by in (cast.worker, cast.supervisor):
                with pytest.raises(DomainError):
                    _does(make.fresh(row), what, by)
        assert {part.author_id: (part.given_at, part.marks) for part in row.parts.all()} == before
