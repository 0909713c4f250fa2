"""Everything that changes a training log, credentials that people keep themself, and their evidence.

One write is one operation here, named for what a person does. The audit chain keeps that an entry, a credential or its evidence was
added, changed or removed, with the facts that managers read, since reports rest on them. It never keeps words.
"""

from .credentials import keep as keep_credential
from .credentials import let_go, renew, revise, take_up_again
from .credentials import remove as remove_credential
from .credentials import tell_of_expiry as tell_of_expiry
from .entries import Written, add, change, remove, says_the_same
from .evidence import attach, detach

__all__ = [
    "Written",
    "add",
    "attach",
    "change",
    "detach",
    "keep_credential",
    "let_go",
    "remove",
    "remove_credential",
    "renew",
    "revise",
    "says_the_same",
    "take_up_again",
    "tell_of_expiry",
]
