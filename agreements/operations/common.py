"""What the operations share: locking in one order, words as they are kept, and limits of what can be chosen."""

from __future__ import annotations

import datetime
import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import Arrangement, Participation
from supervision.records import glyphs, signing
from supervision.records.errors import Invalid
from supervision.records.models import Offer

from .. import naming
from ..models import Agreement, AgreementParty

CLAUSE_LIMIT = 8_000  # characters of one part's own words
REASON_LIMIT = 2_000
MINUTES = (15, 240)
EVERY_DAYS = (1, 90)
CONCERN_DAYS = (1, 30)  # at least one working day: the worker always has the first word (D 2.118)
STARTS_WITHIN = datetime.timedelta(days=92)
REVIEW_WITHIN = datetime.timedelta(days=731)


def lock_arrangement(pk: uuid.UUID) -> Arrangement:
    """The arrangement, locked first by every operation, as sessions do: so nobody holds what another waits for.

    Rows that point at it may still be added meanwhile.
    """
    return Arrangement.objects.select_for_update(no_key=True).get(pk=pk)


def lock(agreement: Agreement, *, version: int | None = None) -> Agreement:
    """The agreement as it is now, locked. Raises Stale when `version` is not the current one."""
    arrangement = lock_arrangement(agreement.arrangement_id)
    fresh = signing.lock(agreement, version=version)
    fresh.arrangement = arrangement
    return fresh


def count_change(agreement: Agreement) -> None:
    """What would be offered is another text now: whoever looked at the one before is told when they send it."""
    agreement.version += 1
    agreement.save(update_fields=["version"])


def name_parties(agreement: Agreement) -> list[AgreementParty]:
    """Name those who take part today: the people supervised first, then who supervises."""
    rows = Participation.objects.current().filter(arrangement=agreement.arrangement).select_related("person")
    found = {row.person_id: row for row in rows}
    people = sorted(found.values(), key=lambda row: (row.part in Participation.LEADING, row.person.name))
    made = [
        AgreementParty(agreement=agreement, person=row.person, part=row.part, position=position)
        for position, row in enumerate(people)
    ]
    AgreementParty.objects.bulk_create(made)
    return made


def rule_for(arrangement: Arrangement) -> str:
    """When a signed text begins to hold: with everybody's signature, in a group for each who signs (domain 3)."""
    if arrangement.structure == Arrangement.Structure.GROUP:
        return Offer.Rule.LEAD_AND_ONE
    return Offer.Rule.ALL_SIGNED


def checked(text: str, *, limit: int, field: str) -> str:
    """Words as they are kept, or Invalid: too long, or with a character that the PDF can't print (decision 9)."""
    text = glyphs.normalise(text).strip()
    if len(text) > limit:
        over = {"over": f"{len(text) - limit:,}", "limit": f"{limit:,}"}
        raise Invalid(
            _("Shorten this by %(over)s characters. There is room for %(limit)s.") % over, field=field
        )
    missing = glyphs.uncovered(text)
    if missing:
        named = ", ".join(f"{character} ({name})" for character, name in missing[:5])
        raise Invalid(
            _("The signed PDF has no letter shape for %(named)s. Please replace it.") % {"named": named},
            field=field,
        )
    return text


def check_can_be_named(agreement: Agreement, person: uuid.UUID, *, field: str) -> None:
    """Somebody who leads something here and takes no part in this supervision. Raises Invalid."""
    if not naming.can_be_named(agreement.arrangement).filter(pk=person).exists():
        raise Invalid(_("Choose somebody from the list"), field=field)


def reason_given(reason: str) -> str:
    """A reason that has to be given. Raises Invalid without one."""
    reason = checked(reason, limit=REASON_LIMIT, field="reason")
    if not reason:
        raise Invalid(_("Say why in a few words, so that the others understand."), field="reason")
    return reason


def check_starts_on(day: datetime.date) -> None:
    today = timezone.localdate()
    if not today - STARTS_WITHIN <= day <= today + STARTS_WITHIN:
        raise Invalid(_("Choose a day within three months of today."), field="starts_on")


def check_next_look(day: datetime.date, *, after: datetime.date, field: str) -> None:
    """The day of the next look lies after `after` and after today, and within two years."""
    today = timezone.localdate()
    if day <= max(after, today):
        raise Invalid(_("Choose a day after the agreement begins, and after today."), field=field)
    if day > today + REVIEW_WITHIN:
        raise Invalid(_("Choose a day within the next two years."), field=field)


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day of a later month, or its last day when it has none such."""
    year, month = divmod(day.month - 1 + months, 12)
    last = datetime.date(day.year + year + (month == 11), (month + 1) % 12 + 1, 1) - datetime.timedelta(
        days=1
    )
    return datetime.date(day.year + year, month + 1, min(day.day, last.day))
