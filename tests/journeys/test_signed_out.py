"""What somebody sees who is not signed in."""

from __future__ import annotations

import pytest

from tests.factories import PASSWORD


@pytest.mark.parametrize("size", ["wide", "phone", "narrow"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_sign_in_and_verification_pages_keep_to_the_rules(cast, visitor, size, dark):
    someone = visitor(size=size, dark=dark)
    for path in ("/accounts/login/", "/accounts/password/reset/", "/verify/"):
        someone.go(path)
        someone.check_page()


def test_a_person_signs_in_and_out(cast, visitor):
    dana = visitor().sign_in(cast.supervisor)
    dana.sees("Dana Whitfield")
    dana.check_page()
    dana.page.locator("summary").first.click()
    dana.press("Sign out")
    dana.page.wait_for_url("**/accounts/l**")


def test_somebody_signs_in_with_the_keys_alone(cast, visitor):
    someone = visitor().go("/accounts/login/")
    someone.page.get_by_label("E-mail").focus()
    keys = someone.page.keyboard
    keys.type(cast.supervisor.email)
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    someone.page.wait_for_url("**/")
    someone.sees("Dana Whitfield")


def test_a_wrong_password_is_said_plainly_and_keeps_the_address(cast, visitor):
    someone = visitor(script=False).go("/accounts/login/")
    someone.fill("E-mail", cast.supervisor.email)
    someone.fill("Password", "not the password")
    someone.press("Sign in")
    assert someone.page.get_by_label("E-mail").input_value() == cast.supervisor.email
    assert "Error" in someone.page.title()


def test_every_page_leads_to_the_sign_in(cast, visitor):
    someone = visitor().go("/sessions/")
    assert "/accounts/login/?next=/sessions/" in someone.page.url
