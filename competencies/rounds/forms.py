"""Forms of rounds. They clean; operations save. What people mark is asked with the form of `competencies.rating`."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from supervision.pages.forms import DateField, KeyField, PlainForm, TextField, VersionField
from supervision.records.errors import Invalid

from ..library.models import FrameworkVersion
from ..library.shape import Content
from ..rating.forms import RatingForm
from . import policy, sheets


class OpenForm(PlainForm):
    """Until when, with which framework. `reads` stands for who would be asked, as the page names them now."""

    key = KeyField()
    reads = forms.CharField(widget=forms.HiddenInput, required=False)
    framework = forms.ChoiceField(label=gettext_lazy("What people are asked about"), widget=forms.RadioSelect)
    last_day = DateField(
        label=gettext_lazy("The last day to answer"),
        help_text=gettext_lazy("It closes at the end of that day, never earlier, and is not made longer."),
        error_messages={"required": gettext_lazy("Choose the last day to answer")},
    )

    def __init__(
        self, *args: Any, versions: Iterable[FrameworkVersion], today: datetime.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.by_value = {str(one.pk): one for one in versions}
        field: Any = self.fields["framework"]
        field.choices = [(value, one.title) for value, one in self.by_value.items()]
        if len(self.by_value) == 1:
            field.initial = next(iter(self.by_value))

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        try:
            policy.check_last_day(day, self.today)
        except Invalid as refusal:
            raise ValidationError(refusal.message) from refusal
        return day

    @property
    def version(self) -> FrameworkVersion:
        return self.by_value[self.cleaned_data["framework"]]


class SheetForm(RatingForm):
    """One's marks, without words. `version` is how often they were sent before."""

    version = VersionField()

    def __init__(self, data: Mapping[str, Any] | None = None, *, content: Content, **kwargs: Any) -> None:
        kwargs = {"with_words": False, **kwargs}
        super().__init__(data, content=content, domains=sheets.domains_of(content), **kwargs)


class NamedForm(PlainForm):
    key = KeyField()
    text = TextField(
        label=gettext_lazy("How I see the supervision I get"),
        rows=8,
        max_length=4000,
        help_text=gettext_lazy(
            "What helps, what is missing, what you would like to be different. Leave out names of people being supported."
        ),
        error_messages={"required": gettext_lazy("Write something first")},
    )
