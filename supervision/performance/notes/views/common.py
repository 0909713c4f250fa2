"""What the views of performance records share: finding one for whoever may read it, and who is said to read it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

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


def who_will_read(worker: User, author: User, note: PerformanceNote | None = None) -> dict[str, str]:
    """Said to the author before the first word is typed: who reads it once it is sent, and who does not. `note` if there is one."""
    beside = operations.reader_beside(worker, author)
    names = {"worker": worker.called, "manager": beside.name if beside else ""}
    if beside is not None:
        who = _("Once you send it, you, %(worker)s and %(manager)s, the line manager, read this.") % names
    elif worker.line_manager_id == author.pk:
        who = _("Once you send it, you and %(worker)s read this.") % names
    else:
        who = (
            _("Nobody is named as the line manager of %(worker)s. This stays between the two of you.") % names
        )
    return {"who": who, "not_who": nobody_else(note, {worker.pk, author.pk, beside.pk if beside else None})}


def who_reads(note: PerformanceNote, user: User) -> dict[str, str]:
    """Who reads what was sent: those whom it names."""
    others = [one for one in (note.author, note.worker, note.line_manager) if one and one.pk != user.pk]
    names = {"first": others[0].called, "second": others[1].called if len(others) > 1 else ""}
    if len(others) > 1:
        who = _("You, %(first)s and %(second)s read this.") % names
    else:
        who = _("You and %(first)s read this.") % names
    return {"who": who, "not_who": nobody_else(note, {note.author_id, note.worker_id, note.line_manager_id})}


def nobody_else(note: PerformanceNote | None = None, readers: Collection[uuid.UUID | None] = ()) -> str:
    """Who does not read it. Whoever wrote the plan of a result learns that there is one: there is at most one for a plan."""
    plan = note.follows if note is not None else None
    if plan is not None and plan.author_id not in readers:
        return _(
            "Nobody else: no other manager, no administrator, no other supervisor. %(name)s, who wrote the plan, can see "
            "that its result was written, and not what it says."
        ) % {"name": plan.author.called}
    return _(
        "Nobody else: no other manager, no administrator, no other supervisor. Nobody else is told that it exists."
    )
