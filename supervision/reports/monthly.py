"""What somebody wants every month: asked for by the software, once, while they may still ask for it themself."""

from __future__ import annotations

import datetime
import uuid

from django.db import transaction
from django.db.models import Q

from supervision.records import audit
from supervision.records.errors import Denied, WrongState

from . import choosing
from .models import Choice


def ask_all(*, today: datetime.date) -> int:
    """Every choice that is due this month. Returns how many were asked for. Safe to repeat, also by two workers at once."""
    month = today.replace(day=1)
    due = Choice.objects.filter(Q(made_for=None) | Q(made_for__lt=month), every_month=True)
    return sum(_ask(pk, month) for pk in due.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _ask(pk: uuid.UUID, month: datetime.date) -> bool:
    row = Choice.objects.select_for_update(no_key=True, of=("self",)).select_related("owner").filter(pk=pk)
    choice = row.filter(Q(made_for=None) | Q(made_for__lt=month), every_month=True).first()
    if choice is None:
        return False
    try:
        with transaction.atomic():
            choosing.ask_by(choice, by=choice.owner)
    except WrongState:  # several of theirs are being made: tomorrow
        return False
    except Denied:  # they do not manage all of it any more: it stops, and their page says so
        choice.every_month = False
        choice.save(update_fields=["every_month"])
        audit.record(None, "report choice stopped", about=choice)
        return False
    choice.made_for = month
    choice.save(update_fields=["made_for"])
    return True
