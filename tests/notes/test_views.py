"""Pages of one's own notes, as their author, the one they share with, and everybody else meet them."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from supervision.jobs.worker import Worker
from supervision.notes import operations
from supervision.notes.models import Note
from supervision.records.models import Draft, Opening
from supervision.sessions import operations as planning
from supervision.sessions import subjects
from supervision.sessions.models import Action
from tests import factories
from tests.cast import Cast
from tests.sessions import makers as sessions
from tests.sessions.pages import body, client_of
from tests.sessions.test_queries import asked

from . import makers

LIST, DETAIL, FORM = 8, 12, 10
LISTS = [reverse(f"notes:{name}") for name in ("list", "shared", "deleted")]


def url(name: str, row: Any) -> str:
    return reverse(f"notes:{name}", args=[row.pk])


def keep_draft(client: Any, path: str, data: dict[str, Any]) -> Any:
    return client.post(path, data, headers={"X-Requested-With": "draft"})


# Who gets in ----------------------------------------------------------------------------------------------------


def test_no_page_of_anybody_else_holds_a_word_of_it(cast: Cast) -> None:
    factories.arrangement(cast.program, [cast.other_supervisor], [cast.worker])
    session = sessions.sealed(cast)
    note = makers.note(cast.worker, title="canary-title")
    operations.change(
        note, by=cast.worker, version=1, written=makers.written(title="canary-title", kind="care")
    )
    everywhere = [
        "/",
        "/activity/",
        "/overview/",
        f"/people/{cast.worker.pk}/",
        reverse("overview:worker", args=[cast.worker.pk]),
        reverse("sessions:list"),
        reverse("sessions:detail", args=[session.pk]),
        *LISTS,
        url("detail", note),
        url("edit", note),
    ]
    for who in ("supervisor", "manager", "administrator", "other_supervisor", "outsider"):
        client = client_of(getattr(cast, who))
        for path in everywhere:
            page = body(client.get(path))
            assert "canary-" not in page, (who, path)
            assert str(note.pk) not in re.sub(r"/notes/[0-9a-f-]{36}/", "", page), (who, path)
        assert client.get(url("detail", note)).status_code == 404


def test_the_one_it_is_shared_with_reads_it_and_that_is_logged(cast: Cast) -> None:
    note, client = makers.note(cast.worker), client_of(cast.supervisor)
    author = client_of(cast.worker)
    sent = author.post(url("share", note), {"person": str(cast.supervisor.pk)}, follow=True)
    assert "Dana Whitfield can read this note until you take it back." in body(sent)
    assert "until it is in a sealed record" in body(sent)
    assert url("detail", note) in body(client.get(reverse("notes:list")))
    assert not Opening.objects.exists(), "a list without words opens nothing"
    page = body(client.get(url("detail", note)))
    assert makers.WORDS in page
    assert "Marisol has shared it with you since" in page
    for verb in ("edit", "share", "take_back", "delete"):
        assert url(verb, note) not in page
    opening = Opening.objects.get()
    assert (opening.by, opening.record_id, opening.why) == (cast.supervisor, note.pk, "shared with them")
    assert author.get(url("detail", note)).status_code == 200
    assert Opening.objects.count() == 1, "an author reads their own"
    author.post(url("take_back", note))
    assert client.get(url("detail", note)).status_code == 404
    assert url("detail", note) not in body(client.get(reverse("notes:list")))


def test_nothing_is_shown_if_the_access_log_cannot_be_written(cast: Cast, monkeypatch: Any) -> None:
    note = makers.shared(cast.worker, cast.supervisor)
    monkeypatch.setattr(Opening.objects, "bulk_create", lambda rows: 1 / 0)
    client = client_of(cast.supervisor)
    client.raise_request_exception = False
    page = client.get(url("detail", note))
    assert page.status_code == 500
    assert "canary-" not in body(page)


def test_the_mail_about_a_share_says_nothing_of_it(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        note = makers.shared(cast.worker, cast.supervisor)
    Worker(name="test").run_until_empty()
    (message,) = [one for one in mail.outbox if one.to == [cast.supervisor.email]]
    text = f"{message.subject}\n{message.body}\n{message.alternatives}"
    assert "Something was shared with you" in text
    for word in ("canary", "Marisol", str(note.pk), "note "):
        assert word not in text


def test_everybody_finds_the_way_to_their_notes_once(cast: Cast) -> None:
    for person in (cast.worker, cast.supervisor, cast.manager, cast.administrator, cast.outsider):
        page = body(client_of(person).get("/help/"))
        assert page.count(f'href="{reverse("notes:list")}"') == 1, person


def test_the_page_says_where_only_you_ends(cast: Cast) -> None:
    page = body(client_of(cast.worker).get(reverse("notes:list")))
    for said in (
        "A court may order them",
        "could technically read them",
        "no manager, no administrator, and no report",
    ):
        assert said in page


# Writing ----------------------------------------------------------------------------------------------------------


def test_a_note_is_written_and_changed(cast: Cast) -> None:
    client = client_of(cast.worker)
    made = client.post(reverse("notes:add"), makers.post(kind="diary", title="Tuesday"))
    note = Note.objects.get()
    assert made["Location"] == url("detail", note)
    assert "Tuesday" in body(client.get(reverse("notes:list")))
    assert client.post(url("edit", note), makers.post(note, text="Other words")).status_code == 302
    assert "Other words" in body(client.get(url("detail", note)))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": " "}, "Write something first"),
        ({"day": "2199-01-01"}, "Enter today or a day before"),
        ({"day": ""}, "Fill in “Day”"),
        ({"kind": "report"}, "Choose one of the answers listed"),
        ({"text": "x" * 20_001}, "Shorten this by 1 character"),
        ({"about": f"session:{uuid.uuid4()}"}, "Choose one of the answers listed"),
        ({"about": "session:x'; --"}, "Choose one of the answers listed"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_typed_is_lost(
    cast: Cast, given: dict[str, str], said: str
) -> None:
    client = client_of(cast.worker)
    answer = client.post(reverse("notes:add"), makers.post(**({"title": "Keep me"} | given)))
    assert answer.status_code == 422
    assert said in body(answer)
    assert "Keep me" in body(answer)
    assert not Note.objects.exists()


def test_two_windows_keep_both_texts(cast: Cast) -> None:
    client, note = client_of(cast.worker), makers.note(cast.worker)
    first, second = (
        makers.post(note, text="From the first"),
        makers.post(note, text="From the second", page="p2"),
    )
    assert client.post(url("edit", note), first).status_code == 302
    answer = client.post(url("edit", note), second)
    assert answer.status_code == 409
    page = body(answer)
    assert "From the first" in page
    assert "From the second" in page
    assert makers.fresh(note).text == "From the first"
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    assert client.post(url("edit", note), second | {"version": version[1]}).status_code == 302
    assert makers.fresh(note).text == "From the second"


def test_two_windows_of_one_new_note_keep_both_texts_and_make_one(cast: Cast) -> None:
    client, data = client_of(cast.worker), makers.post(text="From the first")
    client.post(reverse("notes:add"), data)
    assert client.post(reverse("notes:add"), data).status_code == 302
    answer = client.post(reverse("notes:add"), data | {"text": "From the second", "page": "p2"})
    note = Note.objects.get()
    assert answer.status_code == 409
    assert f'action="{url("edit", note)}"' in body(answer)
    for text in ("From the first", "From the second"):
        assert text in body(answer)


def test_a_note_deleted_in_another_window_shows_what_was_typed(cast: Cast) -> None:
    client, note = client_of(cast.worker), makers.deleted(cast.worker)
    data = makers.post(note, text="Typed meanwhile")
    answer = client.post(url("edit", note), data)
    assert answer.status_code == 409
    assert "Typed meanwhile" in body(answer)
    assert keep_draft(client, url("edit", note), data).status_code == 409


# Autosave -----------------------------------------------------------------------------------------------------------


def test_what_was_typed_comes_back_for_its_author_alone_and_goes_with_saving(cast: Cast) -> None:
    client, note = client_of(cast.worker), makers.note(cast.worker)
    data = makers.post(note, text="Half a sentence, wit", day="")
    assert keep_draft(client, url("edit", note), data).status_code == 204
    page = body(client.get(url("edit", note)))
    assert "Half a sentence, wit" in page
    assert "This is what you had typed by" in page
    assert "Half a sentence" not in body(client.get(url("detail", note)))
    assert url("edit", note) in body(client.get(reverse("notes:list")))
    assert keep_draft(client_of(cast.supervisor), url("edit", note), data).status_code == 404
    assert Draft.objects.count() == 1
    whole = makers.post(note, text="A whole sentence.")
    assert client.post(url("edit", note), whole).status_code == 302
    assert keep_draft(client, url("edit", note), data).status_code == 409
    assert "Half a sentence" not in body(client.get(url("edit", note)))


def test_a_new_note_that_was_not_saved_is_found_from_the_list(cast: Cast) -> None:
    session, client = sessions.planned(cast), client_of(cast.worker)
    paths = [reverse("notes:add"), f"{reverse('notes:add')}?session={session.pk}"]
    for number, path in enumerate(paths):
        data = makers.post(text=f"Half of number {number}, wit")
        assert keep_draft(client, path, data).status_code == 204
    listed = body(client.get(reverse("notes:list")))
    for number, path in enumerate(paths):
        assert f'href="{path}"' in listed
        assert f"Half of number {number}, wit" in body(client.get(path))
    assert client.post(paths[0], {"start_over": "1", "page": "p1"})["Location"] == paths[0]
    assert "Half of number" not in body(client.get(paths[0]))
    assert "is not saved yet" not in body(client_of(cast.supervisor).get(reverse("notes:list")))


# What it is about ---------------------------------------------------------------------------------------------------


def test_a_note_is_about_a_session_of_ones_own_by_the_facts_of_then(cast: Cast) -> None:
    session, client = sessions.planned(cast), client_of(cast.worker)
    add = f"{reverse('notes:add')}?session={session.pk}"
    assert add in body(client.get(reverse("sessions:detail", args=[session.pk])))
    form = body(client.get(add))
    assert re.search(rf'<option value="session:{session.pk}" selected>Session with Dana Whitfield', form)
    client.post(add, makers.post(about=f"session:{session.pk}"))
    note = Note.objects.get()
    assert (note.about_kind, note.about_id, note.about_names) == ("session", session.pk, "Dana Whitfield")
    page = body(client.get(url("detail", note)))
    assert "Session with Dana Whitfield" in page
    assert reverse("sessions:detail", args=[session.pk]) in page
    client.post(url("edit", note), makers.post(note, about=""))
    assert makers.fresh(note).about_id is None


def test_a_note_is_about_a_next_step(cast: Cast) -> None:
    session = sessions.sealed(cast, steps=[sessions.step(cast.worker)])
    action, client = Action.objects.get(), client_of(cast.worker)
    add = f"{reverse('notes:add')}?action={action.pk}"
    client.post(add, makers.post(about=f"action:{action.pk}"))
    note = Note.objects.get()
    page = body(client.get(url("detail", note)))
    assert "Next step from the session with Dana Whitfield" in page
    assert reverse("sessions:detail", args=[session.pk]) in page
    assert client.post(url("edit", note), makers.post(note, text="More")).status_code == 302
    assert makers.fresh(note).about_id == action.pk, "what it is about stays though it is in no list"


@pytest.mark.parametrize("who", ["other_worker", "manager", "administrator", "outsider"])
def test_nobody_links_to_what_is_not_theirs_or_learns_of_it(cast: Cast, who: str) -> None:
    session = sessions.sealed(cast, steps=[sessions.step(cast.worker)])
    client = client_of(getattr(cast, who))
    for query in (f"session={session.pk}", f"action={Action.objects.get().pk}", "session=x", "action="):
        assert client.get(f"{reverse('notes:add')}?{query}").status_code == 404, query
    data = makers.post(about=f"session:{session.pk}")
    assert client.post(reverse("notes:add"), data).status_code == 422
    assert "Dana" not in body(client.post(reverse("notes:add"), data))


def test_the_one_it_is_shared_with_does_not_see_what_it_is_about(cast: Cast) -> None:
    factories.arrangement(cast.program, [cast.other_supervisor], [cast.worker])
    session = sessions.planned(cast)
    client_of(cast.worker).post(reverse("notes:add"), makers.post(about=f"session:{session.pk}"))
    note = Note.objects.get()
    operations.share(note, by=cast.worker, person=cast.other_supervisor)
    page = body(client_of(cast.other_supervisor).get(url("detail", note)))
    assert makers.WORDS in page
    assert "Session with" not in page


# Finding ------------------------------------------------------------------------------------------------------------


def look(client: Any, **given: str) -> Any:
    return client.post(reverse("notes:find"), given, follow=True)


def test_words_are_found_in_ones_own_notes_and_stand_in_no_address(cast: Cast) -> None:
    client = client_of(cast.worker)
    for title, text in (("Heron", "by the RIVER"), ("", "by the river\na heron, too"), ("Wren", "elsewhere")):
        makers.note(cast.worker, title=title, text=text)
    makers.note(cast.supervisor, title="Hers", text="heron river")
    answer = look(client, words="heron River", kind="")
    page = body(answer)
    assert answer.redirect_chain == [(f"{reverse('notes:list')}?found=1", 302)]
    assert page.count('dir="auto">') == 2
    assert "Hers" not in page
    assert "Wren" not in page
    assert "Nothing like that" in body(look(client, words="kingfisher"))
    assert body(client.get(reverse("notes:list"))).count('dir="auto">') == 3
    assert "heron" not in body(
        client_of(cast.supervisor).get(f"{reverse('notes:list')}?found=1")
    ).lower().replace("hers", "")


def test_what_somebody_looks_for_is_unreadable_in_the_database(cast: Cast) -> None:
    look(client_of(cast.worker), words="canary-looked-for")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM records_draft")
        assert b"canary" not in bytes(cursor.fetchone()[0])


def test_one_kind_alone_is_listed(cast: Cast) -> None:
    client = client_of(cast.worker)
    for kind in Note.Kind.values:
        makers.note(cast.worker, kind=kind, title=f"A {kind} title")
    page = body(look(client, words="", kind="diary"))
    assert "A diary title" in page
    assert "A note title" not in page
    assert "A care title" not in page


def test_every_note_is_on_exactly_one_page_newest_first(cast: Cast, monkeypatch: Any) -> None:
    from supervision.notes import finding

    monkeypatch.setattr(finding, "SIZE", 3)
    monkeypatch.setattr(finding, "AT_ONCE", 4)
    client = client_of(cast.worker)
    names = [f"wren {n:02}" if n % 2 else f"heron {n:02}" for n in range(14)]
    for name in names:
        makers.note(cast.worker, title=name, text="by the river")
    look(client, words="wren")
    for start, wanted in (("", names[::-1]), ("?found=1", [n for n in names[::-1] if "wren" in n])):
        seen: list[str] = []
        address, pages = f"{reverse('notes:list')}{start}", 0
        while address:
            page = body(client.get(address))
            seen += re.findall(r'dir="auto">((?:wren|heron) \d\d)<', page)
            older = re.search(r'href="(\?[^"]+)" rel="next"', page)
            address = f"{reverse('notes:list')}{older[1].replace('&amp;', '&')}" if older else ""
            last, pages = page, pages + 1
        assert seen == wanted
        assert pages > 2
        back: list[str] = re.findall(r'dir="auto">((?:wren|heron) \d\d)<', last)
        while newer := re.search(r'href="(\?[^"]+)" rel="prev"', last):
            last = body(client.get(f"{reverse('notes:list')}{newer[1].replace('&amp;', '&')}"))
            back = re.findall(r'dir="auto">((?:wren|heron) \d\d)<', last) + back
        assert back == wanted


def test_a_forged_place_in_the_list_is_refused(cast: Cast) -> None:
    client = client_of(cast.worker)
    for path in LISTS:
        assert client.get(f"{path}?at=forged").status_code == 400
    look(client, words="wren")
    assert client.get(f"{reverse('notes:list')}?found=1&at=forged").status_code == 400


# Deleting -----------------------------------------------------------------------------------------------------------


def test_a_note_is_deleted_brought_back_and_removed(cast: Cast) -> None:
    client, note = client_of(cast.worker), makers.note(cast.worker, title="Wren")
    said = body(client.post(url("delete", note), follow=True))
    assert "you can bring it back" in said
    assert url("detail", note) not in said
    assert "Wren" in body(client.get(reverse("notes:deleted")))
    assert client.get(url("detail", note))["Location"] == reverse("notes:deleted")
    client.post(url("bring_back", note))
    assert "Wren" in body(client.get(reverse("notes:list")))
    client.post(url("delete", note))
    assert "backups" in body(client.get(url("remove", note)))
    client.post(url("remove", note))
    assert client.get(url("detail", note)).status_code == 404
    assert not Note.objects.exists()


# Queries ------------------------------------------------------------------------------------------------------------


def test_every_page_asks_as_much_for_a_little_as_for_a_lot(cast: Cast) -> None:
    client, reader = client_of(cast.worker), client_of(cast.supervisor)

    def counts(many: int) -> dict[str, int]:
        for number in range(many):
            session = sessions.planned(cast, starts_at=sessions.ago(30 + 40 * Note.objects.count()))
            note = makers.note(cast.worker, title=f"wren {number}")
            client.post(
                url("edit", note), makers.post(note, about=f"session:{session.pk}", page=str(note.pk))
            )
            keep_draft(client, url("edit", note), makers.post(note, text="half", page="again"))
            makers.deleted(cast.worker)
            shared = makers.shared(cast.worker, cast.supervisor)
            makers.shared(cast.supervisor, cast.worker)
        look(client, words="wren")
        pages = {
            "list": (client, reverse("notes:list"), LIST),
            "found": (client, f"{reverse('notes:list')}?found=1", LIST),
            "shared": (reader, reverse("notes:shared"), LIST),
            "deleted": (client, reverse("notes:deleted"), LIST),
            "detail": (client, url("detail", note), DETAIL),
            "read": (reader, url("detail", shared), DETAIL),
            "add": (client, f"{reverse('notes:add')}?session={session.pk}", FORM),
            "edit": (client, url("edit", note), FORM),
            "share": (client, url("share", note), FORM),
        }
        found = {}
        for name, (who, address, most) in pages.items():
            found[name], queries = asked(who, address)
            assert found[name] <= most, f"{name} asks {found[name]}:\n" + "\n".join(q[:150] for q in queries)
        return found

    little = counts(1)
    assert counts(9) == little


def test_saving_asks_little(cast: Cast) -> None:
    client, note = client_of(cast.worker), makers.note(cast.worker)
    with CaptureQueriesContext(connection) as captured:
        client.post(url("edit", note), makers.post(note, text="more"))
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    assert len([q for q in captured.captured_queries if not q["sql"].startswith(control)]) <= 14


def test_a_note_about_a_session_that_one_missed_leads_to_its_facts(cast: Any) -> None:
    group, (one, absent, *_others) = sessions.group(cast)
    session = planning.plan(group, by=cast.supervisor, starts_at=sessions.ago())
    there = {cast.supervisor.pk: 60, one.pk: 60}
    sessions.signed_by_recorder(cast, session, attended=there)
    for person, page in ((one, "detail"), (absent, "facts")):
        about = subjects.find(person, "session", session.pk)
        assert about is not None
        assert about.url == reverse(f"sessions:{page}", args=[session.pk])
        assert client_of(person).get(about.url).status_code == 200
