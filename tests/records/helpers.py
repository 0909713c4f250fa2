"""A record to sign, without the pages around it: an agreement between Dana and Marisol."""

from __future__ import annotations

from typing import Any

from agreements.models import Agreement, Clause
from supervision.records import signing
from supervision.records.models import Offer
from supervision.records.signing import Evidence, Party
from tests import factories

WORDS = "We meet on Tuesdays in the quiet room and talk about the heron by the river."


def agreement(cast: Any, *, text: str = WORDS) -> Agreement:
    """A draft with one clause, in an arrangement of its own: one open version at a time belongs to each."""
    where = factories.arrangement(cast.program, [cast.supervisor], [cast.worker])
    made = Agreement(arrangement=where, template_name="test 1", started_by=cast.supervisor)
    made.save()
    Clause(agreement=made, key="place", position=1, title="Where", text=text).save()
    return made


def content(cast: Any, record: Any, *, text: str = WORDS) -> dict[str, Any]:
    return {
        "title": "Supervision agreement",
        "agency": "Riverbend Peer Alliance",
        "kind": record.record_kind,
        "reference": str(record.pk)[:8],
        "parties": [
            {"id": str(cast.supervisor.pk), "name": cast.supervisor.name, "part": "Supervisor"},
            {"id": str(cast.worker.pk), "name": cast.worker.name, "part": "Peer worker"},
        ],
        "clauses": [{"title": "Where", "text": text}],
    }


def offered(
    cast: Any, record: Any = None, *, rule: str = Offer.Rule.ALL_SIGNED, text: str = WORDS, **given: Any
) -> Offer:
    """Offered to both for signature. No PDF unless a template is given."""
    record = record or agreement(cast, text=text)
    return signing.offer(
        record,
        by=cast.supervisor,
        content=content(cast, record, text=text),
        parties=[Party(cast.supervisor, "Supervisor"), Party(cast.worker, "Peer worker")],
        must_sign=cast.supervisor,
        template=given.get("template", ""),
        rule=rule,
    )


def evidence(name: str = "Marisol Vega") -> Evidence:
    return Evidence(
        intent="I have read this and I will work by it.",
        typed_name=name,
        local_time="2026-11-24 13:52:00 -0500",
        zone="America/New_York",
        authenticated=["password"],
        address="192.0.2.7",
        browser="Test browser",
    )


def sign(offer: Offer, person: Any, **given: Any) -> signing.Outcome:
    return signing.answer(
        offer, by=person, kind="signed", evidence=evidence(person.name), seen=offer.digest, **given
    )


def decline(offer: Offer, person: Any, reason: str = "Part 4 is not what we said.") -> signing.Outcome:
    return signing.answer(
        offer, by=person, kind="declined", evidence=evidence(person.name), seen=offer.digest, reason=reason
    )
