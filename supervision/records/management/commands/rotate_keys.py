"""`manage.py rotate_keys`: a new master key, and every data key wrapped by it. Words are never rewritten."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from supervision.records import rotation


class Command(BaseCommand):
    help = "Makes a new master key and wraps every record's data key with it. May be repeated after a stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--finish", action="store_true", help="only wrap what still uses an older key; make no new one"
        )
        parser.add_argument(
            "--forget-old",
            action="store_true",
            help="then remove master keys that nothing uses from the secrets file",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["finish"]:
            rotation.add_master_key()
        count = rotation.rewrap()
        self.stdout.write(f"{count} data keys are wrapped by {settings.KEYRING.current_master} now.")
        if options["forget_old"]:
            gone = rotation.forget_unused()
            self.stdout.write(f"Removed from the secrets file: {', '.join(sorted(gone)) or 'none'}.")
        self.stdout.write("Restart the server and its worker, and keep a new copy of the secrets file.")
