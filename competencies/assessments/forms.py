"""Forms of assessments. They clean; operations save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.pages import words
from supervision.pages.forms import DateField, KeyField, PlainForm, TextField, VersionField
from supervision.records.errors import Invalid
from supervision.records.forms import SignedForm
from supervision.records.subjects import Subject

from ..library.models import FrameworkVersion
from ..library.shape import Domain
from ..rating.forms import RATE, RatingForm
from ..rating.marks import Marks, nobody_showed
from . import content, policy
from .models import Assessment
from .operations import Begun, Filled, WrittenUp

LINKS = "links-"


class BeginForm(PlainForm):
    """What is looked at, for which period, and whether it is signed. `frameworks` are those that it can be."""

    key = KeyField()
    framework = forms.ChoiceField(
        label=gettext_lazy("What do you look at?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you look at")},
    )
    how = forms.ChoiceField(
        label=gettext_lazy("Informal or formal?"),
        choices=[
            ("informal", gettext_lazy("Informal: it stays between the two of you")),
            (
                "formal",
                gettext_lazy(
                    "Formal: once you have talked, you both sign what you settled on, and managers read that"
                ),
            ),
        ],
        widget=forms.RadioSelect,
        initial="informal",
    )
    from_day = DateField(label=gettext_lazy("From"))
    until_day = DateField(label=gettext_lazy("Until"))
    due_on = DateField(
        label=gettext_lazy("Both parts are in by"),
        help_text=gettext_lazy(
            "Two or three weeks are usual. After that day either of you can leave it at that."
        ),
    )

    def __init__(
        self, *args: Any, frameworks: Sequence[FrameworkVersion], alone: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(one.pk): one for one in frameworks}
        field: Any = self.fields["framework"]
        field.choices = [(key, one.title) for key, one in self.by_id.items()]
        if len(self.by_id) == 1:
            field.initial = next(iter(self.by_id))
        if alone:
            del self.fields["how"], self.fields["due_on"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("from_day") and data.get("until_day"):
            try:
                policy.check_days(data["from_day"], data["until_day"], data.get("due_on"))
            except Invalid as refusal:
                self.add_error(refusal.field, refusal.message)
        version = self.by_id.get(data.get("framework", ""))
        if data.get("how") == "formal" and version is not None and "formal" not in version.body.uses:
            self.add_error(
                "how", _("This one is not made for formal assessments. Choose informal, or another one.")
            )
        return data

    def begun(self) -> Begun:
        data = self.cleaned_data
        return Begun(
            framework=self.by_id[data["framework"]],
            from_day=data["from_day"],
            until_day=data["until_day"],
            due_on=data.get("due_on"),
            is_formal=data.get("how") == "formal",
        )


def link_label(subject: Subject) -> str:
    """How something that shows it is named: for the form, the other person and the record."""
    said = {  # without names: it stands in a record that managers read
        "session": _("Session on %(day)s"),
        "observation": _("Observation on %(day)s"),
        "training": _("Training: %(names)s, %(day)s"),
    }[subject.kind]
    return said % {"names": subject.names, "day": words.short_day(subject.day)}


class PartForm(RatingForm):
    """One person's part. `subjects` are sessions, observations and training that may be named as showing it."""

    version = VersionField()

    def __init__(
        self,
        *args: Any,
        subjects: Sequence[Subject] = (),
        links: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.subjects = {one.key: one for one in subjects}
        self.stored = {f"{one['kind']}:{one['id']}": one for rows in (links or {}).values() for one in rows}
        initial = {
            LINKS + key: [f"{one['kind']}:{one['id']}" for one in rows] for key, rows in (links or {}).items()
        }
        kwargs["initial"] = {**initial, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        # What was named before stays to choose, also when it is not among the newest any more.
        older = [(key, one["label"]) for key, one in self.stored.items() if key not in self.subjects]
        choices = [(key, link_label(one)) for key, one in self.subjects.items()] + older
        for domain in self.domains if choices else ():
            self.fields[LINKS + domain.id] = forms.MultipleChoiceField(
                label=_("Where it showed: sessions, observations, training"),
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )

    def after(self, domain: Domain) -> Any:
        return self[LINKS + domain.id] if LINKS + domain.id in self.fields else None

    def filled(self) -> Filled:
        links = {
            domain.id: [self._link(key) for key in self.cleaned_data.get(LINKS + domain.id, ())]
            for domain in self.domains
        }
        return Filled(self.marks, {key: rows for key, rows in links.items() if rows})

    def _link(self, key: str) -> dict[str, str]:
        subject = self.subjects.get(key)
        if subject is None:
            return dict(self.stored[key])
        return {"kind": subject.kind, "id": str(subject.id), "label": link_label(subject), "url": subject.url}


class WriteUpForm(RatingForm):
    """What the two settled on when they talked."""

    version = VersionField()
    talked_on = DateField(
        label=gettext_lazy("When did you talk about it?"),
        required=False,
        help_text=gettext_lazy("Nothing is final before that."),
    )
    strengths = TextField(
        label=gettext_lazy("What you both see as strengths"),
        required=False,
        rows=4,
        max_length=4000,
        help_text=gettext_lazy("Begin with what goes well, and what it made possible."),
    )
    to_grow = TextField(
        label=gettext_lazy("What to work on, and what will help"),
        required=False,
        rows=4,
        max_length=4000,
        help_text=gettext_lazy("Also where you still see it differently."),
    )

    def __init__(
        self, *args: Any, assessment: Assessment, views: Sequence[Marks] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, with_words=False, **kwargs)
        self.assessment, self.views = assessment, views

    def clean_talked_on(self) -> Any:
        day = self.cleaned_data["talked_on"]
        if day is not None:
            try:
                policy.check_talked_on(day, self.assessment)
            except Invalid as refusal:
                raise ValidationError(refusal.message) from refusal
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.finished:
            if data.get("talked_on") is None and "talked_on" not in self.errors:
                self.add_error(
                    "talked_on", _("Say on which day you talked about it. Nothing is final before that.")
                )
            if not data.get("strengths") and "strengths" not in self.errors:
                self.add_error("strengths", _("Say what you both see as strengths"))
            self._check_ends()
        return data

    def _check_ends(self) -> None:
        """The lowest and the highest point rest on words: one of the two marked it so, and said what shows it (domain 10)."""
        top = len(self.content.scale)
        for one in nobody_showed(self.marks, self.views, self.statements, top=top):
            said = _(
                "Statement %(n)s: neither of you marked and showed this. Choose a point nearer to what you marked."
            )
            self.add_error(RATE + one.id, said % {"n": self.number_of(one)})

    def written(self) -> WrittenUp:
        data = self.cleaned_data
        return WrittenUp(data["talked_on"], self.marks, data["strengths"], data["to_grow"])


class SendForm(SignedForm):
    """Whoever wrote it up signs it, and sends it to the one whose practice it is."""

    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, intent=content.LEAD_INTENT, **kwargs)
