"""Planning a rhythm: holidays, times away and days that are taken are shown and not ticked; every session stands by itself."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from supervision.people.models import Agency, Away
from supervision.records.errors import Denied, Invalid, NotFound
from supervision.sessions import operations
from supervision.sessions.models import Session
from tests.agreements import helpers

from . import makers
from .pages import body, client_of, url

NEW_YORK = ZoneInfo("America/New_York")


def address(cast: Any) -> str:
    return reverse("sessions:plan_several", args=[cast.arrangement.pk])


def coming(weekday: int, *, after: int = 3) -> datetime.date:
    """The first such weekday from some days ahead; Monday is 0."""
    day = timezone.localdate() + datetime.timedelta(days=after)
    return day + datetime.timedelta(days=(weekday - day.weekday()) % 7)


def form(first: datetime.date, *, weeks: int = 8, **given: Any) -> dict[str, Any]:
    values = {
        "date": first.isoformat(),
        "start": "14:00",
        "minutes": "60",
        "modality": "video",
        "place": "The usual link",
        "every": "7",
        "until": (first + datetime.timedelta(weeks=weeks)).isoformat(),
        "key": str(makers.key()),
        "step": "show",
    }
    return values | given


def shown(page: Any) -> tuple[set[str], dict[str, str]]:
    """The days that are ticked, and all that are listed with what is said of them."""
    days = page.context["days"]
    return set(days["days"].initial), dict(days.fields["days"].choices)


def plan(cast: Any, sent: dict[str, Any]) -> Any:
    """Show the days and plan those that are ticked."""
    client = client_of(cast.supervisor)
    ticked, _listed = shown(client.post(address(cast), sent))
    return client.post(address(cast), sent | {"step": "plan", "days": sorted(ticked)})


def test_every_tuesday_at_two_stays_at_two_when_the_clocks_change(cast: Any) -> None:
    first = coming(1)
    plan(cast, form(first, weeks=51))
    local = [one.starts_at.astimezone(NEW_YORK) for one in Session.objects.planned()]
    assert len(local) > 45
    assert {(moment.weekday(), moment.hour, moment.minute) for moment in local} == {(1, 14, 0)}
    assert len({moment.utcoffset() for moment in local}) == 2


def test_holidays_are_named_and_not_ticked(cast: Any) -> None:
    first = coming(3)
    page = client_of(cast.supervisor).post(address(cast), form(first, weeks=52))
    ticked, listed = shown(page)
    thanksgiving = [day for day, said in listed.items() if "Thanksgiving" in str(said)]
    assert thanksgiving
    assert not ticked & set(thanksgiving)
    assert not Session.objects.exists()


def test_an_agency_that_names_no_country_skips_none(cast: Any) -> None:
    Agency.objects.update(holiday_country="")
    ticked, listed = shown(client_of(cast.supervisor).post(address(cast), form(coming(3), weeks=52)))
    assert ticked == set(listed)


def test_times_away_and_days_that_are_taken_are_not_ticked(cast: Any) -> None:
    Agency.objects.update(holiday_country="")
    first = coming(1)
    second, third = first + datetime.timedelta(days=7), first + datetime.timedelta(days=14)
    Away.objects.create(person=cast.worker, first_day=second, last_day=second)
    makers.planned(cast, starts_at=datetime.datetime.combine(third, datetime.time(9), tzinfo=NEW_YORK))
    ticked, listed = shown(client_of(cast.supervisor).post(address(cast), form(first, weeks=3)))
    assert "Marisol is away" in str(listed[second.isoformat()])
    assert "You meet on this day already, at 9:00 am" in str(listed[third.isoformat()])
    assert ticked == set(listed) - {second.isoformat(), third.isoformat()}


def test_a_day_with_something_against_it_can_be_ticked_all_the_same(cast: Any) -> None:
    first = coming(1)
    Away.objects.create(person=cast.worker, first_day=first, last_day=first)
    sent = form(first, weeks=1) | {"step": "plan", "days": [first.isoformat()]}
    assert client_of(cast.supervisor).post(address(cast), sent).status_code == 302
    assert Session.objects.get().starts_at.astimezone(NEW_YORK).date() == first


def test_one_is_moved_without_the_others(cast: Any) -> None:
    plan(cast, form(coming(1), weeks=4))
    sessions = list(Session.objects.planned().order_by("starts_at"))
    before = [one.starts_at for one in sessions]
    operations.move(sessions[1], by=cast.worker, starts_at=sessions[1].starts_at + datetime.timedelta(days=1))
    after = [one.starts_at for one in Session.objects.planned().order_by("starts_at")]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, *[True] * (len(after) - 2)]


def test_a_form_sent_twice_plans_once_and_tells_once(cast: Any) -> None:
    sent = form(coming(1), weeks=3)
    client = client_of(cast.supervisor)
    ticked, _listed = shown(client.post(address(cast), sent))
    told = len(helpers.told())
    for _ in range(2):
        done = client.post(address(cast), sent | {"step": "plan", "days": sorted(ticked)}, follow=True)
        assert f"{len(ticked)} sessions are planned." in body(done)
    assert Session.objects.count() == len(ticked)
    assert [person for person, _kind in helpers.told()[told:]] == [cast.worker]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"until": "2020-01-01"}, "The last day comes after the first."),
        ({"until": "2099-01-01"}, "Enter a day within a year of the first."),
        ({"until": ""}, "Enter the last day"),
        ({"every": "1"}, "Choose one of the answers listed"),
        ({"date": "2020-01-07"}, "This time has passed"),
        ({"minutes": "0"}, "Enter a number of minutes between"),
        ({"step": "plan"}, "Tick at least one day"),
        ({"step": "plan", "days": ["2031-02-30"]}, "The days have changed. Look at them again."),
        ({"place": "x" * 301}, "Shorten this"),
    ],
)
def test_what_cannot_be_planned_is_said_beside_its_field(cast: Any, given: dict[str, Any], said: str) -> None:
    page = client_of(cast.supervisor).post(address(cast), form(coming(1)) | given)
    assert page.status_code == 422
    assert said in body(page)
    assert "The usual link" in body(page) or "place" in given
    assert not Session.objects.exists()


def test_none_or_all(cast: Any) -> None:
    first = datetime.datetime.combine(coming(1), datetime.time(14), tzinfo=NEW_YORK)
    far = first + datetime.timedelta(days=3000)
    with pytest.raises(Invalid):
        operations.plan_series(cast.arrangement, by=cast.supervisor, moments=[first, far])
    moments = [first + datetime.timedelta(days=n) for n in range(61)]
    with pytest.raises(Invalid, match="Up to 60"):
        operations.plan_series(cast.arrangement, by=cast.supervisor, moments=moments)
    assert not Session.objects.exists()


def test_only_those_who_may_plan_one_may_plan_several(cast: Any) -> None:
    for person in (cast.manager, cast.outsider, cast.administrator, cast.other_supervisor):
        assert client_of(person).get(address(cast)).status_code in (403, 404)
        with pytest.raises((Denied, NotFound)):
            operations.plan_series(cast.arrangement, by=person, moments=[makers.ahead(3)])


def test_what_was_left_open_is_on_the_agenda_of_the_first_alone(cast: Any) -> None:
    held = makers.planned(cast, starts_at=makers.ago(50))
    operations.add_item(held, by=cast.worker, text="Not reached", share=True)
    makers.sent(cast, held, agenda=[makers.topic_of(item, reached=False) for item in held.agenda.all()])
    plan(cast, form(coming(1), weeks=3))
    first, *rest = Session.objects.planned().order_by("starts_at")
    assert "Not reached" in body(client_of(cast.worker).get(url("detail", first)))
    assert all("Not reached" not in body(client_of(cast.worker).get(url("detail", one))) for one in rest)
