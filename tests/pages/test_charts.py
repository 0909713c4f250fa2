"""Drawings are well-formed, say what they show, keep hostile names as text, and draw values where they belong."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.pages.charts import Bar, Series, bars, heat, heat_key, radar, spark, trend

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>\"&'"

names = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
amounts = st.one_of(st.none(), st.floats(min_value=0, max_value=4))


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def told(svg: str) -> str:
    root = parse(svg)
    return root.get("aria-label") or " ".join(
        e.text or "" for e in root if e.tag in (f"{SVG}title", f"{SVG}desc")
    )


@given(st.lists(st.tuples(names, amounts, amounts), min_size=3, max_size=7))
def test_radar_and_trend_are_well_formed_for_any_values(points):
    axes = [name for name, _, _ in points]
    series = [Series("You", "a", [a for _, a, _ in points]), Series("Team", "b", [b for _, _, b in points])]
    for draw in (radar, trend):
        svg = draw(axes, series, title=HOSTILE, desc="d")
        assert told(svg) == f"{HOSTILE} d"
        marks = sum(value is not None for each in series for value in each.values)
        assert len(re.findall(r'class="c-[ab]" ', svg)) == marks + (2 if draw is radar else 0)


@given(st.text(alphabet="hran", max_size=60))
def test_a_strip_has_one_cell_a_week_and_says_the_counts(weeks):
    svg = heat(weeks, who="Kit")
    label = told(svg)
    for state, words in {
        "r": "met on another day",
        "a": "away, not started or not due",
        "n": "no session recorded",
    }.items():
        assert (f"{weeks.count(state)} {words}" in label) == (state in weeks)
    assert len(re.findall(r'class="(?:c-a" x="\d+" y="1"|h-open|h-away|h-none)', svg)) == len(weeks)


def test_the_key_names_every_state_and_its_drawings_are_silent():
    key = heat_key()
    assert [words for _, words in key] == [
        "Met",
        "Met on another day",
        "Away, not started or not due",
        "No session recorded",
    ]
    assert all('aria-hidden="true"' in drawing and "aria-label" not in drawing for drawing, _ in key)


@pytest.mark.parametrize("values", [[], [None], [5], [None, 3, None], [-50, 500]])
def test_a_spark_copes_with_gaps_single_and_stray_values(values):
    root = parse(spark(values, label="Up from 1 to 2"))
    assert root.get("aria-label") == "Up from 1 to 2"
    for circle in root.iter(f"{SVG}circle"):
        assert 0 <= float(circle.get("cy") or -1) <= 40


def widths(svg: str) -> list[float]:
    return [
        float(bar.get("width") or 0) for bar in parse(svg).iter(f"{SVG}rect") if bar.get("class") == "c-a"
    ]


def test_bars_are_as_long_as_their_numbers():
    full, half = widths(bars([Bar("Maple", 40), Bar("Warm line", 20)], title="Sessions"))
    assert full == pytest.approx(2 * half, rel=0.01)


def test_bars_say_each_number_and_what_was_expected():
    svg = bars([Bar(HOSTILE, 3, 4), Bar("None yet", 0, 0)], title="Sessions")
    assert f"{HOSTILE}: 3 of 4; None yet: 0 of 0" in told(svg)
    assert len(widths(svg)) == 1


@given(st.lists(st.tuples(names, st.floats(-1e6, 1e6), st.one_of(st.none(), st.floats(0, 1e6))), max_size=6))
def test_no_bar_leaves_its_track(items):
    svg = bars([Bar(*item) for item in items], title="t")
    assert all(width <= 358.1 for width in widths(svg))


def test_two_drawings_on_a_page_do_not_share_ids():
    one = trend(["Q1", "Q2"], [], title="Formative", desc="a")
    two = trend(["Q1", "Q2"], [], title="Normative", desc="a")
    assert not set(re.findall(r'id="([^"]+)"', one)) & set(re.findall(r'id="([^"]+)"', two))
