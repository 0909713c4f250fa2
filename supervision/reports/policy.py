"""Who may ask for, open and download a report. Every check raises a refusal in words for the person."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.hours.policy import NOT_SEEN, arrangements_seen_of
from supervision.people.models import Program, User
from supervision.records.errors import Denied, WrongState

from .models import Report

AT_ONCE = 3  # reports of one person that may be waiting to be made


def check_can_list(user: User) -> None:
    if not user.roles.program_manager:
        raise Denied(_("Reports are for the people who manage a program."))


def check_can_ask(user: User, programs: Sequence[Program]) -> None:
    """Only about programs that this person manages now. Raises Denied, or WrongState with several waiting already."""
    check_can_ask_for(user, programs)
    check_has_room(user)


def check_can_ask_for(user: User, programs: Sequence[Program]) -> None:
    """Only programs that this person manages now, one at least. Raises Denied."""
    check_can_list(user)
    managed = set(Program.objects.managed_by(user).values_list("pk", flat=True))
    if not programs or not {program.pk for program in programs} <= managed:
        raise Denied(_("You can make reports about the programs that you manage."))


def check_can_ask_about(user: User, person: User) -> None:
    """About oneself, those one supervises now, and the people of the programs one manages. Raises Denied, or WrongState with
    several waiting already."""
    check_sees(user, person)
    check_has_room(user)


def check_knows(user: User, people: Sequence[User]) -> None:
    """Only people of the programs that this person manages now. Raises Denied."""
    known = User.objects.managed_now_by(user).filter(pk__in=[person.pk for person in people])
    if people and known.count() != len({person.pk for person in people}):
        raise Denied(_("You can make reports about the people of the programs that you manage."))


def check_sees(user: User, person: User) -> None:
    """Whether there is any supervision of this person whose dates the reader may see. Raises Denied."""
    if not arrangements_seen_of(user, person).exists():
        raise Denied(str(NOT_SEEN))


def check_has_room(user: User) -> None:
    waiting = Report.objects.filter(asked_by=user, state=Report.State.WAITING)
    if waiting.count() >= AT_ONCE:
        raise WrongState(
            _("Several of your reports are being prepared. Wait for one of them, then ask again.")
        )


def check_can_open(user: User, report: Report) -> None:
    """The one who asked, while they manage every program in it, or may see whom it is about: asked again at every download."""
    if report.asked_by_id != user.pk:
        raise Denied(_("This report was made for somebody else."))
    if report.about is not None:
        check_sees(user, report.about)
        return
    managed = set(Program.objects.managed_by(user).values_list("pk", flat=True))
    if not {program.pk for program in report.programs.all()} <= managed:
        raise Denied(_("You no longer manage every program in this report."))


def check_can_download(user: User, report: Report) -> None:
    check_can_open(user, report)
    if report.state == Report.State.FAILED:
        raise WrongState(_("This report could not be made. Ask for it again."))
    if report.state == Report.State.CANCELLED:
        raise WrongState(_("This report was cancelled. Ask for it again."))
    if not report.is_ready:
        raise WrongState(_("This report is still being prepared."))
    if report.kept_until < timezone.localdate():
        raise WrongState(_("This report was kept until its last day and is gone. Ask for it again."))
