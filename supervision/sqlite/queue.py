"""The queue that writers stand in before SQLite lets one of them write.

SQLite lets one connection write at a time and gives the turn to whoever happens to ask at the right moment, so under
load some writers wait for ever. Here a writer first takes its place in line: threads of one process in the order in
which they came, processes in the order in which the kernel hands out the lock on a small file beside the database.
Both waits together are bounded. A process that dies gives up its place and its turn at once, because the kernel does.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import deque


class QueueTimeout(Exception):
    """The turn to write did not come in time."""


class WriterQueue:
    """One line per database file and process. `acquire` and `release` may be called from different threads."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._mutex = threading.Lock()
        self._busy = False
        self._waiting: deque[threading.Event] = deque()
        self._file: _LockFile | None = None

    def acquire(self, seconds: float) -> None:
        """Wait at most `seconds` for the turn to write. Raises QueueTimeout."""
        until = time.monotonic() + seconds
        self._wait_for_threads(until)
        try:
            self._wait_for_processes(until)
        except BaseException:
            self._next_thread()
            raise

    def release(self) -> None:
        """Give the turn to whoever waits longest."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._next_thread()

    def _wait_for_threads(self, until: float) -> None:
        with self._mutex:
            if not self._busy:
                self._busy = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(max(0.0, until - time.monotonic())):
            return
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise QueueTimeout
        # The turn came in the very moment of giving up: take it.

    def _next_thread(self) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._busy = False

    def _wait_for_processes(self, until: float) -> None:
        if self._file is None:
            self._file = _LockFile(self.path)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            pass
        # Only a blocking call is queued by the kernel, and it cannot be given a time limit: a helper thread makes it.
        helper = _BlockingLock(self._file)
        if not helper.wait(max(0.0, until - time.monotonic())):
            self._file = None  # the helper closes its file, and with it the lock, when it finally gets there
            raise QueueTimeout


class _BlockingLock:
    def __init__(self, file: _LockFile) -> None:
        self._file = file
        self._mutex = threading.Lock()
        self._abandoned = False
        self._done = threading.Event()
        threading.Thread(target=self._lock, name="writer-queue", daemon=True).start()

    def _lock(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        with self._mutex:
            if self._abandoned:
                self._file.close()
            else:
                self._done.set()

    def wait(self, seconds: float) -> bool:
        if self._done.wait(seconds):
            return True
        with self._mutex:
            self._abandoned = not self._done.is_set()
            return not self._abandoned


class _LockFile:
    """A small file, open for its lock. Whoever drops it drops the lock with it, without a word."""

    def __init__(self, path: str) -> None:
        self._number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def fileno(self) -> int:
        return self._number

    def close(self) -> None:
        number, self._number = self._number, -1
        if number >= 0:
            os.close(number)

    def __del__(self) -> None:
        self.close()


class _Lines:
    """Every line of this process, by file."""

    def __init__(self) -> None:
        self.start_anew()

    def start_anew(self) -> None:
        """A forked child shares its parent's locks: it forgets them and opens its own."""
        self._mutex = threading.Lock()
        self._queues: dict[str, WriterQueue] = {}

    def get(self, path: str) -> WriterQueue:
        with self._mutex:
            return self._queues.setdefault(path, WriterQueue(path))


_lines = _Lines()
os.register_at_fork(after_in_child=_lines.start_anew)


def queue_for(database: str) -> WriterQueue:
    """The line of writers for this database file, shared by all threads of the process."""
    return _lines.get(os.path.realpath(database) + ".writer-lock")
