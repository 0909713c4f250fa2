"""What an administrator fills in: a set of requirements, its file, where it applies and until when. Forms clean; operations save."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import DateField, KeyField, LineField, NumberInput, PlainForm, Rows, TextField
from supervision.people.models import Program
from supervision.records.forms import TomlFileForm

from . import set_file
from .rules import Amount, Kind, Of, Per, Qualified, Rules, Share, Total
from .set_file import (
    LONGEST_NAME,
    LONGEST_SOURCE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_AMOUNTS,
    MOST_DAYS,
    MOST_HOURS,
    MOST_MINUTES,
    MOST_NAMES,
    MOST_PEOPLE,
    MOST_TIMES,
    Content,
)

WAYS = [("in_person", _("In person")), ("video", _("By video")), ("phone", _("By phone"))]


class NumberField(forms.IntegerField):
    """A whole number between two others; empty asks for nothing."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", NumberInput(attrs={"inputmode": "numeric", "class": "w-short"}))
        said = _("Enter a whole number from %(least)s to %(most)s") % {"least": least, "most": most}
        super().__init__(min_value=least, max_value=most, error_messages={"invalid": said}, **kwargs)
        for validator in self.validators:
            validator.message = said  # type: ignore[attr-defined]


class NamesField(TextField):
    """Names, one on each line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rows=2, required=False, max_length=(LONGEST_NAME + 1) * MOST_NAMES, **kwargs)

    def clean(self, value: Any) -> Any:
        names = [name.strip() for name in super().clean(value).splitlines() if name.strip()]
        if len(names) > MOST_NAMES:
            raise forms.ValidationError(gettext("Name at most %(n)s, one on each line") % {"n": MOST_NAMES})
        if any(len(name) > LONGEST_NAME for name in names):
            raise forms.ValidationError(
                gettext("Shorten each name to at most %(n)s characters") % {"n": LONGEST_NAME}
            )
        return frozenset(names)


class SetForm(PlainForm):
    """A set of requirements without its amounts, which are rows of their own."""

    key = KeyField()
    title = LineField(
        label=_("What it is called"),
        max_length=LONGEST_TITLE,
        error_messages={"required": _("Say what it is called, such as “State rule: weekly supervision”")},
    )
    introduction = TextField(
        label=_("In a few words"),
        rows=3,
        max_length=LONGEST_TEXT,
        error_messages={"required": _("Say in a few words what it asks for, and of whom")},
    )
    source = LineField(
        label=_("Where it comes from"),
        help_text=_("The law, the handbook or the contract, with its section."),
        max_length=LONGEST_SOURCE,
        error_messages={"required": _("Say where it comes from, so that others can look it up")},
    )
    checked_on = DateField(
        label=_("Compared with it on"),
        error_messages={"required": _("Enter the day on which you compared it with its source")},
    )
    modalities = forms.MultipleChoiceField(
        label=_("Meetings count that are held"),
        help_text=_("Tick none where it does not matter."),
        choices=WAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    largest_group = NumberField(
        label=_("Peer workers in a group, at most"),
        least=2,
        most=MOST_PEOPLE,
        help_text=_("Empty: any number."),
    )
    co_reflection = forms.BooleanField(label=_("Meetings of equals count too"), required=False)
    signed = forms.BooleanField(
        label=_("A meeting counts once everybody has signed the attendance"), required=False
    )
    credentials = NamesField(
        label=_("Whoever supervises holds one of these"),
        help_text=_("As the credentials are called here, one on each line. Empty: none is asked for."),
    )
    training_hours = NumberField(label=_("Hours of training they have, at least"), least=1, most=MOST_HOURS)
    rhythm = forms.BooleanField(label=_("What each two have agreed, or an hour a week"), required=False)
    share_week = NumberField(label=_("Percent one to one, each week"), least=1, most=100)
    share_month = NumberField(label=_("Percent one to one, each month"), least=1, most=100)
    total_hours = NumberField(label=_("Hours in all"), least=1, most=MOST_HOURS)
    total_percent = NumberField(label=_("Percent of them one to one"), least=1, most=100)
    total_by = DateField(label=_("By"), required=False)
    agreement_by = NumberField(
        label=_("An agreement is in force by meeting"),
        least=1,
        most=MOST_TIMES,
        help_text=_("1 is the first."),
    )
    observed_every = NumberField(
        label=_("An observation at least once in so many days"), least=7, most=MOST_DAYS
    )
    most_workers = NumberField(
        label=_("People whom one supervisor supervises, at most"), least=1, most=MOST_PEOPLE
    )

    def clean_checked_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["checked_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(gettext("Enter a day that is not after today"))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("total_hours") and "total_hours" not in self.errors:
            for name in ("total_percent", "total_by"):
                if data.get(name):
                    self.add_error("total_hours", gettext("Say how many hours in all"))
                    break
        return data

    def content(self, amounts: tuple[Amount, ...], *, key: str) -> Content:
        """All of it, with these amounts. Only after is_valid()."""
        data = self.cleaned_data
        return Content(
            key=key,
            version=1,
            title=data["title"],
            introduction=data["introduction"],
            source=data["source"],
            checked_on=data["checked_on"],
            is_example=False,
            rules=Rules(
                modalities=frozenset(data["modalities"]),
                largest_group=data["largest_group"] or 0,
                co_reflection=data["co_reflection"],
                signed=data["signed"],
                supervisor=Qualified(data["credentials"], data["training_hours"] or 0),
                amounts=amounts,
                shares=self._shares(),
                total=self._total(),
                rhythm=data["rhythm"],
                agreement_by=data["agreement_by"] or 0,
                observed_every=data["observed_every"] or 0,
                most_workers=data["most_workers"] or 0,
            ),
        )

    def _shares(self) -> tuple[Share, ...]:
        asked = ((self.cleaned_data["share_week"], Per.WEEK), (self.cleaned_data["share_month"], Per.MONTH))
        return tuple(Share(percent, per) for percent, per in asked if percent)

    def _total(self) -> Total | None:
        data = self.cleaned_data
        if not data["total_hours"]:
            return None
        return Total(data["total_hours"] * 60, data["total_percent"] or 0, data["total_by"])


def initial_of(content: Content) -> dict[str, Any]:
    """What the form shows of a set that is there."""
    rules = content.rules
    shares = {one.per: one.percent for one in rules.shares}
    total = rules.total
    return {
        "title": content.title,
        "introduction": content.introduction,
        "source": content.source,
        "checked_on": content.checked_on,
        "modalities": sorted(rules.modalities),
        "largest_group": rules.largest_group or None,
        "co_reflection": rules.co_reflection,
        "signed": rules.signed,
        "credentials": "\n".join(sorted(rules.supervisor.credentials)),
        "training_hours": rules.supervisor.training_hours or None,
        "rhythm": rules.rhythm,
        "share_week": shares.get(Per.WEEK),
        "share_month": shares.get(Per.MONTH),
        "total_hours": total.minutes // 60 if total else None,
        "total_percent": (total.percent_individual or None) if total else None,
        "total_by": total.by if total else None,
        "agreement_by": rules.agreement_by or None,
        "observed_every": rules.observed_every or None,
        "most_workers": rules.most_workers or None,
    }


# Amounts, a row each ------------------------------------------------------------------------------------------

HOW = [
    ("", _("Any way")),
    ("in_person", _("In person")),
    ("video", _("By video")),
    ("phone", _("By phone")),
    ("in_person,video", _("In person or by video")),
    ("phone,video", _("By video or phone")),
    ("in_person,phone", _("In person or by phone")),
]


class AmountRow(PlainForm):
    least = NumberField(
        label=_("At least"),
        least=1,
        most=MOST_MINUTES,
        required=True,
    )
    of = forms.ChoiceField(label=_("Of"), choices=[(Of.MINUTES, _("minutes")), (Of.TIMES, _("meetings"))])
    per = forms.ChoiceField(
        label=_("In"),
        choices=[(Per.WEEK, _("each week")), (Per.MONTH, _("each month")), (Per.DAYS, _("any … days"))],
    )
    days = NumberField(label=_("Days"), least=2, most=MOST_DAYS)
    kind = forms.ChoiceField(
        label=_("With"),
        choices=[("", _("one to one or in a group")), ("individual", _("one to one"))],
        required=False,
    )
    how = forms.ChoiceField(label=_("Held"), choices=HOW, required=False)
    holding = LineField(label=_("Only while holding"), required=False, max_length=LONGEST_NAME)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["least"].error_messages["required"] = gettext("Say how much, or remove this row")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("of") == Of.TIMES and (data.get("least") or 0) > MOST_TIMES:
            self.add_error("least", gettext("Enter at most %(n)s meetings") % {"n": MOST_TIMES})
        if data.get("per") == Per.DAYS and not data.get("days") and "days" not in self.errors:
            self.add_error("days", gettext("Say in how many days"))
        return data


class AmountRows(Rows):
    form_class = AmountRow
    prefix = "amounts"
    one = _("amount")
    max_rows = MOST_AMOUNTS
    blank_rows = 1

    def amounts(self) -> tuple[Amount, ...]:
        """Only after is_valid()."""
        return tuple(_amount(row) for row in self.cleaned_rows)


def _amount(row: Mapping[str, Any]) -> Amount:
    per = Per(row["per"])
    return Amount(
        least=row["least"],
        per=per,
        of=Of(row["of"]),
        days=row["days"] if per == Per.DAYS else 0,
        kind=Kind(frozenset(filter(None, row["how"].split(","))), row["kind"] == "individual"),
        while_holding=frozenset(filter(None, [row["holding"]])),
    )


def initial_rows(rules: Rules) -> list[dict[str, Any]]:
    """The amounts of a set as rows. Several credentials for one amount become a row each: one of them is enough for each."""
    return [
        {
            "least": one.least,
            "of": one.of,
            "per": one.per,
            "days": one.days or None,
            "kind": "individual" if one.kind.individual else "",
            "how": ",".join(sorted(one.kind.modalities)) if len(one.kind.modalities) < len(WAYS) else "",
            "holding": name,
        }
        for one in rules.amounts
        for name in (sorted(one.while_holding) or [""])
    ]


# Files, and where a set applies -------------------------------------------------------------------------------


class SetFileForm(TomlFileForm):
    """A set as a file from somebody's computer. `content` is what it holds, once the form is valid."""

    key = KeyField()
    file = forms.FileField(
        label=_("The file"),
        help_text=_("Its name ends in .toml. Loading it changes nothing yet: you confirm it afterwards."),
        widget=forms.FileInput(attrs={"accept": ".toml"}),
        error_messages={
            "required": _("Choose the file"),
            "empty": _("That file is empty. Choose another one"),
        },
    )
    content: Content

    too_large = _("This file is larger than 256 KB, so it is no set of requirements.")

    def read(self, data: bytes, *, name: str) -> Content:
        return set_file.read(data, name=name)


class ConfirmForm(PlainForm):
    """Where a set applies, and from when. Whoever confirms has compared it with the rule."""

    key = KeyField()
    program = forms.ChoiceField(label=_("Where it applies"), required=False)
    first_day = DateField(
        label=_("From"),
        help_text=_(
            "The day from which the rule holds. It may be in the past: what was before is measured anew."
        ),
        error_messages={"required": _("Enter the first day on which it applies")},
    )
    compared = forms.BooleanField(
        label=_("I have compared it with the rule as it is today"),
        error_messages={"required": _("Compare it with the rule first, then tick this")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programs = {
            str(one.pk): one for one in Program.objects.filter(is_active=True).order_by("name", "id")
        }
        choices = [
            ("", gettext("In every program")),
            *((key, one.name) for key, one in self.programs.items()),
        ]
        self.fields["program"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Program | None:
        """Only after is_valid()."""
        return self.programs.get(self.cleaned_data["program"])


class EndForm(PlainForm):
    """Until when a set applies, or that it should never have."""

    last_day = DateField(
        label=_("Its last day"), error_messages={"required": _("Enter the last day on which it applies")}
    )
