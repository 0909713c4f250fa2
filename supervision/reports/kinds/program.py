"""The program report (domain 11) as tables, for a spreadsheet: the same figures as its PDF has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from supervision.pages import words
from supervision.sessions.models import Matter, Session

from ..figures import Figures, OpenRecord, Person
from ..said import hours_number
from .made import Column, Table


def tables_of(found: Figures) -> list[Table]:
    """People first: that one is the CSV."""
    return [
        _table(
            gettext("People"),
            [
                *(gettext("Peer worker"), gettext("Supervised by"), gettext("Program"), gettext("Sessions")),
                *(gettext("Hours counted"), gettext("Hours expected"), gettext("Other hours")),
                *(gettext("Hours not signed"), gettext("Weeks short"), gettext("Against what was expected")),
            ],
            [_person(person) for person in found.people],
        ),
        _table(
            gettext("Records not sealed"),
            [gettext("Day"), gettext("Peer worker"), gettext("Supervised by"), gettext("Sent on")],
            [_open(row) for row in found.open_records],
        ),
        _table(
            gettext("Agreements due"),
            [gettext("Peer worker"), gettext("Supervised by"), gettext("What is due"), gettext("Since")],
            [
                *(
                    _gap(gap.people, gap.supervisors, gettext("Missing"), "")
                    for gap in found.without_agreement
                ),
                *(
                    _gap(gap.people, gap.supervisors, gettext("To be looked at again"), gap.review_on)
                    for gap in found.past_review
                ),
            ],
        ),
        _table(
            gettext("Not held as planned"),
            [gettext("What became of it"), gettext("Listed reason"), gettext("Sessions")],
            _called_off(found),
        ),
        _table(gettext("Figures"), [gettext("What"), gettext("How many")], _figures(found)),
    ]


def _table(name: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    return Table(name=name, columns=[Column(heading, 10) for heading in headings], rows=rows)


def _person(person: Person) -> list[Any]:
    hours = person.hours
    return [
        person.name,
        words.join_names(person.supervisors),
        person.program,
        person.sessions,
        hours_number(hours.counted),
        hours_number(hours.expected),
        hours_number(hours.other),
        hours_number(person.evaluation.unsigned),
        len(person.evaluation.short),
        person.evaluation.reason,
    ]


def _open(row: OpenRecord) -> list[Any]:
    return [row.day, words.join_names(row.people), words.join_names(row.supervisors), row.offered_on or ""]


def _gap(people: Sequence[str], supervisors: Sequence[str], what: str, since: Any) -> list[Any]:
    return [words.join_names(people), words.join_names(supervisors), what, since or ""]


def _called_off(found: Figures) -> list[list[Any]]:
    states, whys = dict(Session.State.choices), dict(Session.Why.choices)
    return [
        [str(states[state]), str(whys.get(why, gettext("No reason listed"))), count]
        for (state, why), count in sorted(found.called_off.items())
    ]


def _figures(found: Figures) -> list[list[Any]]:
    """One number a line, named in full."""
    lists: list[tuple[str, Any, Any]] = [
        (gettext("How people met"), found.modalities, Session.Modality.choices),
        (gettext("What the sessions were for"), found.purposes, Session.PURPOSES),
        (gettext("Methods besides talk"), found.methods, Session.METHODS),
        (gettext("Taken up with you"), found.themes, Matter.About.choices),
    ]
    return [
        [gettext("As of"), timezone.localdate()],
        [gettext("Sessions held"), found.held],
        [gettext("Hours held"), hours_number(found.minutes_held)],
        [gettext("Records signed by everyone"), found.signed_by_all],
        [gettext("Records not sealed"), len(found.open_records)],
        [gettext("Sessions not planned beforehand"), found.ad_hoc],
        [gettext("Planned and not noted what became of them"), found.not_written],
        [gettext("Agreements in force"), found.agreements],
        [gettext("Next steps taken on"), found.actions_taken_on],
        [gettext("Next steps done"), found.actions_closed],
        [gettext("Observations"), found.observations],
        [gettext("Hours of training"), hours_number(found.learned)],
        [gettext("People who learned"), found.learners],
        [gettext("Taken up with you and answered"), found.themes_answered],
        [gettext("Concerns shared with you"), found.concerns],
        *([f"{title}: {label}", counts[key]] for title, counts, choices in lists for key, label in choices),
    ]
