"""What an agreement still lacks before it can be signed, said so that people know what to do."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext

from supervision.pages import words
from supervision.people.models import Participation

from . import conversation, standard, wording
from .conversation import Circle, State
from .membership import signed_before
from .models import Agreement, AgreementParty, Clause, Turn


@dataclass(frozen=True)
class Gap:
    """One thing to do; `key` names the part it is about, or is `terms` or `people`."""

    key: str
    what: str
    here: str = ""  # the same, said beside the part itself
    number: int = 0


def missing(
    agreement: Agreement,
    *,
    clauses: Sequence[Clause] | None = None,
    parties: Sequence[AgreementParty] | None = None,
    states: Mapping[uuid.UUID, State] | None = None,
) -> list[Gap]:
    """Everything that stands between this version and its signatures. Rows that a page has already are not loaded again."""
    clauses = list(agreement.clauses.all()) if clauses is None else clauses
    parties = list(agreement.parties.select_related("person")) if parties is None else parties
    states = states_of(agreement, clauses) if states is None else states
    in_words = gaps_in_words(standard.of(agreement), clauses)
    to_write = {gap.number for gap in in_words}
    in_agreeing = gaps_in_agreeing(clauses, states, Circle.of(agreement, parties), parties)
    return [
        *in_words,
        # A part that is not finished is not said to be unagreed as well.
        *(gap for gap in in_agreeing if gap.number not in to_write),
        *gaps_in_terms(agreement),
        *gaps_in_people(agreement, parties),
    ]


def turns_of(agreement: Agreement, clauses: Sequence[Clause] | None = None) -> list[Turn]:
    """Everything that was said of the parts, or of these parts, in order. One query; words are not decrypted."""
    found = Turn.objects.filter(agreement=agreement).select_related("by", "clause", "answers")
    if clauses is not None:
        found = found.filter(clause__in=clauses)
    return list(found.order_by("clause_id", "number"))


def states_of(
    agreement: Agreement, clauses: Sequence[Clause], *, turns: Sequence[Turn] | None = None
) -> dict[uuid.UUID, State]:
    """Where each of these parts of a version stands. Up to three queries; words are not decrypted."""
    turns = turns_of(agreement, clauses) if turns is None else turns
    asked = {clause.pk for clause in clauses}
    kept_by = signed_before(agreement) if any(clause.kept for clause in clauses) else set()
    return conversation.states(clauses, [turn for turn in turns if turn.clause_id in asked], kept_by=kept_by)


def gaps_in_agreeing(
    clauses: Sequence[Clause],
    states: Mapping[uuid.UUID, State],
    circle: Circle,
    parties: Iterable[AgreementParty],
) -> list[Gap]:
    """Parts that wait for an answer, and parts that not everybody has agreed to yet."""
    names = {party.person_id: party.person.called for party in parties}
    found = []
    for number, clause, state in conversation.unsettled(clauses, states, circle):
        at = {"number": number, "title": clause.title}
        if state.suggestion is not None:
            at["name"] = state.suggestion.by.called
            said = (
                gettext("Part %(number)d, “%(title)s”: %(name)s suggests a change that waits for an answer.")
                % at
            )
        else:
            at["names"] = words.join_names(names[one] for one in names if one in circle.missing(state.agreed))
            said = gettext("Part %(number)d, “%(title)s”: %(names)s still to agree.") % at
        found.append(Gap(AGREEING, said, "", number))
    return found


AGREEING = "agreeing"


def gaps_in_words(template: standard.Template, clauses: Iterable[Clause]) -> list[Gap]:
    """Parts without the words they need, and blanks of the template that nobody has filled in."""
    found = []
    for number, clause in enumerate(clauses, start=1):
        at = {"number": number, "title": clause.title}
        blanks = words.join_names(standard.blanks_left(template, clause.key, clause.text))
        if clause.required and not clause.text.strip():
            said = gettext("Part %(number)d, “%(title)s”: write it in your own words.") % at
            found.append(Gap(clause.key, said, gettext("Still to write."), number))
        elif blanks:
            said = gettext("Part %(number)d, “%(title)s”: fill in %(blanks)s.") % (at | {"blanks": blanks})
            here = gettext("Still to fill in: %(blanks)s.") % {"blanks": blanks}
            found.append(Gap(clause.key, said, here, number))
    return found


def gaps_in_terms(agreement: Agreement) -> list[Gap]:
    """A review date to come, and a reason where the rhythm is another than an hour a week."""
    found = []
    if agreement.review_on is None:
        found.append(Gap("terms", gettext("Name the day when you look at this again.")))
    elif agreement.review_on <= max(agreement.starts_on, timezone.localdate()):
        found.append(Gap("terms", gettext("The day when you look at this again has to be after it begins.")))
    if (
        wording.needs_cadence_reason(agreement.minutes_each, agreement.every_days)
        and not agreement.cadence_reason.strip()
    ):
        found.append(Gap("terms", gettext("Say why you chose another rhythm than an hour a week.")))
    return found


def gaps_in_people(agreement: Agreement, parties: Iterable[AgreementParty]) -> list[Gap]:
    """People who joined or left the arrangement since this version was started."""
    named = {party.person_id: party.person.name for party in parties}
    now = current_people(agreement)
    joined = [name for person, name in now.items() if person not in named]
    left = [name for person, name in named.items() if person not in now]
    found = []
    if joined:
        said = gettext("%(names)s joined the arrangement. Bring the names up to date.")
        found.append(Gap("people", said % {"names": words.join_names(joined)}))
    if left:
        said = gettext("%(names)s left the arrangement. Bring the names up to date.")
        found.append(Gap("people", said % {"names": words.join_names(left)}))
    return found


def current_people(agreement: Agreement) -> dict[object, str]:
    """Who takes part in its arrangement today, by id."""
    rows = Participation.objects.current().filter(arrangement=agreement.arrangement_id)
    return dict(rows.values_list("person_id", "person__name"))
