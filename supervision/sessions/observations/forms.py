"""Forms of observations. Forms clean; operations save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from supervision.pages.forms import DateField, KeyField, LineField, PlainForm, TextField, VersionField
from supervision.records.errors import Invalid
from supervision.records.forms import SignedForm

from . import content, policy
from .models import Observation
from .operations import Plan, Written

GROWTH_LIMIT = 1000  # one point, not a list


class PlanForm(PlainForm):
    """What the two agree on beforehand (D 2.120; E normative: evaluated together with the worker)."""

    key = KeyField()
    version = VersionField()
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of observation"),
        choices=Observation.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what kind of observation it is")},
    )
    day = DateField(label=gettext_lazy("Date"), error_messages={"required": gettext_lazy("Enter a date")})
    setting = LineField(
        label=gettext_lazy("Where, and in what kind of work"),
        max_length=300,
        help_text=gettext_lazy(
            "Such as “The Tuesday group” or “An intake talk”. No names of people being supported."
        ),
        error_messages={"required": gettext_lazy("Say where, and in what kind of work")},
    )
    look_for = TextField(
        label=gettext_lazy("What to look for"),
        rows=5,
        max_length=4000,
        help_text=gettext_lazy("Either of you can put it differently until it takes place."),
        error_messages={"required": gettext_lazy("Say what to look for")},
    )

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        try:
            policy.check_day_ahead(day)
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return day

    def plan(self) -> Plan:
        data = self.cleaned_data
        return Plan(data["kind"], data["day"], data["setting"], data["look_for"])


class WriteForm(PlainForm):
    """What was seen. Saved for `later` anything may be missing; to be sent it is complete."""

    version = VersionField()
    held_on = DateField(
        label=gettext_lazy("When it took place"),
        required=False,
        error_messages={"required": gettext_lazy("Enter the day it took place")},
    )
    recording_agreed = forms.BooleanField(
        label=gettext_lazy("Yes: the person supported agreed that we look at this recording"),
        required=False,
        help_text=gettext_lazy(
            "Without their yes it can’t be looked at. The recording itself is never kept here."
        ),
        error_messages={
            "required": gettext_lazy(
                "A recording is looked at only if the person supported agreed. Say that they did."
            )
        },
    )
    strengths = TextField(
        label=gettext_lazy("Strengths you saw"),
        required=False,
        rows=6,
        help_text=gettext_lazy("What was said or done, and what it made possible."),
        error_messages={"required": gettext_lazy("Say at least one strength that you saw")},
    )
    growth = TextField(
        label=gettext_lazy("One growth point"),
        required=False,
        rows=3,
        max_length=GROWTH_LIMIT,
        help_text=gettext_lazy("One, small enough to try before you meet again."),
        error_messages={"required": gettext_lazy("Name one growth point")},
    )

    def __init__(self, *args: Any, observation: Observation, later: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.observation = observation
        if observation.kind != Observation.Kind.RECORDING:
            del self.fields["recording_agreed"]
        for name in ("held_on", "recording_agreed", "strengths", "growth"):
            if name in self.fields:
                self.fields[name].required = not later
                self.fields[name].show_optional = False  # type: ignore[attr-defined]

    def clean_held_on(self) -> Any:
        day = self.cleaned_data["held_on"]
        if day is not None:
            try:
                policy.check_held_on(self.observation, day)
            except Invalid as refusal:
                raise forms.ValidationError(refusal.message) from refusal
        return day

    def written(self) -> Written:
        data = self.cleaned_data
        return Written(
            held_on=data["held_on"],
            strengths=data["strengths"],
            growth=data["growth"],
            recording_agreed=bool(data.get("recording_agreed")),
        )


class SendForm(SignedForm):
    """The supervisor signs what they wrote, and sends it."""

    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, intent=content.INTENT, **kwargs)


class DeclinePlanForm(PlainForm):
    """No to a proposal, with the reason."""

    version = VersionField()
    reason = TextField(
        label=gettext_lazy("Why not, or not now"),
        rows=3,
        max_length=2000,
        error_messages={"required": gettext_lazy("Say why, in your own words. The two of you read it.")},
    )
