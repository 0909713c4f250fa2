"""Files of requirements: those that are shipped are sound, what is written is read the same, and faults are told by line."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.records.toml_reading import FileFaults
from supervision.requirements import set_file
from supervision.requirements.rules import Of, Per, Qualified, Rules, Share, Total
from supervision.requirements.set_file import Content, read, write

from .test_judging import RULES, WIDE, sets_of

FOLDER = Path(set_file.__file__).parent / "sets"
GOOD = (FOLDER / "weekly-in-person.toml").read_bytes()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_what_is_shipped_is_sound_and_examples_say_so(path: Path) -> None:
    content = read(path.read_bytes(), name=path.name)
    assert content.rules != Rules()
    assert content.is_example == content.introduction.startswith("Example: check against the current rule.")
    assert content.source
    assert content.checked_on <= datetime.date(2026, 11, 27)


def test_a_default_and_three_examples_are_shipped() -> None:
    shipped = [read(path.read_bytes(), name=path.name) for path in FOLDER.glob("*.toml")]
    assert sorted(one.is_example for one in shipped) == [False, True, True, True]
    assert len({one.key for one in shipped}) == 4


def test_a_file_says_what_is_asked() -> None:
    rules = read(GOOD, name="a.toml").rules
    (amount,) = rules.amounts
    assert (amount.least, amount.per, amount.of, amount.kind.individual) == (60, Per.WEEK, Of.MINUTES, True)
    assert (rules.modalities, rules.most_workers) == ({"in_person"}, 7)


def faults(text: bytes) -> list[str]:
    with pytest.raises(FileFaults) as refused:
        read(text, name="ours.toml")
    return refused.value.said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            b"minutes = 60",
            b"minutes = 0",
            "ours.toml, line 16, amount 1: “minutes” has to be a whole number from 1",
        ),
        (b"minutes = 60", b"minutes = 60\ntimes = 1", "Say either “minutes” or “times”."),
        (b"minutes = 60\n", b"", "Say either “minutes” or “times”."),
        (b'per = "week"', b'per = "days"', '“days” goes with per = "days"'),
        (b'per = "week"', b'per = "year"', "“per” has to be one of these, in quotes: week, month, days."),
        (b'["in_person"]', b'["in_person", "letter"]', "“modalities” has to be a list of some of these"),
        (
            b"most_workers = 7",
            b'most_workers = "seven"',
            "“most_workers” has to be a whole number from 1 to 500.",
        ),
        (b"most_workers", b"most_worker", "“most_worker” is not known here. Known are rhythm, agreement_by"),
        (b"checked_on = 2026-11-27", b'checked_on = "today"', "“checked_on” has to be a day"),
        (b"example = true", b'example = "yes"', "“example” has to be true or false."),
        (b"version = 1", b"", "“version” has to be a whole number from 1 to 9999."),
        (b"[counts]", b"[[counts]]", "This begins with a line [counts]."),
        (b"key = ", b"key = = ", "This can’t be read."),
    ],
)
def test_what_is_wrong_is_said_with_its_place(old: bytes, new: bytes, said: str) -> None:
    assert old in GOOD
    assert any(said in one for one in faults(GOOD.replace(old, new, 1)))


def test_a_file_that_asks_for_nothing_is_refused() -> None:
    head = GOOD.partition(b"[counts]")[0]
    assert faults(head)[0].endswith("what it asks for.")


sets = sets_of(WIDE[0], RULES)
named = st.frozensets(st.sampled_from(["Certified", "Peer specialist, first"]), max_size=2)
contents = st.builds(
    Content,
    key=st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True),
    version=st.integers(1, 9_999),
    title=st.just("A title"),
    introduction=st.just("What it is."),
    source=st.just("Handbook, 3"),
    checked_on=st.dates(),
    is_example=st.booleans(),
    rules=st.builds(
        Rules,
        modalities=sets.map(lambda one: one.modalities),
        largest_group=st.sampled_from([0, 2, 12]),
        co_reflection=st.booleans(),
        signed=st.booleans(),
        supervisor=st.builds(Qualified, credentials=named, training_hours=st.integers(0, 40)),
        amounts=sets.map(
            lambda one: tuple(
                amount
                if amount.per == Per.DAYS
                else type(amount)(amount.least, amount.per, amount.of, 0, amount.kind)
                for amount in one.amounts
            )
        ),
        shares=st.lists(
            st.builds(Share, st.integers(1, 100), st.sampled_from([Per.WEEK, Per.MONTH])), max_size=2
        ).map(tuple),
        total=st.none()
        | st.builds(
            Total,
            st.integers(1, 900).map(lambda hours: hours * 60),
            st.integers(0, 100),
            st.none() | st.dates(),
        ),
        rhythm=st.booleans(),
        agreement_by=st.integers(0, 5),
        observed_every=st.sampled_from([0, 30, 366]),
        most_workers=st.integers(0, 9),
    ),
)


@given(contents)
def test_what_is_written_is_read_the_same(content: Content) -> None:
    assert read(write(content), name="again.toml") == content
