"""The agency's own frameworks: loaded by a file, looked at, published, retired, by administrators alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from competencies.library import operations
from competencies.library.framework_file import read, write
from competencies.models import Framework, FrameworkVersion
from supervision.records import verify
from supervision.records.errors import AlreadyDone, Denied, Invalid, Stale, WrongState
from supervision.records.toml_reading import LARGEST_BYTES
from tests.cast import Cast
from tests.overview.builders import queries_of, signed_in

from . import framework_makers as make
from .framework_makers import do, fresh, rivers
from .test_framework_file import GOOD

db = pytest.mark.django_db


def at(name: str, framework: Framework | None = None) -> str:
    return reverse(f"competencies:{name}", args=[framework.pk] if framework else [])


def a_file(text: str | bytes = GOOD, name: str = "rivers.toml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def send(
    client: Client, address: str, text: str | bytes = GOOD, *, version: int = 0, name: str = "rivers.toml"
) -> Any:
    return client.post(address, {"version": version, "file": a_file(text, name)})


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


# A file to start from ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", operations.shipped(), ids=lambda content: content.key)
def test_every_shipped_framework_can_be_taken_as_a_file_and_read_back(content: Any) -> None:
    assert read(write(content), name="x.toml") == content


@given(text=st.text(st.characters(codec="latin-1", categories=("L", "N", "P")), min_size=1, max_size=80))
def test_words_read_back_as_they_were_written(text: str) -> None:
    content = rivers(introduction=text)
    assert read(write(content), name="x.toml").introduction == text


# Operations --------------------------------------------------------------------------------------------------------


@db
def test_a_loaded_framework_is_published_and_then_stays(cast: Cast) -> None:
    framework = make.loaded(cast)
    assert not Framework.objects.to_read().exists()
    first = do(operations.publish, framework, cast)
    assert (first.number, first.published_by) == (1, cast.administrator)
    assert fresh(framework).draft is None
    make.again(framework, cast, title="Knowing rivers well")
    second = do(operations.publish, framework, cast)
    assert second.number == second.body.version == 2
    first.refresh_from_db()
    assert first.title == "Knowing rivers"
    assert verify.run() == []


@db
def test_publishing_twice_makes_one_version(cast: Cast) -> None:
    framework = make.loaded(cast)
    made = [operations.publish(framework=framework, version=1, by=cast.administrator) for _ in range(2)]
    assert made[0] == made[1]
    assert FrameworkVersion.objects.count() == 1


@db
def test_loading_the_same_file_twice_makes_one_framework(cast: Cast) -> None:
    make.loaded(cast)
    with pytest.raises(AlreadyDone):
        make.loaded(cast)
    with pytest.raises(Invalid, match="from its own page"):
        make.loaded(cast, title="Another with the same key")
    assert Framework.objects.count() == 1


@db
def test_what_is_shipped_can_be_copied_and_not_replaced(cast: Cast) -> None:
    shipped = operations.bring_in([rivers()])[0].framework
    with pytest.raises(Invalid, match="comes with Common Hour"):
        make.loaded(cast)
    with pytest.raises(WrongState, match="another key"):
        make.again(shipped, cast, title="Ours now")
    assert make.loaded(cast, key="our-rivers").is_shipped is False


@db
def test_a_framework_that_is_shipped_later_leaves_the_agencys_own_of_that_key_alone(cast: Cast) -> None:
    own = make.published(cast)
    assert operations.bring_in([rivers(title="Shipped rivers")])[0].framework != own
    assert [version.title for version in own.versions.all()] == ["Knowing rivers"]


@db
def test_a_version_that_changes_nothing_is_not_published(cast: Cast) -> None:
    framework = make.again(make.published(cast), cast)
    with pytest.raises(WrongState, match="reads just as version 1"):
        do(operations.publish, framework, cast)
    assert do(operations.discard, framework, cast) == framework
    with pytest.raises(WrongState, match="Load a file first"):
        do(operations.publish, framework, cast)


@db
def test_discarding_one_that_was_never_published_removes_it_whole(cast: Cast) -> None:
    framework = make.loaded(cast)
    assert operations.discard(framework=framework, version=1, by=cast.administrator) is None
    assert operations.discard(framework=framework, version=1, by=cast.administrator) is None
    assert not Framework.objects.exists()


@db
def test_a_file_of_another_framework_is_refused(cast: Cast) -> None:
    framework = make.published(cast)
    with pytest.raises(Invalid, match="“lakes”, not “rivers”"):
        do(operations.load_again, framework, cast, content=rivers(key="lakes"))


@db
def test_retired_it_leaves_the_list_and_can_come_back(cast: Cast) -> None:
    framework = make.retired(make.published(cast), cast)
    assert not Framework.objects.to_read().exists()
    with pytest.raises(WrongState, match="Bring it back first"):
        make.again(framework, cast, title="Anew")
    do(operations.bring_back, framework, cast)
    assert Framework.objects.to_read().get() == framework
    with pytest.raises(WrongState, match="never published"):
        make.retired(make.loaded(cast, key="lakes"), cast)


@db
def test_an_update_does_not_bring_back_what_the_agency_retired(cast: Cast) -> None:
    framework = operations.bring_in([rivers()])[0].framework
    make.retired(framework, cast)
    operations.bring_in([rivers(version=3, title="Said anew")])
    assert not Framework.objects.to_read().exists()


@db
@pytest.mark.parametrize("name", ["publish", "discard", "retire", "bring_back", "load_again"])
def test_whoever_looked_at_an_older_state_overwrites_nothing(cast: Cast, name: str) -> None:
    framework = make.again(make.published(cast), cast, title="Next")
    if name == "bring_back":
        framework = make.retired(framework, cast)
    more = {"content": rivers(title="Mine")} if name == "load_again" else {}
    before = fresh(framework)
    with pytest.raises(Stale):
        getattr(operations, name)(framework=framework, version=1, by=cast.administrator, **more)
    after = fresh(framework)
    assert (after.draft, after.retired_on, after.version) == (before.draft, before.retired_on, before.version)
    assert FrameworkVersion.objects.count() == 1


@db
@pytest.mark.parametrize("who", ["worker", "supervisor", "manager", "outsider"])
def test_nobody_but_an_administrator_keeps_them(cast: Cast, who: str) -> None:
    framework, person = make.again(make.published(cast), cast, title="Next"), getattr(cast, who)
    with pytest.raises(Denied):
        operations.load(content=rivers(key="lakes"), by=person)
    for name in ("publish", "discard", "retire", "bring_back"):
        with pytest.raises(Denied):
            getattr(operations, name)(framework=framework, version=framework.version, by=person)
    with pytest.raises(Denied):
        operations.load_again(framework=framework, content=rivers(), version=framework.version, by=person)


# Pages -------------------------------------------------------------------------------------------------------------


@db
def test_an_administrator_loads_looks_corrects_publishes_and_retires(cast: Cast) -> None:
    client, worker = signed_in(cast.administrator), signed_in(cast.worker)
    response = send(client, at("framework_load"), GOOD.replace("Knowing rivers", "Knowing rivres"))
    framework = Framework.objects.get()
    assert response["Location"] == at("framework_draft", framework)
    assert "Knowing rivres" in text_of(client, at("framework_draft", framework))
    page = text_of(client, at("frameworks"))
    assert at("framework_draft", framework) in page
    assert "Knowing rivres" in page
    assert "Publish “Knowing rivres”" in text_of(client, at("framework_publish", framework))
    assert worker.get(at("framework", framework)).status_code == 404
    assert worker.get(at("framework_draft", framework)).status_code == 403
    assert "rivers" not in text_of(worker, at("frameworks"))

    assert send(client, at("framework_load_again", framework), version=1).status_code == 302
    assert client.post(at("framework_publish", framework), {"version": 2}).status_code == 302
    page = text_of(worker, at("framework", framework))
    assert "Knowing rivers" in page
    assert "For administrators" not in page
    assert f"by {cast.administrator.called}" in page
    assert client.get(at("framework_draft", framework))["Location"] == at("framework", framework)

    assert client.post(at("framework_retire", framework), {"version": 3}).status_code == 302
    assert at("framework", framework) not in text_of(worker, at("frameworks"))
    assert at("framework", framework) in text_of(client, at("frameworks"))
    assert "Retired on" in text_of(worker, at("framework", framework))


@db
@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        (GOOD.replace('source = "H 1.2"', ""), "rivers.toml", "rivers.toml, line 31, statement 2: “source”"),
        (b"\xff\xfe\x00", "rivers.toml", "rivers.toml, line 1: This is not text."),
        (GOOD, "rivers.pdf", "whose name ends in .toml"),
        ("#" * (LARGEST_BYTES + 1), "rivers.toml", "larger than 256 KB"),
        ("", "rivers.toml", "That file is empty."),
        (GOOD.replace("Knows the left bank.", "<script>alert(1)</script>") + "x = 1", "<b>.toml", "line 35"),
    ],
)
def test_a_file_that_can_not_be_taken_is_refused_in_words(
    cast: Cast, text: Any, name: str, said: str
) -> None:
    response = send(signed_in(cast.administrator), at("framework_load"), text, name=name)
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert "<script>alert" not in page
    assert "<b>.toml" not in page
    assert not Framework.objects.exists()


@db
def test_a_form_without_a_file_says_what_to_do(cast: Cast) -> None:
    response = signed_in(cast.administrator).post(at("framework_load"), {})
    assert response.status_code == 422
    assert "Choose the framework file" in response.content.decode()


@db
def test_a_second_press_leads_to_what_the_first_one_loaded(cast: Cast) -> None:
    client = signed_in(cast.administrator)
    places = {send(client, at("framework_load"))["Location"] for _ in range(2)}
    assert places == {at("framework_draft", Framework.objects.get())}


@db
def test_a_key_that_is_taken_is_said_beside_the_file(cast: Cast) -> None:
    operations.bring_in([rivers()])
    response = send(signed_in(cast.administrator), at("framework_load"))
    assert response.status_code == 422
    assert "comes with Common Hour" in response.content.decode()


@db
def test_an_older_page_overwrites_nothing(cast: Cast) -> None:
    framework = make.again(make.published(cast), cast, title="Next")
    client = signed_in(cast.administrator)
    assert send(client, at("framework_load_again", framework), version=1).status_code == 409
    for name in ("publish", "discard", "retire"):
        for version in ("1", "", "x", "-4", "9" * 40):
            assert client.post(at(f"framework_{name}", framework), {"version": version}).status_code == 409
    assert (fresh(framework).draft or {})["title"] == "Next"


@db
def test_a_framework_is_taken_as_a_file_that_loads_again(cast: Cast) -> None:
    framework = operations.bring_in([rivers()])[0].framework
    client = signed_in(cast.administrator)
    response = client.get(at("framework_file", framework))
    assert response["Content-Disposition"] == 'attachment; filename="rivers.toml"'
    text = response.content.decode().replace('key = "rivers"', 'key = "our-rivers"')
    assert send(client, at("framework_load"), text).status_code == 302
    assert "“Can’t say yet”" in text


@db
def test_an_administrators_list_takes_as_many_queries_however_much_there_is(cast: Cast) -> None:
    make.loaded(cast, key="first")
    make.retired(make.published(cast, key="second"), cast)
    client = signed_in(cast.administrator)
    few = queries_of(client, at("frameworks"))
    for number in range(4):
        make.loaded(cast, key=f"more-{number}")
        make.retired(make.published(cast, key=f"gone-{number}"), cast)
    assert queries_of(client, at("frameworks")) == few
