"""The time that the demo tells while it is made: half a year, gone through in order in less than a minute.

Operations stamp what they write with the time of now. So that signatures, seals and the audit chain lie in the past,
in order, `telling` lets Django's one function that reads the clock ask ours instead. Columns hold that very function as
their default, so it is what the function looks at that is replaced, not the function. This is done by the demo command
alone, in a process of its own that serves nobody.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.utils import timezone

TICK = datetime.timedelta(microseconds=200)


class Clock:
    """A clock that only moves forward: to where it is told, and a little each time somebody looks at it."""

    def __init__(self, start: datetime.datetime) -> None:
        self._now = start

    def move_to(self, moment: datetime.datetime) -> None:
        self._now = max(self._now, moment)

    def now(self) -> datetime.datetime:
        self._now += TICK
        return self._now


@contextmanager
def telling(clock: Clock) -> Iterator[None]:
    """While this lasts, `django.utils.timezone.now` tells the time of `clock`."""

    class AnyDatetime(type):
        def __instancecheck__(cls, value: Any) -> bool:
            return isinstance(value, datetime.datetime)

    class Told(metaclass=AnyDatetime):
        @staticmethod
        def now(tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return clock.now().astimezone(tz)

    with mock.patch.object(timezone, "datetime", Told):
        yield
