"""Pages of a session, as the people it concerns see them."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.account.internal.flows import login
from django.test import Client
from django.urls import reverse

from supervision.records.models import Answer
from supervision.sessions import operations
from supervision.sessions.models import Session
from tests import factories

from . import makers


def client_of(person: Any, *, minutes_ago: float = 0) -> Client:
    """Signed in, by password, so many minutes ago."""
    client = Client()
    client.force_login(person)
    session = client.session
    at = time.time() - 60 * minutes_ago
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": at}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()
    return client


def url(name: str, row: Any) -> str:
    return reverse(f"sessions:{name}", args=[row.pk])


def body(response: Any) -> str:
    return response.content.decode()


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


# Record -------------------------------------------------------------------------------------------------------


def test_a_weekly_session_is_recorded_with_three_text_boxes(cast: Any) -> None:
    """The form as it comes, with strengths, main points and the name filled in, and nothing else touched."""
    session = makers.planned(cast)
    operations.add_item(session, by=cast.worker, text="Travel time")
    client = client_of(cast.supervisor)
    page = client.get(url("record", session))
    sent = as_it_comes(page)
    sent |= {
        "strengths": "She slowed down",
        "outcomes": "Ask Priya",
        "typed_name": "Dana Whitfield",
        "send": "signed",
    }
    response = client.post(url("record", session), sent)
    assert response.status_code == 302, body(response)
    session = makers.fresh(session)
    assert session.is_offered
    assert session.open_offer.answers.get().person == cast.supervisor
    assert session.next_session is not None
    assert (session.next_session.starts_at - session.starts_at).days in (6, 7)


def as_it_comes(response: Any) -> dict[str, Any]:
    """What a browser would send if nobody touched the form."""
    found: dict[str, Any] = {}
    for form in (response.context["form"], *response.context["agenda"], *response.context["steps"]):
        for bound in form:
            value = bound.value()
            if bound.widget_type in ("checkbox", "radioselect", "checkboxselectmultiple"):
                value = "on" if value is True else value or None
            elif value is None:
                value = next(iter(bound.field.choices))[0] if bound.widget_type == "select" else ""
            if value is not None and not bound.field.disabled:
                found[bound.html_name] = value
    for rows in (response.context["agenda"], response.context["steps"]):
        found[rows.total_name] = rows.total
    return found


def test_saving_for_later_keeps_everything_for_the_recorder_alone(cast: Any) -> None:
    session = makers.planned(cast)
    item = operations.add_item(session, by=cast.worker, text="Travel time")
    session = makers.fresh(session)
    client = client_of(cast.supervisor)
    sent = makers.record_post(
        cast,
        session,
        later="1",
        outcomes="",
        next_date="2027-05-04",
        next_start="14:00",
        next_place="Library",
        **{
            "agenda-0-outcome": "Ask Priya",
            "steps-TOTAL_FORMS": "1",
            "steps-0-what": "Ask Priya",
            "steps-0-who": str(cast.supervisor.pk),
            "steps-0-by": "2027-05-01",
        },
    )
    assert client.post(url("record", session), sent).status_code == 302
    session = makers.fresh(session)
    assert session.is_draft
    assert makers.fresh(item).outcome == "Ask Priya"
    page = body(client.get(url("record", session)))
    for kept in (makers.STRENGTHS, "Ask Priya", "2027-05-04", "Library", "2027-05-01"):
        assert kept in page


def test_a_record_sent_without_a_name_or_a_main_point_comes_back_complete(cast: Any) -> None:
    session = makers.planned(cast)
    sent = makers.record_post(cast, session, send="signed", outcomes="", strengths="Everything I typed")
    response = client_of(cast.supervisor).post(url("record", session), sent)
    assert response.status_code == 422
    assert "Add at least one main point or decision" in body(response)
    assert "Type your full name to sign" in body(response)
    assert "Everything I typed" in body(response)
    assert "<title>Error:" in body(response)
    assert makers.fresh(session).state == "planned"


def test_end_time_instead_of_minutes(cast: Any) -> None:
    session = makers.planned(cast)
    start = session.local_start.replace(hour=14, minute=0)
    given = {"start": "14:00", "date": start.date().isoformat(), "later": "1"}
    client = client_of(cast.supervisor)
    before = client.post(url("record", session), makers.record_post(cast, session, end="13:30", **given))
    assert before.status_code == 422
    assert "The session ends before it starts" in body(before)
    both = client.post(
        url("record", session), makers.record_post(cast, session, end="14:45", minutes="30", **given)
    )
    assert both.status_code == 422
    assert "say different things" in body(both)
    neither = client.post(url("record", session), makers.record_post(cast, session, minutes="", **given))
    assert neither.status_code == 422
    fine = client.post(url("record", session), makers.record_post(cast, session, end="14:45", **given))
    assert fine.status_code == 302
    assert makers.fresh(session).met[1] == 45
    assert client.get(url("record", session)).context["form"]["minutes"].value() == 45


def test_until_a_record_is_sent_the_others_see_the_plan_and_its_recorder_the_draft(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ago(30), minutes=50, modality="video")
    plan, met = session.local_start, makers.ago(78).astimezone(session.zone)
    given = {"date": met.date().isoformat(), "start": "08:07", "minutes": "35", "modality": "phone"}
    client, manager, worker = (client_of(p) for p in (cast.supervisor, cast.manager, cast.worker))
    sent = makers.record_post(cast, session, later="1", **given)
    assert client.post(url("record", session), sent).status_code == 302

    def pages(*clients: Client) -> list[str]:
        names = ("facts", "detail")
        found = [body(c.get(url(name, session))) for c in clients for name in names]
        return [*found, body(worker.get(reverse("sessions:list")))]

    for page in pages(worker, manager):
        assert "8:07" not in page
        assert "35 minutes" not in page
        assert "Phone" not in page
    for page in (body(worker.get(url("detail", session))), body(manager.get(url("facts", session)))):
        assert "50 minutes" in page
        assert "Video" in page
        assert f"{plan:%B} {plan.day}" in page
    for name in ("detail", "record", "send"):
        page = body(client.get(url(name, session)))
        assert "35" in page, name
        assert "8:07" in page or "08:07" in page, name
    operations.send(session, by=cast.supervisor)
    for page in (body(worker.get(url("detail", session))), body(manager.get(url("facts", session)))):
        assert "8:07" in page
        assert "35 minutes" in page
        assert "Phone" in page


def test_of_a_session_nobody_planned_the_others_see_the_day_until_it_is_sent(cast: Any) -> None:
    address = reverse("sessions:log") + f"?arrangement={cast.arrangement.pk}"
    sent = makers.record_post(cast, minutes="35", modality="phone", later="1")
    assert client_of(cast.supervisor).post(address, sent).status_code == 302
    session = Session.objects.get()
    own = body(client_of(cast.supervisor).get(url("detail", session)))
    assert "35 minutes" in own
    worker, manager = client_of(cast.worker), client_of(cast.manager)
    addresses = (url("detail", session), url("facts", session), reverse("sessions:list"))
    for page in [body(worker.get(a)) for a in addresses] + [body(manager.get(url("facts", session)))]:
        assert "35 minutes" not in page
        assert "Phone" not in page
    operations.send(session, by=cast.supervisor)
    assert "35 minutes" in body(manager.get(url("facts", session)))


def test_a_plan_comes_back_as_it_was_when_its_draft_is_thrown_away(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ago(30), minutes=50)
    draft = makers.draft(cast, session, starts_at=makers.ago(3), minutes=60)
    operations.discard(draft, by=cast.supervisor)
    after = makers.fresh(session)
    assert (after.starts_at, after.minutes) == (session.starts_at, 50)


def test_a_topic_that_came_in_meanwhile_is_merged_and_nothing_typed_is_lost(cast: Any) -> None:
    session = makers.planned(cast)
    client = client_of(cast.supervisor)
    sent = makers.record_post(
        cast, session, send="signed", typed_name="Dana Whitfield", strengths="What I wrote"
    )
    operations.add_item(session, by=cast.worker, text="One more thing")
    response = client.post(url("record", session), sent)
    assert response.status_code == 409
    page = body(response)
    assert "One more thing" in page
    assert "What I wrote" in page
    assert makers.fresh(session).state == "planned"
    again = client.post(url("record", session), as_it_comes(response) | {"send": "signed"})
    assert again.status_code == 302, body(again)
    session = makers.fresh(session)
    assert session.is_offered
    assert session.strengths == "What I wrote"
    assert [i.text for i in session.agenda.all()] == ["One more thing"]


def test_a_topic_added_while_the_record_is_written_reaches_its_open_form(cast: Any) -> None:
    session = makers.draft(cast)
    dana, marisol = client_of(cast.supervisor), client_of(cast.worker)
    sent = as_it_comes(dana.get(url("record", session)))
    assert "Until the record is sent you can still add" in body(marisol.get(url("detail", session)))
    assert "Until the record is sent you can still add" not in body(dana.get(url("detail", session)))
    empty = marisol.post(url("agenda_add", session), {"text": " ", "category": "work"})
    assert empty.status_code == 422
    assert "Say what you would like to talk about" in body(empty)
    added = marisol.post(url("agenda_add", session), {"text": "The van", "category": "work"}, follow=True)
    assert "finds it in the record, as a topic for next time" in body(added)
    response = dana.post(url("record", session), sent | {"send": "signed", "typed_name": "Dana Whitfield"})
    assert response.status_code == 409
    assert "The van" in body(response)
    assert dana.get(url("send", session)).status_code == 200
    again = dana.post(url("record", session), as_it_comes(response) | {"send": "signed"})
    assert again.status_code == 302, body(again)
    read = body(marisol.get(url("detail", session)))
    assert "The van" in read
    assert "Not reached, comes back next time" in read
    late = marisol.post(url("agenda_add", session), {"text": "Too late", "category": "work"})
    assert late.status_code == 409
    assert "Too late" in body(late)


def test_a_topic_added_while_the_record_is_read_through_is_not_sent_unseen(cast: Any) -> None:
    session = makers.draft(cast)
    dana = client_of(cast.supervisor)
    version = dana.get(url("send", session)).context["session"].version
    operations.add_item(session, by=cast.worker, text="The van")
    assert dana.post(url("send", session), {"version": version}).status_code == 409
    assert "The van" in body(dana.get(url("send", session)))
    private = operations.add_item(session, by=cast.worker, text="Mine", share=False)
    operations.send(session, by=cast.supervisor)
    following = makers.planned(cast, starts_at=makers.ahead())
    assert {i.text for i in following.agenda.all()} == {"The van", "Mine"}
    assert following.agenda.get(carried_from=private.pk).is_private


def test_what_one_typed_oneself_is_kept_beside_a_topic_that_came_in(cast: Any) -> None:
    """A form kept while typing, opened again after a topic came in, loses neither."""
    session = makers.draft(cast)
    dana = client_of(cast.supervisor)
    typed = as_it_comes(dana.get(url("record", session))) | {"outcomes": "Half a sentence", "page": "p"}
    dana.post(url("record", session), typed, headers={"X-Requested-With": "draft"})
    operations.add_item(session, by=cast.worker, text="The van")
    opened = dana.get(url("record", session))
    assert "Half a sentence" in body(opened)
    response = dana.post(url("record", session), as_it_comes(opened) | {"later": "1"})
    assert response.status_code == 409
    assert "Half a sentence" in body(response)
    assert "The van" in body(response)
    assert dana.post(url("record", session), as_it_comes(response) | {"later": "1"}).status_code == 302
    assert makers.fresh(session).outcomes == "Half a sentence"
    assert [i.text for i in session.agenda.all()] == ["The van"]


def test_a_draft_saved_elsewhere_shows_both_texts(cast: Any) -> None:
    session = makers.draft(cast)
    session = makers.fresh(session)
    sent = makers.record_post(cast, session, later="1", outcomes="Typed on the phone")
    operations.record(
        session, by=cast.supervisor, written=makers.written(cast, session, outcomes="Typed on the laptop")
    )
    client = client_of(cast.supervisor)
    response = client.post(url("record", session), sent)
    assert response.status_code == 409
    assert "Typed on the phone" in body(response)
    assert "Typed on the laptop" in body(response)
    assert makers.fresh(session).outcomes == "Typed on the laptop"
    assert client.post(url("record", session), as_it_comes(response) | {"later": "1"}).status_code == 302
    assert makers.fresh(session).outcomes == "Typed on the phone"


def test_a_double_click_ends_where_a_single_one_does(cast: Any) -> None:
    session = makers.planned(cast)
    client = client_of(cast.supervisor)
    sent = makers.record_post(cast, session, send="signed", typed_name="Dana Whitfield")
    first, second = client.post(url("record", session), sent), client.post(url("record", session), sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url == url("detail", session)


def test_what_was_typed_after_the_record_was_sent_is_shown_to_be_copied(cast: Any) -> None:
    session = makers.draft(cast)
    sent = makers.record_post(cast, makers.fresh(session), later="1", outcomes="Something else entirely")
    operations.send(session, by=cast.supervisor)
    response = client_of(cast.supervisor).post(url("record", session), sent)
    assert response.status_code == 409
    assert "Something else entirely" in body(response)


def test_logging_a_session_nobody_planned(cast: Any) -> None:
    client = client_of(cast.supervisor)
    address = reverse("sessions:log") + f"?arrangement={cast.arrangement.pk}"
    sent = makers.record_post(cast, ad_hoc="on", send="signed", typed_name="Dana Whitfield")
    first = client.post(address, sent)
    assert first.status_code == 302, body(first)
    session = Session.objects.get()
    assert (session.ad_hoc, session.is_offered, str(session.pk)) == (True, True, sent["key"])
    second = client.post(address, sent)
    assert (second.status_code, second.url) == (302, first.url)
    changed = client.post(address, sent | {"outcomes": "Written differently"})
    assert changed.status_code == 409
    assert "Written differently" in body(changed)
    assert Session.objects.count() == 1


def test_only_who_leads_can_log(cast: Any) -> None:
    assert client_of(cast.worker).get(reverse("sessions:log")).status_code == 403
    theirs = reverse("sessions:log") + f"?arrangement={cast.other_arrangement.pk}"
    assert client_of(cast.supervisor).get(theirs).status_code == 404


def test_rows_are_added_and_removed_without_script(cast: Any) -> None:
    session = makers.planned(cast)
    client = client_of(cast.supervisor)
    sent = makers.record_post(cast, session, add="steps", strengths="Kept")
    page = client.post(url("record", session), sent)
    assert page.status_code == 200
    assert "steps-0-what" in body(page)
    assert "Kept" in body(page)
    assert makers.fresh(session).state == "planned"


# Signing ------------------------------------------------------------------------------------------------------


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
    other = client_of(cast.supervisor).post(url("addendum", session), sent)
    assert other.status_code == 409
    assert session.addenda.count() == 1


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
