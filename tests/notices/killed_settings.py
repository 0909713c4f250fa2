"""The settings of a worker that a test kills: mails in files, one for each, and a kill at the moment that the environment names."""

from tests.settings import *  # noqa: F403

DAILY_JOBS: list[str] = []  # type: ignore[no-redef]
EMAIL_BACKEND = "tests.notices.killing_backend.Backend"
