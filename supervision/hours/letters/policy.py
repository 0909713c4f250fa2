"""Who may sign a letter of hours. Every check raises a refusal in words for the person."""

from __future__ import annotations

import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import Arrangement, Participation, User
from supervision.people.policy import check_has_acknowledged
from supervision.records.errors import Denied, NotFound, WrongState

from ..forms import LONGEST
from ..policy import arrangements_seen_of


def arrangements_led(user: User, worker: User) -> QuerySet[Arrangement]:
    """Where `user` supervises this person now. None of equals: nobody supervises there."""
    leads = Participation.objects.current().filter(person=user, part__in=Participation.LEADING)
    scope = arrangements_seen_of(user, worker).filter(pk__in=leads.values("arrangement"))
    return scope.exclude(structure=Arrangement.Structure.CO_REFLECTION)


def check_can_sign(user: User, worker: User) -> None:
    """Whoever supervises them now. Raises NotFound, Denied, WrongState."""
    if not User.objects.visible_to(user).filter(pk=worker.pk).exists():
        raise NotFound(_("There is no such page."))
    if user.pk == worker.pk:
        raise Denied(_("Whoever supervises you signs a letter of your hours."))
    if not arrangements_led(user, worker).exists():
        raise Denied(_("A letter of hours is signed by whoever supervises them."))
    check_has_acknowledged(user)


def check_period(first: datetime.date, last: datetime.date) -> None:
    """A period of at most ten years that is over, or ends today. Raises WrongState."""
    if not first <= last <= timezone.localdate() or last - first > LONGEST:
        raise WrongState(_("A letter speaks of a period of at most ten years that has passed."))
