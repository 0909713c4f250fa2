"""Who supervises whom in the demo, in what rhythm, and what has to happen so that every state of a record is there.

`turns` says what becomes of a session, counted back from the last one (0). What is not said is left to chance.

Of the session: cancelled:<why>:<who>, missed:<why>, moved, and rebooked after either; extra for one that nobody planned;
let_go for one in which somebody lets go of a next step.
Of its record: draft, waiting (for the worker), worker_first (waiting for the supervisor), unanswered, change_open,
statement:<kind>, decline, close, take_back, change, addendum, addendum_waiting.

`agreement` is one of: none, draft, offered, half, force, asked (a change was asked for), declined (at first), renewed
(a second version in force), renewing (a second version being written), ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from supervision.people.models import Arrangement

from .cast import MAPLE, WARM

Structure, Focus = Arrangement.Structure, Arrangement.Focus


@dataclass(frozen=True)
class Plan:
    """One arrangement. `weeks` ago it began; `ago` working days before today was its last session.

    `later` is how many weeks after the beginning of the demo it begins at the earliest: nobody is supervised in supervising
    before they supervise. `over_for` is how many weeks ago it ended; `review` is the day of the review, counted from today.
    """

    leaders: tuple[str, ...]
    others: tuple[str, ...]
    program: str
    weeks: int
    ago: int
    at: str
    agreement: str = "force"
    structure: str = Structure.INDIVIDUAL
    focus: str = Focus.DEVELOPMENT
    every: int = 7
    minutes: int = 60
    modality: str = "in_person"
    review: int | None = None
    over_for: int = 0
    later: int = 0
    private_next: bool = False
    turns: Mapping[int, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return "-".join((*self.leaders, *self.others, self.structure))


PLANS = (
    Plan(
        ("dana",), ("marisol",), MAPLE, 26, 2, "14:00", "renewed", review=150, private_next=True,
        turns={0: "waiting", 2: "extra", 4: "statement:agreement", 5: "cancelled:supervisor:leader rebooked"},
    ),
    Plan(
        ("dana",), ("kit",), MAPLE, 16, 1, "10:30", review=118,
        turns={0: "draft", 2: "addendum", 3: "cancelled:away:other", 5: "statement:correction"},
    ),
    Plan(("dana",), ("amina",), MAPLE, 2, 4, "13:00", "draft"),
    Plan(
        ("thandi",), ("lukasz",), MAPLE, 11, 2, "11:00", review=83,
        turns={0: "worker_first", 1: "let_go", 2: "moved", 3: "let_go", 4: "take_back"},
    ),
    Plan(
        ("thandi",), ("zoe",), MAPLE, 14, 1, "13:30", review=-6,
        turns={0: "let_go", 1: "decline", 2: "cancelled:other:other rebooked", 5: "statement:disagreement"},
    ),
    Plan(
        ("ben",), ("kwame",), WARM, 14, 4, "16:00", "asked", review=204, private_next=True,
        turns={2: "close", 3: "cancelled:work:other", 5: "change"},
    ),
    Plan(
        ("ben",), ("siobhan",), WARM, 14, 3, "12:00", review=61, modality="phone",
        turns={1: "unanswered", 2: "missed:other", 3: "cancelled:weather:leader", 4: "extra"},
    ),
    Plan(("thandi",), ("nour",), MAPLE, 5, 3, "09:00", "none"),
    Plan(
        ("wen",), ("mateus",), MAPLE, 6, 3, "10:00", "asked", review=92, modality="video",
        turns={0: "statement:agreement", 1: "moved"},
    ),
    Plan(("wen",), ("hana",), MAPLE, 2, 2, "16:30", "half", turns={1: "addendum_waiting"}),
    Plan(("ben",), ("jiwoo",), WARM, 1, 2, "09:30", "none"),
    Plan(
        ("ben",), ("olena",), WARM, 12, 5, "13:00", review=141,
        turns={1: "extra", 3: "take_back", 4: "cancelled:weather:leader rebooked"},
    ),
    Plan(("ben",), ("tobias",), WARM, 11, 3, "15:00", "ended", over_for=3, review=40),
    Plan(
        ("dana",), ("joe",), MAPLE, 12, 3, "15:30", review=175,
        turns={0: "cancelled:supervisor:leader", 1: "cancelled:weather:leader", 4: "missed:work"},
    ),
    Plan(("dana",), ("maite",), MAPLE, 26, 4, "09:30", every=14, minutes=45, review=9),
    Plan(("thandi",), ("emre",), MAPLE, 11, 5, "15:00", review=99, turns={3: "moved"}),
    Plan(
        ("thandi", "eleni"), ("mai",), MAPLE, 18, 6, "10:00", structure=Structure.CO_SUPERVISION,
        focus=Focus.BOTH, every=14, review=73,
    ),
    Plan(
        ("eleni",), ("aroha",), WARM, 26, 6, "14:30", "renewing", every=14, minutes=90, review=33,
        turns={1: "cancelled:supervisor:leader rebooked", 3: "addendum"},
    ),
    Plan(
        ("eleni",), ("tyrell",), WARM, 12, 2, "17:00", every=14, modality="video", review=128,
        turns={0: "change_open"},
    ),
    Plan(("ben",), ("ingrid",), WARM, 9, 1, "09:00", "declined", review=110, turns={2: "moved"}),
    Plan(
        ("ben",), ("kwame", "olena", "jiwoo", "tyrell", "anahit"), WARM, 14, 7, "18:00",
        structure=Structure.GROUP, every=14, minutes=75, review=160,
    ),
    Plan(
        ("ben",), ("dana",), MAPLE, 25, 5, "11:00", structure=Structure.OF_SUPERVISION, every=14, later=2,
        review=137,
        turns={0: "waiting"},
    ),
    Plan(
        (), ("marisol", "kit", "zoe", "lukasz"), MAPLE, 17, 8, "12:00", "none",
        structure=Structure.CO_REFLECTION, every=28, minutes=60,
    ),
)  # fmt: skip
