"""A session record that was sent: reading, signing, declining, adding to it; and the list of sessions."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from supervision.records.models import Answer
from supervision.sessions import operations

from . import makers
from .pages import body, client_of, url


def sign_post(page: Any, **given: Any) -> dict[str, Any]:
    seen = page.context["form"].initial["seen"]
    return {"seen": seen, "record": "on", "attendance": "on", "typed_name": "Marisol Vega"} | given


def test_reading_and_signing_seals_it(cast: Any) -> None:
    session = makers.signed_by_recorder(cast)
    client = client_of(cast.worker)
    page = client.get(url("detail", session))
    assert makers.OUTCOMES in body(page)
    sent = sign_post(page, statement="I would add the van.")
    assert client.post(url("sign", session), sent).status_code == 302
    read = body(client.get(url("detail", session)))
    assert "Sealed" in read
    assert "I would add the van." in read
    answers = Answer.objects.count()
    assert "answered this already" in body(client.post(url("sign", session), sent, follow=True))
    assert Answer.objects.count() == answers


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"typed_name": ""}, "Type your full name"),
        ({"record": "", "attendance": ""}, "Tick what you are signing"),
    ],
)
def test_a_signature_that_lacks_something_says_what(cast: Any, given: dict[str, str], said: str) -> None:
    session = makers.signed_by_recorder(cast)
    client = client_of(cast.worker)
    sent = sign_post(client.get(url("detail", session)), statement="My words", **given)
    sent = {name: value for name, value in sent.items() if value}
    response = client.post(url("sign", session), sent)
    assert response.status_code == 422
    assert said in body(response)
    assert "My words" in body(response)
    assert not makers.fresh(session).is_sealed


def test_a_text_changed_meanwhile_is_not_signed(cast: Any) -> None:
    session = makers.signed_by_recorder(cast)
    client = client_of(cast.worker)
    sent = sign_post(client.get(url("detail", session)), statement="My words")
    operations.take_back(session, by=cast.supervisor)
    makers.signed_by_recorder(cast, makers.fresh(session), outcomes="Another text")
    response = client.post(url("sign", session), sent)
    assert response.status_code == 409
    assert "My words" in body(response)
    assert not makers.fresh(session).is_sealed


def test_an_old_login_signs_again_with_nothing_lost(cast: Any) -> None:
    session = makers.signed_by_recorder(cast)
    client = client_of(cast.worker, minutes_ago=60)
    sent = sign_post(client.get(url("detail", session)), statement="My own words")
    response = client.post(url("sign", session), sent)
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_reauthenticate"))
    assert not makers.fresh(session).is_sealed
    back = client_of(cast.worker)
    page = back.get(url("sign", session) + "?kept=1")
    assert "My own words" in body(page)
    assert "Marisol Vega" in body(page)
    assert "My own words" not in body(client_of(cast.supervisor).get(url("detail", session)))
    assert back.post(url("sign", session), sent).status_code == 302
    assert makers.fresh(session).is_sealed
    from supervision.records.models import Draft

    assert not Draft.objects.exists()


def test_a_recorder_with_an_old_login_loses_nothing_either(cast: Any) -> None:
    session = makers.planned(cast)
    client = client_of(cast.supervisor, minutes_ago=60)
    sent = makers.record_post(
        cast, session, send="signed", typed_name="Dana Whitfield", strengths="All of it"
    )
    response = client.post(url("record", session), sent)
    assert response.url.startswith(reverse("account_reauthenticate"))
    page = client_of(cast.supervisor).get(url("record", session) + "?kept=1")
    assert page.status_code == 200
    assert "All of it" in body(page)


def test_the_limits_come_first_with_nothing_lost(cast: Any) -> None:
    from django.utils import timezone

    from supervision.people.models import Participation

    newcomer = cast.outsider  # has not read the limits
    Participation.objects.create(
        arrangement=cast.arrangement, person=newcomer, part="supervisee", joined_on=timezone.localdate()
    )
    there = {person.pk: 60 for person in (cast.supervisor, cast.worker, newcomer)}
    session = makers.signed_by_recorder(cast, attended=there)
    client = client_of(newcomer)
    sent = sign_post(client.get(url("detail", session)), statement="My own words", typed_name=newcomer.name)
    response = client.post(url("sign", session), sent)
    assert response.url.startswith(reverse("people:limits"))
    assert "kept" in response.url
    assert not session.open_offer.answers.filter(person=newcomer).exists()
    assert "My own words" in kept_words(newcomer)


def kept_words(person: Any) -> str:
    from supervision.records.models import Draft

    return str([draft.text for draft in Draft.objects.filter(person=person)])


def test_declining_asking_for_a_change_and_taking_back(cast: Any) -> None:
    session = makers.signed_by_recorder(cast)
    worker, dana = client_of(cast.worker), client_of(cast.supervisor)
    assert worker.post(url("ask_for_change", session), {"reason": ""}).status_code == 422
    assert worker.post(url("ask_for_change", session), {"reason": "The date is wrong"}).status_code == 302
    for client in (worker, dana):
        shown = body(client.get(url("detail", session)))
        assert "asked for a change" in shown
        assert "The date is wrong" in shown
    session = makers.signed_by_recorder(cast, makers.fresh(session))
    assert dana.post(url("take_back", session), {"reason": ""}).status_code == 302
    session = makers.signed_by_recorder(cast, makers.fresh(session))
    page = worker.get(url("decline", session))
    sent = {
        "seen": page.context["form"].initial["seen"],
        "reason": "Not what I said",
        "typed_name": "Marisol Vega",
        "attendance": "on",
    }
    assert worker.post(url("decline", session), sent).status_code == 302
    read = body(dana.get(url("detail", session)))
    assert "Not what I said" in read
    assert "Did not sign" in read
    assert "Not what I said" not in body(client_of(cast.manager).get(url("facts", session)))


def test_closing_too_early_says_until_when(cast: Any) -> None:
    session = makers.signed_by_recorder(cast)
    response = client_of(cast.supervisor).get(url("close", session))
    assert response.status_code == 409
    assert "Everybody has until" in body(response)


def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """The days for answering have passed."""
    monkeypatch.setattr("supervision.people.answering.closes_from", lambda offer: makers.ago(1))


@pytest.mark.parametrize("what", ["record", "addendum"])
def test_closing_with_an_old_login_asks_who_it_is_and_keeps_the_reason(
    cast: Any, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    long_ago(monkeypatch)
    if what == "record":
        row: Any = makers.signed_by_recorder(cast)
        address = url("close", row)
    else:
        given = {"reason": "r", "text": "t", "evidence": makers.evidence(cast.supervisor)}
        row = operations.add_addendum(makers.sealed(cast), by=cast.supervisor, **given)
        address = url("addendum_close", row)
    sent = {"reason": "Marisol has been away for a month"}
    empty = client_of(cast.supervisor, minutes_ago=60).post(address, {"reason": ""})
    assert empty.status_code == 422
    response = client_of(cast.supervisor, minutes_ago=60).post(address, sent)
    assert response.url.startswith(reverse("account_reauthenticate"))
    assert not makers.fresh(row).is_sealed
    client = client_of(cast.supervisor)
    page = client.get(address + "?kept=1")
    assert page.status_code == 200
    assert sent["reason"] in body(page)
    assert client.post(address, sent).status_code == 302
    assert makers.fresh(row).is_sealed
    assert not kept_words(cast.supervisor).strip("[]")


def test_sending_a_saved_draft_after_reading_it_through(cast: Any) -> None:
    session = makers.draft(cast)
    client = client_of(cast.supervisor)
    page = client.get(url("send", session))
    assert makers.OUTCOMES in body(page)
    stale = client.post(url("send", session), {"version": "1"})
    assert stale.status_code == 409
    version = page.context["session"].version
    assert client.post(url("send", session), {"version": version}).status_code == 302
    assert makers.fresh(session).is_offered


# Addenda, PDF, actions ------------------------------------------------------------------------------------------


def test_adding_to_a_sealed_record_and_answering(cast: Any) -> None:
    session = makers.sealed(cast)
    worker, dana = client_of(cast.worker), client_of(cast.supervisor)
    sent = {"reason": "The date", "text": "It was the ninth", "typed_name": "Marisol Vega"}
    assert worker.post(url("addendum", session), sent).status_code == 302
    assert "It was the ninth" in body(dana.get(url("detail", session)))
    addendum = session.addenda.get()
    page = dana.get(url("addendum_sign", addendum))
    seen = page.context["form"].initial["seen"]
    lacking = dana.post(
        url("addendum_sign", addendum), {"seen": seen, "typed_name": "D", "answer": "decline"}
    )
    assert lacking.status_code == 422
    sent = {"seen": seen, "typed_name": "Dana Whitfield", "answer": "sign"}
    assert dana.post(url("addendum_sign", addendum), sent).status_code == 302
    assert makers.fresh(addendum).is_sealed


@pytest.mark.parametrize("what", ["sign", "decline", "addendum_sign"])
def test_an_answer_sent_twice_leads_to_the_record(cast: Any, what: str) -> None:
    session = makers.signed_by_recorder(cast)
    row: Any = session
    if what == "addendum_sign":
        makers.sign(session, cast.worker)
        row = operations.add_addendum(
            makers.fresh(session),
            by=cast.supervisor,
            reason="The date",
            text="It was the ninth",
            evidence=makers.evidence(cast.supervisor),
        )
    worker = client_of(cast.worker)
    seen = worker.get(url(what, row)).context["form"].initial["seen"]
    sent = {"seen": seen, "typed_name": "Marisol Vega", "record": "on", "attendance": "on"}
    sent |= {"reason": "It was not so.", "answer": "sign"}
    assert worker.post(url(what, row), sent).status_code == 302
    again = worker.post(url(what, row), sent, follow=True)
    assert again.redirect_chain[-1] == (url("detail", session), 302)
    assert again.status_code == 200
    assert "answered this already" in body(again)


def test_a_double_click_adds_one_addendum(cast: Any) -> None:
    session = makers.sealed(cast)
    client = client_of(cast.worker)
    page = client.get(url("addendum", session))
    sent = {"reason": "The date", "text": "It was the ninth", "typed_name": "Marisol Vega"}
    sent["key"] = str(page.context["form"]["key"].value())
    assert sent["key"] in body(page)
    first, second = (client.post(url("addendum", session), sent) for _ in range(2))
    assert (second.status_code, second.url) == (302, first.url)
    assert session.addenda.count() == 1
    theirs = {**sent, "typed_name": "Dana Whitfield"}
    assert client_of(cast.supervisor).post(url("addendum", session), theirs).status_code == 302
    assert [one.author for one in session.addenda.order_by("number")] == [cast.worker, cast.supervisor]


def test_the_pdf_is_for_the_parties_and_logged(cast: Any) -> None:
    from django.db import transaction

    from supervision.records.models import Document, Opening, Seal

    session = makers.sealed(cast)
    assert client_of(cast.worker).get(url("pdf", session)).status_code == 409
    seal = Seal.objects.get(record_id=session.pk)
    with transaction.atomic():
        Document(
            seal=seal, record_id=session.pk, pdf=b"%PDF", sha256="a" * 64, size=4, certificate="f"
        ).save()
    response = client_of(cast.worker).get(url("pdf", session))
    assert (response.status_code, response.content) == (200, b"%PDF")
    assert Opening.objects.filter(action="downloaded", by=cast.worker).count() == 1
    assert client_of(cast.manager).get(url("pdf", session)).status_code == 403
    assert client_of(cast.outsider).get(url("pdf", session)).status_code == 404


def test_a_tick_goes_back_where_it_came_from_and_never_elsewhere(cast: Any) -> None:
    action = makers.sealed(cast, steps=[makers.step(cast.worker)]).actions.get()
    client = client_of(cast.worker)
    done = client.post(url("action_done", action), {"next": "/sessions/"})
    assert done.url == "/sessions/"
    assert client.post(url("action_done", action)).status_code == 409
    away = client.post(url("action_reopen", action), {"next": "https://elsewhere.example/"})
    assert away.url == reverse("home")
    assert client.get(url("action_done", action)).status_code == 405
    assert client.post(url("action_drop", action), {"reason": ""}).status_code == 422
    assert client.post(url("action_drop", action), {"reason": "Not now"}).status_code == 302


# The list -----------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_state_and_person_in_its_address(cast: Any) -> None:
    planned = makers.planned(cast, starts_at=makers.ahead(3))
    signed = makers.signed_by_recorder(cast, makers.planned(cast, starts_at=makers.ago(50)))
    sealed = makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(90)))
    group, people = makers.group(cast)
    other = operations.plan(group, by=cast.supervisor, starts_at=makers.ahead(4))

    def shown(person: Any, query: str, status: int = 200) -> set[Any]:
        response = client_of(person).get(reverse("sessions:list") + query)
        assert response.status_code == status
        return {row["session"].pk for name in ("coming", "rows") for row in response.context[name]}

    assert shown(cast.worker, "") == {planned.pk, signed.pk, sealed.pk, other.pk}
    assert shown(cast.worker, "?state=sign") == {signed.pk}
    assert shown(cast.supervisor, "?state=sign") == set()
    assert shown(cast.supervisor, "?state=others") == {signed.pk}
    assert shown(cast.worker, "?state=signed") == {sealed.pk}
    assert shown(cast.supervisor, f"?state=planned&who={people[1].pk}") == {other.pk}
    assert shown(people[1], "") == {other.pk}
    assert shown(cast.other_supervisor, "") == set()
    for odd in ("?state=nonsense", "?who=nonsense", "?who=00000000-0000-4000-8000-000000000000", "?since=x"):
        shown(cast.worker, odd, 422)


def test_the_list_turns_pages_without_losing_or_repeating(cast: Any) -> None:
    for number in range(30):
        makers.planned(cast, starts_at=makers.ahead(1 + number))
    client = client_of(cast.worker)
    address, seen = reverse("sessions:list"), []
    query = "?state=planned"
    for _ in range(5):
        response = client.get(address + query)
        seen += [row["session"].pk for row in response.context["rows"]]
        query = response.context["page"].older
        if not query:
            break
    assert len(seen) == len(set(seen)) == 30
    assert client.get(address + "?at=nonsense").status_code == 400


def test_the_recorders_own_reading_is_logged_once_others_have_said_something(cast: Any) -> None:
    from supervision.records.models import Opening

    session = makers.signed_by_recorder(cast)
    makers.sign(session, cast.worker, statement="I would add the van.")
    client_of(cast.supervisor).get(url("detail", session))
    assert Opening.objects.filter(by=cast.supervisor, record_id=session.pk).count() == 1
    given = {"reason": "r", "text": "t", "evidence": makers.evidence(cast.worker)}
    addendum = operations.add_addendum(makers.fresh(session), by=cast.worker, **given)
    client_of(cast.supervisor).get(url("detail", session))
    assert Opening.objects.filter(by=cast.supervisor, record_id=addendum.pk).count() == 1


def test_who_sits_in_another_time_zone_sees_both_times(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(3))
    assert "Where it takes place" not in body(client_of(cast.worker).get(url("detail", session)))
    cast.worker.time_zone = "Europe/Berlin"
    cast.worker.save()
    page = body(client_of(cast.worker).get(url("detail", session)))
    assert "Where it takes place" in page
    assert f"({session.local_start.tzname()})" in page


def test_a_draft_is_thrown_away_only_after_asking(cast: Any) -> None:
    session = makers.draft(cast)
    client = client_of(cast.supervisor)
    assert "Throw this draft away" in body(client.get(url("discard", session)))
    assert makers.fresh(session).is_draft
    assert client.post(url("discard", session)).status_code == 302
    assert makers.fresh(session).state == "planned"


def test_in_a_group_minutes_follow_the_session_unless_somebody_left_early(cast: Any) -> None:
    group, people = makers.group(cast)
    session = operations.plan(group, by=cast.supervisor, starts_at=makers.ago(2), zone="America/New_York")
    everybody = [cast.supervisor, *people]
    sent = makers.record_post(cast, session, minutes="90", later="1")
    sent |= {f"there-{p.pk}": "on" for p in everybody[:-1]}
    sent |= {f"there-{p.pk}-minutes": "60" for p in everybody}
    sent[f"there-{people[1].pk}-minutes"] = "30"
    assert client_of(cast.supervisor).post(url("record", session), sent).status_code == 302
    kept = {row.person_id: (row.attended, row.minutes) for row in makers.fresh(session).attendees.all()}
    assert kept[people[0].pk] == (True, 90)
    assert kept[people[1].pk] == (True, 30)
    assert kept[people[-1].pk] == (False, 0)


def test_pages_of_a_record_name_those_who_read_it_and_not_who_was_away(cast: Any) -> None:
    group, people = makers.group(cast)
    for person, name in zip(people, ("Ada Loe", "Bo Wren", "Cy Finch"), strict=False):
        type(person).objects.filter(pk=person.pk).update(name=name)
    session = operations.plan(group, by=cast.supervisor, starts_at=makers.ago())
    there = {cast.supervisor.pk: 60, people[0].pk: 60, people[1].pk: 60}
    session = operations.record(
        session, by=cast.supervisor, written=makers.written(cast, session, attended=there)
    )
    dana, reader = client_of(cast.supervisor), client_of(people[0])
    assert "Ada and Bo will read" in body(dana.get(url("send", session)))
    # What the draft says of who was there is its recorder's alone.
    assert "Cy" in reader.get(url("detail", session)).context["names"]
    sent = dana.post(url("send", session), {"version": makers.fresh(session).version}, follow=True)
    assert "Sent to Ada and Bo." in body(sent)
    assert "You and Dana and Bo see everything here." in body(reader.get(url("detail", session)))


def test_taking_back_and_asking_for_a_change_twice_leads_to_the_session(cast: Any) -> None:
    session = makers.signed_by_recorder(cast)
    for person, name, sent in (
        (cast.worker, "ask_for_change", {"reason": "The date"}),
        (cast.supervisor, "take_back", {"reason": ""}),
    ):
        client = client_of(person)
        first, second = (client.post(url(name, session), sent) for _ in range(2))
        assert (first.status_code, second.status_code, second.url) == (302, 302, url("detail", session))
        session = makers.fresh(session)
        if name == "ask_for_change":
            operations.sign_and_send(session, by=cast.supervisor, evidence=makers.evidence(cast.supervisor))
