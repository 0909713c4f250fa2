"""Every page: who opens it, who may not, which method it takes, and what it does."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

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
    PasswordReset,
    Place,
    Program,
    User,
)
from tests import factories
from tests.cast import Cast

from .helpers import client_of, short

pytestmark = pytest.mark.django_db

LONG = "x" * 1_000_000
NOBODY = "00000000-0000-4000-8000-000000000000"  # a well-formed id that is nobody's
RTL = "\u2067نادية\u2069"


def in_days(days: int) -> str:
    return (timezone.localdate() + datetime.timedelta(days=days)).isoformat()


def a_link_that_waits(cast: Cast) -> PasswordReset:
    """For the supervisor; asked for by an administrator who is not of the cast."""
    found = PasswordReset.objects.waiting().filter(person=cast.supervisor).first()
    asker = User.objects.filter(name="Aska Admin").first()
    asker = asker or factories.person("Aska Admin", is_administrator=True)
    made = found or operations.send_reset(cast.supervisor, by=asker)
    assert made is not None
    return made


def paths(cast: Cast) -> dict[str, str]:
    """Every page of this app behind sign-in, by name."""
    worker, program, arrangement = cast.worker.pk, cast.program.pk, cast.arrangement.pk
    place = Place.objects.get(person=cast.worker).pk
    management = Management.objects.get(person=cast.manager).pk
    credential = Credential.objects.get_or_create(person=cast.worker, name="Certified")[0].pk
    supervising = cast.arrangement.participations.get(person=cast.supervisor).pk
    supervisor, reset = cast.supervisor.pk, a_link_that_waits(cast).pk
    return {
        "list": "/people/",
        "add": "/people/add/",
        "detail": f"/people/{worker}/",
        "edit": f"/people/{worker}/edit/",
        "invite": f"/people/{worker}/invite/",
        "deactivate": f"/people/{worker}/close/",
        "reactivate": f"/people/{worker}/open/",
        "administrator": f"/people/{worker}/administrator/",
        "address": f"/people/{worker}/e-mail/",
        "address_keep": f"/people/{worker}/e-mail/keep/",
        "away_of": f"/people/{worker}/away/",
        "credential_add": f"/people/{worker}/credentials/add/",
        "credential": f"/people/{worker}/credentials/{credential}/",
        "credential_remove": f"/people/{worker}/credentials/{credential}/remove/",
        "programs": "/programs/",
        "program_add": "/programs/add/",
        "program": f"/programs/{program}/",
        "program_edit": f"/programs/{program}/edit/",
        "place_add": f"/programs/{program}/places/add/",
        "place": f"/programs/{program}/places/{place}/",
        "manager_add": f"/programs/{program}/managers/add/",
        "manager_end": f"/programs/{program}/managers/{management}/end/",
        "agency": "/agency/",
        "arrangements": "/arrangements/",
        "arrangement_add": "/arrangements/add/",
        "arrangement": f"/arrangements/{arrangement}/",
        "arrangement_join": f"/arrangements/{arrangement}/join/",
        "arrangement_leave": f"/arrangements/{arrangement}/leave/{supervising}/",
        "arrangement_end": f"/arrangements/{arrangement}/end/",
        "your_details": "/your-details/",
        "away": "/your-details/away/",
        "changes": "/your-details/changes/",
        "own_address_keep": "/your-details/e-mail/keep/",
        "waiting": "/people/waiting/",
        "reset_agree": f"/people/{supervisor}/link/{reset}/agree/",
        "reset_keep": f"/people/{supervisor}/link/{reset}/stop/",
        "limits": "/limits/",
    }


# What each gets on opening a page. An outsider is anybody without a part in that program; the pair takes part.
EXPECTED = {
    #                    administrator, manager, pair, outsider
    "list": (200, 200, 403, 403),
    "add": (200, 403, 403, 403),
    "detail": (200, 200, 404, 404),
    "edit": (200, 403, 404, 404),
    "invite": (200, 403, 404, 404),
    "deactivate": (200, 403, 404, 404),
    "reactivate": (200, 403, 404, 404),
    "administrator": (200, 403, 404, 404),
    "address": (200, 403, 404, 404),
    "address_keep": (200, 403, 404, 404),
    "away_of": (200, 200, 404, 404),
    "credential_add": (200, 403, 404, 404),
    "credential": (200, 403, 404, 404),
    "credential_remove": (200, 403, 404, 404),
    "programs": (200, 200, 403, 403),
    "program_add": (200, 403, 403, 403),
    "program": (200, 200, 404, 404),
    "program_edit": (200, 403, 404, 404),
    "place_add": (200, 403, 404, 404),
    "place": (200, 403, 404, 404),
    "manager_add": (200, 403, 404, 404),
    "manager_end": (200, 403, 404, 404),
    "agency": (200, 403, 403, 403),
    "arrangements": (200, 200, 403, 403),
    "arrangement_add": (200, 200, 403, 403),
    "arrangement": (200, 200, 200, 404),
    "arrangement_join": (200, 200, 403, 404),
    "arrangement_leave": (200, 200, 403, 404),
    "arrangement_end": (200, 200, 403, 404),
    "your_details": (200, 200, 200, 200),
    "away": (200, 200, 200, 200),
    "changes": (200, 200, 200, 200),
    "own_address_keep": (200, 200, 200, 200),
    "waiting": (200, 403, 403, 403),
    "reset_agree": (200, 403, 404, 404),
    "reset_keep": (200, 403, 404, 404),
    "limits": (200, 200, 200, 200),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_who_opens_which_page(cast: Cast, name: str) -> None:
    path = paths(cast)[name]
    people = (cast.administrator, cast.manager, cast.supervisor, cast.other_supervisor)
    found = tuple(client_of(person).get(path).status_code for person in people)
    assert found == EXPECTED[name]
    assert client_of(cast.outsider).get(path).status_code == EXPECTED[name][3]
    signed_out = Client().get(path)
    assert signed_out["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("name", EXPECTED)
def test_who_may_not_open_a_page_may_not_send_it_either(cast: Cast, name: str) -> None:
    path = paths(cast)[name]
    for person, status in zip(
        (cast.manager, cast.supervisor, cast.other_supervisor), EXPECTED[name][1:], strict=True
    ):
        if status in (403, 404):
            assert client_of(person).post(path, {"role": "give"}).status_code in {status, 405}
    assert Client().post(path)["Location"].startswith("/accounts/login/")


def test_the_manager_of_another_program_is_an_outsider(cast: Cast) -> None:
    client = client_of(cast.other_manager)
    for name in ("detail", "away_of", "program", "arrangement", "arrangement_end"):
        assert client.get(paths(cast)[name]).status_code == 404
    page = client.get("/people/").content.decode()
    assert cast.worker.name not in page
    assert cast.other_worker.name in page
    assert cast.worker.name not in client.get("/arrangements/?state=all").content.decode()


@pytest.mark.parametrize(
    "name", ["list", "detail", "programs", "program", "arrangements", "arrangement", "waiting", "changes"]
)
def test_pages_that_only_show_take_no_other_method(cast: Cast, name: str) -> None:
    client = client_of(cast.administrator)
    for method in ("post", "put", "delete", "patch"):
        assert getattr(client, method)(paths(cast)[name]).status_code == 405


def test_things_that_do_not_belong_together_are_not_found(cast: Cast) -> None:
    client = client_of(cast.administrator)
    credential = Credential.objects.create(person=cast.worker, name="Certified")
    place = Place.objects.get(person=cast.worker)
    other = cast.other_arrangement.participations.first()
    assert other is not None
    for path in (
        f"/people/{cast.supervisor.pk}/credentials/{credential.pk}/",
        f"/programs/{cast.other_program.pk}/places/{place.pk}/",
        f"/arrangements/{cast.arrangement.pk}/leave/{other.pk}/",
        f"/people/{uuid.uuid4()}/",
        f"/programs/{uuid.uuid4()}/",
        f"/arrangements/{uuid.uuid4()}/",
    ):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code in {404, 405}


def test_a_manager_sees_work_facts_and_not_the_account(cast: Cast) -> None:
    operations.ask_address_change(cast.worker, by=cast.administrator, new_email="secret.new@example.org")
    page = client_of(cast.manager).get(f"/people/{cast.worker.pk}/").content.decode()
    assert "Maple Street" in page
    assert cast.supervisor.name in page
    assert cast.worker.email not in page
    assert "secret.new@example.org" not in page
    assert "Close the account" not in page


def test_ones_own_account_page_leads_to_ones_own_details(cast: Cast) -> None:
    answer = client_of(cast.worker).get(f"/people/{cast.worker.pk}/")
    assert answer["Location"] == "/your-details/"


# Lists --------------------------------------------------------------------------------------------------------------------


def shown(client: Client, path: str) -> list[str]:
    return [person.name for person in client.get(path).context["page"].items]


def test_people_are_listed_by_name_page_after_page_without_gap_or_double(cast: Cast) -> None:
    for number in range(60):
        factories.person(f"{'Same Name' if number % 3 else 'same name'}")
    client = client_of(cast.administrator)
    seen: list[Any] = []
    path = "/people/"
    for _ in range(9):
        page = client.get(path).context["page"]
        seen += page.items
        if not page.older:
            break
        path = f"/people/{page.older}"
    assert len({person.pk for person in seen}) == len(seen) == User.objects.count()
    back = client.get(f"/people/{page.newer}").context["page"].items
    assert back == seen[25:50]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "%00", "W10", "WyJhIiwiYiIsMF0", "a" * 9000], ids=short)
def test_a_forged_page_address_is_refused(cast: Cast, cursor: str) -> None:
    assert client_of(cast.administrator).get(f"/people/?at={cursor}").status_code == 400


def test_people_are_found_by_name_program_and_state(cast: Cast) -> None:
    client = client_of(cast.administrator)
    closed = factories.person("Closed Person", is_active=False)
    operations.add_person(by=cast.administrator, name="New Person", email="new@example.org")
    assert shown(client, "/people/?q=marisol") == ["Marisol Vega"]
    assert shown(client, f"/people/?program={cast.program.pk}") == ["Marisol Vega"]
    assert shown(client, "/people/?state=closed") == [closed.name]
    assert shown(client, "/people/?state=invited") == ["New Person"]
    assert shown(client, "/people/?state=administrators") == ["Ade Admin"]
    assert closed.name not in shown(client, "/people/")


@pytest.mark.parametrize(
    "query", ["state=forged", "program=forged", "program=' OR 1=1", f"q={'x' * 5000}", "q=%00"], ids=short
)
def test_a_forged_filter_is_left_out(cast: Cast, query: str) -> None:
    assert client_of(cast.administrator).get(f"/people/?{query}").status_code == 200
    assert client_of(cast.administrator).get(f"/arrangements/?{query}").status_code == 200


def test_who_waits_is_shown_with_a_button_that_fills_in_the_form(cast: Cast) -> None:
    new = factories.worker_in(cast.program, "New Worker")
    for person in (cast.administrator, cast.manager):
        client = client_of(person)
        page = client.get("/arrangements/").content.decode()
        link = f"/arrangements/add/?program={cast.program.pk}&amp;person={new.pk}"
        assert f'href="{link}"' in page
        form = client.get(link.replace("&amp;", "&")).content.decode()
        assert f'<option value="{new.pk}" selected>' in form
        assert f'<option value="{cast.program.pk}" selected>' in form
    assert "New Worker" not in client_of(cast.other_manager).get("/arrangements/").content.decode()


# Doing -----------------------------------------------------------------------------------------------------------------------


def person_form(**given: Any) -> dict[str, Any]:
    return {
        "name": "New Person",
        "email": "new@example.org",
        "invite_now": "yes",
        "supervised": "yes",
    } | given


def test_adding_a_person_by_the_form_twice_makes_one(cast: Cast) -> None:
    client = client_of(cast.administrator)
    page = client.get("/people/add/")
    once = page.context["form"]["id"].value()
    data = person_form(
        id=once, program=cast.program.pk, line_manager=cast.manager.pk, time_zone="America/Chicago"
    )
    first, second = client.post("/people/add/", data), client.post("/people/add/", data)
    made = User.objects.get(email="new@example.org")
    assert first["Location"] == second["Location"] == f"/people/{made.pk}/"
    assert made.line_manager == cast.manager
    assert Invitation.objects.filter(person=made).count() == 1
    assert client.get(first["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a\x00b"),
        ("name", LONG),
        ("email", ""),
        ("email", "no address"),
        ("email", "a\x00b@example.org"),
        ("email", 'a@example.org,"b@example.org'),
        ("email", '"a,b"@example.org'),
        ("email", LONG),
        ("job_title", "x" * 81),
        ("job_role", "forged"),
        ("program", "forged"),
        ("program", NOBODY),
        ("line_manager", "forged"),
        ("line_manager", NOBODY),
        ("line_manager", "\x00"),
        ("started_on", "2026-02-30"),
        ("started_on", "9999-12-31"),
        ("time_zone", "Mars/Olympus"),
        ("invite_now", "perhaps"),
    ],
    ids=short,
)
def test_what_cannot_be_is_said_beside_the_field_and_the_rest_is_kept(
    cast: Cast, field: str, value: str
) -> None:
    client = client_of(cast.administrator)
    data = person_form(job_title="Recovery coach & navigator") | {field: value}
    answer = client.post("/people/add/", data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    page = answer.content.decode()
    assert "Error:" in page
    assert field == "job_title" or "Recovery coach &amp; navigator" in page
    assert not User.objects.filter(name="New Person").exists()


@pytest.mark.parametrize("name", [RTL, "💬 Zoë", "<script>alert(1)</script>", "O'Brien & Søn", "李"])
def test_any_name_is_taken_as_typed_and_shown_as_text(cast: Cast, name: str) -> None:
    client = client_of(cast.administrator)
    answer = client.post("/people/add/", person_form(name=f"  {name}  "), follow=True)
    assert answer.status_code == 200
    assert User.objects.get(email="new@example.org").name == name
    assert "<script>alert" not in answer.content.decode()


def test_two_administrators_who_edit_at_once_lose_nothing(cast: Cast) -> None:
    one = client_of(cast.administrator)
    other = client_of(factories.person("Second Admin", is_administrator=True))
    path = f"/people/{cast.worker.pk}/edit/"
    data = {"name": cast.worker.name, "version": 1}
    assert one.post(path, data | {"job_title": "Recovery coach"}).status_code == 302
    late = other.post(path, data | {"job_title": "Bridger to the clinic"})
    assert late.status_code == 409
    assert "Bridger to the clinic" in late.content.decode()
    cast.worker.refresh_from_db()
    assert cast.worker.job_title == "Recovery coach"
    for forged in ({}, {"version": "x"}, {"version": "-5"}, {"version": "9" * 30}):
        assert other.post(path, {"name": "X"} | forged).status_code == 409


def test_closing_and_opening_by_the_buttons(cast: Cast) -> None:
    client = client_of(cast.administrator)
    for path, active in (("close", False), ("close", False), ("open", True), ("open", True)):
        assert client.post(f"/people/{cast.worker.pk}/{path}/").status_code == 302
        cast.worker.refresh_from_db()
        assert cast.worker.is_active is active


def test_asking_never_does(cast: Cast) -> None:
    client = client_of(cast.administrator)
    for name in ("deactivate", "administrator", "invite", "credential_remove", "manager_end", "address_keep"):
        assert client.get(paths(cast)[name]).status_code == 200
    for name in ("reset_agree", "reset_keep"):
        assert client.get(paths(cast)[name]).status_code == 200
    assert PasswordReset.objects.waiting().exists()
    cast.worker.refresh_from_db()
    assert cast.worker.is_active
    assert not cast.worker.is_administrator
    assert Management.objects.current().filter(person=cast.manager).exists()
    assert Credential.objects.filter(person=cast.worker).exists()


def test_the_administrators_role_by_the_buttons_does_not_flip_on_a_double_click(cast: Cast) -> None:
    client = client_of(cast.administrator)
    path = f"/people/{cast.worker.pk}/administrator/"
    for _ in range(2):
        client.post(path, {"role": "give"})
    cast.worker.refresh_from_db()
    assert cast.worker.is_administrator
    for _ in range(2):
        client.post(path, {"role": "take"})
    cast.worker.refresh_from_db()
    assert not cast.worker.is_administrator
    assert client.post(f"/people/{cast.administrator.pk}/administrator/", {"role": "take"}).status_code == 403


def test_the_only_administrator_is_told_why_the_account_stays(cast: Cast) -> None:
    second = factories.person("Second Admin", is_administrator=True)
    operations.set_administrator(second, by=cast.administrator, value=False)
    answer = client_of(cast.administrator).post(f"/people/{cast.administrator.pk}/close/")
    assert answer.status_code == 403
    assert "Ask another administrator" in answer.content.decode()


def test_a_change_of_address_is_asked_for_and_kept_from_happening(cast: Cast) -> None:
    client = client_of(cast.administrator)
    path = f"/people/{cast.worker.pk}/e-mail/"
    for wrong in ("", "x", cast.worker.email, cast.supervisor.email):
        assert client.post(path, {"new_email": wrong}).status_code == 422
    assert client.post(path, {"new_email": "New@example.org"}).status_code == 302
    assert "new@example.org" in client.get(f"/people/{cast.worker.pk}/").content.decode()
    assert "new@example.org" in client_of(cast.worker).get("/your-details/").content.decode()
    for _ in range(2):
        assert client.post(f"{path}keep/").status_code == 302
    assert not EmailChange.objects.waiting().exists()


def test_programs_places_and_managers_by_the_forms(cast: Cast) -> None:
    client = client_of(cast.administrator)
    answer = client.post("/programs/add/", {"name": "Night line"})
    program = Program.objects.get(name="Night line")
    assert answer["Location"] == f"/programs/{program.pk}/"
    assert client.post("/programs/add/", {"name": "night LINE"}).status_code == 422
    place = {"person": cast.outsider.pk, "supervised": "yes", "since": in_days(0)}
    assert client.post(f"/programs/{program.pk}/places/add/", place).status_code == 302
    assert client.post(f"/programs/{program.pk}/places/add/", place).status_code == 422  # not offered twice
    assert (
        client.post(f"/programs/{program.pk}/managers/add/", {"person": cast.manager.pk}).status_code == 302
    )
    page = client.get(f"/programs/{program.pk}/").content.decode()
    assert "Olive Outsider" in page
    assert "Waiting: make an arrangement" in page
    assert "Priya Raman" in page
    row = Place.objects.get(program=program)
    edit = f"/programs/{program.pk}/places/{row.pk}/"
    assert client.post(edit, {"supervised": "yes", "until": in_days(-1)}).status_code == 422
    assert client.post(edit, {"supervised": "no", "until": ""}).status_code == 302
    row.refresh_from_db()
    assert not row.supervised
    management = Management.objects.get(program=program)
    for _ in range(2):
        assert client.post(f"/programs/{program.pk}/managers/{management.pk}/end/").status_code == 302
    assert not Management.objects.current().filter(program=program).exists()


def test_nobody_is_offered_themself(cast: Cast) -> None:
    client = client_of(cast.administrator)
    for name in ("place_add", "manager_add", "arrangement_add"):
        page = client.get(paths(cast)[name]).content.decode()
        assert str(cast.administrator.pk) not in page
        assert str(cast.outsider.pk) in page
    data = {"person": cast.administrator.pk, "supervised": "yes", "since": in_days(0)}
    assert client.post(paths(cast)["place_add"], data).status_code == 422


def arrangement_form(cast: Cast, *people: tuple[User, str], **given: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "program": cast.program.pk,
        "structure": "individual",
        "focus": "development",
        "started_on": in_days(0),
        "people-TOTAL_FORMS": len(people),
    }
    for number, (person, part) in enumerate(people):
        data[f"people-{number}-person"] = person.pk
        data[f"people-{number}-part"] = part
    return data | given


def test_an_arrangement_is_made_by_the_form(cast: Cast) -> None:
    new = factories.worker_in(cast.program, "New Worker")
    client = client_of(cast.manager)
    data = arrangement_form(cast, (cast.supervisor, "supervisor"), (new, "supervisee"))
    first, second = client.post("/arrangements/add/", data), client.post("/arrangements/add/", data)
    assert first.status_code == 302
    assert first["Location"] == second["Location"]
    for person in (cast.manager, cast.supervisor, new):
        assert "New Worker" in client_of(person).get(first["Location"]).content.decode()


def test_the_form_of_an_arrangement_says_what_does_not_fit_and_keeps_it(cast: Cast) -> None:
    client = client_of(cast.manager)
    pair = ((cast.supervisor, "supervisor"), (cast.worker, "supervisee"))
    wrong: list[dict[str, Any]] = [
        arrangement_form(cast, pair[0]),
        arrangement_form(cast, pair[0], pair[0]),
        arrangement_form(cast, *pair, structure="group"),
        arrangement_form(cast, *pair, structure="forged"),
        arrangement_form(cast, *pair, program=cast.other_program.pk),
        arrangement_form(cast, *pair, program="\x00"),
        arrangement_form(cast, *pair, started_on="2026-02-30"),
        arrangement_form(cast, pair[0], (cast.other_worker, "supervisee")),
        arrangement_form(cast, (cast.manager, "supervisor"), pair[1]),
        arrangement_form(cast, pair[0], (cast.worker, "forged")),
        {**arrangement_form(cast, *pair), "people-1-person": "forged"},
        {**arrangement_form(cast, *pair), "people-TOTAL_FORMS": "5"},
        {key: value for key, value in arrangement_form(cast, *pair).items() if "people" not in key},
    ]
    before = Arrangement.objects.count()
    for data in wrong:
        answer = client.post("/arrangements/add/", data)
        assert answer.status_code == 422, data
        if data.get("people-0-person") == cast.supervisor.pk:
            assert f'<option value="{cast.supervisor.pk}" selected>' in answer.content.decode()
    assert Arrangement.objects.count() == before


def test_another_person_is_added_to_the_form_without_script(cast: Cast) -> None:
    client = client_of(cast.manager)
    data = arrangement_form(cast, (cast.supervisor, "supervisor"), (cast.worker, "supervisee"), add="people")
    page = client.post("/arrangements/add/", data).content.decode()
    assert 'name="people-2-person"' in page
    assert f'<option value="{cast.supervisor.pk}" selected>' in page


def test_joining_leaving_and_ending_by_the_forms(cast: Cast) -> None:
    one, two, three = (factories.worker_in(cast.program) for _ in range(3))
    client = client_of(cast.manager)
    group = operations.make_arrangement(
        by=cast.manager,
        program=cast.program,
        structure="group",
        people=[(cast.supervisor, "supervisor"), (one, "supervisee"), (two, "supervisee")],
    )
    here = f"/arrangements/{group.pk}/"
    join = {"person": three.pk, "part": "supervisee", "on": in_days(0), "version": 1}
    assert client.post(f"{here}join/", join | {"part": "peer"}).status_code == 422
    assert client.post(f"{here}join/", join).status_code == 302
    assert client.post(f"{here}join/", join).status_code == 409
    row = group.participations.get(person=one)
    assert client.post(f"{here}leave/{row.pk}/", {"on": "", "version": 2}).status_code == 422
    assert client.post(f"{here}leave/{row.pk}/", {"on": in_days(0), "version": 2}).status_code == 302
    assert client.post(f"{here}end/", {"on": in_days(-9), "version": 3}).status_code == 422
    assert client.post(f"{here}end/", {"on": in_days(0), "version": 3}).status_code == 302
    group.refresh_from_db()
    assert group.ended_on is not None
    assert client.get(f"{here}join/").status_code == 409
    assert not Participation.objects.filter(arrangement=group, left_on=None).exists()


def test_the_agencys_settings_by_the_form(cast: Cast) -> None:
    client = client_of(cast.administrator)
    data = {
        "agency_name": "Riverbend",
        "agency_zone": "America/Denver",
        "concern_days": "5",
        "answer_days": "10",
        "review_months": "3",
        "second_factor_required": "no",
        "version": "1",
    }
    for field, value in (
        ("concern_days", "0"),
        ("answer_days", "x"),
        ("agency_zone", ""),
        ("agency_name", "\x00"),
    ):
        assert client.post("/agency/", data | {field: value}).status_code == 422
    assert client.post("/agency/", data).status_code == 302
    assert client.post("/agency/", data).status_code == 409
    agency = Agency.objects.get()
    assert (agency.name, agency.concern_days, agency.review_months) == ("Riverbend", 5, 3)


def test_credentials_by_the_forms(cast: Cast) -> None:
    client = client_of(cast.administrator)
    path = f"/people/{cast.worker.pk}/credentials/"
    data = {"name": "Certified", "issued_on": in_days(-9), "expires_on": in_days(9)}
    assert client.post(f"{path}add/", data | {"expires_on": in_days(-10)}).status_code == 422
    for _ in range(2):
        assert client.post(f"{path}add/", data).status_code == 302
    row = Credential.objects.get()
    assert client.post(f"{path}{row.pk}/", data | {"name": "Certified II"}).status_code == 302
    assert "Certified II" in client_of(cast.worker).get("/your-details/").content.decode()
    for _ in range(2):
        assert client.post(f"{path}{row.pk}/remove/").status_code == 302
    assert not Credential.objects.exists()


# Own pages -------------------------------------------------------------------------------------------------------------------


def test_people_choose_what_to_be_called_and_how_pages_look(cast: Cast) -> None:
    client = client_of(cast.worker)
    data = {
        "preferred_name": "Mari",
        "pronouns": "she/her",
        "time_zone": "Asia/Tokyo",
        "theme": "dark",
        "version": 1,
    }
    for field, value in (
        ("time_zone", "x"),
        ("theme", "pink"),
        ("preferred_name", "x" * 61),
        ("pronouns", "\x00"),
    ):
        assert client.post("/your-details/", data | {field: value}).status_code == 422
    assert client.post("/your-details/", data).status_code == 302
    assert client.post("/your-details/", data).status_code == 409
    page = client.get("/your-details/").content.decode()
    assert 'data-theme="dark"' in page
    cast.worker.refresh_from_db()
    assert cast.worker.called == "Mari"


def test_nothing_else_of_an_account_can_be_sent_along(cast: Cast) -> None:
    data = {"is_administrator": "on", "email": "x@example.org", "name": "X", "is_active": "", "version": 1}
    client_of(cast.worker).post("/your-details/", data)
    cast.worker.refresh_from_db()
    assert not cast.worker.is_administrator
    assert cast.worker.name == "Marisol Vega"
    assert cast.worker.is_active


def test_people_see_who_manages_their_program_and_what_changed(cast: Cast) -> None:
    operations.edit_person(cast.worker, by=cast.administrator, version=1, job_title="Recovery coach")
    page = client_of(cast.worker).get("/your-details/").content.decode()
    assert "Priya Raman" in page
    assert "Facts about your work were changed" in page
    assert "Ade Admin" in page


def test_times_away_by_the_form(cast: Cast) -> None:
    client = client_of(cast.worker)
    data = {"first_day": in_days(2), "last_day": in_days(4)}
    for _ in range(2):
        assert client.post("/your-details/away/", data).status_code == 302
    assert (
        client.post("/your-details/away/", {"first_day": in_days(4), "last_day": in_days(2)}).status_code
        == 422
    )
    row = Away.objects.get()
    for other in (client_of(cast.other_worker), client_of(cast.supervisor)):
        assert other.post("/your-details/away/", {"remove": row.pk}).status_code == 302
        assert other.post(f"/people/{cast.worker.pk}/away/", {"remove": row.pk}).status_code == 404
    assert Away.objects.filter(pk=row.pk).exists()
    assert client.post("/your-details/away/", {"remove": "forged"}).status_code == 404
    manager = client_of(cast.manager)
    for _ in range(2):
        assert manager.post(f"/people/{cast.worker.pk}/away/", {"remove": row.pk}).status_code == 302
    assert not Away.objects.exists()


def test_the_limits_are_read_once_and_lead_on(cast: Cast) -> None:
    client = client_of(cast.outsider)
    page = client.get("/limits/?next=/your-details/").content.decode()
    assert page.count("<li>") >= 8
    assert "3 working days" in page
    assert "self-harm" in page
    assert client.post("/limits/", {"next": "/your-details/"})["Location"] == "/your-details/"
    assert client.post("/limits/", {"next": "https://evil.example/"})["Location"] == "/"
    assert cast.outsider.acknowledgements.count() == 1
    assert "I have read the limits" not in client.get("/limits/").content.decode()


def test_the_shown_role_is_navigation_only_and_ones_own(cast: Cast) -> None:
    client = client_of(cast.supervisor)
    assert client.get("/role/supervisor/").status_code == 405
    assert client.post("/role/supervisor/").status_code == 302
    assert client.session["role"] == "supervisor"
    assert client.post("/role/administrator/").status_code == 403
    assert client.post("/role/king/").status_code == 404
    assert client.get("/people/").status_code == 403
    session = client.session
    session["role"] = "administrator"
    session.save()
    assert client.get("/people/").status_code == 403


# What pages cost ---------------------------------------------------------------------------------------------------------------

BUDGET = {
    "list": 8,
    "programs": 8,
    "arrangements": 8,
    "program": 8,
    "detail": 15,
    "changes": 12,
    "waiting": 9,
    "arrangement": 12,
    "your_details": 16,
    "add": 10,
    "edit": 10,
    "place_add": 10,
    "manager_add": 10,
    "arrangement_add": 10,
    "agency": 10,
    "away_of": 10,
    "limits": 10,
}


def much_more(cast: Cast) -> None:
    """Twenty of everything that these pages list."""
    for number in range(20):
        worker = factories.worker_in(cast.program, f"Worker {number}")
        Place.objects.create(program=cast.other_program, person=worker)
        factories.worker_in(cast.program, f"Waiting {number}")
        factories.manager_of(cast.program, f"Manager {number}")
        factories.program(f"Another program {number}")
        factories.arrangement(cast.program, [cast.supervisor], [worker])
        factories.arrangement(cast.program, [factories.person()], [cast.worker])
        Credential.objects.create(person=cast.worker, name=f"Credential {number}")
        day = timezone.localdate() + datetime.timedelta(days=2 * number)
        Away.objects.create(person=cast.worker, first_day=day, last_day=day)
        Place.objects.create(program=factories.program(), person=cast.worker)


def changes_of_power(cast: Cast, *, times: int) -> None:
    """What the pages about changes of power list: other line managers and managers, a part in supervision, links that wait."""
    for _ in range(times):
        person, version = factories.person(), User.objects.get(pk=cast.worker.pk).version
        operations.edit_person(cast.worker, by=cast.administrator, version=version, line_manager=person)
        operations.appoint_manager(cast.program, by=cast.administrator, person=person)
        operations.send_reset(person, by=cast.administrator)
        operations.make_arrangement(
            by=cast.administrator,
            program=cast.program,
            structure="individual",
            people=[(person, "supervisor"), (cast.worker, "supervisee")],
        )


@pytest.mark.parametrize("who", ["administrator", "manager"])
@pytest.mark.parametrize("name", BUDGET)
def test_pages_cost_the_same_however_much_there_is(
    cast: Cast, name: str, who: str, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    person = cast.worker if name in ("your_details", "changes") else getattr(cast, who)
    path, client = paths(cast)[name], client_of(person)
    client.get("/limits/")  # the first page of a day writes down that somebody was here
    changes_of_power(cast, times=1)
    with django_assert_max_num_queries(BUDGET[name]) as few:
        status = client.get(path).status_code
    much_more(cast)
    changes_of_power(cast, times=4)
    with django_assert_num_queries(len(few)):
        assert client.get(path).status_code == status
