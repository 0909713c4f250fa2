"""What can be printed, and what is refused by name."""

from __future__ import annotations

import unicodedata

import pytest

from supervision.records import glyphs, pdf
from supervision.records.pdf_parts import RenderFailed
from tests.records.pdf_samples import EMOJI, NAMES, about

# WeasyPrint leaves the file of its color profile to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")


@pytest.mark.parametrize("name", NAMES + EMOJI)
def test_names_of_many_scripts_and_emoji_are_covered(name: str) -> None:
    assert glyphs.uncovered(name) == []


@pytest.mark.parametrize(
    "text",
    [
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",  # a flag spelt with tag characters
        "👍🏿",
        "👩🏾‍⚕️",
        "☺︎",
        "مُحَمَّد",
        "שָׁלוֹם",
        "क्षत्रिय",
        "น้ำ",
        "X̱ʼunei K̲",  # underlined letters of Tlingit
        "hən̓q̓əmin̓əm̓",
        "Ṣẹ̀gun",
        "e\u0301 n\u0303",  # letters typed with separate accents
        "soft\u00adhyphen\u200b \u2066left\u2069",
        "½ → ≥ ✓ • … “quoted” ‑ –",
    ],
)
def test_sequences_and_marks_are_covered(text: str) -> None:
    assert glyphs.uncovered(text) == []


def test_a_character_without_a_glyph_is_named_once_in_order() -> None:
    assert glyphs.uncovered("a 𓀀 ꦄ 𓀀 b") == [
        ("𓀀", "U+13000 EGYPTIAN HIEROGLYPH A001"),
        ("ꦄ", "U+A984 JAVANESE LETTER A"),
    ]


def test_private_use_and_broken_characters_are_refused_by_number() -> None:
    assert glyphs.uncovered("\ue000\ud800\U000f0001") == [
        ("\ue000", "U+E000"),
        ("\ud800", "U+D800"),
        ("\U000f0001", "U+F0001"),
    ]


def test_a_mark_that_no_face_can_set_on_its_letter_is_refused() -> None:
    arabic_vowel_on_a_latin_letter = "b\u064e"
    assert glyphs.uncovered(arabic_vowel_on_a_latin_letter) == [("\u064e", "U+064E ARABIC FATHA")]
    assert glyphs.uncovered("ب\u064e") == []


def test_normalising_keeps_words_and_drops_only_what_no_page_can_show() -> None:
    assert glyphs.normalise("one\r\ntwo\rthree\u2028four\u2029five") == "one\ntwo\nthree\nfour\n\nfive"
    assert glyphs.normalise("a\x00b\x07c\td\ufeff") == "abc\td"
    assert glyphs.normalise("e\u0301") == "é"
    assert glyphs.normalise("ليلى \u2067x\u2069 👩‍🚀\ufe0f") == "ليلى \u2067x\u2069 👩‍🚀\ufe0f"


def test_an_override_cannot_turn_the_printed_order_around() -> None:
    assert glyphs.normalise("pay \u202e001\u202c") == "pay 001"


def test_normalising_twice_changes_nothing() -> None:
    text = "e\u0301\r\n\u2028\x00\u202a ﬁ ﷽ 👩🏽‍🤝‍👩🏿"
    assert glyphs.normalise(glyphs.normalise(text)) == glyphs.normalise(text)


def test_a_document_with_underlined_letters_is_set_in_the_face_that_has_their_marks() -> None:
    assert glyphs.first_family("Marisol, Nguyễn, Олена, ليلى") == glyphs.USUAL
    assert glyphs.first_family("X̱ʼunei") == glyphs.PATIENT


def test_every_face_is_there_under_a_name_that_no_installed_family_has() -> None:
    for face in glyphs.FACES:
        assert face.path.is_file(), face.file
        assert face.family.startswith("Record ")
    licences = (glyphs.FONT_DIRECTORY / "LICENSES" / "README.txt").read_text()
    assert {path.name for path in glyphs.FONT_DIRECTORY.glob("*.ttf")} == {face.file for face in glyphs.FACES}
    for path in (glyphs.FONT_DIRECTORY / "LICENSES").glob("*-OFL.txt"):
        assert path.name in licences
        assert "SIL OPEN FONT LICENSE" in path.read_text().upper()


def _drawn_characters() -> list[str]:
    """A spread over everything that uncovered() lets through."""
    covered = sorted(set().union(*map(glyphs._characters, glyphs.TEXT_FAMILIES)))
    seen = [c for c in covered if not unicodedata.category(c).startswith(("C", "M", "Z"))]
    return seen[::41]


def test_whatever_is_let_through_has_a_glyph_on_the_page() -> None:
    characters = _drawn_characters()
    assert len(characters) > 1000
    page = "".join(f"<p>&#{ord(character)};</p>" for character in characters)
    assert pdf.render(page, **about()).startswith(b"%PDF")


@pytest.mark.parametrize("character", ["𓀀", "ꦄ", "\U00020bb7"])
def test_the_renderer_refuses_a_character_that_slipped_through(character: str) -> None:
    assert glyphs.uncovered(character)
    with pytest.raises(RenderFailed, match=f"U\\+{ord(character):04X}"):
        pdf.render(f"<p>{character}</p>", **about())
