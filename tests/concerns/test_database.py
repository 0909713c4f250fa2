"""What the operations refuse, the database refuses too: whoever goes around them, on both vendors (decision 17)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from supervision.concerns.models import Concern, Letter
from supervision.people.models import User
from supervision.records.encryption import Ciphertext

from . import makers

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
SAID = Ciphertext(b"\x01something")


def before(row: Concern) -> datetime.datetime:
    """An hour before the worker was told."""
    assert row.told_at is not None
    return row.told_at - HOUR


def refused(pk: Any, **values: Any) -> bool:
    """Whether an UPDATE that goes around every operation is refused."""
    try:
        with transaction.atomic():
            Concern.objects.filter(pk=pk).update(**values)
    except IntegrityError:
        return True
    return False


def _sharing(lina: User, at: datetime.datetime) -> dict[str, Any]:
    return {"shared_at": at, "shared_with": lina, "shared_as": "line_manager", "shared_text": SAID}


def _telling(cast: Any, at: datetime.datetime) -> dict[str, Any]:
    return {"told_at": at, "told_by": cast.supervisor, "notice_days": 3}


# What nobody can do, whatever was done before: (how it stands, what somebody tries).
Try = Callable[[Any, Concern, User, datetime.datetime], dict[str, Any]]
NEVER: dict[str, tuple[str, Try]] = {
    "shared before the worker was told": ("stated", lambda cast, row, lina, now: _sharing(lina, now)),
    "shared in the worker's own time": ("told", lambda cast, row, lina, now: _sharing(lina, now)),
    "told again in the worker's own time": ("told", lambda cast, row, lina, now: {"told_again_at": now}),
    "shared before the worker was told again": ("declined", lambda cast, row, lina, now: _sharing(lina, now)),
    "shared, and told again later": (
        "declined",
        lambda cast, row, lina, now: {**_sharing(lina, now), "told_again_at": now + HOUR},
    ),
    "shared with whoever raised it": (
        "told_again",
        lambda cast, row, lina, now: _sharing(cast.supervisor, now + HOUR),
    ),
    "shared with the worker": ("told_again", lambda cast, row, lina, now: _sharing(cast.worker, now + HOUR)),
    "shared without words": (
        "told_again",
        lambda cast, row, lina, now: {**_sharing(lina, now + HOUR), "shared_text": Ciphertext(b"")},
    ),
    "shared out of order without a reason": (
        "stated",
        lambda cast, row, lina, now: {**_sharing(lina, now), "out_of_order": True},
    ),
    "called out of order without being shared": (
        "told",
        lambda cast, row, lina, now: {"out_of_order": True, "out_of_order_reason": SAID},
    ),
    "told before it was put into words": (
        "stated",
        lambda cast, row, lina, now: {
            **_telling(cast, row.begun_at - HOUR),
            "may_share_from": now + 24 * HOUR,
        },
    ),
    "told by somebody else": (
        "stated",
        lambda cast, row, lina, now: {
            **_telling(cast, now),
            "told_by": lina,
            "may_share_from": now + 24 * HOUR,
        },
    ),
    "days that are no time": (
        "stated",
        lambda cast, row, lina, now: {**_telling(cast, now), "may_share_from": now},
    ),
    "no time without a reason": (
        "stated",
        lambda cast, row, lina, now: {
            "told_at": now,
            "told_by": cast.supervisor,
            "notice_days": 0,
            "may_share_from": now,
        },
    ),
    "a time that ends before it begins": (
        "stated",
        lambda cast, row, lina, now: {
            "told_at": now,
            "told_by": cast.supervisor,
            "notice_days": 3,
            "may_share_from": now - HOUR,
        },
    ),
    "told without a time": (
        "stated",
        lambda cast, row, lina, now: {"told_at": now, "told_by": cast.supervisor},
    ),
    "a time that is made shorter": ("told", lambda cast, row, lina, now: {"may_share_from": row.told_at}),
    "fewer days": ("told", lambda cast, row, lina, now: {"notice_days": 1}),
    "told at another time": ("told", lambda cast, row, lina, now: {"told_at": before(row)}),
    "not told after all": (
        "told",
        lambda cast, row, lina, now: {
            "told_at": None,
            "told_by": None,
            "notice_days": None,
            "may_share_from": None,
        },
    ),
    "other words once told": ("told", lambda cast, row, lina, now: {"text": SAID}),
    "another limit once told": ("told", lambda cast, row, lina, now: {"limit": SAID}),
    "another worker once told": ("told", lambda cast, row, lina, now: {"worker": cast.other_worker}),
    "declined before being told": ("stated", lambda cast, row, lina, now: {"declined_at": now}),
    "declined earlier than told": (
        "told",
        lambda cast, row, lina, now: {"declined_at": before(row)},
    ),
    "asked without the worker's yes": (
        "taken",
        lambda cast, row, lina, now: {"confirmed_at": now + HOUR, "confirmed": True},
    ),
    "asked where the worker named nobody": ("told", lambda cast, row, lina, now: {"may_ask_at": now + HOUR}),
    "taken to whoever raised it": (
        "told",
        lambda cast, row, lina, now: {
            "taken_at": now + HOUR,
            "taken_on": now.date(),
            "taken_to": cast.supervisor,
        },
    ),
    "shared with somebody else afterwards": (
        "shared",
        lambda cast, row, lina, now: {"shared_with": cast.manager},
    ),
    "shared in other words afterwards": ("shared", lambda cast, row, lina, now: {"shared_text": SAID}),
    "in order after all": (
        "shared_out_of_order",
        lambda cast, row, lina, now: {"out_of_order": False, "out_of_order_reason": Ciphertext(b"")},
    ),
    "answered before it was shared": (
        "told",
        lambda cast, row, lina, now: {"answered_at": now, "outcome": SAID},
    ),
    "answered without words": ("shared", lambda cast, row, lina, now: {"answered_at": now + HOUR}),
    "answered otherwise afterwards": ("answered", lambda cast, row, lina, now: {"outcome": SAID}),
    "ended as answered without an answer": (
        "shared",
        lambda cast, row, lina, now: {"ended_at": now + HOUR, "ended_as": "answered", "ended_by": lina},
    ),
    "ended as raised though the worker did not say so": (
        "told",
        lambda cast, row, lina, now: {"ended_at": now, "ended_as": "taken", "ended_by": cast.supervisor},
    ),
    "withdrawn without a reason": (
        "told",
        lambda cast, row, lina, now: {"ended_at": now, "ended_as": "withdrawn", "ended_by": cast.supervisor},
    ),
    "opened again": (
        "answered",
        lambda cast, row, lina, now: {"ended_at": None, "ended_as": "", "ended_by": None},
    ),
}


@pytest.mark.parametrize("what", NEVER)
def test_the_database_refuses(cast: Any, what: str) -> None:
    stands, attempt = NEVER[what]
    concern = makers.fresh(getattr(makers, stands)(cast))
    lina = concern.shared_with or makers.line_manager(cast)
    assert refused(concern.pk, **attempt(cast, concern, lina, timezone.now())), what


def test_the_same_update_is_taken_where_it_is_in_order(cast: Any, lina: User) -> None:
    """The check can fail: in its order, exactly such an UPDATE passes."""
    concern = makers.told_again(cast)
    assert not refused(concern.pk, **_sharing(lina, timezone.now() + HOUR))


@pytest.mark.parametrize("stands", ["told", "shared", "shared_out_of_order", "answered"])
def test_it_cannot_be_removed_once_somebody_knows(cast: Any, stands: str) -> None:
    concern = getattr(makers, stands)(cast)
    unsaid = "told_at = NULL, told_by_id = NULL, notice_days = NULL, may_share_from = NULL, shared_at = NULL"
    for statement in ("DELETE FROM concerns_concern", f"UPDATE concerns_concern SET {unsaid}"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Concern.objects.filter(pk=concern.pk).exists()


def test_a_letter_never_changes_and_is_not_removed(cast: Any) -> None:
    letter = makers.letter(cast)
    for values in ({"text": SAID}, {"recipient": cast.other_manager}, {"sent_at": timezone.now() + HOUR}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Letter.objects.filter(pk=letter.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM concerns_letter")
