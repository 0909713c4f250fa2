"""A framework as a file: those that are shipped are whole, and everything wrong with a file is said by file and line."""

from __future__ import annotations

import copy
import time
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from competencies.library import operations
from competencies.library.framework_file import read
from competencies.library.shape import DESCRIBED_BY, KINDS, USES, Content, as_data, of_data
from supervision.records.toml_reading import LARGEST_BYTES, MOST_FAULTS, FileFaults

GOOD = """key = "rivers"
version = 2
title = "Knowing rivers"
about = "supervisor"
described_by = ["workers", "self"]
uses = ["informal", "rounds"]
introduction = "Two things about rivers."

[sources]
H = "Our handbook"

[[scale]]
label = "Dry"
means = "No water yet."

[[scale]]
label = "Wet"
means = "Water is there."

[[domains]]
id = "banks"
title = "Banks"
purpose = "What holds a river."
source = "H 1"

[[domains.statements]]
id = "banks-left"
text = "Knows the left bank."
source = "H 1.1"

[[domains.statements]]
id = "banks-right"
text = "Knows the right bank."
source = "H 1.2"
"""


def faults_of(text: str | bytes) -> list[str]:
    with pytest.raises(FileFaults) as refused:
        read(text.encode() if isinstance(text, str) else text, name="rivers.toml")
    assert refused.value.said
    return refused.value.said


# What is shipped ---------------------------------------------------------------------------------------------------

COUNTED = {
    "supervisor-five-domains": {
        "informative": 6,
        "restorative": 3,
        "formative": 6,
        "normative": 12,
        "mediative": 6,
        "history": 3,
        "principles": 6,
        "relationship": 8,
    },
    "supervisor-ten-competencies": {"core": 10},
    "peer-support-practice": {"values": 8, "role": 11},
    "supervisor-training-areas": {"areas": 7},
    "program-self-assessment": {"support": 3, "skills": 5, "supervision": 4, "boundaries": 3},
}
# What each says now. A change of words asks for a higher version in the file, then for both here.
AS_PUBLISHED = {
    "peer-support-practice": (1, "561a95fd60647785a30b2bf3a5c9ce9b110fa6b10458edc8055857c2705bf65c"),
    "program-self-assessment": (1, "efcfe661dfb490134b32615bf92618a96ff2c20506fa0322705527e77e3a342a"),
    "supervisor-five-domains": (1, "ae85f45d0e3b28ace231a0cbf3deab264b52dc65ade18e62ffddcf7d61dd01a7"),
    "supervisor-ten-competencies": (1, "7d9f8a80c36a87cae25706f55767b8a9f6cb41c1ad2cf621724c4faee0df905e"),
    "supervisor-training-areas": (1, "84cc54add24d7a7d034a05141324f7dd4b0b7741a780950e3a273cbca527716f"),
}


@pytest.fixture(scope="module")
def shipped() -> dict[str, Content]:
    return {content.key: content for content in operations.shipped()}


def test_every_shipped_framework_has_as_many_statements_in_each_domain_as_its_source(
    shipped: dict[str, Content],
) -> None:
    counts = {
        key: {domain.id: len(domain.statements) for domain in content.domains}
        for key, content in shipped.items()
    }
    assert counts == COUNTED
    five = shipped["supervisor-five-domains"].domains
    assert sum(len(domain.statements) for domain in five if domain.kind == "practice") == 33
    assert sum(len(domain.statements) for domain in five if domain.kind == "knowledge") == 17


def test_no_place_in_a_source_is_used_twice_or_left_out(shipped: dict[str, Content]) -> None:
    found = {key: [one.source for one in content.statements] for key, content in shipped.items()}
    five = [
        f"E {name} {n}"
        for name, most in list(COUNTED["supervisor-five-domains"].items())[:5]
        for n in range(1, most + 1)
    ]
    five += [
        f"E foundational knowledge {letter} {n}"
        for letter, most in zip("ABC", (3, 6, 8), strict=True)
        for n in range(1, most + 1)
    ]
    assert found["supervisor-five-domains"] == five
    assert found["supervisor-ten-competencies"] == [f"B core competency {n}" for n in range(1, 11)]
    slides = [f"D 2.{n}" for n in range(51, 65) if n not in (53, 56, 57)]
    assert found["peer-support-practice"] == [f"D 2.23, value {n}" for n in range(1, 9)] + slides
    assert found["supervisor-training-areas"] == [f"D 2.131, area {n}" for n in range(1, 8)]
    sections = [(part, n) for part, most in enumerate((3, 5, 4, 3), start=1) for n in range(1, most + 1)]
    assert found["program-self-assessment"] == [f"B assessment {part}, item {n}" for part, n in sections]


def test_nobody_is_asked_what_they_could_not_know(shipped: dict[str, Content]) -> None:
    for domain in shipped["supervisor-five-domains"].domains:
        assert ("workers" in domain.described_by) == (domain.kind == "practice")
    assert shipped["peer-support-practice"].described_by == ("self", "supervisor")


def test_a_shipped_framework_changes_its_words_only_with_its_version(shipped: dict[str, Content]) -> None:
    now = {key: (content.version, operations.digest(content)) for key, content in shipped.items()}
    assert now == AS_PUBLISHED


# What is taken -----------------------------------------------------------------------------------------------------


def test_a_good_file_is_read_and_stored_and_read_again_the_same() -> None:
    content = read(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(), name="rivers.toml")
    assert [one.id for one in content.statements] == ["banks-left", "banks-right"]
    assert content.described_by == ("self", "workers")
    assert content.domains[0].described_by == ("self", "workers")
    assert content.domains[0].kind == "practice"
    assert [point.label for point in content.scale] == ["Dry", "Wet"]
    assert of_data(as_data(content)) == content


def test_words_on_several_lines_become_one_line() -> None:
    text = GOOD.replace('"Knows the left bank."', '"""\nKnows the\n  left bank."""')
    assert read(text.encode(), name="rivers.toml").statements[0].text == "Knows the left bank."


# What is refused, and how it is said -------------------------------------------------------------------------------

BAD: list[tuple[str, str, str]] = [
    ('text = "Knows the left bank."', 'text = "Knows the left bank.', "rivers.toml, line 28: This can’t be read."),
    ('text = "Knows the right bank."', "", "rivers.toml, line 31, statement 2: “text” has to be a text"),
    ('text = "Knows the right bank."', 'text = "  "', "rivers.toml, line 33, statement 2: “text” has to be a text"),
    ('text = "Knows the right bank."', "text = 7", "rivers.toml, line 33, statement 2: “text” has to be a text"),
    ("Knows the right bank.", "b" * 401, "line 33, statement 2: “text” has 401 characters, and there is room for 400"),
    ("Knows the right bank.", "A bell: \\u0007", "line 33, statement 2: “text” holds a character that can’t be shown"),
    ("Knows the right bank.", "Nothing: \\u0000", "line 33, statement 2: “text” holds a character that can’t be shown"),
    ('source = "H 1.2"', "", "line 31, statement 2: “source” has to be a text"),
    ('source = "H 1.2"', 'source = "K 1.2"', "line 34, statement 2: “source” has to begin with a letter of [sources]: H."),
    ('source = "H 1.2"', 'source = "H 1.2"\nweight = 3', "line 35, statement 2: “weight” is not known here."),
    ('id = "banks-right"', 'id = "banks-left"', "line 32, statement 2: The id “banks-left” is there already."),
    ('id = "banks-right"', 'id = "banks"', "line 32, statement 2: The id “banks” is there already."),
    ('id = "banks-right"', 'id = "Banks, right"', "line 32, statement 2: “id” has to be small letters"),
    ('id = "banks"', 'id = "banks"\nkind = "skill"', "line 22, domain 1: “kind” has to be one of these, in quotes: practice, knowledge."),
    ('id = "banks"', 'id = "banks"\ndescribed_by = ["supervisor"]', "line 22, domain 1: “described_by” has to be a list of some of these"),
    ('label = "Wet"', 'label = "dry"', "line 17, point 2 of the scale: Another point has the same label."),
    ('[[scale]]\nlabel = "Wet"\nmeans = "Water is there."', "", "There are 1 of [[scale]]. It takes 2 to 7."),
    ('means = "Water is there."', "", "line 16, point 2 of the scale: “means” has to be a text"),
    ('H = "Our handbook"', "", "It needs a table [sources]"),
    ('key = "rivers"', "", "rivers.toml: “key” has to be small letters"),
    ("version = 2", "version = 0", "rivers.toml, line 2: “version” has to be a whole number"),
    ("version = 2", "version = true", "rivers.toml, line 2: “version” has to be a whole number"),
    ('about = "supervisor"', 'about = "boss"', "rivers.toml, line 4: “about” has to be one of these"),
    ('about = "supervisor"', 'about = "worker"', "line 5: “described_by” has to be a list of some of these, each once: self, supervisor."),
    ('["workers", "self"]', '["self", "self"]', "line 5: “described_by” has to be a list"),
    ('["workers", "self"]', '["self"]', "line 6: Rounds are filled in by workers"),
    ('["informal", "rounds"]', '["program"]', "line 6: “uses” has to be a list of some of these, each once: informal, formal, rounds."),
    ('title = "Knowing rivers"', 'title = "Knowing rivers"\ncolour = "blue"', "line 4: “colour” is not known here."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), BAD)
def test_what_is_wrong_is_said_with_file_and_line(old: str, new: str, said: str) -> None:
    assert old in GOOD
    faults = faults_of(GOOD.replace(old, new, 1))
    assert any(said in one for one in faults), faults


def test_everything_wrong_is_said_at_once_and_not_endlessly() -> None:
    faults = faults_of(GOOD.replace('source = "H', 'sauce = "H').replace("version = 2", "version = 'two'"))
    assert len(faults) == 7
    assert [one.split(",")[1].split(":")[0] for one in faults] == [
        f" line {number}" for number in (2, 20, 24, 26, 29, 31, 34)
    ]
    many = GOOD + '[[domains.statements]]\nid = "x"\n' * 60
    assert faults_of(many)[-1].startswith("And ")
    assert len(faults_of(many)) == MOST_FAULTS + 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "key"),
        (b"key = \xff\xfe", "rivers.toml, line 1: This is not text."),
        (b"x = " + b"[" * 20_000, "This can’t be read."),
        (b"x = " + b"9" * 5_000, "This can’t be read."),
        (b"a" + b".a" * 60_000 + b" = 1", "far too many dots"),
        (b"#" * (LARGEST_BYTES + 1), "larger than 256 KB"),
        (GOOD.encode() + b'[[domains.statements]]\nid = "x"\n' * 201, "There are 203 statements"),
        (b"domains = 3\nscale = [1]\nsources = []", "[[domains]]"),
    ],
)
def test_files_that_are_something_else_are_refused_quickly(data: bytes, said: str) -> None:
    began = time.monotonic()
    assert any(said in one for one in faults_of(data))
    assert time.monotonic() - began < 5


def test_the_name_of_a_file_is_shown_without_what_nobody_could_read() -> None:
    with pytest.raises(FileFaults) as refused:
        read(b"", name="\u202e\x00" + "a" * 300)
    assert refused.value.said[0].startswith("a" * 80 + ":")


# Whatever comes ----------------------------------------------------------------------------------------------------

WRONG_VALUES = st.one_of(
    st.none(),
    st.integers(),
    st.booleans(),
    st.just(""),
    st.just(" \n"),
    st.just("x" * 1_001),
    st.just([]),
    st.just([[]]),
    st.just({}),
)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every key in a file, and every row of its lists of tables."""
    found: list[tuple[Any, ...]] = []
    rows = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in rows:
        if isinstance(key, str):
            found.append((*path, key))
        found += places(value, (*path, key))
    return found


BASE = tomllib.loads(GOOD)
PLACES = places(BASE)


def spoiled(path: tuple[Any, ...], how: Callable[[Any, Any], None]) -> bytes:
    data = copy.deepcopy(BASE)
    inside = data
    for step in path[:-1]:
        inside = inside[step]
    how(inside, path[-1])
    return tomli_w.dumps(data).encode()


@given(path=st.sampled_from(PLACES), value=WRONG_VALUES)
def test_no_file_with_something_missing_or_of_the_wrong_kind_gets_through(path: Any, value: Any) -> None:
    def change(inside: Any, key: Any) -> None:
        if value is None:
            del inside[key]
        else:
            inside[key] = value

    if path == ("version",) and isinstance(value, int) and not isinstance(value, bool):
        change = lambda inside, key: inside.update({key: -abs(value)})  # noqa: E731
    faults_of(spoiled(path, change))


@given(
    path=st.sampled_from([place for place in PLACES if place[0] != "sources"]),
    name=st.text("abcxyz", min_size=3, max_size=9),
)
def test_no_key_that_is_not_known_gets_through(path: Any, name: str) -> None:
    said = faults_of(spoiled(path, lambda inside, _key: inside.update({f"{name}-own": "x"})))
    assert any("is not known here" in one for one in said)


@st.composite
def cut_up(draw: st.DrawFn) -> bytes:
    """The good file with pieces taken out, doubled, or put elsewhere."""
    lines = GOOD.splitlines(keepends=True)
    for _ in range(draw(st.integers(0, 4))):
        at, until = sorted(draw(st.tuples(*[st.integers(0, len(lines))] * 2)))
        piece = lines[at:until]
        to = draw(st.integers(0, len(lines)))
        lines = draw(st.sampled_from([lines[:at] + lines[until:], lines[:to] + piece + lines[to:]]))
    text = "".join(lines).encode()
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.binary(max_size=3)) + text[at:]


@given(data=st.one_of(cut_up(), st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_whatever_the_bytes_are_it_is_a_sound_framework_or_said_to_be_none(data: bytes) -> None:
    try:
        sound(read(data, name="rivers.toml"))
    except FileFaults as faults:
        unplaced = [one for one in faults.said if not one.startswith(("rivers.toml", "And "))]
    else:
        unplaced = []
    assert unplaced == []


def sound(content: Content) -> None:
    """What every framework is, said a second time and independently."""
    assert set(content.described_by) <= set(DESCRIBED_BY[content.about])
    assert content.described_by
    assert set(content.uses) <= set(USES[content.about])
    assert content.uses
    assert 2 <= len(content.scale) <= 7
    assert content.domains
    assert all(domain.statements for domain in content.domains)
    ids = [domain.id for domain in content.domains] + [one.id for one in content.statements]
    assert len(ids) == len(set(ids))
    assert len({point.label.casefold() for point in content.scale}) == len(content.scale)
    for domain in content.domains:
        assert domain.kind in KINDS
        assert set(domain.described_by) <= set(content.described_by)
        assert domain.described_by
        assert domain.title
        assert domain.purpose
    for one in (*content.domains, *content.statements):
        assert one.source.split()[0].rstrip(",;") in content.sources
    for one in content.statements:
        assert 0 < len(one.text) <= 400
        assert one.text == one.text.strip()
    assert of_data(as_data(content)) == content
