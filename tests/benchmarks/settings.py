"""The settings of the benchmark: those of production, with one more page, and with everything below one folder.

`COMMON_HOUR_BENCH_DIR` names the folder; `DATABASE_URL` chooses the database, as ever.
"""

import os
from pathlib import Path

_folder = Path(os.environ["COMMON_HOUR_BENCH_DIR"])
for _name in ("DATA", "SECRETS", "MAIL", "ANCHOR"):
    os.environ[f"COMMON_HOUR_{_name}_DIR"] = str(_folder / _name.lower())
os.environ["COMMON_HOUR_STATIC_DIR"] = str(_folder.parent / "static")
os.environ["COMMON_HOUR_CREATE_SECRETS"] = "1"
# Whoever signs has signed in just now, however long a run takes.
os.environ["COMMON_HOUR_REAUTHENTICATE_AFTER"] = "86400"
for _name in ("COMMON_HOUR_TESTING", "COMMON_HOUR_DEBUG", "SITE_URL", "ALLOWED_HOSTS", "EMAIL_HOST"):
    os.environ.pop(_name, None)

from supervision.settings import *  # noqa: E402, F403

ROOT_URLCONF = "tests.benchmarks.urls"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
