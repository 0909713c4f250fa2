"""What the tests of people share."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.test import Client

from supervision.jobs.worker import Worker
from supervision.people.models import User
from tests.factories import PASSWORD


def short(value: object) -> str:
    """The name of a test case, however long its value is."""
    return str(value)[:30].encode("ascii", "backslashreplace").decode()


def client_of(person: User) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def sign_in(client: Client, person: User, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/accounts/login/", {"login": person.email, "password": password, **more})


def run_jobs() -> None:
    Worker().run_until_empty()


def mails_to(address: str) -> list[Any]:
    run_jobs()
    return [message for message in mail.outbox if message.to == [address]]


def link_in(message: Any) -> str:
    """The path of the one link in a mail, besides those about mails themselves."""
    found = re.findall(r"http://127\.0\.0\.1:8000(/(?!reminders/)\S+)", message.body)
    assert len(found) == 1, message.body
    return str(found[0])
