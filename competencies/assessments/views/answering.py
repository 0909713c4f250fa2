"""Signing a formal assessment, and the other answers to it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from supervision.records.between_two_pages import AnsweringPages

from .. import operations
from .common import assessment_of, sees
from .reading import reading_page

PAGES = AnsweringPages(
    shows="competencies:assessment",
    find=assessment_of,
    doing=operations.SIGNING,
    reading=reading_page,
    about="competencies.assessment",
    back_label=_("The assessment"),
    writer=lambda found: found.other,
    other=lambda found: found.person,
    sees=sees,
    taken_back=_(
        "What you settled on is a draft again, and only you can see it until you send it. Both views stay shown to both of you."
    ),
)
sign, decline, ask_for_change, take_back, close = PAGES.views
