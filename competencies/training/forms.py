"""Forms of the training log. They clean; operations save."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from supervision.pages.forms import (
    DateField,
    KeyField,
    LineField,
    NumberInput,
    PlainForm,
    TextField,
    VersionField,
)
from supervision.people.models import Credential
from supervision.records.errors import Invalid

from . import files, policy
from .areas import Area, key_of
from .models import TrainingEntry
from .operations import Written


class HoursField(forms.CharField):
    """Hours in quarters, typed as 1.5 or 1,5; gives minutes."""

    default_error_messages = {
        "invalid": gettext_lazy("Enter the hours in quarters, such as 1.5, between 0.25 and 400"),
        "required": gettext_lazy("Enter how many hours it took, such as 1.5"),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", NumberInput(attrs={"inputmode": "decimal", "step": "0.25", "class": "w-short"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int:
        text = str(super().clean(value)).strip().replace(",", ".")
        if not re.fullmatch(r"[0-9]{1,3}([.][0-9]{1,2})?", text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        whole, _dot, part = text.partition(".")
        hundredths = int(whole) * 100 + int(part.ljust(2, "0") if part else 0)
        if hundredths * 60 % 100:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return hundredths * 60 // 100

    @staticmethod
    def shown(minutes: int) -> str:
        """What the box shows for so many minutes."""
        return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


class EntryForm(PlainForm):
    """One piece of learning, new or kept (E formative 5). The areas are for those who supervise (D 2.131)."""

    version = VersionField()
    key = KeyField()
    title = LineField(
        label=gettext_lazy("What it was"),
        max_length=160,
        help_text=gettext_lazy("Such as “Trauma-informed peer support, day one”. Leave out names of people."),
        error_messages={"required": gettext_lazy("Say what it was")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind"),
        choices=[("", gettext_lazy("Choose one")), *TrainingEntry.Kind.choices],
        error_messages={"required": gettext_lazy("Choose what kind it was")},
    )
    provider = LineField(label=gettext_lazy("Who offered it"), max_length=160, required=False)
    day = DateField(
        label=gettext_lazy("Day, or the first of several"),
        error_messages={"required": gettext_lazy("Enter the day it took place")},
    )
    until = DateField(label=gettext_lazy("Last day, if there were several"), required=False)
    hours = HoursField(label=gettext_lazy("Hours"), help_text=gettext_lazy("In quarters, such as 1.5."))
    areas = forms.MultipleChoiceField(
        label=gettext_lazy("Training areas of supervisors that it covers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": gettext_lazy("Choose from the areas listed. They may have changed meanwhile.")
        },
    )
    took = TextField(
        label=gettext_lazy("What I take from it"),
        required=False,
        rows=5,
        max_length=8000,
        help_text=gettext_lazy("Only you can see this, also when others see the rest."),
    )

    def __init__(self, *args: Any, areas: Iterable[Area] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if areas is None:
            del self.fields["areas"]
        else:
            field: Any = self.fields["areas"]
            field.choices = [(area.key, area.label) for area in areas]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, until, minutes = data.get("day"), data.get("until"), data.get("hours")
        if day is not None and "until" in data:
            try:
                policy.check_days(day, until)
                if minutes is not None:
                    policy.check_minutes(minutes, day, until)
            except Invalid as refusal:
                self.add_error(refusal.field, refusal.message)
        return data

    def written(self) -> Written:
        data = self.cleaned_data
        return Written(
            title=data["title"],
            kind=data["kind"],
            provider=data["provider"],
            day=data["day"],
            until=data["until"],
            minutes=data["hours"],
            took=data["took"],
            areas=frozenset(data["areas"]) if "areas" in self.fields else None,
        )


def initial_of(entry: TrainingEntry, areas: Iterable[Area] | None) -> dict[str, Any]:
    """What the form of a kept entry begins with."""
    covered = {key_of(row) for row in entry.areas.all()}
    return {
        **{
            name: getattr(entry, name)
            for name in ("version", "title", "kind", "provider", "day", "until", "took")
        },
        "hours": HoursField.shown(entry.minutes),
        "areas": [area.key for area in areas or () if area.key in covered],
    }


class OwnCredentialForm(PlainForm):
    """A credential that somebody keeps themself, new, renewed or kept."""

    version = VersionField()
    key = KeyField()
    name = LineField(
        label=gettext_lazy("Credential"),
        max_length=120,
        help_text=gettext_lazy("Such as certified peer specialist."),
        error_messages={"required": gettext_lazy("Say which credential it is")},
    )
    issuer = LineField(label=gettext_lazy("Issued by"), max_length=120, required=False)
    number = LineField(
        label=gettext_lazy("Number"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Only you see it."),
    )
    issued_on = DateField(label=gettext_lazy("Issued on"), required=False)
    expires_on = DateField(
        label=gettext_lazy("Expires on"),
        required=False,
        help_text=gettext_lazy("60 days before, it comes up on your home page. Leave it empty if it stays."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            policy.check_expiry(data.get("issued_on"), data.get("expires_on"))
        except Invalid as refusal:
            self.add_error(refusal.field, refusal.message)
        return data

    FACTS = ("name", "issuer", "number", "issued_on", "expires_on")

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.FACTS}

    @classmethod
    def initial_of(cls, credential: Credential) -> dict[str, Any]:
        return {name: getattr(credential, name) for name in ("version", *cls.FACTS)}


class EvidenceForm(PlainForm):
    """One file. What it is, is told by its content."""

    key = KeyField()
    file = forms.FileField(
        label=gettext_lazy("A file that shows it"),
        help_text=gettext_lazy("PDF, PNG or JPEG, up to 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg"}),
        error_messages={
            "required": gettext_lazy("Choose a file"),
            "empty": gettext_lazy("This file is empty. Choose another one."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > files.LARGEST_BYTES:
            raise ValidationError(files.too_large().message)
        return file


class LogFilter(PlainForm):
    """Which entries to show. It lives in the address, so that a filtered list can be kept."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("All kinds")), *TrainingEntry.Kind.choices],
    )
    year = forms.ChoiceField(label=gettext_lazy("Year"), required=False)
    first = DateField(label=gettext_lazy("From"), required=False)
    last = DateField(label=gettext_lazy("Until"), required=False)

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["year"]
        field.choices = [("", gettext_lazy("All years")), *((str(year), str(year)) for year in years)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", gettext_lazy("Enter a day that is not before the first"))
        return data

    @property
    def days(self) -> tuple[datetime.date | None, datetime.date | None]:
        return self.cleaned_data.get("first"), self.cleaned_data.get("last")
