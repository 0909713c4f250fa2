"""Forms of what is taken up. Forms clean; operations save."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from supervision.pages.forms import KeyField, PlainForm, TextField, VersionField
from supervision.people.models import User

from .models import Matter, MatterReply
from .operations import Words

LIMIT = 4000  # a page, not a file: somebody is to read it and answer


class WordsForm(PlainForm):
    """What the two agree on, and to whom it goes."""

    key = KeyField()
    version = VersionField()
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=Matter.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what it is")},
    )
    about = forms.ChoiceField(
        label=gettext_lazy("What it is about"),
        choices=[("", gettext_lazy("Choose one")), *Matter.About.choices],
        help_text=gettext_lazy("So that the agency can see what keeps coming up, without reading a word."),
        error_messages={"required": gettext_lazy("Choose what it is about")},
    )
    text = TextField(
        label=gettext_lazy("What happens, and what it does to the work"),
        rows=6,
        max_length=LIMIT,
        help_text=gettext_lazy(
            "So that somebody who was not there understands it. No names of people supported."
        ),
        error_messages={
            "required": gettext_lazy("Say what it is, so that somebody who was not there understands it")
        },
    )
    wish = TextField(label=gettext_lazy("What would help"), required=False, rows=4, max_length=LIMIT)
    manager = forms.ChoiceField(
        label=gettext_lazy("Who should answer it"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who should answer it")},
    )

    def __init__(self, *args: Any, managers: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.managers = {str(person.pk): person for person in managers}
        self.fields["manager"].choices = [(key, one.name) for key, one in self.managers.items()]  # type: ignore[attr-defined]

    def words(self) -> Words:
        data = self.cleaned_data
        return Words(
            kind=data["kind"],
            about=data["about"],
            text=data["text"],
            wish=data["wish"],
            manager=self.managers[data["manager"]],
        )


class ReplyForm(PlainForm):
    """The manager's answer to the two."""

    key = KeyField()
    kind: Any = forms.ChoiceField(
        label=gettext_lazy("How it stands"),
        choices=MatterReply.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how it stands")},
    )
    text = TextField(
        label=gettext_lazy("Your answer"),
        rows=5,
        max_length=LIMIT,
        help_text=gettext_lazy("The two read it, and talk it over next time. What you sent stays as it is."),
        error_messages={"required": gettext_lazy("Say it in a few words: they read nothing but this")},
    )


def first_words() -> dict[str, Any]:
    """What an empty form starts with."""
    return {"key": uuid.uuid4(), "kind": Matter.Kind.BARRIER}


def words_of(matter: Matter) -> dict[str, Any]:
    """What a form starts with that puts this one differently, or takes it up once more."""
    return {
        "key": matter.pk,
        "version": matter.version,
        "kind": matter.kind,
        "about": matter.about,
        "text": matter.text,
        "wish": matter.wish,
        "manager": str(matter.manager_id),
    }
