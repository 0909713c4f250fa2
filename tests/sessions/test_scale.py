"""The same number of questions at 50 and at 5,000 sessions: lists, search, home, calendar, feed, forms, next steps.

The rows are put straight into the database: years of two people's sessions, in seconds. Sealed ones are compared in test_queries.py.
"""

from __future__ import annotations

import datetime
import time
from secrets import token_bytes
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from supervision.records import encryption, triggers
from supervision.records.models import RecordKey
from supervision.sessions.models import Action, ActionEvent, AgendaItem, Attendee, Session
from supervision.sessions.operations import actions

from . import makers
from .pages import client_of, url
from .test_calendar_feed import made
from .test_find import look
from .test_queries import asked

FEW, MANY = 50, 5_000
APART = datetime.timedelta(hours=17)
STILL_OPEN = 6  # next steps that nobody has ticked
WORD = "kingfisher"


def fill(cast: Any, first: int, until: int) -> None:
    """Sessions `first` to `until` of the pair, the newest first: written up, called off, moved or planned, with topics and steps."""
    connection.check_constraints()  # PostgreSQL changes no table whose checks still wait
    triggers.remove()  # nobody could put a sealed row there otherwise
    with encryption.unlocked_keys():
        _fill(cast, first, until)
    connection.check_constraints()
    triggers.install()


def _fill(cast: Any, first: int, until: int) -> None:
    newest = timezone.now().replace(second=0, microsecond=0) + datetime.timedelta(days=15)
    rows = [_session(cast, newest - APART * number, number) for number in range(first, until)]
    _make_keys(rows)
    Session.objects.bulk_create(rows, batch_size=500)
    people = ((cast.supervisor, "supervisor"), (cast.worker, "supervisee"))
    Attendee.objects.bulk_create(
        [
            Attendee(session=row, person=person, part=part, position=position)
            for row in rows
            for position, (person, part) in enumerate(people)
        ],
        batch_size=500,
    )
    AgendaItem.objects.bulk_create(
        [
            AgendaItem(session=row, raised_by=cast.worker, text=f"Topic {WORD}", shared_at=row.starts_at)
            for row in rows
        ],
        batch_size=500,
    )
    steps = [
        Action(
            session=row,
            arrangement=cast.arrangement,
            owner=cast.worker,
            text="A step",
            shared_at=row.starts_at,
        )
        for row in rows
        if row.state == "held"
    ]
    Action.objects.bulk_create(steps, batch_size=500)
    ticked = steps[STILL_OPEN:] if first == 0 else steps
    ActionEvent.objects.bulk_create(
        [
            ActionEvent(
                action=one,
                arrangement=cast.arrangement,
                kind="done",
                by=cast.worker,
                at=one.session.starts_at,
            )
            for one in ticked
        ],
        batch_size=500,
    )
    actions.restate(cast.arrangement)


def _session(cast: Any, starts_at: datetime.datetime, number: int) -> Session:
    """In the past one of three took place and is sealed, as far as lists know; of those to come all are planned."""
    values: dict[str, Any] = {"state": "planned"}
    if starts_at < timezone.now():
        called_off = {"state_by": cast.worker, "state_at": starts_at, "state_why": "work"}
        written = {
            "recorder": cast.supervisor,
            "recorded_at": starts_at,
            "sealed_at": starts_at,
            "outcomes": f"The {WORD}, {number}",
        }
        values = (
            {"state": "held", **written},
            {"state": "cancelled", "state_note": f"No {WORD} today", **called_off},
            {"state": "missed", **called_off},
        )[number % 3]
    return Session(
        arrangement=cast.arrangement,
        structure="individual",
        focus="development",
        starts_at=starts_at,
        time_zone="America/New_York",
        planned_by=cast.supervisor,
        place="The quiet room",
        **values,
    )


def _make_keys(rows: list[Session]) -> None:
    """The data keys of all of them in a few inserts, at hand for the rows that follow."""
    master = settings.KEYRING.current_master
    RecordKey.objects.bulk_create(
        [
            RecordKey(pk=row.pk, master_id=master, wrapped=encryption.wrap(row.pk, token_bytes(32), master))
            for row in rows
        ],
        batch_size=500,
    )
    encryption.unlock(rows)
    for row in rows:
        row.__dict__["_has_own_key"] = True  # made above, all at once


@pytest.mark.slow
@pytest.mark.parametrize("who", ["supervisor", "worker"])
def test_pages_ask_as_much_at_5000_sessions_as_at_50(cast: Any, who: str, record_property: Any) -> None:
    person = getattr(cast, who)
    client = client_of(person)
    secret = made(person)
    coming = makers.planned(cast, starts_at=makers.ago(1))
    sealed = makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(30)))
    look(person, client, words=WORD)
    pages = {
        "list": reverse("sessions:list"),
        "list, signed": f"{reverse('sessions:list')}?state=signed",
        "list, not held": f"{reverse('sessions:list')}?state=not_held",
        "words": f"{reverse('sessions:list')}?found=1",
        "home": "/",
        "month": reverse("sessions:month"),
        "week": reverse("sessions:week"),
        "feed": reverse("calendar:feed", args=[secret]),
        "plan and next steps": url("detail", coming),
        "record": url("detail", sealed),
    }
    if who == "supervisor":
        pages["record form"] = url("record", coming)
        pages["choose what to write up"] = reverse("sessions:log")
    found: dict[str, dict[int, int]] = {name: {} for name in pages}
    seconds: dict[str, dict[int, float]] = {name: {} for name in pages}
    done = 0
    for size in (FEW, MANY):
        fill(cast, done, size)
        done = size
        _take_statistics()
        for name, address in pages.items():
            found[name][size], _queries = asked(client, address)
            begun = time.perf_counter()
            client.get(address)
            seconds[name][size] = round(time.perf_counter() - begun, 3)
    record_property("queries", found)
    record_property("seconds", seconds)
    print(f"\n{who} on {connection.vendor}")
    for name in pages:
        print(f"  {name:<26}{found[name]!s:<24}{seconds[name]}")
    assert {name: counts for name, counts in found.items() if counts[FEW] != counts[MANY]} == {}


def _take_statistics() -> None:
    """As the servers do now and then: a plan made for empty tables reads every row."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
