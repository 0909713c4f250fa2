"""The agency that the benchmark makes is one that the software could have made, and every page that it measures opens."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from agreements.models import Agreement
from supervision.hours import facts
from supervision.people.models import Arrangement, Standing, User
from supervision.records import documents, open_parties, snapshot
from supervision.records.models import Offer, Seal
from supervision.sessions import content
from supervision.sessions.models import Action, AgendaItem, Attendance, Session
from tests.benchmarks import agency, pages

WEEKS = 5


@pytest.fixture
def made(db: None) -> None:
    agency.make(agency.Size(workers=10, supervisors=6, weeks=WEEKS))


def test_every_page_of_the_benchmark_opens(made: None) -> None:
    who, found = pages.clients(), pages.pages()
    assert {page.role for page in found} == set(pages.ROLES)
    assert len(found) > 150
    wrong = [
        (page.name, page.role, status)
        for page in found
        if (status := pages.look(page, who[page.role])) != 200
    ]
    assert wrong == []


def test_the_agency_is_one_that_the_software_makes(made: None) -> None:
    # What was signed is what the software itself would offer today.
    for session in Session.objects.filter(sealed_at__isnull=False)[:5]:
        assert _signed(session) == _offered_today(content.of_record(session))
    for row in Attendance.objects.filter(sealed_at__isnull=False)[:5]:
        assert _signed(row) == _offered_today(content.of_attendance(row))
    for agreement in Agreement.objects.all():
        assert agreement.is_sealed
        assert _signed(agreement)["clauses"]
    # Each word opens with the key of its record.
    assert {item.text for item in AgendaItem.objects.all()} == set(agency.TOPICS)
    assert {action.text for action in Action.objects.all()} == {agency.STEP}
    # Whoever signed is named; and the seal is there where both did, and only there.
    for seal in Seal.objects.select_related("offer")[:20]:
        assert {signer.kind for signer in documents.signers(seal.offer)} == {"signed"}
    assert Seal.objects.count() + Offer.objects.open().count() == Offer.objects.count()
    assert open_parties.wrong() == set()
    # Hours are found in it, and what managers read says the same.
    worker, today = User.objects.get(email="worker0@example.org"), timezone.localdate()
    known = facts.known_of(facts.places_of([worker.pk], Arrangement.objects.all(), today), today)
    held = Session.objects.held().filter(arrangement__participations__person=worker)
    assert len(known[worker.pk].facts.meetings) == held.count()
    standing = Standing.objects.get(arrangement__participations__person=worker)
    assert standing.held_count == held.count()
    assert standing.next_planned_at is not None


def _signed(record: Session | Attendance | Agreement) -> dict[str, Any]:
    return _without_nonce(bytes(Offer.objects.of(record).get().content))


def _offered_today(body: dict[str, Any]) -> dict[str, Any]:
    return _without_nonce(snapshot.canonical(body))


def _without_nonce(body: bytes) -> dict[str, Any]:
    return {name: value for name, value in snapshot.read(body).items() if name != "nonce"}
