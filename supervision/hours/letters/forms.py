"""The signature under a letter of hours."""

from __future__ import annotations

from typing import Any

from django import forms

from supervision.pages.forms import KeyField
from supervision.records.forms import SignedForm

from . import content


class SignLetterForm(SignedForm):
    """A signature of what was on the page, named by its mark."""

    key = KeyField()
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, intent=content.INTENT, **kwargs)
