"""What the page of somebody's hours says, from what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from supervision.pages import words
from supervision.requirements import said
from supervision.requirements.applying import Judged
from supervision.requirements.counting import Meeting, minutes_of, name_of
from supervision.requirements.judging import Judgement, Progress, Shortfall

from .measuring import Line, Measured, lines_of

LISTED = 60  # shortfalls and meetings of one set before the rest is only counted


@dataclass(frozen=True)
class Set:
    """One set on the page."""

    of: Any
    tag: str
    kind: str
    sentence: str
    asked: list[str]
    shortfalls: list[str]
    more: int
    total: dict[str, Any] | None
    caption: str
    headings: list[str]
    rows: list[list[str]]
    rows_more: int


@dataclass(frozen=True)
class Page:
    lead: str
    facts: list[dict[str, Any]]
    sets: list[Set]

    @property
    def has_total(self) -> bool:
        return any(one.total for one in self.sets)


def page_of(measured: Measured) -> Page:
    meetings = measured.meetings()
    return Page(_lead(measured), _facts(meetings), [_set(one, measured, meetings) for one in measured.sets])


def _lead(measured: Measured) -> str:
    if not measured.was_asked:
        return gettext("Nothing was asked for in this period yet.")
    short = [one.of.title for one in measured.sets if not one.judgement.met]
    if not short:
        return gettext("Everything that was asked for is met.")
    return gettext("Short of: %(names)s.") % {"names": words.join_names(short)}


def _facts(meetings: list[Meeting]) -> list[dict[str, Any]]:
    """Hours by kind: all that were attended, whatever counts toward what."""
    alone = [one for one in meetings if one.individual]
    groups = [one for one in meetings if not one.individual and not one.equals]
    equals = [one for one in meetings if one.equals]
    kinds = [
        (gettext("one to one"), alone),
        (gettext("in groups"), groups),
        (gettext("among equals"), equals),
    ]
    shown: list[dict[str, Any]] = [
        {
            "value": words.minutes_words(minutes_of(meetings)),
            "label": gettext("met in all"),
            "note": _times(len(meetings)),
        }
    ]
    return shown + [
        {"value": words.minutes_words(minutes_of(these)), "label": label, "note": _times(len(these))}
        for label, these in kinds
        if these
    ]


def _times(n: int) -> str:
    return ngettext("%(n)s meeting", "%(n)s meetings", n) % {"n": n}


def _set(found: Judged, measured: Measured, meetings: list[Meeting]) -> Set:
    judgement = found.judgement
    lines = lines_of(meetings, found.of.rules, measured.as_of)
    tag, kind = _tag(found)
    short = [_said(one, judgement) for one in judgement.shortfalls]
    return Set(
        of=found.of,
        tag=tag,
        kind=kind,
        sentence=_sentence(found),
        asked=said.what_is_asked(found.of.rules),
        shortfalls=short[:LISTED],
        more=max(len(short) - LISTED, 0),
        total=_total(found.progress) if found.progress else None,
        caption=gettext("Meetings of the period, newest first"),
        headings=[gettext("Day"), gettext("Minutes"), gettext("How"), gettext("Counts")],
        rows=[_row(line) for line in lines[:LISTED]],
        rows_more=max(len(lines) - LISTED, 0),
    )


def _said(one: Shortfall, judgement: Judgement) -> str:
    """With the year before it where the period has several."""
    text = one.said if one.said.endswith(".") else f"{one.said}."
    if judgement.first.year == judgement.last.year:
        return text
    return gettext("%(year)s: %(text)s") % {"year": one.first.year, "text": text}


def _tag(found: Judged) -> tuple[str, str]:
    if not found.judgement.met:
        return gettext("Short"), "wait"
    return (gettext("Met"), "done") if found.judgement.asked else (gettext("Nothing asked for yet"), "")


def _sentence(found: Judged) -> str:
    judgement = found.judgement
    if not judgement.asked:
        return gettext("No week or month of it is over in this period, or nothing was asked for in it.")
    if judgement.met:
        return gettext("Met in all that could be measured.")
    n = len(judgement.shortfalls)
    return ngettext("Short once, and why:", "Short %(n)s times, and why:", n) % {"n": n}


def _total(progress: Progress) -> dict[str, Any]:
    """How far somebody is toward the hours of a credential."""
    values = {"have": words.minutes_words(progress.minutes), "all": words.minutes_words(progress.least)}
    parts = [gettext("%(have)s of %(all)s so far.") % values]
    if progress.unused:
        more = gettext("%(n)s more were in groups, beyond what counts of them.")
        parts.append(more % {"n": words.minutes_words(progress.unused)})
    return {
        "label": gettext("Toward the total"),
        "done": min(progress.minutes, progress.least),
        "all": progress.least,
        "text": " ".join(parts),
    }


def _row(line: Line) -> list[str]:
    one = line.meeting
    return [
        words.day(one.day),
        str(one.minutes),
        how(one),
        line.why_not or gettext("Yes"),
    ]


def how(meeting: Meeting) -> str:
    """In person, one to one."""
    names = {"in_person": gettext("in person"), "video": gettext("video"), "phone": gettext("phone")}
    way = names.get(meeting.modality, name_of(meeting.modality))
    if meeting.equals:
        return gettext("%(how)s, among equals") % {"how": way}
    if meeting.individual:
        return gettext("%(how)s, one to one") % {"how": way}
    return gettext("%(how)s, %(n)s people") % {"how": way, "n": meeting.people}
