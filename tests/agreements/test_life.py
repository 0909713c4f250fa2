"""Whatever people press, in whatever order and from however old a page: nobody's signature or yes is on words they did not see,
what is sealed never changes, and nothing is offered that is not agreed.

Each person has a page, as it was when they last looked, and presses buttons on that page.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agreements import completeness, conversation, operations
from agreements.models import (
    Accession,
    Agreement,
    AgreementEnding,
    AgreementParty,
    AgreementReview,
    Clause,
    Turn,
    in_force,
)
from supervision.people.models import Standing
from supervision.records import encryption, open_parties
from supervision.records.errors import DomainError
from supervision.records.models import Answer, Offer, Seal
from tests import factories
from tests.agreements import helpers
from tests.cast import Cast

KEYS = ("place", "purpose", "together")
numbers = st.integers(min_value=0, max_value=3)  # which of the people; taken modulo how many there are
keys = st.sampled_from(KEYS)
mostly = st.sampled_from([True, True, True, False])
SIGNED_KINDS = (Agreement, AgreementReview, Accession)


def at(*stages: str) -> Any:
    """A rule for versions at one of these stages; `anything_at_any_time` presses the other buttons."""
    return precondition(lambda machine: machine.stage in stages)


class Page:
    """What one person has before them: from when they last looked."""

    def __init__(self) -> None:
        self.versions: dict[Any, int] = {}
        self.turns: dict[Any, int] = {}
        self.suggestions: dict[Any, Turn] = {}
        self.agreement_version = -1
        self.digest = ""
        self.review_digest = ""


class Life(RuleBasedStateMachine):
    """One arrangement, the people in it, and every button there is."""

    cast: Cast
    structure: str
    reached: Counter[str]  # what happened at all, over every run

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.keys = encryption.unlocked_keys()
        self.keys.__enter__()
        self.pages: dict[Any, Page] = {}
        self.shown: dict[Any, dict[str, bytes]] = {}  # person: digest: the text that was on their page
        self.read_words: set[tuple[Any, Any, int]] = set()  # (person, clause, version)
        self.read_suggestions: set[tuple[Any, Any]] = set()
        self.words: dict[tuple[Any, int], str] = {}  # how a wording reads, by its number
        self.frozen: dict[Any, Any] = {}
        self.written = 0

    def teardown(self) -> None:
        self.keys.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    # Helpers ------------------------------------------------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        cast = self.cast
        others = {
            "individual": [],
            "co_supervision": [factories.person("Ana Ruiz")],
            "group": [factories.worker_in(cast.program, name) for name in ("Kit Ng", "Joe Marsh")],
        }[self.structure]
        leaders = [cast.supervisor, *(others if self.structure == "co_supervision" else [])]
        members = [cast.worker, *(others if self.structure == "group" else [])]
        self.people = [cast.supervisor, cast.worker, *others]
        self.arrangement = factories.arrangement(cast.program, leaders, members, structure=self.structure)
        self.agreement_id = operations.draft(arrangement=self.arrangement, by=cast.supervisor).pk
        helpers.fill(self.agreement, cast.supervisor)
        self.pages = {person.pk: Page() for person in self.people}
        self.shown = {person.pk: {} for person in self.people}
        every = Turn.objects.filter(clause__agreement=self.agreement_id).values_list("pk", flat=True)
        self.read_suggestions = {(person.pk, pk) for person in self.people for pk in every}
        for number in range(len(self.people)):
            self.look(number)

    def person(self, number: int) -> Any:
        return self.people[number % len(self.people)]

    def page(self, number: int) -> Page:
        return self.pages[self.person(number).pk]

    def press(self, act: Callable[[], Any]) -> Any:
        """A refusal is an answer too; anything else is a fault."""
        try:
            with transaction.atomic():
                done = act()
        except DomainError as refusal:
            self.reached[type(refusal).__name__] += 1
            return None
        return done

    @property
    def stage(self) -> str:
        agreement = self.agreement
        return "sealed" if agreement.is_sealed else "offered" if agreement.is_offered else "draft"

    @property
    def agreement(self) -> Agreement:
        return Agreement.objects.get(pk=self.agreement_id)

    def clause(self, key: str) -> Clause:
        return Clause.objects.get(agreement=self.agreement_id, key=key)

    def review(self) -> AgreementReview | None:
        found = AgreementReview.objects.filter(agreement__arrangement=self.arrangement, sealed_at=None)
        return found.order_by("-started_at").first()

    # Looking, and writing -------------------------------------------------------------------------------------------

    @rule(who=numbers)
    def look(self, who: int) -> None:
        person, page, agreement = self.person(who), self.page(who), self.agreement
        page.agreement_version = agreement.version
        for clause in agreement.clauses.select_related("suggestion"):
            page.versions[clause.pk] = clause.version
            page.turns[clause.pk] = clause.turn_count
            self.read_words.add((person.pk, clause.pk, clause.version))
            page.suggestions.pop(clause.key, None)
            if clause.suggestion is not None:
                page.suggestions[clause.key] = clause.suggestion
                self.read_suggestions.add((person.pk, clause.suggestion_id))
        page.digest = self._read(person, Offer.objects.of(agreement).first())
        review = self.review()
        if review is not None:
            page.review_digest = self._read(person, Offer.objects.of(review).first())

    def _read(self, person: Any, offer: Offer | None) -> str:
        if offer is None:
            return ""
        self.shown[person.pk][offer.digest] = bytes(offer.content)
        return str(offer.digest)

    @at("draft")
    @rule(who=numbers, key=keys, same=st.booleans())
    def suggest(self, who: int, key: str, same: bool) -> None:
        clause = self.clause(key)
        self.written += 1
        text = clause.text if same else f"Wording {self.written}."
        seen = self.page(who).turns.get(clause.pk, -1)
        self.press(lambda: operations.suggest(clause=clause, seen=seen, text=text, by=self.person(who)))

    @at("draft")
    @rule(who=numbers, key=keys)
    def take(self, who: int, key: str) -> None:
        suggestion = self.page(who).suggestions.get(key)
        if suggestion is not None:
            self.press(lambda: operations.take(suggestion=suggestion, by=self.person(who)))

    @at("draft")
    @rule(who=numbers, key=keys)
    def withdraw(self, who: int, key: str) -> None:
        suggestion = self.page(who).suggestions.get(key)
        if suggestion is not None:
            self.press(lambda: operations.withdraw(suggestion=suggestion, by=self.person(who)))

    @at("draft")
    @rule(who=numbers, key=keys)
    def park(self, who: int, key: str) -> None:
        clause = self.clause(key)
        seen = self.page(who).turns.get(clause.pk, -1)
        self.press(lambda: operations.park(clause=clause, seen=seen, by=self.person(who)))

    @at("draft")
    @rule(who=numbers)
    def agree(self, who: int) -> None:
        seen = dict(self.page(who).versions)
        self.press(lambda: operations.agree(agreement=self.agreement, seen=seen, by=self.person(who)))

    @at("draft")
    @rule(who=numbers, key=keys)
    def two_of_them_change_a_part(self, who: int, key: str) -> None:
        """The others still have the page with the words of before."""
        self.look(who)
        self.suggest(who, key, False)
        self.look(who + 1)
        self.take(who + 1, key)

    @at("draft")
    @rule()
    def settle(self) -> None:
        """They sit together: whoever did not suggest it takes it, and everybody looks and says yes."""
        for number in range(len(self.people)):
            self.look(number)
            for key in list(self.page(number).suggestions):
                self.take(number, key)
        for number in range(len(self.people)):
            self.look(number)
            self.agree(number)

    @at("draft")
    @rule(who=numbers)
    def settle_and_offer(self, who: int) -> None:
        self.settle()
        self.offer(who, True)

    # Signing --------------------------------------------------------------------------------------------------------

    @at("draft")
    @rule(who=numbers, looks=mostly)
    def offer(self, who: int, looks: bool) -> None:
        if looks:
            self.look(who)
        version = self.page(who).agreement_version
        made = self.press(
            lambda: operations.offer(agreement=self.agreement, version=version, by=self.person(who))
        )
        if made is not None:
            self.reached["offered"] += 1
            self._check_is_agreed()

    def _check_is_agreed(self) -> None:
        agreement = self.agreement
        clauses, parties = list(agreement.clauses.all()), list(agreement.parties.all())
        found = completeness.states_of(agreement, clauses)
        assert not conversation.unsettled(clauses, found, conversation.Circle.of(agreement, parties))

    @at("offered")
    @rule(who=numbers, looks=mostly)
    def sign(self, who: int, looks: bool) -> None:
        if looks:
            self.look(who)
        person, seen = self.person(who), self.page(who).digest
        evidence = helpers.evidence(person)
        self.press(lambda: operations.sign(agreement=self.agreement, seen=seen, evidence=evidence, by=person))

    @at("offered")
    @rule()
    def everybody_signs(self) -> None:
        for number in range(len(self.people)):
            if self.stage == "offered":
                self.sign(number, True)
            else:
                self.look(number)
                self.join(number)

    @at("offered")
    @rule(who=numbers)
    def decline(self, who: int) -> None:
        person, seen = self.person(who), self.page(who).digest
        given = {"evidence": helpers.evidence(person), "reason": "Not like this."}
        self.press(lambda: operations.decline(agreement=self.agreement, seen=seen, by=person, **given))

    @at("offered")
    @rule(who=numbers, key=st.none() | keys)
    def ask_for_change(self, who: int, key: str | None) -> None:
        clause = self.clause(key) if key else None
        self.press(
            lambda: operations.ask_for_change(
                agreement=self.agreement, reason="Another day.", clause=clause, by=self.person(who)
            )
        )

    @at("offered")
    @rule(who=numbers)
    def take_back(self, who: int) -> None:
        self.press(
            lambda: operations.take_back(agreement=self.agreement, reason="A word.", by=self.person(who))
        )

    @at("sealed")
    @rule(who=numbers)
    def join(self, who: int) -> None:
        person, seen = self.person(who), self.page(who).digest
        evidence = helpers.evidence(person)
        self.press(lambda: operations.join(agreement=self.agreement, seen=seen, evidence=evidence, by=person))

    # In force, and after --------------------------------------------------------------------------------------------

    @at("sealed")
    @rule(who=numbers)
    def next_version(self, who: int) -> None:
        made = self.press(lambda: operations.draft(arrangement=self.arrangement, by=self.person(who)))
        if made is not None:
            self.agreement_id = made.pk

    @precondition(lambda self: in_force(self.arrangement) is not None)
    @rule(who=numbers)
    def look_again_together(self, who: int) -> None:
        self.record_review(who)
        self.everybody_signs_the_review()

    @precondition(lambda self: in_force(self.arrangement) is not None)
    @rule(who=numbers)
    def record_review(self, who: int) -> None:
        now = in_force(self.arrangement)
        if now is not None:
            made = self.press(lambda: helpers.review(now, self.person(who)))
            if made is not None:  # whoever records it has the whole of it on their page
                self._read(self.person(who), Offer.objects.of(made).first())

    @precondition(lambda self: self.review() is not None)
    @rule(who=numbers, no=st.sampled_from([False, False, False, True]))
    def answer_review(self, who: int, no: bool) -> None:
        review, person = self.review(), self.person(who)
        if review is None:
            return
        given = {"review": review, "seen": self.page(who).review_digest, "evidence": helpers.evidence(person)}
        if no:
            self.press(lambda: operations.decline_review(by=person, reason="Part 3.", **given))
        else:
            self.press(lambda: operations.sign_review(by=person, **given))

    @precondition(lambda self: self.review() is not None)
    @rule()
    def everybody_signs_the_review(self) -> None:
        for number in range(len(self.people)):
            self.look(number)
            self.answer_review(number, False)

    @precondition(lambda self: self.review() is not None)
    @rule(who=numbers)
    def take_back_review(self, who: int) -> None:
        review = self.review()
        if review is not None:
            self.press(
                lambda: operations.take_back_review(review=review, reason="Not yet.", by=self.person(who))
            )

    @precondition(lambda self: Agreement.objects.filter(arrangement=self.arrangement).count() > 1)
    @rule(who=numbers)
    def end(self, who: int) -> None:
        now = in_force(self.arrangement)
        if now is not None:
            self.press(
                lambda: operations.end(
                    agreement=now, ends_on=helpers.in_days(0), reason="A new team.", by=self.person(who)
                )
            )

    @rule(
        who=numbers,
        verb=st.sampled_from(
            [
                "agree",
                "offer",
                "sign",
                "decline",
                "take_back",
                "join",
                "record_review",
                "next_version",
                "settle",
            ]
        ),
    )
    def anything_at_any_time(self, who: int, verb: str) -> None:
        acts: dict[str, Callable[[], Any]] = {
            "offer": lambda: self.offer(who, False),
            "sign": lambda: self.sign(who, False),
            "next_version": lambda: (
                self.press(lambda: operations.draft(arrangement=self.arrangement, by=self.person(who)))
                if self.stage != "sealed"
                else self.next_version(who)
            ),
            "settle": self.settle,
        }
        acts.get(verb, lambda: getattr(self, verb)(who))()

    # What always holds ------------------------------------------------------------------------------------------------

    @invariant()
    def nobody_answers_a_text_that_they_did_not_see(self) -> None:
        joined = set(Accession.objects.values_list("pk", flat=True))
        for answer in Answer.objects.select_related("offer"):
            assert answer.digest == answer.offer.digest
            if answer.record_id not in joined:  # a joining names the digest of the text instead, below
                assert self.shown[answer.person_id].get(answer.digest) == bytes(answer.offer.content)

    @invariant()
    def nobody_joins_a_text_that_they_did_not_see(self) -> None:
        for joined in Accession.objects.filter(sealed_at__isnull=False):
            digest = Seal.objects.get(record_id=joined.agreement_id).digest
            assert digest in self.shown[joined.person_id]

    @invariant()
    def nobody_says_yes_to_words_that_they_did_not_see(self) -> None:
        turns = Turn.objects.filter(clause__agreement__arrangement=self.arrangement)
        for turn in turns.filter(kind=Turn.Kind.AGREED):
            assert (turn.by_id, turn.clause_id, turn.clause_version) in self.read_words
        for turn in turns.filter(kind=Turn.Kind.TAKEN):
            assert (turn.by_id, turn.answers_id) in self.read_suggestions

    @invariant()
    def a_wording_keeps_its_number(self) -> None:
        for clause in Clause.objects.filter(agreement=self.agreement_id):
            assert self.words.setdefault((clause.pk, clause.version), clause.text) == clause.text

    @invariant()
    def what_counts_as_agreed_was_agreed_to_in_these_words(self) -> None:
        agreement = self.agreement
        clauses = list(agreement.clauses.all())
        kept_by = set()
        if agreement.number > 1:
            before = Agreement.objects.get(arrangement=self.arrangement, number=agreement.number - 1)
            kept_by = {a.person_id for a in Answer.objects.filter(offer=before.open_offer_id, kind="signed")}
            kept_by |= set(
                Accession.objects.filter(agreement=before, sealed_at__isnull=False).values_list(
                    "person_id", flat=True
                )
            )
        said = Turn.objects.filter(clause__agreement=agreement, kind__in=["agreed", "taken"])
        yes_to: dict[tuple[Any, int], set[Any]] = defaultdict(set)
        names = ("clause", "clause_version", "kind", "by", "answers__by")
        for clause_id, version, kind, by, suggested_by in said.values_list(*names):
            yes_to[clause_id, version] |= {by} | ({suggested_by} if kind == "taken" else set())
        for clause, state in zip(clauses, completeness.states_of(agreement, clauses).values(), strict=True):
            yes = yes_to[clause.pk, clause.version]
            assert state.agreed <= yes | (kept_by if clause.version == 1 and clause.kept else set())

    @invariant()
    def sealed_never_changes(self) -> None:
        for model in SIGNED_KINDS:
            for row in model.objects.filter(sealed_at__isnull=False):
                now = cells(model.objects.filter(pk=row.pk))
                if model is Agreement:
                    for part in (Clause, AgreementParty):
                        now += cells(part.objects.filter(agreement=row.pk).order_by("pk"))
                assert self.frozen.setdefault((model, row.pk), now) == now

    @invariant()
    def every_sealed_record_has_one_seal(self) -> None:
        sealed = sum(model.objects.filter(sealed_at__isnull=False).count() for model in SIGNED_KINDS)
        assert Seal.objects.count() == sealed == len(set(Seal.objects.values_list("record_id", flat=True)))

    @invariant()
    def whom_open_offers_ask_is_kept(self) -> None:
        assert open_parties.wrong() == set()

    @invariant()
    def it_gets_somewhere(self) -> None:
        for model in SIGNED_KINDS:
            self.reached[model.__name__] += model.objects.filter(sealed_at__isnull=False).exists()
        self.reached["second version"] += self.agreement.number > 1
        self.reached["ended"] += AgreementEnding.objects.exists()

    @invariant()
    def the_hub_agrees(self) -> None:
        kept, now = Standing.objects.get(pk=self.arrangement.pk), operations.standing_of(self.arrangement)
        assert kept.agreement_id == now["agreement_id"]
        if now["agreement_id"]:
            assert (kept.review_on, kept.concern_days) == (now["review_on"], now["concern_days"])

    @invariant()
    def nobody_is_asked_to_leave_a_replaced_version_as_it_is(self) -> None:
        waiting = AgreementReview.objects.filter(
            agreement__arrangement=self.arrangement, sealed_at=None, open_offer__isnull=False
        )
        now = in_force(self.arrangement)
        assert {review.agreement_id for review in waiting} <= ({now.pk} if now else set())


def cells(rows: Any) -> list[tuple[Any, ...]]:
    """Rows as they are stored, byte for byte."""
    return [
        tuple(sorted((name, bytes(v) if isinstance(v, bytes) else v) for name, v in row.items()))
        for row in rows.values()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("structure", ["individual", "co_supervision", "group"])
def test_whatever_people_press_the_promises_hold(cast: Cast, structure: str) -> None:
    reached: Counter[str] = Counter()
    machine = type("LifeOfAnAgreement", (Life,), {"cast": cast, "structure": structure, "reached": reached})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12 if connection.vendor == "sqlite" else 7,  # there the first of the same
            derandomize=True,  # the same steps each time: that everything is reached is part of the test
            stateful_step_count=60,
            deadline=None,
            phases=[Phase.generate],  # shrinking would take minutes; the steps of a failure say enough
            suppress_health_check=list(HealthCheck),
        ),
    )
    # What was never reached was not tested.
    wanted = {"offered", "Stale", "Agreement", "AgreementReview", "second version"}
    wanted |= {"Accession"} if structure == "group" else set()
    assert {name for name in wanted if not reached[name]} == set()
