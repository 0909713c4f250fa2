"""Signing a record about somebody's work, and the other answers to it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from supervision.records.between_two_pages import AnsweringPages

from .. import operations
from .common import note_for, who_reads
from .reading import reading_page

PAGES = AnsweringPages(
    shows="performance:note",
    find=note_for,
    doing=operations.SIGNING,
    reading=reading_page,
    about="performance.note",
    back_label=_("The record"),
    writer=lambda found: found.author,
    other=lambda found: found.worker,
    sees=who_reads,
)
sign, decline, ask_for_change, take_back, close = PAGES.views
