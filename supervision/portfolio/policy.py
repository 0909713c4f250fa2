"""Who may ask for files of what is theirs, and have them. Nobody but the person they are about, ever."""

from __future__ import annotations

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.records.errors import NotFound, WrongState

from .models import Export, LeavingLink

BETWEEN_LINKS = datetime.timedelta(minutes=10)
AT_ONCE = 2  # of one person that may be waiting to be made


def check_can_ask(user: User) -> None:
    """Raises WrongState where several are being made already."""
    waiting = Export.objects.of(user).filter(state=Export.State.WAITING).count()
    if waiting >= AT_ONCE:
        raise WrongState(_("Your files are being prepared. Wait for one of them, then ask again."))


def check_can_download(user: User, export: Export) -> None:
    """Raises NotFound for everybody else, WrongState where it is not there."""
    if export.owner_id != user.pk:
        raise NotFound(_("There is no such file."))
    if export.state == Export.State.FAILED:
        raise WrongState(_("These files could not be made. Ask for them again."))
    if not export.is_ready:
        raise WrongState(_("These files are still being prepared."))
    if export.kept_until < timezone.localdate():
        raise WrongState(_("These files were kept until their last day and are gone. Ask for them again."))


def check_sees_leaver(user: User, person: User) -> None:
    """An administrator, of somebody whose account is closed and was theirs once. Raises NotFound."""
    if not user.is_administrator or person.is_active or not person.has_usable_password():
        raise NotFound(_("There is no such page."))


def check_can_send_link(user: User, person: User) -> None:
    """The same, and not a few minutes after the last one. Raises NotFound, WrongState."""
    check_sees_leaver(user, person)
    since = timezone.now() - BETWEEN_LINKS
    if LeavingLink.objects.filter(person=person, stopped_at__isnull=True, sent_at__gte=since).exists():
        raise WrongState(_("A link was sent a few minutes ago. Wait a little before you send another."))
