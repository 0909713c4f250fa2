"""How a group or a circle of equals can spend its time together: steps that are suggested, each of which may be skipped.

A group (D 5.4, 5.5): one issue of those that were brought is looked at by all, and whoever brought it chooses the way forward.
Co-reflection (D 5.7): equals connect, look at how they work and at what worked; who facilitates may change from time to time.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from supervision.people.models import Arrangement

LONGEST = 5_000  # characters of one step


@dataclass(frozen=True)
class Step:
    """One step: what it is called, what to do in it, and, where something is worth keeping, what the record asks."""

    key: str
    title: Any
    what: Any
    asks: Any = ""


STEPS: dict[str, tuple[Step, ...]] = {
    Arrangement.Structure.GROUP: (
        Step(
            "brought",
            _("Each brings something"),
            _("A situation or a question that somebody would like to work on. A sentence each is enough."),
        ),
        Step(
            "picked",
            _("The group picks one"),
            _("Whoever brought it tells it in full, without saying who the person supported is."),
            _("What the group picked, and who brought it"),
        ),
        Step(
            "ideas",
            _("Ideas are collected"),
            _("How many ways are there to support here? Nothing is weighed yet."),
            _("Ideas that came up"),
        ),
        Step(
            "way",
            _("Whoever brought it chooses the way forward"),
            _("From all that was said, what fits them. Nobody chooses for them."),
            _("The way forward that was chosen"),
        ),
        Step(
            "learned",
            _("Something to learn"),
            _(
                "A topic that came up more than once, or what somebody brings back from a course or a meeting."
            ),
            _("What you learned together"),
        ),
    ),
    Arrangement.Structure.CO_REFLECTION: (
        Step("connect", _("Connect"), _("How is everybody here today?")),
        Step(
            "principles",
            _("Look at what you share"),
            _("One principle or task of how you work together, read again and talked over."),
            _("What you looked at"),
        ),
        Step(
            "carried",
            _("Bring something over"),
            _("What stayed with you from last time, and what became of it."),
            _("What you brought over from last time"),
        ),
        Step(
            "reflect",
            _("Reflect"),
            _("Something that happened lately: your own patterns and reflexes in it, without blame."),
            _("What you reflected on"),
        ),
        Step(
            "worked",
            _("What worked"),
            _("Begin with what has worked before; it tells what the next stretch is."),
            _("What worked, and what you want to try"),
        ),
    ),
}


def steps_of(structure: str) -> tuple[Step, ...]:
    """The steps suggested for a structure; none where two people meet."""
    return STEPS.get(structure, ())


def asked(structure: str) -> list[Step]:
    """The steps of which the record can keep something."""
    return [step for step in steps_of(structure) if step.asks]


def rotates(structure: str) -> bool:
    """Whether who facilitates may change from one meeting to the next."""
    return structure == Arrangement.Structure.CO_REFLECTION


def kept(structure: str, said: Mapping[str, str], facilitator: uuid.UUID | None) -> dict[str, Any]:
    """What is stored of it: the words of each step that has some, and who facilitated; empty for nothing."""
    words = {step.key: said[step.key].strip() for step in asked(structure) if said.get(step.key, "").strip()}
    found: dict[str, Any] = {"said": words} if words else {}
    if facilitator is not None and rotates(structure):
        found["facilitator"] = str(facilitator)
    return found


def content_of(
    structure: str, protocol: Mapping[str, Any] | None, names: Mapping[Any, str]
) -> dict[str, Any]:
    """The same as signed content: steps in their order with what was said, and the facilitator's name. Empty for nothing."""
    if not protocol:
        return {}
    said = protocol.get("said", {})
    steps = [
        {"title": str(step.asks), "text": said[step.key]} for step in asked(structure) if said.get(step.key)
    ]
    name = next((name for pk, name in names.items() if str(pk) == protocol.get("facilitator")), "")
    return {"steps": steps, "facilitator": name}
