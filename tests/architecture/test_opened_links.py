"""“Who has opened this” on the page of every kind of record: for the people whose record it is, and leading to their own log."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from supervision.overview.opened import kinds
from supervision.overview.opened.log import Book
from tests.architecture import matrix
from tests.architecture.kinds import World

LINK = re.compile(r"\?record=([0-9a-f-]{36})")
PAGES = (
    *("sessions:detail", "sessions:observation", "sessions:matter"),
    *("agreements:detail", "agreements:review_read", "competencies:assessment"),
    *("performance:note", "performance:description", "concerns:detail", "concerns:letter", "notes:detail"),
    "hours:letter",
    *("training:entry", "training:credential", "training:log"),
)
# Read on the page of the record that they belong to.
WITHOUT_PAGE = {
    "supervision_sessions.attendance",
    "supervision_sessions.addendum",
    "supervision_sessions.observationaddendum",
    "agreements.accession",  # for whoever joined: tests/overview/test_opened.py
}


@pytest.fixture(params=["built_world", "built_group_world"])
def world(request: pytest.FixtureRequest, db: None) -> World:
    return request.getfixturevalue(request.param)


def test_whoever_has_the_link_has_that_record_in_their_log_and_everybody_of_every_kind_has_it(
    world: World,
) -> None:
    clients, wrong, reached = matrix.clients(world), [], set()
    books = {name: Book(person) for name, person in world.people.items() if person is not None}
    for url_name in PAGES:
        nowhere: dict[str, dict[str, Any]] = {"-": {}} if url_name == "training:log" else {}
        for label, kwargs in world.targets.get(url_name, nowhere).items():
            for name, book in books.items():
                response, _ = matrix.ask(clients[name], "GET", reverse(url_name, kwargs=kwargs))
                if response.status_code != 200:
                    continue
                for found in LINK.findall(response.content.decode()):
                    answer, _ = matrix.ask(
                        clients[name], "GET", f"{reverse('overview:opened')}?record={found}"
                    )
                    if answer.status_code != 200:
                        wrong.append(f"{url_name} {label} as {name}: {answer.status_code}")
                    else:
                        reached |= {kind for pk, kind in book.records.items() if str(pk) == found}
    assert wrong == []
    if "concerns:detail" in world.targets:
        assert reached == kinds.CALLED.keys() - WITHOUT_PAGE
