"""Pages of jobs and performance, as those see them who may, and what everybody else gets."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from supervision.people.models import User
from supervision.performance.models import DescriptionDraft, JobDescription, PerformanceNote
from supervision.performance.notes import operations
from supervision.records.models import Draft, Opening
from tests import factories
from tests.sessions.pages import client_of
from tests.sessions.test_queries import asked

from . import makers as make

pytestmark = pytest.mark.django_db
NOBODY = ("manager", "administrator", "other_supervisor", "other_worker", "other_manager", "outsider")


def url(name: str, *args: Any) -> str:
    return reverse(f"performance:{name}", args=args)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def words_post(made: PerformanceNote, **given: Any) -> dict[str, Any]:
    values = {name: str(value) for name, value in make.WORDS[made.kind].items()}
    return {**values, "version": str(made.version), "next": "1", **given}


def job_post(version: int = 0, **given: Any) -> dict[str, Any]:
    return {**vars(make.sections()), "version": str(version), "next": "1", **given}


# Job descriptions ---------------------------------------------------------------------------------------------


def test_a_job_description_from_the_form_to_i_have_read_it(work: Any) -> None:
    lina, marisol = client_of(work.line_manager), client_of(work.worker)
    person = work.worker.pk
    assert lina.post(url("description_write", person), job_post())["Location"] == url(
        "description_draft", person
    )
    assert make.DOES in text(lina.get(url("description_draft", person)))
    done = lina.post(
        url("description_draft", person), {"version": "1", "from_day": timezone.localdate().isoformat()}
    )
    made = JobDescription.objects.get()
    assert done["Location"] == url("description", made.pk)
    assert "Read your job description" in text(marisol.get("/"))
    page = text(marisol.get(url("description", made.pk)))
    assert make.DOES in page
    assert "I have read it" in page
    for _press in range(2):
        marisol.post(url("description_read", made.pk))
    assert "Read your job description" not in text(marisol.get("/"))
    marisol.post(url("description_reply", made.pk), {"words": make.ANSWER})
    for client in (marisol, lina, client_of(work.supervisor), client_of(work.manager)):
        assert make.ANSWER in text(client.get(url("description", made.pk)))


def test_what_changed_since_the_version_before_is_marked(work: Any) -> None:
    make.job(work)
    made = make.job(work, hours_and_place="20 hours, mostly afternoons.")
    page = text(client_of(work.worker).get(url("description", made.pk)))
    assert "What changed since version 1" in page
    assert re.search(r"<del>.*?30</del>", page)
    assert re.search(r"<ins>.*?20</ins>", page)


def test_nobody_else_learns_of_a_job_description(work: Any) -> None:
    made = make.job(work)
    for name in NOBODY[1:]:
        client = client_of(getattr(work, name))
        for address in (
            url("description", made.pk),
            url("person", work.worker.pk),
            url("description_write", work.worker.pk),
        ):
            assert client.get(address).status_code == 404, (name, address)
        assert "Marisol" not in text(client.get(url("people")))


def test_a_draft_is_not_on_the_page_of_those_who_only_read(work: Any) -> None:
    make.job(work)
    make.job_draft(work, purpose="The next purpose")
    for name in ("worker", "supervisor"):
        client = client_of(getattr(work, name))
        pages = (client.get(url("person", work.worker.pk), follow=True), client.get(url("people")))
        page = "".join(text(one).partition("<main")[2].partition("</main>")[0] for one in pages)
        assert "draft" not in page.lower().replace("a draft is seen by those who may write it", "")
        assert "being written" not in page
        assert client.get(url("description_draft", work.worker.pk)).status_code == 403
    assert "Next version being written" in text(client_of(work.manager).get(url("people")))


def test_what_is_missing_is_named_beside_the_field_and_nothing_is_lost(work: Any) -> None:
    answer = client_of(work.line_manager).post(
        url("description_write", work.worker.pk), job_post(does="", purpose="Kept words")
    )
    assert answer.status_code == 422
    assert "Say what the person does" in text(answer)
    assert "Kept words" in text(answer)
    later = client_of(work.line_manager).post(
        url("description_write", work.worker.pk), {"version": "0", "title": "Only a title", "later": "1"}
    )
    assert later.status_code == 302
    assert DescriptionDraft.objects.get().title == "Only a title"


def test_an_old_form_of_a_job_description_shows_both_texts_overwrites_nothing_and_can_be_sent_again(
    work: Any,
) -> None:
    make.job_draft(work, purpose="By Lina")
    priya = client_of(work.manager)
    answer = priya.post(url("description_write", work.worker.pk), job_post(purpose="By Priya"))
    assert answer.status_code == 409
    assert "By Lina" in text(answer)
    assert "By Priya" in text(answer)
    assert DescriptionDraft.objects.get().purpose == "By Lina"
    version = str(answer.context["form"]["version"].value())
    merged = job_post(purpose="By both", version=version)
    assert priya.post(url("description_write", work.worker.pk), merged).status_code == 302
    assert DescriptionDraft.objects.get().purpose == "By both"


def test_what_is_typed_is_kept_for_who_types_it_and_shown_again(work: Any) -> None:
    lina, priya = client_of(work.line_manager), client_of(work.manager)
    address = url("description_write", work.worker.pk)
    kept = lina.post(
        address, {"purpose": "Half a sentence", "page": "a"}, headers={"x-requested-with": "draft"}
    )
    assert kept.status_code == 204
    assert "Half a sentence" in text(lina.get(address))
    assert "Half a sentence" not in text(priya.get(address))
    lina.post(address, {"start_over": "1"})
    assert "Half a sentence" not in text(lina.get(address))


def test_the_form_says_what_does_not_belong_there_and_asks_for_nothing_of_it(work: Any) -> None:
    made = make.begun(work)
    lina, dana = client_of(work.line_manager), client_of(work.supervisor)
    for page in (
        text(lina.get(url("description_write", work.worker.pk))),
        text(dana.get(url("note_write", made.pk))),
    ):
        assert "Nothing about anybody’s health" in page
        assert "An adjustment at work goes to the person your agency names" in page


def test_talk_of_a_workers_health_is_answered_with_a_thought_and_never_refused(work: Any) -> None:
    made = make.begun(work)
    dana = client_of(work.supervisor)
    said = "She seemed very agitated. This affects her recovery."
    answer = dana.post(url("note_write", made.pk), words_post(made, facts=said))
    assert answer.status_code == 302
    page = text(dana.get(url("note_write", made.pk)))
    assert "The work, rather than somebody’s health" in page
    assert "The work, rather than somebody’s recovery" in page


def test_a_line_manager_may_have_words_looked_at_while_typing(work: Any) -> None:
    answer = client_of(work.line_manager).post("/sessions/hints/", {"text": "seemed very agitated"})
    assert answer.status_code == 200
    assert "rather than somebody’s health" in text(answer)


# Records ------------------------------------------------------------------------------------------------------


def test_who_reads_it_is_said_before_the_first_word_is_typed(work: Any) -> None:
    dana, lina = client_of(work.supervisor), client_of(work.line_manager)
    for address in (url("note_start", work.worker.pk), url("note_write", make.begun(work).pk)):
        page = text(dana.get(address))
        assert "object (" not in page
        at = page.index("Once you send it, you, Marisol and Lina Linemanager, the line manager, read this.")
        assert at < page.index("<form", page.index("<main"))
    assert "Once you send it, you and Marisol read this." in text(lina.get(url("note_start", work.worker.pk)))
    User.objects.filter(pk=work.worker.pk).update(line_manager=None)
    page = text(dana.get(url("note_start", work.worker.pk)))
    assert "Nobody is named as the line manager of Marisol. This stays between the two of you." in page


def test_from_the_choice_to_the_sealed_record_and_its_result(work: Any) -> None:
    dana, marisol, lina = client_of(work.supervisor), client_of(work.worker), client_of(work.line_manager)
    key = str(uuid.uuid4())
    for _press in range(2):
        begun = dana.post(url("note_start", work.worker.pk), {"kind": "plan", "key": key})
        made = PerformanceNote.objects.get()
        assert begun["Location"] == url("note_write", made.pk)
    key = str(made.pk)
    dana.post(url("note_write", key), words_post(made))
    for client in (marisol, lina):
        assert client.get(url("note", key)).status_code == 404
    page = text(dana.get(url("note", key)))
    assert "Sign and send to Marisol" in page
    post = {"version": "2", "typed_name": "Dana Whitfield", "reads": str(work.line_manager.pk)}
    assert f'value="{work.line_manager.pk}"' in page
    dana.post(url("note_send", key), post)
    assert "Read and sign what Dana wrote about your work" in text(marisol.get("/"))
    page = text(lina.get("/"))
    assert "Performance plan" in page
    assert "With Marisol to answer" in page
    page = text(lina.get(url("note", key)))
    assert make.FACTS in page
    assert "Type your full name" not in page
    made.refresh_from_db()
    sent = {"seen": made.open_offer.digest, "typed_name": "Marisol Vega", "statement": make.ANSWER}
    for _press in range(2):
        assert marisol.post(url("note_sign", key), sent)["Location"] == url("note", key)
    for client in (marisol, lina, dana):
        page = text(client.get(url("note", key)))
        assert "Sealed. It never changes." in page
        assert make.ANSWER in page
    assert "Write what came of it" in page
    assert "Write what came of it" not in text(marisol.get(url("note", key)))
    followed = lina.post(url("note_follow", key), {"key": str(uuid.uuid4())})
    result = PerformanceNote.objects.get(kind="result")
    assert followed["Location"] == url("note_write", result.pk)
    assert "Its result" not in text(marisol.get(url("note", key)))
    assert "Your draft of its result" in text(lina.get(url("note", key)))


@pytest.mark.parametrize("at", ["draft", "sent", "sealed", "taken_back", "withdrawn"])
def test_for_nobody_else_does_it_exist_not_even_as_a_number(work: Any, at: str) -> None:
    made = getattr(make, at)(work)
    for name in NOBODY:
        client = client_of(getattr(work, name))
        for page in ("note", "note_write", "note_send", "note_sign", "note_decline", "note_ask_for_change",
                     "note_take_back", "note_close", "note_withdraw", "note_pdf"):  # fmt: skip
            assert client.get(url(page, made.pk)).status_code == 404, (name, page)
            assert client.post(url(page, made.pk)).status_code in (404, 405), (name, page)
    priya = client_of(work.manager)
    before = (
        text(priya.get(url("person", work.worker.pk))),
        text(priya.get("/")),
        text(priya.get(url("records"))),
    )
    assert all("erformance note" not in page for page in before)
    assert "Recognition, notes and plans" not in before[0]


def test_a_program_manager_who_opens_a_form_about_somebodys_work_gets_404(work: Any) -> None:
    for name in NOBODY:
        client = client_of(getattr(work, name))
        assert client.get(url("note_start", work.worker.pk)).status_code == 404
        assert client.post(url("note_start", work.worker.pk), {"kind": "note"}).status_code == 404
    assert not PerformanceNote.objects.exists()


def test_somebody_else_named_meanwhile_shows_the_words_and_sends_nothing(work: Any) -> None:
    made = make.draft(work)
    User.objects.filter(pk=work.worker.pk).update(line_manager=work.manager)
    for reads in (str(work.line_manager.pk), "", "forged"):
        answer = client_of(work.supervisor).post(
            url("note_send", made.pk),
            {"version": str(made.version), "typed_name": "Dana Whitfield", "reads": reads},
        )
        assert answer.status_code == 409
        assert "Look again who reads it" in text(answer)
    assert not make.fresh(made).open_offer_id


def test_an_old_login_proves_itself_first_and_what_was_typed_is_kept(work: Any) -> None:
    made = make.sent(work)
    marisol = client_of(work.worker, minutes_ago=60)
    post = {"seen": made.open_offer.digest, "typed_name": "Marisol Vega", "statement": make.ANSWER}
    answer = marisol.post(url("note_sign", made.pk), post)
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert make.ANSWER in text(marisol.get(f"{url('note_sign', made.pk)}?kept=1"))
    draft = make.draft(work)
    answer = client_of(work.supervisor, minutes_ago=60).post(
        url("note_send", draft.pk),
        {"version": str(draft.version), "typed_name": "Dana Whitfield", "reads": str(work.line_manager.pk)},
    )
    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_the_worker_asks_for_a_change_and_sees_that_it_is_being_changed_without_its_words(work: Any) -> None:
    made = make.sent(work)
    marisol = client_of(work.worker)
    assert marisol.post(url("note_ask_for_change", made.pk), {"reason": ""}).status_code == 422
    marisol.post(url("note_ask_for_change", made.pk), {"reason": make.ANSWER})
    for client in (marisol, client_of(work.line_manager)):
        page = text(client.get(url("note", made.pk)))
        assert "With Dana to be changed." in page
        assert make.ANSWER in page
        assert make.FACTS not in page
    assert make.ANSWER in text(client_of(work.supervisor).get(url("note", made.pk)))
    operations.withdraw(make.fresh(made), by=work.supervisor)
    assert "withdrew this on" in text(marisol.get(url("note", made.pk)))


@pytest.mark.parametrize("what", ["take_back", "ask_for_change"])
def test_giving_it_back_twice_is_no_conflict(work: Any, what: str) -> None:
    note = make.sent(work)
    client = client_of(note.author if what == "take_back" else note.worker)
    for _press in range(2):
        answer = client.post(url(f"note_{what}", note.pk), {"reason": "one more word"})
        assert (answer.status_code, answer["Location"]) == (302, url("note", note.pk))


def test_declining_says_why(work: Any) -> None:
    made = make.sent(work)
    marisol = client_of(work.worker)
    post = {"seen": made.open_offer.digest, "typed_name": "Marisol Vega", "reason": ""}
    assert marisol.post(url("note_decline", made.pk), post).status_code == 422
    for _press in range(2):
        assert marisol.post(url("note_decline", made.pk), post | {"reason": make.ANSWER}).status_code == 302
    assert make.ANSWER in text(client_of(work.line_manager).get(url("note", made.pk)))


def test_opening_it_is_logged_with_what_allowed_it_and_so_is_a_job_description(work: Any) -> None:
    made, job = make.sent(work), make.job(work)
    for name in ("worker", "line_manager"):
        client = client_of(getattr(work, name))
        client.get(url("note", made.pk))
    client_of(work.supervisor).get(url("description", job.pk))
    client_of(work.line_manager).get(url("description", job.pk))
    found = set(Opening.objects.values_list("by__name", "why", "record_id"))
    assert found == {
        ("Marisol Vega", "party", made.pk),
        ("Lina Linemanager", "line manager", made.pk),
        ("Dana Whitfield", "supervisor or manager", job.pk),
        ("Lina Linemanager", "line manager", job.pk),  # who wrote it: replies stand beside it
    }


@pytest.mark.parametrize("kind", ["note", "plan", "recognition"])
@pytest.mark.parametrize(
    "given",
    [
        {"version": "x"},
        {"from_day": "yesterday"},
        {"description": "forged"},
        {"facts": "\x00"},
        {"facts": "x" * 9000},
    ],
)
def test_bad_input_is_a_sentence_and_loses_nothing(work: Any, kind: str, given: dict[str, str]) -> None:
    make.job(work)
    made = make.begun(work, kind)
    answer = client_of(work.supervisor).post(url("note_write", made.pk), words_post(made, **given))
    # A part that this kind does not have is left alone.
    assert answer.status_code in (302, 409, 422)
    if answer.status_code != 302:
        assert make.WORDS[kind].get("happened", "") in text(answer)


def test_saved_words_are_not_brought_back_by_a_draft_that_arrives_late(work: Any) -> None:
    made = make.begun(work)
    dana = client_of(work.supervisor)
    dana.post(url("note_write", made.pk), words_post(made, page="p1"))
    late = dana.post(
        url("note_write", made.pk), {"facts": "late", "page": "p1"}, headers={"x-requested-with": "draft"}
    )
    assert late.status_code == 409
    assert not Draft.objects.filter(person=work.supervisor, saved_page="").exists()


# Homes and lists ----------------------------------------------------------------------------------------------


def test_a_line_manager_has_a_home_with_what_they_were_named_to_read_and_their_people(work: Any) -> None:
    make.sealed(work, "recognition")
    page = text(client_of(work.line_manager).get("/"))
    assert "Hello, Lina" in page
    assert "Recognition" in page
    assert "Marisol Vega" in page
    assert "Notes that somebody shares with you" in page


def test_somebody_without_a_role_finds_their_job_and_what_waits(work: Any) -> None:
    clerk = factories.person("Cleo Clerk", line_manager=work.line_manager)
    make.job(work, person=clerk)
    page = text(client_of(clerk).get("/"))
    assert "Read your job description" in page
    assert "Nothing waits for you yet" not in page
    assert url("mine") in page


@pytest.mark.parametrize("name", ["supervisor", "manager", "administrator"])
def test_whoever_works_here_is_told_on_their_home_what_waits_about_their_own_work(
    work: Any, name: str
) -> None:
    person = getattr(work, name)
    User.objects.filter(pk=person.pk).update(line_manager=work.line_manager)
    person.refresh_from_db()
    make.job(work, person=person)
    made = operations.start(person, by=work.line_manager, kind="recognition")
    operations.write(made, by=work.line_manager, written=make.words("recognition"), version=1)
    make.send(make.fresh(made))
    page = text(client_of(person).get("/"))
    assert "Read your job description" in page
    assert "Read and sign what Lina wrote about your work" in page


def test_an_unfinished_draft_is_on_its_authors_home(work: Any) -> None:
    make.draft(work)
    make.draft(work, by=work.line_manager)
    for name in ("supervisor", "line_manager"):
        assert "Finish what you write about the work of Marisol" in text(
            client_of(getattr(work, name)).get("/")
        )
    assert "Finish what you write" not in text(client_of(work.worker).get("/"))


def test_the_number_of_queries_is_the_same_for_a_few_and_for_many(work: Any) -> None:
    made, job = make.sealed(work), make.job(work)
    make.sent(work, "plan")
    lina, marisol = client_of(work.line_manager), client_of(work.worker)
    looks = [
        (lina, "/"), (lina, url("people")), (lina, url("records")), (lina, url("person", work.worker.pk)),
        (lina, url("description", job.pk)), (lina, url("note", made.pk)), (marisol, url("mine")), (marisol, "/"),
    ]  # fmt: skip
    few = [asked(client, address)[0] for client, address in looks]
    for number in range(6):
        make.sealed(work)
        make.sealed(work, "recognition", by=work.line_manager)
        make.sent(work, "plan")
        person = factories.person(f"Person {number}", line_manager=work.line_manager)
        make.job(work, person=person)
    many = [asked(client, address)[0] for client, address in looks]
    assert many == few


def test_the_page_of_a_result_says_that_whoever_wrote_the_plan_knows_of_it(work: Any) -> None:
    plan = make.sealed(work, "plan")
    result = make.sealed(work, "result", by=work.line_manager, plan=plan)
    told = "Dana, who wrote the plan, can see that its result was written"
    for reader in (work.line_manager, work.worker):
        page = text(client_of(reader).get(url("note", result.pk)))
        assert told in page
        assert "Nobody else is told that it exists" not in page
    assert client_of(work.supervisor).get(url("note", result.pk)).status_code == 404
    assert "Nobody else is told that it exists" in text(client_of(work.worker).get(url("note", plan.pk)))
