"""What a note is about, in words."""

from __future__ import annotations

import datetime

from django.utils.translation import gettext as _

from supervision.pages import words

from .models import Note


def about_words(kind: str, day: datetime.date | None, names: str) -> str:
    """ "Session with Dana Whitfield, Nov 24", from the facts kept when it was linked. Empty for a note about nothing."""
    if not kind or day is None:
        return ""
    said = {
        (Note.About.SESSION, True): _("Session with %(names)s, %(day)s"),
        (Note.About.SESSION, False): _("Session on %(day)s"),
        (Note.About.ACTION, True): _("Next step from the session with %(names)s, %(day)s"),
        (Note.About.ACTION, False): _("Next step from the session on %(day)s"),
    }[Note.About(kind), bool(names)]
    return said % {"names": names, "day": words.short_day(day)}
