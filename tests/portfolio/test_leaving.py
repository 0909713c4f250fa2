"""Somebody who leaves has a link for 60 days: to what is theirs and to nothing else, with their password (domain 6, 7)."""

from __future__ import annotations

import datetime
import re
import uuid
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from supervision.jobs.worker import Worker
from supervision.notes.models import Note
from supervision.people import operations as people
from supervision.portfolio import operations, tasks
from supervision.portfolio.models import Export, LeavingLink
from supervision.records.errors import NotFound
from supervision.records.models import RecordKey
from supervision.retention import notifications
from supervision.retention import operations as keeping
from supervision.retention.models import Disposal, DisposalItem
from tests import factories
from tests.cast import Cast
from tests.factories import PASSWORD
from tests.notes import makers as notes
from tests.sessions.pages import body, client_of

pytestmark = pytest.mark.django_db


def left(cast: Cast) -> str:
    """The worker's account is closed; the address of their mail's link."""
    people.deactivate(cast.worker, by=cast.administrator)
    Worker(name="test").run_until_empty()
    (message,) = [
        one for one in mail.outbox if "What is yours" in one.subject and one.to == [cast.worker.email]
    ]
    found = re.search(r"/leaving/\S+", message.body)
    assert found
    return found[0]


def in_by(link: str, **given: str) -> Client:
    client = Client()
    client.post(link, {"password": PASSWORD} | given)
    return client


def test_the_mail_leads_to_what_is_theirs_and_to_nothing_else(cast: Cast) -> None:
    notes.note(cast.worker)
    link = left(cast)
    client = Client()
    assert client.get(reverse("portfolio:left")).status_code == 404
    assert "take with you what is yours" in body(client.get(link))
    wrong = client.post(link, {"password": "not this one"})
    assert wrong.status_code == 422
    assert "This is not the password" in body(wrong)
    assert client.get(reverse("portfolio:left")).status_code == 404
    assert client.post(link, {"password": PASSWORD})["Location"] == reverse("portfolio:left")
    assert "There is 1 private note of yours" in body(client.get(reverse("portfolio:left")))
    for name in ("home", "notes:list", "sessions:list", "portfolio:list", "people:your_details"):
        assert client.get(reverse(name))["Location"].startswith(reverse("account_login"))
    assert client_of(cast.administrator).get(reverse("portfolio:left")).status_code == 404


def test_a_form_that_somebody_signed_in_began_is_not_mixed_with_theirs(cast: Cast) -> None:
    link = left(cast)
    shared = client_of(cast.supervisor, minutes_ago=30)  # the browser of a shared desk
    begun = {
        "key": str(uuid.uuid4()),
        "first_day": "2026-01-05",
        "last_day": "2026-02-05",
        "parts": ["sessions"],
    }
    assert shared.post(reverse("portfolio:ask"), begun).status_code == 302
    shared.post(link, {"password": PASSWORD})
    page = body(shared.get(f"{reverse('portfolio:left_ask')}?kept=1"))
    assert "2026-01-05" not in page
    answer = shared.post(reverse("portfolio:left_ask"), begun)
    assert answer["Location"] == reverse("portfolio:left")
    assert Export.objects.get().owner == cast.worker


def test_they_make_everything_take_it_and_erase_their_notes(cast: Cast, sealing: None) -> None:
    note = notes.note(cast.worker)
    client = in_by(left(cast))
    assert client.post(reverse("portfolio:left_everything"), {"key": "x"})["Location"] == reverse(
        "portfolio:left"
    )
    Worker(name="test").run_until_empty()
    export = Export.objects.get(owner=cast.worker)
    zipped = client.get(reverse("portfolio:left_zip", args=[export.pk]))
    assert zipped["Content-Type"] == "application/zip"
    assert "for good" in body(client.get(reverse("portfolio:left_erase")))
    assert Note.objects.filter(author=cast.worker).exists(), "a look erases nothing"
    for _ in range(2):
        assert client.post(reverse("portfolio:left_erase")).status_code == 302
    assert not Note.objects.filter(author=cast.worker).exists()
    assert not RecordKey.objects.filter(pk=note.pk).exists()


def test_they_have_who_has_seen_what_of_theirs_too(cast: Cast) -> None:
    client = in_by(left(cast))
    assert client.get(reverse("portfolio:left_openings")).status_code == 200
    day = timezone.localdate().isoformat()
    sent = {"key": "x", "first_day": day, "last_day": day}
    assert client.post(reverse("portfolio:left_openings"), sent)["Location"] == reverse("portfolio:left")
    assert Export.objects.get(owner=cast.worker).kind == "openings"


def test_a_second_step_that_they_had_is_asked_for(cast: Cast) -> None:
    secret = generate_totp_secret()
    TOTP.activate(cast.worker, secret)
    link = left(cast)
    assert in_by(link).get(reverse("portfolio:left")).status_code == 404
    assert in_by(link, code="000000").get(reverse("portfolio:left")).status_code == 404
    code = hotp_value(secret, next(yield_hotp_counters_from_time()))
    assert in_by(link, code=f"{code:06}").get(reverse("portfolio:left")).status_code == 200


def test_it_ends_after_sixty_days_when_a_newer_one_is_sent_and_when_the_account_is_opened(cast: Cast) -> None:
    link = left(cast)
    inside = in_by(link)
    made = LeavingLink.objects.get()
    assert made.expires_on == timezone.localdate() + datetime.timedelta(days=60)
    LeavingLink.objects.update(expires_on=timezone.localdate() - datetime.timedelta(days=1))
    assert inside.get(reverse("portfolio:left")).status_code == 404
    assert Client().get(link).status_code == 404
    LeavingLink.objects.update(expires_on=timezone.localdate())
    assert inside.get(reverse("portfolio:left")).status_code == 200
    operations.send_link(cast.worker)
    assert inside.get(reverse("portfolio:left")).status_code == 404
    people.reactivate(cast.worker, by=cast.administrator)
    assert operations.send_link(cast.worker) is None
    assert Client().get(link).status_code == 404


def test_notes_of_somebody_who_left_are_erased_after_their_days_and_not_before(cast: Cast) -> None:
    notes.note(cast.worker)
    theirs = notes.note(cast.supervisor)
    left(cast)
    tasks.tidy.call()
    assert Note.objects.filter(author=cast.worker).exists()
    LeavingLink.objects.update(expires_on=timezone.localdate() - datetime.timedelta(days=1))
    tasks.tidy.call()
    assert list(Note.objects.all()) == [theirs]


def test_opened_and_closed_again_it_begins_anew_and_erases_nothing_before_its_own_days(cast: Cast) -> None:
    notes.note(cast.worker)
    left(cast)
    LeavingLink.objects.update(
        sent_at=timezone.now() - datetime.timedelta(days=80),
        expires_on=timezone.localdate() - datetime.timedelta(days=20),
    )
    people.reactivate(cast.worker, by=cast.administrator)
    tasks.tidy.call()
    people.deactivate(cast.worker, by=cast.administrator)
    Worker(name="test").run_until_empty()
    tasks.tidy.call()
    assert Note.objects.filter(author=cast.worker).exists()
    (link,) = LeavingLink.objects.filter(stopped_at__isnull=True)
    assert link.is_open


def test_what_a_hold_covers_is_not_erased(cast: Cast) -> None:
    notes.note(cast.worker)
    client = in_by(left(cast))
    keeping.hold(by=cast.administrator, basis="County court", person=cast.worker)
    page = client.post(reverse("portfolio:left_erase"), follow=True)
    assert "asks for it to be kept" in body(page)
    LeavingLink.objects.update(expires_on=timezone.localdate() - datetime.timedelta(days=1))
    tasks.tidy.call()
    assert Note.objects.filter(author=cast.worker).exists()


def test_guessing_is_slowed_down(cast: Cast) -> None:
    link = left(cast)
    client = Client()
    answers = [client.post(link, {"password": f"guess {n}"}).status_code for n in range(7)]
    assert answers[:5] == [422] * 5
    assert answers[-1] == 429
    assert Client().post(link, {"password": PASSWORD}).status_code == 429


@pytest.mark.parametrize("token", ["forged", "x" * 300])
def test_a_link_that_never_was_opens_nothing(cast: Cast, token: str, client: Any) -> None:
    assert client.get(reverse("portfolio:leaving", args=[token])).status_code == 404


# The administrator ----------------------------------------------------------------------------------------------


def test_an_administrator_sees_that_it_was_sent_and_sends_it_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = left(cast)
    page, admin = reverse("portfolio:leaver", args=[cast.worker.pk]), client_of(cast.administrator)
    shown = body(admin.get(page))
    assert "It works until" in shown
    assert "passkey" not in shown
    assert "a few minutes ago" in body(admin.post(page, follow=True))
    now = timezone.now() + datetime.timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: now)
    mail.outbox.clear()
    assert "on its way" in body(admin.post(page, follow=True))
    Worker(name="test").run_until_empty()
    (message,) = mail.outbox
    assert message.to == [cast.worker.email]
    assert Client().get(first).status_code == 404
    for person in (cast.manager, cast.supervisor, cast.outsider):
        assert client_of(person).get(page).status_code == 404
        assert client_of(person).post(page).status_code == 404
    assert "to take along" in body(admin.get(reverse("people:detail", args=[cast.worker.pk])))


def test_of_an_open_account_there_is_no_such_page(cast: Cast) -> None:
    page = reverse("portfolio:leaver", args=[cast.worker.pk])
    assert client_of(cast.administrator).get(page).status_code == 404
    with pytest.raises(NotFound):
        operations.send_link(cast.worker, by=cast.manager)


def test_with_a_passkey_alone_the_page_says_what_to_do(cast: Cast) -> None:
    Authenticator.objects.create(user=cast.worker, type=Authenticator.Type.WEBAUTHN, data={})
    left(cast)
    page = reverse("portfolio:leaver", args=[cast.worker.pk])
    assert "open their account for a while" in body(client_of(cast.administrator).get(page))


def test_when_they_are_done_the_browser_lets_nobody_in(cast: Cast) -> None:
    link = left(cast)
    client = in_by(link)
    assert client.get(reverse("portfolio:left")).status_code == 200
    assert client.post(reverse("portfolio:left_done")).status_code == 200
    assert client.get(reverse("portfolio:left")).status_code == 404
    assert in_by(link).get(reverse("portfolio:left")).status_code == 200


def test_who_has_left_is_written_to_before_something_is_removed_and_sees_what(cast: Cast) -> None:
    link = left(cast)
    now = timezone.now()
    row = Disposal(
        kind="session",
        why="rule",
        first_at=now,
        first_by=cast.administrator,
        approved_at=now,
        approved_by=factories.person("Sol Second", is_administrator=True),
        not_before=timezone.localdate() + datetime.timedelta(days=30),
    )
    row.save()
    item = DisposalItem.objects.create(disposal=row, record_id=uuid.uuid4(), day=timezone.localdate())
    item.people.add(cast.worker, cast.supervisor)
    mail.outbox.clear()
    with transaction.atomic():
        notifications.to_be_removed(row)
    Worker(name="test").run_until_empty()
    (message,) = [one for one in mail.outbox if one.to == [cast.worker.email]]
    assert "will be removed" in message.body
    assert link in message.body  # the one that they have
    page = body(in_by(link).get(reverse("portfolio:left")))
    assert "What will be removed" in page
    assert "Session records" in page
