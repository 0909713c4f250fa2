"""What a review tried on the pages and the PDF of assessments: scales of every length, and nobody who can say anything."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from competencies.assessments import operations
from competencies.assessments.operations import WrittenUp
from competencies.library.shape import Point
from competencies.models import FrameworkVersion
from competencies.rating.marks import Mark
from supervision.records import certificate
from tests.overview.builders import signed_in
from tests.people.helpers import run_jobs
from tests.sessions.makers import evidence

from . import assessment_makers as make
from . import framework_makers as frameworks
from .test_review_five import _close_account  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("points", [2, 3, 7])
@pytest.mark.parametrize("says", ["nothing", "ends"])
def test_a_formal_one_goes_through_on_every_scale(cast: Any, points: int, says: str) -> None:
    certificate.ensure_certificate("Riverbend Peer Alliance")
    scale = tuple(Point(f"Point {n}", f"Means {n}") for n in range(1, points + 1))
    made = frameworks.published(
        cast,
        scale=scale,
        about="worker",
        described_by=("self", "supervisor"),
        uses=("informal", "formal"),
        domains=tuple(_for_both(one) for one in frameworks.rivers().domains),
    )
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
    import dataclasses

    return dataclasses.replace(domain, described_by=("self", "supervisor"))
