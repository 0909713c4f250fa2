"""Forms of sessions but the record itself, which has a module of its own. Forms clean; operations save."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.pages import words
from supervision.pages.forms import (
    DateField,
    KeyField,
    LineField,
    MinutesField,
    PlainForm,
    TextField,
    TimeField,
    VersionField,
)
from supervision.people.models import Arrangement
from supervision.records import forms as records
from supervision.records.errors import Invalid

from . import content, local_time, policy, recurrence, series
from .models import AgendaItem, Session


class WhenForm(PlainForm):
    """When, for how long, how and where to meet. `cleaned_data["starts_at"]` is the moment."""

    date = DateField(label=gettext_lazy("Date"), error_messages={"required": gettext_lazy("Enter a date")})
    start = TimeField(
        label=gettext_lazy("Start time"), error_messages={"required": gettext_lazy("Enter a start time")}
    )
    minutes = MinutesField(
        label=gettext_lazy("Minutes"),
        max_value=720,
        error_messages={"required": gettext_lazy("Enter the minutes")},
    )
    modality = forms.ChoiceField(
        label=gettext_lazy("How will you meet?"), choices=Session.Modality.choices, widget=forms.RadioSelect
    )
    place = LineField(
        label=gettext_lazy("Place or link"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Only those who take part see this."),
    )

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("date") and data.get("start"):
            try:
                data["starts_at"] = local_time.moment(data["date"], data["start"], self.zone)
                self._check_is_ahead(data["starts_at"])
            except Invalid as refusal:
                self.add_error(refusal.field, refusal.message)
        return data

    def _check_is_ahead(self, moment: datetime.datetime) -> None:
        if moment < timezone.now() - datetime.timedelta(minutes=15):
            self.add_error(
                "date", _("This time has passed. To write up a session that took place, log it instead.")
            )
        policy.check_is_near(moment)


class PlanForm(WhenForm):
    key = KeyField()


class SeriesForm(WhenForm):
    """A rhythm: from a first day on, every so often, until a last day."""

    key = KeyField()
    every = forms.ChoiceField(label=gettext_lazy("How often"), choices=recurrence.EVERY)
    until = DateField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("At most a year ahead."),
        error_messages={"required": gettext_lazy("Enter the last day")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].label = _("First day")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, until = data.get("date"), data.get("until")
        if first and until and data.get("every"):
            data["days"] = self._days(first, until, data["every"])
        return data

    def _days(self, first: datetime.date, until: datetime.date, every: str) -> list[datetime.date]:
        if until < first:
            self.add_error("until", _("The last day comes after the first."))
        elif until > first + datetime.timedelta(days=366):
            self.add_error("until", _("Enter a day within a year of the first."))
        else:
            return list(recurrence.days(first, until, every))
        return []


class DaysForm(PlainForm):
    """Which days of the rhythm are meant. Those with something against them are not ticked."""

    days = forms.MultipleChoiceField(
        label=gettext_lazy("On these days"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Tick at least one day"),
            "invalid_choice": gettext_lazy("The days have changed. Look at them again."),
        },
    )

    def __init__(self, data: Any = None, *, listed: list[series.Day], **kwargs: Any) -> None:
        kwargs["initial"] = {"days": [one.day.isoformat() for one in listed if one.starts_at and not one.why]}
        super().__init__(data, **kwargs)
        self.listed = {one.day.isoformat(): one for one in listed if one.starts_at}
        self.fields["days"].choices = [  # type: ignore[attr-defined]
            (key, self._label(one)) for key, one in self.listed.items()
        ]

    def _label(self, one: series.Day) -> str:
        day = words.full_day(one.day)
        return _("%(day)s. %(why)s.") % {"day": day, "why": one.why} if one.why else day

    def moments(self) -> list[datetime.datetime]:
        found = [self.listed[key].starts_at for key in self.cleaned_data["days"]]
        return [moment for moment in found if moment is not None]


class MoveForm(WhenForm):
    version = VersionField()
    note = TextField(
        label=gettext_lazy("Anything the others should know"),
        required=False,
        rows=2,
        max_length=2000,
        help_text=gettext_lazy("Only those who take part see this."),
    )


class NotHeldForm(PlainForm):
    """Why a session did not take place: one listed reason, which managers see, and words that they do not."""

    version = VersionField()
    why = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=Session.Why.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Program managers see which of these it was."),
    )
    note = TextField(
        label=gettext_lazy("In your own words"),
        required=False,
        rows=3,
        max_length=2000,
        help_text=gettext_lazy("Only those who take part see this."),
    )


class ItemForm(PlainForm):
    """A topic for the agenda."""

    key = KeyField()
    text = LineField(
        label=gettext_lazy("Topic"),
        max_length=1000,
        error_messages={"required": gettext_lazy("Say what you would like to talk about")},
    )
    category = forms.ChoiceField(label=gettext_lazy("Area"), choices=AgendaItem.Category.choices)
    private = forms.BooleanField(
        label=gettext_lazy("Keep this to myself for now"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["private"].show_optional = False  # type: ignore[attr-defined]


class SignForm(PlainForm):
    """A signature: what is signed, the typed name, and words of one's own to be kept with it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)
    attendance = forms.BooleanField(label=content.ATTENDANCE_INTENT, required=False)
    record = forms.BooleanField(label=content.RECORD_INTENT, required=False)
    typed_name = LineField(
        label=gettext_lazy("Type your full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "w-medium"}),
        error_messages={"required": gettext_lazy("Type your full name. That is your signature.")},
    )
    statement = TextField(
        label=gettext_lazy("Anything you want kept with your signature"),
        required=False,
        rows=3,
        help_text=gettext_lazy(
            "In your own words: what you agree with, would put differently or want to add."
        ),
    )

    def __init__(
        self, *args: Any, with_record: bool = True, with_attendance: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, wanted in (("record", with_record), ("attendance", with_attendance)):
            self.fields[name].show_optional = False  # type: ignore[attr-defined]
            if not wanted:
                del self.fields[name]
        if not with_record:
            del self.fields["statement"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("record") and not data.get("attendance"):
            first = "attendance" if "attendance" in self.fields else "record"
            if first in self.fields:
                self.add_error(first, _("Tick what you are signing"))
        data["seen"] = set((data.get("seen") or "").split())
        return data


class DeclineForm(records.DeclineForm):
    """Not signing the record, with the reason, and attendance signed all the same if they like."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)
    attendance = forms.BooleanField(label=content.ATTENDANCE_INTENT, required=False)
    field_order = ["seen", "reason", "attendance", "typed_name"]

    def __init__(self, *args: Any, with_attendance: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attendance"].show_optional = False  # type: ignore[attr-defined]
        if not with_attendance:
            del self.fields["attendance"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["seen"] = set((data.get("seen") or "").split())
        return data


class AddendumForm(PlainForm):
    key = KeyField()
    reason = TextField(
        label=gettext_lazy("Why you are adding to the record"),
        rows=2,
        max_length=2000,
        error_messages={"required": gettext_lazy("Say why you are adding to the record")},
    )
    text = TextField(
        label=gettext_lazy("What should stand beside it"),
        rows=6,
        error_messages={"required": gettext_lazy("Say what should stand beside the record")},
    )
    typed_name = LineField(
        label=gettext_lazy("Type your full name to sign"),
        max_length=120,
        help_text=content.ADDENDUM_INTENT,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "w-medium"}),
        error_messages={"required": gettext_lazy("Type your full name. That is your signature.")},
    )


class AnswerAddendumForm(PlainForm):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)
    typed_name = LineField(
        label=gettext_lazy("Type your full name"),
        max_length=120,
        help_text=content.ADDENDUM_INTENT,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "w-medium"}),
        error_messages={"required": gettext_lazy("Type your full name. That is your signature.")},
    )
    statement = TextField(
        label=gettext_lazy("Anything you want kept with your answer"),
        required=False,
        rows=2,
        help_text=gettext_lazy("If you do not sign, say why here."),
    )


class ListForm(PlainForm):
    """The filter of the list, in its address."""

    STATES = (
        ("", gettext_lazy("All sessions")),
        ("planned", gettext_lazy("Planned")),
        ("writing", gettext_lazy("To write up")),
        ("sign", gettext_lazy("To sign")),
        ("others", gettext_lazy("With the others")),
        ("signed", gettext_lazy("Signed and sealed")),
        ("not_held", gettext_lazy("Not held")),
    )
    words = LineField(label=gettext_lazy("Words in it"), required=False, max_length=100)
    state = forms.ChoiceField(label=gettext_lazy("Show"), choices=STATES, required=False)
    who = forms.ChoiceField(label=gettext_lazy("With"), required=False)
    structure = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("", gettext_lazy("Every kind")), *Arrangement.Structure.choices],
        required=False,
    )
    since = DateField(label=gettext_lazy("From"), required=False)
    until = DateField(label=gettext_lazy("Until"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", _("Everybody")), *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day comes after the first."))
        return data
