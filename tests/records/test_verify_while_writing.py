"""Verify on a store in use: people sign while it reads, and nothing that is right is called wrong."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from supervision.records import verify
from supervision.records.models import Seal
from tests.records import helpers

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_is_found_while_people_are_signing(cast: Any) -> None:
    done, crashed = threading.Event(), []

    def sign_on() -> None:
        try:
            while not done.is_set():
                offer = helpers.offered(cast)
                helpers.sign(offer, cast.supervisor)
                helpers.sign(offer, cast.worker)
        except Exception as error:  # reported below: an assertion in a thread would be lost
            crashed.append(error)
        finally:
            connection.close()

    writer = threading.Thread(target=sign_on)
    writer.start()
    try:
        found = [problem for _ in range(25) for problem in verify.run()]
    finally:
        done.set()
        writer.join(60)
    assert crashed == []
    assert Seal.objects.count() > 1
    assert found == []
    assert not connection.in_atomic_block
