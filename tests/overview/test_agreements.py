"""What the first pages ask of people while an agreement is written and signed: each is asked for what is theirs to do."""

from __future__ import annotations

import pytest
from django.utils import timezone

from agreements import operations
from agreements.models import Agreement
from supervision.people.models import User
from tests import factories
from tests.agreements import helpers
from tests.cast import Cast
from tests.overview.agreement_pages import address, lines, links, page_of, tasks, waiting

pytestmark = pytest.mark.django_db

CANARY = "canary-3d7a"
VOID = "Signatures given before no longer count."
START = (
    "Start an agreement with Marisol It is meant to be signed by your third session. Agreement",
    "Start an agreement with Joe It is meant to be signed by your third session. Agreement",
)


@pytest.fixture(autouse=True)
def _new_york():
    with timezone.override("America/New_York"):
        yield


@pytest.fixture
def draft(cast: Cast) -> Agreement:
    return operations.draft(arrangement=cast.arrangement, by=cast.supervisor)


def decline(agreement: Agreement, by: User) -> None:
    operations.decline(
        agreement=agreement,
        seen=helpers.Offer.objects.of(agreement).first().digest,
        evidence=helpers.evidence(by),
        reason=CANARY,
        by=by,
    )


# Written ----------------------------------------------------------------------------------------------------------


def test_whoever_leads_is_asked_to_start_one_and_the_other_is_not(cast: Cast) -> None:
    assert tasks(cast.supervisor) == [START[0]]
    assert tasks(cast.worker) == []


def test_a_suggestion_is_a_task_for_whoever_has_to_answer_it_and_not_for_who_made_it(
    cast: Cast, draft
) -> None:
    suggestion = helpers.suggest(draft, "purpose", CANARY, by=cast.worker, reason=CANARY)
    part = suggestion.clause.position + 1
    label = "Answer what Marisol suggests in your agreement"
    (asked,) = tasks(cast.supervisor)
    assert asked == f"{label} It is about part {part}, “{suggestion.clause.title}”. Change suggested"
    assert links(cast.supervisor) == {label: f"{address('', draft)}#part-{part}"}
    assert tasks(cast.worker) == [
        "Read the agreement that you and Dana are writing You both write in it until it is sent to be signed. Draft"
    ]
    helpers.take(suggestion, cast.supervisor)
    assert "suggests" not in " ".join(tasks(cast.supervisor) + tasks(cast.worker))


def test_a_suggestion_that_is_answered_with_other_words_waits_for_the_first_one(cast: Cast, draft) -> None:
    helpers.suggest(draft, "purpose", "Rest more.", by=cast.worker)
    helpers.suggest(draft, "purpose", "Rest and grow.", by=cast.supervisor)
    assert "Answer what Dana suggests in your agreement" in links(cast.worker)
    assert "Answer" not in " ".join(tasks(cast.supervisor))


def test_several_suggestions_are_counted_without_ones_own(cast: Cast, draft) -> None:
    for key in ("purpose", "together"):
        helpers.suggest(draft, key, f"{key}: {CANARY}", by=cast.worker)
    helpers.suggest(draft, "cancelling", CANARY, by=cast.supervisor)
    assert "Answer 2 suggestions in your agreement with Marisol" in links(cast.supervisor)
    assert "Answer what Dana suggests in your agreement" in links(cast.worker)


def test_when_every_part_is_agreed_either_may_send_it(cast: Cast, draft) -> None:
    helpers.settle(draft, cast.worker)
    assert list(links(cast.supervisor)) == ["Send your agreement with Marisol to be signed"]
    assert list(links(cast.worker)) == ["Send your agreement with Dana to be signed"]


# Signed -----------------------------------------------------------------------------------------------------------


def test_a_version_on_offer_is_a_task_for_each_until_they_have_signed(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    assert tasks(cast.worker) == ["Read and sign your agreement with Dana Dana sent it today. Your signature"]
    assert tasks(cast.supervisor) == [
        "Read and sign your agreement with Marisol You sent it today. It needs your own name too. Your signature"
    ]
    helpers.sign(agreement, cast.supervisor)
    assert tasks(cast.worker) == [
        "Read and sign your agreement with Dana Dana signed already. Your signature"
    ]
    assert links(cast.worker) == {"Read and sign your agreement with Dana": address("sign", agreement)}
    assert tasks(cast.supervisor) == []
    assert waiting(cast.supervisor) == ["Marisol, agreement Sent today"]
    helpers.sign(agreement, cast.worker)
    assert tasks(cast.worker) == tasks(cast.supervisor) == waiting(cast.supervisor) == []


def test_when_somebody_asks_for_a_change_the_others_are_told_and_not_asked_to_send_it_again(
    cast: Cast,
) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    helpers.sign(agreement, cast.supervisor)
    operations.ask_for_change(agreement=agreement, reason=CANARY, by=cast.worker)
    assert tasks(cast.supervisor) == [
        f"Read why your agreement with Marisol came back Marisol asked for a change. {VOID} Came back"
    ]
    assert tasks(cast.worker) == [
        "Go on with your agreement with Dana You asked for a change. It is a draft again. Draft"
    ]
    assert set(links(cast.worker).values()) | set(links(cast.supervisor).values()) == {address("", agreement)}


def test_when_somebody_declines_to_sign_the_others_are_told(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.worker)
    decline(agreement, cast.supervisor)
    assert tasks(cast.worker) == [
        f"Read why your agreement with Dana came back Dana declined to sign. {VOID} Came back"
    ]
    assert "You declined to sign." in tasks(cast.supervisor)[0]


def test_when_the_sender_takes_it_back_the_others_are_told(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    operations.take_back(agreement=agreement, reason=CANARY, by=cast.supervisor)
    assert "Dana took it back." in tasks(cast.worker)[0]
    assert "You took it back." in tasks(cast.supervisor)[0]


def test_a_part_that_was_named_when_it_came_back_is_no_answer_yet(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    operations.ask_for_change(
        agreement=agreement, reason=CANARY, by=cast.worker, clause=helpers.clause(agreement, "purpose")
    )
    assert "Read why your agreement with Marisol came back" in links(cast.supervisor)


def test_once_something_is_said_of_it_the_task_is_what_comes_next(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    operations.ask_for_change(agreement=agreement, reason=CANARY, by=cast.worker)
    suggestion = helpers.suggest(agreement, "purpose", "Rest more.", by=cast.worker)
    assert list(links(cast.supervisor)) == ["Answer what Marisol suggests in your agreement"]
    helpers.take(suggestion, cast.supervisor)
    assert list(links(cast.worker)) == ["Send your agreement with Dana to be signed"]
    again = Agreement.objects.get(pk=agreement.pk)
    operations.offer(agreement=again, version=again.version, by=cast.worker)
    assert list(links(cast.supervisor)) == ["Read and sign your agreement with Marisol"]


# Not for others ---------------------------------------------------------------------------------------------------


def test_an_agreement_that_is_written_is_no_task_of_another_pair_or_of_managers(cast: Cast, draft) -> None:
    helpers.suggest(draft, "purpose", CANARY, by=cast.worker)
    joe = factories.worker_in(cast.program, "Joe Lafferty")
    factories.arrangement(cast.program, [cast.supervisor], [joe])
    for person in (cast.other_supervisor, cast.other_worker, joe, cast.administrator):
        assert "Marisol" not in page_of(person), person.name
    assert START[1] in tasks(cast.supervisor)
    assert "Dana Whitfield In progress" in lines(cast.manager)["Marisol Vega"]
    assert "Dana Whitfield Not started" in lines(cast.manager)["Joe Lafferty"]


def test_no_word_of_an_agreement_is_on_a_page_of_a_manager_or_on_a_first_page(cast: Cast, draft) -> None:
    def look() -> None:
        pages = ("/overview/", "/activity/", f"/supervision-of/{cast.worker.pk}/", "/reports/")
        for path in pages:
            assert CANARY not in page_of(cast.manager, path=path), path
        for person in (cast.worker, cast.supervisor, cast.administrator):
            assert CANARY not in page_of(person), person.name

    helpers.change(draft, "purpose", f"{CANARY} goals", by=cast.worker, reason=CANARY)
    helpers.suggest(draft, "cancelling", CANARY, by=cast.worker, reason=CANARY)
    look()
    helpers.take(helpers.clause(draft, "cancelling").suggestion, cast.supervisor)
    helpers.settle(draft, cast.worker)
    operations.offer(agreement=draft, version=draft.version, by=cast.worker)
    look()
    operations.ask_for_change(agreement=draft, reason=CANARY, by=cast.worker)
    look()
    again = Agreement.objects.get(pk=draft.pk)
    operations.offer(agreement=again, version=again.version, by=cast.worker)
    decline(again, cast.supervisor)
    look()
    again.refresh_from_db()
    operations.offer(agreement=again, version=again.version, by=cast.worker)
    for person in (cast.worker, cast.supervisor):
        helpers.sign(again, person, statement=CANARY)
    again.refresh_from_db()
    helpers.reviewed(again, cast.worker, cast.supervisor, note=CANARY)
    operations.end(agreement=again, ends_on=timezone.localdate(), reason=CANARY, by=cast.worker)
    look()
