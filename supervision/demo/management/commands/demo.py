"""`manage.py demo`: the demo agency, in an empty database."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from supervision.demo import making
from supervision.demo.cast import WORKERS
from supervision.records.errors import WrongState


class Command(BaseCommand):
    help = "Makes the demo agency in an empty database, and prints whom to sign in as. Refuses where there are real people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seed", type=int, default=making.SEED, help="another number makes other records"
        )
        parser.add_argument(
            "--weeks",
            type=int,
            default=making.WEEKS,
            help=f"how far back the records go, at least {making.FEWEST_WEEKS}",
        )
        parser.add_argument(
            "--workers",
            type=int,
            default=len(WORKERS),
            help=f"how many peer workers, from {making.FEWEST_WORKERS} to {len(WORKERS)}",
        )
        parser.add_argument("--sign-ins", action="store_true", help="only print whom to sign in as")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["sign_ins"]:
            weeks = max(options["weeks"], making.FEWEST_WEEKS)
            workers = max(options["workers"], making.FEWEST_WORKERS)
            try:
                making.check_is_empty()
                self.stderr.write(f"Going through {weeks} weeks of supervision. This takes a while.")
                making.make(seed=options["seed"], weeks=weeks, workers=workers)
            except WrongState as refusal:
                raise CommandError(refusal.message) from None
        self._tell()

    def _tell(self) -> None:
        found = making.sign_ins()
        if not found:
            raise CommandError("There is no demo agency in this database.")
        width = max(len(one.email) for one in found)
        for one in found:
            self.stdout.write(f"  {one.email:<{width}}  {one.role}: {one.name}")
        self.stdout.write(f"\n  The password of all of them: {found[0].password}")
        self.stdout.write(
            "  Second factors are not asked for, because it is a demo. It is served on this machine only."
        )
