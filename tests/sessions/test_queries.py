"""Each page asks the database a fixed number of questions, however much there is (performance.md, row 1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from supervision.notices import operations as notices
from supervision.sessions import operations

from . import makers
from .pages import client_of, url

LIST, DETAIL, FORM = 8, 12, 10


def asked(client: Client, address: str) -> tuple[int, list[str]]:
    """The number of questions of one look, transaction control left out; the first look fills what is cached."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(address)
    assert response.status_code == 200, address
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    found = [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(control)]
    return len(found), found


def history(cast: Any, sessions: int, topics: int) -> Any:
    """So many sealed sessions with so many topics and next steps each, and one planned one."""
    for number in range(sessions):
        session = makers.planned(cast, starts_at=makers.ago(1000 - number * 20))
        for topic in range(topics):
            operations.add_item(session, by=cast.worker, text=f"Topic {topic}")
        steps = [makers.step(cast.worker, f"Step {n}") for n in range(topics)]
        session = makers.sealed(cast, session, steps=steps)
        for _ in range(max(1, topics // 2)):
            operations.add_addendum(
                session, by=cast.worker, reason="r", text="t", evidence=makers.evidence(cast.worker)
            )
    planned = makers.planned(cast, starts_at=makers.ago(1))
    for topic in range(topics):
        operations.add_item(planned, by=cast.worker, text=f"Topic {topic}", share=bool(topic % 2))
        notices.suggest(
            cast.arrangement, kind="review", title="Look", source=cast.arrangement.program
        ) if topic else None
    return session, planned


@pytest.mark.parametrize("who", ["supervisor", "worker"])
def test_every_page_asks_as_much_for_a_little_as_for_a_lot(cast: Any, who: str) -> None:
    client = client_of(getattr(cast, who))

    def counts(pair: Any) -> dict[str, int]:
        sealed, planned = pair
        pages = {
            "list": (reverse("sessions:list"), LIST),
            "sealed": (url("detail", sealed), DETAIL),
            "planned": (url("detail", planned), DETAIL),
            "facts": (url("facts", sealed), DETAIL),
            "plan": (reverse("sessions:plan", args=[cast.arrangement.pk]), FORM),
            "cancel": (url("cancel", planned), FORM),
            "addendum": (url("addendum", sealed), FORM),
        }
        if who == "supervisor":
            pages["record"] = (url("record", planned), FORM)
            pages["log"] = (f"{reverse('sessions:log')}?arrangement={cast.arrangement.pk}", FORM)
        found = {}
        for name, (address, most) in pages.items():
            found[name], queries = asked(client, address)
            assert found[name] <= most, f"{name} asks {found[name]}:\n" + "\n".join(q[:150] for q in queries)
        return found

    little = counts(history(cast, 1, 1))
    operations.cancel(operations_planned(cast), by=cast.worker, why="other")
    much = counts(history(cast, 4, 4))
    assert little == much


def operations_planned(cast: Any) -> Any:
    from supervision.sessions.models import Session

    return Session.objects.planned().get()
