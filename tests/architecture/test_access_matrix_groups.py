"""Who reads what in groups, with two who supervise, above a supervisor and among equals: `access_matrix_groups.txt` (see matrix.py).

Addresses and methods that nobody can use anyway are in the other matrix alone.
"""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.architecture import matrix
from tests.architecture.kinds import World

TABLE = "access_matrix_groups.txt"
OTHER = matrix.table("access_matrix.txt")
# Pages of one's own, in which something of others could show.
OWN = {
    *("home", "overview:manager", "overview:people", "overview:activity", "agreements:list"),
    *("sessions:list", "sessions:month", "sessions:week", "sessions:log"),
    *("sessions:observations", "sessions:observations_log", "notes:list", "notes:shared", "notes:add"),
}
GROUPS = {
    "agreements": r"agreements:",
    "sessions": r"sessions:(detail|facts|ics|pdf|agenda|action)",
    "rest": r"",
}


@pytest.fixture
def world(built_group_world: World, db: None) -> World:
    return built_group_world


def _group(url_name: str) -> str:
    return next(group for group, pattern in GROUPS.items() if re.match(pattern, url_name))


def _can_be_used(key: matrix.Key) -> bool:
    """Whether the other matrix knows anybody signed in who gets something else than “not this way” from this address."""
    return any(
        set(cells.values()) - {"405", "in"}
        for (name, _target, method), cells in OTHER.items()
        if (name, method) == (key[0], key[2])
    )


@pytest.mark.parametrize("group", GROUPS)
def test_every_cell_of_the_matrix(world: World, group: str) -> None:
    asked = [
        (key, address)
        for key, address in matrix.cells(world, {*OWN, *world.targets})
        if _group(key[0]) == group and _can_be_used(key)
    ]
    expected = {key: row for key, row in matrix.table(TABLE).items() if _group(key[0]) == group}
    matrix.check(world, asked, expected, new=f"access_matrix_groups.{group}.new")


READING = (
    *("sessions:detail", "sessions:record", "sessions:send", "sessions:agenda_item", "sessions:observation"),
    *("agreements:detail", "agreements:history", "agreements:clause", "notes:detail"),
    "training:entry",
)


def test_every_word_is_met_by_somebody_who_may_read_it(world: World) -> None:
    """A check that cannot fail would be worth nothing."""
    clients, unread = matrix.clients(world), set(world.canaries)
    for url_name in READING:
        for kwargs in world.targets[url_name].values():
            for client in clients.values():
                said = matrix.text(matrix.ask(client, "GET", reverse(url_name, kwargs=kwargs))[0])
                unread -= {word for word in unread if word in said}
    assert unread == set()


def test_nobody_finds_a_word_that_is_not_theirs(world: World) -> None:
    """Looking for words goes through everything that somebody may read, and through nothing else."""
    finders = set()
    for name, client in matrix.clients(world).items():
        client.post(reverse("sessions:find"), {"words": "canary"})
        page = client.get(f"{reverse('sessions:list')}?found=1").content.decode()
        shown = {word for word in world.canaries if word in page}
        assert {word for word in shown if name not in world.canaries[word]} == set(), name
        finders |= {name} if shown else set()
    assert finders == {*world.people} - {"manager"}
