"""What somebody enters of a disclosure, and the reasons along its way."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import DateField, KeyField, LineField, PlainForm, TextField
from supervision.people.models import User

from . import policy
from .models import Disclosure
from .operations import Asked


class EnterForm(PlainForm):
    """The basis, the exact scope, and the two who approve it."""

    key = KeyField()
    asker = LineField(
        label=_("Who asks for it"), max_length=200, error_messages={"required": _("Say who asks for it")}
    )
    reference = LineField(label=_("Their reference"), max_length=120, required=False)
    basis_kind = forms.ChoiceField(
        label=_("On what it rests"),
        choices=Disclosure.Basis.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose on what it rests")},
    )
    basis = TextField(
        label=_("Which law or decision"),
        rows=3,
        max_length=2_000,
        help_text=_("As exactly as the paper says it. Those concerned read it."),
        error_messages={"required": _("Say on which law or decision it rests")},
    )
    person = forms.ChoiceField(
        label=_("Whose records"), error_messages={"required": _("Choose whose records")}
    )
    first_day = DateField(label=_("From"), error_messages={"required": _("Enter the first day")})
    last_day = DateField(label=_("To"), error_messages={"required": _("Enter the last day")})
    kinds = forms.MultipleChoiceField(
        label=_("Which kinds of record"),
        choices=Disclosure.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only what is asked for. What is not signed yet is in none."),
    )
    with_notes = forms.BooleanField(
        label=_("Their private notes, too"),
        required=False,
        help_text=_("Only by a named order of a court."),
    )
    order_court = LineField(label=_("Court of the order"), max_length=200, required=False)
    order_number = LineField(label=_("Number of the order"), max_length=120, required=False)
    order_day = DateField(label=_("Day of the order"), required=False)
    approver = forms.ChoiceField(
        label=_("First to approve it"), error_messages={"required": _("Choose who approves it")}
    )
    second_approver = forms.ChoiceField(
        label=_("Second to approve it"), error_messages={"required": _("Choose who approves it, too")}
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in policy.people_of(user).order_by("name", "id")}
        self.able = {str(one.pk): one for one in policy.able_to_approve(user)}
        self._offer("person", self.people)
        self._offer("approver", self.able)
        self._offer("second_approver", self.able)

    def _offer(self, name: str, people: dict[str, User]) -> None:
        choices = [("", gettext("Choose")), *((key, one.name) for key, one in people.items())]
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        """Only after is_valid()."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        data["person"] = self.people[data["person"]]
        for name in ("approver", "second_approver"):
            data[name] = self.able[data[name]]
        return Asked(**data)


def first_values() -> dict[str, Any]:
    return {"key": uuid.uuid4()}


class WaitForm(PlainForm):
    """Why telling those concerned has to wait, and when to look at that again."""

    reason = TextField(
        label=_("By which law telling them has to wait"),
        rows=3,
        max_length=2_000,
        error_messages={"required": _("Say by which law telling them has to wait")},
    )
    tell_on = DateField(
        label=_("When to look at it again"),
        help_text=_("They are told as soon as the law allows."),
        error_messages={"required": _("Enter when to look at it again")},
    )


class ReasonForm(PlainForm):
    reason = TextField(label=_("Why"), rows=3, max_length=1_000, error_messages={"required": _("Say why")})


class NoForm(PlainForm):
    """A step that needs no words."""
