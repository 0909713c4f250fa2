"""The form that takes a file. It cleans; operations save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import KeyField, PlainForm

from .reading import MAX_BYTES


class FileForm(PlainForm):
    """A table as a file from somebody's computer."""

    key = KeyField()
    file = forms.FileField(
        label=_("The file"),
        help_text=_(".xlsx or .csv, up to 10,000 rows and 8 MB. You see first what it would change."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
        max_length=None,
        error_messages={
            "required": _("Choose the file"),
            "empty": _("That file is empty. Choose another one"),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(gettext("This file is larger than 8 MB. Split it into several."))
        return file


class InviteForm(PlainForm):
    """Invitations are sent only where this is ticked."""

    invite = forms.BooleanField(
        label=_("Send each of them an e-mail with a link, with which they choose their password"),
        error_messages={"required": _("Tick this to send the invitations")},
    )
