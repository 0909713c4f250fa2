"""In a stolen copy of a PostgreSQL database neither the place of a row nor its transaction says who has answered."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from competencies.models import ProgramAnswer, Sheet

from . import program_makers as programs
from . import round_makers as rounds

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite writes a row where it was"),
]


def transactions(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT xmin::text FROM {table}")
        return {row[0] for row in cursor.fetchall()}


def test_sheets_of_a_round(cast: Any) -> None:
    people = rounds.team(cast, size=4)
    found = rounds.opened(cast)
    for person in people[1:3]:
        rounds.answers(found, person)
        assert len(transactions(Sheet._meta.db_table)) == 1


def test_answers_about_a_program(cast: Any) -> None:
    programs.crew(cast)
    found = programs.opened(cast)
    programs.says(found, cast.worker, 2)
    assert len(transactions(ProgramAnswer._meta.db_table)) == 1
