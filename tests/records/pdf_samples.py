"""Pages and checks that the tests of PDFs share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import page as page_validation
import pikepdf
from django.template.loader import render_to_string
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from supervision.records import glyphs
from supervision.records.documents import Signer
from supervision.records.pdf_parts import Attachment

MOMENT = datetime(2026, 11, 19, 14, 20, 5, tzinfo=UTC)
CONTENT = json.dumps({"nonce": "0f" * 16, "kind": "session"}).encode()
NAMES = [
    "Nguyễn Thị Hồng Ánh",
    "Ελένη Παπαδοπούλου",
    "Олександр Ґудзь",
    "ليلى حسن",
    "שָׂרָה לוי",
    "王小明",
    "佐藤さくら",
    "김민준",
    "Łukasz Żółć",
    "अनीता शर्मा",
    "ሰላማዊት ተስፋዬ",
]
EMOJI = ["🙂", "👩🏽‍🤝‍👩🏿", "🇺🇸", "❤️", "1️⃣", "🏳️‍🌈", "✅"]


def signer(name: str, part: str = "Peer worker", kind: str = "signed", **more: Any) -> Signer:
    """Somebody who answered."""
    evidence = {"zone": "America/New_York", "authenticated": ["password", "one-time code"]}
    intent = "This is what we talked about. Typing my name here is my signature."
    given = {"typed_name": name, "intent": intent, "answered_at": MOMENT, "evidence": evidence}
    return Signer(name=name, part=part, kind=kind, **(given | more))


def record(template: str = "records/pdf/base.html", signers: list[Signer] | None = None, **more: Any) -> str:
    """The HTML of a session record, from the template that real ones extend."""
    content = {
        "agency": "Riverbend Peer Alliance",
        "title": "Session record",
        "lead": "Marisol Vega met with Dana Whitfield on Wednesday, November 18, 2026.",
        "reference": "7F3K-92QD",
        "zone": "America/New_York",
        "parties": [{"name": "Marisol Vega"}, {"name": "Dana Whitfield"}],
        "facts": [("How they met", "In person, one to one"), ("Length", "60 minutes")],
    }
    proof = {"digest": "ab" * 32, "mac": "cd" * 32, "certificate": "ef" * 32, "sealed_at": MOMENT}
    if signers is None:
        signers = [signer("Marisol Vega"), signer("Dana Whitfield", "Supervisor")]
    return render_to_string(template, {"content": content | more, "proof": proof, "signers": signers})


def about(**more: Any) -> dict[str, Any]:
    """The other arguments of render()."""
    files = [Attachment("record.json", CONTENT, "The signed content as data", MOMENT)]
    arguments = {
        "title": "Session record 7F3K-92QD",
        "created": MOMENT,
        "identifier": b"\x07" * 16,
        "attachments": files,
    }
    return arguments | more


def unpacked(pdf: bytes) -> bytes:
    """The file with every stream inflated, to look for words in."""
    out = bytearray(pdf)
    with pikepdf.open(BytesIO(pdf)) as document:
        for item in document.objects:
            if isinstance(item, pikepdf.Stream):
                out += item.read_bytes()
    return bytes(out)


def complaints(pdf: bytes) -> list[str]:
    """What the two checkers of PDF/A-3a and PDF/UA-1 that need no Java have against a file."""
    found = []
    for profile in (page_validation.ValidationProfile.PDF_A_3A, page_validation.ValidationProfile.PDF_UA_1):
        report = page_validation.validate_pdf_bytes(pdf, profile=profile)
        assert report.rules.total > 50
        found += [f"{failure.rule_id} {failure.message}" for failure in report.failures]
    # A false alarm of this checker: it counts a last data byte of 0x0D as an end of line. veraPDF counts it right.
    return [one for one in found if "STREAM-LENGTH-001" not in one]


# --- which glyphs were really drawn ---------------------------------------------------------------------------


def drawn_fonts(pdf: bytes) -> Iterator[tuple[str, TTFont, dict[int, str]]]:
    """For each font in the file: its family, its program, and the text of each glyph used."""
    with pikepdf.open(BytesIO(pdf)) as document:
        fonts: dict[str, pikepdf.Object] = {}
        for sheet in document.pages:
            fonts |= {str(font.BaseFont): font for font in sheet.Resources.Font.values()}
        for name, font in sorted(fonts.items()):
            program = font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()
            yield (
                name.partition("+")[2],
                TTFont(BytesIO(program)),
                _texts(font.ToUnicode.read_bytes().decode()),
            )


def _texts(cmap: str) -> dict[int, str]:
    texts = {}
    for line in cmap.partition("endcodespacerange")[2].splitlines():
        left, _, right = line.strip().partition("> <")
        if left.startswith("<") and right.endswith(">"):
            texts[int(left[1:], 16)] = bytes.fromhex(right[:-1]).decode("utf-16-be")
    assert texts
    return texts


def face_named(name: str) -> glyphs.Face:
    """The face of ours behind a font name such as Record-Sans-Semi-Bold."""
    for face in glyphs.FACES:
        weight = {300: "-Light", 400: "", 600: "-Semi-Bold"}[face.weight]
        if name == face.family.replace(" ", "-") + weight:
            return face
    raise AssertionError(f"{name} is not a font of ours")


def outline(font: TTFont, glyph: int) -> list[Any]:
    pen = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[font.getGlyphName(glyph)].draw(pen)
    return pen.value


def reachable(face: glyphs.Face, text: str) -> set[int]:
    """The glyphs that shaping can make of this text in this face."""
    font = TTFont(face.path)
    numbers = font.getReverseGlyphMap()
    subsetter = Subsetter(Options(layout_features=["*"], glyph_names=True))
    subsetter.populate(text=text)
    subsetter.subset(font)
    return {numbers[name] for name in font.getGlyphOrder()}
