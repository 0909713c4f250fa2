"""Boxes are drawn as Django's own templates draw them, whatever is in them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils import translation
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from supervision.pages.forms import DateInput, NumberInput, TimeInput
from supervision.pages.widgets import Renderer, plain_field, ticks

NASTY = "\"><script>alert('x')</script>&amp;"
ATTRS = {"id": "id_x", "class": f"a {NASTY}", "required": True, "disabled": False, "rows": 4, "data-x": None}
CHOICES = [
    ("", gettext_lazy("Everybody")),
    (1, 12345),
    (NASTY, NASTY),
    (mark_safe("<b>"), mark_safe("<b>as it is</b>")),
    (f"In {NASTY}", [("d", datetime.date(2026, 11, 28)), ("n", Decimal("1234.5")), (None, "None")]),
]
WIDGETS = [
    forms.TextInput(),
    NumberInput(),
    DateInput(),
    TimeInput(),
    forms.EmailInput(),
    forms.URLInput(),
    forms.PasswordInput(render_value=True),
    forms.HiddenInput(),
    forms.CheckboxInput(),
    forms.Textarea(),
    forms.Select(choices=CHOICES),
    forms.NullBooleanSelect(),
    forms.SelectMultiple(choices=CHOICES),
    forms.RadioSelect(choices=CHOICES),
    forms.FileInput(),
]
VALUES = [
    None,
    "",
    0,
    True,
    1,
    12345,
    NASTY,
    mark_safe("<i>"),
    gettext_lazy("Everybody"),
    datetime.date(2026, 1, 2),
]


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: type(widget).__name__)
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_box_is_drawn_as_its_template_would(widget: Any, language: str) -> None:
    with translation.override(language):
        for value in VALUES:
            for attrs in ({}, ATTRS):
                ours = widget.render(f"name{NASTY}", value, attrs, renderer=Renderer())
                assert ours == widget.render(f"name{NASTY}", value, attrs, renderer=DjangoTemplates())
                assert hasattr(ours, "__html__")


def test_a_choice_with_a_template_of_its_own_keeps_it() -> None:
    class Own(forms.Select):
        option_template_name = "django/forms/widgets/radio_option.html"

    drawn = Own(choices=CHOICES).render("name", 1, {}, renderer=Renderer())
    assert drawn == Own(choices=CHOICES).render("name", 1, {}, renderer=DjangoTemplates())


def test_every_form_draws_its_boxes_this_way() -> None:
    assert isinstance(get_default_renderer(), Renderer)


class Example(forms.Form):
    name = forms.CharField(
        label=NASTY, help_text=mark_safe("Your <em>own</em>"), widget=forms.TextInput({"class": "w-short"})
    )
    kind = forms.ChoiceField(choices=CHOICES[:2], required=False, help_text=NASTY)
    words = forms.CharField(widget=forms.Textarea, required=False)


def test_a_field_names_its_box_its_hint_and_what_is_wrong() -> None:
    form = Example({"name": ""})
    assert plain_field(form["name"]).split("\n") == [
        '<div id="div_id_name" class="mb-3 field-error">',
        f'<label for="id_name" class="form-label">{conditional_escape(NASTY)}</label>',
        '<div id="id_name_helptext" class="form-text">Your <em>own</em></div>',
        (
            '<div id="id_name_error" class="invalid-feedback"><span class="visually-hidden">Error: </span>'
            "This field is required. </div>"
        ),
        "",
        (
            '<input type="text" name="name" class="w-short textinput form-control is-invalid" required '
            'aria-invalid="true" aria-describedby="id_name_helptext id_name_error" id="id_name"></div>'
        ),
    ]
    assert ' <span class="optional">(optional)</span></label>' in plain_field(form["words"])
    assert 'class="select form-select"' in plain_field(form["kind"])
    assert f'class="form-text">{conditional_escape(NASTY)}</div>' in plain_field(
        form["kind"]
    )  # a name, for instance
    assert plain_field(form["kind"]) == plain_field(form["kind"])  # drawn twice, dressed once


@pytest.mark.parametrize("language", ["en", "es"])
def test_boxes_to_choose_from_show_what_was_chosen_and_stand_under_their_year(language: str) -> None:
    class Choosing(forms.Form):
        one = forms.ChoiceField(choices=[(NASTY, NASTY), (1, 12345)], widget=forms.RadioSelect)
        many = forms.MultipleChoiceField(
            choices=[(NASTY, [("a", "First"), ("b", NASTY)])], widget=forms.CheckboxSelectMultiple
        )

    nasty = conditional_escape(NASTY)
    with translation.override(language):
        form = Choosing({"one": NASTY, "many": ["b"]})
        assert ticks(form["one"]).split("\n") == [
            "<div>",
            (
                f'<div class="form-check"><input type="radio" class="form-check-input" name="one" value="{nasty}"'
                ' id="id_one_0" required checked><label for="id_one_0" class="form-check-label">'
                f"{nasty}</label></div>"
            ),
            (
                '<div class="form-check"><input type="radio" class="form-check-input" name="one" value="1"'
                ' id="id_one_1" required><label for="id_one_1" class="form-check-label">12345</label></div>'
            ),
            "</div>",
        ]
        under, first, others, _end = ticks(form["many"]).split("\n")
        assert under == f'<div><div role="group" aria-label="Many, {nasty}">'
        assert f'</div><details class="more" open><summary>{nasty}, ' in first
        assert 'value="b" id="id_many_0_1" checked' in others
        assert others.endswith(f"{nasty}</label></div></details></div>")
        assert '<details class="more"><summary>' in ticks(Choosing()["many"])
