"""A change of supervisor in a browser: the worker chooses, the new supervisor reads that and no more, and it is taken back."""

from __future__ import annotations

import re

from tests.agreements import helpers as agreeing
from tests.competencies import makers as goals
from tests.handover import makers
from tests.sessions import makers as sessions

WORDS = "The walks after the group help her to arrive."


def test_what_goes_over_is_chosen_read_and_taken_back(cast, visitor):
    agreeing.in_force(cast.arrangement, cast.supervisor, cast.worker)
    sessions.sealed(cast, outcomes=WORDS, steps=[sessions.step(cast.worker, "Ask who could walk along")])
    goals.goal(cast.worker)
    made = makers.changed(cast)
    to = makers.part_of(made, cast.other_supervisor)

    marisol = visitor(size="phone").enter(cast.worker).go("/")
    marisol.follow(re.compile("Choose what goes over to Ben"))
    marisol.check_page_on_every_screen()
    marisol.page.get_by_label("Ask who could walk along").check()
    marisol.page.get_by_label(re.compile("with Dana Whitfield")).check()
    marisol.press("Hand over what I chose")
    marisol.sees("Ben reads it from now on.")
    marisol.check_page_on_every_screen()

    ben = visitor().enter(cast.other_supervisor).go("/hand-over/")
    ben.check_page_on_every_screen()
    ben.follow("Before you: Marisol Vega")
    ben.sees("Ask who could walk along")
    ben.check_page_on_every_screen()
    ben.follow(re.compile("Session record: "))
    ben.sees(WORDS)
    ben.check_page_on_every_screen()
    ben.go(f"/hand-over/of/{to.pk}/{cast.worker.pk}/").follow(re.compile("Version 1, signed"))
    ben.check_page_on_every_screen()

    marisol.page.get_by_role("button", name=re.compile("Take it back.*Dana")).click()
    marisol.sees("Taken back.")
    ben.go(f"/hand-over/of/{to.pk}/{cast.worker.pk}/").sees("Ask who could walk along")
    assert not ben.page.get_by_role("link", name=re.compile("Session record: ")).count()
