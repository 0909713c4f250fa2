"""Editable rows of a session record: the topics of the agenda and the next steps."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.pages.forms import DateField, PlainForm, Rows, TextField
from supervision.people.models import Arrangement, User

from .forms import KeyField
from .models import Action, AgendaItem
from .operations import Step, Topic

REACHED = [("yes", gettext_lazy("Talked about")), ("no", gettext_lazy("For next time"))]


class TopicRow(PlainForm):
    id = KeyField()
    topic = TextField(
        label=gettext_lazy("Topic"),
        rows=1,
        max_length=1000,
        error_messages={"required": gettext_lazy("Say what it was about, or remove this row")},
    )
    area = forms.ChoiceField(label=gettext_lazy("Area"), choices=AgendaItem.Category.choices)
    by = forms.ChoiceField(label=gettext_lazy("Raised by"))
    reached = forms.ChoiceField(label=gettext_lazy("Reached"), choices=REACHED)
    part = forms.ChoiceField(label=gettext_lazy("Part"), choices=[], required=False)
    outcome = TextField(label=gettext_lazy("What came of it"), required=False, rows=1)

    def __init__(
        self,
        data: Any = None,
        *args: Any,
        people: Sequence[tuple[str, str]] = (),
        items: dict[str, AgendaItem] | None = None,
        writer: User | None = None,
        both: bool = False,
        **kwargs: Any,
    ) -> None:
        prefix, initial = kwargs.get("prefix", ""), kwargs.setdefault("initial", {})
        named = data.get(f"{prefix}-id") if data is not None else initial.get("id")
        self.item = (items or {}).get(str(named or ""))
        if self.item is not None:
            initial["by"] = str(self.item.raised_by_id)
        self.is_locked = self.item is not None and writer is not None and self.item.raised_by_id != writer.pk
        if data is not None and self.is_locked and self.item is not None:
            data[f"{prefix}-topic"] = self.item.text
        super().__init__(data, *args, **kwargs)
        by: Any = self.fields["by"]
        by.choices = list(people)
        if self.item is not None:
            by.disabled = True
            if str(self.item.raised_by_id) not in dict(people):
                by.choices = [*people, (str(self.item.raised_by_id), self.item.raised_by.called)]
        if self.is_locked:
            self.fields["topic"].widget.attrs["readonly"] = True
        if both:
            part: Any = self.fields["part"]
            part.choices = [("", _("Not said")), *Arrangement.Focus.choices[:2]]
        else:
            del self.fields["part"]


class TopicRows(Rows):
    form_class = TopicRow
    prefix = "agenda"
    one = gettext_lazy("topic")
    max_rows = 60
    blank_rows = 1

    def topics(self) -> list[Topic]:
        """The rows in order; a removed row of somebody else's topic is left out, and the operation keeps the topic."""
        return [
            Topic(
                id=row["id"],
                text=row["topic"],
                category=row["area"],
                raised_by_id=uuid.UUID(row["by"]),
                reached=row["reached"] == "yes",
                outcome=row["outcome"],
                focus=row.get("part", ""),
            )
            for row in self.cleaned_rows
        ]


class StepRow(PlainForm):
    id = KeyField()
    what = TextField(
        label=gettext_lazy("What"),
        rows=1,
        max_length=1000,
        error_messages={"required": gettext_lazy("Say what will be done, or remove this row")},
    )
    who = forms.ChoiceField(label=gettext_lazy("Who"))
    by = DateField(label=gettext_lazy("By when"), required=False)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who: Any = self.fields["who"]
        who.choices = list(people)


class StepRows(Rows):
    form_class = StepRow
    prefix = "steps"
    one = gettext_lazy("next step")
    max_rows = 30
    blank_rows = 1

    def steps(self) -> list[Step]:
        return [
            Step(id=row["id"], text=row["what"], owner_id=uuid.UUID(row["who"]), due_on=row["by"])
            for row in self.cleaned_rows
        ]


def initial_topics(items: Sequence[AgendaItem]) -> list[dict[str, Any]]:
    return [
        {
            "id": item.pk,
            "topic": item.text,
            "area": item.category,
            "by": str(item.raised_by_id),
            "reached": "yes" if item.reached else "no",
            "part": item.focus,
            "outcome": item.outcome,
        }
        for item in items
    ]


def initial_steps(actions: Sequence[Action]) -> list[dict[str, Any]]:
    return [
        {"id": action.pk, "what": action.text, "who": str(action.owner_id), "by": action.due_on}
        for action in actions
    ]
