"""`kill -9` in the middle of work loses nothing that was acknowledged, and leaves no half of a change."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

from supervision.people.models import Program
from supervision.records.models import AuditEvent, ChainHead
from tests.jobs.test_worker_process import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROUNDS = 3


def write_until_killed(acknowledged: int) -> list[str]:
    """Start the writer, kill it after so many acknowledgements, and return all that it gave."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.running.crash_writer"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    names = [writer.stdout.readline().strip() for _ in range(acknowledged)]
    writer.kill()
    names += writer.stdout.read().split("\n")[:-1]  # a last line that was cut off was not acknowledged
    writer.wait()
    writer.stdout.close()
    return names


def test_what_was_acknowledged_is_there_after_a_kill() -> None:
    acknowledged: list[str] = []
    for number in range(ROUNDS):
        acknowledged += write_until_killed(20 + 17 * number)
    assert len(acknowledged) >= ROUNDS * 20

    kept = set(Program.objects.values_list("name", flat=True))
    assert set(acknowledged) - kept == set()
    # One more per thread may be there: committed, but killed before it could say so.
    assert len(kept) <= len(acknowledged) + 3 * ROUNDS
    made = set(AuditEvent.objects.filter(action="program made").values_list("record_id", flat=True))
    assert made == set(Program.objects.values_list("pk", flat=True)), (
        "a program and its audit event go together"
    )

    links = list(AuditEvent.objects.order_by("seq").values_list("seq", "previous", "mac"))
    assert [seq for seq, _, _ in links] == list(range(1, len(links) + 1))
    assert [previous for _, previous, _ in links[1:]] == [mac for _, _, mac in links[:-1]]
    assert ChainHead.objects.get().mac == links[-1][2]
