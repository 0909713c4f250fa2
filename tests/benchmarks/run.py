"""One part of the benchmark, in a process of its own, with its result as one line of JSON. `bin/bench` starts them."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import hashlib
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--size", type=float, default=1)
    parser.add_argument("--open-each", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    django.setup()
    with contextlib.redirect_stdout(sys.stderr):
        found = PARTS[options.part](options)
    print(json.dumps(found))


def _make(options: argparse.Namespace) -> dict[str, Any]:
    """Make the agency, unless the very same is there already."""
    from django.core.management import call_command
    from django.db import transaction

    from supervision.people.models import Agency

    from . import agency

    here = Path(__file__).parent
    sources = b"".join((here / name).read_bytes() for name in ("agency.py", "rows.py", "words.py"))
    wanted = (
        f"{hashlib.sha256(sources).hexdigest()} {options.size} {options.open_each} {datetime.date.today()}"
    )
    stamp = Path(os.environ["COMMON_HOUR_BENCH_DIR"]) / "made"
    began = time.process_time()
    if not (stamp.exists() and stamp.read_text() == wanted):
        call_command("prepare")
        with transaction.atomic():
            there = Agency.objects.exists()
        if there:
            raise SystemExit("Another agency is there. Remove the folder, or run bin/bench with --fresh.")
        size = agency.Size.of(options.size)
        if options.open_each:
            size = agency.Size(size.workers, size.supervisors, options.open_each + 24, options.open_each)
        agency.make(size)
        call_command("replace_certificate", new="Riverbend Peer Alliance")
        stamp.write_text(wanted)
    return {"rows": dict(agency.count()), "cpu": time.process_time() - began}


def _pages(options: argparse.Namespace) -> dict[str, Any]:
    from supervision import wsgi  # as the server begins  # noqa: F401

    from . import pages

    found = pages.pages()
    began = os.getloadavg()[0]
    empty = pages.measure(found, _turns(options.rounds))
    first, unit, third = (1000 * value for value in statistics.quantiles(empty, n=4))
    load = [began, os.getloadavg()[0]]
    return {
        "unit_ms": [first, unit, third],
        "rounds": options.rounds,
        "load": load,
        "pages": [page.as_dict() for page in found],
    }


def _turns(rounds: int) -> Iterator[int]:
    """The rounds, each when its turn comes: the sizes are measured in turn, so that what else the machine does strikes all of them."""
    for number in range(rounds):
        print("ready", file=sys.__stdout__, flush=True)
        sys.stdin.readline()
        yield number


def _heavy(options: argparse.Namespace) -> dict[str, Any]:
    from . import heavy

    return heavy.measure()


def _memory(options: argparse.Namespace) -> dict[str, Any]:
    from . import at_once

    return at_once.memory_of_a_worker(options.requests)


def _at_once(options: argparse.Namespace) -> dict[str, Any]:
    from . import at_once

    return at_once.measure(options.processes, options.people, options.seconds)


PARTS = {"make": _make, "pages": _pages, "heavy": _heavy, "memory": _memory, "at_once": _at_once}

if __name__ == "__main__":
    main()
