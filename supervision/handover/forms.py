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


class ChooseForm(PlainForm):
    """A list of boxes for each kind of which there is something."""

    def __init__(self, *args: Any, offered: Mapping[str, Sequence[Choice]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in LABELS.items():
            if offered.get(kind):
                self.fields[kind] = forms.MultipleChoiceField(
                    label=label,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                    choices=[(str(one.pk), one.label) for one in offered[kind]],
                    error_messages={
                        "invalid_choice": _(
                            "Something you chose can’t go over any more. Look at the list again."
                        )
                    },
                )

    def _ids(self, kind: str) -> list[uuid.UUID]:
        return [uuid.UUID(pk) for pk in self.cleaned_data.get(kind, [])]

    @property
    def chosen(self) -> list[tuple[str, uuid.UUID]]:
        """Only after is_valid()."""
        return [(kind, pk) for kind in Kind.values for pk in self._ids(kind)]

    @property
    def chosen_goals(self) -> list[uuid.UUID]:
        """Only after is_valid()."""
        return self._ids(GOALS)
