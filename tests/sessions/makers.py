"""Sessions at every stage, made with the operations that people use."""

from __future__ import annotations

import datetime
import os
import uuid
from typing import Any

from django.utils import timezone

from supervision.people.models import Arrangement, User
from supervision.records.signing import Evidence
from supervision.sessions import operations
from supervision.sessions.models import Attendance, Session

STRENGTHS = "The heron by the river drew in two people who rarely speak."
OUTCOMES = "Agreed that notes say what the person chose, in their own words."
CANARY = "heron"


def evidence(person: User | None = None, name: str = "") -> Evidence:
    return Evidence(
        intent="",
        typed_name=name or (person.name if person else "Somebody"),
        local_time="2026-11-24 13:52:00 -0500",
        zone="America/New_York",
        authenticated=["password"],
    )


_minute: dict[str, datetime.datetime] = {}


def this_minute() -> datetime.datetime:
    """The minute in which a test began: asked twice across a full minute, `ago(1)` is one moment still.

    A test that moves its clock gets the minute it moved to.
    """
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    now = timezone.now().replace(second=0, microsecond=0)
    if test not in _minute or abs(now - _minute[test]) > datetime.timedelta(minutes=5):
        _minute.clear()
        _minute[test] = now
    return _minute[test]


def ago(hours: float = 24) -> datetime.datetime:
    return this_minute() - datetime.timedelta(hours=hours)


def ahead(days: float = 6) -> datetime.datetime:
    return this_minute() + datetime.timedelta(days=days)


def planned(cast: Any, *, starts_at: datetime.datetime | None = None, **given: Any) -> Session:
    values = {"place": "The quiet room", "zone": "America/New_York"} | given
    return operations.plan(cast.arrangement, by=cast.supervisor, starts_at=starts_at or ago(), **values)


def written(cast: Any, session: Session | None = None, **given: Any) -> operations.Written:
    """What a record form holds: filled in as a supervisor would in two minutes."""
    values: dict[str, Any] = {
        "starts_at": session.starts_at if session else ago(),
        "minutes": 60,
        "modality": "in_person",
        "attended": {cast.supervisor.pk: 60, cast.worker.pk: 60},
        "place": "The quiet room",
        "strengths": STRENGTHS,
        "outcomes": OUTCOMES,
        "purposes": ["formative"],
    }
    values.update(given)
    if session is not None and "agenda" not in values:
        values["agenda"] = [topic_of(item) for item in session.agenda.filter(shared_at__isnull=False)]
    return operations.Written(**values)


def topic_of(item: Any, **given: Any) -> operations.Topic:
    values = {
        "id": item.pk,
        "text": item.text,
        "category": item.category,
        "raised_by_id": item.raised_by_id,
        "reached": item.reached,
        "outcome": item.outcome,
    }
    return operations.Topic(**(values | given))


def step(owner: User, text: str = "Try the opener with one new group", **given: Any) -> operations.Step:
    return operations.Step(text=text, owner_id=owner.pk, **given)


def draft(cast: Any, session: Session | None = None, **given: Any) -> Session:
    session = session or planned(cast)
    return operations.record(session, by=cast.supervisor, written=written(cast, session, **given))


def sent(cast: Any, session: Session | None = None, **given: Any) -> Session:
    """Offered to both, signed by nobody."""
    session = draft(cast, session, **given)
    operations.send(session, by=cast.supervisor)
    return fresh(session)


def signed_by_recorder(cast: Any, session: Session | None = None, **given: Any) -> Session:
    session = draft(cast, session, **given)
    operations.sign_and_send(session, by=cast.supervisor, evidence=evidence(cast.supervisor))
    return fresh(session)


def sealed(cast: Any, session: Session | None = None, **given: Any) -> Session:
    session = signed_by_recorder(cast, session, **given)
    sign(session, cast.worker)
    return fresh(session)


def digests(session: Session) -> set[str]:
    """What is on the signing page of this session."""
    session = fresh(session)
    found = {session.open_offer.digest} if session.open_offer else set()
    rows = Attendance.objects.filter(session=session, open_offer__isnull=False).select_related("open_offer")
    return found | {row.open_offer.digest for row in rows if row.open_offer}


def sign(session: Session, person: User, **given: Any) -> None:
    values = {"evidence": evidence(person), "seen": digests(session)} | given
    operations.sign(fresh(session), by=person, **values)


def fresh(row: Any) -> Any:
    return type(row)._base_manager.get(pk=row.pk)


def group(cast: Any, size: int = 4) -> tuple[Arrangement, list[User]]:
    """A group that Dana leads, with Marisol and others."""
    from supervision.people.models import Acknowledgement
    from tests import factories

    people = [cast.worker] + [factories.worker_in(cast.program, f"Member {n}") for n in range(2, size + 1)]
    for person in people[1:]:
        Acknowledgement(person=person, edition=1, concern_days=3).save()
    made = factories.arrangement(cast.program, [cast.supervisor], people, structure="group")
    return made, people


def key() -> uuid.UUID:
    return uuid.uuid4()


def record_post(cast: Any, session: Session | None = None, **given: Any) -> dict[str, Any]:
    """What a browser sends from the record form; values in `given` replace or (None) leave out."""
    local = session.local_start if session else ago().astimezone()
    data: dict[str, Any] = {
        "version": session.version if session else 0,
        "key": "" if session else str(uuid.uuid4()),
        "date": local.date().isoformat(),
        "start": f"{local:%H:%M}",
        "minutes": "60",
        "end": "",
        "modality": "in_person",
        "place": "The quiet room",
        "strengths": STRENGTHS,
        "outcomes": OUTCOMES,
        "purposes": ["formative"],
        "next_date": "",
        "next_start": "",
        "next_place": "",
        "typed_name": "",
        "agenda-TOTAL_FORMS": "0",
        "steps-TOTAL_FORMS": "0",
    }
    shared = session.agenda.filter(shared_at__isnull=False) if session else []
    for number, item in enumerate(shared):
        data |= {
            f"agenda-{number}-id": str(item.pk),
            f"agenda-{number}-topic": item.text,
            f"agenda-{number}-area": item.category,
            f"agenda-{number}-reached": "yes",
            f"agenda-{number}-outcome": "",
            "agenda-TOTAL_FORMS": str(number + 1),
        }
    data.update(given)
    return {name: value for name, value in data.items() if value is not None}
