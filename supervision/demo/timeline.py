"""Many lives at once, in the order of time.

A story is a generator: it does something, then yields the moment at which it goes on. All stories are told together, the
earliest moment first, so that what one person does lies between what others do, and the audit chain runs in order.
"""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Generator, Iterator
from typing import TypeVar

from .clock import Clock

Result = TypeVar("Result")
Story = Iterator[datetime.datetime]
# A piece of a story that comes to a result.
Scene = Generator[datetime.datetime, None, Result]


class Timeline:
    """Tells stories up to a moment; what would happen after it has not happened yet."""

    def __init__(self, clock: Clock, until: datetime.datetime) -> None:
        self.clock = clock
        self.until = until
        self._waiting: list[tuple[datetime.datetime, int, Story]] = []
        self._count = 0

    def begin(self, story: Story) -> None:
        """Take a story in. It begins by yielding when it begins."""
        moment = next(story, None)
        if moment is not None:
            self._wait(moment, story)

    def _wait(self, moment: datetime.datetime, story: Story) -> None:
        self._count += 1
        heapq.heappush(self._waiting, (moment, self._count, story))

    def run(self) -> None:
        while self._waiting:
            moment, _count, story = heapq.heappop(self._waiting)
            if moment > self.until:
                break
            self.clock.move_to(moment)
            following = next(story, None)
            if following is not None:
                self._wait(max(following, moment), story)
