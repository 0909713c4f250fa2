"""Which part of the log is shown. It lives in the address, so that it can be kept."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import DateField, LineField, PlainForm

from .log import Asked, Book


class LogFilter(PlainForm):
    """Days, a kind of record, a person. The choices are what is in this person's log, and nothing else.

    Of one record (`record`) there is no kind to choose; it is kept, hidden, while the days are changed.
    """

    since = DateField(label=_("From"), required=False)
    until = DateField(label=_("Until"), required=False)
    kind = forms.ChoiceField(label=_("Kind of record"), required=False)
    by = forms.ChoiceField(label=_("Opened by"), required=False)
    record = LineField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, book: Book, record: uuid.UUID | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["by"].choices = [("", _("Anybody")), *book.people_in_it]  # type: ignore[attr-defined]
        if record is None:
            self.fields["kind"].choices = [("", _("Every kind")), *book.kinds_in_it]  # type: ignore[attr-defined]
            del self.fields["record"]
        else:
            del self.fields["kind"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            raise forms.ValidationError(_("The last day comes before the first. Check both dates."))
        return data

    def asked(self, record: uuid.UUID | None) -> Asked:
        """What is asked for, as far as it could be read."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return Asked(
            first=given.get("since"),
            last=given.get("until"),
            kind=given.get("kind", ""),
            by=given.get("by", ""),
            record=record,
        )
