"""The form of one record with its rows, and what it is made from."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from supervision.pages.prepared import prepared
from supervision.people.models import Arrangement, Participation, User
from supervision.people.requests import reader
from supervision.records import encryption

from .. import kept, operations, policy
from ..models import Action, AgendaItem, Attendee, Session
from ..operations import carrying, recording
from ..record_form import RecordForm, initial_of
from ..record_rows import StepRows, TopicRows, initial_steps, initial_topics


@dataclass
class Sheet:
    """The form of one record with its rows, and what it was made from."""

    session: Session
    form: RecordForm
    agenda: TopicRows
    steps: StepRows
    topics: list[AgendaItem]
    actions: list[Action]
    is_new: bool

    @property
    def parts(self) -> tuple[RecordForm, TopicRows, StepRows]:
        return self.form, self.agenda, self.steps

    def written(self) -> operations.Written:
        return self.form.written(self.agenda, self.steps)


def sheet_of(request: HttpRequest, session: Session, data: QueryDict | None, *, is_new: bool) -> Sheet:
    user = reader(request)
    attendees = _attendees(session, user, is_new=is_new)
    people = _people(attendees, user)
    topics = [] if is_new else [item for item in _agenda(session.pk, user) if not item.is_private]
    topics += _parked(session, user, data, is_new=is_new)
    actions = recording.actions_for_form(session, user)
    before = [one for one in actions if one.session_id != session.pk]
    own = [one for one in actions if one.session_id == session.pk]
    following = _following(session, user)
    encryption.unlock([session], topics, actions, [following] if following else [])
    standing = getattr(session.arrangement, "standing", None)
    initial = initial_of(session, following=following, usual_days=standing.every_days if standing else 7)
    if is_new:
        initial["key"] = uuid.uuid4()
    if following is None and (is_new or policy.part_now(user, session.arrangement) is None):
        initial |= {"next_date": None, "next_start": None, "next_place": ""}
    both = session.arrangement.focus == Arrangement.Focus.BOTH
    return Sheet(
        session=session,
        form=RecordForm(
            data, session=session, writer=user, attendees=attendees, open_actions=before, initial=initial
        ),
        agenda=TopicRows(
            data,
            initial=initial_topics(topics),
            form_kwargs={
                "people": people,
                "items": {str(item.pk): item for item in topics},
                "writer": user,
                "both": both,
            },
        ),
        steps=StepRows(data, initial=initial_steps(own), form_kwargs={"people": people}),
        topics=topics,
        actions=own,
        is_new=is_new,
    )


def _attendees(session: Session, user: User, *, is_new: bool) -> list[Attendee]:
    """Who belongs to it; for one that is not stored yet, or not begun, who took part on its day, and who does now. Where no day is
    planned also who left not long ago."""
    known = [] if is_new else list(session.attendees.all())
    if session.state != Session.State.PLANNED:
        return known
    day, taking = policy.record_day(user, session.arrangement), session.arrangement.participations.all()
    since = day - policy.WRITE_UP if is_new else day
    met_on = min(session.local_start.date(), day)
    stayed = {row.person_id for row in taking if row.left_on is None or row.left_on >= met_on}
    known = [row for row in known if row.person_id in stayed]
    there = {row.person_id for row in known}
    for row in taking:
        if (
            row.person_id not in there
            and row.joined_on <= day
            and (row.left_on is None or row.left_on >= since)
        ):
            there.add(row.person_id)
            then = row.joined_on <= met_on and (row.left_on is None or row.left_on >= met_on)
            known.append(Attendee(person=row.person, part=row.part, minutes=session.minutes, attended=then))
    return sorted(known, key=lambda row: row.part not in Participation.LEADING)


def _people(attendees: list[Attendee], user: User) -> list[tuple[str, str]]:
    """Choices of "raised by" and "who", the writer first."""
    rows = sorted(attendees, key=lambda row: row.person_id != user.pk)
    return [(str(row.person_id), row.person.called) for row in rows]


@prepared
def _agenda(session: uuid.UUID, user: User) -> QuerySet[AgendaItem]:
    rows = AgendaItem.objects.filter(session=session).shown_to(user)
    return rows.select_related("raised_by").order_by("position", "id")


def _parked(session: Session, user: User, data: QueryDict | None, *, is_new: bool) -> list[AgendaItem]:
    """What was kept for this session, until its record is begun: then it is on the agenda like anything else."""
    if session.state != Session.State.PLANNED or not (is_new or getattr(session, "has_parked", False)):
        return []
    if policy.has_left(user, session.arrangement):
        return []
    named = _named(data) if data is not None else set()
    found = kept.topics(session, user, also=named)
    return found if data is None else [item for item in found if item.pk in named]


def _named(data: QueryDict) -> set[uuid.UUID]:
    """The ids of the topics in a form that was sent."""
    found = set()
    for name, value in data.items():
        if name.startswith(f"{TopicRows.prefix}-") and name.endswith("-id"):
            with suppress(ValueError):
                found.add(uuid.UUID(str(value)))
    return found


def _following(session: Session, user: User) -> Session | None:
    """What is planned next: as this record says, else the first plan after it. Who left sees no plan of those who go on."""
    if policy.has_left(user, session.arrangement):
        return None
    if session.next_session_id:
        return session.next_session
    return carrying.next_planned(session)


def add_rows(
    data: QueryDict, prefix: str, rows: list[dict[str, Any]], words_field: str, request: HttpRequest
) -> list[str]:
    """Put rows that are stored and not in `data` at its end; rows whose topic is gone become new ones. Returns the words
    of those that came in."""
    posted_ids = {
        value: name for name, value in data.items() if name.startswith(f"{prefix}-") and name.endswith("-id")
    }
    known = {str(row["id"]) for row in rows}
    for value, name in posted_ids.items():
        if value and value not in known:
            data[name] = ""
            data.setdefault(name.removesuffix("-id") + "-by", str(reader(request).pk))
    total = int(data.get(f"{prefix}-TOTAL_FORMS") or 0)
    came_in = []
    for row in rows:
        if str(row["id"]) in posted_ids:
            continue
        for name, value in row.items():
            if value is not None:
                data[f"{prefix}-{total}-{name}"] = str(value)
        total += 1
        came_in.append(row[words_field])
    data[f"{prefix}-TOTAL_FORMS"] = str(total)
    return came_in
