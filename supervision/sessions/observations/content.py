"""What is signed of an observation, as plain data. Pages and PDF are made from this and nothing else (decision 1)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.pages import words
from supervision.people.models import Agency, Participation
from supervision.records.signing import Party

from .. import content as sessions
from .models import Observation

SCHEMA = 1
TEMPLATE = "sessions/pdf/observation.html"
Kind = Observation.Kind

# What a signature says, word for word; it stands on the page and is kept with the signature.
INTENT = gettext_lazy(
    "I have read this record of the observation and it reflects what was seen. Typing my name here is my signature."
)
RECORDING = gettext_lazy(
    "The person supported agreed that the recording is looked at. The recording itself is not kept here."
)
LEADS = {
    Kind.PRACTICE: gettext_lazy("%(supervisor)s observed the work of %(worker)s on %(day)s."),
    Kind.TOGETHER: gettext_lazy("%(supervisor)s and %(worker)s led a group together on %(day)s."),
    Kind.DOCUMENTATION: gettext_lazy(
        "%(supervisor)s and %(worker)s looked at documentation by %(worker)s on %(day)s."
    ),
    Kind.RECORDING: gettext_lazy("%(supervisor)s and %(worker)s looked at a recording on %(day)s."),
}


def parties(observation: Observation) -> list[Party]:
    """The supervisor and the worker, in the parts they have in their arrangement: whoever leads a group may facilitate it."""
    rows = Participation.objects.filter(arrangement=observation.arrangement_id).order_by("joined_on", "id")
    parts = dict(rows.values_list("person_id", "part"))
    usual = {
        observation.supervisor: Participation.Part.SUPERVISOR,
        observation.worker: Participation.Part.SUPERVISEE,
    }
    structure = observation.arrangement.structure
    return [
        Party(person, sessions.part_name(parts.get(person.pk, part), structure))
        for person, part in usual.items()
    ]


def of_observation(observation: Observation) -> dict[str, Any]:
    """The content of the record, from its row as it is now. `held_on` is set."""
    day = observation.held_on
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "title": _("Observation record"),
        "kind": observation.record_kind,
        "agency": Agency.objects.values_list("name", flat=True).first() or "",
        "reference": sessions.reference(observation.pk),
        "observation": str(observation.pk),
        "held_on": day.isoformat() if day else "",
        "day": words.full_day(day) if day else "",
        "zone": str(timezone.get_current_timezone()),
        "program": observation.arrangement.program.name,
        "how": {"key": observation.kind, "words": str(observation.get_kind_display())},
        "setting": observation.setting,
        "look_for": observation.look_for,
        "strengths": observation.strengths,
        "growth": observation.growth,
        "recording": str(RECORDING) if observation.kind == Kind.RECORDING else "",
        "proposed": _who_and_when(observation.proposed_by, observation.proposed_at),
        "agreed": _who_and_when(observation.answered_by, observation.answered_at),
        "parties": [
            {"id": str(party.person.pk), "name": party.person.name, "part": party.part}
            for party in parties(observation)
        ],
    }
    found["lead"] = _lead(observation, found["day"])
    return {**found, "facts": _facts(found)}


def _lead(observation: Observation, day: str) -> str:
    names = {"supervisor": observation.supervisor.name, "worker": observation.worker.name, "day": day}
    return str(LEADS[Kind(observation.kind)]) % names


def _who_and_when(person: Any, at: Any) -> str:
    if person is None or at is None:
        return ""
    return _("%(name)s, %(day)s") % {"name": person.name, "day": words.full_day(timezone.localdate(at))}


def _facts(found: dict[str, Any]) -> list[list[str]]:
    """The table at the top of the record: pairs of label and words."""
    rows = [
        (_("When"), found["day"]),
        (_("What kind"), found["how"]["words"]),
        (_("Setting"), found["setting"]),
        (_("Program"), found["program"]),
        (_("Proposed by"), found["proposed"]),
        (_("Agreed by"), found["agreed"]),
        (_("Recording"), found["recording"]),
    ]
    return [[str(label), str(value)] for label, value in rows if value]
