"""Once a year everybody whose records were opened by others is told that the summary of that year is there.

A job, in steps of a few people; the page of the log does not depend on it. Who has nothing in it reads so on the page and gets no
mail. In January only: a year that nobody could be told of by then is on the page all the same.
"""

from __future__ import annotations

import datetime
import logging
import uuid
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from supervision.jobs import enqueue, job
from supervision.notices import operations as notices
from supervision.notices.models import YearlyNotice
from supervision.people import zones
from supervision.people.models import User

from ..links import address
from .log import Asked, openings_of

logger = logging.getLogger(__name__)
STEP = 20  # people; each costs one query for every kind of record
JOB = "supervision.overview.opened.yearly.tell_some"


@job
def tell_of_the_year() -> None:
    """Once a day: begin to tell, in January, of the year that is over. Safe to repeat."""
    today = timezone.localdate()
    if today.month == 1 and _waiting(today.year - 1).exists():
        enqueue(JOB, year=today.year - 1)


@job
def tell_some(*, year: int, after: str | None = None) -> None:
    """The next few people of those whose log of that year was not looked at yet, then the ones after them."""
    people = _waiting(year).order_by("pk")
    if after is not None:
        people = people.filter(pk__gt=uuid.UUID(after))
    some = list(people[:STEP])
    agency = zones.of_agency()
    for person in some:
        try:
            _look(person, year, person.zone or agency)
        except Exception as error:  # one who cannot be looked at keeps nobody else waiting
            logger.error("The log of %s for %s: %s", person.pk, year, type(error).__name__)
    if len(some) == STEP:
        enqueue(JOB, year=year, after=some[-1].pk)


def _waiting(year: int) -> QuerySet[User]:
    """Whoever can sign in and was not looked at yet."""
    done = YearlyNotice.objects.filter(person=OuterRef("pk"), year=year)
    return User.objects.signed_up().filter(~Exists(done))


def _look(person: User, year: int, zone: ZoneInfo) -> None:
    """With the days of this person's own clock, as on their page. Where it is still the old year there, a later day does it."""
    with timezone.override(zone):
        if timezone.localdate().year <= year:
            return
        first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        something = openings_of(person, Asked(first, last)).exists()
    query = urlencode({"since": first.isoformat(), "until": last.isoformat()})
    notices.close_year(person, year, something=something, path=f"{address('overview:opened')}?{query}")
