"""What a worker chooses to hand over. Nothing is chosen beforehand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import PlainForm

from .models import HandedOver
from .scope import Choice

Kind = HandedOver.Kind
GOALS = "goals"
LABELS = {
    Kind.ACTION: _("Open next steps"),
    GOALS: _("Goals"),
    Kind.SESSION: _("Session records"),
    Kind.OBSERVATION: _("Observations"),
    Kind.ASSESSMENT: _("Signed assessments"),
}


FEW = 12  # of one kind: so many are one list; more stand under their years


class ChooseForm(PlainForm):
    """A list of boxes for each kind of which there is something. A long list stands under its years, each with a box for all of
    that year."""

    def __init__(self, *args: Any, offered: Mapping[str, Sequence[Choice]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._years: dict[str, dict[str, list[Choice]]] = {}
        for kind, label in LABELS.items():
            rows = offered.get(kind, [])
            if not rows:
                continue
            self._years[kind] = _by_year(rows)
            self.fields[kind] = forms.MultipleChoiceField(
                label=label,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                choices=_boxes(rows) if len(rows) <= FEW else _under_years(self._years[kind]),
                error_messages={
                    "invalid_choice": _("Something you chose can’t go over any more. Look at the list again.")
                },
            )

    def _ids(self, kind: str) -> list[uuid.UUID]:
        """Each once, also where somebody ticked it and its whole year."""
        years, found = self._years.get(kind, {}), []
        for value in self.cleaned_data.get(kind, []):
            found += [one.pk for one in years[value]] if value in years else [uuid.UUID(value)]
        return list(dict.fromkeys(found))

    @property
    def chosen(self) -> list[tuple[str, uuid.UUID]]:
        """Only after is_valid()."""
        return [(kind, pk) for kind in Kind.values for pk in self._ids(kind)]

    @property
    def chosen_goals(self) -> list[uuid.UUID]:
        """Only after is_valid()."""
        return self._ids(GOALS)


def _by_year(rows: Sequence[Choice]) -> dict[str, list[Choice]]:
    """The rows of each year, the newest year first. The value of its box counts them: of a year in which something came or went
    since the page was opened, nobody hands over what they were not shown."""
    years = sorted({one.year for one in rows}, reverse=True)
    found = {year: [one for one in rows if one.year == year] for year in years}
    return {f"{year}-{len(ones)}": ones for year, ones in found.items()}


def _boxes(rows: Sequence[Choice]) -> list[tuple[str, str]]:
    return [(str(one.pk), one.label) for one in rows]


def _under_years(years: Mapping[str, Sequence[Choice]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The first box of each year stands for all of it."""
    found = []
    for value, rows in years.items():
        year = str(rows[0].year)
        every = _("All of %(year)s (%(n)d)") % {"year": year, "n": len(rows)}
        found.append((year, [(value, every), *_boxes(rows)]))
    return found
