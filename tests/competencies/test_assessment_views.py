"""Pages of assessments: each part blind for the other, both views side by side, what is signed, and that nothing typed is lost."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from competencies.assessments import operations
from competencies.models import Assessment, Goal
from competencies.rating import marks as marking
from supervision.records import certificate, drafts
from supervision.records.models import Document, Opening
from tests.overview.builders import queries_of, signed_in
from tests.people.helpers import run_jobs
from tests.sessions import makers
from tests.sessions.pages import client_of

from . import assessment_makers as make
from . import training_makers as training

pytestmark = pytest.mark.django_db


def at(name: str, row: Any = None) -> str:
    return reverse(f"competencies:{name}", args=[row.pk] if row else [])


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def sent_marks(row: Assessment, by: Any, point: str = "3", **given: Any) -> dict[str, Any]:
    """What the form of a part sends."""
    marks = make.filled(row, by).marks
    data: dict[str, Any] = {f"rate-{key}": point for key in marks}
    return data | {"version": make.version_of(row, by)} | given


def openings(person: Any) -> int:
    return Opening.objects.filter(by=person.pk, record_label="competencies.assessment").count()


# Beginning ----------------------------------------------------------------------------------------------------


def begin_post(**given: str) -> dict[str, str]:
    """What the form for beginning one sends."""
    today = timezone.localdate()
    data = {
        "key": str(uuid.uuid4()),
        "framework": str(make.framework().pk),
        "how": "informal",
        "from_day": (today - datetime.timedelta(days=60)).isoformat(),
        "until_day": today.isoformat(),
        "due_on": (today + datetime.timedelta(days=10)).isoformat(),
    }
    return data | given


def test_one_is_begun_with_somebody_and_alone(cast: Any) -> None:
    make.framework()
    client = signed_in(cast.worker)
    page = text_of(client, at("assessment_choose"))
    assert "Together with Dana Whitfield" in page
    pair = make.pair_of(cast.worker, cast.supervisor)
    given = begin_post(how="formal")
    address = f"{at('assessment_new')}?with={pair.key}"
    response = client.post(address, given)
    found = Assessment.objects.get()
    assert found.is_formal
    assert response["Location"] == at("assessment_part", found)
    assert client.post(address, given)["Location"] == at("assessment", found)  # a second press
    client.post(f"{at('assessment_new')}?with=me", given | {"key": str(uuid.uuid4())})
    own = Assessment.objects.get(other=None)
    assert (own.is_formal, own.due_on) == (False, None)


def test_sent_again_with_other_choices_it_says_that_the_first_stays_as_it_was(cast: Any) -> None:
    """Back in the browser, something else chosen, sent again."""
    make.framework()  # before the form lists what there is
    client, pair = signed_in(cast.worker), make.pair_of(cast.worker, cast.supervisor)
    address = f"{at('assessment_new')}?with={pair.key}"
    given = begin_post()
    assert client.post(address, given).status_code == 302
    assert client.post(address, given).status_code == 302
    answer = client.post(address, given | {"how": "formal"})
    found = Assessment.objects.get()
    assert (answer.status_code, found.is_formal) == (409, False)
    page = answer.content.decode()
    assert "It stays as it was" in page
    assert at("assessment", found) in page
    assert "Formal: once you have talked" in page


@pytest.mark.parametrize("whom", ["", "nobody", "x.y.z"])
def test_with_nobody_it_cannot_be_begun(cast: Any, whom: str) -> None:
    assert signed_in(cast.worker).get(f"{at('assessment_new')}?with={whom}").status_code == 404


def test_what_cannot_be_begun_is_said_beside_the_field(cast: Any) -> None:
    make.framework()
    pair = make.pair_of(cast.worker, cast.supervisor)
    response = signed_in(cast.worker).post(
        f"{at('assessment_new')}?with={pair.key}",
        {"from_day": "2026-02-01", "until_day": "2026-01-01", "due_on": "2020-01-01", "how": "informal"},
    )
    assert response.status_code == 422
    page = response.content.decode()
    for said in ("Choose what you look at", "The last day comes after the first"):
        assert said in page
    assert not Assessment.objects.exists()


# Filling in ---------------------------------------------------------------------------------------------------


def test_a_part_is_saved_resumed_and_given(cast: Any) -> None:
    found = make.together(cast)
    client = signed_in(cast.worker)
    some = {"rate-practice-1": "2", "say-practice-1": "kept-otter", "version": 1, "later": "1"}
    statement = found.framework.body.statements[0].id
    some = {f"rate-{statement}": "2", f"say-{statement}": "kept-otter", "version": 1, "later": "1"}
    assert client.post(at("assessment_part", found), some).status_code == 302
    page = text_of(client, at("assessment_part", found))
    assert "kept-otter" in page
    assert "Go on with your part" in text_of(client, at("assessment", found))
    short = client.post(at("assessment_part", found), {**some, "version": 2, "give": "1"})
    assert short.status_code == 422
    assert "Statement 2: choose an answer" in short.content.decode()
    assert "kept-otter" in short.content.decode()
    given = client.post(at("assessment_part", found), sent_marks(found, cast.worker, give="1"))
    assert given.status_code == 302
    assert found.parts.get(author=cast.worker).is_given


def test_what_is_typed_is_kept_and_there_again(cast: Any) -> None:
    found = make.together(cast)
    client, address = signed_in(cast.worker), at("assessment_part", found)
    statement = found.framework.body.statements[0].id
    typed = {f"say-{statement}": "typed-avocet", f"rate-{statement}": "4", "version": "1", "page": "p1"}
    kept = client.post(address, typed, headers={"X-Requested-With": "draft"})
    assert kept.status_code == 204
    assert "typed-avocet" in text_of(client, address)
    assert drafts.kept(cast.worker, operations.draft_of(found.pk)) is not None
    assert "typed-avocet" not in text_of(signed_in(cast.supervisor), address)


def test_saved_from_another_window_shows_both(cast: Any) -> None:
    found = make.together(cast)
    client, address = signed_in(cast.worker), at("assessment_part", found)
    make.save(found, cast.worker, make.filled(found, cast.worker))
    response = client.post(address, sent_marks(found, cast.worker, "2", version="1", later="1"))
    assert response.status_code == 409
    again = client.post(address, sent_marks(found, cast.worker, "2", later="1"))
    assert again.status_code == 302


def test_sessions_and_observations_of_the_two_can_be_named_and_nothing_else(cast: Any) -> None:
    session = makers.sent(cast, makers.planned(cast, starts_at=makers.ago(30)))
    found = make.together(cast)
    client = signed_in(cast.supervisor)
    page = text_of(client, at("assessment_part", found))
    assert f"session:{session.pk}" in page
    domain = found.framework.body.domains[0].id
    forged = sent_marks(found, cast.supervisor, **{f"links-{domain}": f"session:{uuid.uuid4()}"})
    assert client.post(at("assessment_part", found), forged).status_code == 422
    named = sent_marks(found, cast.supervisor, **{f"links-{domain}": f"session:{session.pk}"}, give="1")
    assert client.post(at("assessment_part", found), named).status_code == 302
    make.give(found, cast.worker)
    assert at_session(session) in text_of(signed_in(cast.worker), at("assessment", found))


def test_what_somebody_learned_is_named_by_themself_alone_and_opens_for_them_alone(cast: Any) -> None:
    learned = training.entry(cast.worker)
    found = make.together(cast)
    domain = found.framework.body.domains[0].id
    page = reverse("training:entry", args=[learned.pk])
    assert f"training:{learned.pk}" not in text_of(signed_in(cast.supervisor), at("assessment_part", found))
    client = signed_in(cast.worker)
    named = sent_marks(found, cast.worker, **{f"links-{domain}": f"training:{learned.pk}"}, give="1")
    assert client.post(at("assessment_part", found), named).status_code == 302
    make.give(found, cast.supervisor)
    assert page in text_of(client, at("assessment", found))
    theirs = text_of(signed_in(cast.supervisor), at("assessment", found))
    assert "Training: " in theirs
    assert page not in theirs


def at_session(session: Any) -> str:
    return reverse("sessions:detail", args=[session.pk])


# Blind --------------------------------------------------------------------------------------------------------


def test_no_page_shows_the_other_part_before_both_are_in(cast: Any) -> None:
    found = make.give(make.together(cast), cast.supervisor)
    client = signed_in(cast.worker)
    for name in ("assessment", "assessment_part", "assessment_own"):
        assert make.OTHER_WORDS not in text_of(client, at(name, found))
    assert client.get(at("assessment_views", found)).status_code == 409
    assert make.OTHER_WORDS in text_of(signed_in(cast.supervisor), at("assessment_own", found))
    make.give(found, cast.worker)
    page = text_of(client, at("assessment", found))
    assert make.OTHER_WORDS in page
    assert make.OWN_WORDS in page
    assert openings(cast.worker) == 1


def test_side_by_side_strengths_come_first_and_then_what_differs(cast: Any) -> None:
    found = make.together(cast)
    ids = [one.id for one in found.framework.body.statements]
    own = dict.fromkeys(ids, 2) | {ids[0]: 4, ids[1]: 1}
    other = dict.fromkeys(ids, 2) | {ids[0]: 4, ids[1]: 3, ids[2]: None}
    for person, points in ((cast.worker, own), (cast.supervisor, other)):
        marks = {key: marking.Mark(point, "seen") for key, point in points.items()}
        make.give(found, person, operations.Filled(marks))
    page = text_of(signed_in(cast.worker), at("assessment", found))
    strengths, explore, domains = (
        page.index(f'id="{name}"') for name in ("strengths", "differences", "domains")
    )
    assert strengths < explore < domains
    said = {one.id: one.title or one.text for one in found.framework.body.statements}
    assert said[ids[0]] in page[strengths:explore]
    assert said[ids[1]] in page[explore:domains]
    assert said[ids[2]] in page[explore:domains]
    assert said[ids[3]] not in page[strengths:domains]
    assert "<svg" in page[domains:]


def test_a_goal_is_made_from_a_statement_in_one_step(cast: Any) -> None:
    found = make.shown(cast, make.together(cast))
    client = signed_in(cast.worker)
    statement = found.framework.body.statements[0]
    address = f"{at('goal_new')}?rating={found.pk}&statement={statement.id}"
    assert address.replace("&", "&amp;") in text_of(client, at("assessment", found))
    assert (statement.title or statement.text)[:30] in text_of(client, address)
    client.post(address, {"key": str(uuid.uuid4()), "title": "Say it sooner", "steps-TOTAL_FORMS": "0"})
    goal = Goal.objects.get()
    assert (goal.about_kind, goal.about_id) == ("rating", found.pk)
    assert "Say it sooner" in text_of(client, at("assessment", found))
    assert "Say it sooner" not in text_of(signed_in(cast.supervisor), at("assessment", found))
    assert at("assessment_views", found) in text_of(client, at("goal", goal))


def test_only_the_one_whose_practice_it_is_makes_goals_of_it(cast: Any) -> None:
    found = make.shown(cast, make.together(cast))
    for person in (cast.supervisor, cast.outsider, cast.manager):
        assert signed_in(person).get(f"{at('goal_new')}?rating={found.pk}").status_code == 404
    waiting = make.together(cast)
    assert signed_in(cast.worker).get(f"{at('goal_new')}?rating={waiting.pk}").status_code == 404


def test_over_time_each_domain_has_a_panel_and_a_table(cast: Any) -> None:
    make.shown(cast, make.together(cast))
    page = text_of(signed_in(cast.worker), at("assessment", make.shown(cast, make.together(cast))))
    assert 'id="trend"' in page
    assert page.count("chart-trend") == len(make.framework().body.domains)


def test_one_part_shown_alone_leaves_the_other_its_authors_own(cast: Any) -> None:
    found = make.past_due(make.give(make.together(cast), cast.worker))
    make.save(found, cast.supervisor, make.filled(found, cast.supervisor))
    client = signed_in(cast.worker)
    assert client.post(at("assessment_release", found)).status_code == 302
    assert make.OTHER_WORDS not in text_of(client, at("assessment", found))
    theirs = signed_in(cast.supervisor)
    assert make.OWN_WORDS in text_of(theirs, at("assessment", found))
    assert make.OTHER_WORDS in text_of(theirs, at("assessment_own", found))


def test_what_the_other_window_saved_stays_where_this_one_has_nothing(cast: Any) -> None:
    found = make.together(cast)
    client, address = signed_in(cast.worker), at("assessment_part", found)
    first, second = (one.id for one in found.framework.body.statements[:2])
    kept = {f"rate-{first}": "2", f"say-{first}": "kept-otter", "version": "1", "later": "1"}
    assert client.post(address, kept).status_code == 302
    stale = client.post(address, {f"rate-{second}": "3", "version": "1", "later": "1"})
    assert stale.status_code == 409
    form = stale.context["form"]
    again = {name: form[name].value() for name in (f"rate-{first}", f"say-{first}", f"rate-{second}")}
    assert again == {f"rate-{first}": "2", f"say-{first}": "kept-otter", f"rate-{second}": "3"}


def test_a_second_press_is_nothing_to_be_frightened_by(cast: Any) -> None:
    found = make.together(cast)
    client, address = signed_in(cast.worker), at("assessment_part", found)
    given = sent_marks(found, cast.worker, give="1")
    assert [client.post(address, given).status_code for _n in range(2)] == [302, 302]
    other = client.post(address, given | {f"rate-{found.framework.body.statements[0].id}": "2"})
    assert other.status_code == 409
    late = make.past_due(found)
    for name in ("assessment_withdraw",):
        assert [client.post(at(name, late)).status_code for _n in range(2)] == [302, 302]


def test_what_was_typed_and_never_saved_can_be_read_after_the_other_part_was_shown_alone(cast: Any) -> None:
    found = make.past_due(make.give(make.together(cast), cast.worker))
    statement = found.framework.body.statements[0].id
    client = signed_in(cast.supervisor)
    typed = {f"say-{statement}": "typed-avocet", "version": "1", "page": "p1"}
    client.post(at("assessment_part", found), typed, headers={"X-Requested-With": "draft"})
    operations.release_alone(found, by=cast.worker)
    assert "typed-avocet" in text_of(client, at("assessment_own", found))
    assert "typed-avocet" not in text_of(signed_in(cast.worker), at("assessment", found))


def test_an_end_of_the_scale_is_settled_on_only_where_one_of_the_two_showed_it(cast: Any) -> None:
    found = make.shown(cast)
    data = {f"rate-{one.id}": "4" for one in found.framework.body.statements}
    data |= {
        "version": str(found.version),
        "talked_on": timezone.localdate().isoformat(),
        "strengths": "x",
        "next": "1",
    }
    response = signed_in(cast.supervisor).post(at("assessment_settle", found), data)
    assert response.status_code == 422
    assert "Statement 1: neither of you marked and showed this" in response.content.decode()


# Formal -------------------------------------------------------------------------------------------------------


def test_written_up_sent_signed_and_read_by_a_manager(cast: Any) -> None:
    found = make.shown(cast)
    lead, person, manager = (client_of(one) for one in (cast.supervisor, cast.worker, cast.manager))
    page = text_of(lead, at("assessment_settle", found))
    assert "Marisol: 3. Steady · Dana: 2. Building" in page
    data = {f"rate-{one.id}": "3" for one in found.framework.body.statements}
    data |= {"version": str(found.version), "talked_on": timezone.localdate().isoformat()}
    data |= {"strengths": make.STRENGTHS, "to_grow": make.TO_GROW, "next": "1"}
    assert lead.post(at("assessment_settle", found), data)["Location"] == at("assessment_send", found)
    assert make.STRENGTHS not in text_of(person, at("assessment", found))
    found = make.fresh(found)
    name = {"typed_name": cast.supervisor.name, "version": str(found.version)}
    assert lead.post(at("assessment_send", found), name).status_code == 302
    assert manager.get(at("assessment", found)).status_code == 404
    page = text_of(person, at("assessment", found))
    assert make.STRENGTHS in page
    found = make.fresh(found)
    assert found.open_offer is not None
    answer = {"typed_name": cast.worker.name, "seen": found.open_offer.digest, "statement": "own-wren"}
    assert person.post(at("assessment_sign", found), answer).status_code == 302
    certificate.ensure_certificate("Riverbend Peer Alliance")
    run_jobs()
    page = text_of(manager, at("assessment", found))
    for words in (make.STRENGTHS, make.TO_GROW, make.OWN_WORDS, make.OTHER_WORDS, "own-wren"):
        assert words in page
    assert openings(cast.manager) == 1
    assert at("assessment", found) in text_of(manager, at("assessments_signed"))
    assert manager.get(at("assessment_views", found)).status_code == 403
    pdf = manager.get(at("assessment_pdf", found))
    assert b"".join(pdf.streaming_content if pdf.streaming else [pdf.content]).startswith(b"%PDF")
    assert Document.objects.filter(record_id=found.pk).exists()


def test_what_is_missing_when_it_is_written_up_is_said_and_kept(cast: Any) -> None:
    found = make.shown(cast)
    client = signed_in(cast.supervisor)
    data = {"version": str(found.version), "to_grow": "kept-otter", "next": "1"}
    response = client.post(at("assessment_settle", found), data)
    assert response.status_code == 422
    page = response.content.decode()
    for said in ("Say on which day you talked about it", "Say what you both see as strengths", "kept-otter"):
        assert said in page
    assert client.post(at("assessment_settle", found), data | {"later": "1"}).status_code == 302
    assert "Before you can send it" in text_of(client, at("assessment_send", found))


def test_written_up_from_two_windows_shows_both(cast: Any) -> None:
    found = make.shown(cast)
    make.written_up(cast, found)
    data = {"version": str(found.version), "strengths": "mine-otter", "later": "1"}
    response = signed_in(cast.supervisor).post(at("assessment_settle", found), data)
    assert response.status_code == 409
    page = response.content.decode()
    assert "mine-otter" in page
    assert make.STRENGTHS in page


# Only you -----------------------------------------------------------------------------------------------------


def test_ones_own_is_seen_by_nobody_else_at_any_stage(cast: Any) -> None:
    found = make.alone(cast.worker)
    for stage in (found, make.give(found, cast.worker)):
        for person in (cast.supervisor, cast.manager, cast.administrator, cast.outsider):
            client = signed_in(person)
            for name in (
                "assessment",
                "assessment_part",
                "assessment_own",
                "assessment_views",
                "assessment_pdf",
            ):
                assert client.get(at(name, stage)).status_code == 404
        assert "Only you can see this." in text_of(signed_in(cast.worker), at("assessment", stage))
    assert openings(cast.worker) == 0


def test_thrown_away_it_is_gone(cast: Any) -> None:
    found = make.give(make.alone(cast.worker), cast.worker)
    client = signed_in(cast.worker)
    assert client.post(at("assessment_throw_away", found))["Location"] == at("assessments")
    assert client.get(at("assessment", found)).status_code == 404


# Constant queries ---------------------------------------------------------------------------------------------


def test_lists_and_the_page_of_both_views_ask_no_more_with_more(cast: Any) -> None:
    found = make.shown(cast, make.together(cast))
    client = signed_in(cast.worker)
    before = [queries_of(client, address) for address in (at("assessments"), at("assessment", found))]
    for _n in range(4):
        found = make.shown(cast, make.together(cast))
        make.alone(cast.worker)
    after = [queries_of(client, address) for address in (at("assessments"), at("assessment", found))]
    assert after == before
