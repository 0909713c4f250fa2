"""Each page asks the database a constant number of times, however much there is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements import operations
from agreements.models import Agreement
from tests import factories
from tests.agreements import helpers
from tests.agreements.test_views import as_, signing_form, url
from tests.cast import Cast

LIST, DETAIL, FORM = 8, 12, 10
_COUNTED = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


def counted(client: Client, address: str) -> int:
    """Statements for one page, once the day's first visit is behind us. Savepoints of the test do not count."""
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return sum(1 for query in found.captured_queries if _COUNTED.match(query["sql"]))


def more_arrangements(cast: Cast, count: int) -> None:
    """More pairs for the same supervisor, in every state."""
    for number in range(count):
        worker = factories.worker_in(cast.program)
        made = factories.arrangement(cast.program, [cast.supervisor], [worker])
        if number % 4 == 1:
            operations.draft(arrangement=made, by=worker)
        if number % 4 == 2:
            helpers.offered(made, worker)
        if number % 4 == 3:
            helpers.in_force(made, cast.supervisor, worker)


def more_history(cast: Cast, rounds: int) -> Agreement:
    """Earlier versions, and offers that came back, before the version returned."""
    for _ in range(rounds):
        earlier = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
        helpers.reviewed(earlier, cast.supervisor, cast.worker)
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    for _ in range(rounds):
        helpers.sign(agreement, cast.supervisor)
        operations.ask_for_change(agreement=agreement, reason="Part 5.", by=cast.worker)
        agreement.refresh_from_db()
        operations.offer(agreement=agreement, version=agreement.version, by=cast.worker)
    return agreement


def test_the_list_is_constant_in_the_number_of_arrangements(cast: Cast) -> None:
    client = as_(cast.supervisor)
    more_arrangements(cast, 3)
    few = counted(client, reverse("agreements:list"))
    more_arrangements(cast, 9)
    many = counted(client, reverse("agreements:list"))
    assert few == many <= LIST


def as_it_is(cast: Cast, agreement: Agreement) -> None:
    """Still on offer."""


def a_draft_again(cast: Cast, agreement: Agreement) -> None:
    operations.ask_for_change(agreement=agreement, reason="Part 2.", by=cast.worker)


def signed_by_one(cast: Cast, agreement: Agreement) -> None:
    helpers.sign(agreement, cast.supervisor)


def signed_by_all(cast: Cast, agreement: Agreement) -> None:
    helpers.sign(agreement, cast.worker)
    helpers.sign(agreement, cast.supervisor)


PREPARE: dict[str, tuple[str, int, Callable[[Cast, Agreement], None]]] = {
    "a draft": ("detail", DETAIL, a_draft_again),
    "an offer": ("detail", DETAIL, signed_by_one),
    "the signing page": ("sign", DETAIL, as_it_is),
    "a signed version": ("detail", DETAIL, signed_by_all),
    "all that was said": ("history", DETAIL, a_draft_again),
    "what changed": ("changes", DETAIL, a_draft_again),
    "a review": ("review", DETAIL, signed_by_all),
    "a part": ("clause", FORM, a_draft_again),
    "sending it": ("offer", FORM, a_draft_again),
    "asking for a change": ("ask_for_change", FORM, as_it_is),
    "ending it": ("end", FORM, signed_by_all),
}


@pytest.mark.parametrize("page", PREPARE)
def test_a_page_is_constant_in_the_length_of_the_history(cast: Cast, page: str) -> None:
    name, most, prepare = PREPARE[page]
    found = []
    for rounds in (1, 3):
        agreement = more_history(cast, rounds)
        prepare(cast, agreement)
        more = [helpers.clause(agreement, "place").pk] if name == "clause" else []
        found.append(counted(as_(cast.supervisor), url(name, agreement, *more)))
        if not Agreement.objects.get(pk=agreement.pk).is_sealed:
            finish(cast, agreement)
    assert found[0] == found[1] <= most


def finish(cast: Cast, agreement: Agreement) -> None:
    """Sign what is open, so that the next version can be started."""
    agreement.refresh_from_db()
    if not agreement.is_offered:
        helpers.agree(agreement)
        agreement.refresh_from_db()
        operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
        agreement.refresh_from_db()
    for person in (cast.supervisor, cast.worker):
        if as_(person).get(url("sign", agreement)).status_code == 200:
            helpers.sign(agreement, person)


def test_a_form_with_something_to_fix_is_a_422_within_the_count(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    client = as_(cast.worker)
    form = signing_form(agreement, typed_name="")
    client.post(url("sign", agreement), form)
    with CaptureQueriesContext(connection) as found:
        assert client.post(url("sign", agreement), form).status_code == 422
    assert sum(1 for query in found.captured_queries if _COUNTED.match(query["sql"])) <= DETAIL
