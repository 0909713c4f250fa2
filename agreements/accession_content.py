"""What a member of a group signs who joins an agreement that is sealed: that version, named by its digest (decision 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from supervision.pages import words
from supervision.people.models import Agency
from supervision.records.models import Seal

from . import content
from .models import Accession

SCHEMA = 1


@dataclass(frozen=True)
class Rows:
    """The rows that the content is built from."""

    accession: Accession
    seal: Seal
    part_name: str
    agency: str
    zone: str


def rows_of(accession: Accession) -> Rows:
    """Load what the content is built from."""
    agreement = accession.agreement
    seal = Seal.objects.get(record_label=agreement.record_label, record_id=agreement.pk)
    agency, zone = Agency.objects.values_list("name", "time_zone").first() or ("", "")
    return Rows(
        accession=accession,
        seal=seal,
        part_name=content.part_name(agreement.arrangement, accession.part),
        agency=agency,
        zone=zone,
    )


def build(rows: Rows) -> dict[str, Any]:
    """The content, in the shape that pages and PDFs of every record share."""
    accession, agreement = rows.accession, rows.accession.agreement
    name = accession.person.name
    version = {"number": agreement.number, "reference": content.reference(agreement.pk)}
    sealed = words.full_day(rows.seal.sealed_at)
    return {
        "schema": SCHEMA,
        "kind": accession.record_kind,
        "title": gettext("Joining a supervision agreement"),
        "lead": gettext("%(name)s joins the agreement of the group.") % {"name": name},
        "agency": rows.agency,
        "zone": rows.zone,
        "program": agreement.arrangement.program.name,
        "reference": content.reference(accession.pk),
        "parties": [{"id": str(accession.person_id), "name": name, "part": rows.part_name}],
        "agreement": {"id": str(agreement.pk), "version": agreement.number, "digest": rows.seal.digest},
        "said": [
            gettext(
                "I have read version %(number)d of the agreement, reference %(reference)s, as it was sealed on %(day)s."
            )
            % (version | {"day": sealed}),
            gettext("From my signature on it holds for me as well."),
        ],
        "facts": [
            [gettext("Joining"), name],
            [gettext("Program"), agreement.arrangement.program.name],
            [gettext("Agreement"), gettext("Version %(number)d, reference %(reference)s") % version],
            [gettext("Sealed"), sealed],
            [gettext("Its content digest"), f"SHA-256 {rows.seal.digest}"],
        ],
    }
