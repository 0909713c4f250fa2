"""A session from the plan to the sealed record, its attendance and its addenda."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from supervision.jobs.worker import Worker
from supervision.notices import mail
from supervision.notices import operations as notices
from supervision.people.models import Acknowledgement, Agency, Participation, Standing
from supervision.records import snapshot
from supervision.records.errors import Denied, Invalid, NotFound, Sealed, Stale, WrongState
from supervision.records.models import Answer, Offer, OfferClosed, Seal
from supervision.sessions import operations, standing
from supervision.sessions.models import Action, ActionEvent, AgendaItem, Attendance, Session

from . import makers


def content_of(session: Session) -> dict[str, Any]:
    return snapshot.read(makers.fresh(session).open_offer.content)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Who was told what, by name."""
    found: list[tuple[str, str]] = []

    def tell(person: Any, kind: str, *, path: str) -> None:
        found.append((person.name, kind))

    monkeypatch.setattr("supervision.notices.mail.tell", tell)
    return found


def later(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    """The clock moves on."""
    at = timezone.now() + datetime.timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: at)


# Planning -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["supervisor", "worker"])
def test_either_of_a_pair_plans_and_the_other_is_told(cast: Any, told: list[Any], who: str) -> None:
    planner = getattr(cast, who)
    session = operations.plan(cast.arrangement, by=planner, starts_at=makers.ahead())
    assert session.minutes == 60
    assert {row.person_id for row in session.attendees.all()} == {cast.supervisor.pk, cast.worker.pk}
    other = cast.worker if planner == cast.supervisor else cast.supervisor
    assert told == [(other.name, "session")]


@pytest.mark.parametrize("who", ["outsider", "manager", "administrator", "other_supervisor"])
def test_nobody_else_plans(cast: Any, who: str) -> None:
    with pytest.raises(Denied):
        operations.plan(cast.arrangement, by=getattr(cast, who), starts_at=makers.ahead())


def test_a_group_is_planned_by_whoever_leads_it(cast: Any) -> None:
    group, people = makers.group(cast)
    with pytest.raises(Denied):
        operations.plan(group, by=people[0], starts_at=makers.ahead())
    session = operations.plan(group, by=cast.supervisor, starts_at=makers.ahead())
    assert session.attendees.count() == 5


def test_who_has_left_plans_nothing_and_is_not_expected(cast: Any) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Participation.objects.filter(arrangement=cast.arrangement, person=cast.worker).update(left_on=yesterday)
    with pytest.raises(Denied):
        operations.plan(cast.arrangement, by=cast.worker, starts_at=makers.ahead())
    session = operations.plan(cast.arrangement, by=cast.supervisor, starts_at=makers.ahead())
    assert [row.person for row in session.attendees.all()] == [cast.supervisor]


def test_a_plan_sent_twice_is_one_plan(cast: Any) -> None:
    key, when = makers.key(), makers.ahead()
    first = operations.plan(cast.arrangement, by=cast.worker, starts_at=when, key=key)
    second = operations.plan(cast.arrangement, by=cast.worker, starts_at=when, key=key)
    assert first.pk == second.pk
    assert Session.objects.count() == 1


def test_two_plans_for_the_same_time_are_refused(cast: Any) -> None:
    when = makers.ahead()
    operations.plan(cast.arrangement, by=cast.worker, starts_at=when)
    with pytest.raises(Invalid):
        operations.plan(cast.arrangement, by=cast.supervisor, starts_at=when)


def test_moving_keeps_the_old_plan_and_takes_the_agenda_along(cast: Any, told: list[Any]) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(2))
    shared = operations.add_item(session, by=cast.supervisor, text="Peer notes")
    private = operations.add_item(session, by=cast.worker, text="The extra shift", share=False)
    told.clear()
    moved = operations.move(session, by=cast.worker, starts_at=makers.ahead(3), note="The bus does not run")
    old = makers.fresh(session)
    assert (old.state, old.state_by, old.moved_to_id) == ("moved", cast.worker, moved.pk)
    assert old.state_note == "The bus does not run"
    assert {(i.pk, i.text, i.is_private) for i in moved.agenda.all()} == {
        (shared.pk, "Peer notes", False),
        (private.pk, "The extra shift", True),
    }
    assert old.agenda.count() == 0
    assert told == [(cast.supervisor.name, "session_changed")]


def test_a_cancelled_session_keeps_who_when_and_why(cast: Any, told: list[Any]) -> None:
    session = makers.planned(cast, starts_at=makers.ahead())
    told.clear()
    operations.cancel(session, by=cast.worker, why="work", note="Covering the warm line")
    session = makers.fresh(session)
    assert (session.state, session.state_by, session.state_why) == ("cancelled", cast.worker, "work")
    assert session.state_note == "Covering the warm line"
    assert told == [(cast.supervisor.name, "session_changed")]


@pytest.mark.parametrize("why", ["", "because", "away\x00"])
def test_only_listed_reasons_are_taken(cast: Any, why: str) -> None:
    with pytest.raises(Invalid):
        operations.cancel(makers.planned(cast, starts_at=makers.ahead()), by=cast.worker, why=why)


def test_a_session_cannot_be_missed_before_it_begins(cast: Any) -> None:
    with pytest.raises(WrongState):
        operations.missed(makers.planned(cast, starts_at=makers.ahead()), by=cast.worker, why="away")


def test_a_missed_session_is_booked_again_once(cast: Any) -> None:
    session = makers.planned(cast)
    operations.missed(session, by=cast.supervisor, why="weather")
    again = operations.rebook(session, by=cast.worker, starts_at=makers.ahead())
    assert makers.fresh(session).moved_to_id == again.pk
    assert again.place == session.place
    with pytest.raises(WrongState):
        operations.rebook(session, by=cast.worker, starts_at=makers.ahead(8))


@pytest.mark.parametrize("verb", ["cancel", "missed", "move"])
def test_what_took_place_is_not_cancelled_any_more(cast: Any, verb: str) -> None:
    session = makers.draft(cast)
    more = {"starts_at": makers.ahead()} if verb == "move" else {"why": "away"}
    with pytest.raises(WrongState):
        getattr(operations, verb)(session, by=cast.supervisor, **more)


# Agenda -------------------------------------------------------------------------------------------------------


def test_a_private_topic_exists_for_nobody_else(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead())
    item = operations.add_item(session, by=cast.worker, text="The extra shift", share=False)
    with pytest.raises(NotFound):
        operations.share_item(item, by=cast.supervisor)
    with pytest.raises(NotFound):
        operations.remove_item(item, by=cast.supervisor)
    operations.share_item(item, by=cast.worker)
    assert not makers.fresh(item).is_private


def test_a_shared_topic_stays_shared_and_with_whoever_raised_it(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead())
    item = operations.add_item(session, by=cast.worker, text="Travel time")
    operations.change_item(item, by=cast.worker, text="Paid travel time", category="work", share=False)
    assert not makers.fresh(item).is_private
    assert makers.fresh(item).text == "Paid travel time"
    with pytest.raises(Denied):
        operations.change_item(item, by=cast.supervisor, text="Nothing", category="work", share=True)


def test_nobody_can_count_what_another_keeps_to_themself(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead())
    for number in range(59):
        operations.add_item(session, by=cast.worker, text=f"Mine {number}", share=False)
    first = operations.add_item(session, by=cast.supervisor, text="Ours")
    second = operations.add_item(session, by=cast.supervisor, text="Ours too")
    assert (first.position, second.position) == (0, 1)
    for number in range(58):
        operations.add_item(session, by=cast.supervisor, text=f"More {number}", share=bool(number % 2))
    with pytest.raises(Invalid):
        operations.add_item(session, by=cast.supervisor, text="One too many")


def test_a_topic_shared_later_comes_last_and_finds_room_or_is_told_so(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead())
    private = operations.add_item(session, by=cast.worker, text="Kept first", share=False)
    for number in range(60):
        operations.add_item(session, by=cast.supervisor, text=f"Ours {number}")
    with pytest.raises(Invalid):
        operations.share_item(private, by=cast.worker)
    operations.remove_item(session.agenda.get(position=3, raised_by=cast.supervisor), by=cast.supervisor)
    operations.share_item(private, by=cast.worker)
    assert session.agenda.filter(shared_at__isnull=False).last() == private


def test_a_private_topic_disturbs_nobody_who_is_writing(cast: Any) -> None:
    session = makers.planned(cast)
    operations.add_item(session, by=cast.worker, text="Mine", share=False)
    assert makers.fresh(session).version == session.version
    operations.add_item(session, by=cast.worker, text="Ours")
    assert makers.fresh(session).version == session.version + 1


def test_topics_not_reached_and_not_shared_come_back_and_nothing_else(cast: Any) -> None:
    session = makers.planned(cast)
    reached = operations.add_item(session, by=cast.worker, text="Reached")
    open_one = operations.add_item(session, by=cast.supervisor, text="Not reached")
    private = operations.add_item(session, by=cast.worker, text="Kept to myself", share=False)
    agenda = [makers.topic_of(reached), makers.topic_of(open_one, reached=False)]
    makers.sealed(cast, session, agenda=agenda)
    following = makers.planned(cast, starts_at=makers.ahead())
    carried = {(i.text, i.is_private, i.carried_from) for i in following.agenda.all()}
    assert carried == {("Not reached", False, open_one.pk), ("Kept to myself", True, private.pk)}


def test_a_topic_is_carried_once_however_many_sessions_follow(cast: Any) -> None:
    session = makers.planned(cast)
    item = operations.add_item(session, by=cast.worker, text="Again")
    makers.sealed(cast, session, agenda=[makers.topic_of(item, reached=False)])
    makers.planned(cast, starts_at=makers.ahead(3))
    makers.planned(cast, starts_at=makers.ahead(10))
    assert sum(1 for i in AgendaItem.objects.all() if i.carried_from == item.pk) == 1


def test_the_agenda_of_a_cancelled_session_goes_to_the_one_planned_after_it(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(2))
    operations.add_item(session, by=cast.worker, text="Travel time")
    following = makers.planned(cast, starts_at=makers.ahead(9))
    operations.cancel(session, by=cast.supervisor, why="supervisor")
    assert [i.text for i in following.agenda.all()] == ["Travel time"]


def test_a_topic_reached_after_all_leaves_the_next_agenda_again(cast: Any) -> None:
    session = makers.planned(cast)
    item = operations.add_item(session, by=cast.worker, text="Peer notes")
    following = makers.planned(cast, starts_at=makers.ahead())
    session = makers.sent(cast, session, agenda=[makers.topic_of(item, reached=False)])
    assert [i.text for i in following.agenda.all()] == ["Peer notes"]
    operations.take_back(session, by=cast.supervisor)
    makers.sent(cast, makers.fresh(session), agenda=[makers.topic_of(item, reached=True)])
    assert following.agenda.count() == 0


def test_taking_a_record_back_takes_its_open_topics_off_the_next_agenda(cast: Any) -> None:
    session = makers.planned(cast)
    item = operations.add_item(session, by=cast.worker, text="Peer notes")
    following = makers.planned(cast, starts_at=makers.ahead())
    session = makers.sent(cast, session, agenda=[makers.topic_of(item, reached=False)])
    before = makers.fresh(following).version
    operations.take_back(session, by=cast.supervisor)
    assert following.agenda.count() == 0
    assert makers.fresh(following).version > before, "an open form of its record learns of it"
    makers.draft(cast, makers.fresh(session), agenda=[makers.topic_of(item, reached=True)])
    makers.planned(cast, starts_at=makers.ahead(12))
    assert not AgendaItem.objects.exclude(pk=item.pk).exists(), "a draft that nobody has seen carries nothing"
    operations.send(makers.fresh(session), by=cast.supervisor)
    assert not AgendaItem.objects.exclude(pk=item.pk).exists()


def test_what_somebody_has_changed_on_the_next_agenda_stays_there(cast: Any) -> None:
    session = makers.planned(cast)
    item = operations.add_item(session, by=cast.worker, text="Peer notes")
    following = makers.planned(cast, starts_at=makers.ahead())
    session = makers.sent(cast, session, agenda=[makers.topic_of(item, reached=False)])
    carried = following.agenda.get()
    operations.change_item(carried, by=cast.worker, text="Peer notes at night", category="work", share=True)
    operations.take_back(session, by=cast.supervisor)
    assert [i.text for i in following.agenda.all()] == ["Peer notes at night"]
    makers.sent(cast, makers.fresh(session), agenda=[makers.topic_of(item, reached=True)])
    assert [i.text for i in following.agenda.all()] == ["Peer notes at night"]


def test_a_private_topic_is_not_doubled_by_taking_back_and_sending_again(cast: Any) -> None:
    session = makers.planned(cast)
    operations.add_item(session, by=cast.worker, text="Kept to myself", share=False)
    session = makers.sent(cast, session)
    following = makers.planned(cast, starts_at=makers.ahead())
    operations.take_back(session, by=cast.supervisor)
    makers.sent(cast, makers.fresh(session))
    assert [(i.text, i.is_private) for i in AgendaItem.objects.all()] == [("Kept to myself", True)]
    assert following.agenda.count() == 1


def test_private_topics_are_never_in_the_content(cast: Any) -> None:
    session = makers.planned(cast)
    operations.add_item(session, by=cast.worker, text="Kept to myself", share=False)
    operations.add_item(session, by=cast.supervisor, text="Mine for now", share=False)
    text = str(content_of(makers.sealed(cast, session)))
    assert "Kept to myself" not in text
    assert "Mine for now" not in text


def test_a_suggestion_is_taken_once_or_left(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead())
    one = notices.suggest(cast.arrangement, kind="review", title="Look at the agreement", source=session)
    operations.take_suggestion(session, one, by=cast.worker)
    assert [i.text for i in session.agenda.all()] == ["Look at the agreement"]
    with pytest.raises(WrongState):
        operations.take_suggestion(session, one, by=cast.supervisor)
    assert session.agenda.count() == 1
    two = notices.suggest(cast.arrangement, kind="agreement", title="Part 4", source=session)
    operations.dismiss_suggestion(session, two, by=cast.worker)
    assert session.agenda.count() == 1


def test_a_suggestion_of_another_arrangement_is_not_taken(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead())
    other = notices.suggest(cast.other_arrangement, kind="review", title="Theirs", source=session)
    with pytest.raises(WrongState):
        operations.take_suggestion(session, other, by=cast.worker)
    assert session.agenda.count() == 0


# Record -------------------------------------------------------------------------------------------------------


def test_the_worker_writes_no_record(cast: Any) -> None:
    session = makers.planned(cast)
    with pytest.raises(Denied):
        operations.record(session, by=cast.worker, written=makers.written(cast, session))


def test_a_draft_is_its_recorders_alone(cast: Any) -> None:
    session = makers.draft(cast)
    with pytest.raises(Denied):
        operations.send(session, by=cast.worker)
    assert not Action.objects.visible_to(cast.worker).exists()


def test_nothing_of_a_draft_takes_effect_until_it_is_sent(cast: Any) -> None:
    first = makers.sealed(cast, steps=[makers.step(cast.worker)])
    action = first.actions.get()
    session = makers.planned(cast, starts_at=makers.ago(2))
    said = [operations.Since(action.pk, "done")]
    draft = makers.draft(cast, session, since=said, next=operations.Next(makers.ahead(), "Library"))
    assert not action.events.exists()
    assert not Session.objects.planned().exists()
    operations.send(draft, by=cast.supervisor)
    assert [e.kind for e in action.events.all()] == ["done"]
    planned = Session.objects.planned().get()
    assert (planned.place, makers.fresh(draft).next_session_id) == ("Library", planned.pk)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": 721}, "minutes"),
        ({"modality": "carrier pigeon"}, "modality"),
        ({"purposes": ["everything"]}, "purposes"),
        ({"methods": ["hypnosis"]}, "methods"),
    ],
)
def test_what_is_not_listed_or_not_possible_is_refused(cast: Any, given: dict[str, Any], field: str) -> None:
    session = makers.planned(cast)
    with pytest.raises(Invalid) as refused:
        operations.record(session, by=cast.supervisor, written=makers.written(cast, session, **given))
    assert refused.value.field == field
    assert makers.fresh(session).state == "planned"


def test_a_session_that_has_not_begun_is_not_recorded(cast: Any) -> None:
    session = makers.planned(cast)
    written = makers.written(cast, session, starts_at=makers.ahead(1))
    with pytest.raises(Invalid) as refused:
        operations.record(session, by=cast.supervisor, written=written)
    assert refused.value.field == "date"


def test_neither_a_session_nor_the_next_one_lies_outside_the_life_of_a_supervision(cast: Any) -> None:
    session, years = makers.planned(cast), datetime.timedelta(days=800)
    for given, field in (
        ({"starts_at": timezone.now() - years}, "date"),
        ({"next": operations.Next(timezone.now() + years)}, "next_date"),
    ):
        with pytest.raises(Invalid) as refused:
            operations.record(session, by=cast.supervisor, written=makers.written(cast, session, **given))
        assert refused.value.field == field
    for plan in (
        lambda: operations.plan(cast.arrangement, by=cast.worker, starts_at=timezone.now() + years),
        lambda: operations.move(session, by=cast.worker, starts_at=timezone.now() + years),
    ):
        with pytest.raises(Invalid):
            plan()
    assert makers.fresh(session).state == "planned"
    assert Session.objects.count() == 1


def test_what_a_draft_plans_is_looked_at_again_when_it_is_sent(cast: Any) -> None:
    draft = makers.draft(cast)
    draft.pending = {"since": [], "next": {"starts_at": "2199-01-01T10:00:00+00:00", "place": ""}}
    draft.save()
    with pytest.raises(Invalid):
        operations.send(draft, by=cast.supervisor)
    assert not Session.objects.planned().exists()


def test_the_recorder_was_there_and_not_alone(cast: Any) -> None:
    session = makers.planned(cast)
    for attended in ({cast.worker.pk: 60}, {cast.supervisor.pk: 60}):
        with pytest.raises(Invalid):
            operations.record(
                session, by=cast.supervisor, written=makers.written(cast, session, attended=attended)
            )


def test_a_stranger_cannot_be_written_into_the_attendance(cast: Any) -> None:
    session = makers.planned(cast)
    attended = {cast.supervisor.pk: 60, cast.worker.pk: 60, cast.outsider.pk: 60}
    with pytest.raises(Invalid):
        operations.record(
            session, by=cast.supervisor, written=makers.written(cast, session, attended=attended)
        )


def test_the_words_of_a_topic_stay_with_whoever_raised_it(cast: Any) -> None:
    session = makers.planned(cast)
    item = operations.add_item(session, by=cast.worker, text="Travel time")
    written = makers.written(cast, session, agenda=[makers.topic_of(item, text="Nothing much")])
    with pytest.raises(Invalid):
        operations.record(session, by=cast.supervisor, written=written)
    assert makers.fresh(item).text == "Travel time"


def test_somebody_elses_topic_taken_off_the_record_stays_and_comes_back(cast: Any) -> None:
    session = makers.planned(cast)
    item = operations.add_item(session, by=cast.worker, text="Travel time")
    session = makers.sealed(cast, session, agenda=[])
    topics = content_of(session)["agenda"]
    assert [(t["text"], t["reached"]) for t in topics] == [("Travel time", False)]
    assert makers.planned(cast, starts_at=makers.ahead()).agenda.get().carried_from == item.pk


def test_a_topic_or_step_of_another_session_is_refused(cast: Any) -> None:
    other = makers.planned(cast, starts_at=makers.ago(50))
    item = operations.add_item(other, by=cast.worker, text="Elsewhere")
    session = makers.planned(cast)
    with pytest.raises(Invalid):
        operations.record(
            session,
            by=cast.supervisor,
            written=makers.written(cast, session, agenda=[makers.topic_of(item)]),
        )


def test_a_stale_form_overwrites_nothing(cast: Any) -> None:
    session = makers.draft(cast)
    version = makers.fresh(session).version
    operations.record(
        session, by=cast.supervisor, written=makers.written(cast, session, strengths="Newer"), version=version
    )
    with pytest.raises(Stale):
        operations.record(
            session,
            by=cast.supervisor,
            written=makers.written(cast, session, strengths="Older"),
            version=version,
        )
    assert makers.fresh(session).strengths == "Newer"


def test_a_topic_shared_meanwhile_makes_the_recorders_form_stale(cast: Any) -> None:
    session = makers.planned(cast)
    version = session.version
    operations.add_item(session, by=cast.worker, text="One more thing")
    with pytest.raises(Stale):
        operations.record(
            session, by=cast.supervisor, written=makers.written(cast, session, agenda=[]), version=version
        )


def test_a_session_nobody_planned_is_logged_once(cast: Any) -> None:
    key, written = makers.key(), makers.written(cast, ad_hoc=True)
    session = operations.log(cast.arrangement, by=cast.supervisor, written=written, key=key)
    assert (session.state, session.ad_hoc) == ("held", True)
    with pytest.raises(WrongState):
        operations.log(cast.arrangement, by=cast.supervisor, written=written, key=key)
    assert Session.objects.count() == 1


def test_the_limits_come_before_the_first_record_and_signature(cast: Any) -> None:
    session = makers.planned(cast)
    stranger = makers.group(cast)[1][1]
    Participation.objects.create(
        arrangement=cast.arrangement, person=cast.outsider, part="supervisor", joined_on=timezone.localdate()
    )
    assert not Acknowledgement.objects.filter(person=cast.outsider).exists()
    attended = {cast.outsider.pk: 60, cast.worker.pk: 60}
    with pytest.raises(WrongState):
        operations.record(session, by=cast.outsider, written=makers.written(cast, session, attended=attended))
    assert stranger.pk != cast.outsider.pk
    both = {cast.supervisor.pk: 60, cast.outsider.pk: 60, cast.worker.pk: 60}
    session = makers.sent(cast, session, attended=both)
    with pytest.raises(WrongState):
        makers.sign(session, cast.outsider)


# Signing ------------------------------------------------------------------------------------------------------


def test_the_whole_way_ends_in_one_sealed_record_and_two_sealed_attendances(cast: Any) -> None:
    session = makers.sealed(cast)
    assert session.is_sealed
    assert Seal.objects.get(record_id=session.pk).how == "all_signed"
    attendances = Attendance.objects.filter(session=session)
    assert {row.person_id for row in attendances} == {cast.supervisor.pk, cast.worker.pk}
    for row in attendances:
        answers = Answer.objects.filter(offer=row.open_offer, kind="signed")
        assert row.is_sealed
        assert {one.person_id for one in answers} == {cast.supervisor.pk, cast.worker.pk}


def test_the_content_holds_everything_that_was_agreed(cast: Any) -> None:
    first = makers.sealed(
        cast, makers.planned(cast, starts_at=makers.ago(170)), steps=[makers.step(cast.worker)]
    )
    action = first.actions.get()
    session = makers.planned(cast)
    item = operations.add_item(session, by=cast.worker, text="Travel time", category="work")
    session = makers.sealed(
        cast,
        session,
        since=[operations.Since(action.pk, "dropped", "The group ended")],
        agenda=[makers.topic_of(item, outcome="Ask Priya")],
        steps=[makers.step(cast.supervisor, "Ask Priya", due_on=datetime.date(2031, 5, 6))],
        methods=["role_play"],
        next=operations.Next(makers.ahead(), "Library"),
    )
    content = content_of(session)
    assert content["strengths"] == makers.STRENGTHS
    assert content["outcomes"] == makers.OUTCOMES
    assert content["agenda"][0]["outcome"] == "Ask Priya"
    assert content["agenda"][0]["raised_by"] == "Marisol Vega"
    assert content["actions"][0]["owner"]["name"] == "Dana Whitfield"
    assert content["actions"][0]["due_words"] == "Tuesday, May 6, 2031"
    assert (content["since"][0]["how"], content["since"][0]["reason"]) == ("dropped", "The group ended")
    assert content["next"]["place"] == "Library"
    assert content["zone"] == "America/New_York"
    assert "EST" in content["when"] or "EDT" in content["when"]
    assert [p["minutes"] for p in content["people"]] == [60, 60]
    assert [m["words"] for m in content["methods"]] == ["Role play"]


def test_a_record_without_a_main_point_is_not_sent(cast: Any) -> None:
    session = makers.draft(cast, outcomes="")
    with pytest.raises(Invalid) as refused:
        operations.send(session, by=cast.supervisor)
    assert refused.value.field == "outcomes"
    assert not Offer.objects.exists()


def test_sending_tells_the_others_to_sign(cast: Any, told: list[Any]) -> None:
    session = makers.draft(cast)
    told.clear()
    operations.send(session, by=cast.supervisor)
    assert told == [(cast.worker.name, "sign")]


def test_attendance_alone_can_be_signed_and_the_record_later(cast: Any) -> None:
    session = makers.signed_by_recorder(cast)
    makers.sign(session, cast.worker, record=False)
    assert all(row.is_sealed for row in Attendance.objects.filter(session=session))
    assert not makers.fresh(session).is_sealed
    makers.sign(session, cast.worker)
    assert makers.fresh(session).is_sealed


def test_declining_keeps_the_reason_and_the_attendance_counts(cast: Any) -> None:
    session = makers.signed_by_recorder(cast)
    operations.decline(
        session,
        by=cast.worker,
        evidence=makers.evidence(cast.worker),
        seen=makers.digests(session),
        reason="It leaves out what I said about the van.",
        attendance=True,
    )
    session = makers.fresh(session)
    seal = Seal.objects.get(record_id=session.pk)
    assert seal.how == "declined"
    answer = Answer.objects.get(offer=session.open_offer, person=cast.worker)
    assert (answer.kind, answer.reason) == ("declined", "It leaves out what I said about the van.")
    assert all(row.is_sealed for row in Attendance.objects.filter(session=session))


def test_a_statement_is_kept_with_the_signature_and_voids_nobodys(cast: Any) -> None:
    session = makers.signed_by_recorder(cast)
    makers.sign(session, cast.worker, statement="I would say it more strongly.")
    session = makers.fresh(session)
    assert Seal.objects.get(record_id=session.pk).how == "all_signed"
    assert session.open_offer.answers.get(person=cast.worker).statement == "I would say it more strongly."


def test_the_signature_says_what_it_is_for(cast: Any) -> None:
    session = makers.sealed(cast)
    record = session.open_offer.answers.get(person=cast.worker).evidence["intent"]
    attendance = Attendance.objects.get(session=session, person=cast.worker)
    there = attendance.open_offer.answers.get(person=cast.worker).evidence["intent"]
    assert "reflects what we talked about" in record
    assert "I was there" in there


def test_a_signature_on_a_text_that_was_not_on_the_page_is_refused(cast: Any) -> None:
    session = makers.signed_by_recorder(cast)
    with pytest.raises(Stale):
        makers.sign(session, cast.worker, seen={"0" * 64})
    assert not makers.fresh(session).is_sealed


def test_asking_for_a_change_returns_it_and_voids_the_signatures(cast: Any, told: list[Any]) -> None:
    session = makers.signed_by_recorder(cast, steps=[makers.step(cast.worker)])
    before = makers.digests(session)
    told.clear()
    operations.ask_for_change(session, by=cast.worker, reason="The date is wrong")
    session = makers.fresh(session)
    assert session.is_draft
    closed = OfferClosed.objects.get(offer__record_id=session.pk)
    assert (closed.why, closed.reason) == ("change_asked", "The date is wrong")
    assert told == [(cast.supervisor.name, "changed")]
    assert not Action.objects.visible_to(cast.worker).exists()
    with pytest.raises(WrongState):
        makers.sign(session, cast.worker, seen=before)
    again = makers.signed_by_recorder(cast, session, outcomes="Put right.")
    with pytest.raises(Stale):
        makers.sign(again, cast.worker, seen=before)
    makers.sign(again, cast.worker)
    assert content_of(again)["outcomes"] == "Put right."
    assert makers.fresh(again).is_sealed


def test_only_the_recorder_takes_back_and_only_until_the_seal(cast: Any) -> None:
    session = makers.signed_by_recorder(cast)
    with pytest.raises(Denied):
        operations.take_back(session, by=cast.worker)
    operations.take_back(session, by=cast.supervisor, reason="I forgot the training")
    assert makers.fresh(session).is_draft
    with pytest.raises(Sealed):
        operations.take_back(
            makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(40))), by=cast.supervisor
        )


def test_signed_minutes_stay_when_the_record_is_written_again(cast: Any) -> None:
    session = makers.signed_by_recorder(cast)
    makers.sign(session, cast.worker, record=False)
    operations.ask_for_change(session, by=cast.worker, reason="Say it differently")
    session = makers.fresh(session)
    both = {cast.supervisor.pk: 30, cast.worker.pk: 30}
    with pytest.raises(Invalid):
        operations.record(
            session, by=cast.supervisor, written=makers.written(cast, session, minutes=30, attended=both)
        )
    again = makers.signed_by_recorder(cast, session, outcomes="Said differently.")
    makers.sign(again, cast.worker)
    assert makers.fresh(again).is_sealed
    assert Seal.objects.filter(record_label="supervision_sessions.attendance").count() == 2


def test_closing_waits_for_the_agencys_days(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    Agency.objects.update(answer_days=5)
    session = makers.signed_by_recorder(cast)
    with pytest.raises(WrongState):
        operations.close(session, by=cast.supervisor, reason="No answer")
    later(monkeypatch, 4.9)
    with pytest.raises(WrongState):
        operations.close(session, by=cast.supervisor, reason="No answer")
    later(monkeypatch, 0.2)
    with pytest.raises(Denied):
        operations.close(session, by=cast.worker, reason="No answer")
    with pytest.raises(Invalid):
        operations.close(session, by=cast.supervisor, reason=" ")
    operations.close(session, by=cast.supervisor, reason="No answer")
    seals = Seal.objects.filter(how="closed")
    assert seals.count() == 3
    assert not Answer.objects.filter(person=cast.worker).exists()


def test_closing_needs_the_recorders_own_signature(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    session = makers.sent(cast)
    later(monkeypatch, 30)
    with pytest.raises(WrongState):
        operations.close(session, by=cast.supervisor, reason="No answer")


def test_closing_is_possible_at_once_when_somebody_has_left(cast: Any) -> None:
    session = makers.signed_by_recorder(cast)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Participation.objects.filter(arrangement=cast.arrangement, person=cast.worker).update(left_on=yesterday)
    operations.close(session, by=cast.supervisor, reason="Marisol has left the agency")
    assert makers.fresh(session).is_sealed


def test_open_attendance_is_closed_apart_when_the_record_was_declined(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = makers.signed_by_recorder(cast)
    operations.decline(
        session,
        by=cast.worker,
        evidence=makers.evidence(cast.worker),
        seen=makers.digests(session),
        reason="No",
    )
    assert makers.fresh(session).is_sealed
    with pytest.raises(WrongState):
        operations.close_attendance(session, by=cast.supervisor, reason="No answer")
    later(monkeypatch, 8)
    operations.close_attendance(session, by=cast.supervisor, reason="No answer")
    assert all(row.is_sealed for row in Attendance.objects.filter(session=session))


# Groups -------------------------------------------------------------------------------------------------------


def test_who_was_not_there_reads_nothing_and_signs_nothing(cast: Any) -> None:
    group, people = makers.group(cast)
    session = operations.plan(group, by=cast.supervisor, starts_at=makers.ago())
    there = {cast.supervisor.pk: 60, people[0].pk: 60, people[1].pk: 45}
    written = makers.written(cast, session, attended=there, steps=[makers.step(people[0])])
    operations.record(session, by=cast.supervisor, written=written)
    operations.sign_and_send(session, by=cast.supervisor, evidence=makers.evidence(cast.supervisor))
    session = makers.fresh(session)
    assert {p.person_id for p in session.open_offer.parties.all()} == set(there)
    absent = people[2]
    assert not Session.objects.visible_to(absent).exists()
    assert Session.objects.facts_visible_to(absent).exists()
    assert not Action.objects.visible_to(absent).exists()
    with pytest.raises(Denied):
        makers.sign(session, absent)


def test_what_belongs_to_some_of_a_group_never_shows_to_the_rest(cast: Any) -> None:
    group, people = makers.group(cast)
    first = operations.plan(group, by=cast.supervisor, starts_at=makers.ago(200))
    two = {cast.supervisor.pk: 60, people[0].pk: 60}
    operations.record(
        first,
        by=cast.supervisor,
        written=makers.written(cast, first, attended=two, steps=[makers.step(people[0], "Secret of two")]),
    )
    operations.send(first, by=cast.supervisor)
    action = Action.objects.get()
    second = operations.plan(group, by=cast.supervisor, starts_at=makers.ago())
    three = two | {people[1].pk: 60}
    operations.record(
        second,
        by=cast.supervisor,
        written=makers.written(cast, second, attended=three, since=[operations.Since(action.pk, "done")]),
    )
    operations.send(second, by=cast.supervisor)
    assert "Secret of two" not in str(content_of(second))
    assert [e.kind for e in action.events.all()] == ["done"]


def in_the_room(cast: Any, group: Any, there: list[Any], *topics: Any, at: Any = None) -> Session:
    """A session of a group, sent, with topics that were not reached."""
    session = operations.plan(group, by=cast.supervisor, starts_at=at or makers.ago())
    attended = {person.pk: 60 for person in (cast.supervisor, *there)}
    agenda = [makers.topic_of(i, reached=False) for i in session.agenda.all()] + list(topics)
    written = makers.written(cast, session, attended=attended, agenda=agenda)
    operations.record(session, by=cast.supervisor, written=written)
    operations.send(session, by=cast.supervisor)
    return makers.fresh(session)


def said(raiser: Any, text: str = "Said among three") -> Any:
    return operations.Topic(text=text, category="work", raised_by_id=raiser.pk, reached=False)


def on_agenda(session: Session, person: Any) -> list[str]:
    return [item.text for item in session.agenda.shown_to(person)]


def test_what_was_typed_where_a_member_was_not_is_carried_to_its_owner_alone(cast: Any) -> None:
    group, (one, two, absent, _other) = makers.group(cast)
    in_the_room(cast, group, [one, two], said(one))
    following = operations.plan(group, by=cast.supervisor, starts_at=makers.ahead())
    assert on_agenda(following, one) == ["Said among three"]
    for person in (absent, two, cast.supervisor):
        assert on_agenda(following, person) == []
    operations.share_item(following.agenda.get(), by=one)
    assert on_agenda(following, absent) == ["Said among three"]


def test_what_all_could_read_on_the_agenda_before_is_carried_to_all(cast: Any) -> None:
    group, (one, two, absent, _other) = makers.group(cast)
    session = operations.plan(group, by=cast.supervisor, starts_at=makers.ago())
    operations.add_item(session, by=absent, text="The van")
    written = makers.written(
        cast,
        session,
        attended={p.pk: 60 for p in (cast.supervisor, one, two)},
        agenda=[makers.topic_of(session.agenda.get(), reached=False)],
    )
    operations.record(session, by=cast.supervisor, written=written)
    operations.send(session, by=cast.supervisor)
    following = operations.plan(group, by=cast.supervisor, starts_at=makers.ahead())
    for person in (one, absent, cast.supervisor):
        assert on_agenda(following, person) == ["The van"]


def test_who_joins_later_reads_nothing_that_was_said_before(cast: Any) -> None:
    group, people = makers.group(cast)
    session = in_the_room(cast, group, people, said(people[0]))
    following = operations.plan(group, by=cast.supervisor, starts_at=makers.ago(2))
    assert on_agenda(following, people[1]) == ["Said among three"]
    newcomer = cast.outsider
    Acknowledgement(person=newcomer, edition=1, concern_days=3).save()
    Participation.objects.create(
        arrangement=group, person=newcomer, part="supervisee", joined_on=timezone.localdate()
    )
    assert on_agenda(following, newcomer) == []
    written = makers.written(
        cast,
        following,
        attended={p.pk: 60 for p in (cast.supervisor, people[0], newcomer)},
        agenda=[makers.topic_of(following.agenda.get(), reached=False)],
    )
    operations.record(makers.fresh(following), by=cast.supervisor, written=written)
    operations.send(makers.fresh(following), by=cast.supervisor)
    assert "Said among three" not in str(content_of(following))
    third = operations.plan(group, by=cast.supervisor, starts_at=makers.ahead())
    assert on_agenda(third, people[0]) == ["Said among three"]
    assert on_agenda(third, newcomer) == []
    assert "Said among three" in str(content_of(session))


def test_a_new_supervisor_does_not_find_what_was_told_to_the_one_before(cast: Any) -> None:
    makers.sent(cast, agenda=[said(cast.worker, "Told to Dana")])
    following = makers.planned(cast, starts_at=makers.ago(2))
    today = timezone.localdate()
    newcomer = cast.other_supervisor
    Participation.objects.create(
        arrangement=cast.arrangement, person=newcomer, part="supervisor", joined_on=today
    )
    cast.arrangement.participations.filter(person=cast.supervisor).update(
        left_on=today - datetime.timedelta(days=1)
    )
    there = {newcomer.pk: 5, cast.worker.pk: 5}
    written = makers.written(cast, following, attended=there, agenda=[], starts_at=timezone.now(), minutes=5)
    operations.record(makers.fresh(following), by=newcomer, written=written)
    operations.send(makers.fresh(following), by=newcomer)
    assert "Told to Dana" not in str(content_of(following))
    third = operations.plan(cast.arrangement, by=cast.worker, starts_at=makers.ahead())
    assert on_agenda(third, cast.worker) == ["Told to Dana"]
    assert on_agenda(third, newcomer) == []


def test_a_group_record_seals_with_the_last_of_many_answers(cast: Any) -> None:
    group, people = makers.group(cast)
    session = operations.plan(group, by=cast.supervisor, starts_at=makers.ago())
    there = {cast.supervisor.pk: 60} | {p.pk: 60 for p in people}
    operations.record(session, by=cast.supervisor, written=makers.written(cast, session, attended=there))
    operations.sign_and_send(session, by=cast.supervisor, evidence=makers.evidence(cast.supervisor))
    for person in people[:-1]:
        makers.sign(session, person)
        assert not makers.fresh(session).is_sealed
    makers.sign(session, people[-1])
    assert makers.fresh(session).is_sealed
    assert Seal.objects.filter(record_label="supervision_sessions.attendance").count() == 5


def test_in_co_reflection_one_who_was_there_records(cast: Any) -> None:
    group, people = makers.group(cast)
    group.structure = "co_reflection"
    group.save()
    group.participations.update(part="peer")
    session = operations.plan(group, by=people[1], starts_at=makers.ago())
    there = {p.pk: 60 for p in people}
    operations.record(session, by=people[1], written=makers.written(cast, session, attended=there))
    assert makers.fresh(session).recorder == people[1]


# Addenda ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["supervisor", "worker"])
def test_any_party_adds_to_a_sealed_record_and_the_record_stays(cast: Any, who: str) -> None:
    session = makers.sealed(cast)
    seal = Seal.objects.get(record_id=session.pk)
    author = getattr(cast, who)
    addendum = operations.add_addendum(
        session, by=author, reason="The date", text="It was the ninth.", evidence=makers.evidence(author)
    )
    assert addendum.number == 1
    assert not addendum.is_sealed
    content = snapshot.read(addendum.open_offer.content)
    assert (content["text"], content["record"]["digest"]) == ("It was the ninth.", seal.digest)
    other = cast.worker if author == cast.supervisor else cast.supervisor
    operations.answer_addendum(
        addendum, by=other, evidence=makers.evidence(other), seen=addendum.open_offer.digest
    )
    assert makers.fresh(addendum).is_sealed
    assert Seal.objects.filter(record_id=session.pk).get().mac == seal.mac


def test_an_addendum_stands_when_the_other_declines(cast: Any) -> None:
    session = makers.sealed(cast)
    addendum = operations.add_addendum(
        session, by=cast.worker, reason="x", text="y", evidence=makers.evidence(cast.worker)
    )
    with pytest.raises(Invalid):
        operations.answer_addendum(
            addendum,
            by=cast.supervisor,
            evidence=makers.evidence(cast.supervisor),
            seen=addendum.open_offer.digest,
            sign=False,
        )
    operations.answer_addendum(
        addendum,
        by=cast.supervisor,
        evidence=makers.evidence(cast.supervisor),
        seen=addendum.open_offer.digest,
        sign=False,
        reason="I remember it otherwise",
    )
    assert Seal.objects.get(record_id=addendum.pk).how == "declined"


def test_an_addendum_is_closed_by_its_author_after_the_days(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = makers.sealed(cast)
    addendum = operations.add_addendum(
        session, by=cast.worker, reason="x", text="y", evidence=makers.evidence(cast.worker)
    )
    with pytest.raises(WrongState):
        operations.close_addendum(addendum, by=cast.worker, reason="No answer")
    later(monkeypatch, 8)
    with pytest.raises(Denied):
        operations.close_addendum(addendum, by=cast.supervisor, reason="No answer")
    operations.close_addendum(addendum, by=cast.worker, reason="No answer")
    assert makers.fresh(addendum).is_sealed


def test_nobody_adds_to_what_is_not_sealed_or_not_theirs(cast: Any) -> None:
    session = makers.signed_by_recorder(cast)
    given = {"reason": "x", "text": "y", "evidence": makers.evidence(cast.worker)}
    with pytest.raises(WrongState):
        operations.add_addendum(session, by=cast.worker, **given)
    makers.sign(session, cast.worker)
    with pytest.raises(Denied):
        operations.add_addendum(session, by=cast.manager, **given)


# Actions ------------------------------------------------------------------------------------------------------


def test_a_tick_is_undone_and_everything_is_kept(cast: Any) -> None:
    action = makers.sealed(cast, steps=[makers.step(cast.worker)]).actions.get()
    operations.done(action, by=cast.worker)
    assert not Action.objects.open().exists()
    operations.reopen(action, by=cast.worker)
    operations.drop(action, by=cast.supervisor, reason="Not needed now")
    assert [e.kind for e in action.events.order_by("at")] == ["done", "reopened", "dropped"]
    assert not Action.objects.open().exists()


def test_a_closed_action_is_not_closed_again(cast: Any) -> None:
    action = makers.sealed(cast, steps=[makers.step(cast.worker)]).actions.get()
    operations.done(action, by=cast.worker)
    with pytest.raises(WrongState):
        operations.done(action, by=cast.supervisor)
    with pytest.raises(Invalid):
        operations.drop(action, by=cast.supervisor, reason=" ")
    assert ActionEvent.objects.count() == 1


def test_open_actions_are_offered_by_the_next_session_until_they_are_closed(cast: Any) -> None:
    from supervision.sessions.operations import recording

    first = makers.sealed(
        cast, makers.planned(cast, starts_at=makers.ago(300)), steps=[makers.step(cast.worker)]
    )
    action = first.actions.get()
    second = makers.planned(cast, starts_at=makers.ago(150))
    assert list(recording.open_before(second, cast.supervisor)) == [action]
    makers.sealed(cast, second, since=[operations.Since(action.pk, "open")])
    third = makers.planned(cast, starts_at=makers.ago(2))
    assert list(recording.open_before(third, cast.supervisor)) == [action]
    makers.sealed(cast, third, since=[operations.Since(action.pk, "done")])
    fourth = makers.planned(cast, starts_at=makers.ago(1))
    assert list(recording.open_before(fourth, cast.supervisor)) == []


def test_an_action_settled_while_the_record_was_written_is_noticed(cast: Any) -> None:
    action = makers.sealed(
        cast, makers.planned(cast, starts_at=makers.ago(90)), steps=[makers.step(cast.worker)]
    )
    row = action.actions.get()
    session = makers.draft(cast, since=[operations.Since(row.pk, "open", was="open")])
    operations.done(row, by=cast.worker)
    with pytest.raises(Stale):
        operations.send(session, by=cast.supervisor)
    assert not makers.fresh(session).is_offered


def test_taking_back_and_saying_it_is_still_going_opens_it_again(cast: Any) -> None:
    first = makers.sealed(
        cast, makers.planned(cast, starts_at=makers.ago(90)), steps=[makers.step(cast.worker)]
    )
    action = first.actions.get()
    session = makers.sent(cast, since=[operations.Since(action.pk, "done", was="open")])
    operations.take_back(session, by=cast.supervisor)
    makers.sent(cast, makers.fresh(session), since=[operations.Since(action.pk, "open", was="done")])
    assert [e.kind for e in action.events.order_by("at")] == ["done", "reopened"]


@pytest.mark.parametrize("who", ["outsider", "manager", "administrator", "other_worker"])
def test_nobody_else_ticks(cast: Any, who: str) -> None:
    action = makers.sealed(cast, steps=[makers.step(cast.worker)]).actions.get()
    with pytest.raises(NotFound):
        operations.done(action, by=getattr(cast, who))


# Next session ---------------------------------------------------------------------------------------------------


def test_the_next_session_moves_the_plan_there_is(cast: Any) -> None:
    session = makers.planned(cast)
    following = makers.planned(cast, starts_at=makers.ahead(5))
    when = makers.ahead(6)
    sent = makers.sent(cast, session, next=operations.Next(when, "Library"))
    assert makers.fresh(following).state == "moved"
    planned = Session.objects.planned().get()
    assert (planned.starts_at, planned.place, sent.next_session_id) == (when, "Library", planned.pk)


def test_a_record_that_plans_the_next_session_is_one_mail(cast: Any, told: list[Any]) -> None:
    makers.sent(cast, next=operations.Next(makers.ahead(5), "Library"))
    assert told.count((cast.worker.name, "sign")) == 1
    assert told.count((cast.worker.name, "session")) == 1, "of the first plan alone"
    told.clear()
    session = makers.planned(cast, starts_at=makers.ago(2))
    told.clear()
    makers.sent(cast, session, next=operations.Next(makers.ahead(6), "Library"))
    assert told == [(cast.worker.name, "sign")]


def test_who_was_not_there_is_told_of_the_next_session(cast: Any, told: list[Any]) -> None:
    group, (one, absent, *_others) = makers.group(cast)
    session = operations.plan(group, by=cast.supervisor, starts_at=makers.ago())
    told.clear()
    there = {cast.supervisor.pk: 60, one.pk: 60}
    written = makers.written(cast, session, attended=there, next=operations.Next(makers.ahead(), ""))
    operations.record(session, by=cast.supervisor, written=written)
    operations.send(session, by=cast.supervisor)
    assert (absent.name, "session") in told
    assert [kind for name, kind in told if name == one.name] == ["sign"]


def test_the_same_next_time_plans_nothing_twice(cast: Any) -> None:
    session = makers.planned(cast)
    following = makers.planned(cast, starts_at=makers.ahead(5), place="Library")
    sent = makers.sent(cast, session, next=operations.Next(following.starts_at, "Library"))
    assert sent.next_session_id == following.pk
    operations.take_back(sent, by=cast.supervisor)
    makers.sent(cast, makers.fresh(sent), next=operations.Next(following.starts_at, "Library"))
    assert Session.objects.count() == 2


# The hub --------------------------------------------------------------------------------------------------------


def test_the_standing_is_kept_at_every_step(cast: Any) -> None:
    def kept() -> tuple[Any, ...]:
        row = Standing.objects.get(arrangement=cast.arrangement)
        values = standing.standing_of(cast.arrangement)
        assert {name: getattr(row, name) for name in values} == values
        return row.held_count, row.unsigned_count, row.last_met_at, row.next_planned_at

    when = makers.ahead()
    session = makers.planned(cast)
    makers.planned(cast, starts_at=when)
    assert kept() == (0, 0, None, when)
    session = makers.signed_by_recorder(cast, session)
    assert kept() == (1, 1, session.starts_at, when)
    makers.sign(session, cast.worker)
    assert kept() == (1, 0, session.starts_at, when)
    operations.cancel(Session.objects.planned().get(), by=cast.worker, why="away")
    assert kept() == (1, 0, session.starts_at, None)


def test_the_mails_carry_no_word_of_it(cast: Any, mailoutbox: list[Any]) -> None:
    session = makers.planned(cast, place="The heron room")
    operations.add_item(session, by=cast.worker, text="heron")
    makers.signed_by_recorder(cast, session)
    for kind in ("session", "sign", "session_changed", "changed"):
        mail.tell(cast.worker, kind, path="/sessions/")
    Worker().run_until_empty()
    assert mailoutbox
    assert not any(makers.CANARY in f"{m.subject}{m.body}" for m in mailoutbox)


def test_a_record_sent_again_follows_what_became_of_the_plan(cast: Any) -> None:
    when, other = makers.ahead(5), makers.ahead(6)
    session = makers.sent(cast, next=operations.Next(when, "Library"))
    operations.move(session.next_session, by=cast.worker, starts_at=other, place="Garden")
    operations.take_back(session, by=cast.supervisor)
    operations.send(makers.fresh(session), by=cast.supervisor)
    assert content_of(session)["next"]["place"] == "Garden"
    assert Session.objects.planned().get().starts_at == other
    operations.take_back(makers.fresh(session), by=cast.supervisor)
    operations.cancel(Session.objects.planned().get(), by=cast.worker, why="away")
    operations.send(makers.fresh(session), by=cast.supervisor)
    assert content_of(session)["next"] is None
    assert not Session.objects.planned().exists()


def test_a_draft_thrown_away_leaves_the_plan_as_it_was(cast: Any) -> None:
    session = makers.planned(cast)
    item = operations.add_item(session, by=cast.worker, text="Travel time")
    mine = operations.Topic(text="Typed while writing", category="work", raised_by_id=cast.supervisor.pk)
    agenda = [makers.topic_of(item, outcome="Nothing yet", reached=False), mine]
    draft = makers.draft(cast, session, agenda=agenda, steps=[makers.step(cast.worker)])
    with pytest.raises(Denied):
        operations.discard(draft, by=cast.worker)
    operations.discard(draft, by=cast.supervisor)
    after = makers.fresh(session)
    assert (after.state, after.recorder, after.strengths, after.outcomes) == ("planned", None, "", "")
    assert [(i.text, i.reached, i.outcome) for i in after.agenda.all()] == [("Travel time", True, "")]
    assert not Action.objects.exists()
    operations.missed(after, by=cast.worker, why="away")


def test_what_others_have_had_before_them_is_not_thrown_away(cast: Any) -> None:
    session = makers.sent(cast)
    operations.take_back(session, by=cast.supervisor)
    with pytest.raises(WrongState):
        operations.discard(makers.fresh(session), by=cast.supervisor)
