"""Taking something up, in the browser: two agree on the words, a manager answers, and the answer comes to the next agenda."""

from __future__ import annotations

from tests.sessions import makers
from tests.sessions import matter_makers as make

ONLY_RIDES = "Four days out of five went into driving people to the courthouse."


def test_two_agree_on_the_words_and_their_manager_answers(cast, visitor):
    session = makers.planned(cast, starts_at=makers.ahead())
    marisol = visitor(size="phone").enter(cast.worker).go("/sessions/")
    marisol.follow("Taken up")
    marisol.check_page_on_every_screen()
    marisol.follow("Take something up with Dana Whitfield")
    marisol.check_page_on_every_screen()
    assert marisol.press("Put it before Dana") == 422
    marisol.sees("Choose who should answer it")
    marisol.check_page_on_every_screen()
    marisol.page.get_by_label("What it is about").select_option("tasks")
    marisol.fill("What happens, and what it does to the work", make.TEXT)
    marisol.fill("What would help", make.WISH)
    marisol.page.get_by_label("Priya Raman").check()
    marisol.press("Put it before Dana")
    marisol.sees("Nobody else has seen it.")
    marisol.check_page_on_every_screen()
    here = marisol.page.url.removeprefix(marisol.address)

    dana = visitor().enter(cast.supervisor).go("/")
    dana.follow("Read what Marisol would take up with a manager")
    dana.check_page_on_every_screen()
    dana.follow("Put it differently")
    dana.fill("What happens, and what it does to the work", ONLY_RIDES)
    dana.check_page_on_every_screen()
    dana.press("Put it before Marisol")
    priya = visitor().enter(cast.manager)
    assert priya.go(here).status == 404
    marisol.go(here).sees(ONLY_RIDES)
    marisol.press("Agree, and send it to Priya")
    marisol.sees("It is with Priya Raman to answer now.")

    priya.go("/").follow("Answer what Marisol and Dana take up with you")
    priya.sees(ONLY_RIDES)
    priya.check_page_on_every_screen()
    assert priya.press("Answer Marisol and Dana") == 422
    priya.page.get_by_label("It will change").check()
    priya.fill("Your answer", make.ANSWER)
    priya.press("Answer Marisol and Dana")
    priya.sees("Both of them read it.")
    priya.check_page_on_every_screen()

    marisol.go(here).sees(make.ANSWER)
    marisol.check_page_on_every_screen()
    dana.go(f"/sessions/{session.pk}/").sees("What Priya Raman answered to what you took up")
    assert priya.go(f"/sessions/{session.pk}/").status == 403


def test_without_script_it_is_declined_and_left(cast, visitor):
    declined, mine = make.proposed(cast), make.proposed(cast, by=cast.supervisor)
    dana = visitor(script=False, size="narrow").enter(cast.supervisor)
    dana.go(f"/sessions/taken-up/{declined.pk}/").follow("Decline it")
    dana.fill("Why not, or not now", "It was solved this week.")
    dana.press("Decline it")
    dana.sees("You declined this. It was not sent.")
    dana.go(f"/sessions/taken-up/{mine.pk}/").follow("Leave it")
    dana.press("Leave it")
    dana.sees("You left this. It was not sent.")
    marisol = visitor(script=False).enter(cast.worker).go(f"/sessions/taken-up/{declined.pk}/")
    marisol.sees("It was solved this week.")
    marisol.follow("Take it up again, or with somebody else")
    marisol.sees(make.TEXT)
