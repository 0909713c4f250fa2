"""What the views of self-assessments share: finding one for whoever may know of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from supervision.people.models import User
from supervision.records import audit

from .. import policy
from ..models import ProgramAction, ProgramAssessment

METHODS = ["GET", "HEAD", "POST"]


def assessment_for(user: User, pk: uuid.UUID) -> ProgramAssessment:
    """One that this person may know of. Raises NotFound."""
    rows = ProgramAssessment.objects.visible_to(user)
    found = rows.select_related("program", "framework_version", "opened_by", "result").filter(pk=pk).first()
    if found is None:
        raise policy.no_such()
    return found


def action_for(user: User, pk: uuid.UUID) -> ProgramAction:
    """One that this person may read. Raises NotFound."""
    rows = ProgramAction.objects.visible_to(user)
    related = ("assessment__program", "assessment__framework_version", "who", "noted_by")
    found = rows.select_related(*related).filter(pk=pk).first()
    if found is None:
        raise policy.no_such_action()
    return found


def log_what_was_done(user: User, actions: Iterable[ProgramAction]) -> None:
    """What others noted in an earlier self-assessment is about to be shown.

    The log says that the earlier one was opened, and the same from every page that shows this: a line of its own for the page with
    the questions would tell who answers.
    """
    earlier = {one.assessment_id: one.assessment for one in actions if one.noted_by_id != user.pk}
    audit.opened(user, list(earlier.values()), why="asked")
