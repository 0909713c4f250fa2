"""How somebody wants to be reminded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import PlainForm, TimeField, VersionField

from .kinds import CHOSEN, How
from .models import ReminderChoices


class ChoicesForm(PlainForm):
    """One select for each kind, the time of the daily mail, and the quiet hours."""

    version = VersionField()
    daily_at = TimeField(
        label=_("Time of the daily e-mail"),
        help_text=_("Only on days on which there is something."),
        error_messages={"required": _("Enter a time, such as 8:00 am")},
    )
    quiet_from = TimeField(
        label=_("Quiet from"),
        required=False,
        help_text=_("Empty: no quiet hours."),
    )
    quiet_until = TimeField(label=_("Quiet until"), required=False, help_text=_("Empty: no quiet hours."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in CHOSEN:
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label,
                choices=How.choices,
                error_messages={"required": _("Choose how"), "invalid_choice": _("Choose how")},
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if {"quiet_from", "quiet_until"} & self.errors.keys():
            return data
        start, end = data.get("quiet_from"), data.get("quiet_until")
        if start and not end:
            self.add_error(
                "quiet_until", gettext("Enter when the quiet hours end, or leave both times empty")
            )
        elif end and not start:
            self.add_error(
                "quiet_from", gettext("Enter when the quiet hours begin, or leave both times empty")
            )
        elif start and start == end:
            self.add_error("quiet_until", gettext("Enter a time other than the one they begin at"))
        return data

    @property
    def how(self) -> dict[str, str]:
        """What was chosen for each kind. Only after is_valid()."""
        return {kind.value: self.cleaned_data[kind.value] for kind in CHOSEN}


def initial_of(chosen: ReminderChoices) -> dict[str, Any]:
    return {
        "version": chosen.version,
        "daily_at": chosen.daily_at,
        "quiet_from": chosen.quiet_from,
        "quiet_until": chosen.quiet_until,
        **{kind.value: chosen.how_of(kind) for kind in CHOSEN},
    }
