"""What the views of job descriptions share: finding one, or a person, for whoever may read or write theirs."""

from __future__ import annotations

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from supervision.people.models import User

from ...models import DescriptionDraft, JobDescription
from .. import policy

METHODS = ["GET", "HEAD", "POST"]


def address(name: str, pk: Any) -> str:
    return reverse(f"performance:{name}", args=[pk])


def description_for(user: User, pk: uuid.UUID) -> JobDescription:
    """A version that this person may read, with whose it is. Raises Http404."""
    found = JobDescription.objects.visible_to(user).select_related(
        "person__line_manager", "put_in_force_by", "was_read"
    )
    return get_object_or_404(found, pk=pk)


def person_to_write_for(user: User, pk: uuid.UUID) -> User:
    """Somebody whose job description this person may write. Raises NotFound, Denied, WrongState, Http404."""
    person = get_object_or_404(User.objects.select_related("line_manager"), pk=pk)
    policy.check_can_write(user, person)
    return person


def draft_of(person: User) -> DescriptionDraft | None:
    return DescriptionDraft.objects.filter(person=person).select_related("saved_by").first()
