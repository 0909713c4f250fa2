"""The demo shows every state that a record can be in, keeps every rule, and everybody in it can open their pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from agreements.models import Accession, Agreement, AgreementEnding, AgreementTemplate
from competencies.models import Goal, ProgramAction, ProgramAssessment, ProgressNote, Round
from competencies.rounds import operations as rounds
from supervision.demo import making
from supervision.demo.cast import WORKERS
from supervision.notes.models import Note
from supervision.people.models import (
    Away,
    Credential,
    Invitation,
    Management,
    Place,
    Standing,
    User,
)
from supervision.people.standing import DEFAULT_EVERY_DAYS
from supervision.performance.models import JobDescription, PerformanceNote
from supervision.records import verify
from supervision.records.encryption import unlocked_keys
from supervision.records.models import Answer, AuditEvent, Offer, OfferClosed, OpenParty, Seal
from supervision.sessions.models import (
    Action,
    ActionEvent,
    Addendum,
    AgendaItem,
    Attendance,
    Attendee,
    Observation,
    ObservationAddendum,
    Session,
)
from supervision.sessions.standing import standing_of
from tests.demo.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _made(demo):
    return demo


def sealed(model, how):
    return Seal.objects.filter(record_label=model._meta.label_lower, how=how).count()


def test_nothing_in_it_was_altered():
    assert verify.run() == []


def test_the_chain_runs_in_the_order_of_time():
    times = list(AuditEvent.objects.order_by("seq").values_list("at", flat=True))
    assert times == sorted(times)
    assert times[0] < NOW - (NOW - times[0]) / 2
    assert times[-1] <= NOW + (NOW - NOW.replace(minute=0))


def test_sessions_are_in_every_state():
    states = set(Session.objects.values_list("state", flat=True))
    assert states == set(Session.State.values)


@pytest.mark.parametrize("why", Session.Why.values)
def test_sessions_were_cancelled_for_every_reason_listed(why):
    assert Session.objects.filter(state=Session.State.CANCELLED, state_why=why).exists()


def test_sessions_were_held_in_every_way():
    assert set(Session.objects.held().values_list("modality", flat=True)) >= {"in_person", "phone"}
    assert Session.objects.held().filter(ad_hoc=True).exists()
    assert Session.objects.exclude(state="moved").filter(moved_to__isnull=False).exists()  # rebooked


def test_records_are_in_every_state():
    held = Session.objects.held()
    assert held.filter(open_offer__isnull=True, sealed_at__isnull=True, recorder__isnull=False).exists()
    assert sealed(Session, Seal.How.ALL_SIGNED)
    assert sealed(Session, Seal.How.DECLINED)
    assert sealed(Session, Seal.How.CLOSED)
    assert sealed(Attendance, Seal.How.CLOSED)
    assert sealed(Addendum, Seal.How.ALL_SIGNED)
    assert Addendum.objects.filter(sealed_at__isnull=True, open_offer__isnull=False).exists()


def test_observations_are_at_every_stage_that_one_can_look_at():
    stages = {(one.state, one.is_offered, one.is_sealed) for one in Observation.objects.all()}
    assert stages == {
        ("proposed", False, False),
        ("agreed", False, False),
        ("held", True, False),
        ("held", False, True),
    }
    assert sealed(ObservationAddendum, Seal.How.ALL_SIGNED) == 1
    waiting = Observation.objects.get(state="held", sealed_at__isnull=True)
    asked = waiting.open_offer.parties.exclude(person__in=waiting.open_offer.answers.values("person"))
    assert [party.person.email for party in asked] == ["marisol@example.org"]


def test_a_record_waits_for_the_worker_and_another_for_the_supervisor():
    waiting = [session for session in Session.objects.held() if session.is_offered]
    missing = {
        part
        for session in waiting
        for part in session.open_offer.parties.exclude(
            person__in=session.open_offer.answers.values("person")
        ).values_list("part", flat=True)
    }
    assert missing >= {"Peer worker", "Supervisor"}


def test_offers_were_closed_in_every_way():
    assert set(OfferClosed.objects.values_list("why", flat=True)) >= {
        OfferClosed.Why.TAKEN_BACK,
        OfferClosed.Why.CHANGE_ASKED,
    }
    assert Answer.objects.filter(kind=Answer.Kind.DECLINED).exists()


def test_signers_added_words_of_agreement_correction_and_disagreement():
    with unlocked_keys():
        said = [answer.statement for answer in Answer.objects.all() if answer.statement]
    assert len(said) >= 3


def test_actions_are_open_done_and_let_go_of():
    assert Action.objects.open().exists()
    assert set(ActionEvent.objects.values_list("kind", flat=True)) >= {"done", "dropped"}
    with unlocked_keys():
        assert all(event.reason for event in ActionEvent.objects.filter(kind="dropped"))


def test_topics_are_carried_over_and_some_are_private():
    assert AgendaItem.objects.filter(carried_from__isnull=False).exists()
    private = AgendaItem.objects.filter(
        shared_at__isnull=True, session__state="planned", raised_by__email="marisol@example.org"
    )
    assert private.exists()
    assert set(AgendaItem.objects.values_list("category", flat=True)) == set(AgendaItem.Category.values)


def test_agreements_are_at_every_point_of_their_life():
    standings = Standing.objects.filter(arrangement__ended_on__isnull=True)
    assert standings.filter(agreement_id__isnull=True, agreement_draft=False, held_count=1).exists()
    assert standings.filter(agreement_id__isnull=True, agreement_draft=False, held_count__gte=3).exists()
    open_ones = Agreement.objects.open()
    assert open_ones.filter(open_offer__isnull=True).exists()
    half = open_ones.filter(open_offer__isnull=False).annotate(signed=Count("open_offer__answers"))
    assert half.filter(signed=1).exists()
    assert Agreement.objects.sealed().filter(number=2).exists()
    assert AgreementEnding.objects.exists()
    assert standings.filter(review_on__lt=NOW.date()).exists()


def test_the_agency_keeps_a_template_and_the_warm_line_starts_from_it():
    template = AgreementTemplate.objects.get()
    assert template.editions.count() == 2
    assert template.body is not None, "a third edition is being prepared"
    used = Agreement.objects.filter(edition__isnull=False)
    assert set(used.values_list("arrangement__program__name", flat=True)) == {"Riverbend Warm Line"}


def test_somebody_signed_a_group_agreement_after_it_was_sealed():
    joined = Accession.objects.get(sealed_at__isnull=False)
    assert not Answer.objects.filter(offer=joined.agreement.open_offer_id, person=joined.person).exists()


def test_some_people_keep_notes_and_one_shares_one():
    notes = Note.objects.all()
    assert notes.values("author").distinct().count() >= 2
    assert set(notes.values_list("kind", flat=True)) == set(Note.Kind.values)
    assert notes.filter(about_kind="session").exists()
    assert [note.shared_with.email for note in notes.filter(shared_at__isnull=False)] == ["dana@example.org"]
    with unlocked_keys():
        assert all(note.text for note in notes)


def test_some_people_have_goals_in_different_states_and_one_is_shared(demo):
    shared = Goal.objects.get(shared_as__isnull=False)
    assert [row.part.person.email for row in shared.readers.all()] == ["dana@example.org"]
    assert shared.is_due(NOW.date())
    assert Goal.objects.open().filter(shared_as=None).values("owner").distinct().count() >= 2
    assert Goal.objects.ended().get().ended_how == "reached"
    assert ProgressNote.objects.values("author").distinct().count() == 2
    assert shared.steps.filter(done_at=None).exists()
    assert shared.steps.filter(done_at__isnull=False).exists()
    with unlocked_keys():
        assert all(goal.title for goal in Goal.objects.all())


def test_a_program_has_looked_at_itself_and_another_does_now(demo):
    """The whole demo goes back far enough for two results; this one for the second."""
    closed = ProgramAssessment.objects.exclude(result=None)
    assert [row.program.name for row in closed] == ["Maple Street Drop-in"]
    open_now = ProgramAssessment.objects.get(result=None)
    assert open_now.program.name == "Riverbend Warm Line"
    assert open_now.closes_at > NOW
    with unlocked_keys():
        for row in closed:
            assert "workers" in row.result.content["groups"]
            assert [one["name"] for one in row.result.content["named"] if one["group"] == "managers"]
        assert all(action.what for action in ProgramAction.objects.all())
    assert ProgramAction.objects.open().count() == 2


def test_standings_are_what_can_be_computed_anew(demo):
    with timezone.override(demo.zone):
        for standing in Standing.objects.select_related("arrangement"):
            now = standing_of(standing.arrangement)
            now.pop("next_planned_at")  # depends on the day that it is asked
            assert {name: getattr(standing, name) for name in now} == now


def test_there_are_people_of_every_kind():
    assert User.objects.filter(is_administrator=True).count() == 1
    assert Management.objects.current().count() == 2
    supervising = User.objects.with_roles().filter(has_supervised=True)
    assert supervising.filter(manages_programs=True).exists()
    assert supervising.filter(has_been_supervised=True).exists()
    assert User.objects.filter(is_external=True).exists()
    assert Place.objects.waiting().exists()
    assert User.objects.filter(is_active=False).count() == 1
    assert Away.objects.exists()
    assert Credential.objects.filter(expires_on__lt=NOW.date()).exists()


def test_everybody_is_marked_as_part_of_a_demo_and_reachable_at_an_address_that_is_nobodys():
    assert not User.objects.filter(is_demo=False).exists()
    assert not User.objects.exclude(email__endswith="@example.org").exists()


def test_names_come_in_more_than_one_script():
    names = " ".join(person.name for person in WORKERS)
    assert re.search(r"[\u0590-\u05ff]", names)
    assert re.search(r"[\u0600-\u06ff]", names)


def test_no_mail_is_queued_and_every_document_is_newest_first():
    jobs = DBTaskResult.objects.all()
    assert set(jobs.values_list("task_path", flat=True)) == {"supervision.records.tasks.make_document"}
    wanted = Seal.objects.exclude(offer__template="").order_by("-sealed_at", "-id")
    assert [job.args_kwargs["args"][0] for job in jobs.order_by("run_after", "enqueued_at")] == [
        str(pk) for pk in wanted.values_list("pk", flat=True)
    ]
    assert not jobs.filter(priority__gte=0).exists()


def test_signatures_say_that_they_are_of_a_demo():
    with unlocked_keys():
        assert all(answer.evidence["authenticated"] == ["demo"] for answer in Answer.objects.all()[:20])


def test_everybody_signed_within_the_time_of_the_offer():
    assert not Answer.objects.filter(answered_at__lt=F("offer__offered_at")).exists()
    assert not Seal.objects.filter(sealed_at__lt=F("offer__offered_at")).exists()
    assert not Offer.objects.filter(offered_at__gt=NOW).exists()


def test_nobody_recorded_a_session_before_it_ended():
    held = Session.objects.held().filter(recorded_at__lt=F("starts_at"))
    assert not held.exists()
    alone = Session.objects.held().annotate(there=Count("attendees", filter=Q(attendees__attended=True)))
    assert not alone.filter(there__lt=2).exists()


def test_words_have_no_place_left_open():
    with unlocked_keys():
        texts = [item.text + item.outcome for item in AgendaItem.objects.all()]
        texts += [session.strengths + session.outcomes for session in Session.objects.all()]
        texts += [action.text for action in Action.objects.all()]
    assert not [text for text in texts if re.search(r"[{}\[\]]", text)]
    assert len(texts) > 150


def test_every_reached_topic_has_its_outcome():
    with unlocked_keys():
        topics = AgendaItem.objects.filter(session__state="held", reached=True, shared_at__isnull=False)
        assert [topic.text for topic in topics if not topic.outcome] == []


def test_no_topic_is_carried_from_record_to_record_without_an_end():
    depth: dict[Any, int] = {None: -1}
    for item in AgendaItem.objects.order_by("session__starts_at", "session__state_at", "position"):
        depth[item.pk] = depth.get(item.carried_from, 0) + 1
    assert max(depth.values()) <= 4


def test_no_session_of_an_absent_person_counts_minutes():
    assert not Attendee.objects.filter(attended=False, minutes__gt=0, session__state="held").exists()


def test_the_usual_rhythm_holds_where_no_agreement_says_otherwise():
    without = Standing.objects.filter(agreement_id__isnull=True)
    assert set(without.values_list("every_days", flat=True)) == {DEFAULT_EVERY_DAYS}


def test_whoever_was_only_invited_has_no_password_yet():
    open_ones = Invitation.objects.open().count()
    assert open_ones == User.objects.exclude(password__startswith="md5").count()


def test_the_sign_ins_are_of_people_who_can_sign_in():
    roles = [one.role for one in making.sign_ins()]
    assert roles[:4] == ["Supervisor, supervised herself", "Peer worker", "Program manager", "Administrator"]
    for one in making.sign_ins():
        assert User.objects.get(email=one.email).check_password(one.password)


# Pages ------------------------------------------------------------------------------------------------------------

REQUEST = {"HTTP_HOST": "127.0.0.1"}


def opened_by(client, person, address):
    client.force_login(person)
    return client.get(address, **REQUEST)


def test_everybody_who_can_sign_in_has_a_first_page(client):
    people = User.objects.filter(is_active=True).exclude(password__startswith="!")
    answers = {person.email: opened_by(client, person, reverse("home")).status_code for person in people}
    assert set(answers.values()) == {200}
    assert len(answers) >= 15


@pytest.mark.parametrize("key", ["priya", "wen"])
def test_managers_see_their_people(client, key):
    answer = opened_by(client, User.objects.get(email=f"{key}@example.org"), reverse("overview:manager"))
    assert answer.status_code == 200
    assert "Marisol Vega" in answer.content.decode() or "Kwame" in answer.content.decode()


def test_parties_can_open_every_record_of_theirs(client):
    for session in Session.objects.all()[:40]:
        person = session.recorder or session.planned_by
        answer = opened_by(client, person, reverse("sessions:detail", args=[session.pk]))
        assert answer.status_code == 200, (session.state, session.pk)


def test_parties_can_open_every_agreement_of_theirs(client):
    for agreement in Agreement.objects.all():
        party = agreement.parties.first().person
        if party.is_active:
            address = reverse("agreements:detail", args=[agreement.pk])
            client.force_login(party)
            assert client.get(address, follow=True, **REQUEST).status_code == 200


def test_the_record_that_waits_for_the_worker_can_be_signed(client):
    worker = User.objects.get(email="marisol@example.org")
    asked = OpenParty.objects.filter(person=worker, offer__record_label="supervision_sessions.session")
    waiting = asked.exclude(offer__answers__person=worker).get()
    answer = opened_by(client, worker, reverse("sessions:detail", args=[waiting.offer.record_id]))
    assert answer.status_code == 200
    assert b"sign" in answer.content.lower()


def test_a_stranger_of_the_demo_reads_none_of_it(client):
    stranger = User.objects.get(email="farida@example.org")
    for session in Session.objects.all()[:5]:
        address = reverse("sessions:detail", args=[session.pk])
        assert opened_by(client, stranger, address).status_code == 404


def test_people_have_jobs_that_are_described_and_what_is_written_of_their_work_is_in_every_stage():
    assert JobDescription.objects.filter(number=2, replies__isnull=False).exists()
    assert JobDescription.objects.filter(was_read__isnull=False).exists()
    assert JobDescription.objects.unread().exists()
    records = PerformanceNote.objects
    assert records.filter(kind="recognition", sealed_at__isnull=False, line_manager__isnull=False).exists()
    plan = records.get(kind="plan", sealed_at__isnull=False)
    assert str(plan.from_day) <= str(NOW.date()) <= str(plan.until_day)
    assert records.filter(kind="note", open_offer__isnull=False, sealed_at__isnull=True).exists()


def test_one_round_has_a_result_with_every_band_and_one_is_open():
    with unlocked_keys():
        closed = (
            Round.objects.filter(result__isnull=False).select_related("result", "framework_version").get()
        )
        bands = rounds.bands_of(closed)
        assert rounds.own_part_in(closed)
    assert bands is not None
    assert len(set(bands.values())) == 3
    waiting = Round.objects.get(result=None)
    assert waiting.closes_at > NOW
    assert waiting.supervisor.email == "dana@example.org"
    assert not rounds.own_part_in(waiting)
