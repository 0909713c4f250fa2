"""The agenda, built by both: topics stay with who raised them until they share them."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.notices import operations as notices
from supervision.notices.models import Suggestion
from supervision.people.models import User
from supervision.records import audit
from supervision.records.errors import Invalid, Stale, WrongState

from .. import policy
from ..models import AgendaItem, Session
from ..suggested import BETWEEN_TWO
from . import locks

MOST_ITEMS = 60


@transaction.atomic
def add_item(
    session: Session,
    *,
    by: User,
    text: str,
    category: str = AgendaItem.Category.PRACTICE,
    share: bool = True,
    key: uuid.UUID | None = None,
) -> AgendaItem:
    """Put a topic on the agenda, shared at once or kept to oneself.

    While the record is being written it comes in as not reached: it is in the form of its recorder, and comes back next
    time unless they say otherwise. `key` becomes its id, so that a form sent twice makes one. Raises NotFound,
    WrongState, Invalid, and Stale when the form comes again with other words.
    """
    session = locks.session(session)
    if key is not None and (found := AgendaItem.objects.filter(pk=key).select_related("session").first()):
        if found.raised_by_id == by.pk and found.session.arrangement_id == session.arrangement_id:
            if found.text != text.strip():
                raise Stale(
                    _(
                        "You added this topic before, in other words. It stays as it was: add these as a topic of their own."
                    )
                )
            return found
        raise WrongState(_("This form was used before. Open a new one."))
    policy.check_can_add_item(by, session)
    _check(text, category)
    seen = session.agenda.shown_to(by)  # what others keep to themselves is neither counted nor left room for
    _check_room(seen)
    item = AgendaItem(
        **({"id": key} if key else {}),
        session=session,
        raised_by=by,
        category=category,
        text=text.strip(),
        shared_at=timezone.now() if share else None,
        reached=session.state == Session.State.PLANNED,
        position=_end_of(seen),
    )
    item.save(force_insert=True)
    _changed(session, by=by, action="topic added", shared=share)
    return item


@transaction.atomic
def change_item(item: AgendaItem, *, by: User, text: str, category: str, share: bool) -> AgendaItem:
    """Say a topic differently, or share it. What is shared stays shared. Raises NotFound, Denied, WrongState, Invalid."""
    item, session = _locked(item)
    policy.check_can_change_item(by, item)
    _check(text, category)
    item.text, item.category = text.strip(), category
    if share and item.is_private:
        policy.check_can_add_item(by, session)
        shared = session.agenda.filter(shared_at__isnull=False)
        _check_room(shared)
        item.shared_at, item.position = timezone.now(), _end_of(shared)
        item.reached = session.state == Session.State.PLANNED
    item.save()
    _changed(session, by=by, action="topic changed", shared=not item.is_private)
    return item


@transaction.atomic
def share_item(item: AgendaItem, *, by: User) -> AgendaItem:
    """Let the others see a topic. Raises NotFound, Denied, WrongState."""
    return change_item(item, by=by, text=item.text, category=item.category, share=True)


@transaction.atomic
def place_item(item: AgendaItem, *, by: User, to: int) -> AgendaItem:
    """Put a shared topic of a planned session at a place of the agenda, counted from 0; beyond the end means last.

    Everybody who builds the agenda may. The order of a record that is written is that of its form, so nobody's form is stale by it.
    Raises NotFound, Denied, WrongState.
    """
    item, session = _locked(item)
    policy.check_can_order(by, item)
    others = list(session.agenda.filter(shared_at__isnull=False).exclude(pk=item.pk))
    to = min(max(to, 0), len(others))
    for position, one in enumerate([*others[:to], item, *others[to:]]):
        if one.position != position:
            one.position = position
            one.save(update_fields=["position"])
    return item


@transaction.atomic
def remove_item(item: AgendaItem, *, by: User) -> None:
    """Take a topic off the agenda. Raises NotFound, Denied, WrongState."""
    item, session = _locked(item)
    policy.check_can_change_item(by, item)
    shared = not item.is_private
    item.delete()
    _changed(session, by=by, action="topic removed", shared=shared)


@transaction.atomic
def take_suggestion(session: Session, suggestion: Suggestion, *, by: User) -> AgendaItem:
    """Put a suggested topic on the agenda. Raises NotFound, WrongState when somebody was quicker.

    What is between two comes to the agenda of more than two unshared: whoever takes it says whether the others see it. So does
    a goal that was offered to its owner alone. The suggestion is taken before the audit chain is locked, as whoever takes
    a goal back waits in the same order.
    """
    session = locks.session(session)
    if suggestion.arrangement_id != session.arrangement_id or not notices.take(suggestion, by=by):
        raise WrongState(_("Somebody has dealt with this suggestion already."))
    return add_item(
        session,
        by=by,
        text=suggestion.title,
        category=AgendaItem.Category.GROWTH,
        share=not _is_theirs(suggestion, session),
    )


def _is_theirs(suggestion: Suggestion, session: Session) -> bool:
    if suggestion.kind == Suggestion.Kind.GOAL and suggestion.audience_id is not None:
        return True
    return suggestion.kind in BETWEEN_TWO and session.attendees.count() > 2


@transaction.atomic
def dismiss_suggestion(session: Session, suggestion: Suggestion, *, by: User) -> None:
    """Not now. Raises NotFound, WrongState when somebody was quicker."""
    policy.check_can_add_item(by, session)
    if suggestion.arrangement_id != session.arrangement_id or not notices.dismiss(suggestion, by=by):
        raise WrongState(_("Somebody has dealt with this suggestion already."))


def _locked(item: AgendaItem) -> tuple[AgendaItem, Session]:
    """The topic as it is now, its session locked: so that nobody edits what is being written up or signed."""
    session = locks.session(item.session)
    fresh = AgendaItem.objects.filter(pk=item.pk, session=session).first()
    if fresh is None:
        raise WrongState(_("This topic is not on the agenda any more."))
    fresh.session = session
    return fresh, session


def _changed(session: Session, *, by: User, action: str, shared: bool) -> None:
    """Count the change, so that whoever is writing the record learns of it. Private topics touch nobody's form."""
    if not shared:
        return
    session.version += 1
    session.save(update_fields=["version"])
    audit.record(by, action, about=session)


def _check_room(items: QuerySet[AgendaItem]) -> None:
    if items.count() >= MOST_ITEMS:
        raise Invalid(
            _("This agenda is full. Take something off it, or keep it for the next one."), field="text"
        )


def _end_of(items: QuerySet[AgendaItem]) -> int:
    """The position after the last of these. A gap would tell that there are others."""
    last = items.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _check(text: str, category: str) -> None:
    if not text.strip():
        raise Invalid(_("Say what you would like to talk about"), field="text")
    if category not in AgendaItem.Category.values:
        raise Invalid(_("Choose an area from the list."), field="category")
