"""What took place while somebody led it they still write up for a month after all of it has ended."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from supervision.people.models import Arrangement, Participation, User
from supervision.records.errors import Invalid, NotFound, WrongState
from supervision.records.policy import explain
from supervision.sessions import operations, policy
from supervision.sessions.models import Action, AgendaItem, Session
from tests.cast import Cast

from . import makers
from .pages import body, client_of

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def ended(cast: Cast, days_ago: int) -> None:
    last = timezone.localdate() - days_ago * DAY
    Arrangement.objects.filter(pk=cast.arrangement.pk).update(ended_on=last)
    cast.arrangement.participations.update(left_on=last)
    cast.arrangement.refresh_from_db()
    cast.arrangement._prefetched_objects_cache = {}


def met(days_ago: int) -> datetime.datetime:
    return makers.ago(24 * days_ago)


def test_the_last_planned_session_of_a_pair_is_written_up_sent_and_signed(cast: Cast) -> None:
    session = makers.planned(cast, starts_at=met(4))
    ended(cast, 2)
    dana = client_of(cast.supervisor)
    page = dana.get(reverse("sessions:record", args=[session.pk]))
    assert page.status_code == 200
    assert cast.worker.called in body(page)
    sealed = makers.sealed(cast, session)
    assert sealed.is_sealed
    assert client_of(cast.worker).get(reverse("sessions:detail", args=[session.pk])).status_code == 200


def test_one_that_nobody_had_planned_is_logged_too(cast: Cast) -> None:
    ended(cast, 2)
    dana = client_of(cast.supervisor)
    form = dana.get(reverse("sessions:log"), {"arrangement": str(cast.arrangement.pk)})
    assert form.status_code == 200
    assert cast.worker.called in body(form)
    made = operations.log(
        cast.arrangement, by=cast.supervisor, written=makers.written(cast, starts_at=met(5))
    )
    assert {row.person_id for row in made.attendees.all()} == {cast.supervisor.pk, cast.worker.pk}


def test_it_took_place_before_they_left_and_nothing_comes_next(cast: Cast) -> None:
    ended(cast, 3)
    with pytest.raises(Invalid, match="until"):
        operations.log(cast.arrangement, by=cast.supervisor, written=makers.written(cast, starts_at=met(1)))
    later = operations.Next(starts_at=makers.ahead(3))
    with pytest.raises(Invalid, match="Leave the next session empty"):
        operations.log(
            cast.arrangement,
            by=cast.supervisor,
            written=makers.written(cast, starts_at=met(5), next=later),
        )
    assert not Session.objects.exists()


def test_after_a_month_and_for_whoever_did_not_lead_it_it_is_closed(cast: Cast) -> None:
    session = makers.planned(cast, starts_at=met(40))
    ended(cast, 2)
    assert client_of(cast.worker).get(reverse("sessions:record", args=[session.pk])).status_code != 200
    ended(cast, 32)
    record = reverse("sessions:record", args=[session.pk])
    assert client_of(cast.supervisor).get(record).status_code in (403, 404)
    with pytest.raises(NotFound):
        operations.log(cast.arrangement, by=cast.supervisor, written=makers.written(cast, starts_at=met(41)))


def leaves(group: Arrangement, person: User, days_ago: int) -> None:
    rows = Participation.objects.filter(arrangement=group, person=person)
    rows.update(left_on=timezone.localdate() - days_ago * DAY)


def group_that_goes_on(cast: Cast) -> tuple[Any, Arrangement, list[User]]:
    """In the shape of a cast. Ben leads it after Dana."""
    group, people = makers.group(cast)
    today = timezone.localdate()
    Participation.objects.create(
        arrangement=group, person=cast.other_supervisor, part="supervisor", joined_on=today - 2 * DAY
    )
    pair: Any = type(cast)(**{**vars(cast), "arrangement": group, "worker": people[1]})
    return pair, group, people


def test_who_left_a_group_that_goes_on_writes_up_what_was_before_for_a_month_and_reads_nothing_newer(
    cast: Cast,
) -> None:
    pair, group, people = group_that_goes_on(cast)
    earlier, newer = makers.planned(pair, starts_at=met(6)), makers.planned(pair, starts_at=met(1))
    coming = makers.planned(pair, starts_at=makers.ahead(4), place="canary-room")
    topic = operations.add_item(earlier, by=people[1], text="canary-later")
    leaves(group, cast.supervisor, 3)
    dana = client_of(cast.supervisor)
    for name in ("record", "detail"):
        page = dana.get(reverse(f"sessions:{name}", args=[earlier.pk]))
        assert page.status_code == 200
        assert "canary" not in body(page)
        for other in (newer, coming):
            assert dana.get(reverse(f"sessions:{name}", args=[other.pk])).status_code in (403, 404)
    choosing = body(dana.get(reverse("sessions:log")))
    assert str(earlier.pk) in choosing
    assert str(newer.pk) not in choosing
    for refused in (newer, coming):
        with pytest.raises(NotFound):
            operations.record(
                refused, by=cast.supervisor, written=makers.written(pair, refused, starts_at=met(5))
            )
    sent = makers.sent(pair, earlier, agenda=[])
    assert Session.objects.get(pk=earlier.pk).recorder == cast.supervisor
    assert AgendaItem.objects.get(pk=topic.pk).is_private, "it comes back with whoever raised it"
    assert "canary" not in body(dana.get(reverse("sessions:detail", args=[sent.pk])))
    leaves(group, cast.supervisor, 32)
    late = reverse("sessions:log") + f"?arrangement={group.pk}"
    assert dana.get(late).status_code in (403, 404)
    with pytest.raises(NotFound):
        operations.log(group, by=cast.supervisor, written=makers.written(pair, starts_at=met(33)))


def test_attendance_is_asked_of_those_who_took_part_on_that_day(cast: Cast) -> None:
    pair, group, people = group_that_goes_on(cast)
    leaves(group, people[2], 4)
    leaves(group, people[3], 8)
    leaves(group, cast.supervisor, 3)
    dana = client_of(cast.supervisor)
    form = body(dana.get(reverse("sessions:log"), {"arrangement": str(group.pk)}))
    assert people[2].name in form
    assert cast.other_supervisor.name not in form, "who came after her"
    with pytest.raises(Invalid, match="until"):
        operations.log(group, by=cast.supervisor, written=makers.written(pair, starts_at=met(1)))
    there = {one.pk: 60 for one in (cast.supervisor, people[1], people[2])}
    made = operations.log(
        group, by=cast.supervisor, written=makers.written(pair, starts_at=met(6), attended=there)
    )
    rows = {row.person: row.attended for row in made.attendees.select_related("person")}
    assert rows == {cast.supervisor: True, people[0]: False, people[1]: True, people[2]: True}


def test_who_leads_it_still_writes_down_also_who_has_left_since(cast: Cast) -> None:
    pair, group, people = group_that_goes_on(cast)
    leaves(group, people[2], 4)
    form = client_of(cast.supervisor).get(reverse("sessions:log"), {"arrangement": str(group.pk)})
    boxes = {row.person: row.attended for row in form.context["form"].attendees}
    assert (boxes[people[1]], boxes[people[2]]) == (True, False)
    there = {one.pk: 60 for one in (cast.supervisor, people[1], people[2])}
    for days, may in ((6, True), (2, False)):
        written = makers.written(pair, starts_at=met(days), attended=there)
        if may:
            operations.log(group, by=cast.supervisor, written=written)
            continue
        with pytest.raises(Invalid, match="does not take part"):
            operations.log(group, by=cast.supervisor, written=written)


def test_the_worker_has_their_days_to_answer_also_when_all_of_it_has_ended(cast: Cast) -> None:
    session = makers.planned(cast, starts_at=met(4))
    ended(cast, 2)
    sent = makers.signed_by_recorder(cast, session)
    with pytest.raises(WrongState, match="Everybody has until"):
        operations.close(sent, by=cast.supervisor, reason="Nobody is here any more")
    makers.sign(sent, cast.worker)
    assert makers.fresh(sent).is_sealed


def test_a_next_session_in_a_draft_of_before_is_refused_and_changes_no_plan(cast: Cast) -> None:
    later = operations.Next(starts_at=makers.ahead(3), place="Old room")
    draft = makers.draft(cast, makers.planned(cast, starts_at=met(4)), next=later)
    ended(cast, 2)
    with pytest.raises(Invalid, match="Leave the next session empty"):
        operations.send(makers.fresh(draft), by=cast.supervisor)
    assert not Session.objects.filter(starts_at__gt=timezone.now()).exists()


def test_a_step_of_another_is_not_settled_by_whoever_left_before_the_end(cast: Cast) -> None:
    group, people = makers.group(cast)
    pair: Any = type(cast)(**{**vars(cast), "arrangement": group, "worker": people[1]})
    steps = [makers.step(cast.supervisor, "Ask the office"), makers.step(people[2], "Bring the list")]
    there = {one.pk: 60 for one in (cast.supervisor, *people)}
    session = makers.sent(pair, makers.planned(pair, starts_at=met(9)), steps=steps, attended=there)
    promised, others = session.actions.order_by("position")
    ended(pair, 1)
    for action, may in ((promised, True), (others, False)):
        assert bool(explain(policy.check_can_settle, people[1], action)) == may
    Participation.objects.filter(arrangement=group, person=people[1]).update(
        left_on=timezone.localdate() - 5 * DAY
    )
    promised.arrangement._prefetched_objects_cache = {}
    assert not explain(policy.check_can_settle, people[1], Action.objects.get(pk=promised.pk))
