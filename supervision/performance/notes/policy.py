"""Who may do what with what is written about somebody's work. Every check raises a refusal in words for the person.

For anybody but the two it is between, and the line manager it names, it does not exist: not for program managers, nor for
administrators, nor for other supervisors.
"""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people import answering
from supervision.people.models import User
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, Sealed, WrongState
from supervision.records.models import Answer
from supervision.records.papers import answer_of

from .. import circle
from ..models import PerformanceNote

Kind, Standing = PerformanceNote.Kind, PerformanceNote.Standing


def standing_now(user: User, worker: User) -> str | None:
    """As what this person may write about the other one's work today; line managers first. None if not at all."""
    if user.pk == worker.pk or not worker.is_active:
        return None
    if worker.line_manager_id == user.pk:
        return Standing.LINE_MANAGER
    if User.objects.filter(circle.supervises(user), pk=worker.pk).exists():
        return Standing.SUPERVISOR
    return None


def check_can_start(user: User, worker: User) -> str:
    """The line manager, or one who supervises them now. Returns as what. Raises NotFound."""
    found = standing_now(user, worker)
    if found is None:
        raise NotFound
    return found


def check_can_read(user: User, note: PerformanceNote) -> None:
    """Raises NotFound for whom it does not exist."""
    if note.author_id == user.pk:
        return
    if note.first_sent_at is None or user.pk not in (note.worker_id, note.line_manager_id):
        raise NotFound(_("There is no such record."))


def _check_is_one_of_the_two(user: User, note: PerformanceNote) -> None:
    check_can_read(user, note)
    if not note.is_between(user):
        names = {"author": note.author.called, "worker": note.worker.called}
        raise Denied(_("You read this. %(author)s and %(worker)s write, answer and sign it.") % names)


def _check_is_not_withdrawn(note: PerformanceNote) -> None:
    if note.withdrawn_at is not None:
        raise WrongState(_("This was withdrawn. It is not changed or signed any more."))


def _check_is_author(user: User, note: PerformanceNote) -> None:
    _check_is_one_of_the_two(user, note)
    if note.author_id != user.pk:
        raise Denied(_("%(name)s writes this. You answer it.") % {"name": note.author.called})


def check_can_write(user: User, note: PerformanceNote) -> None:
    """Its author, while they still stand to the worker as line manager or supervisor, and it is with nobody to sign."""
    _check_is_author(user, note)
    _check_is_not_withdrawn(note)
    note.check_editable()
    if standing_now(user, note.worker) is None:
        raise Denied(
            _("You are neither the line manager nor the supervisor of %(name)s now, so this stays as it is.")
            % {"name": note.worker.called}
        )


def check_can_withdraw(user: User, note: PerformanceNote) -> None:
    """Its author, while it is a draft: also when they no longer stand to the worker as they did."""
    _check_is_author(user, note)
    if note.withdrawn_at is not None:
        raise AlreadyDone(_("You have withdrawn this already."))
    note.check_editable()


def check_can_follow(user: User, plan: PerformanceNote) -> None:
    """Say what came of a plan: who wrote it or reads it as line manager, and stands so to the worker now. Once.

    Raises NotFound, Denied, WrongState.
    """
    check_can_read(user, plan)
    if plan.kind != Kind.PLAN:
        raise WrongState(_("Only a plan has a result."))
    if user.pk == plan.worker_id:
        raise Denied(_("%(name)s writes what came of it. You answer it.") % {"name": plan.author.called})
    if standing_now(user, plan.worker) is None:
        raise Denied(
            _("You are neither the line manager nor the supervisor of %(name)s now.")
            % {"name": plan.worker.called}
        )
    if not plan.is_sealed:
        raise WrongState(_("A result can be written once the plan is signed and sealed."))
    if has_result(plan):
        raise WrongState(_("What came of this plan has been written already."))


def has_result(plan: PerformanceNote, *, but: PerformanceNote | None = None) -> bool:
    """Whether a result of this plan was sent and not withdrawn."""
    others = PerformanceNote.objects.filter(
        follows=plan, first_sent_at__isnull=False, withdrawn_at__isnull=True
    )
    return (others.exclude(pk=but.pk) if but is not None else others).exists()


# Signing ------------------------------------------------------------------------------------------------------


def check_is_offered(note: PerformanceNote) -> None:
    _check_is_not_withdrawn(note)
    if note.is_sealed:
        raise Sealed(_("This record is sealed already."))
    if not note.is_offered:
        raise WrongState(
            _("This record is not out for signature now. It may have been taken back to be changed.")
        )


def check_can_sign(user: User, note: PerformanceNote) -> None:
    """Each of the two, once."""
    _check_is_one_of_the_two(user, note)
    if answer_of(user, note.open_offer) is not None:
        raise AlreadyDone(_("You have answered this already."))
    check_is_offered(note)


def check_can_decline(user: User, note: PerformanceNote) -> None:
    """The worker. Whoever wrote it takes it back instead."""
    check_can_sign(user, note)
    if note.author_id == user.pk:
        raise WrongState(_("You wrote this record. Take it back and change it instead of declining."))


def check_can_ask_for_change(user: User, note: PerformanceNote) -> None:
    """The worker, until it is sealed."""
    _check_is_one_of_the_two(user, note)
    check_is_offered(note)
    if note.author_id == user.pk:
        raise Denied(_("You wrote this record. Take it back to change it."))
    given = answer_of(user, note.open_offer)
    if given is not None and given.kind == Answer.Kind.DECLINED:
        raise AlreadyDone(_("You have answered this already."))


def check_can_take_back(user: User, note: PerformanceNote) -> None:
    """Its author, until the last answer."""
    _check_is_author(user, note)
    check_is_offered(note)


def check_can_close(user: User, note: PerformanceNote) -> None:
    """Its author, when the agency's days for answering have passed, or the worker has left (decision 2)."""
    _check_is_author(user, note)
    check_is_offered(note)
    answering.check_may_close(user, note.open_offer, has_left=lambda person: False)


# Dates --------------------------------------------------------------------------------------------------------


def check_days(note: PerformanceNote) -> None:
    """What a plan says about days makes sense. Raises Invalid, naming the field."""
    start, end, review = note.from_day, note.until_day, note.review_on
    if start and end and end < start:
        raise Invalid(_("The last day comes after the first."), field="until_day")
    earliest = start or timezone.localdate(note.started_at)
    if review and review < earliest:
        raise Invalid(_("You look at it again after it has begun."), field="review_on")
