"""Every address x every kind of person x whose it is x method, against the table in `access_matrix.txt`.

The table is read by people: one line an address, target and method, one column a person. A word in a place where nobody may read
it, an address that is not in the table or a cell that differs fails the suite. `ACCESS_MATRIX_WRITE=1` writes what it found to
`access_matrix.new` for comparing by eye; it never counts as a pass.

  in  to the sign-in    to  to another page    ok  shown    others  the status itself
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from allauth.account.internal.flows import login
from django.db import connection, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture import world as worlds

TABLE = Path(__file__).with_name("access_matrix.txt")
METHODS = ("GET", "POST")
# What a look at a page may write: the access log, the day somebody was last here, sign-in state and rate limits.
WRITES_OF_A_LOOK = re.compile(
    r'"(records_opening|people_user" SET "last_seen_on|django_session|cache|usersessions_usersession)'
)


def _addresses(patterns: Any = None, prefix: str = "", space: str = "") -> dict[str, URLPattern]:
    """Every URL pattern by its full name."""
    found: dict[str, URLPattern] = {}
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            found |= _addresses(entry.url_patterns, prefix + str(entry.pattern), inner)
        else:
            assert entry.name, f"{prefix}{entry.pattern} has no name"
            found[f"{space}{entry.name}"] = entry
    return found


def _table() -> dict[tuple[str, str, str], dict[str, str]]:
    lines = [
        line.split() for line in TABLE.read_text().splitlines() if line.strip() and not line.startswith("#")
    ]
    heading, *rows = lines
    people = heading[3:]
    return {(row[0], row[1], row[2]): dict(zip(people, row[3:], strict=True)) for row in rows}


def _clients(world: worlds.World) -> dict[str, Client]:
    """Everybody signed in, a moment ago, as by password."""
    clients = {}
    for name, person in world.people.items():
        clients[name] = Client(raise_request_exception=False)
        if person is None:
            continue
        clients[name].force_login(person)
        session = clients[name].session
        session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
        session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
        session.save()
    return clients


def _answer(response: Any) -> str:
    if response.status_code in (301, 302):
        return "in" if response["Location"].startswith("/accounts/login/") else "to"
    return "ok" if response.status_code == 200 else str(response.status_code)


def _text(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{body.decode(errors='replace')}{response.get('Location', '')}"


def _ask(client: Client, method: str, address: str) -> tuple[Any, list[str]]:
    """One request, undone afterwards, also in the browser."""
    kept = client.cookies.get("sessionid")
    signed_in = kept.value if kept else None
    reset_queries()  # the log of queries holds 9,000
    with transaction.atomic():
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address) if method == "GET" else client.post(address, {})
        transaction.set_rollback(True)
    client.cookies.clear()
    if signed_in:
        client.cookies["sessionid"] = signed_in
    return response, [q["sql"] for q in queries]


def _stray_writes(queries: list[str]) -> list[str]:
    writes = [q for q in queries if re.match(r"\s*(INSERT|UPDATE|DELETE|REPLACE)", q)]
    return [q[:120] for q in writes if not WRITES_OF_A_LOOK.search(q)]


@pytest.fixture
def world(cast: Any) -> worlds.World:
    return worlds.build(cast)


GROUPS = {
    "sign_in": r"account_|mfa_|usersessions",
    "agreements": r"agreements:",
    "people": r"people:",
    "reading": r"sessions:(detail|facts|pdf|list|log|plan|addendum|agenda|suggestion|action|record|send|sign$)",
    "acting": r"sessions:",
    "notes": r"notes:",
    "performance": r"performance:",
    "rest": r"",
}


def _group(url_name: str) -> str:
    return next(group for group, pattern in GROUPS.items() if re.match(pattern, url_name))


@pytest.mark.parametrize("group", GROUPS)
def test_every_cell_of_the_matrix(world: worlds.World, group: str) -> None:
    table, clients = _table() if TABLE.exists() else {}, _clients(world)
    wrong, lines, seen = [], [], set()
    for url_name in sorted(_addresses()):
        if _group(url_name) != group:
            continue
        targets = world.targets.get(url_name, {"-": {}})
        for label, kwargs in targets.items():
            for method in METHODS:
                key = (url_name, label, method)
                seen.add(key)
                found = {}
                for name, client in clients.items():
                    response, queries = _ask(client, method, reverse(url_name, kwargs=kwargs))
                    found[name] = _answer(response)
                    wrong += _never(world, name, method, response, queries, f"{method} {url_name} {label}")
                lines.append(
                    f"{url_name:<38}{label:<11}{method:<6}" + "".join(f"{v:<6}" for v in found.values())
                )
                wrong += _differences(key, table.get(key), found)
    gone = {key for key in table if _group(key[0]) == group} - seen
    wrong += [f"{' '.join(key)} is in the table but no such address exists" for key in sorted(gone)]
    if os.environ.get("ACCESS_MATRIX_WRITE"):
        heading = f"{'address':<38}{'target':<11}{'method':<7}" + " ".join(world.people)
        TABLE.with_name(f"access_matrix.{group}.new").write_text("\n".join([heading, *lines]) + "\n")
    assert wrong == [], f"{len(wrong)} findings, {len(seen) * len(clients)} cells:\n" + "\n".join(wrong[:80])


def _differences(
    key: tuple[str, str, str], expected: dict[str, str] | None, found: dict[str, str]
) -> list[str]:
    if expected is None:
        return [f"{' '.join(key)} is not in the table"]
    return [
        f"{' '.join(key)} as {name}: {found[name]} instead of {expected.get(name)}"
        for name in found
        if found[name] != expected.get(name)
    ]


def _never(
    world: worlds.World, name: str, method: str, response: Any, queries: list[str], where: str
) -> list[str]:
    """What no cell may do, whatever the table says."""
    wrong = _leaks(world, name, response, where)
    if method == "GET" and _stray_writes(queries):
        wrong.append(f"{where} as {name} writes {_stray_writes(queries)}")
    if response.status_code >= 500:
        wrong.append(f"{where} as {name}: {response.status_code}")
    return wrong


def _leaks(world: worlds.World, name: str, response: Any, where: str) -> list[str]:
    text = _text(response)
    return [
        f"{where} shows {word} to {name}"
        for word, readers in world.canaries.items()
        if word in text and name not in readers
    ]


def test_the_canaries_are_alive(world: worlds.World) -> None:
    """A check that cannot fail would be worth nothing: those who may read a word do meet it somewhere."""
    clients, met = _clients(world), set()
    for url_name, targets in world.targets.items():
        for kwargs in targets.values():
            for name in ("worker", "supervisor", "manager", "line_manager"):
                response, _ = _ask(clients[name], "GET", reverse(url_name, kwargs=kwargs))
                met |= {(word, name) for word in world.canaries if word in _text(response)}
    for word, readers in world.canaries.items():
        if "suggestion" not in word:
            assert any((word, reader) in met for reader in readers), f"nobody can read {word}"
