"""How parts come about: suggested, taken, answered, kept for the next session, agreed; and what that does to each other."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction

from agreements import completeness, operations
from agreements.conversation import Circle
from agreements.models import Agreement, Clause, Turn
from supervision.notices.models import Suggestion
from supervision.people.models import Arrangement, Participation, User
from supervision.records.errors import Invalid, Stale, WrongState
from tests import factories
from tests.agreements import helpers
from tests.agreements.helpers import agree, clause, suggest, take
from tests.cast import Cast


@pytest.fixture
def draft(cast: Cast) -> Agreement:
    return operations.draft(arrangement=cast.arrangement, by=cast.supervisor)


def agreed_by(agreement: Agreement, key: str) -> set[User]:
    part = clause(agreement, key)
    ids = completeness.states_of(agreement, [part])[part.pk].agreed
    return set(User.objects.filter(pk__in=ids))


def is_settled(agreement: Agreement, key: str) -> bool:
    part = clause(agreement, key)
    agreement.refresh_from_db()
    circle = Circle.of(agreement, list(agreement.parties.all()))
    return circle.settles(completeness.states_of(agreement, [part])[part.pk])


# Suggesting and taking ---------------------------------------------------------------------------------------


def test_a_suggestion_changes_nothing_until_the_other_takes_it(cast: Cast, draft: Agreement) -> None:
    before = clause(draft, "place").text
    suggestion = suggest(draft, "place", "In the quiet room.", by=cast.worker, reason="It is calm there.")
    assert clause(draft, "place").text == before
    assert clause(draft, "place").suggestion == suggestion
    assert (suggestion.before["text"], suggestion.after["text"]) == (before, "In the quiet room.")
    taken = take(suggestion, by=cast.supervisor)
    assert (taken.text, taken.version, taken.changed_by) == ("In the quiet room.", 2, cast.worker)
    assert agreed_by(draft, "place") == {cast.worker, cast.supervisor}
    assert is_settled(draft, "place")


def test_a_part_that_both_agreed_to_loses_both_when_it_is_changed(cast: Cast, draft: Agreement) -> None:
    agree(draft)
    assert agreed_by(draft, "cancelling") == {cast.worker, cast.supervisor}
    suggestion = suggest(draft, "cancelling", "We call.", by=cast.worker)
    assert not is_settled(draft, "cancelling")
    take(suggestion, by=cast.supervisor)
    kinds = Turn.objects.filter(clause=clause(draft, "cancelling")).values_list("kind", "clause_version")
    assert ("agreed", 1) in kinds
    assert ("taken", 2) in kinds
    assert agreed_by(draft, "cancelling") == {cast.worker, cast.supervisor}


def test_with_three_parties_taking_loses_the_agreement_of_the_third(cast: Cast) -> None:
    noor = factories.person("Noor Haddad")
    three = factories.arrangement(
        cast.program, [cast.supervisor, noor], [cast.worker], structure="co_supervision"
    )
    agreement = operations.draft(arrangement=three, by=noor)
    agree(agreement)
    assert is_settled(agreement, "records")
    take(suggest(agreement, "records", "Dana writes.", by=cast.worker), by=cast.supervisor)
    assert agreed_by(agreement, "records") == {cast.worker, cast.supervisor}
    assert not is_settled(agreement, "records")
    agree(agreement, noor)
    assert is_settled(agreement, "records")


def test_nobody_takes_their_own_suggestion(cast: Cast, draft: Agreement) -> None:
    suggestion = suggest(draft, "place", "In the quiet room.", by=cast.worker)
    with pytest.raises(WrongState, match="your own suggestion"):
        take(suggestion, by=cast.worker)


def test_taking_twice_takes_once(cast: Cast, draft: Agreement) -> None:
    suggestion = suggest(draft, "place", "In the quiet room.", by=cast.worker)
    for _press in range(2):
        assert take(suggestion, by=cast.supervisor).version == 2
    assert Turn.objects.filter(kind="taken").count() == 1


def test_suggesting_twice_suggests_once(cast: Cast, draft: Agreement) -> None:
    for _press in range(2):
        suggest(draft, "place", "In the quiet room.", by=cast.worker, seen=0)
    assert Turn.objects.count() == 1


def test_other_words_answer_a_suggestion_and_take_its_place(cast: Cast, draft: Agreement) -> None:
    first = suggest(draft, "place", "In the quiet room.", by=cast.worker)
    second = suggest(draft, "place", "In the library.", by=cast.supervisor, reason="It is nearer.")
    assert second.answers == first
    with pytest.raises(Stale, match="answered or replaced"):
        take(first, by=cast.supervisor)
    assert take(second, by=cast.worker).text == "In the library."


def test_whoever_suggested_can_put_other_words_in_place_of_theirs_or_take_them_back(
    cast: Cast, draft: Agreement
) -> None:
    agree(draft)
    first = suggest(draft, "cancelling", "We call.", by=cast.worker)
    second = suggest(draft, "cancelling", "We call or write.", by=cast.worker)
    with pytest.raises(Stale):
        operations.withdraw(suggestion=first, by=cast.worker)
    with pytest.raises(WrongState, match="Somebody else"):
        operations.withdraw(suggestion=second, by=cast.supervisor)
    for _press in range(2):
        operations.withdraw(suggestion=second, by=cast.worker)
    assert clause(draft, "cancelling").suggestion is None
    assert is_settled(draft, "cancelling"), "what was agreed of the wording counts again"


def test_somebody_who_wrote_on_an_older_page_overwrites_nothing(cast: Cast, draft: Agreement) -> None:
    theirs = suggest(draft, "place", "In the quiet room.", by=cast.worker, seen=0)
    with pytest.raises(Stale):
        suggest(draft, "place", "In the library.", by=cast.supervisor, seen=0)
    assert clause(draft, "place").suggestion == theirs


def test_a_suggestion_says_something_new(cast: Cast, draft: Agreement) -> None:
    with pytest.raises(Invalid, match="how it reads now"):
        suggest(draft, "place", by=cast.worker)
    suggest(draft, "place", "In the quiet room.", by=cast.worker)
    with pytest.raises(Invalid, match="Marisol suggests"):
        suggest(draft, "place", "In the quiet room.", by=cast.supervisor)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * (operations.CLAUSE_LIMIT + 1), "Shorten this by 1"),
        ("We meet \U0001f9ff\U00013000.", "U+13000"),
        ("   ", "Write something"),
    ],
)
def test_words_that_cannot_be_kept_are_refused_by_name(
    cast: Cast, draft: Agreement, text: str, said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        suggest(draft, "place", text, by=cast.worker)
    assert said in refused.value.message
    assert not Turn.objects.exists()


def test_a_turn_is_never_changed_or_removed(cast: Cast, draft: Agreement) -> None:
    turn = suggest(draft, "place", "In the quiet room.", by=cast.worker)
    for change in (lambda rows: rows.update(kind="taken"), lambda rows: rows._raw_delete("default")):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(Turn.objects.filter(pk=turn.pk))


def test_one_email_until_somebody_answers_however_many_suggestions_follow(
    cast: Cast, draft: Agreement
) -> None:
    told = len(helpers.told())
    first = suggest(draft, "place", "In the quiet room.", by=cast.worker)
    suggest(draft, "cancelling", "We call.", by=cast.worker)
    assert helpers.told()[told:] == [(cast.supervisor, "agreement")]
    take(first, by=cast.supervisor)
    suggest(draft, "together", "We plan.", by=cast.worker)
    assert len(helpers.told()) == told + 1, "one suggestion of hers still waits"


# Terms -------------------------------------------------------------------------------------------------------


def test_numbers_are_suggested_and_taken_with_the_part_that_says_them(cast: Cast, draft: Agreement) -> None:
    rhythm = {"minutes_each": 45, "every_days": 14, "cadence_reason": "A small caseload."}
    suggestion = suggest(draft, "rhythm", by=cast.worker, terms=rhythm)
    draft.refresh_from_db()
    assert draft.minutes_each == 60
    take(suggestion, by=cast.supervisor)
    helpers.change(draft, "privacy", by=cast.supervisor, terms={"concern_days": 1})
    said = helpers.said_in(draft)
    assert "We meet every 2 weeks for 45 minutes." in said
    assert "Why this rhythm: A small caseload." in said
    assert "there is 1 working day for Marisol" in said


@pytest.mark.parametrize(
    ("key", "given", "field"),
    [
        ("rhythm", {"every_days": 14}, "cadence_reason"),
        ("rhythm", {"minutes_each": 45, "cadence_reason": "   "}, "cadence_reason"),
        ("privacy", {"concern_days": 0}, "concern_days"),
        ("privacy", {"concern_days": 31}, "concern_days"),
        ("rhythm", {"minutes_each": 5, "cadence_reason": "Short."}, "minutes_each"),
        ("rhythm", {"every_days": 91, "cadence_reason": "Rare."}, "every_days"),
        ("review", {"review_on": helpers.in_days(0)}, "review_on"),
        ("review", {"review_on": helpers.in_days(5000)}, "review_on"),
        ("review", {"review_on": None}, "review_on"),
        ("place", {"starts_on": helpers.in_days(-200)}, "starts_on"),
    ],
)
def test_terms_that_make_no_sense_are_refused_beside_their_field(
    cast: Cast, draft: Agreement, key: str, given: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        suggest(draft, key, by=cast.worker, terms=given)
    assert refused.value.field == field


def test_a_part_takes_no_terms_of_another(cast: Cast, draft: Agreement) -> None:
    turn = suggest(draft, "place", "Here.", by=cast.worker, terms={"concern_days": 30, "sealed_at": "now"})
    assert turn.after["terms"] == {"starts_on": draft.starts_on.isoformat()}


def test_a_reason_goes_when_the_rhythm_is_an_hour_a_week_again(cast: Cast, draft: Agreement) -> None:
    reason = {"cadence_reason": "A small caseload."}
    helpers.change(draft, "rhythm", by=cast.worker, terms={"every_days": 14} | reason)
    helpers.change(draft, "rhythm", by=cast.worker, terms={"every_days": 7} | reason)
    draft.refresh_from_db()
    assert (draft.every_days, draft.cadence_reason) == (7, "")


def test_a_look_before_it_begins_keeps_it_from_being_offered(cast: Cast) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    helpers.change(agreement, "review", by=cast.worker, terms={"review_on": helpers.in_days(20)})
    helpers.change(agreement, "place", by=cast.worker, terms={"starts_on": helpers.in_days(30)})
    agreement.refresh_from_db()
    with pytest.raises(Invalid, match="has to be after it begins"):
        operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)


# Agreeing ----------------------------------------------------------------------------------------------------


def test_it_is_offered_only_when_everybody_agrees_to_every_part(cast: Cast, draft: Agreement) -> None:
    helpers.fill(draft, cast.supervisor)
    agree(draft, cast.supervisor)
    draft.refresh_from_db()
    with pytest.raises(Invalid, match="Marisol still to agree"):
        operations.offer(agreement=draft, version=draft.version, by=cast.supervisor)
    agree(draft, cast.worker)
    waiting = suggest(draft, "records", "Dana writes.", by=cast.worker)
    with pytest.raises(Invalid, match="Marisol suggests a change"):
        operations.offer(agreement=draft, version=draft.version, by=cast.supervisor)
    operations.withdraw(suggestion=waiting, by=cast.worker)
    operations.offer(agreement=draft, version=draft.version, by=cast.supervisor)


def test_saying_yes_to_all_leaves_out_what_changed_meanwhile_and_names_it(
    cast: Cast, draft: Agreement
) -> None:
    on_the_page = {one.pk: one.version for one in draft.clauses.all()}
    helpers.change(draft, "place", "In the quiet room.", by=cast.supervisor)
    suggest(draft, "records", "Dana writes.", by=cast.supervisor)
    done = operations.agree(agreement=draft, seen=on_the_page, by=cast.worker)
    assert done.changed_meanwhile == [
        "When, where and how we meet",
        "What is written down and who can see it",
    ]
    assert len(done.agreed) == 10
    assert cast.worker not in agreed_by(draft, "records")
    again = operations.agree(agreement=draft, seen=on_the_page, by=cast.worker)
    assert again.agreed == []


def test_names_that_change_lose_what_was_agreed_of_the_parts_that_name_people(cast: Cast) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    joined = factories.person("Noor Haddad")
    Participation.objects.create(arrangement=cast.arrangement, person=joined, part="supervisor")
    operations.update_people(agreement=agreement, by=cast.worker)
    assert agreed_by(agreement, "privacy") == set()
    assert agreed_by(agreement, "records") == {cast.worker, cast.supervisor}


def test_parts_kept_as_they_were_signed_stay_agreed_in_the_next_version(cast: Cast) -> None:
    helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    second = operations.draft(arrangement=cast.arrangement, by=cast.worker, because="workload")
    assert agreed_by(second, "records") == {cast.worker, cast.supervisor}
    assert agreed_by(second, "place") == set(), "it says another day now"
    helpers.change(second, "records", "Dana writes.", by=cast.worker)
    assert clause(second, "records").version == 2


def test_in_a_group_its_leader_and_more_than_half_of_the_members_agree(cast: Cast) -> None:
    members = [factories.worker_in(cast.program, name) for name in ("Kit Ng", "Joe Marsh", "Lee Park")]
    group = factories.arrangement(cast.program, [cast.supervisor], members, structure="group")
    agreement = operations.draft(arrangement=group, by=cast.supervisor)
    for person, enough in ((members[0], False), (members[1], False), (cast.supervisor, True)):
        agree(agreement, person)
        assert is_settled(agreement, "records") is enough


# Keeping for the next session --------------------------------------------------------------------------------


def open_topics(arrangement: Arrangement, person: User) -> list[str]:
    found = Suggestion.objects.open_for(arrangement, person).filter(kind="parked")
    return [one.title for one in found]


def test_a_parked_part_is_put_forward_for_the_next_session_until_it_is_settled(
    cast: Cast, draft: Agreement
) -> None:
    suggestion = suggest(draft, "cancelling", "We call.", by=cast.worker)
    for _press in range(2):
        operations.park(clause=clause(draft, "cancelling"), seen=1, by=cast.supervisor)
    assert open_topics(cast.arrangement, cast.worker) == ["Our agreement, part 5: If one of us can't make it"]
    assert not is_settled(draft, "cancelling")
    take(suggestion, by=cast.supervisor)
    assert is_settled(draft, "cancelling")


def test_whoever_parks_a_part_does_not_agree_to_it_for_now(cast: Cast, draft: Agreement) -> None:
    agree(draft)
    part = clause(draft, "records")
    operations.park(clause=part, seen=part.turn_count, by=cast.worker)
    assert agreed_by(draft, "records") == {cast.supervisor}
    agree(draft, cast.worker)
    assert is_settled(draft, "records")
    assert open_topics(cast.arrangement, cast.worker) == []


def test_a_change_asked_for_on_the_signing_page_keeps_its_part_for_the_next_session(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    helpers.sign(agreement, cast.supervisor)
    part = clause(agreement, "cancelling")
    operations.ask_for_change(agreement=agreement, reason="Mornings.", clause=part, by=cast.worker)
    assert Turn.objects.get(kind="parked").reason == "Mornings."
    agreement.refresh_from_db()
    with pytest.raises(Invalid, match="Marisol still to agree"):
        operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)


def test_a_taken_suggestion_withdraws_what_was_parked(cast: Cast, draft: Agreement) -> None:
    operations.park(clause=clause(draft, "cancelling"), seen=0, by=cast.supervisor)
    suggestion = suggest(draft, "cancelling", "We call.", by=cast.worker)
    assert open_topics(cast.arrangement, cast.worker) == [], "it is talked about here again"
    operations.park(clause=clause(draft, "cancelling"), seen=2, by=cast.supervisor)
    assert len(open_topics(cast.arrangement, cast.worker)) == 1
    take(suggestion, by=cast.supervisor)
    assert open_topics(cast.arrangement, cast.worker) == []


def test_a_stale_page_parks_nothing(cast: Cast, draft: Agreement) -> None:
    suggest(draft, "cancelling", "We call.", by=cast.worker)
    with pytest.raises(Stale):
        operations.park(clause=clause(draft, "cancelling"), seen=0, by=cast.supervisor)
    assert not Suggestion.objects.filter(kind="parked").exists()


def test_turns_are_counted_in_order(cast: Cast, draft: Agreement) -> None:
    suggestion = suggest(draft, "place", "Here.", by=cast.worker)
    operations.park(clause=clause(draft, "place"), seen=1, by=cast.supervisor)
    take(suggestion, by=cast.supervisor)
    numbers = list(Clause.objects.get(key="place").turns.order_by("number").values_list("number", "kind"))
    assert numbers == [(1, "suggested"), (2, "parked"), (3, "taken")]
    assert Turn.objects.earliest("at").at <= datetime.datetime.now(datetime.UTC)
