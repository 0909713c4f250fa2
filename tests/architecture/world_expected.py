"""What is expected: sets of requirements as they are shipped, kept and confirmed."""

from __future__ import annotations

from tests.cast import Cast
from tests.requirements import set_makers as make

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
