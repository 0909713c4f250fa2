"""The activity log of a manager's programs."""

from __future__ import annotations

import base64
import json
import re
import uuid

import pytest
from django.utils import timezone

from agreements import operations
from supervision.sessions.models import Session
from tests import factories
from tests.agreements import helpers
from tests.cast import Cast
from tests.overview import builders
from tests.overview.agreement_pages import move_to, replace_supervisor
from tests.overview.builders import CANARY, at, days, queries_of, signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _new_york():
    with timezone.override("America/New_York"):
        yield


def lines(client, query: str = "") -> list[str]:
    page = client.get(f"/activity/{query}").content.decode()
    body = re.search(r'<tbody role="rowgroup">(.*?)</tbody>', page, re.DOTALL)
    parts = re.findall(r"<tr.*?</tr>", body[1], re.DOTALL) if body else []
    said = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part)).strip() for part in parts]
    return [re.sub(r"^.*? [ap]m ", "", line) for line in said]


def test_what_was_sent_signed_and_sealed_newest_first(cast: Cast):
    day = timezone.localdate() - days(1)
    builders.session(cast.arrangement, at(day))
    about = f"Session of {day:%b} {day.day}, Marisol Vega and Dana Whitfield"
    assert lines(signed_in(cast.manager)) == [
        f"Sealed, signed by everyone {about} –",
        f"Signed {about} Marisol Vega",
        f"Signed {about} Dana Whitfield",
        f"Sent to be signed {about} Dana Whitfield",
    ]


def test_declined_and_called_off_are_there_without_anybodys_own_words(cast: Cast):
    day = timezone.localdate() - days(1)
    builders.session(cast.arrangement, at(day), record="declined")
    builders.session(
        cast.arrangement,
        at(day),
        state=Session.State.CANCELLED,
        state_why="weather",
        state_by=cast.worker,
        state_at=timezone.now(),
    )
    page = text_of(signed_in(cast.manager).get("/activity/"))
    assert "Answered without signing" in page
    assert "Sealed, not signed by everyone" in page
    assert "Session cancelled: weather or technical" in page
    assert CANARY not in page


def test_agreements_are_in_it(cast: Cast):
    builders.agreement(cast.arrangement)
    assert (
        lines(signed_in(cast.manager))[0]
        == "Sealed, signed by everyone Agreement of Marisol Vega and Dana Whitfield –"
    )


def test_other_programs_are_not(cast: Cast):
    builders.session(cast.other_arrangement, at(timezone.localdate()))
    builders.agreement(cast.other_arrangement)
    page = text_of(signed_in(cast.manager).get("/activity/"))
    assert "Sam Okafor" not in page
    assert "Nothing here yet" in page


def test_a_program_is_chosen_in_the_address(cast: Cast):
    factories.Management.objects.create(program=cast.other_program, person=cast.manager)
    builders.session(cast.arrangement, at(timezone.localdate()), record="offered")
    builders.session(cast.other_arrangement, at(timezone.localdate()), record="offered")
    client = signed_in(cast.manager)
    assert len(lines(client)) == 2
    (only,) = lines(client, f"?program={cast.other_program.pk}")
    assert "Sam Okafor" in only
    assert client.get("/activity/?program=nothing").status_code == 422


def test_pages_hold_every_line_once_in_both_directions(cast: Cast):
    for number in range(12):
        builders.session(cast.arrangement, at(timezone.localdate() - days(number)))
    client = signed_in(cast.manager)
    first = client.get("/activity/").content.decode()
    older = re.search(r'href="(\?[^"]+)" rel="next"', first)
    assert older
    second_query = older[1].replace("&amp;", "&")
    one, two = lines(client), lines(client, second_query)
    assert (len(one), len(two)) == (30, 18)
    assert not set(one) & set(two)
    back = re.search(r'href="(\?[^"]+)" rel="prev"', client.get(f"/activity/{second_query}").content.decode())
    assert back
    assert lines(client, back[1].replace("&amp;", "&")) == one


FIRST = json.dumps([["0001-01-01T00:00:00+14:00", str(uuid.UUID(int=1))], 0]).encode()


@pytest.mark.parametrize(
    "forged",
    [
        "abc",
        "W1siIiwiIl0sMF0",
        "W1siMjAyNi0wMS0wMSIsIngiXSwwXQ",
        base64.urlsafe_b64encode(FIRST).decode().rstrip("="),
    ],
)
def test_a_forged_place_is_refused(cast: Cast, forged: str):
    assert signed_in(cast.manager).get(f"/activity/?at={forged}").status_code == 400


def test_the_number_of_queries_is_the_same_for_few_and_for_many(cast: Cast):
    builders.session(cast.arrangement, at(timezone.localdate()))
    builders.agreement(cast.arrangement)
    client = signed_in(cast.manager)
    few = queries_of(client, "/activity/")
    for number in range(1, 5):
        more = factories.arrangement(cast.program, [cast.supervisor], [factories.worker_in(cast.program)])
        builders.session(more, at(timezone.localdate() - days(number)))
        builders.agreement(more)
    assert queries_of(client, "/activity/") == few
    assert few <= 10


def test_a_review_is_in_it_without_its_words(cast: Cast):
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    helpers.reviewed(agreement, cast.worker, cast.supervisor, note=CANARY)
    client = signed_in(cast.manager)
    about = "Review of the agreement of Marisol Vega and Dana Whitfield"
    assert lines(client)[:4] == [
        f"Sealed, signed by everyone {about} –",
        f"Signed {about} Dana Whitfield",
        f"Signed {about} Marisol Vega",
        f"Sent to be signed {about} Marisol Vega",
    ]
    assert CANARY not in text_of(client.get("/activity/"))


def test_a_review_that_was_taken_back_or_declined_is_in_it_without_why(cast: Cast):
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    review = helpers.review(agreement, cast.supervisor)
    operations.take_back_review(review=review, reason=CANARY, by=cast.supervisor)
    again = helpers.review(agreement, cast.supervisor)
    operations.decline_review(
        review=again,
        seen=helpers.Offer.objects.of(again).first().digest,
        evidence=helpers.evidence(cast.worker),
        reason=CANARY,
        by=cast.worker,
    )
    client = signed_in(cast.manager)
    about = "Review of the agreement of Marisol Vega and Dana Whitfield"
    assert lines(client)[0] == f"Answered without signing {about} Marisol Vega"
    assert f"Taken back {about} Dana Whitfield" in lines(client)
    assert CANARY not in text_of(client.get("/activity/"))


def test_joining_a_group_agreement_and_saying_no_to_it_are_one_line_each(cast: Cast):
    members = [factories.worker_in(cast.program, name) for name in ("Kit Ng", "Joe Marsh", "Lee Park")]
    group = factories.arrangement(cast.program, [cast.supervisor], members, structure="group")
    agreement = helpers.in_force(group, cast.supervisor, *members[:2])
    operations.decline_to_join(
        agreement=agreement,
        seen=helpers.Offer.objects.of(agreement).first().digest,
        evidence=helpers.evidence(members[2]),
        reason=CANARY,
        by=members[2],
    )
    client = signed_in(cast.manager)
    about = "Joining the agreement of Joe Marsh, Kit Ng, Lee Park and Dana Whitfield"
    assert [line for line in lines(client) if "Joining" in line] == [
        f"Answered without signing {about} Lee Park",
        f"Signed {about} Joe Marsh",
    ]
    assert lines(client)[2].startswith("Sealed, in force for each who has signed Agreement of")
    assert CANARY not in text_of(client.get("/activity/"))


def test_reviews_and_joinings_of_other_programs_are_not_in_it(cast: Cast):
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    helpers.reviewed(agreement, cast.worker, cast.supervisor)
    members = [factories.worker_in(cast.program, name) for name in ("Kit Ng", "Joe Marsh")]
    group = factories.arrangement(cast.program, [cast.supervisor], members, structure="group")
    helpers.in_force(group, cast.supervisor, *members)
    assert any("Joining" in line for line in lines(signed_in(cast.manager)))
    assert lines(signed_in(cast.other_manager)) == []


def test_each_line_names_those_who_took_part_then(cast: Cast):
    day = timezone.localdate() - days(9)
    builders.session(cast.arrangement, at(day), record="offered")
    noor = replace_supervisor(cast.arrangement, since=day + days(3))
    helpers.offered(cast.arrangement, noor)
    assert lines(signed_in(cast.manager)) == [
        "Sent to be signed Agreement of Marisol Vega and Noor Haddad Noor Haddad",
        f"Sent to be signed Session of {day:%b} {day.day}, Marisol Vega and Dana Whitfield Dana Whitfield",
    ]


def test_an_agreement_keeps_its_names_when_somebody_else_supervises_later(cast: Cast, monkeypatch):
    helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    move_to(timezone.localdate() + days(9), monkeypatch)
    replace_supervisor(cast.arrangement)
    found = lines(signed_in(cast.manager))
    assert len(found) == 4
    assert all("Agreement of Marisol Vega and Dana Whitfield" in line for line in found)
