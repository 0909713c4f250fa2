"""How the parts of an agreement come about: suggested with a reason, taken, answered with other words, kept for the next
session, agreed to (domain 3). Nothing is lost: every turn is a row of its own, and the thread stays with the version.

A suggestion is agreed to by whoever makes it. Taking it makes it the wording, agreed by those two; what everybody had agreed of
the wording before counts no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.notices import operations as notices
from supervision.notices.models import Suggestion
from supervision.people.models import User
from supervision.records import audit
from supervision.records.errors import Invalid, Stale, WrongState

from .. import completeness, conversation, notifications, policy, wording
from ..models import Agreement, Clause, Turn
from . import common

Kind = Turn.Kind


@transaction.atomic
def suggest(
    *,
    clause: Clause,
    seen: int,
    text: str,
    by: User,
    terms: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Turn:
    """Suggest how a part should read. `seen` is the `turn_count` the person was looking at; `terms` those that it says.

    Terms are days as dates, lengths in minutes, `concern_days` in working days; those left out stay as they are. It answers the
    suggestion that waits, if there is one, with other words. Raises Stale when something was said of it meanwhile, Invalid
    (naming the field) for words or terms that can't be kept or change nothing, and what policy.check_can_edit raises.
    """
    agreement = common.lock(clause.agreement)
    policy.check_can_edit(by, agreement)
    fresh = _fresh(clause, agreement)
    text = common.checked(text, limit=common.CLAUSE_LIMIT, field="text")
    if fresh.required and not text:
        raise Invalid(_("Write something here. Every agreement says this part in words."), field="text")
    reason = common.checked(reason, limit=common.REASON_LIMIT, field="reason")
    before = wording.words_of(fresh.key, fresh.text, agreement)
    after = _after(fresh, agreement, text, terms or {})
    waiting = fresh.suggestion
    if waiting is not None and waiting.by_id == by.pk and waiting.after == after:
        return waiting  # the second press of the same button
    _check_seen(fresh, seen)
    _check_is_new(before, after, waiting)
    turn = _say(fresh, Kind.SUGGESTED, by=by, answers=waiting, before=before, after=after, reason=reason)
    fresh.suggestion = turn
    fresh.save(update_fields=["suggestion", "turn_count"])
    _unpark(fresh)
    audit.record(by, "wording suggested", about=agreement, covers=turn, facts=_facts(fresh, turn))
    notifications.suggested(agreement, by=by, waiting=_others_waiting(agreement, by, turn))
    return turn


def _after(clause: Clause, agreement: Agreement, text: str, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The words and terms that are suggested, checked. Terms of another part are not taken."""
    names = wording.TERMS_OF.get(clause.key, ())
    chosen = {name: terms.get(name, getattr(agreement, name)) for name in names}
    if "cadence_reason" in chosen:
        chosen["cadence_reason"] = _cadence_reason(chosen)
    _check_terms(agreement, chosen)
    return {
        "text": text,
        "terms": {name: wording.plain(value) for name, value in chosen.items()},
    }


def _cadence_reason(chosen: Mapping[str, Any]) -> str:
    """Why another rhythm than an hour a week (D 2.124); nothing to say when it is that."""
    reason = common.checked(chosen["cadence_reason"], limit=common.REASON_LIMIT, field="cadence_reason")
    if not wording.needs_cadence_reason(chosen["minutes_each"], chosen["every_days"]):
        return ""
    if not reason:
        raise Invalid(_("Say why you chose another rhythm than an hour a week."), field="cadence_reason")
    return reason


def _check_terms(agreement: Agreement, chosen: Mapping[str, Any]) -> None:
    for name, bounds in (
        ("minutes_each", common.MINUTES),
        ("every_days", common.EVERY_DAYS),
        ("concern_days", common.CONCERN_DAYS),
    ):
        if name in chosen and not bounds[0] <= chosen[name] <= bounds[1]:
            low, high = bounds
            raise Invalid(
                _("Enter a number between %(low)d and %(high)d.") % {"low": low, "high": high}, field=name
            )
    for name in ("turn_to_id", "hears_instead_id"):
        if chosen.get(name) and chosen[name] != getattr(agreement, name):
            common.check_can_be_named(agreement, chosen[name], field=name)
    if "starts_on" in chosen and chosen["starts_on"] != agreement.starts_on:
        common.check_starts_on(chosen["starts_on"])
    if "review_on" in chosen:
        if chosen["review_on"] is None:
            raise Invalid(_("Enter the day by which you look at this again"), field="review_on")
        common.check_next_look(chosen["review_on"], after=agreement.starts_on, field="review_on")


def _check_is_new(before: Any, after: Any, waiting: Turn | None) -> None:
    if after == before and waiting is None:
        raise Invalid(
            _("This is how it reads now. Change something, or say that you agree to it."), field="text"
        )
    if waiting is not None and after == waiting.after:
        raise Invalid(
            _("This is the wording that %(name)s suggests. You can take it as it is.")
            % {"name": waiting.by.called},
            field="text",
        )


@transaction.atomic
def take(*, suggestion: Turn, by: User) -> Clause:
    """Take the wording that somebody else suggests: it is the wording now, agreed by both.

    Raises Stale when another suggestion waits now, WrongState for one's own, and what policy.check_can_edit raises.
    Pressing twice takes it once.
    """
    agreement, fresh, suggestion = _open(suggestion, by)
    if _was_taken_by(suggestion, by):
        return fresh
    _check_waits(fresh, suggestion)
    if suggestion.by_id == by.pk:
        raise WrongState(_("This is your own suggestion. It waits for an answer from the others."))
    fresh.text = suggestion.after["text"]
    fresh.version += 1
    fresh.suggestion = None
    fresh.changed_by, fresh.changed_at = suggestion.by, timezone.now()
    turn = _say(fresh, Kind.TAKEN, by=by, answers=suggestion)
    fresh.save(update_fields=["text", "version", "suggestion", "turn_count", "changed_by", "changed_at"])
    _unpark(fresh)
    _set_terms(agreement, wording.terms_of(suggestion.after))
    common.count_change(agreement)
    audit.record(by, "wording taken", about=agreement, covers=turn, facts=_facts(fresh, turn))
    return fresh


def _set_terms(agreement: Agreement, terms: Mapping[str, Any]) -> None:
    for name, value in terms.items():
        setattr(agreement, name, value)
    if terms:
        agreement.save(update_fields=list(terms))


@transaction.atomic
def withdraw(*, suggestion: Turn, by: User) -> Clause:
    """Take one's own suggestion back: the wording stays as it was, and what was agreed of it counts. Raises as `take`."""
    agreement, fresh, suggestion = _open(suggestion, by)
    if fresh.suggestion_id is None and suggestion.answered_by.filter(kind=Kind.WITHDRAWN).exists():
        return fresh
    _check_waits(fresh, suggestion)
    if suggestion.by_id != by.pk:
        raise WrongState(_("Somebody else suggested this. You can answer it."))
    fresh.suggestion = None
    turn = _say(fresh, Kind.WITHDRAWN, by=by, answers=suggestion)
    fresh.save(update_fields=["suggestion", "turn_count"])
    _unpark(fresh)
    audit.record(by, "suggestion withdrawn", about=agreement, covers=turn, facts=_facts(fresh, turn))
    return fresh


@transaction.atomic
def park(*, clause: Clause, seen: int, by: User, reason: str = "") -> Turn:
    """Keep a part for the next session: it goes on that session's agenda, once. Raises Stale and policy.check_can_edit's."""
    agreement = common.lock(clause.agreement)
    policy.check_can_edit(by, agreement)
    fresh = _fresh(clause, agreement)
    reason = common.checked(reason, limit=common.REASON_LIMIT, field="reason")
    last = fresh.turns.order_by("-number").first()
    if last is not None and last.kind == Kind.PARKED and last.by_id == by.pk:
        return last
    _check_seen(fresh, seen)
    return park_locked(fresh, agreement, by=by, reason=reason)


def park_locked(fresh: Clause, agreement: Agreement, *, by: User, reason: str) -> Turn:
    """The same for a part that is locked already."""
    _unpark(fresh)
    turn = _say(fresh, Kind.PARKED, by=by, reason=reason)
    fresh.save(update_fields=["turn_count"])
    audit.record(
        by, "part kept for the next session", about=agreement, covers=turn, facts=_facts(fresh, turn)
    )
    notices.suggest(
        agreement.arrangement,
        kind=Suggestion.Kind.PARKED,
        title=_("Our agreement, part %(number)d: %(title)s")
        % {"number": fresh.position + 1, "title": fresh.title},
        source=turn,
        by=by,
    )
    return turn


def _unpark(clause: Clause) -> None:
    """It is talked about here again, or settled: a next agenda need not ask for it."""
    for parked in clause.turns.filter(kind=Kind.PARKED):
        notices.withdraw(parked)


@dataclass(frozen=True)
class Agreeing:
    """What came of saying yes to several parts at once, as titles."""

    agreed: list[str]
    changed_meanwhile: list[str]


@transaction.atomic
def agree(*, agreement: Agreement, seen: Mapping[Any, int], by: User) -> Agreeing:
    """Agree to the wording of parts as they stand. `seen`: clause id to the clause version that was on the page.

    A part that reads differently by now, or for which something else is suggested, is left out and named. Raises what
    policy.check_can_edit raises.
    """
    agreement = common.lock(agreement)
    policy.check_can_edit(by, agreement)
    clauses = list(agreement.clauses.all())
    found = completeness.states_of(agreement, clauses)
    agreed, changed = [], []
    for clause in clauses:
        if clause.pk not in seen:
            continue
        if seen[clause.pk] != clause.version or clause.suggestion_id is not None:
            changed.append(clause.title)
        elif by.pk not in found[clause.pk].agreed:
            _agree_to(clause, agreement, by)
            agreed.append(clause.title)
    return Agreeing(agreed, changed)


def _agree_to(clause: Clause, agreement: Agreement, by: User) -> None:
    clause.agreement = agreement
    turn = _say(clause, Kind.AGREED, by=by)
    clause.save(update_fields=["turn_count"])
    audit.record(by, "part agreed", about=agreement, covers=turn, facts=_facts(clause, turn))
    if conversation.Circle.of(agreement, list(agreement.parties.all())).settles(
        completeness.states_of(agreement, [clause])[clause.pk]
    ):
        _unpark(clause)


# Pieces ---------------------------------------------------------------------------------------------------------


def _fresh(clause: Clause, agreement: Agreement) -> Clause:
    found = Clause.objects.select_related("suggestion__by").get(pk=clause.pk, agreement=agreement)
    found.agreement = agreement
    return found


def _open(suggestion: Turn, by: User) -> tuple[Agreement, Clause, Turn]:
    agreement = common.lock(suggestion.agreement)
    policy.check_can_edit(by, agreement)
    fresh = _fresh(suggestion.clause, agreement)
    return agreement, fresh, Turn.objects.select_related("by").get(pk=suggestion.pk)


def _check_seen(clause: Clause, seen: int) -> None:
    if clause.turn_count != seen:
        raise Stale(_("Somebody answered this part while you were writing."))


def _check_waits(clause: Clause, suggestion: Turn) -> None:
    if clause.suggestion_id != suggestion.pk:
        raise Stale(_("This suggestion was answered or replaced meanwhile. Read how the part stands now."))


def _was_taken_by(suggestion: Turn, by: User) -> bool:
    return suggestion.answered_by.filter(kind=Kind.TAKEN, by=by).exists()


def _say(
    clause: Clause,
    kind: str,
    *,
    by: User,
    answers: Turn | None = None,
    reason: str = "",
    **words: Any,
) -> Turn:
    """Write the next turn of a part, and count it; the caller saves the clause."""
    clause.turn_count += 1
    turn = Turn(
        agreement=clause.agreement,
        clause=clause,
        number=clause.turn_count,
        kind=kind,
        by=by,
        answers=answers,
        clause_version=clause.version,
        reason=reason,
        **words,
    )
    turn.save()
    return turn


def _facts(clause: Clause, turn: Turn) -> dict[str, Any]:
    return {"clause": clause.key, "version": clause.version, "turn": turn.number}


def _others_waiting(agreement: Agreement, by: User, turn: Turn) -> bool:
    """Whether the others have been told already of a suggestion by the same person that waits."""
    waiting = agreement.clauses.filter(suggestion__by=by).exclude(suggestion=turn.pk)
    return waiting.exists()
