"""Files for calendars: they keep to the standard, an entry stays itself through every change, and nothing of a session is in it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone
from icalendar import Calendar

from supervision.people.models import Participation
from supervision.sessions import calendar, operations
from supervision.sessions.models import Session
from tests import factories

from . import makers, strict_ics
from .pages import client_of, url
from .strict_ics import Part


def file_of(person: Any, session: Session) -> tuple[Part, Part]:
    """The file that this person gets: the calendar, and its one entry. Read by the library and by the strict reader."""
    response = client_of(person).get(url("ics", session))
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/calendar; charset=utf-8")
    assert response["Cache-Control"] == "no-store"
    library = Calendar.from_ical(response.content)
    assert [part.errors for part in library.walk()] == [[] for _part in library.walk()]
    whole = strict_ics.read(response.content)
    (event,) = whole.named("VEVENT")
    return whole, event


def what(event: Part, whole: Part) -> tuple[Any, ...]:
    """What an entry says to its reader."""
    return strict_ics.starts_at(event, whole), event.value("DURATION"), event.value("STATUS")


# What is in it ------------------------------------------------------------------------------------------------


def test_an_entry_says_when_and_supervision_and_nothing_else(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(6), place="The heron room")
    operations.add_item(session, by=cast.worker, text="A heron")
    whole, event = file_of(cast.worker, session)
    assert {one.name for one in event.properties} == {
        *("UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DURATION", "SUMMARY"),
        *("STATUS", "TRANSP", "CLASS", "ORGANIZER", "URL"),
    }
    assert event.value("SUMMARY") == "Supervision"
    assert event.value("CLASS") == "PRIVATE"
    assert what(event, whole) == (session.starts_at, "PT1H", "CONFIRMED")
    text = client_of(cast.worker).get(url("ics", session)).content.decode()
    for hidden in ("heron", "Dana", "Marisol", "Maple", "LOCATION", "DESCRIPTION", "ATTENDEE", "VALARM"):
        assert hidden not in text


def test_long_lines_are_folded(cast: Any, settings: Any) -> None:
    settings.SITE_URL = f"https://{'supervision.' * 12}example.org"
    settings.DEFAULT_FROM_EMAIL = "Riverbend Zusammenkünfte <hours@example.org>"
    session = makers.planned(cast, starts_at=makers.ahead(6))
    _whole, event = file_of(cast.worker, session)
    assert event.value("URL") == f"{settings.SITE_URL}/sessions/{session.pk}/"
    assert event.value("ORGANIZER") == "mailto:hours@example.org"


def test_people_in_two_time_zones_get_the_same_moment(cast: Any) -> None:
    cast.worker.time_zone = "Europe/Berlin"
    cast.worker.save()
    session = makers.planned(cast, starts_at=makers.ahead(6))
    seen = {}
    for person in (cast.supervisor, cast.worker):
        whole, event = file_of(person, session)
        seen[person.name] = (event.value("UID"), what(event, whole))
        assert event.all("DTSTART")[0].parameters == {"TZID": "America/New_York"}
    assert len(set(seen.values())) == 1


# An entry stays itself --------------------------------------------------------------------------------------


class Reader:
    """A calendar that gets the file after every change, as it would by feed or by hand."""

    def __init__(self, person: Any) -> None:
        self.person = person
        self.uid, self.sequence, self.said = "", -1, ()

    def looks(self, session: Session) -> bool:
        """Take the file in. True when it says something else than before: then it also has a higher number."""
        whole, event = file_of(self.person, session)
        said, sequence = what(event, whole), int(event.value("SEQUENCE"))
        assert self.uid in ("", event.value("UID")), "another entry"
        assert sequence >= self.sequence, "the number fell"
        changed = bool(self.said) and said != self.said
        assert not changed or sequence > self.sequence, "changed without a higher number"
        self.uid, self.sequence, self.said = event.value("UID"), sequence, said
        return changed


def test_a_session_that_is_moved_twice_and_cancelled_stays_one_entry(cast: Any) -> None:
    first = makers.planned(cast, starts_at=makers.ahead(6))
    reader = Reader(cast.worker)
    reader.looks(first)
    second = operations.move(first, by=cast.supervisor, starts_at=makers.ahead(7), minutes=90)
    assert reader.looks(second)
    third = operations.move(second, by=cast.worker, starts_at=makers.ahead(6.5))
    assert reader.looks(third)
    assert not reader.looks(first), "the file of the old time is that of the new one"
    operations.cancel(third, by=cast.worker, why="away")
    assert reader.looks(third)
    assert reader.said[2] == "CANCELLED"
    whole, _event = file_of(cast.worker, first)
    assert whole.value("METHOD") == "CANCEL"


def test_one_that_is_booked_again_is_an_entry_of_its_own(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(6))
    operations.cancel(session, by=cast.worker, why="away")
    again = operations.rebook(session, by=cast.worker, starts_at=makers.ahead(8))
    _whole, old = file_of(cast.worker, session)
    _whole, new = file_of(cast.worker, again)
    assert (old.value("STATUS"), new.value("STATUS")) == ("CANCELLED", "CONFIRMED")
    assert old.value("UID") != new.value("UID")


def test_what_a_record_says_of_the_times_comes_with_a_higher_number(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ago(30))
    reader = Reader(cast.worker)
    reader.looks(session)
    operations.record(session, by=cast.supervisor, written=makers.written(cast, starts_at=makers.ago(29)))
    assert not reader.looks(session), "a draft is its recorder's alone"
    operations.send(session, by=cast.supervisor)
    assert reader.looks(session)
    operations.take_back(session, by=cast.supervisor)
    reader.looks(session)
    operations.record(
        makers.fresh(session),
        by=cast.supervisor,
        written=makers.written(cast, starts_at=makers.ago(28), minutes=50, attended=_both(cast, 50)),
    )
    operations.send(session, by=cast.supervisor)
    assert reader.looks(session)
    assert reader.said == (makers.ago(28), "PT50M", "CONFIRMED")


def _both(cast: Any, minutes: int) -> dict[Any, int]:
    return {cast.supervisor.pk: minutes, cast.worker.pk: minutes}


def test_a_draft_that_is_thrown_away_never_lowers_the_number(cast: Any) -> None:
    """Met before the planned time: the plan moves with the draft, and stays there when it is thrown away."""
    session = makers.planned(cast, starts_at=makers.ahead(1))
    reader = Reader(cast.worker)
    reader.looks(session)
    operations.record(session, by=cast.supervisor, written=makers.written(cast, starts_at=makers.ago(2)))
    assert reader.looks(session)
    operations.discard(session, by=cast.supervisor)
    reader.looks(session)
    operations.missed(session, by=cast.supervisor, why="other")
    assert reader.looks(session)


def test_the_number_tells_nobody_of_a_topic_that_was_kept_private(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(6))
    reader = Reader(cast.supervisor)
    reader.looks(session)
    before = reader.sequence
    item = operations.add_item(session, by=cast.worker, text="Mine", share=False)
    operations.remove_item(item, by=cast.worker)
    reader.looks(session)
    assert reader.sequence == before


# Who gets it ----------------------------------------------------------------------------------------------------


def test_a_draft_that_nobody_had_planned_is_in_no_calendar_yet(cast: Any) -> None:
    session = operations.log(cast.arrangement, by=cast.supervisor, written=makers.written(cast))
    for person in (cast.supervisor, cast.worker):
        assert client_of(person).get(url("ics", session)).status_code == 409
        assert list(calendar.of_feed(person, timezone.now())) == []
    operations.send(session, by=cast.supervisor)
    whole, event = file_of(cast.worker, makers.fresh(session))
    assert what(event, whole)[0] == session.starts_at


def test_who_left_gets_what_was_planned_for_others_no_more(cast: Any) -> None:
    group, members = makers.group(cast)
    leaver = members[-1]
    planned = operations.plan(group, by=cast.supervisor, starts_at=makers.ahead(3))
    assert client_of(leaver).get(url("ics", planned)).status_code == 200
    day = timezone.localdate() - datetime.timedelta(days=1)
    Participation.objects.filter(arrangement=group, person=leaver).update(left_on=day)
    assert client_of(leaver).get(url("ics", planned)).status_code == 404
    assert not calendar.of_feed(leaver, timezone.now()).exists()
    # It left their calendar's feed with them; whether and when the others meet now is none of theirs.
    operations.move(planned, by=cast.supervisor, starts_at=makers.ahead(4))
    assert client_of(leaver).get(url("ics", planned)).status_code == 404
    assert not calendar.of_feed(leaver, timezone.now()).exists()


@pytest.mark.parametrize("who", ["manager", "administrator", "outsider", "other_worker"])
def test_nobody_else_gets_a_file(cast: Any, who: str) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(6))
    response = client_of(getattr(cast, who)).get(url("ics", session))
    assert response.status_code == (403 if who == "manager" else 404)


# What a feed holds ------------------------------------------------------------------------------------------------


def test_a_feed_holds_two_months_back_and_a_year_ahead_each_at_its_newest_time(cast: Any) -> None:
    now = timezone.now()
    old = makers.planned(cast, starts_at=now - datetime.timedelta(days=61))
    recent = makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(24 * 50)))
    first = makers.planned(cast, starts_at=makers.ahead(6))
    moved = operations.move(first, by=cast.supervisor, starts_at=makers.ahead(7))
    off = makers.planned(cast, starts_at=makers.ahead(9))
    operations.cancel(off, by=cast.worker, why="work")
    far = makers.planned(cast, starts_at=makers.ahead(400))
    operations.plan(cast.other_arrangement, by=cast.other_worker, starts_at=makers.ahead(3))
    found = list(calendar.of_feed(cast.worker, now))
    assert [session.pk for session in found] == [recent.pk, moved.pk, off.pk]
    assert not {old.pk, first.pk, far.pk} & {session.pk for session in found}
    entries = calendar.entries(found)
    assert [one.called_off for one in entries] == [False, False, True]
    assert entries[1].uid == first.pk


def test_a_feed_in_two_zones_explains_both(cast: Any) -> None:
    makers.planned(cast, starts_at=makers.ahead(6))
    makers.planned(cast, starts_at=makers.ahead(7), zone="Europe/Berlin")
    makers.planned(cast, starts_at=makers.ahead(8), zone="UTC")
    sessions = list(calendar.of_feed(cast.worker, timezone.now()))
    whole = strict_ics.read(calendar.feed(calendar.entries(sessions)))
    assert [zone.value("TZID") for zone in whole.named("VTIMEZONE")] == ["America/New_York", "Europe/Berlin"]
    starts = [strict_ics.starts_at(event, whole) for event in whole.named("VEVENT")]
    assert starts == [session.starts_at for session in sessions]


def test_an_empty_feed_is_a_calendar_too(cast: Any) -> None:
    lonely = factories.person("Lou Lonely")
    file = calendar.feed(calendar.entries(list(calendar.of_feed(lonely, timezone.now()))))
    assert [part.name for part in strict_ics.read(file).parts] == ["VTIMEZONE"]
