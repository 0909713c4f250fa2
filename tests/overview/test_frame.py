"""The frame of every page: where one can go, as whom, and how it looks."""

from __future__ import annotations

import re

import pytest

from supervision.people.models import Management
from tests import factories
from tests.cast import Cast
from tests.overview.builders import queries_of, signed_in


def destinations(client, path: str = "/help/") -> list[str]:
    page = client.get(path).content.decode()
    nav = re.search(r'<nav class="main-nav".*?</nav>', page, re.DOTALL)
    return re.findall(r"<a [^>]*>([^<]+)</a>", nav[0]) if nav else []


@pytest.mark.django_db
def test_each_role_has_its_own_destinations(cast: Cast):
    assert destinations(signed_in(cast.supervisor)) == [
        "This week",
        "People",
        "Sessions",
        "Agreements",
        "Competencies",
        "Private notes",
    ]
    assert destinations(signed_in(cast.worker)) == [
        "Home",
        "Sessions",
        "My agreement",
        "Goals",
        "Private notes",
    ]
    assert destinations(signed_in(cast.manager)) == ["Overview", "People", "Reports", "Activity log"]
    assert destinations(signed_in(cast.administrator)) == [
        "Home",
        "Accounts",
        "Programs",
        "Arrangements",
        "Agency",
    ]
    assert destinations(signed_in(cast.outsider)) == []


@pytest.mark.django_db
def test_every_destination_opens_for_the_one_who_sees_it(cast: Cast):
    for person in (cast.supervisor, cast.worker, cast.manager, cast.administrator):
        client = signed_in(person)
        nav = re.search(r'<nav class="main-nav".*?</nav>', client.get("/").content.decode(), re.DOTALL)
        assert nav
        for url in re.findall(r'href="([^"]+)"', nav[0]):
            assert client.get(url).status_code == 200, (person.name, url)


@pytest.mark.django_db
def test_the_page_one_is_on_is_marked(cast: Cast):
    client = signed_in(cast.manager)
    for path, label in (
        ("/", "Overview"),
        ("/overview/", "Overview"),
        ("/reports/ask/", "Reports"),
        ("/activity/", "Activity log"),
    ):
        page = client.get(path).content.decode()
        assert re.findall(r'aria-current="page">([^<]+)<', page) == [label], path


@pytest.mark.django_db
def test_an_administrator_sees_which_part_of_the_agency_a_page_belongs_to(cast: Cast):
    client = signed_in(cast.administrator)
    for path, label in (
        ("/people/add/", "Accounts"),
        (f"/people/{cast.worker.pk}/", "Accounts"),
        ("/programs/add/", "Programs"),
        (f"/programs/{cast.program.pk}/", "Programs"),
        (f"/programs/{cast.program.pk}/managers/add/", "Programs"),
        ("/arrangements/", "Arrangements"),
        ("/arrangements/add/", "Arrangements"),
        (f"/arrangements/{cast.arrangement.pk}/", "Arrangements"),
        ("/agency/", "Agency"),
    ):
        page = client.get(path).content.decode()
        assert re.findall(r'aria-current="page">([^<]+)<', page) == [label], path


@pytest.mark.django_db
def test_ones_own_pages_belong_to_no_destination(cast: Cast):
    for person in (cast.manager, cast.administrator):
        for path in ("/your-details/", "/your-details/away/", "/your-details/calendar/", "/limits/"):
            page = signed_in(person).get(path)
            assert page.status_code == 200
            assert "aria-current" not in page.content.decode(), (person.name, path)


@pytest.mark.django_db
def test_roles_are_switched_by_a_form_and_only_to_ones_own(cast: Cast):
    Management.objects.create(program=cast.other_program, person=cast.supervisor)
    client = signed_in(cast.supervisor)
    page = client.get("/").content.decode()
    assert "Switch to Program manager" in page
    assert "Switch to Administrator" not in page
    assert re.search(r'<form method="post" action="/role/program-manager/">', page)
    assert "<h1>This week" in page
    assert client.post("/role/program-manager/").status_code == 302
    assert "<h1>Program overview" in client.get("/").content.decode()


@pytest.mark.django_db
def test_a_role_in_the_session_that_is_not_ones_own_shows_nothing_of_it(cast: Cast):
    page = signed_in(cast.worker, role="administrator").get("/").content.decode()
    assert "Hello, Marisol" in page


@pytest.mark.django_db
def test_the_chosen_display_is_written_by_the_server(cast: Cast):
    cast.worker.theme = "dark"
    cast.worker.save()
    assert 'data-theme="dark"' in signed_in(cast.worker).get("/").content.decode()


@pytest.mark.django_db
def test_the_frame_runs_no_query_of_its_own(cast: Cast):
    # Session and person, and nothing else.
    assert queries_of(signed_in(cast.supervisor), "/who-can-see-what/") == 2


@pytest.mark.django_db
def test_pages_of_the_footer_open_for_everybody(cast: Cast):
    for person in (cast.supervisor, cast.worker, cast.manager, cast.administrator, cast.outsider):
        client = signed_in(person)
        for path in ("/who-can-see-what/", "/accessibility/", "/help/"):
            assert client.get(path).status_code == 200
            assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_help_names_whom_to_ask(cast: Cast):
    page = signed_in(cast.worker).get("/help/").content.decode()
    assert "Ade Admin" in page
    assert "Priya Raman" in page
    assert "Otto Manager" not in page


@pytest.mark.django_db
def test_without_a_role_the_page_says_what_will_come(cast: Cast):
    page = signed_in(cast.outsider).get("/").content.decode()
    assert "Nothing waits for you yet." in page
    assert "You get an e-mail when they do." in page


@pytest.mark.django_db
def test_nobody_signed_in_is_sent_to_sign_in(client, cast: Cast):
    for path in ("/", "/overview/", "/my-people/", "/activity/", "/reports/", "/who-can-see-what/"):
        response = client.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_a_supervisor_who_left_keeps_a_calm_page(cast: Cast):
    lone = factories.person("Lone Person")
    factories.arrangement(cast.program, [lone], [factories.worker_in(cast.program)])
    lone.participations.update(left_on=lone.participations.get().joined_on)
    page = signed_in(lone).get("/").content.decode()
    assert "No sessions this week." in page
    assert "Log a session" not in page
