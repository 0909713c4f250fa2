"""Forms of what is written about somebody's work. Forms clean; operations save."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.pages.forms import DateField, KeyField, LineField, PlainForm, TextField, VersionField
from supervision.people.models import User
from supervision.records.forms import SignedForm

from ..models import JobDescription, PerformanceNote
from . import content
from .operations import Written
from .parts import ABOUT, DATES, WORDS, Part, fields_of, parts_of

Kind = PerformanceNote.Kind
MOST = 8000
ROWS = {"facts": 6, "expectation": 4, "support": 4}
# What one begins with; a result begins on the page of its plan.
TO_START = (Kind.RECOGNITION, Kind.NOTE, Kind.PLAN)


class StartForm(PlainForm):
    """Which kind to write."""

    key = KeyField()
    kind = forms.ChoiceField(
        label=gettext_lazy("What do you want to write?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you want to write")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.value, f"{kind.label}. {ABOUT[kind]}") for kind in TO_START]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]


class WriteForm(PlainForm):
    """The parts that this kind has. Saved for `later` anything may be missing; to be read through it is complete."""

    version = VersionField()

    def __init__(
        self,
        *args: Any,
        note: PerformanceNote,
        versions: list[JobDescription],
        later: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = note.kind
        self.versions = {str(one.pk): one for one in versions}
        for part in parts_of(note.kind):
            if part.field == "description" and not versions:
                continue
            field = _field(part, versions)
            field.required = bool(part.missing) and not later
            if part.missing:
                field.show_optional = False  # type: ignore[attr-defined]
                field.error_messages["required"] = str(part.missing)
            self.fields[part.field] = field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end, review = (data.get(name) for name in DATES)
        if start and end and end < start:
            self.add_error("until_day", _("The last day comes after the first."))
        if start and review and review < start:
            self.add_error("review_on", _("You look at it again after it has begun."))
        return data

    def written(self) -> Written:
        data: dict[str, Any] = {
            name: self.cleaned_data.get(name) for name in fields_of(self.kind) if name in self.fields
        }
        if "description" in data:
            data["description"] = self.versions.get(str(data["description"]))
        return Written(**data)


def _field(part: Part, versions: list[JobDescription]) -> forms.Field:
    given: dict[str, Any] = {"label": part.heading, "help_text": part.hint, "required": False}
    if part.field in DATES:
        return DateField(**given)
    if part.field == "happened":
        return LineField(max_length=200, **given)
    if part.field == "description":
        choices = [("", _("Nowhere in particular"))]
        choices += [(str(one.pk), content.said_of_description(one)) for one in versions]
        return forms.ChoiceField(choices=choices, **given)
    if part.field == "outcome":
        return forms.ChoiceField(choices=PerformanceNote.Outcome.choices, widget=forms.RadioSelect, **given)
    assert part.field in WORDS  # noqa: S101
    return TextField(rows=ROWS[part.field], max_length=MOST, **given)


class SendForm(SignedForm):
    """The author signs what they wrote, and sends it to those whom the page names."""

    version = VersionField()
    reads = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, intent=content.AUTHOR_INTENT, **kwargs)

    def clean_reads(self) -> uuid.UUID | None:
        """Whom the page named. A forged one is nobody's id, and then the page is an old one."""
        sent = self.cleaned_data["reads"]
        try:
            return uuid.UUID(sent) if sent else None
        except ValueError:
            return uuid.UUID(int=0)


def first_send(note: PerformanceNote, beside: User | None) -> SendForm:
    """The form as it is first shown."""
    return SendForm(initial={"version": note.version, "reads": str(beside.pk) if beside else ""})
