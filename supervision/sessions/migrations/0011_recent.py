"""Fill in what the overview reads of the sessions there are (sessions/recent.py, as it was when this was written)."""

import datetime
import math

from django.db import migrations
from django.db.models import Max, Min, Q

KEPT = datetime.timedelta(weeks=21)
LEADING = ("supervisor", "facilitator")


def fill_in(apps, schema_editor):
    Session = apps.get_model("supervision_sessions", "Session")
    Standing = apps.get_model("people", "Standing")
    RecentSessions = apps.get_model("people", "RecentSessions")
    for standing in Standing.objects.order_by("pk").iterator(chunk_size=500):
        sessions = Session.objects.filter(arrangement_id=standing.pk)
        found = sessions.aggregate(
            last=Max("starts_at", filter=Q(state="held")),
            oldest=Min("starts_at", filter=Q(state="held", sealed_at__isnull=True)),
        )
        standing.oldest_unsigned_at = found["oldest"]
        standing.save(update_fields=["oldest_unsigned_at"])
        kept = _recent(apps, standing.pk, found["last"])
        RecentSessions.objects.update_or_create(arrangement_id=standing.pk, defaults={"kept": kept})


def _recent(apps, arrangement, last):
    Attendee = apps.get_model("supervision_sessions", "Attendee")
    Seal = apps.get_model("records", "Seal")
    rows = Attendee.objects.filter(session__arrangement_id=arrangement).exclude(session__state="planned")
    if last is not None:
        rows = rows.filter(session__starts_at__gte=last - KEPT)
    found, there = {}, {}
    columns = ("session_id", "session__starts_at", "session__state", "person_id", "part", "attended", "minutes")
    for session, at, state, person, part, attended, minutes in rows.order_by(
        "session__starts_at", "session_id"
    ).values_list(*columns):
        found[session] = (int(at.timestamp()), state == "held")
        if part not in LEADING:
            there.setdefault(person.hex, {})[session] = attended and minutes
    seals = Seal.objects.filter(
        record_label="supervision_sessions.session", record_id__in=list(found), how="all_signed"
    )
    signed = {
        record: math.ceil((sealed - offered).total_seconds())
        for record, sealed, offered in seals.values_list("record_id", "sealed_at", "offer__offered_at")
    }
    return {
        "at": [at for at, _held in found.values()],
        "held": [held for _at, held in found.values()],
        "signed": [signed.get(session) for session in found],
        "minutes": {
            person: [minutes.get(session) for session in found] for person, minutes in there.items()
        },
    }


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0009_recent_sessions"),
        ("records", "0008_issued_files"),
        ("supervision_sessions", "0010_found_by_index"),
    ]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
