"""Pages of the training log: what their owner sees, what managers learn, that nothing typed is lost, and how files are given."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from competencies.models import EvidenceFile, TrainingEntry
from competencies.training import operations
from supervision.overview import waiting
from supervision.people import operations as people
from supervision.people.models import Credential
from supervision.records import drafts
from supervision.records.models import Opening
from tests.overview.builders import queries_of, signed_in

from . import training_makers as make
from .makers import fresh

pytestmark = pytest.mark.django_db


def at(name: str, row: Any = None) -> str:
    return reverse(f"training:{name}", args=[row.pk] if row is not None else [])


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


# Writing ------------------------------------------------------------------------------------------------------


def test_an_entry_is_written_read_changed_and_removed(cast: Any) -> None:
    client, sent = signed_in(cast.worker), make.post()
    response = client.post(at("entry_new"), sent)
    row = TrainingEntry.objects.get()
    assert response["Location"] == at("entry", row)
    page = text_of(client, at("entry", row))
    for words in (make.TITLE, make.PROVIDER, make.TOOK, "1 hour 30 minutes", "Only you can see this."):
        assert words in page
    assert client.post(at("entry_new"), sent)["Location"] == at("entry", row)  # a second press
    assert (
        client.post(at("entry_edit", row), make.post(row, title="Said better", hours="2,25")).status_code
        == 302
    )
    assert (fresh(row).title, fresh(row).minutes) == ("Said better", 135)
    assert "goes for good" in text_of(client, at("entry_remove", row))
    assert client.post(at("entry_remove", row))["Location"] == at("log")
    assert not TrainingEntry.objects.exists()
    assert client.post(at("entry_remove", row)).status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": ""}, "Say what it was"),
        ({"title": "x" * 161}, "Shorten this by 1 character"),
        ({"kind": ""}, "Choose what kind it was"),
        ({"kind": "party"}, "Choose one of the answers listed"),
        ({"day": ""}, "Enter the day it took place"),
        ({"day": make.day(2).isoformat()}, "Enter today or a day before"),
        ({"until": "soon"}, "Enter a date that exists"),
        ({"until": make.day(-9).isoformat()}, "Enter a day after the first"),
        ({"hours": ""}, "Enter how many hours it took"),
        *(
            ({"hours": hours}, "Enter the hours in quarters")
            for hours in ("0", "1.1", "-1", "1e3", "401", "0.001", "²")
        ),
        ({"hours": "25"}, "more hours than these days have"),
        ({"provider": "a\x00b"}, "Remove the character"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_typed_is_lost(cast: Any, given: Any, said: str) -> None:
    response = signed_in(cast.worker).post(at("entry_new"), make.post(took="kept-otter") | given)
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert "kept-otter" in page
    assert not TrainingEntry.objects.exists()


def test_saved_from_another_window_both_are_shown_and_sending_again_keeps_ones_own(cast: Any) -> None:
    client, row = signed_in(cast.worker), make.entry(cast.worker)
    old = make.post(row, took="typed-here")
    operations.change(row, by=cast.worker, version=1, written=make.written(took="saved-there"))
    response = client.post(at("entry_edit", row), old)
    assert response.status_code == 409
    assert "typed-here" in response.content.decode()
    assert "saved-there" in response.content.decode()
    assert fresh(row).took == "saved-there"
    client.post(at("entry_edit", row), old | {"version": "2"})
    assert fresh(row).took == "typed-here"
    new = make.post(took="first")
    client.post(at("entry_new"), new)
    response = client.post(at("entry_new"), new | {"took": "typed-second"})
    assert (response.status_code, "typed-second" in response.content.decode()) == (409, True)


def test_removed_in_another_window_the_typed_words_are_shown(cast: Any) -> None:
    row = make.entry(cast.worker)
    sent = make.post(row, took="Typed of the otter")
    operations.remove(row, by=cast.worker)
    response = signed_in(cast.worker).post(at("entry_edit", row), sent)
    assert (response.status_code, "Typed of the otter" in response.content.decode()) == (404, True)


def test_what_is_typed_keeps_itself_and_goes_when_it_is_saved(cast: Any) -> None:
    client, row = signed_in(cast.worker), make.entry(cast.worker)
    held = make.credential(cast.worker)
    for address, sent in (
        (at("entry_new"), make.post(took="typed-otter")),
        (at("entry_edit", row), make.post(row, took="typed-otter")),
        (at("credential_new"), make.post_credential(number="typed-otter")),
        (at("credential_edit", held), make.post_credential(held, number="typed-otter")),
        (at("credential_renew", held), make.post_credential(number="typed-otter")),
    ):
        assert client.post(address, sent, headers={"X-Requested-With": "draft"}).status_code == 204
        assert "typed-otter" in text_of(client, address)
        assert "was kept for you alone" in text_of(client, address)
        assert client.post(address, sent).status_code == 302
    assert drafts.all_kept(cast.worker, "competencies.") == []


def test_areas_are_asked_of_those_who_supervise_alone(cast: Any) -> None:
    known = make.shipped_areas()
    assert "Training areas of supervisors" not in text_of(signed_in(cast.worker), at("entry_new"))
    client = signed_in(cast.supervisor)
    assert known[3].label in text_of(client, at("entry_new"))
    assert client.post(at("entry_new"), make.post(areas=["x.y"])).status_code == 422
    client.post(at("entry_new"), make.post(areas=[known[3].key, known[4].key]))
    row = TrainingEntry.objects.get()
    page = text_of(client, at("entry", row))
    assert known[3].label in page
    page = text_of(client, at("areas"))
    assert "2 of 7 covered" in page
    assert page.count("Not yet") == 5
    client.post(at("entry_edit", row), make.post(row))  # nothing is ticked any more
    assert "0 of 7 covered" in text_of(client, at("areas"))
    assert "0 of 7 covered" in text_of(signed_in(cast.worker), at("areas"))


# Reading ------------------------------------------------------------------------------------------------------


def test_the_log_is_filtered_by_what_stands_in_the_address_and_sums_what_it_shows(cast: Any) -> None:
    client = signed_in(cast.worker)
    assert "Nothing in your log yet" in text_of(client, at("log"))
    make.entry(cast.worker, title="one-otter", minutes=60, kind="webinar")
    make.entry(cast.worker, title="two-otter", minutes=45)
    make.entry(cast.worker, title="old-otter", minutes=30, day=make.day(-800))
    year = make.day(-3).year
    page = text_of(client, f"{at('log')}?kind=webinar&year={year}")
    assert "one-otter" in page
    assert "two-otter" not in page
    assert "old-otter" not in page
    assert '<p class="lead mb-4">1 hour</p>' in page
    page = text_of(client, f"{at('log')}?first={make.day(-10)}&last={make.day()}")
    assert "old-otter" not in page
    assert "1 hour 45 minutes" in page
    assert "2 hours 15 minutes" in text_of(client, at("log"))
    assert "Nothing in your log fits this." in text_of(client, f"{at('log')}?kind=conference")
    for forged in ("?year=19999", "?kind=party", "?first=31-31", f"?first={make.day()}&last={make.day(-9)}"):
        response = client.get(at("log") + forged)
        assert response.status_code == 200
        assert "one-otter" in response.content.decode() or "last" in forged
        assert "to finish" in response.content.decode()


def test_a_long_log_is_paged_and_keeps_its_filter(cast: Any) -> None:
    for number in range(27):
        make.entry(cast.worker, title=f"otter-{number:02}", kind="webinar" if number else "class")
    client = signed_in(cast.worker)
    page = client.get(f"{at('log')}?kind=webinar")
    older = page.context["page"].older
    assert "kind=webinar" in older
    assert len(page.context["rows"]) == 25
    assert len(client.get(at("log") + older).context["rows"]) == 1


def test_who_sees_what_is_said_by_name(cast: Any) -> None:
    page = text_of(signed_in(cast.worker), at("log"))
    assert f"The managers of your programs see the facts: {cast.manager.name}." in page
    assert "Whoever comes to manage a program of yours" in text_of(signed_in(cast.outsider), at("log"))
    page = text_of(signed_in(cast.worker), at("credentials"))
    assert f"You, administrators and {cast.manager.name} see which credentials you hold" in page


def test_managers_read_the_facts_and_that_is_logged(cast: Any) -> None:
    known = make.shipped_areas()
    row = make.entry(cast.supervisor, areas=frozenset({known[0].key}))
    held = make.credential(cast.supervisor, expires_on=make.day(9))
    make.evidence(row, name="canary-siskin scan.png")
    make.evidence(held)
    client = signed_in(cast.manager)
    page = text_of(client, at("of", cast.supervisor))
    for words in (
        make.TITLE,
        make.PROVIDER,
        "With evidence",
        held.name,
        "Expires soon",
        known[0].label,
        "Covered",
    ):
        assert words in page
    for words in (make.TOOK, "7714", "canary-siskin scan", at("entry", row), at("credential", held)):
        assert words not in page
    assert Opening.objects.filter(by=cast.manager.pk, record_id=row.pk, why="manager").count() == 1
    for address in (at("entry", row), at("entry_edit", row), at("credential", held)):
        assert client.get(address).status_code == 403
    for person, status in (
        (cast.worker, 403),  # they share an arrangement, so they may look one another up
        (cast.other_manager, 404),
        (cast.administrator, 403),
        (cast.outsider, 404),
    ):
        assert signed_in(person).get(at("of", cast.supervisor)).status_code == status
    assert signed_in(cast.supervisor).get(at("of", cast.supervisor))["Location"] == at("log")
    assert Opening.objects.filter(record_id=row.pk).count() == 1


# Evidence -----------------------------------------------------------------------------------------------------


def test_a_file_is_taken_and_given_back_as_a_download_alone(cast: Any) -> None:
    row, client, paper = make.entry(cast.worker), signed_in(cast.worker), make.pdf()
    sent = {"key": str(uuid.uuid4())}
    for _twice in range(2):
        name = "Łukasz’ scan.html"
        response = client.post(
            at("entry_evidence", row), sent | {"file": make.upload(paper, name, "text/html")}
        )
        assert response.status_code == 302
    file = EvidenceFile.objects.get()
    assert "Łukasz’ scan.pdf" in text_of(client, at("entry", row))
    given = client.get(at("evidence", file))
    assert given.content == paper
    assert given["Content-Type"] == "application/pdf"
    assert given["Content-Disposition"].startswith("attachment; filename")
    assert given["X-Content-Type-Options"] == "nosniff"
    assert given["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert given["Cache-Control"] == "no-store"
    for person, status in (
        (cast.manager, 403),
        (cast.supervisor, 404),
        (cast.administrator, 404),
        (cast.other_manager, 404),
        (cast.outsider, 404),
    ):
        assert signed_in(person).get(at("evidence", file)).status_code == status
        assert signed_in(person).post(at("evidence_remove", file)).status_code == status
    assert "goes for good" in text_of(client, at("evidence_remove", file))
    client.post(at("evidence_remove", file))
    assert client.get(at("evidence", file)).status_code == 404


def test_a_file_that_is_not_taken_is_refused_beside_the_field(cast: Any) -> None:
    row, held, client = make.entry(cast.worker), make.credential(cast.worker), signed_in(cast.worker)
    for address in (at("entry_evidence", row), at("credential_evidence", held)):
        for sent, said in (
            ({}, "Choose a file"),
            (
                {"file": make.upload(b"<html>", "a.pdf", "application/pdf")},
                "This is no PDF, PNG or JPEG file",
            ),
            ({"file": make.upload(b"")}, "This file is empty"),
            ({"file": make.upload(make.png() + bytes(6_000_000))}, "larger than 5 MB"),
            ({"file": make.upload(make.png()[:-9])}, "damaged"),
        ):
            response = client.post(address, {"key": str(uuid.uuid4())} | sent)
            assert response.status_code == 422
            assert said in response.content.decode()
    assert not EvidenceFile.objects.exists()


# Credentials --------------------------------------------------------------------------------------------------


def test_a_credential_is_added_renewed_and_removed(cast: Any) -> None:
    client = signed_in(cast.worker)
    client.post(at("credential_new"), make.post_credential(expires_on=make.day(20).isoformat()))
    row = Credential.objects.get()
    page = text_of(client, at("credential", row))
    assert "Expires soon" in page
    assert "canary-siskin 7714" in page
    sent = make.post_credential(expires_on=make.day(700).isoformat())
    response = client.post(at("credential_renew", row), sent)
    new = Credential.objects.get(renews=row)
    assert response["Location"] == at("credential", new)
    assert client.post(at("credential_renew", row), sent)["Location"] == at(
        "credential", new
    )  # a second press
    assert client.post(at("credential_renew", row), make.post_credential()).status_code == 409
    assert client.get(at("credential_renew", row)).status_code == 409
    assert "Renewed" in text_of(client, at("credential", row))
    assert "The one it renews" in text_of(client, at("credential", new))
    client.post(at("credential_remove", new))
    assert Credential.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "Say which credential it is"),
        ({"issued_on": "2026-02-31"}, "Enter a date that exists"),
        ({"issued_on": "2026-02-02", "expires_on": "2026-02-01"}, "It expires before it was issued"),
    ],
)
def test_a_credential_that_cannot_be_is_refused_and_nothing_typed_is_lost(
    cast: Any, given: Any, said: str
) -> None:
    response = signed_in(cast.worker).post(
        at("credential_new"), make.post_credential(issuer="kept-otter") | given
    )
    assert response.status_code == 422
    assert said in response.content.decode()
    assert "kept-otter" in response.content.decode()


def test_a_credential_saved_from_another_window_shows_both(cast: Any) -> None:
    client, row = signed_in(cast.worker), make.credential(cast.worker)
    old = make.post_credential(row, issuer="typed-here")
    operations.revise(row, by=cast.worker, version=1, name=row.name, issuer="saved-there")
    response = client.post(at("credential_edit", row), old)
    assert response.status_code == 409
    assert "typed-here" in response.content.decode()
    assert "saved-there" in response.content.decode()


def test_what_expires_waits_on_the_first_page_of_its_holder_alone(cast: Any) -> None:
    for person in (cast.worker, cast.supervisor, cast.manager, cast.administrator):
        row = make.credential(person, name=f"otter of {person.called}", expires_on=make.day(30))
        page = text_of(signed_in(person), "/")
        assert f"otter of {person.called} expires" in page
        assert page.count("otter of") == 1
        signed_in(person).post(at("credential_let_go", row))
        assert "otter of" not in text_of(signed_in(person), "/")
        signed_in(person).post(at("credential_take_up", row))
        assert "otter of" in text_of(signed_in(person), "/")
        make.renewed(row)
        assert "otter of" not in text_of(signed_in(person), "/")


def test_what_the_agency_keeps_can_be_renewed_and_not_changed(cast: Any) -> None:
    facts = {"name": "Coach", "number": "canary-siskin 1", "issuer": "", "issued_on": None}
    row = people.save_credential(cast.worker, by=cast.administrator, expires_on=make.day(-2), **facts)
    client = signed_in(cast.worker)
    page = text_of(client, at("credential", row))
    assert "Your agency. Ask an administrator" in page
    assert at("credential_edit", row) not in page
    for name in ("credential_edit", "credential_remove"):
        assert client.get(at(name, row)).status_code == 403
        assert client.post(at(name, row)).status_code == 403
    assert client.post(at("credential_evidence", row)).status_code == 403
    assert [task.label[:14] for task in waiting.tasks_of(cast.worker, waiting.CREDENTIALS)] == [
        "Coach expired "
    ]
    make.renewed(row)
    assert waiting.tasks_of(cast.worker, waiting.CREDENTIALS) == []


def test_the_account_page_shows_no_number_and_the_form_of_the_agencys_own_is_logged(cast: Any) -> None:
    facts = {
        "name": "Coach",
        "number": "canary-siskin 1",
        "issuer": "",
        "issued_on": None,
        "expires_on": None,
    }
    row = people.save_credential(cast.worker, by=cast.administrator, **facts)
    own = make.credential(cast.worker, name="Own otter")
    client, account = signed_in(cast.administrator), reverse("people:detail", args=[cast.worker.pk])
    for person in (cast.administrator, cast.manager):
        page = text_of(signed_in(person), account)
        assert "canary-siskin" not in page
        assert "Own otter" in page
    assert not Opening.objects.filter(record_id=row.pk).exists()
    page = text_of(client, reverse("people:credential", args=[cast.worker.pk, row.pk]))
    assert "canary-siskin 1" in page
    assert Opening.objects.filter(by=cast.administrator.pk, record_id=row.pk, why="administrator").exists()
    for name in ("credential", "credential_remove"):
        assert client.get(reverse(f"people:{name}", args=[cast.worker.pk, own.pk])).status_code == 403


# Speed ----------------------------------------------------------------------------------------------------------


def fill(person: Any, known: Any, count: int) -> None:
    """Rows as the operations make them, without a form for each."""
    made = [
        TrainingEntry(
            owner=person,
            title="otter",
            provider="otter",
            kind="class",
            day=make.day(-number % 3000 - 3000),
            minutes=60,
        )
        for number in range(count)
    ]
    from competencies.models import TrainingArea
    from supervision.records import encryption

    with encryption.unlocked_keys():
        TrainingEntry.objects.bulk_create(made)
    TrainingArea.objects.bulk_create(
        TrainingArea(entry=row, framework_id=area.framework_id, statement=area.statement.id)
        for row in made
        for area in known[:3]
    )


@pytest.mark.parametrize(("name", "few", "many"), [("log", 50, 5000), ("areas", 50, 5000), ("of", 50, 5000)])
def test_a_page_asks_as_much_for_5000_entries_as_for_50(cast: Any, name: str, few: int, many: int) -> None:
    known = make.shipped_areas()
    person = cast.manager if name == "of" else cast.supervisor
    address = at(name, cast.supervisor if name == "of" else None)
    fill(cast.supervisor, known, few)
    asked = queries_of(signed_in(person), address)
    fill(cast.supervisor, known, many - few)
    assert queries_of(signed_in(person), address) == asked


def test_lists_of_credentials_and_files_ask_as_much_for_many_as_for_a_few(cast: Any) -> None:
    row = make.entry(cast.worker)
    held = make.credential(cast.worker, expires_on=make.day(3))
    make.evidence(row)
    make.evidence(held)
    pages = [
        (cast.worker, at("credentials")),
        (cast.worker, at("entry", row)),
        (cast.worker, at("credential", held)),
        (cast.manager, at("of", cast.worker)),
        (cast.worker, "/"),
    ]
    few = [queries_of(signed_in(person), address) for person, address in pages]
    for _number in range(2):
        make.evidence(row)
        make.evidence(held)
    for number in range(8):
        make.renewed(make.credential(cast.worker))
        make.credential(cast.worker, expires_on=make.day(number))
    assert [queries_of(signed_in(person), address) for person, address in pages] == few
