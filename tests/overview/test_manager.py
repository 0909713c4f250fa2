"""The program overview: that supervision happens, and never what was said in it."""

from __future__ import annotations

import datetime
import re

import pytest
from django.utils import timezone

from supervision.overview import paging
from supervision.people.models import Arrangement, Away, Management, Participation
from supervision.sessions.models import Session
from tests import factories
from tests.cast import Cast
from tests.overview import builders
from tests.overview.builders import CANARY, at, days, queries_of, signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _new_york():
    with timezone.override("America/New_York"):
        yield


def today() -> datetime.date:
    return timezone.localdate()


def rows(page: str) -> list[str]:
    """The text of each line of the list."""
    body = re.search(r'<tbody role="rowgroup">(.*?)</tbody>', page, re.DOTALL)
    parts = re.findall(r"<tr.*?</tr>", body[1], re.DOTALL) if body else []
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part)).strip() for part in parts]


def names(page: str) -> list[str]:
    return re.findall(r'<th scope="row" role="rowheader"><a href="[^"]+">([^<]+)</a>', page)


def test_everybody_in_ones_programs_and_nobody_else(cast: Cast):
    page = signed_in(cast.manager).get("/").content.decode()
    assert names(page) == ["Marisol Vega"]
    assert "Sam Okafor" not in page
    assert "Warm line" not in page


def test_the_program_that_somebody_no_longer_manages_is_gone(cast: Cast):
    Management.objects.create(
        program=cast.other_program, person=cast.manager, until=today() - days(1), since=today() - days(9)
    )
    assert "Sam Okafor" not in signed_in(cast.manager).get("/overview/").content.decode()


def test_only_managers_come_here(cast: Cast):
    for person in (cast.supervisor, cast.worker, cast.administrator, cast.outsider):
        for path in ("/overview/", "/activity/"):
            assert signed_in(person).get(path).status_code == 403, (person.name, path)


def test_a_line_says_how_things_stand(cast: Cast):
    builders.agreement(cast.arrangement, review_on=today() + days(90))
    builders.weekly(cast.arrangement, [1, 2, 4])
    builders.session(
        cast.arrangement,
        at(today() - days(today().weekday() + 5)),
        state=Session.State.MOVED,
        state_why="work",
    )
    page = signed_in(cast.manager).get("/").content.decode()
    (line,) = rows(page)
    assert line.startswith("Marisol Vega Dana Whitfield Signed")
    assert "Last 12 weeks: 2 met, 1 met on another day, 9 no session recorded" in page


@pytest.mark.parametrize(
    ("held", "said"), [(2, "Agreement due by session 3"), (3, "3 sessions held, no agreement yet")]
)
def test_the_third_session_without_an_agreement_shows(cast: Cast, held: int, said: str):
    for number in range(held):
        builders.session(
            cast.arrangement, timezone.now() - datetime.timedelta(hours=30 * number + 2), record="draft"
        )
    builders.restate(cast.arrangement)
    (line,) = rows(signed_in(cast.manager).get("/").content.decode())
    assert line.endswith(said)


def test_with_an_agreement_and_a_session_somebody_is_on_track(cast: Cast):
    builders.agreement(cast.arrangement)
    builders.session(cast.arrangement, timezone.now() - datetime.timedelta(hours=2), record="draft")
    builders.restate(cast.arrangement)
    (line,) = rows(signed_in(cast.manager).get("/").content.decode())
    assert line.endswith("On track")


def test_those_who_could_use_a_hand_come_first(cast: Cast):
    joe = factories.arrangement(
        cast.program, [cast.supervisor], [factories.worker_in(cast.program, "Aaron Good")]
    )
    builders.agreement(joe)
    builders.weekly(joe, [0], weekday=0)
    page = signed_in(cast.manager).get("/").content.decode()
    assert names(page) == ["Marisol Vega", "Aaron Good"]
    assert "1 of 2 people in supervision met in the last 7 days. One could use a hand." in text_of(
        signed_in(cast.manager).get("/")
    )


@pytest.mark.parametrize(
    ("order", "first_ones"),
    [
        ("name", ["Aaron Good", "Bea Late", "Marisol Vega"]),
        ("met", ["Marisol Vega", "Bea Late", "Aaron Good"]),  # never comes before long ago
        ("sign", ["Bea Late", "Aaron Good", "Marisol Vega"]),
        ("agreement", ["Bea Late", "Marisol Vega", "Aaron Good"]),
    ],
)
def test_the_order_lives_in_the_address_and_goes_on_over_pages(
    cast: Cast, order: str, first_ones: list[str], monkeypatch: pytest.MonkeyPatch
):
    good, late = (
        factories.arrangement(cast.program, [cast.supervisor], [factories.worker_in(cast.program, name)])
        for name in ("Aaron Good", "Bea Late")
    )
    builders.agreement(good)
    builders.weekly(good, [0], weekday=0)
    builders.weekly(late, [5, 6], record="draft")
    client = signed_in(cast.manager)
    page = client.get("/", {"order": order})
    assert names(page.content.decode()) == first_ones
    assert f'value="{order}" selected' in page.content.decode()
    assert "match." not in text_of(page), "an order is no filter"
    monkeypatch.setattr(paging.page_of, "__kwdefaults__", {"size": 2})
    first = client.get("/", {"order": order})
    rest = client.get("/" + first.context["page"].older)
    assert [*names(first.content.decode()), *names(rest.content.decode())] == first_ones


def test_an_order_that_was_made_up_is_said_beside_its_field(cast: Cast):
    answer = signed_in(cast.manager).get("/", {"order": "best"})
    assert answer.status_code == 422


def test_people_waiting_for_somebody_come_above_the_list(cast: Cast):
    factories.worker_in(cast.program, "Wren Ashby")
    factories.worker_in(cast.other_program, "Not Mine")
    page = text_of(signed_in(cast.manager).get("/"))
    assert "Waiting for a supervisor" in page
    assert "Wren Ashby Maple Street, to be supervised since" in page
    assert "Not Mine" not in page


def test_the_four_facts_are_counted(cast: Cast):
    builders.agreement(cast.arrangement)
    builders.weekly(cast.arrangement, [1, 2, 3, 4])
    other = factories.arrangement(cast.program, [cast.supervisor], [factories.worker_in(cast.program)])
    builders.session(other, at(today() - days(20)), record="draft")
    page = text_of(signed_in(cast.manager).get("/"))
    assert "have a signed agreement 1 of 2" in page
    assert "had the agreed time in the last 4 weeks" in page
    assert re.search(r"had the agreed time in the last 4 weeks .*?1 of 2", page)
    # Four signed at once, the other still a draft; those of the last seven days are not counted yet.
    assert re.search(
        r"of records signed by everyone within 7 days sessions of the last 12 weeks (75|80)%", page
    )


def test_co_reflection_makes_up_for_no_supervision(cast: Cast):
    builders.agreement(cast.arrangement)
    equal = factories.worker_in(cast.program)
    circle = factories.arrangement(
        cast.program, [], [cast.worker, equal], structure=Arrangement.Structure.CO_REFLECTION
    )
    builders.weekly(circle, [1, 2, 3, 4])
    builders.weekly(cast.arrangement, [1, 2, 3])
    page = text_of(signed_in(cast.manager).get("/"))
    assert re.search(r"had the agreed time in the last 4 weeks .*?0 of 1", page)
    builders.weekly(cast.arrangement, [4], weekday=2)
    page = text_of(signed_in(cast.manager).get("/"))
    assert re.search(r"had the agreed time in the last 4 weeks .*?1 of 1", page)


def test_then_and_now_are_counted_in_the_same_unit(cast: Cast):
    builders.agreement(cast.arrangement)
    factories.arrangement(cast.program, [cast.supervisor], [factories.worker_in(cast.program)])

    def said() -> tuple[str, str]:
        page = text_of(signed_in(cast.manager).get("/"))
        found = re.search(r"had the agreed time in the last 4 weeks (.*? before )?(\d of \d)", page)
        assert found is not None
        return (found[1] or "").strip(), found[2]

    assert said() == ("", "0 of 2")
    builders.weekly(cast.arrangement, [9, 10, 11, 12])
    assert said() == ("1 of 2 eight weeks before", "0 of 2")
    builders.weekly(cast.arrangement, [1, 2, 3, 4])
    assert said() == ("", "1 of 2")


def test_nobody_yet(cast: Cast):
    Participation.objects.filter(arrangement=cast.arrangement).update(left_on=today() - days(1))
    page = text_of(signed_in(cast.manager).get("/"))
    assert "Nobody is in supervision in your programs yet." in page
    assert "Nobody in supervision yet" in page


def test_filters_live_in_the_address(cast: Cast):
    ben = factories.person("Ben Castillo")
    factories.arrangement(cast.program, [ben], [factories.worker_in(cast.program, "Joe Lafferty")])
    Management.objects.create(program=cast.other_program, person=cast.manager)
    client = signed_in(cast.manager)

    def shown(query: str) -> list[str]:
        return sorted(names(client.get(f"/overview/?{query}").content.decode()))

    everybody = ["Joe Lafferty", "Marisol Vega", "Sam Okafor"]
    assert shown("") == everybody
    assert shown("name=&program=&supervisor=&state=") == everybody
    assert shown("name=LAFF") == ["Joe Lafferty"]
    assert shown(f"program={cast.other_program.pk}") == ["Sam Okafor"]
    assert shown(f"supervisor={cast.supervisor.pk}") == ["Marisol Vega"]
    assert shown(f"supervisor={ben.pk}&program={cast.other_program.pk}") == []
    Away.objects.create(person=cast.worker, first_day=today(), last_day=today())
    assert shown("state=away") == ["Marisol Vega"]
    assert shown("state=hand") == ["Joe Lafferty", "Sam Okafor"]


def test_a_filter_that_finds_nobody_says_so(cast: Cast):
    page = text_of(signed_in(cast.manager).get("/overview/?name=zzz"))
    assert "Nobody matches these filters" in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("state=everything", "Choose one of the answers listed for “Show”"),
        ("program=7a1d", "Choose one of the answers listed for “Program”"),
        ("supervisor=%27%20OR%201=1", "Choose one of the answers listed for “Supervisor”"),
        ("name=" + "x" * 121, "Shorten this by 1 character."),
        ("name=%00", "Remove the character that can’t be shown"),
    ],
)
def test_a_filter_that_was_made_up_is_said_beside_its_field(cast: Cast, query: str, said: str):
    response = signed_in(cast.manager).get(f"/overview/?{query}")
    assert response.status_code == 422
    assert said in text_of(response)
    assert "<title>Error:" in response.content.decode()


def test_a_program_of_somebody_else_is_not_a_choice(cast: Cast):
    response = signed_in(cast.manager).get(f"/overview/?program={cast.other_program.pk}")
    assert response.status_code == 422
    assert "Sam Okafor" not in response.content.decode()


def test_a_forged_page_is_refused(cast: Cast):
    assert signed_in(cast.manager).get("/overview/?at=abc").status_code == 400
    assert signed_in(cast.manager).get("/activity/?at=abc").status_code == 400


def test_pages_of_many_people_show_everybody_once(cast: Cast):
    for number in range(30):
        factories.arrangement(
            cast.program, [cast.supervisor], [factories.worker_in(cast.program, f"Worker {number:02}")]
        )
    client = signed_in(cast.manager)
    first = client.get("/overview/").content.decode()
    older = re.search(r'<a href="(\?[^"]+)" rel="next"', first)
    assert older
    second = client.get(f"/overview/{older[1].replace('&amp;', '&')}").content.decode()
    assert len(names(first)) == 25
    assert len(names(second)) == 6
    assert not set(names(first)) & set(names(second))


def test_no_word_of_what_was_said_reaches_a_manager(cast: Cast):
    for how in ("draft", "offered", "sealed", "declined"):
        builders.session(cast.arrangement, at(today() - days(2)), record=how)
    builders.session(
        cast.arrangement,
        at(today() - days(3)),
        state=Session.State.CANCELLED,
        state_why="work",
        state_at=timezone.now(),
    )
    builders.agreement(cast.arrangement)
    record = builders.session(cast.arrangement, at(today() - days(4)), record="draft")
    builders.action(record, cast.worker)
    builders.topic(record, cast.worker)
    builders.restate(cast.arrangement)
    client = signed_in(cast.manager)
    for path in (
        "/",
        "/overview/",
        f"/supervision-of/{cast.worker.pk}/",
        "/activity/",
        "/reports/",
        "/reports/ask/",
    ):
        assert CANARY not in client.get(path).content.decode(), path
    admin = signed_in(cast.administrator)
    assert CANARY not in admin.get("/").content.decode()


def test_the_number_of_queries_is_the_same_for_few_and_for_many(cast: Cast):
    builders.agreement(cast.arrangement)
    builders.weekly(cast.arrangement, [1, 2], record="offered")
    factories.worker_in(cast.program)
    client = signed_in(cast.manager)
    few = queries_of(client, "/")
    for number in range(6):
        more = factories.arrangement(cast.program, [cast.supervisor], [factories.worker_in(cast.program)])
        builders.weekly(more, [1, number + 2], record="offered")
        factories.worker_in(cast.program)
    assert queries_of(client, "/") == few
    assert few <= 15


# The supervisor's own list ----------------------------------------------------------------------------------------


def test_a_supervisor_sees_their_own_people_in_the_same_way(cast: Cast):
    page = signed_in(cast.supervisor).get("/my-people/").content.decode()
    assert names(page) == ["Marisol Vega"]
    assert "You supervise one person." in page
    assert "Sam Okafor" not in page


def test_only_supervisors_have_people(cast: Cast):
    for person in (cast.worker, cast.manager, cast.administrator, cast.outsider):
        assert signed_in(person).get("/my-people/").status_code == 403, person.name


def test_the_list_of_people_stays_within_its_queries(cast: Cast):
    builders.weekly(cast.arrangement, [1, 2], record="draft")
    client = signed_in(cast.supervisor)
    few = queries_of(client, "/my-people/")
    for _ in range(5):
        more = factories.arrangement(cast.program, [cast.supervisor], [factories.worker_in(cast.program)])
        builders.weekly(more, [1, 2], record="draft")
    assert queries_of(client, "/my-people/") == few
    assert few <= 8


def test_co_reflection_is_among_equals_and_expects_nothing(cast: Cast):
    circle = factories.arrangement(
        cast.program,
        [],
        [cast.worker, factories.worker_in(cast.program, "Joe Lafferty")],
        structure="co_reflection",
    )
    circle.participations.update(part=Participation.Part.PEER)
    builders.agreement(cast.arrangement)
    builders.weekly(cast.arrangement, [1, 2, 3, 4])
    response = signed_in(cast.manager).get("/")
    lines = rows(response.content.decode())
    equals = [line for line in lines if "Co-reflection" in line]
    assert len(equals) == 2
    assert all("Meet as equals Not needed" in line and line.endswith("On track") for line in equals)
    assert re.search(r"had the agreed time in the last 4 weeks .*?1 of 1", text_of(response))


def test_who_was_not_there_has_not_met_when_the_group_did(cast: Cast):
    joe = factories.worker_in(cast.program, "Joe Lafferty")
    Participation.objects.filter(arrangement=cast.arrangement).update(left_on=today() - days(1))
    group = factories.arrangement(cast.program, [cast.supervisor], [cast.worker, joe], structure="group")
    held = builders.session(group, timezone.now() - datetime.timedelta(hours=2), record="draft")
    held.attendees.filter(person=joe).update(attended=False)
    builders.restate(group)
    response = signed_in(cast.manager).get("/")
    assert "1 of 2 people in supervision met in the last 7 days." in text_of(response)
    (absent,) = [line for line in rows(response.content.decode()) if line.startswith("Joe Lafferty")]
    assert "Not yet" in absent
