"""Averages are made beside the signature, not in its transaction: they wait for the program's row, and are safe to repeat."""

from __future__ import annotations

import uuid

from django_tasks import task

from supervision.people.models import Program

from ..library.models import Framework
from . import operations


@task()
def refresh_averages(program_id: str, framework_id: str) -> None:
    program = Program.objects.filter(pk=uuid.UUID(program_id)).first()
    framework = Framework.objects.filter(pk=uuid.UUID(framework_id)).first()
    if program is not None and framework is not None:
        operations.refresh(program, framework)
