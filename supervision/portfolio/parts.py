"""What a portfolio can hold, part by part: what is read, for whom, and how it is said (domain 7).

Only what is the person's own or what they signed as the one who is supervised. Of a session of several, their own attendance and
their own words (decision 13); of sessions that they led, the facts.
"""

from __future__ import annotations

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from agreements.models import Accession, Agreement
from competencies.models import Assessment, Goal, TrainingEntry
from competencies.rating import marks as marking
from supervision.hours.models import HoursLetter
from supervision.notes.models import Note
from supervision.pages import words
from supervision.people import zones
from supervision.people.models import Arrangement, Credential, Participation, User
from supervision.performance.models import JobDescription
from supervision.records import encryption, snapshot
from supervision.records.models import Answer, Document, Seal
from supervision.records.printed import seals_of
from supervision.sessions.models import Addendum, AgendaItem, Attendee, Session


@dataclass(frozen=True)
class Entry:
    """One thing in a portfolio. `data` is for the open archive; `seal` of what was signed, to print it as it was."""

    title: str
    day: datetime.date | None
    facts: Sequence[tuple[str, str]] = ()
    said: Sequence[tuple[str, str]] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    seal: Seal | None = None


@dataclass(frozen=True)
class Period:
    """From a day until a day, both included."""

    first: datetime.date
    last: datetime.date

    def around(self, name: str) -> dict[str, Any]:
        """A filter of a moment."""
        return {f"{name}__gte": zones.begin_of(self.first), f"{name}__lt": zones.end_of(self.last)}

    def within(self, name: str) -> dict[str, Any]:
        """A filter of a day."""
        return {f"{name}__range": (self.first, self.last)}


Read = Callable[[User, Period], list[Entry]]


def files_of(seals: Iterable[Seal]) -> dict[uuid.UUID, Document]:
    """The sealed PDFs, by the id of their record. One query."""
    return {one.record_id: one for one in Document.objects.filter(seal__in=list(seals))}


# Sessions -----------------------------------------------------------------------------------------------------


def sessions(user: User, period: Period) -> list[Entry]:
    """Every session of which the record is sealed: what was signed where two met, facts and own words where several did."""
    rows = list(_attended(user, period).filter(session__sealed_at__isnull=False))
    kept = {row.session_id for row in rows if _is_theirs(row)}
    seals = seals_of(Session, kept)
    own = _own_words(user, {row.session_id for row in rows} - kept)
    added = _added(kept)
    found = []
    for row in rows:
        found.append(_session(row, seals.get(row.session_id), own[row.session_id]))
        found += added[row.session_id]
    return found


def _added(sessions: set[uuid.UUID]) -> defaultdict[uuid.UUID, list[Entry]]:
    """What was added later to records that are theirs, and stands beside them. Three queries."""
    rows = list(Addendum.objects.filter(session__in=sessions).select_related("author").order_by("number"))
    encryption.unlock(rows)
    seals = seals_of(Addendum, [row.pk for row in rows])
    found: defaultdict[uuid.UUID, list[Entry]] = defaultdict(list)
    for row in rows:
        seal = seals.get(row.pk)
        data = {"by": row.author.name, "signed": snapshot.read(seal.offer.content) if seal else None}
        said = [(gettext("Why"), row.reason), (gettext("What was added"), row.text)]
        title = gettext("Added to that record by %(name)s") % {"name": row.author.name}
        found[row.session_id].append(Entry(title, None, (), said, data, seal))
    return found


def _attended(user: User, period: Period) -> Any:
    rows = Attendee.objects.filter(
        person=user,
        attended=True,
        session__in=Session.objects.visible_to(user),
        session__state=Session.State.HELD,
        **period.around("session__starts_at"),
    )
    related = rows.select_related("session__arrangement__program").order_by("session__starts_at", "id")
    return related.prefetch_related("session__attendees__person")


def _is_theirs(row: Attendee) -> bool:
    """Whether nobody else was supervised there, and they were."""
    among = [one for one in row.session.attendees.all() if one.part not in Participation.LEADING]
    return row.part in Participation.SUPPORTED and len(among) == 1


def _own_words(user: User, sessions: set[uuid.UUID]) -> defaultdict[uuid.UUID, list[tuple[str, str]]]:
    """What this person brought and said themself in sessions of several. Two queries."""
    found: defaultdict[uuid.UUID, list[tuple[str, str]]] = defaultdict(list)
    items = list(AgendaItem.objects.filter(session__in=sessions, raised_by=user, shared_at__isnull=False))
    answers = list(Answer.objects.filter(record_id__in=sessions, person=user))
    encryption.unlock(items, answers)
    for item in items:
        found[item.session_id].append((gettext("You brought"), item.text))
    for answer in answers:
        if answer.statement:
            found[answer.record_id].append((gettext("You said with your signature"), answer.statement))
    return found


def _session(row: Attendee, seal: Seal | None, own: list[tuple[str, str]]) -> Entry:
    session = row.session
    day = session.local_start.date()
    others = [one.person.name for one in session.attendees.all() if one.person_id != row.person_id]
    several = seal is None
    led = row.part in Participation.LEADING
    facts = [
        (gettext("When"), words.full_day(day)),
        (gettext("Time"), words.minutes_words(row.minutes)),
        (gettext("How"), f"{session.get_structure_display()}, {session.get_modality_display()}"),
        (gettext("Your part"), str(row.get_part_display())),
        (gettext("Program"), session.arrangement.program.name),
    ]
    if not several:
        facts.append((gettext("With"), words.join_names(others)))
    title = gettext("You led a session, %(day)s") if led else gettext("Session, %(day)s")
    data = {
        "day": day.isoformat(),
        "minutes": row.minutes,
        "structure": session.structure,
        "modality": session.modality,
        "part": row.part,
        "program": session.arrangement.program.name,
        "people": len(session.attendees.all()),
        "with": [] if several else others,
        "signed": snapshot.read(seal.offer.content) if seal else None,
        "own_words": [text for _label, text in own],
    }
    return Entry(title % {"day": words.full_day(day)}, day, facts, own, data, seal)


def hours(user: User, period: Period) -> list[Entry]:
    """Minutes attended, by kind and by year, as sealed records have them: one entry a year. After them the letters of their hours that
    were signed in that time."""
    return [*_years(user, period), *_letters(user, period)]


def _letters(user: User, period: Period) -> list[Entry]:
    rows = list(
        HoursLetter.objects.filter(worker=user, **period.around("sealed_at"))
        .select_related("supervisor")
        .order_by("sealed_at", "id")
    )
    seals = seals_of(HoursLetter, [row.pk for row in rows])
    said = gettext("Letter of hours from %(name)s, %(first)s to %(last)s")
    return [
        _sealed(
            row,
            seals,
            said
            % {
                "name": row.supervisor.name,
                "first": words.full_day(row.first_day),
                "last": words.full_day(row.last_day),
            },
        )
        for row in rows
    ]


def _years(user: User, period: Period) -> list[Entry]:
    years: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row in _attended(user, period).filter(session__sealed_at__isnull=False):
        led = row.part in Participation.LEADING
        kind = "led" if led else row.session.structure
        years[row.session.local_start.year][kind] += row.minutes
    names = {**dict(Arrangement.Structure.choices), "led": gettext("Sessions that you led")}
    return [
        Entry(
            gettext("Hours of %(year)s") % {"year": year},
            datetime.date(year, 1, 1),
            [(str(names[kind]), words.minutes_words(minutes)) for kind, minutes in sorted(total.items())],
            data={"year": year, "minutes": dict(total)},
        )
        for year, total in sorted(years.items())
    ]


# Agreements, assessments, job ---------------------------------------------------------------------------------


def agreements(user: User, period: Period) -> list[Entry]:
    """Signed versions in which they are named, and what they signed to join one."""
    mine = Agreement.objects.filter(
        parties__person=user, sealed_at__isnull=False, **period.around("sealed_at")
    )
    joined = Accession.objects.filter(person=user, sealed_at__isnull=False, **period.around("sealed_at"))
    rows = list(mine.distinct().prefetch_related("parties").order_by("sealed_at", "id"))
    others = list(joined.order_by("sealed_at", "id"))
    # Of a group's agreement the fact, and what they signed themself (decision 13).
    of_two = [row.pk for row in rows if _of_two(row, user)]
    seals = seals_of(Agreement, of_two) | seals_of(Accession, [row.pk for row in others])
    return [
        *(
            _sealed(row, seals, gettext("Supervision agreement, version %(n)s") % {"n": row.number})
            for row in rows
        ),
        *(_sealed(row, seals, gettext("Joining an agreement")) for row in others),
    ]


def _of_two(row: Agreement, user: User) -> bool:
    """Whether they are the only one who is supervised."""
    return [one.person_id for one in row.parties.all() if one.part in Participation.SUPPORTED] == [user.pk]


def _sealed(row: Any, seals: Mapping[uuid.UUID, Seal], title: str) -> Entry:
    day = timezone.localdate(row.sealed_at)
    seal = seals.get(row.pk)
    facts = [(gettext("Signed and sealed"), words.full_day(day))]
    data = {"day": day.isoformat(), "signed": snapshot.read(seal.offer.content) if seal else None}
    return Entry(title, day, facts, (), data, seal)


def assessments(user: User, period: Period) -> list[Entry]:
    """Of themself, from the moment both views were shown; their own alone; formal ones as they were signed."""
    rows = Assessment.objects.visible_to(user).filter(person=user, ended_at__isnull=True)
    rows = (
        rows.filter(**period.around("begun_at"))
        .select_related("framework", "other")
        .order_by("begun_at", "id")
    )
    found = [row for row in rows.prefetch_related("parts") if row.is_alone or row.is_shown]
    seals = seals_of(Assessment, [row.pk for row in found if row.sealed_at])
    encryption.unlock([part for row in found for part in row.parts.all()])
    return [_assessment(row, user, seals.get(row.pk)) for row in found]


def _assessment(row: Assessment, user: User, seal: Seal | None) -> Entry:
    title = gettext("%(framework)s, %(day)s") % {
        "framework": row.framework.title,
        "day": words.full_day(timezone.localdate(row.begun_at)),
    }
    body = row.framework.body
    text_of = {one.id: one.text for one in body.statements}
    said, views = [], []
    for part in row.parts.all():
        if part.given_at is None or part.withdrawn_at is not None:
            continue
        own = part.author_id == user.pk
        marks = marking.of_data(part.marks)
        views.append({"own": own, "marks": marking.as_data(marks)})
        for key, mark in marks.items():
            if seal is None and key in text_of:
                who = gettext("You") if own else (row.other.name if row.other else "")
                point = body.scale[mark.point - 1].label if mark.point else gettext("Can’t say yet")
                said.append((f"{text_of[key]} {who}: {point}.", mark.words))
    facts = [
        (gettext("Kind"), gettext("Formal") if row.is_formal else gettext("Informal")),
        (gettext("With"), row.other.name if row.other else gettext("Yourself alone")),
    ]
    data = {
        "day": timezone.localdate(row.begun_at).isoformat(),
        "framework": row.framework.title,
        "version": row.framework.number,
        "formal": row.is_formal,
        "views": views,
        "signed": snapshot.read(seal.offer.content) if seal else None,
    }
    return Entry(title, timezone.localdate(row.begun_at), facts, said, data, seal)


def job(user: User, period: Period) -> list[Entry]:
    """Job descriptions that held in the period."""
    replaced = JobDescription.objects.filter(
        person=user, number__gt=OuterRef("number"), from_day__lte=period.first
    )
    held = JobDescription.objects.filter(~Exists(replaced), person=user, from_day__lte=period.last)
    rows = list(held.order_by("from_day", "number"))
    encryption.unlock(rows)
    names = {
        "purpose": gettext("What the job is for"),
        "does": gettext("What it is"),
        "does_not": gettext("What it is not"),
        "works_with": gettext("With whom"),
        "hours_and_place": gettext("Hours and place"),
        "supervised_for": gettext("Supervised by whom, for what"),
    }
    return [
        Entry(
            f"{row.title}, {gettext('version %(n)s') % {'n': row.number}}",
            row.from_day,
            [(gettext("From"), words.full_day(row.from_day))],
            [(label, getattr(row, name)) for name, label in names.items() if getattr(row, name)],
            {"day": row.from_day.isoformat(), "title": row.title}
            | {name: getattr(row, name) for name in names},
        )
        for row in rows
    ]


# Goals, training, reflections ---------------------------------------------------------------------------------


def goals(user: User, period: Period) -> list[Entry]:
    """Their own goals that were begun in the period, with steps and what they noted themself."""
    rows = Goal.objects.of(user).filter(**period.around("begun_at")).order_by("begun_at", "id")
    found = list(rows.prefetch_related("steps", "progress__author"))
    encryption.unlock(found)
    return [_goal(row, user) for row in found]


def _goal(row: Goal, user: User) -> Entry:
    day = timezone.localdate(row.begun_at)
    said = [
        (gettext("Why it matters"), row.why),
        (gettext("What support"), row.support),
        *((gettext("Step, done") if one.done_at else gettext("Step"), one.what) for one in row.steps.all()),
        *(
            (gettext("Progress, %(day)s") % {"day": words.full_day(timezone.localdate(one.at))}, one.text)
            for one in row.progress.all()
            if one.author_id == user.pk
        ),
        (gettext("How it ended"), row.ended_words),
    ]
    facts = [(gettext("Begun"), words.full_day(day))]
    if row.ended_at:
        facts.append((gettext("Ended"), words.full_day(timezone.localdate(row.ended_at))))
    kept = [(label, text) for label, text in said if text]
    data = {
        "day": day.isoformat(),
        "title": row.title,
        "ended": row.ended_how or None,
        "said": [*map(list, kept)],
    }
    return Entry(row.title, day, facts, kept, data)


def training(user: User, period: Period) -> list[Entry]:
    """What they learned, with hours; and the credentials that they hold."""
    rows = list(TrainingEntry.objects.of(user).filter(**period.within("day")).order_by("day", "id"))
    held = list(Credential.objects.of(user).order_by("issued_on", "name", "id"))
    encryption.unlock(rows)
    return [*(_learned(row) for row in rows), *(_credential(row) for row in held)]


def _learned(row: TrainingEntry) -> Entry:
    facts = [
        (gettext("When"), words.full_day(row.day)),
        (gettext("Time"), words.minutes_words(row.minutes)),
        (gettext("Kind"), str(row.get_kind_display())),
        (gettext("Offered by"), row.provider),
    ]
    said = [(gettext("What you took from it"), row.took)] if row.took else []
    data = {
        "day": row.day.isoformat(),
        "title": row.title,
        "minutes": row.minutes,
        "kind": row.kind,
        "provider": row.provider,
        "took": row.took,
    }
    return Entry(row.title, row.day, [one for one in facts if one[1]], said, data)


def _credential(row: Credential) -> Entry:
    facts = [(gettext("Issued by"), row.issuer)]
    facts += [(gettext("Issued"), words.full_day(row.issued_on))] if row.issued_on else []
    facts += [(gettext("Valid until"), words.full_day(row.expires_on))] if row.expires_on else []
    data = {
        "credential": row.name,
        "issuer": row.issuer,
        "issued_on": row.issued_on.isoformat() if row.issued_on else None,
        "expires_on": row.expires_on.isoformat() if row.expires_on else None,
    }
    return Entry(row.name, row.issued_on, [one for one in facts if one[1]], (), data)


def notes(user: User, chosen: Sequence[uuid.UUID]) -> list[Entry]:
    """The private notes that were named, one by one, and no others."""
    rows = list(Note.objects.of(user).filter(pk__in=chosen).order_by("dated_at", "id"))
    encryption.unlock(rows)
    return [
        Entry(
            row.title or str(row.get_kind_display()),
            timezone.localdate(row.dated_at),
            [(gettext("When"), words.full_day(timezone.localdate(row.dated_at)))],
            [(str(row.get_kind_display()), row.text)],
            {
                "day": timezone.localdate(row.dated_at).isoformat(),
                "kind": row.kind,
                "title": row.title,
                "text": row.text,
            },
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Part:
    """One part of a portfolio."""

    key: str
    title: Any
    about: Any
    read: Read


PARTS: tuple[Part, ...] = (
    Part(
        "hours",
        gettext_lazy("Hours"),
        gettext_lazy("Time in supervision, by kind and year, and letters of your hours."),
        hours,
    ),
    Part(
        "sessions",
        gettext_lazy("Session records"),
        gettext_lazy("What you and your supervisor signed. Of groups, your attendance and your own words."),
        sessions,
    ),
    Part(
        "agreements",
        gettext_lazy("Agreements"),
        gettext_lazy("Every version that you signed."),
        agreements,
    ),
    Part(
        "assessments",
        gettext_lazy("Assessments"),
        gettext_lazy("Of your own work, once both views were shown."),
        assessments,
    ),
    Part("goals", gettext_lazy("Goals"), gettext_lazy("With their steps and what you noted."), goals),
    Part(
        "training",
        gettext_lazy("Training and credentials"),
        gettext_lazy("What you learned, and what you hold."),
        training,
    ),
    Part("job", gettext_lazy("Job descriptions"), gettext_lazy("As they were put in force."), job),
)
BY_KEY = {part.key: part for part in PARTS}
