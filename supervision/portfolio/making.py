"""What a portfolio holds, gathered once, and the two files that are made of it (domain 7)."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from supervision.pages import words
from supervision.pages.spreadsheets import csv_table
from supervision.people.models import Agency, User
from supervision.records import archives, printed
from supervision.records.models import Document, Seal

from . import archive, parts
from .parts import Entry, Period

MOST_PRINTED = 1_100_000  # letters of records that one PDF takes; the rest is in the archive as it was sealed


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    entries: list[Entry]


@dataclass(frozen=True)
class Portfolio:
    """Everything chosen, read at one moment."""

    person: User
    agency: str
    period: Period
    at: datetime.datetime
    sections: list[Section]

    @property
    def seals(self) -> list[Seal]:
        return [entry.seal for section in self.sections for entry in section.entries if entry.seal]


def gather(person: User, period: Period, chosen: Sequence[str], notes: Sequence[uuid.UUID]) -> Portfolio:
    """What this person chose, in the order of the parts. A part with nothing in it is left out."""
    sections = [
        Section(part.key, str(part.title), part.read(person, period))
        for part in parts.PARTS
        if part.key in chosen
    ]
    if notes:
        sections.append(Section("notes", gettext("Reflections you chose"), parts.notes(person, notes)))
    agency = Agency.objects.values_list("name", flat=True).first() or ""
    return Portfolio(person, agency, period, timezone.now(), [one for one in sections if one.entries])


# The open archive ---------------------------------------------------------------------------------------------


def archive_of(portfolio: Portfolio) -> bytes:
    """The archive of a portfolio, see open/portfolio.schema.json."""
    files = parts.files_of(portfolio.seals)
    named = {
        seal.record_id: _name_of(seal, files[seal.record_id])
        for seal in portfolio.seals
        if seal.record_id in files
    }
    data = {
        "schema": archive.SCHEMA_VERSION,
        "made_at": portfolio.at.isoformat(timespec="seconds"),
        "agency": portfolio.agency,
        "person": {"name": portfolio.person.name, "job_title": portfolio.person.job_title},
        "period": {"first": portfolio.period.first.isoformat(), "last": portfolio.period.last.isoformat()},
        "parts": [
            {
                "part": section.key,
                "title": section.title,
                "entries": [_as_data(entry, files, named) for entry in section.entries],
            }
            for section in portfolio.sections
        ],
    }
    packed = {"portfolio.json": archives.as_json(data)}
    packed |= {f"tables/{section.key}.csv": _table(section) for section in portfolio.sections}
    packed |= {named[pk]: bytes(files[pk].pdf) for pk in named}
    return archive.packed(packed, made_at=portfolio.at)


def _name_of(seal: Seal, document: Document) -> str:
    kind = re.sub(r"[^a-z]+", "-", seal.kind.lower()).strip("-") or "record"
    return f"records/{seal.sealed_at:%Y-%m-%d}-{kind}-{document.sha256[:8]}.pdf"


def _as_data(entry: Entry, files: Mapping[Any, Document], named: Mapping[Any, str]) -> dict[str, Any]:
    data = {
        "title": entry.title,
        "day": entry.day.isoformat() if entry.day else None,
        "facts": [list(pair) for pair in entry.facts],
        "said": [list(pair) for pair in entry.said],
        "data": dict(entry.data),
    }
    if entry.seal is not None and entry.seal.record_id in named:
        data["record"] = {
            "file": named[entry.seal.record_id],
            "sha256": files[entry.seal.record_id].sha256,
            "sealed_at": entry.seal.sealed_at.isoformat(),
        }
    return data


def _table(section: Section) -> bytes:
    """Each entry in a row: its day, its title and every fact in a column of its own."""
    labels = list(dict.fromkeys(label for entry in section.entries for label, _value in entry.facts))
    rows = [
        [entry.day.isoformat() if entry.day else "", entry.title]
        + [dict(entry.facts).get(label, "") for label in labels]
        for entry in section.entries
    ]
    return csv_table([gettext("Day"), gettext("What"), *labels], rows)


# The printed portfolio ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Printed:
    """One entry on paper: the record as it was signed, or facts and words."""

    id: str
    entry: Entry
    record: SafeString


def page_of(portfolio: Portfolio) -> dict[str, Any]:
    """What the PDF is fed with."""
    room, number = MOST_PRINTED, 0
    shown, left = [], 0
    for section in portfolio.sections:
        rows = []
        for entry in section.entries:
            number += 1
            record = printed.as_signed(entry.seal) if entry.seal is not None and room > 0 else SafeString("")
            room -= len(record)
            left += entry.seal is not None and not record
            rows.append(Printed(f"part-{number}", entry, record))
        shown.append({"id": f"section-{section.key}", "title": section.title, "rows": rows})
    first, last = words.full_day(portfolio.period.first), words.full_day(portfolio.period.last)
    content = {
        "agency": portfolio.agency,
        "title": gettext("Portfolio"),
        "lead": gettext("%(name)s, %(first)s to %(last)s.")
        % {"name": portfolio.person.name, "first": first, "last": last},
        "reference_line": gettext("Made for the person it is about"),
        "made": gettext("Made %(day)s") % {"day": words.full_day(timezone.localdate(portfolio.at))},
        "confidence": gettext("Confidential, yours to give"),
        "facts": [(section.title, str(len(section.entries))) for section in portfolio.sections],
    }
    return {"content": content, "sections": shown, "left": left}
