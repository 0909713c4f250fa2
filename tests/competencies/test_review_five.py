"""What a review of competencies found: each test says what should hold, and fails while it does not."""

from __future__ import annotations

import pytest

from competencies.training import files
from supervision.records.errors import Invalid

pytestmark = pytest.mark.django_db


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
