"""What tests of pages share: a signed-in browser, an address, and what a page says."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.flows import login
from django.test import Client
from django.urls import reverse


def client_of(person: Any, *, minutes_ago: float = 0) -> Client:
    """Signed in, by password, so many minutes ago."""
    client = Client()
    client.force_login(person)
    session = client.session
    at = time.time() - 60 * minutes_ago
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": at}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()
    return client


def url(name: str, row: Any) -> str:
    return reverse(f"sessions:{name}", args=[row.pk])


def body(response: Any) -> str:
    return response.content.decode()
