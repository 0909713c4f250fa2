"""A worker that is killed as it sends a mail: the mail may be lost, and never goes twice; the list has it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from supervision.jobs import operations as jobs
from supervision.notices import mail
from supervision.notices.models import Reminder
from tests.cast import make_cast
from tests.jobs.test_worker_process import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def run_worker(folder: Path, *arguments: str, killed: str = "") -> int:
    """One real worker, on mails in files; killed before or after the first mail goes. Its exit code."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.notices.killed_settings",
        "MAILS": str(folder),
        "KILLED": killed,
    }
    command = [sys.executable, "manage.py", "work", "--once", *arguments]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL, timeout=120
    ).returncode


@pytest.mark.parametrize(("killed", "mails"), [("before", 1), ("after", 2)])
def test_no_mail_goes_twice(tmp_path: Path, killed: str, mails: int) -> None:
    cast = make_cast()
    with transaction.atomic():
        mail.tell(cast.worker, "sign", path="/1/")
        mail.tell(cast.worker, "read", path="/2/")
    assert run_worker(tmp_path, "--name", "first", killed=killed) == -signal.SIGKILL
    assert run_worker(tmp_path, "--name", "second", "--replaces", "first") == 0
    sent = sorted(path.read_text() for path in tmp_path.iterdir())
    assert len(sent) == len(set(sent)) == mails
    assert Reminder.objects.listed().count() == 2
    assert not Reminder.objects.waiting().exists()
    assert not jobs.something_is_ready()
