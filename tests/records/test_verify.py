"""`verify` finds any single altered cell of what it covers, and says where."""

from __future__ import annotations

import datetime
import json
import uuid

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from supervision.records import anchors, audit, certificate, daily, signing, triggers, verify
from supervision.records.models import AuditEvent, ChainHead, Document, Opening, Seal
from tests.records import helpers


@pytest.fixture
def store(cast):
    """A sealed agreement with a stand-in PDF, one that was taken back, and two openings."""
    offer = helpers.offered(cast)
    helpers.sign(offer, cast.supervisor)
    seal = helpers.sign(offer, cast.worker, statement="As we said.").seal
    with transaction.atomic():
        document = Document(
            seal=seal, record_id=seal.record_id, pdf=b"%PDF-", sha256="", size=5, certificate="f" * 64
        )
        document.sha256 = verify.documents.sha256(b"%PDF-")
        document.save()
        audit.record(None, "document", about=seal, covers=document)
    second = helpers.offered(cast, helpers.agreement(cast))
    signing.take_back(second, by=cast.supervisor, reason="A date was wrong.")
    audit.opened(cast.manager, seal, why="manager of the program")
    return cast


def test_an_untouched_store_has_no_findings(store):
    assert verify.run() == []


def _cells(model):
    """(row key, column, stored value) of every cell of a table."""
    columns = [f.column for f in model._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {", ".join(chr(34) + c + chr(34) for c in columns)} FROM "{model._meta.db_table}"'
        )
        rows = cursor.fetchall()
    key = columns.index(model._meta.pk.column)
    return [(row[key], column, cell) for row in rows for column, cell in zip(columns, row, strict=True)]


def _altered(cell):
    """The same cell with one character, byte or unit changed, of a kind the column accepts."""
    if isinstance(cell, bytes | memoryview):
        data = bytearray(bytes(cell) or b"\x00")
        data[-1] ^= 1
        return bytes(data) if cell else b"\x01"
    if isinstance(cell, bool):
        return not cell
    if isinstance(cell, int):
        return cell + 1000
    if isinstance(cell, uuid.UUID):
        return uuid.UUID(int=cell.int ^ 1)
    if isinstance(cell, datetime.datetime):
        return cell + datetime.timedelta(microseconds=1)
    if isinstance(cell, str) and cell.startswith("{"):
        return json.dumps({**json.loads(cell), "x": 1})
    if isinstance(cell, str) and cell:
        return cell[:-1] + ("0" if cell[-1] != "0" else "1")
    return "x"


DEFER = {"postgresql": "SET CONSTRAINTS ALL DEFERRED", "sqlite": "PRAGMA defer_foreign_keys = ON"}
COVERED = [*verify.COVERED, AuditEvent, Opening, ChainHead]


@pytest.mark.parametrize("model", COVERED, ids=lambda m: m.__name__)
def test_every_single_altered_cell_is_found(store, model):
    triggers.remove()
    missed, tried = [], 0
    for key, column, cell in _cells(model):
        if cell is None:
            continue
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(DEFER[connection.vendor])
                cursor.execute(
                    f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE "{model._meta.pk.column}" = %s',
                    [_altered(cell), key],
                )
            found = [p for p in verify.run() if not p.where.startswith("guard ")]
            transaction.set_rollback(True)
        tried += 1
        if not found:
            missed.append(column)
    assert tried >= 3
    assert missed == []


@pytest.mark.parametrize("model", COVERED[:-1], ids=lambda m: m.__name__)
def test_a_removed_row_is_found(store, model):
    triggers.remove()
    row = model.objects.order_by("pk").first()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(DEFER[connection.vendor])
            if model is Opening:
                daily.digest_of_openings(timezone.now().date() + datetime.timedelta(days=2))
            cursor.execute(
                f'DELETE FROM "{model._meta.db_table}" WHERE "{model._meta.pk.column}" = %s', [_raw(row.pk)]
            )
        found = [p for p in verify.run() if not p.where.startswith("guard ")]
        transaction.set_rollback(True)
    assert found


def _raw(pk):
    return pk.hex if isinstance(pk, uuid.UUID) and connection.vendor == "sqlite" else pk


def test_a_record_that_only_claims_to_be_sealed_is_found(store):
    triggers.remove()
    record = helpers.agreement(store)
    type(record)._base_manager.filter(pk=record.pk).update(sealed_at=timezone.now())
    assert any("has no seal" in p.what for p in verify.run())


def test_a_row_written_past_the_software_is_found(store):
    seal = Seal.objects.get()
    triggers.remove()
    with connection.cursor() as cursor:
        cursor.execute('DELETE FROM "records_document"')
    Document(
        seal=seal, record_id=seal.record_id, pdf=b"forged", sha256="a" * 64, size=6, certificate="f" * 64
    ).save()
    assert any("its stored bytes were altered" in p.what or "no link" in p.what for p in verify.run())


def test_anchors_show_a_cut_off_tail_and_a_full_wipe(store, tmp_path, settings):
    settings.SECRETS_DIR = tmp_path / "secrets"
    certificate.ensure_certificate("Riverbend Peer Alliance")
    anchors.write(tmp_path / "anchors")
    assert verify.run(tmp_path / "anchors") == []
    triggers.remove()
    last = AuditEvent.objects.order_by("-seq").first()
    before = AuditEvent.objects.get(seq=last.seq - 1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_auditevent WHERE seq = %s", [last.seq])
    ChainHead.objects.update(seq=before.seq, mac=before.mac)
    assert any("ends before that" in p.what for p in verify.run(tmp_path / "anchors"))


def test_an_anchor_that_was_edited_is_refused(store, tmp_path, settings):
    settings.SECRETS_DIR = tmp_path / "secrets"
    certificate.ensure_certificate("Riverbend Peer Alliance")
    path = anchors.write(tmp_path / "anchors")
    path.write_text(path.read_text().replace("audit", "audjt"))
    assert any("was altered" in p.what for p in verify.run(tmp_path / "anchors"))


def test_the_digest_of_a_day_finds_a_removed_opening(store):
    tomorrow = timezone.now().date() + datetime.timedelta(days=1)
    daily.digest_of_openings(tomorrow)
    daily.digest_of_openings(tomorrow)
    assert AuditEvent.objects.filter(action=daily.DIGEST).count() == 1
    assert verify.run() == []


def test_the_chain_key_is_not_in_the_database(store):
    keys = [key.hex() for key in settings.KEYRING.chain.values()]
    for model in (AuditEvent, ChainHead, Opening):
        for _key, _column, cell in _cells(model):
            text = bytes(cell).hex() if isinstance(cell, bytes | memoryview) else str(cell)
            assert not any(key in text for key in keys)
