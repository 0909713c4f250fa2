"""What somebody fills in to ask for a report, or to keep what they chose."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import DateField, KeyField, LineField, PlainForm
from supervision.people import choices
from supervision.people.models import User
from supervision.records.errors import Invalid

from . import offers, operations
from .models import OF_PROGRAMS, Choice, Kind, period_of

OWN_DAYS = "days"
PERIODS = [*Choice.Period.choices, (OWN_DAYS, _("The days below"))]
WHAT = {
    Kind.PROGRAM: _(
        "Who was supervised and how often, what waits, why sessions were called off, balance, training, averages"
    ),
    Kind.LOG: _("Every session of each person, with signatures and the marks of sealed files"),
    Kind.REGISTER: _("Every agreement that held, and who has none"),
    Kind.TRAINING: _("Who holds which credential, what expires, hours learned"),
    Kind.AVERAGES: _("Averages of five people at least, domain by domain"),
}


class AskForm(PlainForm):
    """Kind, programs, supervisor, people and period. The choices are the manager's own programs and the people in them.

    Of many people those are listed who are chosen already, or were looked for by name.
    """

    key = KeyField()
    kind = forms.ChoiceField(
        label=_("What"),
        widget=forms.RadioSelect,
        initial=Kind.PROGRAM,
        error_messages={"required": _("Choose what the report is to be")},
    )
    programs = forms.MultipleChoiceField(
        label=_("Programs"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose a program")},
    )
    supervisor = forms.ChoiceField(
        label=_("Supervisor"),
        required=False,
        help_text=_("For the program report, the log and the register."),
    )
    find = LineField(label=_("Find people by name"), required=False)
    people = forms.MultipleChoiceField(
        label=_("Only these people"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody chosen: everybody in these programs."),
    )
    period = forms.ChoiceField(
        label=_("Period"),
        choices=PERIODS,
        initial=Choice.Period.QUARTER,
        error_messages={"required": _("Choose a period")},
    )
    first_day = DateField(label=_("From"), required=False, help_text=_("Instead of the period above."))
    last_day = DateField(label=_("To"), required=False, help_text=_("Instead of the period above."))
    name = LineField(
        label=_("Keep this choice as"),
        required=False,
        max_length=80,
        help_text=_("A name, if you will ask for the same again."),
    )
    every_month = forms.BooleanField(
        label=_("Make it every month"),
        required=False,
        help_text=_(
            "On the first day of each month, for its period up to then, as long as you manage these programs."
        ),
    )

    is_search = False  # people are looked for: by the button, or by words that were left in the box

    def __init__(self, data: QueryDict | None = None, *, manager: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._manager = manager
        self._programs = {str(program.pk): program for program in offers.programs_of(manager)}
        self._supervisors = {str(person.pk): person for person in offers.supervisors_of(manager)}
        self.fields["programs"].initial = list(self._programs)
        self._offer("kind", [(kind.value, _kind(kind)) for kind in OF_PROGRAMS])
        self._offer("programs", [(key, str(row)) for key, row in self._programs.items()])
        self._offer("supervisor", [("", _("All supervisors")), *choices.labels(self._supervisors.values())])
        self._offer_people()

    def _offer_people(self) -> None:
        listed = offers.first_people_of(self._manager, offers.LISTED + 1)
        self.all_listed = len(listed) <= offers.LISTED
        if self.all_listed:
            del self.fields["find"]
        else:
            listed = self._chosen_and_found()
        self._people = {str(person.pk): person for person in listed}
        self._offer("people", choices.labels(self._people.values()))

    def _chosen_and_found(self) -> list[User]:
        sent = self.data if isinstance(self.data, QueryDict) else QueryDict()
        listed = list(offers.chosen(self._manager, filter(None, map(_id, sent.getlist("people")))))
        words = " ".join(sent.get("find", "").split())
        self.is_search = bool(words) or "search" in sent
        self.fields["find"].help_text = gettext("Of the programs chosen above. Whoever you tick stays.")
        if self.is_search:
            programs = [self._programs[key] for key in sent.getlist("programs") if key in self._programs]
            found = offers.named(self._manager, words, programs)
            listed += [person for person in found[: offers.LISTED] if person not in listed]
            self._say_found(words, len(found))
            self.data = sent.copy()
            self.data["find"] = ""  # what is written there was looked for
        return listed

    def _say_found(self, words: str, count: int) -> None:
        field = self.fields["find"]
        field.widget.attrs["autofocus"] = True
        if not count and not words:
            said = gettext("Nobody is in the programs chosen above.")
        elif not count:
            said = gettext("Nobody was found for “%(words)s” in the programs chosen above.")
        elif count > offers.LISTED:
            said = gettext(
                "%(count)d people were found, and %(listed)d of them are listed. Enter more of the name, or choose fewer programs above."
            )
        else:
            said = ngettext(
                "%(count)d person was found and is listed below.",
                "%(count)d people were found and are listed below.",
                count,
            )
        field.help_text = escape(said % {"words": words, "count": count, "listed": offers.LISTED})

    def _offer(self, name: str, offered: Iterable[tuple[str, Any]]) -> None:
        self.fields[name].choices = list(offered)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._clean_days(data)
        self._clean_of_whom(data)
        if data.get("every_month") and not data.get("name") and "name" not in self.errors:
            self.add_error("name", gettext("Enter a name for what is made every month"))
        if data.get("name") and data.get("period") == OWN_DAYS:
            self.add_error(
                "period",
                gettext(
                    "To keep this choice, choose the last month, quarter or twelve months, and leave the days empty"
                ),
            )
        return data

    def _clean_days(self, data: dict[str, Any]) -> None:
        period = data.get("period")
        if not period or {"first_day", "last_day"} & self.errors.keys():
            return
        if data.get("first_day") or data.get("last_day"):  # whoever fills in days means them
            period = data["period"] = OWN_DAYS
        if period != OWN_DAYS:
            data["first_day"], data["last_day"] = period_of(period, timezone.localdate())
            return
        first, last = data.get("first_day"), data.get("last_day")
        if not first:
            self.add_error("first_day", gettext("Enter the first day of the period"))
        if not last:
            self.add_error("last_day", gettext("Enter the last day of the period"))
        if first and last:
            try:
                operations.check_period(first, last)
            except Invalid as refusal:
                self.add_error(refusal.field, refusal.message)

    def _clean_of_whom(self, data: dict[str, Any]) -> None:
        """What a kind cannot be narrowed to is said, not left out in silence."""
        kind = data.get("kind")
        if kind == Kind.AVERAGES and data.get("people"):
            self.add_error("people", gettext("Averages are of whole programs. Choose nobody here"))
        if kind in (Kind.AVERAGES, Kind.TRAINING) and data.get("supervisor"):
            self.add_error(
                "supervisor", gettext("This report is not by supervisor. Choose “All supervisors”")
            )

    @property
    def chosen(self) -> dict[str, Any]:
        """What it covers, for asking or keeping. Only after is_valid()."""
        data = self.cleaned_data
        return {
            "kind": data["kind"],
            "programs": [self._programs[key] for key in data["programs"]],
            "supervisor": self._supervisors.get(data["supervisor"]),
            "people": [self._people[key] for key in data["people"]],
        }


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _kind(kind: Kind) -> str:
    return f"{kind.label}: {_lower(str(WHAT[kind]))}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


class AboutForm(PlainForm):
    """The period of an audit packet or a log of one person."""

    key = KeyField()
    first_day = DateField(
        label=_("From"), error_messages={"required": _("Enter the first day of the period")}
    )
    last_day = DateField(label=_("To"), error_messages={"required": _("Enter the last day of the period")})


def last_year() -> Mapping[str, datetime.date]:
    """The last twelve months up to today."""
    today = timezone.localdate()
    return {"first_day": today - datetime.timedelta(days=364), "last_day": today}
