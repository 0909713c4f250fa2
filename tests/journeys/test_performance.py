"""Jobs and performance in the browser: a line manager writes, the worker answers and signs, others see what they may."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests import factories
from tests.performance import makers as make


@pytest.fixture
def lina(cast: Any) -> Any:
    made = factories.person("Lina Linemanager")
    cast.worker.line_manager = made
    cast.worker.save()
    return made


def test_a_plan_is_written_answered_signed_and_followed_by_its_result(cast, lina, visitor, run_jobs):
    boss = visitor().enter(lina).go("/")
    boss.sees("Hello, Lina")
    boss.check_page_on_every_screen()
    boss.follow("Marisol Vega")
    _job_described(boss, cast, visitor)

    boss.go(f"/job/people/{cast.worker.pk}/").follow("Write about the work of Marisol")
    boss.sees("Once you send it, you and Marisol read this.")
    boss.check_page_on_every_screen()
    boss.page.get_by_label("Performance plan").check()
    boss.press("Begin writing")
    assert boss.press("Save and read it through") == 422
    boss.sees("Say what the plan is about")
    boss.check_page_on_every_screen()
    plan = make.WORDS["plan"]
    for label, value in (
        ("When it was", plan["happened"]),
        ("What the plan is about", plan["facts"]),
        ("What is to be reached", plan["expectation"]),
        ("Support offered", plan["support"]),
        ("From", f"{plan['from_day']:%Y-%m-%d}"),
        ("Until", f"{plan['until_day']:%Y-%m-%d}"),
    ):
        boss.page.get_by_label(label, exact=True).fill(value)
    boss.page.get_by_label("Where the job description says so").select_option(index=1)
    boss.press("Save and read it through")
    boss.sees("This is what Marisol will read.")
    boss.check_page_on_every_screen()
    here = boss.page.url.removeprefix(boss.address)

    marisol = visitor(size="phone").enter(cast.worker)
    assert marisol.go(here).status == 404
    boss.fill("Type your full name", lina.name)
    boss.press("Sign and send to Marisol")
    boss.sees("Signed, and sent to Marisol.")

    marisol.go("/").follow("Read and sign what Lina wrote about your work")
    marisol.sees(make.FACTS)
    marisol.check_page_on_every_screen()
    marisol.fill("Anything you want kept with your signature", make.ANSWER)
    marisol.fill("Type your full name", cast.worker.name)
    marisol.press("Sign")
    marisol.sees("Sealed. It never changes.")
    run_jobs()
    marisol.go(here)
    assert marisol.download("Download the PDF").startswith(b"%PDF")
    marisol.go("/job/").check_page_on_every_screen()

    boss.go(here).sees(make.ANSWER)
    boss.press("Write what came of it")
    boss.sees("How it turned out")
    boss.go("/job/records/").check_page_on_every_screen()

    for person in (cast.supervisor, cast.manager, cast.administrator):
        other = visitor().enter(person)
        assert other.go(here).status == 404
        other.go("/").sees_not(make.FACTS)
        assert other.go(f"{here}pdf/").status == 404


def _job_described(boss, cast, visitor) -> None:
    boss.follow("Write the job description")
    boss.check_page_on_every_screen()
    sections = make.sections()
    for label, value in (
        ("Title of the role", sections.title),
        ("Purpose of the role", sections.purpose),
        ("What the person does", sections.does),
        ("What is not part of the role", sections.does_not),
    ):
        boss.fill(label, value)
    boss.press("Save and read it through")
    boss.check_page_on_every_screen()
    boss.press("Put it in force")
    boss.sees("In force. Marisol is told.")
    address = boss.page.url.removeprefix(boss.address)

    marisol = visitor(script=False, size="narrow").enter(cast.worker).go("/")
    marisol.follow("Read your job description")
    marisol.press("I have read it")
    marisol.follow("Say what does not fit")
    assert marisol.press("Keep it beside my job description") == 422
    marisol.fill("What does not fit the work you really do", "I also cover the front desk.")
    marisol.press("Keep it beside my job description")

    priya = visitor().enter(cast.manager).go(address)
    priya.sees("I also cover the front desk.")
    priya.go("/job/people/").sees("Version 1, read")
    priya.check_page_on_every_screen()
    priya.go(address).follow("Write the next version")
    priya.fill("Hours and place", "32 hours")
    priya.press("Save and read it through")
    priya.press("Put it in force")
    priya.sees("What changed since version 1")
    priya.check_page_on_every_screen()


def test_the_supervisor_writes_and_the_line_manager_reads(cast, lina, visitor):
    made = make.begun(people_of(cast, lina), "recognition")
    dana = visitor(size="narrow").enter(cast.supervisor).go(f"/job/records/{made.pk}/write/")
    dana.sees("Once you send it, you, Marisol and Lina Linemanager, the line manager, read this.")
    dana.fill("What was done well", make.WORDS["recognition"]["facts"])
    dana.press("Save and read it through")
    dana.fill("Type your full name", cast.supervisor.name)
    dana.press("Sign and send to Marisol")
    dana.sees("You, Marisol and Lina read this.")
    reader = visitor().enter(lina).go("/")
    reader.follow("Recognition")
    reader.sees(make.WORDS["recognition"]["facts"])
    marisol = visitor().enter(cast.worker).go(f"/job/records/{made.pk}/")
    marisol.follow("Ask for a change instead")
    marisol.fill("What would you like changed?", "It was on Friday.")
    marisol.press("Send it back to Dana")
    marisol.sees("With Dana to be changed.")
    marisol.check_page_on_every_screen()


def people_of(cast: Any, lina: Any) -> Any:
    return SimpleNamespace(**vars(cast), line_manager=lina)
