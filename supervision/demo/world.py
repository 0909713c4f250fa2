"""What every story of the demo shares: the day it is made, chance from the seed, and the people by name."""

from __future__ import annotations

import datetime
import random
import uuid
from zoneinfo import ZoneInfo

from supervision.people.models import Program, User
from supervision.records.signing import Evidence

from .cast import ZONE
from .clock import Clock
from .timeline import Timeline

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)


class World:
    """`weeks` is how far the records go back from `now`."""

    def __init__(self, *, seed: int, now: datetime.datetime, weeks: int) -> None:
        self.seed, self.now, self.weeks = seed, now, weeks
        self.zone = ZoneInfo(ZONE)
        self.today = now.astimezone(self.zone).date()
        self.clock = Clock(self.at(self.today - (7 * weeks + 21) * DAY, "08:00"))
        self.timeline = Timeline(self.clock, until=now)
        self.people: dict[str, User] = {}
        self.programs: dict[str, Program] = {}

    def chance(self, *names: object) -> random.Random:
        """Chance of its own for every story, so that a change in one leaves the others as they are."""
        return random.Random(":".join(str(name) for name in (self.seed, *names)))  # noqa: S311  not a secret

    def key(self, *names: object) -> uuid.UUID:
        """The id of something, always the same for the same seed."""
        return uuid.UUID(int=self.chance("id", *names).getrandbits(128), version=4)

    def at(self, day: datetime.date, clock: str) -> datetime.datetime:
        return datetime.datetime.combine(
            day, datetime.time.fromisoformat(clock), tzinfo=self.zone
        ).astimezone(datetime.UTC)

    def day(self, offset: int) -> datetime.date:
        return self.today + offset * DAY

    def workday(self, ago: int) -> datetime.date:
        """The working day (Monday to Friday) that many working days before today; 1 is the last one."""
        day = self.today
        while ago:
            day -= DAY
            ago -= day.weekday() < 5
        return day

    def local_day(self, moment: datetime.datetime) -> datetime.date:
        return moment.astimezone(self.zone).date()

    def by_now(self, moment: datetime.datetime, *, before: int = 20) -> datetime.datetime:
        """The moment, or some minutes before now when that is later: for what has to have happened."""
        return min(moment, self.now - before * MINUTE)

    def waking(self, moment: datetime.datetime) -> datetime.datetime:
        """The moment, or the next morning when it would fall into the night."""
        local = moment.astimezone(self.zone)
        if 7 <= local.hour < 22:
            return moment
        morning = local.date() if local.hour < 7 else local.date() + DAY
        return self.at(morning, "07:00") + (local.minute * 60 + local.second) * datetime.timedelta(seconds=1)

    def soon(self, wait: datetime.timedelta, *, before: int = 20) -> datetime.datetime:
        """After a while, at an hour when people are awake, and in any case before now."""
        return self.by_now(self.waking(self.clock.now() + wait), before=before)

    def evidence(self, person: User, intent: str = "") -> Evidence:
        """How the signature was given: it says that it is one of a demo."""
        local = self.clock.now().astimezone(self.zone)
        return Evidence(
            intent=intent,
            typed_name=person.name,
            local_time=local.strftime("%Y-%m-%d %H:%M:%S %z"),
            zone=ZONE,
            authenticated=["demo"],
            browser="Made for the demo",
        )
