"""Ending an agreement: by whom, from when, why."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.notices import operations as notices
from supervision.notices.models import Suggestion
from supervision.people.models import User
from supervision.records import audit
from supervision.records.errors import Invalid

from .. import notifications, policy
from ..models import Agreement, AgreementEnding
from . import common, reviewing
from .standing import restate


@transaction.atomic
def end(*, agreement: Agreement, ends_on: datetime.date, reason: str, by: User) -> AgreementEnding:
    """End an agreement from a day on, today or later. Raises Invalid, and what policy.check_can_end raises."""
    agreement = common.lock(agreement)
    policy.check_can_end(by, agreement)
    today = timezone.localdate()
    if not today <= ends_on <= today + datetime.timedelta(days=366):
        raise Invalid(_("Choose today or a day within the next year."), field="ends_on")
    ending = AgreementEnding(agreement=agreement, by=by, ends_on=ends_on, reason=common.reason_given(reason))
    ending.save()
    audit.record(
        by, "agreement ended", about=agreement, covers=ending, facts={"ends_on": ends_on.isoformat()}
    )
    reviewing.close_waiting(agreement.arrangement, by=by, reason=_("The agreement was ended."))
    restate(agreement.arrangement)
    notices.withdraw(agreement)
    notices.withdraw_all(agreement.arrangement, Suggestion.Kind.REVIEW)
    notifications.ended(agreement, by=by)
    return ending
