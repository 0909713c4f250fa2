"""Nobody is in two sessions at once: what is refused when a record is sent, and what a person is told of their own.

Within one arrangement a record is not sent while another one, sent before it, claims the same time of the same person.
Across arrangements nothing is refused: whoever writes may not know of the other, so each person is told of their own
alone.
"""

from __future__ import annotations

import datetime
import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.pages.prepared import prepared
from supervision.people.models import Participation, User
from supervision.records.errors import Invalid

from . import local_time
from .models import Addendum, Attendee, Session, SessionQuerySet

LONGEST = datetime.timedelta(minutes=720)


def fits(session: Session, own: int, other: Session, own_other: int) -> bool:
    """Whether somebody can have been at a session for `own` minutes and at another for `own_other`.

    Who came later to one or left it early may have been at both, as long as their minutes fit into the time from the
    first to the last of them.
    """
    begins, ends = max(session.starts_at, other.starts_at), min(session.ends_at, other.ends_at)
    shared = (ends - begins).total_seconds() / 60
    return shared <= 0 or own + own_other <= session.minutes + other.minutes - shared


def check_nobody_is_elsewhere(session: Session, *, by: User) -> None:
    """Refuse a second record of the same time, for anybody who was there. Its times are those to be sent.

    Another record counts from the day it is sent. One that is sealed and was added to does not: its correction stands in the
    addendum, and a wrong day in a sealed record must not keep the true one out. Raises Invalid, naming `start`.
    """
    added = Addendum.objects.filter(session=OuterRef("pk"))
    others = _sent_around(session).filter(arrangement=session.arrangement_id).filter(~Exists(added))
    there = {row.person_id: row for row in session.attendees.all() if row.attended}
    for other in others.prefetch_related("attendees").order_by("starts_at", "pk"):
        twice = _twice(session, {pk: row.minutes for pk, row in there.items()}, other)
        if not twice:
            continue
        names = words.join_names([there[pk].person.called for pk in twice])
        if any(row.person_id == by.pk for row in other.attendees.all()):
            span = local_time.spoken_span(other.starts_at, other.ends_at, session.zone)
            said = _(
                "There is a record of %(names)s meeting on %(span)s already, and nobody is in two sessions at once. Check the "
                "day and the times of this one. If it is the same session, keep one record of it; if the other one is wrong, "
                "take it back, or add to it once it is sealed."
            )
            raise Invalid(said % {"names": names, "span": span}, field="start")
        said = _(
            "There is a record of another session of this supervision at that time, with %(names)s, and nobody is in two "
            "sessions at once. Check the day, the times and who was there."
        )
        raise Invalid(said % {"names": names}, field="start")


def own_elsewhere(user: User, session: Session) -> list[str]:
    """When this person, by other records sent to them, was at sessions of their other arrangements in that time.

    For them alone: nobody else may know of those.
    """
    own = next((row for row in session.attendees.all() if row.person_id == user.pk and row.attended), None)
    if own is None:
        return []
    around = session.starts_at - LONGEST, session.ends_at
    return [
        local_time.spoken_span(other.starts_at, other.ends_at, session.zone)
        for other in _theirs_elsewhere(user, session.arrangement_id, *around)
        if _twice(session, {user.pk: own.minutes}, other)
    ]


@prepared
def _theirs_elsewhere(
    user: User, arrangement: uuid.UUID, after: datetime.datetime, before: datetime.datetime
) -> QuerySet[Session]:
    theirs = Attendee.objects.filter(session=OuterRef("pk"), person=user, attended=True)
    took_part = Participation.objects.filter(person=user).exclude(arrangement=arrangement)
    others = _sent_between(after, before).filter(
        Exists(theirs), arrangement__in=took_part.values("arrangement")
    )
    return others.prefetch_related("attendees").order_by("starts_at", "pk")


def _sent_around(session: Session) -> SessionQuerySet:
    """Other sessions whose record is sent or sealed, and that touch the time of this one."""
    return _sent_between(session.starts_at - LONGEST, session.ends_at).exclude(pk=session.pk)


def _sent_between(after: datetime.datetime, before: datetime.datetime) -> SessionQuerySet:
    sent = Q(open_offer__isnull=False) | Q(sealed_at__isnull=False)
    return Session.objects.held().filter(sent, starts_at__gt=after, starts_at__lt=before)


def _twice(session: Session, minutes: dict[uuid.UUID, int], other: Session) -> list[uuid.UUID]:
    """Of these people, those whose minutes at both do not fit."""
    return [
        row.person_id
        for row in other.attendees.all()
        if row.attended
        and row.person_id in minutes
        and not fits(session, minutes[row.person_id], other, row.minutes)
    ]
