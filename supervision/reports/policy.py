"""Who may ask for, open and download a report. Every check raises a refusal in words for the person."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import Program, User
from supervision.records.errors import Denied, WrongState

from .models import Report

AT_ONCE = 3  # reports of one person that may be waiting to be made


def check_can_list(user: User) -> None:
    if not user.roles.program_manager:
        raise Denied(_("Reports are for the people who manage a program."))


def check_can_ask(user: User, programs: Sequence[Program]) -> None:
    """Only about programs that this person manages now. Raises Denied, or WrongState with several waiting already."""
    check_can_list(user)
    managed = set(Program.objects.managed_by(user).values_list("pk", flat=True))
    if not programs or not {program.pk for program in programs} <= managed:
        raise Denied(_("You can make reports about the programs that you manage."))
    waiting = Report.objects.filter(asked_by=user, state=Report.State.WAITING)
    if waiting.count() >= AT_ONCE:
        raise WrongState(
            _("Several of your reports are being prepared. Wait for one of them, then ask again.")
        )


def check_can_open(user: User, report: Report) -> None:
    """The one who asked, while they manage every program in it: asked again at every download."""
    if report.asked_by_id != user.pk:
        raise Denied(_("This report was made for somebody else."))
    managed = set(Program.objects.managed_by(user).values_list("pk", flat=True))
    if not {program.pk for program in report.programs.all()} <= managed:
        raise Denied(_("You no longer manage every program in this report."))


def check_can_download(user: User, report: Report) -> None:
    check_can_open(user, report)
    if report.state == Report.State.FAILED:
        raise WrongState(_("This report could not be made. Ask for it again."))
    if not report.is_ready:
        raise WrongState(_("This report is still being prepared."))
    if report.kept_until < timezone.localdate():
        raise WrongState(_("This report was kept until its last day and is gone. Ask for it again."))
