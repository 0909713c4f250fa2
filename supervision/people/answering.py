"""How long people have to read and answer a record, and when the one who wrote it may close it without them (decision 2)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.records.errors import WrongState
from supervision.records.models import Answer, Offer

from .models import Agency, User


def check_may_close(user: User, offer: Any, *, has_left: Callable[[User], bool]) -> None:
    """Close with the signatures given what `user` wrote and signed. `has_left`: nobody needs to wait for this person.

    Raises WrongState.
    """
    answers = {row.person_id: row for row in offer.answers.all()}
    own = answers.get(user.pk)
    if own is None or own.kind != Answer.Kind.SIGNED:
        raise WrongState(_("Sign it yourself before you close it."))
    if any(row.kind == Answer.Kind.DECLINED for row in answers.values()):
        return
    waiting = [row.person for row in offer.parties.all() if row.person_id not in answers]
    if any(not person.is_active or has_left(person) for person in waiting):
        return
    ends = closes_from(offer)
    if timezone.now() >= ends:
        return
    raise WrongState(
        _("Everybody has until %(day)s to read it and answer. After that you can close it.")
        % {"day": words.day(ends)}
    )


def closes_from(offer: Offer) -> datetime.datetime:
    """When the agency's days for answering end."""
    days = Agency.objects.values_list("answer_days", flat=True).first() or 7
    return offer.offered_at + datetime.timedelta(days=days)
