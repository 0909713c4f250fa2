"""What differs between two versions, and everything that was said on the way to one: on a page and as PDF."""

from __future__ import annotations

import io
import re

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from agreements import operations
from agreements.models import Agreement
from supervision.pages import differences
from supervision.pages.differences import ADDED, REMOVED, SAME, Piece
from supervision.records.models import Opening
from tests.agreements import helpers
from tests.agreements.test_views import as_, text_of, url
from tests.cast import Cast

CANARY = "canary-77ab"
TEXTS = st.text(alphabet="ab .,\n•’", max_size=60)


def joined(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


# Word by word ------------------------------------------------------------------------------------------------


def test_a_rewritten_clause_of_a_sentence_is_one_removed_and_one_added_run() -> None:
    found = differences.words(
        "If either of us needs to cancel, we give 24 hours’ notice.",
        "If either of us needs to cancel, we say so as soon as we can and offer another time in the same week.",
    )
    assert found.before == [
        Piece(SAME, "If either of us needs to cancel, we "),
        Piece(REMOVED, "give 24 hours’ notice"),
        Piece(SAME, "."),
    ]
    assert [piece.kind for piece in found.after] == [SAME, ADDED, SAME]


def test_a_sentence_put_in_shows_as_the_whole_sentence() -> None:
    found = differences.words("One. Three.", "One. Two. Three.")
    assert [piece for piece in found.after if piece.kind == ADDED] == [Piece(ADDED, "Two. ")]


def test_a_changed_comma_shows_as_a_comma() -> None:
    found = differences.words("Come, we wait for you.", "Come; we wait for you.")
    assert Piece(REMOVED, ",") in found.before
    assert Piece(ADDED, ";") in found.after


def test_paragraphs_that_stayed_are_left_out_of_the_focus() -> None:
    found = differences.words("First.\n\nSecond one.\n\nThird.", "First.\n\nSecond two.\n\nThird.").focused
    assert joined(found.before) == "Second one."
    assert joined(found.after) == "Second two."


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_the_difference(before: str, after: str) -> None:
    found = differences.words(before, after)
    assert joined(found.before) == before
    assert joined(found.after) == after
    assert {piece.kind for piece in found.before} <= {SAME, REMOVED}
    assert {piece.kind for piece in found.after} <= {SAME, ADDED}
    assert found.is_change == (before != after)
    kept = [piece.text for piece in found.inline if piece.kind != ADDED]
    assert "".join(kept) == before
    assert joined(found.focused.before) in before or found.is_change


@given(TEXTS)
def test_the_same_text_has_no_difference(text: str) -> None:
    assert not differences.words(text, text).is_change


@pytest.mark.parametrize("vocabulary", ["ab", "a", "abcdefghijklm"])
def test_long_hostile_texts_are_compared_in_coarser_pieces(
    vocabulary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    real = differences.SequenceMatcher

    def counting(junk: object, left: list[str], right: list[str], **options: bool) -> object:
        sizes.append(len(left) * len(right))
        return real(None, left, right, **options)

    monkeypatch.setattr(differences, "SequenceMatcher", counting)
    one = "x " + " ".join(vocabulary * 2000)[:7990] + " y"
    other = "y " + " ".join(reversed(vocabulary * 2000))[:7990] + " x"
    found = differences.words(one, other)
    assert joined(found.before) == one
    assert joined(found.after) == other
    assert all(size <= differences.MOST_PAIRS for size in sizes)


# Two versions --------------------------------------------------------------------------------------------------


def two_versions(cast: Cast) -> tuple[Agreement, Agreement]:
    first = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    second = operations.draft(arrangement=cast.arrangement, by=cast.worker, because="workload")
    helpers.change(second, "records", f"Dana writes, {CANARY}.", by=cast.worker)
    rhythm = {"every_days": 14, "cadence_reason": "Two teams."}
    helpers.change(second, "rhythm", by=cast.worker, terms=rhythm)
    return first, second


def test_two_versions_are_compared_whichever_way_they_are_named(cast: Cast) -> None:
    first, second = two_versions(cast)
    client = as_(cast.worker)
    for pair in ((first.pk, second.pk), (second.pk, first.pk)):
        page = text_of(client.get(reverse("agreements:compare", args=pair)))
        assert "2 of 12 parts differ." in page
        assert page.index("Version 1") < page.index("Version 2")
        assert CANARY in page
        assert re.search(r"Removed: </span>week", page)
        assert "1 hour every 2 weeks" in page


def test_signed_versions_are_compared_as_they_were_signed(cast: Cast) -> None:
    first = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    second = helpers.in_force(cast.arrangement, cast.worker, cast.supervisor)
    response = as_(cast.manager).get(url("compare", first, second.pk))
    assert response.status_code == 200
    assert set(Opening.objects.values_list("record_id", "by")) == {
        (first.pk, cast.manager.pk),
        (second.pk, cast.manager.pk),
    }


def test_a_manager_compares_no_draft(cast: Cast) -> None:
    first, second = two_versions(cast)
    response = as_(cast.manager).get(url("compare", first, second.pk))
    assert response.status_code == 403
    assert CANARY not in text_of(response)
    assert not Opening.objects.exists()


def test_what_belongs_to_no_agreement_of_both_is_not_compared(cast: Cast) -> None:
    mine = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    other = helpers.in_force(cast.other_arrangement, cast.other_supervisor, cast.other_worker)
    client = as_(cast.supervisor)
    assert client.get(url("compare", mine, other.pk)).status_code == 404
    assert client.get(url("compare", mine, mine.pk)).status_code == 404


def test_whoever_had_signed_sees_what_changed_since(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    helpers.sign(agreement, cast.supervisor)
    operations.ask_for_change(agreement=agreement, reason="Part 5.", by=cast.worker)
    helpers.change(agreement, "cancelling", f"We call, {CANARY}.", by=cast.worker)
    agreement.refresh_from_db()
    operations.offer(agreement=agreement, version=agreement.version, by=cast.worker)
    client = as_(cast.supervisor)
    assert url("changes", agreement) in text_of(client.get(url("sign", agreement)))
    page = text_of(client.get(url("changes", agreement)))
    assert "1 of 12 parts differs." in page
    assert CANARY in page


# How it came together ---------------------------------------------------------------------------------------------


def told(cast: Cast) -> Agreement:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    helpers.change(agreement, "place", "The quiet room.", by=cast.worker, reason=f"Calm, {CANARY}.")
    helpers.suggest(agreement, "cancelling", "We call each other.", by=cast.supervisor)
    return agreement


def test_the_whole_conversation_is_there_for_the_parties(cast: Cast) -> None:
    agreement = told(cast)
    page = text_of(as_(cast.worker).get(url("history", agreement)))
    for said in (
        "Marisol Vega suggested another wording",
        "Dana Whitfield took the suggested wording",
        "The quiet room",
        CANARY,
        "We call each other",
    ):
        assert said in page


def words_of(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.split())


@pytest.mark.slow
def test_a_draft_says_so_on_every_page_and_holds_how_it_came_together(cast: Cast) -> None:
    agreement = told(cast)
    response = as_(cast.worker).get(url("pdf", agreement))
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "no-store"
    pages = PdfReader(io.BytesIO(response.content)).pages
    assert all("Draft, not signed" in page.extract_text() for page in pages)
    text = words_of(response.content)
    for said in ("Nobody has signed this draft", "The quiet room", CANARY, "We call each other"):
        assert said in text
    assert b"/Sig" not in response.content, "a draft is never sealed"
    assert Opening.objects.get().action == "downloaded"


@pytest.mark.slow
def test_what_is_on_offer_says_who_has_signed_and_is_still_a_draft(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    helpers.sign(agreement, cast.supervisor)
    text = words_of(as_(cast.worker).get(url("pdf", agreement)).content)
    assert "Draft, not signed" in text
    assert "Not answered yet" in text
    assert "Identity checked by: password" in text


@pytest.mark.slow
def test_the_history_of_a_signed_version_is_a_paper_of_its_own(cast: Cast) -> None:
    agreement = told(cast)
    helpers.take(helpers.clause(agreement, "cancelling").suggestion, cast.worker)
    helpers.settle(agreement, cast.supervisor)
    operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    for person in (cast.supervisor, cast.worker):
        helpers.sign(agreement, person)
    response = as_(cast.worker).get(url("history_pdf", agreement))
    text = words_of(response.content)
    assert "For the people this agreement is between alone." in text
    assert CANARY in text
    assert "Sealed: from here on the text never changes" in text
    assert "Draft, not signed" not in text
    assert as_(cast.manager).get(url("history_pdf", agreement)).status_code == 403
