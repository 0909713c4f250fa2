"""The settings of the test suite: the real ones, with a throwaway key ring and a database that may be lost.

`DATABASE_URL` chooses the database; without it the suite runs on SQLite, in a file, as in production.
"""

import os
import secrets
import tempfile
from pathlib import Path

os.environ["COMMON_HOUR_TESTING"] = "1"
# Nothing of a real installation on this machine may be read or written, nor what a run that was killed left behind.
_new = Path(tempfile.gettempdir()) / f"common-hour-tests-{os.getpid()}-{secrets.token_hex(4)}"
_scratch = Path(os.environ.setdefault("COMMON_HOUR_TEST_DIR", str(_new)))
for _name in ("DATA", "SECRETS", "MAIL", "ANCHOR", "STATIC"):
    os.environ[f"COMMON_HOUR_{_name}_DIR"] = str(_scratch / _name.lower())
for _name in (
    "MIGRATE_DATABASE_URL",
    "SECRET_KEY",
    "EMAIL_HOST",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "TRUSTED_PROXIES",
    "COMMON_HOUR_GUIDANCE_FILE",
):
    os.environ.pop(_name, None)

from supervision.settings import *  # noqa: E402, F403
from supervision.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "supervision.sqlite":
    DATABASES["default"]["TEST"] = {"NAME": str(_scratch / "test.sqlite3")}
    # The machine does not lose its power during a test.
    DATABASES["default"]["OPTIONS"]["synchronous"] = "OFF"

# Mails go at any hour of the day at which the tests run; those of quiet hours say so.
REMINDERS_QUIET = None
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# The people of the tests live where their agency is; a test that stands elsewhere says so.
TIME_ZONE = "America/New_York"
