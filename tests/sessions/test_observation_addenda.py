"""Adding to the sealed record of an observation: as to one of a session, and for the two it is between alone."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from supervision.jobs.worker import Worker
from supervision.records import certificate, snapshot, verify
from supervision.records.errors import Denied, NotFound, Sealed, Stale, WrongState
from supervision.records.models import Document, Opening, Seal
from supervision.sessions import operations as sessions
from supervision.sessions.observations import operations
from supervision.sessions.observations.models import ObservationAddendum

from . import makers
from . import observation_makers as make
from .pages import body, client_of
from .test_observation_views import url

REASON, TEXT = "The day was wrong", "The group met on the ninth, not on the tenth."
POST = {"reason": REASON, "text": TEXT, "typed_name": "Marisol Vega"}


def added(cast: Any, *, by: Any = None, **given: Any) -> ObservationAddendum:
    """By the worker, to a sealed record, with the supervisor to answer."""
    by = by or cast.worker
    values = {"reason": REASON, "text": TEXT, "evidence": makers.evidence(by)}
    return operations.add_addendum(make.sealed(cast), by=by, **(values | given))


def answered(addendum: Any, person: Any, **given: Any) -> Any:
    values = {"evidence": makers.evidence(person), "seen": addendum.open_offer.digest}
    operations.answer_addendum(addendum, by=person, **(values | given))
    return makers.fresh(addendum)


def test_either_adds_and_the_other_signs_and_the_store_verifies(cast: Any) -> None:
    addendum = added(cast)
    assert (addendum.number, addendum.is_sealed) == (1, False)
    said = snapshot.read(addendum.open_offer.content)
    assert said["record"]["digest"] == addendum.observation.open_offer.digest
    assert "observation" in said["title"]
    assert "session" not in said["title"] + said["lead"]
    assert answered(addendum, cast.supervisor).is_sealed
    certificate.ensure_certificate("Riverbend Peer Alliance")
    Worker(name="test").run_until_empty()
    assert Document.objects.filter(record_id=addendum.pk).exists()
    assert verify.run() == []
    given = {"reason": "r", "text": "t", "evidence": makers.evidence(cast.supervisor)}
    second = operations.add_addendum(addendum.observation, by=cast.supervisor, **given)
    assert second.number == 2


def test_it_stands_when_the_other_declines(cast: Any) -> None:
    addendum = answered(added(cast), cast.supervisor, sign=False, reason="I remember it otherwise")
    assert Seal.objects.get(record_id=addendum.pk).how == "declined"


def test_it_is_closed_by_its_author_after_the_days(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    addendum = added(cast)
    with pytest.raises(WrongState):
        operations.close_addendum(addendum, by=cast.worker, reason="No answer")
    later = timezone.now() + datetime.timedelta(days=8)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with pytest.raises(Denied):
        operations.close_addendum(addendum, by=cast.supervisor, reason="No answer")
    operations.close_addendum(addendum, by=cast.worker, reason="No answer")
    assert makers.fresh(addendum).is_sealed


@pytest.mark.parametrize("at", ["proposed", "agreed", "draft", "sent"])
def test_what_is_not_sealed_is_changed_and_not_added_to(cast: Any, at: str) -> None:
    made = getattr(make, at)(cast)
    given = {"reason": "r", "text": "t", "evidence": makers.evidence(cast.worker)}
    with pytest.raises(WrongState):
        operations.add_addendum(made, by=cast.worker, **given)


@pytest.mark.parametrize("who", ["manager", "outsider", "other_supervisor", "administrator"])
def test_for_everybody_else_there_is_nothing_to_add_to(cast: Any, who: str) -> None:
    addendum, person = added(cast), getattr(cast, who)
    given = {"evidence": makers.evidence(person)}
    with pytest.raises(NotFound):
        operations.add_addendum(addendum.observation, by=person, reason="r", text="t", **given)
    with pytest.raises(NotFound):
        operations.answer_addendum(addendum, by=person, seen=addendum.open_offer.digest, **given)
    with pytest.raises(NotFound):
        operations.close_addendum(addendum, by=person, reason="r")
    client = client_of(person)
    for name in ("sign", "close", "pdf"):
        assert client.get(url(f"_addendum_{name}", addendum.pk)).status_code == 404
    # That the observation took place a manager knows; that something was added to it, nobody else does.
    expected = 403 if who == "manager" else 404
    assert client.get(url("_addendum", addendum.observation.pk)).status_code == expected
    if who == "manager":
        assert "ddendum" not in body(client.get(reverse("sessions:observations_log")))


def test_a_text_that_was_not_on_the_page_is_not_signed(cast: Any) -> None:
    with pytest.raises(Stale):
        answered(added(cast), cast.supervisor, seen="0" * 64)


def test_neither_it_nor_the_record_changes_afterwards(cast: Any) -> None:
    addendum = answered(added(cast), cast.supervisor)
    with pytest.raises(Sealed):
        addendum.check_editable()
    for rows in (
        ObservationAddendum.objects.filter(pk=addendum.pk),
        type(addendum.observation).objects.all(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(version=99)
    with pytest.raises(DatabaseError), transaction.atomic():
        ObservationAddendum.objects.filter(pk=addendum.pk).delete()


def test_its_words_are_encrypted_at_rest(cast: Any) -> None:
    from django.db import connection

    addendum = added(cast)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT reason, text FROM {ObservationAddendum._meta.db_table}")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert REASON.encode() not in stored
    assert TEXT.encode() not in stored
    assert makers.fresh(addendum).text == TEXT


def test_adding_and_answering_on_the_pages(cast: Any) -> None:
    made = make.sealed(cast)
    worker, dana = client_of(cast.worker), client_of(cast.supervisor)
    assert url("_addendum", made.pk) in body(worker.get(url("", made.pk)))
    empty = worker.post(url("_addendum", made.pk), {**POST, "text": ""})
    assert empty.status_code == 422
    assert REASON in body(empty)
    response = worker.post(url("_addendum", made.pk), POST)
    assert (response.status_code, response.url) == (302, url("", made.pk))
    addendum = made.addenda.get()
    assert TEXT in body(dana.get(url("", made.pk)))
    home = body(dana.get("/"))
    assert "Read the addendum to the record of an observation with Marisol" in home
    assert url("", made.pk) in home
    assert TEXT not in home
    page = dana.get(url("_addendum_sign", addendum.pk))
    assert TEXT in body(page)
    seen = page.context["form"].initial["seen"]
    lacking = {"seen": seen, "typed_name": "Dana Whitfield", "answer": "decline"}
    assert dana.post(url("_addendum_sign", addendum.pk), lacking).status_code == 422
    sent = {**lacking, "answer": "sign"}
    assert dana.post(url("_addendum_sign", addendum.pk), sent).url == url("", made.pk)
    assert makers.fresh(addendum).is_sealed
    again = dana.post(url("_addendum_sign", addendum.pk), sent, follow=True)
    assert again.redirect_chain[-1] == (url("", made.pk), 302)
    assert "answered this already" in body(again)


def test_the_worker_is_asked_at_home_and_the_supervisor_sees_that_it_waits(cast: Any) -> None:
    addendum = added(cast, by=cast.supervisor)
    assert "Read the addendum to the record of an observation with Dana" in body(
        client_of(cast.worker).get("/")
    )
    waiting = body(client_of(cast.supervisor).get("/"))
    assert "Marisol, addendum to the record of an observation" in waiting
    assert url("", addendum.observation.pk) in waiting


def test_a_double_click_adds_one_and_a_foreign_key_takes_nothing(cast: Any) -> None:
    made = make.sealed(cast)
    sent = {**POST, "key": str(uuid.uuid4())}
    first, second = (client_of(cast.worker).post(url("_addendum", made.pk), sent) for _ in range(2))
    assert (second.status_code, second.url) == (302, first.url)
    changed = client_of(cast.worker).post(url("_addendum", made.pk), sent | {"text": "It was raining too."})
    assert changed.status_code == 409
    assert "It was raining too." in body(changed)
    assert made.addenda.count() == 1
    theirs = {**sent, "typed_name": cast.supervisor.name}
    assert client_of(cast.supervisor).post(url("_addendum", made.pk), theirs).status_code == 302
    assert [one.author for one in made.addenda.order_by("number")] == [cast.worker, cast.supervisor]


def test_an_old_login_proves_itself_first_and_what_was_typed_is_kept(cast: Any) -> None:
    made = make.sealed(cast)
    response = client_of(cast.worker, minutes_ago=60).post(url("_addendum", made.pk), POST)
    assert response.url.startswith(reverse("account_reauthenticate"))
    assert made.addenda.count() == 0
    assert TEXT in body(client_of(cast.worker).get(url("_addendum", made.pk) + "?kept=1"))


def test_opening_the_record_opens_what_the_other_added(cast: Any) -> None:
    addendum = added(cast)
    for person in (cast.supervisor, cast.worker):
        client_of(person).get(url("", addendum.observation.pk))
    opened = Opening.objects.filter(record_id=addendum.pk)
    assert [one.by_id for one in opened] == [cast.supervisor.pk]


def test_a_record_of_a_session_and_of_an_observation_are_added_to_alike(cast: Any) -> None:
    """The same operations and pages: what one of them says, the other says, but for what they are about."""
    session = sessions.add_addendum(
        makers.sealed(cast), by=cast.worker, reason=REASON, text=TEXT, evidence=makers.evidence(cast.worker)
    )
    observation = added(cast)
    said = [snapshot.read(one.open_offer.content) for one in (session, observation)]
    assert said[0].keys() - {"session"} == said[1].keys() - {"observation"}
    assert [one["text"] for one in said] == [TEXT, TEXT]
    pages = [
        client_of(cast.supervisor).get(reverse("sessions:addendum_sign", args=[session.pk])),
        client_of(cast.supervisor).get(url("_addendum_sign", observation.pk)),
    ]
    assert {tuple(page.context["form"].fields) for page in pages} == {("seen", "typed_name", "statement")}
