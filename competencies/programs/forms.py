"""Forms of self-assessments of programs. They clean; operations save."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.pages.forms import DateField, KeyField, PlainForm, TextField, VersionField
from supervision.people.choices import PersonField
from supervision.people.models import User
from supervision.records.errors import Invalid

from ..library.models import FrameworkVersion
from ..rating.forms import RatingForm
from . import policy
from .actions import Written
from .letters import PAGE
from .models import ProgramAction

_PAGE = re.compile(rf"[0-9a-f]{{{PAGE}}}")


class OpenForm(PlainForm):
    """For which time, with which framework, until when. `asked` names the people that the page shows."""

    key = KeyField()
    asked = forms.CharField(required=False, widget=forms.HiddenInput)
    framework = forms.ChoiceField(label=gettext_lazy("What you look at"), widget=forms.RadioSelect)
    first_day = DateField(label=gettext_lazy("Looking back from"))
    last_day = DateField(label=gettext_lazy("To"))
    closes_on = DateField(
        label=gettext_lazy("Last day to answer"),
        help_text=gettext_lazy(
            "A week to two months ahead. It can’t be moved afterwards, and nothing is shown before."
        ),
    )

    def __init__(
        self, *args: Any, versions: Sequence[FrameworkVersion], today: datetime.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.by_value = {str(row.pk): row for row in versions}
        self.today = today
        field: Any = self.fields["framework"]
        field.choices = [(value, row.title) for value, row in self.by_value.items()]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last, closes = data.get("first_day"), data.get("last_day"), data.get("closes_on")
        if first and last:
            self._check(policy.check_period, first, last, self.today)
        if closes:
            self._check(policy.check_closes_on, closes, self.today)
        return data

    def _check(self, check: Any, *given: Any) -> None:
        try:
            check(*given)
        except Invalid as refusal:
            self.add_error(refusal.field, refusal.message)

    @property
    def chosen(self) -> FrameworkVersion:
        return self.by_value[self.cleaned_data["framework"]]


class PageField(forms.CharField):
    """The mark of a page, hidden. A forged one counts as none, so that what it sends is looked at as stale."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> str:
        text = str(value or "")
        return text if _PAGE.fullmatch(text) else "-" * PAGE


class AnswerForm(RatingForm):
    """Ratings alone, as many as somebody likes, no words. `may_choose_name` is for those who are too few to be shown as a group."""

    seen = PageField()
    page = PageField()

    def __init__(self, *args: Any, may_choose_name: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, with_words=False, **kwargs)
        if may_choose_name:
            self.fields["by_name"] = forms.BooleanField(
                label=_("Show my ratings under my name"),
                required=False,
                help_text=_("Without this tick they are kept for you alone and left out of what is shown."),
            )

    @property
    def by_name(self) -> bool:
        return bool(self.cleaned_data.get("by_name", False))


class ActionForm(PlainForm):
    """What will be done, by whom, by when."""

    key = KeyField()
    version = VersionField()
    what = TextField(
        label=gettext_lazy("What will be done"),
        rows=3,
        max_length=1000,
        help_text=gettext_lazy("Something that somebody can do. Leave out who may have said what."),
        error_messages={"required": gettext_lazy("Say what will be done")},
    )
    who = PersonField(label=gettext_lazy("Who does it"))
    by_day = DateField(
        label=gettext_lazy("By when"), error_messages={"required": gettext_lazy("Choose a day")}
    )

    def __init__(
        self, *args: Any, people: Sequence[User], action: ProgramAction | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.action = action
        # Whoever it was given to stays in the list, also after their account was closed.
        also = [action.who] if action is not None and action.who not in people else []
        self.offer([*people, *also])

    def offer(self, people: Sequence[User]) -> None:
        field: Any = self.fields["who"]
        field.offer(people)

    def clean_by_day(self) -> Any:
        day = self.cleaned_data["by_day"]
        before = self.action.by_day if self.action is not None else None
        try:
            policy.check_day_ahead(day, before)
        except Invalid as refusal:
            raise ValidationError(refusal.message) from refusal
        return day

    def written(self) -> Written:
        data = self.cleaned_data
        return Written(data["what"], data["who"], data["by_day"])


class DoneForm(PlainForm):
    version = VersionField()
    words = TextField(label=gettext_lazy("What came of it"), required=False, rows=3, max_length=1000)


class DropForm(PlainForm):
    version = VersionField()
    words = TextField(
        label=gettext_lazy("Why it is not done"),
        rows=3,
        max_length=1000,
        error_messages={"required": gettext_lazy("Say why it is not done, for those who were asked")},
    )
