"""Who may do what, at every stage of a session's life: one table, read by people."""

from __future__ import annotations

from typing import Any

import pytest

from supervision.records.errors import DomainError
from supervision.sessions import policy
from supervision.sessions.models import Session

from . import makers

PEOPLE = ("supervisor", "worker", "manager", "administrator", "outsider", "other_supervisor")
STAGES = ("planned", "draft", "sent", "signed_by_recorder", "sealed", "cancelled")
# One letter a person, in the order above: y may; n wrong role (403); x does not exist (404); s wrong state (409).
TABLE = {
    "change_plan": "yyxxxx ssxxxx ssxxxx ssxxxx ssxxxx ssxxxx",
    "add_item": "yyxxxx yyxxxx ssxxxx ssxxxx ssxxxx ssxxxx",
    "rebook": "ssxxxx ssxxxx ssxxxx ssxxxx ssxxxx yyxxxx",
    "record": "ynxxxx ynnnnn snnnnn snnnnn snnnnn ssssss",
    "discard": "ssssss ynnnnn snnnnn snnnnn snnnnn ssssss",
    "send": "ssssss ynnnnn snnnnn snnnnn snnnnn ssssss",
    "answer": "ssssss ssssss yynnnn synnnn ssnnnn ssssss",
    "decline": "ssssss ssssss synnnn synnnn ssnnnn ssssss",
    "ask_for_change": "ssssss ssssss nynnnn nynnnn ssssss ssssss",
    "take_back": "ssssss ssssss ynnnnn ynnnnn ssssss ssssss",
    "close": "ssssss ssssss snnnnn snnnnn ssssss ssssss",
    "add_addendum": "ssssss ssssss ssssss ssssss yynnnn ssssss",
}
LETTERS = {403: "n", 404: "x", 409: "s"}


def cancelled(cast: Any) -> Session:
    from supervision.sessions import operations

    return operations.cancel(makers.planned(cast, starts_at=makers.ahead()), by=cast.supervisor, why="away")


def stage(cast: Any, name: str) -> Session:
    make = cancelled if name == "cancelled" else getattr(makers, name)
    return Session.objects.get(pk=make(cast).pk)


def letter(check: Any, person: Any, session: Session) -> str:
    try:
        check(person, session)
    except DomainError as refusal:
        says_why = refusal.message or refusal.status == 404
        return LETTERS[refusal.status] if says_why else "?"
    return "y"


@pytest.mark.parametrize("at", STAGES)
def test_the_table_holds(cast: Any, at: str) -> None:
    session = stage(cast, at)
    found, expected = {}, {}
    for verb, row in TABLE.items():
        check = getattr(policy, f"check_can_{verb}")
        found[verb] = "".join(letter(check, getattr(cast, who), session) for who in PEOPLE)
        expected[verb] = row.split()[STAGES.index(at)]
    assert found == expected


@pytest.mark.parametrize(
    ("at", "readers", "facts"),
    [
        ("planned", {"supervisor", "worker"}, {"supervisor", "worker", "manager"}),
        ("draft", {"supervisor", "worker"}, {"supervisor", "worker", "manager"}),
        ("sealed", {"supervisor", "worker"}, {"supervisor", "worker", "manager"}),
        ("cancelled", {"supervisor", "worker"}, {"supervisor", "worker", "manager"}),
    ],
)
def test_who_can_come_near_a_session(cast: Any, at: str, readers: set[str], facts: set[str]) -> None:
    session = stage(cast, at)
    everybody = (*PEOPLE, "other_worker", "other_manager")
    near = {
        w for w in everybody if Session.objects.visible_to(getattr(cast, w)).filter(pk=session.pk).exists()
    }
    seen = {
        w
        for w in everybody
        if Session.objects.facts_visible_to(getattr(cast, w)).filter(pk=session.pk).exists()
    }
    assert (near, seen) == (readers, facts)


def test_a_draft_is_read_by_its_recorder_alone(cast: Any) -> None:
    session = stage(cast, "draft")
    assert policy.may_read_words(cast.supervisor, session)
    assert not policy.may_read_words(cast.worker, session)
    assert policy.may_read_words(cast.worker, stage_of_another(cast))


def stage_of_another(cast: Any) -> Session:
    return makers.sent(cast, makers.planned(cast, starts_at=makers.ago(80)))


def test_a_leaver_keeps_what_they_signed_and_gets_nothing_newer(cast: Any) -> None:
    import datetime

    from django.utils import timezone

    from supervision.people.models import Participation

    sealed = makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(90)))
    planned = makers.planned(cast, starts_at=makers.ahead())
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Participation.objects.filter(arrangement=cast.arrangement, person=cast.worker).update(left_on=yesterday)
    mine = Session.objects.visible_to(cast.worker)
    assert list(mine) == [sealed]
    assert planned not in Session.objects.facts_visible_to(cast.worker)
