"""On PostgreSQL the role that serves can do its work and nothing else (decision 22)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.db.utils import DatabaseError

from supervision.records.models import AuditEvent, Seal
from tests.records import helpers

pytestmark = pytest.mark.django_db


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def as_server() -> Callable[[], Any]:
    """A role as `prepare` leaves it, for this test only: all of it is rolled back."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no roles")
    role = f"server_{uuid.uuid4().hex[:8]}"
    sql(f"CREATE ROLE {role}")
    call_command("grant_rights", role)

    @contextmanager
    def acting() -> Iterator[None]:
        sql(f"SET LOCAL ROLE {role}")
        try:
            yield
        finally:
            sql("RESET ROLE")

    return acting


def test_the_serving_role_can_take_a_record_to_its_seal(as_server: Callable[[], Any], cast: Any) -> None:
    with as_server():
        offer = helpers.offered(cast)
        helpers.sign(offer, cast.supervisor)
        helpers.sign(offer, cast.worker)
    assert Seal.objects.get().how == Seal.How.ALL_SIGNED


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE records_auditevent SET action = 'nothing'",
        "DELETE FROM records_auditevent",
        "TRUNCATE records_auditevent",
        "UPDATE records_seal SET how = 'all signed'",
        "DELETE FROM records_seal",
        "DROP TABLE records_seal",
        "DROP FUNCTION ch_refuse() CASCADE",
        "ALTER TABLE records_seal DISABLE TRIGGER ALL",
        "CREATE TABLE mine (id int)",
        "SET session_replication_role = replica",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('records', '0099_gone', now())",
        "DELETE FROM django_migrations",
    ],
)
def test_the_serving_role_cannot_get_around_the_guards(
    as_server: Callable[[], Any], cast: Any, attack: str
) -> None:
    offer = helpers.offered(cast)
    helpers.sign(offer, cast.supervisor)
    helpers.sign(offer, cast.worker)
    events = AuditEvent.objects.count()

    with (
        as_server(),
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
    ):
        sql(attack)
    assert AuditEvent.objects.count() == events


def test_even_the_one_column_it_may_lock_cannot_be_changed(as_server: Callable[[], Any], cast: Any) -> None:
    helpers.offered(cast)
    with as_server(), pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        sql("UPDATE records_offer SET id = id")


def test_sqlite_says_that_it_has_no_roles() -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL has roles")
    with pytest.raises(CommandError, match="Only PostgreSQL"):
        call_command("grant_rights", "anybody")
