"""The settings of a worker process that a test starts: the test's own database, and no daily jobs."""

from tests.settings import *  # noqa: F403

DAILY_JOBS: list[str] = []  # type: ignore[no-redef]
