"""A long file: few queries, and not much slower than the bare rows would be."""

from __future__ import annotations

import datetime
import os
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from supervision.imports import operations
from supervision.imports.models import Import, Kind
from supervision.people.models import (
    Arrangement,
    Credential,
    Management,
    Participation,
    Place,
    Program,
    Standing,
    User,
)
from supervision.records.models import AuditEvent
from supervision.sessions.models import ImportedAttendee, ImportedMeeting
from tests.cast import Cast

from .helpers import ARRANGEMENTS, CREDENTIALS, PEOPLE, SESSIONS, as_csv, as_xlsx

pytestmark = pytest.mark.django_db
ROWS = int(
    os.environ.get("IMPORT_ROWS", "1500")
)  # IMPORT_ROWS=10000 with -s prints the figures of a full file
FIRST = datetime.date(2024, 1, 1)
NOBODY = uuid.UUID(int=1)


def files(rows: int) -> Iterator[tuple[Kind, bytes]]:
    """A file of each kind, the later ones about the people of the first."""
    people = [
        [
            f"w{n}@example.org",
            f"Worker {n}",
            "Peer specialist",
            f"w{n // 10}@example.org" if n > 9 else "",
            FIRST,
            "Maple Street",
            "yes",
        ]
        for n in range(rows)
    ]
    yield Kind.PEOPLE, as_xlsx(PEOPLE, people)
    yield (
        Kind.PROGRAMS,
        as_csv(["Program", "Managers"], [[f"Program {n}", f"w{n}@example.org"] for n in range(rows)]),
    )
    pairs = [
        [f"R{n}", "Maple Street", "One to one", FIRST, "", f"w{n // 10}@example.org", f"w{n}@example.org"]
        for n in range(1, rows)
    ]
    yield Kind.ARRANGEMENTS, as_csv(ARRANGEMENTS, pairs)
    yield (
        Kind.CREDENTIALS,
        as_csv(CREDENTIALS, [[f"w{n}@example.org", "CPS", f"No {n}", FIRST, ""] for n in range(rows)]),
    )
    held = [
        [f"R{1 + n % (rows - 1)}", FIRST + datetime.timedelta(days=n // (rows - 1)), 60, "Video", "", ""]
        for n in range(rows)
    ]
    yield Kind.SESSIONS, as_xlsx(SESSIONS, held)


def seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def bare(kind: Kind, cast: Cast, rows: int) -> float:
    """How long the plain rows of this kind take with `bulk_create` alone."""

    def accounts() -> None:
        new = [User(email=f"bare{n}@example.org", name=f"Bare {n}", password="!") for n in range(rows)]
        User.objects.bulk_create(new)
        Place.objects.bulk_create(Place(person=who, program=cast.program) for who in new)

    def programs() -> None:
        new = [Program(name=f"Bare {n}") for n in range(rows)]
        Program.objects.bulk_create(new)
        Management.objects.bulk_create(Management(person=cast.worker, program=program) for program in new)

    def arrangements() -> None:
        new = [Arrangement(program=cast.program, started_on=FIRST) for _n in range(rows)]
        Arrangement.objects.bulk_create(new)
        Standing.objects.bulk_create(Standing(arrangement=row) for row in new)
        Participation.objects.bulk_create(
            Participation(arrangement=row, person=who, part=part, joined_on=FIRST)
            for row in new
            for who, part in ((cast.worker, "supervisee"), (cast.supervisor, "supervisor"))
        )

    def meetings() -> None:
        new = [
            ImportedMeeting(
                arrangement=cast.arrangement,
                day=FIRST,
                minutes=60,
                modality="video",
                reference=f"{n}",
                source=cast.program.pk,
            )
            for n in range(rows)
        ]
        ImportedMeeting.objects.bulk_create(new)
        ImportedAttendee.objects.bulk_create(
            ImportedAttendee(meeting=row, person=who, part=part)
            for row in new
            for who, part in ((cast.worker, "supervisee"), (cast.supervisor, "supervisor"))
        )

    made = {
        Kind.PEOPLE: accounts,
        Kind.PROGRAMS: programs,
        Kind.ARRANGEMENTS: arrangements,
        Kind.CREDENTIALS: lambda: Credential.objects.bulk_create(
            Credential(person=cast.worker, name=f"Bare {n}") for n in range(rows)
        ),
        Kind.SESSIONS: meetings,
    }
    with transaction.atomic():
        found = seconds(made[kind])
        transaction.set_rollback(True)
    return found


def bare_links(count: int) -> float:
    """The same for as many rows of the log, without their marks."""
    now = timezone.now()
    with transaction.atomic():
        found = seconds(
            lambda: AuditEvent.objects.bulk_create(
                AuditEvent(
                    seq=10**9 + n,
                    at=now,
                    by=NOBODY,
                    action="x",
                    record_id=NOBODY,
                    facts={"n": n},
                    previous=f"p{n}",
                    mac=f"m{n}",
                    key_id="k",
                )
                for n in range(count)
            )
        )
        transaction.set_rollback(True)
    return found


def test_a_long_file_of_each_kind_asks_little_and_is_brought_in_whole(cast: Cast) -> None:
    for kind, data in files(ROWS):
        row = operations.send(kind, by=cast.administrator, name="long", data=data)
        with CaptureQueriesContext(
            connection,
        ) as looking:
            looked = seconds(lambda row=row: operations.look(row.pk))
        row.refresh_from_db()
        assert row.problem_count == 0, row.found["problems"][:3]
        assert len(looking) <= 50 + ROWS / 500, kind
        links = AuditEvent.objects.count()
        operations.confirm(row, by=cast.administrator, version=row.version)
        made = seconds(lambda row=row: operations.make(row.pk))
        row.refresh_from_db()
        assert row.state == Import.State.DONE
        print(
            f"{kind:13} {row.new_count:6} rows  {len(looking):3} queries  looked at {looked:5.2f} s  "
            f"brought in {made:5.2f} s  bare rows {bare(kind, cast, ROWS):5.2f} s, "
            f"and their links {bare_links(AuditEvent.objects.count() - links):5.2f} s"
        )
