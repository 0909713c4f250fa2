"""What a single glyph stands for, so that text can be copied out of a PDF, searched and read aloud."""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product

from fontTools.ttLib import TTFont

from supervision.records.glyphs import FACES, Face, is_private

# For a glyph that is only a part of a letter: every glyph must mean something, and this shows as nothing.
WORD_JOINER = "\u2060"
# Rules follow one another: a ligature of forms of letters is three steps away from the letters.
LONGEST_CHAIN, MOST_READINGS = 3, 6


def meaning_of(face: Face, glyph: int, text: str) -> str:
    """What a glyph of this face stands for, given the text it was first used in (may be empty)."""
    readings = _spelled_by(face).get(glyph, ())
    if len(text) == 1 or text in readings:
        return text
    if not text:
        return readings[0] if readings else WORD_JOINER
    return max((one for one in readings if set(one) <= set(text)), key=len, default=text)


@lru_cache(maxsize=len(FACES))
def _spelled_by(face: Face) -> dict[int, tuple[str, ...]]:
    """What each glyph of a face can stand for: its own character first, then what the face's rules make it from."""
    with TTFont(face.path, lazy=True) as font:
        spelled = {name: _own_texts(points) for name, points in font["cmap"].buildReversed().items()}
        rules = list(_replacements(font))
        for _ in range(LONGEST_CHAIN):
            for parts, made in rules:
                texts = ["".join(one) for one in product(*(spelled.get(part, [])[:2] for part in parts))]
                spelled[made] = list(dict.fromkeys([*spelled.get(made, []), *texts]))[:MOST_READINGS]
        return {font.getGlyphID(name): tuple(texts) for name, texts in spelled.items() if texts}


def _own_texts(points: Iterable[int]) -> list[str]:
    """The characters of a glyph, presentation forms spelt out; private use says nothing."""
    texts = []
    for point in sorted(point for point in points if not is_private(point)):
        form = 0xFB00 <= point <= 0xFDFF or 0xFE70 <= point <= 0xFEFC
        texts.append(unicodedata.normalize("NFKC", chr(point)) if form else chr(point))
    return texts


def _replacements(font: TTFont) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every substitution of one glyph for one or more: (from, to). Single ones first, being the plainer reading."""
    lookups = font["GSUB"].table.LookupList.Lookup if "GSUB" in font else []
    tables = [getattr(table, "ExtSubTable", table) for lookup in lookups for table in lookup.SubTable]
    for table in tables:
        if table.LookupType == 1:
            yield from (((before,), after) for before, after in table.mapping.items())
    for table in tables:
        if table.LookupType == 4:
            for first, ligatures in table.ligatures.items():
                yield from (((first, *ligature.Component), ligature.LigGlyph) for ligature in ligatures)
