"""Forms of the agency's templates. They clean; operations save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import KeyField, LineField, PlainForm, TextField, VersionField
from supervision.people.limits import LIMITS

from . import template_file, template_rules
from .template_rules import Body, PartData

STANDARD = "standard"


class RenameTemplateForm(PlainForm):
    """What a template is called."""

    version = VersionField()
    name = LineField(
        label=_("Name of the template"),
        max_length=template_rules.NAME_LIMIT,
        help_text=_(
            "Such as “Warm line” or “First year”. Supervisors see it when they choose where to start."
        ),
        error_messages={"required": _("Give the template a name")},
    )


class StartTemplateForm(PlainForm):
    """A new template: its name, and which one it begins as. `editions` are (value, label) besides the standard one."""

    key = KeyField()
    name = LineField(
        label=_("Name of the template"),
        max_length=template_rules.NAME_LIMIT,
        help_text=_(
            "Such as “Warm line” or “First year”. Supervisors see it when they choose where to start."
        ),
        error_messages={"required": _("Give the template a name")},
    )
    start_from = forms.ChoiceField(
        label=_("Start from"),
        widget=forms.RadioSelect,
        help_text=_("You change the copy; the template you start from stays as it is."),
    )

    def __init__(self, *args: Any, editions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standard = (STANDARD, gettext("The standard template that comes with Common Hour"))
        cast(forms.ChoiceField, self.fields["start_from"]).choices = [standard, *editions]


class TemplatePartForm(PlainForm):
    """One part of a template. `must_be_required`: every agreement says this part in words, so it is not asked."""

    version = VersionField()
    title = LineField(
        label=_("Title"),
        max_length=template_rules.TITLE_LIMIT,
        error_messages={"required": _("Give the part a title")},
    )
    text = TextField(
        label=_("Wording to start from"),
        required=False,
        rows=14,
        max_length=template_rules.TEXT_LIMIT,
        help_text=_("People change it as they like when they write their agreement. It may stay empty."),
    )
    required = forms.BooleanField(
        label=_("An agreement can be signed only when this part has words"), required=False
    )
    guidance = TextField(
        label=_("What to think of here"),
        required=False,
        rows=6,
        max_length=None,
        help_text=_("Guidance beside the part, one thought a line, 10 lines at most. It is not printed."),
    )
    sources = LineField(
        label=_("Where the guidance comes from"), required=False, max_length=template_rules.SOURCES_LIMIT
    )

    def __init__(self, *args: Any, must_be_required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if must_be_required:
            del self.fields["required"]
        else:
            self.fields["required"].show_optional = False  # type: ignore[attr-defined]

    def clean_guidance(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["guidance"].split("\n") if line.strip()]
        if len(lines) > template_rules.GUIDANCE_LINES:
            over = {"n": len(lines), "most": template_rules.GUIDANCE_LINES}
            raise forms.ValidationError(
                gettext("There are %(n)d lines of guidance. There is room for %(most)d.") % over
            )
        return lines

    @property
    def part(self) -> PartData:
        """The part as it was filled in, but for its key."""
        data = {name: self.cleaned_data[name] for name in ("title", "text", "guidance", "sources")}
        return data | {"required": self.cleaned_data.get("required", True)}

    @staticmethod
    def initial_of(part: PartData, version: int) -> dict[str, Any]:
        return part | {"guidance": "\n".join(part["guidance"]), "version": version}


class LimitWordsForm(PlainForm):
    """What the agency adds to each of the five limits."""

    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, text in LIMITS:
            self.fields[key] = LineField(
                label=text,
                required=False,
                max_length=template_rules.LIMIT_WORDS,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    @property
    def words(self) -> dict[str, str]:
        return {key: self.cleaned_data[key] for key, _text in LIMITS}


class _ReadsTemplate(PlainForm):
    """A form that takes a template file. `body` is what it holds, once the form is valid."""

    body: Body

    def read(self, data: bytes) -> None:
        """Take the file, or say everything that is wrong with it at the top of the page."""
        try:
            self.body = template_file.read(data)
        except template_file.TemplateProblems as refusal:
            self.add_error(None, [forms.ValidationError(each) for each in refusal.problems])


class TemplateFileForm(_ReadsTemplate):
    """A template as a file from somebody's computer."""

    version = VersionField()
    file = forms.FileField(
        label=_("The template file"),
        help_text=_("A file that was exported here or at another agency; its name ends in .toml."),
        widget=forms.FileInput(attrs={"accept": ".toml"}),
        error_messages={
            "required": _("Choose the template file"),
            "empty": _("That file is empty. Choose the template file"),
        },
    )
    words = ""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > template_file.LARGEST_BYTES:
            raise forms.ValidationError(gettext("This file is larger than 256 KB, so it is not a template."))
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if file := data.get("file"):
            content: bytes = file.read()
            self.words = content.decode("utf-8-sig", errors="replace")
            self.read(content)
        if self.non_field_errors():
            self.add_error("file", gettext("Put right what is listed above, then choose the file again."))
        return data


class SeenFileForm(_ReadsTemplate):
    """The words of a file that somebody has looked at here and wants to take over."""

    version = VersionField()
    words = forms.CharField(widget=forms.HiddenInput, strip=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.read(data.get("words", "").encode())
        return data
