"""Sessions and actions as what somebody's own note can be about, or their goal come from: facts, and what an action says."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from supervision.pages import words
from supervision.people.models import Program, User
from supervision.records.subjects import Subject

from .models import Action, Attendee, Observation, Session
from .views.find import ATTENDEES

OFFERED, AHEAD = 12, datetime.timedelta(days=7)


def _subject(session: Session, user: User, kind: str = "session", id: uuid.UUID | None = None) -> Subject:
    others = [row.person.name for row in session.attendees.all() if row.person_id != user.pk]
    missed = session.state == Session.State.HELD and not session.is_draft
    missed = missed and any(row.person_id == user.pk and not row.attended for row in session.attendees.all())
    return Subject(
        kind=kind,
        id=id or session.pk,
        day=session.local_start.date(),
        names=words.join_names(others),
        url=reverse("sessions:facts" if missed else "sessions:detail", args=[session.pk]),
    )


def find(person: User, kind: str, id: uuid.UUID | str) -> Subject | None:
    """A session or a next step of this person's own, by its kind and id; None for everything else."""
    look = {"session": _session, "action": _action}.get(kind)
    try:
        return look(person, uuid.UUID(str(id))) if look else None
    except ValueError:
        return None


def _session(user: User, pk: uuid.UUID) -> Subject | None:
    """At any stage."""
    found = Session.objects.of(user).filter(pk=pk).prefetch_related(ATTENDEES).first()
    return _subject(found, user) if found else None


def recent(person: User) -> list[Subject]:
    """The last sessions of this person, and the ones of the coming week."""
    rows = Session.objects.of(person).filter(starts_at__lte=timezone.now() + AHEAD)
    rows = rows.filter(state__in=[Session.State.PLANNED, Session.State.HELD])
    return [
        _subject(one, person) for one in rows.order_by("-starts_at").prefetch_related(ATTENDEES)[:OFFERED]
    ]


def held(person: User) -> list[Subject]:
    """Sessions that were held with this person, and observations of them or by them: newest first."""
    sessions = Session.objects.filter(pk__in=_attended(person))
    observed = Observation.objects.filter(Q(worker=person) | Q(supervisor=person))
    return _newest(sessions, observed, person)


def between(person: User, other: User, program: Program) -> list[Subject]:
    """The same, of what both were part of in this program: what names it may be read by who manages that, and no other."""
    sessions = Session.objects.filter(pk__in=_attended(person)).filter(pk__in=_attended(other))
    observed = Observation.objects.filter(
        Q(worker=person, supervisor=other) | Q(worker=other, supervisor=person)
    )
    here = {"arrangement__program": program}
    return _newest(sessions.filter(**here), observed.filter(**here), person)


def _attended(person: User) -> Any:
    return Attendee.objects.filter(person=person, attended=True).values("session")


def _newest(sessions: Any, observed: Any, person: User) -> list[Subject]:
    """Of records that were sent: a draft is its recorder's alone. Three queries."""
    sent = sessions.held().filter(open_offer__isnull=False)
    rows = sent.order_by("-starts_at").prefetch_related(ATTENDEES)[:OFFERED]
    seen = observed.took_place().select_related("worker", "supervisor")
    found = [_subject(one, person) for one in rows]
    found += [_observed(one, person) for one in seen.order_by("-day")[:OFFERED]]
    return sorted(found, key=lambda one: one.day, reverse=True)


def _observed(found: Observation, user: User) -> Subject:
    other = found.supervisor if user.pk == found.worker_id else found.worker
    url = reverse("sessions:observation", args=[found.pk])
    return Subject("observation", found.pk, found.day, other.name, url)


def _action(user: User, pk: uuid.UUID) -> Subject | None:
    """A next step that this person sees, by the session it comes from."""
    found = Action.objects.visible_to(user).filter(pk=pk).select_related("session").first()
    if found is None:
        return None
    return replace(_subject(found.session, user, "action", found.pk), words=found.text, record=found)
