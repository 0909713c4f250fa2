"""Who may open which page about other people's supervision. Every check raises a refusal in words for the person."""

from __future__ import annotations

from django.utils.translation import gettext as _

from supervision.hours.policy import NOT_SEEN
from supervision.people import policy as people
from supervision.people.models import Arrangement, User
from supervision.records.errors import Denied


def check_can_see_programs(user: User) -> None:
    """The overview and the activity log are for whoever manages a program now."""
    people.check_manages(user)


def check_can_see_people(user: User) -> None:
    """The list of one's own people is for whoever supervises."""
    if not user.roles.supervisor:
        raise Denied(_("This page is for the people who supervise."))


def check_can_see_administration(user: User) -> None:
    if not user.is_administrator:
        raise Denied(_("This page is for administrators."))


def check_can_see_worker(arrangements: list[Arrangement]) -> None:
    """Whether there is anything that the reader may see, from what `hours.policy.arrangements_seen_of` found. Raises Denied.

    Outsiders never come here: for them the person does not exist (`User.visible_to`).
    """
    if not arrangements:
        raise Denied(str(NOT_SEEN))
