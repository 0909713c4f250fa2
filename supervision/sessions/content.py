"""What is signed: the content of a session record, of an attendance and of an addendum, as plain data.

The signing page, the reading page and the PDF are made from this and nothing else (decision 1), so it holds the words
needed to read it (days, parts, areas) beside the plain values.
"""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.pages import words
from supervision.people.models import Agency, Arrangement, Participation, User
from supervision.records.papers import reference
from supervision.records.signing import DECLINE_INTENT, Party

from . import local_time, protocol
from .added import Added
from .models import Action, AgendaItem, Attendance, Attendee, Session

__all__ = ["DECLINE_INTENT", "reference"]

SCHEMA = 1
RECORD_TEMPLATE = "sessions/pdf/record.html"
ADDENDUM_TEMPLATE = "sessions/pdf/addendum.html"

# What a signature says, word for word; it stands on the page and is kept with the signature.
RECORD_INTENT = gettext_lazy(
    "This record reflects what we talked about. Typing my name here is my signature."
)
ATTENDANCE_INTENT = gettext_lazy("I was there, for the time stated. Typing my name here is my signature.")
BOTH_INTENT = gettext_lazy(
    "I was there, for the time stated, and this record reflects what we talked about. "
    "Typing my name here is my signature."
)
ADDENDUM_INTENT = gettext_lazy(
    "I have read this addition and I agree with it. Typing my name here is my signature."
)


def part_name(part: str, structure: str) -> str:
    """How a part is called: in supervision of supervision the supervisee is a supervisor."""
    if structure == Arrangement.Structure.OF_SUPERVISION and part == Participation.Part.SUPERVISEE:
        return _("Supervisee")
    return str(Participation.Part(part).label)


def attended(session: Session) -> list[Attendee]:
    """Who was there, in order."""
    rows = session.attendees.select_related("person").order_by("position", "id")
    return [row for row in rows if row.attended]


def parties(session: Session) -> list[Party]:
    """Everybody who was there signs the record."""
    return [Party(row.person, part_name(row.part, session.structure)) for row in attended(session)]


# The record ---------------------------------------------------------------------------------------------------


def of_record(session: Session) -> dict[str, Any]:
    """The content of a session record, from its rows as they are now."""
    there = attended(session)
    names = {row.person_id: row.person.name for row in session.attendees.select_related("person")}
    found = {
        **_head(session, session.record_kind, there),
        "lead": _lead(session, there),
        "program": session.arrangement.program.name,
        "structure": _choice(session.structure, Arrangement.Structure),
        "focus": _choice(session.focus, Arrangement.Focus),
        "modality": _choice(session.modality, Session.Modality),
        "place": session.place,
        "ad_hoc": session.ad_hoc,
        "people": [_person(row, session) for row in session.attendees.select_related("person")],
        "purposes": [_listed(key, Session.PURPOSES) for key in session.purposes],
        "methods": [_listed(key, Session.METHODS) for key in session.methods],
        "since": _since(session, there),
        "strengths": session.strengths,
        "agenda": [_topic(item, session, names) for item in shared_agenda(session)],
        "outcomes": session.outcomes,
        "protocol": protocol.content_of(session.structure, session.protocol, names),
        "actions": [_action(action) for action in session.actions.select_related("owner")],
        "next": _next(session),
        "recorder": _named(session.recorder) if session.recorder else None,
    }
    return {**found, "facts": _facts(found)}


def _facts(found: dict[str, Any]) -> list[list[str]]:
    """The table at the top of the printed record: pairs of label and words."""
    place = f", {found['place']}" if found["place"] else ""
    rows = [
        (_("When"), f"{found['when']}, {found['minutes_words']}"),
        (_("How"), f"{found['modality']['words']}{place}"),
        (_("Structure"), found["structure"]["words"]),
        (_("What it was about"), found["focus"]["words"]),
        (_("Program"), found["program"]),
        (_("Touched on"), ", ".join(one["words"] for one in found["purposes"])),
        (_("Besides talking"), ", ".join(one["words"] for one in found["methods"])),
        (_("Extra session"), _("Yes") if found["ad_hoc"] else ""),
        (_("Next session"), _next_words(found["next"])),
        (_("Recorded by"), found["recorder"]["name"] if found["recorder"] else ""),
    ]
    return [[str(label), str(value)] for label, value in rows if value]


def _next_words(following: dict[str, Any] | None) -> str:
    if following is None:
        return _("No date agreed")
    return f"{following['words']}, {following['place']}" if following["place"] else following["words"]


def shared_agenda(session: Session) -> list[AgendaItem]:
    """The topics that everybody sees. What somebody keeps to themself is never part of a record."""
    return list(session.agenda.filter(shared_at__isnull=False).select_related("raised_by"))


def _head(session: Session, kind: str, there: list[Attendee]) -> dict[str, Any]:
    zone = session.zone
    return {
        "schema": SCHEMA,
        "title": kind,
        "kind": kind,
        "agency": Agency.objects.values_list("name", flat=True).first() or "",
        "reference": reference(session.pk),
        "session": str(session.pk),
        "starts_at": session.starts_at.astimezone(zone).isoformat(),
        "ends_at": session.ends_at.astimezone(zone).isoformat(),
        "minutes": session.minutes,
        "minutes_words": words.minutes_words(session.minutes),
        "zone": session.time_zone,
        "when": local_time.spoken_span(session.starts_at, session.ends_at, zone),
        "day": words.full_day(session.local_start.date()),
        "parties": [
            {
                "id": str(row.person_id),
                "name": row.person.name,
                "part": part_name(row.part, session.structure),
            }
            for row in there
        ],
    }


def _lead(session: Session, there: list[Attendee]) -> str:
    """One sentence that would be true if spoken."""
    leading = [row.person.name for row in there if row.part in Participation.LEADING]
    others = [row.person.name for row in there if row.part not in Participation.LEADING]
    day = words.full_day(session.local_start.date())
    if leading and others:
        return _("%(people)s met with %(leading)s on %(day)s.") % {
            "people": words.join_names(others),
            "leading": words.join_names(leading),
            "day": day,
        }
    return _("%(people)s met on %(day)s.") % {"people": words.join_names(others or leading), "day": day}


def _person(row: Attendee, session: Session) -> dict[str, Any]:
    return {
        "id": str(row.person_id),
        "name": row.person.name,
        "part": part_name(row.part, session.structure),
        "attended": row.attended,
        "minutes": row.minutes if row.attended else 0,
        "minutes_words": words.minutes_words(row.minutes) if row.attended else _("Not there"),
    }


def _topic(item: AgendaItem, session: Session, names: dict[Any, str]) -> dict[str, Any]:
    return {
        "id": str(item.pk),
        "text": item.text,
        "category": _choice(item.category, AgendaItem.Category),
        "raised_by": names.get(item.raised_by_id, item.raised_by.name),
        "reached": item.reached,
        "carried": item.carried_from is not None,
        "outcome": item.outcome,
        "focus": _choice(item.focus, Arrangement.Focus) if item.focus else None,
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "id": str(action.pk),
        "text": action.text,
        "owner": _named(action.owner),
        "due_on": action.due_on.isoformat() if action.due_on else None,
        "due_words": words.full_day(action.due_on) if action.due_on else "",
    }


HOW = {
    "open": gettext_lazy("Still going"),
    "done": gettext_lazy("Done"),
    "dropped": gettext_lazy("Let go"),
}


def _since(session: Session, there: list[Attendee]) -> list[dict[str, Any]]:
    """Actions of earlier sessions with how they stood, of sessions that everybody here was at: what belongs to some
    of a group never shows to the rest."""
    said = {one["action"]: one for one in (session.pending or {}).get("since", [])}
    if not said:
        return []
    actions = Action.objects.filter(pk__in=said, arrangement=session.arrangement).select_related(
        "owner", "session"
    )
    here = {row.person_id for row in there}
    were = _there_by_session({action.session_id for action in actions})
    found = []
    for action in sorted(actions, key=lambda one: (one.session.starts_at, one.position)):
        if not here <= were.get(action.session_id, set()):
            continue
        how = said[str(action.pk)]
        since = words.full_day(action.session.local_start.date())
        found.append(
            {
                **_action(action),
                "since": since,
                "how": how["how"],
                "how_words": str(HOW[how["how"]]),
                "reason": how["reason"],
            }
        )
    return found


def _there_by_session(sessions: set[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    rows = Attendee.objects.filter(session__in=sessions, attended=True).values_list("session_id", "person_id")
    for session_id, person_id in rows:
        found.setdefault(session_id, set()).add(person_id)
    return found


def _next(session: Session) -> dict[str, Any] | None:
    agreed = session.agreed_next()
    if agreed is None:
        return None
    starts_at, place = agreed
    return {
        "starts_at": starts_at.astimezone(session.zone).isoformat(),
        "words": local_time.spoken(starts_at, session.zone),
        "place": place,
    }


# Attendance and addendum --------------------------------------------------------------------------------------


def of_attendance(attendance: Attendance) -> dict[str, Any]:
    """One person, one session, so many minutes. Log facts only."""
    session = attendance.session
    there = attended(session)
    signing = {party.person.pk for party in attendance_parties(attendance)}
    others = [row.person.name for row in there if row.person_id != attendance.person_id]
    return {
        **_head(session, attendance.record_kind, [row for row in there if row.person_id in signing]),
        "structure": _choice(session.structure, Arrangement.Structure),
        "modality": _choice(session.modality, Session.Modality),
        "person": {
            **_named(attendance.person),
            "part": part_name(attendance.part, session.structure),
        },
        "with": others,
        "minutes": attendance.minutes,
        "minutes_words": words.minutes_words(attendance.minutes),
    }


def attendance_parties(attendance: Attendance) -> list[Party]:
    """The person and whoever recorded it; the recorder's own is witnessed by the first other who was there."""
    session = attendance.session
    there = attended(session)
    own = [row for row in there if row.person_id == attendance.person_id]
    others = [row for row in there if row.person_id != attendance.person_id]
    second = (
        others[:1]
        if attendance.person_id == session.recorder_id
        else [row for row in others if row.person_id == session.recorder_id]
    )
    return [Party(row.person, part_name(row.part, session.structure)) for row in own + second]


def of_addendum(addendum: Added, *, record: dict[str, Any], digest: str) -> dict[str, Any]:
    """An addition to the sealed record with this content and digest."""
    author = next((one for one in record["parties"] if one["id"] == str(addendum.author_id)), None)
    name = author["name"] if author else addendum.author.name
    written = words.full_day(addendum.written_at.astimezone(ZoneInfo(record["zone"])).date())
    when = record.get("when", record["day"])
    return {
        "schema": SCHEMA,
        "title": addendum.called % {"number": addendum.number},
        "kind": addendum.record_kind,
        "agency": record["agency"],
        "reference": f"{record['reference']}/{addendum.number}",
        addendum.added_to: record[addendum.added_to],
        "number": addendum.number,
        "record": {
            "reference": record["reference"],
            "digest": digest,
            "when": when,
            "day": record["day"],
        },
        "zone": record["zone"],
        "written_at": addendum.written_at.isoformat(),
        "written_words": written,
        "author": {"id": str(addendum.author_id), "name": name},
        "lead": addendum.leads % {"day": record["day"]},
        "facts": [
            [_("Added by"), name],
            [_("Added on"), written],
            [_("Record"), f"{record['reference']}, {when}"],
            [_("Digest of the record"), digest],
        ],
        "reason": addendum.reason,
        "text": addendum.text,
        "parties": record["parties"],
    }


# Pieces -------------------------------------------------------------------------------------------------------


def _choice(value: str, choices: Any) -> dict[str, str]:
    return {"key": value, "words": str(choices(value).label)}


def _listed(key: str, listed: Any) -> dict[str, str]:
    return {"key": key, "words": str(dict(listed)[key])}


def _named(person: User) -> dict[str, str]:
    return {"id": str(person.pk), "name": person.name}
