"""Filters of the lists. They live in the address, so that a filtered list can be kept and sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import LineField, PlainForm

from . import need
from .caseload import HAND_FIRST, ORDERS


class PeopleFilter(PlainForm):
    """Whom to show. The choices are what the reader may see anyway."""

    name = LineField(label=_("Name"), required=False, max_length=120)
    program = forms.ChoiceField(label=_("Program"), required=False)
    supervisor = forms.ChoiceField(label=_("Supervisor"), required=False)
    state = forms.ChoiceField(label=_("Show"), required=False)
    order = forms.ChoiceField(label=_("Order"), required=False)

    def __init__(
        self,
        *args: Any,
        programs: list[tuple[str, str]],
        supervisors: list[tuple[str, str]] | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].choices = [("", _("All programs")), *programs]  # type: ignore[attr-defined]
        if supervisors is None:
            del self.fields["supervisor"]
        else:
            self.fields["supervisor"].choices = [("", _("All supervisors")), *supervisors]  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", _("Everyone")), *need.LABELS.items()]  # type: ignore[attr-defined]
        labels = [(key if key != HAND_FIRST else "", label) for key, (label, _first) in ORDERS.items()]
        self.fields["order"].choices = labels  # type: ignore[attr-defined]


class ActivityFilter(PlainForm):
    """Which program's activity to show."""

    program = forms.ChoiceField(label=_("Program"), required=False)

    def __init__(self, *args: Any, programs: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].choices = [("", _("All programs")), *programs]  # type: ignore[attr-defined]
