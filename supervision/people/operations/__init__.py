"""Every write about people, programs and arrangements: one named operation each."""

from .accounts import (
    add_person,
    deactivate,
    edit_person,
    keep_what_is_theirs,
    reactivate,
    remove_credential,
    save_credential,
    set_administrator,
)
from .addresses import apply_addresses_that_are_due, ask_address_change, stop_address_change
from .arrangements import (
    end_arrangement,
    join_arrangement,
    leave_arrangement,
    make_arrangement,
    replace_leader,
)
from .calendar import make_calendar_feed, stop_calendar_feed
from .entry import accept_invitation, edit_agency, make_agency, new_setup_token, setup_token_works
from .links import (
    agree_to_reset,
    hold_own_link,
    invite,
    send_reset,
    send_resets_that_are_due,
    stop_reset,
)
from .own import (
    acknowledge_limits,
    add_away,
    change_own_details,
    choose_password,
    clear_second_factors,
    note_second_factor_change,
    remove_away,
)
from .programs import add_program, appoint_manager, change_place, edit_program, end_management, place_person

__all__ = [
    "accept_invitation",
    "acknowledge_limits",
    "add_away",
    "add_person",
    "add_program",
    "agree_to_reset",
    "apply_addresses_that_are_due",
    "appoint_manager",
    "ask_address_change",
    "change_own_details",
    "change_place",
    "choose_password",
    "clear_second_factors",
    "deactivate",
    "edit_agency",
    "edit_person",
    "edit_program",
    "end_arrangement",
    "end_management",
    "hold_own_link",
    "invite",
    "join_arrangement",
    "keep_what_is_theirs",
    "leave_arrangement",
    "make_agency",
    "make_arrangement",
    "make_calendar_feed",
    "new_setup_token",
    "note_second_factor_change",
    "place_person",
    "reactivate",
    "remove_away",
    "remove_credential",
    "replace_leader",
    "save_credential",
    "send_reset",
    "send_resets_that_are_due",
    "set_administrator",
    "setup_token_works",
    "stop_address_change",
    "stop_calendar_feed",
    "stop_reset",
]
