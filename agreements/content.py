"""What is signed: the content of an agreement, built from its rows once, when it is offered.

The same content, made live, shows a draft. Signing page, reading page and PDF are made from it and nothing else.
"""

from __future__ import annotations

import base64
import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from supervision.pages import words
from supervision.people.limits import EDITION
from supervision.people.models import Agency, Arrangement, Participation
from supervision.records import encryption

from . import standard, wording
from .models import Agreement, AgreementParty, Clause

SCHEMA = 1


@dataclass(frozen=True)
class Rows:
    """The rows that a content is built from."""

    agreement: Agreement
    parties: list[AgreementParty]
    clauses: list[Clause]
    agency: str
    zone: str
    replaces: Agreement | None


def rows_of(agreement: Agreement, *, agency: str = "", versions: Sequence[Agreement] | None = None) -> Rows:
    """Load what the content is built from, keys included.

    `agency` and the other `versions` of the arrangement are queried unless a page has them already.
    """
    zone = ""
    if not agency:
        agency, zone = Agency.objects.values_list("name", "time_zone").first() or ("", "")
    if versions is None:
        versions = list(Agreement.objects.filter(arrangement=agreement.arrangement_id))
    earlier = [one for one in versions if one.is_sealed and one.number < agreement.number]
    encryption.unlock([agreement])
    return Rows(
        agreement=agreement,
        parties=list(agreement.parties.select_related("person")),
        clauses=list(agreement.clauses.select_related("changed_by", "suggestion__by")),
        agency=agency,
        zone=zone,
        replaces=max(earlier, key=lambda one: one.number, default=None),
    )


def part_name(arrangement: Arrangement, part: str) -> str:
    """How a part is called in this arrangement: Supervisor, Peer worker, Supervisee."""
    return Participation(arrangement=arrangement, part=part).part_name


def people(rows: Rows) -> list[wording.Who]:
    """The parties, as the text speaks of them."""
    return who_of(rows.agreement.arrangement, rows.parties)


def who_of(arrangement: Arrangement, parties: Sequence[AgreementParty]) -> list[wording.Who]:
    return [
        wording.Who(
            id=str(party.person_id),
            name=party.person.name,
            called=party.person.called,
            part=part_name(arrangement, party.part),
            leads=party.part in Participation.LEADING,
        )
        for party in parties
    ]


def parties_now(agreement: Agreement) -> list[AgreementParty]:
    """Who a sealed version is between today: those it names and those who joined it, of whoever still takes part."""
    named = {party.person_id: party for party in agreement.parties.select_related("person")}
    for joined in agreement.accessions.filter(sealed_at__isnull=False).select_related("person"):
        named.setdefault(
            joined.person_id,
            AgreementParty(agreement=agreement, person=joined.person, part=joined.part),
        )
    now = set(
        Participation.objects.current()
        .filter(arrangement=agreement.arrangement_id)
        .values_list("person_id", flat=True)
    )
    return [party for person, party in named.items() if person in now]


def reference(record_id: uuid.UUID) -> str:
    """A short reference to quote, such as K7QX-2M4D. Made from the id, so that it tells nothing about how many there are."""
    code = base64.b32encode(record_id.bytes[-5:]).decode()
    return f"{code[:4]}-{code[4:]}"


def build(rows: Rows) -> dict[str, Any]:
    """The content: plain text, whole numbers, lists and mappings; days as ISO text and in words."""
    agreement, who = rows.agreement, people(rows)
    names = words.join_names(one.name for one in who)
    return {
        "schema": SCHEMA,
        "kind": agreement.record_kind,
        "title": gettext("Supervision agreement"),
        "lead": gettext("What %(names)s agree on for their supervision.") % {"names": names},
        "agency": rows.agency,
        "zone": rows.zone,
        "program": agreement.arrangement.program.name,
        "structure": str(agreement.arrangement.get_structure_display()),
        "reference": reference(agreement.pk),
        "version": agreement.number,
        "replaces": _replaced(rows.replaces),
        "template": agreement.template_name,
        "parties": [{"id": one.id, "name": one.name, "part": one.part} for one in who],
        "terms": _terms(agreement),
        "facts": _facts(rows, names),
        "limits": wording.limits(standard.of(agreement).limits),
        "limits_edition": EDITION,
        "clauses": _clauses(rows, who),
    }


def _replaced(earlier: Agreement | None) -> dict[str, Any] | None:
    return {"version": earlier.number, "reference": reference(earlier.pk)} if earlier else None


def _terms(agreement: Agreement) -> dict[str, Any]:
    return {
        "starts_on": agreement.starts_on.isoformat(),
        "minutes_each": agreement.minutes_each,
        "every_days": agreement.every_days,
        "concern_days": agreement.concern_days,
        "turn_to": wording.plain(agreement.turn_to_id),
        "hears_instead": wording.plain(agreement.hears_instead_id),
        "review_on": _iso(agreement.review_on),
        "cadence_reason": agreement.cadence_reason,
    }


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


def _facts(rows: Rows, names: str) -> list[list[str]]:
    agreement = rows.agreement
    version = gettext("Version %(number)d") % {"number": agreement.number}
    if rows.replaces:
        version = gettext("Version %(number)d, in place of version %(earlier)d") % {
            "number": agreement.number,
            "earlier": rows.replaces.number,
        }
    return [
        [gettext("Between"), names],
        [gettext("Program"), agreement.arrangement.program.name],
        [gettext("Version"), version],
        [
            gettext("Begins"),
            gettext("%(day)s, or once it is signed") % {"day": words.full_day(agreement.starts_on)},
        ],
        [gettext("Sessions"), wording.length_and_rhythm(agreement)],
        [gettext("Look at it again by"), words.full_day(agreement.review_on) if agreement.review_on else ""],
        [gettext("Written from"), agreement.template_name],
    ]


def _clauses(rows: Rows, who: Sequence[wording.Who]) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "key": clause.key,
            "title": clause.title,
            "paragraphs": wording.blocks(clause.key, clause.text, rows.agreement, who),
        }
        for number, clause in enumerate(rows.clauses, start=1)
    ]
