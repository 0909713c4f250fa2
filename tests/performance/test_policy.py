"""Who may do what with a performance record, at every stage: one table, read by people; and who knows of it."""

from __future__ import annotations

from typing import Any

import pytest

from supervision.people.models import User
from supervision.performance.models import PerformanceNote
from supervision.performance.notes import policy
from tests.sessions.test_policy import letter

from . import makers as make

pytestmark = pytest.mark.django_db
PEOPLE = (
    "supervisor", "worker", "line_manager", "manager", "administrator", "other_supervisor", "outsider",
)  # fmt: skip
STAGES = ("draft", "sent", "sealed", "taken_back", "withdrawn")
# One letter a person, in the order above: y may; n not theirs to do (403); x does not exist (404); s wrong state (409).
# The supervisor wrote it and has signed what was sent. The line manager reads it from then on.
TABLE = {
    "write": "yxxxxxx snnxxxx snnxxxx ynnxxxx snnxxxx",
    "withdraw": "yxxxxxx snnxxxx snnxxxx ynnxxxx snnxxxx",
    "sign": "sxxxxxx synxxxx ssnxxxx ssnxxxx ssnxxxx",
    "decline": "sxxxxxx synxxxx ssnxxxx ssnxxxx ssnxxxx",
    "ask_for_change": "sxxxxxx nynxxxx ssnxxxx ssnxxxx ssnxxxx",
    "take_back": "sxxxxxx ynnxxxx snnxxxx snnxxxx snnxxxx",
    "close": "sxxxxxx snnxxxx snnxxxx snnxxxx snnxxxx",
    "follow": "sxxxxxx snsxxxx ynyxxxx snsxxxx snsxxxx",
}


@pytest.mark.parametrize("at", range(len(STAGES)), ids=STAGES)
def test_the_table_holds(work: Any, at: int) -> None:
    made = make.fresh(getattr(make, STAGES[at])(work, "plan"))
    found, expected = {}, {}
    for verb, row in TABLE.items():
        check = getattr(policy, f"check_can_{verb}")
        found[verb] = "".join(letter(check, getattr(work, name), made) for name in PEOPLE)
        expected[verb] = row.split()[at]
    assert found == expected


@pytest.mark.parametrize("at", STAGES)
@pytest.mark.parametrize("kind", ["note", "recognition"])
def test_a_draft_is_its_authors_alone_and_what_was_sent_is_between_those_it_names(
    work: Any, at: str, kind: str
) -> None:
    made = getattr(make, at)(work, kind)
    people = (*PEOPLE, "other_manager", "other_worker")
    knows = {name for name in people if made in PerformanceNote.objects.visible_to(getattr(work, name))}
    assert knows == ({"supervisor"} if at == "draft" else {"supervisor", "worker", "line_manager"})


def test_where_the_line_manager_writes_it_the_supervisor_knows_nothing_of_it(work: Any) -> None:
    made = make.sealed(work, by=work.line_manager)
    assert made not in PerformanceNote.objects.visible_to(work.supervisor)
    assert made.line_manager is None


def test_a_line_manager_named_later_reads_nothing_older(work: Any) -> None:
    made = make.sealed(work)
    User.objects.filter(pk=work.worker.pk).update(line_manager=work.manager)
    assert made not in PerformanceNote.objects.visible_to(work.manager)
    assert made in PerformanceNote.objects.visible_to(work.line_manager)


def test_who_takes_over_the_supervision_reads_nothing_of_it(work: Any) -> None:
    made = make.sealed(work)
    work.arrangement.participations.filter(person=work.supervisor).update(person=work.other_supervisor)
    assert made not in PerformanceNote.objects.visible_to(work.other_supervisor)
    assert made in PerformanceNote.objects.visible_to(work.supervisor)


@pytest.mark.parametrize(
    ("name", "standing"),
    [
        ("line_manager", "line_manager"),
        ("supervisor", "supervisor"),
        ("worker", None),
        ("manager", None),
        ("administrator", None),
        ("other_supervisor", None),
        ("outsider", None),
    ],
)
def test_line_managers_and_supervisors_of_now_may_write_and_nobody_else(
    work: Any, name: str, standing: str | None
) -> None:
    assert policy.standing_now(getattr(work, name), work.worker) == standing


@pytest.mark.parametrize(
    ("structure", "part", "may"),
    [
        ("of_supervision", "supervisor", True),
        ("co_supervision", "supervisor", True),
        ("group", "facilitator", False),
        ("co_reflection", "facilitator", False),
        ("co_reflection", "peer", False),
    ],
)
def test_supervising_means_to_be_named_as_supervisor(work: Any, structure: str, part: str, may: bool) -> None:
    from tests import factories

    made = factories.arrangement(work.program, [work.outsider], [work.worker], structure=structure)
    made.participations.filter(person=work.outsider).update(part=part)
    assert (policy.standing_now(work.outsider, work.worker) == "supervisor") is may


def test_who_left_the_supervision_writes_nothing_more_and_keeps_what_was_signed(work: Any) -> None:
    draft, sealed = make.draft(work), make.sealed(work)
    work.arrangement.participations.filter(person=work.supervisor).update(left_on=make.today(-1))
    assert letter(policy.check_can_write, work.supervisor, make.fresh(draft)) == "n"
    assert letter(policy.check_can_withdraw, work.supervisor, make.fresh(draft)) == "y"
    assert sealed in PerformanceNote.objects.visible_to(work.supervisor)
