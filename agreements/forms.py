"""Forms of an agreement. They clean; operations save."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import (
    DateField,
    LineField,
    MinutesField,
    NumberInput,
    PlainForm,
    TextField,
    VersionField,
)
from supervision.people.models import User

from . import naming, operations, wording
from .models import Agreement, Clause

# What a signature means. It stands beside the name, is kept with it, and is printed in the PDF.
INTENT = _("I have read this agreement and I will work by it. Typing my name here is my signature.")
# The same of a review without change.
REVIEW_INTENT = _(
    "We looked at our agreement together and leave it as it is. Typing my name here is my signature."
)

RHYTHMS = (2, 3, 4, 5, 7, 10, 14, 21, 28, 42, 56)


class SuggestForm(PlainForm):
    """How a part should read, in words and in the numbers that it says, and why.

    `said` are the words and terms that the form starts from (wording.words_of), or those that somebody typed on a form that is
    made anew from how the part stands now.
    """

    version = VersionField()
    starts_on = DateField(
        label=_("Begins on"),
        help_text=_("It never holds before it is signed."),
        error_messages={"required": _("Enter the day from which you work by this agreement")},
    )
    every_days = forms.TypedChoiceField(label=_("How often you meet"), coerce=int)
    minutes_each = MinutesField(
        label=_("Minutes each time"), min_value=operations.MINUTES[0], max_value=operations.MINUTES[1]
    )
    cadence_reason = TextField(
        label=_("Why another rhythm than an hour a week"),
        required=False,
        rows=3,
        max_length=operations.REASON_LIMIT,
        help_text=_(
            "Leave this empty if you meet for an hour every week. The reason becomes part of the agreement: experience, how much"
            " work there is, other support in the team."
        ),
    )
    concern_days = forms.IntegerField(
        label=_("Working days to raise a concern yourself"),
        min_value=operations.CONCERN_DAYS[0],
        max_value=operations.CONCERN_DAYS[1],
        widget=NumberInput(attrs={"inputmode": "numeric", "class": "w-short"}),
        help_text=_(
            "When one of the five limits comes up: how long the peer worker has to take it to their team or manager first."
        ),
        error_messages={
            "required": _("Enter the number of working days, such as 3"),
            "invalid": _("Enter the number of working days, such as 3"),
            "min_value": _("Enter a number of working days between 1 and 30"),
            "max_value": _("Enter a number of working days between 1 and 30"),
        },
    )
    turn_to_id: Any = forms.TypedChoiceField(
        label=_("Whom the peer worker can write to here"),
        required=False,
        empty_value=None,
        coerce=uuid.UUID,
        help_text=_(
            "When supervision itself is not working. Nobody who supervises here sees what they write."
        ),
    )
    hears_instead_id: Any = forms.TypedChoiceField(
        label=_("Who hears a concern where the line manager can’t"),
        required=False,
        empty_value=None,
        coerce=uuid.UUID,
        help_text=_("Because they supervise here themself, or it is about them, or nobody is named."),
    )
    review_on = DateField(
        label=_("Look at it again by"),
        help_text=_("Six months is usual. Three can be good for a first agreement."),
        error_messages={"required": _("Enter the day by which you look at this again")},
    )
    text = TextField(
        label=_("Your wording"),
        rows=12,
        max_length=operations.CLAUSE_LIMIT,
        error_messages={"required": _("Write something here. Every agreement says this part in words.")},
    )
    reason = TextField(
        label=_("Why"),
        required=False,
        rows=3,
        max_length=operations.REASON_LIMIT,
        help_text=_(
            "A sentence helps the others to understand. It stays between you, and is not part of the agreement."
        ),
    )

    def __init__(
        self, *args: Any, clause: Clause, said: Mapping[str, Any], reason: str = "", **kwargs: Any
    ) -> None:
        terms = wording.terms_of(said)
        kwargs["initial"] = {"text": said["text"], "version": clause.turn_count, "reason": reason, **terms}
        super().__init__(*args, **kwargs)
        self.agreement = clause.agreement
        self.term_names = tuple(terms)
        for name in {name for names in wording.TERMS_OF.values() for name in names} - set(terms):
            del self.fields[name]
        self.fields["text"].required = clause.required
        if "turn_to_id" in self.fields:
            self._offer_people(("turn_to_id", "hears_instead_id"))
        if "every_days" in self.fields:
            days = {*RHYTHMS, self.initial.get("every_days") or 7}
            field = cast(forms.TypedChoiceField, self.fields["every_days"])
            field.choices = [(each, _capital(wording.rhythm(each))) for each in sorted(days)]

    def _offer_people(self, names: Sequence[str]) -> None:
        """Everybody who can be named, and whoever is named already. One query."""
        named = [value for name in names if (value := self.initial.get(name))]
        able = naming.can_be_named(self.agreement.arrangement).order_by()
        people = User.objects.filter(Q(pk__in=able.values("pk")) | Q(pk__in=named)).order_by("name", "id")
        choices = [
            ("", _("Nobody with an account here")),
            *((str(pk), name) for pk, name in people.values_list("pk", "name")),
        ]
        for name in names:
            cast(forms.TypedChoiceField, self.fields[name]).choices = choices

    @property
    def terms(self) -> dict[str, Any]:
        """The terms as they were chosen."""
        return {name: self.cleaned_data[name] for name in self.term_names}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        review_on = data.get("review_on")
        if review_on and review_on <= max(self.agreement.starts_on, timezone.localdate()):
            self.add_error("review_on", gettext("Choose a day after the agreement begins, and after today."))
        days, minutes = data.get("every_days"), data.get("minutes_each")
        if (
            days
            and minutes
            and wording.needs_cadence_reason(minutes, days)
            and not data.get("cadence_reason")
        ):
            self.add_error("cadence_reason", gettext("Say why you chose another rhythm than an hour a week."))
        return data


class StartForm(PlainForm):
    """What a first version starts from, when the agency keeps several templates."""

    template = forms.ChoiceField(label=_("Which template do you start from?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["template"]).choices = list(choices)


class RenegotiateForm(PlainForm):
    """Why there is to be a new version (D 2.130)."""

    because = forms.ChoiceField(
        label=_("What changed?"),
        choices=Agreement.Because.choices,
        widget=forms.RadioSelect,
        help_text=_("Program managers see which of these you chose, and nothing else."),
        error_messages={"required": _("Choose what comes nearest")},
    )
    note = TextField(
        label=_("In your own words"),
        required=False,
        rows=3,
        max_length=operations.REASON_LIMIT,
        help_text=_("Only the people this agreement is between can read it."),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class SignForm(PlainForm):
    """A signature: the name, the statement of intent, and words to keep with it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    typed_name = LineField(
        label=_("Type your full name"),
        max_length=120,
        help_text=_("It is printed in the agreement just as you type it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your full name. That is your signature.")},
    )
    intent = forms.BooleanField(
        label=INTENT,
        error_messages={"required": _("Tick the sentence above the button, if it is what you mean.")},
    )
    statement = TextField(
        label=_("Anything you want kept with your signature"),
        required=False,
        rows=3,
        max_length=operations.REASON_LIMIT,
        help_text=_(
            "It becomes part of the agreement, beside your name: the people it is between and program managers can read it."
        ),
    )


class ReasonForm(PlainForm):
    """Why: kept with the agreement, for the people it is between."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    reason = TextField(
        label=_("What should be different"),
        rows=4,
        max_length=operations.REASON_LIMIT,
        help_text=_("Only the people this agreement is between can read it."),
        error_messages={"required": _("Say in a few words why, so that the others understand")},
    )

    def __init__(self, *args: Any, label: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label is not None:
            self.fields["reason"].label = label


class ChangeForm(ReasonForm):
    """What should read differently before it is signed, and in which part."""

    part = forms.ChoiceField(
        label=_("Which part is it about?"),
        required=False,
        help_text=_("It is kept for your next session, and you can suggest other words for it right away."),
    )
    field_order = ["seen", "part", "reason"]

    def __init__(self, *args: Any, clauses: Iterable[Clause], **kwargs: Any) -> None:
        super().__init__(*args, label=_("What should read differently"), **kwargs)
        parts = [
            (str(clause.pk), f"{number}. {clause.title}") for number, clause in enumerate(clauses, start=1)
        ]
        cast(forms.ChoiceField, self.fields["part"]).choices = [("", _("No part in particular")), *parts]


class ReviewForm(PlainForm):
    """That everybody looked at it and it stays: when, until when, and the signature of whoever records it."""

    looked_on = DateField(
        label=_("The day you looked at it together"),
        error_messages={"required": _("Enter the day you looked at it together")},
    )
    next_on = DateField(
        label=_("Look at it again by"),
        help_text=_("Six months is usual."),
        error_messages={"required": _("Enter the day by which you look at it again")},
    )
    note = TextField(
        label=_("What you want to remember of it"),
        required=False,
        rows=3,
        max_length=operations.REASON_LIMIT,
        help_text=_(
            "It becomes part of the review: the people it is between and program managers can read it."
        ),
    )
    typed_name = LineField(
        label=_("Type your full name"),
        max_length=120,
        help_text=_("It is printed in the review just as you type it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your full name. That is your signature.")},
    )
    intent = forms.BooleanField(
        label=REVIEW_INTENT,
        error_messages={"required": _("Tick the sentence above the button, if it is what you mean.")},
    )


class PlainSignForm(PlainForm):
    """A signature without words to keep with it: of a review, or of a group's agreement that is sealed already."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    typed_name = LineField(
        label=_("Type your full name"),
        max_length=120,
        help_text=_("It is printed just as you type it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your full name. That is your signature.")},
    )
    intent = forms.BooleanField(
        label=INTENT,
        error_messages={"required": _("Tick the sentence above the button, if it is what you mean.")},
    )

    def __init__(self, *args: Any, intent: Any = INTENT, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["intent"].label = intent


class EndForm(ReasonForm):
    """That it ends, from which day and why."""

    ends_on = DateField(
        label=_("From which day it no longer holds"),
        error_messages={"required": _("Enter the day from which it no longer holds")},
    )
    field_order = ["seen", "ends_on", "reason"]

    def clean_ends_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["ends_on"]
        today = timezone.localdate()
        if not today <= day <= today + datetime.timedelta(days=366):
            raise forms.ValidationError(gettext("Choose today or a day within the next year."))
        return day
