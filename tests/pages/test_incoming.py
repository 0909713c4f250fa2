"""Bodies that cannot be read: a page that says so, signed in or not, and never a 500."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
CUT_SHORT = b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\nContent-Transfer-Encoding: base64\r\n\r\n!'


@pytest.fixture(params=["nobody", "somebody"])
def client(request: Any, cast: Any) -> Client:
    found = Client(enforce_csrf_checks=True)
    if request.param == "somebody":
        found.force_login(cast.supervisor)
    return found


@pytest.mark.parametrize("path", ["/verify/", "/accounts/login/", "/sessions/", "/no-such-page/"])
@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=" + b"x" * (7 * 1024 * 1024), FORM, 413),
        (b"--x\r\n" + b"x" * (27 * 1024 * 1024), "multipart/form-data; boundary=x", 413),
        (b"&".join(b"a=1" for _ in range(2100)), FORM, 400),
        (b"nothing", "multipart/form-data", 400),
        (CUT_SHORT, "multipart/form-data; boundary=x", 400),
        (b"a=1", f"{FORM}; charset=utf-16", 400),
    ],
    ids=["text too big", "file too big", "too many fields", "no boundary", "cut short", "another charset"],
)
def test_a_body_that_cannot_be_read_gets_a_page(
    client: Client, path: str, body: bytes, kind: str, status: int
) -> None:
    answer = client.generic("POST", path, body, content_type=kind)
    assert answer.status_code == status
    assert "Nothing was saved" in answer.content.decode()
    assert "Content-Security-Policy" in answer.headers


def test_a_body_that_says_too_much_of_its_length_is_refused_unread(client: Client) -> None:
    answer = client.post("/verify/", b"", content_type=FORM, CONTENT_LENGTH=str(10**12))
    assert answer.status_code == 413
