"""`manage.py verify`: go over the whole store and say where a byte is not as it was written."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from supervision.records import verify


class Command(BaseCommand):
    help = "Checks offers, answers, seals, documents, the audit chain and the access log. Exits with 1 when it finds something."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchors", type=Path, help="a folder of anchor files, kept away from this machine"
        )
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify.run(options["anchors"])
        if options["json"]:
            self.stdout.write(verify.as_json(found))
        else:
            for problem in found:
                self.stdout.write(str(problem))
            self.stdout.write(_sentence(len(found), bool(options["anchors"])))
        if found:
            raise SystemExit(1)


def _sentence(count: int, anchored: bool) -> str:
    if count:
        return f"{count} finding{'s' if count > 1 else ''}. Nothing was changed by this check."
    if anchored:
        return "Everything that is covered is as it was written, and every anchor lies on the chain."
    return (
        "Everything that is covered is as it was written. Without anchors (--anchors FOLDER) a cut-off end of the "
        "chain cannot be seen."
    )
