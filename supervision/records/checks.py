"""System checks: the server does not start on a database whose guards are not in place."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connections

from . import triggers


@register(Tags.database)
def guards_are_installed(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Any]:
    """The database itself must refuse to change a sealed record."""
    found: list[Any] = []
    for using in databases or []:
        if "records_offer" not in connections[using].introspection.table_names():
            continue
        gone = triggers.missing(using)
        if gone:
            found.append(
                Error(
                    f"{len(gone)} guards of sealed records are not in the database, such as {gone[0]}.",
                    hint="Run `manage.py migrate`, or `manage.py install_guards`.",
                    id="records.E001",
                )
            )
    return found


@register(Tags.security, deploy=True)
def runtime_role_owns_nothing(app_configs: Any, **kwargs: Any) -> list[Any]:
    """On PostgreSQL a separate role for migrations keeps the running one from dropping guards."""
    if settings.DATABASE_URL.startswith("postgres") and not settings.MIGRATE_DATABASE_URL:
        return [
            Warning(
                "The application's own database role owns its tables and could drop the guards.",
                hint="Set MIGRATE_DATABASE_URL to an owner role and give DATABASE_URL a role that owns nothing.",
                id="records.W001",
            )
        ]
    return []
