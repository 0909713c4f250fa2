"""What somebody chooses for their portfolio, and how somebody who has left shows that it is them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.notes.models import Note
from supervision.pages import words
from supervision.pages.forms import DateField, KeyField, LineField, PlainForm

from .parts import PARTS


class PortfolioForm(PlainForm):
    """Period and parts. Of the private notes none is chosen beforehand, and each has its name beside it."""

    key = KeyField()
    first_day = DateField(
        label=_("From"), error_messages={"required": _("Enter the first day of the period")}
    )
    last_day = DateField(label=_("To"), error_messages={"required": _("Enter the last day of the period")})
    parts = forms.MultipleChoiceField(
        label=_("What goes into it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    notes = forms.MultipleChoiceField(
        label=_("Private notes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only those you choose. Whoever you give the portfolio to can read them."),
    )

    def __init__(self, *args: Any, notes: Iterable[Note] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = [  # type: ignore[attr-defined]
            (part.key, f"{part.title}. {part.about}") for part in PARTS
        ]
        choices = [(str(note.pk), _name_of(note)) for note in notes]
        if choices:
            self.fields["notes"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["notes"]

    @property
    def chosen_notes(self) -> list[uuid.UUID]:
        """Only after is_valid()."""
        return [uuid.UUID(pk) for pk in self.cleaned_data.get("notes", [])]


def _name_of(note: Note) -> str:
    day = words.full_day(timezone.localdate(note.dated_at))
    return f"{note.title or note.get_kind_display()}, {day}"


def initial(first: datetime.date) -> dict[str, Any]:
    """Everything but notes, from the beginning until today."""
    return {
        "key": uuid.uuid4(),
        "first_day": first,
        "last_day": timezone.localdate(),
        "parts": [part.key for part in PARTS],
    }


class OpeningsForm(PlainForm):
    """Of which days somebody wants to have who opened what about them."""

    key = KeyField()
    first_day = DateField(
        label=_("From"), error_messages={"required": _("Enter the first day of the period")}
    )
    last_day = DateField(label=_("To"), error_messages={"required": _("Enter the last day of the period")})


def initial_openings(params: Mapping[str, str]) -> dict[str, Any]:
    """The days that the address names, as far as they are over; the last twelve months otherwise."""
    today = timezone.localdate()
    leap_day = (today.month, today.day) == (2, 29)
    year_ago = today.replace(year=today.year - 1, day=28 if leap_day else today.day)
    found = {"first_day": year_ago + datetime.timedelta(days=1), "last_day": today}
    for name in found:
        try:
            found[name] = min(datetime.date.fromisoformat(params.get(name, "")), today)
        except ValueError:
            continue
    return {"key": uuid.uuid4(), **found}


class LeavingForm(PlainForm):
    """The password that was theirs, and a code where they had set up a second step."""

    password = LineField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter the password that you signed in with")},
    )
    code = LineField(
        label=_("Code"),
        required=False,
        max_length=20,
        help_text=_("From your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_code:
            del self.fields["code"]
