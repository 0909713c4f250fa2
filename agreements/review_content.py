"""What is signed of a review without change: which version was looked at, when, and the day of the next look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from supervision.pages import words
from supervision.people.models import Agency

from . import content, wording
from .membership import seal_of
from .models import AgreementParty, AgreementReview

SCHEMA = 1


@dataclass(frozen=True)
class Rows:
    """The rows that a review's content is built from. `parties` take part now, of those the agreement names."""

    review: AgreementReview
    parties: list[AgreementParty]
    who: list[wording.Who]
    agency: str
    zone: str
    digest: str


def rows_of(review: AgreementReview) -> Rows:
    """Load what the content is built from. Four queries."""
    agreement = review.agreement
    agency, zone = Agency.objects.values_list("name", "time_zone").first() or ("", "")
    parties = content.parties_now(agreement)
    seal = seal_of(agreement)
    return Rows(
        review=review,
        parties=parties,
        who=content.who_of(agreement.arrangement, parties),
        agency=agency,
        zone=zone,
        digest=seal.digest if seal else "",
    )


def build(rows: Rows) -> dict[str, Any]:
    """The content, in the shape that pages and PDFs of every record share."""
    review, agreement = rows.review, rows.review.agreement
    names = words.join_names(one.name for one in rows.who)
    version = {"number": agreement.number, "reference": content.reference(agreement.pk)}
    said = [
        gettext("We looked at our supervision agreement together on %(day)s.")
        % {"day": words.full_day(review.looked_on)},
        gettext("It stays as it is: version %(number)d, reference %(reference)s.") % version,
        gettext("We look at it again by %(day)s.") % {"day": words.full_day(review.next_on)},
    ]
    return {
        "schema": SCHEMA,
        "kind": review.record_kind,
        "title": gettext("Review of a supervision agreement"),
        "lead": gettext("%(names)s looked at their agreement, and nothing changes.") % {"names": names},
        "agency": rows.agency,
        "zone": rows.zone,
        "program": agreement.arrangement.program.name,
        "reference": content.reference(review.pk),
        "parties": [{"id": one.id, "name": one.name, "part": one.part} for one in rows.who],
        "agreement": {"id": str(agreement.pk), "version": agreement.number, "digest": rows.digest},
        "looked_on": review.looked_on.isoformat(),
        "next_on": review.next_on.isoformat(),
        "said": said,
        "note": review.note,
        "facts": [
            [gettext("Between"), names],
            [gettext("Program"), agreement.arrangement.program.name],
            [
                gettext("Agreement"),
                gettext("Version %(number)d, reference %(reference)s") % version,
            ],
            [gettext("Looked at on"), words.full_day(review.looked_on)],
            [gettext("Look at it again by"), words.full_day(review.next_on)],
        ],
    }
