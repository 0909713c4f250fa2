"""Makes anew what is kept beside the records so that pages need not read all of them, and says what was different: where every
arrangement stands, its last months and its open actions, who is asked by open offers, and which records others
opened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from agreements import operations as agreements
from supervision.people import zones
from supervision.people.models import Arrangement, RecentSessions, Standing
from supervision.records import open_parties, opened_by_others
from supervision.sessions import standing as sessions
from supervision.sessions.models import OpenAction
from supervision.sessions.operations import actions
from supervision.sessions.recent import NOTHING

RECENT, OPEN_ACTIONS = "recent sessions", "open actions"
LONG = (RECENT, OPEN_ACTIONS)  # that they are different is said, not how
COLUMNS = [field.attname for field in Standing._meta.concrete_fields if not field.primary_key]


class Command(BaseCommand):
    help = "Rebuild where every arrangement stands from its agreements and sessions, and who is asked by open offers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is different, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        with timezone.override(zones.of_agency()):  # days are those of the agency
            self._rebuild_all(keep=not options["check"])

    def _rebuild_all(self, *, keep: bool) -> None:
        looked_at = different = 0
        # The list first: a cursor that is still being read does not outlive a commit on SQLite.
        for key in list(Arrangement.objects.order_by("id").values_list("pk", flat=True)):
            arrangement = Arrangement.objects.get(pk=key)
            looked_at += 1
            lines = list(rebuild(arrangement, keep=keep))
            different += bool(lines)
            for line in lines:
                self.stdout.write(f"{arrangement.pk}: {line}")
        done = "set right" if keep else "would be set right"
        self.stdout.write(f"{looked_at} arrangements, {different} {done}.")
        offers = list(open_parties.rebuild(keep=keep))
        for offer in offers:
            self.stdout.write(f"{offer}: who is asked by this offer")
        self.stdout.write(f"Who is asked by open offers: {len(offers)} {done}.")
        self.stdout.write(f"Records opened by others: {opened_by_others.rebuild(keep=keep)} {done}.")


def rebuild(arrangement: Arrangement, *, keep: bool = True) -> Iterator[str]:
    """Write the standing of one arrangement anew, in one transaction; says each column that was different.

    Without `keep` nothing is changed. The arrangement is locked, so that no operation writes in between.
    """
    with transaction.atomic():
        Arrangement.objects.select_for_update(no_key=True).get(pk=arrangement.pk)
        before = _values(arrangement)
        agreements.restate(arrangement)
        sessions.keep(arrangement)
        actions.restate(arrangement)
        after = _values(arrangement)
        if not keep:
            transaction.set_rollback(True)
    for name in (*COLUMNS, *LONG):
        if before.get(name) == after.get(name):
            continue
        if name in LONG:
            yield f"{name}: different"
        else:
            yield f"{name}: {before.get(name)} -> {after.get(name)}"


def _values(arrangement: Arrangement) -> dict[str, Any]:
    kept = Standing.objects.filter(pk=arrangement.pk).values(*COLUMNS).first() or {}
    recent = RecentSessions.objects.filter(pk=arrangement.pk).values_list("kept", flat=True).first()
    open_actions = OpenAction.objects.filter(arrangement=arrangement).values_list("pk", "owner_id")
    # There is no row of sessions before the first of them.
    return {**kept, RECENT: recent or NOTHING, OPEN_ACTIONS: sorted(open_actions)}
