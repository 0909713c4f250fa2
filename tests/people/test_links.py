"""A link for a new password that an administrator asks for opens nothing by itself: it waits, another one agrees, its person stops it.

The attacker here is an administrator. Everything they can press is tried.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter as second_factor_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from supervision.people import operations, policy, tokens
from supervision.people.models import (
    Agency,
    EmailChange,
    Invitation,
    Management,
    PasswordReset,
    Standing,
    User,
)
from supervision.records.errors import Denied, WrongState
from supervision.records.logs import NoWords
from supervision.records.models import AuditEvent
from tests import factories
from tests.cast import Cast
from tests.factories import PASSWORD

from .helpers import client_of, link_in, mails_to, run_jobs, sign_in

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "quiet morning river walk"
HOURS_72 = datetime.timedelta(hours=72)
LINK, WAITS = "Your link for a new password", "A new password for your account waits"
OWN_MAILBOX = "attacker@example.org"


@pytest.fixture
def second() -> User:
    return factories.person("Sol Second", is_administrator=True)


@pytest.fixture
def reset(cast: Cast) -> PasswordReset:
    return asked_for(cast.supervisor, cast.administrator)


def asked_for(person: User, by: User) -> PasswordReset:
    made = operations.send_reset(person, by=by)
    assert made is not None
    return made


def subjects(address: str) -> list[str]:
    return [message.subject for message in mails_to(address)]


def newest(address: str, subject: str) -> Any:
    return [message for message in mails_to(address) if message.subject == subject][-1]


def done(person: User) -> list[str]:
    events = AuditEvent.objects.filter(record_id=person.pk).order_by("seq")
    return list(events.values_list("action", flat=True))


def let_72_hours_pass(row: Any) -> None:
    """By the clock of the row alone: what is stored decides, not what has run."""
    past = timezone.now() - datetime.timedelta(seconds=1)
    row._meta.model.objects.filter(pk=row.pk).update(takes_effect_at=past)


def address_changed(person: User, by: User, new_email: str = OWN_MAILBOX) -> EmailChange:
    """An administrator has changed the address, and the 72 hours are over."""
    change = operations.ask_address_change(person, by=by, new_email=new_email)
    let_72_hours_pass(change)
    operations.apply_addresses_that_are_due()
    change.refresh_from_db()
    assert change.done_at is not None
    return change


def signed_in_lately(person: User) -> None:
    User.objects.filter(pk=person.pk).update(last_login=timezone.now() - datetime.timedelta(days=1))


def choose_new_password(path: str, password: str = NEW_PASSWORD) -> Client:
    client = Client()
    page = client.get(path)
    if page.status_code == 302:
        client.post(page["Location"], {"password1": password, "password2": password})
    return client


# Whose link waits -----------------------------------------------------------------------------------------------


def entrusted(cast: Cast, how: str) -> User:
    """Somebody whose account opens what others said or did, in each way that there is."""
    if how == "supervises":
        return cast.supervisor
    if how == "manages a program":
        return cast.manager
    if how == "administrator":
        return factories.person("Another Admin", is_administrator=True)
    person = factories.person("Lina Linemanager")
    if how == "supervised once":
        left = timezone.localdate() - datetime.timedelta(days=100)
        factories.arrangement(cast.program, [person], [cast.worker]).participations.update(left_on=left)
        return person
    admin, version = cast.administrator, User.objects.get(pk=cast.worker.pk).version
    if "line-manage" in how:
        operations.edit_person(cast.worker, by=admin, version=version, line_manager=person)
    if how == "line-managed once":
        operations.edit_person(cast.worker, by=admin, version=version + 1, line_manager=None)
    if how == "managed until a moment ago":
        operations.end_management(operations.appoint_manager(cast.program, by=admin, person=person), by=admin)
        assert not Management.objects.filter(person=person).exists()
    if how == "administrator until a moment ago":
        operations.set_administrator(person, by=admin, value=True)
        operations.set_administrator(person, by=admin, value=False)
    return User.objects.get(pk=person.pk)


@pytest.mark.parametrize(
    "how",
    [
        *("supervises", "manages a program", "administrator", "line-manages", "supervised once"),
        *("line-managed once", "managed until a moment ago", "administrator until a moment ago"),
    ],
)
def test_a_link_for_somebody_whose_account_opens_much_is_not_sent(cast: Cast, how: str) -> None:
    person = entrusted(cast, how)
    waiting = asked_for(person, cast.administrator)
    assert waiting.takes_effect_at - waiting.asked_at == HOURS_72
    assert LINK not in subjects(person.email)
    assert WAITS in subjects(person.email)
    assert "password link sent" not in done(person)


def test_a_peer_workers_link_goes_at_once_and_says_who_asked(cast: Cast) -> None:
    assert operations.send_reset(cast.worker, by=cast.administrator) is None
    assert "An administrator of your agency asked" in newest(cast.worker.email, LINK).body


def test_whoever_forgot_their_own_password_does_not_wait(cast: Cast, client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": cast.supervisor.email})
    message = newest(cast.supervisor.email, LINK)
    assert "most likely you" in message.body
    assert not PasswordReset.objects.exists()
    assert operations.send_reset(cast.administrator, by=cast.administrator) is None


def test_asking_twice_is_once_and_those_who_could_agree_are_told(cast: Cast, second: User) -> None:
    first = asked_for(cast.supervisor, cast.administrator)
    assert asked_for(cast.supervisor, cast.administrator) == first
    assert asked_for(cast.supervisor, second) == first
    assert subjects(cast.supervisor.email) == [WAITS]
    assert subjects(second.email) == ["A link for a new password waits for a second administrator"]
    assert subjects(cast.administrator.email) == []
    for message in mails_to(second.email):
        assert cast.supervisor.name not in message.body


# The 72 hours ------------------------------------------------------------------------------------------------------


def test_after_72_hours_the_link_goes_to_the_address_on_file_with_the_next_thing_that_happens(
    cast: Cast, reset: PasswordReset, client: Client
) -> None:
    assert operations.send_resets_that_are_due() == 0
    let_72_hours_pass(reset)
    client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    path = link_in(newest(cast.supervisor.email, LINK))
    assert sign_in(choose_new_password(path), cast.supervisor, NEW_PASSWORD).status_code == 302
    reset.refresh_from_db()
    assert reset.used_at is not None
    assert operations.send_resets_that_are_due() == 0
    assert subjects(cast.supervisor.email).count(LINK) == 1


def test_the_delayed_job_sends_it_and_runs_twice_without_harm(cast: Cast, reset: PasswordReset) -> None:
    from supervision.people import tasks

    let_72_hours_pass(reset)
    for _ in range(2):
        tasks.send_due_resets.func()
    assert subjects(cast.supervisor.email).count(LINK) == 1


# A second administrator ------------------------------------------------------------------------------------------


def test_with_the_consent_of_a_second_administrator_it_is_sent_at_once(
    cast: Cast, reset: PasswordReset, second: User
) -> None:
    for _ in range(2):
        operations.agree_to_reset(reset, by=second)
    assert subjects(cast.supervisor.email).count(LINK) == 1
    assert done(cast.supervisor) == ["password link asked", "password link agreed", "password link sent"]
    third = factories.person("Third Admin", is_administrator=True)
    with pytest.raises(WrongState):
        operations.agree_to_reset(reset, by=third)


def test_who_asked_cannot_agree_nor_can_its_person_nor_anybody_else(cast: Cast, reset: PasswordReset) -> None:
    of_admin = asked_for(factories.person("Another Admin", is_administrator=True), cast.administrator)
    for row, by in (
        (reset, cast.administrator),
        (reset, cast.supervisor),
        (reset, cast.manager),
        (reset, cast.worker),
        (reset, cast.outsider),
        (of_admin, of_admin.person),
        (of_admin, cast.administrator),
    ):
        with pytest.raises(Denied):
            operations.agree_to_reset(row, by=by)
    assert PasswordReset.objects.waiting().count() == 2


def test_somebody_just_made_administrator_cannot_agree_until_72_hours_later(
    cast: Cast, reset: PasswordReset, monkeypatch: pytest.MonkeyPatch
) -> None:
    sock = operations.set_administrator(cast.outsider, by=cast.administrator, value=True)
    with pytest.raises(Denied, match="less than 72 hours"):
        operations.agree_to_reset(reset, by=sock)
    page = client_of(sock).post(f"/people/{cast.supervisor.pk}/link/{reset.pk}/agree/")
    assert page.status_code == 403
    assert PasswordReset.objects.waiting().get() == reset
    monkeypatch.setattr(policy, "WAIT", datetime.timedelta(0))
    operations.agree_to_reset(reset, by=sock)


def test_the_role_taken_and_given_back_makes_a_new_administrator(
    cast: Cast, reset: PasswordReset, second: User
) -> None:
    operations.set_administrator(second, by=cast.administrator, value=False)
    with pytest.raises(Denied):
        operations.agree_to_reset(reset, by=second)  # still in hand as an administrator
    operations.set_administrator(second, by=cast.administrator, value=True)
    with pytest.raises(Denied):
        operations.agree_to_reset(reset, by=second)


@pytest.mark.parametrize("what", ["closed", "role taken"])
def test_what_an_administrator_asked_for_does_not_outlast_their_role(
    cast: Cast, reset: PasswordReset, second: User, what: str
) -> None:
    change = operations.ask_address_change(cast.worker, by=cast.administrator, new_email=OWN_MAILBOX)
    if what == "closed":
        operations.deactivate(cast.administrator, by=second)
    else:
        operations.set_administrator(cast.administrator, by=second, value=False)
    let_72_hours_pass(reset)
    let_72_hours_pass(change)
    assert operations.send_resets_that_are_due() == operations.apply_addresses_that_are_due() == 0
    assert "A link for a new password was stopped" in subjects(cast.supervisor.email)
    assert "The change of your e-mail was stopped" in subjects(cast.worker.email)


def test_a_change_of_address_whose_time_has_come_holds_though_its_asker_goes(
    cast: Cast, second: User
) -> None:
    change = operations.ask_address_change(cast.worker, by=cast.administrator, new_email="new@example.org")
    let_72_hours_pass(change)
    operations.set_administrator(cast.administrator, by=second, value=False)
    assert operations.apply_addresses_that_are_due() == 1


def test_closing_the_account_stops_its_link_for_good(cast: Cast, reset: PasswordReset, second: User) -> None:
    operations.deactivate(cast.supervisor, by=second)
    with pytest.raises(WrongState):
        operations.agree_to_reset(reset, by=second)
    operations.reactivate(cast.supervisor, by=second)
    let_72_hours_pass(reset)
    assert operations.send_resets_that_are_due() == 0
    assert LINK not in subjects(cast.supervisor.email)


def test_a_link_that_is_out_does_not_come_back_with_a_closed_account(cast: Cast) -> None:
    operations.send_reset(cast.worker, by=cast.administrator)
    path = link_in(newest(cast.worker.email, LINK))
    operations.deactivate(cast.worker, by=cast.administrator)
    operations.reactivate(cast.worker, by=cast.administrator)
    choose_new_password(path)
    cast.worker.refresh_from_db()
    assert cast.worker.check_password(PASSWORD)


# Its person stops it -------------------------------------------------------------------------------------------------


def test_its_person_stops_it_by_the_link_in_the_mail_without_signing_in(
    cast: Cast, reset: PasswordReset, second: User, client: Client
) -> None:
    path = link_in(newest(cast.supervisor.email, WAITS))
    assert "Stop the link" in client.get(path).content.decode()
    assert PasswordReset.objects.waiting().exists()  # reading the mail stops nothing
    for _ in range(2):
        assert "The link is stopped" in client.post(path, follow=True).content.decode()
    let_72_hours_pass(reset)
    assert operations.send_resets_that_are_due() == 0
    with pytest.raises(WrongState):
        operations.agree_to_reset(reset, by=second)
    assert done(cast.supervisor) == ["password link asked", "password link stopped"]
    for person in (cast.administrator, second):
        assert "Somebody has stopped a link for a new password" in subjects(person.email)


def test_its_person_stops_it_on_their_own_page(cast: Cast, reset: PasswordReset) -> None:
    client = client_of(cast.supervisor)
    path = f"/your-details/link/{reset.pk}/stop/"
    assert path in client.get("/your-details/").content.decode()
    assert client.get(path).status_code == 200
    assert PasswordReset.objects.waiting().exists()
    for _ in range(2):
        assert client.post(path).status_code == 302
    reset.refresh_from_db()
    assert reset.stopped_by == cast.supervisor
    assert path not in client.get("/your-details/").content.decode()


def test_nobody_stops_somebody_elses_link_but_administrators(
    cast: Cast, reset: PasswordReset, second: User
) -> None:
    for person in (cast.worker, cast.manager, cast.outsider):
        assert client_of(person).post(f"/your-details/link/{reset.pk}/stop/").status_code == 404
        with pytest.raises(Denied):
            operations.stop_reset(reset, by=person)
    assert operations.stop_reset(reset, by=second)
    assert "Somebody has stopped a link for a new password" not in subjects(cast.administrator.email)


def test_a_link_that_was_agreed_to_can_still_be_stopped_until_it_is_used(
    cast: Cast, reset: PasswordReset, second: User, client: Client
) -> None:
    stop = link_in(newest(cast.supervisor.email, WAITS))
    operations.agree_to_reset(reset, by=second)
    path = link_in(newest(cast.supervisor.email, LINK))
    assert "was not used yet" in client.get(stop).content.decode()
    client.post(stop)
    choose_new_password(path)
    cast.supervisor.refresh_from_db()
    assert cast.supervisor.check_password(PASSWORD)


def test_a_link_that_was_used_cannot_be_stopped_and_the_page_says_whom_to_tell(
    cast: Cast, reset: PasswordReset, second: User, client: Client
) -> None:
    stop = link_in(newest(cast.supervisor.email, WAITS))
    operations.agree_to_reset(reset, by=second)
    choose_new_password(link_in(newest(cast.supervisor.email, LINK)))
    assert not operations.stop_reset(reset, by=None)
    assert "tell an administrator of your agency in person, now" in client.get(stop).content.decode()


def test_whoever_chooses_a_new_password_themself_needs_no_link_any_more(
    cast: Cast, reset: PasswordReset
) -> None:
    operations.choose_password(cast.supervisor, password=NEW_PASSWORD)
    let_72_hours_pass(reset)
    assert operations.send_resets_that_are_due() == 0


@pytest.mark.parametrize("token", ["x", "IjEi:1abc:forged", "%00", "a" * 5000])
def test_a_forged_link_stops_nothing(reset: PasswordReset, client: Client, token: str) -> None:
    assert client.get(f"/link/{token}/").status_code == 404
    assert client.post(f"/link/{token}/").status_code == 404
    assert PasswordReset.objects.waiting().exists()


def test_a_log_never_holds_the_link_that_stops(reset: PasswordReset, client: Client, caplog: Any) -> None:
    secret = link_in(newest(reset.person.email, WAITS)).split("/")[2]
    client.get(f"/link/{secret}/and-more/")
    client.put(f"/link/{secret}/")
    assert len(caplog.records) >= 2
    for record in caplog.records:
        NoWords().filter(record)
        assert secret not in record.getMessage()


def test_a_link_for_something_else_stops_nothing(cast: Cast, reset: PasswordReset, client: Client) -> None:
    other = tokens._link("people:reset_stop", tokens.signing.dumps(str(reset.pk), salt=tokens.STOP_ADDRESS))
    assert client.post(other.removeprefix("http://127.0.0.1:8000")).status_code == 404
    assert PasswordReset.objects.waiting().exists()


# With the mailbox of an attacker -------------------------------------------------------------------------------------


def test_a_link_stops_when_the_address_is_to_change_and_none_is_asked_for_meanwhile(
    cast: Cast, reset: PasswordReset, second: User
) -> None:
    operations.ask_address_change(cast.supervisor, by=cast.administrator, new_email=OWN_MAILBOX)
    let_72_hours_pass(reset)
    assert operations.send_resets_that_are_due() == 0
    with pytest.raises(WrongState):
        operations.agree_to_reset(reset, by=second)
    for by in (cast.administrator, second):
        with pytest.raises(WrongState, match="change of their e-mail waits"):
            operations.send_reset(cast.supervisor, by=by)


def test_who_named_the_address_cannot_agree_to_what_goes_there(cast: Cast, second: User) -> None:
    address_changed(cast.supervisor, cast.administrator)
    waiting = asked_for(cast.supervisor, second)
    with pytest.raises(Denied, match="another e-mail"):
        operations.agree_to_reset(waiting, by=cast.administrator)
    assert LINK not in subjects(OWN_MAILBOX)


def test_who_named_the_address_cannot_agree_later_either_until_it_is_proven(cast: Cast, second: User) -> None:
    change = address_changed(cast.supervisor, cast.administrator)
    long_ago = timezone.now() - datetime.timedelta(days=45)
    EmailChange.objects.filter(pk=change.pk).update(asked_at=long_ago, done_at=long_ago)
    waiting = asked_for(cast.supervisor, second)
    with pytest.raises(Denied, match="another e-mail"):
        operations.agree_to_reset(waiting, by=cast.administrator)
    signed_in_lately(cast.supervisor)
    assert operations.agree_to_reset(waiting, by=cast.administrator)


def test_a_password_forgotten_at_an_address_that_an_administrator_named_waits_too(
    cast: Cast, second: User, client: Client
) -> None:
    old = cast.supervisor.email
    signed_in_lately(cast.supervisor)
    address_changed(cast.supervisor, cast.administrator)
    answer = client.post("/accounts/password/reset/", {"email": OWN_MAILBOX})
    nobody = Client().post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (answer.status_code, answer["Location"]) == (nobody.status_code, nobody["Location"])
    assert LINK not in subjects(OWN_MAILBOX)
    waiting = PasswordReset.objects.waiting().get()
    assert waiting.asked_by is None
    with pytest.raises(Denied):
        operations.agree_to_reset(waiting, by=cast.administrator)
    # The address before hears of it, and stops it.
    client.post(link_in(newest(old, WAITS)))
    let_72_hours_pass(waiting)
    assert operations.send_resets_that_are_due() == 0
    assert LINK not in subjects(OWN_MAILBOX)


def test_whoever_has_signed_in_at_the_new_address_has_shown_that_it_is_theirs(
    cast: Cast, client: Client
) -> None:
    signed_in_lately(cast.supervisor)
    address_changed(cast.supervisor, cast.administrator, "dana.new@example.org")
    cast.supervisor.refresh_from_db()
    assert sign_in(Client(), cast.supervisor).status_code == 302
    client.post("/accounts/password/reset/", {"email": "dana.new@example.org"})
    assert LINK in subjects("dana.new@example.org")


def test_an_invitation_at_an_address_that_an_administrator_named_waits_for_somebody_who_supervises(
    cast: Cast, second: User, client: Client
) -> None:
    new = operations.add_person(by=second, name="New Supervisor", email="new@example.org")
    factories.arrangement(cast.program, [new], [cast.worker])
    address_changed(new, cast.administrator)
    client.post("/accounts/password/reset/", {"email": OWN_MAILBOX})
    assert operations.invite(new, by=cast.administrator) is None
    assert "Your invitation to Common Hour" not in subjects(OWN_MAILBOX)
    waiting = PasswordReset.objects.waiting().get()
    operations.agree_to_reset(waiting, by=second)
    assert "Your invitation to Common Hour" in subjects(OWN_MAILBOX)


def test_an_invitation_does_not_replace_a_password(cast: Cast) -> None:
    made = Invitation.objects.create(
        person=cast.supervisor, by=cast.administrator, expires_at=timezone.now() + HOURS_72
    )
    with pytest.raises(WrongState):
        operations.accept_invitation(made, password=NEW_PASSWORD)
    cast.supervisor.refresh_from_db()
    assert cast.supervisor.check_password(PASSWORD)


# The second factor outlives every link --------------------------------------------------------------------------------


def with_second_factor(person: User) -> None:
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(person)


@pytest.mark.parametrize("way", ["waited", "agreed", "address changed"])
def test_the_second_factor_is_asked_after_every_way_to_a_new_password(
    cast: Cast, second: User, client: Client, way: str
) -> None:
    person = cast.supervisor
    with_second_factor(person)
    codes = RecoveryCodes(Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES))
    spare = codes.get_unused_codes()[0]
    if way == "address changed":
        address_changed(person, cast.administrator)
        person.refresh_from_db()
        client.post("/accounts/password/reset/", {"email": OWN_MAILBOX})
        run_jobs()
        let_72_hours_pass(PasswordReset.objects.waiting().get())
        operations.send_resets_that_are_due()
    else:
        row = asked_for(person, cast.administrator)
        if way == "agreed":
            operations.agree_to_reset(row, by=second)
        else:
            let_72_hours_pass(row)
            operations.send_resets_that_are_due()
    choose_new_password(link_in(newest(person.email, LINK)))
    browser = Client()
    assert sign_in(browser, person, NEW_PASSWORD)["Location"] == "/accounts/2fa/authenticate/"
    assert browser.get("/your-details/").status_code == 302
    assert browser.get("/accounts/2fa/totp/activate/").status_code == 302  # nobody adds another one from here
    browser.post("/accounts/2fa/authenticate/", {"code": spare})
    assert browser.get("/your-details/").status_code == 200
    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    assert kinds == {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}
    stored = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP).data["secret"]
    assert second_factor_adapter().decrypt(stored) == "JBSWY3DPEHPK3PXP"


def test_whoever_has_none_is_let_nowhere_by_an_administrator_alone(cast: Cast, client: Client) -> None:
    """Reset, own mailbox, own consent: everything one administrator can press without waiting."""
    Agency.objects.update(second_factor_required=True)
    attacker = client_of(cast.administrator)
    Agency.objects.update(second_factor_required=False)  # theirs is set up; the one of the manager is not
    person = cast.manager
    here = f"/people/{person.pk}"
    attacker.post(f"{here}/invite/")
    reset = PasswordReset.objects.waiting().get()
    assert attacker.post(f"{here}/link/{reset.pk}/agree/").status_code == 403
    assert reset.person == person
    run_jobs()
    attacker.post(f"{here}/e-mail/", {"new_email": OWN_MAILBOX})
    run_jobs()
    assert attacker.post(f"{here}/invite/").status_code == 409
    attacker.post(f"{here}/e-mail/", {"new_email": OWN_MAILBOX})
    client.post("/accounts/password/reset/", {"email": OWN_MAILBOX})
    attacker.post(f"{here}/close/")
    run_jobs()
    attacker.post(f"{here}/open/")
    attacker.post(f"{here}/invite/")
    assert subjects(OWN_MAILBOX) == []
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert not User.objects.get(pk=person.pk).roles.program_manager
    told = set(subjects(person.email))
    assert {WAITS, "A link for a new password was stopped", "Your e-mail here is about to change"} <= told
    assert {"Your account was closed", "Your account is open again"} <= told


# What the database itself holds ------------------------------------------------------------------------------------------


def refuses(**values: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PasswordReset.objects.create(**values)


def test_the_database_keeps_asker_consenter_and_person_apart(cast: Cast, second: User) -> None:
    now = timezone.now()
    base: dict[str, Any] = {"person": cast.supervisor, "takes_effect_at": now + HOURS_72}
    refuses(**base, asked_by=cast.supervisor)
    refuses(**base, asked_by=second, consented_by=second, consented_at=now)
    refuses(**base, asked_by=second, consented_by=cast.supervisor, consented_at=now)
    refuses(**base, asked_by=None, consented_by=cast.supervisor, consented_at=now)
    refuses(**base, asked_by=second, consented_by=cast.administrator)
    refuses(**base, asked_by=second, sent_at=now)
    refuses(**base, asked_by=second, used_at=now)
    PasswordReset.objects.create(**base, asked_by=second)
    refuses(**base, asked_by=cast.administrator)


def test_the_database_takes_no_step_back(cast: Cast, reset: PasswordReset, second: User) -> None:
    operations.agree_to_reset(reset, by=second)
    third = factories.person("Third Admin", is_administrator=True)
    steps_back: list[dict[str, Any]] = [
        {"consented_by": third},
        {"consented_at": None, "consented_by": None},
        {"sent_at": None},
        {"person": cast.worker},
        {"asked_by": None},
    ]
    for change in steps_back:
        with pytest.raises(IntegrityError), transaction.atomic():
            PasswordReset.objects.filter(pk=reset.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        PasswordReset.objects.filter(pk=reset.pk).delete()
    other = asked_for(cast.manager, cast.administrator)
    operations.stop_reset(other, by=None)
    steps_on: list[dict[str, Any]] = [{"sent_at": timezone.now() + HOURS_72 * 2}, {"stopped_at": None}]
    for change in steps_on:
        with pytest.raises(IntegrityError), transaction.atomic():
            PasswordReset.objects.filter(pk=other.pk).update(**change)


# Pages -------------------------------------------------------------------------------------------------------------------


def test_the_two_administrators_see_it_with_what_each_can_do(
    cast: Cast, reset: PasswordReset, second: User
) -> None:
    agree = f"/people/{cast.supervisor.pk}/link/{reset.pk}/agree/"
    for path in ("/people/waiting/", f"/people/{cast.supervisor.pk}/"):
        asker = client_of(cast.administrator).get(path).content.decode()
        assert agree not in asker
        assert "You asked for this link. Another administrator has to agree to it." in asker
        other = client_of(second).get(path).content.decode()
        assert agree in other
        assert "Ade Admin asked for a link for a new password" in other
    home = client_of(second).get("/").content.decode()
    assert "1 link for a new password waits for a second administrator" in home
    assert "/people/waiting/" in home


def test_agreeing_by_the_button_and_again(cast: Cast, reset: PasswordReset, second: User) -> None:
    client = client_of(second)
    path = f"/people/{cast.supervisor.pk}/link/{reset.pk}/agree/"
    assert "Agree only if you have heard from Dana yourself" in client.get(path).content.decode()
    for _ in range(2):
        answer = client.post(path, follow=True)
        assert f"The link goes to {cast.supervisor.email}" in answer.content.decode()
    assert client.get(path).status_code == 302
    assert subjects(cast.supervisor.email).count(LINK) == 1


def test_a_link_of_somebody_else_is_not_found_on_this_page(
    cast: Cast, reset: PasswordReset, second: User
) -> None:
    client = client_of(second)
    for path in ("agree", "stop"):
        assert client.post(f"/people/{cast.worker.pk}/link/{reset.pk}/{path}/").status_code == 404
        assert client.post(f"/people/{cast.supervisor.pk}/link/{uuid.uuid4()}/{path}/").status_code == 404


def test_what_was_stopped_is_shown_to_administrators_with_who(
    cast: Cast, reset: PasswordReset, second: User
) -> None:
    operations.stop_reset(reset, by=cast.supervisor)
    page = client_of(second).get("/people/waiting/").content.decode()
    assert "Dana Whitfield stopped it on" in page


def test_the_page_says_beforehand_that_it_waits(cast: Cast) -> None:
    client = client_of(cast.administrator)
    page = client.get(f"/people/{cast.supervisor.pk}/invite/").content.decode()
    assert "it waits 72 hours, or until a second administrator agrees" in page
    answer = client.post(f"/people/{cast.supervisor.pk}/invite/", follow=True).content.decode()
    assert "The link waits until" in answer
    assert "it waits 72 hours" not in client.get(f"/people/{cast.worker.pk}/invite/").content.decode()


def test_no_administrator_opens_a_workers_account_by_way_of_a_new_address(cast: Cast) -> None:
    User.objects.filter(pk=cast.worker.pk).update(last_login=timezone.now() - datetime.timedelta(days=9))
    address_changed(cast.worker, cast.administrator, "new@example.org")
    waits = operations.send_reset(cast.worker, by=cast.administrator)
    assert waits is not None
    assert waits.can_be_stopped


def test_whom_an_agreement_names_is_entrusted(cast: Cast) -> None:
    named = factories.person("Noor Named")
    assert not policy.is_entrusted(User.objects.get(pk=named.pk))
    Standing.objects.filter(arrangement=cast.arrangement).update(turn_to=named)
    assert policy.is_entrusted(User.objects.get(pk=named.pk))
