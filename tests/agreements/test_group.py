"""A group's agreement: sealed with the leader and one member, in force for each who signs; others and joiners sign later."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from agreements import operations, policy
from agreements.membership import signed_by
from agreements.models import Accession, Agreement, in_force
from supervision.people.models import Participation, User
from supervision.records import snapshot
from supervision.records.errors import Denied, NotFound, Stale, WrongState
from supervision.records.models import Answer, Offer, OfferClosed, Opening, Seal
from tests import factories
from tests.agreements import helpers
from tests.agreements.test_views import as_, text_of, url
from tests.cast import Cast


@pytest.fixture
def members(cast: Cast) -> list[User]:
    return [factories.worker_in(cast.program, name) for name in ("Kit Ng", "Joe Marsh", "Lee Park")]


@pytest.fixture
def group(cast: Cast, members):
    return factories.arrangement(cast.program, [cast.supervisor], members, structure="group")


def join_group(group, person: User, part: str = "supervisee") -> None:
    Participation.objects.create(arrangement=group, person=person, part=part)


def test_it_is_sealed_by_the_leader_and_one_member_in_either_order(cast: Cast, group, members) -> None:
    kit, joe, lee = members
    agreement = helpers.offered(group, kit)
    helpers.sign(agreement, kit)
    helpers.sign(agreement, joe)
    assert in_force(group) is None, "it holds for nobody before the one who leads has signed"
    assert helpers.sign(agreement, cast.supervisor).seal.how == "each"
    assert in_force(group) == agreement
    assert set(signed_by(agreement)) == {kit.pk, joe.pk, cast.supervisor.pk}
    with pytest.raises(WrongState):
        helpers.sign(agreement, lee)


def test_when_everybody_signs_before_the_leader_it_is_signed_by_all(cast: Cast, group, members) -> None:
    agreement = helpers.offered(group, cast.supervisor)
    for person in members:
        helpers.sign(agreement, person)
    assert helpers.sign(agreement, cast.supervisor).seal.how == "all_signed"


def test_a_member_who_had_not_signed_signs_the_sealed_text_later(cast: Cast, group, members) -> None:
    kit, _joe, lee = members
    agreement = helpers.in_force(group, cast.supervisor, kit)
    digest = Seal.objects.get(record_id=agreement.pk).digest
    outcome = helpers.join(agreement, lee)
    content = snapshot.read(outcome.answer.offer.content)
    assert content["agreement"] == {"id": str(agreement.pk), "version": 1, "digest": digest}
    assert outcome.seal is not None
    assert lee.pk in signed_by(agreement)
    with pytest.raises(WrongState, match="signed this already"):
        helpers.join(agreement, lee)
    with pytest.raises(IntegrityError), transaction.atomic():
        Accession.objects.update(part="supervisor")


def test_a_joiner_signs_the_version_in_force_and_reads_all_of_it_first(cast: Cast, group, members) -> None:
    agreement = helpers.in_force(group, cast.supervisor, members[0])
    client = as_(cast.worker)
    assert client.get(url("detail", agreement)).status_code == 404
    join_group(group, cast.worker)
    page = text_of(client.get(url("join", agreement)))
    assert page.count('id="part-') == 12
    seen = Offer.objects.of(agreement).get().digest
    form = {"seen": seen, "typed_name": "Marisol Vega", "intent": "on"}
    assert client.post(url("join", agreement), form | {"intent": ""}).status_code == 422
    assert client.post(url("join", agreement), form)["Location"] == url("detail", agreement)
    assert cast.worker.pk in signed_by(agreement)
    page = text_of(as_(cast.supervisor).get(url("detail", agreement)))
    assert "3 of 5 have signed. Not yet: Joe Marsh and Lee Park." in page


def test_a_text_that_is_not_the_sealed_one_is_not_joined(cast: Cast, group, members) -> None:
    agreement = helpers.in_force(group, cast.supervisor, members[0])
    with pytest.raises(Stale):
        helpers.join(agreement, members[1], seen="0" * 64)
    assert not Accession.objects.exists()


def test_a_member_can_say_no_and_sign_later_all_the_same(cast: Cast, group, members) -> None:
    agreement = helpers.in_force(group, cast.supervisor, members[0])
    operations.decline_to_join(
        agreement=agreement,
        seen=Offer.objects.of(agreement).get().digest,
        evidence=helpers.evidence(members[1]),
        reason="I want to talk about part 5.",
        by=members[1],
    )
    assert members[1].pk not in signed_by(agreement)
    assert in_force(group) == agreement
    helpers.join(agreement, members[1])
    assert members[1].pk in signed_by(agreement)


def test_the_no_of_a_member_is_their_own_and_that_of_the_leader_ends_the_offer(
    cast: Cast, group, members
) -> None:
    agreement = helpers.offered(group, cast.supervisor)

    def decline(person: User) -> None:
        operations.decline(
            agreement=agreement,
            seen=Offer.objects.of(agreement).first().digest,
            evidence=helpers.evidence(person),
            reason="Not like this.",
            by=person,
        )

    decline(members[0])
    assert not OfferClosed.objects.exists()
    helpers.sign(agreement, members[1])
    decline(cast.supervisor)
    assert OfferClosed.objects.get().why == "declined"
    assert in_force(group) is None


def test_who_leads_the_group_anew_asks_for_a_new_version(cast: Cast, group, members) -> None:
    agreement = helpers.in_force(group, cast.supervisor, members[0])
    new = factories.person("Noor Haddad")
    Participation.objects.filter(arrangement=group, person=cast.supervisor).update(
        left_on=helpers.in_days(-1)
    )
    join_group(group, new, "supervisor")
    page = text_of(as_(members[0]).get(url("detail", agreement)))
    assert "Noor Haddad takes part now and is not named here." in page
    with pytest.raises(WrongState, match="new version"):
        helpers.join(agreement, new)


def test_one_who_leaves_needs_no_new_version(cast: Cast, group, members) -> None:
    agreement = helpers.in_force(group, cast.supervisor, members[0])
    Participation.objects.filter(person=members[2]).update(left_on=helpers.in_days(-1))
    page = text_of(as_(members[0]).get(url("detail", agreement)))
    assert "is not named here" not in page
    assert "2 of 3 have signed. Not yet: Joe Marsh." in page


@pytest.mark.parametrize("role", ["administrator", "outsider", "other_worker", "other_manager"])
def test_strangers_join_nothing(cast: Cast, group, members, role: str) -> None:
    agreement = helpers.in_force(group, cast.supervisor, members[0])
    with pytest.raises(NotFound):
        policy.check_can_join(getattr(cast, role), agreement)


def test_a_manager_signs_nothing_and_who_left_neither(cast: Cast, group, members) -> None:
    agreement = helpers.in_force(group, cast.supervisor, members[0])
    with pytest.raises(Denied):
        policy.check_can_join(cast.manager, agreement)
    Participation.objects.filter(person=members[1]).update(left_on=helpers.in_days(-1))
    with pytest.raises(Denied):
        policy.check_can_join(members[1], Agreement.objects.get(pk=agreement.pk))


def test_a_pair_has_nothing_to_join(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    with pytest.raises(WrongState, match="signed by everybody it names"):
        policy.check_can_join(cast.worker, agreement)


def test_a_review_in_a_group_holds_with_the_leader_and_one_member(cast: Cast, group, members) -> None:
    agreement = helpers.in_force(group, cast.supervisor, members[0])
    review = helpers.review(agreement, members[0])
    assert helpers.sign_review(review, cast.supervisor).seal is not None
    assert Answer.objects.filter(record_id=review.pk).count() == 2


def test_the_sealed_joining_is_for_those_who_read_the_agreement(cast: Cast, group, members) -> None:
    agreement = helpers.in_force(group, cast.supervisor, members[0])
    helpers.join(agreement, members[1])
    accession = Accession.objects.get()
    address = url("accession_pdf", accession)
    for person in (members[0], cast.manager):
        response = as_(person).get(address)
        assert response["Location"] == url("detail", agreement), "it is being made"
    assert as_(cast.outsider).get(address).status_code == 404
    assert not Opening.objects.filter(record_id=accession.pk).exists()
