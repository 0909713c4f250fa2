"""The form of a session record: writing, saving, merging what came in meanwhile."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from supervision.sessions import operations
from supervision.sessions.models import Session

from . import makers
from .pages import body, client_of, url


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
    assert (session.ad_hoc, session.is_offered) == (True, True)
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
