"""The list of reminders, the choices about them, and the link in each mail that stops them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail as outbox
from django.core import signing
from django.test import Client
from django.utils import timezone

from supervision.notices import sending, unsubscribing
from supervision.notices.kinds import CHOSEN, How, Kind
from supervision.notices.models import Reminder, ReminderChoices
from tests.cast import Cast
from tests.overview.builders import signed_in, text_of

from .test_sending import choose, tell, work


def chosen(**given: str) -> dict[str, str]:
    return {kind.value: How.AT_ONCE.value for kind in CHOSEN} | {
        "version": "0",
        "daily_at": "08:00",
        "quiet_from": "21:00",
        "quiet_until": "07:00",
        **given,
    }


def test_the_list_says_what_is_new_until_it_is_seen(cast: Cast) -> None:
    tell(cast.worker)
    work()
    client = signed_in(cast.worker)
    page = client.get("/reminders/")
    assert "Something is waiting for your signature New" in " ".join(text_of(page).split())
    assert "also by e-mail" in text_of(page)
    until = re.search(r'name="until" value="([^"]+)"', page.content.decode())
    assert until is not None
    tell(cast.worker, "read", path="/")  # comes after the page was made
    client.post("/reminders/seen/", {"until": until[1]})
    after = " ".join(text_of(client.get("/reminders/")).split())
    assert "Something is waiting for you to read New" in after
    assert "signature New" not in after


@pytest.mark.parametrize("until", ["", "yesterday", "2026-13-45T00:00", "2026-01-01T00:00"])
def test_a_moment_that_cannot_be_read_means_now(cast: Cast, until: str) -> None:
    tell(cast.worker)
    signed_in(cast.worker).post("/reminders/seen/", {"until": until})
    assert not Reminder.objects.new().exists()


def test_nobody_sees_or_marks_what_others_were_told(cast: Cast) -> None:
    tell(cast.worker)
    client = signed_in(cast.supervisor)
    assert "Nothing so far" in text_of(client.get("/reminders/"))
    client.post("/reminders/seen/", {"until": timezone.now().isoformat()})
    assert Reminder.objects.new().count() == 1


def test_choices_are_kept_and_shown_again(cast: Cast) -> None:
    client = signed_in(cast.worker)
    answer = client.post("/reminders/choices/", chosen(sign="daily", daily_at="6:30 am"))
    assert answer.status_code == 302
    row = ReminderChoices.objects.get()
    assert row.how_of(Kind.SIGN) == How.DAILY
    assert row.daily_at.strftime("%H:%M") == "06:30"
    page = client.get("/reminders/choices/").content.decode()
    assert 'value="06:30"' in page
    assert re.search(r'id="id_sign".*?value="daily" selected', page, re.S)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"quiet_from": ""}, "Enter when the quiet hours begin"),
        ({"quiet_until": ""}, "Enter when the quiet hours end"),
        ({"quiet_until": "21:00"}, "Enter a time other than the one they begin at"),
        ({"daily_at": "soon"}, "Enter a time, such as"),
        ({"sign": "by pigeon"}, "Choose how"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(cast: Cast, given: dict[str, str], said: str) -> None:
    answer = signed_in(cast.worker).post("/reminders/choices/", chosen(**given))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not ReminderChoices.objects.exists()


def test_a_page_from_before_changes_nothing(cast: Cast) -> None:
    choose(cast.worker, sign=How.HERE)
    assert signed_in(cast.worker).post("/reminders/choices/", chosen()).status_code == 409
    assert sending.choices_of(cast.worker).how_of(Kind.SIGN) == How.HERE


# Stopping from a mail --------------------------------------------------------------------------------------------


def stop_link(message: Any) -> str:
    url = re.fullmatch(r"<(.+)>", message.extra_headers["List-Unsubscribe"])
    assert url is not None
    return url[1].split("://", 1)[1].partition("/")[2].join(("/", ""))


def test_one_press_in_a_mail_program_stops_its_kind_and_no_other(cast: Cast) -> None:
    tell(cast.worker)
    work()
    message = outbox.outbox[0]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    program = Client(enforce_csrf_checks=True)  # nobody signed in, no cookie, no page
    assert program.post(stop_link(message), {"List-Unsubscribe": "One-Click"}).status_code == 200
    tell(cast.worker)
    tell(cast.worker, "read", path="/")
    assert work()[1:] == ["Something is waiting for you to read"]
    assert Reminder.objects.listed().count() == 3


def test_to_look_at_the_link_stops_nothing(cast: Cast) -> None:
    tell(cast.worker)
    work()
    link = stop_link(outbox.outbox[0])
    page = Client().get(link)
    assert "Stop these e-mails?" in text_of(page)
    assert "Something to sign" in text_of(page)
    assert cast.worker.name not in text_of(page)
    assert not ReminderChoices.objects.exists()


def test_stopped_by_mistake_they_come_again(cast: Cast) -> None:
    link = unsubscribing.address(cast.worker, [Kind.SIGN, Kind.AGENDA]).partition("/reminders")[2]
    anybody = Client()
    anybody.post(f"/reminders{link}")
    assert sending.choices_of(cast.worker).how_of(Kind.SIGN) == How.HERE
    anybody.post(f"/reminders{link}", {"again": "yes"})
    assert sending.choices_of(cast.worker).how_of(Kind.SIGN) == How.AT_ONCE
    assert sending.choices_of(cast.worker).how_of(Kind.AGENDA) == How.DAILY


@pytest.mark.parametrize(
    ("said", "salt"),
    [
        (None, ""),
        (["0" * 32, ["sign"]], unsubscribing.SALT),
        (["x", ["sign"]], unsubscribing.SALT),
        ("x", unsubscribing.SALT),
        (["0" * 32, ["sign"]], "another use"),
    ],
    ids=["forged", "nobody", "no id", "no list", "another use"],
)
def test_a_link_that_this_server_did_not_make_does_nothing(cast: Cast, said: Any, salt: str) -> None:
    token = signing.Signer(salt=salt).sign_object(said) if salt else "forged"
    for answer in (Client().get(f"/reminders/stop/{token}/"), Client().post(f"/reminders/stop/{token}/")):
        assert answer.status_code == 404
    assert not ReminderChoices.objects.exists()


def test_what_is_about_an_account_cannot_be_stopped(cast: Cast) -> None:
    token = signing.Signer(salt=unsubscribing.SALT).sign_object([cast.worker.pk.hex, ["always"]])
    assert Client().post(f"/reminders/stop/{token}/").status_code == 404
