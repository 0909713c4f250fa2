"""The secret address of a person's own calendar: made, replaced, stopped."""

from __future__ import annotations

import base64
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from supervision.records import audit
from supervision.records.errors import Stale

from .. import notifications
from ..models import CalendarFeed, User
from .locking import lock


@transaction.atomic
def make_calendar_feed(*, by: User, version: int, key: uuid.UUID | None = None) -> str:
    """Make a secret for this person's calendar and return it; the one before it stops working. Only its digest is kept.

    `version` is that of the page. `key` comes from the form: the same form sent twice gives the same secret. The person is told
    by e-mail. Raises Stale when the address was made or stopped meanwhile.
    """
    person = lock(by)
    feed = CalendarFeed.objects.filter(person=person).first() or CalendarFeed(person=person)
    secret = _secret(person, version, key or uuid.uuid4())
    digest = CalendarFeed.digest_of(secret)
    if feed.digest == digest:
        return secret
    if feed.version != version:
        raise Stale(_("The address was changed in another window. Look again."))
    feed.digest, feed.made_at, feed.version = digest, timezone.now(), version + 1
    feed.save()
    audit.record(by, "calendar address made", about=person)
    notifications.account_changed(person, "calendar")
    return secret


@transaction.atomic
def stop_calendar_feed(*, by: User) -> None:
    """The address stops working now. Stopping it twice is no error."""
    person = lock(by)
    if take_calendar_feed_away(person):
        audit.record(by, "calendar address stopped", about=person)


def take_calendar_feed_away(person: User) -> bool:
    """Forget the secret of somebody, if there is one. Call it inside a transaction that holds the person."""
    feed = CalendarFeed.objects.filter(person=person, digest__isnull=False).first()
    if feed is None:
        return False
    feed.digest, feed.version = None, feed.version + 1
    feed.save(update_fields=["digest", "version"])
    return True


def _secret(person: User, version: int, key: uuid.UUID) -> str:
    """256 bits that nobody can guess: a random key that is not kept, under the server's own secret."""
    found = salted_hmac("people.calendar", f"{person.pk}:{version}:{key}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode()
