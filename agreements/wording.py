"""The sentences that the terms of an agreement are said in, so that numbers and wording can't contradict each other.

Pure functions over plain values. A block is a paragraph ({"kind": "set" or "own", "text"}) or a list ({"kind":
"list", "items"}): `set` is said by the software from terms and parties, `own` is what people wrote.
"""

from __future__ import annotations

import copy
import datetime
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from supervision.pages import words
from supervision.people.limits import LIMITS, REPORT_NOTE
from supervision.records.encryption import REMOVED
from supervision.records.errors import Disposed

from . import membership, standard
from .models import Agreement

HOUR_A_WEEK = (60, 7)  # the usual rhythm: minutes each time, days from one to the next (D 2.124)
# Which terms each part says, so that they are suggested and agreed with its words.
TERMS_OF: dict[str, tuple[str, ...]] = {
    "place": ("starts_on",),
    "rhythm": ("every_days", "minutes_each", "cadence_reason"),
    "privacy": ("concern_days",),
    "difficulties": ("turn_to_id", "hears_instead_id"),
    "review": ("review_on",),
}
Block = dict[str, Any]
Words = Mapping[str, Any]  # what one part says in people's own words and in numbers: text, terms
_BULLET = re.compile(r"\s*[-*•–]\s+(.*)")


@dataclass(frozen=True)
class Who:
    """One party, as the text speaks of them."""

    id: str
    name: str
    called: str
    part: str
    leads: bool


def workers(parties: Sequence[Who]) -> str:
    """The people supervised, by the names they are called by: Amina, Joe and Kit."""
    return words.join_names(who.called for who in parties if not who.leads)


def supervisors(parties: Sequence[Who]) -> str:
    return words.join_names(who.called for who in parties if who.leads)


def rhythm(every_days: int) -> str:
    """How often: every week, every 3 weeks, every 10 days."""
    weeks, rest = divmod(every_days, 7)
    if rest:
        return ngettext("every day", "every %(n)d days", every_days) % {"n": every_days}
    return ngettext("every week", "every %(n)d weeks", weeks) % {"n": weeks}


def length_and_rhythm(agreement: Agreement) -> str:
    """45 minutes every 2 weeks."""
    length = words.minutes_words(agreement.minutes_each)
    return gettext("%(length)s %(rhythm)s") % {"length": length, "rhythm": rhythm(agreement.every_days)}


def needs_cadence_reason(minutes_each: int, every_days: int) -> bool:
    """Whether the rhythm is another than an hour a week, so that its reason is kept (D 2.124)."""
    return (minutes_each, every_days) != HOUR_A_WEEK


def limits(added: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """The five limits of confidentiality (D 2.113-2.117), which no agreement can leave out.

    `added`: what the agency's template says further about a limit, by its key. It extends the words and replaces none.
    """
    added = added or {}
    return [{"key": key, "text": f"{text} {added.get(key, '')}".rstrip()} for key, text in LIMITS]


def own(text: str) -> list[Block]:
    """What people wrote, as paragraphs and lists: lines that begin with a dash are a list."""
    blocks: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        for line in paragraph.split("\n"):
            _add_line(blocks, line.rstrip())
        blocks.append({"kind": "end"})
    return [block for block in blocks if block["kind"] != "end"]


def _add_line(blocks: list[Block], line: str) -> None:
    last: Block = blocks[-1] if blocks else {"kind": "end"}
    if found := _BULLET.fullmatch(line):
        if last["kind"] == "list":
            last["items"].append(found[1])
        else:
            blocks.append({"kind": "list", "items": [found[1]]})
    elif line and last["kind"] == "own":
        last["text"] += f"\n{line}"
    elif line:
        blocks.append({"kind": "own", "text": line})


def blocks(key: str, text: str, agreement: Agreement, parties: Sequence[Who]) -> list[Block]:
    """Everything that one part of an agreement says, in the order it is read in."""
    before, after = set_sentences(key, agreement, parties)
    return [*before, *own(text), *after]


def set_sentences(key: str, agreement: Agreement, parties: Sequence[Who]) -> tuple[list[Block], list[Block]]:
    """What the software says in one part, before and after what people write there."""
    return _SET.get(key, _nothing)(agreement, parties)


def _said(text: str) -> Block:
    return {"kind": "set", "text": text}


def _nothing(agreement: Agreement, parties: Sequence[Who]) -> tuple[list[Block], list[Block]]:
    return [], []


def _parties(agreement: Agreement, parties: Sequence[Who]) -> tuple[list[Block], list[Block]]:
    arrangement = agreement.arrangement
    people = [
        gettext("%(name)s (%(part)s)") % {"name": who.name, "part": who.part.lower()} for who in parties
    ]
    return [
        _said(gettext("This agreement is between %(people)s.") % {"people": words.join_names(people)}),
        _said(
            gettext("Program: %(program)s. Kind of supervision: %(structure)s. Its focus: %(focus)s.")
            % {
                "program": arrangement.program.name,
                "structure": arrangement.get_structure_display().lower(),
                "focus": FOCUS[arrangement.focus](),
            }
        ),
    ], []


FOCUS = {
    "development": lambda: gettext("professional development"),
    "administrative": lambda: gettext("administrative"),
    "both": lambda: gettext(
        "professional development and administrative, and each session says which part was which"
    ),
}


def _place(agreement: Agreement, parties: Sequence[Who]) -> tuple[list[Block], list[Block]]:
    said = gettext("We work by this agreement from %(day)s, once all of us have signed.")
    if membership.holds_for_each(agreement):
        said = gettext(
            "We work by this agreement from %(day)s, once whoever leads our group and one more of us have signed. It holds for each"
            " of us who has."
        )
    return [_said(said % {"day": words.full_day(agreement.starts_on)})], []


def _rhythm(agreement: Agreement, parties: Sequence[Who]) -> tuple[list[Block], list[Block]]:
    length = words.minutes_words(agreement.minutes_each)
    said = gettext("We meet %(rhythm)s for %(length)s.") % {
        "rhythm": rhythm(agreement.every_days),
        "length": length,
    }
    found = [_said(said)]
    if agreement.cadence_reason:
        reason = agreement.cadence_reason
        found.append({"kind": "own", "text": gettext("Why this rhythm: %(reason)s") % {"reason": reason}})
    return found, []


def _privacy(agreement: Agreement, parties: Sequence[Who]) -> tuple[list[Block], list[Block]]:
    led = [who for who in parties if not who.leads]
    names = {
        "supervisor": supervisors(parties),
        "worker": led[0].called if len(led) == 1 else gettext("the person it is about"),
        "n": agreement.concern_days,
    }
    order = ngettext(
        "When it does, %(supervisor)s will speak with %(worker)s first, before anybody else hears of it. From"
        " then on there is %(n)d working day for %(worker)s to raise it with their support team or line manager themself.",
        "When it does, %(supervisor)s will speak with %(worker)s first, before anybody else hears of it. From"
        " then on there are %(n)d working days for %(worker)s to raise it with their support team or line manager themself.",
        agreement.concern_days,
    )
    shared = gettext(
        "If that cannot or will not happen in that time, %(supervisor)s will tell %(worker)s that it will now be shared,"
        " and then share the concern: not the session, and nobody’s notes."
    )
    never = gettext("None of this delays an emergency call or a report that the law asks for.")
    return [], [
        _said(
            gettext(
                "There are five limits. What we talk about cannot stay between us when one of these comes up:"
            )
        ),
        {"kind": "list", "items": [entry["text"] for entry in limits(standard.of(agreement).limits)]},
        _said(order % names),
        _said(shared % names),
        _said(f"{never} {REPORT_NOTE}"),
    ]


def _difficulties(agreement: Agreement, parties: Sequence[Who]) -> tuple[list[Block], list[Block]]:
    found = []
    if agreement.turn_to is not None:
        said = gettext(
            "In Common Hour %(worker)s can write to %(name)s at any time, without anybody else of us seeing it."
        )
        names = {
            "worker": workers(parties) or gettext("whoever is supervised"),
            "name": agreement.turn_to.name,
        }
        found.append(_said(said % names))
    if agreement.hears_instead is not None:
        said = gettext("Where the line manager can’t hear a concern, %(name)s does.")
        found.append(_said(said % {"name": agreement.hears_instead.name}))
    return [], found


def _review(agreement: Agreement, parties: Sequence[Who]) -> tuple[list[Block], list[Block]]:
    if agreement.review_on is None:
        return [], []
    day = words.full_day(agreement.review_on)
    return [_said(gettext("We look at this agreement again by %(day)s.") % {"day": day})], []


def _signatures(agreement: Agreement, parties: Sequence[Who]) -> tuple[list[Block], list[Block]]:
    said = gettext(
        "Each of us signs this same text. It holds when all of us have signed. If one word is changed before then, the"
        " signatures given no longer count and everybody signs anew."
    )
    if membership.holds_for_each(agreement):
        said = gettext(
            "Each of us signs this same text. It is sealed when whoever leads our group and one more have signed, and holds for each"
            " of us from the day we sign. If one word is changed before it is sealed, the signatures given no longer count."
        )
    return [_said(said)], []


_SET = {
    "parties": _parties,
    "place": _place,
    "rhythm": _rhythm,
    "privacy": _privacy,
    "difficulties": _difficulties,
    "review": _review,
    "signatures": _signatures,
}


# Words and terms of one part, as they are suggested and kept ------------------------------------------------------


def words_of(key: str, text: str, agreement: Agreement) -> dict[str, Any]:
    """What one part says now, as a suggestion keeps it: days as ISO text."""
    return {"text": text, "terms": {name: plain(getattr(agreement, name)) for name in TERMS_OF.get(key, ())}}


def plain(value: Any) -> Any:
    """A term as it is kept with a suggestion: a day as ISO text, a person as the text of their id."""
    if isinstance(value, uuid.UUID):
        return str(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


def terms_of(said: Words) -> dict[str, Any]:
    """The terms of a suggestion as an agreement has them: days are dates again."""
    days = ("starts_on", "review_on")
    return {
        name: datetime.date.fromisoformat(value) if name in days and value else value
        for name, value in said["terms"].items()
    }


def blocks_of(key: str, said: Words | None, agreement: Agreement, parties: Sequence[Who]) -> list[Block]:
    """Everything that one part would say with these words and terms. Raises Disposed where they were removed."""
    if said is None:
        raise Disposed(str(REMOVED))
    with_terms = copy.copy(agreement)
    for name, value in terms_of(said).items():
        setattr(with_terms, name, value)
    return blocks(key, said["text"], with_terms, parties)
