"""What the views of assessments share: finding one for whoever may read it, its parts, and who is said to see it."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse

from supervision.pages.sight import Line, line
from supervision.people.models import User

from .. import policy
from ..models import Assessment, AssessmentPart

METHODS = ["GET", "HEAD", "POST"]
RELATED = ("person", "other", "begun_by", "arrangement__program", "framework__framework", "open_offer")


def address(name: str, pk: Any) -> str:
    return reverse(f"competencies:{name}", args=[pk])


def assessment_for(user: User, pk: uuid.UUID) -> Assessment:
    """One that this person may know of. Raises NotFound."""
    found = Assessment.objects.visible_to(user).select_related(*RELATED).filter(pk=pk).first()
    if found is None:
        raise policy.no_such()
    return found


def assessment_of(user: User, pk: uuid.UUID) -> Assessment:
    """One that this person has a part in. Raises NotFound, and Denied for a manager who reads it."""
    found = assessment_for(user, pk)
    policy.check_is_party(user, found)
    return found


def own_part(found: Assessment, user: User) -> AssessmentPart:
    """Raises NotFound."""
    part = found.parts.filter(author=user).first()
    if part is None:
        raise policy.no_such()
    return part


def sees(found: Assessment, user: User) -> Line:
    """Who sees an assessment, at each stage of it."""
    partner = found.partner_of(user) if found.is_between(user) else None
    if policy.signed_by_both(found):
        return line("assessment_signed.read")
    if partner is None:
        return line("own.assessment")
    if found.is_sealed:
        return line("assessment.unsigned", name=partner.called)
    if found.is_shown:
        if found.is_formal:
            return line("assessment.shown_formal", name=partner.called)
        return line("assessment.shown", name=partner.called)
    if found.is_formal:
        return line("assessment.begun_formal", name=partner.called)
    return line("assessment.begun", name=partner.called)


def sees_part(found: Assessment, user: User) -> Line:
    """Who sees one's own part while it is being filled in."""
    partner = found.partner_of(user)
    if partner is None:
        return line("own.assessment")
    if found.is_formal:
        return line("assessment.part_formal", name=partner.called)
    return line("assessment.part", name=partner.called)
