"""From a goal to what good practice looks like and back: the list, a framework, an older version, on every screen."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from competencies.library import operations
from tests.cast import Cast

from .conftest import Visitor


@pytest.mark.parametrize("script", [True, False])
def test_somebody_looks_for_what_they_could_grow_in(
    cast: Cast, visitor: Callable[..., Visitor], script: bool
) -> None:
    shipped = operations.shipped()
    operations.bring_in(shipped)
    practice = next(one for one in shipped if one.key == "peer-support-practice")
    marisol = visitor(script=script).enter(cast.worker)

    marisol.go("/goals/").follow("What could I grow in?")
    marisol.sees("Peer support supervisor competencies, five domains")
    check(marisol, script)
    marisol.follow("Peer support practice")
    marisol.sees("Finding options together")
    marisol.sees("Source: D 2.55")
    marisol.sees("Can’t say yet")
    check(marisol, script)

    # A newer version comes with an update; the older one stays to be read.
    operations.bring_in([dataclasses.replace(practice, version=2, title="Peer practice, said anew")])
    marisol.go(marisol.page.url.removeprefix(marisol.address)).sees("Peer practice, said anew")
    marisol.follow("Version 1")
    marisol.sees("There is a newer one.")
    check(marisol, script)
    marisol.follow("Read the newest version")
    marisol.sees("Peer practice, said anew")
    marisol.go("/frameworks/").follow("Your goals")
    marisol.sees("No goal at the moment")


def test_every_framework_reads_well_on_every_screen(cast: Cast, visitor: Callable[..., Visitor]) -> None:
    dana = visitor().enter(cast.supervisor)
    for version in operations.bring_in(operations.shipped()):
        dana.go(f"/frameworks/{version.framework_id}/").sees(version.title)
        dana.check_page_on_every_screen()


def test_an_administrator_loads_one_of_the_agencys_own(
    cast: Cast, visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    operations.bring_in(operations.shipped())
    ade = visitor().enter(cast.administrator)
    ade.go("/frameworks/").follow("Supervisor training areas")
    own = tmp_path / "own.toml"
    taken = ade.download("Take it as a file").decode()
    own.write_text(taken.replace('key = "supervisor-training-areas"', ""))
    ade.go("/frameworks/").follow("Load a framework of your own")
    ade.check_page_on_every_screen()
    ade.page.get_by_label("The framework file").set_input_files(own)
    assert ade.press("Look at this file") == 422
    ade.sees("“key” has to be small letters")
    ade.check_page_on_every_screen()
    own.write_text(
        taken.replace("supervisor-training-areas", "our-training").replace("Supervisor training", "Our")
    )
    ade.page.get_by_label("The framework file").set_input_files(own)
    ade.press("Look at this file")
    ade.sees("Not published yet")
    ade.check_page_on_every_screen()
    ade.follow("Publish it")
    ade.check_page()
    ade.press("Publish it")
    ade.sees("Everybody can read it now.")
    ade.check_page_on_every_screen()
    ade.follow("Retire it")
    ade.press("Retire it")
    ade.sees("What was made with it keeps it.")
    ade.go("/frameworks/").follow("Our areas")
    ade.follow("Bring it back")
    ade.press("Bring it back")
    ade.sees("It is back.")


def check(person: Visitor, script: bool) -> None:
    """Axe needs script of its own."""
    if script:
        person.check_page_on_every_screen()
