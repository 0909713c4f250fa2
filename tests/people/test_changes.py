"""What others changed about a person: told to them, kept, and shown to them in words. And what opening an account again opens."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.utils import timezone

from supervision.people import operations
from supervision.people.changes import newest_changes
from supervision.people.models import CalendarFeed, EmailChange, Place, User
from supervision.records.errors import Denied, Invalid
from supervision.records.models import AuditEvent
from tests import factories
from tests.cast import Cast

from .helpers import client_of, mails_to, run_jobs, sign_in

pytestmark = pytest.mark.django_db

CHANGES = "/your-details/changes/"


def subjects(address: str) -> list[str]:
    return [message.subject for message in mails_to(address)]


def lines(person: User) -> list[str]:
    """What the person reads, the newest first, without the meaning."""
    return [change.what for change in newest_changes(person, newest=50)]


def page(person: User) -> str:
    return " ".join(client_of(person).get(CHANGES).content.decode().split())


def named(worker: User, manager: User | None, *, by: User) -> User:
    version = User.objects.get(pk=worker.pk).version
    return operations.edit_person(worker, by=by, version=version, line_manager=manager)


def address_changed(person: User, by: User, new_email: str, *, days_ago: int = 0) -> str:
    """The old address, after an administrator has changed it some days ago."""
    old = person.email
    change = operations.ask_address_change(person, by=by, new_email=new_email)
    EmailChange.objects.filter(pk=change.pk).update(takes_effect_at=timezone.now())
    operations.apply_addresses_that_are_due()
    done = timezone.now() - datetime.timedelta(days=days_ago)
    EmailChange.objects.filter(pk=change.pk).update(done_at=done)
    person.refresh_from_db()
    return old


# Line managers --------------------------------------------------------------------------------------------------


def test_another_line_manager_is_told_to_all_three_and_the_person_reads_who_and_what_for(cast: Cast) -> None:
    lina, otto = factories.person("Lina Lowe"), factories.person("Otto Ode")
    named(cast.worker, lina, by=cast.administrator)
    named(cast.worker, otto, by=cast.administrator)
    assert lines(cast.worker)[:2] == [
        "Otto Ode is your line manager now, in place of Lina Lowe",
        "Lina Lowe is your line manager now",
    ]
    assert lines(lina) == [
        "You are no longer the line manager of Marisol Vega",
        "You are the line manager of Marisol Vega",
    ]
    assert lines(otto) == ["You are the line manager of Marisol Vega"]
    assert subjects(cast.worker.email) == ["Who your line manager is has changed"] * 2
    assert subjects(lina.email) == ["Whose line manager you are has changed"] * 2
    assert subjects(otto.email) == ["Whose line manager you are has changed"]
    shown = page(cast.worker)
    assert "by Ade Admin" in shown
    assert "They do not see what is said in supervision" in shown
    event = AuditEvent.objects.filter(record_id=cast.worker.pk, action="line manager changed").latest("seq")
    assert event.facts == {"was": str(lina.pk), "now": str(otto.pk)}


def test_an_edit_beside_the_line_manager_says_nothing_of_one(cast: Cast) -> None:
    named(cast.worker, factories.person("Lina Lowe"), by=cast.administrator)
    version = User.objects.get(pk=cast.worker.pk).version
    operations.edit_person(cast.worker, by=cast.administrator, version=version, job_title="Bridger")
    assert lines(cast.worker)[0] == "Facts about your work were changed"
    assert lines(cast.worker).count("Lina Lowe is your line manager now") == 1


def test_nobody_names_themself_nor_a_closed_account_as_line_manager(cast: Cast) -> None:
    with pytest.raises(Denied):
        named(cast.worker, cast.administrator, by=cast.administrator)
    with pytest.raises(Denied):
        operations.add_person(
            by=cast.administrator, name="New", email="n@example.org", line_manager=cast.administrator
        )
    with pytest.raises(Invalid):
        named(cast.worker, factories.person("Closed", is_active=False), by=cast.administrator)
    data = {"name": "X", "version": 1, "line_manager": cast.administrator.pk}
    answer = client_of(cast.administrator).post(f"/people/{cast.worker.pk}/edit/", data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["line_manager"]


def test_a_line_manager_whose_account_is_closed_is_nobodys_any_more(cast: Cast) -> None:
    lina = factories.person("Lina Lowe")
    for worker in (cast.worker, cast.other_worker):
        named(worker, lina, by=cast.administrator)
    operations.deactivate(lina, by=cast.administrator)
    operations.reactivate(lina, by=cast.administrator)
    lina = User.objects.get(pk=lina.pk)
    assert not lina.roles.line_manager
    for worker in (cast.worker, cast.other_worker):
        assert lines(worker)[0] == "Lina Lowe is no longer your line manager, and nobody else is named"
        assert subjects(worker.email) == ["Who your line manager is has changed"] * 2


# Managers of programs -----------------------------------------------------------------------------------------------


def test_everybody_with_a_place_or_a_part_reads_who_manages_their_program_now(cast: Cast) -> None:
    waiting = factories.worker_in(cast.program, "Wren Waiting")
    management = operations.appoint_manager(cast.program, by=cast.administrator, person=cast.outsider)
    for person in (cast.worker, cast.supervisor, waiting):
        assert lines(person)[0] == "Olive Outsider manages Maple Street"
    assert "They do not see what was said" in page(waiting)
    assert lines(cast.outsider) == ["You manage Maple Street"]
    assert lines(cast.other_worker) == []
    operations.end_management(management, by=cast.administrator)  # on the same day: no row is left of it
    assert lines(waiting)[0] == "Olive Outsider no longer manages Maple Street"
    assert "Olive Outsider manages Maple Street" in lines(waiting)


def test_who_came_to_manage_before_or_after_ones_time_there_is_not_ones_own_matter(cast: Cast) -> None:
    gone, late = factories.worker_in(cast.program, "Gone"), factories.person("Late")
    today = timezone.localdate()
    Place.objects.filter(person=gone).update(until=today - datetime.timedelta(days=1))
    operations.appoint_manager(cast.program, by=cast.administrator, person=cast.outsider)
    Place.objects.create(program=cast.program, person=late, since=today + datetime.timedelta(days=1))
    assert lines(gone) == lines(late) == []


# Supervision ----------------------------------------------------------------------------------------------------------


def test_each_reads_of_their_supervision_who_came_who_left_and_when_it_ends(cast: Cast) -> None:
    one, two, three = (factories.worker_in(cast.program, f"{name} Ng") for name in ("Ona", "Tua", "Tri"))
    today = timezone.localdate()
    group = operations.make_arrangement(
        by=cast.manager,
        program=cast.program,
        structure="group",
        people=[(cast.supervisor, "supervisor"), (one, "supervisee"), (two, "supervisee")],
    )
    operations.join_arrangement(group, by=cast.manager, version=1, person=three, part="supervisee", on=today)
    leaving = group.participations.get(person=one)
    operations.leave_arrangement(leaving, by=cast.manager, version=2, on=today)
    operations.end_arrangement(group, by=cast.manager, version=3, on=today)
    assert len(lines(two)) == 4
    assert lines(two)[-1] == "Supervision in Maple Street was arranged for you, led by Dana Whitfield"
    assert lines(two)[2].startswith("Tri Ng takes part in your supervision in Maple Street from ")
    assert lines(two)[1].startswith("Ona Ng takes part in your supervision in Maple Street until ")
    assert lines(two)[0].startswith("Supervision in Maple Street with Dana Whitfield, ")
    assert lines(cast.supervisor)[-1] == "You lead supervision in Maple Street with Ona Ng and Tua Ng"
    assert lines(three)[-1].startswith("You take part in supervision in Maple Street with Dana Whitfield, ")
    assert "arranged for you" not in " ".join(lines(three))
    assert any(line.startswith("You take part in supervision") and " until " in line for line in lines(one))
    assert lines(cast.worker) == []  # another arrangement of the same supervisor


def test_co_reflection_names_the_peers_and_leads_nobody(cast: Cast) -> None:
    people = [factories.person(name) for name in ("Ana A", "Bo B", "Cy C", "Di D", "Ed E")]
    operations.make_arrangement(
        by=cast.manager,
        program=cast.program,
        structure="co_reflection",
        people=[(person, "peer") for person in people],
    )
    said = lines(people[0])[0]
    assert said.startswith("Co-reflection in Maple Street was arranged for you, with ")
    assert said.endswith(" and others")


# The page --------------------------------------------------------------------------------------------------------------


def test_the_page_shows_everything_page_after_page_without_gap_or_double(cast: Cast) -> None:
    for number in range(60):
        version = User.objects.get(pk=cast.worker.pk).version
        operations.edit_person(cast.worker, by=cast.administrator, version=version, job_title=f"T{number}")
    client, path, seen = client_of(cast.worker), CHANGES, []
    for _ in range(9):
        found = client.get(path).context["page"]
        seen += [change.when for change in found.items]
        if not found.older:
            break
        path = f"{CHANGES}{found.older}"
    assert len(seen) == len(set(seen)) == 60
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "AAAA", "%00", "W10", "a" * 9000])
def test_a_forged_page_address_is_refused(cast: Cast, cursor: str) -> None:
    assert client_of(cast.worker).get(f"{CHANGES}?at={cursor}").status_code == 400


def test_everybody_reads_their_own_and_nobody_elses(cast: Cast) -> None:
    operations.set_administrator(cast.outsider, by=cast.administrator, value=True)
    assert "You became an administrator" in page(cast.outsider)
    for person in (cast.worker, cast.supervisor, cast.manager, cast.administrator):
        assert "You became an administrator" not in page(person)
    assert "Nothing yet" in page(cast.worker)


def test_a_link_for_a_password_is_shown_with_who_asked_and_who_agreed(cast: Cast) -> None:
    second = factories.person("Sol Second", is_administrator=True)
    reset = operations.send_reset(cast.supervisor, by=cast.administrator)
    assert reset is not None
    operations.agree_to_reset(reset, by=second)
    found = [(change.what, change.by) for change in newest_changes(cast.supervisor)]
    assert found == [
        ("A link for a new password was sent to your address", ""),
        ("An administrator agreed to a link for a new password", "Sol Second"),
        ("A link for a new password was asked for", "Ade Admin"),
    ]


def test_who_still_needs_a_second_factor_reads_and_stops_nevertheless(cast: Cast) -> None:
    reset = operations.send_reset(cast.manager, by=cast.administrator)
    assert reset is not None
    factories.agency(second_factor_required=True)
    client = client_of(cast.manager)
    assert client.get("/people/")["Location"] == "/accounts/2fa/"
    assert client.get(CHANGES).status_code == 200
    assert client.post(f"/your-details/link/{reset.pk}/stop/").status_code == 302
    reset.refresh_from_db()
    assert reset.stopped_at is not None


# At the address on file and at the one before ------------------------------------------------------------------------------


def all_that_changes_power(person: User, admin: User) -> None:
    operations.set_administrator(person, by=admin, value=True)
    operations.note_second_factor_change(person)
    operations.choose_password(person, password="quiet morning river walk")
    run_jobs()
    operations.deactivate(person, by=admin)
    run_jobs()
    operations.reactivate(person, by=admin)
    run_jobs()


TOLD = {
    "What you can do in Common Hour has changed",
    "How you prove it is you has changed",
    "Your password was changed",
    "Your account was closed",
    "Your account is open again",
}


def test_changes_of_power_are_told_at_the_old_address_too_for_30_days(cast: Cast) -> None:
    old = address_changed(cast.outsider, cast.administrator, "new@example.org")
    assert "You do not sign in with this address any more" in subjects(old)
    assert "You sign in with this address now" in subjects("new@example.org")
    all_that_changes_power(cast.outsider, cast.administrator)
    assert set(subjects(old)) >= TOLD
    assert set(subjects("new@example.org")) >= TOLD
    for message in mails_to(old):
        assert "/accounts/password/reset/key" not in message.body


def test_after_30_days_the_old_address_hears_nothing_more(cast: Cast) -> None:
    old = address_changed(cast.outsider, cast.administrator, "new@example.org", days_ago=31)
    run_jobs()
    before = subjects(old)
    all_that_changes_power(cast.outsider, cast.administrator)
    assert subjects(old) == before


def test_an_old_address_that_is_somebody_elses_now_hears_nothing(cast: Cast) -> None:
    old = address_changed(cast.outsider, cast.administrator, "new@example.org")
    run_jobs()
    before = subjects(old)
    factories.person("Somebody Else", email=old)
    all_that_changes_power(cast.outsider, cast.administrator)
    assert subjects(old) == before


def test_who_has_power_over_them_now_is_told_at_the_address_before_too(cast: Cast) -> None:
    old = address_changed(cast.worker, cast.administrator, "new@example.org")
    version = User.objects.get(pk=cast.worker.pk).version
    operations.edit_person(
        cast.worker, by=cast.administrator, version=version, line_manager=cast.other_supervisor
    )
    operations.appoint_manager(cast.program, by=cast.administrator, person=cast.outsider)
    run_jobs()
    for told in ("Who your line manager is has changed", "Who manages your program has changed"):
        assert told in subjects(old)
        assert told in subjects("new@example.org")


def test_facts_of_work_are_told_at_the_address_on_file_alone(cast: Cast) -> None:
    old = address_changed(cast.worker, cast.administrator, "new@example.org")
    run_jobs()
    before = subjects(old)
    version = User.objects.get(pk=cast.worker.pk).version
    operations.edit_person(cast.worker, by=cast.administrator, version=version, job_title="Bridger")
    assert subjects(old) == before


def test_a_reset_for_a_peer_worker_is_told_at_the_address_before(cast: Cast) -> None:
    old = address_changed(cast.worker, cast.administrator, "new@example.org")
    operations.send_reset(cast.worker, by=cast.administrator)
    assert "A link for a new password was sent" in subjects(old)
    assert "Your link for a new password" in subjects("new@example.org")
    assert "Your link for a new password" not in subjects(old)


def test_people_stop_a_change_of_their_address_on_their_own_page(cast: Cast) -> None:
    change = operations.ask_address_change(cast.worker, by=cast.administrator, new_email="new@example.org")
    client = client_of(cast.worker)
    assert "/your-details/e-mail/keep/" in client.get("/your-details/").content.decode()
    assert client.get("/your-details/e-mail/keep/").status_code == 200
    for _ in range(2):
        assert client.post("/your-details/e-mail/keep/").status_code == 302
    change.refresh_from_db()
    assert change.stopped_at is not None
    with pytest.raises(Denied):
        operations.stop_address_change(change, by=cast.supervisor)


# Administrators ---------------------------------------------------------------------------------------------------------------


def test_who_is_administrator_is_told_to_the_others(cast: Cast) -> None:
    second = factories.person("Sol Second", is_administrator=True)
    operations.set_administrator(cast.outsider, by=cast.administrator, value=True)
    operations.set_administrator(cast.outsider, by=cast.administrator, value=False)
    assert subjects(second.email) == ["Who the administrators are has changed"] * 2
    assert subjects(cast.administrator.email) == []
    assert subjects(cast.worker.email) == []


# Closed and opened again --------------------------------------------------------------------------------------------------------


def test_an_account_opened_again_starts_with_nothing_but_its_password_and_second_factor(cast: Cast) -> None:
    person = cast.manager
    User.objects.filter(pk=person.pk).update(is_administrator=True)
    named(cast.worker, person, by=cast.administrator)
    signed_in = Client()
    sign_in(signed_in, person)
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    secret = operations.make_calendar_feed(by=person, version=0)
    assert signed_in.get("/your-details/").status_code == 200
    operations.deactivate(person, by=cast.administrator)
    operations.reactivate(person, by=cast.administrator)

    assert signed_in.get("/your-details/")["Location"].startswith("/accounts/login/")
    assert not CalendarFeed.objects.at(secret).exists()
    browser = Client()
    assert sign_in(browser, person)["Location"] == "/accounts/2fa/authenticate/"
    assert browser.get("/your-details/").status_code == 302
    assert Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()
    roles = User.objects.get(pk=person.pk).roles
    assert [roles.administrator, roles.program_manager, roles.line_manager] == [False] * 3
    assert client_of(person).get("/people/").status_code == 403
    assert lines(person)[0] == "Your account was opened again"
    assert {"You no longer manage Maple Street", "You are no longer an administrator"} <= set(lines(person))


def test_those_in_supervision_with_somebody_whose_account_opens_again_are_told(cast: Cast) -> None:
    left = factories.worker_in(cast.program, "Lee Left")
    ended = factories.arrangement(cast.program, [cast.supervisor], [left])
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    ended.participations.update(left_on=yesterday)
    type(ended).objects.filter(pk=ended.pk).update(ended_on=yesterday)
    operations.deactivate(cast.supervisor, by=cast.administrator)
    operations.reactivate(cast.supervisor, by=cast.administrator)
    assert subjects(cast.worker.email) == ["Somebody in your supervision can sign in again"]
    said = "Dana Whitfield, who takes part in your supervision in Maple Street, can sign in again"
    assert lines(cast.worker) == [said]
    assert "Dana Whitfield" not in mails_to(cast.worker.email)[0].body
    assert subjects(left.email) == []
    assert lines(left) == []
    assert said not in lines(cast.supervisor)


def test_the_page_of_an_account_says_what_each_button_does_and_who_is_told(cast: Cast) -> None:
    client: Any = client_of(cast.administrator)
    shown = " ".join(client.get(f"/people/{cast.supervisor.pk}/").content.decode().split())
    for said in (
        "it waits 72 hours or for a second administrator. They are told now, and can stop it",
        "The address of now is told at once and can stop it; both are told when it has changed",
        "They and the other administrators are told",
        "They are told and signed out. Roles that they have end with it",
        "Nobody can take somebody’s second step at sign-in away from here",
    ):
        assert said in shown
    assert (
        "it waits 72 hours or for a second" not in client.get(f"/people/{cast.worker.pk}/").content.decode()
    )
