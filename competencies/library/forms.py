"""The form that takes a framework file. It cleans; operations save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import PlainForm, VersionField
from supervision.records.toml_reading import LARGEST_BYTES, FileFaults

from . import framework_file
from .shape import Content


class FrameworkFileForm(PlainForm):
    """A framework as a file from somebody's computer. `content` is what it holds, once the form is valid."""

    version = VersionField()
    file = forms.FileField(
        label=_("The framework file"),
        help_text=_("Its name ends in .toml. You see how it reads before anybody else does."),
        widget=forms.FileInput(attrs={"accept": ".toml"}),
        error_messages={
            "required": _("Choose the framework file"),
            "empty": _("That file is empty. Choose the framework file"),
        },
    )
    content: Content

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(".toml"):
            raise forms.ValidationError(gettext("Choose a file whose name ends in .toml"))
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError(gettext("This file is larger than 256 KB, so it is no framework."))
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if file := data.get("file"):
            try:
                self.content = framework_file.read(file.read(), name=file.name)
            except FileFaults as faults:
                self.add_error(None, [forms.ValidationError(each) for each in faults.said])
                self.add_error("file", gettext("Put right what is listed above, then choose the file again."))
        return data
