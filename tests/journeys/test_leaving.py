"""What leaves, and when: the portfolio of the worker, also after their account was closed; what two people remove; what a law asks for."""

from __future__ import annotations

import datetime
import io
import re
import zipfile

from django.core import mail
from django.utils import timezone

from supervision.people import operations as people
from supervision.retention import operations as keeping
from tests import factories
from tests.architecture.kinds import with_document
from tests.notes import makers as notes
from tests.sessions import makers


def test_the_worker_takes_along_what_is_theirs_and_once_more_after_they_left(cast, visitor, run_jobs):
    makers.sealed(cast)
    notes.note(cast.worker, title="Quiet evening")
    run_jobs()
    marisol = visitor(size="phone").enter(cast.worker).go("/yours/")
    marisol.check_page_on_every_screen()
    marisol.follow("Make a portfolio")
    marisol.check_page_on_every_screen()
    marisol.press("Prepare the portfolio")
    marisol.sees("Being prepared")
    run_jobs()
    marisol.go("/yours/").sees("Kept until")
    marisol.check_page_on_every_screen()
    with zipfile.ZipFile(io.BytesIO(marisol.download(re.compile("Open archive")))) as archive:
        assert "portfolio.json" in archive.namelist()
        assert b"Quiet evening" not in archive.read("portfolio.json")
    marisol.follow("Make the archive")
    marisol.check_page_on_every_screen()

    people.deactivate(cast.worker, by=cast.administrator)
    run_jobs()
    (message,) = [one for one in mail.outbox if "What is yours" in one.subject]
    found = re.search(r"/leaving/\S+", message.body)
    assert found
    left = visitor().go(found[0])
    left.check_page_on_every_screen()
    left.fill("Your password", factories.PASSWORD)
    left.press("Go on")
    left.sees("There is 1 private note of yours")
    left.check_page_on_every_screen()
    left.follow("Erase them now")
    left.check_page_on_every_screen()
    left.press("Erase them for good")
    left.sees("There are none here.")
    left.follow("Make a portfolio")
    left.check_page_on_every_screen()
    assert left.go("/notes/").page.url.endswith("/accounts/login/?next=/notes/")


def test_two_administrators_agree_that_a_record_goes_and_a_hold_keeps_another(cast, visitor):
    session = makers.sealed(cast)
    sol = factories.person("Sol Second", is_administrator=True)
    marisol = visitor().enter(cast.worker).go(f"/sessions/{session.pk}/")
    marisol.follow("Something in it should not stand there")
    marisol.check_page_on_every_screen()
    marisol.fill("Why", "Somebody’s name stands in it")
    marisol.press("Ask for it to be removed")
    marisol.sees("Two administrators decide")
    marisol.check_page_on_every_screen()

    ade = visitor().enter(cast.administrator).go("/keeping/")
    ade.check_page_on_every_screen()
    ade.follow(re.compile("Session records, "))
    ade.sees("Somebody’s name stands in it")
    ade.check_page_on_every_screen()
    ade.press("Approve it")
    ade.sees("Somebody else has to, too.")
    second = visitor().enter(sol).go("/keeping/")
    second.follow(re.compile("Session records, "))
    second.press("Approve it")
    second.sees("it is carried out on")
    marisol.go("/keeping/upcoming/").sees("for good")
    marisol.check_page_on_every_screen()

    second.go("/keeping/holds/add/").check_page_on_every_screen()
    second.page.get_by_label("What is kept").select_option(label="Marisol Vega")
    second.fill("On what it rests", "County court, 12/2026")
    second.press("Set the hold")
    second.sees("From now on nothing of it is removed.")
    second.check_page_on_every_screen()
    assert keeping.propose_by_rules() == []


def test_what_a_law_asks_for_is_entered_approved_told_and_handed_over(cast, visitor):
    with_document(makers.sealed(cast))
    ria = factories.person("Ria First", is_administrator=True)
    today = timezone.localdate()
    priya = visitor().enter(cast.manager).go("/disclosures/")
    priya.check_page_on_every_screen()
    priya.follow("Enter one")
    priya.check_page_on_every_screen()
    priya.fill("Who asks for it", "County authority")
    priya.page.get_by_label("A law that requires it").check()
    priya.fill("Which law or decision", "Section 4 of the act on records")
    priya.page.get_by_label("Whose records").select_option(label="Marisol Vega")
    priya.fill("From", f"{today - datetime.timedelta(days=30):%Y-%m-%d}")
    priya.fill("To", f"{today:%Y-%m-%d}")
    priya.page.get_by_label("Session records").check()
    priya.page.get_by_label("First to approve it").select_option(label="Ade Admin")
    priya.page.get_by_label("Second to approve it").select_option(label="Ria First")
    priya.press("Enter it")
    priya.sees("What is asked")
    priya.check_page_on_every_screen()
    here = priya.page.url.removeprefix(priya.address)
    for person in (cast.administrator, ria):
        approves = visitor().enter(person).go("/disclosures/")
        approves.sees("Waits for you")
        approves.go(here).follow("Approve it")
        approves.check_page_on_every_screen()
        approves.press("Approve it")
    priya.go(here).follow("Telling them has to wait")
    priya.check_page_on_every_screen()
    priya.go(here).follow("Tell those whose records these are")
    priya.press("Tell them now")
    marisol = visitor(size="phone").enter(cast.worker).go("/disclosures/")
    marisol.follow(re.compile("Records of Marisol Vega"))
    marisol.sees("What this means for you")
    marisol.check_page_on_every_screen()
    priya.go(here).follow("Hand it over")
    priya.check_page_on_every_screen()
    with priya.page.expect_download() as handed:
        priya.page.get_by_role("button", name="Make the archive").click()
    with zipfile.ZipFile(handed.value.path()) as archive:
        assert "contents.txt" in archive.namelist()
    priya.go(here).sees("Handed over by Priya Raman.")
    marisol.go("/who-has-opened-what/").sees("because the law required it")
