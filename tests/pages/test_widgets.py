"""Boxes are drawn as Django's own templates draw them, whatever is in them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from supervision.pages.forms import DateInput, NumberInput, TimeInput
from supervision.pages.widgets import Renderer

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
