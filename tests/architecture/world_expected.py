"""What is expected: sets of requirements as they are shipped, kept and confirmed."""

from __future__ import annotations

import datetime

from django.utils import timezone

from supervision.hours.letters import content
from supervision.hours.letters import operations as letters
from supervision.requirements.rules import Rules, Total
from tests.cast import Cast
from tests.requirements import set_makers as make
from tests.sessions import makers

from .kinds import World


def add_requirements(world: World, cast: Cast) -> None:
    rows = {
        "agreed": make.shipped()["as-agreed"],
        "example": make.shipped()["weekly-in-person"],
        "own": make.own(cast.administrator, key="kept-nowhere"),
        "applied": make.own(cast.administrator, key="applies"),
    }
    there = make.confirmed(rows["applied"], cast.administrator, program=cast.program)
    for label, row in rows.items():
        names = "detail next file remove confirm"
        world.target(" ".join(f"requirements:{name}" for name in names.split()), label, pk=row.pk)
    world.target("requirements:end requirements:withdraw", "applied", pk=there.pk)
    _letter(world, cast)


def _letter(world: World, cast: Cast) -> None:
    """Dana signs for Marisol how many hours count toward a total."""
    total = make.own(cast.administrator, key="total", rules=Rules(total=Total(6000)))
    make.confirmed(total, cast.administrator, program=cast.program)
    today = timezone.localdate()
    days = (today - datetime.timedelta(days=60), today)
    asked, measured = content.wanted(cast.worker, cast.supervisor, total.key, *days)
    said = content.of_letter(asked, measured, letters.new_letter(asked, measured))
    letter = letters.sign(
        asked, by=cast.supervisor, evidence=makers.evidence(cast.supervisor), seen=content.mark_of(said)
    )
    world.target("hours:letter hours:letter_pdf", "signed", pk=letter.pk)
    first, last = (day.isoformat() for day in days)
    world.target("hours:letter_sign", "theirs", pk=cast.worker.pk, key=total.key, first=first, last=last)
