"""`verify` finds any single altered cell of what it covers, and says where."""

from __future__ import annotations

import datetime
import json
import uuid

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from agreements.models import Clause
from supervision.records import anchors, audit, certificate, daily, sealed_rows, signing, triggers, verify
from supervision.records.models import AuditEvent, ChainHead, Document, Opening, RecordKey, Seal
from supervision.sessions import operations
from supervision.sessions.models import AgendaItem
from tests.records import helpers
from tests.sessions import makers


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
    if isinstance(cell, datetime.date):
        return cell + datetime.timedelta(days=1)
    if isinstance(cell, str) and cell.startswith("["):
        return json.dumps([*json.loads(cell), "x"])
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


def _set(model, column, key, value):
    with connection.cursor() as cursor:
        cursor.execute(DEFER[connection.vendor])
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE "{model._meta.pk.column}" = %s',
            [value, key],
        )


def _found():
    return [p for p in verify.run() if not p.where.startswith("guard ")]


def _sealed_rows():
    """(model, row key, column, stored value) of every cell that belongs to a sealed record."""
    for kind in sealed_rows.kinds():
        sealed = set(kind._base_manager.filter(sealed_at__isnull=False).values_list("pk", flat=True))
        for key, column, cell in _cells(kind):
            if uuid.UUID(str(key)) in sealed:
                yield kind, key, column, cell
        for part in sealed_rows.parts_of(kind):
            free = (*part.free_while_offered, "id")
            for row in part._base_manager.filter(**{f"{part.part_of}__in": sealed}):
                for key, column, cell in _cells(part):
                    if uuid.UUID(str(key)) == row.pk and column not in free:
                        yield part, key, column, cell


def test_every_single_altered_cell_of_the_rows_of_a_sealed_record_is_found(store):
    makers.sealed(
        store,
        agenda=[operations.Topic("The heron", AgendaItem.Category.values[0], store.worker.pk)],
        steps=[makers.step(store.worker)],
    )
    assert verify.run() == []
    triggers.remove()
    missed, tried = [], set()
    for model, key, column, cell in list(_sealed_rows()):
        if cell is None:
            continue
        with transaction.atomic():
            _set(model, column, key, cell + 1 if type(cell) is int else _altered(cell))
            if not _found():
                missed.append(f"{model.__name__}.{column}")
            transaction.set_rollback(True)
        tried.add(model)
    assert {model.__name__ for model in tried} >= {
        "Agreement",
        "Clause",
        "Session",
        "AgendaItem",
        "Attendance",
    }
    assert missed == []


def test_a_column_that_a_later_version_adds_changes_no_mark(store):
    """What holds its default is left out of the mark: such a column, filled by its migration, is like one that is not there."""
    clause = Clause.objects.filter(agreement_id=Seal.objects.get().record_id).get()
    assert {"required", "text", "title"} & set(sealed_rows.unsaid(clause)) == {"required"}
    assert clause.required is True, "the default of its column"
    assert clause.turn_count == 0
    assert "turn_count" in sealed_rows.unsaid(clause)
    assert "position" not in sealed_rows.unsaid(clause)


@pytest.mark.parametrize("what", ["added", "removed"])
def test_a_part_of_a_sealed_record_that_was_added_or_removed_is_found(store, what):
    sealed = Seal.objects.get()
    triggers.remove()
    clause = Clause.objects.filter(agreement_id=sealed.record_id).get()
    if what == "removed":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM agreements_clause WHERE id = %s", [_raw(clause.pk)])
    else:
        Clause(agreement=clause.agreement, key="forged", position=9, title="Forged", text="Forged").save()
    assert any("altered, added or removed" in p.what for p in verify.run())


@pytest.mark.parametrize("column", ["wrapped", "master_id", "record_id"])
def test_an_altered_key_is_found(store, column):
    key = RecordKey.objects.order_by("pk").first()
    cell = next(
        cell
        for pk, name, cell in _cells(RecordKey)
        if name == column and str(pk) in {str(key.pk), key.pk.hex}
    )
    _set(RecordKey, column, _raw(key.pk), _altered(cell))
    assert any(p.where.startswith("key of record") for p in _found())


def test_a_key_that_was_emptied_on_the_quiet_is_found(store):
    RecordKey.objects.filter(pk=Seal.objects.get().record_id).update(wrapped=b"")
    assert any("nothing says that it was destroyed" in p.what for p in verify.run())


def test_records_sealed_before_their_rows_were_vouched_for_are_vouched_for_once(store):
    triggers.remove()
    record = Seal.objects.get().record_id
    links = AuditEvent.objects.filter(action=sealed_rows.ACTION)
    with connection.cursor() as cursor:  # as a chain that never had it: the last links are made anew
        cursor.execute("DELETE FROM records_auditevent WHERE seq >= %s", [links.get().seq])
    last = AuditEvent.objects.order_by("-seq").first()
    ChainHead.objects.update(seq=last.seq, mac=last.mac)
    assert f"agreements.agreement {record}: no link of the chain speaks of its rows" in map(str, verify.run())
    assert sealed_rows.vouch_for_older() == 1
    assert sealed_rows.vouch_for_older() == 0
    assert links.get().record_id == record
    assert not any("its rows" in p.what or "a row of it" in p.what for p in verify.run())


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
