"""A template as a file: what is written reads back the same, and everything wrong with a file is said by name."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from agreements import standard, template_rules
from agreements.template_file import LARGEST_BYTES, TemplateProblems, check, read, write
from supervision.people.limits import LIMITS


def body() -> dict[str, Any]:
    """The body of the shipped template, to be changed."""
    return copy.deepcopy(template_rules.body_of(standard.default()))


def part(which: dict[str, Any], key: str) -> dict[str, Any]:
    return next(one for one in which["parts"] if one["key"] == key)


def own_part(**given: Any) -> dict[str, Any]:
    made = {
        "key": "learning",
        "title": "Learning",
        "text": "",
        "required": False,
        "guidance": [],
        "sources": "",
    }
    return made | given


def with_own(**given: Any) -> dict[str, Any]:
    made = body()
    made["parts"].insert(-1, own_part(**given))
    return made


def problems_of(text: str | bytes) -> list[str]:
    with pytest.raises(TemplateProblems) as refused:
        read(text.encode() if isinstance(text, str) else text)
    assert refused.value.problems
    return refused.value.problems


# What is written reads back ----------------------------------------------------------------------------------------


def test_the_shipped_file_can_be_imported() -> None:
    assert read(standard.FILE.read_bytes()) == body()


def test_the_shipped_template_is_sound() -> None:
    assert check(body()) == []


def test_a_written_file_reads_back_the_same() -> None:
    made = with_own(
        text='We read “quotes”, \\ back\\slashes and\ttabs.\n\n- one\n- two\n"""', sources="D 2.130"
    )
    made["limits"] = {"law": "Ask the county’s line first."}
    assert read(write("Warm line", 3, made)) == made


def test_long_texts_are_written_on_many_lines_so_that_people_can_edit_them() -> None:
    written = write("Warm line", 1, body()).decode()
    assert 'text = """\nWe meet on [day of the week]' in written
    assert written.startswith("# A template of supervision agreements.")
    assert "edition" not in write("Warm line", None, body()).decode().split("[[parts]]")[0].replace(
        "editor", ""
    )


def test_files_from_other_editors_are_taken() -> None:
    """With a byte order mark and the line ends of another system."""
    written = write("Warm line", 1, body()).replace(b"\n", b"\r\n")
    assert read(b"\xef\xbb\xbf" + written) == body()


PRINTED = st.characters(
    min_codepoint=0x20, max_codepoint=0x17F, exclude_categories=["Cc"], exclude_characters="[]{}"
)
WORDS = st.text(st.one_of(PRINTED, st.sampled_from("\n\t\"'\\#=[]")), max_size=300)
LINES = st.text(st.one_of(PRINTED, st.sampled_from("\"'\\#=")), max_size=80)


@st.composite
def sound_bodies(draw: Any) -> dict[str, Any]:
    """The shipped template with other words, in another order, with parts of the agency's own."""
    made = body()
    for one in made["parts"]:
        one["title"] = draw(LINES) or "A title"
        one["text"] = draw(WORDS)
        one["guidance"] = draw(st.lists(LINES, max_size=4))
        one["sources"] = draw(LINES)
    middle = made["parts"][1:-1] + [
        own_part(key=f"own-{n}", title="Own") for n in range(draw(st.integers(0, 5)))
    ]
    made["parts"][1:-1] = draw(st.permutations(middle))
    for key in draw(st.sets(st.sampled_from([key for key, _text in LIMITS]))):
        made["limits"][key] = draw(LINES)
    made["parts"] = [template_rules.tidied_part(one) for one in made["parts"]]
    for one in made["parts"]:
        one["title"] = one["title"] or "A title"
    made["limits"] = template_rules.tidied_limits(made["limits"])
    return made


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(sound_bodies())
def test_every_sound_body_reads_back_the_same(made: dict[str, Any]) -> None:
    assume(not check(made))  # long words in square brackets can come about by chance
    assert read(write("A name", 1, made)) == made


# What is wrong is named --------------------------------------------------------------------------------------------


def read_or_told_why(data: bytes) -> bool:
    """Whether a file is taken, or refused with reasons: nothing else is ever raised."""
    try:
        read(data)
    except TemplateProblems as refused:
        return bool(refused.problems)
    return True


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_random_bytes_never_raise_anything_else(data: bytes) -> None:
    assert read_or_told_why(data)


@settings(max_examples=150)
@given(st.text(st.sampled_from("[]{}=\"'.,#\n \tab1-:Tz_\\"), max_size=200), st.booleans())
def test_what_looks_like_a_template_never_raises_anything_else(noise: str, begins_well: bool) -> None:
    start = "[[parts]]\nkey = " if begins_well else ""
    assert read_or_told_why(f"{start}{noise}".encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@given(
    JSON
    | st.builds(lambda parts, limits: {"parts": parts, "limits": limits}, st.lists(JSON, max_size=3), JSON)
)
def test_the_rules_take_any_value(anything: Any) -> None:
    assert all(isinstance(what, str) and what for what in check(anything))


@pytest.mark.parametrize(
    "hostile",
    [
        "a = " + "[" * 5000,
        "a = " + "{b=" * 5000,
        "a = " + "9" * 50_000,
        "a." * 100_000 + "b = 1",
        "[" + "a." * 100_000 + "b]",
        '"a".' * 60_000 + "b = 1",
        "'a' . " * 40_000 + "b = 1",
        "a" * LARGEST_BYTES,
        '"' * LARGEST_BYTES,
        "[[parts]]\n" * 20_000,
        "".join(f"k{n} = 1\n" for n in range(15_000)),
    ],
    ids=[
        "lists",
        "tables",
        "number",
        "key",
        "heading",
        "quoted",
        "spaced",
        "letters",
        "quotes",
        "parts",
        "fields",
    ],
)
def test_a_hostile_file_is_refused_at_once(hostile: str) -> None:
    began = time.monotonic()
    found = problems_of(hostile)
    assert time.monotonic() - began < 5
    assert len(found) <= 41


def test_a_large_file_is_refused() -> None:
    assert problems_of(b"#" * (LARGEST_BYTES + 1)) == [
        "This file is larger than 256 KB, so it is not a template."
    ]


def test_what_is_no_text_is_named_with_its_line() -> None:
    assert problems_of(b"# ok\n\xff\xfe") == [
        "Line 2 holds something that is not text. Save the file as UTF-8."
    ]


def test_what_is_no_toml_is_named_with_its_line() -> None:
    assert problems_of('name = "x"\nthis is no toml\n')[0].startswith("Line 2 can’t be read.")
    assert (
        problems_of('name = "x')[0].startswith("Line 1 can’t be read.")
        or "never ends" in problems_of('name = "x')[0]
    )
    assert "never ends" in problems_of('name = """x')[0]


def test_an_empty_file_is_told_what_is_missing() -> None:
    assert problems_of("") == ["The parts are missing. Each begins with a line [[parts]]."]


def test_every_missing_part_is_named() -> None:
    made = body()
    made["parts"] = [one for one in made["parts"] if one["key"] not in ("privacy", "review")]
    found = problems_of(write("x", 1, made))
    assert found == [
        "The part “privacy” (Privacy and its limits) is missing. Every agreement has it.",
        "The part “review” (When we look at this again) is missing. Every agreement has it.",
    ]


def test_problems_of_a_part_say_where_it_begins() -> None:
    made = body()
    made["parts"][3]["title"] = "x" * 121
    written = write("x", 1, made).decode()
    line = [n for n, text in enumerate(written.split("\n"), start=1) if text == "[[parts]]"][3]
    assert problems_of(written) == [
        f"Part 4, “rhythm”, from line {line}: Shorten this by 1 character. There is room for 120."
    ]


def test_no_line_is_named_where_it_could_be_a_wrong_one() -> None:
    made = body()
    made["parts"][1]["text"] = "We meet.\n[[parts]]\nthere"
    made["parts"][3]["title"] = "x" * 121
    assert problems_of(write("x", 1, made)) == [
        "Part 4, “rhythm”: Shorten this by 1 character. There is room for 120."
    ]


def _refused(made: dict[str, Any]) -> str:
    """The problems of a body; a file of it says the same, with lines."""
    found = check(made)
    assert found
    assert len(problems_of(write("x", 1, made))) == len(found)
    return " ".join(found)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"key": "Learning Goals"}, "small letters, digits and dashes"),
        ({"key": "x" * 41}, "small letters, digits and dashes"),
        ({"key": "privacy"}, "Another part has this key already"),
        ({"key": "people"}, "Choose another"),
        ({"title": ""}, "Give the part a title"),
        ({"title": "Two\nlines"}, "in one line"),
        ({"title": "About {workers}"}, "nobody could fill them in"),
        ({"title": "At [place]"}, "nobody could fill them in"),
        ({"text": "x" * 8001}, "Shorten this by 1 character"),
        ({"text": "For {worker} only"}, "{worker} does not become a name"),
        ({"text": f"[{'x' * 61}]"}, "60 characters at most"),
        ({"text": "a \x00 nought"}, "U+0000"),
        ({"text": "a \u202e turn"}, "U+202E"),
        ({"text": "private \ue000"}, "U+E000"),
        ({"guidance": ["x"] * 11}, "11 lines of guidance"),
        ({"guidance": ["fine", "x" * 401]}, "Line 2 of the guidance"),
        ({"guidance": ["two\nlines"]}, "in one line"),
        ({"sources": "x" * 201}, "There is room for 200"),
        ({"guidance": "one text"}, "“guidance” has to be a list"),
        ({"guidance": [1]}, "“guidance” has to be a list"),
        ({"required": "yes"}, "“required” has to be true or false"),
        ({"required": 1}, "“required” has to be true or false"),
        ({"text": 7}, "“text” has to be a text"),
        ({"colour": "red"}, "“colour” is not known here"),
    ],
)
def test_what_is_wrong_with_a_part_is_named(own: dict[str, Any], said: str) -> None:
    found = _refused(with_own(**own))
    assert said in found
    assert "Part 12, “" in found


@pytest.mark.parametrize("field", ["key", "title", "text", "required", "guidance", "sources"])
def test_every_missing_field_is_named(field: str) -> None:
    made = with_own()
    del made["parts"][-2][field]
    assert f"“{field}” is missing." in _refused(made)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"gossip": "No gossip."}, "Limit “gossip”: There are five limits, and this is none of them"),
        ({"law": "x" * 601}, "Limit “law”: Shorten this by 1 character. There is room for 600."),
        ({"law": "two\nlines"}, "Limit “law”: Write it in one line."),
        ({"law": 3}, "Limit “law”: What is added has to be a text in quotes."),
        ({"law": "Call [number]"}, "nobody could fill them in"),
        ({"law": "bell \x07"}, "U+0007"),
    ],
)
def test_what_is_wrong_with_a_limit_is_named(limits: dict[str, Any], said: str) -> None:
    assert said in _refused(body() | {"limits": limits})


def test_the_limits_can_not_be_replaced_by_a_list() -> None:
    found = problems_of(b'limits = ["law"]\n' + write("x", 1, body()))
    assert found == ["The words about the limits stand under a line [limits], one for each key."]


def test_unknown_fields_beside_the_parts_are_named() -> None:
    found = problems_of(b'owner = "me"\nname = 3\nedition = 0\n' + write("x", 1, body()).split(b"\n\n", 2)[2])
    assert found == [
        "“name” has to be a text in quotes.",
        "“edition” has to be a whole number, 1 or more.",
        "“owner” is not known here.",
    ]


def test_the_parties_stay_first_and_the_signatures_last() -> None:
    made = body()
    made["parts"].reverse()
    found = check(made)
    assert "Part 12, “parties”: This part has to be the first." in found
    assert "Part 1, “signatures”: This part has to be the last." in found


def test_thirty_parts_and_no_more() -> None:
    made = body()
    made["parts"][-1:-1] = [own_part(key=f"own-{n}") for n in range(18)]
    assert check(made) == []
    made["parts"].insert(-1, own_part(key="own-18"))
    assert check(made) == ["There are 31 parts. There is room for 30."]


def test_a_part_that_every_agreement_says_in_words_stays_required() -> None:
    made = body()
    part(made, "privacy")["required"] = False
    assert "so “required” has to stay true" in _refused(made)
    made = body()
    part(made, "rhythm")["required"] = True
    assert check(made) == []


def test_everything_wrong_is_said_at_once() -> None:
    made = with_own(title="", colour="red")
    made["limits"] = {"gossip": "x"}
    assert len(check(made)) == 3


def test_keys_of_own_parts_come_from_their_titles() -> None:
    assert template_rules.new_key("Learning goals", set()) == "learning-goals"
    assert template_rules.new_key("Learning goals", {"learning-goals"}) == "learning-goals-2"
    assert template_rules.new_key("学び", set()) == "part"
    assert template_rules.new_key("People", set()) == "people-2"
    assert len(template_rules.new_key("x" * 200, {"x" * 36})) <= 40
