"""The file of guidance: the one that comes with the software, and an agency's own, good or bad."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from hypothesis import example, given
from hypothesis import strategies as st

from supervision.guidance import current
from supervision.guidance.book import PLACES, Faults, read
from supervision.guidance.shown import source_words
from supervision.guidance.wording import BadPattern, Pattern, compiled, words_of

GOOD = """
[sources]
H = "Our handbook"

[[prompts]]
id = "rivers"
title = "Questions about rivers"
where = ["outcomes"]
items = [{ text = "What did the river teach?", source = "H 3" }]

[[hints]]
id = "herons"
title = "Herons"
patterns = ["heron/herons", "tall grey* ... bird"]
unless = ["heron street"]
why = "A heron would rather not be named."
instead = "Perhaps “a bird by the water”."
source = "H 4; somebody"
"""


@pytest.fixture(autouse=True)
def _fresh():
    current.start_over()
    yield
    current.start_over()


@pytest.fixture
def own_file(tmp_path: Path, settings):
    def write(text: str | bytes) -> Path:
        path = tmp_path / "own.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        settings.GUIDANCE_FILE = str(path)
        return path

    return write


# The file that comes with the software -------------------------------------------------------------------------------


def test_every_field_has_a_prompt_and_everything_has_a_source_that_is_listed():
    book = current.book()
    assert {place for place in PLACES if book.at(place)} == set(PLACES) - {"page"}
    sources = [item.source for prompt in book.prompts for item in prompt.items]
    sources += [hint.source for hint in book.hints.values()]
    for source in sources:
        for piece in source.split(";"):
            assert piece.split()[0] in book.sources, source


def test_the_dual_relationship_prompt_has_its_four_questions():
    prompt = next(one for one in current.book().prompts if one.id == "dual-relationships")
    assert [n for n in "1234" if any(f"question {n}" in item.source for item in prompt.items)] == list("1234")


def test_the_words_of_a_hint_do_not_trip_the_hints():
    """Whoever takes over a wording that was offered is not told about it again."""
    from supervision.guidance.hints import findings

    book = current.book()
    for hint in book.hints.values():
        offered = " ".join(re.findall("“(.+?)”", hint.instead))
        assert findings(offered, book) == [], hint.id


def test_sources_are_shown_by_name():
    assert source_words("D 2.135; E normative") == (
        "Café TA Center, Peer Supervision 2.135; Peer Support Supervisor Competencies normative"
    )
    assert source_words("our own") == "our own"


# An agency's own file -------------------------------------------------------------------------------------------------


def test_an_own_file_takes_the_place_of_the_default(own_file):
    own_file(GOOD)
    book = current.book()
    assert list(book.hints) == ["herons"]
    assert [prompt.title for prompt in book.at("outcomes")] == ["Questions about rivers"]
    assert run_checks() == []
    from supervision.guidance.hints import findings

    text = "A heron, and one tall greyish, rather shy bird on Heron Street."
    assert [one.words for one in findings(text, book)] == ["heron", "tall greyish, rather shy bird"]
    assert source_words("H 4") == "Our handbook 4"


BAD = [
    ("[[hints]]\nid = 'x'\ntitle = 'unfinished", "can’t be read"),
    (b"\n\xff\xfe", "Line 2 holds something that is not text"),
    ("hints = 3", "each hint has to begin with a line [[hints]]"),
    ("hint = []", "“hint” is not known here; known are sources, prompts, hints"),
    (GOOD.replace('"outcomes"', '"outcome"'), "The prompt “rivers” (line 5): “where” has to be a list"),
    (GOOD.replace('source = "H 3" }', "}"), "Line 9 can’t be read"),
    (
        GOOD.replace('[{ text = "What did the river teach?", source = "H 3" }]', "[]"),
        "(line 5): “items” has to be a list",
    ),
    (GOOD.replace(', source = "H 3" }', " }"), "The prompt “rivers” (line 5): item 1 has to look like"),
    (GOOD.replace('"heron/herons"', '"her"" ons"'), "can’t be read"),
    (
        GOOD.replace("heron/herons", "he*"),
        "The hint “herons” (line 11): the pattern “he*” of “patterns” can’t be used",
    ),
    (GOOD.replace("heron/herons", "(a|a)*b"), "“(a|a)*b” is not a word"),
    (GOOD.replace("heron/herons", "... heron"), "“...” has to stand between two words"),
    (GOOD.replace("heron/herons", "the? heron"), "its first word may not be one that can be left out"),
    (GOOD.replace("heron/herons", "x " * 13), "it has more than 12 words"),
    (GOOD.replace('patterns = ["heron/herons", "tall grey* ... bird"]', ""), "it needs “patterns”"),
    (GOOD.replace("why =", "reason ="), "“why” has to be a text in quotes"),
    (GOOD.replace('source = "H 4; somebody"', 'source = ""'), "“source” has to be a text in quotes"),
    (GOOD.replace('"herons"', '"Big Herons"'), "“id” has to be small letters"),
    (GOOD.replace('"herons"', '"rivers"'), "another entry has the same id"),
    (GOOD + 'finds = "shoe size"', "“finds” has to be one of these: name, phone, birth, case"),
    (GOOD + 'finds = "name"', "it needs “near”"),
    (GOOD + 'near = ["guest"]', "“near” belongs to finds"),
    (GOOD.replace('H = "Our handbook"', "H = 3"), "[sources]: every line has to be a letter and a name"),
    (GOOD.replace("A heron would", "A heron " * 200), "characters long, and there is room for 1000"),
    ("a" + ".a" * 400 + " = 1", "a key with far too many dots"),
    ("x = " + "[" * 5000, "can’t be read"),
    ("# " + "x" * 600_000, "larger than 512 KB"),
]


@pytest.mark.parametrize(("text", "said"), BAD, ids=range(len(BAD)))
def test_a_bad_file_is_named_with_what_is_wrong_and_no_page_fails(own_file, text, said):
    path = own_file(text)
    errors = run_checks()
    assert errors
    assert all(error.id == "guidance.E001" and str(path) in error.msg for error in errors)
    assert any(said in error.msg for error in errors), [error.msg for error in errors]
    assert list(current.book().hints) == list(read(current.DEFAULT.read_bytes()).hints)


def test_a_file_that_is_not_there_stops_the_start(settings, tmp_path):
    settings.GUIDANCE_FILE = str(tmp_path / "nowhere.toml")
    with pytest.raises(SystemCheckError, match=r"nowhere\.toml: It can't be opened"):
        call_command("check")
    settings.GUIDANCE_FILE = str(tmp_path)
    with pytest.raises(SystemCheckError, match="It can't be opened"):
        call_command("check")
    assert current.book().hints


def test_every_fault_is_named_at_once(own_file):
    own_file(GOOD.replace("why =", "reason =").replace('["outcomes"]', '["here"]'))
    assert len(run_checks()) == 3


@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=300).map(lambda text: text.encode(errors="replace")))
)
@example(b"[[hints]]\n[[hints]]\npatterns = 3\nunless = [3]\nnear = 'x'\nfinds = []\n")
@example(b"[[prompts]]\nid = []\ntitle = 3\nwhere = 3\nitems = [3]\n")
@example(b"[[prompts]]\nwhere = [[]]\n")
@example(b"sources = 3\nprompts = [3]\nhints = {}\n")
def test_a_file_is_read_or_refused_in_words_whatever_is_in_it(data):
    said = _faults_of(data)
    assert said is None or (said and all(one.strip() for one in said))


def _faults_of(data: bytes) -> list[str] | None:
    try:
        read(data)
    except Faults as faults:
        return faults.said
    return None


@given(st.text(max_size=60))
def test_a_pattern_is_read_or_refused_in_words(source):
    pattern = _compiled(source)
    if isinstance(pattern, str):
        assert pattern  # the reason
    else:
        words = words_of("the quick brown fox")
        assert all(pattern.end_at(words, n) in (None, 1, 2, 3, 4) for n in range(4))


def _compiled(source: str) -> Pattern | str:
    try:
        return compiled(source)
    except BadPattern as reason:
        return str(reason)
