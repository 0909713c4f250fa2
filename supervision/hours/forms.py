"""Which period, and as known on which day."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.pages.forms import DateField, PlainForm

LONGEST = datetime.timedelta(days=10 * 366)


class PeriodForm(PlainForm):
    """A period up to ten years long. Without a day of knowing, as known today."""

    first = DateField(label=_("From"), error_messages={"required": _("Enter the first day of the period")})
    last = DateField(label=_("To"), error_messages={"required": _("Enter the last day of the period")})
    known = DateField(
        label=_("As known on"),
        required=False,
        help_text=_("A signature that came later is left out. Empty: today."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", gettext("Enter a last day that is not before the first"))
        elif first and last and last - first > LONGEST:
            self.add_error("first", gettext("Choose at most ten years"))
        if data.get("known") and data["known"] > timezone.localdate():
            self.add_error("known", gettext("Enter a day that is not after today"))
        return data


def this_quarter() -> dict[str, datetime.date]:
    """The last two months and this one up to today: what is asked about most often."""
    today = timezone.localdate()
    begin = today.replace(day=1)
    for _month in range(2):
        begin = (begin - datetime.timedelta(days=1)).replace(day=1)
    return {"first": begin, "last": today}
