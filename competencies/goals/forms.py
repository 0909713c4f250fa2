"""Forms of goals. They clean; operations save."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from supervision.pages.forms import (
    DateField,
    KeyField,
    LineField,
    PlainForm,
    Rows,
    TextField,
    VersionField,
)
from supervision.records.errors import Invalid

from . import policy
from .models import Goal
from .operations import MOST_STEPS, Step, Written
from .policy import Circle
from .sentences import circle_label, circle_value


class GoalForm(PlainForm):
    """A goal, new or kept; its steps are rows of their own (D 4.8, 4.21; E formative)."""

    version = VersionField()
    key = KeyField()
    title = LineField(
        label=gettext_lazy("What I want to get better at"),
        max_length=160,
        error_messages={"required": gettext_lazy("Say what you want to get better at")},
    )
    why = TextField(label=gettext_lazy("Why it matters to me"), required=False, rows=3, max_length=4000)
    support = TextField(label=gettext_lazy("What would help me"), required=False, rows=3, max_length=4000)
    support_from = LineField(
        label=gettext_lazy("From whom"),
        required=False,
        help_text=gettext_lazy("Such as “Dana” or “somebody who has led a group for long”."),
    )
    review_on = DateField(
        label=gettext_lazy("When I look at it again"),
        required=False,
        help_text=gettext_lazy("On that day it comes up on your home page."),
    )

    def __init__(self, *args: Any, goal: Goal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goal = goal

    def clean_review_on(self) -> Any:
        day = self.cleaned_data["review_on"]
        try:
            policy.check_review_day(day, self.goal.review_on if self.goal else None)
        except Invalid as refusal:
            raise ValidationError(refusal.message) from refusal
        return day

    def written(self, steps: StepRows) -> Written:
        data = self.cleaned_data
        return Written(
            title=data["title"],
            why=data["why"],
            support=data["support"],
            support_from=data["support_from"],
            review_on=data["review_on"],
            steps=[Step(row["what"], row["by_day"], row["id"]) for row in steps.cleaned_rows],
        )


class StepRow(PlainForm):
    id = KeyField()
    what = LineField(
        label=gettext_lazy("What"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say what the step is, or remove it")},
    )
    by_day = DateField(label=gettext_lazy("By when"), required=False)


class StepRows(Rows):
    form_class = StepRow
    prefix = "steps"
    one = gettext_lazy("step")
    max_rows = MOST_STEPS


class ShareForm(PlainForm):
    """With whom: each choice says who would read it, and is good for exactly these people."""

    circle = forms.ChoiceField(
        label=gettext_lazy("Who would read it"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose who would read it"),
            "invalid_choice": gettext_lazy(
                "Who would read it has changed meanwhile. Look at the names again, then choose."
            ),
        },
    )

    def __init__(self, *args: Any, circles: Iterable[Circle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_value = {circle_value(one): one for one in circles}
        field: Any = self.fields["circle"]
        field.choices = [(value, circle_label(one)) for value, one in self.by_value.items()]
        if len(self.by_value) == 1:
            field.initial = next(iter(self.by_value))

    @property
    def chosen(self) -> Circle:
        return self.by_value[self.cleaned_data["circle"]]


class ProgressForm(PlainForm):
    key = KeyField()
    text = TextField(
        label=gettext_lazy("How it goes"),
        rows=5,
        max_length=4000,
        help_text=gettext_lazy(
            "What was tried, what it made possible, what is hard. Leave out names of people being supported."
        ),
        error_messages={"required": gettext_lazy("Write something first")},
    )


class EndForm(PlainForm):
    version = VersionField()
    how = forms.ChoiceField(
        label=gettext_lazy("How did it end?"),
        choices=Goal.Ending.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how it ended")},
    )
    words = TextField(
        label=gettext_lazy("In a few words"),
        required=False,
        rows=3,
        max_length=2000,
        help_text=gettext_lazy("What you take from it, also from a goal that you let go."),
    )
