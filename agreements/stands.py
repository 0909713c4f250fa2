"""Where a version stands today, as it would be said: in force, due for a look, ended, replaced; or how far a draft has come."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supervision.pages import words
from supervision.people.models import Arrangement

from . import completeness, conversation
from .conversation import Circle, State
from .models import Agreement, Clause, is_due_for_review


@dataclass(frozen=True)
class Standing:
    """Where a signed version stands today: a tag and a sentence."""

    tag: str
    kind: str
    sentence: str
    in_force: bool = False


def standing_of(
    agreement: Agreement,
    versions: Iterable[Agreement],
    arrangement: Arrangement,
    day: datetime.date,
    *,
    left_on: datetime.date | None = None,
) -> Standing:
    """In force, still to begin, ended or replaced; with a flag when it is time to look at it again.

    `left_on` is the last day of somebody who has left: how the others go on is not said to them.
    """
    begins = agreement.in_force_from or agreement.starts_on
    ending = getattr(agreement, "ending", None)
    newer = [
        one
        for one in versions
        if one.number > agreement.number and one.in_force_from and one.in_force_from <= day
    ]
    if newer:
        text = _("Version %(number)d has taken its place. This one stays readable.")
        return Standing(_("Replaced"), "", text % {"number": max(one.number for one in newer)})
    if ending is not None and ending.ends_on <= day:
        return Standing(
            _("Ended"), "", _("It no longer holds since %(day)s.") % {"day": words.day(ending.ends_on)}
        )
    if arrangement.ended_on is not None and arrangement.ended_on < day:
        text = _("This supervision ended on %(day)s. The agreement stays readable.")
        return Standing(_("Ended"), "", text % {"day": words.day(arrangement.ended_on)})
    if left_on is not None:
        text = _("You took part until %(day)s. What was signed until then stays readable for you.")
        return Standing(_("Earlier"), "", text % {"day": words.day(left_on)})
    if begins > day:
        said = _("Signed and sealed. It holds from %(day)s.") % {"day": words.day(begins)}
        return Standing(_("Signed and sealed"), "done", said)
    return _in_force(agreement, begins, ending, day)


def _in_force(agreement: Agreement, begins: datetime.date, ending: Any, day: datetime.date) -> Standing:
    since = _("In force since %(day)s.") % {"day": words.day(begins)}
    if ending is not None:
        until = _("It ends on %(day)s.") % {"day": words.day(ending.ends_on)}
        return Standing(_("Ends soon"), "info", f"{since} {until}", in_force=True)
    next_look = agreement.next_look
    if next_look is None:
        return Standing(_("In force"), "done", since, in_force=True)
    look = {"day": words.day(next_look)}
    if next_look < day:
        again = _("The day to look at it again was %(day)s. It holds all the same.") % look
        return Standing(_("Look at it again"), "wait", f"{since} {again}", in_force=True)
    again = _("Look at it again by %(day)s.") % look
    if is_due_for_review(next_look, day):
        return Standing(_("Look at it again"), "info", f"{since} {again}", in_force=True)
    return Standing(_("In force"), "done", f"{since} {again}", in_force=True)


def draft_sentence(
    agreement: Agreement,
    gaps: Sequence[completeness.Gap],
    clauses: Sequence[Clause],
    states: Mapping[uuid.UUID, State],
    circle: Circle,
) -> str:
    """How far a draft has come: how many parts are agreed, what waits for an answer, what is still to be talked about."""
    asked = [
        clause for clause in clauses if conversation.needs_agreement(clause) or states[clause.pk].suggestion
    ]
    settled = sum(circle.settles(states[clause.pk]) for clause in asked)
    waiting = sum(states[clause.pk].suggestion is not None for clause in asked)
    said = [_("Version %(number)d, being written.") % {"number": agreement.number}]
    if not gaps:
        return " ".join([*said, _("All parts are agreed. You can send it to be signed.")])
    counts = [_("%(settled)d of %(all)d parts agreed") % {"settled": settled, "all": len(asked)}]
    if waiting:
        counts.append(ngettext("%(n)d change suggested", "%(n)d changes suggested", waiting) % {"n": waiting})
    if open_ones := len(asked) - settled - waiting:
        counts.append(
            ngettext("%(n)d part still to talk about", "%(n)d parts still to talk about", open_ones)
            % {"n": open_ones}
        )
    return " ".join([*said, ", ".join(counts) + "."])
