"""Who keeps requirements. Everybody may read what is expected; they hold nobody's words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.records.errors import Denied, WrongState

from .models import InForce, RequirementSet


def check_can_keep(user: User) -> None:
    """Administrators. Raises Denied for everybody else."""
    if not user.is_administrator:
        raise Denied(_("Only an administrator keeps what is expected here."))


def check_can_confirm(user: User, found: RequirementSet) -> None:
    check_can_keep(user)
    if found.is_default:
        raise WrongState(_("What each two have agreed is always expected. There is nothing to confirm."))


def check_can_remove(user: User, found: RequirementSet) -> None:
    """A set of the agency's own that never applied. Raises Denied, WrongState."""
    check_can_keep(user)
    if found.is_shipped:
        raise WrongState(_("This set comes with Common Hour and stays in the list."))
    if InForce.objects.filter(of=found).exists():
        raise WrongState(_("This version was confirmed, so it stays. End it instead."))
