"""What the views of assessments share: finding one for whoever may read it, its parts, and who is said to see it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.people.models import User

from .. import policy
from ..models import Assessment, AssessmentPart

FORMAL_READERS = gettext_lazy(
    "Once you have both signed what you settle on, managers of the program read that, and what each of you marked and wrote here."
)
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


@dataclass(frozen=True)
class Sees:
    """The line that says who can see a page."""

    who: str
    not_who: str
    private: bool = False


def sees(found: Assessment, user: User) -> Sees:
    """Who sees an assessment, at each stage of it."""
    partner = found.partner_of(user) if found.is_between(user) else None
    if policy.signed_by_both(found):
        return Sees(
            _("The two who signed it and managers of the program read this."),
            _("No other supervisor and no administrator does. Managers see nothing that was not signed."),
        )
    if partner is None:
        return Sees(
            _("Only you can see this."), _("It is yours alone, also when it is finished."), private=True
        )
    name = {"name": partner.called}
    if found.is_sealed:
        return Sees(
            _("You and %(name)s read this.") % name,
            _("It was sealed without both signatures, so no manager reads it."),
        )
    if found.is_formal:
        later = str(FORMAL_READERS)
    else:
        later = _("It is informal: no manager reads it, ever.")
    if found.is_shown:
        return Sees(_("You and %(name)s see this.") % name, later)
    return Sees(
        _("You and %(name)s see that it was begun, and whose part is in.") % name,
        _("What each of you marks is shown to both at one moment, once both parts are in.") + " " + later,
    )


def sees_part(found: Assessment, user: User) -> Sees:
    """Who sees one's own part while it is being filled in."""
    partner = found.partner_of(user)
    if partner is None:
        return Sees(
            _("Only you can see this."), _("It is yours alone, also when it is finished."), private=True
        )
    later = _("Once both parts are in, %(name)s sees yours and you see theirs, at the same moment.") % {
        "name": partner.called
    }
    if found.is_formal:
        later += " " + FORMAL_READERS
    return Sees(_("Only you can see this now."), later, private=True)
