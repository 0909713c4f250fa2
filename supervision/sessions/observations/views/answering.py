"""Signing the record of an observation, and the other answers to it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from supervision.pages.sight import line
from supervision.people.requests import limits_first
from supervision.records.between_two_pages import AnsweringPages

from .. import operations
from .common import observation_for
from .reading import reading_page

PAGES = AnsweringPages(
    shows="sessions:observation",
    find=observation_for,
    doing=operations.SIGNING,
    reading=reading_page,
    about="sessions.observation",
    back_label=_("The observation"),
    writer=lambda found: found.supervisor,
    other=lambda found: found.worker,
    sees=lambda found, user: line("observation.record", name=found.other(user).called),
    first=limits_first,
)
sign, decline, ask_for_change, take_back, close = PAGES.views
