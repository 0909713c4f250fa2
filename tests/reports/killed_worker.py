"""A worker process that kills itself at the moment that KILLED names: `python -m tests.reports.killed_worker --once …`.

The files of the report are made up, so that the moments between making and keeping them are the ones that count.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from supervision.reports import operations, tasks

    killed, real_keep = os.environ["KILLED"], operations.keep

    def die_at(moment: str) -> None:
        if killed == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def files_of(report: Any, tick: Any) -> operations.Files:
        tick(1, 2)
        die_at("half made")
        tick(2, 2)
        return operations.Files(pdf=b"%PDF", table=b"a", book=b"PK")

    def keep(**given: Any) -> bool:
        die_at("made")
        kept = real_keep(**given)
        die_at("kept")
        return kept

    tasks.files_of = files_of  # type: ignore[assignment]
    operations.keep = keep
    call_command("work", *sys.argv[1:])


if __name__ == "__main__":
    main()
