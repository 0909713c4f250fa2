"""What is over its time goes for good when two people approved it, everybody was told, and nothing holds it; the chain still verifies."""

from __future__ import annotations

import datetime
import re
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from supervision.jobs.worker import Worker
from supervision.notes import operations as noting
from supervision.pages.words import day as said_day
from supervision.people.models import User
from supervision.records import certificate, verification, verify
from supervision.records.encryption import unlocked_keys
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, WrongState
from supervision.records.models import AuditEvent, Document, RecordKey, Seal
from supervision.retention import operations, tasks
from supervision.retention.models import NOTICE, Disposal, DisposalItem, Hold, Kind, Rule
from supervision.sessions.models import Session
from tests import factories
from tests.agreements import helpers as agreeing
from tests.cast import Cast
from tests.competencies import assessment_makers as assessing
from tests.concerns import makers as raising
from tests.notes import makers as own_notes
from tests.sessions import makers
from tests.sessions import observation_makers as looks
from tests.sessions.pages import body, client_of

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def second(cast: Cast) -> User:
    return factories.person("Sol Second", is_administrator=True)


@pytest.fixture
def old(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A sealed session record, looked at three years later, and a rule of two years."""
    operations.set_rule("session", 24, by=cast.administrator)
    session = makers.sealed(cast)
    years_later(monkeypatch, 3)
    return session


def years_later(monkeypatch: pytest.MonkeyPatch, years: float) -> None:
    now = timezone.now() + datetime.timedelta(days=365.25 * years)
    monkeypatch.setattr(timezone, "now", lambda: now)


def days_later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    now = timezone.now() + days * DAY
    monkeypatch.setattr(timezone, "now", lambda: now)


def proposed() -> Disposal:
    operations.propose_by_rules()
    return Disposal.objects.open().get()


def fresh(row: Any) -> Any:
    return type(row)._base_manager.get(pk=row.pk)


def approved(row: Disposal, *people: User) -> Disposal:
    for person in people:
        operations.approve(row, by=person, version=fresh(row).version)
    return fresh(row)


def is_there(session: Session) -> bool:
    with unlocked_keys():
        return makers.fresh(session).outcomes == makers.OUTCOMES


# Rules and lists ------------------------------------------------------------------------------------------------


def test_without_a_rule_everything_is_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    makers.sealed(cast)
    years_later(monkeypatch, 40)
    assert operations.propose_by_rules() == []
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-11-27", 24, "2024-11-27"),
        ("2028-02-29", 12, "2027-02-28"),
        ("2026-01-31", 2, "2025-11-30"),
        ("2026-12-31", 12, "2025-12-31"),
    ],
)
def test_months_are_those_of_the_calendar(day: str, months: int, before: str) -> None:
    found = operations.months_before(datetime.date.fromisoformat(day), months)
    assert found == datetime.date.fromisoformat(before)


def test_what_is_over_its_time_is_listed_once_and_what_is_not_stays(cast: Cast, old: Session) -> None:
    makers.sealed(cast, makers.planned(cast, starts_at=timezone.now() - DAY))
    row = proposed()
    assert [item.record_id for item in row.items.all()] == [old.pk]
    assert set(row.items.get().people.all()) == {cast.supervisor, cast.worker}
    assert operations.propose_by_rules() == [], "it is on a list already"


def test_the_list_says_facts_and_opens_no_record(cast: Cast, old: Session) -> None:
    row = proposed()
    page = body(client_of(cast.administrator).get(reverse("retention:disposal", args=[row.pk])))
    assert "Marisol Vega" in page
    assert makers.CANARY not in page
    for person in (cast.worker, cast.supervisor, cast.manager):
        for name, args in (("disposal", [row.pk]), ("keeping", []), ("hold", [])):
            assert client_of(person).get(reverse(f"retention:{name}", args=args)).status_code == 404


# Two people -----------------------------------------------------------------------------------------------------


def test_it_takes_two_administrators_and_thirty_days(
    cast: Cast, second: User, old: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = proposed()
    approved(row, cast.administrator)
    with pytest.raises(AlreadyDone):
        approved(row, cast.administrator)
    with pytest.raises(NotFound):
        approved(row, cast.manager)
    assert operations.carry_out_what_is_due() == 0
    row = approved(row, second)
    assert row.not_before == timezone.localdate() + NOTICE
    Worker(name="test").run_until_empty()
    told = {message.to[0] for message in mail.outbox if "will be removed" in message.subject}
    assert told == {cast.supervisor.email, cast.worker.email}
    assert "Removed on" in body(client_of(cast.worker).get(reverse("retention:upcoming")))
    days_later(monkeypatch, 29)
    assert operations.carry_out_what_is_due() == 0
    assert is_there(old)
    days_later(monkeypatch, 1)
    assert operations.carry_out_what_is_due() == 1
    assert operations.carry_out_what_is_due() == 0
    assert fresh(row).done_at is not None
    assert not is_there(old)


def test_nobody_approves_what_is_theirs_or_what_they_asked_for(
    cast: Cast, second: User, old: Session
) -> None:
    row = proposed()
    User.objects.filter(pk=cast.worker.pk).update(is_administrator=True)
    with pytest.raises(Denied, match="yours, too"):
        approved(row, fresh(cast.worker))
    asked = operations.propose_restriction
    with pytest.raises(WrongState, match="on a list already"):
        asked("session", old.pk, by=cast.worker, reason="A name stands in it")
    operations.stop(row, by=second, reason="Not yet")
    made = asked("session", old.pk, by=fresh(cast.worker), reason="A name stands in it")
    with pytest.raises(Denied, match="You proposed this"):
        approved(made, fresh(cast.worker))
    with pytest.raises(NotFound):
        asked("session", old.pk, by=cast.outsider, reason="I am curious")
    with pytest.raises(Invalid):
        asked("session", makers.sealed(cast).pk, by=cast.worker, reason=" ")


def test_the_database_wants_two_people_too(cast: Cast, second: User, old: Session) -> None:
    row = proposed()
    now = timezone.now()
    alone: dict[str, Any] = {"first_at": now, "first_by": second, "approved_at": now, "approved_by": second}
    changes: tuple[dict[str, Any], ...] = (
        {**alone, "not_before": timezone.localdate()},
        {"approved_at": now, "approved_by": second, "not_before": timezone.localdate()},
        {"done_at": now},
        {"first_at": now},
        {"stopped_at": now},
    )
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            Disposal.objects.filter(pk=row.pk).update(**change)
    approved(row, cast.administrator, second)
    for change in (
        {"not_before": timezone.localdate()},
        {"approved_by": cast.manager},
        {"approved_at": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Disposal.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disposal.objects.filter(pk=row.pk).delete()


def test_a_list_that_was_stopped_is_never_carried_out(
    cast: Cast, second: User, old: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = approved(proposed(), cast.administrator, second)
    operations.stop(row, by=cast.administrator, reason="The funder asks for it")
    days_later(monkeypatch, 60)
    tasks.daily.call()
    assert is_there(old)


# Holds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("over", ["person", "arrangement", "program"])
@pytest.mark.parametrize("when", ["before it is proposed", "after it is approved"])
def test_a_hold_keeps_what_it_covers(
    cast: Cast, second: User, old: Session, monkeypatch: pytest.MonkeyPatch, over: str, when: str
) -> None:
    covered: dict[str, Any] = {
        "person": cast.worker,
        "arrangement": cast.arrangement,
        "program": cast.program,
    }
    if when == "after it is approved":
        row = approved(proposed(), cast.administrator, second)
    made = operations.hold(by=second, basis="County court, 12/2029", **{over: covered[over]})
    if when == "after it is approved":
        days_later(monkeypatch, 31)
        assert operations.carry_out_what_is_due() == 0
        assert row.items.get().left_at is not None
    assert is_there(old)
    assert operations.propose_by_rules() == []
    operations.lift(made, by=cast.administrator, reason="The case is closed")
    assert len(operations.propose_by_rules()) == 1
    with pytest.raises(WrongState):
        operations.lift(made, by=cast.administrator, reason="Again")


def test_a_hold_over_others_keeps_nothing_of_theirs(cast: Cast, old: Session) -> None:
    operations.hold(by=cast.administrator, basis="Court", person=cast.other_worker)
    operations.hold(by=cast.administrator, basis="Court", program=cast.other_program)
    assert proposed().items.count() == 1


def test_a_hold_says_on_what_it_rests_and_over_one_thing(cast: Cast) -> None:
    for given in ({"basis": " ", "person": cast.worker}, {"basis": "x"}):
        with pytest.raises(Invalid):
            operations.hold(by=cast.administrator, **given)
    with pytest.raises(NotFound):
        operations.hold(by=cast.manager, basis="x", person=cast.worker)
    assert not Hold.objects.exists()


# What is left ---------------------------------------------------------------------------------------------------


@pytest.fixture
def removed(
    cast: Cast, second: User, old: Session, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any
) -> tuple[Session, bytes]:
    """One whose PDF was made, with an addendum; removed. And the file that somebody kept."""
    settings.SECRETS_DIR = tmp_path / "secrets"
    certificate.ensure_certificate("Riverbend Peer Alliance")
    Worker(name="test").run_until_empty()
    with unlocked_keys():
        file = bytes(Document.objects.get(seal__record_id=old.pk).pdf)
    approved(proposed(), cast.administrator, second)
    days_later(monkeypatch, 31)
    operations.carry_out_what_is_due()
    return old, file


def test_the_chain_and_every_seal_still_verify(cast: Cast, removed: tuple[Session, bytes]) -> None:
    session, _file = removed
    assert verify.run() == []
    assert not RecordKey.objects.get(pk=session.pk).wrapped
    (link,) = AuditEvent.objects.filter(action="key destroyed", record_id=session.pk)
    assert link.facts["why"] == "rule"
    assert Seal.objects.filter(record_id=session.pk).exists()
    out = StringIO()
    call_command("verify", stdout=out)


def test_no_page_fails_over_what_was_removed(cast: Cast, removed: tuple[Session, bytes]) -> None:
    session, file = removed
    for person in (cast.worker, cast.supervisor):
        client = client_of(person)
        gone = client.get(reverse("sessions:detail", args=[session.pk]))
        assert gone.status_code == 410
        assert f"removed on {said_day(timezone.localdate())}" in body(gone)
        assert "when the time was over" in body(gone)
        assert "This was removed" in body(gone)
        assert client.get(reverse("sessions:pdf", args=[session.pk])).status_code == 410
        for name in ("home", "sessions:list", "portfolio:list", "retention:upcoming", "overview:opened"):
            page = client.get(reverse(name), follow=True)
            assert page.status_code == 200, name
            assert makers.CANARY not in body(page)
        found = client.post(reverse("sessions:find"), {"words": makers.CANARY}, follow=True)
        assert (found.status_code, "No session" in body(found) or "Nothing" in body(found)) == (200, True)
    assert client_of(cast.manager).get(reverse("sessions:facts", args=[session.pk])).status_code == 200
    assert verification.of_file([file]).genuine is False, "the same answer as for one that never was"


def test_of_a_removed_agreement_every_page_says_so_and_who_joined_later_is_party_to_it(
    cast: Cast, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit, joe = factories.worker_in(cast.program, "Kit Ng"), factories.worker_in(cast.program, "Joe Marsh")
    group = factories.arrangement(cast.program, [cast.supervisor], [cast.worker, kit, joe], structure="group")
    agreement = agreeing.in_force(group, cast.supervisor, kit, joe)
    operations.set_rule("agreement", 24, by=cast.administrator)
    ended = timezone.localdate()
    type(group).objects.filter(pk=group.pk).update(ended_on=ended)
    years_later(monkeypatch, 3)
    held = operations.hold(by=second, basis="Court", person=joe)
    assert operations.propose_by_rules() == [], "whoever joined later is party to it"
    operations.lift(held, by=second, reason="Over")
    approved(proposed(), cast.administrator, second)
    days_later(monkeypatch, 31)
    assert operations.carry_out_what_is_due() == 1
    assert verify.run() == []
    for name in ("detail", "history", "history_pdf"):
        answer = client_of(cast.supervisor).get(reverse(f"agreements:{name}", args=[agreement.pk]))
        assert answer.status_code == 410, name
    assert client_of(cast.supervisor).get(reverse("agreements:list")).status_code == 200


def test_what_is_taken_along_afterwards_says_that_it_was_removed(
    cast: Cast, removed: tuple[Session, bytes]
) -> None:
    from supervision.portfolio import everything, making
    from supervision.portfolio.parts import BY_KEY, Period
    from tests.architecture.unpacking import words_in

    today = timezone.localdate()
    period = Period(today - 2000 * DAY, today)
    for made in (
        making.archive_of(making.gather(cast.worker, period, list(BY_KEY), [])),
        everything.archive_of(cast.worker),
    ):
        assert makers.CANARY not in words_in(made)


def test_a_key_that_vanished_is_found(cast: Cast) -> None:
    session = makers.sealed(cast)
    RecordKey.objects.filter(pk=session.pk).delete()
    assert any("its key is gone" in problem.what for problem in verify.run())


def test_stopped_in_the_middle_it_goes_on_with_the_rest(
    cast: Cast, second: User, old: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from supervision.retention import kinds

    other = Session.objects.exclude(pk=old.pk)
    assert not other.exists()
    another = makers.sealed(cast, makers.planned(cast, starts_at=timezone.now() - 2 * DAY))
    years_later(monkeypatch, 3)
    row = approved(proposed(), cast.administrator, second)
    days_later(monkeypatch, 31)
    real, calls = kinds.remove, []

    def killed(*args: Any, **kwargs: Any) -> bool:
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError
        return real(*args, **kwargs)

    monkeypatch.setattr(kinds, "remove", killed)
    with pytest.raises(RuntimeError):
        operations.carry_out_what_is_due()
    assert DisposalItem.objects.filter(removed_at__isnull=False).count() == 1
    assert operations.carry_out_what_is_due() == 1
    assert fresh(row).done_at is not None
    assert not is_there(old)
    assert not is_there(another)


# What the pages say ---------------------------------------------------------------------------------------------


def test_an_arrangement_is_called_by_its_people(cast: Cast) -> None:
    names = f"{cast.supervisor.name} and {cast.worker.name}, since"
    client = client_of(cast.administrator)
    assert names in body(client.get(reverse("retention:hold")))
    row = operations.hold(by=cast.administrator, basis="County court", arrangement=cast.arrangement)
    assert names in body(client.get(reverse("retention:keeping")))
    operations.lift(row, by=cast.administrator, reason="Over")
    page = body(client.get(reverse("retention:keeping")))
    assert names in page
    assert "Arrangement object" not in page


def test_a_length_that_is_not_listed_is_refused_beside_its_field(cast: Cast) -> None:
    client = client_of(cast.administrator)
    answer = client.post(reverse("retention:rule", args=["session"]), {"session-months": "13"})
    assert answer.status_code == 422
    assert body(answer).count("Choose one of the lengths listed") == 2  # above the page and beside the field
    assert not Rule.objects.exists()
    assert client.post(reverse("retention:rule", args=["letters"]), {}).status_code == 404


def test_the_chain_names_who_asked_for_the_lists(cast: Cast, old: Session) -> None:
    operations.propose_by_rules(by=cast.administrator)
    link = AuditEvent.objects.filter(action="disposal proposed").get()
    assert link.by == cast.administrator.pk
    assert Disposal.objects.get().proposed_by is None


def test_each_kind_that_can_be_removed_leads_its_parties_to_ask_for_it(cast: Cast) -> None:
    """The word on the page is a link that works, for every kind there is."""
    observation, assessment = looks.sealed(cast), assessing.sealed(cast)
    agreement = agreeing.in_force(cast.arrangement, cast.supervisor, cast.worker)
    cast.arrangement.ended_on = timezone.localdate()
    cast.arrangement.save()
    pages = {
        "session": reverse("sessions:detail", args=[makers.sealed(cast).pk]),
        "observation": reverse("sessions:observation", args=[observation.pk]),
        "agreement": reverse("agreements:detail", args=[agreement.pk]),
        "assessment": reverse("competencies:assessment", args=[assessment.pk]),
    }
    assert pages.keys() == set(Kind.values)
    client = client_of(cast.worker)
    for kind, address in pages.items():
        found = re.search(rf'/keeping/ask/{kind}/[^"]+', client.get(address).content.decode())
        assert found, kind
        assert client.get(found[0]).status_code == 200, kind


@pytest.mark.parametrize(
    ("first", "last", "keeps"), [(None, None, True), (-9, 9, True), (3, None, False), (None, -3, False)]
)
def test_a_hold_over_a_program_keeps_what_is_of_its_days(
    cast: Cast, old: Session, first: int | None, last: int | None, keeps: bool
) -> None:
    day = timezone.localdate(old.starts_at)
    days = {name: day + n * DAY for name, n in (("first_day", first), ("last_day", last)) if n is not None}
    operations.hold(by=cast.administrator, basis="County court", program=cast.program, **days)
    operations.propose_by_rules(by=cast.administrator)
    assert Disposal.objects.open().exists() != keeps


def test_days_of_a_hold_are_a_programs_and_in_order(cast: Cast) -> None:
    day = timezone.localdate()
    for given, field in (
        ({"person": cast.worker, "first_day": day}, "first_day"),
        ({"program": cast.program, "first_day": day, "last_day": day - DAY}, "last_day"),
    ):
        with pytest.raises(Invalid) as refusal:
            operations.hold(by=cast.administrator, basis="County court", **given)
        assert refusal.value.field == field


def test_a_hold_over_a_person_keeps_what_they_would_destroy_themself_and_nobody_reads_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, concern = own_notes.note(cast.worker), raising.stated(cast)
    holds = [
        operations.hold(by=cast.administrator, basis="County court", person=cast.worker) for _ in range(2)
    ]
    noting.delete(note, by=cast.worker)
    with pytest.raises(WrongState, match="a law or a court"):
        noting.remove(fresh(note), by=User.objects.get(pk=cast.worker.pk))
    with pytest.raises(WrongState, match="a law or a court"):
        raising.operations.throw_away(concern, by=cast.supervisor)
    days_later(monkeypatch, 60)
    noting.purge()
    assert RecordKey.objects.filter(pk=note.pk).exists()
    for person in (cast.administrator, cast.manager, cast.supervisor):
        assert not type(note).objects.visible_to(person).filter(pk=note.pk).exists()
    operations.lift(holds[0], by=cast.administrator, reason="One of two")
    noting.purge()
    assert RecordKey.objects.filter(pk=note.pk).exists()
    operations.lift(holds[1], by=cast.administrator, reason="Closed")
    noting.purge()
    assert not RecordKey.objects.filter(pk=note.pk).exists()
    raising.operations.throw_away(concern, by=cast.supervisor)
