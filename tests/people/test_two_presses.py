"""Two presses of a form at the same instant make one thing, and neither is answered with an error."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from supervision.concerns.letters import operations as letters
from supervision.concerns.models import Concern, Letter
from supervision.concerns.raising import operations as raising
from supervision.disclosure import operations as disclosure
from supervision.disclosure.models import Disclosure
from supervision.reports import choosing
from supervision.reports.models import Choice
from tests import factories
from tests.cast import Cast
from tests.concerns import makers

pytestmark = pytest.mark.django_db(transaction=True)

PRESSES = 4


def concern(cast: Cast, key: uuid.UUID) -> Concern:
    return raising.state(cast.arrangement, cast.worker, by=cast.supervisor, words=makers.words(), key=key)


def letter(cast: Cast, key: uuid.UUID) -> Letter:
    return letters.write(
        cast.arrangement, by=cast.worker, recipient=cast.manager, text=makers.LETTER, key=key
    )


def choice(cast: Cast, key: uuid.UUID) -> Choice:
    return choosing.keep(
        name="Board",
        kind="log",
        programs=[cast.program],
        people=[],
        supervisor=None,
        period="month",
        every_month=False,
        by=cast.manager,
        key=key,
    )


def asked_by_law(cast: Cast) -> disclosure.Asked:
    today = timezone.localdate()
    return disclosure.Asked(
        person=cast.worker,
        first_day=today - datetime.timedelta(days=30),
        last_day=today,
        kinds=["sessions"],
        basis_kind="law",
        basis="Section 4 of the act on records",
        asker="County authority",
        approver=cast.administrator,
        second_approver=factories.person("Ria First", is_administrator=True),
    )


def all_at_once(press: Callable[[], Any]) -> set[uuid.UUID]:
    def one(_number: int) -> uuid.UUID:
        try:
            return uuid.UUID(str(press().pk))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PRESSES) as pool:
        return set(pool.map(one, range(PRESSES)))


@pytest.mark.parametrize(("make", "model"), [(concern, Concern), (letter, Letter), (choice, Choice)])
def test_a_form_pressed_at_one_instant_makes_one(cast: Cast, make: Any, model: Any) -> None:
    key = uuid.uuid4()
    assert len(all_at_once(lambda: make(cast, key))) == 1
    assert model.objects.count() == 1


def test_a_disclosure_entered_at_one_instant_is_one(cast: Cast) -> None:
    asked, key = asked_by_law(cast), uuid.uuid4()
    assert len(all_at_once(lambda: disclosure.enter(asked, by=cast.manager, key=key))) == 1
    assert Disclosure.objects.count() == 1
