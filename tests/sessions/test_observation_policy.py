"""Who may do what with an observation, at every stage: one table, read by people; and who sees that there is one."""

from __future__ import annotations

from typing import Any

import pytest

from supervision.sessions.observations import policy
from supervision.sessions.observations.models import Observation

from . import makers
from . import observation_makers as make
from .test_policy import letter

PEOPLE = ("supervisor", "worker", "manager", "administrator", "outsider", "other_supervisor")
STAGES = ("proposed", "agreed", "declined_plan", "called_off", "draft", "sent", "sealed")
# One letter a person, in the order above: y may; n wrong role (403); x does not exist (404); s wrong state (409).
# The supervisor proposed it; the worker declined it or called it off; the supervisor has signed what was sent.
TABLE = {
    "change_plan": "yyxxxx yyxxxx ssxxxx ssxxxx ssxxxx ssxxxx ssxxxx",
    "answer_proposal": "nyxxxx ssxxxx ssxxxx ssxxxx ssxxxx ssxxxx ssxxxx",
    "withdraw": "ynxxxx yyxxxx ssxxxx ssxxxx ssxxxx ssxxxx ssxxxx",
    "write": "snxxxx ynxxxx snxxxx snxxxx ynxxxx snxxxx snxxxx",
    "sign": "ssxxxx ssxxxx ssxxxx ssxxxx ssxxxx syxxxx ssxxxx",
    "decline": "ssxxxx ssxxxx ssxxxx ssxxxx ssxxxx syxxxx ssxxxx",
    "ask_for_change": "ssxxxx ssxxxx ssxxxx ssxxxx ssxxxx nyxxxx ssxxxx",
    "take_back": "ssxxxx ssxxxx ssxxxx ssxxxx ssxxxx ynxxxx ssxxxx",
    "close": "ssxxxx ssxxxx ssxxxx ssxxxx ssxxxx snxxxx ssxxxx",
    "add_addendum": "ssxxxx ssxxxx ssxxxx ssxxxx ssxxxx ssxxxx yyxxxx",
}


@pytest.mark.parametrize("at", range(len(STAGES)), ids=STAGES)
def test_the_table_holds(cast: Any, at: int) -> None:
    made = makers.fresh(getattr(make, STAGES[at])(cast))
    found, expected = {}, {}
    for verb, row in TABLE.items():
        check = getattr(policy, f"check_can_{verb}")
        found[verb] = "".join(letter(check, getattr(cast, name), made) for name in PEOPLE)
        expected[verb] = row.split()[at]
    assert found == expected


@pytest.mark.parametrize("at", STAGES)
def test_the_two_read_it_and_managers_learn_that_it_took_place_once_it_is_sent(cast: Any, at: str) -> None:
    made = getattr(make, at)(cast)

    def readers(rows: str) -> set[str]:
        people = (*PEOPLE, "other_manager", "other_worker")
        chosen = {name: getattr(Observation.objects, rows)(getattr(cast, name)) for name in people}
        return {name for name, rows_ in chosen.items() if made in rows_}

    assert readers("visible_to") == {"supervisor", "worker"}
    assert readers("facts_visible_to") == ({"manager"} if at in ("sent", "sealed") else set())


def test_who_takes_over_the_supervision_reads_nothing_of_it(cast: Any) -> None:
    made = make.sealed(cast)
    cast.arrangement.participations.filter(person=cast.supervisor).update(person=cast.other_supervisor)
    assert made not in Observation.objects.visible_to(cast.other_supervisor)
    assert made in Observation.objects.visible_to(cast.supervisor)
