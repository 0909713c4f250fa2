"""What the hints find and, as much, what they leave alone."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from supervision.guidance import current
from supervision.guidance.hints import MOST, findings
from supervision.guidance.wording import words_of

BOOK = current.read_own(str(current.DEFAULT))


def found(text: str) -> list[tuple[str, str]]:
    return [(one.id, one.words) for one in findings(text, BOOK)]


MUST = [
    # person-first wording (D 3.7)
    ("John is a schizophrenic.", "person-first", "schizophrenic"),
    ("We talked about working with addicts: he is an addict.", "person-first", "an addict"),
    ("She’s bipolar and new to the group.", "person-first", "She’s bipolar"),
    ("a borderline in the evening group", "person-first", "a borderline"),
    ("services for the mentally ill", "person-first", "the mentally ill"),
    ("He suffers from severe depression", "person-first", "suffers from severe depression"),
    ("He was non-compliant with the plan.", "compliance", "non-compliant"),
    ("noncompliant again", "compliance", "noncompliant"),
    # health of a worker (D 2.135, 6.3, 6.7)
    ("This affects her recovery.", "recovery-talk", "affects her recovery"),
    ("their recovery seems fragile", "recovery-talk", "their recovery seems fragile"),
    ("He should focus on his recovery first", "recovery-talk", "should focus on his recovery"),
    ("I think he is decompensating.", "health-talk", "decompensating"),
    ("You seem agitated today", "health-talk", "seem agitated"),
    ("she looked a bit manic", "health-talk", "looked a bit manic"),
    ("asked whether Kit is off his meds", "health-talk", "off his meds"),
    ("HAS SHE STOPPED HER MEDICATION?", "health-talk", "STOPPED HER MEDICATION"),
    ("is becoming unwell", "health-talk", "becoming unwell"),
    ("I will be talking with your therapist", "health-talk", "your therapist"),
    ("He is seeing a clinician", "health-talk", "seeing a clinician"),
    ("That is too much stress for her.", "care-taking", "too much stress for her"),
    ("Is he using his WRAP?", "care-taking", "using his WRAP"),
    ("asked for an emergency contact", "care-taking", "emergency contact"),
    # supporting, not making (D 2.34-2.41)
    ("We made her attend the group.", "supporting-not-making", "made her attend"),
    ("Make them go to the clinic", "supporting-not-making", "Make them go"),
    ("They forced him to sign.", "supporting-not-making", "forced him to"),
    ("trying to fix people", "supporting-not-making", "fix people"),
    ("talked her into the program", "supporting-not-making", "talked her into"),
    # role drift (D 2.70, 2.137-2.140, 6.13, 6.16, 6.17)
    ("The team asked Kit to deliver medications.", "role-medication", "deliver medications"),
    ("told to do compliance checks", "role-medication", "compliance checks"),
    ("Tell people to take their medication", "role-medication", "Tell people to take their medication"),
    ("makes sure that he takes his meds", "role-medication", "makes sure that he takes his meds"),
    ("Sam is just driving people to appointments", "role-transport", "just driving"),
    ("used as a driver", "role-transport", "used as a driver"),
    ("She reports back to the treatment team.", "role-report-back", "reports back to the treatment team"),
    ("keep an eye on her", "role-report-back", "keep an eye on her"),
    ("wants Ben to become a payee", "role-money", "payee"),
    ("was asked to clean the bathrooms", "role-chores", "clean the bathrooms"),
    ("to distract him until the ambulance comes", "role-chores", "distract him until"),
    ("should not share her story", "role-story", "not share her story"),
    ("You are a mandated reporter", "mandated-reporting", "mandated reporter"),
    # accommodation (D 2.143, E)
    ("Kit asked for a reasonable accommodation", "accommodation", "asked for a reasonable accommodation"),
    ("filled in the accommodation form", "accommodation", "accommodation form"),
    # who a person supported is (domain 8)
    ("The client John Smith came late.", "identity-name", "John Smith"),
    ("Client: Ana-Maria Lopez, again", "identity-name", "Ana-Maria Lopez"),
    ("Maria Lopez, a guest, asked for help", "identity-name", "Maria Lopez"),
    ("Maria Lopez (client) asked", "identity-name", "Maria Lopez"),
    ("the participant named J. O'Brien", "identity-name", "J. O'Brien"),
    ("a person I support, Øyvind Åsen, said", "identity-name", "Øyvind Åsen"),
    ("José Núñez is a client.", "identity-name", "José Núñez"),
    ("call him at (555) 234-5678", "identity-phone", "(555) 234-5678"),
    ("His number is 555-234-5678.", "identity-phone", "555-234-5678"),
    ("reach her on 555.234.5678 or 234-5678", "identity-phone", "555.234.5678"),
    ("phone +44 20 7946 0958", "identity-phone", "+44 20 7946 0958"),
    ("DOB 3/14/1985", "identity-birth", "DOB 3/14/1985"),
    ("d.o.b.: 03-14-85", "identity-birth", "d.o.b.: 03-14-85"),
    ("She was born on March 14, 1985.", "identity-birth", "born on March 14, 1985"),
    ("date of birth is 1985-03-14", "identity-birth", "date of birth is 1985-03-14"),
    ("case number 20394", "identity-case", "case number 20394"),
    ("Case #2039", "identity-case", "Case #2039"),
    ("MRN 00123456", "identity-case", "MRN 00123456"),
    ("client ID: K-20394", "identity-case", "client ID: K-20394"),
    ("123-45-6789", "identity-case", "123-45-6789"),
]

MUST_NOT = [
    "She told the story of her recovery in the group, and it helped.",
    "People lead their own recovery here.",
    # colleagues and agencies
    "Dana Whitfield and Marisol Vega met with Priya Raman.",
    "Marisol Vega leads the Maple Street drop-in with Joe.",
    "Client services manager Jane Smith joined us.",
    "Our client advocate is Jane Smith.",
    "Jane Smith, client services, will call back.",
    "Guest speaker Maria Lopez talked about the ACT Team.",
    "Team member John Smith covers the desk, staff member Ann Lee the line.",
    "John Smith is a team member of ours.",
    "Riverbend Peer Alliance and the Client Choice Award",
    "We filled in the Participant Satisfaction Survey at Guest House Maple Street.",
    "Clients came on Tuesday. Dana Whitfield opened the door.",
    "We asked the client. Dana Whitfield agreed.",
    "the client Joe (not his name) and a guest called Blue",
    "The member council meets with County Behavioral Health.",
    "John Smith wrote to clients about the move.",
    # dates, times, numbers
    "We meet on 11/24/2026 at 2:00 pm, then 2026-12-01, 14:00-15:00.",
    "Sessions of March 14, 2026 and 14 March 2025",
    "The birthday party is on 11/24/2026.",
    "It was born of need; 12 people came, 40 of 60 minutes.",
    "Case by case, in any case, in case of 2000 visitors.",
    "In that case: 2026 will be busy. On file 2026-11-24, chart Q3-2025.",
    "Record 7F3K-92QD, room 204, $250-3000, pages 200-215.",
    "Call 988 or 911, or the warm line at 1-800-273-8255 or (888) 555-0100.",
    "Client 12 weeks in the program; member since 2019.",
    "ZIP 12345-6789 and the years 2025-2026",
    # plain talk about the work
    "Made her feel welcome, which made them laugh.",
    "It makes people curious, and we made a plan to go.",
    "She reported back on the training and told the team about the new form.",
    "The schedule is unstable and housing was a mess.",
    "Relapse prevention group and Alcoholics Anonymous meet here.",
    "We shared our stories. Her story moved people.",
    "The homeless outreach team and the disabled parking space",
    "Kit drove people to the fair and they talked about work on the way.",
    "Hotel accommodation for the conference is booked.",
    "He supported her in asking the doctor about side effects.",
    "Supported him in talking to his psychiatrist.",
    "We are saving them for the next session, and will fix them in the draft.",
    "Make the agenda together. Take turns.",
    "Do not have the key points yet; no key decisions.",
    "Clean up the notes from the group.",
    "The payroll form; money for the picnic.",
    "She is over the moon about the certificate.",
    "Learned what it means to sit with somebody who thinks of suicide.",
    "Told Ben to take a break.",
    "Read the guidelines on adherence to the values of peer support.",
    "We talked about the person-first training and mandated reporter training.",
    "Checked in with people after the count of visitors.",
    "Everyone made time to take stock.",
]


@pytest.mark.parametrize(("text", "key", "words"), MUST, ids=[text[:40] for text, _, _ in MUST])
def test_is_worth_a_second_look(text: str, key: str, words: str) -> None:
    assert (key, words) in found(text)


@pytest.mark.parametrize("text", MUST_NOT, ids=[text[:40] for text in MUST_NOT])
def test_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_every_hint_of_the_file_is_among_what_must_be_found() -> None:
    assert {key for _text, key, _words in MUST} == set(BOOK.hints)


def test_of_two_hints_about_the_same_words_the_longer_one_stays() -> None:
    assert found("Remind her to take her medication") == [
        ("role-medication", "Remind her to take her medication")
    ]


def test_silencing_a_hint_brings_up_no_other_in_its_place() -> None:
    assert findings("Remind her to take her medication", BOOK, silenced={"role-medication"}) == []


def test_a_pattern_ends_with_its_sentence() -> None:
    assert found("We tell people. The team will take medication home.") == []
    assert found("Notes on the client\nJohn Smith Street") == []


PIECES = [text for text, _key, _words in MUST] + MUST_NOT
MIXED = st.lists(st.one_of(st.text(max_size=30), st.sampled_from(PIECES)), max_size=12).map(" ".join)


@given(st.one_of(st.text(), MIXED))
@example("\ud800 client \x00 İ İ ß ﬁ Ｃlient ١٢٣-٤٥٦-٧٨٩٠ 𝟓𝟓𝟓-𝟐𝟑𝟒-𝟓𝟔𝟕𝟖")
@example("born" + " " * 30 + "1/1/1900")
@example("client Ｊohn Ａlan ǅ ǆ")
def test_whatever_the_text_positions_are_right_and_in_order(text: str) -> None:
    rows = findings(text, BOOK)
    assert len(rows) <= MOST
    end = 0
    for row in rows:
        assert end <= row.start < row.end <= len(text)
        assert row.words == text[row.start : row.end]
        assert row.hint is BOOK.hints[row.id]
        end = row.end


@given(MIXED)
def test_words_cover_the_text_in_order(text: str) -> None:
    end = 0
    for word in words_of(text):
        assert end <= word.start < word.end
        assert text[word.start : word.end].replace("’", "'").casefold() == word.plain
        end = word.end


@given(MIXED, MIXED)
def test_what_is_found_does_not_hang_on_what_stands_in_another_paragraph(one: str, other: str) -> None:
    apart = found(one) + found(other)
    assert found(f"{one}\n\n{other}") == apart[:MOST] or len(apart) > MOST


ENDLESS = [
    "make her ",
    "client John ",
    "A ",
    "A. ",
    "told ",
    "(",
    "555-",
    "+1 ",
    "born 1/",
    "case no. ",
    "a'",
    "dob ",
    "the ",
]


def _seconds(text: str) -> float:
    """Of processor time, the best of three: other work on this machine does not count."""
    best = 60.0
    for _ in range(3):
        began = time.process_time()
        findings(text, BOOK)
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.parametrize("piece", ENDLESS)
def test_a_text_of_twice_the_length_takes_about_twice_the_time(piece: str) -> None:
    """Four times the length may take ten times as long, not sixteen: nothing grows with the square of the length."""
    short = (piece * 20_000)[:10_000]
    assert _seconds(short * 4) <= 10 * max(_seconds(short), 0.002)


def test_the_longest_text_of_a_field_is_read_in_the_blink_of_an_eye() -> None:
    words = " ".join(PIECES).split()
    text = " ".join(random.Random(7).choices(words, k=4500))[:20_000]
    assert _seconds(text) < 0.2
