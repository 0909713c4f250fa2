"""What the views of sessions share: fetching what this person may see."""

from __future__ import annotations

import uuid
from typing import NoReturn

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.pages.prepared import Text, prepared
from supervision.people.limits import EDITION
from supervision.people.models import Acknowledgement, Arrangement, Participation, User
from supervision.records import drafts
from supervision.records.errors import Denied, NotFound

from .. import kept as parked
from .. import standing
from ..models import Action, Addendum, AgendaItem, Attendee, Session

ATTENDEES = Prefetch("attendees", Attendee.objects.select_related("person"))
_PARTS = Participation.objects.select_related("person").order_by("joined_on", "id")
TAKING_PART = Prefetch("participations", _PARTS)  # of an arrangement
PARTICIPATIONS = Prefetch("arrangement__participations", _PARTS)  # of a session


def about_record(pk: uuid.UUID | str) -> str:
    """Under which name the form of a record is kept: by its session, or by the arrangement of one that was not planned."""
    return f"sessions.record:{pk}"


def session_for(user: User, pk: uuid.UUID) -> Session:
    """A session whose words this person may come near, with who takes part, and three facts: `knows_limits`, whether
    this person has acknowledged the limits, `has_kept`, whether they typed into its record and did not save that, and
    `has_parked`, whether parts of an agreement were kept for it. `limits_known_by` says to the policy who has acknowledged them.

    Raises NotFound for outsiders and Denied for those who may see its log facts only.
    """
    found = next(iter(_session_for(user, pk, Text(about_record(pk)))), None)
    if found is None:
        refuse(user, pk)
    found.limits_known_by = user.pk if found.knows_limits else None
    if found.is_draft and found.recorder_id == user.pk:
        found.take_draft()
    return found


@prepared
def _session_for(user: User, pk: uuid.UUID, about: str) -> QuerySet[Session]:
    shown = Acknowledgement.objects.filter(person=user, edition=EDITION)
    return (
        Session.objects.visible_to(user)
        .annotate(
            knows_limits=Exists(shown),
            has_kept=drafts.is_kept(user, about),
            has_parked=parked.is_for_this_session(),
        )
        .select_related(
            "arrangement__program",
            "arrangement__standing",
            "recorder",
            "planned_by",
            "state_by",
            "open_offer",
        )
        .prefetch_related(ATTENDEES, PARTICIPATIONS)
        .filter(pk=pk)
    )


def refuse(user: User, pk: uuid.UUID) -> NoReturn:
    """Raise what fits: Denied where the log facts may be seen, NotFound for everybody else."""
    if Session.objects.facts_visible_to(user).filter(pk=pk).exists():
        raise Denied(
            _(
                "You can see that this session took place, not what was said in it. That stays with those who were there."
            )
        )
    raise NotFound


def item_for(user: User, pk: uuid.UUID) -> AgendaItem:
    """A topic that this person raised or that was shared with them. Raises NotFound.

    What they keep to themself stays theirs also where they were not there, until it comes back on their next agenda.
    """
    of_mine = Attendee.objects.filter(session=OuterRef("session"), person=user)
    kept = Q(Exists(of_mine), shared_at__isnull=True, raised_by=user, session__state=Session.State.HELD)
    item = (
        AgendaItem.objects.shown_to(user)
        .filter(Q(session__in=Session.objects.visible_to(user)) | kept, pk=pk)
        .select_related("session__arrangement", "raised_by")
        .first()
    )
    if item is None:
        raise NotFound
    return item


def addendum_for(user: User, pk: uuid.UUID) -> Addendum:
    found = (
        Addendum.objects.filter(pk=pk, session__in=Session.objects.visible_to(user))
        .select_related("session__arrangement", "open_offer", "author")
        .prefetch_related("session__attendees__person")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def action_for(user: User, pk: uuid.UUID) -> Action:
    found = (
        Action.objects.visible_to(user)
        .with_state()
        .filter(pk=pk)
        .select_related("arrangement", "owner")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def no_agreement(arrangement: Arrangement) -> dict[str, str] | None:
    """What to say, and where to go, when an arrangement has met three times without an agreement (domain 3)."""
    held = standing.held_too_many(arrangement)
    if not held:
        return None
    written = arrangement.standing.agreement_draft
    return {
        "said": standing.met_without_agreement(held),
        "why": _("It says what you can expect of each other. Each of you can write in it."),
        "url": reverse("agreements:start", args=[arrangement.pk]),
        "label": _("Go on with yours") if written else _("Start an agreement"),
    }
