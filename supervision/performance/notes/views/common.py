"""What the views of performance records share: finding one for whoever may read it, and who is said to read it."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.pages.sight import Line, line
from supervision.people.models import User
from supervision.records.errors import NotFound

from ...models import PerformanceNote
from .. import operations

METHODS = ["GET", "HEAD", "POST"]


def address(name: str, pk: Any) -> str:
    return reverse(f"performance:{name}", args=[pk])


def note_for(user: User, pk: uuid.UUID) -> PerformanceNote:
    """One that this person may know of. Raises NotFound for everybody else."""
    found = (
        PerformanceNote.objects.visible_to(user)
        .select_related(
            "worker__line_manager", "author", "line_manager", "follows__author", "description", "open_offer"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def who_will_read(worker: User, author: User, note: PerformanceNote | None = None) -> Line:
    """Said to the author before the first word is typed: who reads it once it is sent, and who does not. `note` if there is one."""
    beside = operations.reader_beside(worker, author)
    planner = _planner(note, [worker, author, beside])
    if planner is not None:
        names = [worker.called, *([beside.name] if beside else [])]
        return line("work.sending_result", names=names, planner=planner.called)
    if beside is not None:
        return line("work.sending_named", worker=worker.called, manager=beside.name)
    if worker.line_manager_id == author.pk:
        return line("work.sending", worker=worker.called)
    return line("work.sending_unled", worker=worker.called)


def who_reads(note: PerformanceNote, user: User) -> Line:
    """Who reads what was sent: those whom it names."""
    named = [note.author, note.worker, note.line_manager]
    us = [_("You"), *(one.called for one in named if one and one.pk != user.pk)]
    planner = _planner(note, named)
    if planner is not None:
        return line("work.result", us=us, planner=planner.called)
    return line("work.sent", us=us)


def _planner(note: PerformanceNote | None, readers: list[User | None]) -> User | None:
    """Whoever wrote the plan of a result learns that there is one, and may not read it: there is at most one for a plan."""
    plan = note.follows if note is not None else None
    return plan.author if plan is not None and plan.author not in readers else None
