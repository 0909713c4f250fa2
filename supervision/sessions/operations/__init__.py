"""Everything that changes a session. One write is one operation here, named for what a person does."""

from .actions import done, drop, reopen
from .addenda import add_addendum, answer_addendum, close_addendum
from .agenda import (
    add_item,
    change_item,
    dismiss_suggestion,
    place_item,
    remove_item,
    share_item,
    take_suggestion,
)
from .planning import cancel, id_of_new, missed, move, plan, rebook
from .recording import Next, Since, Step, Topic, Written, discard, log, record, says_the_same
from .series import plan_series
from .signing import (
    ask_for_change,
    close,
    close_attendance,
    decline,
    send,
    sign,
    sign_and_send,
    take_back,
    write_up,
)

__all__ = [
    "Next",
    "Since",
    "Step",
    "Topic",
    "Written",
    "add_addendum",
    "add_item",
    "answer_addendum",
    "ask_for_change",
    "cancel",
    "change_item",
    "close",
    "close_addendum",
    "close_attendance",
    "decline",
    "discard",
    "dismiss_suggestion",
    "done",
    "drop",
    "id_of_new",
    "log",
    "missed",
    "move",
    "place_item",
    "plan",
    "plan_series",
    "rebook",
    "record",
    "remove_item",
    "reopen",
    "says_the_same",
    "send",
    "share_item",
    "sign",
    "sign_and_send",
    "take_back",
    "take_suggestion",
    "write_up",
]
