"""Pages of sessions: who gets in, planning, the agenda."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from supervision.sessions import operations
from supervision.sessions.models import Session
from tests import factories

from . import makers
from .pages import body, client_of, url


@pytest.mark.parametrize("stage", ["planned", "draft", "sent", "signed_by_recorder", "sealed"])
def test_every_stage_has_a_page_for_both(cast: Any, stage: str) -> None:
    session = getattr(makers, stage)(cast)
    for person in (cast.supervisor, cast.worker):
        assert client_of(person).get(url("detail", session)).status_code == 200


def test_every_form_page_opens(cast: Any) -> None:
    planned = makers.planned(cast, starts_at=makers.ago(2))
    client = client_of(cast.supervisor)
    for name in ("move", "cancel", "missed", "agenda_add", "record"):
        assert client.get(url(name, planned)).status_code == 200, name
    sent = makers.signed_by_recorder(cast, makers.planned(cast, starts_at=makers.ago(50)))
    assert client.get(url("take_back", sent)).status_code == 200
    worker = client_of(cast.worker)
    for name in ("sign", "decline", "ask_for_change"):
        assert worker.get(url(name, sent)).status_code == 200, name
    for name in ("list", "log"):
        assert client.get(reverse(f"sessions:{name}")).status_code == 200, name
    log = reverse("sessions:log") + f"?arrangement={cast.arrangement.pk}"
    assert client.get(log).status_code == 200
    assert client.get(reverse("sessions:plan", args=[cast.arrangement.pk])).status_code == 200


# Who gets in ----------------------------------------------------------------------------------------------------


def test_a_manager_sees_the_facts_and_not_a_word(cast: Any) -> None:
    session = makers.sealed(cast, place="Behind the heron pond")
    client = client_of(cast.manager)
    refused = client.get(url("detail", session))
    assert refused.status_code == 403
    assert url("facts", session) in body(refused)
    facts = client.get(url("facts", session))
    assert facts.status_code == 200
    assert "1 hour" in body(facts)
    assert "Signed by both" in body(facts)
    for page in (refused, facts):
        assert makers.CANARY not in body(page)
        assert makers.OUTCOMES not in body(page)


def test_in_supervision_of_supervision_the_facts_call_nobody_a_peer_worker(cast: Any) -> None:
    arrangement = factories.arrangement(
        cast.program, [cast.supervisor], [cast.other_supervisor], structure="of_supervision"
    )
    session = operations.plan(arrangement, by=cast.supervisor, starts_at=makers.ahead(1))
    page = body(client_of(cast.manager).get(url("facts", session)))
    assert "Supervisee" in page
    assert "Peer worker" not in page


def test_from_the_facts_everybody_finds_the_way_back(cast: Any) -> None:
    session = makers.sealed(cast)
    page = client_of(cast.manager).get(url("facts", session))
    assert page.context["back_label"] == cast.worker.name
    assert client_of(cast.manager).get(page.context["back_url"]).status_code == 200
    assert f'class="back" href="{page.context["back_url"]}"' in body(page)
    page = client_of(cast.worker).get(url("facts", session))
    assert page.context["back_url"] == reverse("sessions:list")
    group, _people = makers.group(cast)
    session = operations.plan(group, by=cast.supervisor, starts_at=makers.ahead())
    page = client_of(cast.manager).get(url("facts", session))
    assert client_of(cast.manager).get(page.context["back_url"]).status_code == 200


def test_time_zones_are_called_what_people_call_them(cast: Any) -> None:
    session = makers.planned(cast)
    client = client_of(cast.supervisor)
    plan = reverse("sessions:plan", args=[cast.arrangement.pk])
    for page in (client.get(url("record", session)), client.get(plan)):
        assert "Eastern: New York" in body(page)
        assert "America/New_York" not in body(page)


def test_what_is_said_of_managers_is_what_they_see(cast: Any) -> None:
    said = "Program managers see the facts in the log: when, how long and how you met, who was there, structure and focus"
    session = makers.planned(cast, modality="phone")
    client = client_of(cast.supervisor)
    assert said in body(client.get(url("record", session)))
    makers.draft(cast, session, ad_hoc=True, methods=["role_play"], modality="phone")
    assert said in body(client.get(url("send", session)))
    operations.send(session, by=cast.supervisor)
    assert said in body(client.get(url("detail", session)))
    facts = body(client_of(cast.manager).get(url("facts", session)))
    for label in ("When", "Length", "How you met", "Structure", "What it was about", "Touched on"):
        assert f"<dt>{label}</dt>" in facts, label
    for shown in ("Phone", "Growth", "Role play", "Extra session", "Who was there", "Signatures"):
        assert shown in facts, shown


@pytest.mark.parametrize("who", ["outsider", "administrator", "other_supervisor", "other_manager"])
def test_for_everybody_else_it_does_not_exist(cast: Any, who: str) -> None:
    session = makers.sealed(cast)
    client = client_of(getattr(cast, who))
    for name in ("detail", "facts", "pdf", "record", "sign", "take_back", "addendum"):
        assert client.get(url(name, session)).status_code == 404, name


def test_a_draft_shows_the_others_that_it_is_being_written_and_nothing_of_it(cast: Any) -> None:
    session = makers.draft(cast, place="Behind the heron pond", purposes=["normative"], methods=["role_play"])
    for person in (cast.worker, cast.manager):
        for name in ("detail", "facts"):
            page = body(client_of(person).get(url(name, session)))
            assert makers.CANARY not in page
            assert makers.OUTCOMES not in page
            assert "Role play" not in page
    assert "being written up" in body(client_of(cast.worker).get(url("detail", session)))
    assert client_of(cast.worker).get(url("record", session)).status_code == 403


def test_a_private_topic_is_404_for_the_other_and_on_no_page_of_theirs(cast: Any) -> None:
    session = makers.planned(cast)
    item = operations.add_item(session, by=cast.worker, text="The heron and me", share=False)
    dana = client_of(cast.supervisor)
    assert dana.get(url("agenda_item", item)).status_code == 404
    assert dana.post(url("agenda_item", item), {"verb": "share"}).status_code == 404
    for name in ("detail", "record", "facts"):
        assert "heron" not in body(dana.get(url(name, session)))
    assert "The heron and me" in body(client_of(cast.worker).get(url("detail", session)))


def test_who_is_marked_absent_keeps_their_private_topic_while_the_record_is_written(cast: Any) -> None:
    group, (one, absent, *_others) = makers.group(cast)
    session = operations.plan(group, by=cast.supervisor, starts_at=makers.ago())
    item = operations.add_item(session, by=absent, text="The heron and me", share=False)
    there = {cast.supervisor.pk: 60, one.pk: 60}
    operations.record(session, by=cast.supervisor, written=makers.written(cast, session, attended=there))
    client = client_of(absent)
    page = client.get(url("agenda_item", item))
    assert page.status_code == 200
    assert "The heron and me" in body(page)
    assert client.get(page.context["back_url"]).status_code == 200
    typed = {"verb": "save", "text": "The heron, again", "category": "work", "private": "on"}
    saved = client.post(url("agenda_item", item), typed, follow=True)
    assert saved.status_code == 200
    assert makers.fresh(item).text == "The heron, again"
    shared = client.post(url("agenda_item", item), {"verb": "share"})
    assert shared.status_code == 409, "nobody adds to a record of a session at which they were not"
    for person in (cast.supervisor, one):
        assert client_of(person).get(url("agenda_item", item)).status_code == 404
    operations.send(session, by=cast.supervisor)
    following = operations.plan(group, by=cast.supervisor, starts_at=makers.ahead())
    assert [i.text for i in following.agenda.shown_to(absent)] == ["The heron, again"]
    assert client.post(url("agenda_item", item), {"verb": "remove"}).status_code == 409


def test_what_is_not_possible_yet_is_not_said_to_have_changed(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(3))
    page = body(client_of(cast.worker).get(url("missed", session)))
    assert "It has not started yet" in page
    assert "Not possible now" in page
    assert "theirs is saved" not in page
    sent = {"why": "work", "note": "My own words", "version": session.version}
    operations.add_item(session, by=cast.supervisor, text="New")
    page = body(client_of(cast.worker).post(url("cancel", session), sent))
    assert "This changed meanwhile" in page
    assert "theirs is saved" in page


def test_openings_are_logged_before_the_words_and_not_for_the_author(cast: Any) -> None:
    from supervision.records.models import Opening

    session = makers.signed_by_recorder(cast)
    client_of(cast.supervisor).get(url("detail", session))
    assert not Opening.objects.exists()
    client_of(cast.worker).get(url("detail", session))
    opening = Opening.objects.get()
    assert (opening.by, opening.record_id, opening.why) == (cast.worker, session.pk, "party")
    client_of(cast.manager).get(url("detail", session))
    assert Opening.objects.count() == 1


# Planning -----------------------------------------------------------------------------------------------------


def plan_post(**given: Any) -> dict[str, Any]:
    when = makers.ahead(3)
    values = {
        "date": when.date().isoformat(),
        "start": "14:00",
        "minutes": "50",
        "modality": "video",
        "place": "Room 2",
        "key": str(makers.key()),
    }
    return values | given


def test_planning_in_the_planners_time_zone(cast: Any) -> None:
    address = reverse("sessions:plan", args=[cast.arrangement.pk])
    sent = plan_post()
    response = client_of(cast.worker).post(address, sent)
    session = Session.objects.get()
    assert response.url == url("detail", session)
    assert session.time_zone == "America/New_York"
    assert f"{session.local_start:%H:%M}" == "14:00"
    assert (session.minutes, session.modality, session.place) == (50, "video", "Room 2")
    client_of(cast.worker).post(address, sent)
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"date": "2020-01-01"}, "This time has passed"),
        ({"date": "2027-03-14", "start": "02:30"}, "The clocks go forward"),
        ({"date": "31/12/2030"}, "Enter a date that exists"),
        ({"date": ""}, "Enter a date"),
        ({"start": "25:00"}, "Enter a time"),
        ({"minutes": "0"}, "between 1 and 720"),
        ({"modality": "pigeon"}, "Choose one of the answers"),
        ({"date": "2190-01-01"}, "within the next two years"),
    ],
)
def test_a_plan_that_cannot_be_is_explained_beside_its_field(
    cast: Any, given: dict[str, str], said: str
) -> None:
    address = reverse("sessions:plan", args=[cast.arrangement.pk])
    response = client_of(cast.worker).post(address, plan_post(**given))
    assert response.status_code == 422
    assert said in body(response)
    assert "Room 2" in body(response)
    assert not Session.objects.exists()


def test_planning_with_strangers_is_refused(cast: Any) -> None:
    address = reverse("sessions:plan", args=[cast.arrangement.pk])
    assert client_of(cast.outsider).get(address).status_code == 404
    assert client_of(cast.manager).get(address).status_code == 403
    assert client_of(cast.manager).post(address, plan_post()).status_code == 403


def test_cancelling_and_finding_a_new_time(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(3))
    client = client_of(cast.worker)
    sent = {"why": "work", "note": "The warm line", "version": session.version}
    assert client.post(url("cancel", session), sent).status_code == 302
    page = body(client.get(url("detail", session)))
    assert "Needed at work" in page
    assert "The warm line" in page
    assert "The warm line" not in body(client_of(cast.manager).get(url("facts", session)))
    again = client.post(url("rebook", session), plan_post())
    assert again.status_code == 302
    assert makers.fresh(session).moved_to is not None


def test_a_plan_changed_meanwhile_is_not_cancelled_unseen(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(3))
    operations.add_item(session, by=cast.supervisor, text="New")
    sent = {"why": "work", "note": "My own words", "version": session.version}
    response = client_of(cast.worker).post(url("cancel", session), sent)
    assert response.status_code == 409
    assert "My own words" in body(response)
    assert makers.fresh(session).state == "planned"


def test_the_form_calls_its_fields_the_same_however_it_comes_back(cast: Any) -> None:
    """Fresh, refused (422), after a row button, and merged with what somebody changed meanwhile (409)."""
    session = makers.planned(cast)
    client, address = client_of(cast.supervisor), url("record", session)
    post = makers.record_post(cast, session, outcomes="")
    fresh = client.get(address)
    refused = client.post(address, post | {"start": ""})
    row = client.post(address, post | {"add": "agenda"})
    operations.add_item(session, by=cast.worker, text="New meanwhile")
    late = client.post(address, post)
    assert [page.status_code for page in (fresh, refused, row, late)] == [200, 422, 200, 409]

    def labels(page: Any) -> list[str]:
        found = re.findall(
            r'<(?:label|legend)[^>]*class="form-label"[^>]*>(.*?)</(?:label|legend)>', body(page)
        )
        said = [re.sub(r"<[^>]+>|\s+", " ", text).strip() for text in found]
        return [
            text for text in said if text.startswith(("Minutes", "Or end", "Main points", "Date", "Start"))
        ]

    assert labels(fresh)
    assert labels(refused) == labels(row) == labels(late) == labels(fresh)
    assert (
        client.post(address, makers.record_post(cast, makers.fresh(session), minutes="")).status_code == 422
    )


# Agenda -------------------------------------------------------------------------------------------------------


def test_adding_from_the_home_page_and_keeping_to_oneself(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(3))
    client = client_of(cast.worker)
    client.post(url("agenda_add", session), {"text": "Travel time", "category": "work"})
    client.post(url("agenda_add", session), {"text": "The shift", "category": "work", "private": "on"})
    assert {(i.text, i.is_private) for i in session.agenda.all()} == {
        ("Travel time", False),
        ("The shift", True),
    }
    empty = client.post(url("agenda_add", session), {"text": " ", "category": "work"})
    assert empty.status_code == 422
    assert "Say what you would like to talk about" in body(empty)


def test_a_double_click_adds_one_topic(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(3))
    client = client_of(cast.worker)
    for where in (url("detail", session), reverse("home")):
        page = body(client.get(where))
        key = page.split('name="key" value="')[1].split('"')[0]
        sent = {"text": "Travel time", "category": "work", "key": key}
        first, second = (client.post(url("agenda_add", session), sent) for _ in range(2))
        assert (second.status_code, second.url) == (302, first.url)
    assert session.agenda.count() == 2
    forged = client_of(cast.supervisor).post(url("agenda_add", session), sent | {"text": "Another"})
    assert forged.status_code == 409
    assert [i.text for i in session.agenda.all()] == ["Travel time"] * 2


def test_a_topic_is_changed_shared_and_removed_without_script(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(3))
    item = operations.add_item(session, by=cast.worker, text="The shift", share=False)
    client = client_of(cast.worker)
    sent = {"verb": "save", "text": "The extra shift", "category": "work", "private": "on"}
    client.post(url("agenda_item", item), sent)
    assert (makers.fresh(item).text, makers.fresh(item).is_private) == ("The extra shift", True)
    client.post(url("agenda_item", item), {"verb": "share"})
    assert not makers.fresh(item).is_private
    client.post(url("agenda_item", item), {"verb": "remove"})
    assert not session.agenda.exists()
    assert client.get(url("agenda_item", item)).status_code == 404


def test_a_full_agenda_takes_no_private_topic_in_and_says_so(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(3))
    private = operations.add_item(session, by=cast.worker, text="The shift", share=False)
    for number in range(60):
        operations.add_item(session, by=cast.supervisor, text=f"Ours {number}")
    client = client_of(cast.worker)
    typed = {"verb": "save", "text": "The shift, in my words", "category": "work"}
    for sent in ({"verb": "share"}, typed):
        response = client.post(url("agenda_item", private), sent)
        assert response.status_code == 422
        assert "This agenda is full" in body(response)
        assert "The shift" in body(response)
    assert "The shift, in my words" in body(response)
    assert makers.fresh(private).is_private


def test_suggestions_are_added_or_left(cast: Any) -> None:
    from supervision.notices import operations as notices

    session = makers.planned(cast, starts_at=makers.ahead(3))
    one = notices.suggest(cast.arrangement, kind="review", title="Look again", source=session)
    client = client_of(cast.worker)
    assert "Look again" in body(client.get(url("detail", session)))
    address = reverse("sessions:suggestion", args=[session.pk, one.pk])
    assert client.post(address, {"answer": "take"}).status_code == 302
    assert [i.text for i in session.agenda.all()] == ["Look again"]
    assert client.post(address, {"answer": "take"}).status_code == 409
