"""Editable rows: nothing typed is lost, whatever the browser, or somebody else, says about the list."""

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st

from supervision.pages.forms import DateField, LineField, PlainForm, Rows, errors_of, row_button_pressed

FEW = 5


class StepForm(PlainForm):
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    what = LineField(label="What")
    who = forms.ChoiceField(label="Who", choices=[("k", "Kit"), ("d", "Dana")])
    by = DateField(label="By when", required=False)


class Steps(Rows):
    form_class = StepForm
    prefix = "steps"
    one = "next step"
    max_rows = FEW


def sent(*rows: dict[str, str], total: object = None, **more: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data["steps-TOTAL_FORMS"] = str(len(rows) if total is None else total)
    for number, row in enumerate(rows):
        for name, value in row.items():
            data[f"steps-{number}-{name}"] = value
    data.update(more)
    return data


def step(what: str = "", who: str = "k", by: str = "", **more: str) -> dict[str, str]:
    return {"what": what, "who": who, "by": by, **more}


def html_of(rows: Rows) -> str:
    source = '{% include "components/rows.html" with rows=rows look="steps" add_label="Add a step" %}'
    return Template(source).render(Context({"rows": rows}))


def said(rows: Rows) -> list[str]:
    return [str(error.text) for error in errors_of(rows)]


def test_rows_come_back_cleaned_in_the_order_shown():
    rows = Steps(sent(step("Call Priya"), step("Write it up", "d", "2026-12-02")))
    assert rows.is_valid(), said(rows)
    assert [(row["what"], row["who"]) for row in rows.cleaned_rows] == [
        ("Call Priya", "k"),
        ("Write it up", "d"),
    ]


def test_an_empty_row_is_dropped_though_its_choice_has_a_value():
    rows = Steps(sent(step(), step("Call Priya"), step("  ")))
    assert rows.is_valid(), said(rows)
    assert len(rows.cleaned_rows) == 1


def test_a_row_with_only_a_choice_made_is_not_dropped_in_silence():
    rows = Steps(sent(step(who="d")))
    assert not rows.is_valid()
    assert said(rows) == ["Next step 1: Fill in “What”"]


def test_an_existing_row_that_was_emptied_is_asked_about_instead_of_deleted():
    rows = Steps(sent(step(id="7")))
    assert said(rows) == ["Next step 1: Fill in “What”"]


def test_a_row_equal_to_what_was_there_before_is_kept():
    before = {"what": "Call Priya", "who": "k"}
    rows = Steps(sent(step("Call Priya")), initial=[before])
    assert rows.is_valid()
    assert rows.cleaned_rows[0]["what"] == "Call Priya"


def test_a_removed_row_counts_for_nothing_and_can_be_put_back():
    rows = Steps(sent(step("Call Priya", id="7", DELETE="on"), step("Write it up")))
    assert rows.is_valid()
    assert [row["what"] for row in rows.cleaned_rows] == ["Write it up"]
    assert [row["id"] for row in rows.removed_rows] == [7]
    html = html_of(rows)
    assert "Call Priya" in html
    assert 'name="restore" value="steps-0"' in html


def test_a_removed_row_is_not_checked():
    rows = Steps(sent(step("", id="7", by="not a date", DELETE="on")))
    assert rows.is_valid(), said(rows)
    assert rows.cleaned_rows == []


def test_a_row_that_did_not_arrive_is_an_error_and_the_others_stay():
    data = sent(step("One"), step("Two"), step("Three"))
    for name in list(data):
        if name.startswith("steps-1-"):
            del data[name]
    rows = Steps(data)
    assert not rows.is_valid()
    assert "did not arrive" in said(rows)[0]
    html = html_of(rows)
    assert "One" in html
    assert "Three" in html


@pytest.mark.parametrize("total", ["", "x", "-1", "1.5", "٣", "9" * 400, "3", "999999999", "\x00", "0x2"])
def test_a_forged_count_is_an_error_and_everything_typed_stays(total):
    rows = Steps(sent(step("One"), step("Two"), total=total))
    assert not rows.is_valid()
    assert "did not arrive" in said(rows)[0]
    assert [row["what"].value() for row in rows] == ["One", "Two"]
    assert rows.total == 2


def test_a_missing_count_is_an_error():
    data = sent(step("One"))
    del data["steps-TOTAL_FORMS"]
    assert not Steps(data).is_valid()


def test_more_rows_than_the_count_are_kept():
    rows = Steps(sent(step("One"), step("Two"), total=1))
    assert rows.is_valid()
    assert len(rows.cleaned_rows) == 2


def test_too_many_rows_are_refused_with_all_words_kept():
    rows = Steps(sent(*[step(f"Step {n}") for n in range(FEW + 2)]))
    assert not rows.is_valid()
    assert "room for 5" in said(rows)[0]
    assert len(rows.forms) == FEW + 2


def test_at_least_some_rows_can_be_asked_for():
    class Needed(Steps):
        min_rows = 1
        min_message = "Add at least one next step"

    assert said(Needed(sent(step()))) == ["Add at least one next step"]


def pressed(data: QueryDict) -> Steps:
    rows = Steps(data)
    request = RequestFactory().post("/", data)
    assert row_button_pressed(request, rows)
    return rows


def test_add_without_script_gives_one_more_row_with_focus_and_no_complaints():
    rows = pressed(sent(step("", by="soon"), add="steps"))
    assert rows.total == 2
    assert said(rows) == []
    html = html_of(rows)
    assert 'value="soon"' in html
    assert html.count("autofocus") == 1
    assert "Error" not in html


def test_add_for_another_list_leaves_this_one_alone():
    assert Steps(sent(step("One"), add="agenda")).button == ""


def test_add_at_the_limit_says_so():
    rows = Steps(sent(*[step(f"Step {n}") for n in range(FEW)], add="steps"))
    rows.unchecked()
    assert rows.total == FEW
    assert "room for 5" in html_of(rows)


def test_remove_and_put_back_without_script():
    rows = pressed(sent(step("One"), step("Two"), remove="steps-1"))
    assert [row.removed for row in rows] == [False, True]
    again = pressed(sent(step("One"), step("Two", DELETE="on"), restore="steps-1"))
    assert [row.removed for row in again] == [False, False]
    assert again.forms[1]["what"].value() == "Two"


def test_removing_an_empty_row_just_takes_it_away():
    assert pressed(sent(step("One"), step(), remove="steps-1")).total == 1


def test_an_empty_page_offers_a_blank_row_and_a_filled_one_does_not():
    assert Steps().total == 1
    assert Steps(initial=[{"what": "One", "who": "k"}]).total == 1
    assert not Steps().is_valid()


def test_the_row_for_script_has_placeholders_only():
    html = html_of(Steps())
    template = html[html.index("<template>") : html.index("</template>")]
    assert 'name="steps-__prefix__-what"' in template
    assert "next step __number__" in template.lower()


def test_hostile_words_reach_the_page_as_text():
    html = html_of(Steps(sent(step('"><script>alert(1)</script>'))))
    assert "<script>" not in html


row_names = st.sampled_from(["what", "who", "by", "id", "DELETE", "just_pressed", "x-y", "0-what", ""])
numbers = st.one_of(
    st.integers(min_value=-2, max_value=9).map(str),
    st.sampled_from(["999999999", "9" * 40, "01", "1 ", "__prefix__", "１", "", "1-1", "\x00"]),
)
keys = st.one_of(
    st.builds(lambda number, name: f"steps-{number}-{name}", numbers, row_names),
    st.sampled_from(
        [
            "steps-TOTAL_FORMS",
            "steps-INITIAL_FORMS",
            "steps-MAX_NUM_FORMS",
            "steps",
            "add",
            "remove",
            "restore",
        ]
    ),
    st.text(max_size=12),
)
values = st.lists(
    st.one_of(
        st.text(max_size=20),
        numbers,
        st.sampled_from(["steps", "steps-0", "steps-9", "on", "k", "Call Priya"]),
    ),
    max_size=3,
)


@given(st.dictionaries(keys, values, max_size=25))
def test_no_forged_post_breaks_the_rows_or_loses_what_was_typed(posted):
    data = QueryDict(mutable=True)
    data.update(MultiValueDict(posted))
    rows = Steps(data)
    valid = rows.is_valid()
    errors = said(rows)
    assert valid == (not errors)
    assert len(rows.cleaned_rows) <= len(data)
    html = html_of(rows)
    for number in range(10):
        typed = data.get(f"steps-{number}-what", "").strip()
        if typed and "\x00" not in typed and data.get(f"steps-{number}-what") is not None:
            assert any((row["what"].value() or "").strip() == typed for row in rows)
    assert "__prefix__" in html


@given(st.lists(st.text(alphabet="abc \n", max_size=5), max_size=FEW - 1), st.data())
def test_what_a_page_shows_can_be_sent_again_unchanged(texts, data):
    """Send, press any button, send what is then on the page: no row appears, vanishes or moves by itself."""
    removed = data.draw(st.one_of(st.none(), st.integers(0, len(texts))))
    button = {} if removed is None else {"remove": f"steps-{removed}"}
    if removed == len(texts):
        button = {"add": "steps"}
    shown = Steps(sent(*[step(text) for text in texts], **button))
    again = Steps(
        sent(
            *[
                step(row["what"].value() or "", row["who"].value() or "k", DELETE="on" if row.removed else "")
                for row in shown.forms
            ]
        )
    )
    assert again.is_valid(), said(again)
    expected = [
        " ".join(text.split("\n")).strip() for n, text in enumerate(texts) if n != removed and text.strip()
    ]
    assert [row["what"] for row in again.cleaned_rows] == expected
