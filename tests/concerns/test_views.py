"""The pages of a concern and of a letter: who reads what on them, and that nothing typed is lost."""

from __future__ import annotations

import datetime
import uuid
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from supervision.concerns.letters import operations as letters
from supervision.concerns.models import Concern, Letter
from supervision.concerns.raising import operations
from supervision.people.models import Management, Standing, User
from supervision.records.models import Opening
from tests import factories

from . import makers

pytestmark = pytest.mark.django_db


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: User, name: str, *args: Any) -> str:
    response = client_of(person).get(reverse(f"concerns:{name}", args=args))
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def send(by: User, name: str, /, *args: Any, **data: Any) -> Any:
    return client_of(by).post(reverse(f"concerns:{name}", args=args), data)


# Who reads what -----------------------------------------------------------------------------------------------


def test_the_name_is_for_the_worker_and_whoever_receives_it(cast: Any) -> None:
    concern = makers.stated(cast)
    assert makers.NAMED in page(cast.supervisor, "detail", concern.pk)
    makers.told(cast, concern)
    assert makers.NAMED not in page(cast.supervisor, "detail", concern.pk)
    assert makers.NAMED in page(cast.worker, "detail", concern.pk)


def test_whoever_receives_it_reads_what_was_written_for_them_the_limit_and_dates_and_nothing_else(
    cast: Any,
) -> None:
    concern = makers.shared(cast)
    operations.add_statement(concern, by=cast.worker, text="Only for the two of us.", for_receiver=False)
    operations.add_statement(concern, by=cast.worker, text="Lina may read this.", for_receiver=True)
    said = page(concern.shared_with, "detail", concern.pk)
    for shown in (makers.SHARED, makers.NAMED, "serious worry about the safety", "Lina may read this."):
        assert shown in said
    for hidden in (makers.TEXT, "I can’t face it.", "Only for the two of us.", "have read it"):
        assert hidden not in said


def test_out_of_order_shows_to_all_and_why_to_the_two(cast: Any) -> None:
    concern = makers.shared_out_of_order(cast)
    receiver = page(concern.shared_with, "detail", concern.pk)
    assert "Out of order." in receiver
    assert "Marisol has not been told yet" in receiver
    assert "about to drive again" not in receiver
    makers.told(cast, concern)
    assert "about to drive again" in page(cast.worker, "detail", concern.pk)


def test_the_worker_reads_until_when_the_time_is_theirs(cast: Any) -> None:
    concern = makers.told(cast)
    assert concern.may_share_from is not None
    last = (concern.may_share_from - datetime.timedelta(seconds=1)).astimezone(makers.at("2026-01-01").tzinfo)
    assert f"until the end of {last:%A}" in page(cast.worker, "detail", concern.pk)


def test_every_opening_is_logged_but_not_of_words_that_are_still_ones_own(cast: Any) -> None:
    concern = makers.stated(cast)
    page(cast.supervisor, "detail", concern.pk)
    assert not Opening.objects.filter(record_id=concern.pk).exists()
    makers.told(cast, concern)
    page(cast.worker, "detail", concern.pk)
    assert Opening.objects.get(record_id=concern.pk).by == cast.worker


def test_the_list_costs_the_same_with_many(cast: Any) -> None:
    makers.told(cast)
    client, url = client_of(cast.supervisor), reverse("concerns:list")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(6):
        makers.told(cast)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)


# From a session ----------------------------------------------------------------------------------------------------


def test_from_a_session_nothing_comes_along(cast: Any) -> None:
    said = page(cast.supervisor, "begin", cast.arrangement.pk)
    url = reverse("concerns:state", args=[cast.arrangement.pk, cast.worker.pk])
    assert url in said
    form = client_of(cast.supervisor).get(url).context["form"]
    assert {name for name, value in form.initial.items() if value} == {"key"}


# Filling in ------------------------------------------------------------------------------------------------------------


def state(cast: Any, **data: Any) -> Any:
    values = {"key": uuid.uuid4(), "limit": "safety", "text": makers.TEXT} | data
    return send(cast.supervisor, "state", cast.arrangement.pk, cast.worker.pk, **values)


def test_what_is_missing_is_said_beside_the_field_and_nothing_typed_is_lost(cast: Any) -> None:
    answer = state(cast, limit="", text="A long text")
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "Choose which of the five limits it meets" in said
    assert "A long text" in said
    assert not Concern.objects.exists()


def test_pressed_twice_it_is_one(cast: Any) -> None:
    key = uuid.uuid4()
    assert [state(cast, key=key).status_code for _ in range(2)] == [302, 302]
    assert Concern.objects.count() == 1


def test_from_an_old_page_it_is_worded_anew_beside_what_is_saved(cast: Any) -> None:
    concern = makers.stated(cast)
    old = concern.version
    operations.change(concern, by=cast.supervisor, words=makers.words(text="Saved meanwhile"), version=old)
    answer = send(cast.supervisor, "change", concern.pk, version=old, limit="law", text="Typed here")
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "Saved meanwhile" in said
    assert "Typed here" in said


def test_shared_from_a_page_older_than_the_workers_words_is_a_conflict_and_the_text_is_kept(
    cast: Any,
) -> None:
    lina = makers.line_manager(cast)
    concern = makers.told_again(cast)
    old = makers.fresh(concern).version
    operations.add_statement(concern, by=cast.worker, text="It was not so.", for_receiver=True)
    answer = send(
        cast.supervisor, "share", concern.pk, version=old, receiver=lina.pk, text="What Lina would read"
    )
    assert answer.status_code == 409
    assert "What Lina would read" in answer.content.decode()
    assert "Saved meanwhile" not in answer.content.decode()  # nobody saved other words
    assert not makers.fresh(concern).is_shared


def test_the_steps_by_their_forms(cast: Any) -> None:
    """From the first word to the outcome, each with its form as people send it."""
    lina, dana, marisol = makers.line_manager(cast), cast.supervisor, cast.worker
    state(cast)
    concern = Concern.objects.get()
    today = timezone.localdate().isoformat()

    def version() -> int:
        return makers.fresh(concern).version

    answer = send(dana, "tell", concern.pk, version=version(), spoke_on=today, no_time="on")
    assert answer.status_code == 422  # no time needs its reason
    assert send(dana, "tell", concern.pk, version=version(), spoke_on=today).status_code == 302
    assert send(marisol, "seen", concern.pk).status_code == 302
    assert send(marisol, "decline", concern.pk, reason="").status_code == 302
    words = {"key": uuid.uuid4(), "text": "It was not so.", "for_receiver": "yes"}
    assert send(marisol, "statement", concern.pk, **words).status_code == 302
    assert send(dana, "tell_again", concern.pk, version=version()).status_code == 302
    shared = {"version": version(), "receiver": str(lina.pk), "text": makers.SHARED}
    assert send(dana, "share", concern.pk, **shared).status_code == 302
    report = {"key": uuid.uuid4(), "day": today, "time": "00:00", "to_whom": "911", "reason": "He fell."}
    assert send(dana, "report", concern.pk, **report).status_code == 302
    assert send(lina, "answer", concern.pk, outcome="A taxi account.").status_code == 302
    assert makers.fresh(concern).ended_as == "answered"


def test_the_worker_says_to_whom_they_took_it_and_whether_that_person_is_asked(cast: Any) -> None:
    lina = makers.line_manager(cast)
    concern = makers.told(cast)
    today = timezone.localdate().isoformat()
    given = {"person": str(lina.pk), "on": today, "name": "", "may_ask": "no"}
    assert send(cast.worker, "taken", concern.pk, **given).status_code == 302
    assert client_of(lina).get(reverse("concerns:confirm", args=[concern.pk])).status_code == 404
    assert send(cast.worker, "let_ask", concern.pk, version=1).status_code == 302
    said = page(lina, "confirm", concern.pk)
    assert makers.TEXT not in said
    assert send(lina, "confirm", concern.pk, reached="yes").status_code == 302
    assert makers.fresh(concern).ended_as == "taken"


@pytest.mark.parametrize("given", [{"person": "else", "name": ""}, {"person": ""}, {"person": "nobody"}])
def test_to_whom_it_was_taken_is_needed(cast: Any, given: Any) -> None:
    concern = makers.told(cast)
    answer = send(cast.worker, "taken", concern.pk, on=timezone.localdate().isoformat(), **given)
    assert answer.status_code == 422


def test_where_nobody_can_hear_it_the_page_says_whom_to_ask(cast: Any) -> None:
    Management.objects.all().delete()
    concern = makers.told_again(cast)
    assert "Ask an administrator to name one" in page(cast.supervisor, "share", concern.pk)


# On the first page -----------------------------------------------------------------------------------------------------------


def home(person: User) -> str:
    return client_of(person).get(reverse("home")).content.decode()


def test_the_first_page_says_whose_turn_it_is(cast: Any) -> None:
    lina = makers.line_manager(cast)
    makers.stated(cast)
    assert "Go on with the concern with Marisol" in home(cast.supervisor)
    assert "told you of" not in home(cast.worker)
    concern = makers.told(cast, Concern.objects.get())
    assert "Go on with the concern" not in home(cast.supervisor)
    assert "Read what Dana told you of" in home(cast.worker)
    later = timezone.now() + datetime.timedelta(days=9)
    with mock.patch("supervision.concerns.raising.models.timezone.now", return_value=later):
        assert "Go on with the concern with Marisol" in home(cast.supervisor)
    operations.decline(concern, by=cast.worker)
    operations.tell_again(concern, by=cast.supervisor, version=makers.fresh(concern).version)
    assert "Dana shared with you" not in home(lina)
    operations.share(
        concern, by=cast.supervisor, receiver=lina, text="x", version=makers.fresh(concern).version
    )
    assert "Read the concern that Dana shared with you" in home(lina)


# Letters ---------------------------------------------------------------------------------------------------------------------


def test_a_letter_goes_to_whom_the_agreement_names_or_to_managers_never_to_whoever_supervises(
    cast: Any,
) -> None:
    noor = factories.person("Noor Named")
    makers.line_manager(cast, cast.supervisor)
    Standing.objects.filter(arrangement=cast.arrangement).update(turn_to=noor)
    found = [(one.person.name, one.is_named) for one in letters.recipients(cast.arrangement, cast.worker)]
    assert found == [("Noor Named", True), ("Priya Raman", False)]
    answer = send(
        cast.worker,
        "letter_write",
        cast.arrangement.pk,
        key=uuid.uuid4(),
        recipient=str(cast.supervisor.pk),
        text=makers.LETTER,
    )
    assert answer.status_code == 422
    assert makers.LETTER in answer.content.decode()


def test_a_letter_is_read_answered_shown_taken_back_and_closed(cast: Any) -> None:
    given = {"key": uuid.uuid4(), "recipient": str(cast.manager.pk), "text": makers.LETTER}
    for _ in range(2):
        assert send(cast.worker, "letter_write", cast.arrangement.pk, **given).status_code == 302
    letter = Letter.objects.get()
    url = reverse("concerns:letter", args=[letter.pk])
    assert client_of(cast.supervisor).get(url).status_code == 404
    assert makers.LETTER in page(cast.manager, "letter", letter.pk)
    reply = {"key": uuid.uuid4(), "text": "Let us talk on Friday."}
    assert send(cast.manager, "letter", letter.pk, **reply).status_code == 302
    assert Letter.objects.get().received_at is not None
    assert send(cast.worker, "letter_show", letter.pk, cast.supervisor.pk).status_code == 302
    assert "Let us talk on Friday." in page(cast.supervisor, "letter", letter.pk)
    assert send(cast.supervisor, "letter", letter.pk, text="But").status_code == 403
    assert send(cast.worker, "letter_stop_showing", letter.pk, cast.supervisor.pk).status_code == 302
    assert client_of(cast.supervisor).get(url).status_code == 404
    assert send(cast.manager, "letter_close", letter.pk).status_code == 302
    late = send(cast.worker, "letter", letter.pk, key=uuid.uuid4(), text="One more thing")
    assert late.status_code == 409
    assert "One more thing" in late.content.decode()


def test_nobody_shows_a_letter_to_somebody_who_does_not_supervise_there(cast: Any) -> None:
    letter = makers.letter(cast)
    answer = send(cast.worker, "letter_show", letter.pk, cast.other_supervisor.pk)
    assert answer.status_code == 404
    assert send(cast.manager, "letter_show", letter.pk, cast.supervisor.pk).status_code == 403
