"""May this person, now? A note is its author's alone; for everybody else it does not exist, so they are told nothing but 404."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from supervision.people.models import Arrangement, Participation, User
from supervision.records.errors import AlreadyDone, Invalid, NotFound, WrongState

from .models import Note


def no_such_note() -> NotFound:
    return NotFound(_("There is no such note."))


def check_is_author(user: User, note: Note) -> None:
    if note.author_id != user.pk:
        raise no_such_note()


def may_be_shared_with(user: User) -> QuerySet[User]:
    """The people with whom this person is in an arrangement now."""
    mine = Participation.objects.current().filter(
        person=user, arrangement__in=Arrangement.objects.current().values("pk")
    )
    theirs = Participation.objects.current().filter(arrangement__in=mine.values("arrangement"))
    return User.objects.working().filter(pk__in=theirs.values("person")).exclude(pk=user.pk).order_by("name")


def check_can_change(user: User, note: Note) -> None:
    check_is_author(user, note)
    if note.deleted_at is not None:
        raise WrongState(_("You deleted this note. Bring it back to change it."))


def check_can_share(user: User, note: Note, person: User) -> None:
    """With one person at a time, somebody they are in an arrangement with. Raises NotFound, WrongState, AlreadyDone, Invalid."""
    check_can_change(user, note)
    if note.shared_with_id == person.pk:
        raise AlreadyDone(_("You have shared this note with %(name)s already.") % {"name": person.name})
    if note.shared_with_id is not None:
        raise WrongState(_("This note is shared with one person already. Take that back first."))
    if not may_be_shared_with(user).filter(pk=person.pk).exists():
        raise Invalid(_("Choose somebody you have supervision with"), field="person")


def check_can_remove(user: User, note: Note) -> None:
    check_is_author(user, note)
    if note.deleted_at is None:
        raise WrongState(_("Delete this note first. You can then remove it for good."))
    if user.is_held:
        raise WrongState(
            _(
                "Nothing of yours may be removed for good now: a law or a court asks for it to be kept. Nobody reads it by that."
            )
        )
