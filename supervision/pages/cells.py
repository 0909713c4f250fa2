"""Cells of tables whose rows are put together outside of their template (`{% table_rows %}`)."""

from __future__ import annotations

import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import words


def moment(at: datetime.datetime) -> SafeString:
    """A day, and smaller the time of day."""
    return format_html(
        '<time datetime="{}">{} <small>{}</small></time>',
        at.isoformat(),
        words.short_day(at),
        words.clock(at),
    )
