"""Job descriptions and performance records at every stage, made with the operations that people use."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.utils import timezone

from supervision.performance.descriptions import operations as jobs
from supervision.performance.models import DescriptionDraft, JobDescription, PerformanceNote
from supervision.performance.notes import operations
from tests.sessions.makers import evidence, fresh

DOES = "Sits with people who come in, and goes with them where they choose."
FACTS = "The notes of four Tuesdays came a week late."
ANSWER = "The computer in the group room was broken until Friday."


def today(days: int = 0) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


# Job descriptions ---------------------------------------------------------------------------------------------


def sections(**given: Any) -> jobs.Sections:
    values = {
        "title": "Peer support worker",
        "purpose": "Somebody who has been there, to be with whoever comes.",
        "does": DOES,
        "does_not": "Brings or watches over no medication.",
        "works_with": "The team of the house.",
        "hours_and_place": "30 hours, mostly afternoons.",
        "supervised_for": "Dana, for practice; Lina, for hours and leave.",
    }
    return jobs.Sections(**(values | given))


def job_draft(work: Any, *, by: Any = None, person: Any = None, **given: Any) -> DescriptionDraft:
    person = person or work.worker
    draft = DescriptionDraft.objects.filter(person=person).first()
    return jobs.save_draft(
        person, by=by or work.line_manager, sections=sections(**given), version=draft.version if draft else 0
    )


def job(
    work: Any, *, by: Any = None, person: Any = None, from_day: datetime.date | None = None, **given: Any
) -> JobDescription:
    """In force from today."""
    draft = job_draft(work, by=by, person=person, **given)
    return jobs.put_in_force(
        draft.person, by=by or work.line_manager, from_day=from_day or today(), version=draft.version
    )


# Records ------------------------------------------------------------------------------------------------------

WORDS: dict[str, dict[str, Any]] = {
    "note": {
        "happened": "Four Tuesdays in October",
        "facts": FACTS,
        "expectation": "Notes within two days.",
        "support": "An hour without calls.",
    },
    "plan": {
        "happened": "October",
        "facts": FACTS,
        "expectation": "Notes within two days, for four weeks.",
        "support": "An hour without calls.",
        "from_day": today(),
        "until_day": today(28),
        "review_on": today(14),
    },
    "result": {"outcome": "met", "facts": "Every note was there in time."},
    "recognition": {"happened": "October 3", "facts": "Stayed calm in a loud room, and two people stayed."},
}


def words(kind: str, **given: Any) -> operations.Written:
    return operations.Written(**(WORDS[kind] | given))


def begun(work: Any, kind: str = "note", *, by: Any = None, plan: Any = None) -> PerformanceNote:
    return operations.start(work.worker, by=by or work.supervisor, kind=kind, key=uuid.uuid4(), plan=plan)


def draft(
    work: Any, kind: str = "note", *, by: Any = None, plan: Any = None, **given: Any
) -> PerformanceNote:
    made = begun(work, kind, by=by, plan=plan)
    return operations.write(made, by=made.author, written=words(kind, **given), version=made.version)


def send(made: PerformanceNote, **given: Any) -> Any:
    """Signed by its author, to whoever the page names now."""
    made = fresh(made)
    beside = operations.reader_beside(made.worker, made.author)
    values = {
        "by": made.author,
        "evidence": evidence(made.author),
        "version": made.version,
        "reads": beside.pk if beside else None,
    }
    return operations.sign_and_send(made, **(values | given))


def sent(work: Any, kind: str = "note", **given: Any) -> PerformanceNote:
    made = draft(work, kind, **given)
    send(made)
    return fresh(made)


def sign(made: PerformanceNote, person: Any, **given: Any) -> None:
    made = fresh(made)
    values = {"evidence": evidence(person), "seen": made.open_offer.digest if made.open_offer else ""}
    operations.sign(made, by=person, **(values | given))


def sealed(work: Any, kind: str = "note", **given: Any) -> PerformanceNote:
    made = sent(work, kind, **given)
    sign(made, work.worker)
    return fresh(made)


def taken_back(work: Any, kind: str = "note", **given: Any) -> PerformanceNote:
    made = sent(work, kind, **given)
    operations.take_back(made, by=made.author, reason="The days are wrong")
    return fresh(made)


def withdrawn(work: Any, kind: str = "note", **given: Any) -> PerformanceNote:
    made = taken_back(work, kind, **given)
    operations.withdraw(made, by=made.author)
    return fresh(made)


__all__ = ["evidence", "fresh"]
