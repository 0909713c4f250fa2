"""A process that writes for ever, from three threads, and says so only after each commit. A test kills it."""

from __future__ import annotations

import itertools
import os
import sys
import threading

import django

django.setup()

from django.db import transaction  # noqa: E402

from supervision.people.models import Program  # noqa: E402
from supervision.records import audit  # noqa: E402


def write(thread: int) -> None:
    for number in itertools.count():
        name = f"{os.getpid()}-{thread}-{number}"
        with transaction.atomic():
            program = Program.objects.create(name=name)
            audit.record(None, "program made", about=program)
        sys.stdout.write(name + "\n")
        sys.stdout.flush()


for thread in range(3):
    threading.Thread(target=write, args=(thread,)).start()
