"""What both access matrices share: every address asked as every person, compared with a table that people read.

One line an address, target and method, one column a person. A word in a place where nobody may read it, an address that is not in
the table or a cell that differs fails the suite. `ACCESS_MATRIX_WRITE=1` writes what it found beside the table, as `.new`, for
comparing by eye; it never counts as a pass.

  in  to the sign-in    to  to another page    ok  shown    others  the status itself
"""

from __future__ import annotations

import logging
import os
import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allauth.account.internal.flows import login
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from supervision.records.models import Opening

from . import sight_check
from .kinds import World
from .places import places_of
from .unpacking import words_in

HERE = Path(__file__).parent
METHODS = ("GET", "POST")
Key = tuple[str, str, str]  # name of an address, target, method
# What a look at a page may write: the access log and for whom to look there, the day somebody was last here, sign-in state and rate
# limits.
WRITES_OF_A_LOOK = re.compile(
    r'"(records_opening|records_openedbyothers|people_user" SET "last_seen_on|django_session|cache|usersessions_usersession)'
)


def addresses(patterns: Any = None, prefix: str = "", space: str = "") -> dict[str, URLPattern]:
    """Every URL pattern by its full name."""
    found: dict[str, URLPattern] = {}
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            found |= addresses(entry.url_patterns, prefix + str(entry.pattern), inner)
        else:
            assert entry.name, f"{prefix}{entry.pattern} has no name"
            found[f"{space}{entry.name}"] = entry
    return found


def table(name: str) -> dict[Key, dict[str, str]]:
    """What the table of this name says: by address, target and method, the answer to each person."""
    path = HERE / name
    if not path.exists():
        return {}
    lines = [line.split() for line in path.read_text().splitlines() if line.strip() and line[0] != "#"]
    heading, *rows = lines
    people = heading[3:]
    return {(row[0], row[1], row[2]): dict(zip(people, row[3:], strict=True)) for row in rows}


def clients(world: World) -> dict[str, Client]:
    """Everybody signed in, a moment ago, as by password."""
    found = {}
    for name, person in world.people.items():
        found[name] = Client(raise_request_exception=False)
        if person is None:
            continue
        found[name].force_login(person)
        session = found[name].session
        session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
        session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
        session.save()
    return found


def _answer(response: Any) -> str:
    if response.status_code in (301, 302):
        return "in" if response["Location"].startswith("/accounts/login/") else "to"
    return "ok" if response.status_code == 200 else str(response.status_code)


def text(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{words_in(body)}{response.get('Location', '')}"


@dataclass
class Done:
    """What a request did: its statements, and by whom which records were opened as the access log says."""

    statements: list[str] = field(default_factory=list)
    opened: set[tuple[Any, uuid.UUID]] = field(default_factory=set)


def ask(client: Client, method: str, address: str) -> tuple[Any, Done]:
    """One request, undone afterwards, also in the browser."""
    kept = client.cookies.get("sessionid")
    signed_in = kept.value if kept else None
    done = Done()

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        done.statements.append(sql)
        return execute(sql, *rest)

    with transaction.atomic():
        began = timezone.now()
        # Django's own log of queries would put the values into each, which takes long.
        with connection.execute_wrapper(note):
            response = client.get(address) if method == "GET" else client.post(address, {})
        if any('INTO "records_opening"' in sql for sql in done.statements):
            done.opened = set(Opening.objects.filter(at__gte=began).values_list("by", "record_id"))
        transaction.set_rollback(True)
    client.cookies.clear()
    if signed_in:
        client.cookies["sessionid"] = signed_in
    return response, done


def _stray_writes(queries: list[str]) -> list[str]:
    writes = [q for q in queries if re.match(r"\s*(INSERT|UPDATE|DELETE|REPLACE)", q)]
    return [q[:120] for q in writes if not WRITES_OF_A_LOOK.search(q)]


def _differences(key: Key, expected: dict[str, str] | None, found: dict[str, str]) -> list[str]:
    if expected is None:
        return [f"{' '.join(key)} is not in the table"]
    return [
        f"{' '.join(key)} as {name}: {found[name]} instead of {expected.get(name)}"
        for name in found
        if found[name] != expected.get(name)
    ]


def never(world: World, name: str, method: str, response: Any, done: Done, where: str) -> list[str]:
    """What no cell may do, whatever the table says."""
    wrong = leaks(world, name, response, where)
    if where.startswith(HANDS_OVER):  # that is what it is for: then the log says so
        handed = [word for word in _words(world, response) if name not in world.canaries[word]]
        wrong = _unlogged(world, name, response, done, where, handed)
    elif method == "GET" and name in READERS_OF_OTHERS:
        theirs = [word for word in _words(world, response) if not word.startswith(NOT_OF_OTHERS)]
        wrong += _unlogged(world, name, response, done, where, theirs)
    if method == "GET" and _stray_writes(done.statements):
        wrong.append(f"{where} as {name} writes {_stray_writes(done.statements)}")
    if response.status_code >= 500:
        wrong.append(f"{where} as {name}: {response.status_code}")
    return wrong


HANDS_OVER = "POST disclosure:export"
# Whoever is party to nothing in the world, or to little of it.
READERS_OF_OTHERS = (
    *("manager", "line_manager", "administrator", "other_manager"),
    *("other_supervisor", "other_worker", "former", "outsider"),
)
# What these wrote themselves, or what is nobody's words: not logged when they see it.
NOT_OF_OTHERS = ("framework-", "canary-framework-", "canary-program-action", "canary-job-draft")


def _words(world: World, response: Any) -> list[str]:
    said = text(response)
    return [word for word in world.canaries if word in said]


def _unlogged(world: World, name: str, response: Any, done: Done, where: str, words: list[str]) -> list[str]:
    """Those of these words of others that the access log does not account for: no line by this person is about a record in which
    the word stands, or beside which it stands."""
    person = world.people[name]
    opened = {record for by, record in done.opened if person is not None and by == person.pk}
    return [
        f"{where} shows {word} to {name}, and nothing of that is in the access log"
        for word in words
        if not opened & places_of(world)[word]
    ]


def leaks(world: World, name: str, response: Any, where: str) -> list[str]:
    said = text(response)
    return [
        f"{where} shows {word} to {name}"
        for word, readers in world.canaries.items()
        if word in said and name not in readers
    ]


class Log(logging.Handler):
    """What a server would write, of all loggers, as its handlers write it: nothing that somebody said may be in it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        written: Any = settings.LOGGING
        for name in written["handlers"]["console"]["filters"]:
            self.addFilter(import_string(written["filters"][name]["()"])())
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def listening() -> Iterator[Log]:
    """Everything that is logged meanwhile."""
    log = Log()
    loggers = [logging.getLogger(name) for name in ("", "django")]
    for logger in loggers:
        logger.addHandler(log)
    try:
        yield log
    finally:
        for logger in loggers:
            logger.removeHandler(log)


def cells(world: World, url_names: Iterable[str]) -> Iterator[tuple[Key, str]]:
    """Every address to ask, with its target and method, in the order of the table."""
    for url_name in sorted(url_names):
        for label, kwargs in world.targets.get(url_name, {"-": {}}).items():
            for method in METHODS:
                yield (url_name, label, method), reverse(url_name, kwargs=kwargs)


def check(
    world: World, asked: Iterable[tuple[Key, str]], expected: dict[Key, dict[str, str]], *, new: str
) -> None:
    """Ask each of these as everybody. `expected` is the part of the table that is about them, `new` where to write what was found."""
    everybody = clients(world)
    wrong, lines, seen = [], [], set()
    with listening() as log:
        for key, address in asked:
            seen.add(key)
            found, page = {}, sight_check.Shown()
            for name, client in everybody.items():
                response, done = ask(client, key[2], address)
                found[name] = _answer(response)
                page.note(world, name, response)
                wrong += never(world, name, key[2], response, done, f"{key[2]} {key[0]} {key[1]}")
            lines.append(f"{key[0]:<40}{key[1]:<11}{key[2]:<6}" + "".join(f"{v:<6}" for v in found.values()))
            wrong += _differences(key, expected.get(key), found)
            wrong += sight_check.findings(world, key[0], key[1], page)
    wrong += [f"the log says {line}" for line in log.lines if any(word in line for word in world.canaries)]
    wrong += [
        f"{' '.join(key)} is in the table but no such address exists" for key in sorted({*expected} - seen)
    ]
    if os.environ.get("ACCESS_MATRIX_WRITE"):
        heading = f"{'address':<40}{'target':<11}{'method':<7}" + " ".join(world.people)
        (HERE / new).write_text("\n".join([heading, *lines]) + "\n")
    assert wrong == [], f"{len(wrong)} findings, {len(seen) * len(everybody)} cells:\n" + "\n".join(
        wrong[:80]
    )
