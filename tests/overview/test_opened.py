"""Who has opened what about a person: everybody but the parties, in words, and nothing that would tell of something else."""

from __future__ import annotations

import ast
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from supervision.overview.opened import log
from supervision.overview.opened.reasons import ACTIONS, NOT_SHOWN, SHOWN
from supervision.people.models import User
from supervision.records import audit, verify
from supervision.records.models import Document, Opening, Seal
from tests.agreements import helpers
from tests.competencies import training_makers as training
from tests.concerns import makers as concerns
from tests.performance import makers as jobs
from tests.sessions import makers as sessions

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.django_db


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def look(person: User, url: str, *args: Any) -> None:
    assert client_of(person).get(reverse(url, args=args)).status_code == 200


def rows(person: User) -> list[tuple[str, str, str]]:
    return [(row.who, row.what, row.did) for row in log.of(person, {}).rows]


def page(person: User, query: str = "") -> Any:
    return client_of(person).get(reverse("overview:opened") + query)


def test_a_manager_who_opens_an_agreement_is_seen_by_both_and_by_nobody_else(cast: Any) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    look(cast.manager, "agreements:detail", agreement.pk)
    for person in (cast.supervisor, cast.worker):
        assert rows(person) == [("Priya Raman", "Supervision agreement, version 1", "Opened")]
        said = page(person).content.decode()
        assert "as manager of the program" in said
        assert "Opened once" in said
    for person in (cast.manager, cast.administrator, cast.other_worker):
        assert rows(person) == []


def test_what_one_party_opens_is_not_shown_to_the_other(cast: Any) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    session = sessions.sealed(cast)
    for person in (cast.supervisor, cast.worker):
        look(person, "agreements:detail", agreement.pk)
        look(person, "sessions:detail", session.pk)
    assert Opening.objects.count() >= 3
    assert rows(cast.worker) == rows(cast.supervisor) == []
    assert page(cast.worker).context["log"].total == 0


def test_a_party_who_is_named_with_another_reason_is_not_shown_either(cast: Any) -> None:
    """Whoever signed it may also be its manager: their reading stays their own affair."""
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    audit.opened(cast.supervisor, agreement, why="manager of the program")
    assert rows(cast.worker) == []


def test_the_line_manager_who_reads_what_is_written_about_ones_work_is_shown(cast: Any) -> None:
    concerns.line_manager(cast)
    lina = User.objects.get(name="Lina Ortega")
    cast.line_manager = lina
    note = jobs.sent(cast)
    look(lina, "performance:note", note.pk)
    assert rows(cast.worker) == [("Lina Ortega", "Performance note", "Opened")]


def test_a_manager_who_looks_at_ones_training_is_shown(cast: Any) -> None:
    training.entry(cast.worker)
    look(cast.manager, "training:of", cast.worker.pk)
    assert [who for who, _what, _did in rows(cast.worker)] == ["Priya Raman"]


def test_whoever_received_a_concern_is_shown_but_never_before_the_worker_was_told(cast: Any) -> None:
    concern = concerns.shared_out_of_order(cast)
    look(concern.shared_with, "concerns:detail", concern.pk)
    assert rows(cast.worker) == []
    assert page(cast.worker).context["log"].total == 0
    concerns.told(cast, concern)
    assert rows(cast.worker) == [("Lina Ortega", "A concern", "Opened")]


def _file_of(record: Any) -> bytes:
    """A sealed PDF of it, as the worker process would make it."""
    pdf = b"%PDF-1.7 " + str(record.pk).encode()
    with transaction.atomic():
        made = Document(
            seal=Seal.objects.get(record_id=record.pk),
            record_id=record.pk,
            pdf=pdf,
            sha256=hashlib.sha256(pdf).hexdigest(),
            size=len(pdf),
            certificate="f" * 64,
        )
        made.save()
        audit.record(None, "document", about=made.seal, covers=made)
    return pdf


@pytest.mark.parametrize(
    ("who", "shown"),
    [("", "Somebody who has the file"), ("outsider", "Olive Outsider"), ("supervisor", ""), ("worker", "")],
)
def test_a_check_on_the_verification_page_is_shown_unless_a_party_made_it(
    cast: Any, who: str, shown: str
) -> None:
    session = sessions.sealed(cast)
    file = io.BytesIO(_file_of(session))
    file.name = "record.pdf"
    client = client_of(getattr(cast, who)) if who else Client()
    assert "genuine" in client.post(reverse("records:check"), {"file": file}).content.decode()
    found = rows(cast.worker)
    assert [row[0] for row in found] == ([shown] if shown else [])
    assert all("Session record" in what and did == ACTIONS["checked"] for _who, what, did in found)
    assert verify.run() == []


def test_a_period_is_what_is_asked_for_and_a_wrong_one_says_so(cast: Any) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    look(cast.manager, "agreements:detail", agreement.pk)
    assert page(cast.worker, "?since=2020-01-01&until=2020-12-31").context["log"].total == 0
    assert page(cast.worker, "?since=2020-01-01").context["log"].total == 1
    for query in ("?since=2020-02-30", "?since=2021-01-01&until=2020-01-01", "?until=soon"):
        answer = page(cast.worker, query)
        assert answer.status_code == 422
    assert page(cast.worker, "?at=forged").status_code == 400


def test_the_page_costs_the_same_however_much_was_opened(cast: Any) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    client, url = client_of(cast.worker), reverse("overview:opened")
    look(cast.manager, "agreements:detail", agreement.pk)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(40):
        audit.opened(cast.manager, agreement, why="manager of the program")
    with CaptureQueriesContext(connection) as many:
        answer = client.get(url)
    assert answer.context["log"].older
    assert len(many) == len(few)


def test_every_reason_that_is_written_is_said_to_be_shown_or_not() -> None:
    """Each `why=` of audit.opened in the code, and each reason that a policy gives for it."""
    said: set[str] = set()
    for folder in ("supervision", "agreements", "competencies"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("opened", "_log"):
                    said |= {text for key in node.keywords if key.arg == "why" for text in _texts(key.value)}
    assert len(said) > 8
    assert said - SHOWN.keys() - NOT_SHOWN == set()
    assert SHOWN.keys() & NOT_SHOWN == set()


def _texts(node: ast.AST) -> set[str]:
    return {
        one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def test_no_reason_was_written_that_the_page_does_not_know(cast: Any) -> None:
    """Also those that policies give, which the test above can't see."""
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    for person in (cast.manager, cast.worker):
        look(person, "agreements:detail", agreement.pk)
    assert set(Opening.objects.values_list("why", flat=True)) <= SHOWN.keys() | NOT_SHOWN
