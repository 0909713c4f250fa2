"""`manage.py work`: the process beside the web server that makes PDFs, sends mail and does the daily upkeep."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from supervision.jobs.worker import Worker


class Command(BaseCommand):
    help = "Runs background jobs until it is told to stop (SIGTERM or Ctrl-C)."
    requires_system_checks = []  # `prepare` has made them; a worker that replaces a dead one starts at once

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--name", default="", help="a name that no other running worker has")
        parser.add_argument(
            "--replaces", default="", help="the name of a dead worker whose jobs to take at once"
        )
        parser.add_argument("--once", action="store_true", help="run what is due, then stop")
        parser.add_argument(
            "--with-parent", action="store_true", help="stop when the starting process is gone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker(
            name=options["name"], replaces=options["replaces"], with_parent=options["with_parent"]
        )
        worker.listen_to_signals()
        if options["once"]:
            self.stdout.write(f"{worker.run_until_empty()} jobs run")
        else:
            worker.run()
