"""Files on their way in: one that waits to be confirmed, and one of each kind that was brought in."""

from __future__ import annotations

import datetime

from django.utils import timezone

from supervision.imports import operations
from supervision.imports.models import Import, Kind
from supervision.pages.spreadsheets import csv_table
from supervision.people.models import User
from tests.cast import Cast

from .kinds import World

PAGES = "detail problems confirm leave invite take_back"


def add_imports(world: World, cast: Cast) -> None:
    world.target("imports:template", "people", kind="people", form="xlsx")
    world.target("imports:send", "people", kind="people")
    name, heading = (world.word(f"import-{what}", "administrator") for what in ("name", "heading"))
    second = User.objects.get(name="Sol Second")
    waits = _sent(
        second, Kind.PEOPLE, ["E-mail", "Full name", heading], [["in@example.org", "Ines In", "x"]], name
    )
    people = _done(
        cast.administrator, Kind.PEOPLE, ["E-mail", "Full name"], [["out@example.org", "Otis Out"]]
    )
    first = cast.arrangement.started_on
    pair = ["M-1", cast.program.name, "One to one", first, cast.supervisor.email, cast.worker.email]
    _done(
        cast.administrator,
        Kind.ARRANGEMENTS,
        ["Reference", "Program", "Structure", "From", "Supervisors", "Peer workers"],
        [pair],
    )
    held = ["M-1", timezone.localdate() - datetime.timedelta(days=100), 60, "Video"]
    sessions = _done(
        cast.administrator, Kind.SESSIONS, ["Reference", "Day", "Minutes", "How they met"], [held]
    )
    for label, row in (("waits", waits), ("people", people), ("sessions", sessions)):
        world.target(" ".join(f"imports:{page}" for page in PAGES.split()), label, pk=row.pk)


def _sent(by: User, kind: Kind, headings: list[str], rows: list[list[object]], name: str) -> Import:
    row = operations.send(kind, by=by, name=name, data=csv_table(headings, rows))
    operations.look(row.pk)
    row.refresh_from_db()
    return row


def _done(by: User, kind: Kind, headings: list[str], rows: list[list[object]]) -> Import:
    row = _sent(by, kind, headings, rows, "table.csv")
    operations.confirm(row, by=by, version=row.version)
    operations.make(row.pk)
    return row
