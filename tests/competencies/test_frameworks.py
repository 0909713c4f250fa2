"""Frameworks in the database and on pages: how the shipped ones come in, that a version stays, and what everybody reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from competencies.library import operations
from competencies.models import Framework, FrameworkVersion
from supervision.records import verify
from supervision.records.errors import Sealed
from supervision.records.models import AuditEvent
from tests.overview.builders import queries_of, signed_in

from .framework_makers import rivers
from .test_framework_file import GOOD

pytestmark = pytest.mark.django_db


def published(**changed: Any) -> FrameworkVersion:
    made = operations.bring_in([rivers(**changed)])
    return made[0]


def numbers() -> list[int]:
    return list(FrameworkVersion.objects.order_by("number").values_list("number", flat=True))


def at(version: FrameworkVersion) -> str:
    return reverse("competencies:framework", args=[version.framework_id])


# Coming in ---------------------------------------------------------------------------------------------------------


def test_preparing_brings_in_the_five_that_are_shipped_and_does_it_once() -> None:
    call_command("bring_in_frameworks")
    assert Framework.objects.count() == 5
    assert {version.number for version in FrameworkVersion.objects.all()} == {1}
    call_command("bring_in_frameworks")
    assert FrameworkVersion.objects.count() == 5
    assert AuditEvent.objects.filter(action="framework version published").count() == 5


def test_the_server_prepares_them(settings: Any) -> None:
    assert "bring_in_frameworks" in settings.PREPARED_BY


def test_a_changed_file_makes_a_new_version_and_leaves_the_old_one() -> None:
    first = published()
    assert operations.bring_in([rivers()]) == []
    assert published(version=3, title="Knowing rivers well").number == 3
    assert Framework.objects.count() == 1
    first.refresh_from_db()
    assert (first.number, first.title) == (2, "Knowing rivers")
    assert first.body == rivers()


def test_a_change_without_a_higher_version_still_is_a_version_of_its_own() -> None:
    published()
    assert published(introduction="Said better.").number == 3
    assert numbers() == [2, 3]


def test_older_software_started_by_mistake_takes_nothing_back() -> None:
    published(version=4, title="The newest")
    assert operations.bring_in([rivers(version=3)]) == []
    assert numbers() == [4]


def test_a_shipped_file_that_is_broken_stops_the_start_and_names_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rivers.toml").write_text(GOOD.replace('source = "H 1.2"', ""))
    found = operations.shipped
    monkeypatch.setattr(operations, "shipped", lambda: found(tmp_path))
    with pytest.raises(CommandError, match=r"rivers\.toml, line 31, statement 2: “source”"):
        call_command("bring_in_frameworks")
    assert not Framework.objects.exists()


# A version stays ---------------------------------------------------------------------------------------------------


def test_a_published_version_is_never_changed_or_removed() -> None:
    version = published()
    version.title = "Another"
    with pytest.raises(Sealed):
        version.save()
    with pytest.raises(Sealed):
        version.delete()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE competencies_frameworkversion SET title = 'Another'",
        "UPDATE competencies_frameworkversion SET content = '{}'",
        "DELETE FROM competencies_frameworkversion",
    ],
)
def test_the_database_refuses_it_too(sql: str) -> None:
    published()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert FrameworkVersion.objects.get().body == rivers()


def test_verify_vouches_for_every_version() -> None:
    published()
    published(version=3, title="Knowing rivers well")
    covered = AuditEvent.objects.filter(covers_label="competencies.frameworkversion")
    assert covered.count() == 2
    assert verify.run() == []


# Pages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["worker", "supervisor", "manager", "administrator", "outsider"])
def test_everybody_who_works_here_reads_them(cast: Any, who: str) -> None:
    version = published()
    client = signed_in(getattr(cast, who))
    page = client.get(reverse("competencies:frameworks")).content.decode()
    assert at(version) in page
    page = client.get(at(version)).content.decode()
    for words in ("Knows the left bank.", "H 1.2", "H: Our handbook", "No water yet.", "Can’t say yet"):
        assert words in page
    assert "Filled in by the supervisor themself and the peer workers they supervise." in page


def test_whoever_is_not_signed_in_reads_none(client: Any) -> None:
    assert client.get(at(published())).status_code == 302


def test_an_older_version_says_that_there_is_a_newer_one(cast: Any) -> None:
    published()
    newest = published(version=3, title="Knowing rivers well")
    client = signed_in(cast.worker)
    old = reverse("competencies:framework_version", args=[newest.framework_id, 2])
    page = client.get(old).content.decode()
    assert "This is version 2." in page
    assert "There is a newer one." in page
    page = client.get(at(newest)).content.decode()
    assert "Knowing rivers well" in page
    assert "There is a newer one." not in page
    assert old in page


def test_what_does_not_exist_is_not_found(cast: Any) -> None:
    version = published()
    client = signed_in(cast.worker)
    for number in ("7", "0", "99999999999999999999"):
        assert client.get(f"{at(version)}versions/{number}/").status_code == 404
    assert client.get(reverse("competencies:framework", args=[version.pk])).status_code == 404


def test_before_the_first_start_the_list_says_what_will_come(cast: Any) -> None:
    page = signed_in(cast.worker).get(reverse("competencies:frameworks")).content.decode()
    assert "No framework yet" in page


def test_what_a_domain_leaves_to_fewer_people_is_said_there(cast: Any) -> None:
    call_command("bring_in_frameworks")
    five = FrameworkVersion.objects.get(framework__key="supervisor-five-domains")
    page = signed_in(cast.supervisor).get(at(five)).content.decode()
    assert page.count("Filled in by the supervisor themself and the supervisor’s own supervisor.") == 3


def test_goals_lead_to_what_one_could_grow_in(cast: Any) -> None:
    page = signed_in(cast.worker).get(reverse("competencies:goals")).content.decode()
    assert "What could I grow in?" in page
    there = reverse("competencies:frameworks")
    assert f'href="{there}"' in page
    page = signed_in(cast.worker).get(there).content.decode()
    assert 'aria-current="page"' not in page  # it hangs on the account menu, and is not the page of goals


def test_pages_take_as_many_queries_however_much_there_is(cast: Any) -> None:
    version = published()
    client = signed_in(cast.worker)
    addresses = [reverse("competencies:frameworks"), at(version)]
    few = [queries_of(client, address) for address in addresses]
    for number in range(3, 9):
        published(version=number, title=f"Edition {number}")
    call_command("bring_in_frameworks")
    assert [queries_of(client, address) for address in addresses] == few
