"""A letter of hours: what it says, who signs it, who has it, and that it never changes."""

from __future__ import annotations

import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from supervision.disclosure import scope
from supervision.disclosure.models import Disclosure
from supervision.hours.letters import content, operations
from supervision.hours.models import HoursLetter
from supervision.notices.models import Reminder
from supervision.people.models import Credential, User
from supervision.portfolio import parts
from supervision.portfolio.everything import signed_by
from supervision.portfolio.parts import Period
from supervision.records import certificate, printed, snapshot, tasks, verify
from supervision.records.errors import Denied, NotFound, Stale, WrongState
from supervision.records.models import Seal
from supervision.requirements.rules import Rules, Total
from tests import factories
from tests.cast import Cast
from tests.overview import builders as build
from tests.requirements import set_makers as make
from tests.sessions.pages import client_of

from .test_measuring import DAY, met, monday, period, rule

pytestmark = pytest.mark.django_db

TOTAL = Rules(signed=True, modalities=frozenset({"in_person"}), total=Total(6000, 50))


@pytest.fixture
def agency(cast: Cast) -> Cast:
    """Two meetings count, one was by phone, one is not signed by both."""
    rule(cast, TOTAL)
    for weeks_ago in (4, 3):
        met(cast.arrangement, weeks_ago, modality="in_person")
    met(cast.arrangement, 2, modality="phone")
    met(cast.arrangement, 1, modality="in_person", record="offered")
    return cast


def asked(cast: Cast, by: User | None = None) -> tuple[content.Wanted, content.Measured]:
    return content.wanted(cast.worker, by or cast.supervisor, "own-rule", *period())


def read(cast: Cast, by: User | None = None) -> dict[str, Any]:
    of, measured = asked(cast, by)
    return content.of_letter(of, measured, operations.new_letter(of, measured))


def signed(cast: Cast, *, seen: str = "", key: uuid.UUID | None = None) -> HoursLetter:
    of, _ = asked(cast)
    evidence = build.evidence(cast.supervisor)
    seen = seen or content.mark_of(read(cast))
    return operations.sign(of, by=cast.supervisor, evidence=evidence, seen=seen, key=key)


def said(letter: HoursLetter) -> dict[str, Any]:
    return snapshot.read(Seal.objects.get(record_id=letter.pk).offer.content)


def address(cast: Cast, first: Any = None, last: Any = None, key: str = "own-rule") -> str:
    begin, end = period()
    return reverse("hours:letter_sign", args=[cast.worker.pk, key, first or begin, last or end])


def test_it_says_what_counts_what_does_not_and_why(agency: Cast) -> None:
    Credential.objects.create(
        person=agency.supervisor, name="CPSS", issuer="The board", number="12345", issued_on=monday(60)
    )
    Credential.objects.create(person=agency.supervisor, name="Of before", expires_on=monday(9))
    found = read(agency)
    assert found["kinds"] == [
        ["One to one", "2", "2 hours"],
        ["In groups", "0", "0 minutes"],
        ["In all", "2", "2 hours"],
    ]
    assert found["not_counted"] == [
        ["Held by phone, which does not count here.", "1", "1 hour"],
        ["Not signed by everybody yet.", "1", "1 hour"],
    ]
    assert len(found["meetings"]) == 4
    facts = dict(found["facts"])
    assert facts["Peer worker"] == agency.worker.name
    held = facts[f"Credentials of {agency.supervisor.name}"]
    assert held.startswith("CPSS, The board, from ")
    assert "12345" not in str(found)
    assert build.CANARY not in str(found)


def test_only_what_the_signer_led_is_in_it_also_where_two_are_called_the_same(agency: Cast) -> None:
    other = factories.worker_in(agency.program, agency.supervisor.name)
    beside = factories.arrangement(agency.program, [other], [agency.worker], days_ago=200)
    met(beside, 3, modality="in_person")
    assert read(agency)["minutes"] == 120
    assert read(agency, other)["minutes"] == 60


def test_what_groups_add_is_cut_to_the_share_the_rule_lets_count(cast: Cast) -> None:
    rule(cast, TOTAL)
    group = factories.arrangement(
        cast.program,
        [cast.supervisor],
        [cast.worker, factories.worker_in(cast.program, "Ana")],
        structure="group",
        days_ago=200,
    )
    met(cast.arrangement, 4, modality="in_person")
    for weeks_ago in (3, 2):
        met(group, weeks_ago, modality="in_person")
    found = read(cast)
    assert (found["minutes"], found["one_to_one"], found["beyond_what_groups_add"]) == (120, 60, 60)
    assert any(note.startswith("1 hour of groups are beyond") for note in found["notes"])
    assert "Ana" not in str(found)


def test_once_signed_it_never_changes_and_hours_do(agency: Cast) -> None:
    letter = signed(agency)
    before = said(letter)
    met(agency.arrangement, 1, modality="in_person")
    assert (said(letter), before["minutes"]) == (before, 120)
    assert read(agency)["minutes"] == 180
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE hours_hoursletter SET last_day = first_day")


def test_nobody_signs_another_letter_than_the_one_they_read(agency: Cast) -> None:
    seen = content.mark_of(read(agency))
    met(agency.arrangement, 1, modality="in_person")
    with pytest.raises(Stale):
        signed(agency, seen=seen)
    assert not HoursLetter.objects.exists()


def test_a_form_sent_twice_makes_one_letter_and_a_key_names_no_other(agency: Cast) -> None:
    key = uuid.uuid4()
    assert signed(agency, key=key) == signed(agency, key=key)
    of, _ = asked(agency)
    elsewhere = content.Wanted(agency.worker, of.by, of.of, of.first + DAY, of.last)
    with pytest.raises(WrongState):
        operations.sign(elsewhere, by=of.by, evidence=build.evidence(of.by), seen="", key=key)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_instant_make_one_letter(agency: Cast) -> None:
    of, measured = asked(agency)
    seen, key = (
        content.mark_of(content.of_letter(of, measured, operations.new_letter(of, measured))),
        uuid.uuid4(),
    )

    def press(_number: int) -> uuid.UUID:
        try:
            return operations.sign(of, by=of.by, evidence=build.evidence(of.by), seen=seen, key=key).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(press, range(4)))) == 1
    assert HoursLetter.objects.count() == 1
    assert Seal.objects.filter(kind=HoursLetter.record_kind).count() == 1


def test_whoever_supervises_signs_and_nobody_else(agency: Cast) -> None:
    of, _ = asked(agency)
    for person, refusal in (
        (agency.worker, Denied),
        (agency.manager, Denied),
        (agency.other_supervisor, NotFound),
        (agency.administrator, Denied),
    ):
        with pytest.raises(refusal):
            operations.sign(of, by=person, evidence=build.evidence(person), seen="")


def test_a_set_without_a_total_or_that_does_not_apply_has_no_letter(agency: Cast) -> None:
    make.shipped()
    client = build.signed_in(agency.supervisor)
    for key in ("as-agreed", "weekly-in-person", "nothing"):
        assert client.get(address(agency, key=key)).status_code == 404


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        ("2026-02-30", "2026-03-01", 404),
        ("2025-03-01", "2025-02-01", 409),
        ("1990-01-01", "2025-01-01", 409),
        ("2025-01-01", "2199-01-01", 409),
    ],
)
def test_a_period_that_cannot_be_is_refused(agency: Cast, first: str, last: str, status: int) -> None:
    assert build.signed_in(agency.supervisor).get(address(agency, first, last)).status_code == status


def posted(client: Client, cast: Cast, **given: str) -> Any:
    form = client.get(address(cast)).context["form"]
    data = {"key": str(form.initial["key"]), "seen": form.initial["seen"], "typed_name": cast.supervisor.name}
    return client.post(address(cast), data | given, follow=True)


def test_from_the_page_of_hours_it_is_read_signed_and_had_by_the_worker(agency: Cast) -> None:
    boss, worker = client_of(agency.supervisor), build.signed_in(agency.worker)
    hours = f"{reverse('hours:person', args=[agency.worker.pk])}?first={period()[0]}&last={period()[1]}"
    assert address(agency) in boss.get(hours).content.decode()
    assert "Sign a letter" not in worker.get(hours).content.decode()
    assert posted(boss, agency, typed_name="").status_code == 422
    assert "Signed." in build.text_of(posted(boss, agency))
    letter = HoursLetter.objects.get()
    page = reverse("hours:letter", args=[letter.pk])
    reminders = Reminder.objects.filter(notice="signed_for").values_list("person", "path")
    assert list(reminders) == [(agency.worker.pk, page)]
    assert page in worker.get(hours).content.decode()
    text = build.text_of(worker.get(page))
    assert "2 hours that count toward" in text
    assert "hours may have changed since" in text
    assert "The PDF is being made" in text
    for person in (agency.manager, agency.administrator, agency.other_supervisor, agency.other_worker):
        assert build.signed_in(person).get(page).status_code == 404


@pytest.mark.slow
def test_the_sealed_pdf_holds_the_letter_and_the_store_verifies(agency: Cast) -> None:
    certificate.ensure_certificate("Riverbend Peer Alliance")
    letter = signed(agency)
    tasks.make_document.func(str(Seal.objects.get(record_id=letter.pk).pk))
    response = build.signed_in(agency.worker).get(reverse("hours:letter_pdf", args=[letter.pk]))
    pages = PdfReader(io.BytesIO(response.content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for words in (
        "supervised Marisol Vega for 2 hours that count toward",
        "Held by phone, which does not count here.",
        "I supervised these meetings",
        "How to check this record",
    ):
        assert words in text
    assert verify.run() == []


def test_whoever_signed_in_long_ago_shows_once_more_that_it_is_them(agency: Cast) -> None:
    boss = client_of(agency.supervisor, minutes_ago=600)
    assert posted(boss, agency).request["PATH_INFO"] == reverse("account_reauthenticate")
    assert agency.supervisor.name in boss.get(f"{address(agency)}?kept=1").content.decode()
    assert not HoursLetter.objects.exists()


def test_what_a_worker_takes_along_has_the_letter_and_a_disclosure_may(agency: Cast) -> None:
    letter = signed(agency)
    disclosed = scope.OF[Disclosure.Kind.HOURS].rows
    assert list(disclosed(agency.worker)) == [letter]
    assert not disclosed(agency.other_worker).exists()
    (entry,) = [one for one in signed_by(agency.worker)[0] if one["record"] == str(letter.pk)]
    assert entry["content"]["minutes"] == 120
    assert not [one for one in signed_by(agency.other_worker)[0] if one["record"] == str(letter.pk)]


def test_the_worker_takes_it_along_in_their_portfolio_and_nobody_else_does(agency: Cast) -> None:
    letter = signed(agency)
    this_year = Period(timezone.localdate() - timedelta(days=365), timezone.localdate())
    *years, taken = parts.hours(agency.worker, this_year)
    assert taken.title.startswith(f"Letter of hours from {agency.supervisor.name}, ")
    assert taken.seal is not None
    assert taken.seal.record_id == letter.pk
    assert "Held by phone, which does not count here." in printed.as_signed(taken.seal)
    assert years
    assert [one for one in parts.hours(agency.supervisor, this_year) if one.seal] == []
    before = Period(this_year.first, timezone.localdate() - timedelta(days=1))
    assert [one for one in parts.hours(agency.worker, before) if one.seal] == []
