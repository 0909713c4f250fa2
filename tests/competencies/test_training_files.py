"""What may be kept as evidence is told by its content. Whatever is sent, nothing is stored that is not what it claims."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from competencies.training import files
from supervision.records.errors import Invalid

from . import training_makers as make

SOUND = {"pdf": make.pdf(), "png": make.png(), "jpg": make.jpeg()}


def archive(before: bytes = b"", comment: bytes = b"") -> bytes:
    kept = io.BytesIO(before)
    kept.seek(0, io.SEEK_END)
    with zipfile.ZipFile(kept, "a") as made:
        made.writestr("page.html", "<script>1</script>")
        made.comment = comment
    return kept.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """One part of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def test_a_picture_drawn_over_and_over_is_refused() -> None:
    """Each scan of a JPEG is drawn over the whole picture: thousands of them would hold the server for hours."""
    picture = make.jpeg(progressive=True)
    start = picture.rindex(b"\xff\xda")
    again = picture[start:-2]
    assert files.check(picture).type == "jpg"
    assert refused(picture[:-2] + again * 200 + picture[-2:])


def refused(data: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        files.check(data)
    assert refusal.value.field == "file"
    return refusal.value.message


def is_what_it_says(checked: files.Checked) -> bool:
    """Asked another way than the check asks: what is stored opens as its type, from its first byte to its last."""
    if checked.type == "pdf":
        return checked.content.startswith(b"%PDF-") and checked.content.rstrip(b"\0\t\n\f\r ").endswith(
            b"%%EOF"
        )
    end = {"png": b"IEND\xaeB`\x82", "jpg": b"\xff\xd9"}[checked.type]
    with Image.open(io.BytesIO(checked.content)) as picture:
        picture.load()
        return picture.format == {"png": "PNG", "jpg": "JPEG"}[checked.type] and checked.content.endswith(end)


@pytest.mark.parametrize("type_", SOUND)
def test_sound_files_are_taken_as_they_are(type_: str) -> None:
    assert files.check(SOUND[type_]) == files.Checked(type_, SOUND[type_])


@pytest.mark.parametrize(
    "content",
    [
        make.jpeg(progressive=True, quality=95),
        make.jpeg(comment=b"from the office", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
        make.png(optimize=True),
        make.pdf() + b"\r\n\n",
    ],
)
def test_files_as_cameras_and_offices_make_them_are_taken(content: bytes) -> None:
    assert files.check(content).content == content


def test_what_stands_behind_a_picture_is_cut_off() -> None:
    for type_ in ("png", "jpg"):
        for behind in (archive(), b"<script>alert(1)</script>", make.pdf(), b"\0" * 90):
            assert files.check(SOUND[type_] + behind) == files.Checked(type_, SOUND[type_])
        assert files.check(archive(SOUND[type_])).content == SOUND[type_]


def test_what_hides_in_a_picture_is_refused() -> None:
    assert "hidden in it" in refused(make.jpeg(comment=b"%PDF-1.7 "))
    assert "hidden in it" in refused(make.jpeg(comment=b"<SCRIPT>alert(1)</script>"))
    inside = PngImagePlugin.PngInfo()
    inside.add_text("Comment", "<html><body>")
    assert "hidden in it" in refused(make.png(pnginfo=inside))


def test_a_picture_that_unpacks_as_an_archive_is_refused() -> None:
    """The archive stands in a part of the picture; the end of the picture is the comment of the archive."""
    picture, end = SOUND["png"][:-12], SOUND["png"][-12:]
    hidden = archive(comment=b"x" * 16)[:-16]
    both = picture + chunk(b"teXt", hidden) + end
    assert zipfile.is_zipfile(io.BytesIO(both))
    with Image.open(io.BytesIO(both)) as opened:
        opened.load()
    assert "hidden in it" in refused(both)


def test_a_pdf_that_is_an_archive_as_well_acts_by_itself_or_carries_files_is_refused() -> None:
    refused(archive(make.pdf()))
    refused(archive(make.pdf(), comment=b"%%EOF"))
    refused(make.pdf() + b"<script>alert(1)</script>")
    refused(b"GIF89a" + make.pdf())
    runs = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.TextStringObject("app.alert(1)")}
    )
    refused(make.pdf(OpenAction=runs))
    refused(make.pdf(AA=generic.DictionaryObject()))
    for name in ("/JavaScript", "/EmbeddedFiles"):
        refused(make.pdf(Names=generic.DictionaryObject({pdf_name(name): generic.DictionaryObject()})))
    goes = generic.DictionaryObject({pdf_name("/S"): pdf_name("/GoTo")})
    assert files.check(make.pdf(OpenAction=goes)).type == "pdf"


def written_pdf(catalog: bytes = b"", page: bytes = b"", more: bytes = b"") -> bytes:
    """A page; its fourth part is some file, the fifth what a test puts there."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] " + page + b" >>",
        b"<< /Length 4 >>\nstream\nMZxx\nendstream",
        more or b"null",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    begins = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    return bytes(out) + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % begins


SCRIPT = b"<< /S /JavaScript /JS (app.alert) >>"
OTHER_FILE = b"<< /Type /Filespec /F (x.exe) /EF << /F 4 0 R >> >>"
LINK = b"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A %s >>]"


@pytest.mark.parametrize(
    "sent",
    [
        written_pdf(b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next " + SCRIPT + b" >>"),
        written_pdf(b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next [5 0 R] >>", more=b"<< /S /URI /URI (https://x.example) >>"),
        written_pdf(b"/OpenAction 5 0 R", more=b"<< /S /GoTo /D [3 0 R /Fit] /Next 5 0 R >>"),
        written_pdf(b"/OpenAction << /S /URI /URI (https://x.example) >>"),
        written_pdf(b"/OpenAction << /S /GoToR /F (other.pdf) /D [0 /Fit] >>"),
        written_pdf(b"/OpenAction << /S /Named /N /Print >>"),
        written_pdf(page=b"/AA << /O " + SCRIPT + b" >>"),
        written_pdf(page=b"/AA 5 0 R", more=b"<< /O " + SCRIPT + b" >>"),
        written_pdf(page=b"/Annots [<< /Subtype /FileAttachment /Rect [0 0 9 9] /FS " + OTHER_FILE + b" >>]"),
        written_pdf(page=b"/Annots [5 0 R]", more=b"<< /Subtype /Screen /Rect [0 0 9 9] /A << /S /Rendition >> >>"),
        written_pdf(page=LINK % (b"<< /S /URI /URI (https://x.example) /Next " + SCRIPT + b" >>")),
        written_pdf(page=LINK % b"<< /S /GoToE /T << /R /C /N (x.pdf) >> >>"),
        written_pdf(b"/AF [" + OTHER_FILE + b"]"),
        written_pdf(page=b"/AF [" + OTHER_FILE + b"]"),
        written_pdf(b"/Names 5 0 R", more=b"<< /EmbeddedFiles << /Names [(x) " + OTHER_FILE + b"] >> >>"),
        written_pdf(b"/AcroForm << /Fields [] /XFA 4 0 R >>"),
        written_pdf(b"/AcroForm << /Fields [5 0 R] >>", more=b"<< /FT /Tx /T (x) /AA << /C " + SCRIPT + b" >> >>"),
    ],
    ids=[
        *("a script after the first action", "a page of the web after it", "a circle of actions"),
        *("a page of the web", "another document", "printing"),
        *("a script as its page opens", "the same elsewhere", "a file in a note", "a film", "a script behind a link"),
        *("a link into a file it holds", "a file beside the document", "a file beside a page", "a file by its name"),
        *("a form of another kind", "a field that computes"),
    ],
)  # fmt: skip
def test_a_pdf_does_nothing_by_itself_and_carries_no_other_file(sent: bytes) -> None:
    assert "hidden in it" in refused(sent)


@pytest.mark.parametrize(
    "sent",
    [
        written_pdf(),
        written_pdf(b"/OpenAction [3 0 R /Fit]"),
        written_pdf(b"/OpenAction 5 0 R", more=b"<< /S /GoTo /D [3 0 R /Fit] /Next << /S /GoTo /D (here) >> >>"),
        written_pdf(b"/Names 5 0 R", more=b"<< /Dests << /Names [(here) [3 0 R /Fit]] >> >>"),
        written_pdf(page=LINK % b"<< /S /URI /URI (https://agency.example) >>"),
        written_pdf(page=b"/Resources << /XObject << /AA 4 0 R /AF 4 0 R >> >>"),
        written_pdf(b"/AcroForm << /Fields [5 0 R] >>", more=b"<< /FT /Sig /T (Seal) /Kids [] >>"),
    ],
    ids=["plain", "a place", "places", "names of places", "a link", "names of pictures", "a seal"],
)  # fmt: skip
def test_what_certificates_hold_is_no_harm(sent: bytes) -> None:
    assert files.check(sent).content == sent


def test_a_pdf_of_many_packed_parts_is_looked_through_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pikepdf

    kept = io.BytesIO()
    with pikepdf.new() as made:
        for _number in range(300):
            made.add_blank_page(page_size=(200, 200))
        made.save(kept, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    sent = kept.getvalue()
    assert b"/ObjStm" in sent
    assert files.check(sent).type == "pdf"
    monkeypatch.setattr(files, "MOST_STEPS", 10_000)
    refused(sent)


def test_a_pdf_with_a_password_is_refused_in_words_that_help() -> None:
    import pikepdf

    kept = io.BytesIO()
    with pikepdf.open(io.BytesIO(make.pdf())) as opened:
        opened.save(kept, encryption=pikepdf.Encryption(owner="a", user="b"))
    assert "locked with a password" in refused(kept.getvalue())


@pytest.mark.parametrize(
    "content",
    [
        b"<html>",
        b"MZ\x90",
        b"GIF89a;",
        b"%PDF-1.7",
        b"%PDF-1.7\n%%EOF",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xe0\xff\xff",
        b"PK\x03\x04",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_what_only_begins_like_a_file_or_is_another_kind_is_refused(content: bytes) -> None:
    assert refused(content)


def test_size_is_capped_in_bytes_and_in_what_it_unfolds_to() -> None:
    assert "empty" in refused(b"")
    assert "larger than 5 MB" in refused(SOUND["png"] + bytes(files.LARGEST_BYTES))
    side = 20_000
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    drawn = zlib.compress(bytes((side // 8 + 1) * 200))
    parts = [(b"IHDR", head), (b"IDAT", drawn), (b"IEND", b"")]
    refused(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in parts))


@settings(max_examples=150, deadline=None)
@given(
    data=st.binary(max_size=400),
    start=st.sampled_from([b"", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]),
)
def test_random_bytes_are_never_taken(data: bytes, start: bytes) -> None:
    refused(start + data)


@settings(max_examples=250, deadline=None)
@given(
    type_=st.sampled_from(sorted(SOUND)),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=12)), min_size=1, max_size=4),
    cut=st.integers(0, 600),
    behind=st.sampled_from([b"", b"<html>", SOUND["pdf"], SOUND["png"], archive()]),
)
@example(type_="jpg", changes=[(0, b"")], cut=0, behind=archive())
def test_whatever_is_done_to_a_file_only_what_it_says_is_kept(
    type_: str, changes: list[tuple[int, bytes]], cut: int, behind: bytes
) -> None:
    data = bytearray(SOUND[type_])
    for at, put in changes:
        at %= len(data)
        data[at : at + len(put)] = put
    sent = bytes(data[: len(data) - cut % len(data)]) + behind
    try:
        checked = files.check(sent)
    except Invalid:
        return
    assert sent.startswith(checked.content)
    assert is_what_it_says(checked)
    assert not zipfile.is_zipfile(io.BytesIO(checked.content))


# Names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("certificate.PNG", "certificate.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\dana\\scan.pdf", "scan.pdf"),
        ("page.html.pdf", "page html.pdf"),
        ("invoice\u202efdp.exe", "invoice fdp.pdf"),
        ('a"b;c\r\nd.pdf', "a b c d.pdf"),
        ("", "evidence.pdf"),
        (".pdf", "evidence.pdf"),
        ("Łukasz Wójcik.pdf", "Łukasz Wójcik.pdf"),
        ("x" * 300, f"{'x' * 100}.pdf"),
    ],
)
def test_a_name_is_plain_and_ends_as_its_content_says(given_name: str, kept: str) -> None:
    assert files.safe_name(given_name, "pdf") == kept


@given(name=st.text(max_size=60))
def test_no_name_leads_elsewhere(name: str) -> None:
    safe: Any = files.safe_name(name, "png")
    assert safe.endswith(".png")
    assert safe.count(".") == 1
    assert not set(safe) & set('/\\"\r\n\0:;%')
    assert len(safe) <= files.LONGEST_NAME + 4
    safe.encode()
