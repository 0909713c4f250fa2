"""Marks and the form for them: nothing is counted over "can't say yet", the ends of a scale need words, nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competencies.library.shape import Content, Domain, Point, Statement
from competencies.rating import marks as marking
from competencies.rating.forms import RatingForm
from competencies.rating.marks import Mark

SCALE = tuple(Point(label, f"{label} means this.") for label in ("Starting", "Building", "Steady", "Leading"))


def _content(*sizes: int) -> Content:
    domains = tuple(
        Domain(
            id=f"d{d}",
            kind="practice",
            title=f"Domain {d}",
            purpose="Why",
            source="E",
            described_by=("self", "supervisor"),
            statements=tuple(Statement(f"d{d}-{n}", "", f"Does {d} {n}.", "", "E") for n in range(size)),
        )
        for d, size in enumerate(sizes)
    )
    return Content(
        "key", 1, "Title", "worker", ("self", "supervisor"), ("formal",), "", {"E": "Source"}, SCALE, domains
    )


CONTENT = _content(2, 1)
MARKS = st.dictionaries(
    st.sampled_from([one.id for one in CONTENT.statements]),
    st.builds(Mark, st.one_of(st.none(), st.integers(1, 4)), st.text(max_size=20)),
)


def _form(data: dict[str, Any], **given: Any) -> RatingForm:
    return RatingForm(data, content=CONTENT, domains=CONTENT.domains, **given)


@given(MARKS)
def test_what_is_stored_is_read_back_the_same(marks: dict[str, Mark]) -> None:
    assert marking.of_data(marking.as_data(marks)) == marks


@given(MARKS)
def test_the_middle_lies_between_the_points_given_and_leaves_out_who_cannot_say(
    marks: dict[str, Mark],
) -> None:
    points = [mark.point for mark in marks.values() if mark.point is not None]
    found = marking.mean(marks, CONTENT.statements)
    without = {key: mark for key, mark in marks.items() if mark.point is not None}
    assert found == marking.mean(without, CONTENT.statements)
    assert found is None if not points else found is not None and min(points) <= found <= max(points)


def test_each_domain_has_its_own_middle() -> None:
    marks = {"d0-0": Mark(4, "x"), "d0-1": Mark(3), "d1-0": Mark(None)}
    assert marking.means(marks, CONTENT.domains) == [3.5, None]


def test_saving_for_later_takes_what_is_there() -> None:
    form = _form({"rate-d0-1": "2", "say-d0-1": "Asked how it was.", "rate-d1-0": "unsure"})
    assert form.is_valid()
    assert form.marks == {"d0-1": Mark(2, "Asked how it was."), "d1-0": Mark(None, "")}


def test_a_part_that_is_finished_answers_every_statement() -> None:
    form = _form({"rate-d0-0": "2"}, finished=True)
    assert not form.is_valid()
    assert list(form.errors) == ["rate-d0-1", "rate-d1-0"]
    assert "Statement 2: choose an answer" in form.errors["rate-d0-1"][0]


@pytest.mark.parametrize("point", ["1", "4"])
def test_the_ends_of_the_scale_need_words(point: str) -> None:
    answers = {"rate-d0-0": point, "rate-d0-1": "3", "rate-d1-0": "unsure"}
    form = _form(answers, finished=True)
    assert not form.is_valid()
    assert list(form.errors) == ["say-d0-0"]
    assert _form({**answers, "say-d0-0": "On Tuesday"}, finished=True).is_valid()
    assert _form(answers, finished=True, with_words=False).is_valid()


def test_words_beside_no_answer_are_not_dropped() -> None:
    form = _form({"say-d1-0": "On Tuesday"})
    assert not form.is_valid()
    assert "Statement 3: you wrote something" in form.errors["rate-d1-0"][0]


@pytest.mark.parametrize("forged", ["0", "5", "2.5", "-1", "²", "unsure "])
def test_no_other_answer_can_be_sent(forged: str) -> None:
    form = _form({"rate-d0-0": forged})
    assert not form.is_valid()
    assert list(form.errors) == ["rate-d0-0"]


def test_what_was_marked_before_stands_in_the_form() -> None:
    marks = {"d0-0": Mark(4, "On Tuesday"), "d0-1": Mark(None)}
    form = RatingForm(content=CONTENT, domains=CONTENT.domains, marks=marks)
    questions = [one for section in form.sections() for one in section.questions]
    assert [one.rate.value() for one in questions] == ["4", "unsure", None]
    assert [one.opens for one in questions] == [True, False, False]
    assert form.answered == 2
