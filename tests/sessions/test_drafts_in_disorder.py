"""A record in two windows while the network loses, repeats and delays what they send, somebody signs out, starts over, or sends it.

What is kept for its writer is always the newest of what arrived; what was saved, thrown away or sent does not come back; and what is
saved or sent is what stood in that window.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from supervision.records import drafts
from tests.cast import Cast

from . import makers
from .pages import body, client_of, url
from .test_drafts import type_into

WINDOWS = ("one", "two")
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("type", "type", "load", "save", "over")), st.sampled_from(WINDOWS)),
        st.tuples(st.just("arrive"), st.integers(0, 9)),
        st.sampled_from([("send", "one"), ("out", ""), ("in", "")]),
    ),
    max_size=12,
)
NEWEST, LAST_SENT = ("arrive", 0), ("arrive", 1)  # counted from the newest request backwards


class Writer:
    """Somebody at two windows. Checks after each step that what is kept and stored is what it should be."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.session = cast, makers.planned(cast, starts_at=makers.ago(2))
        self.about = f"sessions.record:{self.session.pk}"
        self.client, self.signed_in, self.sent = client_of(cast.supervisor), True, False
        self.pages: dict[str, dict[str, Any]] = {}
        self.requests: list[dict[str, Any]] = []
        self.kept: dict[str, Any] | None = None
        self.gone: set[str] = set()
        self.stored = ""
        for window in WINDOWS:
            self.load(window)

    def load(self, window: str) -> None:
        """Opens the form, with what was kept, and a token of its own."""
        if not self.signed_in or self.sent:
            return
        page = self.client.get(url("record", self.session))
        assert page.status_code == 200
        text = str(page.context["form"]["outcomes"].value() or "")
        assert text == (self.kept["text"] if self.kept else self.stored)
        tokens = set(re.findall(r'name="page" value="([0-9a-f]+)"', body(page)))
        assert len(tokens) == 1
        version = int(page.context["form"]["version"].value())
        self.pages[window] = {"token": tokens.pop(), "version": version, "turn": 0, "text": text}

    def type(self, window: str) -> None:
        """Two seconds later a request is on its way."""
        page = self.pages[window]
        page["turn"] += 1
        page["text"] = f"{page['token'][:8]} turn {page['turn']}"
        self.requests.append(dict(page))

    def arrive(self, back: int) -> None:
        """Any that was ever sent, for the first time or once more."""
        if not self.requests:
            return
        request = self.requests[-1 - back % len(self.requests)]
        answer = type_into(
            self.client, url("record", self.session), self._form(request), page=request["token"]
        )
        if not self.signed_in:
            assert answer.status_code in (302, 403)
        elif self.sent or request["token"] in self.gone:
            assert answer.status_code == 409
        else:
            assert answer.status_code == 204
            newer = (
                self.kept and self.kept["token"] == request["token"] and self.kept["turn"] > request["turn"]
            )
            self.kept = self.kept if newer else request

    def save(self, window: str, **button: str) -> None:
        page = self.pages[window]
        stale = self.sent or page["version"] != makers.fresh(self.session).version
        answer = self.client.post(
            url("record", self.session),
            self._form(page) | {"page": page["token"]} | (button or {"later": "1"}),
        )
        if not self.signed_in:
            assert answer.status_code in (302, 403)
            return
        if stale and answer.status_code == 409:
            assert page["text"] in body(answer)  # nothing typed is lost
            if not self.sent:
                self._goes_on(window, answer)
            return
        assert answer.status_code == 302, body(answer)
        if stale:  # it says what is stored already
            assert page["text"] == self.stored
            return
        self.gone.add(page["token"])
        self.kept, self.stored, self.sent = None, page["text"], "send" in button
        self.load(window)

    def _goes_on(self, window: str, answer: Any) -> None:
        """The form as it came back, with everything typed."""
        (token,) = set(re.findall(r'name="page" value="([0-9a-f]+)"', body(answer)))
        version = int(answer.context["form"]["version"].value())
        self.pages[window] |= {"token": token, "version": version, "turn": 0}

    def send(self, window: str) -> None:
        if not self.pages[window]["text"]:
            self.type(window)  # a record needs a main point
        self.save(window, send="unsigned")

    def over(self, window: str) -> None:
        """“Leave it, and start from what is saved”, which stands there where something was kept."""
        if self.kept is None or self.sent or not self.signed_in:
            return
        self.load(window)
        page = self.client.get(url("record", self.session))
        start_over = body(page).split('name="start_over"')[0].rsplit("<form", 1)[1]
        sent = dict(re.findall(r'name="(page)" value="([0-9a-f]+)"', start_over))
        assert self.client.post(url("record", self.session), {"start_over": "1"} | sent).status_code == 302
        self.kept = None
        self.load(window)

    def out(self, _: str) -> None:
        self.client, self.signed_in = Client(), False

    def check(self) -> None:
        found = drafts.kept(self.cast.supervisor, self.about)
        assert (found[0]["outcomes"] if found else None) == ([self.kept["text"]] if self.kept else None)
        session = makers.fresh(self.session)
        assert session.outcomes == self.stored
        assert (session.open_offer is not None) is self.sent
        assert drafts.kept(self.cast.worker, self.about) is None

    def _form(self, page: dict[str, Any]) -> dict[str, Any]:
        values = {
            "outcomes": page["text"],
            "version": page["version"],
            "strengths": "",
            "turn": f"x.{page['turn']}",
        }
        return makers.record_post(self.cast, self.session, **values)


def live_through(cast: Cast, events: list[tuple[str, Any]]) -> None:
    writer = Writer(cast)
    for kind, what in events:
        if kind == "in":
            writer.client, writer.signed_in = client_of(cast.supervisor), True
        else:
            getattr(writer, kind)(what)
        writer.check()


@pytest.fixture
def undone(cast: Cast) -> Callable[[Any], None]:
    def run(work: Any) -> None:
        with transaction.atomic():
            work(cast)
            transaction.set_rollback(True)

    return run


@settings(
    max_examples=20,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(events=EVENTS)
@example([("type", "one"), NEWEST, ("type", "one"), ("save", "one"), NEWEST, LAST_SENT])
@example([("type", "one"), ("type", "one"), NEWEST, LAST_SENT, ("load", "two")])
@example([("type", "one"), ("save", "one"), ("type", "two"), NEWEST, ("over", "one"), LAST_SENT])
@example([("type", "one"), ("send", "one"), NEWEST, ("type", "two"), NEWEST, ("save", "two")])
@example([("type", "one"), ("out", ""), NEWEST, ("save", "one"), ("in", ""), NEWEST, ("save", "one")])
@example([("type", "one"), ("type", "two"), ("save", "one"), ("save", "two"), ("save", "two")])
def test_disorder_loses_nothing_and_brings_nothing_back(undone: Any, events: list[tuple[str, Any]]) -> None:
    undone(lambda cast: live_through(cast, events))
