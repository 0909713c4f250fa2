"""`manage.py anchor`: write where the audit chain stands now, signed, for keeping somewhere else."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from supervision.records import anchors


class Command(BaseCommand):
    help = "Writes a signed anchor of the audit chain. Keep it on another machine and give it to `verify --anchors`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.ANCHOR_DIR, help="the folder to write into")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(anchors.write(options["to"])))
