"""A training log of one's own, with evidence; areas of supervisors; a credential that is renewed. Every page on every screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cast import Cast
from tests.competencies import training_makers as make

from .conftest import Visitor
from .steps import path_of

TITLE = "Reflecting in groups"
TOOK = "Wait longer before I speak."


@pytest.mark.parametrize("script", [True, False])
def test_a_supervisor_keeps_a_log_with_evidence_and_a_manager_reads_its_facts(
    cast: Cast, visitor: Callable[..., Visitor], tmp_path: Path, script: bool
) -> None:
    make.shipped_areas()
    paper = tmp_path / "certificate.pdf"
    paper.write_bytes(make.pdf())
    dana = visitor(script=script).enter(cast.supervisor)
    priya = visitor(size="phone", script=script).enter(cast.manager)

    # She writes down what she learned.
    dana.go("/goals/").follow("Training and credentials")
    dana.sees("Nothing in your log yet")
    check(dana, script)
    dana.follow("Add to my log")
    assert dana.press("Save") == 422
    check(dana, script)
    dana.page.get_by_label("What it was").fill(TITLE)
    dana.page.get_by_label("What kind").select_option(label="Webinar")
    dana.fill("Who offered it", "Harbor Institute")
    dana.fill("Hours", "1.5")
    dana.page.get_by_label("Methods and techniques for supervising.").check()
    dana.fill("What I take from it", TOOK)
    dana.press("Save")
    dana.sees("You can add a file that shows it.")
    dana.sees(TOOK)
    check(dana, script)
    entry = path_of(dana)

    # A file that is none is refused; hers is kept, and only she opens it.
    wrong = tmp_path / "page.pdf"
    wrong.write_text("<html>")
    dana.page.get_by_label("A file that shows it").set_input_files(wrong)
    assert dana.press("Keep this file") == 422
    dana.sees("This is no PDF, PNG or JPEG file")
    check(dana, script)
    dana.page.get_by_label("A file that shows it").set_input_files(paper)
    dana.press("Keep this file")
    assert dana.download("certificate.pdf") == paper.read_bytes()

    dana.go("/training/").sees("1 hour 30 minutes")
    dana.follow("Training areas of supervisors")
    dana.sees("1 of 7 covered")
    check(dana, script)

    # Her manager reads the facts, and nothing else.
    assert priya.go(entry).status == 403
    priya.go(f"/people/{cast.supervisor.pk}/").follow("Training and credentials in facts")
    priya.sees(TITLE)
    priya.sees("With evidence")
    priya.sees_not(TOOK)
    check(priya, script)

    # She removes it, after being asked.
    dana.go(entry).follow("Remove it")
    check(dana, script)
    dana.press("Remove it for good")
    dana.sees("Nothing in your log yet")


@pytest.mark.parametrize("script", [True, False])
def test_a_credential_comes_up_on_the_first_page_and_is_renewed(
    cast: Cast, visitor: Callable[..., Visitor], script: bool
) -> None:
    marisol = visitor(size="phone", script=script).enter(cast.worker)
    marisol.go("/training/credentials/").follow("Add a credential")
    check(marisol, script)
    marisol.fill("Credential", "Certified peer specialist")
    marisol.fill("Expires on", make.day(30).isoformat())
    marisol.press("Save")
    marisol.sees("Expires soon")
    check(marisol, script)
    marisol.go("/").follow("Certified peer specialist expires")
    marisol.press("I don’t renew it")
    marisol.sees("nothing waits any more")
    marisol.press("I may renew it after all")
    marisol.follow("Add the renewed one")
    check(marisol, script)
    marisol.fill("Expires on", make.day(700).isoformat())
    marisol.press("Save")
    marisol.sees("The one before waits for nothing any more.")
    check(marisol, script)
    marisol.go("/training/credentials/").sees("Renewed")
    check(marisol, script)
    marisol.go("/").sees_not("Certified peer specialist expires")


def check(person: Visitor, script: bool) -> None:
    """Axe needs script of its own."""
    if script:
        person.check_page_on_every_screen()
