"""What operations do, refuse, tell and keep; each twice in a row, as by a double click."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from supervision.people import operations
from supervision.people.models import (
    Agency,
    Arrangement,
    Away,
    Credential,
    EmailChange,
    Invitation,
    Management,
    Participation,
    Place,
    Program,
    User,
)
from supervision.records.errors import Denied, Invalid, Stale, WrongState
from supervision.records.models import AuditEvent
from tests import factories
from tests.cast import Cast

from .helpers import link_in, mails_to, run_jobs

pytestmark = pytest.mark.django_db

NEAR = {"abs": datetime.timedelta(minutes=1)}
Part, Structure = Participation.Part, Arrangement.Structure


def subjects(person: User) -> list[str]:
    return [message.subject for message in mails_to(person.email)]


def done(about: Any) -> list[str]:
    """What the audit chain says of a record, oldest first."""
    return list(
        AuditEvent.objects.filter(record_id=about.pk).order_by("seq").values_list("action", flat=True)
    )


def in_days(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


# Accounts -------------------------------------------------------------------------------------------------------------


def test_adding_a_person_twice_makes_one(cast: Cast) -> None:
    key = uuid.uuid4()
    facts: dict[str, Any] = {
        "by": cast.administrator,
        "name": "New Person",
        "email": "New@Example.org",
        "id": key,
    }
    first = operations.add_person(**facts, program=cast.program)
    assert operations.add_person(**facts, program=cast.program) == first
    assert (first.pk, first.email) == (key, "new@example.org")
    assert Invitation.objects.filter(person=first).count() == 1
    assert Place.objects.filter(person=first, supervised=True).count() == 1
    assert subjects(first) == ["Your invitation to Common Hour"]
    assert done(first)[0] == "person added"


@pytest.mark.parametrize(
    "email", ["marisol.taken@example.org", "MARISOL.taken@example.org", " marisol.taken@EXAMPLE.org "]
)
def test_an_address_belongs_to_one_person(cast: Cast, email: str) -> None:
    factories.person(email="marisol.taken@example.org")
    with pytest.raises(Invalid) as refusal:
        operations.add_person(by=cast.administrator, name="Another", email=email)
    assert refusal.value.field == "email"


def test_an_address_that_somebody_is_about_to_have_is_taken_too(cast: Cast) -> None:
    operations.ask_address_change(cast.worker, by=cast.administrator, new_email="soon@example.org")
    with pytest.raises(Invalid):
        operations.add_person(by=cast.administrator, name="Another", email="soon@example.org")
    with pytest.raises(Invalid):
        operations.ask_address_change(cast.supervisor, by=cast.administrator, new_email="soon@example.org")


def test_the_database_itself_keeps_addresses_in_lower_case_and_single() -> None:
    factories.person(email="one@example.org")
    for email in ("One@example.org", "one@example.org"):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create(email=email, name="X")


def test_an_edit_that_changes_nothing_tells_nobody(cast: Cast) -> None:
    operations.edit_person(cast.worker, by=cast.administrator, version=1, name=cast.worker.name)
    assert subjects(cast.worker) == []
    operations.edit_person(cast.worker, by=cast.administrator, version=1, job_title="Recovery coach")
    assert subjects(cast.worker) == ["Something about your account has changed"]
    assert "Recovery coach" not in mails_to(cast.worker.email)[0].body


def test_an_edit_of_an_older_version_is_refused(cast: Cast) -> None:
    operations.edit_person(cast.worker, by=cast.administrator, version=1, job_title="Recovery coach")
    with pytest.raises(Stale):
        operations.edit_person(cast.worker, by=cast.administrator, version=1, job_title="Bridger")
    cast.worker.refresh_from_db()
    assert cast.worker.job_title == "Recovery coach"


def test_facts_that_cannot_be_are_refused(cast: Cast) -> None:
    with pytest.raises(Invalid):
        operations.edit_person(cast.worker, by=cast.administrator, version=1, line_manager=cast.worker)
    dates = {"started_on": in_days(0), "ended_on": in_days(-1)}
    with pytest.raises(Invalid) as refusal:
        operations.edit_person(cast.worker, by=cast.administrator, version=1, **dates)
    assert refusal.value.field == "ended_on"


def test_names_are_kept_as_typed(cast: Cast) -> None:
    for number, name in enumerate(["عائشة بنت محمد", "O’Brien-ñandú  José", "李小龍", "mc DONALD", "Zoë 🌻"]):
        made = operations.add_person(by=cast.administrator, name=name, email=f"n{number}@example.org")
        made.refresh_from_db()
        assert made.name == name


def test_everything_done_to_an_account_is_refused_to_all_but_administrators(cast: Cast) -> None:
    worker = cast.worker
    attempts: list[Any] = [
        lambda by: operations.add_person(by=by, name="X", email="x@example.org"),
        lambda by: operations.edit_person(worker, by=by, version=1, name="X"),
        lambda by: operations.deactivate(worker, by=by),
        lambda by: operations.reactivate(worker, by=by),
        lambda by: operations.invite(worker, by=by),
        lambda by: operations.send_reset(worker, by=by),
        lambda by: operations.set_administrator(by, by=by, value=True),
        lambda by: operations.set_administrator(worker, by=by, value=True),
        lambda by: operations.ask_address_change(worker, by=by, new_email="x@example.org"),
        lambda by: operations.save_credential(worker, by=by, name="X"),
        lambda by: operations.add_program(by=by, name="X"),
        lambda by: operations.edit_program(cast.program, by=by, version=1, name="X"),
        lambda by: operations.place_person(cast.program, by=by, person=worker, supervised=True),
        lambda by: operations.change_place(worker.places.get(), by=by, supervised=False, until=None),
        lambda by: operations.appoint_manager(cast.program, by=by, person=by),
        lambda by: operations.end_management(Management.objects.get(person=cast.manager), by=by),
        lambda by: operations.edit_agency(Agency.objects.get(), by=by, version=1, name="X"),
    ]
    events = AuditEvent.objects.count()
    for person in (cast.worker, cast.supervisor, cast.manager, cast.outsider):
        for attempt in attempts:
            with pytest.raises(Denied):
                attempt(person)
    assert AuditEvent.objects.count() == events
    assert not DBTaskResult.objects.exists()


def test_closing_an_account_takes_what_it_could_manage_and_twice_is_once(cast: Cast) -> None:
    manager = cast.manager
    User.objects.filter(pk=manager.pk).update(is_administrator=True)
    for _ in range(2):
        operations.deactivate(manager, by=cast.administrator)
    operations.reactivate(manager, by=cast.administrator)
    manager = User.objects.get(pk=manager.pk)
    assert manager.is_active
    assert not manager.is_administrator
    assert not manager.roles.program_manager
    assert done(manager) == [
        "no longer manager",
        "no longer administrator",
        "account closed",
        "account opened again",
    ]


def test_a_closed_account_is_told_once_and_its_invitations_and_changes_stop(cast: Cast) -> None:
    new = operations.add_person(by=cast.administrator, name="New Person", email="new@example.org")
    change = operations.ask_address_change(cast.worker, by=cast.administrator, new_email="other@example.org")
    for person in (new, cast.worker):
        operations.deactivate(person, by=cast.administrator)
    change.refresh_from_db()
    assert change.stopped_at is not None
    assert not Invitation.objects.open().exists()
    assert subjects(new) == ["Your account was closed"]
    assert "Your account was closed" in subjects(cast.worker)


def test_two_administrators_cannot_both_lose_their_role(cast: Cast) -> None:
    second = factories.person("Second Admin", is_administrator=True)
    operations.set_administrator(cast.administrator, by=second, value=False)
    stale = User(pk=cast.administrator.pk, is_administrator=True)  # still in hand from before
    with pytest.raises(WrongState):
        operations.set_administrator(second, by=stale, value=False)
    with pytest.raises(WrongState):
        operations.deactivate(second, by=stale)
    assert User.objects.working().filter(is_administrator=True).get() == second


def test_becoming_an_administrator_is_told_and_kept(cast: Cast) -> None:
    for _ in range(2):
        operations.set_administrator(cast.outsider, by=cast.administrator, value=True)
    assert done(cast.outsider) == ["made administrator"]
    assert subjects(cast.outsider) == ["What you can do in Common Hour has changed"]


def test_a_reset_link_goes_to_the_address_on_file_only(cast: Cast) -> None:
    operations.send_reset(cast.worker, by=cast.administrator)
    assert subjects(cast.worker) == ["Your link for a new password"]
    assert subjects(cast.administrator) == []
    assert done(cast.worker) == ["password link sent"]


def test_clicking_invite_twice_sends_one_mail(cast: Cast) -> None:
    new = operations.add_person(by=cast.administrator, name="New", email="new@example.org", invite_now=False)
    assert subjects(new) == []
    for _ in range(3):
        operations.invite(new, by=cast.administrator)
    assert len(subjects(new)) == 1


def test_who_has_a_password_is_not_invited_again(cast: Cast) -> None:
    with pytest.raises(WrongState):
        operations.invite(cast.worker, by=cast.administrator)
    new = operations.add_person(by=cast.administrator, name="New", email="new@example.org")
    with pytest.raises(WrongState):
        operations.send_reset(new, by=cast.administrator)


# Changes of address -----------------------------------------------------------------------------------------------------


@pytest.fixture
def change(cast: Cast) -> EmailChange:
    return operations.ask_address_change(cast.worker, by=cast.administrator, new_email="New@Example.org")


def let_72_hours_pass(change: EmailChange) -> None:
    EmailChange.objects.filter(pk=change.pk).update(
        takes_effect_at=timezone.now() - datetime.timedelta(seconds=1)
    )


def test_a_change_of_address_waits_and_the_old_address_is_told(cast: Cast, change: EmailChange) -> None:
    wait = change.takes_effect_at - change.asked_at
    assert wait == datetime.timedelta(hours=72)
    old = cast.worker.email
    operations.apply_addresses_that_are_due()
    cast.worker.refresh_from_db()
    assert cast.worker.email == old
    assert subjects(cast.worker) == ["Your e-mail here is about to change"]
    assert "new@example.org" not in mails_to(old)[0].body
    assert mails_to("new@example.org") == []


def test_after_72_hours_the_new_address_signs_in_though_no_job_has_run(
    cast: Cast, change: EmailChange, client: Any
) -> None:
    old = cast.worker.email
    let_72_hours_pass(change)
    refused = client.post("/accounts/login/", {"login": old, "password": factories.PASSWORD})
    assert refused.status_code == 422
    answer = client.post("/accounts/login/", {"login": "new@example.org", "password": factories.PASSWORD})
    assert answer.status_code == 302
    assert "address changed" in done(cast.worker)
    assert [message.subject for message in mails_to("new@example.org")] == [
        "You sign in with this address now"
    ]


def test_a_reset_asked_for_after_72_hours_goes_to_the_new_address(
    cast: Cast, change: EmailChange, client: Any
) -> None:
    old = cast.worker.email
    let_72_hours_pass(change)
    client.post("/accounts/password/reset/", {"email": old})
    client.post("/accounts/password/reset/", {"email": "new@example.org"})
    assert "Your link for a new password" not in [message.subject for message in mails_to(old)]
    assert "Your link for a new password" in [message.subject for message in mails_to("new@example.org")]


def test_the_old_address_can_stop_it_by_its_link(cast: Cast, change: EmailChange, client: Any) -> None:
    path = link_in(mails_to(cast.worker.email)[0])
    assert "Stop the change" in client.get(path).content.decode()
    change.refresh_from_db()
    assert change.stopped_at is None  # reading the mail stops nothing
    for _ in range(2):
        page = client.post(path, follow=True)
        assert "The change is stopped" in page.content.decode()
    let_72_hours_pass(change)
    assert operations.apply_addresses_that_are_due() == 0
    assert done(cast.worker) == ["address change asked", "address change stopped"]


def test_after_72_hours_it_is_too_late_to_stop_whether_a_job_ran_or_not(
    cast: Cast, change: EmailChange, client: Any
) -> None:
    path = link_in(mails_to(cast.worker.email)[0])
    let_72_hours_pass(change)
    assert "too late" in client.get(path).content.decode()
    assert "too late" in client.post(path, follow=True).content.decode()
    assert not operations.stop_address_change(change, by=cast.administrator)
    assert operations.apply_addresses_that_are_due() == 1
    assert operations.apply_addresses_that_are_due() == 0
    assert "too late" in client.get(path).content.decode()


def test_a_newer_request_replaces_one_that_waits_and_the_same_again_is_one(
    cast: Cast, change: EmailChange
) -> None:
    again = operations.ask_address_change(cast.worker, by=cast.administrator, new_email="new@example.org")
    assert again == change
    newer = operations.ask_address_change(cast.worker, by=cast.administrator, new_email="newer@example.org")
    assert list(EmailChange.objects.waiting()) == [newer]


def test_an_address_that_came_to_be_taken_is_not_taken_over(cast: Cast, change: EmailChange) -> None:
    factories.person("First", email="new@example.org")
    old = cast.worker.email
    let_72_hours_pass(change)
    assert operations.apply_addresses_that_are_due() == 0
    cast.worker.refresh_from_db()
    change.refresh_from_db()
    assert cast.worker.email == old
    assert change.stopped_at is not None
    assert operations.apply_addresses_that_are_due() == 0


# Programs ----------------------------------------------------------------------------------------------------------------


def test_programs_have_names_of_their_own(cast: Cast) -> None:
    with pytest.raises(Invalid):
        operations.add_program(by=cast.administrator, name="maple STREET")
    with pytest.raises(Invalid):
        operations.edit_program(cast.program, by=cast.administrator, version=1, name="Warm line")
    renamed = operations.edit_program(cast.program, by=cast.administrator, version=1, name="Maple street")
    assert renamed.version == 2
    with pytest.raises(Stale):
        operations.edit_program(cast.program, by=cast.administrator, version=1, name="Elm Street")


def test_nobody_gives_themself_a_place_or_a_program_to_manage(cast: Cast) -> None:
    ade = cast.administrator
    with pytest.raises(Denied):
        operations.place_person(cast.program, by=ade, person=ade, supervised=True)
    with pytest.raises(Denied):
        operations.appoint_manager(cast.program, by=ade, person=ade)
    assert not Place.objects.filter(person=ade).exists()
    assert not Management.objects.filter(person=ade).exists()


def test_a_new_manager_is_told_and_so_is_everybody_whose_supervision_they_now_see(cast: Cast) -> None:
    waiting = factories.worker_in(cast.program, "Wren Waiting")  # a place there, and no arrangement yet
    for _ in range(2):
        operations.appoint_manager(cast.program, by=cast.administrator, person=cast.outsider)
    assert Management.objects.filter(person=cast.outsider).count() == 1
    assert subjects(cast.outsider) == ["What you can do in Common Hour has changed"]
    run_jobs()
    for person in (cast.worker, cast.supervisor, waiting):
        assert subjects(person) == ["Who manages your program has changed"]
    assert subjects(cast.other_worker) == []


def test_places_are_given_once_and_end_on_a_day(cast: Cast) -> None:
    first = operations.place_person(
        cast.program, by=cast.administrator, person=cast.outsider, supervised=True
    )
    again = operations.place_person(
        cast.program, by=cast.administrator, person=cast.outsider, supervised=True
    )
    assert again == first
    with pytest.raises(Invalid):
        operations.change_place(first, by=cast.administrator, supervised=True, until=in_days(-1))
    operations.change_place(first, by=cast.administrator, supervised=True, until=in_days(0))
    assert Place.objects.current().filter(pk=first.pk).exists()
    assert not Place.objects.current(in_days(1)).filter(pk=first.pk).exists()


def test_nobody_new_comes_into_a_closed_program(cast: Cast) -> None:
    operations.edit_program(cast.program, by=cast.administrator, version=1, is_active=False)
    with pytest.raises(WrongState):
        operations.place_person(cast.program, by=cast.administrator, person=cast.outsider, supervised=True)
    with pytest.raises(WrongState):
        operations.make_arrangement(
            by=cast.administrator,
            program=Program.objects.get(pk=cast.program.pk),
            structure=Structure.INDIVIDUAL,
            people=[(cast.supervisor, Part.SUPERVISOR), (cast.worker, Part.SUPERVISEE)],
        )


def test_changed_settings_of_the_agency_are_told_to_the_other_administrators(cast: Cast) -> None:
    second = factories.person("Second Admin", is_administrator=True)
    operations.edit_agency(
        Agency.objects.get(), by=cast.administrator, version=1, second_factor_required=True
    )
    assert subjects(second) == ["The agency’s settings have changed"]
    assert subjects(cast.administrator) == []
    with pytest.raises(Stale):
        operations.edit_agency(Agency.objects.get(), by=second, version=1, concern_days=9)


# Own things ----------------------------------------------------------------------------------------------------------------


def test_times_away_do_not_overlap_and_the_same_again_is_one(cast: Cast) -> None:
    me = cast.worker
    first = operations.add_away(me, by=me, first_day=in_days(1), last_day=in_days(5))
    assert operations.add_away(me, by=me, first_day=in_days(1), last_day=in_days(5)) == first
    for start, end in ((5, 6), (0, 1), (2, 3), (0, 9)):
        with pytest.raises(Invalid):
            operations.add_away(me, by=me, first_day=in_days(start), last_day=in_days(end))
    with pytest.raises(Invalid):
        operations.add_away(me, by=me, first_day=in_days(9), last_day=in_days(8))
    with pytest.raises(Invalid):
        operations.add_away(me, by=me, first_day=in_days(9), last_day=in_days(1000))
    operations.add_away(me, by=me, first_day=in_days(6), last_day=in_days(6))
    assert subjects(me) == []
    for _ in range(2):
        operations.remove_away(first, by=me)
    assert Away.objects.count() == 1


def test_times_away_set_by_a_manager_are_told(cast: Cast) -> None:
    made = operations.add_away(cast.worker, by=cast.manager, first_day=in_days(1), last_day=in_days(5))
    assert len(subjects(cast.worker)) == 1
    for stranger in (cast.supervisor, cast.other_manager, cast.outsider):
        with pytest.raises(Denied):
            operations.remove_away(made, by=stranger)


def test_people_change_only_what_is_theirs(cast: Cast) -> None:
    operations.change_own_details(by=cast.worker, version=1, preferred_name="Mari", theme="dark")
    assert User.objects.get(pk=cast.worker.pk).called == "Mari"
    with pytest.raises(Stale):
        operations.change_own_details(by=cast.worker, version=1, preferred_name="M")
    for name in ("is_administrator", "email", "name", "is_active", "job_title"):
        with pytest.raises(ValueError, match="Not a person's own"):
            operations.change_own_details(by=cast.worker, version=2, **{name: True})


def test_credentials_are_listed_once(cast: Cast) -> None:
    facts: dict[str, Any] = {"name": "Certified peer specialist", "number": "CPS-1", "issued_on": in_days(-9)}
    facts |= {"issuer": "State board", "expires_on": in_days(9)}
    first = operations.save_credential(cast.worker, by=cast.administrator, **facts)
    assert operations.save_credential(cast.worker, by=cast.administrator, **facts) == first
    with pytest.raises(Invalid):
        operations.save_credential(cast.worker, by=cast.administrator, **facts | {"expires_on": in_days(-10)})
    for _ in range(2):
        operations.remove_credential(first, by=cast.administrator)
    assert not Credential.objects.exists()
    with pytest.raises(WrongState):
        operations.save_credential(cast.worker, by=cast.administrator, credential=first, **facts)
