"""Who keeps frameworks. They hold nobody's words, so there is nothing in them to be kept from administrators."""

from __future__ import annotations

from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.records.errors import Denied


def check_can_keep_frameworks(user: User) -> None:
    """Administrators. Raises Denied for everybody else."""
    if not user.is_administrator:
        raise Denied(_("Only an administrator keeps the agency’s frameworks."))
