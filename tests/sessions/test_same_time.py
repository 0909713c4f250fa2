"""A record is sent when the session is over, and nobody is in two sessions at once."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from supervision.records.errors import Invalid
from supervision.records.models import Offer
from supervision.sessions import operations, policy, same_time
from supervision.sessions.models import Session
from tests import factories

from . import makers
from .pages import body, client_of, url

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime.datetime:
    """It is noon of today where they meet, so that nothing here falls on two days."""
    at = timezone.localtime(timezone=ZoneInfo("America/New_York")).replace(
        hour=12, minute=0, second=0, microsecond=0
    )
    monkeypatch.setattr(timezone, "now", lambda: at)
    return at


def group_record(group: Any, by: Any, starts_at: Any, attended: Any, minutes: int = 60) -> Session:
    session = operations.plan(group, by=by, starts_at=starts_at)
    written = operations.Written(
        starts_at=starts_at,
        minutes=minutes,
        modality="video",
        attended={person.pk: there for person, there in attended},
        outcomes="Agreed",
    )
    return operations.record(session, by=by, written=written)


# Not before it is over ------------------------------------------------------------------------------------------


def test_a_record_is_not_sent_before_the_session_is_over(cast: Any, noon: datetime.datetime) -> None:
    session = makers.draft(cast, makers.planned(cast, starts_at=noon + 2 * MINUTE))
    for act in (
        lambda: operations.send(makers.fresh(session), by=cast.supervisor),
        lambda: operations.sign_and_send(
            makers.fresh(session), by=cast.supervisor, evidence=makers.evidence(cast.supervisor)
        ),
    ):
        with pytest.raises(Invalid, match=r"you meet until 1:02 pm \(E[SD]T\)") as refused:
            act()
        assert refused.value.field == "minutes"
    assert not Offer.objects.exists()
    assert makers.fresh(session).is_draft


@pytest.mark.parametrize(("begun", "taken"), [(54, False), (55, True), (60, True)])
def test_people_may_sign_as_they_get_up(cast: Any, noon: datetime.datetime, begun: int, taken: bool) -> None:
    """Five minutes before the end that the record states, and not earlier."""
    session = makers.draft(cast, makers.planned(cast, starts_at=noon - begun * MINUTE))
    if taken:
        operations.send(session, by=cast.supervisor)
    else:
        with pytest.raises(Invalid):
            operations.send(session, by=cast.supervisor)
    assert makers.fresh(session).is_offered == taken


def test_it_is_the_length_in_the_draft_that_counts_not_the_plan(cast: Any, noon: datetime.datetime) -> None:
    session = makers.planned(cast, starts_at=noon - 30 * MINUTE)
    there = {cast.supervisor.pk: 25, cast.worker.pk: 25}
    makers.sent(cast, session, minutes=25, attended=there)
    assert makers.fresh(session).minutes == 25


def test_what_is_sent_again_must_be_over_as_well(cast: Any, noon: datetime.datetime) -> None:
    session = makers.sent(cast, makers.planned(cast, starts_at=noon - 60 * MINUTE))
    operations.take_back(session, by=cast.supervisor)
    longer = {cast.supervisor.pk: 90, cast.worker.pk: 90}
    makers.draft(cast, makers.fresh(session), minutes=90, attended=longer)
    with pytest.raises(Invalid, match="you meet until"):
        operations.send(makers.fresh(session), by=cast.supervisor)


@pytest.mark.parametrize(
    ("length", "field"), [({"minutes": "60"}, "minutes"), ({"minutes": "", "end": "13:02"}, "end")]
)
@pytest.mark.parametrize("send", ["signed", "unsigned"])
def test_the_form_says_so_beside_the_field_and_keeps_everything(
    cast: Any, noon: datetime.datetime, length: dict[str, str], field: str, send: str
) -> None:
    session = makers.planned(cast, starts_at=noon + 2 * MINUTE)
    client = client_of(cast.supervisor)
    post = makers.record_post(cast, session, **length, send=send, typed_name="Dana Whitfield")
    page = client.post(url("record", session), post)
    assert page.status_code == 422
    assert "Send it after that, or correct the times." in page.context["form"].errors[field][0]
    assert makers.OUTCOMES in body(page)
    assert not Offer.objects.exists()
    assert client.post(url("record", session), post | {"send": ""}).status_code == 302
    assert makers.fresh(session).is_draft  # writing it meanwhile is all right


def test_the_page_that_sends_a_draft_says_so_too(cast: Any, noon: datetime.datetime) -> None:
    session = makers.draft(cast, makers.planned(cast, starts_at=noon))
    client = client_of(cast.supervisor)
    page = client.post(url("send", session), {"version": session.version}, follow=True)
    assert "Send it after that, or correct the times." in body(page)
    assert makers.fresh(session).is_draft


# Nobody is in two at once ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [(0, 60), (-30, 60), (59, 60), (10, 20), (-120, 300)])
def test_the_same_time_is_not_claimed_twice(
    cast: Any, noon: datetime.datetime, minutes: tuple[int, int]
) -> None:
    first = makers.sealed(cast, makers.planned(cast, starts_at=noon - 240 * MINUTE))
    shift, length = minutes
    there = {cast.supervisor.pk: length, cast.worker.pk: length}
    starts_at = first.starts_at + shift * MINUTE
    second = makers.draft(cast, starts_at=starts_at, minutes=length, attended=there)
    with pytest.raises(Invalid, match="nobody is in two sessions at once") as refused:
        operations.send(second, by=cast.supervisor)
    assert refused.value.field == "start"
    assert "Dana and Marisol meeting on" in refused.value.message
    assert "8:00 am to 9:00 am" in refused.value.message
    assert makers.fresh(second).is_draft


@pytest.mark.parametrize("shift", [-60, 60])
def test_one_may_follow_the_other_at_once(cast: Any, noon: datetime.datetime, shift: int) -> None:
    first = makers.sent(cast, makers.planned(cast, starts_at=noon - 240 * MINUTE))
    makers.sent(cast, makers.planned(cast, starts_at=first.starts_at + shift * MINUTE))


def test_drafts_and_plans_claim_nothing_and_the_first_sent_stands(cast: Any, noon: datetime.datetime) -> None:
    at = noon - 240 * MINUTE
    makers.planned(cast, starts_at=at)
    drafts = [makers.draft(cast, makers.planned(cast, starts_at=at + n * MINUTE)) for n in (1, 2)]
    operations.send(drafts[0], by=cast.supervisor)
    with pytest.raises(Invalid, match="nobody is in two"):
        operations.send(drafts[1], by=cast.supervisor)
    operations.take_back(makers.fresh(drafts[0]), by=cast.supervisor)
    operations.send(makers.fresh(drafts[1]), by=cast.supervisor)


def test_a_sealed_record_that_was_corrected_does_not_keep_the_true_one_out(
    cast: Any, noon: datetime.datetime
) -> None:
    wrong = makers.sealed(cast, makers.planned(cast, starts_at=noon - 240 * MINUTE))
    true = makers.draft(cast, makers.planned(cast, starts_at=noon - 240 * MINUTE))
    with pytest.raises(Invalid, match="add to it once it is sealed"):
        operations.send(true, by=cast.supervisor)
    evidence = makers.evidence(cast.supervisor)
    operations.add_addendum(
        wrong, by=cast.supervisor, reason="Wrong day", text="We met the day before.", evidence=evidence
    )
    operations.send(makers.fresh(true), by=cast.supervisor)


def test_in_a_group_it_is_asked_of_each_by_their_minutes(cast: Any, noon: datetime.datetime) -> None:
    group, (marisol, second, third) = makers.group(cast, 3)
    dana, at = cast.supervisor, noon - 240 * MINUTE
    operations.send(group_record(group, dana, at, [(dana, 60), (marisol, 60), (second, 20)]), by=dana)
    # The rooms part: who was not in the first, or left it early, may be in the second; who stayed may not.
    facilitator = factories.person("Fay Facilitator")
    makers_acknowledged(facilitator)
    joined = timezone.localdate() - datetime.timedelta(days=30)
    group.participations.create(person=facilitator, part="facilitator", joined_on=joined)
    other = group_record(group, facilitator, at + 30 * MINUTE, [(facilitator, 60), (second, 60), (third, 60)])
    operations.send(other, by=facilitator)
    clash = group_record(group, facilitator, at - 30 * MINUTE, [(facilitator, 60), (marisol, 60)])
    with pytest.raises(Invalid, match="another session of this supervision") as refused:
        operations.send(clash, by=facilitator)
    # Fay was not there: she learns that the two do not go together, not when the others met.
    assert "Marisol" in refused.value.message
    assert " am" not in refused.value.message


def makers_acknowledged(person: Any) -> None:
    from supervision.people.models import Acknowledgement

    Acknowledgement(person=person, edition=1, concern_days=3).save()


@pytest.mark.parametrize(
    ("own", "own_other", "fine"), [(60, 60, False), (60, 30, True), (60, 31, False), (45, 45, True)]
)
def test_minutes_that_can_follow_each_other_are_believed(own: int, own_other: int, fine: bool) -> None:
    at = timezone.now()
    session = Session(starts_at=at, minutes=60)
    other = Session(starts_at=at + 30 * MINUTE, minutes=60)
    assert same_time.fits(session, own, other, own_other) is fine
    assert same_time.fits(other, own_other, session, own) is fine


# In two arrangements --------------------------------------------------------------------------------------------


def test_across_arrangements_each_is_told_of_their_own_and_nobody_else_is(
    cast: Any, noon: datetime.datetime
) -> None:
    """Marisol is in Ben's session, Dana writes hers down at the same time: Dana must not hear of it from us."""
    beside = factories.arrangement(cast.other_program, [cast.other_supervisor], [cast.worker])
    at = noon - 240 * MINUTE
    ben = cast.other_supervisor
    operations.send(group_record(beside, ben, at, [(ben, 60), (cast.worker, 60)]), by=ben)
    session = makers.sent(cast, makers.planned(cast, starts_at=at + 30 * MINUTE))  # not refused
    said = "Another record has you in a session on"
    marisol = body(client_of(cast.worker).get(url("detail", session)))
    assert said in marisol
    assert "8:00 am to 9:00 am" in marisol
    assert said not in body(client_of(cast.supervisor).get(url("detail", session)))
    assert said in body(client_of(cast.worker).get(url("sign", session)))


def test_who_supervises_two_at_once_is_told_when_it_is_sent(cast: Any, noon: datetime.datetime) -> None:
    joe = factories.worker_in(cast.program, "Joe Lafferty")
    beside = factories.arrangement(cast.program, [cast.supervisor], [joe])
    at, dana = noon - 240 * MINUTE, cast.supervisor
    operations.send(group_record(beside, dana, at, [(dana, 60), (joe, 60)]), by=dana)
    session = makers.planned(cast, starts_at=at)
    post = makers.record_post(cast, session, send="unsigned")
    page = client_of(dana).post(url("record", session), post, follow=True)
    assert "Another record has you in a session on" in body(page)
    assert "Joe" not in body(page)
    makers.sign(session, dana)
    makers.sign(session, cast.worker)
    assert "Another record has you" not in body(client_of(dana).get(url("detail", session)))


def test_a_session_still_begins_within_the_quarter_hour(cast: Any, noon: datetime.datetime) -> None:
    assert policy.SOON < policy.EARLY
    makers.draft(cast, makers.planned(cast, starts_at=noon + 14 * MINUTE))
    with pytest.raises(Invalid, match="have not come yet"):
        makers.draft(cast, makers.planned(cast, starts_at=noon + 16 * MINUTE))
