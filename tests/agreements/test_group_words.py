"""What a group's agreement says of itself, to whom, and who may do what for all: it holds for each who signs."""

from __future__ import annotations

import pytest
from django.utils import timezone

from agreements import operations, policy
from agreements.models import Agreement, in_force
from supervision.people.models import Arrangement, Participation, User
from supervision.records.errors import Denied
from tests import factories
from tests.agreements import helpers
from tests.agreements.test_views import as_, text_of, url
from tests.cast import Cast

CANARY = "canary-31d9"
YESTERDAY, TODAY = -1, 0


@pytest.fixture
def members(cast: Cast) -> list[User]:
    return [factories.worker_in(cast.program, name) for name in ("Kit Ng", "Joe Marsh", "Lee Park")]


@pytest.fixture
def group(cast: Cast, members: list[User]) -> Arrangement:
    return factories.arrangement(cast.program, [cast.supervisor], members, structure="group")


@pytest.fixture
def agreement(cast: Cast, group: Arrangement, members: list[User]) -> Agreement:
    """Written by four, something said on the way, signed by Dana and Kit."""
    draft = operations.draft(arrangement=group, by=cast.supervisor)
    helpers.suggest(draft, "purpose", "We learn together.", by=members[0], reason=CANARY)
    helpers.take(helpers.clause(draft, "purpose").suggestion, by=cast.supervisor)
    helpers.settle(draft, cast.supervisor)
    operations.offer(agreement=draft, version=draft.version, by=cast.supervisor)
    for person in (cast.supervisor, members[0]):
        draft.refresh_from_db()
        helpers.sign(draft, person)
    draft.refresh_from_db()
    return draft


def come_into(group: Arrangement, name: str = "Ingrid Berg") -> User:
    person = factories.worker_in(group.program, name)
    Participation.objects.create(arrangement=group, person=person, part="supervisee")
    return person


def end(agreement: Agreement, by: User) -> None:
    operations.end(agreement=agreement, ends_on=timezone.localdate(), reason="Enough.", by=by)


def test_only_whoever_leads_ends_it_for_all(cast: Cast, group, members, agreement) -> None:
    kit, joe, lee = members
    gone = group.participations.get(person=kit)
    gone.left_on = helpers.in_days(YESTERDAY)
    gone.save()
    for person in (kit, joe, lee, come_into(group)):
        with pytest.raises(Denied):
            end(agreement, person)
        assert "End this agreement" not in text_of(as_(person).get(url("detail", agreement)))
        assert as_(person).get(url("end", agreement)).status_code == 403
    assert in_force(group) == agreement
    assert "End this agreement" in text_of(as_(cast.supervisor).get(url("detail", agreement)))
    end(agreement, cast.supervisor)
    assert in_force(group) is None


def test_whoever_has_not_signed_does_not_say_that_it_stays_as_it_is(group, members, agreement) -> None:
    with pytest.raises(Denied, match="sign it first"):
        helpers.review(agreement, members[1])
    assert "Look at it again together" not in text_of(as_(members[1]).get(url("detail", agreement)))
    helpers.join(agreement, members[1])
    assert helpers.review(agreement, members[1]).is_offered


def test_who_comes_later_reads_what_holds_and_not_what_was_said_before_they_came(group, agreement) -> None:
    ingrid = come_into(group)
    for _ in range(2):
        browser = as_(ingrid)
        assert browser.get(url("detail", agreement)).status_code == 200
        assert "Read everything that was said" not in text_of(browser.get(url("detail", agreement)))
        for page in ("history", "history_pdf"):
            assert browser.get(url(page, agreement)).status_code == 403
        if not policy.membership.signed_by(agreement).get(ingrid.pk):
            helpers.join(agreement, ingrid)


def test_those_who_wrote_it_read_what_was_said(members, agreement) -> None:
    assert CANARY in text_of(as_(members[2]).get(url("history", agreement)))


def test_the_text_says_for_whom_it_holds(agreement) -> None:
    said = helpers.said_in(agreement)
    assert "It holds for each of us who has." in said
    assert "It is sealed when whoever leads our group and one more have signed" in said
    assert "all of us have signed" not in said


def test_a_member_who_declines_is_told_what_that_does_and_is_not_waited_for(
    cast: Cast, group, members
) -> None:
    agreement = helpers.offered(group, cast.supervisor)
    joe = as_(members[1])
    page = text_of(joe.get(url("decline", agreement)))
    assert "It can still hold for the others" in page
    assert "becomes a draft again" not in page
    seen = agreement.open_offer.digest
    done = joe.post(url("decline", agreement), {"seen": seen, "reason": "Part 5."}, follow=True)
    assert "it can still hold for them" in text_of(done)
    agreement.refresh_from_db()
    assert agreement.is_offered
    page = text_of(as_(members[0]).get(url("sign", agreement)))
    assert "Did not sign" in page
    helpers.sign(agreement, members[2])
    lead = text_of(as_(members[2]).get(url("detail", agreement)))
    assert "Waiting for" in lead
    assert "Joe Marsh" not in lead.split("to sign.")[0].split("Waiting for")[1]


def test_only_those_who_signed_are_told_that_theirs_is_sealed(cast: Cast, group, members) -> None:
    agreement = helpers.offered(group, members[0])
    helpers.sign(agreement, members[0])
    told = len(helpers.told())
    helpers.sign(agreement, cast.supervisor)
    after = helpers.told()[told:]
    assert (members[0], "in_force") in after
    assert {(members[1], "agreement"), (members[2], "agreement")} <= set(after)


def test_that_a_member_opened_it_is_shown_to_nobody(cast: Cast, members, agreement) -> None:
    as_(members[1]).get(url("detail", agreement))
    as_(cast.manager).get(url("detail", agreement))
    page = text_of(as_(cast.supervisor).get(url("detail", agreement))).partition("Who else has opened it")[2]
    assert "Priya Raman" in page
    assert "Joe Marsh" not in page


def test_who_joined_later_is_asked_and_told_like_the_others(cast: Cast, members, agreement) -> None:
    helpers.join(agreement, members[1])
    told = len(helpers.told())
    helpers.review(agreement, cast.supervisor)
    assert (members[1], "sign") in helpers.told()[told:]
    told = len(helpers.told())
    end(agreement, cast.supervisor)
    assert (members[1], "ended") in helpers.told()[told:]


def test_who_said_no_is_not_asked_again_on_their_first_page(cast: Cast, members, agreement) -> None:
    asked = "Read and sign your group’s agreement"
    joe = as_(members[1])
    assert asked in text_of(joe.get("/"))
    seen = agreement.open_offer.digest
    joe.post(url("join_decline", agreement), {"seen": seen, "reason": "Part 5."})
    assert asked not in text_of(joe.get("/"))
    assert joe.get(url("join", agreement)).status_code == 200, "they can sign it all the same"
