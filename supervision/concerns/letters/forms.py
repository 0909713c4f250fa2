"""Forms of letters. Forms clean; operations save."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from supervision.pages.forms import KeyField, PlainForm, TextField
from supervision.people.models import User

from .operations import Recipient

LIMIT = 8000


class LetterForm(PlainForm):
    """To whom, and what."""

    key = KeyField()
    recipient: Any = forms.ChoiceField(
        label=gettext_lazy("To whom?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose to whom you write")},
    )
    text = TextField(
        label=gettext_lazy("What is not working"),
        rows=8,
        max_length=LIMIT,
        help_text=gettext_lazy("What happens, and what would help. It is sent as you write it."),
        error_messages={"required": gettext_lazy("Write what you want to say")},
    )

    def __init__(self, *args: Any, recipients: Iterable[Recipient], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        self.recipients = {str(one.person.pk): one.person for one in recipients}
        cast(forms.ChoiceField, self.fields["recipient"]).choices = [
            (str(one.person.pk), _said(one)) for one in recipients
        ]

    def recipient_chosen(self) -> User | None:
        return self.recipients.get(self.cleaned_data["recipient"])


def _said(one: Recipient) -> str:
    if one.is_named:
        return str(gettext_lazy("%(name)s, named in your agreement")) % {"name": one.person.name}
    return f"{one.person.name}, {one.person.job_title}" if one.person.job_title else one.person.name


class MessageForm(PlainForm):
    """An answer, or something to add."""

    key = KeyField()
    text = TextField(
        label=gettext_lazy("Your answer"),
        rows=5,
        max_length=LIMIT,
        error_messages={"required": gettext_lazy("Write what you want to say")},
    )
