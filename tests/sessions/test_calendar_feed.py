"""The secret address of a person's own calendar: it opens their times and nothing else, until they stop it."""

from __future__ import annotations

import logging
import re
import uuid
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from supervision.jobs.worker import Worker
from supervision.people import operations as people
from supervision.people.models import CalendarFeed
from supervision.records.logs import NoWords
from supervision.sessions import operations

from . import makers, strict_ics
from .pages import body, client_of

PAGE = "/your-details/calendar/"
ADDRESS = re.compile(r">(http[^<]*/calendar/([^</]+)\.ics)<")


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


def fetch(secret: str) -> Any:
    """What a calendar gets there: nobody is signed in."""
    return Client().get(reverse("calendar:feed", args=[secret]))


def made(person: Any, key: uuid.UUID | None = None) -> str:
    feed = CalendarFeed.objects.filter(person=person).first()
    return people.make_calendar_feed(by=person, version=feed.version if feed else 0, key=key)


def hidden_fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(key|version)" value="([^"]*)"', page))


# The address ------------------------------------------------------------------------------------------------------


def test_an_address_made_on_the_page_opens_the_calendar_without_signing_in(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(6))
    client = client_of(cast.worker)
    page = body(client.get(PAGE))
    assert "You have no address yet." in page
    answer = client.post(PAGE, hidden_fields(page))
    assert answer["Cache-Control"] == "no-store"
    address, secret = ADDRESS.search(body(answer)).groups()
    assert len(secret) == 43
    assert address == f"http://127.0.0.1:8000/calendar/{secret}.ics"
    file = fetch(secret)
    assert file.status_code == 200
    assert file["Cache-Control"] == "no-store"
    assert not file.cookies
    whole = strict_ics.read(file.content)
    (event,) = whole.named("VEVENT")
    assert strict_ics.starts_at(event, whole) == session.starts_at


def test_the_address_is_shown_once_and_only_its_digest_is_kept(cast: Any) -> None:
    client = client_of(cast.worker)
    answer = client.post(PAGE, hidden_fields(body(client.get(PAGE))))
    secret = ADDRESS.search(body(answer)).group(2)
    assert secret not in body(client.get(PAGE))
    fetch(secret)
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str(cursor.fetchall())
        assert secret not in rows, table


def test_the_button_pressed_twice_shows_the_same_address(cast: Any) -> None:
    client = client_of(cast.worker)
    sent = hidden_fields(body(client.get(PAGE)))
    first, second = (ADDRESS.search(body(client.post(PAGE, sent))).group(2) for _n in range(2))
    assert first == second
    assert fetch(first).status_code == 200


def test_a_page_from_before_makes_and_brings_back_nothing(cast: Any) -> None:
    client = client_of(cast.worker)
    sent = hidden_fields(body(client.get(PAGE)))
    secret = ADDRESS.search(body(client.post(PAGE, sent))).group(2)
    client.post(PAGE, {"stop": "yes"})
    assert client.post(PAGE, sent).status_code == 409
    assert client.post(PAGE, {}).status_code == 409
    assert fetch(secret).status_code == 404


def test_the_same_key_is_another_secret_for_somebody_else_and_another_time(cast: Any) -> None:
    key = uuid.uuid4()
    secrets = {made(cast.worker, key), made(cast.supervisor, key), made(cast.worker, key)}
    assert len(secrets) == 3


def test_a_new_address_and_stopping_end_the_one_before(cast: Any) -> None:
    client = client_of(cast.worker)
    first = made(cast.worker)
    second = made(cast.worker)
    assert [fetch(secret).status_code for secret in (first, second)] == [404, 200]
    client.post(PAGE, {"stop": "yes"})
    client.post(PAGE, {"stop": "yes"})
    assert fetch(second).status_code == 404
    assert "You have no address yet." in body(client.get(PAGE))


def test_who_leaves_takes_the_address_along_for_good(cast: Any) -> None:
    secret = made(cast.worker)
    people.deactivate(cast.worker, by=cast.administrator)
    assert fetch(secret).status_code == 404
    people.reactivate(makers.fresh(cast.worker), by=cast.administrator)
    assert fetch(secret).status_code == 404


def test_a_closed_account_has_no_feed_however_it_was_closed(cast: Any) -> None:
    secret = made(cast.worker)
    type(cast.worker).objects.filter(pk=cast.worker.pk).update(is_active=False)
    assert fetch(secret).status_code == 404


def test_making_and_stopping_show_among_what_changed_and_are_told(cast: Any) -> None:
    made(cast.worker)
    people.stop_calendar_feed(by=cast.worker)
    page = body(client_of(cast.worker).get("/your-details/"))
    assert "An address for your calendar was made" in page
    assert "The address for your calendar was stopped" in page
    Worker(name="test").run_until_empty()
    (message,) = mail.outbox
    assert message.to == [cast.worker.email]
    assert message.subject == "An address for your calendar was made"
    assert "/your-details/calendar/" in message.body


# What somebody without the secret finds -----------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["x", "None", "", "%00", "a" * 3000, "é" * 43, "' OR 1=1 --", "..%2f.."])
def test_an_unknown_secret_is_a_page_that_does_not_exist(cast: Any, secret: str) -> None:
    made(cast.worker)
    people.make_calendar_feed(by=cast.supervisor, version=0)
    people.stop_calendar_feed(by=cast.supervisor)  # leaves a row without a digest
    response = Client().get(f"/calendar/{secret}.ics")
    assert response.status_code in (404, 302)
    assert b"BEGIN:VCALENDAR" not in response.content
    if response.status_code == 302:  # not an address of calendars at all
        assert response["Location"].startswith("/accounts/login/")


def test_the_digest_itself_opens_nothing(cast: Any) -> None:
    made(cast.worker)
    assert fetch(CalendarFeed.objects.get().digest or "").status_code == 404


def test_asking_without_end_is_refused(cast: Any) -> None:
    secret = made(cast.worker)
    answers = [fetch("guess").status_code for _n in range(60)] + [
        fetch(secret).status_code for _n in range(60)
    ]
    assert answers == [404] * 60 + [200] * 60
    for asked in ("guess", secret):
        assert fetch(asked).status_code == 429
        assert fetch(asked)["Retry-After"] == "60"


def test_only_looking_is_possible(cast: Any) -> None:
    address = reverse("calendar:feed", args=[made(cast.worker)])
    assert Client().head(address).status_code == 200
    assert Client().post(address).status_code == 405


def test_no_log_holds_an_address() -> None:
    record = logging.LogRecord(
        "django", logging.WARNING, "f", 1, "Too many: %s", ("/calendar/s3cret.ics",), None
    )
    NoWords().filter(record)
    assert "s3cret" not in record.getMessage()


# What is in it ------------------------------------------------------------------------------------------------------


def test_a_feed_holds_no_words_and_no_names(cast: Any) -> None:
    """Every place where somebody can write something is written in."""
    sealed = makers.signed_by_recorder(cast, makers.planned(cast, starts_at=makers.ago(72), place="heron"))
    makers.sign(sealed, cast.worker, statement="heron")
    planned = makers.planned(cast, starts_at=makers.ahead(6), place="heron house")
    operations.add_item(planned, by=cast.worker, text="A heron", share=True)
    operations.move(
        planned, by=cast.supervisor, starts_at=makers.ahead(7), place="heron", why="other", note="heron"
    )
    off = makers.planned(cast, starts_at=makers.ahead(8), place="heron")
    operations.cancel(off, by=cast.worker, why="work", note="heron")
    text = fetch(made(cast.worker)).content.decode()
    whole = strict_ics.read(text.encode())
    assert len(whole.named("VEVENT")) == 3
    assert {event.value("SUMMARY") for event in whole.named("VEVENT")} == {"Supervision"}
    said = text.replace("\r\n ", "")
    names = ("Marisol", "Dana", "Vega", "Whitfield", "Maple", "Riverbend", cast.worker.email, "work")
    for word in (makers.CANARY, *names):
        assert word not in said.replace("network", "")
    assert str(cast.worker.pk) not in said


def test_each_feed_holds_its_own_person_s_sessions(cast: Any) -> None:
    makers.planned(cast, starts_at=makers.ahead(6))
    operations.plan(cast.other_arrangement, by=cast.other_worker, starts_at=makers.ahead(5))
    operations.plan(cast.other_arrangement, by=cast.other_worker, starts_at=makers.ahead(6))
    for person, count in ((cast.worker, 1), (cast.other_worker, 2), (cast.manager, 0)):
        file = fetch(made(person)).content
        assert len(strict_ics.read(file).named("VEVENT")) == count
