"""Which parts each kind has, and how they are called: one table for the form, the record, its page and its PDF."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models import PerformanceNote

Kind = PerformanceNote.Kind
Words = str | Promise


@dataclass(frozen=True)
class Part:
    """One field of the form: its heading, what to write, and what is said when it is missing. Without `missing` it is optional."""

    field: str
    heading: Words
    hint: Words = ""
    missing: Words = ""


_WHEN = Part(
    "happened",
    _("When it was"),
    _("A day, or several: “October 3 and 17”."),
    _("Say when it was"),
)
_EXPECTED = Part(
    "expectation",
    _("What is expected"),
    _("What the work asks for, as it is asked of everybody who does it."),
    _("Say what is expected"),
)
_SUPPORT = Part(
    "support",
    _("Support offered"),
    _(
        "What you and the agency do so that it can work: time, training, somebody alongside, fewer other tasks."
    ),
    _("Say what support is offered"),
)
_DESCRIPTION = Part("description", _("Where the job description says so"))
_REVIEW = Part("review_on", _("Look at it again on"))

PARTS: dict[str, tuple[Part, ...]] = {
    Kind.NOTE: (
        _WHEN,
        Part(
            "facts",
            _("What happened"),
            _("What you saw or heard, before what you make of it. One or two instances are enough."),
            _("Say what happened"),
        ),
        _EXPECTED,
        _DESCRIPTION,
        _SUPPORT,
        _REVIEW,
    ),
    Kind.PLAN: (
        _WHEN,
        Part(
            "facts",
            _("What the plan is about"),
            _("What you saw or heard, before what you make of it."),
            _("Say what the plan is about"),
        ),
        Part(
            "expectation",
            _("What is to be reached"),
            _("In steps that both of you will see when they are done."),
            _("Say what is to be reached"),
        ),
        _DESCRIPTION,
        _SUPPORT,
        Part("from_day", _("From"), missing=_("Enter the day it begins")),
        Part("until_day", _("Until"), missing=_("Enter the day by which it is to be reached")),
        _REVIEW,
    ),
    Kind.RESULT: (
        Part("outcome", _("How it turned out"), missing=_("Choose how it turned out")),
        Part(
            "facts",
            _("What came of it"),
            _("What was done, by both sides, and what came of it. What went well first."),
            _("Say what came of it"),
        ),
        Part("support", _("What support there was, and what goes on")),
    ),
    Kind.RECOGNITION: (
        Part("happened", _("When it was"), _("A day, or several: “October 3 and 17”.")),
        Part(
            "facts",
            _("What was done well"),
            _("What you saw, and what it made possible."),
            _("Say what was done well"),
        ),
        _DESCRIPTION,
    ),
}

TITLES: dict[str, Words] = {
    Kind.NOTE: _("Performance note"),
    Kind.PLAN: _("Performance plan"),
    Kind.RESULT: _("Result of a performance plan"),
    Kind.RECOGNITION: _("Recognition of good work"),
}
ABOUT: dict[str, Words] = {
    Kind.RECOGNITION: _("Something done well, said so that it stays."),
    Kind.NOTE: _("Something that should change, with what would help."),
    Kind.PLAN: _("Something to be reached by a day, in steps, with support."),
    Kind.RESULT: _("How a plan turned out."),
}
DATES = ("from_day", "until_day", "review_on")
WORDS = ("happened", "facts", "expectation", "support")


def parts_of(kind: str) -> tuple[Part, ...]:
    return PARTS[kind]


def fields_of(kind: str) -> tuple[str, ...]:
    return tuple(part.field for part in PARTS[kind])
