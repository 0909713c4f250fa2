"""What a manager fills in to ask for a report."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import DateField, KeyField, PlainForm
from supervision.people.models import Program, User
from supervision.records.errors import Invalid

from . import operations


class AskForm(PlainForm):
    """Program, supervisor and period. The choices are the manager's own programs and who supervises in them."""

    key = KeyField()
    program = forms.ChoiceField(label=_("Program"), required=False)
    supervisor = forms.ChoiceField(label=_("Supervisor"), required=False)
    first_day = DateField(
        label=_("From"), error_messages={"required": _("Enter the first day of the period")}
    )
    last_day = DateField(label=_("To"), error_messages={"required": _("Enter the last day of the period")})

    def __init__(
        self, *args: Any, programs: Iterable[Program], supervisors: Iterable[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.programs = {str(program.pk): program for program in programs}
        self.supervisors = {str(person.pk): person for person in supervisors}
        self._offer("program", _("All my programs"), self.programs)
        self._offer("supervisor", _("All supervisors"), self.supervisors)

    def _offer(self, name: str, all_of_them: Any, rows: Mapping[str, Any]) -> None:
        choices = [("", all_of_them), *((key, str(row)) for key, row in rows.items())]
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first_day"), data.get("last_day")
        if first and last:
            try:
                operations.check_period(first, last)
            except Invalid as refusal:
                self.add_error(refusal.field, refusal.message)
        return data

    @property
    def chosen_programs(self) -> list[Program]:
        """The program chosen, or all of the manager's. Only after is_valid()."""
        key = self.cleaned_data["program"]
        return [self.programs[key]] if key else list(self.programs.values())

    @property
    def chosen_supervisor(self) -> User | None:
        """Only after is_valid()."""
        return self.supervisors.get(self.cleaned_data["supervisor"])


def last_quarter() -> dict[str, datetime.date]:
    """The last whole quarter: what a report is asked for most often."""
    today = timezone.localdate()
    month = 3 * ((today.month - 1) // 3) + 1
    end = datetime.date(today.year, month, 1) - datetime.timedelta(days=1)
    return {"first_day": datetime.date(end.year, end.month - 2, 1), "last_day": end}


class PacketForm(PlainForm):
    """The period of an audit packet."""

    key = KeyField()
    first_day = DateField(
        label=_("From"), error_messages={"required": _("Enter the first day of the period")}
    )
    last_day = DateField(label=_("To"), error_messages={"required": _("Enter the last day of the period")})


def last_year() -> dict[str, datetime.date]:
    """The last twelve months up to today."""
    today = timezone.localdate()
    return {"first_day": today - datetime.timedelta(days=364), "last_day": today}
