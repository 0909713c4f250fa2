"""Prompts and hints at the record of a session: beside what is written, never in its way, and nowhere else."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from supervision.guidance import current, operations
from supervision.guidance.models import SilencedHint
from supervision.sessions import operations as sessions
from supervision.sessions.models import Session

from . import makers
from .pages import body, client_of, url
from .test_queries import FORM, asked

HINTS = reverse("sessions:hints")
CHORE = "Kit was asked to clean the bathrooms."
TITLE = "Work that nobody else is asked to do"
PAYEE = "The team wants Ben to be a payee."
NAME = "The client John Smith came."


def under(page: str, field: str) -> str:
    """What stands in the box of one field, from its control on."""
    found = re.search(rf'id="div_id_{field}".*?(?=id="div_id_|<section|</section)', page, re.DOTALL)
    return found[0] if found else ""


def ask(person: Any, text: str) -> Any:
    return client_of(person).post(HINTS, {"text": text})


# While somebody types --------------------------------------------------------------------------------------------------


def test_words_are_looked_at_while_they_are_typed(cast: Any) -> None:
    answer = ask(cast.supervisor, CHORE)
    assert answer.status_code == 200
    for words in (TITLE, "clean the bathrooms", "Perhaps", "Café TA Center"):
        assert words in body(answer)
    assert "<li" not in body(ask(cast.supervisor, "A good hour."))
    assert "<li" not in body(client_of(cast.supervisor).post(HINTS))


def test_what_was_typed_comes_back_as_text_and_never_as_markup(cast: Any) -> None:
    text = "client <b>John</b> Smith; deliver <script>alert(1)</script> meds"
    assert "<script" not in body(ask(cast.supervisor, text))
    assert "&lt;script&gt;" in body(ask(cast.supervisor, text))


def test_nothing_of_it_is_stored_or_logged(cast: Any, caplog: pytest.LogCaptureFixture) -> None:
    client = client_of(cast.supervisor)
    client.get(reverse("home"))  # the day of the visit is noted
    secret = "zanzibar: told her to take her medication, call 555-234-5678"
    with caplog.at_level(logging.DEBUG), CaptureQueriesContext(connection) as queries:
        answer = client.post(HINTS, {"text": secret})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    asked = [query["sql"] for query in queries]
    assert [sql for sql in asked if not re.match(r"[\s(]*(SELECT|SAVEPOINT|RELEASE|BEGIN|COMMIT)", sql)] == []
    assert "zanzibar" not in "".join(asked) + str(dict(client.session))
    assert [line for line in caplog.records if "zanzibar" in line.getMessage()] == []


def test_it_is_for_people_who_take_part_in_supervision_or_write_of_somebodys_work(cast: Any) -> None:
    for person in (cast.outsider, cast.administrator):
        assert ask(person, CHORE).status_code == 403
    for person in (cast.supervisor, cast.worker, cast.manager):
        assert ask(person, CHORE).status_code == 200
    assert Client().post(HINTS, {"text": CHORE}).status_code == 403
    assert client_of(cast.supervisor).get(HINTS, {"text": CHORE}).status_code == 405


def test_a_text_longer_than_any_field_is_not_read(cast: Any) -> None:
    answer = ask(cast.supervisor, CHORE + "x" * 20_000)
    assert (answer.status_code, answer.content) == (413, b"")
    assert ask(cast.supervisor, (CHORE + "x" * 20_000)[:20_000]).status_code == 200


def test_bytes_that_are_no_text_do_no_harm(cast: Any) -> None:
    client = client_of(cast.supervisor)
    for sent in (b"text=%ff%fe%00", b"text=%ED%A0%80", b"\xff" * 40):
        assert client.post(HINTS, sent, content_type="application/x-www-form-urlencoded").status_code < 500


def test_colleagues_are_named_without_a_hint(cast: Any) -> None:
    assert "John Smith" in body(ask(cast.supervisor, NAME))
    assert "<li" not in body(ask(cast.supervisor, "Marisol Vega was a participant."))
    assert "Marisol Vega" in body(ask(cast.other_supervisor, "Marisol Vega was a participant."))


def test_a_silenced_hint_stays_away_from_who_silenced_it(cast: Any) -> None:
    operations.silence("role-chores", by=cast.supervisor)
    assert "<li" not in body(ask(cast.supervisor, CHORE))
    assert TITLE in body(ask(cast.worker, CHORE))


# On the form ------------------------------------------------------------------------------------------------------------


def test_every_prompt_of_the_record_stands_folded_beside_its_field(cast: Any) -> None:
    page = body(client_of(cast.supervisor).get(url("record", makers.planned(cast))))
    elsewhere = ("page", "performance", "job")
    for prompt in current.book().prompts:
        shown = page.count(f"<summary>{escape(prompt.title)}</summary>")
        assert shown == len([place for place in prompt.where if place not in elsewhere]), prompt.id
    assert "<details open" not in page


def test_hints_stand_under_their_field_when_the_form_comes_back(cast: Any) -> None:
    session = makers.planned(cast)
    values = {
        "outcomes": CHORE,
        "strengths": "She listened well.",
        "start": "25:99",
        "agenda-TOTAL_FORMS": "1",
        "agenda-0-topic": NAME,
        "agenda-0-area": "practice",
        "agenda-0-by": str(cast.supervisor.pk),
        "agenda-0-reached": "yes",
        "agenda-0-outcome": "",
        "steps-TOTAL_FORMS": "1",
        "steps-0-what": PAYEE,
        "steps-0-who": str(cast.supervisor.pk),
        "steps-0-by": "",
    }
    answer = client_of(cast.supervisor).post(
        url("record", session), makers.record_post(cast, session, **values)
    )
    assert answer.status_code == 422
    page = body(answer)
    assert TITLE in under(page, "outcomes")
    assert "John Smith" in under(page, "agenda-0-topic").split("</textarea>")[1]
    assert "<q" in under(page, "steps-0-what")
    assert 'class="hints"' not in under(page, "strengths")
    assert page.count('class="hints"') == 3


def test_a_record_is_saved_and_sent_whatever_the_hints_say(cast: Any) -> None:
    session = makers.planned(cast)
    words = f"{CHORE} {PAYEE} {NAME} She is off her meds. DOB 3/14/1985"
    post = makers.record_post(cast, session, outcomes=words, send="unsigned")
    assert client_of(cast.supervisor).post(url("record", session), post).status_code == 302
    assert Session.objects.get(pk=session.pk).open_offer is not None


def test_the_draft_that_is_opened_again_shows_its_hints(cast: Any) -> None:
    session = makers.draft(cast, outcomes=CHORE)
    assert TITLE in under(body(client_of(cast.supervisor).get(url("record", session))), "outcomes")


def test_topics_of_others_are_theirs_to_word(cast: Any) -> None:
    session = makers.planned(cast)
    sessions.add_item(session, by=cast.worker, text=CHORE)
    assert TITLE not in body(client_of(cast.supervisor).get(url("record", session)))
    sessions.add_item(session, by=cast.supervisor, text=PAYEE)
    assert body(client_of(cast.supervisor).get(url("record", session))).count('class="hints"') == 1


def test_without_script_a_hint_is_silenced_and_nothing_typed_is_lost(cast: Any) -> None:
    session = makers.planned(cast)
    client = client_of(cast.supervisor)
    post = makers.record_post(
        cast, session, outcomes=f"{CHORE} {PAYEE}", start="25:99", silence="role-chores"
    )
    answer = client.post(url("record", session), post)
    assert answer.status_code == 200
    page = body(answer)
    assert "Not shown to you again." in page
    assert TITLE not in under(page, "outcomes")
    assert "Other people’s money" in under(page, "outcomes")
    assert CHORE in page
    assert "invalid-feedback" not in under(page, "start")
    assert SilencedHint.objects.get().hint == "role-chores"
    assert Session.objects.get(pk=session.pk).state == "planned"


def test_a_forged_hint_silences_nothing_and_loses_nothing(cast: Any) -> None:
    session = makers.planned(cast)
    post = makers.record_post(cast, session, outcomes=CHORE, silence="no-such-hint")
    answer = client_of(cast.supervisor).post(url("record", session), post)
    assert answer.status_code == 200
    assert CHORE in body(answer)
    assert not SilencedHint.objects.exists()


def test_before_sending_a_draft_its_writer_alone_sees_what_to_look_at_again(cast: Any) -> None:
    session = makers.planned(cast)
    sessions.add_item(session, by=cast.worker, text=PAYEE)
    session = makers.draft(cast, session, outcomes=CHORE, steps=[makers.step(cast.supervisor, NAME)])
    client = client_of(cast.supervisor)
    page = body(client.get(url("send", session)))
    assert "Before you send it" in page
    assert TITLE in page
    assert "John Smith" in page.split("Before you send it")[1]
    assert "Other people’s money" not in page
    back = client.post(reverse("guidance:silence"), {"silence": "role-chores", "next": url("send", session)})
    assert back.url == url("send", session)
    assert TITLE not in body(client.get(back.url))
    sessions.send(session, by=cast.supervisor)
    for person in (cast.worker, cast.supervisor):
        assert 'class="hints"' not in body(client_of(person).get(url("detail", session)))


# Where people's own words stand ------------------------------------------------------------------------------------------


def test_statements_reasons_and_private_topics_are_never_looked_at(cast: Any) -> None:
    planned = makers.planned(cast, starts_at=makers.ahead())
    sessions.add_item(planned, by=cast.worker, text=CHORE, share=False)
    sent = makers.signed_by_recorder(cast, makers.planned(cast, starts_at=makers.ago(50)), outcomes=CHORE)
    client = client_of(cast.worker)
    pages = [
        client.get(url("detail", planned)),
        client.post(url("sign", sent), {"statement": CHORE, "typed_name": ""}),
        client.post(url("decline", sent), {"reason": CHORE, "typed_name": ""}),
        client.post(url("ask_for_change", sent), {"reason": ""}),
        client.get(reverse("notes:add")),
        client.post(reverse("notes:add"), {"title": "x" * 1000, "text": CHORE}),
    ]
    for page in pages:
        assert 'class="hints"' not in body(page)
        assert "data-hints" not in body(page)


def test_the_form_asks_as_much_with_many_hints_as_with_one(cast: Any) -> None:
    client = client_of(cast.supervisor)

    def count(session: Session, name: str) -> int:
        return asked(client, url(name, session))[0]

    little = makers.draft(cast, outcomes=f"{CHORE} {NAME}", steps=[makers.step(cast.supervisor, PAYEE)])
    counts = [count(little, "record"), count(little, "send")]
    for key in list(current.book().hints)[:9]:
        operations.silence(key, by=cast.supervisor)
    many = [makers.step(cast.supervisor, f"{CHORE} {PAYEE} {NAME} {n}") for n in range(12)]
    much = makers.draft(
        cast, makers.planned(cast, starts_at=makers.ago(50)), outcomes=f"{CHORE} {NAME}" * 20, steps=many
    )
    assert [count(much, "record"), count(much, "send")] == counts
    assert counts[0] <= FORM + 1  # one more where there is something to show: whether it is silenced
    planned = makers.planned(cast, starts_at=makers.ago(2))
    sessions.add_item(planned, by=cast.supervisor, text=NAME)
    assert count(planned, "record") <= FORM + 1
