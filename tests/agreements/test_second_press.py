"""A button pressed twice: one thing done, and a page that shows it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from agreements.models import Accession, AgreementEnding, AgreementReview
from supervision.people.models import Arrangement
from supervision.records.errors import Invalid
from supervision.records.models import Answer, Offer
from tests import factories
from tests.agreements import helpers
from tests.agreements.test_views import as_, signing_form, text_of, url
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def press_twice(person: Any, address: str, form: dict[str, Any]) -> str:
    """Both times the browser ends on a page that opens; the words of the second one."""
    browser = as_(person)
    assert browser.post(address, form).status_code == 302
    again = browser.post(address, form, follow=True)
    assert again.redirect_chain
    assert again.status_code == 200
    return text_of(again)


def review_form(name: str) -> dict[str, str]:
    days = {"looked_on": timezone.localdate().isoformat(), "next_on": helpers.in_days(180).isoformat()}
    return {**days, "typed_name": name, "intent": "on"}


def test_the_last_signature(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    helpers.sign(agreement, cast.supervisor)
    assert "signed this already" in press_twice(cast.worker, url("sign", agreement), signing_form(agreement))
    assert Answer.objects.filter(person=cast.worker).count() == 1


def test_a_review_recorded_and_signed(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    form = review_form("Dana Whitfield")
    assert "waits to be signed" in press_twice(cast.supervisor, url("review", agreement), form)
    review = AgreementReview.objects.get()
    seen = Offer.objects.of(review).first().digest
    form = {"seen": seen, "typed_name": "Marisol Vega", "intent": "on"}
    assert "answered this already" in press_twice(cast.worker, url("review_sign", review), form)


def test_a_review_that_somebody_else_recorded_meanwhile_is_said(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    helpers.review(agreement, cast.supervisor)
    assert as_(cast.worker).post(url("review", agreement), review_form("Marisol Vega")).status_code == 409


def test_joining_a_group(cast: Cast) -> None:
    kit, joe = (factories.worker_in(cast.program, name) for name in ("Kit Ng", "Joe Park"))
    group = factories.arrangement(
        cast.program, [cast.supervisor], [kit, joe], structure=Arrangement.Structure.GROUP
    )
    agreement = helpers.in_force(group, cast.supervisor, kit)
    form = signing_form(agreement, typed_name="Joe Park")
    assert "signed this already" in press_twice(joe, url("join", agreement), form)
    assert Accession.objects.count() == 1


def test_ending(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    form = {"ends_on": timezone.localdate().isoformat(), "reason": "Marisol moves to another team."}
    assert "ended already" in press_twice(cast.worker, url("end", agreement), form)
    assert AgreementEnding.objects.count() == 1
    assert as_(cast.supervisor).post(url("end", agreement), form).status_code == 409


def test_nobody_signs_with_the_name_of_another_who_signs(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    for name in ("Dana Whitfield", "  dana   WHITFIELD "):
        with pytest.raises(Invalid, match="somebody else who signs"):
            helpers.sign(agreement, cast.worker, evidence=helpers.evidence(cast.worker, name))
    page = as_(cast.worker).post(url("sign", agreement), signing_form(agreement, typed_name="Dana Whitfield"))
    assert page.status_code == 422
    assert "somebody else who signs" in text_of(page)
    helpers.sign(agreement, cast.worker, evidence=helpers.evidence(cast.worker, "M. Vega"))
    assert Answer.objects.get().person == cast.worker


def test_two_people_of_the_same_name_both_sign(cast: Cast) -> None:
    other = factories.worker_in(cast.program, cast.supervisor.name)
    arrangement = factories.arrangement(cast.program, [cast.supervisor], [other])
    agreement = helpers.in_force(arrangement, cast.supervisor, other)
    assert agreement.is_sealed
