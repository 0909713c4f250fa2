"""What a review of competencies found: each test says what should hold, and fails while it does not."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from competencies.assessments import content, operations
from competencies.training import files
from supervision.records import snapshot
from supervision.records.errors import DomainError, Invalid, Stale
from tests import factories
from tests.sessions.makers import evidence
from tests.sessions.pages import client_of

from . import assessment_makers as make

pytestmark = pytest.mark.django_db


def _close_account(person: Any) -> None:
    person.is_active = False
    person.save()


# Who answered, and what -----------------------------------------------------------------------------------------


# What managers read -----------------------------------------------------------------------------------------------


def test_a_manager_reads_nothing_of_what_was_signed_in_another_program(cast: Any) -> None:
    """The same two, in two programs: the record of the one says how it went in the other."""
    make.sealed(cast)
    factories.arrangement(cast.other_program, [cast.supervisor], [cast.worker])
    pair = next(
        one
        for one in make.circle.pairs(cast.supervisor)
        if one.arrangement.program_id == cast.other_program.pk
    )
    row = operations.begin(pair, by=cast.supervisor, key=uuid.uuid4(), begun=make.begun(is_formal=True))
    made = make.sealed(cast, make.written_up(cast, make.shown(cast, make.fresh(row))))
    assert made.open_offer is not None
    signed = snapshot.read(made.open_offer.content)
    assert len(signed["over_time"]) == 1


# What is signed ---------------------------------------------------------------------------------------------------


def test_an_end_of_the_scale_that_nobody_showed_is_not_signed(cast: Any) -> None:
    """Saved for later, then sent: the form's check of the ends is asked by no operation."""
    row = make.shown(cast)
    lowest = make.settled_marks(row, 1)
    row = make.written_up(cast, row, settled=lowest)
    with pytest.raises(DomainError):
        operations.sign_and_send(row, by=row.other, evidence=evidence(row.other), version=row.version)


def test_the_page_sends_no_end_of_the_scale_that_nobody_showed(cast: Any) -> None:
    """The same by the buttons of the pages."""
    row = make.shown(cast)
    client = client_of(row.other)
    data = {f"rate-{one.id}": "1" for one in content.asked_of(row).statements}
    data |= {
        "version": row.version,
        "talked_on": timezone.localdate().isoformat(),
        "strengths": "Trusted by people who trust few.",
        "to_grow": "",
    }
    full = client.post(reverse("competencies:assessment_settle", args=[row.pk]), data)
    assert full.status_code == 422
    client.post(reverse("competencies:assessment_settle", args=[row.pk]), data | {"later": "1"})
    row = make.fresh(row)
    sent = client.post(
        reverse("competencies:assessment_send", args=[row.pk]),
        {"version": row.version, "typed_name": row.other.name},
    )
    assert make.fresh(row).open_offer_id is None, sent.status_code


def test_what_was_signed_before_it_held_how_it_went_over_time_can_still_be_read(cast: Any) -> None:
    """The schema is 1 as before, and such a record has no such part."""
    row = make.sealed(cast)
    signed = {
        key: value for key, value in snapshot.read(row.open_offer.content).items() if key != "over_time"
    }
    assert content.trend(signed) is None


# Further ----------------------------------------------------------------------------------------------------------


def test_the_same_key_with_other_choices_is_not_called_the_same(cast: Any) -> None:
    """Back in the browser, another period or kind chosen, sent again: it is the first one, and nobody says so."""
    pair, key = make.pair_of(cast.supervisor, cast.worker), uuid.uuid4()
    operations.begin(pair, by=cast.supervisor, key=key, begun=make.begun())
    with pytest.raises(Stale):
        operations.begin(pair, by=cast.supervisor, key=key, begun=make.begun(is_formal=True))


def _pdf(catalog: bytes = b"", page: bytes = b"") -> bytes:
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] " + page + b" >>",
        b"<< /Length 4 >>\nstream\nMZxx\nendstream",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    begins = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    return bytes(out) + b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % begins


SCRIPT = b"<< /S /JavaScript /JS (app.alert) >>"
OTHER_FILE = b"<< /Type /Filespec /F (x.exe) /EF << /F 4 0 R >> >>"


@pytest.mark.parametrize(
    "sent",
    [
        _pdf(b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next " + SCRIPT + b" >>"),
        _pdf(page=b"/AA << /O " + SCRIPT + b" >>"),
        _pdf(page=b"/Annots [<< /Subtype /FileAttachment /Rect [0 0 9 9] /FS " + OTHER_FILE + b" >>]"),
        _pdf(b"/AF [" + OTHER_FILE + b"]"),
    ],
    ids=["after the first action", "as its page opens", "in a note on a page", "beside the document"],
)
def test_a_pdf_does_nothing_by_itself_and_carries_no_other_file(sent: bytes) -> None:
    assert files.check(_pdf()).type == "pdf"
    with pytest.raises(Invalid):
        files.check(sent)
