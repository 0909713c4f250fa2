"""What is signed, as plain data. Pages and PDF are made from this and nothing else (decision 1)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.pages import words
from supervision.people.models import Agency
from supervision.records.papers import reference
from supervision.records.signing import Party

from ..models import JobDescription, PerformanceNote
from .parts import DATES, TITLES, WORDS, parts_of

SCHEMA = 1
TEMPLATE = "performance/pdf/note.html"
Kind = PerformanceNote.Kind

# What a signature says, word for word; it stands on the page and is kept with the signature.
AUTHOR_INTENT = gettext_lazy("I wrote this and I stand by it. Typing my name here is my signature.")
WORKER_INTENT = gettext_lazy(
    "I have read this and could answer it. Signing does not mean that I agree with every word. Typing my name here is my "
    "signature."
)
LEADS = {
    PerformanceNote.Standing.LINE_MANAGER: gettext_lazy(
        "About the work of %(worker)s. Written by %(author)s, line manager."
    ),
    PerformanceNote.Standing.SUPERVISOR: gettext_lazy(
        "About the work of %(worker)s. Written by %(author)s, supervisor."
    ),
}


def parties(note: PerformanceNote) -> list[Party]:
    """The one whose work it is about, and the one who wrote it."""
    return [
        Party(note.author, str(PerformanceNote.Standing(note.author_as).label)),
        Party(note.worker, _("Worker")),
    ]


def of_note(note: PerformanceNote) -> dict[str, Any]:
    """The content of the record, from its row as it is now."""
    title = str(TITLES[note.kind])
    names = {"worker": note.worker.name, "author": note.author.name}
    return {
        "schema": SCHEMA,
        "title": title,
        "kind": title,
        "what": note.kind,
        "agency": Agency.objects.values_list("name", flat=True).first() or "",
        "reference": reference(note.pk),
        "confidence": _("Confidential personnel record"),
        "zone": str(timezone.get_current_timezone()),
        "lead": str(LEADS[PerformanceNote.Standing(note.author_as)]) % names,
        "facts": _facts(note),
        "sections": _sections(note),
        "outcome": note.outcome,
        "follows": str(note.follows_id) if note.follows_id else "",
        "description": str(note.description_id) if note.description_id else "",
        "parties": [
            {"id": str(party.person.pk), "name": party.person.name, "part": party.part}
            for party in parties(note)
        ],
    }


def _sections(note: PerformanceNote) -> list[dict[str, str]]:
    """What was written, each under its heading, in the order of the form."""
    return [
        {"heading": str(part.heading), "text": text}
        for part in parts_of(note.kind)
        if part.field in WORDS and part.field != "happened" and (text := getattr(note, part.field))
    ]


def _facts(note: PerformanceNote) -> list[list[str]]:
    """The table at the top of the record: pairs of label and words."""
    rows: list[tuple[Any, str]] = []
    if note.follows_id and note.follows is not None:
        rows.append((_("Result of"), _said_of_plan(note.follows)))
    for part in parts_of(note.kind):
        value = getattr(note, part.field)
        if part.field == "happened":
            rows.append((part.heading, value))
        elif part.field == "outcome" and value:
            rows.append((part.heading, str(PerformanceNote.Outcome(value).label)))
        elif part.field == "description" and value is not None:
            rows.append((part.heading, said_of_description(value)))
        elif part.field in DATES and value:
            rows.append((part.heading, words.full_day(value)))
    rows.append((_("Also read by"), _also_reads(note)))
    return [[str(label), str(value)] for label, value in rows if value]


def _said_of_plan(plan: PerformanceNote) -> str:
    day = words.full_day(plan.from_day) if plan.from_day else ""
    return _("Plan %(reference)s, from %(day)s") % {"reference": reference(plan.pk), "day": day}


def said_of_description(found: JobDescription) -> str:
    """How a version of a job description is named."""
    return _("Version %(n)s, from %(day)s") % {"n": found.number, "day": words.full_day(found.from_day)}


def _also_reads(note: PerformanceNote) -> str:
    if note.line_manager is not None:
        return _("%(name)s, line manager") % {"name": note.line_manager.name}
    return _("Nobody else")
