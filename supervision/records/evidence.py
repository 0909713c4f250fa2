"""How somebody showed that it is them: read from the request when they sign."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from .signing import Evidence

METHODS = {
    "password": _("password"),
    "mfa": _("second factor"),
    "webauthn": _("passkey"),
    "invitation": _("invitation link"),
}


def needs_to_sign_in_again(request: HttpRequest) -> bool:
    """Whether the login is older than the policy allows for a signature (decision 8)."""
    proofs = [entry.get("at", 0) for entry in get_authentication_records(request, request.user)]
    return not proofs or time.time() - max(proofs) > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def of_request(request: HttpRequest, *, intent: str, typed_name: str) -> Evidence:
    """The evidence of a signature given in this request. `intent` is the statement that was on the page."""
    now = timezone.localtime()
    return Evidence(
        intent=intent,
        typed_name=typed_name,
        local_time=now.strftime("%Y-%m-%d %H:%M:%S %z"),
        zone=str(timezone.get_current_timezone()),
        authenticated=[_method(entry) for entry in get_authentication_records(request, request.user)],
        address=get_adapter().get_client_ip(request) or "",
        browser=request.META.get("HTTP_USER_AGENT", "")[:300],
    )


def _method(entry: dict[str, Any]) -> str:
    kind = entry.get("type") or entry.get("method") or ""
    return str(METHODS.get(str(kind), kind))
