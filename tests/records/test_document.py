"""The whole way: both sign, the job makes the sealed file, and the file answers for itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from supervision.records import documents, encryption, renderer, seal_pdf, tasks
from supervision.records.certificate import SealUnavailable
from supervision.records.models import Answer, AuditEvent, Document, Offer
from tests.records import helpers
from tests.records.pdf_samples import complaints
from tests.records.test_pdf import words_of

TEMPLATE = "records/pdf/base.html"


@pytest.fixture(autouse=True, scope="module")
def _end_the_child() -> Iterator[None]:
    yield
    renderer.stop()


@pytest.fixture
def seal(cast: Any) -> Any:
    offer = helpers.offered(cast, template=TEMPLATE)
    helpers.sign(offer, cast.supervisor)
    return helpers.sign(offer, cast.worker, statement="I would add that the heron stayed.").seal


def made_by_the_job(seal: Any) -> Document:
    document = Document.objects.get(pk=tasks.make_document.func(str(seal.pk)))
    encryption.unlock([document])
    return document


def test_the_job_makes_a_sealed_file_that_checks_out(seal: Any, sealing: Any, tmp_path: Path) -> None:
    document = made_by_the_job(seal)
    assert seal_pdf.validate_pdf(document.pdf).bottom_line
    assert complaints(document.pdf) == []
    assert document.sha256 == documents.sha256(document.pdf)
    words = words_of(document.pdf, tmp_path)
    for said in ("Dana Whitfield, Supervisor", "Marisol Vega, Peer worker", seal.digest, seal.mac):
        assert said in words
    assert "I would add that the heron stayed." in words


def test_the_file_carries_exactly_what_was_signed(seal: Any, sealing: Any) -> None:
    document = made_by_the_job(seal)
    offer = Offer.objects.get(pk=seal.offer_id)
    encryption.unlock([offer])
    with pikepdf.open(BytesIO(document.pdf)) as file:
        carried = {name: file.attachments[name].get_file().read_bytes() for name in file.attachments}
    assert set(carried) == {"record.json", "signatures.json"}
    assert carried["record.json"] == offer.content
    answers = json.loads(carried["signatures.json"])["answers"]
    assert [answer["answer"] for answer in answers] == ["signed", "signed"]
    for answer in Answer.objects.filter(offer=offer):
        encryption.unlock([answer])
        assert answer.evidence["address"]
        assert answer.evidence["browser"]
    for answer in answers:
        assert answer["evidence"]["typed_name"]
        assert not {"address", "browser"} & set(answer["evidence"])


def test_a_time_stamp_that_was_asked_for_and_lacks_is_on_record(
    seal: Any, sealing: Any, settings: Any, caplog: Any
) -> None:
    settings.SEAL_TSA_URL = "http://127.0.0.1:9/"
    document = made_by_the_job(seal)
    made = AuditEvent.objects.get(action="document", covers_id=document.pk)
    assert made.facts["seal"] == "B-B"
    assert "time stamp service did not answer" in made.facts["note"]
    assert "time stamp service did not answer" in caplog.text


def test_a_second_run_makes_nothing_new(seal: Any, sealing: Any) -> None:
    first = made_by_the_job(seal)
    assert made_by_the_job(seal).pk == first.pk
    assert Document.objects.filter(seal=seal).count() == 1


def test_without_a_certificate_no_file_is_kept(seal: Any, secrets: Path) -> None:
    with pytest.raises(SealUnavailable, match="replace_certificate"):
        tasks.make_document.func(str(seal.pk))
    assert not Document.objects.filter(seal=seal).exists()
