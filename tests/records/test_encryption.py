"""What people say is unreadable without the keys, bound to its place, and survives a change of master key."""

from __future__ import annotations

import uuid

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from agreements.models import Agreement, Clause
from supervision.records import encryption, keyring, rotation
from supervision.records.errors import Disposed
from supervision.records.models import Offer, RecordKey
from tests.records import helpers


def _raw(model, column):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{model._meta.db_table}"')
        return [bytes(row[0]) for row in cursor.fetchall()]


def test_words_are_not_in_the_database(cast):
    helpers.offered(cast)
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for cell in row:
                    data = bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                    assert b"heron" not in data, table


def test_words_come_back_as_they_were(cast):
    helpers.agreement(cast, text="Ελένη, Nguyễn, مريم 🪴\nsecond line")
    assert Clause.objects.get().text == "Ελένη, Nguyễn, مريم 🪴\nsecond line"


def test_a_ciphertext_moved_to_another_row_is_refused(cast):
    first, second = helpers.agreement(cast, text="first"), helpers.agreement(cast, text="second")
    one, two = first.clauses.get(), second.clauses.get()
    with connection.cursor() as cursor:
        cursor.execute('SELECT "text" FROM agreements_clause WHERE "id" = %s', [_id(one.pk)])
        stolen = cursor.fetchone()[0]
        cursor.execute('UPDATE agreements_clause SET "text" = %s WHERE "id" = %s', [stolen, _id(two.pk)])
    with pytest.raises(encryption.Unreadable):
        _ = Clause.objects.get(pk=two.pk).text


def _id(pk: uuid.UUID):
    return pk.hex if connection.vendor == "sqlite" else pk


def test_one_flipped_bit_is_refused(cast):
    helpers.agreement(cast)
    row = Clause.objects.get()
    stored = bytearray(row.__dict__["text"])
    stored[20] ^= 1
    row.__dict__["text"] = encryption.Ciphertext(bytes(stored))
    with pytest.raises(encryption.Unreadable):
        _ = row.text


def test_update_past_the_encryption_is_refused(cast):
    helpers.agreement(cast)
    with pytest.raises(TypeError, match="never through update"):
        Clause.objects.update(text="in the clear")


def test_saving_another_field_does_not_rewrite_the_ciphertext(cast):
    helpers.agreement(cast)
    before = _raw(Clause, "text")
    row = Clause.objects.get()
    assert row.text == helpers.WORDS
    row.title = "Another title"
    row.save()
    assert _raw(Clause, "text") == before


def test_every_record_has_a_key_of_its_own(cast):
    helpers.agreement(cast), helpers.agreement(cast)
    assert RecordKey.objects.filter(pk__in=Agreement.objects.values("pk")).count() == 2
    assert len({bytes(k.wrapped) for k in RecordKey.objects.all()}) == RecordKey.objects.count()


def test_a_list_fetches_all_keys_in_one_query(cast, django_assert_num_queries):
    for number in range(5):
        helpers.agreement(cast, text=f"text {number}")
    rows = list(Clause.objects.all())
    with encryption.unlocked_keys(), django_assert_num_queries(1):
        encryption.unlock(rows)
        assert sorted(row.text for row in rows) == [f"text {n}" for n in range(5)]


def test_a_record_whose_key_was_destroyed_says_so(cast):
    offer = helpers.offered(cast)
    RecordKey.objects.update(wrapped=b"")
    assert Clause.objects.first().text == "(removed)", "a list goes on"
    with pytest.raises(Disposed):
        _ = Offer.objects.get(pk=offer.pk).content


@pytest.fixture
def own_secrets(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "SECRETS_FILE", tmp_path / "secrets" / "keys.json")
    before = settings.KEYRING
    keyring.save(settings.SECRETS_FILE, before)
    yield
    settings.KEYRING = before


def test_rotation_keeps_every_word_and_every_ciphertext(cast, own_secrets, capsys):
    offer = helpers.offered(cast)
    before = _raw(Clause, "text"), _raw(Offer, "content"), settings.KEYRING.current_master
    call_command("rotate_keys", "--forget-old")
    assert settings.KEYRING.current_master != before[2]
    assert set(RecordKey.objects.values_list("master_id", flat=True)) == {settings.KEYRING.current_master}
    assert (_raw(Clause, "text"), _raw(Offer, "content")) == before[:2]
    assert b"heron" in Offer.objects.get(pk=offer.pk).content
    assert before[2] not in keyring.load(settings.SECRETS_FILE).master


def test_a_key_that_still_opens_something_is_not_forgotten(cast, own_secrets):
    helpers.agreement(cast)
    old = settings.KEYRING.current_master
    rotation.add_master_key()
    assert rotation.forget_unused() == set()
    assert old in settings.KEYRING.master
    assert Clause.objects.get().text == helpers.WORDS


def test_the_secrets_file_is_the_owners_alone(own_secrets):
    assert settings.SECRETS_FILE.stat().st_mode & 0o077 == 0


def test_a_missing_or_broken_secrets_file_says_what_to_do(tmp_path):
    with pytest.raises(keyring.MissingSecrets, match="restore your copy"):
        keyring.load(tmp_path / "keys.json")
    (tmp_path / "keys.json").write_text("{}")
    with pytest.raises(keyring.MissingSecrets, match="Restore it from your copy"):
        keyring.load(tmp_path / "keys.json")


@given(data=st.binary(min_size=0, max_size=400), bound=st.binary(max_size=40), other=st.binary(max_size=40))
def test_only_the_right_place_opens_a_value(data, bound, other):
    key = b"k" * 32
    stored = encryption.encrypt(data, key, bound)
    assert encryption.decrypt(stored, key, bound) == data
    if other != bound:
        with pytest.raises(encryption.Unreadable):
            encryption.decrypt(stored, key, other)
