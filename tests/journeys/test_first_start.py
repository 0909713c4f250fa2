"""From an empty installation to two people who can begin: the agency, its first people, and their second factor."""

from __future__ import annotations

import re
from typing import Any

from allauth.mfa.totp.internal import auth as totp
from django.core import mail

from supervision.people import operations

NEW_PASSWORD = "seven herons by the river"


def mail_to(address: str, run_jobs: Any) -> str:
    """The path of the link in the newest mail to this address."""
    run_jobs()
    message = [one for one in mail.outbox if one.to == [address]][-1]
    return re.findall(r"https?://[^/\s]+(/\S+)", str(message.body))[0]


def code_of(secret: str) -> str:
    """What the app on a phone shows now for this key."""
    counters = list(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, counters[len(counters) // 2]))


def test_the_first_visitor_makes_the_agency_and_invites_two_people(db, visitor, run_jobs, settings):
    settings.MFA_TOTP_TOLERANCE = 1  # the half minute may turn between reading a code and sending it
    ade = visitor().go("/")
    ade.sees("console")
    ade.check_page_on_every_screen()
    _makes_the_agency(ade, visitor, operations.new_setup_token())
    _sets_up_a_second_factor(ade)

    # Straight after: programs, people, who supervises whom.
    ade.follow("Programs")
    ade.follow("Add a program")
    ade.fill("Name of the program", "Maple Street")
    ade.page.locator("main form").get_by_role("button").first.click()
    ade.sees("Maple Street")
    for name, supervised in (("Dana Whitfield", False), ("Marisol Vega", True)):
        _invites(ade, name, supervised=supervised)
    dana, marisol = visitor(), visitor(size="phone")
    for person, name in ((dana, "Dana Whitfield"), (marisol, "Marisol Vega")):
        _accepts(person, name, mail_to(f"{name.split()[0].lower()}@example.org", run_jobs))
    assert "Maple & Co Peer Alliance" in dana.text
    _arranges(ade)
    dana.go("/").follow(re.compile("agreement", re.I))
    dana.sees("Marisol")
    marisol.go("/").sees(re.compile("Dana"))


def _makes_the_agency(ade, visitor, token) -> None:
    ade.go(f"/start/{token}/").check_page_on_every_screen()
    ade.fill("Name of the agency", "Maple & Co Peer Alliance")
    ade.fill("Your full name", "Ade Admin")
    ade.fill("Your e-mail", "ade@example.org")
    ade.fill("Password", NEW_PASSWORD)
    ade.fill("The same password again", "something else")
    assert ade.press("Make the agency") == 422
    ade.sees("The two passwords differ. Type the same one twice.")
    assert ade.page.get_by_label("Name of the agency").input_value() == "Maple & Co Peer Alliance"
    ade.fill("Password", NEW_PASSWORD)
    ade.fill("The same password again", NEW_PASSWORD)
    ade.press("Make the agency")
    # The address works once.
    stranger = visitor()
    assert stranger.page.goto(f"{stranger.address}/start/{token}/").status == 404


def _sets_up_a_second_factor(ade) -> None:
    # Nothing else opens before there is one.
    for path in ("/", "/people/", "/agency/"):
        ade.go(path).sees("please add a second way to prove it is you")
    ade.check_page_on_every_screen()
    ade.follow("Set up an app")  # the password was typed a minute ago: it is not asked for again
    ade.check_page_on_every_screen()
    ade.fill(re.compile("^Code"), "000000")
    assert ade.press("Finish setting up") == 422
    secret = ade.page.locator("#authenticator_secret").input_value()
    ade.fill(re.compile("^Code"), code_of(secret))
    ade.press("Finish setting up")
    ade.check_page_on_every_screen()
    codes = ade.page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10

    # From now on the password alone opens nothing.
    ade.page.locator("#account > summary").click()
    ade.press("Sign out")
    ade.go("/accounts/login/").fill("E-mail", "ade@example.org")
    ade.fill("Password", NEW_PASSWORD)
    ade.press("Sign in")
    ade.sees("One more step")
    ade.check_page()
    assert "/accounts/2fa/authenticate/" in ade.window().go("/people/").page.url
    ade.fill(re.compile("^Code"), codes[0])
    ade.press("Sign in")
    ade.sees("Accounts and set-up")


def _invites(ade, name, *, supervised) -> None:
    ade.follow("Accounts")
    ade.follow("Add a person")
    ade.fill("Full name", name)
    ade.fill("E-mail", f"{name.split()[0].lower()}@example.org")
    ade.page.get_by_label("Program").select_option(label="Maple Street" if supervised else "None yet")
    ade.press("Add", within=ade.page.get_by_role("main"))
    ade.sees("Invited")


def _accepts(person, name, link) -> None:
    person.go(link).sees(f"Welcome, {name}")
    person.check_page()
    person.fill("Password", NEW_PASSWORD)
    person.fill("The same password again", NEW_PASSWORD)
    person.press("Save and sign in")
    person.sees(f"Hello, {name.split()[0]}")
    assert person.window().page.goto(f"{person.address}{link}").status == 410


def _arranges(ade) -> None:
    ade.go("/").follow("Arrangements")
    ade.follow(re.compile("arrangement", re.I), within=ade.page.get_by_role("main"))
    people = ade.page.get_by_label("Person", exact=True)
    people.nth(0).select_option(label="Dana Whitfield")
    people.nth(1).select_option(label="Marisol Vega")
    ade.press("Make the arrangement")
    ade.sees("Made. Everybody in it is told.")
