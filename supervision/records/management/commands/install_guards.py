"""`manage.py install_guards`: put the database's own guards of sealed records back in place."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from supervision.records import triggers


class Command(BaseCommand):
    help = "Installs the triggers that keep sealed records from being changed. Safe to repeat."
    requires_system_checks = []  # a check asks for these very guards

    def handle(self, *args: Any, **options: Any) -> None:
        gone = triggers.missing()
        triggers.install()
        self.stdout.write(f"{len(gone)} guards were missing or different. All are in place now.")
