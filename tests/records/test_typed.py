"""Words of a form that no view keeps by itself: kept for who typed them, given back to them, gone once they were sent."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from supervision.records import typed
from tests.sessions import makers
from tests.sessions.pages import client_of

URL = "/typed/"
FORM = "/sessions/some/page/"


def keep(client: Client, form: str = FORM, page: str = "p1", **words: Any) -> int:
    return client.post(URL, {"kept_form": form, "page": page, **words}).status_code


def given_back(client: Client, form: str = FORM) -> dict[str, list[str]]:
    answer = client.get(URL, {"form": form})
    return answer.json()["words"] if answer.status_code == 200 else {}


def test_what_is_typed_is_given_back_to_who_typed_it_and_to_nobody_else(cast: Any) -> None:
    marisol, dana = client_of(cast.worker), client_of(cast.supervisor)
    assert keep(marisol, reason="Half a sentence") == 204
    assert given_back(marisol)["reason"] == ["Half a sentence"]
    assert given_back(marisol, "/another/page/") == {}
    assert given_back(dana) == {}
    assert Client().get(URL, {"form": FORM}).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM records_draft")
        assert b"Half a sentence" not in bytes(cursor.fetchone()[0])


def test_the_newest_words_of_a_page_win_whichever_comes_last(cast: Any) -> None:
    marisol = client_of(cast.worker)
    keep(marisol, turn="a.2", reason="newer")
    keep(marisol, turn="a.1", reason="older")
    assert given_back(marisol)["reason"] == ["newer"]


def test_nothing_typed_any_more_is_nothing_kept(cast: Any) -> None:
    marisol = client_of(cast.worker)
    keep(marisol, reason="Half")
    assert keep(marisol, kept_nothing="1") == 204
    assert given_back(marisol) == {}
    assert keep(marisol, reason="Half again") == 204, "the page goes on"


def test_sent_words_are_kept_no_longer_and_a_late_request_brings_none_back(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead())
    marisol = client_of(cast.worker)
    form = f"/sessions/{session.pk}/>{reverse('sessions:agenda_add', args=[session.pk])}"
    keep(marisol, form, text="Night shi")
    sent = {
        "key": str(uuid.uuid4()),
        "text": "Night shifts",
        "category": "practice",
        "kept_form": form,
        "kept_page": "p1",
    }
    refused = marisol.post(reverse("sessions:agenda_add", args=[session.pk]), {**sent, "text": ""})
    assert refused.status_code == 422
    assert given_back(marisol, form), "what was not taken is still kept"
    assert marisol.post(reverse("sessions:agenda_add", args=[session.pk]), sent).status_code == 302
    assert given_back(marisol, form) == {}
    assert keep(marisol, form, turn="a.9", text="Night shif") == 409
    assert given_back(marisol, form) == {}
    assert keep(marisol, form, page="p2", text="The next topic") == 204


def test_words_stay_while_somebody_shows_once_more_that_it_is_them(cast: Any, settings: Any) -> None:
    record = makers.sent(cast)
    marisol = client_of(cast.worker)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    address = reverse("sessions:decline", args=[record.pk])
    keep(marisol, address, reason="It was not like that.")
    sent = {
        "reason": "It was not like that.",
        "typed_name": cast.worker.name,
        "seen": record.open_offer.digest,
        "kept_form": address,
        "kept_page": "p1",
    }
    answer = marisol.post(address, sent)
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert given_back(marisol, address)["reason"] == ["It was not like that."]


def test_the_name_of_a_form_may_be_as_long_as_an_address(cast: Any) -> None:
    marisol = client_of(cast.worker)
    long = "/x" * 200
    assert keep(marisol, long, text="Long") == 204
    assert given_back(marisol, long)["text"] == ["Long"]
    assert given_back(marisol, long[:-1]) == {}


def test_nobody_fills_the_database_by_typing_and_the_newest_words_stay(cast: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(typed, "MOST_FORMS", 3)
    marisol, dana = client_of(cast.worker), client_of(cast.supervisor)
    keep(dana, "/hers/", text="Hers")
    for number in range(5):
        keep(marisol, f"/page/{number}/", text=f"Words {number}")
    found = [number for number in range(5) if given_back(marisol, f"/page/{number}/")]
    assert found == [2, 3, 4]
    assert given_back(dana, "/hers/")["text"] == ["Hers"]


def test_a_name_that_no_page_has_is_no_fault_of_the_server(cast: Any) -> None:
    marisol = client_of(cast.worker)
    assert keep(marisol, "/a\0b/", page="p\0", text="Odd") == 204
    assert given_back(marisol, "/a\0b/")["text"] == ["Odd"]
    assert given_back(marisol, "/a/") == {}


def test_a_form_longer_than_any_page_is_not_kept(cast: Any) -> None:
    marisol = client_of(cast.worker)
    assert keep(marisol, text="There is room") == 204
    assert keep(marisol, text="x" * (typed.MOST_LETTERS + 1)) == 413
    assert given_back(marisol)["text"] == ["There is room"]


def test_a_second_press_that_led_elsewhere_leaves_what_was_typed(cast: Any) -> None:
    record = makers.sent(cast)
    marisol = client_of(cast.worker)
    makers.sign(record, cast.worker)
    address = reverse("sessions:decline", args=[record.pk])
    keep(marisol, address, reason="It was not like that.")
    answer = marisol.post(address, {"reason": "It was not like that.", "kept_form": address})
    assert answer.status_code in (302, 409)
    assert given_back(marisol, address)["reason"] == ["It was not like that."]


def test_a_database_too_busy_to_forget_says_nothing_against_what_was_saved(
    cast: Any, monkeypatch: Any
) -> None:
    session = makers.planned(cast, starts_at=makers.ahead())

    def busy(request: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(typed, "was_sent", busy)
    sent = {"key": str(uuid.uuid4()), "text": "Night shifts", "category": "practice", "kept_form": FORM}
    answer = client_of(cast.worker).post(reverse("sessions:agenda_add", args=[session.pk]), sent)
    assert answer.status_code == 302
    assert session.agenda.count() == 1


def test_nothing_typed_in_one_window_leaves_what_another_window_keeps(cast: Any) -> None:
    marisol = client_of(cast.worker)
    keep(marisol, page="first", reason="Typed in the first window")
    assert keep(marisol, page="second", kept_nothing="1") == 204
    assert given_back(marisol)["reason"] == ["Typed in the first window"]
    assert keep(marisol, page="first", kept_nothing="1") == 204
    assert given_back(marisol) == {}
