"""What somebody has typed and not yet saved: encrypted, theirs alone, and gone once it is saved.

A page that keeps drafts carries a token of its own in the field `page`. Saving leaves that token behind in the emptied draft, so
that a draft of the same page that arrives late (the network, a second request) does not bring back words that are saved already.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists
from django.utils import timezone

from .models import Draft, RecordKey

Words = dict[str, Any]
DAYS_KEPT = 90


def keep(person: Any, about: str, words: Words, *, page: str = "") -> bool:
    """Keep these words in place of what was kept before. False if this page was saved meanwhile: then nothing is kept."""
    return _once_more(person, about, words, page, saved=False)


def kept(person: Any, about: str) -> tuple[Words, datetime.datetime] | None:
    """What this person typed last, and when. None if there is nothing that was not saved."""
    draft = Draft.objects.filter(person=person, about=about, saved_page="").first()
    return (dict(draft.text or {}), draft.saved_at) if draft else None


def is_kept(person: Any, about: str) -> Exists:
    """The same question as part of another query."""
    return Exists(Draft.objects.filter(person=person, about=about, saved_page=""))


def forget(person: Any, about: str, *, page: str = "") -> None:
    """The words are saved, or not wanted: they go. `page` is the page that they came from, if it has a token."""
    if page:
        _once_more(person, about, {}, page, saved=True)
    else:
        with transaction.atomic():
            _remove(Draft.objects.filter(person=person, about=about))


def _once_more(person: Any, about: str, words: Words, page: str, *, saved: bool) -> bool:
    try:
        return _put(person, about, words, page, saved=saved)
    except IntegrityError:  # a second window was the first to keep something at the same instant
        return _put(person, about, words, page, saved=saved)


@transaction.atomic
def _put(person: Any, about: str, words: Words, page: str, *, saved: bool) -> bool:
    draft = Draft.objects.select_for_update().filter(person=person, about=about).first()
    draft = draft or Draft(person=person, about=about)
    if page and not saved and draft.saved_page == page:
        return False
    draft.text, draft.saved_page = words, page if saved else ""
    draft.save()
    return True


@transaction.atomic
def clear_old() -> None:
    """A daily job: what nobody came back to in 90 days goes, and so do the tokens of saved pages."""
    _remove(Draft.objects.filter(saved_at__lt=timezone.now() - datetime.timedelta(days=DAYS_KEPT)))


def _remove(drafts: Any) -> None:
    found = [draft.pk for draft in drafts]
    Draft.objects.filter(pk__in=found).delete()
    RecordKey.objects.filter(pk__in=found).delete()
