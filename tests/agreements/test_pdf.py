"""The sealed PDF of an agreement: made from the offer, everything in it, hostile text as text."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from agreements import content, operations
from supervision.people.limits import LIMITS
from supervision.people.models import User
from supervision.records import certificate, tasks
from supervision.records.models import Document, Opening, Seal
from tests.agreements import helpers
from tests.agreements.test_views import HOSTILE, as_, url
from tests.cast import Cast

pytestmark = pytest.mark.slow


def test_the_pdf_holds_what_was_signed_and_is_served_to_those_who_may_read_it(cast: Cast) -> None:
    certificate.ensure_certificate("Riverbend Peer Alliance")
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    words = f"{HOSTILE}\n- the quiet room\n- Νίκος, مريم, 🌱"
    helpers.change(agreement, "place", words, by=cast.worker)
    agreement.refresh_from_db()
    operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    helpers.sign(agreement, cast.supervisor)
    helpers.sign(agreement, cast.worker, statement="Glad of part 5.")
    User.objects.filter(pk=cast.supervisor.pk).update(name="Renamed Person")
    tasks.make_document.func(str(Seal.objects.get().pk))

    response = as_(cast.manager).get(url("pdf", agreement))
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "no-store"
    assert content.reference(agreement.pk) in response["Content-Disposition"]
    assert response.content == Document.objects.get().pdf
    assert Opening.objects.get().action == "downloaded"

    text = " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages).split()
    )
    for said in ("<script>alert(1)</script>{{ 7|add:7 }}", "the quiet room", "Νίκος", "Glad of part 5."):
        assert said in text
    for _, limit in LIMITS:
        assert str(limit) in text
    for number in range(1, 13):
        assert f"{number}. " in text
    assert "Marisol Vega, Peer worker" in text
    assert "I have read this agreement" in text
    assert "Renamed Person" not in text

    page = as_(cast.worker).get(url("detail", agreement)).content.decode()
    assert url("pdf", agreement) in page
