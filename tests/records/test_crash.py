"""`kill -9` at any moment loses nothing that was acknowledged, and leaves nothing half done."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from supervision.records import keyring, verify
from supervision.records.models import Answer, Offer, Seal

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "3"))
PROJECT = Path(__file__).resolve().parents[2]


def _address() -> str:
    made = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{made['NAME']}"
    host = made["HOST"] or "localhost"
    if host.startswith("/"):
        host = host.replace("/", "%2F")
    return f"postgres://{made['USER']}:{made['PASSWORD']}@{host}:{made['PORT']}/{made['NAME']}"


def _writer() -> subprocess.Popen[str]:
    if not settings.SECRETS_FILE.exists():
        keyring.save(settings.SECRETS_FILE, settings.KEYRING)
    environment = {
        **os.environ,
        "COMMON_HOUR_TESTING": "1",
        "COMMON_HOUR_SECRETS_DIR": str(settings.SECRETS_DIR),
        "DATABASE_URL": _address(),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.records.crash_writer"],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def _killed_after_some_work(chance: random.Random) -> list[tuple[str, str]]:
    """Let two writers work, kill them at a random moment, and return what they had acknowledged."""
    writers = [_writer(), _writer()]
    first = [writer.stdout.readline() for writer in writers]  # both are at work now
    time.sleep(chance.uniform(0.2, 0.8))
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
    lines = first + [line for writer in writers for line in writer.stdout.readlines()]
    for writer in writers:
        writer.wait()
        writer.stdout.close()
    return [
        (what, pk) for what, _, pk in (line.strip().partition(" ") for line in lines if line.endswith("\n"))
    ]


@pytest.mark.django_db(transaction=True)
def test_nothing_acknowledged_is_lost(cast):
    chance, acknowledged = random.Random(7), []
    for _ in range(ROUNDS):
        acknowledged += _killed_after_some_work(chance)
    done = {what: {pk for w, pk in acknowledged if w == what} for what in ("offered", "signed", "sealed")}
    assert len(done["sealed"]) > ROUNDS, "the writers hardly wrote anything"
    assert done["offered"] <= {str(pk) for pk in Offer.objects.values_list("pk", flat=True)}
    assert done["signed"] <= {str(pk) for pk in Answer.objects.values_list("offer_id", flat=True)}
    assert done["sealed"] <= {str(pk) for pk in Seal.objects.values_list("offer_id", flat=True)}
    assert verify.run() == []
