"""Who has opened what about a person: everybody but the parties, in words, and nothing that would tell of something else."""

from __future__ import annotations

import ast
import hashlib
import io
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements.models import Accession
from supervision.overview.opened import kinds, log
from supervision.overview.opened.reasons import ACTIONS, NOT_SHOWN, SHOWN
from supervision.people.models import Participation, User
from supervision.records import audit, verify
from supervision.records.models import Document, Opening, Seal
from supervision.records.sealed_rows import kinds as signed_kinds
from tests import factories
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
    return [(row.who, row.what, row.did) for row in log.Book(person).page({}).rows]


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


# Kinds and people ---------------------------------------------------------------------------------------------


def opened_by_three(cast: Any) -> Any:
    """The agreement twice by the manager, a job description by the manager and by the line manager."""
    cast.line_manager = concerns.line_manager(cast)
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    job = jobs.job(cast)
    for _ in range(2):
        look(cast.manager, "agreements:detail", agreement.pk)
    for person in (cast.manager, cast.line_manager):
        look(person, "performance:description", job.pk)
    return agreement


def choices(answer: Any, name: str) -> list[str]:
    return [label for _value, label in answer.context["filter"].fields[name].choices]


def total(person: User, query: str) -> int:
    answer = page(person, query)
    assert answer.status_code == 200
    return answer.context["log"].total


def test_it_can_be_limited_to_a_kind_and_to_a_person(cast: Any) -> None:
    opened_by_three(cast)
    manager, lina = cast.manager, cast.line_manager
    assert total(cast.worker, "") == 4
    assert total(cast.worker, "?kind=agreements.agreement") == 2
    assert total(cast.worker, f"?by={lina.pk}") == 1
    assert total(cast.worker, f"?by={manager.pk}&kind=performance.jobdescription") == 1
    assert total(cast.worker, f"?by={lina.pk}&kind=agreements.agreement") == 0
    assert total(cast.worker, f"?by={lina.pk}&since=2020-01-01&until=2020-12-31") == 0
    said = page(cast.worker, f"?by={lina.pk}&kind=agreements.agreement").content.decode()
    assert "Nobody in this selection" in said


def test_only_who_and_what_is_in_the_log_can_be_chosen(cast: Any) -> None:
    opened_by_three(cast)
    answer = page(cast.worker)
    assert choices(answer, "by") == ["Anybody", "Lina Ortega", "Priya Raman"]
    assert choices(answer, "kind") == ["Every kind", "Agreements", "Job descriptions"]
    assert choices(page(cast.supervisor), "by") == ["Anybody", "Priya Raman"], "of the agreement alone"
    assert choices(page(cast.outsider), "by") == ["Anybody"]


@pytest.mark.parametrize(
    "query", ["?kind=everything", "?kind=concerns.concern", "?by=me", "?by={other}", "?by=1"]
)
def test_what_is_not_to_choose_from_is_refused_in_plain_words(cast: Any, query: str) -> None:
    """Also somebody who exists and is not in this log, and a kind that is not: nothing tells that they are anywhere else."""
    opened_by_three(cast)
    answer = page(cast.worker, query.format(other=cast.other_worker.pk))
    assert answer.status_code == 422
    assert "Choose one of the answers listed for" in answer.content.decode()


def test_who_checked_a_file_without_an_account_can_be_chosen(cast: Any) -> None:
    session = sessions.sealed(cast)
    file = io.BytesIO(_file_of(session))
    file.name = "record.pdf"
    Client().post(reverse("records:check"), {"file": file})
    assert choices(page(cast.worker), "by") == ["Anybody", "Somebody who has the file"]
    assert total(cast.worker, "?by=file") == 1


def test_what_was_chosen_is_kept_on_older_pages_and_for_whole_years(cast: Any) -> None:
    agreement = opened_by_three(cast)
    for _ in range(40):
        audit.opened(cast.manager, agreement, why="manager of the program")
    query = f"?by={cast.manager.pk}&kind=agreements.agreement"
    first = page(cast.worker, query)
    older = page(cast.worker, first.context["log"].older)
    assert (len(first.context["log"].rows), len(older.context["log"].rows)) == (30, 12)
    assert older.context["filter"]["by"].value() == str(cast.manager.pk)
    (year,) = first.context["years"]
    assert total(cast.worker, f"?{year['query']}") == 42
    assert "at=" not in page(cast.worker, first.context["log"].older).context["years"][0]["query"]


# One record ---------------------------------------------------------------------------------------------------


def test_of_one_record_only_its_own_openings_are_shown(cast: Any) -> None:
    agreement = opened_by_three(cast)
    answer = page(cast.worker, f"?record={agreement.pk}")
    said = answer.content.decode()
    assert answer.context["log"].total == 2
    assert "Supervision agreement, version 1" in said
    assert "Lina Ortega" not in answer.content.decode().split("<table")[1]
    assert total(cast.worker, f"?record={agreement.pk}&by={cast.line_manager.pk}") == 0
    kept = f'name="record" value="{agreement.pk}"'
    assert kept in said, "the days are changed for this record"


def test_of_a_record_that_nobody_opened_it_says_so_calmly_and_a_party_never_shows(cast: Any) -> None:
    session = sessions.sealed(cast)
    look(cast.supervisor, "sessions:detail", session.pk)
    answer = page(cast.worker, f"?record={session.pk}")
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "Nobody so far" in said
    assert "Besides the people it is between" in said
    assert cast.supervisor.name not in said.split("<main")[1]


def test_whoever_joined_an_agreement_is_led_to_who_opened_that(cast: Any) -> None:
    kit, joe = (factories.worker_in(cast.program, name) for name in ("Kit Ng", "Joe Marsh"))
    group = factories.arrangement(cast.program, [cast.supervisor], [kit, joe], structure="group")
    agreement = helpers.offered(group, cast.supervisor)
    for person in (cast.supervisor, kit):
        helpers.sign(agreement, person)
    helpers.join(agreement, joe)
    joined = Accession.objects.get(person=joe)
    audit.opened(cast.manager, joined, why="manager of the program", action="downloaded")
    said = client_of(joe).get(reverse("agreements:detail", args=[agreement.pk])).content.decode()
    assert f"?record={joined.pk}" in said
    assert "Joining the agreement" in page(joe, f"?record={joined.pk}").content.decode()
    other = client_of(kit).get(reverse("agreements:detail", args=[agreement.pk])).content.decode()
    assert f"?record={joined.pk}" not in other
    assert page(kit, f"?record={joined.pk}").status_code == 404


def test_who_left_learns_nothing_of_a_review_that_came_later(cast: Any) -> None:
    noor = factories.person("Noor Haddad")
    Participation.objects.create(
        arrangement=cast.arrangement, person=noor, part="supervisor", joined_on=helpers.in_days(-9)
    )
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker, noor)
    Participation.objects.filter(person=noor).update(left_on=helpers.in_days(-1))
    review = helpers.reviewed(agreement, cast.supervisor, cast.worker)
    audit.opened(cast.manager, review, why="manager of the program")
    assert total(cast.worker, f"?record={review.pk}") == 1
    assert total(noor, "") == 0
    assert page(noor, f"?record={review.pk}").status_code == 404
    assert page(noor, f"?record={agreement.pk}").status_code == 200, "of what they signed"


CHANGES = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"')


def test_a_record_that_is_not_theirs_answers_as_one_that_never_was(cast: Any) -> None:
    cast.line_manager = concerns.line_manager(cast)
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    secret = concerns.stated(cast)  # the worker was not told of it
    for person, record in (
        (cast.other_worker, agreement.pk),
        (cast.manager, agreement.pk),
        (cast.administrator, agreement.pk),
        (cast.worker, secret.pk),
        (cast.line_manager, secret.pk),
    ):
        client = client_of(person)
        url = reverse("overview:opened")
        there, never = (client.get(f"{url}?record={pk}") for pk in (record, uuid.uuid4()))
        assert there.status_code == never.status_code == 404
        assert CHANGES.sub("", there.content.decode()) == CHANGES.sub("", never.content.decode())
    assert page(cast.worker, "?record=everything").status_code == 404
    assert page(cast.supervisor, f"?record={secret.pk}").status_code == 200, "whoever wrote it"


def test_every_kind_that_can_be_signed_or_opened_has_a_name_to_choose_it_by() -> None:
    signed = {model._meta.label_lower for model in signed_kinds()}
    assert signed | kinds.KINDS.keys() == kinds.CALLED.keys()


# How much it costs --------------------------------------------------------------------------------------------


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
