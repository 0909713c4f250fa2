"""`prepare`: safe to repeat, says who is there, and keeps demo people off the network."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from competencies.models import Framework, FrameworkVersion
from supervision.records import triggers
from supervision.records.keyring import Keyring
from tests import factories
from tests.records import helpers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _served_here(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]


def prepare() -> dict[str, bool]:
    told = StringIO()
    call_command("prepare", json=True, stdout=told, stderr=StringIO())
    found: dict[str, bool] = json.loads(told.getvalue())
    return found


def test_an_empty_installation_has_nobody() -> None:
    assert prepare() == {"has_people": False, "has_demo_people": False}


def test_real_and_demo_people_are_told_apart() -> None:
    factories.person()
    assert prepare() == {"has_people": True, "has_demo_people": False}
    factories.person(is_demo=True)
    assert prepare() == {"has_people": True, "has_demo_people": True}


def test_the_frameworks_that_are_shipped_are_brought_in_once() -> None:
    prepare()
    prepare()
    assert Framework.objects.to_read().count() == FrameworkVersion.objects.count() == 5


def test_missing_guards_are_put_back() -> None:
    of_table = ' ON "records_seal"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "ch_records_seal_update"{of_table}')
    assert triggers.missing()
    prepare()
    assert triggers.missing() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("SITE_URL", "https://hours.example.org"), ("ALLOWED_HOSTS", ["127.0.0.1", "192.0.2.7"])],
)
def test_demo_people_are_never_served_beyond_this_machine(settings: Any, name: str, value: Any) -> None:
    factories.person(is_demo=True)
    setattr(settings, name, value)
    with pytest.raises(CommandError, match="on this machine only"):
        prepare()


def test_real_people_may_be(settings: Any) -> None:
    factories.person()
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://hours.example.org", ["hours.example.org"]
    assert prepare()["has_people"]


def test_keys_that_this_database_was_not_written_with_are_refused(settings: Any, cast: Any) -> None:
    helpers.offered(cast)
    prepare()
    settings.KEYRING = Keyring.new()
    with pytest.raises(CommandError, match="Restore your copy"):
        prepare()
