"""Coming in: sign-in and out, lock-out, password reset, second factors, invitations, the first start."""

from __future__ import annotations

import datetime
import json
import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter as second_factor_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.hazmat.primitives.asymmetric import ec
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

from supervision.people import operations, tokens
from supervision.people.models import Agency, Invitation, SetupToken, User
from supervision.records import certificate
from supervision.records.errors import NotFound, WrongState
from tests import factories
from tests.cast import Cast
from tests.factories import PASSWORD

from .helpers import client_of, link_in, mails_to, short, sign_in

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "quiet morning river walk"


@pytest.fixture
def dana() -> User:
    factories.agency()
    return factories.person("Dana Whitfield", email="dana@example.org")


def is_signed_in(client: Client) -> bool:
    return client.get("/your-details/").status_code == 200


# Signing in ----------------------------------------------------------------------------------------------------


def test_signing_in_leads_home(dana: User, client: Client) -> None:
    answer = sign_in(client, dana)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(client)


def test_the_address_may_be_typed_in_any_case(dana: User, client: Client) -> None:
    client.post("/accounts/login/", {"login": " DANA@Example.ORG ", "password": PASSWORD})
    assert is_signed_in(client)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(dana: User, client: Client) -> None:
    wrong = sign_in(client, dana, "not this one")
    unknown = client.post("/accounts/login/", {"login": "nobody@example.org", "password": "not this one"})
    assert wrong.status_code == unknown.status_code == 422
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", wrong.content.decode()) == strip.sub("", unknown.content.decode())
    assert not is_signed_in(client)


def test_five_wrong_passwords_lock_the_address_also_for_the_right_one(dana: User, client: Client) -> None:
    for _ in range(5):
        sign_in(client, dana, "not this one")
    answer = sign_in(client, dana)
    assert answer.status_code == 422
    assert not is_signed_in(client)
    # Another address, from the same place, still works.
    other = factories.person("Ben Castillo")
    assert sign_in(client, other).status_code == 302


def test_a_closed_account_cannot_sign_in_and_its_sessions_end(cast: Cast, client: Client) -> None:
    sign_in(client, cast.worker)
    assert is_signed_in(client)
    operations.deactivate(cast.worker, by=cast.administrator)
    assert not is_signed_in(client)
    sign_in(client, cast.worker)
    assert not is_signed_in(client)
    # Opening the account again does not bring the old session back.
    operations.reactivate(cast.worker, by=cast.administrator)
    assert not is_signed_in(client)
    sign_in(client, cast.worker)
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(dana: User, client: Client, target: str) -> None:
    answer = sign_in(client, dana, next=target)
    assert answer.status_code == 302
    assert answer["Location"] == "/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(dana: User, client: Client) -> None:
    asked = client.get("/arrangements/?state=all&program=1")
    assert asked["Location"] == "/accounts/login/?next=/arrangements/%3Fstate%3Dall%26program%3D1"
    assert sign_in(client, dana, next="/arrangements/?state=all")["Location"] == "/arrangements/?state=all"


@pytest.mark.parametrize(
    "value",
    ["a\x00b@example.org", "x" * 1_000_000, "\u202egro.elpmaxe@anad", "💬@example.org", ""],
    ids=short,
)
def test_strange_input_at_the_door_is_refused_in_words(dana: User, client: Client, value: str) -> None:
    assert client.post("/accounts/login/", {"login": value, "password": value}).status_code == 422
    assert client.post("/accounts/password/reset/", {"email": value}).status_code == 422


def test_signing_out_needs_a_button(dana: User, client: Client) -> None:
    sign_in(client, dana)
    client.get("/accounts/logout/")
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "password/set/", "confirm-email/", "3rdparty/", "login/code/"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_ways_round_the_rules_do_not_exist(dana: User, client: Client, path: str, method: str) -> None:
    data = {"email": "new@example.org", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert getattr(client, method)(f"/accounts/{path}", data).status_code == 404
    assert getattr(client_of(dana), method)(f"/accounts/{path}", data).status_code == 404
    assert not User.objects.filter(email="new@example.org").exists()


def test_there_is_no_django_admin(dana: User) -> None:
    assert client_of(factories.person(is_administrator=True)).get("/admin/").status_code == 404


def test_somebody_sees_where_they_are_signed_in_and_can_end_it(dana: User, client: Client) -> None:
    elsewhere = Client()
    sign_in(elsewhere, dana)
    sign_in(client, dana)
    assert client.get("/accounts/sessions/").status_code == 200
    client.post("/accounts/sessions/")
    assert not is_signed_in(elsewhere)
    assert is_signed_in(client)


# Passwords --------------------------------------------------------------------------------------------------------


def ask_for_reset(client: Client, address: str) -> Any:
    return client.post("/accounts/password/reset/", {"email": address})


def choose_new_password(client: Client, path: str, password: str = NEW_PASSWORD) -> Any:
    page = client.get(path)
    if page.status_code != 302:
        return page
    return client.post(page["Location"], {"password1": password, "password2": password})


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(dana: User, client: Client) -> None:
    elsewhere = Client()
    sign_in(elsewhere, dana)
    ask_for_reset(client, "Dana@example.org")
    path = link_in(mails_to(dana.email)[0])
    assert choose_new_password(client, path).status_code == 302
    assert not is_signed_in(client)  # the new password is asked for, and any second factor
    assert sign_in(client, dana, NEW_PASSWORD).status_code == 302
    assert not is_signed_in(elsewhere)
    again = Client()
    choose_new_password(again, path, "another password still")
    dana.refresh_from_db()
    assert dana.check_password(NEW_PASSWORD)
    assert any("password was changed" in message.subject for message in mails_to(dana.email))


def test_a_reset_ends_the_lock(dana: User, client: Client) -> None:
    for _ in range(5):
        sign_in(client, dana, "not this one")
    ask_for_reset(client, dana.email)
    choose_new_password(client, link_in(mails_to(dana.email)[0]))
    assert sign_in(client, dana, NEW_PASSWORD).status_code == 302


def test_asking_for_a_reset_tells_nobody_who_has_an_account(dana: User) -> None:
    def answer(address: str) -> tuple[int, str, int]:
        client = Client()
        before = DBTaskResult.objects.count()
        response = ask_for_reset(client, address)
        return response.status_code, response["Location"], DBTaskResult.objects.count() - before

    assert answer(dana.email) == answer("nobody@example.org") == (302, "/accounts/password/reset/done/", 1)
    assert mails_to("nobody@example.org") == []


def test_a_weak_password_is_refused_in_words(dana: User, client: Client) -> None:
    ask_for_reset(client, dana.email)
    path = link_in(mails_to(dana.email)[0])
    assert choose_new_password(client, path, "dana whitfield").status_code == 422
    assert choose_new_password(client, path, "short").status_code == 422
    dana.refresh_from_db()
    assert dana.check_password(PASSWORD)


def test_reset_links_are_void_for_closed_accounts_and_expire(
    cast: Cast, client: Client, monkeypatch: Any
) -> None:
    path = tokens.reset_link(cast.worker).removeprefix("http://127.0.0.1:8000")
    monkeypatch.setattr(
        tokens.ResetTokens, "_now", lambda self: datetime.datetime.now() + datetime.timedelta(hours=25)
    )
    assert client.get(path).status_code == 200  # says that it does not work, instead of leading on
    monkeypatch.undo()
    operations.deactivate(cast.worker, by=cast.administrator)
    assert client.get(path).status_code == 200
    ask_for_reset(client, cast.worker.email)
    assert not any("new password" in message.subject for message in mails_to(cast.worker.email))


def test_a_broken_mail_server_stops_nobody(dana: User, client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert ask_for_reset(client, dana.email).status_code == 302
    assert sign_in(client, dana).status_code == 302
    changed = client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert changed.status_code == 302
    assert is_signed_in(client)
    dana.refresh_from_db()
    assert dana.check_password(NEW_PASSWORD)


def test_changing_a_password_does_not_undo_what_somebody_else_saved_meanwhile(cast: Cast) -> None:
    before = User.objects.get(pk=cast.worker.pk)
    operations.edit_person(cast.worker, by=cast.administrator, version=1, job_title="Peer navigator")
    operations.choose_password(before, password=NEW_PASSWORD)
    cast.worker.refresh_from_db()
    assert cast.worker.job_title == "Peer navigator"
    assert cast.worker.check_password(NEW_PASSWORD)


def test_no_second_list_of_addresses_comes_into_being(dana: User, client: Client) -> None:
    sign_in(client, dana)
    ask_for_reset(client, dana.email)
    choose_new_password(client, link_in(mails_to(dana.email)[0]))
    sign_in(client, dana, NEW_PASSWORD)
    set_up_codes(client, NEW_PASSWORD)
    assert not EmailAddress.objects.exists()


# Second factors ------------------------------------------------------------------------------------------------------


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def set_up_codes(client: Client, password: str = PASSWORD) -> Any:
    """Set up an authenticator app, proving who one is again if asked. Returns the last answer."""
    page = client.get("/accounts/2fa/totp/activate/")
    if page.status_code == 302:
        client.post(page["Location"], {"password": password})
        page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    secret = client.session["mfa.totp.secret"]
    return client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})


def test_an_administrator_sets_up_a_second_factor_before_anything_else(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    factories.agency(second_factor_required=True)
    ade = factories.person("Ade Admin", is_administrator=True)
    other = factories.person("Ben Castillo")
    sign_in(client, ade)
    assert client.get("/people/")["Location"] == "/accounts/2fa/"
    refused = client.post(f"/people/{other.pk}/close/")
    assert refused["Location"] == "/accounts/2fa/"
    other.refresh_from_db()
    assert other.is_active
    assert client.get("/accounts/2fa/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert set_up_codes(client).status_code == 302
    assert Authenticator.objects.filter(user=ade, type=Authenticator.Type.TOTP).exists()
    assert client.get("/people/").status_code == 200
    assert any("prove it is you" in message.subject for message in mails_to(ade.email))


def test_managers_need_a_second_factor_too_and_peer_workers_do_not(cast: Cast) -> None:
    factories.agency(second_factor_required=True)
    assert client_of(cast.manager).get("/arrangements/")["Location"] == "/accounts/2fa/"
    assert client_of(cast.worker).get("/limits/").status_code == 200


def test_the_agency_can_leave_second_factors_to_everybody(cast: Cast) -> None:
    assert client_of(cast.administrator).get("/people/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(cast: Cast) -> None:
    factories.agency(second_factor_required=True)
    Authenticator.objects.create(user=cast.manager, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert client_of(cast.manager).get("/arrangements/")["Location"] == "/accounts/2fa/"


def with_codes(person: User) -> str:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(person, secret)
    return secret


def test_the_code_is_asked_for_at_sign_in_and_a_wrong_one_refused(dana: User, client: Client) -> None:
    secret = with_codes(dana)
    assert sign_in(client, dana)["Location"] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code in (200, 422)
    assert not is_signed_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert is_signed_in(client)


def registered_key() -> dict[str, Any]:
    """What a browser answers when a key was added."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    made = AttestedCredentialData.create(Aaguid.NONE, b"key", public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(b"0" * 32, flags, 0, made)
    client_data = {"type": "webauthn.create", "challenge": "YWJj", "origin": "https://hours.example.org"}
    response = {
        "clientDataJSON": websafe_encode(json.dumps(client_data).encode()),
        "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
    }
    return {"id": "a2V5", "rawId": "a2V5", "type": "public-key", "response": response}


def test_a_key_is_offered_to_those_who_have_one(dana: User, client: Client) -> None:
    with_codes(dana)
    sign_in(client, dana)
    assert "Use a key instead" not in client.get("/accounts/2fa/authenticate/").content.decode()
    key = {"name": "Blue key", "credential": registered_key()}
    Authenticator.objects.create(user=dana, type=Authenticator.Type.WEBAUTHN, data=key)
    assert "Use a key instead" in client.get("/accounts/2fa/authenticate/").content.decode()


def test_a_code_half_a_minute_late_is_taken(dana: User, client: Client) -> None:
    secret = with_codes(dana)
    counter = int(time.time()) // 30 - 1
    sign_in(client, dana)
    client.post("/accounts/2fa/authenticate/", {"code": format_hotp_value(hotp_value(secret, counter))})
    assert is_signed_in(client)


def test_whoever_has_just_signed_in_is_not_asked_for_the_same_password_at_once(
    dana: User, client: Client, settings: Any
) -> None:
    sign_in(client, dana)
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    assert "/accounts/reauthenticate/" in client.get("/accounts/2fa/totp/activate/")["Location"]


def test_a_code_works_once(dana: User, client: Client) -> None:
    code = code_for(with_codes(dana))
    sign_in(client, dana)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert is_signed_in(client)
    other = Client()
    sign_in(other, dana)
    other.post("/accounts/2fa/authenticate/", {"code": code})
    assert not is_signed_in(other)


def test_a_reset_does_not_go_round_the_second_factor(dana: User, client: Client) -> None:
    with_codes(dana)
    ask_for_reset(client, dana.email)
    choose_new_password(client, link_in(mails_to(dana.email)[0]))
    assert not is_signed_in(client)
    assert sign_in(client, dana, NEW_PASSWORD)["Location"] == "/accounts/2fa/authenticate/"


def test_the_secret_of_an_app_is_not_readable_in_the_database(dana: User) -> None:
    secret = with_codes(dana)
    stored = Authenticator.objects.get(user=dana).data["secret"]
    assert secret not in stored
    assert second_factor_adapter().decrypt(stored) == secret


def test_whoever_runs_the_server_lets_somebody_in_who_lost_their_second_factor(
    dana: User, client: Client, capsys: Any
) -> None:
    with_codes(dana)
    call_command("clear_second_factor", "Dana@example.org")
    assert "1 removed" in capsys.readouterr().out
    assert sign_in(client, dana)["Location"] == "/"
    assert "How you prove it is you has changed" in [message.subject for message in mails_to(dana.email)]
    assert "cleared, by whoever runs the server" in client.get("/your-details/").content.decode()
    with pytest.raises(CommandError):
        call_command("clear_second_factor", "nobody@example.org")


# Invitations ----------------------------------------------------------------------------------------------------------

ANSWER = {
    "preferred_name": "Mari",
    "pronouns": "she/her",
    "time_zone": "America/Chicago",
    "password": NEW_PASSWORD,
    "password_again": NEW_PASSWORD,
}


@pytest.fixture
def invited(cast: Cast) -> User:
    return operations.add_person(by=cast.administrator, name="Marisol Vega", email="new@example.org")


def test_an_invited_person_chooses_a_password_and_is_in(invited: User, client: Client) -> None:
    path = link_in(mails_to(invited.email)[0])
    assert "Marisol Vega" in client.get(path).content.decode()
    answer = client.post(path, ANSWER)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(client)
    invited.refresh_from_db()
    assert (invited.called, invited.pronouns, invited.time_zone) == ("Mari", "she/her", "America/Chicago")
    assert sign_in(Client(), invited, NEW_PASSWORD).status_code == 302


def test_an_invitation_works_once(invited: User, client: Client) -> None:
    path = link_in(mails_to(invited.email)[0])
    client.post(path, ANSWER)
    again = Client()
    for answer in (again.get(path), again.post(path, ANSWER | {"password": "taken over by me"})):
        assert answer.status_code == 410
        assert "used already" in answer.content.decode()
    assert not is_signed_in(again)
    with pytest.raises(WrongState):
        operations.accept_invitation(Invitation.objects.get(), password="taken over by me")
    invited.refresh_from_db()
    assert invited.check_password(NEW_PASSWORD)


def test_an_expired_invitation_says_whom_to_ask(invited: User, client: Client) -> None:
    path = link_in(mails_to(invited.email)[0])
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    answer = client.get(path)
    assert answer.status_code == 410
    assert "Ask the person who invited you" in answer.content.decode()
    assert client.post(path, ANSWER).status_code == 410
    invited.refresh_from_db()
    assert not invited.has_usable_password()


def test_a_newer_invitation_replaces_the_older_one(cast: Cast, invited: User, client: Client) -> None:
    first = link_in(mails_to(invited.email)[0])
    Invitation.objects.update(sent_at=timezone.now() - datetime.timedelta(hours=1))
    operations.invite(invited, by=cast.administrator)
    assert client.get(first).status_code == 410
    assert client.get(link_in(mails_to(invited.email)[1])).status_code == 200


@pytest.mark.parametrize("token", ["x", "IjEi:1abc:forged", "%00", "a" * 5000, "\u202e"], ids=short)
def test_a_forged_invitation_opens_nothing(invited: User, client: Client, token: str) -> None:
    assert client.get(f"/invitation/{token}/").status_code == 404
    assert client.post(f"/invitation/{token}/", ANSWER).status_code == 404


def test_a_link_for_something_else_is_no_invitation(invited: User, client: Client) -> None:
    made = Invitation.objects.get()
    other = tokens._link("people:invitation", tokens.signing.dumps(str(made.pk), salt=tokens.STOP_ADDRESS))
    assert client.get(other.removeprefix("http://127.0.0.1:8000")).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password", "short"),
        ("password", "marisol vega"),
        ("password_again", "another one altogether"),
        ("time_zone", "Mars/Olympus"),
        ("pronouns", "x" * 41),
        ("preferred_name", "a\x00b"),
        ("preferred_name", "x" * 1_000_000),
    ],
    ids=short,
)
def test_what_is_wrong_with_an_answer_is_said_beside_it(
    invited: User, client: Client, field: str, value: str
) -> None:
    path = link_in(mails_to(invited.email)[0])
    answer = client.post(path, ANSWER | {field: value})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    invited.refresh_from_db()
    assert not invited.has_usable_password()
    assert client.post(path, ANSWER).status_code == 302


def test_reading_an_invitation_uses_nothing_up(invited: User, client: Client) -> None:
    path = link_in(mails_to(invited.email)[0])
    for _ in range(3):
        assert client.get(path).status_code == 200
    assert Invitation.objects.get().used_at is None


def test_accepting_in_a_browser_of_somebody_else_signs_them_out_first(invited: User, cast: Cast) -> None:
    browser = client_of(cast.administrator)
    browser.post(link_in(mails_to(invited.email)[0]), ANSWER)
    page = browser.get("/your-details/")
    assert page.context["user"] == invited


def test_who_has_no_password_yet_and_asks_for_one_gets_the_invitation_again(
    invited: User, client: Client
) -> None:
    ask_for_reset(client, invited.email)
    assert [message.subject for message in mails_to(invited.email)] == ["Your invitation to Common Hour"] * 2


def test_mails_say_nothing_but_what_they_are_for(invited: User, cast: Cast) -> None:
    message = mails_to(invited.email)[0]
    assert "Riverbend Peer Alliance" in message.body
    assert cast.administrator.name not in message.body
    assert "<script" not in message.alternatives[0][0]


# The first start ------------------------------------------------------------------------------------------------------

FIRST = {
    "agency_name": "Maple & Co Peer Alliance",
    "agency_zone": "America/Denver",
    "concern_days": "4",
    "answer_days": "9",
    "second_factor_required": "no",
    "name": "Ade Admin",
    "email": "Ade@Example.org",
    "password": NEW_PASSWORD,
    "password_again": NEW_PASSWORD,
}


def setup_path(capsys: Any) -> str:
    call_command("setup_token")
    return str(capsys.readouterr().out).strip().removeprefix("http://127.0.0.1:8000")


@pytest.mark.parametrize("path", ["/", "/people/", "/accounts/login/", "/invitation/x/", "/nothing/here/"])
def test_before_there_is_an_agency_every_page_leads_to_where_to_begin(client: Client, path: str) -> None:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    assert "The server’s console shows the address" in answer.content.decode()


def test_the_first_visitor_with_the_token_makes_the_agency(client: Client, capsys: Any) -> None:
    path = setup_path(capsys)
    assert client.get(path).status_code == 200
    answer = client.post(path, FIRST)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    agency, ade = Agency.objects.get(), User.objects.get()
    assert (agency.name, agency.time_zone, agency.concern_days, agency.answer_days) == (
        "Maple & Co Peer Alliance",
        "America/Denver",
        4,
        9,
    )
    assert ade.is_administrator
    assert ade.email == "ade@example.org"
    assert is_signed_in(client)
    assert certificate.certificate_id()


def test_the_token_works_once_and_never_where_there_is_an_agency(client: Client, capsys: Any) -> None:
    path = setup_path(capsys)
    client.post(path, FIRST)
    other = Client()
    assert other.get(path).status_code == 404
    assert other.post(path, FIRST | {"email": "mallory@example.org"}).status_code == 404
    assert other.get("/start/").status_code == 404
    with pytest.raises(NotFound):
        operations.make_agency(
            token=path.split("/")[2], agency={"name": "X"}, name="M", email="m@x.org", password="p"
        )
    with pytest.raises(CommandError):
        call_command("setup_token")
    assert User.objects.count() == 1


def test_only_the_newest_token_works_and_only_its_digest_is_kept(client: Client, capsys: Any) -> None:
    old, new = setup_path(capsys), setup_path(capsys)
    assert client.get(old).status_code == 404
    assert client.get("/start/guessed/").status_code == 404
    assert client.get(new).status_code == 200
    assert SetupToken.objects.get().digest not in new


def test_a_wrong_answer_at_the_first_start_makes_nothing_and_keeps_what_was_typed(
    client: Client, capsys: Any
) -> None:
    path = setup_path(capsys)
    answer = client.post(path, FIRST | {"email": "not an address", "concern_days": "0"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Maple &amp; Co Peer Alliance" in page
    assert "Enter an e-mail address, such as name@example.org" in page
    assert NEW_PASSWORD not in page
    assert not Agency.objects.exists()
    assert client.post(path, FIRST).status_code == 302


def test_when_the_certificate_cannot_be_made_the_first_start_can_be_tried_again(
    client: Client, capsys: Any, monkeypatch: Any
) -> None:
    path = setup_path(capsys)

    def broken(name: str) -> str:
        raise certificate.SealUnavailable("no room")

    with monkeypatch.context() as patch:
        patch.setattr(certificate, "ensure_certificate", broken)
        assert client.post(path, FIRST).status_code >= 400
    assert not Agency.objects.exists()
    assert client.post(path, FIRST).status_code == 302


def test_nothing_was_mailed_by_the_pages_themselves(dana: User, client: Client) -> None:
    ask_for_reset(client, dana.email)
    assert mail.outbox == []
