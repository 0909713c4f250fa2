"""The database itself refuses: whatever goes around the models, a sealed record stays as it was signed."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from agreements.models import Agreement, Clause
from supervision.records import triggers, verify
from supervision.records.errors import Sealed
from supervision.records.models import Answer, AuditEvent, Offer, OfferParty, Seal
from tests.records import helpers


@pytest.fixture
def sealed(cast):
    offer = helpers.offered(cast)
    helpers.sign(offer, cast.supervisor)
    helpers.sign(offer, cast.worker)
    if connection.vendor == "postgresql":  # foreign keys that wait for the commit would stand in the way
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return Agreement.objects.get(pk=offer.record_id)


def _refused(sql: str, *params: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


ATTACKS = [
    "UPDATE agreements_agreement SET minutes_each = 5",
    "UPDATE agreements_agreement SET sealed_at = NULL",
    "UPDATE agreements_agreement SET open_offer_id = NULL",
    "DELETE FROM agreements_agreement",
    "UPDATE agreements_clause SET title = 'another'",
    "UPDATE agreements_clause SET \"text\" = ''",
    "DELETE FROM agreements_clause",
    "UPDATE records_offer SET kind = 'another'",
    "DELETE FROM records_offer",
    "UPDATE records_offerparty SET part = 'another'",
    "DELETE FROM records_offerparty",
    "UPDATE records_answer SET kind = 'declined'",
    "DELETE FROM records_answer",
    "UPDATE records_seal SET how = 'closed'",
    "DELETE FROM records_seal",
    "UPDATE records_auditevent SET action = 'another'",
    "DELETE FROM records_auditevent",
]


@pytest.mark.parametrize("sql", ATTACKS)
def test_a_sealed_record_refuses(sealed, sql):
    _refused(sql)


def test_the_ways_around_the_model_are_closed_too(sealed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement._base_manager.filter(pk=sealed.pk).update(minutes_each=5)
    with pytest.raises(IntegrityError), transaction.atomic():
        Clause.objects.bulk_create(
            [Clause(agreement=sealed, key="late", position=9, title="Late", text="later")]
        )
    sealed.minutes_each = 5
    with pytest.raises(IntegrityError), transaction.atomic():
        sealed.save()
    with pytest.raises(Sealed):
        Seal.objects.get().save()
    with pytest.raises(Sealed):
        Offer.objects.get().delete()


def test_while_an_offer_is_open_the_text_is_frozen(cast):
    offer = helpers.offered(cast)
    _refused("UPDATE agreements_clause SET title = 'another'")
    _refused("UPDATE agreements_agreement SET minutes_each = 5")
    _refused("UPDATE agreements_agreement SET open_offer_id = NULL")  # without a closing row
    _refused("DELETE FROM agreements_agreement")
    assert Agreement.objects.get(pk=offer.record_id).minutes_each == 60


def test_nothing_is_born_sealed_and_nothing_seals_without_its_seal(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement(
            arrangement=cast.arrangement,
            number=9,
            template_name="x",
            started_by=cast.supervisor,
            sealed_at=timezone.now(),
        ).save()
    helpers.offered(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement._base_manager.update(sealed_at=timezone.now())


def test_an_answer_from_nobody_named_is_refused(cast):
    offer = helpers.offered(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer(
            offer=offer,
            record_id=offer.record_id,
            person=cast.outsider,
            part="Supervisor",
            kind="signed",
            digest=offer.digest,
        ).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer(
            offer=offer,
            record_id=offer.record_id,
            person=cast.worker,
            part="Peer worker",
            kind="signed",
            digest="0" * 64,
        ).save()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="REPLACE is SQLite's own")
def test_replace_does_not_get_around_the_guards(sealed):
    for table in (
        "records_seal",
        "records_answer",
        "records_auditevent",
        "agreements_agreement",
        "agreements_clause",
    ):
        _refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="TRUNCATE is PostgreSQL's own")
@pytest.mark.parametrize("table", ["records_seal", "records_auditevent", "agreements_clause"])
def test_truncate_is_refused(sealed, table):
    _refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="replica role is PostgreSQL's own")
def test_the_replica_role_does_not_switch_the_guards_off(sealed):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    _refused("UPDATE records_seal SET how = 'closed'")


def test_a_missing_guard_is_seen_and_stops_the_server(sealed):
    assert triggers.missing() == []
    name = "ch_records_seal_update"
    with connection.cursor() as cursor:
        table = "" if connection.vendor == "sqlite" else ' ON "records_seal"'
        cursor.execute(f'DROP TRIGGER "{name}"{table}')
    assert triggers.missing() == [name]
    assert "records.E001" in {e.id for e in run_checks(databases=["default"], tags=["database"])}
    triggers.install()
    assert triggers.missing() == []


def test_parties_cannot_be_added_to_a_sealed_offer_unseen(sealed, cast):
    """A row may be inserted, but the chain does not vouch for it, so verify names it."""
    offer = Offer.objects.get()
    OfferParty(offer=offer, person=cast.outsider, part="Witness", position=9).save()
    assert any("no link of the chain" in p.what for p in verify.run())
    assert AuditEvent.objects.count() > 0
