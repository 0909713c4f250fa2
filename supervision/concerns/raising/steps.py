"""What has happened with a concern and what comes next, in words for whoever reads it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supervision.pages import words
from supervision.people.limits import LIMITS
from supervision.people.models import User

from .models import Concern

EndedAs, Instead = Concern.EndedAs, Concern.Instead


@dataclass(frozen=True)
class Step:
    """One line of what happened: when, in words and for the machine, and what."""

    when: str
    what: str
    iso: str = ""
    now: bool = False


def limit_of(concern: Concern) -> str:
    """The limit it meets, in words."""
    return str(dict(LIMITS).get(concern.limit, ""))


def until(concern: Concern) -> str:
    """Until when the worker's own time runs, where the reader is: “the end of Friday, December 5”. Empty where there is none.

    It ends with a day of the agency; for a reader in another time zone that is an hour of a day.
    """
    if concern.may_share_from is None or not concern.notice_days:
        return ""
    ends = timezone.localtime(concern.may_share_from)
    if (ends.hour, ends.minute) == (0, 0):
        return _("the end of %(day)s") % {"day": words.day((ends - datetime.timedelta(seconds=1)).date())}
    return f"{words.day(ends)}, {words.clock(ends)}"


def taken_to(concern: Concern) -> str:
    """To whom the worker says that they took it."""
    return concern.taken_to.name if concern.taken_to is not None else concern.taken_to_name


def steps_of(concern: Concern, user: User) -> list[Step]:
    """Everything that happened, for whoever raised it and for the worker; for whoever receives it, the dates alone."""
    rows: list[tuple[datetime.datetime | None, str]] = (
        _of_receiver(concern) if user.pk == concern.shared_with_id else _of_the_two(concern, user)
    )
    taken = sorted((at, what) for at, what in rows if at is not None)
    return [
        Step(said_at(at), what, at.isoformat(), now=number == len(taken))
        for number, (at, what) in enumerate(taken, start=1)
    ]


def said_at(moment: datetime.datetime) -> str:
    return f"{words.day(moment)}, {words.clock(moment)}"


def _names(concern: Concern) -> dict[str, str]:
    return {
        "raiser": concern.raised_by.called,
        "worker": concern.worker.called,
        "receiver": concern.shared_with.name if concern.shared_with is not None else "",
        "to": taken_to(concern),
    }


def _of_the_two(concern: Concern, user: User) -> list[tuple[datetime.datetime | None, str]]:
    names = _names(concern)
    rows: list[tuple[Any, str]] = [
        (concern.told_at, _told(concern, names)),
        (concern.seen_at, _("%(worker)s says that they have read it.") % names),
        (
            concern.declined_at,
            _("%(worker)s says that they won’t or can’t take it further themself.") % names,
        ),
        (concern.taken_at, _raised(concern, names)),
        (
            concern.may_ask_at,
            _("%(to)s is asked whether it reached them: %(worker)s agreed to that.") % names,
        ),
        (concern.confirmed_at, _confirmed(concern, names)),
        (concern.told_again_at, _("%(worker)s was told that it will now be shared.") % names),
        (concern.shared_at, _shared(concern, names)),
        (concern.ended_at, _ended(concern, names)),
    ]
    if user.pk == concern.raised_by_id:
        rows.append((concern.begun_at, _("%(raiser)s put it into words.") % names))
    rows += [
        (one.at, _("%(to)s says that it has not reached them.") % names) for one in concern.not_reached.all()
    ]
    rows += [(one.at, _("%(worker)s added words of their own.") % names) for one in concern.statements.all()]
    rows += [
        (one.happened_at, _("%(name)s made a report outside.") % {"name": one.by.called})
        for one in concern.outside_reports.all()
    ]
    return rows


def _of_receiver(concern: Concern) -> list[tuple[datetime.datetime | None, str]]:
    names = _names(concern)
    return [
        (concern.told_at, _("%(worker)s was told.") % names),
        (concern.told_again_at, _("%(worker)s was told that it will now be shared.") % names),
        (concern.shared_at, _shared(concern, names)),
        (concern.ended_at, _ended(concern, names)),
    ]


def _told(concern: Concern, names: dict[str, str]) -> str:
    late = (
        concern.shared_at is not None and concern.told_at is not None and concern.told_at > concern.shared_at
    )
    if late:
        return _("%(worker)s was told, after it had been shared.") % names
    if not concern.notice_days:
        return _("%(worker)s was told. There was no time to take it further themself.") % names
    said = ngettext(
        "%(worker)s was told. They have %(n)d working day, until %(day)s.",
        "%(worker)s was told. They have %(n)d working days, until %(day)s.",
        concern.notice_days,
    )
    return said % {**names, "n": concern.notice_days, "day": until(concern)}


def _raised(concern: Concern, names: dict[str, str]) -> str:
    day = words.day(concern.taken_on) if concern.taken_on else ""
    return _("%(worker)s says that they took it to %(to)s on %(day)s.") % {**names, "day": day}


def _confirmed(concern: Concern, names: dict[str, str]) -> str:
    if concern.confirmed:
        return _("%(to)s says that it reached them.") % names
    return _("%(to)s says that it has not reached them.") % names


def _shared(concern: Concern, names: dict[str, str]) -> str:
    said = _("%(raiser)s shared it with %(receiver)s.") % names
    return f"{said} {_('Out of order.')}" if concern.out_of_order else said


def _ended(concern: Concern, names: dict[str, str]) -> str:
    if concern.ended_as == EndedAs.TAKEN:
        return _("Ended: %(worker)s raised it.") % names
    if concern.ended_as == EndedAs.ANSWERED:
        return _("Ended: %(receiver)s recorded what came of it.") % names
    if concern.ended_as == EndedAs.LEFT:
        return _("Ended by %(worker)s: %(raiser)s has left.") % names
    return _("Withdrawn by %(raiser)s.") % names


def why_not_line_manager(concern: Concern) -> str:
    """Why it went to somebody else than the line manager. Empty where it did not."""
    return str(Instead(concern.instead).label) if concern.instead else ""


def where_it_stands(concern: Concern, user: User) -> str:
    """One sentence for the head of the page."""
    names = _names(concern)
    if concern.ended_at is not None:
        return _ended(concern, names)
    if (
        user.pk == concern.worker_id
        and concern.is_told
        and not concern.raised_by.is_active
        and not concern.is_shared
    ):
        return _("%(raiser)s has left. It was not shared with anybody. You can end it.") % names
    if concern.is_shared:
        if not concern.is_told:
            return _("Shared with %(receiver)s. %(worker)s has not been told yet.") % names
        if concern.shared_with is not None and not concern.shared_with.is_active:
            return (
                _(
                    "The account of %(receiver)s is closed, so no answer will come. %(raiser)s can withdraw this with that reason "
                    "and state it anew; it can then be shared at once, out of order."
                )
                % names
            )
        if user.pk == concern.shared_with_id:
            return _("%(raiser)s shared this with you. You record what comes of it.") % names
        return _("With %(receiver)s to record what comes of it.") % names
    if not concern.is_told:
        return _("Nobody has been told. %(worker)s hears it first.") % names
    return _before_sharing(concern, names, is_worker=user.pk == concern.worker_id)


def _before_sharing(concern: Concern, names: dict[str, str], *, is_worker: bool) -> str:
    if concern.told_again_at is not None:
        if is_worker:
            return _("%(raiser)s said that it will now be shared. It has not been yet.") % names
        return _("%(worker)s knows that it will now be shared.") % names
    if concern.taken_at is not None:
        if is_worker:
            return (
                _("You said that you took it to %(to)s. %(raiser)s ends this, or says what is missing.")
                % names
            )
        return _("%(worker)s says that they took it to %(to)s.") % names
    if concern.time_is_over(timezone.now()):
        if is_worker:
            return _("The time to take it further yourself is over. Nothing has been shared.")
        return _("Their own time is over. Tell %(worker)s before you share it.") % names
    day = {"day": until(concern), **names}
    if is_worker:
        return (
            _("You have until %(day)s to take it further yourself. Until then nobody else hears of it.") % day
        )
    return _("%(worker)s has until %(day)s to take it further themself.") % day
