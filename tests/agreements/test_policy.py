"""Who may do what in which state: the whole table, one row for each check."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agreements import operations, policy
from agreements.models import Agreement
from supervision.people.models import Participation, User
from supervision.records.errors import AlreadyDone, Denied, DomainError, Invalid, NotFound, Sealed, WrongState
from supervision.records.models import Offer, OfferClosed
from supervision.records.policy import explain
from tests.agreements import helpers
from tests.cast import Cast

OK = None
STATES = ("draft", "complete", "offered", "half signed", "sealed", "ended")
# What the two parties, the manager of the program, and everybody else get, in each state of STATES.
# The supervisor wrote it, offered it and signed first.
TABLE: dict[str, dict[str, tuple[type[DomainError] | None, ...]]] = {
    "check_can_read": {
        "supervisor": (OK, OK, OK, OK, OK, OK),
        "worker": (OK, OK, OK, OK, OK, OK),
        "manager": (Denied, Denied, Denied, Denied, OK, OK),
    },
    "check_can_edit": {
        "supervisor": (OK, OK, WrongState, WrongState, Sealed, Sealed),
        "worker": (OK, OK, WrongState, WrongState, Sealed, Sealed),
        "manager": (Denied,) * 6,
    },
    "check_can_offer": {
        "supervisor": (Invalid, OK, WrongState, WrongState, Sealed, Sealed),
        "worker": (Invalid, OK, WrongState, WrongState, Sealed, Sealed),
        "manager": (Denied,) * 6,
    },
    "check_can_sign": {
        "supervisor": (WrongState, WrongState, OK, AlreadyDone, AlreadyDone, AlreadyDone),
        "worker": (WrongState, WrongState, OK, OK, AlreadyDone, AlreadyDone),
        "manager": (Denied,) * 6,
    },
    "check_can_decline": {
        "supervisor": (WrongState, WrongState, OK, AlreadyDone, AlreadyDone, AlreadyDone),
        "worker": (WrongState, WrongState, OK, OK, AlreadyDone, AlreadyDone),
        "manager": (Denied,) * 6,
    },
    "check_can_ask_for_change": {
        "supervisor": (WrongState, WrongState, OK, OK, Sealed, Sealed),
        "worker": (WrongState, WrongState, OK, OK, Sealed, Sealed),
        "manager": (Denied,) * 6,
    },
    "check_can_take_back": {
        "supervisor": (WrongState, WrongState, OK, OK, Sealed, Sealed),
        "worker": (WrongState, WrongState, Denied, Denied, Sealed, Sealed),
        "manager": (Denied,) * 6,
    },
    "check_can_end": {
        "supervisor": (WrongState, WrongState, WrongState, WrongState, OK, WrongState),
        "worker": (WrongState, WrongState, WrongState, WrongState, OK, AlreadyDone),
        "manager": (Denied,) * 6,
    },
    "check_can_download": {
        "supervisor": (OK,) * 6,
        "worker": (OK,) * 6,
        "manager": (Denied, Denied, Denied, Denied, OK, OK),
    },
    "check_can_read_history": {
        "supervisor": (OK,) * 6,
        "worker": (OK,) * 6,
        "manager": (Denied,) * 6,
    },
    "check_can_review": {
        "supervisor": (WrongState, WrongState, WrongState, WrongState, OK, WrongState),
        "worker": (WrongState, WrongState, WrongState, WrongState, OK, WrongState),
        "manager": (Denied,) * 6,
    },
    "check_can_join": {
        "supervisor": (WrongState,) * 6,
        "worker": (WrongState,) * 6,
        "manager": (Denied,) * 6,
    },
}
STRANGERS = ("administrator", "outsider", "other_supervisor", "other_worker", "other_manager")


def in_state(cast: Cast, state: str) -> Agreement:
    if state == "draft":
        return operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    if state == "complete":
        return helpers.complete_draft(cast.arrangement, cast.supervisor)
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    if state != "offered":
        helpers.sign(agreement, cast.supervisor)
    if state in ("sealed", "ended"):
        helpers.sign(agreement, cast.worker)
        agreement.refresh_from_db()
    if state == "ended":
        operations.end(agreement=agreement, ends_on=helpers.in_days(0), reason="Done.", by=cast.worker)
    return agreement


def outcome_of(check: Callable[[User, Agreement], object], person: User, agreement: Agreement) -> type | None:
    try:
        check(person, agreement)
    except DomainError as refusal:
        return type(refusal) if refusal.message else ValueError  # a refusal says why
    return None


@pytest.mark.parametrize("state", STATES)
def test_every_role_gets_what_the_table_says(cast: Cast, state: str) -> None:
    agreement = in_state(cast, state)
    column = STATES.index(state)
    expected, found = {}, {}
    for check, roles in TABLE.items():
        for role, outcomes in roles.items():
            expected[check, role] = outcomes[column]
            found[check, role] = outcome_of(getattr(policy, check), getattr(cast, role), agreement)
        for role in STRANGERS:
            expected[check, role] = NotFound
            found[check, role] = outcome_of(getattr(policy, check), getattr(cast, role), agreement)
    assert found == expected


@pytest.mark.parametrize("state", STATES)
def test_visible_to_agrees_with_what_may_be_read(cast: Cast, state: str) -> None:
    agreement = in_state(cast, state)
    for role in ("supervisor", "worker", "manager", *STRANGERS):
        person = getattr(cast, role)
        reads = explain(policy.check_can_read, person, agreement)
        assert Agreement.objects.visible_to(person).filter(pk=agreement.pk).exists() == bool(reads), role


def test_the_table_names_every_check_about_an_agreement() -> None:
    there = {name for name in vars(policy) if name.startswith("check_can_")}
    of_reviews = {"check_can_read_review", "check_can_sign_review", "check_can_take_back_review"}
    assert there == {*TABLE, "check_can_draft", *of_reviews, "check_can_download_joining"}


@pytest.mark.parametrize(
    ("role", "outcome"),
    [
        ("supervisor", None),
        ("worker", None),
        ("manager", Denied),
        *[(stranger, NotFound) for stranger in STRANGERS],
    ],
)
def test_who_may_start_an_agreement(cast: Cast, role: str, outcome: type | None) -> None:
    refused = None
    try:
        policy.check_can_draft(getattr(cast, role), cast.arrangement)
    except DomainError as refusal:
        refused = type(refusal)
    assert refused is outcome


def test_whoever_left_reads_what_they_signed_and_no_newer_draft(cast: Cast) -> None:
    signed = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    draft = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    Participation.objects.filter(person=cast.worker).update(left_on=helpers.in_days(-1))
    assert policy.check_can_read(cast.worker, signed) == "party"
    with pytest.raises(NotFound):
        policy.check_can_read(cast.worker, draft)


def test_a_manager_is_told_since_when_it_is_being_written_and_no_more(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    with pytest.raises(Denied, match="being written since"):
        policy.check_can_read(cast.manager, agreement)


def test_somebody_who_managed_the_program_once_reads_nothing(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    cast.manager.managements.update(until=helpers.in_days(-1))
    with pytest.raises(NotFound):
        policy.check_can_read(cast.manager, agreement)


def test_rights_loaded_for_one_person_are_not_used_for_another(cast: Cast) -> None:
    made = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    loaded = Agreement.objects.visible_to(cast.supervisor).get(pk=made.pk)
    with pytest.raises(NotFound):
        policy.check_can_read(cast.outsider, loaded)


def test_a_closed_offer_lets_nobody_sign(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    old = Offer.objects.get()
    operations.ask_for_change(agreement=agreement, reason="Part 2.", by=cast.worker)
    assert OfferClosed.objects.filter(offer=old).exists()
    agreement.refresh_from_db()
    with pytest.raises(WrongState, match="not open for signature"):
        policy.check_can_sign(cast.worker, agreement)
