"""A stolen database, mail folder or log shows who met when, never what was said (decision 14)."""

from __future__ import annotations

import logging
import re
import sys

import pytest
from django.core import mail
from django.db import connection

from supervision.jobs.worker import Worker
from supervision.records.logs import NoWords


@pytest.fixture
def world(built_world, db):
    return built_world


def _cells():
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for cell in row:
                    yield table, bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()


def test_no_word_is_stored_in_the_clear_anywhere(world):
    assert len(world.canaries) > 20
    found = {table for table, cell in _cells() if b"canary-" in cell}
    assert found == set()


def test_facts_are_there_to_be_searched(world):
    """The check above would find them: names and e-mail addresses are plain on purpose."""
    assert any(b"Marisol Vega" in cell for _table, cell in _cells())


def test_mails_carry_no_words_and_no_names_of_others(world, django_capture_on_commit_callbacks):
    Worker(name="test").run_until_empty()
    assert mail.outbox
    for message in mail.outbox:
        text = f"{message.subject}\n{message.body}\n{message.alternatives}"
        assert "canary-" not in text
        assert not re.search("Dana Whitfield|Maple Street", text.replace("Hello Dana", ""))


def test_a_database_error_reaches_the_log_without_its_row(caplog):
    try:
        raise ValueError("Failing row contains (canary-row)")
    except ValueError:
        record = logging.LogRecord("supervision", logging.ERROR, __file__, 1, "It went wrong", (), None)
        record.exc_info = sys.exc_info()
    NoWords().filter(record)
    printed = logging.Formatter("%(message)s").format(record)
    assert "canary-row" not in printed
    assert "ValueError" in printed
