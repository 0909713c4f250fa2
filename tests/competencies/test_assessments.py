"""Assessments: blind until both parts are in, then shown together; what is formal is talked about, settled and signed by both."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.utils import timezone

from competencies.assessments import circle, operations, policy
from competencies.models import Assessment, AssessmentPart
from competencies.rating.marks import Mark
from supervision.notices.models import Suggestion
from supervision.people.models import Arrangement, Participation
from supervision.records import verify
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, Sealed, Stale, WrongState
from supervision.records.models import AuditEvent, RecordKey
from tests import factories
from tests.sessions.makers import evidence

from . import assessment_makers as make

pytestmark = pytest.mark.django_db


# With whom --------------------------------------------------------------------------------------------------------


def test_either_of_a_pair_can_begin_and_the_one_supervised_is_whose_practice_it_is(cast: Any) -> None:
    for by in (cast.worker, cast.supervisor):
        found = make.together(cast, by=by)
        assert (found.person, found.other, found.begun_by) == (cast.worker, cast.supervisor, by)


def test_nobody_outside_the_pair_can_begin_one(cast: Any) -> None:
    pair = make.pair_of(cast.supervisor, cast.worker)
    for somebody in (cast.manager, cast.administrator, cast.outsider, cast.other_supervisor):
        assert pair.key not in {one.key for one in circle.pairs(somebody)}
        with pytest.raises(Stale):
            operations.begin(pair, by=somebody, key=uuid.uuid4(), begun=make.begun())


def test_a_facilitator_and_a_peer_of_co_reflection_assess_nobody(cast: Any) -> None:
    reflection = factories.arrangement(cast.program, [], [], structure=Arrangement.Structure.CO_REFLECTION)
    for person in (cast.supervisor, cast.worker):
        Participation.objects.create(arrangement=reflection, person=person, part=Participation.Part.PEER)
    group = factories.arrangement(cast.program, [], [cast.worker], structure=Arrangement.Structure.GROUP)
    Participation.objects.create(
        arrangement=group, person=cast.supervisor, part=Participation.Part.FACILITATOR
    )
    assert [pair.arrangement for pair in circle.pairs(cast.worker)] == [cast.arrangement]
    assert [pair.arrangement for pair in circle.pairs(cast.supervisor)] == [cast.arrangement]


def test_in_supervision_of_supervision_the_supervisor_is_described(cast: Any) -> None:
    factories.arrangement(
        cast.program,
        [cast.other_supervisor],
        [cast.supervisor],
        structure=Arrangement.Structure.OF_SUPERVISION,
    )
    pair = make.pair_of(cast.supervisor, cast.other_supervisor)
    assert pair.person == cast.supervisor
    assert pair.about == "supervisor"
    assert make.pair_of(cast.supervisor, cast.worker).about == "worker"


def test_whoever_has_left_the_supervision_is_no_pair_any_more(cast: Any) -> None:
    pair = make.pair_of(cast.supervisor, cast.worker)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Participation.objects.filter(person=cast.worker, arrangement=cast.arrangement).update(
        joined_on=yesterday, left_on=yesterday
    )
    with pytest.raises(Stale):
        operations.begin(pair, by=cast.supervisor, key=uuid.uuid4(), begun=make.begun())


def test_the_same_form_sent_twice_begins_one(cast: Any) -> None:
    key, pair = uuid.uuid4(), make.pair_of(cast.supervisor, cast.worker)
    operations.begin(pair, by=cast.supervisor, key=key, begun=make.begun())
    with pytest.raises(AlreadyDone):
        operations.begin(pair, by=cast.supervisor, key=key, begun=make.begun())
    with pytest.raises(Stale):
        operations.begin(pair, by=cast.supervisor, key=key, begun=make.begun(is_formal=True))
    with pytest.raises(Stale):
        operations.begin_alone(by=cast.supervisor, key=key, begun=make.begun())
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"until_day": datetime.date(2020, 1, 1)}, "until_day"),
        ({"from_day": datetime.date(2020, 1, 1)}, "from_day"),
        ({"due_on": datetime.date(2020, 1, 1)}, "due_on"),
        ({"due_on": datetime.date(2199, 1, 1)}, "due_on"),
        ({"due_on": None}, "due_on"),
    ],
)
def test_days_that_make_no_sense_are_refused_beside_their_field(
    cast: Any, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        make.together(cast, **changed)
    assert refused.value.field == field
    assert not Assessment.objects.exists()


# Blind, then shown ------------------------------------------------------------------------------------------------


def test_nothing_is_shown_before_both_are_in_and_then_both_at_one_moment(cast: Any) -> None:
    found = make.together(cast)
    make.save(found, cast.worker, make.filled(found, cast.worker))
    found = make.give(found, cast.worker)
    assert found.shown_at is None
    found = make.give(found, cast.supervisor)
    assert found.shown_at is not None
    assert found.parts.filter(given_at__isnull=False).count() == 2


def test_a_part_answers_every_statement_and_shows_the_ends(cast: Any) -> None:
    found = make.together(cast)
    whole = make.filled(found, cast.worker)
    some = operations.Filled(dict(list(whole.marks.items())[:5]))
    make.save(found, cast.worker, some)
    with pytest.raises(Invalid):
        make.give(found, cast.worker, some)
    bare = operations.Filled({key: Mark(4, "") for key in whole.marks})
    with pytest.raises(Invalid):
        make.give(found, cast.worker, bare)
    unsure = operations.Filled({key: Mark(None, "") for key in whole.marks})
    assert make.give(found, cast.worker, unsure).shown_at is None


def test_a_given_part_is_not_changed_unless_it_is_taken_back_first(cast: Any) -> None:
    found = make.give(make.together(cast), cast.worker)
    with pytest.raises(WrongState):
        make.save(found, cast.worker, make.filled(found, cast.worker, 2))
    operations.take_back_part(found, by=cast.worker)
    make.save(found, cast.worker, make.filled(found, cast.worker, 2))
    make.give(found, cast.worker, point=2)
    found = make.give(found, cast.supervisor)
    with pytest.raises(WrongState):
        operations.take_back_part(found, by=cast.worker)
    with pytest.raises(WrongState):
        make.save(found, cast.worker, make.filled(found, cast.worker))


def test_saved_from_two_windows_the_second_is_told(cast: Any) -> None:
    found = make.together(cast)
    version = make.version_of(found, cast.worker)
    what = make.filled(found, cast.worker)
    operations.save_part(found, by=cast.worker, version=version, filled=what)
    with pytest.raises(Stale):
        operations.save_part(found, by=cast.worker, version=version, filled=what)


def test_nobody_fills_in_the_part_of_another(cast: Any) -> None:
    found = make.together(cast)
    for somebody in (cast.manager, cast.administrator, cast.outsider, cast.other_supervisor):
        with pytest.raises(NotFound):
            operations.save_part(found, by=somebody, version=1, filled=make.filled(found, cast.worker))
    assert not any(part.marks for part in AssessmentPart.objects.all())


def test_before_the_day_nobody_ends_it_alone(cast: Any) -> None:
    found = make.give(make.together(cast), cast.worker)
    for act in (operations.release_alone, operations.withdraw_part):
        with pytest.raises(WrongState):
            act(found, by=cast.worker)
    with pytest.raises(WrongState):
        operations.call_off(found, by=cast.supervisor)


def test_after_the_day_a_part_can_be_shown_alone(cast: Any) -> None:
    found = make.past_due(make.give(make.together(cast), cast.worker))
    make.save(found, cast.supervisor, make.filled(found, cast.supervisor))
    with pytest.raises(WrongState):
        operations.release_alone(found, by=cast.supervisor)
    found = make.fresh(operations.release_alone(found, by=cast.worker))
    assert found.shown_at is not None
    with pytest.raises(WrongState):
        make.give(found, cast.supervisor)
    assert found.parts.get(author=cast.supervisor).given_at is None


def test_after_the_day_it_can_be_left_at_that_and_nothing_is_shown(cast: Any) -> None:
    found = make.past_due(make.give(make.together(cast), cast.worker))
    found = make.fresh(operations.withdraw_part(found, by=cast.worker))
    assert (found.shown_at, found.ended_how) == (None, "withdrawn")
    with pytest.raises(WrongState):
        make.give(found, cast.supervisor)


def test_given_late_it_is_still_shown_together(cast: Any) -> None:
    found = make.past_due(make.give(make.together(cast), cast.worker))
    assert make.give(found, cast.supervisor).shown_at is not None


def test_called_off_while_nobody_has_given_a_part(cast: Any) -> None:
    found = make.fresh(operations.call_off(make.together(cast), by=cast.worker))
    assert found.ended_how == "called_off"
    with pytest.raises(WrongState):
        make.give(found, cast.supervisor)


def test_the_chain_knows_that_parts_were_given_and_no_mark(cast: Any) -> None:
    found = make.shown(cast)
    links = AuditEvent.objects.filter(record_id=found.pk).order_by("seq")
    said = [link.action for link in links]
    assert said == ["assessment begun", *["assessment part given"] * 2, "assessment shown"]
    assert not any(link.facts for link in links)


# For oneself alone ------------------------------------------------------------------------------------------------


def test_ones_own_leaves_no_trace_and_can_be_thrown_away_with_its_key(cast: Any) -> None:
    make.framework()
    before = AuditEvent.objects.count()
    found = make.give(make.alone(cast.worker), cast.worker)
    assert found.shown_at is not None
    assert RecordKey.objects.filter(pk=found.pk).exists()
    operations.throw_away(found, by=cast.worker)
    assert not Assessment.objects.exists()
    assert not RecordKey.objects.filter(pk=found.pk).exists()
    assert AuditEvent.objects.count() == before


def test_what_is_between_two_is_not_thrown_away(cast: Any) -> None:
    with pytest.raises(WrongState):
        operations.throw_away(make.together(cast), by=cast.worker)


# Formal -----------------------------------------------------------------------------------------------------------


def test_signed_by_both_it_is_sealed_and_the_store_verifies(cast: Any) -> None:
    found = make.sealed(cast, statement="I would call number two steady.")
    assert found.sealed_at is not None
    assert verify.run() == []
    with pytest.raises(Sealed):
        operations.write_up(
            found,
            by=cast.supervisor,
            version=found.version,
            written=operations.WrittenUp(None, {}, "", ""),
        )


def test_nothing_formal_before_both_views_are_shown_and_they_have_talked(cast: Any) -> None:
    found = make.give(make.formal(cast), cast.supervisor)
    with pytest.raises(WrongState):
        make.written_up(cast, found)
    found = make.give(found, cast.worker)
    for day in (None, timezone.localdate() + datetime.timedelta(days=1)):
        with pytest.raises(Invalid) as refused:
            make.sent(cast, make.written_up(cast, found, talked_on=day))
        assert refused.value.field == "talked_on"
        found = make.fresh(found)


def test_they_cannot_have_talked_before_the_views_were_shown(cast: Any) -> None:
    with pytest.raises(Invalid) as refused:
        make.written_up(cast, talked_on=timezone.localdate() - datetime.timedelta(days=2))
    assert refused.value.field == "talked_on"


def test_every_statement_is_settled_on_before_it_is_sent(cast: Any) -> None:
    with pytest.raises(Invalid):
        make.sent(cast, make.written_up(cast, settled={}))


def test_only_whoever_supervises_writes_it_up_and_only_the_other_answers(cast: Any) -> None:
    found = make.shown(cast)
    with pytest.raises(Denied):
        operations.write_up(
            found, by=cast.worker, version=found.version, written=operations.WrittenUp(None, {}, "", "")
        )
    found = make.sent(cast, make.written_up(cast, found))
    with pytest.raises(AlreadyDone):
        operations.sign(
            found, by=cast.supervisor, evidence=evidence(cast.supervisor), seen=found.open_offer.digest
        )
    with pytest.raises(Denied):
        operations.ask_for_change(found, by=cast.supervisor, seen=found.open_offer.digest, reason="Mine")


def test_informal_is_never_written_up(cast: Any) -> None:
    found = make.shown(cast, make.together(cast))
    with pytest.raises(WrongState):
        make.written_up(cast, found)


def test_asked_for_a_change_it_goes_back_and_is_signed_anew(cast: Any) -> None:
    found = make.sent(cast)
    operations.ask_for_change(found, by=cast.worker, seen=found.open_offer.digest, reason="We said steady.")
    found = make.fresh(found)
    assert found.open_offer is None
    assert make.sealed(cast, found).sealed_at is not None


def test_declined_it_is_sealed_with_the_reason(cast: Any) -> None:
    found = make.sent(cast)
    operations.decline(
        found,
        by=cast.worker,
        evidence=evidence(cast.worker),
        seen=found.open_offer.digest,
        reason="I see it differently.",
    )
    assert make.fresh(found).sealed_at is not None


def test_left_unsigned_it_stays_between_the_two(cast: Any) -> None:
    found = make.fresh(operations.leave_unsigned(make.shown(cast), by=cast.supervisor))
    assert found.ended_how == "not_formal"
    with pytest.raises(WrongState):
        make.written_up(cast, found)
    assert not Assessment.objects.visible_to(cast.manager).exists()


def test_who_does_not_supervise_them_any_more_does_not_write_it_up(cast: Any) -> None:
    found = make.shown(cast)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Participation.objects.filter(person=cast.supervisor, arrangement=cast.arrangement).update(
        joined_on=yesterday, left_on=yesterday
    )
    with pytest.raises(Denied):
        make.written_up(cast, found)


# Who may know -----------------------------------------------------------------------------------------------------


def test_managers_know_only_of_what_is_signed_and_sealed(cast: Any) -> None:
    rows = Assessment.objects
    found = make.formal(cast)
    informal = make.shown(cast, make.together(cast))
    own = make.give(make.alone(cast.worker), cast.worker)
    for stage in (lambda row: make.shown(cast, row), lambda row: make.written_up(cast, row)):
        found = stage(found)
        assert not rows.visible_to(cast.manager).exists()
    found = make.sealed(cast, found)
    assert list(rows.visible_to(cast.manager)) == [found]
    for somebody in (cast.other_manager, cast.administrator, cast.outsider, cast.other_supervisor):
        assert not rows.visible_to(somebody).exists()
    assert set(rows.visible_to(cast.worker)) == {found, informal, own}
    assert set(rows.visible_to(cast.supervisor)) == {found, informal}


def test_in_a_group_and_with_two_supervisors_each_assessment_is_between_its_two_alone(cast: Any) -> None:
    second, member = factories.person("Sue Second"), factories.worker_in(cast.program, "Mo Member")
    for structure in (Arrangement.Structure.GROUP, Arrangement.Structure.CO_SUPERVISION):
        together = factories.arrangement(
            cast.program, [cast.supervisor, second], [cast.worker, member], structure=structure
        )
        pair = next(
            one for one in circle.pairs(cast.worker) if one.arrangement == together and one.other == second
        )
        row = operations.begin(pair, by=cast.worker, key=uuid.uuid4(), begun=make.begun())
        row = make.shown(cast, make.fresh(row))
        for person in (cast.supervisor, member):
            assert not Assessment.objects.visible_to(person).filter(pk=row.pk).exists()
            assert not Suggestion.objects.open_for(together, person).exists()
        assert Assessment.objects.visible_to(second).filter(pk=row.pk).exists()


def test_a_later_supervisor_knows_of_none(cast: Any) -> None:
    make.shown(cast)
    Participation.objects.create(
        arrangement=cast.arrangement, person=cast.other_supervisor, part=Participation.Part.SUPERVISOR
    )
    assert not Assessment.objects.visible_to(cast.other_supervisor).exists()
    assert not Suggestion.objects.open_for(cast.arrangement, cast.other_supervisor).exists()


def test_it_suggests_itself_for_the_agenda_until_it_is_sent_to_be_signed(cast: Any) -> None:
    found = make.shown(cast)
    offered = Suggestion.objects.open_for(cast.arrangement, cast.worker)
    assert [row.kind for row in offered] == ["assessment"]
    make.sent(cast, make.written_up(cast, found))
    assert not Suggestion.objects.open_for(cast.arrangement, cast.worker).exists()


def test_what_the_worker_did_not_sign_is_read_by_no_manager(cast: Any) -> None:
    declined = make.sent(cast)
    operations.decline(
        declined,
        by=cast.worker,
        evidence=evidence(cast.worker),
        seen=declined.open_offer.digest,
        reason="I see it differently.",
    )
    closed = make.sent(cast)
    cast.worker.is_active = False
    cast.worker.save()
    operations.close(make.fresh(closed), by=cast.supervisor, reason="She has left.")
    for row in (declined, closed):
        assert make.fresh(row).sealed_at is not None
        assert not Assessment.objects.visible_to(cast.manager).filter(pk=row.pk).exists()
        with pytest.raises(NotFound):
            policy.check_can_read(cast.manager, make.fresh(row))


def leave(cast: Any) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Participation.objects.filter(person=cast.supervisor, arrangement=cast.arrangement).update(
        joined_on=yesterday, left_on=yesterday
    )


def test_who_does_not_supervise_any_more_gets_nothing_newer_and_nothing_is_stuck(cast: Any) -> None:
    given, shown, sent = make.give(make.together(cast), cast.worker), make.shown(cast), make.sent(cast)
    leave(cast)
    for act in (
        lambda: make.give(given, cast.supervisor),
        lambda: operations.release_alone(given, by=cast.worker),
    ):
        with pytest.raises(WrongState):
            act()
    assert make.fresh(given).shown_at is None
    assert make.fresh(operations.withdraw_part(given, by=cast.worker)).ended_how == "withdrawn"
    assert not Assessment.objects.to_settle(cast.supervisor).exists()
    assert make.fresh(operations.leave_unsigned(shown, by=cast.worker)).ended_how == "not_formal"
    for back in (
        lambda: operations.ask_for_change(
            sent, by=cast.worker, seen=sent.open_offer.digest, reason="Once more"
        ),
        lambda: operations.take_back(sent, by=cast.supervisor, reason="Once more"),
    ):
        with pytest.raises(WrongState):
            back()
    operations.close(sent, by=cast.supervisor, reason="We do not meet any more.")
    assert make.fresh(sent).sealed_at is not None


def test_what_no_pdf_can_show_is_refused_before_it_is_given(cast: Any) -> None:
    found = make.together(cast)
    with pytest.raises(Invalid):
        make.give(found, cast.worker, words="\uf0b7 waited")
    make.give(found, cast.worker)


def test_a_framework_that_does_not_fit_is_refused(cast: Any) -> None:
    for given in (
        {"framework": make.framework(make.FIVE)},
        {"framework": make.framework("supervisor-training-areas")},
    ):
        with pytest.raises(Invalid) as refused:
            make.together(cast, **given)
        assert refused.value.field == "framework"


def test_what_was_thrown_away_meanwhile_is_not_there(cast: Any) -> None:
    found = make.alone(cast.worker)
    version, what = make.version_of(found, cast.worker), make.filled(found, cast.worker)
    operations.throw_away(found, by=cast.worker)
    for act in (
        lambda: operations.throw_away(found, by=cast.worker),
        lambda: operations.save_part(found, by=cast.worker, version=version, filled=what),
    ):
        with pytest.raises(NotFound):
            act()


def test_policy_answers_for_whoever_is_no_party(cast: Any) -> None:
    found = make.sealed(cast)
    assert policy.check_can_read(cast.manager, found) == "manager of the program"
    with pytest.raises(Denied):
        policy.check_is_party(cast.manager, found)
    with pytest.raises(NotFound):
        policy.check_can_read(cast.other_manager, found)
