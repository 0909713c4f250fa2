"""When a mail may go: at once, once a day, never in somebody's quiet hours. Pure functions over moments, in the person's own zone."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Clock:
    """One person's hours. `quiet` is from when until when, also over midnight; None for no quiet hours."""

    zone: ZoneInfo
    daily_at: datetime.time
    quiet: tuple[datetime.time, datetime.time] | None

    def is_quiet(self, at: datetime.datetime) -> bool:
        if self.quiet is None:
            return False
        start, end = self.quiet
        now = at.astimezone(self.zone).time()
        return start <= now < end if start < end else now >= start or now < end

    def at_once(self, now: datetime.datetime) -> datetime.datetime:
        """Now, or the moment at which the quiet hours are over."""
        if self.quiet is None or not self.is_quiet(now):
            return now
        return self._next(now, self.quiet[1])

    def daily(self, now: datetime.datetime) -> datetime.datetime:
        """The next time of the mail of a day; after the quiet hours where it falls into them."""
        return self.at_once(self._next(now, self.daily_at))

    def _next(self, now: datetime.datetime, time: datetime.time) -> datetime.datetime:
        """The next moment after `now` at which the clock shows this time, in UTC. A time that is skipped in spring comes an hour
        later; of one that comes twice in autumn, whichever is next."""
        today = now.astimezone(self.zone).date()
        moments = (moment for day in (today, today + ONE_DAY) for moment in self._moments(day, time))
        return min(moment for moment in moments if moment > now)

    def _moments(self, day: datetime.date, time: datetime.time) -> list[datetime.datetime]:
        first, second = (
            datetime.datetime.combine(day, time, tzinfo=self.zone).replace(fold=fold).astimezone(datetime.UTC)
            for fold in (0, 1)
        )
        return [first, second] if second > first else [first]
