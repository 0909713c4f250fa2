"""Every address x every kind of person x whose it is x method, against the table in `access_matrix.txt` (see matrix.py)."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.urls import reverse

from supervision.pages.sight import Reader
from tests.architecture import matrix, sight_check
from tests.architecture.kinds import World

TABLE = "access_matrix.txt"


@pytest.fixture
def world(built_world: World, db: None) -> World:
    return built_world


GROUPS = {
    "sign_in": r"account_|mfa_|usersessions",
    "agreements": r"agreements:",
    "people": r"people:",
    "reading": r"sessions:(detail|facts|pdf|list|log|plan|addendum|agenda|suggestion|action|record|send|sign$)",
    "acting": r"sessions:",
    "notes": r"notes:",
    "goals": r"competencies:goal",
    "frameworks": r"competencies:framework",
    "rounds": r"rounds:",
    "assessments": r"competencies:assessment",
    "training": r"training:",
    "performance": r"performance:",
    "programs": r"program_assessment:",
    "concerns": r"concerns:",
    "requirements": r"requirements:|hours:|reports:",
    "rest": r"",
}


def _group(url_name: str) -> str:
    return next(group for group, pattern in GROUPS.items() if re.match(pattern, url_name))


@pytest.mark.parametrize("group", GROUPS)
def test_every_cell_of_the_matrix(world: World, group: str) -> None:
    names = [name for name in matrix.addresses() if _group(name) == group]
    expected = {key: row for key, row in matrix.table(TABLE).items() if _group(key[0]) == group}
    matrix.check(world, matrix.cells(world, names), expected, new=f"access_matrix.{group}.new")


def test_a_line_about_another_record_or_by_somebody_else_does_not_account_for_a_word(world: World) -> None:
    """The check can fail: what is logged has to be about the record that is shown, by whoever sees it."""
    manager = world.people["manager"]
    address = reverse("agreements:detail", kwargs=world.targets["agreements:detail"]["sealed"])
    response, done = matrix.ask(matrix.clients(world)["manager"], "GET", address)
    (line,) = done.opened
    assert line[0] == manager.pk

    def findings(*lines: tuple[Any, uuid.UUID]) -> list[str]:
        made = matrix.Done(done.statements, set(lines))
        return matrix.never(world, "manager", "GET", response, made, "GET agreements:detail sealed")

    assert findings(line) == []
    for lines in ([], [(manager.pk, uuid.uuid4())], [(world.people["worker"].pk, line[1])]):
        assert any("canary-agreement-signed" in one for one in findings(*lines))


# In the record after, in the data of what was signed, in what somebody takes along: test_canaries.py reads files.
NOT_ON_A_PAGE = tuple(
    f"canary-{name}" for name in ("suggestion", "browser", "action-dropped", "assessed-together")
)

# Pages without a target that only some are shown: what they manage, keep or lead.
OF_A_ROLE = (
    *("overview:manager", "overview:people", "overview:activity", "people:waiting", "agreements:templates"),
    *("competencies:assessments_signed", "competencies:assessments_averages", "competencies:frameworks"),
)


def test_the_canaries_are_alive(world: World) -> None:
    """A check that cannot fail would be worth nothing: those who may read a word do meet it somewhere, and whom a line names
    is shown a page of that row."""
    clients, met, table = matrix.clients(world), set(), matrix.table(TABLE)
    named: set[tuple[str, Reader]] = set()
    for url_name, targets in (world.targets | {key: {"-": {}} for key in OF_A_ROLE}).items():
        for label, kwargs in targets.items():
            for name in (
                "worker",
                "supervisor",
                "manager",
                "line_manager",
                "administrator",
                "other_supervisor",
                "former",
            ):
                if table[url_name, label, "GET"][name] != "ok":
                    continue  # a page that is not shown to them
                response, _ = matrix.ask(clients[name], "GET", reverse(url_name, kwargs=kwargs))
                said = matrix.text(response)
                met |= {(word, name) for word in world.canaries if word in said}
                named |= sight_check.met_by(world, url_name, label, name, said)
    unmet = {
        word
        for word, readers in world.canaries.items()
        if not any((word, reader) in met for reader in readers)
    }
    assert {word for word in unmet if not word.startswith(NOT_ON_A_PAGE)} == set()
    assert sight_check.claimed() - named == set(), "a line names somebody who is shown no page of that row"
