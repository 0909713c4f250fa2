"""Everybody knows the passwords of the demo people, so they are served on this machine only (decision 11)."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

THIS_MACHINE = {"localhost", "127.0.0.1", "[::1]", "::1"}


def are_here() -> bool:
    """Whether there are demo people in this database."""
    return get_user_model()._default_manager.filter(is_demo=True).exists()


def refuse_in_public() -> None:
    """Raises ImproperlyConfigured, with what to do, where demo people would be served beyond this machine. At most one query."""
    hosts = {*settings.ALLOWED_HOSTS, urlsplit(settings.SITE_URL).hostname or ""}
    beyond = sorted(hosts - THIS_MACHINE)
    if beyond and are_here():
        raise ImproperlyConfigured(
            f"There are demo people in this database, so it is served on this machine only, not as {beyond[0]}. For real "
            "use start with an empty database."
        )


def refuse_in_public_at_start() -> None:
    """The same for a server that starts without `prepare`. A database that is not there yet has nobody in it."""
    try:
        refuse_in_public()
    except DatabaseError:
        pass
    finally:
        connection.close()
