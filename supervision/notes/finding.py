"""Finding words in one's own notes: newest first, decrypted in this process, in batches (decision 15).

What somebody looks for says as much as what they write, so it is in no address, where servers and browsers write it down. It is
kept like anything else they have typed, encrypted and theirs alone, until they look for something else.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict

from supervision.pages.found import found_page
from supervision.pages.keyset import Page, page_of
from supervision.people.models import User
from supervision.records import drafts, encryption

from .models import Note

LOOKED_FOR = "notes-find"
SIZE, AT_ONCE = 25, 1000


def look_for(user: User, words: str) -> None:
    """Remember what this person looks for; nothing, to forget it."""
    drafts.look_for(user, LOOKED_FOR, words)


def looked_for(user: User) -> str:
    """What this person looks for now."""
    return drafts.looked_for(user, LOOKED_FOR)


def page_of_notes(notes: QuerySet[Note], params: QueryDict, words: str) -> Page:
    """A page of these notes, of those that have all the words in them if there are any. Two queries."""
    wanted = words.casefold().split()

    def having(rows: list[Note]) -> list[Note]:
        encryption.unlock(rows)
        found: list[Note] = []
        for note in rows:
            said = f"{note.title}\n{note.text}".casefold()
            if all(word in said for word in wanted):
                found.append(note)
            if len(found) > SIZE:
                break
        return found

    if wanted:
        return found_page(notes, params, having, size=SIZE, date_field="dated_at", at_once=AT_ONCE)
    page = page_of(notes, params, size=SIZE, date_field="dated_at")
    encryption.unlock(page.items)
    return page
