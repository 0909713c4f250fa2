"""What somebody has typed and not yet saved: encrypted, theirs alone, and gone once it is saved.

A page that keeps drafts carries a token of its own in the field `page`. Saving leaves that token behind in the emptied draft, so
that a draft of the same page that arrives late (the network, a second request) does not bring back words that are saved already,
also when another page has kept something meanwhile. In the field `turn` the script counts what was typed ("<load>.<count>"), so
that an older request of the same page that arrives last does not replace newer words.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists
from django.utils import timezone

from .models import Draft, RecordKey

Words = dict[str, Any]
DAYS_KEPT = 90
_SAVED = "saved pages"  # stored beside the words; no field of a form has this name
_SAVED_KEPT = 12  # so many pages of one form are remembered as saved


def keep(person: Any, about: str, words: Words, *, page: str = "") -> bool:
    """Keep these words in place of what was kept before. False if this page was saved meanwhile: then nothing is kept."""
    return _once_more(person, about, words, page, saved=False)


def kept(person: Any, about: str) -> tuple[Words, datetime.datetime] | None:
    """What this person typed last, and when. None if there is nothing that was not saved."""
    draft = Draft.objects.filter(person=person, about=about, saved_page="").first()
    return (_words_of(draft), draft.saved_at) if draft else None


def is_kept(person: Any, about: str) -> Exists:
    """The same question as part of another query."""
    return Exists(Draft.objects.filter(person=person, about=about, saved_page=""))


def all_kept(person: Any, about: str) -> list[tuple[str, datetime.datetime]]:
    """What this person typed and did not save into forms whose `about` begins so: (about, when), newest first."""
    found = Draft.objects.filter(person=person, about__startswith=about, saved_page="")
    return list(found.order_by("-saved_at", "id").values_list("about", "saved_at"))


def look_for(person: Any, about: str, words: str) -> None:
    """Remember what this person looks for in a list; nothing, to forget it. So it stands in no address and no log."""
    if words:
        keep(person, about, {"words": [words]})
    else:
        forget(person, about)


def looked_for(person: Any, about: str) -> str:
    """What this person looks for there now."""
    found = kept(person, about)
    return str(found[0]["words"][0]) if found else ""


def forget(person: Any, about: str, *, page: str = "") -> None:
    """The words are saved, or not wanted: they go. `page` is the page that they came from, if it has a token."""
    if page:
        _once_more(person, about, {}, page, saved=True)
    else:
        with transaction.atomic():
            _remove(Draft.objects.filter(person=person, about=about))


def _once_more(person: Any, about: str, words: Words, page: str, *, saved: bool) -> bool:
    page = page[:40].replace("\0", "")  # a longer one, or one with a NUL, is forged
    try:
        return _put(person, about, words, page, saved=saved)
    except IntegrityError:  # a second window was the first to keep something at the same instant
        return _put(person, about, words, page, saved=saved)


@transaction.atomic
def _put(person: Any, about: str, words: Words, page: str, *, saved: bool) -> bool:
    draft = Draft.objects.select_for_update().filter(person=person, about=about).first()
    draft = draft or Draft(person=person, about=about)
    gone = [*(draft.text or {}).get(_SAVED, [])]
    if saved:
        draft.text, draft.saved_page = {_SAVED: [*gone, page][-_SAVED_KEPT:]}, page
    elif page and page in (*gone, draft.saved_page):
        return False
    elif not draft.saved_page and _is_older(words, _words_of(draft)):
        return True  # newer words of the same page are kept already
    else:
        draft.text, draft.saved_page = {**words, _SAVED: gone} if gone else words, ""
    draft.save()
    return True


def _words_of(draft: Draft) -> Words:
    return {name: value for name, value in (draft.text or {}).items() if name != _SAVED}


def _is_older(words: Words, than: Words) -> bool:
    """Whether `words` were typed before `than`, on the same page as it was loaded once."""
    (load, turn), (other, later) = _turn(words), _turn(than)
    return bool(load) and load == other and turn < later


def _turn(words: Words) -> tuple[str, int]:
    """Which loading of which page, and how much had been typed there. Empty when the page does not say."""
    page, said = (str((words.get(name) or [""])[0]) for name in ("page", "turn"))
    load, _dot, turn = said.partition(".")
    return (f"{page}.{load}", int(turn)) if load and re.fullmatch("[0-9]{1,9}", turn) else ("", 0)


@transaction.atomic
def thin_out(person: Any, about: str, *, most: int) -> None:
    """Of what this person has in forms whose `about` begins so, the newest `most` stay: nobody fills the database by typing."""
    mine = Draft.objects.filter(person=person, about__startswith=about).order_by("-saved_at", "-id")
    _remove(mine.only("pk")[most:])


@transaction.atomic
def clear_old() -> None:
    """A daily job: what nobody came back to in 90 days goes, and so do the tokens of saved pages."""
    _remove(Draft.objects.filter(saved_at__lt=timezone.now() - datetime.timedelta(days=DAYS_KEPT)))


def _remove(drafts: Any) -> None:
    found = [draft.pk for draft in drafts]
    Draft.objects.filter(pk__in=found).delete()
    RecordKey.objects.filter(pk__in=found).delete()
