"""What looks like it tells who a person supported is: a full name, a telephone number, a date of birth, a case number.

Records use a made-up name or a description (domain 8). These are guesses from the shape of text, careful rather than complete:
a name counts only beside a word such as "client", a date only beside a word such as "born".
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from .wording import Index, Word

Span = tuple[int, int]

# Telephone ------------------------------------------------------------------------------------------------------------

# Free numbers belong to lines that anybody may call, so they are left alone.
_FREE = r"8(?:00|33|44|55|66|77|88)"
_PHONE = re.compile(
    r"(?<![\w.,/#$€£-])(?:"
    r"\+[1-9](?:[ ().-]{0,2}\d){7,14}"  # international
    rf"|(?:1[ .-]?)?(?:\((?!{_FREE})[2-9]\d\d\) ?|(?!{_FREE})[2-9]\d\d[ .-]?)\d{{3}}[ .-]?\d{{4}}"
    r"|(?<![\d)] )[2-9]\d\d[.-]\d{4}"  # without area code
    r")(?![\w/-])(?!\.\d)"
)


def phones(text: str) -> Iterator[Span]:
    """Telephone numbers, but for those anybody may call."""
    for found in _PHONE.finditer(text):
        if not re.match(rf"\+?1?[ .(-]*{_FREE}\b", found[0]):
            yield found.span()


# Date of birth --------------------------------------------------------------------------------------------------------

_BORN = re.compile(
    r"(?<!\w)(?:born(?: on)?|birth ?dates?|birth ?days?|dates? of birth|d\.?o\.?b\.?)(?!\w)", re.IGNORECASE
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATE = re.compile(
    r"(?<![\w/-])(?:"
    r"(?P<a>\d{4})[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?P<b>\d{4}|\d\d)"
    rf"|{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?P<c>\d{{4}})"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}\.?,? (?P<d>\d{{4}})"
    r")(?![\w/-])",
    re.IGNORECASE,
)
_NEAR_BIRTH = 25  # characters between the word and the date
_YOUNGEST = 12  # years: what happened since is a birthday party or a session, not somebody's birth


def births(text: str) -> Iterator[Span]:
    """Dates beside a word for birth, with that word."""
    for found in _BORN.finditer(text):
        near = text[found.end() : found.end() + _NEAR_BIRTH + 20]
        date = _DATE.search(near)
        if date and date.start() <= _NEAR_BIRTH and "\n" not in near[: date.start()] and _is_long_ago(date):
            yield found.start(), found.end() + date.end()


def _is_long_ago(date: re.Match[str]) -> bool:
    year = date["a"] or date["b"] or date["c"] or date["d"]
    return len(year) == 2 or 1900 <= int(year) <= datetime.date.today().year - _YOUNGEST  # noqa: DTZ011


# Case number ----------------------------------------------------------------------------------------------------------

_CASE = re.compile(
    r"(?<!\w)(?:"
    r"(?:case|file|chart|client|patient|member|participant|medical record|medicaid|medicare|mrn|ssn|social security)"
    r"(?P<marked>(?: (?:number|no\.?|nr\.?|num\.?|id))?(?: is)? ?[#:]? ?#?)"
    r"(?P<number>[a-z]{0,4}-?\d[\da-z-]{2,19})"
    r"|\d{3}-\d\d-\d{4}"  # the shape of a social security number
    r")(?!\w)(?![.,:]\d)",
    re.IGNORECASE,
)


def cases(text: str) -> Iterator[Span]:
    """Numbers under which somebody's papers are kept."""
    for found in _CASE.finditer(text):
        if found["number"] is None or _is_number_of_papers(found):
            yield found.span()


_A_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}-\d{2,4}|q[1-4]-?\d{2,4}", re.IGNORECASE)


def _is_number_of_papers(found: re.Match[str]) -> bool:
    """Marked as a number, with four digits or more; or without a mark too long for a year, and no day or quarter."""
    digits = sum(letter.isdigit() for letter in found["number"])
    is_marked = found["marked"].strip(" :is") != ""
    return digits >= (4 if is_marked else 5) and not _A_DAY.fullmatch(found["number"])


# Full name ------------------------------------------------------------------------------------------------------------

# Between the word and the name, or the name and the word, so that the one says who the other is.
_NAMING = frozenset({"named", "called", "is", "was"})
_LINKS = """
a an the our my his her their your who is was one of new another this these as both two first
"""
_LINKING = frozenset(_LINKS.split())
_THEN = """
who and or but at in of on with from for since to that is are was were has have had i we she he they asked said told wanted
came went called chose by because when while whom whose there here this last today now
"""
_AFTER_NAME = frozenset(_THEN.split())
# Before "member" these make a colleague of somebody.
_GROUPS = "team staff board crew committee council faculty union family panel coalition association community"
_COLLEAGUES = frozenset(_GROUPS.split())
# Not part of anybody's name: days and months, how sentences begin, and what places, groups and papers are called.
_OTHER_CAPITALS = """
monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays
january february march april may june july august september october november december
the a an this that these those it she he they we i you our her his their my your in on at to and or but for with from by of as
if when while after before then there here who what why how both each everybody nobody somebody
advisory advocacy advocate advocates agency alliance annex assertive assistance association award awards bill board building
care center centre charter choice church city clinic club coalition code college committee community conference coordinator
council counselor county court crisis day department desk director division drop employee engagement experience facilitator
feedback file form forum foundation friends group groups handbook hall health home hospital hour hours house housing human inc
initiative inn institute intake intentional kitchen lead leadership library line living llc lodge manager meeting mental month
navigator network night office outreach park peer peers person place plan policy portal program programme project
questionnaire recovery registry relations report resource resources respite response rights room satisfaction school service
services shelter speaker specialist street supervisor support survey tavern team training transition treatment university
voice voices volunteer warm warmline week welcome wellness whole worker workers year zone
"""
_NO_NAME = frozenset(_OTHER_CAPITALS.split())


def names(text: str, words: Sequence[Word], near: Index) -> Iterator[Span]:
    """Full names beside a word of `near`, such as "client John Smith" or "Maria Lopez, a guest"."""
    runs = {run[0]: run for run in _runs(text, words)}
    ends = {run[1]: run for run in runs.values()}
    for _key, first, end in near.matches(words):
        if (
            first
            and words[first - 1].plain in _COLLEAGUES
            and _are_beside(text, words[first - 1], words[first])
        ):
            continue
        run = _run_after(text, words, end, runs) if _may_begin(text, words, first) else None
        run = run or (_run_before(text, words, first, ends) if _ends_there(text, words, end) else None)
        if run:
            yield words[run[0]].start, words[run[1] - 1].end


def _runs(text: str, words: Sequence[Word]) -> Iterator[Span]:
    """Stretches of two to four words that could be a full name, as numbers of words."""
    first: int | None = None
    for at in range(len(words) + 1):
        goes_on = at < len(words) and _could_be_a_name(text, words[at])
        if first is not None and (not goes_on or not _are_beside(text, words[at - 1], words[at])):
            goes_into_a_title = at < len(words) and _goes_on_in_capitals(text, words[at - 1], words[at])
            if 2 <= at - first <= 4 and not goes_into_a_title:
                yield first, at
            first = None
        if goes_on and first is None:
            first = at


def _could_be_a_name(text: str, word: Word) -> bool:
    shown = text[word.start : word.end]
    if not shown[0].isupper() or word.plain in _NO_NAME or not word.plain.replace("'", "").isalpha():
        return False
    return len(shown) == 1 or not shown.isupper()  # ACT and WRAP are no names


def _goes_on_in_capitals(text: str, word: Word, following: Word) -> bool:
    """The street, the house or the award that bears somebody's name: "the Ann Lee Center"."""
    shown = text[following.start : following.end]
    return _are_beside(text, word, following) and shown[0].isupper() and shown != "I"


def _are_beside(text: str, one: Word, other: Word) -> bool:
    """Nothing between two words of a name but a space, a hyphen, or the full stop of what is shortened."""
    return one.sentence == other.sentence and text[one.end : other.start] in (" ", "-", ". ", ".", "  ")


def _may_begin(text: str, words: Sequence[Word], first: int) -> bool:
    """A capital in the middle of a sentence makes it part of a title: "the Client Choice Award"."""
    if not text[words[first].start].isupper():
        return True
    return first == 0 or words[first - 1].sentence != words[first].sentence


def _run_after(text: str, words: Sequence[Word], at: int, runs: dict[int, Span]) -> Span | None:
    begin = at
    while begin < len(words) and begin < at + 2 and words[begin].plain in _NAMING:
        begin += 1
    run = runs.get(begin)
    if run is None or words[begin].sentence - words[at - 1].sentence > 1:
        return None
    between = [text[one.end : other.start].strip(" ") for one, other in pairwise(words[at - 1 : begin + 1])]
    return run if all(mark in ("", ",", ":", "(", "-", "–", "“", '"') for mark in between) else None


def _run_before(text: str, words: Sequence[Word], at: int, ends: dict[int, Span]) -> Span | None:
    begin = at
    while begin and begin > at - 4 and begin not in ends and words[begin - 1].plain in _LINKING:
        begin -= 1
    run = ends.get(begin)
    if run is None or words[begin - 1].sentence != words[at].sentence:
        return None
    between = [text[one.end : other.start].strip() for one, other in pairwise(words[begin - 1 : at + 1])]
    named = begin < at or between[0] in (",", "(")  # "Smith client" alone says nothing
    return run if named and all(mark in ("", ",", "(", "-", "–") for mark in between) else None


def _ends_there(text: str, words: Sequence[Word], end: int) -> bool:
    """What is said of the person ends with this word: not "our client advocate"."""
    if end >= len(words) or words[end].sentence != words[end - 1].sentence:
        return True
    return bool(text[words[end - 1].end : words[end].start].strip()) or words[end].plain in _AFTER_NAME
