"""The public page that says whether a PDF is genuine, and nothing else."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from supervision.records import audit
from supervision.records.documents import sha256
from supervision.records.models import Document, RecordKey
from tests.records import helpers

PDF = b"%PDF-1.7 a stand-in for the sealed file"


@pytest.fixture
def document(cast):
    offer = helpers.offered(cast)
    helpers.sign(offer, cast.supervisor)
    seal = helpers.sign(offer, cast.worker).seal
    made = Document(
        seal=seal, record_id=seal.record_id, pdf=PDF, sha256=sha256(PDF), size=len(PDF), certificate="f" * 64
    )
    with transaction.atomic():
        made.save()
        audit.record(None, "document", about=seal, covers=made)
    return made


def _ask(client, data=PDF, name="record.pdf"):
    return client.post("/verify/", {"file": SimpleUploadedFile(name, data)})


def test_the_genuine_file_is_named_with_its_signers_and_nothing_more(client, document, cast):
    page = _ask(client).content.decode()
    assert "This file is genuine" in page
    assert "Dana Whitfield" in page
    assert "Marisol Vega" in page
    assert "Supervision agreement" in page
    for secret in ("Maple Street", "example.org", "heron", "Riverbend"):
        assert secret not in page


def test_one_changed_byte_is_not_known(client, document):
    page = _ask(client, PDF[:-1] + b"E").content.decode()
    assert "We do not know this file" in page
    assert "Marisol" not in page


def test_a_disposed_record_answers_like_an_unknown_one(client, document):
    RecordKey.objects.filter(pk=document.record_id).update(wrapped=b"")
    unknown, disposed = _ask(client, b"other"), _ask(client)
    assert disposed.status_code == unknown.status_code == 200
    assert "We do not know this file" in disposed.content.decode()


def test_no_cache_keeps_the_answer(client, document):
    assert "no-store" in _ask(client)["Cache-Control"]


def test_no_file_an_empty_file_and_a_huge_one_get_a_plain_sentence(client, document):
    assert "Choose the PDF file" in client.post("/verify/").content.decode()
    assert client.post("/verify/").status_code == 422
    assert "That file is empty" in _ask(client, b"").content.decode()
    assert _ask(client, b"x" * (25 * 1024 * 1024 + 1)).status_code in (413, 422)


def test_whoever_is_signed_in_finds_the_way_back(client, document, cast):
    """The frame of every page, also around the answer and around what was left out; signed out, a plain sheet."""
    assert 'class="main-nav"' not in client.get("/verify/").content.decode()
    client.force_login(cast.worker)
    for page in (client.get("/verify/"), client.post("/verify/"), _ask(client)):
        assert 'class="main-nav"' in page.content.decode()
        assert 'href="/sessions/"' in page.content.decode()
    assert "This file is genuine" in _ask(client).content.decode()


def test_asking_too_often_is_refused(client, document):
    answers = [_ask(client, b"guess").status_code for _ in range(31)]
    assert answers[-1] == 429
    assert answers[0] == 200
