"""Which characters a record can print, and the faces that print them.

A record is refused at offering when it holds a character that no face covers (decision 9): a blank or wrong
letter in a sealed file could never be put right. Knows nothing of Django, so that the PDF child can use it.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONT_DIRECTORY = Path(__file__).resolve().parents[2] / "static" / "fonts" / "pdf"


@dataclass(frozen=True)
class Face:
    """One font file: the family name used in style sheets, the weight, the file in FONT_DIRECTORY."""

    family: str
    weight: int
    file: str

    @property
    def path(self) -> Path:
        return FONT_DIRECTORY / self.file


def _faces(*names: str) -> tuple[Face, ...]:
    found = []
    for name in names:
        family, _, weights = name.partition(":")
        stem = family.lower().replace(" ", "")
        for weight in (weights or "400").split(","):
            found.append(Face(f"Record {family}", int(weight), f"record-{stem}-{weight}.ttf"))
    return tuple(found)


# In the order in which they are asked for a character. Every family name is ours alone: a face whose name equals
# an installed family is mixed up with it by Pango and prints wrong letters (while the text layer stays right).
TEXT_FACES = _faces(
    "Sans:300,400,600",
    "Latin:400,600",
    "Hebrew:400,600",
    "Arabic:400,600",
    "Armenian",
    "Georgian",
    "Ethiopic",
    "Devanagari",
    "Bengali",
    "Gurmukhi",
    "Gujarati",
    "Oriya",
    "Tamil",
    "Telugu",
    "Kannada",
    "Malayalam",
    "Sinhala",
    "Thai",
    "Lao",
    "Khmer",
    "Myanmar",
    "Cherokee",
    "Syriac",
    "Thaana",
    "NKo",
    "Syllabics",
    "Adlam",
    "Tifinagh",
    "Tibetan",
    "Han",
    "Hangul",
    "Symbols",
    "Symbols2",
    "Emoji",
)
MONO_FACES = _faces("Mono")
FACES = TEXT_FACES + MONO_FACES
TEXT_FAMILIES = tuple(dict.fromkeys(face.family for face in TEXT_FACES))


USUAL, PATIENT = "Record Sans", "Record Latin"


def family_list(first: str = USUAL) -> tuple[str, ...]:
    """The text families, each once: first, then the others in their order."""
    return tuple(dict.fromkeys((first, *TEXT_FAMILIES)))


# --- what can be printed -------------------------------------------------------------------------------------

_LINE_ENDS = {"\u2028": "\n", "\u2029": "\n\n", "\x85": "\n", "\x0b": "\n", "\x0c": "\n"}
_CONTROLS = {chr(c): "" for c in (*range(0x20), *range(0x7F, 0xA0)) if chr(c) not in "\t\n\r\x85\x0b\x0c"}
# The byte order mark says nothing; embeddings and overrides could make the printed order of a signed text differ
# from the order it was typed in. Isolates and direction marks are harmless and stay.
_INVISIBLE = dict.fromkeys("\ufeff\u202a\u202b\u202c\u202d\u202e", "")
_CLEANED = str.maketrans(_LINE_ENDS | _CONTROLS | _INVISIBLE)


def normalise(text: str) -> str:
    """Text in NFC, with plain line ends, free of the control characters that no page can show.

    Keeps characters that lack a glyph: those are named by uncovered() and refused, never dropped.
    """
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").translate(_CLEANED))


# Never drawn by themselves: joiners, direction marks, soft hyphen, variation selectors.
_UNDRAWN = frozenset(
    chr(c)
    for c in (
        *(0x09, 0x0A, 0xAD, 0x34F, 0x61C, 0x180E),
        *range(0x200B, 0x2010),
        *range(0x2060, 0x2065),
        *range(0x2066, 0x206A),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    )
)


def is_private(point: int) -> bool:
    """Private use: a code point that means something else in every font."""
    return 0xE000 <= point <= 0xF8FF or point >= 0xF0000


def face_of(family: str, weight: int) -> Face:
    """The face that is used for a family at a weight."""
    return min((face for face in FACES if face.family == family), key=lambda face: abs(face.weight - weight))


@cache
def _characters(family: str) -> frozenset[str]:
    """The characters that every weight of a text family has. Private use counts for nothing.

    Read when they are first asked for: all of them are 28 MB, and most texts need the usual family alone.
    """
    found: frozenset[str] | None = None
    for face in TEXT_FACES:
        if face.family == family:
            with TTFont(face.path, lazy=True) as font:
                points = frozenset(chr(point) for point in font.getBestCmap() if not is_private(point))
            found = points if found is None else found & points
    return found or frozenset()


def _family_of(character: str) -> str | None:
    """The first text family that has a character."""
    return next((family for family in TEXT_FAMILIES if character in _characters(family)), None)


@lru_cache(maxsize=1)
def _plain() -> frozenset[str]:
    """What needs no second look: letters of the usual face, and what is never drawn."""
    letters = {c for c in _characters(USUAL) if not unicodedata.category(c).startswith("M")}
    return frozenset(letters | _UNDRAWN)


def _clusters(text: str) -> Iterator[str]:
    """Base characters with the marks that sit on them; what is never drawn is left out."""
    cluster = ""
    for character in text:
        if character in _UNDRAWN:
            continue
        if cluster and unicodedata.category(character).startswith("M"):
            cluster += character
            continue
        if cluster:
            yield cluster
        cluster = character
    if cluster:
        yield cluster


def describe(character: str) -> str:
    """U+0E01 THAI CHARACTER KO KAI; the bare number where Unicode has no name."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".rstrip()


@lru_cache(maxsize=4096)
def _home(cluster: str) -> str | None:
    """The family that sets this letter together with its marks; None where they would be set side by side.

    Each character is given to the first family that has it, so a mark that the letter's family lacks would come
    from another and land beside the letter. PATIENT has marks for every Latin letter; keycaps are emoji.
    """
    for family in (_family_of(cluster[0]), PATIENT, "Record Emoji"):
        if family is not None and _characters(family).issuperset(cluster):
            return family
    return None


def first_family(text: str) -> str:
    """The family to ask first for a whole document: the usual one unless a letter needs PATIENT for its marks."""
    if _plain().issuperset(text):
        return USUAL
    marked = {cluster for cluster in _clusters(text) if len(cluster) > 1 and cluster[0] in _characters(USUAL)}
    return PATIENT if any(_home(cluster) == PATIENT for cluster in marked) else USUAL


def uncovered(text: str) -> list[tuple[str, str]]:
    """The characters of text that cannot be printed: each once, in order, as (character, "U+XXXX NAME").

    Looks at the text as normalise() gives it. A combining mark counts as covered only together with its letter.
    """
    text = normalise(text)
    if _plain().issuperset(text):
        return []
    missing: dict[str, str] = {}
    for cluster in _clusters(text):
        if _home(cluster) is None:
            lost = [c for c in cluster if _family_of(c) is None] or cluster[1:]
            missing.update({c: describe(c) for c in lost if c not in missing})
    return list(missing.items())
