"""The pages: from the template to the result, with every refusal in words, and nothing for anybody but administrators."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supervision.imports import operations, tasks
from supervision.imports.models import Import, Kind
from supervision.imports.reading import rows_of
from supervision.people.models import Invitation, User
from supervision.records.models import Opening
from supervision.sessions.models import ImportedMeeting
from tests.cast import Cast
from tests.people.helpers import run_jobs
from tests.sessions.pages import client_of

from .helpers import PEOPLE, as_csv, as_xlsx, brought_in, looked_at
from .test_bringing_in import FILES, THREE

pytestmark = pytest.mark.django_db


def sent(client: Client, data: bytes, kind: str = "people", name: str = "people.csv") -> Any:
    file = io.BytesIO(data)
    file.name = name
    return client.post(f"/bring-in/send/{kind}/", {"file": file}, follow=True)


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_from_the_template_to_the_result(cast: Cast) -> None:
    client = client_of(cast.administrator)
    template = client.get("/bring-in/template/people.xlsx")
    assert [str(cell) for cell in rows_of(template.content)[0].cells][:2] == ["E-mail", "Full name"]
    answer = sent(client, as_xlsx(PEOPLE, THREE), name="people.xlsx")
    row = Import.objects.get()
    assert answer.redirect_chain == [(f"/bring-in/{row.pk}/", 302)]
    assert "No problems." in text_of(answer)
    assert "Kit Moran, kit@example.org" in text_of(answer)
    assert not User.objects.filter(email="kit@example.org").exists()
    assert "Bring in 3 rows?" in text_of(client.get(f"/bring-in/{row.pk}/confirm/"))
    row.refresh_from_db()
    answer = client.post(f"/bring-in/{row.pk}/confirm/", {"version": row.version}, follow=True)
    assert "Brought in." in text_of(answer)
    assert User.objects.filter(email="kit@example.org").exists()
    again = client.post(f"/bring-in/{row.pk}/confirm/", {"version": row.version}, follow=True)
    assert "being brought in already" in text_of(again)
    refused = client.post(f"/bring-in/{row.pk}/invite/", {})
    assert refused.status_code == 422
    assert "Tick this to send the invitations" in text_of(refused)
    client.post(f"/bring-in/{row.pk}/invite/", {"invite": "on"})
    run_jobs()
    assert Invitation.objects.count() == 3
    assert "3 of 3 so far" in text_of(client.get(f"/bring-in/{row.pk}/"))
    assert "3 rows brought in." in text_of(client.get("/bring-in/"))


def test_bringing_in_and_inviting_ask_who_it_is(cast: Cast) -> None:
    row = looked_at(Kind.PEOPLE, as_csv(PEOPLE, THREE), by=cast.administrator)
    stale = client_of(cast.administrator, minutes_ago=30)
    answer = stale.post(f"/bring-in/{row.pk}/confirm/", {"version": row.version})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    row.refresh_from_db()
    assert row.state == Import.State.LOOKED_AT


def test_problems_are_paged_and_can_be_taken_along_without_a_formula(cast: Cast) -> None:
    client = client_of(cast.administrator)
    rows = [[f"=cmd|{number}", "", "", "", "", "", ""] for number in range(120)]
    page = text_of(sent(client, as_csv(PEOPLE, rows)))
    assert "There are 240 problems in this file." in page
    assert "1 to 100 of 240" in page
    pk = Import.objects.get().pk
    assert "101 to 200 of 240" in text_of(client.get(f"/bring-in/{pk}/?problems=100"))
    for wrong in ("-1", "x", "999999999999999999999", "240", "٣"):
        assert client.get(f"/bring-in/{pk}/", {"problems": wrong}).status_code == 200
    listed = rows_of(client.get(f"/bring-in/{pk}/problems.csv").content)
    assert len(listed) == 241
    assert not any(str(cell).startswith(("=", "+", "-", "@")) for row in listed for cell in row.cells)


def test_a_long_file_is_looked_at_and_brought_in_by_the_queue_with_progress(cast: Cast) -> None:
    client = client_of(cast.administrator)
    rows = [
        [f"p{number}@example.org", f"Person {number} of a long list", "x" * 40, "", "", "", ""]
        for number in range(1200)
    ]
    assert "This goes on in the background." in text_of(sent(client, as_csv(PEOPLE, rows)))
    row = Import.objects.get()
    seen: list[str] = []
    compared = operations._compared

    def looking_on(*args: Any) -> Any:
        seen.append(text_of(client.get(f"/bring-in/{row.pk}/")))
        return compared(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "_compared", looking_on)
        tasks.look.call(import_id=str(row.pk))
    assert "1000 of 1200" in seen[0]
    row.refresh_from_db()
    answer = client.post(f"/bring-in/{row.pk}/confirm/", {"version": row.version}, follow=True)
    assert "This goes on in the background." in text_of(answer)
    assert not User.objects.filter(email="p7@example.org").exists()
    run_jobs()
    assert (
        User.objects.filter(
            email__startswith="p", email__endswith="@example.org", name__contains="long list"
        ).count()
        == 1200
    )
    assert "Brought in." in text_of(client.get(f"/bring-in/{row.pk}/"))


@given(
    data=st.one_of(st.binary(max_size=300), st.text(max_size=100).map(str.encode)),
    kind=st.sampled_from(list(Kind)),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_break_a_page(cast: Cast, data: bytes, kind: Kind) -> None:
    Import.objects.all().delete()
    client = client_of(cast.administrator)
    answer = sent(client, data, kind=kind, name="x.csv")
    assert answer.status_code in (200, 422)


@pytest.mark.parametrize("name", ["x" * 4000, "../../etc/passwd", "\u202ecsv.exe", "", "a\nb.csv"])
def test_any_name_of_a_file_is_taken_or_refused_in_words(cast: Cast, name: str) -> None:
    assert sent(client_of(cast.administrator), as_csv(PEOPLE, THREE), name=name or " ").status_code in (
        200,
        400,
        422,
    )


def test_a_file_that_is_too_large_is_refused_beside_the_field(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supervision.imports.forms.MAX_BYTES", 10)
    answer = sent(client_of(cast.administrator), as_csv(PEOPLE, THREE))
    assert answer.status_code == 422
    assert "larger than 8 MB" in text_of(answer)
    assert client_of(cast.administrator).get("/bring-in/send/nothing/").status_code == 404


def test_the_same_form_sent_twice_takes_one_file(cast: Cast) -> None:
    client = client_of(cast.administrator)
    key = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    for _press in range(2):
        file = io.BytesIO(as_csv(PEOPLE, THREE))
        file.name = "people.csv"
        client.post("/bring-in/send/people/", {"file": file, "key": key})
    assert Import.objects.count() == 1


def test_a_confirmation_of_what_was_looked_at_anew_brings_nothing_in(cast: Cast) -> None:
    row = looked_at(Kind.PEOPLE, as_csv(PEOPLE, THREE), by=cast.administrator)
    client = client_of(cast.administrator)
    for version in (row.version - 1, "x", "", "9" * 5000):
        answer = client.post(f"/bring-in/{row.pk}/confirm/", {"version": version}, follow=True)
        assert "looked at anew meanwhile" in text_of(answer)
    assert Import.objects.get().state == Import.State.LOOKED_AT


def test_sessions_from_before_are_shown_as_such_to_those_who_were_there(cast: Cast) -> None:
    for kind, headings, rows in FILES[:4]:
        brought_in(kind, as_csv(headings, rows), by=cast.administrator)
    assert ImportedMeeting.objects.count() == 1
    kit = User.objects.get(email="kit@example.org")
    page = text_of(client_of(kit).get("/sessions/before/"))
    assert "Ana Ruiz" in page
    assert "From before, brought in" in page
    assert "/sessions/before/" in text_of(client_of(kit).get("/sessions/"))
    assert "From before, brought in" not in text_of(client_of(cast.worker).get("/sessions/before/"))
    assert not Opening.objects.exists()
