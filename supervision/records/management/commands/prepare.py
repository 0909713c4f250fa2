"""`manage.py prepare`: everything that must be true before the server starts. Safe to repeat, and to run twice at once.

The settings have made or found the secrets by the time this runs. It migrates (as the owner role, where there is one), makes the
cache table, puts the guards of sealed records in place, brings in what apps ship as rows, checks, and collects the static files when
they changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from supervision.records import demo_people, sealed_rows, triggers
from supervision.records.models import AuditEvent, RecordKey

# The faces that PDFs embed: large, never asked for by a page.
NOT_FOR_BROWSERS = ["fonts/pdf/*"]


class Command(BaseCommand):
    help = "Makes the database, its guards and the static files ready for the server."
    requires_system_checks = []  # the checks ask for guards that this command puts in place

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="end with one line of JSON for bin/serve")

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _one_at_a_time():
            self._migrate()
            self._guard()
            _refuse_foreign_keys()
            sealed_rows.vouch_for_older()
            for command in settings.PREPARED_BY:
                call_command(command)
            _collect_static_files()
        call_command("check", databases=["default"], stdout=io.StringIO())  # speaks only of problems
        found = _who_is_there()
        try:
            demo_people.refuse_in_public()
        except ImproperlyConfigured as refusal:
            raise CommandError(str(refusal)) from None
        if options["json"]:
            self.stdout.write(json.dumps(found))

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not pending:
            return
        self.stderr.write(f"Bringing the database up to date ({len(pending)} steps)")
        if settings.MIGRATE_DATABASE_URL:
            _as_owner("migrate", "--no-input", "--verbosity", "0")
            _as_owner("createcachetable")
            _as_owner("grant_rights", str(connection.settings_dict["USER"]))
        else:
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable")

    def _guard(self) -> None:
        if not triggers.missing():
            return
        self.stderr.write("Putting the guards of sealed records in place")
        if settings.MIGRATE_DATABASE_URL:
            _as_owner("install_guards")
        else:
            triggers.install()


def _as_owner(*command: str) -> None:
    """The role that serves owns nothing, so the owner's role does this, in a process of its own."""
    environment = {**os.environ, "DATABASE_URL": settings.MIGRATE_DATABASE_URL, "MIGRATE_DATABASE_URL": ""}
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py"), *command]
    if subprocess.run(manage, env=environment, stdout=sys.stderr, check=False).returncode != 0:
        raise CommandError(f"{command[0]} failed as the role of MIGRATE_DATABASE_URL.")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two servers started together do not migrate the same database at once."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('common-hour-prepare'))")
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('common-hour-prepare'))")
        return
    with (settings.DATA_DIR / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _collect_static_files() -> None:
    if settings.DEBUG or settings.TESTING:
        return
    stamp = settings.STATIC_ROOT / ".collected"
    wanted = _fingerprint_of_static_files()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command(
        "collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=NOT_FOR_BROWSERS
    )
    stamp.write_text(wanted)


def _fingerprint_of_static_files() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(NOT_FOR_BROWSERS):
            digest.update(f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode())
    return digest.hexdigest()


def _refuse_foreign_keys() -> None:
    """Fresh keys beside an old database would write on as if nothing were lost, and nobody could read what was there."""
    masters = RecordKey.objects.exclude(master_id__in=settings.KEYRING.master).exclude(wrapped=b"")
    newest = AuditEvent.objects.order_by("-seq").first()
    if masters.exists() or (newest is not None and newest.key_id not in settings.KEYRING.chain):
        raise CommandError(
            f"The keys in {settings.SECRETS_FILE} are not the ones that this database was written with. Restore your copy "
            "of them; without them nothing that was written can be read. (An entirely new start needs an empty database.)"
        )


def _who_is_there() -> dict[str, bool]:
    people = get_user_model()._default_manager
    return {"has_people": people.exists(), "has_demo_people": demo_people.are_here()}
