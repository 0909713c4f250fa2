"""Fields say in plain words what to do, and nothing typed is lost or cut off in silence."""

import datetime

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import example, given
from hypothesis import strategies as st

from supervision.pages.forms import (
    DateField,
    LineField,
    MinutesField,
    PlainForm,
    TextField,
    TimeField,
    VersionField,
    YesNoField,
    all_valid,
    errors_of,
    make_plain,
)


def problem(field: forms.Field, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    return str(caught.value.messages[0])


def test_words_keep_their_lines_and_lose_only_what_a_keyboard_cannot_type():
    assert (
        TextField().clean("One\r\nTwo\rThree\x0bFour\u2028Five\tsix ") == "One\nTwo\nThree\nFour\nFive\tsix"
    )


def test_one_line_stays_one_line():
    assert LineField().clean("Maple\r\nStreet") == "Maple Street"


@pytest.mark.parametrize("field", [TextField(), LineField()])
@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "a\x7f", "\ud800"])
def test_characters_that_cannot_be_printed_are_refused_in_words(field, text):
    assert "can’t be shown or printed" in problem(field, text)


@pytest.mark.parametrize("text", ["🌱 good week", "مرحبا يا ليلى", "e\u0301", "日本語", "\u200f\u202bשלום"])
def test_every_script_and_emoji_is_welcome(text):
    assert TextField().clean(text) == text


@pytest.mark.parametrize("text", ["Marisol \u202egeV", "\u202dDana", "Dana\ufeff"])
def test_a_name_that_would_be_shown_in_another_order_is_refused(text):
    assert "can’t be shown or printed" in problem(LineField(), text)


@pytest.mark.parametrize("text", ["نور الهاشمي", "\u200fשלום\u200f", "क्\u200dष", "\u2067שלום\u2069"])
def test_a_name_in_any_script_with_its_joiners_and_marks_is_welcome(text):
    assert LineField().clean(text) == text


def test_too_much_text_says_by_how_much_and_does_not_cut_while_typing():
    assert problem(TextField(), "x" * 20_003) == "Shorten this by 3 characters. There is room for 20,000."
    assert problem(LineField(max_length=3), "four") == "Shorten this by 1 character. There is room for 3."
    assert "maxlength" not in TextField().widget.attrs
    assert TextField().clean("x" * 20_000) == "x" * 20_000


def test_a_line_break_counts_once_however_the_browser_sends_it():
    assert TextField(max_length=3).clean("a\r\nb") == "a\nb"


@pytest.mark.parametrize("typed", ["2026-11-24", "11/24/2026"])
def test_dates_are_read_picked_or_typed(typed):
    assert DateField().clean(typed) == datetime.date(2026, 11, 24)


@pytest.mark.parametrize("typed", ["2026-02-31", "yesterday", "٢٠٢٦", "24.11.2026", "x" * 5000])
def test_a_date_that_does_not_exist_is_named(typed):
    assert problem(DateField(), typed) == "Enter a date that exists, such as 11/24/2026"


@pytest.mark.parametrize("typed", ["0001-01-01", "9999-12-31"])
def test_dates_at_the_end_of_time_are_refused(typed):
    assert problem(DateField(), typed) == "Enter a date between 1900 and 2199"


@pytest.mark.parametrize(("typed", "hour"), [("14:00", 14), ("2:00 pm", 14), ("2pm", 14), ("09:30:00", 9)])
def test_times_are_read_as_people_type_them(typed, hour):
    assert TimeField().clean(typed).hour == hour


@pytest.mark.parametrize("typed", ["0", "601", "-5"])
def test_minutes_have_bounds(typed):
    assert problem(MinutesField(), typed) == "Enter a number of minutes between 1 and 600"


@pytest.mark.parametrize("typed", ["an hour", "1e3", "9" * 5000, "6.5"])
def test_minutes_are_whole_numbers(typed):
    with pytest.raises(ValidationError):
        MinutesField().clean(typed)


@pytest.mark.parametrize(
    ("field", "typed"), [(DateField(), "2026-02-31"), (TimeField(), "25:99"), (MinutesField(), "an hour")]
)
def test_what_a_browser_could_not_show_in_its_picker_is_shown_as_text(field, typed):
    html = field.widget.render("when", typed)
    assert 'type="text"' in html
    assert typed in html


def test_a_good_date_is_shown_in_the_picker():
    assert 'type="date" name="when" value="2026-11-24"' in DateField().widget.render(
        "when", datetime.date(2026, 11, 24)
    )
    assert 'type="time" name="at" value="14:05"' in TimeField().widget.render("at", datetime.time(14, 5))


@given(st.one_of(st.none(), st.text(), st.integers().map(str)))
@example("3.")
@example("٣")
def test_a_version_that_is_missing_or_forged_counts_as_an_old_one(sent):
    version = VersionField().clean(sent)
    assert version == VersionField.STALE or (sent is not None and version == int(sent) >= 0)


class Visit(PlainForm):
    version = VersionField()
    on = DateField(label="Date", error_messages={"required": "Enter the date you met"})
    mode = forms.ChoiceField(label="How did you meet?", choices=[("p", "In person"), ("v", "Video")])
    limits = YesNoField(label="Did a limit come up?")
    told = forms.BooleanField(label="I told Kit")
    notes = TextField(label="Main points")
    more = TextField(label="More", required=False)


def sent(**values: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(values)
    return data


def test_what_is_missing_is_said_in_plain_words():
    assert [str(error.text) for error in errors_of(Visit(sent(version="1")))] == [
        "Enter the date you met",
        "Choose an answer for “How did you meet?”",
        "Choose an answer for “Did a limit come up?”",
        "Tick “I told Kit” to go on",
        "Fill in “Main points”",
    ]


def test_the_summary_leads_to_the_control_itself():
    targets = {error.target for error in errors_of(Visit(sent()))}
    assert targets == {"id_on", "id_mode", "id_limits_0", "id_told", "id_notes"}


def test_a_forged_choice_is_refused_without_repeating_it():
    form = Visit(sent(mode="<script>"))
    assert form.errors["mode"] == ["Choose one of the answers listed for “How did you meet?”"]


def test_the_browser_is_not_asked_to_check():
    assert "required" not in str(Visit()["notes"])


def test_yes_and_no_become_true_and_false():
    good = sent(version="2", on="2026-11-24", mode="p", limits="no", told="on", notes="x")
    form = Visit(good)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["limits"] is False
    assert 'value="yes"' in str(Visit(initial={"limits": True})["limits"])
    assert "checked" in str(Visit(initial={"limits": False})["limits"])


def test_every_form_is_checked_even_when_the_first_fails():
    first, second = Visit(sent()), Visit(sent())
    assert not all_valid(first, second)
    assert second._errors


class FromElsewhere(forms.Form):
    login = forms.CharField(label="Login", widget=forms.TextInput(attrs={"placeholder": "Login"}))
    code = forms.CharField(label="Code")

    def clean_code(self) -> None:
        raise ValidationError("Incorrect code.", code="incorrect_code")


def test_a_form_written_elsewhere_speaks_our_words_even_after_it_was_checked():
    form = FromElsewhere(sent(code="1"))
    assert not form.is_valid()
    plain = make_plain(form)
    assert plain["login"].label == "E-mail address"
    assert plain.errors["login"] == ["Fill in “E-mail address”"]
    assert "did not match" in plain.errors["code"][0]
    assert "placeholder" not in str(plain["login"])
