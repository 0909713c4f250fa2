"""“Who has seen what about you”, of a period, as the PDF is fed with it: the access log of one person (decision 12)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from supervision.overview.opened import log, reasons
from supervision.pages import words
from supervision.people.models import Agency, User

from .parts import Period

LISTED = 2000  # openings that one file lists; the summary counts all of them


def page_of(person: User, period: Period) -> dict[str, Any]:
    """What the PDF says, as the log stands now. The number of queries does not depend on how much is in it."""
    book, asked = log.Book(person), log.Asked(period.first, period.last)
    found = book.openings(asked)
    summary = log.summary_of(found)
    total = sum(line.times for line in summary)
    rows = book.rows(log.said(found).order_by("-at", "-id")[:LISTED])
    content = {
        "agency": Agency.objects.values_list("name", flat=True).first() or "",
        "title": gettext("Who has seen what about you"),
        "lead": f"{_lead(person, period, total)} {reasons.WHAT_IT_IS_ABOUT}",
        "reference_line": gettext("Made for the person it is about"),
        "made": gettext("Made %(day)s") % {"day": words.full_day(timezone.localdate())},
        "confidence": gettext("Confidential, yours to give"),
        "facts": [
            (gettext("From"), words.full_day(period.first)),
            (gettext("To"), words.full_day(period.last)),
            (gettext("Openings"), str(total)),
        ],
    }
    return {"content": content, "summary": summary, "rows": rows, "left": max(total - len(rows), 0)}


def _lead(person: User, period: Period, total: int) -> str:
    values = {
        "name": person.name,
        "first": words.full_day(period.first),
        "last": words.full_day(period.last),
        "n": total,
    }
    if not total:
        return (
            gettext(
                "%(name)s: from %(first)s to %(last)s, nobody opened a record of yours without being party to it."
            )
            % values
        )
    return (
        ngettext(
            "%(name)s: from %(first)s to %(last)s, a record of yours was opened once by somebody who is not party to it.",
            "%(name)s: from %(first)s to %(last)s, records of yours were opened %(n)d times by people who are not party to them.",
            total,
        )
        % values
    )
