"""Whatever arrives: a plain message, a status in the four hundreds, and nothing typed lost. Never a failure, never silence."""

from __future__ import annotations

import datetime
import random
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from supervision.records import snapshot
from supervision.sessions import operations
from supervision.sessions.models import Session

from . import makers
from .pages import body, client_of, url

HOSTILE = "<script>alert('x')</script> {{ content }} {% load i18n %} \"'>&amp; ${7*7} ../../etc/passwd"
RIGHT_TO_LEFT = "مريم العلي"
ODD = {
    "markup": HOSTILE,
    "emoji": "We laughed 🙂 and planned 👩‍💻 for 3.00 €",
    "right to left": RIGHT_TO_LEFT,
    "vietnamese": "Nguyễn Thị Phượng",
    "newlines": "one\r\ntwo\r\n\r\nthree\ttab",
    "zero width": "a\u200bb\u200dc",
}


def record(cast: Any, session: Session, **given: Any) -> Any:
    sent = makers.record_post(cast, session, **given)
    return client_of(cast.supervisor).post(url("record", session), sent)


@pytest.mark.parametrize("name", ODD)
def test_odd_text_is_kept_shown_as_text_and_signed(cast: Any, name: str) -> None:
    session = makers.planned(cast)
    response = record(
        cast, session, strengths=ODD[name], outcomes=ODD[name], send="signed", typed_name="Dana Whitfield"
    )
    assert response.status_code == 302, body(response)
    session = makers.fresh(session)
    content = snapshot.read(session.open_offer.content)
    assert content["outcomes"].split() == ODD[name].split()
    page = body(client_of(cast.worker).get(url("detail", session)))
    assert "<script>alert" not in page
    assert "${7*7}" in page or name != "markup"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"outcomes": "a\x00b"}, "can’t be shown or printed"),
        ({"strengths": "\x07bell"}, "can’t be shown or printed"),
        ({"outcomes": "x" * 1_000_000}, "Shorten this by"),
        ({"place": "p" * 5000}, "Shorten this by"),
        ({"date": "2026-02-30"}, "Enter a date that exists"),
        ({"date": "0001-01-01"}, "between 1900 and 2199"),
        ({"date": "2190-01-01"}, "have not come yet"),
        ({"date": "1900-01-02"}, "This supervision began on"),
        ({"start": "99:99"}, "Enter a time"),
        ({"minutes": "-5"}, "between 1 and 720"),
        ({"minutes": "sixty"}, "as a number"),
        ({"minutes": "1e9"}, "as a number"),
        ({"modality": "telepathy"}, "Choose one of the answers"),
        ({"modality": None}, "Choose an answer"),
        ({"purposes": ["everything"]}, "Choose one of the answers"),
        ({"next_date": "2027-05-04"}, "Enter the time of your next session"),
        ({"next_start": "10:00"}, "Enter the date of your next session"),
        ({"next_place": "Library"}, "Enter when you meet next"),
        ({"next_date": "2020-01-01", "next_start": "10:00"}, "comes after this one"),
        ({"next_date": "2199-12-01", "next_start": "10:00"}, "Enter a date within the next two years"),
        ({"next_date": "2027-03-14", "next_start": "02:30"}, "The clocks go forward"),
        ({"steps-TOTAL_FORMS": None}, "did not arrive"),
        ({"steps-TOTAL_FORMS": "3"}, "did not arrive"),
        ({"steps-TOTAL_FORMS": "-1"}, "did not arrive"),
        ({"steps-TOTAL_FORMS": "999999999"}, "did not arrive"),
        ({"agenda-TOTAL_FORMS": "NaN"}, "did not arrive"),
        ({"steps-TOTAL_FORMS": "1", "steps-0-what": "", "steps-0-by": "2027-01-01"}, "remove this row"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(
    cast: Any, given: dict[str, Any], said: str
) -> None:
    session = makers.planned(cast)
    kept = {"strengths": "All that I typed"} if "strengths" not in given else {"outcomes": "All that I typed"}
    response = record(cast, session, later="1", **(kept | given))
    assert response.status_code == 422
    assert said in body(response)
    assert "All that I typed" in body(response)
    assert makers.fresh(session).state == "planned"


def test_a_year_typed_wrong_moves_no_plan(cast: Any) -> None:
    session, following = makers.planned(cast), makers.planned(cast, starts_at=makers.ahead(5))
    sent = {"send": "signed", "typed_name": "Dana Whitfield", "next_start": "10:00"}
    response = record(cast, session, next_date="2199-12-01", **sent)
    assert response.status_code == 422
    assert response.context["form"].errors["next_date"]
    assert makers.fresh(following).state == "planned"
    assert Session.objects.count() == 2


def test_nobody_records_what_was_before_they_came_to_it(cast: Any) -> None:
    day = timezone.localdate() - datetime.timedelta(days=10)
    cast.arrangement.participations.filter(person=cast.supervisor).update(joined_on=day)
    session = makers.planned(cast)
    before, on = day - datetime.timedelta(days=1), {"start": "10:00", "later": "1"}
    response = record(cast, session, date=before.isoformat(), **on)
    assert response.status_code == 422
    assert "You have taken part in this supervision since" in str(response.context["form"].errors["date"])
    assert record(cast, session, date=day.isoformat(), **on).status_code == 302


def test_ids_of_others_in_the_rows_change_nothing_of_theirs(cast: Any) -> None:
    other = operations.plan(cast.other_arrangement, by=cast.other_supervisor, starts_at=makers.ago(3))
    theirs = operations.add_item(other, by=cast.other_worker, text="Theirs")
    session = makers.planned(cast)
    rows = {
        "agenda-TOTAL_FORMS": "1",
        "agenda-0-id": str(theirs.pk),
        "agenda-0-topic": "Mine now",
        "agenda-0-area": "work",
        "agenda-0-by": str(cast.other_worker.pk),
        "agenda-0-reached": "yes",
    }
    response = record(cast, session, later="1", **rows)
    assert response.status_code == 422
    assert "Mine now" in body(response)
    assert makers.fresh(theirs).text == "Theirs"
    steps = {"steps-TOTAL_FORMS": "1", "steps-0-what": "Do it", "steps-0-who": str(cast.outsider.pk)}
    response = record(cast, session, later="1", **steps)
    assert response.status_code == 422
    assert makers.fresh(session).state == "planned"


@pytest.mark.parametrize("version", ["", "x", "-3", "99999999999999999999", None])
def test_a_missing_or_forged_version_overwrites_nothing(cast: Any, version: str | None) -> None:
    session = makers.draft(cast)
    response = record(cast, session, later="1", version=version, outcomes="Forged")
    assert response.status_code == 409
    assert "Forged" in body(response)
    assert makers.fresh(session).outcomes == makers.OUTCOMES


def test_somebody_elses_key_makes_nothing_of_theirs(cast: Any) -> None:
    theirs = operations.plan(cast.other_arrangement, by=cast.other_supervisor, starts_at=makers.ago(3))
    address = reverse("sessions:log") + f"?arrangement={cast.arrangement.pk}"
    sent = makers.record_post(cast, key=str(theirs.pk), later="1")
    response = client_of(cast.supervisor).post(address, sent)
    assert response.status_code == 302
    assert makers.fresh(theirs).state == "planned"
    assert makers.fresh(theirs).recorder is None
    plan = reverse("sessions:plan", args=[cast.arrangement.pk])
    when = makers.ahead(3)
    sent = {
        "date": when.date().isoformat(),
        "start": "14:00",
        "minutes": "60",
        "modality": "video",
        "key": str(theirs.pk),
    }
    assert client_of(cast.supervisor).post(plan, sent).status_code == 302
    assert makers.fresh(theirs).arrangement == cast.other_arrangement
    assert makers.fresh(theirs).planned_by == cast.other_supervisor


def test_random_forms_are_never_a_failure(cast: Any) -> None:
    """The whole form, with values taken from a bag of nonsense."""
    nonsense = [
        "",
        "\x00",
        "💥" * 9,
        "-1",
        "2026-13-45",
        "99:99",
        "yes",
        "x" * 30_000,
        "٣٤",
        RIGHT_TO_LEFT,
        "null",
        "[]",
    ]
    session = makers.planned(cast)
    operations.add_item(session, by=cast.worker, text="Travel time")
    client = client_of(cast.supervisor)
    chance = random.Random(20261124)
    for _ in range(30):
        sent = makers.record_post(cast, makers.fresh(session), later="1")
        for name in chance.sample(sorted(sent), 6):
            sent[name] = chance.choice(nonsense)
        if chance.random() < 0.3:
            sent.pop(chance.choice(sorted(sent)))
        response = client.post(url("record", session), sent)
        assert response.status_code in (302, 409, 422)


@pytest.mark.parametrize(
    "name", ["record", "move", "cancel", "missed", "agenda_add", "sign", "decline", "addendum"]
)
def test_an_empty_form_is_answered_in_words(cast: Any, name: str) -> None:
    session = makers.planned(cast)
    person = cast.supervisor
    if name in ("sign", "decline"):
        session, person = makers.signed_by_recorder(cast, session), cast.worker
    elif name == "addendum":
        session = makers.sealed(cast, session)
    response = client_of(person).post(url(name, session), {})
    assert response.status_code == 422
    assert "error-summary" in body(response)


def test_addresses_made_up_by_hand(cast: Any) -> None:
    client = client_of(cast.supervisor)
    nobody = "00000000-0000-4000-8000-000000000000"
    for name in (
        "detail",
        "facts",
        "record",
        "sign",
        "pdf",
        "addendum",
        "agenda_item",
        "action_drop",
        "plan",
    ):
        assert client.get(reverse(f"sessions:{name}", args=[nobody])).status_code == 404, name
    assert client.get("/sessions/not-an-id/").status_code == 404
    log = reverse("sessions:log")
    for odd in ("nonsense", nobody, "\x00", "'; DROP TABLE"):
        assert client.get(log, {"arrangement": odd}).status_code == 404
