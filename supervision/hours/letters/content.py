"""What a letter of hours says, as plain data, from facts alone. Pages and PDF are made from this and nothing else (decision 1)."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from supervision.pages import words
from supervision.people.models import Agency, Credential, Program, User
from supervision.records import papers, snapshot
from supervision.records.errors import NotFound
from supervision.requirements import said
from supervision.requirements.applying import Judged
from supervision.requirements.counting import Meeting, minutes_of
from supervision.requirements.judging import progress
from supervision.requirements.models import RequirementSet

from .. import measuring
from ..facts import places_of
from ..measuring import Line, Measured
from ..shown import how
from .models import HoursLetter
from .policy import arrangements_led

SCHEMA = 1
TEMPLATE = "hours/pdf/letter.html"

# What the signature says, word for word.
INTENT = gettext_lazy(
    "I supervised these meetings, and what this letter says of them is true. Typing my name here is my signature."
)


@dataclass(frozen=True)
class Wanted:
    """Of whom, toward which set, and for which days. `by` signs it."""

    worker: User
    by: User
    of: RequirementSet
    first: datetime.date
    last: datetime.date


def wanted(
    worker: User, by: User, key: str, first: datetime.date, last: datetime.date
) -> tuple[Wanted, Measured]:
    """The version of a set that counts toward a total there, with what was measured. Raises NotFound where there is none."""
    today = timezone.localdate()
    scope = arrangements_led(by, worker)
    places = places_of([worker.pk], scope, last)
    measured = measuring.measure(places, first, last, today).get(worker.pk)
    found = _with_total(measured, key) if measured else None
    if measured is None or found is None:
        raise NotFound(_("No hours are counted toward a total here."))
    return Wanted(worker, by, found.of, first, last), measured


def _with_total(measured: Measured, key: str) -> Judged | None:
    return next((one for one in measured.sets if one.of.key == key and one.progress is not None), None)


def of_letter(asked: Wanted, measured: Measured, letter: HoursLetter) -> dict[str, Any]:
    """All of it, as known today. Only meetings that the signer led are in it."""
    rules, day = asked.of.rules, measured.as_of
    meetings = [one for one in measured.meetings() if _led(one, asked.by)][::-1]
    lines = measuring.lines_of(meetings, rules, day)
    counted = [line.meeting for line in lines if not line.why_not]
    made = progress(rules, replace(measured.known.facts, meetings=meetings), asked.last, day)
    if made is None:
        raise NotFound(_("No hours are counted toward a total here."))
    return {
        "schema": SCHEMA,
        "title": str(HoursLetter.called),
        "kind": letter.record_kind,
        "agency": Agency.objects.values_list("name", flat=True).first() or "",
        "reference": papers.reference(letter.pk),
        "letter": str(letter.pk),
        "zone": str(timezone.get_current_timezone()),
        "confidence": _("Letter of hours: dates and hours, nothing that was said"),
        "worker": {"id": str(asked.worker.pk), "name": asked.worker.name},
        "parties": [{"id": str(asked.by.pk), "name": asked.by.name, "part": _("Supervisor")}],
        "first_day": asked.first.isoformat(),
        "last_day": asked.last.isoformat(),
        "as_of": day.isoformat(),
        "minutes": made.minutes,
        "one_to_one": made.individual,
        "beyond_what_groups_add": made.unused,
        "lead": _("%(supervisor)s supervised %(worker)s for %(time)s that count toward “%(title)s”.")
        % {
            "supervisor": asked.by.name,
            "worker": asked.worker.name,
            "time": words.minutes_words(made.minutes),
            "title": asked.of.title,
        },
        "facts": _facts(asked, measured),
        "kinds": _kinds(counted),
        "notes": _notes(counted, made.unused),
        "rules": [*said.what_counts(rules), *said.what_is_asked(rules)],
        "not_counted": _not_counted(lines),
        "meetings": [
            [
                words.full_day(line.meeting.day),
                str(line.meeting.minutes),
                how(line.meeting),
                line.why_not or _("Yes"),
            ]
            for line in lines
        ],
    }


def mark_of(content: dict[str, Any]) -> str:
    """Names what was on the page, so that nobody signs something else. Which letter it becomes has no part in it."""
    plain = {key: value for key, value in content.items() if key not in {"letter", "reference"}}
    return snapshot.digest(snapshot.canonical(plain, nonce="page"))


def _led(meeting: Meeting, by: User) -> bool:
    return any(one.person == str(by.pk) for one in meeting.supervisors)


def _facts(asked: Wanted, measured: Measured) -> list[list[str]]:
    of, day = asked.of, measured.as_of
    programs = Program.objects.filter(pk__in=measured.known.programs).order_by("name")
    rows = [
        (_("Peer worker"), asked.worker.name),
        (_("Supervised by"), asked.by.name),
        (_("Credentials of %(name)s") % {"name": asked.by.name}, _credentials(asked)),
        (_("Program"), words.join_names(programs.values_list("name", flat=True))),
        (_("From"), words.full_day(asked.first)),
        (_("To"), words.full_day(asked.last)),
        (_("As known on"), words.full_day(day)),
        (_("Counted by"), _("%(title)s, version %(n)s") % {"title": of.title, "n": of.number}),
        (
            _("Source of the rule"),
            _("%(source)s, compared on %(day)s")
            % {"source": of.source, "day": words.full_day(of.checked_on)},
        ),
    ]
    return [[str(label), str(value)] for label, value in rows if value]


def _credentials(asked: Wanted) -> str:
    """Those of the signer that held on a day of the period, with the days from and until which they do."""
    begun = Q(issued_on=None) | Q(issued_on__lte=asked.last)
    held = Q(expires_on=None) | Q(expires_on__gte=asked.first)
    rows = Credential.objects.filter(begun, held, person=asked.by).order_by("name", "issued_on", "id")
    listed = "; ".join(_credential(row) for row in rows)
    return listed or _("None that held in this period is listed here.")


def _credential(row: Credential) -> str:
    parts = [row.name, row.issuer] if row.issuer else [row.name]
    if row.issued_on:
        parts.append(_("from %(day)s") % {"day": words.full_day(row.issued_on)})
    if row.expires_on:
        parts.append(_("until %(day)s") % {"day": words.full_day(row.expires_on)})
    return ", ".join(parts)


def _kinds(counted: Sequence[Meeting]) -> list[list[str]]:
    """One to one, in groups and in all: how many meetings, and how long."""
    alone = [one for one in counted if one.individual]
    groups = [one for one in counted if not one.individual]
    kinds = [(_("One to one"), alone), (_("In groups"), groups), (_("In all"), counted)]
    return [[label, str(len(these)), words.minutes_words(minutes_of(these))] for label, these in kinds]


def _notes(counted: Sequence[Meeting], unused: int) -> list[str]:
    """What whoever reads the numbers has to know."""
    signed = sum(one.signed_on is not None for one in counted)
    found = []
    if counted:
        text = ngettext(
            "Of %(signed)s of %(all)s meeting that counts, everybody who was asked has signed the attendance.",
            "Of %(signed)s of %(all)s meetings that count, everybody who was asked has signed the attendance.",
            len(counted),
        )
        found.append(text % {"signed": signed, "all": len(counted)})
    if unused:
        text = _(
            "%(time)s of groups are beyond the share that the rule lets count, and are not in the total."
        )
        found.append(text % {"time": words.minutes_words(unused)})
    found.append(_("Only meetings that the signer led are in this letter, and only those of this period."))
    return found


def _not_counted(lines: Sequence[Line]) -> list[list[str]]:
    """Why meetings do not count: each reason with how many and how long."""
    times: Counter[str] = Counter(line.why_not for line in lines if line.why_not)
    minutes: Counter[str] = Counter()
    for line in lines:
        minutes[line.why_not] += line.meeting.minutes
    return [[reason, str(n), words.minutes_words(minutes[reason])] for reason, n in times.items()]


def headings() -> dict[str, list[str]]:
    """Of its tables, on a page."""
    return {
        "counts": [_("Kind"), _("Meetings"), _("Time")],
        "reasons": [_("Why"), _("Meetings"), _("Time")],
        "meetings": [_("Day"), _("Minutes"), _("How"), _("Counts")],
    }
