"""The helpers bring every kind of arrangement to an agreement that lacks nothing."""

from __future__ import annotations

import pytest

from agreements import completeness, membership, operations
from agreements.models import in_force
from supervision.people.models import Arrangement
from tests import factories
from tests.agreements import helpers
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def together(cast: Cast, structure: str) -> Arrangement:
    """Dana with Marisol, and as many more as such an arrangement has."""
    ruth, joe = factories.person("Ruth Calloway"), factories.worker_in(cast.program, "Joe Lafferty")
    leaders = [cast.supervisor, ruth] if structure == "co_supervision" else [cast.supervisor]
    others = [cast.worker] if structure in ("individual", "of_supervision") else [cast.worker, joe]
    return factories.arrangement(cast.program, leaders, others, structure=structure)


@pytest.mark.parametrize("structure", ["individual", "of_supervision", "co_supervision", "group"])
def test_a_settled_version_can_be_offered_and_signed(cast: Cast, structure: str) -> None:
    arrangement = together(cast, structure)
    agreement = helpers.settle(operations.draft(arrangement=arrangement, by=cast.worker), cast.worker)
    assert completeness.missing(agreement) == []
    people = [party.person for party in agreement.parties.select_related("person")]
    operations.offer(agreement=agreement, version=agreement.version, by=cast.worker)
    for person in reversed(people):
        agreement.refresh_from_db()
        if not agreement.is_sealed:
            helpers.sign(agreement, person)
    assert in_force(arrangement) == agreement


@pytest.mark.parametrize("structure", ["individual", "co_supervision", "group"])
def test_everybody_named_has_signed_the_version_in_force_and_the_next(cast: Cast, structure: str) -> None:
    arrangement = together(cast, structure)
    people = [row.person for row in arrangement.participations.select_related("person")]
    first = helpers.in_force(arrangement, *people)
    assert set(membership.signed_by(first)) == {person.pk for person in people}
    assert helpers.next_offered(arrangement, people[0]).number == 2
