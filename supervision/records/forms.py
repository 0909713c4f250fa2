"""Forms that the pages of every record have: signing it, declining it, and saying why something happens to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from supervision.pages.forms import LineField, PlainForm, TextField

from .toml_reading import LARGEST_BYTES, FileFaults


class SignedForm(PlainForm):
    """What somebody signs by typing their name. `intent` is what the signature says."""

    typed_name = LineField(
        label=gettext_lazy("Type your full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "w-medium"}),
        error_messages={"required": gettext_lazy("Type your full name. That is your signature.")},
    )

    def __init__(self, *args: Any, intent: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if intent:
            self.fields["typed_name"].help_text = intent


class SignForm(SignedForm):
    """A signature of what was on the page, named by its digest, with words of one's own if one likes."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)
    statement = TextField(
        label=gettext_lazy("Anything you want kept with your signature"),
        required=False,
        rows=3,
        help_text=gettext_lazy(
            "In your own words: what you agree with, would put differently or want to add."
        ),
    )


class DeclineForm(PlainForm):
    """Not signing what was on the page, with the reason."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)
    reason = TextField(
        label=gettext_lazy("Why you do not sign"),
        rows=4,
        error_messages={
            "required": gettext_lazy(
                "Say in your own words why you do not sign. It is kept beside the record."
            )
        },
    )
    typed_name = LineField(
        label=gettext_lazy("Type your full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "w-medium"}),
        error_messages={"required": gettext_lazy("Type your full name, so that it is clear who says this.")},
    )


class ReasonForm(PlainForm):
    """One box for words that the others will read."""

    reason = TextField(label=gettext_lazy("Reason"), rows=4)

    def __init__(
        self, *args: Any, label: Any = "", hint: Any = "", required: Any = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label, field.help_text = label or field.label, hint
        field.required = bool(required)
        if required:
            field.error_messages["required"] = required

    @property
    def given(self) -> dict[str, str]:
        """What the operation is told."""
        return {"reason": self.cleaned_data["reason"]}


class ChangeForm(ReasonForm):
    """What should be different in what was on the page, named by its digest."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)

    @property
    def given(self) -> dict[str, str]:
        """A form that names no text is about the one that its page shows now."""
        return {**super().given, "seen": self.cleaned_data["seen"] or self["seen"].initial}


class TomlFileForm(PlainForm):
    """Something that an agency says in a TOML file. A subclass has the field `file`, and `read` gives what is in it as `content`."""

    too_large: Any = ""
    content: Any

    def read(self, data: bytes, *, name: str) -> Any:
        """What the file holds. Raises FileFaults."""
        raise NotImplementedError

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(".toml"):
            raise forms.ValidationError(gettext("Choose a file whose name ends in .toml"))
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError(self.too_large)
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if file := data.get("file"):
            try:
                self.content = self.read(file.read(), name=file.name)
            except FileFaults as faults:
                self.add_error(None, [forms.ValidationError(each) for each in faults.said])
                self.add_error("file", gettext("Put right what is listed above, then choose the file again."))
        return data
