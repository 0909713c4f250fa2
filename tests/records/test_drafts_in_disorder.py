"""Whatever the network does to what a page sends (lost, twice, late, in another order), the newest words that arrived are kept,
and what was saved does not come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supervision.records import drafts
from tests.cast import Cast

ABOUT = "sessions.record:1"
PAGES = ("one", "two", "three")
# Each request is "type on that page and send", "the request of this number arrives", or "save that page".
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("type"), st.sampled_from(PAGES)),
        st.tuples(st.just("arrive"), st.integers(0, 30)),
        st.tuples(st.just("save"), st.sampled_from(PAGES)),
    ),
    max_size=40,
)


def words(page: str, turn: int) -> dict[str, Any]:
    return {"page": [page], "turn": [f"load.{turn}"], "text": [f"{page} {turn}"]}


@pytest.fixture
def again(cast: Cast) -> Callable[[Any], None]:
    """Runs one example and undoes it."""

    def run(work: Any) -> None:
        with transaction.atomic():
            work(cast.worker)
            transaction.set_rollback(True)

    return run


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_disorder_neither_loses_newer_words_nor_brings_saved_ones_back(again: Any, events: list[Any]) -> None:
    def work(person: Any) -> None:
        sent: list[tuple[str, int]] = []
        typed = dict.fromkeys(PAGES, 0)
        saved: set[str] = set()
        newest: tuple[str, int] | None = (
            None  # what must be kept: the newest that arrived of the page that wrote last
        )
        for kind, what in events:
            if kind == "type":
                typed[what] += 1
                sent.append((what, typed[what]))
            elif kind == "save":
                drafts.forget(person, ABOUT, page=what)
                saved.add(what)
                newest = None
            elif sent:
                page, turn = sent[what % len(sent)]  # any that was ever sent, once more or for the first time
                taken = drafts.keep(person, ABOUT, words(page, turn), page=page)
                assert taken is (page not in saved)
                if taken and not (newest and newest[0] == page and newest[1] > turn):
                    newest = (page, turn)
            found = drafts.kept(person, ABOUT)
            assert (found[0] if found else None) == (words(*newest) if newest else None)

    again(work)


def test_a_page_that_was_loaded_anew_counts_from_the_start(cast: Cast) -> None:
    """A browser may fill a reloaded page in with its old token: its words are new all the same."""
    drafts.keep(cast.worker, ABOUT, words("one", 9), page="one")
    fresh = {"page": ["one"], "turn": ["another.1"], "text": ["new"]}
    assert drafts.keep(cast.worker, ABOUT, fresh, page="one")
    found = drafts.kept(cast.worker, ABOUT)
    assert found is not None
    assert found[0]["text"] == ["new"]


@pytest.mark.parametrize("turn", ["", "9", "load.", ".3", "load.x", "load.99999999999", "load.-1"])
def test_a_turn_that_says_nothing_keeps_the_last_words(cast: Cast, turn: str) -> None:
    drafts.keep(cast.worker, ABOUT, words("one", 9), page="one")
    assert drafts.keep(cast.worker, ABOUT, {"page": ["one"], "turn": [turn], "text": ["new"]}, page="one")
    found = drafts.kept(cast.worker, ABOUT)
    assert found is not None
    assert found[0]["text"] == ["new"]


def test_a_forged_token_however_long_is_no_error(cast: Cast) -> None:
    assert drafts.keep(cast.worker, ABOUT, {"text": ["x"]}, page="p" * 5000)
    drafts.forget(cast.worker, ABOUT, page="p" * 5000)
    assert drafts.kept(cast.worker, ABOUT) is None
    assert not drafts.keep(cast.worker, ABOUT, {"text": ["x"]}, page="p" * 5000)
