"""The pages of agreements, as the people who use them meet them."""

from __future__ import annotations

import datetime
import re
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agreements import operations, wording
from agreements.models import Agreement, AgreementEnding, Clause, Turn
from supervision.people.models import User
from supervision.records import snapshot
from supervision.records.models import Answer, Draft, Offer, OfferClosed, Opening, Seal
from tests import factories
from tests.agreements import helpers
from tests.cast import Cast

CANARY = "canary-8f2c"


def as_(person: User, *, minutes_ago: int = 0) -> Client:
    """A browser in which this person signed in with their password some minutes ago."""
    client = Client()
    client.force_login(person)
    session = client.session
    session["account_authentication_methods_user"] = User._meta.pk.value_to_string(person)
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() - minutes_ago * 60, "email": person.email}
    ]
    session.save()
    return client


def url(name: str, agreement: Agreement, *more: Any) -> str:
    return reverse(f"agreements:{name}", args=[agreement.pk, *more])


def text_of(response: Any) -> str:
    return response.content.decode()


def signing_form(agreement: Agreement, **given: str) -> dict[str, str]:
    offer = Offer.objects.of(agreement).first()
    assert offer is not None
    return {"seen": offer.digest, "typed_name": "Marisol Vega", "intent": "on", "statement": ""} | given


# Lists --------------------------------------------------------------------------------------------------------


def test_a_supervisor_finds_every_pair_and_what_needs_them_first(cast: Cast) -> None:
    kit = factories.worker_in(cast.program, "Kit Ng")
    second = factories.arrangement(cast.program, [cast.supervisor], [kit])
    helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    helpers.offered(second, kit)
    page = text_of(as_(cast.supervisor).get(reverse("agreements:list")))
    assert page.index("Read and sign your agreement with Kit Ng") < page.index("Marisol Vega")
    assert "In force since" in page
    assert "Sam Okafor" not in page


def test_a_worker_with_one_agreement_goes_straight_to_it(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    response = as_(cast.worker).get(reverse("agreements:list"))
    assert response.status_code == 302
    assert response["Location"] == url("detail", agreement)


def test_without_an_agreement_the_list_offers_to_start_one(cast: Cast) -> None:
    client = as_(cast.worker)
    page = text_of(client.get(reverse("agreements:list")))
    assert "Start the agreement with Dana Whitfield" in page
    response = client.post(reverse("agreements:start", args=[cast.arrangement.pk]))
    assert response["Location"] == url("detail", Agreement.objects.get())


def test_whoever_starts_second_is_taken_to_the_version_that_was_started(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    response = as_(cast.worker).post(reverse("agreements:start", args=[cast.arrangement.pk]), follow=True)
    assert response.redirect_chain[-1][0] == url("detail", agreement)
    assert "being written already" in text_of(response)


def test_somebody_without_an_arrangement_sees_what_will_come(cast: Cast) -> None:
    page = text_of(as_(cast.outsider).get(reverse("agreements:list")))
    assert "No arrangement yet" in page


def test_the_page_to_start_changes_nothing_before_the_button_is_pressed(cast: Cast) -> None:
    page = as_(cast.worker).get(reverse("agreements:start", args=[cast.arrangement.pk]))
    assert page.status_code == 200
    assert not Agreement.objects.exists()


def test_a_new_version_is_started_with_what_changed(cast: Cast) -> None:
    helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    client = as_(cast.worker)
    address = reverse("agreements:start", args=[cast.arrangement.pk])
    assert client.post(address, {"because": "", "note": CANARY}).status_code == 422
    client.post(address, {"because": "workload", "note": CANARY})
    second = Agreement.objects.get(number=2)
    assert (second.because, second.because_note) == ("workload", CANARY)
    assert CANARY in text_of(client.get(url("history", second)))


# Reading ------------------------------------------------------------------------------------------------------


def test_a_draft_shows_its_twelve_parts_and_what_is_still_to_do(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    page = text_of(as_(cast.worker).get(url("detail", agreement)))
    assert page.count('id="part-') == 12
    assert "Still to fill in: [day of the week], [time] and [place]." in page
    assert page.count("Something that breaks the ethics of the profession.") == 1
    assert "Send it to be signed" not in page


def test_a_complete_draft_can_be_sent_to_be_signed(cast: Cast) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    assert url("offer", agreement) in text_of(as_(cast.worker).get(url("detail", agreement)))


def test_a_manager_reads_what_is_signed_and_no_word_before(cast: Cast) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    helpers.change(agreement, "place", f"In {CANARY}.", by=cast.worker)
    manager = as_(cast.manager)
    early = manager.get(url("detail", agreement))
    assert early.status_code == 403
    assert "being written since" in text_of(early)
    assert CANARY not in text_of(early)
    agreement.refresh_from_db()
    operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    assert manager.get(url("detail", agreement)).status_code == 403
    helpers.sign(agreement, cast.supervisor)
    helpers.sign(agreement, cast.worker)
    late = manager.get(url("detail", agreement))
    assert late.status_code == 200
    assert CANARY in text_of(late)


def test_a_manager_sees_who_and_when_but_never_why(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    operations.ask_for_change(agreement=agreement, reason=CANARY, by=cast.worker)
    agreement.refresh_from_db()
    operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    helpers.sign(agreement, cast.supervisor)
    helpers.sign(agreement, cast.worker)
    agreement.refresh_from_db()
    operations.end(agreement=agreement, ends_on=helpers.in_days(0), reason=CANARY, by=cast.worker)
    page = text_of(as_(cast.manager).get(url("detail", agreement)))
    assert "Marisol Vega signed" in page
    assert "Marisol Vega ended it" in page
    assert CANARY not in page
    assert CANARY in text_of(as_(cast.supervisor).get(url("detail", agreement)))


READS = ("detail", "pdf", "history", "history_pdf", "changes")
WRITES = (
    "offer",
    "sign",
    "ask_for_change",
    "decline",
    "take_back",
    "end",
    "review",
    "join",
    "join_decline",
)
POSTS = ("people", "agree")


@pytest.mark.parametrize(
    "role", ["administrator", "outsider", "other_supervisor", "other_worker", "other_manager"]
)
@pytest.mark.parametrize("state", ["draft", "offered", "sealed"])
def test_for_outsiders_no_page_exists(cast: Cast, role: str, state: str) -> None:
    agreement = {
        "draft": lambda: operations.draft(arrangement=cast.arrangement, by=cast.supervisor),
        "offered": lambda: helpers.offered(cast.arrangement, cast.supervisor),
        "sealed": lambda: helpers.in_force(cast.arrangement, cast.supervisor, cast.worker),
    }[state]()
    place = helpers.clause(agreement, "place")
    client = as_(getattr(cast, role))
    for name in READS:
        assert client.get(url(name, agreement)).status_code == 404, name
    for address in [url(name, agreement) for name in WRITES] + [url("clause", agreement, place.pk)]:
        assert client.get(address).status_code == 404, address
        assert client.post(address, {"reason": "x"}).status_code == 404, address
    for address in [url(name, agreement) for name in POSTS] + [url("answer", agreement, place.pk)]:
        assert client.post(address, {"answer": "agree"}).status_code == 404, address
    assert client.get(url("compare", agreement, agreement.pk)).status_code == 404
    assert client.post(reverse("agreements:start", args=[cast.arrangement.pk])).status_code == 404
    assert not Opening.objects.exists()


def test_a_manager_is_refused_every_page_that_writes(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    place = helpers.clause(agreement, "place")
    client = as_(cast.manager)
    for name in WRITES:
        assert client.get(url(name, agreement)).status_code == 403, name
        assert client.post(url(name, agreement), {"reason": "x"}).status_code == 403, name
    assert client.get(url("clause", agreement, place.pk)).status_code == 403
    for address in [url(name, agreement) for name in POSTS] + [url("answer", agreement, place.pk)]:
        assert client.post(address, {"answer": "agree"}).status_code == 403, address
    for name in ("history", "history_pdf", "changes"):
        assert client.get(url(name, agreement)).status_code == 403, name
    assert client.post(reverse("agreements:start", args=[cast.arrangement.pk])).status_code == 403


def test_every_opening_is_logged_with_what_allowed_it(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    as_(cast.manager).get(url("detail", agreement))
    as_(cast.worker).get(url("detail", agreement))
    found = list(Opening.objects.order_by("at").values_list("by", "record_id", "why", "action"))
    assert found == [
        (cast.manager.pk, agreement.pk, "manager of the program", "opened"),
        (cast.worker.pk, agreement.pk, "party", "opened"),
    ]


def test_the_parties_see_who_else_opened_it_and_never_each_other(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    dana, marisol = as_(cast.supervisor), as_(cast.worker)
    marisol.get(url("detail", agreement))
    assert "Nobody besides the people it is between." in text_of(dana.get(url("detail", agreement)))
    manager = as_(cast.manager)
    assert "Who else has opened it" not in text_of(manager.get(url("detail", agreement)))
    page = text_of(dana.get(url("detail", agreement)))
    panel = page.split("Who else has opened it")[1].split("</section>")[0]
    assert "Priya Raman" in panel
    assert "Marisol" not in panel


def test_a_page_that_cannot_be_logged_is_not_shown(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no log")

    monkeypatch.setattr("supervision.records.audit.opened", broken)
    with pytest.raises(RuntimeError, match="no log"):
        as_(cast.manager).get(url("detail", agreement))


# Writing ------------------------------------------------------------------------------------------------------


def suggest_form(part: Clause, **given: str) -> dict[str, str]:
    """What the page of one part sends: the terms it says as they are, and what a test changes."""
    said = wording.words_of(part.key, part.text, part.agreement)
    values = {name: str(value or "") for name, value in said["terms"].items()}
    return values | {"text": part.text, "version": str(part.turn_count), "reason": ""} | given


def test_a_part_is_suggested_and_the_page_returns_to_it(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    place = helpers.clause(agreement, "place")
    client = as_(cast.worker)
    page = text_of(client.get(url("clause", agreement, place.pk)))
    assert "We work by this agreement from" in page
    assert "D 2.125" in page
    form = suggest_form(place, text="The quiet room.", reason="It is calm.")
    response = client.post(url("clause", agreement, place.pk), form)
    assert response["Location"] == f"{url('detail', agreement)}#part-2"
    assert Clause.objects.get(pk=place.pk).suggestion.after["text"] == "The quiet room."
    mine = text_of(client.get(url("detail", agreement)))
    assert "You suggest a change" in mine
    theirs = text_of(as_(cast.supervisor).get(url("detail", agreement)))
    assert "Marisol suggests new wording for part 2." in theirs
    assert "It is calm." in theirs
    assert '<ins><span class="visually-hidden">Added: </span>' in theirs
    assert "Use the wording of Marisol" in theirs


def test_the_four_answers_on_the_page_of_a_draft(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    dana, marisol = as_(cast.supervisor), as_(cast.worker)
    turn = helpers.suggest(agreement, "cancelling", "We call.", by=cast.worker)
    part = helpers.clause(agreement, "cancelling")
    answer = url("answer", agreement, part.pk)
    dana.post(answer, {"answer": "park", "seen": "1"})
    assert "Kept for the next session" in text_of(marisol.get(url("detail", agreement)))
    marisol.post(answer, {"answer": "withdraw", "suggestion": str(turn.pk)})
    assert "We call." not in text_of(dana.get(url("detail", agreement)))
    turn = helpers.suggest(agreement, "cancelling", "We write.", by=cast.worker)
    page = dana.post(answer, {"answer": "take", "suggestion": str(turn.pk)}, follow=True)
    assert "You took the wording of Marisol. You both agree to part 5." in text_of(page)
    assert "Agreed by both" in text_of(page)
    records = helpers.clause(agreement, "records")
    page = dana.post(url("answer", agreement, records.pk), {"answer": "agree", "wording": "1"}, follow=True)
    assert "Agreed so far: you" in text_of(page)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"answer": "take", "suggestion": "not-an-id"}, 409),
        ({"answer": "take"}, 409),
        ({"answer": "agree", "wording": "7"}, 409),
        ({"answer": "agree"}, 409),
        ({"answer": "park", "seen": "x"}, 409),
        ({"answer": "burn"}, 404),
        ({}, 404),
    ],
)
def test_an_answer_that_cannot_be_taken_changes_nothing(
    cast: Cast, sent: dict[str, str], status: int
) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    part = helpers.clause(agreement, "cancelling")
    response = as_(cast.supervisor).post(url("answer", agreement, part.pk), sent)
    assert response.status_code == status
    assert not Turn.objects.exists()


def test_yes_to_all_says_how_many_and_what_was_left_out(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    client = as_(cast.worker)
    parts = re.findall(r'name="part" value="([^"]+)"', text_of(client.get(url("detail", agreement))))
    assert parts, "parts that are filled in can be agreed to at once"
    helpers.change(agreement, "records", "Dana writes.", by=cast.supervisor)
    response = client.post(url("agree", agreement), {"part": [*parts, "junk", "x:1"]}, follow=True)
    page = text_of(response)
    assert f"You agree to {len(parts) - 1} parts as they stand." in page
    assert "left out: What is written down and who can see it." in page


def test_two_people_writing_one_part_see_both_texts_and_lose_neither(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    place = helpers.clause(agreement, "place")
    form = suggest_form(place, text="Mine: the quiet room.", reason=CANARY)
    helpers.suggest(agreement, "place", "Theirs: the library.", by=cast.worker)
    client = as_(cast.supervisor)
    response = client.post(url("clause", agreement, place.pk), form)
    page = text_of(response)
    assert response.status_code == 409
    assert "Theirs: the library." in page.replace("</ins>", "")
    assert "Mine: the quiet room." in page
    assert CANARY in page
    assert "Somebody answered this part" in page
    assert Clause.objects.get(pk=place.pk).suggestion.by == cast.worker
    (version,) = re.findall(r'name="version" value="(\d+)"', page)
    again = client.post(url("clause", agreement, place.pk), form | {"version": version})
    assert again.status_code == 302
    assert Clause.objects.get(pk=place.pk).suggestion.after["text"] == "Mine: the quiet room."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write something here"),
        ("y" * 1_000_000, "Shorten this by"),
        ("a\x00b", "can’t be shown or printed"),
        ("sun \U00013000", "U+13000"),
    ],
)
def test_wording_that_cannot_be_taken_is_kept_on_the_page(cast: Cast, text: str, said: str) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    place = helpers.clause(agreement, "place")
    response = as_(cast.worker).post(url("clause", agreement, place.pk), suggest_form(place, text=text))
    assert response.status_code == 422
    assert said in text_of(response)
    assert text.replace("\x00", "") in text_of(response).replace("\x00", "")
    assert "<title>Error:" in text_of(response)
    assert not Turn.objects.exists()


def test_a_part_of_another_agreement_is_not_found_here(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    other = operations.draft(arrangement=cast.other_arrangement, by=cast.other_supervisor)
    foreign = helpers.clause(other, "place")
    client = as_(cast.supervisor)
    assert client.get(url("clause", agreement, foreign.pk)).status_code == 404
    response = client.post(url("clause", agreement, foreign.pk), {"text": "Mine now.", "version": "0"})
    assert response.status_code == 404
    assert Clause.objects.get(pk=foreign.pk).text != "Mine now."


def test_numbers_are_suggested_with_the_part_that_says_them(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    rhythm = helpers.clause(agreement, "rhythm")
    form = suggest_form(rhythm, every_days="14", cadence_reason="Two teams meet weekly as well.")
    assert as_(cast.worker).post(url("clause", agreement, rhythm.pk), form).status_code == 302
    page = text_of(as_(cast.supervisor).get(url("detail", agreement)))
    assert '<del><span class="visually-hidden">Removed: </span>week</del>' in page
    assert re.search(r"Added: </span>2 weeks", page)
    assert "Two teams meet weekly as well." in page.replace("</ins>", "").replace("<ins>", "")


@pytest.mark.parametrize(
    ("key", "given", "said"),
    [
        ("rhythm", {"every_days": "14"}, "Say why you chose another rhythm"),
        ("rhythm", {"every_days": "13"}, "Choose one of the answers"),
        ("rhythm", {"minutes_each": "abc"}, "Enter the minutes as a number"),
        ("privacy", {"concern_days": "0"}, "between 1 and 30"),
        ("review", {"review_on": "2020-01-01"}, "after the agreement begins"),
        ("review", {"review_on": ""}, "Enter the day by which you look at this again"),
        ("place", {"starts_on": "2026-02-30"}, "Enter a date that exists"),
        ("place", {"starts_on": "1999-01-01"}, "within three months"),
    ],
)
def test_terms_that_make_no_sense_are_explained(
    cast: Cast, key: str, given: dict[str, str], said: str
) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    part = helpers.clause(agreement, key)
    form = suggest_form(part, reason=CANARY, **given)
    response = as_(cast.worker).post(url("clause", agreement, part.pk), form)
    assert response.status_code == 422
    assert said in text_of(response)
    assert CANARY in text_of(response)


def test_terms_suggested_by_both_are_shown_side_by_side(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    part = helpers.clause(agreement, "privacy")
    form = suggest_form(part, concern_days="2")
    helpers.suggest(agreement, "privacy", by=cast.worker, terms={"concern_days": 5})
    response = as_(cast.supervisor).post(url("clause", agreement, part.pk), form)
    assert response.status_code == 409
    assert 'value="2"' in text_of(response)
    assert "5" in text_of(response).split("What Marisol suggests")[1]


def test_editing_pages_of_what_is_offered_or_signed_say_why_not(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    place = helpers.clause(agreement, "place")
    client = as_(cast.worker)
    for address in (url("clause", agreement, place.pk), url("offer", agreement)):
        response = client.get(address)
        assert response.status_code == 409
        assert "Ask for a change first" in text_of(response)
    response = client.post(url("clause", agreement, place.pk), {"text": CANARY, "version": "2"})
    assert response.status_code == 409


def test_typed_words_are_shown_when_it_was_offered_meanwhile(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    place = helpers.clause(agreement, "place")
    real = operations.suggest

    def offered_first(**given: Any) -> Any:
        operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
        return real(**given)

    monkeypatch.setattr(operations, "suggest", offered_first)
    response = as_(cast.worker).post(url("clause", agreement, place.pk), suggest_form(place, text=CANARY))
    assert response.status_code == 409
    assert CANARY in text_of(response)


# Offering and signing -------------------------------------------------------------------------------------------


def test_an_incomplete_agreement_is_not_sent_and_the_page_says_what_is_missing(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    client = as_(cast.worker)
    assert "fill in [day of the week]" in text_of(client.get(url("offer", agreement)))
    response = client.post(url("offer", agreement), {"version": agreement.version})
    assert response.status_code == 422
    assert not Offer.objects.exists()


@pytest.mark.parametrize("version", ["", "0", "-1", "abc", "99999999999999999999", "²"])
def test_a_missing_or_forged_version_counts_as_stale(cast: Cast, version: str) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    response = as_(cast.worker).post(url("offer", agreement), {"version": version})
    assert response.status_code == 409
    assert not Offer.objects.exists()


def test_a_name_that_cannot_be_printed_is_named_when_offering(cast: Cast) -> None:
    User.objects.filter(pk=cast.worker.pk).update(name="Marisol \U00013000")
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    response = as_(cast.supervisor).post(url("offer", agreement), {"version": agreement.version})
    assert response.status_code == 422
    assert "U+13000" in text_of(response)


def test_from_sending_to_the_last_signature_through_the_pages(cast: Cast) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    dana, marisol = as_(cast.supervisor), as_(cast.worker)
    response = dana.post(url("offer", agreement), {"version": agreement.version})
    assert response["Location"] == url("sign", agreement)
    page = text_of(marisol.get(url("detail", agreement), follow=True))
    assert page.count('id="part-') == 12
    assert "Ask for a change instead" in page
    first = dana.post(url("sign", agreement), signing_form(agreement, typed_name="Dana Whitfield"))
    assert first["Location"] == url("detail", agreement)
    assert "Waiting for Marisol Vega to sign." in text_of(dana.get(url("detail", agreement)))
    assert "Dana Whitfield" in text_of(marisol.get(url("sign", agreement)))
    marisol.post(url("sign", agreement), signing_form(agreement, statement="Glad of part 5."))
    assert Seal.objects.get().record_id == agreement.pk
    page = text_of(dana.get(url("detail", agreement)))
    assert "The signed PDF is being made." in page
    assert "Glad of part 5." in page
    evidence = Answer.objects.get(person=cast.worker).evidence
    assert evidence["typed_name"] == "Marisol Vega"
    assert evidence["intent"].startswith("I have read this agreement")
    assert evidence["authenticated"] == ["password"]


def test_the_signing_page_shows_what_was_offered_and_not_the_live_rows(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    User.objects.filter(pk=cast.supervisor.pk).update(name="Renamed Person")
    page = text_of(as_(cast.worker).get(url("sign", agreement)))
    assert "Dana Whitfield (supervisor)" in page
    sheet = page[page.index('class="sheet"') : page.index("<aside")]
    assert "Renamed Person" not in sheet


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"typed_name": ""}, "Type your full name"),
        ({"typed_name": "   "}, "Type your full name"),
        ({"intent": ""}, "if it is what you mean"),
        ({"statement": "z" * 1_000_000}, "Shorten this by"),
        ({"statement": f"{CANARY} \U00013000"}, "U+13000"),
    ],
)
def test_a_signature_with_something_missing_keeps_what_was_typed(
    cast: Cast, given: dict[str, str], said: str
) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    form = signing_form(agreement, **({"statement": CANARY} | given))
    response = as_(cast.worker).post(
        url("sign", agreement), {name: value for name, value in form.items() if value}
    )
    assert response.status_code == 422
    assert said in text_of(response)
    assert form["statement"] in text_of(response)
    assert not Answer.objects.exists()


def test_an_old_login_is_asked_again_and_nothing_typed_is_lost(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    client = as_(cast.worker, minutes_ago=30)
    response = client.post(url("sign", agreement), signing_form(agreement, statement=CANARY))
    where = urlsplit(response["Location"])
    assert where.path == reverse("account_reauthenticate")
    assert parse_qs(where.query)["next"] == [url("sign", agreement)]
    assert not Answer.objects.exists()
    back = client.post(response["Location"], {"password": factories.PASSWORD}, follow=True)
    page = text_of(back)
    assert back.redirect_chain[-1][0] == url("sign", agreement)
    assert CANARY in page
    assert 'value="Marisol Vega"' in page
    assert "checked" in page
    client.post(url("sign", agreement), signing_form(agreement, statement=CANARY))
    assert Answer.objects.get().statement == CANARY


def tomorrow() -> str:
    return (timezone.localdate() + datetime.timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("step", "given"),
    [("decline", {"reason": CANARY}), ("end", {"reason": CANARY, "ends_on": tomorrow()})],
)
def test_declining_and_ending_count_as_much_as_signing(cast: Cast, step: str, given: dict[str, str]) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    if step == "end":
        for person in (cast.supervisor, cast.worker):
            helpers.sign(agreement, person)
    given = given | {"seen": agreement.open_offer.digest} if step == "decline" else given
    client = as_(cast.worker, minutes_ago=30)
    asked = client.post(url(step, agreement), given)
    assert urlsplit(asked["Location"]).path == reverse("account_reauthenticate")
    assert not OfferClosed.objects.exists()
    assert not AgreementEnding.objects.exists()
    page = text_of(client.post(asked["Location"], {"password": factories.PASSWORD}, follow=True))
    assert CANARY in page
    assert given.get("ends_on", "") in page
    assert client.post(url(step, agreement), given)["Location"] == url("detail", agreement)
    assert OfferClosed.objects.exists() or AgreementEnding.objects.exists()
    assert not Draft.objects.exists()


def test_a_tick_given_for_another_text_is_not_kept(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    client = as_(cast.worker, minutes_ago=30)
    client.post(url("sign", agreement), signing_form(agreement, statement=CANARY))
    operations.take_back(agreement=agreement, reason="Another day.", by=cast.supervisor)
    agreement.refresh_from_db()
    operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    page = text_of(client.get(url("sign", agreement)))
    assert CANARY in page
    assert "checked" not in page


def test_a_double_click_says_that_it_is_signed(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    client = as_(cast.worker)
    form = signing_form(agreement)
    client.post(url("sign", agreement), form)
    again = client.post(url("sign", agreement), form, follow=True)
    assert again.status_code == 200
    assert "You have signed this already." in text_of(again)
    assert Answer.objects.count() == 1


def test_signing_a_text_that_was_replaced_meanwhile_is_refused_and_keeps_the_words(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    form = signing_form(agreement, statement=CANARY)
    operations.take_back(agreement=agreement, reason="Another day.", by=cast.supervisor)
    agreement.refresh_from_db()
    operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    response = as_(cast.worker).post(url("sign", agreement), form)
    assert response.status_code == 409
    assert CANARY in text_of(response)
    assert not Answer.objects.exists()


def test_signing_what_was_taken_back_meanwhile_keeps_the_words(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    form = signing_form(agreement, statement=CANARY)
    operations.take_back(agreement=agreement, reason="Another day.", by=cast.supervisor)
    client = as_(cast.worker)
    response = client.post(url("sign", agreement), form)
    assert response.status_code == 409
    assert CANARY in text_of(response)
    assert client.get(url("sign", agreement))["Location"] == url("detail", agreement)


def test_asking_for_a_change_shows_the_reason_and_the_void_signature(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    helpers.sign(agreement, cast.supervisor)
    client = as_(cast.worker)
    button = client.post(url("sign", agreement), {"answer": "change"})
    assert button["Location"] == url("ask_for_change", agreement)
    assert client.post(url("ask_for_change", agreement), {"reason": ""}).status_code == 422
    client.post(url("ask_for_change", agreement), {"reason": f"Part 5, {CANARY}."})
    page = text_of(as_(cast.supervisor).get(url("detail", agreement)))
    assert CANARY in page
    assert "You had signed; that signature no longer counts." in page
    assert "Cleared by a change" in page


def test_words_typed_beside_a_signature_go_along_when_a_change_is_asked_for_instead(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    client = as_(cast.worker)
    form = signing_form(agreement, typed_name="", statement=f"{CANARY} about part 5")
    response = client.post(url("sign", agreement), form | {"answer": "change"}, follow=True)
    assert response.redirect_chain[-1][0] == url("ask_for_change", agreement)
    assert f"{CANARY} about part 5" in text_of(response)
    client.post(url("ask_for_change", agreement), {"reason": "Part 5, please."})
    assert OfferClosed.objects.get().reason == "Part 5, please."
    assert not Draft.objects.exists()


def test_declining_through_the_page(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    client = as_(cast.worker)
    digest = Offer.objects.get().digest
    assert digest in text_of(client.get(url("decline", agreement)))
    response = client.post(url("decline", agreement), {"reason": "Not like this.", "seen": digest})
    assert response.status_code == 302
    assert OfferClosed.objects.get().why == "declined"
    assert "declined to sign" in text_of(as_(cast.supervisor).get(url("detail", agreement)))


def test_ending_through_the_page(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    client = as_(cast.worker)
    wrong = client.post(url("end", agreement), {"reason": CANARY, "ends_on": "2020-01-01"})
    assert wrong.status_code == 422
    assert CANARY in text_of(wrong)
    assert client.post(
        url("end", agreement), {"reason": "I move on.", "ends_on": str(helpers.in_days(0))}
    ).status_code == (302)
    page = text_of(client.get(url("detail", agreement)))
    assert "I move on." in page
    assert "It no longer holds" in page


# The PDF, later versions, hostile text ----------------------------------------------------------------------------


def test_until_the_pdf_is_made_the_page_says_so(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    response = as_(cast.worker).get(url("pdf", agreement), follow=True)
    assert response.redirect_chain[-1][0] == url("detail", agreement)
    assert "The PDF is being made" in text_of(response)


def test_a_replaced_version_stays_readable_and_says_so(cast: Cast) -> None:
    first = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    second = helpers.in_force(cast.arrangement, cast.worker, cast.supervisor)
    client = as_(cast.manager)
    assert "Version 2 has taken its place" in text_of(client.get(url("detail", first)))
    assert url("detail", first) in text_of(client.get(url("detail", second)))


def test_when_the_supervision_ended_the_agreement_says_so(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    cast.arrangement.ended_on = helpers.in_days(-1)
    cast.arrangement.save()
    client = as_(cast.worker)
    page = text_of(client.get(url("detail", agreement)))
    assert "This supervision ended on" in page
    assert "In force" not in page.split("<main")[1].split('id="part-1"')[0]
    assert "This supervision ended on" in text_of(client.get(reverse("agreements:list"), follow=True))


def test_a_draft_version_is_not_listed_to_a_manager(cast: Cast) -> None:
    first = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    second = operations.draft(arrangement=cast.arrangement, by=cast.worker)
    assert url("detail", second) not in text_of(as_(cast.manager).get(url("detail", first)))
    assert url("detail", second) in text_of(as_(cast.worker).get(url("detail", first)))


HOSTILE = '<script>alert(1)</script>{{ 7|add:7 }}{% now "Y" %}"><img src=x onerror=alert(2)>'


def test_hostile_text_reaches_every_page_as_text(cast: Cast) -> None:
    User.objects.filter(pk=cast.worker.pk).update(name=f"M {HOSTILE}"[:120])
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    helpers.fill(agreement, cast.supervisor)
    place = helpers.clause(agreement, "place")
    suggestion = helpers.suggest(agreement, "place", HOSTILE, by=cast.worker, reason=HOSTILE)
    dana = as_(cast.supervisor)
    pages = [dana.get(url("detail", agreement)), dana.get(url("clause", agreement, place.pk))]
    helpers.take(suggestion, by=cast.supervisor)
    helpers.agree(agreement)
    agreement.refresh_from_db()
    pages += [dana.get(url("detail", agreement)), dana.get(url("history", agreement))]
    operations.offer(agreement=agreement, version=agreement.version, by=cast.worker)
    pages.append(dana.get(url("sign", agreement)))
    helpers.sign(agreement, cast.supervisor, statement=HOSTILE)
    pages += [dana.get(url("detail", agreement)), dana.get(reverse("agreements:list"))]
    operations.ask_for_change(agreement=agreement, reason=HOSTILE, by=cast.worker)
    pages += [dana.get(url("detail", agreement)), dana.get(url("changes", agreement))]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in text_of(page)
        assert "<img src=x" not in text_of(page)
        assert "&lt;script&gt;alert(1)" in text_of(page)


def test_a_right_to_left_name_and_emoji_are_fine(cast: Cast) -> None:
    User.objects.filter(pk=cast.worker.pk).update(name="مريم العلي")
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    helpers.change(agreement, "place", "שלום 🌱 Café", by=cast.worker)
    agreement.refresh_from_db()
    assert as_(cast.supervisor).post(url("offer", agreement), {"version": agreement.version}).status_code == (
        302
    )
    page = text_of(as_(cast.worker).get(url("sign", agreement)))
    assert "مريم العلي" in page
    assert "שלום 🌱 Café" in page


def test_words_of_whoever_starts_a_new_version_second_are_shown_to_be_copied(cast: Cast) -> None:
    helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    start = reverse("agreements:start", args=[cast.arrangement.pk])
    dana = as_(cast.supervisor)
    assert dana.get(start).status_code == 200
    operations.draft(arrangement=cast.arrangement, by=cast.worker, because="duties", note="New duties.")
    late = dana.post(start, {"because": "workload", "note": CANARY})
    assert late.status_code == 409
    assert CANARY in text_of(late)
    assert dana.post(start, {"because": "workload", "note": ""}).status_code == 302


def test_why_there_is_a_new_version_is_on_its_page(cast: Cast) -> None:
    helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    made = operations.draft(arrangement=cast.arrangement, by=cast.worker, because="duties", note=CANARY)
    page = text_of(as_(cast.supervisor).get(url("detail", made)))
    assert "The duties changed" in page
    assert CANARY in page


def test_a_version_signed_ahead_says_which_one_holds_until_then(cast: Cast) -> None:
    helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    second = operations.draft(arrangement=cast.arrangement, by=cast.worker)
    helpers.change(second, "place", by=cast.worker, terms={"starts_on": helpers.in_days(30)})
    helpers.agree(second)
    second.refresh_from_db()
    operations.offer(agreement=second, version=second.version, by=cast.worker)
    for person in (cast.worker, cast.supervisor):
        helpers.sign(second, person)
    assert "Until then version 1 holds." in text_of(as_(cast.supervisor).get("/agreements/"))


def test_with_three_people_two_of_them_do_not_settle_a_part(cast: Cast) -> None:
    ana = factories.person("Ana Ruiz")
    shared = factories.arrangement(
        cast.program, [cast.supervisor, ana], [cast.worker], structure="co_supervision"
    )
    draft = operations.draft(arrangement=shared, by=cast.supervisor)
    turn = helpers.suggest(draft, "purpose", "We learn.", by=cast.supervisor)
    form = {"answer": "take", "suggestion": str(turn.pk), "seen": "1"}
    part = helpers.clause(draft, "purpose")
    done = as_(cast.worker).post(url("answer", draft, part.pk), form, follow=True)
    assert "the others are asked to" in text_of(done)


def test_the_paper_does_not_say_that_it_held_before_it_was_signed(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    facts = dict(snapshot.read(agreement.open_offer.content)["facts"])
    assert "In force from" not in facts
    assert facts["Begins"].endswith("or once it is signed")
    assert facts["Written from"] == agreement.template_name
