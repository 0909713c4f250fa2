"""`manage.py bring_in_requirements`: the sets of requirements that come with the software. `prepare` runs it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from supervision.records.toml_reading import FileFaults
from supervision.requirements import operations


class Command(BaseCommand):
    help = "Adds the shipped sets of requirements that are new or changed. Safe to repeat."
    requires_system_checks = []  # `prepare` checks when everything is in place

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = operations.bring_in(operations.shipped())
        except FileFaults as faults:
            raise CommandError("\n".join(faults.said)) from None
        for row in made:
            self.stderr.write(f"Requirements: {row.title}, version {row.number}")
