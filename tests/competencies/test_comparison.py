"""Two views beside each other: what is called a strength, what is to be explored, and what is said of the domains."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from competencies.assessments import figures
from competencies.assessments.comparison import compare, where_they_agree
from competencies.rating.marks import Mark

from .test_rating import _content

CONTENT = _content(3, 2, 1)
IDS = [one.id for one in CONTENT.statements]
MARKS = st.dictionaries(st.sampled_from(IDS), st.builds(Mark, st.one_of(st.none(), st.integers(1, 4))))


@given(MARKS, MARKS)
def test_every_statement_is_there_once_and_each_view_is_what_was_marked(own: Any, other: Any) -> None:
    found = compare(CONTENT, own, other)
    assert [line.statement.id for line in found.lines] == IDS
    assert {line.statement.id: line.own for line in found.lines if line.own} == own
    assert {line.statement.id: line.other for line in found.lines if line.other} == other


@given(MARKS, MARKS)
def test_it_reads_the_same_from_either_side(own: Any, other: Any) -> None:
    one, two = compare(CONTENT, own, other), compare(CONTENT, other, own)
    for name in ("strengths", "differences", "one_cannot_say"):
        here, there = ([line.statement.id for line in getattr(found, name)] for found in (one, two))
        assert here == there


@given(MARKS, MARKS)
def test_strengths_lie_in_the_upper_half_and_differences_are_in_order(own: Any, other: Any) -> None:
    found = compare(CONTENT, own, other)
    for line in found.strengths:
        points = [point for point in (line.own_point, line.other_point) if point is not None]
        assert points
        assert min(points) >= 3
    apart = [abs(line.apart or 0) for line in found.differences]
    assert apart == sorted(apart, reverse=True)
    assert 0 not in apart
    assert not set(map(id, found.strengths)) & set(map(id, found.differences))


@given(MARKS, MARKS)
def test_only_what_both_marked_the_same_is_settled_beforehand(own: Any, other: Any) -> None:
    settled = where_they_agree(compare(CONTENT, own, other))
    same = {key for key in own.keys() & other.keys() if own[key].point == other[key].point}
    assert settled.keys() == same
    assert all(mark.point == own[key].point for key, mark in settled.items())


@given(MARKS, MARKS)
def test_the_drawing_the_table_and_the_sentence_hold_for_any_marks(own: Any, other: Any) -> None:
    found = compare(CONTENT, own, other)
    figure = figures.two_views(found, CONTENT, "Nour", "نور")
    assert len(figure.rows) == len(CONTENT.domains)
    assert "نور" not in figure.svg, "a name is never inside a drawing"
    assert figures.sentence(found, CONTENT, "You", "Dana")


def test_where_the_views_differ_most_is_said_of_whoever_sees_more() -> None:
    own = dict.fromkeys(IDS, Mark(3)) | {"d0-0": Mark(1), "d0-1": Mark(1)}
    other = dict.fromkeys(IDS, Mark(3))
    said = figures.sentence(compare(CONTENT, own, other), CONTENT, "You", "Dana")
    assert (
        said
        == "The two views are close on 2 of 3 domains. They differ most on Domain 0, where Dana sees more."
    )
    far = compare(CONTENT, dict.fromkeys(IDS, Mark(1)), other)
    assert figures.sentence(far, CONTENT, "You", "Dana").startswith("The two views are apart on every domain")
    said = figures.sentence(compare(CONTENT, other, own), CONTENT, "You", "Dana")
    assert said.endswith("where you see more.")


def test_one_view_alone_says_where_it_lies_highest_and_lowest() -> None:
    own = dict.fromkeys(IDS, Mark(3)) | {"d1-0": Mark(1), "d1-1": Mark(2), "d2-0": Mark(None)}
    said = figures.sentence(compare(CONTENT, own, None), CONTENT, "You", "")
    assert said == "Highest lies Domain 0, at 3; lowest Domain 1, at 1.5."
    assert (
        figures.sentence(compare(CONTENT, {}, None), CONTENT, "You", "")
        == "There is not enough yet to draw from."
    )


def test_a_framework_of_two_domains_has_bars_and_an_unknown_middle_is_no_zero() -> None:
    content = _content(2, 2)
    found = compare(content, {"d0-0": Mark(3)}, {"d0-0": Mark(2)})
    figure = figures.two_views(found, content, "You", "Dana")
    assert "chart-bars" in figure.svg
    assert "Own view: Domain 0" in figure.svg
    assert figure.rows[1][1:] == ["none", "none", "Not both yet"]


def test_an_own_frameworks_long_or_joined_names_become_numbers_in_the_drawing() -> None:
    content = _content(1, 1, 1)
    named = [
        type(one)(**{**one.__dict__, "title": title})
        for one, title in zip(
            content.domains, ("الاستماع", "A name that is far too long", "Short"), strict=True
        )
    ]
    content = type(content)(**{**content.__dict__, "domains": tuple(named)})
    names = [figures.short(one, n) for n, one in enumerate(named, start=1)]
    assert names == ["1", "2", "Short"]
    assert figures.two_views(compare(content, {}, {}), content, "You", "Dana").rows[0][0] == "1. الاستماع"
