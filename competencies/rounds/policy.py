"""May this person, now? Whoever has no part in a round gets 404 for all of it: managers and administrators too (decision 16, 25)."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.records.errors import Denied, Invalid, NotFound, WrongState

from ..rating.answered import FEWEST, tells_who_answered
from . import circle
from .models import Round, Sheet

SHORTEST = datetime.timedelta(
    days=7
)  # so that nobody is asked to answer at once, and no day of answering stands out
LONGEST = datetime.timedelta(days=60)


def no_such_round() -> NotFound:
    return NotFound(_("There is no such round."))


# Opening ------------------------------------------------------------------------------------------------------


def check_supervises(asked: Iterable[User]) -> None:
    """Only somebody who supervises opens a round, and about nobody but themself. Raises Denied."""
    if not asked:
        raise Denied(
            _("Somebody opens a round about the supervision that they give. You supervise nobody now.")
        )


def check_can_open(
    asked: frozenset[uuid.UUID], rounds: Iterable[Round], published: Sequence[frozenset[uuid.UUID]]
) -> None:
    """Whether a round of these people could have a result that tells of nobody. Raises WrongState.

    `rounds` are the ones about the same supervision that are open or wait for its supervisor's own part; `published` the
    people who could answer in each that had a result, in order.
    """
    if len(asked) < FEWEST:
        raise WrongState(
            _(
                "A round needs three people who are supervised by you; with fewer, a result would tell who said what. "
                "Each of them can write to you under their own name instead, if they choose to."
            )
        )
    for one in rounds:
        if one.is_open:
            raise WrongState(
                _("A round about your supervision is open. Another one can follow when it has closed.")
            )
        raise WrongState(
            _("The last round waits for your own part. Send that first, and look at what came of it.")
        )
    if tells_who_answered([*published, asked]):
        raise WrongState(
            _(
                "The people whom you supervise now are almost the ones of an earlier round. A result could tell who "
                "answered, so no round is opened with exactly these. Each of them can write to you under their own "
                "name, if they choose to."
            )
        )


def check_last_day(day: datetime.date, today: datetime.date) -> None:
    """Raises Invalid, naming `last_day`."""
    if not today + SHORTEST <= day <= today + LONGEST:
        raise Invalid(
            _("Choose a day at least %(least)s and at most %(most)s days ahead")
            % {"least": SHORTEST.days, "most": LONGEST.days},
            field="last_day",
        )


# Answering ----------------------------------------------------------------------------------------------------


def check_can_answer(user: User, sheet: Sheet, *, is_final: bool, is_counted: bool) -> None:
    """Who is asked, until it closes. The supervisor's own part is theirs to change until then, and to send after it once.

    `is_final`: whether it was sent; `is_counted`: whether the result is made. Raises NotFound, WrongState.
    """
    if sheet.person_id != user.pk:
        raise no_such_round()
    if sheet.round.is_open and not is_counted:
        return
    if sheet.person_id != sheet.round.supervisor_id:
        raise WrongState(_("This round has closed. Nothing is answered or changed in it any more."))
    if is_final:
        raise WrongState(_("Your own part is in and the round has closed, so it stays as it is."))


def check_is_closed(found: Round) -> None:
    if found.is_open:
        raise WrongState(_("This round is still open. Nothing of it shows before it has closed."))


# By name ------------------------------------------------------------------------------------------------------


def can_write_to(author: User, supervisor: User) -> bool:
    """Who is supervised by that person now, or is or was asked in a round about their supervision."""
    if circle.supervisors_of(author).filter(pk=supervisor.pk).exists():
        return True
    asked = Sheet.objects.of(author).asked().filter(round__supervisor=supervisor)
    return supervisor.is_active and asked.exists()
