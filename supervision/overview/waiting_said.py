"""How what waits for a person is said on their first page: verb first, one line of why, one tag."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from competencies.models import Goal, Sheet
from supervision.pages import words
from supervision.people.models import User

from . import sentences
from .links import address
from .pieces import Task


@dataclass(frozen=True)
class Row:
    """One line of the answer: what waits, since when, for which day, and whom it is about."""

    kind: str
    pk: uuid.UUID
    at: datetime.datetime
    day: datetime.date | None
    name: str
    preferred: str
    other: str
    other_preferred: str

    @property
    def called(self) -> str:
        return _called(self.name, self.preferred)

    @property
    def other_called(self) -> str:
        return _called(self.other, self.other_preferred)


def _called(name: str, preferred: str) -> str:
    return User(name=name, preferred_name=preferred).called


Found = dict[uuid.UUID, Goal | Sheet]


def _agree(row: Row, _found: Found) -> Task:
    label = gettext("Read what %(name)s would take up with a manager") % {"name": row.called}
    why = gettext("It is sent only if you agree to the words.")
    return Task(row.at, label, address("sessions:matter", row.pk), why, gettext("Your answer"), "wait")


def _taken_up(row: Row, _found: Found) -> Task:
    names = {"one": row.called, "two": row.other_called}
    label = gettext("Answer what %(one)s and %(two)s take up with you") % names
    why = gettext("They agreed on the words together.")
    return Task(row.at, label, address("sessions:matter", row.pk), why, gettext("Your answer"), "wait")


def _observe(row: Row, _found: Found) -> Task:
    label = gettext("Answer whether you want the observation that %(name)s proposes for %(day)s") % _when(row)
    why = gettext("It takes place only if you agree.")
    return Task(row.at, label, address("sessions:observation", row.pk), why, gettext("Your answer"), "wait")


def _observed(row: Row, _found: Found) -> Task:
    label = gettext("Write up the observation with %(name)s, %(day)s") % _when(row)
    why = gettext("If it did not take place, call it off instead.")
    return Task(_begins(row), label, address("sessions:observation", row.pk), why, gettext("Write up"))


def _observed_draft(row: Row, _found: Found) -> Task:
    label = gettext("Finish the record of the observation with %(name)s, %(day)s") % _when(row)
    why = gettext("Only you can see it until you send it.")
    return Task(_begins(row), label, address("sessions:observation", row.pk), why, gettext("Draft"))


def _job(row: Row, _found: Found) -> Task:
    when = sentences.days_ago(timezone.localdate(row.at), timezone.localdate())
    why = gettext("%(name)s put it in force %(when)s. Say that you have read it, or what does not fit.")
    said = why % {"name": row.name, "when": when}
    url = address("performance:description", row.pk)
    return Task(row.at, gettext("Read your job description"), url, said, gettext("Please read"), "wait")


def _work(row: Row, _found: Found) -> Task:
    label = gettext("Finish what you write about the work of %(name)s") % {"name": row.called}
    why = gettext("Only you can see it until you send it.")
    return Task(row.at, label, address("performance:note", row.pk), why, gettext("Draft"))


def _goal(row: Row, found: Found) -> Task:
    goal: Any = found[row.pk]
    label = gettext("Look at your goal again: %(title)s") % {"title": goal.title}
    why = gettext("You chose %(day)s for it. Choose another day, or end it.") % _when(row)
    kind = "private" if goal.is_private else ""
    return Task(_begins(row), label, address("competencies:goal", row.pk), why, gettext("Goal"), kind)


def _round(row: Row, found: Found) -> Task:
    sheet: Any = found[row.pk]
    label = gettext("Say how you see the supervision you get from %(name)s") % {"name": row.called}
    why = gettext(
        "Open until the end of %(day)s, without your name, and named here until then, whether you have answered or not."
    ) % _when(row)
    return Task(
        row.at, label, address("rounds:detail", sheet.round_id), why, gettext("Your choice"), "private"
    )


def _own_part(row: Row, found: Found) -> Task:
    sheet: Any = found[row.pk]
    why = gettext(
        "The people you supervise are asked until the end of %(day)s. What comes of it shows after that."
    )
    label = gettext("Say how you see the supervision that you give")
    url = address("rounds:detail", sheet.round_id)
    return Task(row.at, label, url, why % _when(row), gettext("Your part"), "private")


def _program(row: Row, _found: Found) -> Task:
    label = gettext("Say how %(program)s supports supervision") % {"program": row.name}
    why = gettext("Open until %(day)s, and named here until then, whether you have answered or not.") % _when(
        row
    )
    url = address("program_assessment:answer", row.pk)
    return Task(row.at, label, url, why, gettext("Open"))


def _program_action(row: Row, _found: Found) -> Task:
    label = gettext("See to what you do for %(program)s by %(day)s") % {"program": row.name, **_when(row)}
    why = gettext("It came from the program’s self-assessment. Say when it is done.")
    url = address("program_assessment:action", row.pk)
    return Task(_begins(row), label, url, why, gettext("Action"))


def _assess(row: Row, _found: Found) -> Task:
    why = gettext("Of the practice of %(name)s. Both parts are shown at one moment.") % _when(row)
    return _part(row, why)


def _assess_own(row: Row, _found: Found) -> Task:
    why = gettext("Of your practice, with %(name)s. Both parts are shown at one moment.") % _when(row)
    return _part(row, why)


def _part(row: Row, why: str) -> Task:
    label = gettext("Fill in your part of the assessment by %(day)s") % _when(row)
    return Task(row.at, label, address("competencies:assessment", row.pk), why, gettext("Your part"), "wait")


def _settle(row: Row, _found: Found) -> Task:
    label = gettext("Talk with %(name)s about both views, and write up what you settle on") % {
        "name": row.called
    }
    why = gettext("Nothing is final before the two of you have talked.")
    return Task(row.at, label, address("competencies:assessment", row.pk), why, gettext("Assessment"))


def _credential(row: Row, _found: Found) -> Task:
    is_over = row.day is not None and row.day < timezone.localdate()
    said = gettext("%(name)s expired %(day)s") if is_over else gettext("%(name)s expires %(day)s")
    label = said % {"name": row.other, "day": words.short_day(row.day) if row.day else ""}
    why = gettext("Add the renewed one, or say that you don’t renew it.")
    return Task(_begins(row), label, address("training:credential", row.pk), why, gettext("Credential"))


def _concern_read(row: Row, _found: Found) -> Task:
    label = gettext("Read what %(name)s told you of") % {"name": row.called}
    why = gettext("A concern. You hear of it before anybody else.")
    return Task(row.at, label, address("concerns:detail", row.pk), why, gettext("Please read"), "wait")


def _concern(row: Row, _found: Found) -> Task:
    label = gettext("Go on with the concern with %(name)s") % {"name": row.called}
    why = gettext("Its next step is yours.")
    return Task(row.at, label, address("concerns:detail", row.pk), why, gettext("Concern"), "private")


def _concern_shared(row: Row, _found: Found) -> Task:
    names = {"one": row.called, "two": row.other_called}
    label = gettext("Read the concern that %(one)s shared with you") % names
    why = gettext("About the work of %(two)s. Record what comes of it.") % names
    return Task(row.at, label, address("concerns:detail", row.pk), why, gettext("Your answer"), "wait")


def _concern_happened(row: Row, _found: Found) -> Task:
    label = gettext("Look at what has happened with a concern")
    why = gettext("Between %(one)s and %(two)s.") % {"one": row.called, "two": row.other_called}
    return Task(row.at, label, address("concerns:detail", row.pk), why, gettext("New"), "wait")


def _concern_asked(row: Row, _found: Found) -> Task:
    label = gettext("Say whether %(name)s brought a concern to you") % {"name": row.called}
    why = gettext("They agreed that you are asked.")
    return Task(row.at, label, address("concerns:confirm", row.pk), why, gettext("Your answer"), "wait")


def _letter(row: Row, _found: Found) -> Task:
    label = gettext("Read the letter that %(name)s wrote to you") % {"name": row.called}
    why = gettext("Say that it has reached you, or answer it.")
    return Task(row.at, label, address("concerns:letter", row.pk), why, gettext("Letter"), "wait")


def _handover(row: Row, _found: Found) -> Task:
    label = gettext("Choose what goes over to %(name)s") % {"name": row.called}
    why = gettext(
        "They supervise you now. Of what was said before they read what you choose, which may be nothing."
    )
    return Task(row.at, label, address("handover:choose", row.pk), why, gettext("Your choice"), "wait")


def _disclosure(row: Row, _found: Found) -> Task:
    label = gettext("Go on with the disclosure of records of %(name)s") % {"name": row.called}
    why = gettext("Its next step is yours.")
    return Task(row.at, label, address("disclosure:detail", row.pk), why, gettext("By law"), "wait")


SAID = {
    "handover": _handover,
    "disclosure": _disclosure,
    "concern_read": _concern_read,
    "concern": _concern,
    "concern_shared": _concern_shared,
    "concern_asked": _concern_asked,
    "concern_news": _concern_happened,
    "letter": _letter,
    "agree": _agree,
    "taken_up": _taken_up,
    "observe": _observe,
    "observed": _observed,
    "observed_draft": _observed_draft,
    "job": _job,
    "work": _work,
    "goal": _goal,
    "round": _round,
    "own_part": _own_part,
    "program": _program,
    "program_action": _program_action,
    "assess": _assess,
    "assess_own": _assess_own,
    "settle": _settle,
    "credential": _credential,
}


def _when(row: Row) -> dict[str, str]:
    return {"name": row.called, "day": words.short_day(row.day) if row.day else ""}


def _begins(row: Row) -> datetime.datetime:
    """The beginning of its day, for the order among the other tasks."""
    day = row.day or timezone.localdate(row.at)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
