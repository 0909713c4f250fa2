"""An assessment of two: filled in apart, shown together, a goal made of it, settled, signed, read by a manager."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from competencies.models import FrameworkVersion
from supervision.people.models import User
from tests.cast import Cast
from tests.competencies import assessment_makers as make

from .conftest import Visitor
from .steps import check_is_sealed_pdf, path_of

MOMENT = "She asked for it herself on Tuesday."
STRENGTHS = "People come back because nobody is hurried."


def rate_all(person: Visitor, version: FrameworkVersion, point: str, **points: str) -> None:
    """Tick one point everywhere, but where another is named by the number of the statement; the ends get their moment."""
    top = len(version.body.scale)
    for number, one in enumerate(version.body.statements, start=1):
        chosen = points.get(f"n{number}", point)
        person.page.locator(f'input[name="rate-{one.id}"][value="{chosen}"]').check()
        if chosen in ("1", str(top)):
            room = person.page.locator(f"#id_say-{one.id}")
            if not room.is_visible():
                person.page.locator(f"#div_id_rate-{one.id} summary").click()
            room.fill(MOMENT)


def check(person: Visitor, script: bool) -> None:
    if script:
        person.check_page_on_every_screen()


@pytest.mark.parametrize("script", [True, False])
def test_from_two_views_to_a_goal_and_a_signed_pdf(
    cast: Cast, visitor: Callable[..., Visitor], run_jobs: Callable[[], int], script: bool
) -> None:
    version = make.framework()
    marisol = visitor(script=script).enter(cast.worker)
    dana = visitor(size="phone", script=script).enter(cast.supervisor)

    # The supervisor begins it; the worker is told what will be seen by whom before the first question.
    dana.go("/assessments/").follow("Begin one")
    check(dana, script)
    dana.follow("Together with Marisol Vega")
    dana.sees("Marisol is told that you begin this")
    check(dana, script)
    dana.page.get_by_label("Formal: once you have talked").check()
    dana.press("Begin")
    found = path_of(dana).removesuffix("part/")
    check(dana, script)

    marisol.go("/").follow("Fill in your part of the assessment")
    marisol.sees("What each of you marks is shown to both at one moment")
    check(marisol, script)
    marisol.follow("Fill in your part")
    marisol.sees("Only you can see this now.")
    assert marisol.press("Give my part") == 422
    marisol.sees("Statement 1: choose an answer")
    check(marisol, script)

    # She saves some, comes back, and gives the whole.
    first = version.body.statements[0]
    marisol.page.locator(f'input[name="rate-{first.id}"][value="2"]').check()
    marisol.press("Save and finish later")
    marisol.sees("Go on with your part")
    marisol.follow("Go on with your part")
    assert marisol.page.locator(f'input[name="rate-{first.id}"][value="2"]').is_checked()
    rate_all(marisol, version, "3", n1="2", n2="1", n4="4")
    marisol.press("Give my part")
    marisol.sees("Both are shown once Dana has given theirs.")
    marisol.sees_not(MOMENT)
    check(marisol, script)
    dana.go(found).sees_not(MOMENT)
    assert dana.go(f"{found}views/").status == 409

    # The other part: both are shown at that moment.
    dana.go(f"{found}part/")
    rate_all(dana, version, "3", n2="3", n4="unsure")
    dana.press("Give my part")
    dana.sees("Both parts are in, and are shown to both of you now.")
    check(dana, script)
    marisol.go(found).sees("Something to explore")
    check(marisol, script)

    # A goal in one step.
    marisol.follow("Make it a goal", within=marisol.part("Something to explore"))
    check(marisol, script)
    marisol.press("Save")
    marisol.sees("Saved. Only you can see it.")
    marisol.sees("It came from")
    assert visitor(script=script).enter(cast.manager).go(found).status == 404

    _settle_and_sign(cast, marisol, dana, found, version, script)
    run_jobs()
    priya = visitor(script=script).enter(cast.manager)
    priya.go("/assessments/signed/").follow(version.title)
    priya.sees(STRENGTHS)
    check(priya, script)
    check_is_sealed_pdf(priya.download("Download the PDF"))


def _settle_and_sign(
    cast: Cast, marisol: Visitor, dana: Visitor, found: str, version: FrameworkVersion, script: bool
) -> None:
    """They talk; Dana writes it up and sends it; Marisol signs with words of her own."""
    dana.go(found).follow("Write it up")
    dana.sees("Marisol: 1. Starting · Dana: 3. Steady")
    check(dana, script)
    assert dana.press("Save and read it through") == 422
    check(dana, script)
    rate_all_settled(dana, version)
    dana.fill("When did you talk about it?", timezone.localdate().isoformat())
    dana.fill("What you both see as strengths", STRENGTHS)
    dana.press("Save and read it through")
    check(dana, script)
    sign(dana, cast.supervisor, "Sign and send to Marisol")
    dana.sees("Signed, and sent to Marisol.")
    marisol.go("/").follow("Read and sign the assessment")
    marisol.sees(STRENGTHS)
    check(marisol, script)
    marisol.fill("Anything you want kept with your signature", "Number two was a hard week.")
    sign(marisol, cast.worker, "Sign")
    marisol.sees("Sealed. It never changes.")
    check(marisol, script)


def rate_all_settled(person: Visitor, version: FrameworkVersion) -> None:
    for one in version.body.statements:
        person.page.locator(f'input[name="rate-{one.id}"][value="3"]').check()


def sign(person: Visitor, who: User, button: str) -> None:
    person.fill("Type your full name", who.name)
    person.press(button)


def test_for_oneself_alone_and_with_the_keyboard_only(cast: Cast, visitor: Callable[..., Visitor]) -> None:
    version = make.framework()
    marisol = visitor().enter(cast.worker)
    marisol.go("/assessments/begin/").follow("Only for me")
    marisol.page.get_by_label(version.title).check()
    marisol.press("Begin")
    keys = marisol.page.keyboard
    marisol.page.locator("main input[type=radio]").first.focus()
    for number in range(1, len(version.body.statements) + 1):
        keys.press("Space")
        keys.press("ArrowDown")  # the second point
        if number < len(version.body.statements):
            keys.press("Tab")  # to the room for a moment
            keys.press("Tab")  # to the next statement
    checked = marisol.page.locator("main input[type=radio]:checked")
    assert checked.count() == len(version.body.statements)
    marisol.press("Finish it")
    marisol.sees("Finished. Only you can see it.")
    marisol.check_page_on_every_screen()
    marisol.follow("Throw it away")
    marisol.press("Throw it away")
    marisol.sees("It is gone.")
