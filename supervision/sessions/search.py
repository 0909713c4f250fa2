"""Words in the sessions that a person may read (decision 15): decrypted in process, and nothing of it is kept.

A plain index would be a plain copy of what is encrypted. So a page looks through a bounded number of sessions, newest first, in a
fixed number of queries, and the next page looks further back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.db.models import Q

from supervision.people.models import User
from supervision.records import encryption, snapshot
from supervision.records.errors import Disposed
from supervision.records.models import Offer

from .models import Addendum, AgendaItem, Session

AT_ONCE = 300  # sessions that one page looks through
AROUND = 60  # characters shown on each side of what was found
# Parts of signed content that nobody wrote.
NOT_WORDS = frozenset(
    (
        "id",
        "nonce",
        "schema",
        "session",
        "observation",
        "held_on",
        "reference",
        "zone",
        "starts_at",
        "ends_at",
        "kind",
        "title",
        "agency",
    )
)


def terms_of(text: str) -> list[str]:
    """What has to occur, each word by itself, whatever its case."""
    return text.casefold().split()


def among(sessions: Sequence[Session], user: User, terms: Sequence[str]) -> dict[Any, str]:
    """The sessions in which every term occurs, by id, with the words around one of them. Three queries.

    `sessions` are ones that this person may open, with their `open_offer` loaded.
    """
    # What is being written is its recorder's alone: of a draft of somebody else only what this person keeps to themself.
    open_ones = [one.pk for one in sessions if one.open_offer is None and not _is_anothers_draft(one, user)]
    kept = Q(raised_by=user, shared_at__isnull=True)
    mine = AgendaItem.objects.filter(Q(session__in=open_ones) | kept, session__in=sessions)
    items = list(mine.shown_to(user))
    addenda = list(Addendum.objects.filter(session__in=sessions))
    offers = [one.open_offer for one in sessions if one.open_offer is not None]
    encryption.unlock(sessions, items, addenda, offers)
    words: dict[Any, list[str]] = {one.pk: list(_said_in(one, user)) for one in sessions}
    for item in items:
        words[item.session_id] += [item.text, item.outcome]
    for addendum in addenda:
        words[addendum.session_id] += [addendum.reason, addendum.text]
    return having(words, terms)


def having(words: Mapping[Any, Iterable[str]], terms: Sequence[str]) -> dict[Any, str]:
    """Of what is said in each thing, those in which every term occurs, with the words around one of them."""
    found = {}
    for key, said in words.items():
        text = " · ".join(" ".join(one.split()) for one in said if one)
        if _has_all(text.casefold(), terms):
            found[key] = _around(text, terms[0])
    return found


def _said_in(session: Session, user: User) -> Iterator[str]:
    if session.open_offer is not None:
        yield from signed_words(session.open_offer)
        return
    if _is_anothers_draft(session, user):
        return
    yield session.place
    yield session.state_note
    if session.recorder_id == user.pk:
        yield from (session.strengths, session.outcomes)
        yield from (session.protocol or {}).get("said", {}).values()


def _is_anothers_draft(session: Session, user: User) -> bool:
    return session.is_draft and session.recorder_id != user.pk


def signed_words(offer: Offer) -> Iterator[str]:
    """The words that were signed; none where they were removed: nothing of it can be found any more."""
    with suppress(Disposed):
        yield from strings(snapshot.read(offer.content))


def strings(value: Any) -> Iterator[str]:
    """The words of signed content."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in NOT_WORDS:
                yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def _has_all(text: str, terms: Iterable[str]) -> bool:
    return all(term in text for term in terms)


def _around(text: str, term: str) -> str:
    """The first place where the term occurs, with some words on each side."""
    at = max(text.casefold().find(term), 0)
    begin, end = max(at - AROUND, 0), at + len(term) + AROUND
    return ("…" if begin else "") + text[begin:end].strip() + ("…" if end < len(text) else "")
