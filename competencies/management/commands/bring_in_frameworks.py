"""`manage.py bring_in_frameworks`: the frameworks of competencies that come with the software. `prepare` runs it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from competencies.library import operations
from supervision.records.toml_reading import FileFaults


class Command(BaseCommand):
    help = "Publishes the shipped frameworks that are new or changed. Safe to repeat."
    requires_system_checks = []  # `prepare` checks when everything is in place

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = operations.bring_in(operations.shipped())
        except FileFaults as faults:
            raise CommandError("\n".join(faults.said)) from None
        for version in made:
            self.stderr.write(f"Framework: {version.title}, version {version.number}")
