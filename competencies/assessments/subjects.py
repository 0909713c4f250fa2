"""A statement of an assessment as what somebody's own goal can come from."""

from __future__ import annotations

import textwrap
import uuid

from django.urls import reverse
from django.utils import timezone

from supervision.people.models import User
from supervision.records.subjects import Subject

from .models import Assessment

KIND = "rating"
ROOM = 160  # letters of what a goal is called


def find(user: User, id: uuid.UUID | str, statement: str) -> Subject | None:
    """A statement of an assessment of this person's own practice that is shown. None for everything else.

    Its words are those of the framework; nothing that anybody marked is among them.
    """
    try:
        pk = uuid.UUID(str(id))
    except ValueError:
        return None
    rows = Assessment.objects.shown().filter(pk=pk, person=user).select_related("framework", "other")
    found = rows.first()
    if found is None:
        return None
    said = {one.id: one.title or one.text for one in found.framework.body.statements}
    if statement and statement not in said:
        return None
    return Subject(
        kind=KIND,
        id=found.pk,
        day=timezone.localdate(found.shown_at),
        names=found.other.name if found.other else "",
        url=reverse("competencies:assessment_views", args=[found.pk]),
        words=textwrap.shorten(said.get(statement, ""), ROOM, placeholder="…"),
        part=statement,
    )
