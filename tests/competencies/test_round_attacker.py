"""Somebody who sees everything that a supervisor and their managers see, at every moment, cannot tell one worker's answers.

What is tested, on whole pages: for any way of answering, any worker and any statement there is another way, in which this worker
answered something else, and the attacker sees the very same, letter by letter. The attacker also has the rows of the database
without the keys: how many there are, how long each cell is, the chain, the jobs and the mails.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from competencies.models import Round, Sheet
from competencies.rating.marks import Mark
from competencies.rounds import operations
from competencies.rounds.anonymity import band
from supervision.jobs.worker import Worker
from supervision.people.models import User
from supervision.records.models import AuditEvent
from tests.overview.builders import signed_in

from . import round_makers as make

pytestmark = pytest.mark.django_db
UNSURE = None
POINTS: tuple[int | None, ...] = (1, 2, 3, 4, UNSURE)
TRIED = ("informative-1", "mediative-2")  # the statements whose answers differ; the others are steady
# What differs by chance from one look to the next, and tells nothing: tokens of forms, ids of what a form would make.
CHANCE = re.compile(
    r'(?<=value=")[A-Za-z0-9]{64}(?=")|(?<=name="key" value=")[0-9a-f-]{36}|(?<=name="page" value=")\w+'
)
NOT_STORED_BY_ANSWERING = {"django_session", "usersessions_usersession", "cache", "records_opening"}


@dataclass(frozen=True)
class Way:
    """How one worker takes part: what they choose for the statements that are tried, and what they do with it."""

    points: tuple[int | None, ...] = (3, 3)
    does: str = "sends"

    @property
    def counts(self) -> bool:
        return self.does in ("sends", "changes")


DOES = ("nothing", "chooses", "sends", "changes", "takes back")
Ways = Sequence[Way]


# The attacker ---------------------------------------------------------------------------------------------------


@dataclass
class Attacker:
    """Looks at everything that the supervisor, the manager, the line manager and an administrator can open."""

    cast: Any
    found: Round
    seen: list[tuple[str, Any]] = field(default_factory=list)

    def looks(self, moment: str) -> None:
        for name, pages in self.pages().items():
            client = signed_in(getattr(self.cast, name))
            for address in pages:
                response = client.get(address)
                page = CHANCE.sub("", response.content.decode())
                headers = {key: response[key] for key in ("Content-Type", "Location") if key in response}
                self.seen.append((f"{moment} {name} {address}", (response.status_code, headers, page)))
        self.looks_at_rows(moment)

    def looks_at_rows(self, moment: str) -> None:
        self.seen.append((f"{moment} stored", self.stored()))
        self.seen.append((f"{moment} mails", sorted((m.to, m.subject, m.body) for m in mail.outbox)))

    def pages(self) -> dict[str, list[str]]:
        """What could show something to each. Whether a page of rounds is there at all is in the access matrix."""
        own = ["/", reverse("rounds:list"), reverse("rounds:detail", args=[self.found.pk])]
        worker = reverse("overview:worker", args=[self.cast.worker.pk])
        of_supervisor = ("rounds:open", "rounds:named", "overview:people", "sessions:list", "notes:shared")
        return {
            "supervisor": [*own, *map(reverse, of_supervisor), worker],
            "manager": [*own, reverse("overview:activity"), worker],
            "administrator": [own[0], own[2]],
        }

    def stored(self) -> Any:
        """Everything that is in the database, but for what the words are and for chance."""
        # SQLite's own statistics hold samples of indexes, and are taken whenever its size seems to ask for it.
        tables = {name for name in connection.introspection.table_names() if not name.startswith("sqlite_")}
        names = sorted(tables - NOT_STORED_BY_ANSWERING)
        with connection.cursor() as cursor:
            counts = {}
            for name in names:
                cursor.execute(f'SELECT COUNT(*) FROM "{name}"')
                counts[name] = cursor.fetchone()[0]
        sheets = [(row.pk, row.person_id, len(row.__dict__["kept"])) for row in Sheet.objects.order_by("pk")]
        links = list(
            AuditEvent.objects.order_by("seq").values_list("at", "by", "action", "record_id", "facts")
        )
        return counts, sheets, links


# What people do -------------------------------------------------------------------------------------------------


def marks(found: Round, points: Sequence[int | None]) -> Mapping[str, Mark]:
    return make.marks(found, 3) | {one: Mark(point) for one, point in zip(TRIED, points, strict=True)}


def takes_part(found: Round, person: User, way: Way) -> None:
    sheet = make.sheet_of(found, person)

    def sends(points: Sequence[int | None]) -> None:
        version = operations.kept_in(make.sheet_of(found, person)).version
        operations.answer(sheet, by=person, version=version, marks=marks(found, points))

    if way.does == "chooses":
        operations.keep_typed(sheet, by=person, version=0, marks=marks(found, way.points))
    if way.does in ("changes", "takes back"):
        sends([4 if point == 1 else 1 for point in way.points])
    if way.counts:
        sends(way.points)
    if way.does == "takes back":
        operations.take_back(sheet, by=person)


def views(cast: Any, found: Round, people: Sequence[User], ways: Ways, order: Sequence[int]) -> list[Any]:
    """Everything the attacker sees in the world in which people answer in these ways. The world is undone."""
    start, mailbox = found.opened_at, list(mail.outbox)
    with transaction.atomic():
        attacker = Attacker(cast, found)
        for number, place in enumerate(order):
            with make.at(start + datetime.timedelta(days=number)):
                takes_part(found, people[place], ways[place])
                attacker.looks_at_rows(f"after {number}")
        with make.at(start + datetime.timedelta(days=len(order))):
            attacker.looks("answered")
        with make.at(found.closes_at - datetime.timedelta(seconds=1)):
            make.own_part(found, 2)
            Worker(name="test").run_until_empty()
            attacker.looks_at_rows("just before the end")
        with make.after(found):
            attacker.looks("closed")
            Worker(name="test").run_until_empty()
            attacker.looks("with a result")
        transaction.set_rollback(True)
    mail.outbox[:] = mailbox
    return attacker.seen


def check_the_same(one: list[Any], other: list[Any], *, until: str = "") -> None:
    assert [where for where, _what in one] == [where for where, _what in other]
    for (where, what), (_where, otherwise) in zip(one, other, strict=True):
        if until and where.startswith(until):
            return
        if where.endswith("stored"):  # which tables, sheets and links, before all of it
            (rows, sheets, links), (others, other_sheets, other_links) = what, otherwise
            assert {name: (rows[name], others[name]) for name in rows if rows[name] != others[name]} == {}, (
                where
            )
            assert [pair for pair in zip(links, other_links, strict=True) if pair[0] != pair[1]] == [], where
            assert sheets == other_sheets, where
        assert what == otherwise, where


# Another way of answering that looks the same ---------------------------------------------------------------------


def another(ways: Ways, place: int, statement: int) -> Ways | None:
    """A way in which this worker chose something else for this statement, and every band is the same. None if there is none."""
    counting = [number for number, way in enumerate(ways) if way.counts]
    if place not in counting or len(counting) < 3:
        return None
    now = [ways[number].points[statement] for number in counting]
    for points in itertools.product(POINTS, repeat=len(counting)):
        differs = points[counting.index(place)] != now[counting.index(place)]
        if differs and _band(points) == _band(now):
            changed = dict(zip(counting, points, strict=True))
            return [
                Way(_with(way.points, statement, changed[number]), way.does) if number in changed else way
                for number, way in enumerate(ways)
            ]
    return None


def _band(points: Sequence[int | None]) -> Any:
    return band([point for point in points if point is not UNSURE], top=4)


def _with(points: tuple[int | None, ...], place: int, point: int | None) -> tuple[int | None, ...]:
    return tuple(point if number == place else one for number, one in enumerate(points))


def _way() -> st.SearchStrategy[Way]:
    points = st.tuples(st.sampled_from(POINTS), st.sampled_from(POINTS))
    return st.builds(Way, points, st.sampled_from(("sends", "sends", "changes")))


ALL_LEADING, ALL_STARTING = [Way((4, 4))] * 3, [Way((1, 1))] * 3


FEW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=2)


@FEW
@given(
    ways=st.lists(_way(), min_size=3, max_size=4),
    place=st.integers(0, 2),
    statement=st.integers(0, len(TRIED) - 1),
    backwards=st.booleans(),
)
@example(ways=ALL_LEADING, place=0, statement=0, backwards=False)
@example(ways=ALL_STARTING, place=1, statement=1, backwards=True)
@example(ways=[Way((4, 1)), Way((4, UNSURE)), Way((2, 4))], place=2, statement=0, backwards=False)
def test_every_answer_could_have_been_another_one(
    cast: Any, ways: Ways, place: int, statement: int, backwards: bool
) -> None:
    otherwise = another(ways, place, statement)
    assert otherwise is not None
    assert otherwise[place].points[statement] != ways[place].points[statement]
    with transaction.atomic():
        people, found = _asked(cast, len(ways))
        order = list(range(len(ways)))
        one = views(cast, found, people, ways, order)
        other = views(cast, found, people, otherwise, order[::-1] if backwards else order)
        transaction.set_rollback(True)
    check_the_same(one, other)


@FEW
@given(
    one=st.lists(st.builds(Way, does=st.sampled_from(DOES)), min_size=4, max_size=4),
    other=st.lists(st.builds(Way, does=st.sampled_from(DOES)), min_size=4, max_size=4),
)
@example(one=[Way()] * 3 + [Way(does="nothing")], other=[Way(does="takes back")] + [Way()] * 3)
@example(one=[Way(does="nothing")] * 4, other=[Way()] * 2 + [Way(does="chooses")] * 2)
@example(one=[Way()] * 4, other=[Way(does="nothing")] * 4)
def test_who_answered_and_how_many_is_seen_by_nobody(cast: Any, one: Ways, other: Ways) -> None:
    """Until the round has a result nothing differs at all. After that there is one or there is none, and no more."""
    with transaction.atomic():
        people, found = _asked(cast, 4)
        order = list(range(4))
        seen = [views(cast, found, people, ways, order) for ways in (one, other)]
        transaction.set_rollback(True)
    has_result = [sum(way.counts for way in ways) >= 3 for ways in (one, other)]
    check_the_same(*seen, until="" if len(set(has_result)) == 1 else "with a result supervisor")


def test_the_attacker_would_notice(cast: Any) -> None:
    """A check that cannot fail would be worth nothing: other bands are seen, in the last look and not before."""
    people, found = _asked(cast, 3)
    one = views(cast, found, people, ALL_LEADING, [0, 1, 2])
    other = views(cast, found, people, ALL_STARTING, [0, 1, 2])
    different = [
        where for (where, what), (_w, otherwise) in zip(one, other, strict=True) if what != otherwise
    ]
    assert different == [f"with a result supervisor {reverse('rounds:detail', args=[found.pk])}"]


def _asked(cast: Any, size: int) -> tuple[list[User], Round]:
    people = make.team(cast, size)
    return people, make.opened(cast)
