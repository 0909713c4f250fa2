"""What the core does once a day: the digest of the access log, PDFs that are still missing, what was missed of openings, old mail files."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import time
from pathlib import Path

from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from . import audit, opened_by_others, tasks
from .models import AuditEvent, Opening, Seal

MAIL_KEPT_DAYS = 7
DIGEST = "openings of a day"


def digest_of_openings(day: datetime.date | None = None) -> None:
    """Put a digest of each finished day's access log into the chain, with its count (decision 6). Safe to repeat."""
    first = Opening.objects.order_by("at").values_list("at", flat=True).first()
    if first is None:
        return
    current, end = first.astimezone(datetime.UTC).date(), day or timezone.now().date()
    done = set(AuditEvent.objects.filter(action=DIGEST).values_list("facts__day", flat=True))
    while current < end:
        if current.isoformat() not in done:
            _digest_day(current)
        current += datetime.timedelta(days=1)


@transaction.atomic
def _digest_day(day: datetime.date) -> None:
    count, mac = openings_of(day, settings.KEYRING.current_chain)
    if count:
        audit.record(None, DIGEST, facts={"day": day.isoformat(), "count": count, "mac": mac})


def openings_of(day: datetime.date, key_id: str) -> tuple[int, str]:
    """How many openings a day (UTC) had, and the mark over all of them in order."""
    start = datetime.datetime.combine(day, datetime.time(), tzinfo=datetime.UTC)
    rows = Opening.objects.filter(at__gte=start, at__lt=start + datetime.timedelta(days=1)).order_by(
        "at", "id"
    )
    total, mac = 0, hmac.new(settings.KEYRING.chain[key_id], b"openings|", hashlib.sha256)
    for opening in rows.values_list("mac", flat=True).iterator():
        mac.update(opening.encode())
        total += 1
    return total, mac.hexdigest()


def missing_documents() -> None:
    """Ask again for PDFs that should be there, are not an hour after their seal, and that no job is queued for."""
    late = timezone.now() - datetime.timedelta(hours=1)
    jobs = DBTaskResult.objects.filter(
        task_path=tasks.make_document.module_path,
        status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING),
    )
    queued = {seal_id for call in jobs.values_list("args_kwargs", flat=True) for seal_id in call["args"]}
    missing = Seal.objects.filter(document__isnull=True, sealed_at__lt=late).exclude(offer__template="")
    for seal in missing.exclude(pk__in=queued)[:500]:
        tasks.make_document.enqueue(str(seal.pk))


def opened_at_the_instant_of_an_offer() -> None:
    """Note which records others opened in the last days, where that was missed."""
    opened_by_others.rebuild(since=timezone.now() - datetime.timedelta(days=2))


def fresh_statistics() -> None:
    """Let SQLite look at its tables again: without current statistics it picks slow indexes. Others do so by themselves."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA optimize=0x10002")


def statistics_after_many_rows(using: str = "default") -> None:
    """Count the tables now. Where thousands of rows have just appeared, plans made for empty tables take minutes."""
    with connections[using].cursor() as cursor:
        cursor.execute("ANALYZE")


def old_mail() -> None:
    """Remove mail files older than a week."""
    folder = Path(settings.MAIL_DIR)
    if not folder.is_dir():
        return
    for file in folder.glob("*.log"):
        if time.time() - file.stat().st_mtime > MAIL_KEPT_DAYS * 86400:
            file.unlink(missing_ok=True)
