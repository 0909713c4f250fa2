"""Two people in two time zones, and the two nights a year when the clocks change: plan, rhythm, record, page, file, “today”."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from supervision.records import snapshot
from supervision.records.errors import Invalid
from supervision.sessions.models import Session
from supervision.sessions.observations import operations as observing

from . import makers, strict_ics
from . import observation_makers as looks
from .pages import body, client_of, url
from .test_series import address, form, plan

NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
UTC = datetime.UTC
FORWARD, BACK = datetime.date(2027, 3, 14), datetime.date(2027, 11, 7)


@pytest.fixture
def on(cast: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the clock: `on(2027, 3, 15, 12)` in UTC. Supervision has run for as long as anybody remembers."""
    cast.arrangement.started_on = datetime.date(2020, 1, 1)
    cast.arrangement.save()
    cast.arrangement.participations.update(joined_on=datetime.date(2020, 1, 1))

    def set_clock(*moment: int) -> datetime.datetime:
        at = datetime.datetime(*moment, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: at)
        return at

    return set_clock


def lives_in(person: Any, zone: str) -> None:
    person.time_zone = zone
    person.save()


# The two nights ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("night", "start", "end", "minutes"),
    [
        (FORWARD, "01:30", "03:30", 60),
        (BACK, "00:30", "02:30", 180),
        (BACK, "00:30", "01:30", 60),  # a time that comes twice means the first
    ],
)
def test_a_record_over_the_change_counts_the_minutes_that_passed(
    cast: Any, on: Any, night: datetime.date, start: str, end: str, minutes: int
) -> None:
    on(night.year, night.month, night.day, 23)
    session = makers.planned(
        cast, starts_at=datetime.datetime(night.year, night.month, night.day, 4, tzinfo=UTC)
    )
    given = {"date": night.isoformat(), "start": start, "end": end, "minutes": "", "send": "unsigned"}
    response = client_of(cast.supervisor).post(
        url("record", session), makers.record_post(cast, session, **given)
    )
    assert response.status_code == 302, body(response)
    session = makers.fresh(session)
    assert session.minutes == minutes
    content = snapshot.read(session.open_offer.content)
    begun, ended = (datetime.datetime.fromisoformat(content[name]) for name in ("starts_at", "ends_at"))
    assert (ended - begun).total_seconds() == minutes * 60
    assert f"{begun:%H:%M}" == start
    assert f"{ended:%H:%M}" == end


@pytest.mark.parametrize("field", ["start", "end"])
def test_a_record_cannot_name_a_time_that_the_clocks_skipped(cast: Any, on: Any, field: str) -> None:
    on(2027, 3, 14, 23)
    session = makers.planned(cast, starts_at=datetime.datetime(2027, 3, 14, 5, tzinfo=UTC))
    given = {"date": FORWARD.isoformat(), "start": "01:00", "end": "", field: "02:30"}
    page = client_of(cast.supervisor).post(
        url("record", session), makers.record_post(cast, session, send="unsigned", **given)
    )
    assert page.status_code == 422
    assert "2:30 am is skipped" in " ".join(page.context["form"].errors[field])
    assert makers.OUTCOMES in body(page)


@pytest.mark.parametrize(("night", "clock"), [(FORWARD, "02:30"), (BACK, "01:30")])
def test_a_rhythm_through_the_night_of_a_change_leaves_out_what_does_not_exist(
    cast: Any, on: Any, night: datetime.date, clock: str
) -> None:
    on(night.year, night.month - 1, 1, 12)
    first = night - datetime.timedelta(days=14)
    plan(cast, form(first, weeks=4, start=clock))
    local = [one.local_start for one in Session.objects.planned().order_by("starts_at")]
    days = [first + datetime.timedelta(days=7 * week) for week in range(5)]
    assert [moment.date() for moment in local] == [day for day in days if (day, clock) != (FORWARD, "02:30")]
    assert {f"{moment:%H:%M}" for moment in local} == {clock}
    assert {moment.fold for moment in local} == {0}


def test_the_day_that_is_left_out_says_why_and_cannot_be_forced(cast: Any, on: Any) -> None:
    on(2027, 2, 1, 12)
    sent = form(FORWARD - datetime.timedelta(days=7), weeks=2, start="02:30")
    client = client_of(cast.supervisor)
    assert "2:30 am is skipped" in body(client.post(address(cast), sent))
    forced = client.post(address(cast), sent | {"step": "plan", "days": [FORWARD.isoformat()]})
    assert forced.status_code == 422
    assert not Session.objects.exists()


def test_a_year_of_tuesdays_is_at_two_for_one_and_at_seven_or_eight_for_the_other(cast: Any, on: Any) -> None:
    """Clocks change in other weeks in Berlin, so for three weeks of spring and one of autumn they are five hours apart."""
    on(2027, 1, 1, 12)
    lives_in(cast.worker, "Europe/Berlin")
    plan(cast, form(datetime.date(2027, 1, 5), weeks=50))
    rows = list(Session.objects.planned())
    assert {f"{one.local_start:%a %H:%M}" for one in rows} == {"Tue 14:00"}
    there = {one.starts_at.astimezone(BERLIN).hour for one in rows}
    assert there == {19, 20}
    early = sorted(one.starts_at.date() for one in rows if one.starts_at.astimezone(BERLIN).hour == 19)
    assert early == [datetime.date(2027, 3, 16), datetime.date(2027, 3, 23), datetime.date(2027, 11, 2)]


# Two people in two zones --------------------------------------------------------------------------------------------


def test_pages_speak_in_the_zone_of_their_reader_and_the_paper_in_that_of_the_session(
    cast: Any, on: Any, mailoutbox: list[Any]
) -> None:
    on(2027, 3, 16, 23)
    lives_in(cast.worker, "Europe/Berlin")
    session = makers.planned(cast, starts_at=datetime.datetime(2027, 3, 16, 18, tzinfo=UTC))
    hers, theirs = (
        body(client_of(one).get(url("detail", session))) for one in (cast.worker, cast.supervisor)
    )
    assert "7:00 pm" in hers
    assert "2:00 pm (EDT)" in hers
    assert "2:00 pm" in theirs
    assert "7:00 pm" not in theirs
    session = makers.sent(cast, session)
    said = "Tuesday, March 16, 2027, 2:00 pm to 3:00 pm (EDT)"
    assert snapshot.read(session.open_offer.content)["when"] == said
    for person in (cast.worker, cast.supervisor):
        assert said in body(client_of(person).get(url("detail", session)))
    assert not any(":00" in mail.subject + mail.body for mail in mailoutbox)


def test_a_feed_read_in_another_zone_gives_the_same_moments_across_both_changes(cast: Any, on: Any) -> None:
    from .test_calendar_feed import made

    on(2027, 2, 20, 12)
    plan(cast, form(datetime.date(2027, 3, 2), weeks=40))
    on(2027, 3, 1, 12)
    lives_in(cast.worker, "Pacific/Auckland")
    address_of = reverse("calendar:feed", args=[made(cast.worker)])
    whole = strict_ics.read(client_of(cast.worker).get(address_of).content)
    found = {strict_ics.starts_at(event, whole) for event in whole.named("VEVENT")}
    assert found == set(Session.objects.planned().values_list("starts_at", flat=True))
    assert {moment.astimezone(NEW_YORK).hour for moment in found} == {14}


# Today, where one is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "today"), [("Pacific/Auckland", 11), ("America/New_York", 10), ("Pacific/Honolulu", 10)]
)
def test_today_is_the_day_where_the_reader_is(cast: Any, on: Any, zone: str, today: int) -> None:
    """Half past eleven in the morning in UTC: already tomorrow in Auckland."""
    on(2027, 1, 10, 11, 30)
    lives_in(cast.supervisor, zone)
    client = client_of(cast.supervisor)
    page = body(client.get(reverse("sessions:month")))
    marked = page.split('aria-current="date"', 1)[1][:400]
    assert f">{today}<" in marked.replace("\n", "").replace(" ", "")
    listed = client.get(reverse("sessions:list"), {"since": f"2027-01-{today}"})
    assert listed.status_code == 200


def test_an_observation_is_agreed_for_today_or_later_where_one_is(cast: Any, on: Any) -> None:
    on(2027, 1, 10, 11, 30)
    with timezone.override("Pacific/Auckland"):
        with pytest.raises(Invalid, match="Enter today"):
            looks.proposed(cast, day=datetime.date(2027, 1, 10))
        made = looks.proposed(cast, day=datetime.date(2027, 1, 11))
    with timezone.override("Pacific/Honolulu"):
        observing.agree(made, by=cast.worker, version=made.version)
        assert looks.proposed(cast, day=datetime.date(2027, 1, 10)).day == datetime.date(2027, 1, 10)


def test_a_session_late_in_the_evening_is_on_its_own_day_for_whoever_writes_it_up_elsewhere(
    cast: Any, on: Any
) -> None:
    """It is still the tenth where they met and the eleventh where she writes; the record says the tenth."""
    on(2027, 1, 11, 4, 45)
    lives_in(cast.supervisor, "Pacific/Auckland")
    session = makers.planned(cast, starts_at=datetime.datetime(2027, 1, 11, 3, 30, tzinfo=UTC))
    page = client_of(cast.supervisor).get(url("record", session))
    assert str(page.context["form"]["date"].value()) == "2027-01-10"
    assert str(page.context["form"]["start"].value())[:5] == "22:30"
    session = makers.sent(cast, session)
    assert snapshot.read(session.open_offer.content)["day"] == "Sunday, January 10, 2027"


def test_who_left_yesterday_in_their_own_zone_plans_nothing_more(cast: Any, on: Any) -> None:
    on(2027, 1, 10, 11, 30)
    cast.arrangement.participations.filter(person=cast.worker).update(left_on=datetime.date(2027, 1, 10))
    path = reverse("sessions:plan", args=[cast.arrangement.pk])
    lives_in(cast.worker, "America/New_York")
    assert client_of(cast.worker).get(path).status_code == 200
    lives_in(cast.worker, "Pacific/Auckland")
    assert client_of(cast.worker).get(path).status_code in (403, 404)
