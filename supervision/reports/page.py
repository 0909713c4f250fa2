"""What the PDF of a program report says, made from its figures. Log facts only."""

from __future__ import annotations

import datetime
import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from supervision.pages import charts, words
from supervision.people.models import Agency
from supervision.records.pdf_parts import Attachment
from supervision.requirements.expectation import Stretch
from supervision.sessions.models import Matter, Session

from . import figures as counted
from .figures import Figures, Hours, OpenRecord, Person
from .models import Report
from .said import hours as hours_said
from .said import period

LISTED = 200  # rows of one table before the rest is only counted


@dataclass(frozen=True)
class Page:
    title: str
    agency: str
    at: datetime.datetime
    context: dict[str, Any]
    attachments: list[Attachment]


def page_of(report: Report, found: Figures) -> Page:
    """The page of a report with these figures, in the time zone in use."""
    agency, answer_days = Agency.objects.values_list("name", "answer_days").first() or ("", 7)
    programs = [program.name for program in report.programs.all()]
    title = gettext("Supervision report")
    now = timezone.now()
    content = {
        "agency": agency,
        "title": title,
        "lead": _lead(report, programs, found),
        "reference_line": gettext("Report %(reference)s") % {"reference": str(report.pk)[:8].upper()},
        "made": gettext("Made %(day)s for %(name)s")
        % {"day": date_format(timezone.localdate(now), "F j, Y"), "name": report.asked_by.name},
        "confidence": gettext("Dates, hours and signatures of supervision"),
        "facts": _facts(report, programs, found),
    }
    context = {
        "content": content,
        "people": [_person_row(person) for person in found.people[:LISTED]],
        "people_more": max(len(found.people) - LISTED, 0),
        "hours": _hours_figure(found),
        "by_supervisor": _by_supervisor(found),
        "open_records": [_open_row(row, answer_days) for row in found.open_records[:LISTED]],
        "open_more": max(len(found.open_records) - LISTED, 0),
        "without_agreement": found.without_agreement[:LISTED],
        "past_review": found.past_review[:LISTED],
        "agreement_by": counted.AGREEMENT_BY_SESSION,
        "called_off": _called_off(found),
        "themes": _themes(found),
        "themes_answered": found.themes_answered,
        "averages": found.averages,
        "held": found.held,
        "not_written": found.not_written,
        "any_session": found.held or found.not_written or found.to_come or found.called_off,
        "any_agreement": found.agreements or found.without_agreement,
        "modalities": _share_figure(
            gettext("How people met"), found.modalities, Session.Modality.choices, found.held
        ),
        "purposes": _share_figure(
            gettext("What the sessions were for"), found.purposes, Session.PURPOSES, found.sent
        ),
        "methods": _share_figure(gettext("Methods besides talk"), found.methods, Session.METHODS, found.sent),
        "ad_hoc": found.ad_hoc,
        "measured": _measured(found),
    }
    data = Attachment(
        "report.json", _data(report, programs, found), gettext("The figures of this report as data"), now
    )
    return Page(title, agency, now, context, [data])


def _lead(report: Report, programs: Sequence[str], found: Figures) -> str:
    where = words.join_names(programs)
    if report.supervisor:
        where = gettext("%(programs)s, people supervised by %(name)s") % {
            "programs": where,
            "name": report.supervisor.name,
        }
    values = {"where": where, "period": period(report.first_day, report.last_day)}
    return f"{gettext('%(where)s, %(period)s.') % values} {sentence(found.people)}"


def sentence(people: Sequence[Person]) -> str:
    """How much of the expected time took place, and for how many in every week: true for none, one and many."""
    if not people:
        return gettext("Nobody was in supervision in this period.")
    hours = counted.hours_of(people)
    said = [_expected_sentence(people, hours)]
    if hours.other:
        other = gettext("%(hours)s took place where nothing was expected, as in co-reflection.")
        said.append(other % {"hours": hours_said(hours.other)})
    return " ".join(said)


def _expected_sentence(people: Sequence[Person], hours: Hours) -> str:
    judged: dict[uuid.UUID, list[Person]] = {}
    for person in people:
        if person.evaluation.judged:
            judged.setdefault(person.person_id, []).append(person)
    if not judged:
        return gettext("No full week was expected of anybody in this period.")
    met = sum(all(row.evaluation.met for row in group) for group in judged.values())
    said = gettext("%(attended)s of %(expected)s that were expected took place.") % {
        "attended": hours_said(hours.counted),
        "expected": hours_said(hours.expected),
    }
    return f"{said} {_met_sentence(met, len(judged))}"


def _met_sentence(met: int, everybody: int) -> str:
    if everybody == 1:
        if met:
            return gettext("The one person in supervision had their time in every week.")
        return gettext("The one person in supervision had less in some weeks.")
    if not met:
        return gettext("None of the %(all)s people had their time in every week.") % {"all": everybody}
    if met == everybody:
        return gettext("All %(all)s people had their time in every week.") % {"all": everybody}
    return gettext("%(met)s of %(all)s people had their time in every week.") % {"met": met, "all": everybody}


def _facts(report: Report, programs: Sequence[str], found: Figures) -> list[tuple[str, str]]:
    hours = found.hours
    not_signed = sum(person.evaluation.unsigned for person in found.people)
    rows = [
        (gettext("Programs"), words.join_names(programs)),
        (gettext("Period"), period(report.first_day, report.last_day)),
        (gettext("People in supervision"), str(len({person.person_id for person in found.people}))),
        (
            gettext("Sessions held"),
            gettext("%(n)s, %(hours)s in all")
            % {"n": found.held, "hours": words.minutes_words(found.minutes_held)},
        ),
        (
            gettext("Time against what was expected"),
            gettext(
                "%(attended)s of %(expected)s, counted for each person in the weeks that ended in this period"
            )
            % {"attended": hours_said(hours.counted), "expected": hours_said(hours.expected)},
        ),
        (
            gettext("Records"),
            gettext("%(signed)s of %(held)s signed by everyone, %(open)s not sealed yet")
            % {"signed": found.signed_by_all, "held": found.held, "open": len(found.open_records)}
            if found.held
            else gettext("None: no session was held"),
        ),
        (
            gettext("Agreements"),
            gettext("%(n)s in force today, %(missing)s missing, %(past)s past the day to look at them again")
            % {
                "n": found.agreements,
                "missing": len(found.without_agreement),
                "past": len(found.past_review),
            }
            if found.agreements or found.without_agreement
            else gettext("None is needed today"),
        ),
        (
            gettext("Next steps"),
            gettext("%(taken)s taken on in these sessions, %(closed)s done in this period")
            % {"taken": found.actions_taken_on, "closed": found.actions_closed},
        ),
        (
            gettext("Observations"),
            gettext("%(n)s took place in this period") % {"n": found.observations}
            if found.observations
            else gettext("None in this period"),
        ),
    ]
    rows += _beside(found)
    if hours.other:
        other = gettext(
            "%(time)s where nothing was expected: in co-reflection, in a further arrangement, in weeks away"
        )
        rows.insert(5, (gettext("Other time"), other % {"time": hours_said(hours.other)}))
    if not_signed:
        rows.insert(
            6 if hours.other else 5,
            (
                gettext("Attendance not signed yet"),
                gettext("%(time)s of the time above") % {"time": words.minutes_words(not_signed)},
            ),
        )
    if report.supervisor:
        rows.insert(1, (gettext("Supervisor"), report.supervisor.name))
    return rows


def _beside(found: Figures) -> list[tuple[str, str]]:
    """What else there is to say: training, what was taken up, and concerns that the reader knows of."""
    rows = [
        (
            gettext("Training"),
            gettext("%(hours)s, as %(n)s people kept it in their logs")
            % {"hours": hours_said(found.learned), "n": found.learners}
            if found.learned
            else gettext("None kept for this period"),
        ),
    ]
    if found.themes:
        values = {"n": found.themes.total(), "answered": found.themes_answered}
        rows.append((gettext("Taken up with you"), gettext("%(n)s, %(answered)s answered") % values))
    if found.concerns:
        rows.append((gettext("Concerns shared with you"), str(found.concerns)))
    return rows


def _themes(found: Figures) -> list[list[Any]]:
    """How often each listed theme was taken up, the most frequent first. No word of what it was."""
    listed = [[str(label), found.themes[key]] for key, label in Matter.About.choices if key in found.themes]
    return sorted(listed, key=lambda row: -row[1])


def _leading(person: Person) -> str:
    """Who supervises; in co-reflection nobody does."""
    if person.supervisors:
        return words.join_names(person.supervisors)
    return gettext("Co-reflection, as equals") if person.among_equals else gettext("Nobody named")


def _person_row(person: Person) -> dict[str, Any]:
    found, hours = person.evaluation, person.hours
    return {
        "name": person.name,
        "supervisors": _leading(person),
        "program": person.program,
        "sessions": person.sessions,
        "counted": hours_said(hours.counted),
        "expected": hours_said(hours.expected),
        "other": hours_said(hours.other),
        "reason": found.reason,
        "short": bool(found.short),
        "unsigned": words.minutes_words(found.unsigned) if found.unsigned else "",
    }


def _open_row(row: OpenRecord, answer_days: int) -> dict[str, str]:
    return {
        "day": date_format(row.day, "F j, Y"),
        "people": words.join_names(row.people),
        "supervisors": words.join_names(row.supervisors),
        "waiting": waiting(row.offered_on, timezone.localdate(), answer_days),
    }


def waiting(offered_on: datetime.date | None, today: datetime.date, answer_days: int) -> str:
    """Where an open record stands: not sent, or sent when, and whether the days for signing are over."""
    if offered_on is None:
        return gettext("Not sent to be signed yet")
    days = (today - offered_on).days
    if days <= 0:
        return gettext("Sent today")
    said = ngettext("Sent %(n)s day ago", "Sent %(n)s days ago", days) % {"n": days}
    if days <= answer_days:
        return gettext("%(sent)s, waits for signatures") % {"sent": said}
    late = ngettext(
        "%(sent)s, past the %(n)s day for signing", "%(sent)s, past the %(n)s days for signing", answer_days
    )
    return late % {"sent": said, "n": answer_days}


def _measured(found: Figures) -> str:
    """Which weeks were measured, said once below the table."""
    measured = [person.evaluation.stretches for person in found.people if person.evaluation.stretches]
    if not measured:
        return gettext("No full week ended in this period, so nothing was measured.")
    values = {
        "first": date_format(min(stretches[0].first for stretches in measured), "F j"),
        "last": date_format(max(stretches[-1].last for stretches in measured), "F j, Y"),
    }
    return (
        gettext(
            "Measured in weeks from Monday to Sunday, %(first)s to %(last)s. A week counts in the period in which it ends, "
            "a session on its day."
        )
        % values
    )


# Charts, each beside the table with the same facts ------------------------------------------------------------------


def _hours_figure(found: Figures) -> charts.Figure | None:
    """Hours counted and expected, month by month: a week counts in the month in which it ends."""
    weeks: defaultdict[datetime.date, list[Stretch]] = defaultdict(list)
    for person in found.people:
        for each in person.evaluation.stretches:
            weeks[each.last].append(each)
    if not weeks:
        return None
    months: defaultdict[datetime.date, Hours] = defaultdict(lambda: Hours(0, 0, 0))
    for last in sorted(weeks):
        months[last.replace(day=1)] += Hours.of(weeks[last])
    title = gettext("Hours counted and expected, month by month")
    rows = [(date_format(month, "F Y"), hours) for month, hours in months.items()]
    return charts.Figure(
        svg=charts.bars(
            [
                charts.Bar(name, round(hours.counted / 60, 1), round(hours.expected / 60, 1))
                for name, hours in rows
            ],
            title=title,
            unit=" h",
        ),
        caption=title,
        headings=[gettext("Month"), *_headings()],
        rows=[[name, *_cells(hours)] for name, hours in [*rows, (gettext("All"), found.hours)]],
        number_columns=(1, 2, 3),
    )


def _headings() -> list[str]:
    return [gettext("Counted"), gettext("Expected"), gettext("Other")]


def _cells(hours: Hours) -> list[str]:
    return [hours_said(hours.counted), hours_said(hours.expected), hours_said(hours.other)]


def _by_supervisor(found: Figures) -> list[list[str]]:
    """Name, people, hours counted, expected and other. A table: names never go into a drawing."""
    groups: defaultdict[str, list[Person]] = defaultdict(list)
    for person in found.people:
        groups[_leading(person)].append(person)
    ordered = sorted(groups.items(), key=lambda entry: entry[0].casefold())
    return [[name, str(len(rows)), *_cells(counted.hours_of(rows))] for name, rows in ordered]


def _share_figure(
    title: str, counts: Counter[str], choices: Iterable[tuple[str, Any]], held: int
) -> charts.Figure | None:
    """In how many of the sessions held each of these was so."""
    if not held or not counts:
        return None
    rows = [(str(label), counts[key]) for key, label in choices]
    return charts.Figure(
        svg=charts.bars([charts.Bar(label, count) for label, count in rows], title=title, top=held),
        caption=title,
        headings=[gettext("Kind"), gettext("Sessions"), gettext("Share")],
        rows=[[label, count, f"{round(100 * count / held)}%"] for label, count in rows],
        number_columns=(1, 2),
    )


def _called_off(found: Figures) -> list[list[Any]]:
    """Sessions that were not held as planned, by what became of them and the listed reason."""
    states, whys = dict(Session.State.choices), dict(Session.Why.choices)
    rows = sorted(found.called_off.items(), key=lambda entry: (-entry[1], entry[0]))
    return [
        [str(states[state]), str(whys.get(why, gettext("No reason listed"))), count]
        for (state, why), count in rows
    ]


# Data ---------------------------------------------------------------------------------------------------------------


def _data(report: Report, programs: Sequence[str], found: Figures) -> bytes:
    """The same figures for a machine, carried inside the PDF."""
    body = {
        "programs": list(programs),
        "supervisor": counted.name_of(report.supervisor),
        "first_day": report.first_day.isoformat(),
        "last_day": report.last_day.isoformat(),
        "sessions_held": found.held,
        "minutes_held": found.minutes_held,
        "minutes_counted": found.hours.counted,
        "minutes_expected": found.hours.expected,
        "minutes_other": found.hours.other,
        "records_signed_by_everyone": found.signed_by_all,
        "records_not_sealed": len(found.open_records),
        "agreements_in_force": found.agreements,
        "arrangements_without_agreement": len(found.without_agreement),
        "agreements_past_review": len(found.past_review),
        "called_off": [{"what": row[0], "why": row[1], "sessions": row[2]} for row in _called_off(found)],
        "modalities": dict(found.modalities),
        "purposes": dict(found.purposes),
        "methods": dict(found.methods),
        "actions_taken_on": found.actions_taken_on,
        "actions_done": found.actions_closed,
        "observations_held": found.observations,
        "minutes_of_training": found.learned,
        "people_who_learned": found.learners,
        "taken_up": dict(found.themes),
        "taken_up_and_answered": found.themes_answered,
        "concerns_shared_with_reader": found.concerns,
        "people": [
            {
                "name": person.name,
                "program": person.program,
                "supervisors": person.supervisors,
                "sessions": person.sessions,
                "minutes_counted": person.hours.counted,
                "minutes_expected": person.hours.expected,
                "minutes_other": person.hours.other,
                "minutes_not_signed": person.evaluation.unsigned,
                "short": [
                    {
                        "from": each.first.isoformat(),
                        "to": each.last.isoformat(),
                        "attended": each.attended,
                        "expected": each.expected,
                    }
                    for each in person.evaluation.short
                ],
            }
            for person in found.people
        ],
    }
    return json.dumps(body, ensure_ascii=False).encode()
