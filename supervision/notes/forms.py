"""Forms of the notes. They clean; operations save."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.pages.forms import DateField, KeyField, LineField, PlainForm, TextField, VersionField
from supervision.people.choices import PersonField
from supervision.people.models import User
from supervision.records.subjects import Subject

from .models import Note
from .operations import KEEP, Written
from .sentences import about_words


class NoteForm(PlainForm):
    """A note, new or kept. `about` is a select of the author's own sessions, and of what the note is about already."""

    version = VersionField()
    key = KeyField()
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"), choices=Note.Kind.choices, widget=forms.RadioSelect, initial="note"
    )
    day = DateField(label=gettext_lazy("Day"))
    about = forms.ChoiceField(label=gettext_lazy("What it is about"), required=False)
    title = LineField(label=gettext_lazy("Title"), required=False, max_length=120)
    text = TextField(
        label=gettext_lazy("Your words"),
        rows=12,
        error_messages={"required": gettext_lazy("Write something first")},
    )

    def __init__(
        self, *args: Any, note: Note | None = None, subjects: Iterable[Subject] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.note = note
        self.subjects = {subject.key: subject for subject in subjects}
        kept = note.about_key if note else ""
        offered = [(key, about_words(one.kind, one.day, one.names)) for key, one in self.subjects.items()]
        if note and kept and kept not in self.subjects:
            said = about_words(note.about_kind, note.about_day, note.about_names)
            offered.insert(0, (kept, said))
        self.fields["about"].choices = [("", _("Nothing in particular")), *offered]  # type: ignore[attr-defined]

    def clean_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError(_("Enter today or a day before"))
        return day

    def written(self) -> Written:
        data = self.cleaned_data
        chosen = data["about"]
        kept = self.note is not None and chosen and chosen == self.note.about_key
        return Written(
            kind=data["kind"],
            day=data["day"],
            title=data["title"],
            text=data["text"],
            about=KEEP if kept else self.subjects.get(chosen),
        )


class FindForm(PlainForm):
    """Which notes to list. Sent by POST, so that the words are in no address."""

    words = LineField(label=gettext_lazy("Find words"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[
            ("", gettext_lazy("Everything")),
            ("note", gettext_lazy("Notes")),
            ("diary", gettext_lazy("Diary entries")),
            ("care", gettext_lazy("Self-care plans")),
        ],
    )


class ShareForm(PlainForm):
    person = PersonField(label=gettext_lazy("With whom"))

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.offer(people)
