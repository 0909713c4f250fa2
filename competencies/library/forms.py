"""The form that takes a framework file. It cleans; operations save."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import VersionField
from supervision.records.forms import TomlFileForm

from . import framework_file
from .shape import Content


class FrameworkFileForm(TomlFileForm):
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

    too_large = _("This file is larger than 256 KB, so it is no framework.")

    def read(self, data: bytes, *, name: str) -> Content:
        return framework_file.read(data, name=name)
