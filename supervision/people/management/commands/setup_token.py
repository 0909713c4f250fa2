"""`manage.py setup_token`: the address with which the first visitor makes the agency. Prints nothing once there is one."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from supervision.people import operations
from supervision.records.errors import WrongState


class Command(BaseCommand):
    help = "Prints a one-time address for making the agency and its first administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--path", action="store_true", help="print the path only, without the site's address"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            token = operations.new_setup_token()
        except WrongState as refusal:
            raise CommandError(refusal.message) from None
        path = reverse("people:start", kwargs={"token": token})
        self.stdout.write(path if options["path"] else settings.SITE_URL + path)
