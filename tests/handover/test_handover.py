"""At a change of supervisor the worker chooses what goes over. Who led before sees nothing newer, who leads now no more than that."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from competencies.models import Goal
from supervision.handover import operations, scope
from supervision.handover.models import HandedOver, Handover
from supervision.jobs.worker import Worker
from supervision.overview.opened import log
from supervision.people.models import Arrangement, Participation
from supervision.records import disposal
from supervision.records.errors import Denied, Invalid, NotFound
from supervision.records.models import AuditEvent, Opening
from supervision.sessions import operations as meeting
from supervision.sessions.models import Action, Addendum, Session
from tests import factories
from tests.agreements import helpers as agreeing
from tests.cast import Cast
from tests.competencies import assessment_makers as assessing
from tests.competencies import makers as goals
from tests.sessions import makers as sessions
from tests.sessions import observation_makers as observing
from tests.sessions.pages import body, client_of

from . import makers

pytestmark = pytest.mark.django_db
WORDS = "canary-heron: the walks after the group"


def first_session(cast: Cast) -> Session:
    return sessions.sealed(cast, outcomes=WORDS, steps=[sessions.step(cast.worker, "canary-step")])


def test_a_worker_hands_over_what_they_choose_and_the_new_supervisor_reads_that_alone(cast: Cast) -> None:
    session = first_session(cast)
    other = sessions.sealed(
        cast, sessions.planned(cast, starts_at=sessions.ago(24 * 5)), outcomes="canary-other"
    )
    observed, assessed = observing.sealed(cast), assessing.sealed(cast)
    made = makers.changed(cast)
    to = makers.part_of(made, cast.other_supervisor)
    ben = client_of(cast.other_supervisor)
    page = reverse("handover:of", args=[to.pk, cast.worker.pk])
    assert "Nothing so far" in body(ben.get(page))
    assert ben.get(reverse("sessions:detail", args=[session.pk])).status_code == 404

    assert makers.offered(cast.worker, to) == {
        "action": makers.pks(Action.objects.filter(session=session)),
        "session": makers.pks([session, other]),
        "observation": makers.pks([observed]),
        "assessment": makers.pks([assessed]),
    }
    chosen = [
        *makers.choice("session", session),
        *makers.choice("observation", observed),
        *makers.choice("assessment", assessed),
        *makers.choice("action", Action.objects.get(session=session)),
    ]
    Worker(name="test").run_until_empty()
    mail.outbox.clear()
    operations.hand_over(to, by=cast.worker, chosen=chosen)
    shown = body(ben.get(page))
    assert "canary-step" in shown
    assert WORDS not in shown
    for kind, expected in (("session", WORDS), ("observation", "observation"), ("assessment", "assessment")):
        item = HandedOver.objects.get(kind=kind)
        answer = ben.get(reverse("handover:record", args=[item.pk]))
        assert answer.status_code == 200
        assert expected in body(answer).lower() or expected in body(answer)
    assert "canary-other" not in shown
    assert ben.get(reverse("sessions:detail", args=[session.pk])).status_code == 404
    assert ben.get(reverse("sessions:pdf", args=[session.pk])).status_code == 404

    Worker(name="test").run_until_empty()
    (told,) = mail.outbox  # whoever supervised before is told nothing
    assert told.to == [cast.other_supervisor.email]
    assert "shared with you" in told.subject
    assert "canary" not in told.body
    rows = log.Book(cast.worker).page({}).rows
    assert {row.who for row in rows} == {cast.other_supervisor.name}
    assert Opening.objects.filter(
        by=cast.other_supervisor, record_id=session.pk, why="handed over to them"
    ).exists()
    assert "canary" not in str([event.facts for event in AuditEvent.objects.all()])


def test_taken_back_it_is_read_no_more_and_can_go_over_again(cast: Cast) -> None:
    session = first_session(cast)
    to = makers.part_of(makers.changed(cast), cast.other_supervisor)
    for _press in range(2):  # a form sent twice
        operations.hand_over(to, by=cast.worker, chosen=makers.choice("session", session))
    item = HandedOver.objects.get()
    url = reverse("handover:record", args=[item.pk])
    ben = client_of(cast.other_supervisor)
    assert ben.get(url).status_code == 200
    for person in (cast.other_supervisor, cast.supervisor, cast.manager):
        with pytest.raises(NotFound):
            operations.take_back(item, by=person)
    worker = client_of(cast.worker)
    assert worker.post(reverse("handover:take_back", args=[item.pk])).status_code == 302
    assert worker.post(reverse("handover:take_back", args=[item.pk])).status_code == 302
    assert ben.get(url).status_code == 404
    operations.hand_over(to, by=cast.worker, chosen=makers.choice("session", session))
    assert HandedOver.objects.standing().count() == 1
    assert HandedOver.objects.count() == 2


def test_for_everybody_else_it_does_not_exist(cast: Cast) -> None:
    session = first_session(cast)
    to = makers.part_of(makers.changed(cast), cast.other_supervisor)
    operations.hand_over(to, by=cast.worker, chosen=makers.choice("session", session))
    item = HandedOver.objects.get()
    pages = [
        reverse("handover:record", args=[item.pk]),
        reverse("handover:of", args=[to.pk, cast.worker.pk]),
        reverse("handover:choose", args=[to.pk]),
    ]
    for person in (cast.supervisor, cast.manager, cast.administrator, cast.outsider, cast.other_worker):
        assert {client_of(person).get(page).status_code for page in pages} == {404}
    with pytest.raises(NotFound):
        operations.hand_over(to, by=cast.other_worker, chosen=[])
    with pytest.raises(NotFound):
        operations.hand_over(
            makers.part_of(cast.other_arrangement, cast.other_supervisor), by=cast.worker, chosen=[]
        )


def test_it_ends_with_the_supervision_and_the_next_one_reads_nothing_by_it(cast: Cast) -> None:
    session = first_session(cast)
    second = makers.changed(cast, days_ago=9)
    to = makers.part_of(second, cast.other_supervisor)
    operations.hand_over(to, by=cast.worker, chosen=makers.choice("session", session))
    item = HandedOver.objects.get()
    cast.arrangement = second
    third = makers.changed(cast, cast.outsider)
    assert client_of(cast.other_supervisor).get(reverse("handover:record", args=[item.pk])).status_code == 404
    assert client_of(cast.outsider).get(reverse("handover:record", args=[item.pk])).status_code == 404
    assert makers.offered(cast.worker, makers.part_of(third, cast.outsider))["session"] == {session.pk}


def test_without_a_choice_they_see_agreements_and_facts_and_no_word_of_a_session(cast: Cast) -> None:
    agreement = agreeing.in_force(cast.arrangement, cast.supervisor, cast.worker)
    session = first_session(cast)
    made = makers.changed(cast)
    to = makers.part_of(made, cast.other_supervisor)
    ben = client_of(cast.other_supervisor)
    page = body(ben.get(reverse("handover:of", args=[to.pk, cast.worker.pk])))
    assert f"With {cast.supervisor.name}" in page
    assert "1 hour" in page
    assert "Version 1, signed" in page
    assert "canary" not in page
    url = reverse("handover:agreement", args=[to.pk, cast.worker.pk, agreement.pk])
    assert cast.supervisor.name in body(ben.get(url))
    assert client_of(cast.manager).get(url).status_code == 404
    opened = Opening.objects.get(by=cast.other_supervisor, record_id=agreement.pk)
    assert opened.why == "supervises now"
    assert not Opening.objects.filter(by=cast.other_supervisor, record_id=session.pk).exists()


def test_nothing_of_a_group_goes_over_and_who_leads_one_is_handed_nothing(cast: Cast) -> None:
    group, people = sessions.group(cast)
    worker = people[1]
    leader = group.participations.get(part="supervisor")
    assert not scope.leaders_of(worker).exists()
    assert all(part.pk != leader.pk for part, _worker in scope.supported_by(cast.supervisor))
    pair = factories.arrangement(cast.program, [cast.other_supervisor], [worker], days_ago=0)
    to = makers.part_of(pair, cast.other_supervisor)
    assert not scope.earlier(worker, to).exists()
    assert not any(makers.offered(worker, to).values())


def test_supervision_that_went_on_beside_it_is_not_before_it(cast: Cast) -> None:
    """Somebody who supervises them for something else comes into nothing when the other supervision ends."""
    beside = factories.arrangement(cast.program, [cast.other_supervisor], [cast.worker], days_ago=400)
    first_session(cast)
    makers.changed(cast, cast.outsider)
    to = makers.part_of(beside, cast.other_supervisor)
    assert not any(makers.offered(cast.worker, to).values())
    elsewhere = factories.arrangement(cast.other_program, [cast.other_manager], [cast.worker], days_ago=0)
    assert not any(makers.offered(cast.worker, makers.part_of(elsewhere, cast.other_manager)).values())


def test_what_is_not_on_the_list_never_goes_over(cast: Cast) -> None:
    session = first_session(cast)
    draft = sessions.draft(cast, sessions.planned(cast, starts_at=sessions.ago(24 * 3)))
    to = makers.part_of(makers.changed(cast), cast.other_supervisor)
    others = sessions.sealed(make_pair(cast), sessions.planned(make_pair(cast), starts_at=sessions.ago(30)))
    for kind, pk in (
        ("session", draft.pk),
        ("session", others.pk),
        ("assessment", session.pk),
        ("note", session.pk),
        ("session", uuid.uuid4()),
    ):
        with pytest.raises(Invalid):
            operations.hand_over(to, by=cast.worker, chosen=[(kind, pk)])
    assert not HandedOver.objects.exists()
    forged = client_of(cast.worker).post(
        reverse("handover:choose", args=[to.pk]), {"session": [str(others.pk)]}
    )
    assert forged.status_code == 422
    assert "can’t go over any more" in body(forged)


def make_pair(cast: Cast) -> Any:
    """The other pair, in the shape of a cast."""
    return type(cast)(
        **{
            **vars(cast),
            "arrangement": cast.other_arrangement,
            "supervisor": cast.other_supervisor,
            "worker": cast.other_worker,
        }
    )


def test_a_goal_goes_over_from_who_led_before_to_who_leads_now(cast: Cast) -> None:
    shared, private = (
        goals.shared(cast.worker, cast.arrangement),
        goals.goal(cast.worker, title="canary-kept"),
    )
    to = makers.part_of(makers.changed(cast), cast.other_supervisor)
    page = client_of(cast.worker).get(reverse("handover:choose", args=[to.pk]))
    assert goals.TITLE in body(page)
    answer = client_of(cast.worker).post(
        reverse("handover:choose", args=[to.pk]), {"goals": [str(shared.pk)]}
    )
    assert answer.status_code == 302
    assert list(Goal.objects.shared_with(cast.other_supervisor)) == [shared]
    assert not Goal.objects.shared_with(cast.supervisor).filter(pk=shared.pk).exists()
    assert goals.fresh(private).is_private


def test_it_waits_on_the_workers_first_page_until_they_chose_which_may_be_nothing(cast: Cast) -> None:
    first_session(cast)
    worker = client_of(cast.worker)
    waits = f"Choose what goes over to {cast.other_supervisor.called}"
    assert waits not in body(worker.get("/"))
    to = makers.part_of(makers.changed(cast), cast.other_supervisor)
    assert waits in body(worker.get("/"))
    assert waits not in body(client_of(cast.other_supervisor).get("/"))
    assert worker.post(reverse("handover:choose", args=[to.pk]), {}).status_code == 302
    assert waits not in body(worker.get("/"))
    assert Handover.objects.get().items.count() == 0
    assert "Chosen" in body(worker.get(reverse("handover:list")))


def test_an_open_step_of_before_is_still_the_workers_to_settle(cast: Cast) -> None:
    session = first_session(cast)
    step = Action.objects.get(session=session)
    to = makers.part_of(makers.changed(cast), cast.other_supervisor)
    operations.hand_over(to, by=cast.worker, chosen=makers.choice("action", step))
    with pytest.raises(Denied):
        meeting.done(step, by=cast.supervisor)
    assert "canary-step" in body(client_of(cast.worker).get("/"))
    assert "canary-step" not in body(client_of(cast.supervisor).get("/"))
    meeting.done(step, by=cast.worker)
    shown = body(client_of(cast.other_supervisor).get(reverse("handover:of", args=[to.pk, cast.worker.pk])))
    assert "Done." in shown


def test_what_was_removed_since_says_nothing(cast: Cast) -> None:
    session = first_session(cast)
    to = makers.part_of(makers.changed(cast), cast.other_supervisor)
    operations.hand_over(to, by=cast.worker, chosen=makers.choice("session", session))
    with transaction.atomic():
        disposal.destroy(session, by=None, facts={})
    item = HandedOver.objects.get()
    ben = client_of(cast.other_supervisor)
    assert ben.get(reverse("handover:record", args=[item.pk])).status_code == 404
    assert ben.get(reverse("handover:of", args=[to.pk, cast.worker.pk])).status_code == 200
    assert client_of(cast.worker).get(reverse("handover:choose", args=[to.pk])).status_code == 200


def test_an_addendum_goes_with_its_record(cast: Cast) -> None:
    session = first_session(cast)
    meeting.add_addendum(
        session, by=cast.worker, reason="A date", text="canary-added", evidence=sessions.evidence(cast.worker)
    )
    to = makers.part_of(makers.changed(cast), cast.other_supervisor)
    operations.hand_over(to, by=cast.worker, chosen=makers.choice("session", session))
    url = reverse("handover:record", args=[HandedOver.objects.get().pk])
    assert "canary-added" not in body(client_of(cast.other_supervisor).get(url)), "not signed by both yet"
    added = Addendum.objects.get()
    digest = added.open_offer.digest if added.open_offer else ""
    meeting.answer_addendum(
        added, by=cast.supervisor, seen=digest, evidence=sessions.evidence(cast.supervisor)
    )
    assert "canary-added" in body(client_of(cast.other_supervisor).get(url))
    assert Opening.objects.filter(by=cast.other_supervisor, record_id=added.pk).exists()


def test_where_one_of_two_is_replaced_the_records_of_that_supervision_can_go_over(cast: Cast) -> None:
    second = factories.person("Noor Haddad")
    both = factories.arrangement(
        cast.program, [cast.supervisor, second], [cast.worker], structure="co_supervision"
    )
    pair = type(cast)(**{**vars(cast), "arrangement": both})
    meeting_of_both = sessions.sealed(pair, sessions.planned(pair))
    Participation.objects.filter(arrangement=both, person=second).update(
        left_on=timezone.localdate() - makers.DAY
    )
    to = Participation.objects.create(
        arrangement=both, person=cast.other_supervisor, part="supervisor", joined_on=timezone.localdate()
    )
    assert makers.offered(cast.worker, to)["session"] == makers.pks([meeting_of_both])
    waiting = scope.to_choose(cast.worker)
    assert list(waiting) == [to], "and nobody asks about the one who stayed"
    operations.hand_over(to, by=cast.worker, chosen=[])
    assert not waiting.all().exists()


@pytest.mark.parametrize(("days", "asked"), [(61, True), (62, False)])
def test_it_is_asked_for_only_where_the_time_beside_each_other_was_short(
    cast: Cast, days: int, asked: bool
) -> None:
    first_session(cast)
    made = makers.changed(cast)
    yesterday = timezone.localdate() - makers.DAY
    joined = yesterday - days * makers.DAY
    Arrangement.objects.filter(pk=cast.arrangement.pk).update(started_on=joined - makers.DAY)
    Arrangement.objects.filter(pk=made.pk).update(started_on=joined)
    made.participations.update(joined_on=joined)
    to = makers.part_of(made, cast.other_supervisor)
    assert scope.earlier(cast.worker, to).exists() == asked
    assert scope.to_choose(cast.worker).exists() == asked


def test_supervision_of_another_kind_is_not_before_it(cast: Cast) -> None:
    """Who comes to supervise somebody's own supervising, or their administration, reads nothing of their peer work."""
    agreeing.in_force(cast.arrangement, cast.supervisor, cast.worker)
    first_session(cast)
    made = makers.changed(cast)
    to = makers.part_of(made, cast.other_supervisor)
    assert scope.agreements(cast.worker, to).exists()
    for changes in ({"structure": "of_supervision"}, {"focus": "administrative"}):
        Arrangement.objects.filter(pk=made.pk).update(structure="individual", focus="development")
        Arrangement.objects.filter(pk=made.pk).update(**changes)
        to = makers.part_of(made, cast.other_supervisor)
        assert not scope.agreements(cast.worker, to).exists()
        assert not makers.offered(cast.worker, to)["session"]
        assert not scope.to_choose(cast.worker).exists()


def test_where_a_second_worker_joins_it_is_read_no_more_and_can_still_be_taken_back(cast: Cast) -> None:
    second, noor = factories.worker_in(cast.program), factories.person("Noor Haddad")
    session = first_session(cast)
    makers.changed(cast)
    both = factories.arrangement(
        cast.program, [cast.other_supervisor, noor], [cast.worker], structure="co_supervision", days_ago=0
    )
    goals.goal(cast.worker)
    to = makers.part_of(both, cast.other_supervisor)
    assert 'name="goals"' not in body(client_of(cast.worker).get(reverse("handover:choose", args=[to.pk])))
    operations.hand_over(to, by=cast.worker, chosen=makers.choice("session", session))
    item = HandedOver.objects.get()
    url, ben = reverse("handover:record", args=[item.pk]), client_of(cast.other_supervisor)
    assert ben.get(url).status_code == 200
    Participation.objects.create(
        arrangement=both, person=second, part="supervisee", joined_on=timezone.localdate()
    )
    assert ben.get(url).status_code == 404
    worker = client_of(cast.worker)
    assert "Handed over before" in body(worker.get(reverse("handover:list")))
    answer = worker.post(reverse("handover:take_back", args=[item.pk]))
    assert answer["Location"] == reverse("handover:list")
    assert not HandedOver.objects.standing().exists()


def test_an_assessment_goes_over_from_that_supervision_alone(cast: Cast) -> None:
    assessed = assessing.sealed(cast)
    to = makers.part_of(makers.changed(cast), cast.other_supervisor)
    assert makers.offered(cast.worker, to)["assessment"] == {assessed.pk}
    beside = factories.arrangement(cast.program, [cast.outsider], [cast.worker], days_ago=400)
    assert not makers.offered(cast.worker, makers.part_of(beside, cast.outsider))["assessment"]
