"""What is signed of a formal assessment: no end of a scale that nobody showed, and nothing of another program or of what was informal."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from competencies.assessments import content, operations, over_time
from competencies.assessments.operations import WrittenUp
from competencies.library import operations as library
from competencies.library.shape import Point
from competencies.models import Assessment, FrameworkVersion
from competencies.rating.marks import Mark, nobody_showed
from supervision.people.models import Management, Program
from supervision.records import certificate, encryption, snapshot
from supervision.records.errors import Invalid
from tests import factories
from tests.overview.builders import signed_in
from tests.people.helpers import run_jobs
from tests.sessions import makers
from tests.sessions.makers import evidence
from tests.sessions.pages import client_of

from . import assessment_makers as make
from . import framework_makers as frameworks

pytestmark = pytest.mark.django_db


def at(name: str, row: Assessment) -> str:
    return reverse(f"competencies:{name}", args=[row.pk])


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def signed(row: Assessment) -> dict[str, Any]:
    """What the two signed, as it is kept."""
    assert row.open_offer is not None
    encryption.unlock([row.open_offer])
    return snapshot.read(row.open_offer.content)


def in_program(cast: Any, program: Program, **given: Any) -> Assessment:
    """The same two, in this program."""
    found = make.circle.pairs(cast.supervisor)
    pair = next(one for one in found if one.arrangement.program_id == program.pk)
    return make.fresh(operations.begin(pair, by=cast.supervisor, key=uuid.uuid4(), begun=make.begun(**given)))


# The two in another program -------------------------------------------------------------------------------------------


def test_a_manager_reads_nothing_of_what_was_signed_in_another_program(cast: Any) -> None:
    """The same two, in two programs: the record of the one does not say how it went in the other."""
    make.sealed(cast)
    factories.arrangement(cast.other_program, [cast.supervisor], [cast.worker])
    row = in_program(cast, cast.other_program, is_formal=True)
    there = make.sealed(cast, make.written_up(cast, make.shown(cast, row)))
    assert len(signed(there)["over_time"]) == 1
    row = in_program(cast, cast.program, is_formal=True)
    assert len(signed(make.sealed(cast, make.written_up(cast, make.shown(cast, row))))["over_time"]) == 2
    other_manager = factories.person("Other Manager")
    since = timezone.localdate() - datetime.timedelta(days=9)
    Management.objects.create(program=cast.other_program, person=other_manager, since=since)
    assert "chart-trend" not in text_of(client_of(other_manager), at("assessment", there))


def test_only_what_took_place_in_the_program_can_be_named_as_showing_it(cast: Any) -> None:
    session = makers.sent(cast, makers.planned(cast, starts_at=makers.ago(30)))
    factories.arrangement(cast.other_program, [cast.supervisor], [cast.worker])
    here, there = (in_program(cast, one, is_formal=True) for one in (cast.program, cast.other_program))
    client, key = signed_in(cast.supervisor), f"session:{session.pk}"
    assert key in text_of(client, at("assessment_part", here))
    assert key not in text_of(client, at("assessment_part", there))
    domain = there.framework.body.domains[0].id
    marks = {f"rate-{one}": "3" for one in make.filled(there, cast.supervisor).marks}
    forged = {**marks, f"links-{domain}": key, "version": make.version_of(there, cast.supervisor)}
    client.post(at("assessment_part", there), forged)
    assert not there.parts.get(author=cast.supervisor).links


# The ends of the scale ------------------------------------------------------------------------------------------------


def test_an_end_of_the_scale_that_nobody_showed_is_not_signed(cast: Any) -> None:
    """It may be saved for later, and is not sent."""
    row = make.shown(cast)
    row = make.written_up(cast, row, settled=make.settled_marks(row, 1))
    with pytest.raises(Invalid, match="neither of you marked and showed this"):
        operations.sign_and_send(row, by=row.other, evidence=evidence(row.other), version=row.version)
    assert make.fresh(row).open_offer is None


def test_the_pages_send_no_end_of_the_scale_that_nobody_showed(cast: Any) -> None:
    row = make.shown(cast)
    client = client_of(row.other)
    data: dict[str, Any] = {f"rate-{one.id}": "1" for one in content.asked_of(row).statements}
    data |= {
        "version": row.version,
        "talked_on": timezone.localdate().isoformat(),
        "strengths": "Trusted by people who trust few.",
        "to_grow": "",
    }
    assert client.post(at("assessment_settle", row), data).status_code == 422
    client.post(at("assessment_settle", row), data | {"later": "1"})
    row = make.fresh(row)
    assert "neither of you marked and showed this" in text_of(client, at("assessment_send", row))
    given = {"version": row.version, "typed_name": row.other.name}
    assert client.post(at("assessment_send", row), given).status_code == 422
    assert make.fresh(row).open_offer_id is None


def test_an_end_counts_as_shown_by_words_with_the_same_point_and_by_nothing_else() -> None:
    one = frameworks.rivers().statements[0]

    def nobody(point: int, *views: Mark) -> bool:
        return bool(nobody_showed({one.id: Mark(point)}, [{one.id: view} for view in views], [one], top=4))

    assert nobody(4)
    assert nobody(4, Mark(4), Mark(3, "nearly"))
    assert nobody(1, Mark(4, "on Tuesday"))
    assert not nobody(4, Mark(2), Mark(4, "on Tuesday"))
    assert not nobody(3)


# Over time ------------------------------------------------------------------------------------------------------------


def test_a_signed_one_shows_how_it_went_over_those_that_both_signed_and_tells_of_no_other(cast: Any) -> None:
    first = make.sealed(cast)
    make.shown(cast, make.together(cast))  # informal: stays between the two
    found = make.sealed(cast)
    assert [len(signed(one)["over_time"]) for one in (first, found)] == [1, 2]
    manager = client_of(cast.manager)
    assert "chart-trend" not in text_of(manager, at("assessment", first))
    assert text_of(manager, at("assessment", found)).count("chart-trend") == len(found.framework.body.domains)
    certificate.ensure_certificate("Riverbend Peer Alliance")
    run_jobs()
    assert manager.get(at("assessment_pdf", found)).status_code == 200
    day = found.until_day
    page = text_of(manager, at("assessment", found))
    assert f"{day:%b} {day.day}, {day.year}" in page
    assert not any(
        f"{day.isoformat()}{after}" in page for after in (",", "<")
    )  # as it stood in table and drawing


def test_what_was_signed_before_it_held_how_it_went_over_time_can_still_be_read(cast: Any) -> None:
    """Records of schema 1 have no such part."""
    row = make.sealed(cast)
    assert row.open_offer is not None
    assert row.open_offer.schema == 2
    before = {key: value for key, value in signed(row).items() if key != "over_time"}
    assert content.trend(before) is None
    assert content.figure(before).rows


def test_those_on_another_scale_take_the_place_of_none_that_can_be_drawn(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(over_time, "MOST", 2)
    four, three = (tuple(Point(f"Point {n}", f"Means {n}") for n in range(1, most)) for most in (5, 4))
    made = frameworks.published(cast, **_of_worker(four))
    first = _shown_on(cast, made)
    for scale in (three, four):
        frameworks.again(made, cast, **_of_worker(scale))
        frameworks.do(library.publish, made, cast)
        if scale is three:
            other = [_shown_on(cast, made), _shown_on(cast, made)]
    last = _shown_on(cast, made)
    assert over_time.up_to(last) == [first, last]
    assert over_time.up_to(other[1]) == other


def _shown_on(cast: Any, framework: Any) -> Assessment:
    """With the newest version of a framework, every statement at a point that no scale ends with."""
    version = FrameworkVersion.objects.filter(framework=framework).order_by("number").last()
    row = make.together(cast, framework=version)
    for who in (row.person, row.other):
        make.give(row, who, make.filled(row, who, 2))
    return make.fresh(row)


def _of_worker(scale: tuple[Point, ...]) -> dict[str, Any]:
    return {
        "scale": scale,
        "about": "worker",
        "described_by": ("self", "supervisor"),
        "uses": ("informal", "formal"),
        "domains": tuple(_for_both(one) for one in frameworks.rivers().domains),
    }


# On every scale -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("points", [2, 3, 7])
@pytest.mark.parametrize("says", ["nothing", "ends"])
def test_a_formal_one_goes_through_on_every_scale(cast: Any, points: int, says: str) -> None:
    certificate.ensure_certificate("Riverbend Peer Alliance")
    scale = tuple(Point(f"Point {n}", f"Means {n}") for n in range(1, points + 1))
    made = frameworks.published(cast, **_of_worker(scale))
    version = FrameworkVersion.objects.select_related("framework").get(framework=made)
    for _turn in range(2):
        pair = make.pair_of(cast.supervisor, cast.worker)
        row = make.fresh(
            operations.begin(
                pair,
                by=cast.supervisor,
                key=uuid.uuid4(),
                begun=make.begun(is_formal=True, framework=version),
            )
        )
        own, other = (None, None) if says == "nothing" else (1, points)
        for who, point in ((row.person, own), (row.other, other)):
            make.give(row, who, make.filled(row, who, point))
        row = make.fresh(row)
        for person in (row.person, row.other):
            assert signed_in(person).get(reverse("competencies:assessment", args=[row.pk])).status_code == 200
        settled = {one.id: Mark(own) for one in version.body.statements}
        operations.write_up(
            row,
            by=row.other,
            version=row.version,
            written=WrittenUp(timezone.localdate(), settled, "Strong", ""),
        )
        row = make.fresh(row)
        assert (
            signed_in(row.other).get(reverse("competencies:assessment_send", args=[row.pk])).status_code
            == 200
        )
        operations.sign_and_send(row, by=row.other, evidence=evidence(row.other), version=row.version)
        row = make.fresh(row)
        operations.sign(row, by=row.person, evidence=evidence(row.person), seen=row.open_offer.digest)
    run_jobs()
    row = make.fresh(row)
    for person in (cast.worker, cast.manager):
        assert signed_in(person).get(reverse("competencies:assessment", args=[row.pk])).status_code == 200
    pdf = signed_in(cast.worker).get(reverse("competencies:assessment_pdf", args=[row.pk]))
    assert pdf.status_code == 200


def _for_both(domain: Any) -> Any:
    return dataclasses.replace(domain, described_by=("self", "supervisor"))
