"""What a row of “Who can see what” says is what its rules say: whoever reads is named, nobody else is, and a “no” is true.

The words for each reader stand here once more, apart from the table: a sentence that says it in other words fails until somebody
has looked at it.
"""

from __future__ import annotations

import re

import pytest

from supervision.pages.sight import ROWS, RULES, Reader, Row

# Words of a sentence, and whom they may stand for: one of these reads it by a rule of the row, or of what holds later.
SAID: dict[str, set[Reader]] = {
    r"everybody who works here": {Reader.EVERYBODY},
    r"administrators": {Reader.ADMINISTRATORS},
    r"(the )?managers( of (the|their|your) programs?| alone)?|those who manage the program": {
        Reader.MANAGERS
    },
    r"(their|the) line manager": {Reader.LINE_MANAGER},
    r"everybody who was asked|the people who were asked": {Reader.ASKED},
    r"everybody whose record is (in it|on a list)": {Reader.TOLD, Reader.SELF},
    r"the people who were there": {Reader.PRESENT},
    r"whoever supervises (them|the peer worker|next)|while they supervise": {Reader.LEADS, Reader.NAMED},
    r"whoever puts it into words": {Reader.LEADS, Reader.AUTHOR},
    r"whoever supervises reads it only if its writer lets them": {Reader.NAMED},
    r"whoever entered it and the two who approve it": {Reader.NAMED},
    r"the one (it was handed to|manager they chose|person you share it with)|one person, who": {Reader.NAMED},
    r"whoever led that supervision|the peers of that day": {Reader.NAMED},
    r"the people (in it|it is between)|those (who take part|it was between)|the two( (it is between|who write))?": {
        Reader.PARTIES
    },
    r"the person and whoever wrote it|one who supervises them|the person|you|the peer worker|whose supervision it is about": {
        Reader.PARTIES,
        Reader.SELF,
        Reader.AUTHOR,
    },
}
DENIED: dict[str, Reader] = {
    r"\bno (program )?manager\b": Reader.MANAGERS,
    r"\bno administrator\b": Reader.ADMINISTRATORS,
    r"\bno other supervisor\b|\bnobody because they supervise|\bnobody who comes to supervise": Reader.LEADS,
}
# Whoever a sentence could speak of: each stands within words that are known above.
SOMEBODY = re.compile(
    r"\b(every(body|one)|any(body|one)(?! else)|whoever|those|people|persons?|managers?|administrators?|supervisors?|supervises?|staff"
    r"|peers?|workers?|team|colleagues|you)\b"
)
# Which records, and not who.
OF_WHICH = "of supervision of one peer worker"
NO = re.compile(r"\b(no|nobody|not|never|nothing)\b")
# Of these a sentence need not speak: their own words, and a page of their own.
UNSAID = {Reader.SELF, Reader.AUTHOR}


def holds(row: Row) -> set[Reader]:
    return {reader for rule in row.rules.values() for reader in rule.readers}


def holds_later(row: Row) -> set[Reader]:
    keys, found = [f"{row.key}.{name}" for name in row.rules], set()
    while keys:
        key = keys.pop()
        if key not in found:
            found.add(key)
            keys += RULES[key].also
    return {reader for key in found for reader in RULES[key].readers}


def parts(who: str) -> tuple[list[str], list[str]]:
    """What each clause says of who reads, and what of who does not."""
    clauses = [one.strip() for one in re.split(r"[.;]", who.lower().replace(OF_WHICH, "")) if one.strip()]
    cut = [(NO.search(one), one) for one in clauses]
    return [one[: no.start()] if no else one for no, one in cut], [one[no.start() :] for no, one in cut if no]


def phrases(clause: str) -> list[tuple[re.Match[str], set[Reader]]]:
    """The known words in it, none within longer ones."""
    found = [
        (one, readers) for words, readers in SAID.items() for one in re.finditer(rf"\b(?:{words})\b", clause)
    ]
    inside = [
        one
        for one, _ in found
        if any(
            other.start() <= one.start() and one.end() <= other.end() and other.span() != one.span()
            for other, _ in found
        )
    ]
    return [(one, readers) for one, readers in found if one not in inside]


def findings(row: Row, who: str) -> list[str]:
    said, denied = parts(who)
    now, later, named, wrong = holds(row), holds_later(row), set(), []
    for clause in said:
        spans: list[tuple[int, int]] = []
        for found, readers in phrases(clause):
            spans.append(found.span())
            named |= readers
            if not readers & later:
                wrong.append(f"names {found[0]!r}, and no rule lets them read")
        wrong += [
            f"speaks of {one[0]!r} in other words: {clause!r}"
            for one in SOMEBODY.finditer(clause)
            if not any(start <= one.start() < end for start, end in spans)
        ]
    wrong += [f"does not name {reader.value}" for reader in now - named - UNSAID]
    for clause in denied:
        for words, reader in DENIED.items():
            if re.search(words, clause) and reader in now:
                wrong.append(f"denies {reader.value}, and a rule lets them read")
    return wrong


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_a_row_names_those_who_read_by_its_rules_and_nobody_else(row: Row) -> None:
    assert findings(row, str(row.who)) == []


def test_the_words_for_readers_are_all_in_use() -> None:
    everything = " ".join(clause for row in ROWS for clause in parts(str(row.who))[0])
    assert [words for words in SAID if not re.search(rf"\b(?:{words})\b", everything)] == []


@pytest.mark.parametrize(
    ("key", "was", "wrong"),
    [
        ("session", "No manager, no administrator.", "The managers of the program."),
        ("session", "The people who were there", "Everybody who works here"),
        ("session", "The people who were there; of", "Of"),
        ("agreement", ", and the managers of their program", ""),
        ("agreement", "Not while it is being written.", "No manager, no administrator."),
        ("note", "the one person you share it with", "your team"),
        ("note", "You, and", "You, administrators, and"),
        ("job", "their line manager, ", ""),
        ("own", "You.", "You, and whoever supervises you."),
        (
            "round",
            "Whose supervision it is about.",
            "Whose supervision it is about, and the managers of the program.",
        ),
        ("program", "Everybody who was asked", "Everybody who works here"),
        ("matter", ", and the one manager they chose", ""),
        ("training", "Nobody because they supervise you.", "Whoever supervises them."),
        ("disclosure", "Everybody whose record is in it, once they are told.", ""),
    ],
)
def test_a_wrong_sentence_is_found(key: str, was: str, wrong: str) -> None:
    row = next(row for row in ROWS if row.key == key)
    assert was in str(row.who)
    assert findings(row, str(row.who).replace(was, wrong))
