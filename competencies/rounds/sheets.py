"""What a sheet and a result hold, written at one length for each framework: a longer row would tell that somebody has answered.

One sign for each statement: a point of the scale, "0" for "can't say yet", "." where nothing was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..library.shape import Content, Domain, Statement
from ..rating.marks import Mark, Marks, described_by, statements_of
from .anonymity import Band

WORKERS = "workers"  # who fills in a round, as frameworks call them
_NOTHING, _UNSURE = ".", "0"
_TURNS = 1_000_000  # a sheet counts on from zero after so many sendings


@dataclass(frozen=True)
class Kept:
    """`sent` are the answers that count, `typed` what stands in the form now; `version` counts the sendings."""

    version: int = 0
    is_sent: bool = False
    sent: Mapping[str, Mark] = field(default_factory=dict)
    typed: Mapping[str, Mark] = field(default_factory=dict)


def domains_of(content: Content) -> list[Domain]:
    """What a round asks: the domains that the people who are supervised can know of."""
    return described_by(content, WORKERS)


def written(kept: Kept, statements: Sequence[Statement]) -> str:
    """What is stored of a sheet. `read` gives it back the same."""
    version = f"{kept.version % _TURNS:06d}"
    return f"{version}{int(kept.is_sent)}{_signs(kept.sent, statements)}{_signs(kept.typed, statements)}"


def read(text: str, statements: Sequence[Statement]) -> Kept:
    sent, typed = text[7 : 7 + len(statements)], text[7 + len(statements) :]
    return Kept(int(text[:6]), text[6] == "1", _marks(sent, statements), _marks(typed, statements))


def _signs(marks: Marks, statements: Sequence[Statement]) -> str:
    return "".join(_sign(marks.get(one.id)) for one in statements)


def _sign(mark: Mark | None) -> str:
    if mark is None:
        return _NOTHING
    return _UNSURE if mark.point is None else str(mark.point)


def _marks(signs: str, statements: Sequence[Statement]) -> dict[str, Mark]:
    pairs = zip(statements, signs, strict=True)
    return {one.id: Mark(None if sign == _UNSURE else int(sign)) for one, sign in pairs if sign != _NOTHING}


Bands = Mapping[str, Band]  # by the id of a statement; those that do not show are missing


def bands_written(bands: Bands | None, statements: Sequence[Statement]) -> str:
    """What is stored of a result; None says that the round has none. `bands_read` gives it back the same."""
    signs = [str(int(found)) if (found := (bands or {}).get(one.id)) else _NOTHING for one in statements]
    return f"{int(bands is not None)}{''.join(signs)}"


def bands_read(text: str, statements: Sequence[Statement]) -> dict[str, Band] | None:
    if text[0] == "0":
        return None
    pairs = zip(statements, text[1:], strict=True)
    return {one.id: Band(int(sign)) for one, sign in pairs if sign != _NOTHING}


def statements_in(content: Content) -> list[Statement]:
    """Every statement that a round asks, in order."""
    return statements_of(domains_of(content))
