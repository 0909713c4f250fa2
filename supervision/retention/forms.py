"""Rules, reasons and holds, as administrators give them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import DateField, PlainForm, TextField, VersionField
from supervision.people.models import Arrangement, Program, User

from .models import called

YEARS = (1, 2, 3, 5, 7, 10, 15, 20, 30)


class RuleForm(PlainForm):
    """For how long one kind of record is kept."""

    months = forms.ChoiceField(
        label=_("Kept for"),
        required=False,
        error_messages={"invalid_choice": _("Choose one of the lengths listed")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = [(str(12 * n), ngettext("%(n)s year", "%(n)s years", n) % {"n": n}) for n in YEARS]
        self.fields["months"].choices = [("", gettext("For good")), *years]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> int | None:
        """Only after is_valid()."""
        return int(self.cleaned_data["months"]) if self.cleaned_data["months"] else None


class ApproveForm(PlainForm):
    version = VersionField()


class ReasonForm(PlainForm):
    """Why something is stopped, lifted or asked for."""

    reason = TextField(label=_("Why"), rows=3, max_length=1_000, error_messages={"required": _("Say why")})


class HoldForm(PlainForm):
    """Over a person, an arrangement or a program: one of them."""

    over = forms.ChoiceField(
        label=_("What is kept"),
        error_messages={"required": _("Choose a person, an arrangement or a program")},
    )
    first_day = DateField(
        label=_("Of a program: from"), required=False, help_text=_("Empty: from the beginning.")
    )
    last_day = DateField(
        label=_("Of a program: to"), required=False, help_text=_("Empty: for as long as the hold runs.")
    )
    basis = TextField(
        label=_("On what it rests"),
        rows=3,
        max_length=2_000,
        help_text=_("Who asked for it, and with which reference. Administrators read it."),
        error_messages={"required": _("Say on what it rests, such as who asked for it")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(f"person:{one.pk}", one.name) for one in User.objects.order_by("name", "id")]
        programs = [(f"program:{one.pk}", one.name) for one in Program.objects.order_by("name", "id")]
        rows = Arrangement.objects.with_people().order_by("-started_on", "id")
        arrangements = [(f"arrangement:{one.pk}", called(one)) for one in rows]
        self.fields["over"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Choose")),
            (gettext("Programs"), programs),
            (gettext("People"), people),
            (gettext("Arrangements"), arrangements),
        ]

    @property
    def chosen(self) -> dict[str, Any]:
        """What to hold, as the operation takes it. Only after is_valid()."""
        kind, _colon, pk = self.cleaned_data["over"].partition(":")
        models: dict[str, Any] = {"person": User, "program": Program, "arrangement": Arrangement}
        days = {name: self.cleaned_data[name] for name in ("first_day", "last_day")}
        return {kind: models[kind].objects.get(pk=pk), **days}
