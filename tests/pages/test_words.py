"""Dates, times, names and lengths read as people say them."""

import datetime
import zoneinfo

import pytest
from django.template import Context, Template
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from supervision.pages import words

THIS_YEAR = timezone.localdate().year


def in_this_year(month: int, day: int) -> datetime.date:
    return datetime.date(THIS_YEAR, month, day)


def test_a_day_of_this_year_is_said_without_the_year():
    date = in_this_year(11, 24)
    assert words.day(date) == f"{date:%A}, November 24"
    assert words.short_day(date) == "Nov 24"


def test_a_day_of_another_year_is_said_with_it():
    assert words.day(datetime.date(2020, 2, 3)) == "Monday, February 3, 2020"
    assert words.short_day(datetime.date(2020, 2, 3)) == "Feb 3, 2020"
    assert words.month(datetime.date(2020, 2, 3)) == "February 2020"


def test_what_is_signed_always_has_its_year():
    assert words.full_day(in_this_year(11, 24)).endswith(f", November 24, {THIS_YEAR}")


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ((0, 0), "12:00 am"),
        ((9, 5), "9:05 am"),
        ((12, 0), "12:00 pm"),
        ((14, 0), "2:00 pm"),
        ((23, 59), "11:59 pm"),
    ],
)
def test_times_are_said_on_a_twelve_hour_clock(time, said):
    assert words.clock(datetime.time(*time)) == said


def test_a_moment_is_said_where_the_reader_is():
    late = datetime.datetime(2020, 3, 1, 2, 30, tzinfo=datetime.UTC)
    with timezone.override(zoneinfo.ZoneInfo("America/New_York")):
        assert words.full_day(late) == "Saturday, February 29, 2020"
        assert words.clock(late) == "9:30 pm"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Dana Whitfield", "DW"),
        ("Maria del Carmen Ruiz", "MR"),
        ("Prince", "P"),
        ("  ", ""),
        ("ליאת כהן", "לכ"),
        ("'Iolani Kahale", "IK"),
        ("Zoë (she) Ångström", "ZÅ"),
    ],
)
def test_initials(name, letters):
    assert words.initials(name) == letters


@given(st.text(max_size=80))
def test_initials_never_fail_on_any_name(name):
    assert len(words.initials(name)) <= 6


def test_names_are_joined_as_in_a_sentence():
    assert words.join_names([]) == ""
    assert words.join_names(["Amina"]) == "Amina"
    assert words.join_names(["Amina", "Joe"]) == "Amina and Joe"
    assert words.join_names(["Amina", "Joe", "Kit"]) == "Amina, Joe and Kit"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 minutes"),
        (1, "1 minute"),
        (45, "45 minutes"),
        (60, "1 hour"),
        (61, "1 hour 1 minute"),
        (150, "2 hours 30 minutes"),
    ],
)
def test_lengths(minutes, said):
    assert words.minutes_words(minutes) == said


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_filters_give_nothing_for_nothing():
    names = "day short_day full_day month clock day_time full_day_time initials minutes_words join_names iso words"
    for name in names.split():
        assert render("{{ value|" + name + " }}", value=None) == "", name


def test_what_people_write_keeps_its_lines_and_reaches_the_page_as_text():
    html = render("{{ value|words }}", value="One\nTwo\n\n<script>alert(1)</script> {{ user }}")
    assert html == "<p>One<br>Two</p>\n\n<p>&lt;script&gt;alert(1)&lt;/script&gt; {{ user }}</p>"


def test_names_from_people_are_escaped_by_the_filters():
    assert render("{{ value|join_names }}", value=["<b>", "Kit"]) == "&lt;b&gt; and Kit"
    assert render("{{ value|initials }}", value="<b> &x") == "BX"


def test_an_icon_is_hidden_from_readers_and_an_unknown_one_is_refused():
    assert 'aria-hidden="true"' in render("{% icon 'pen' %}")
    with pytest.raises(KeyError):
        render("{% icon 'nonsense' %}")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36 Edg/156.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.0", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_as_its_owner_would(said, shown):
    assert words.browser(said) == shown
