"""Forms of the steps. Forms clean; operations save."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from supervision.pages.forms import (
    DateField,
    KeyField,
    LineField,
    PlainForm,
    TextField,
    TimeField,
    VersionField,
    YesNoField,
)
from supervision.people.limits import LIMITS, REPORT_NOTE
from supervision.people.models import User

from .models import Concern
from .operations import Words
from .receivers import Receiver

LIMIT = 4000  # a page: somebody is to read it and act


class StateForm(PlainForm):
    """The concern, and which limit it meets."""

    key = KeyField()
    version = VersionField()
    limit = forms.ChoiceField(
        label=gettext_lazy("Which limit does it meet?"),
        choices=LIMITS,
        widget=forms.RadioSelect,
        help_text=REPORT_NOTE,
        error_messages={"required": gettext_lazy("Choose which of the five limits it meets")},
    )
    text = TextField(
        label=gettext_lazy("What are you worried about?"),
        rows=6,
        max_length=LIMIT,
        help_text=gettext_lazy(
            "Only the concern: what you heard or saw, and why it can’t stay between you. Leave out the rest of the session, and anybody’s"
            " health. Use a description, not a name, for people supported."
        ),
        error_messages={"required": gettext_lazy("Say what you are worried about")},
    )
    named = LineField(
        label=gettext_lazy("A name, only if nobody could act without it"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Only the worker and whoever it may be shared with read this. Once the worker is told, you don’t see it any more."
        ),
    )

    def words(self) -> Words:
        data = self.cleaned_data
        return Words(limit=data["limit"], text=data["text"], named=data["named"])


def words_of(concern: Concern) -> dict[str, Any]:
    """What a form starts with that words it differently."""
    return {
        "key": concern.pk,
        "version": concern.version,
        "limit": concern.limit,
        "text": concern.text,
        "named": concern.named,
    }


class VersionForm(PlainForm):
    """A step that needs no words, taken on the page as it was shown."""

    version = VersionField()


class TellForm(PlainForm):
    """The worker was told."""

    version = VersionField()
    spoke_on = DateField(
        label=gettext_lazy("When did you talk about it?"),
        error_messages={"required": gettext_lazy("Enter the day on which you told them")},
    )
    no_time = forms.BooleanField(
        label=gettext_lazy("There is no time for them to take it further first"), required=False
    )
    no_time_reason = TextField(
        label=gettext_lazy("Why there is no time"),
        required=False,
        rows=3,
        max_length=LIMIT,
        help_text=gettext_lazy("Only if you ticked the box. They read it."),
    )


class TellLateForm(PlainForm):
    """The worker was told after it had to be shared: there is no time to give any more."""

    version = VersionField()
    spoke_on = DateField(
        label=gettext_lazy("When did you talk about it?"),
        error_messages={"required": gettext_lazy("Enter the day on which you told them")},
    )


class TakenForm(PlainForm):
    """The worker took it further themself."""

    person: Any = forms.ChoiceField(
        label=gettext_lazy("Whom did you tell?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whom you told")},
    )
    name = LineField(
        label=gettext_lazy("Their name, or what their part is"),
        required=False,
        help_text=gettext_lazy("Only for somebody who is not in the list."),
    )
    on = DateField(
        label=gettext_lazy("When?"),
        error_messages={"required": gettext_lazy("Enter the day on which you did")},
    )
    may_ask = YesNoField(
        label=gettext_lazy("May we ask them whether it reached them?"),
        yes=gettext_lazy(
            "Yes, ask them. I know that this tells them that there is a concern, and who raised it."
        ),
        no=gettext_lazy("No, don’t ask. They are told nothing."),
        help_text=gettext_lazy("Only people in the list can be asked. You can also say yes later."),
        required=False,
    )

    ELSE = "else"

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        cast(forms.ChoiceField, self.fields["person"]).choices = [
            *((key, one.name) for key, one in self.people.items()),
            (self.ELSE, gettext_lazy("Somebody else, such as my own support team")),
        ]

    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "person": self.people.get(data["person"]),
            "name": data["name"],
            "on": data["on"],
            "may_ask": bool(data["may_ask"]),
        }


class ConfirmForm(PlainForm):
    """Whether it reached whom the worker named."""

    reached = YesNoField(
        label=gettext_lazy("Has it reached you?"),
        yes=gettext_lazy("Yes, they told me"),
        no=gettext_lazy("No, not so far"),
        error_messages={"required": gettext_lazy("Choose yes or no")},
    )


class StatementForm(PlainForm):
    """The worker's own words."""

    key = KeyField()
    text = TextField(
        label=gettext_lazy("Your own words"),
        rows=6,
        max_length=LIMIT,
        help_text=gettext_lazy("How you see it, or what was left out. It stays as you send it."),
        error_messages={"required": gettext_lazy("Write what you want to stand beside it")},
    )
    for_receiver = YesNoField(
        label=gettext_lazy("Who reads it?"),
        no=gettext_lazy("Only you and whoever raised the concern"),
        yes=gettext_lazy("Also whoever it is shared with, if it is"),
        error_messages={"required": gettext_lazy("Choose who reads it")},
    )


class ReportForm(PlainForm):
    """A call or a report that was made outside."""

    key = KeyField()
    day = DateField(
        label=gettext_lazy("On which day"),
        error_messages={"required": gettext_lazy("Enter the day on which it was made")},
    )
    time = TimeField(
        label=gettext_lazy("At what time"),
        error_messages={"required": gettext_lazy("Enter the time, such as 2:00 pm")},
    )
    to_whom = LineField(
        label=gettext_lazy("To whom"),
        error_messages={"required": gettext_lazy("Say to whom it was made, such as child protection")},
    )
    reason = TextField(
        label=gettext_lazy("Why"),
        rows=4,
        max_length=LIMIT,
        help_text=REPORT_NOTE,
        error_messages={"required": gettext_lazy("Say why it was made")},
    )

    def happened_at(self) -> datetime.datetime:
        data = self.cleaned_data
        naive = datetime.datetime.combine(data["day"], data["time"])
        return timezone.make_aware(naive)


class ShareForm(PlainForm):
    """With whom it is shared, and in which words: at first those in which it was stated."""

    initial_is_saved = False

    version = VersionField()
    receiver: Any = forms.ChoiceField(
        label=gettext_lazy("Who receives it?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose with whom it is shared")},
    )
    text = TextField(
        label=gettext_lazy("The concern, as they will read it"),
        rows=8,
        max_length=LIMIT,
        help_text=gettext_lazy(
            "They read this, the limit, the dates, and the name if you gave one. Nothing of your sessions, nor the rest of this page."
        ),
        error_messages={"required": gettext_lazy("Write the concern for whoever receives it")},
    )

    def __init__(self, *args: Any, receivers: Iterable[Receiver], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.receivers = {str(one.person.pk): one for one in receivers}
        cast(forms.ChoiceField, self.fields["receiver"]).choices = [
            (key, _said(one)) for key, one in self.receivers.items()
        ]

    def chosen(self) -> User | None:
        found = self.receivers.get(self.cleaned_data["receiver"])
        return found.person if found is not None else None


def _said(one: Receiver) -> str:
    """A name, as what they receive it, and when it goes to them instead of the line manager."""
    part = Concern.SharedAs(one.shared_as).label
    if not one.instead:
        return f"{one.person.name}, {str(part).lower()}"
    why = Concern.Instead(one.instead).label
    said = gettext_lazy("%(name)s, %(part)s. Not the line manager: %(why)s.")
    return str(said) % {"name": one.person.name, "part": str(part).lower(), "why": _small(str(why))}


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


class ShareOutOfOrderForm(ShareForm):
    """The same before its turn, with why it can't wait."""

    reason = TextField(
        label=gettext_lazy("Why it can’t wait"),
        rows=4,
        max_length=LIMIT,
        help_text=gettext_lazy("The worker reads this. It shows as out of order."),
        error_messages={"required": gettext_lazy("Say why it can’t wait. The worker reads it.")},
    )
    field_order = ["version", "reason", "receiver", "text"]


class OutcomeForm(PlainForm):
    """What came of it."""

    outcome = TextField(
        label=gettext_lazy("What came of it"),
        rows=6,
        max_length=LIMIT,
        help_text=gettext_lazy("The worker and whoever raised it read this. It stays as you send it."),
        error_messages={"required": gettext_lazy("Say what came of it")},
    )


def first_statement() -> dict[str, Any]:
    return {"key": uuid.uuid4()}
