"""`manage.py clear_second_factor EMAIL`: for somebody who has lost their phone, their keys and their recovery codes.

There is no page for it, so that no administrator's account alone can go round another's second factor: whoever runs the server
does it, after making sure in person who asks. It is kept in the audit chain, and told to the person.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from supervision.people import operations
from supervision.people.models import User


class Command(BaseCommand):
    help = "Removes every second factor of one person, who then signs in with the password alone and sets up a new one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.working().filter(email=options["email"].strip().lower()).first()
        if person is None:
            raise CommandError("Nobody with an open account has this e-mail.")
        removed = operations.clear_second_factors(person)
        self.stdout.write(f"{removed} removed." if removed else "There was nothing to remove.")
