"""The main job, from an arrangement with nothing in it to PDFs that anybody can check."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from .steps import (
    add_topic,
    agree_to_the_rest,
    check_is_sealed_pdf,
    fill_blanks,
    now_there,
    path_of,
    plan_session,
    sign_agreement,
)

PRIVATE = "Whether I still want the late shift"
OPENER = "How to open the breakfast table"
LEDGER = "Notes that people may read"
STRENGTHS = "Two people who rarely speak stayed for the heron."
OUTCOMES = "Notes say what the person chose, in their own words."
OWN_WORDS = "I would call it a start, not a result."
STEP = "Try the opener with one new group"
PLACE = "The quiet room"


def test_two_people_agree_meet_record_and_sign_and_their_manager_sees_only_that_it_happened(
    cast, visitor, run_jobs
):
    dana, marisol = visitor().sign_in(cast.supervisor), visitor(size="phone").sign_in(cast.worker)

    agreement = _they_write_and_sign_an_agreement(cast, dana, marisol)
    _both_download_its_pdf(dana, marisol, agreement, run_jobs)
    session = _they_plan_a_session_and_build_its_agenda(dana, marisol)
    _the_supervisor_records_signs_and_sends_it(cast, dana, session)
    _the_worker_reads_and_signs_with_words_of_her_own(cast, marisol, session)
    record = _the_sealed_record_has_a_pdf(dana, marisol, session, run_jobs)
    _what_is_open_comes_back_by_itself(dana, marisol)
    _an_addendum_stands_beside_the_record(cast, dana, marisol, session, run_jobs)
    _anybody_can_check_the_file(visitor, record)
    _the_manager_sees_that_it_happened(cast, visitor, session, agreement, run_jobs)


def _they_write_and_sign_an_agreement(cast, dana, marisol) -> str:
    dana.go("/agreements/").follow("Start the agreement with Marisol")
    dana.press("Start it")
    agreement = path_of(dana)
    dana.sees("You and Marisol Vega write this together.")

    # Marisol gives the aims her own words, on her phone.
    marisol.go(agreement).follow("Suggest other wording: What our supervision is for")
    wording = marisol.page.get_by_label("Your wording")
    wording.fill(wording.input_value().replace("[one or two goals]", "opening a conversation in a new group"))
    marisol.press("Suggest this wording")

    # Dana takes that and suggests what is left; neither can send it before both agree to every part.
    dana.go(agreement).sees("opening a conversation in a new group")
    dana.press("Use the wording of Marisol: What our supervision is for")
    assert dana.page.get_by_role("link", name="Send it to be signed").count() == 0
    fill_blanks(dana, marisol, agreement)
    agree_to_the_rest(dana, marisol, draft=agreement)
    dana.go(agreement).follow("Send it to be signed")
    dana.press("Send it to be signed")
    dana.sees("Sent to be signed.")
    sign_agreement(dana, cast.supervisor)
    dana.sees("Waiting for Marisol Vega to sign.")

    marisol.go("/").part("Needs you").get_by_role("link", name=re.compile("agreement", re.I)).first.click()
    marisol.sees("Version 1, in force once all of you sign")
    sign_agreement(marisol, cast.worker)
    marisol.sees("Signed by everybody. The agreement is sealed; its PDF is being made.")
    dana.go(agreement).sees(re.compile("In force"))
    return agreement


def _both_download_its_pdf(dana, marisol, agreement, run_jobs) -> None:
    dana.sees("The signed PDF is being made.")
    run_jobs()
    files = [person.go(agreement).download("Download the signed PDF") for person in (dana, marisol)]
    check_is_sealed_pdf(files[0])
    assert files[0] == files[1]


def _they_plan_a_session_and_build_its_agenda(dana, marisol) -> str:
    session = plan_session(dana, "Marisol", now_there(), PLACE)
    add_topic(dana, session, LEDGER)
    dana.sees("On the agenda.")
    add_topic(marisol, session, OPENER)
    add_topic(marisol, session, PRIVATE, private=True)
    marisol.sees("Kept for you alone, until you share it.")
    assert PRIVATE in marisol.part("Only you").inner_text()
    dana.go(session).sees(OPENER)
    dana.sees_not(PRIVATE)
    return session


def _the_supervisor_records_signs_and_sends_it(cast, dana, session) -> None:
    dana.go(session).follow("Write up this session")
    dana.sees_not(PRIVATE)
    dana.fill("Minutes", "5")  # they were quick: a record is sent when the session is over
    taken_from_the_agenda = [box.input_value() for box in dana.page.get_by_label("Topic", exact=True).all()]
    assert taken_from_the_agenda[:2] == [LEDGER, OPENER]

    dana.fill("What came of it", "We wrote one together.", within=dana.row("Topic 1"))
    count = dana.page.get_by_label("Topic", exact=True).count()
    dana.page.get_by_role("button", name="Add a topic").click()
    added = dana.row(f"Topic {count + 1}")
    assert added.get_by_label("Topic", exact=True).evaluate("box => box === document.activeElement")
    dana.fill("Topic", "Who opens on Saturdays", within=added)
    added.get_by_label("Reached").select_option(label="For next time")

    dana.fill("Strengths and what went well", STRENGTHS)
    dana.fill("Main points and decisions", OUTCOMES)
    step = dana.row("Next step 1")
    dana.fill("What", STEP, within=step)
    step.get_by_label("Who").select_option(label="Marisol")
    dana.fill("By when", (now_there() + datetime.timedelta(days=6)).strftime("%Y-%m-%d"), within=step)
    following = dana.part("Next session")
    dana.fill("Date", (now_there() + datetime.timedelta(days=7)).strftime("%Y-%m-%d"), within=following)
    dana.fill("Time", "10:30", within=following)

    dana.fill("Type your full name to sign", cast.supervisor.name)
    dana.press("Sign and send to Marisol")
    dana.sees("Sent to Marisol.")
    dana.sees("With Marisol Vega to read and answer.")


def _the_worker_reads_and_signs_with_words_of_her_own(cast, marisol, session) -> None:
    marisol.go("/")
    marisol.part("Needs you").get_by_role("link", name=re.compile("Dana")).first.click()
    for words in (STRENGTHS, OUTCOMES, STEP, "We wrote one together."):
        marisol.sees(words)
    marisol.sees_not(PRIVATE)
    marisol.page.get_by_label("I was there, for the time stated").check()
    marisol.page.get_by_label("This record reflects what we talked about").check()
    marisol.fill("Type your full name", cast.worker.name)
    marisol.fill("Anything you want kept with your signature", OWN_WORDS)
    marisol.press("Sign")
    marisol.sees("Sealed. It never changes; what needs correcting is added beside it.")
    marisol.sees(OWN_WORDS)


def _the_sealed_record_has_a_pdf(dana, marisol, session, run_jobs) -> bytes:
    run_jobs()
    files = [person.go(session).download("Download the PDF") for person in (dana, marisol)]
    check_is_sealed_pdf(files[0])
    assert files[0] == files[1]
    return files[0]


def _what_is_open_comes_back_by_itself(dana, marisol) -> None:
    # The next session was planned by the record, with the topic that was not reached and the step that is open.
    dana.go("/sessions/?state=planned")
    dana.page.get_by_role("table").get_by_role("link").first.click()
    dana.sees("Who opens on Saturdays")
    assert STEP in dana.part("Since last time").inner_text()

    marisol.go("/")
    marisol.press(f"Done: {STEP}", within=marisol.part("You said you would"))
    assert STEP not in marisol.part("You said you would").inner_text()
    marisol.go(path_of(dana)).press(f"Undo: {STEP}")
    marisol.sees("Open again.")
    assert STEP in marisol.go("/").part("You said you would").inner_text()


def _an_addendum_stands_beside_the_record(cast, dana, marisol, session, run_jobs) -> None:
    marisol.go(session).follow("Add to the record")
    marisol.fill("Why you are adding to the record", "A date was left out")
    marisol.fill("What should stand beside it", "The new group starts on the third.")
    marisol.fill("Type your full name to sign", cast.worker.name)
    marisol.press("Sign it and send it")
    dana.go(session).follow("Read and answer it")
    dana.fill("Type your full name", cast.supervisor.name)
    dana.press("Sign")
    dana.sees("The new group starts on the third.")
    assert OUTCOMES in dana.text
    run_jobs()
    papers = dana.go(session).page.get_by_role("article").get_by_role("link", name="Download the PDF")
    with dana.page.expect_download() as coming:
        papers.click()
    check_is_sealed_pdf(Path(coming.value.path()).read_bytes())


def _anybody_can_check_the_file(visitor, record) -> None:
    somebody = visitor()
    assert "This file is genuine." in _checked(somebody, record)
    changed = bytearray(record)
    changed[len(changed) // 2] ^= 1
    assert "We do not know this file." in _checked(somebody, bytes(changed))


def _checked(somebody, pdf: bytes) -> str:
    somebody.go("/verify/").page.get_by_label("The PDF file").set_input_files(
        {"name": "record.pdf", "mimeType": "application/pdf", "buffer": pdf}
    )
    somebody.press("Check this file")
    for words in (STRENGTHS, OUTCOMES, OPENER):
        somebody.sees_not(words)
    return somebody.text


def _the_manager_sees_that_it_happened(cast, visitor, session, agreement, run_jobs) -> None:
    priya = visitor().sign_in(cast.manager)
    told = [priya.text]
    line = priya.page.get_by_role("row").filter(has_text="Marisol Vega").inner_text()
    assert "Dana Whitfield" in line
    assert "Signed" in line
    assert f"{now_there():%b} {now_there().day}" in line
    priya.go("/").follow("Marisol Vega")
    priya.sees("Supervision of Marisol Vega")
    told.append(priya.text)
    assert "5 minutes" in told[-1]

    assert priya.page.goto(f"{priya.address}{session}").status == 403
    priya.sees("You can see that this session took place, not what was said in it.")
    told.append(priya.text)
    priya.follow("See the facts in the log")
    priya.sees("What was said stays with those who were there.")
    told.append(priya.text)
    assert priya.page.goto(f"{priya.address}{session}pdf/").status == 403
    priya.go(agreement).sees("opening a conversation in a new group")

    priya.go("/reports/").follow("Make a report")
    today = now_there()
    priya.fill("From", (today - datetime.timedelta(days=30)).strftime("%Y-%m-%d"))
    priya.fill("To", today.strftime("%Y-%m-%d"))
    priya.press("Prepare the report")
    priya.sees("Being prepared.")
    run_jobs()
    report = priya.download(re.compile("Download the PDF"))
    assert report.startswith(b"%PDF-")
    told.append(_words_in(report))
    assert "Marisol Vega" in told[-1]
    for words in (STRENGTHS, OUTCOMES, OPENER, LEDGER, STEP, PLACE, OWN_WORDS, PRIVATE):
        assert not any(words in said for said in told), words


def _words_in(pdf: bytes) -> str:
    import io

    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
