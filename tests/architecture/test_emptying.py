"""The emptying of tables after a test with real transactions: nothing stays, and nothing that guards the rows goes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from agreements.models import Agreement
from supervision.people.models import User
from supervision.records import triggers
from supervision.records.models import AuditEvent, Seal
from tests.agreements import helpers
from tests.emptying import empty_tables


@pytest.mark.django_db(transaction=True)
def test_sealed_rows_go_and_their_guards_stay(cast: Any) -> None:
    sealed = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.all().delete()
    empty_tables()
    kept = [model.__name__ for model in (Agreement, User, AuditEvent, Seal) if model.objects.exists()]
    assert (sealed.is_sealed, kept, triggers.missing()) == (True, [], [])
