"""Averages of a program: over five people or more, of signed formal assessments alone, and never so that one of them can be told."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from competencies.assessments import operations as assessing
from competencies.averages import operations
from competencies.averages.counting import FEWEST, Brought, Members, following
from competencies.models import Assessment, ProgramAverage
from tests import factories
from tests.overview.builders import queries_of, signed_in
from tests.people.helpers import run_jobs
from tests.sessions.makers import evidence

from . import assessment_makers as make

ONE = st.builds(
    Brought,
    st.integers(1, 9).map(str),
    st.integers(1, 12).map(str),
    st.dictionaries(st.sampled_from("abc"), st.sampled_from([1.0, 2.0, 3.0, 4.0]), max_size=3),
)


def _once_each(rows: list[Brought]) -> list[Brought]:
    return list({one.person: one for one in rows}.values())


@given(st.lists(st.lists(ONE, max_size=14).map(_once_each), min_size=1, max_size=8))
def test_no_two_views_of_a_domain_differ_by_fewer_than_five(stages: list[list[Brought]]) -> None:
    """Whatever is signed in whatever order: everything ever shown of a domain, compared with everything else shown of it."""
    seen: dict[str, set[Members]] = {}
    for brought in stages:
        shown = following(brought, seen)
        if shown is None:
            continue
        for domain, members in shown.members.items():
            assert len(members) >= FEWEST
            own = [one.middles[domain] for one in brought if domain in one.middles]
            assert shown.values[domain] == round(10 * sum(own) / len(own))
            for before in seen.get(domain, ()):
                assert before == members or len({person for person, _id in before ^ members}) >= FEWEST
            seen.setdefault(domain, set()).add(members)


def test_nothing_new_makes_nothing() -> None:
    brought = [Brought(f"p{n}", str(n), {"a": 3.0}) for n in range(6)]
    shown = following(brought, {})
    assert shown is not None
    assert shown.values == {"a": 30}
    sets = {key: {members} for key, members in shown.members.items()}
    assert following(brought, sets) is None
    assert following(brought[:4], {}) is None
    assert following([*brought, Brought("px", "x", {"a": 1.0})], sets) is None


def test_three_people_assessed_anew_are_three_people_and_not_six() -> None:
    first = [Brought(f"p{n}", f"a{n}", {"a": 3.0}) for n in range(5)]
    shown = following(first, {})
    assert shown is not None
    again = [Brought(f"p{n}", f"b{n}", {"a": 1.0}) if n < 3 else first[n] for n in range(5)]
    assert following(again, {"a": {shown.members["a"]}}) is None


def _assessed(cast: Any, number: int, point: int = 3) -> Assessment:
    worker = factories.worker_in(cast.program, f"Worker {number}")
    factories.arrangement(cast.program, [cast.supervisor], [worker])
    row = assessing.begin(
        make.pair_of(cast.supervisor, worker),
        by=cast.supervisor,
        key=uuid.uuid4(),
        begun=make.begun(is_formal=True),
    )
    row = make.fresh(row)
    if point in (1, 4):  # an end of the scale is settled on where one of the two marked it
        make.give(row, worker, point=point)
        row = make.give(row, cast.supervisor, point=2)
    else:
        row = make.shown(cast, row)
    row = make.sent(cast, make.written_up(cast, row, settled=make.settled_marks(row, point)))
    assert row.open_offer is not None
    assessing.sign(row, by=worker, evidence=evidence(worker), seen=row.open_offer.digest)
    return make.fresh(row)


@pytest.mark.django_db
def test_shown_from_the_fifth_signed_one_on_and_to_managers_of_the_program_alone(cast: Any) -> None:
    address = reverse("competencies:assessments_averages")
    for number in range(4):
        _assessed(cast, number)
    make.shown(cast)  # not signed: counts for nothing
    run_jobs()
    assert not ProgramAverage.objects.exists()
    client = signed_in(cast.manager)
    assert "Not enough yet" in client.get(address).content.decode()
    _assessed(cast, 5, point=4)
    run_jobs()
    found = ProgramAverage.objects.get()
    assert found.people == 5
    assert {one["tenths"] for one in found.domains.values()} == {32}
    page = client.get(address).content.decode()
    assert "3.2" in page
    assert "5 people" in page
    _assessed(cast, 6, point=1)
    run_jobs()
    assert ProgramAverage.objects.count() == 1
    assert client.get(address).content.decode().count("3.2") == page.count("3.2")
    assert "3.2" not in signed_in(cast.other_manager).get(address).content.decode()
    for person in (cast.supervisor, cast.worker, cast.outsider):
        assert signed_in(person).get(address).status_code == 403
    assert "3.2" not in signed_in(cast.administrator).get(address).content.decode()


@pytest.mark.django_db
def test_made_again_at_once_it_is_one(cast: Any) -> None:
    for number in range(5):
        _assessed(cast, number)
    framework = make.framework().framework
    assert operations.refresh(cast.program, framework) is not None
    assert operations.refresh(cast.program, framework) is None
    before = queries_of(signed_in(cast.manager), reverse("competencies:assessments_averages"))
    assert before < 20
