"""The life of an agreement: drafted, written, offered, signed, in force, replaced, ended."""

from __future__ import annotations

import datetime

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from agreements import operations, standard, tasks
from agreements.models import Agreement, AgreementEnding, Clause, in_force, is_due_for_review
from agreements.operations import common
from agreements.operations import standing as standings
from supervision.notices.models import Suggestion
from supervision.people.models import Participation, Standing
from supervision.records import snapshot
from supervision.records.errors import Denied, Invalid, NotFound, Sealed, Stale, WrongState
from supervision.records.models import Answer, AuditEvent, Draft, Offer, OfferClosed, RecordKey, Seal
from tests import factories
from tests.agreements import helpers
from tests.cast import Cast

PARTS = [
    "parties",
    "place",
    "purpose",
    "rhythm",
    "cancelling",
    "privacy",
    "records",
    "responsibilities",
    "together",
    "difficulties",
    "review",
    "signatures",
]


# Drafting ---------------------------------------------------------------------------------------------------


def test_a_draft_has_the_twelve_parts_with_the_names_filled_in(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.worker)
    assert [clause.key for clause in agreement.clauses.all()] == PARTS
    text = helpers.clause(agreement, "responsibilities").text
    assert "Dana will:" in text
    assert "Marisol will:" in text
    assert "{" not in "".join(clause.text for clause in agreement.clauses.all())


def test_a_draft_takes_its_terms_from_the_agency(cast: Cast) -> None:
    factories.agency(concern_days=5, review_months=3)
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    assert (agreement.minutes_each, agreement.every_days, agreement.concern_days) == (60, 7, 5)
    assert agreement.review_on is not None
    assert 85 < (agreement.review_on - timezone.localdate()).days < 95


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ((2026, 11, 22), 6, (2027, 5, 22)),
        ((2026, 8, 31), 6, (2027, 2, 28)),
        ((2027, 8, 31), 6, (2028, 2, 29)),
        ((2026, 12, 15), 12, (2027, 12, 15)),
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2026, 10, 31), 2, (2026, 12, 31)),
    ],
)
def test_months_later_ends_on_a_day_that_exists(
    day: tuple[int, int, int], months: int, later: tuple[int, int, int]
) -> None:
    assert common.months_later(datetime.date(*day), months) == datetime.date(*later)


def test_drafting_names_who_takes_part_now_the_worker_first(cast: Cast) -> None:
    left = factories.person("Former Supervisor")
    Participation.objects.create(
        arrangement=cast.arrangement,
        person=left,
        part="supervisor",
        joined_on=helpers.in_days(-90),
        left_on=helpers.in_days(-2),
    )
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    assert [party.person for party in agreement.parties.all()] == [cast.worker, cast.supervisor]


def test_drafting_marks_the_standing_tells_the_other_and_suggests_it_for_the_agenda(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    assert Standing.objects.get(pk=cast.arrangement.pk).agreement_draft
    suggestion = Suggestion.objects.get(source_id=agreement.pk)
    assert suggestion.kind == "agreement"
    assert suggestion.title
    assert helpers.told() == [(cast.worker, "agreement")]


def test_only_one_version_is_open_at_a_time(cast: Cast) -> None:
    operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    with pytest.raises(WrongState, match="being written already"):
        operations.draft(arrangement=cast.arrangement, by=cast.worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(
            arrangement=cast.arrangement, number=2, template_name="x", started_by=cast.worker
        )


def test_co_reflection_is_kindly_told_that_it_needs_none(cast: Cast) -> None:
    peers = factories.arrangement(cast.program, [], [cast.worker], structure="co_reflection")
    with pytest.raises(WrongState, match="needs no agreement"):
        operations.draft(arrangement=peers, by=cast.worker)


def test_nothing_is_started_in_an_arrangement_that_ended(cast: Cast) -> None:
    cast.arrangement.ended_on = helpers.in_days(-1)
    cast.arrangement.save()
    with pytest.raises(WrongState, match="has ended"):
        operations.draft(arrangement=cast.arrangement, by=cast.supervisor)


def test_the_line_manager_is_named_in_part_ten(cast: Cast) -> None:
    cast.worker.line_manager = cast.manager
    cast.worker.save()
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    assert "goes to Priya Raman (line manager)" in helpers.clause(agreement, "difficulties").text


def test_without_a_line_manager_part_ten_waits_for_a_name(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    text = helpers.clause(agreement, "difficulties").text
    assert standard.NO_LINE_MANAGER in standard.blanks_left(standard.default(), "difficulties", text)


# Offering ---------------------------------------------------------------------------------------------------


def test_a_fresh_draft_says_all_that_is_missing_and_is_not_offered(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    with pytest.raises(Invalid) as refused:
        operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    assert "[day of the week], [time] and [place]" in refused.value.message
    assert not Offer.objects.exists()


def test_an_emptied_part_keeps_it_from_being_offered(cast: Cast) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    part = helpers.clause(agreement, "records")
    part.text = ""
    part.save(update_fields=["text"])
    with pytest.raises(Invalid, match="What is written down"):
        operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)


def test_an_agreement_without_a_review_date_is_not_offered(cast: Cast) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    Agreement.objects.filter(pk=agreement.pk).update(review_on=None)
    with pytest.raises(Invalid, match="look at this again"):
        operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)


def test_offering_a_text_that_was_changed_meanwhile_is_refused(cast: Cast) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    seen = agreement.version
    helpers.change(agreement, "place", "Elsewhere.", by=cast.worker)
    with pytest.raises(Stale):
        operations.offer(agreement=agreement, version=seen, by=cast.supervisor)


def test_the_offer_holds_everything_and_names_everybody(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    offer = Offer.objects.get()
    content = snapshot.read(offer.content)
    assert [clause["key"] for clause in content["clauses"]] == PARTS
    assert len(content["limits"]) == 5
    assert content["terms"]["review_on"] == str(agreement.review_on)
    assert [party["name"] for party in content["parties"]] == ["Marisol Vega", "Dana Whitfield"]
    assert [party.person for party in offer.parties.all()] == [cast.worker, cast.supervisor]
    assert content["version"] == 1
    assert content["replaces"] is None


def test_nothing_changes_while_it_is_with_everybody_to_sign(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    place = helpers.clause(agreement, "place")
    with pytest.raises(WrongState):
        helpers.suggest(agreement, "place", "Elsewhere.", by=cast.worker)
    with pytest.raises(WrongState):
        operations.agree(agreement=agreement, seen={place.pk: place.version}, by=cast.worker)
    with pytest.raises(WrongState):
        operations.park(clause=place, seen=place.turn_count, by=cast.worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Clause.objects.filter(pk=place.pk).update(title="Something else")


def test_people_who_joined_or_left_are_named_before_it_is_offered(cast: Cast) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    joined = factories.person("Noor Haddad")
    Participation.objects.create(
        arrangement=cast.arrangement, person=joined, part="supervisor", joined_on=helpers.in_days(-1)
    )
    with pytest.raises(Invalid, match="Noor Haddad joined"):
        operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    operations.update_people(agreement=agreement, by=cast.worker)
    with pytest.raises(Invalid, match="Noor still to agree"):
        operations.offer(agreement=agreement, version=agreement.version + 1, by=joined)
    helpers.agree(agreement)
    agreement.refresh_from_db()
    operations.offer(agreement=agreement, version=agreement.version, by=joined)
    assert Offer.objects.get().parties.count() == 3


# Signing ----------------------------------------------------------------------------------------------------


def test_it_is_in_force_with_the_last_signature_and_not_before(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    helpers.sign(agreement, cast.supervisor)
    assert in_force(cast.arrangement) is None
    outcome = helpers.sign(agreement, cast.worker, statement="I am glad we wrote part 5 together.")
    assert outcome.seal is not None
    assert in_force(cast.arrangement) == agreement
    assert [answer.statement for answer in Answer.objects.filter(person=cast.worker)] == [
        "I am glad we wrote part 5 together."
    ]


def test_coming_into_force_sets_the_standing_and_puts_the_review_forward(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    standing = Standing.objects.get(pk=cast.arrangement.pk)
    assert standing.agreement_id == agreement.pk
    assert standing.agreement_since == timezone.localdate()
    assert (standing.review_on, standing.concern_days) == (agreement.review_on, 3)
    assert not standing.agreement_draft
    assert Suggestion.objects.get(kind="agreement").dismissed_at is not None
    review = Suggestion.objects.get(kind="review")
    assert agreement.review_on is not None
    assert review.from_day == agreement.review_on - datetime.timedelta(days=30)
    assert review.dismissed_at is None


def test_a_signed_agreement_never_changes(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    place = helpers.clause(agreement, "place")
    with pytest.raises(Sealed):
        helpers.suggest(agreement, "place", "Elsewhere.", by=cast.worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.filter(pk=agreement.pk).update(concern_days=30)
    with pytest.raises(IntegrityError), transaction.atomic():
        Clause.objects.filter(pk=place.pk).update(title="x")


def test_signing_another_text_than_the_one_on_the_page_is_refused(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    with pytest.raises(Stale):
        helpers.sign(agreement, cast.worker, seen="0" * 64)
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("name", "statement", "field"),
    [("  ", "", "typed_name"), ("Marisol", "𓀀", "statement"), ("Marisol", "y" * 2001, "statement")],
)
def test_a_signature_that_cannot_be_kept_is_refused(
    cast: Cast, name: str, statement: str, field: str
) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    with pytest.raises(Invalid) as refused:
        helpers.sign(
            agreement, cast.worker, evidence=helpers.evidence(cast.worker, name), statement=statement
        )
    assert refused.value.field == field
    assert not Answer.objects.exists()


def test_a_typed_name_may_differ_from_the_one_on_file(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    helpers.sign(agreement, cast.worker, evidence=helpers.evidence(cast.worker, "M. Vega Ruiz"))
    assert Answer.objects.get().evidence["typed_name"] == "M. Vega Ruiz"


def test_nobody_signs_twice(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    helpers.sign(agreement, cast.worker)
    with pytest.raises(WrongState, match="signed this already"):
        helpers.sign(agreement, cast.worker)


def test_asking_for_a_change_voids_the_signatures_and_tells_who_gave_them(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    helpers.sign(agreement, cast.supervisor)
    void = operations.ask_for_change(agreement=agreement, reason="Part 5, please.", by=cast.worker)
    assert void == [cast.supervisor]
    assert helpers.told()[-1] == (cast.supervisor, "changed")
    closed = OfferClosed.objects.get()
    assert (closed.why, closed.reason, closed.by) == ("change_asked", "Part 5, please.", cast.worker)
    agreement.refresh_from_db()
    agreement.check_editable()
    operations.offer(agreement=agreement, version=agreement.version, by=cast.worker)
    helpers.sign(agreement, cast.worker)
    assert not Seal.objects.exists()
    helpers.sign(agreement, cast.supervisor)
    assert Seal.objects.get().offer.number == 2


def test_a_change_is_asked_for_with_a_reason(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    with pytest.raises(Invalid) as refused:
        operations.ask_for_change(agreement=agreement, reason="  ", by=cast.worker)
    assert refused.value.field == "reason"
    assert not OfferClosed.objects.exists()


def test_declining_makes_it_a_draft_again_and_keeps_the_reason(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    helpers.sign(agreement, cast.supervisor)
    operations.decline(
        agreement=agreement,
        seen=Offer.objects.get().digest,
        evidence=helpers.evidence(cast.worker, ""),
        reason="I would like to talk first.",
        by=cast.worker,
    )
    assert OfferClosed.objects.get().why == "declined"
    assert Answer.objects.get(kind="declined").reason == "I would like to talk first."
    agreement.refresh_from_db()
    agreement.check_editable()
    assert in_force(cast.arrangement) is None
    assert helpers.told()[-1] == (cast.supervisor, "changed")


def test_only_the_one_who_offered_takes_it_back(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    with pytest.raises(Denied):
        operations.take_back(agreement=agreement, reason="Wrong day.", by=cast.worker)
    operations.take_back(agreement=agreement, reason="Wrong day.", by=cast.supervisor)
    assert OfferClosed.objects.get().why == "taken_back"


def test_after_the_last_signature_nothing_is_taken_back(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    for change in (operations.take_back, operations.ask_for_change):
        with pytest.raises(Sealed):
            change(agreement=agreement, reason="Too late.", by=cast.supervisor)


# Later versions, endings, time ----------------------------------------------------------------------------------


def test_the_next_version_starts_from_the_one_before_and_replaces_it(cast: Cast) -> None:
    first = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    second = operations.draft(
        arrangement=cast.arrangement, by=cast.worker, because="duties", note="Two groups."
    )
    assert (second.number, second.because, second.because_note) == (2, "duties", "Two groups.")
    assert helpers.clause(second, "place").text == helpers.clause(first, "place").text
    assert in_force(cast.arrangement) == first
    helpers.agree(second)
    operations.offer(agreement=second, version=second.version, by=cast.worker)
    helpers.sign(second, cast.worker)
    helpers.sign(second, cast.supervisor)
    assert in_force(cast.arrangement) == second
    content = snapshot.read(Offer.objects.of(second).get().content)
    assert content["replaces"]["version"] == 1
    assert Standing.objects.get(pk=cast.arrangement.pk).agreement_id == second.pk


def test_a_version_signed_ahead_begins_on_its_day(cast: Cast) -> None:
    first = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    second = operations.draft(arrangement=cast.arrangement, by=cast.worker)
    helpers.change(second, "place", by=cast.worker, terms={"starts_on": helpers.in_days(10)})
    helpers.agree(second)
    second.refresh_from_db()
    operations.offer(agreement=second, version=second.version, by=cast.worker)
    helpers.sign(second, cast.worker)
    helpers.sign(second, cast.supervisor)
    assert in_force(cast.arrangement) == first
    assert in_force(cast.arrangement, helpers.in_days(10)) == second
    assert Standing.objects.get(pk=cast.arrangement.pk).agreement_id == first.pk
    assert operations.standing_of(cast.arrangement, helpers.in_days(10))["agreement_id"] == second.pk


def test_an_agreement_never_holds_before_its_last_signature(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    helpers.change(agreement, "place", by=cast.worker, terms={"starts_on": helpers.in_days(-20)})
    helpers.settle(agreement, cast.supervisor)
    operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    helpers.sign(agreement, cast.supervisor)
    helpers.sign(agreement, cast.worker)
    assert in_force(cast.arrangement, helpers.in_days(-1)) is None
    assert in_force(cast.arrangement) == agreement
    assert Standing.objects.get(pk=cast.arrangement.pk).agreement_since == timezone.localdate()


def test_ending_clears_the_standing_tells_the_others_and_leaves_the_text(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    ending = operations.end(
        agreement=agreement, ends_on=timezone.localdate(), reason="I change programs.", by=cast.worker
    )
    assert ending.reason == "I change programs."
    assert in_force(cast.arrangement) is None
    standing = Standing.objects.get(pk=cast.arrangement.pk)
    assert (standing.agreement_id, standing.concern_days, standing.minutes_each) == (None, None, 60)
    assert helpers.told()[-1] == (cast.supervisor, "ended")
    assert Suggestion.objects.get(kind="review").dismissed_at is not None
    with pytest.raises(WrongState, match="ended already"):
        operations.end(agreement=agreement, ends_on=timezone.localdate(), reason="Again.", by=cast.supervisor)
    with pytest.raises(Sealed):
        AgreementEnding.objects.get().delete()


def test_ending_the_newest_version_does_not_bring_the_one_before_back(cast: Cast) -> None:
    helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    second = helpers.in_force(cast.arrangement, cast.worker, cast.supervisor)
    operations.end(agreement=second, ends_on=timezone.localdate(), reason="Done.", by=cast.worker)
    assert in_force(cast.arrangement) is None


def test_a_replaced_version_is_not_ended(cast: Cast) -> None:
    first = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    helpers.in_force(cast.arrangement, cast.worker, cast.supervisor)
    with pytest.raises(WrongState, match="newer version"):
        operations.end(agreement=first, ends_on=timezone.localdate(), reason="Old.", by=cast.worker)


def test_an_ending_made_ahead_takes_effect_on_its_day_without_anybody_writing(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    day = helpers.in_days(5)
    operations.end(agreement=agreement, ends_on=day, reason="I leave then.", by=cast.worker)
    assert in_force(cast.arrangement) == agreement
    assert Standing.objects.get(pk=cast.arrangement.pk).agreement_id == agreement.pk
    assert operations.restate_what_a_day_changed() == 0
    assert operations.restate_what_a_day_changed(day) == 1
    assert operations.standing_of(cast.arrangement, day) == {"agreement_id": None}


def test_the_daily_job_restates(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    tomorrow = helpers.in_days(1)
    operations.end(agreement=agreement, ends_on=tomorrow, reason="I leave then.", by=cast.worker)
    assert "agreements.tasks.restate" in settings.DAILY_JOBS
    monkeypatch.setattr(standings.timezone, "localdate", lambda: tomorrow)
    tasks.restate.call()
    assert Standing.objects.get(pk=cast.arrangement.pk).agreement_id is None


def test_co_supervision_says_who_takes_which_functions(cast: Cast) -> None:
    noor = factories.person("Noor Haddad")
    pair = factories.arrangement(
        cast.program, [cast.supervisor, noor], [cast.worker], structure="co_supervision"
    )
    agreement = operations.draft(arrangement=pair, by=noor)
    assert helpers.clause(agreement, "parties").text == (
        f"Dana takes: {standard.FUNCTIONS}\n\nNoor takes: {standard.FUNCTIONS}"
    )
    with pytest.raises(Invalid, match="which functions"):
        operations.offer(agreement=agreement, version=agreement.version, by=noor)
    helpers.change(agreement, "parties", "Noor: standards. Dana: growth and support.", by=noor)
    helpers.settle(agreement, noor)
    operations.offer(agreement=agreement, version=agreement.version, by=noor)
    for person in (noor, cast.supervisor, cast.worker):
        assert in_force(pair) is None
        helpers.sign(agreement, person)
    assert in_force(pair) == agreement


def test_restating_makes_the_standing_anew_from_the_rows(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    operations.draft(arrangement=cast.arrangement, by=cast.worker)
    Standing.objects.filter(pk=cast.arrangement.pk).update(
        agreement_id=None, concern_days=9, agreement_draft=False
    )
    operations.restate(cast.arrangement)
    standing = Standing.objects.get(pk=cast.arrangement.pk)
    assert (standing.agreement_id, standing.concern_days, standing.agreement_draft) == (agreement.pk, 3, True)


def test_due_and_past_review_are_flags_and_it_stays_in_force(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    assert agreement.review_on is not None
    day = agreement.review_on
    assert not is_due_for_review(day, day - datetime.timedelta(days=31))
    assert is_due_for_review(day, day - datetime.timedelta(days=30))
    assert in_force(cast.arrangement, day + datetime.timedelta(days=90)) == agreement


# Around it ------------------------------------------------------------------------------------------------------


def test_every_step_is_in_the_audit_chain_and_none_of_the_words(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    helpers.change(agreement, "place", "The canary room.", by=cast.worker, reason="A canary sings.")
    helpers.settle(agreement, cast.supervisor)
    operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    helpers.sign(agreement, cast.supervisor)
    operations.ask_for_change(agreement=agreement, reason="The canary reason.", by=cast.worker)
    actions = list(AuditEvent.objects.order_by("seq").values_list("action", flat=True))
    for action in (
        "agreement started",
        "wording suggested",
        "wording taken",
        "part agreed",
        "offered",
        "signed",
        "offer closed: change_asked",
    ):
        assert action in actions
    assert "canary" not in str(list(AuditEvent.objects.values_list("facts", flat=True)))


def test_what_was_typed_is_kept_encrypted_for_its_author_and_goes_with_its_key(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    operations.keep_typed(person=cast.worker, agreement=agreement, typed={"statement": "canary"})
    draft = Draft.objects.get()
    assert operations.typed(person=cast.worker, agreement=agreement) == {"statement": "canary"}
    assert operations.typed(person=cast.supervisor, agreement=agreement) == {}
    helpers.sign(agreement, cast.worker)
    assert not Draft.objects.exists()
    assert not RecordKey.objects.filter(pk=draft.pk).exists()


def test_an_outsider_and_an_administrator_can_do_nothing(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    for person in (cast.outsider, cast.administrator, cast.other_supervisor, cast.other_manager):
        with pytest.raises(NotFound):
            operations.draft(arrangement=cast.arrangement, by=person)
        with pytest.raises(NotFound):
            helpers.sign(agreement, person)
        with pytest.raises(NotFound):
            operations.ask_for_change(agreement=agreement, reason="x", by=person)
