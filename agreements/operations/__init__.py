"""Everything that changes an agreement. Each operation locks first, asks the policy, writes, audits and tells.

Life (domain 3): draft, negotiated part by part, offered for signature, sealed. In force, due, replaced and ended are computed.
"""

from .common import (
    CLAUSE_LIMIT,
    CONCERN_DAYS,
    EVERY_DAYS,
    MINUTES,
    REASON_LIMIT,
)
from .drafting import draft, update_people
from .ending import end
from .joining import decline_to_join, join
from .negotiating import agree, park, suggest, take, withdraw
from .reviewing import decline_review, propose_review, sign_review, take_back_review
from .signing import (
    ask_for_change,
    decline,
    forget_typed,
    keep_typed,
    offer,
    sign,
    take_back,
    typed,
)
from .standing import restate, restate_what_a_day_changed, standing_of

__all__ = [
    "CLAUSE_LIMIT",
    "CONCERN_DAYS",
    "EVERY_DAYS",
    "MINUTES",
    "REASON_LIMIT",
    "agree",
    "ask_for_change",
    "decline",
    "decline_review",
    "decline_to_join",
    "draft",
    "end",
    "forget_typed",
    "join",
    "keep_typed",
    "offer",
    "park",
    "propose_review",
    "restate",
    "restate_what_a_day_changed",
    "sign",
    "sign_review",
    "standing_of",
    "suggest",
    "take",
    "take_back",
    "take_back_review",
    "typed",
    "update_people",
    "withdraw",
]
