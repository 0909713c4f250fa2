"""A group of five and their manager at six browsers at once, a circle of equals, and two who change one plan at the same time."""

from __future__ import annotations

import datetime
import re

import pytest

from supervision.people.models import Acknowledgement, Participation
from supervision.records.models import Answer, Offer, Seal
from supervision.sessions import operations
from supervision.sessions.models import Attendance, Session
from tests import factories
from tests.sessions import makers

from .steps import add_topic, now_there, path_of

OPEN = {"Marisol": "How to open the breakfast table", "Kit": "Who has the van", "Joe": "The new duty list"}
KEPT = {
    "Marisol": "Whether I want the late shift",
    "Kit": "What I said to Joe",
    "Nia": "That I am new at this",
}
STRENGTHS = "Two people who rarely speak stayed for the heron."
OUTCOMES = "We open together and say so beforehand."
IDEAS = "Ask who wants the first word."
WAY = "Joe tries it on Saturday."
REASON = "It leaves out what I said about the list."
STATEMENT = "I would call it a start, not a result."
WORDS = (*OPEN.values(), STRENGTHS, OUTCOMES, IDEAS, WAY, REASON, STATEMENT)


@pytest.fixture
def members(cast):
    """Four whom Dana supervises together."""
    made = {"Marisol": cast.worker}
    for name in ("Kit Ng", "Joe Marsh", "Nia Brook"):
        made[name.split()[0]] = factories.worker_in(cast.program, name)
    for person in [*made.values()][1:]:
        Acknowledgement(person=person, edition=1, concern_days=3).save()
    return made


@pytest.fixture
def group(cast, members):
    return factories.arrangement(cast.program, [cast.supervisor], [*members.values()], structure="group")


def test_six_people_live_through_a_group_session_together(cast, visitor, group, members):
    dana, priya = visitor().enter(cast.supervisor), visitor().enter(cast.manager)
    people = {
        name: visitor(size="phone" if name in ("Joe", "Nia") else "wide").enter(person)
        for name, person in members.items()
    }
    here = _they_build_the_agenda(group, dana, people)
    _nobody_sees_what_others_keep(dana, people, here)
    _dana_writes_it_up(cast, dana, here)
    _all_answer_at_the_same_moment(members, people, here)
    _it_is_sealed_once(cast, members, here)
    _each_sees_what_is_theirs(dana, people, here)
    _the_manager_sees_that_it_happened(priya, here)


def _they_build_the_agenda(group, dana, people) -> str:
    now = now_there()
    dana.go(f"/sessions/plan/{group.pk}/").fill("Date", f"{now:%Y-%m-%d}")
    dana.fill("Start time", f"{now:%H:%M}")
    dana.page.get_by_label("In person").check()
    dana.press("Plan it")
    here = path_of(dana)
    dana.sees("How the time can go")
    for person in people.values():
        person.go(here)  # all have the same page before them, and then each adds to it
    for name, text in OPEN.items():
        people[name].fill("Topic", text)
    _at_once({people[name]: "Add to the agenda" for name in OPEN})
    for name in OPEN:
        people[name].sees("On the agenda.")
    for name, text in KEPT.items():
        add_topic(people[name], here, text, private=True)
        people[name].sees("Kept for you alone, until you share it.")
    return here


def _nobody_sees_what_others_keep(dana, people, here) -> None:
    for name, person in {"Dana": dana, **people}.items():
        person.go(here)
        for text in OPEN.values():
            person.sees(text)
        for owner, text in KEPT.items():
            if owner != name:
                person.sees_not(text)


def _dana_writes_it_up(cast, dana, here) -> None:
    dana.go(here).follow("Write up this session")
    topics = {box.input_value() for box in dana.page.get_by_label("Topic", exact=True).all()}
    assert topics >= {*OPEN.values()}
    assert not topics & {*KEPT.values()}
    dana.fill("Minutes", "5")  # a record is sent when the session is over
    dana.fill("Minutes of Nia", "2")  # who came late
    dana.fill("Ideas that came up", IDEAS)
    dana.fill("The way forward that was chosen", WAY)
    dana.fill("Strengths and what went well", STRENGTHS)
    dana.fill("Main points and decisions", OUTCOMES)
    dana.fill("Type your full name to sign", cast.supervisor.name)
    dana.press(re.compile("Sign and send to"))
    dana.sees(re.compile("^With .*Nia Brook.* to read and answer"))


def _all_answer_at_the_same_moment(members, people, here) -> None:
    """Three sign, one of them from two windows and one with words of his own; Joe declines. All press before any is answered."""
    again = people["Marisol"].window()
    signing = [(again, "Marisol"), *((people[name], name) for name in ("Marisol", "Kit", "Nia"))]
    for person, name in signing:
        person.go(here).sees(OUTCOMES)
        person.page.get_by_label("I was there, for the time stated").check()
        person.page.get_by_label("This record reflects what we talked about").check()
        person.fill("Type your full name", members[name].name)
    people["Kit"].fill("Anything you want kept with your signature", STATEMENT)
    joe = people["Joe"].go(here)
    joe.follow("Do not sign it")
    joe.fill("Why you do not sign", REASON)
    joe.page.get_by_label("I was there, for the time stated").check()
    joe.fill("Type your full name", members["Joe"].name)
    _at_once({**{person: "Sign" for person, _name in signing}, joe: "Do not sign, and keep my reason"})
    for person in (*people.values(), again):
        person.sees(re.compile(r"Signed|Your answer is kept|Sealed\."))


def _at_once(pressed) -> None:
    """Everybody presses their button; nobody waits for an answer before the next one does."""
    for person, name in pressed.items():
        button = person.page.get_by_role("button", name=name, exact=True)
        button.evaluate("button => { window.pressed = true; setTimeout(() => button.click()) }")
    for person in pressed:
        person.page.wait_for_function("!window.pressed && document.readyState === 'complete'")


def _it_is_sealed_once(cast, members, here) -> None:
    session = Session.objects.get(pk=here.split("/")[2])
    assert session.is_sealed
    assert Seal.objects.filter(record_id=session.pk).count() == 1
    answers = Answer.objects.filter(offer=Offer.objects.get(record_id=session.pk))
    found = {answer.person_id: answer.kind for answer in answers}
    assert answers.count() == len(found) == 5
    assert [pk for pk, kind in found.items() if kind == "declined"] == [members["Joe"].pk]
    sealed = Attendance.objects.filter(session=session, sealed_at__isnull=False)
    minutes = dict(sealed.values_list("person__name", "minutes"))
    assert minutes == {cast.supervisor.name: 5, **{m.name: 5 for m in members.values()}, "Nia Brook": 2}


def _each_sees_what_is_theirs(dana, people, here) -> None:
    for name, person in {"Dana": dana, **people}.items():
        person.go(here).sees(re.compile("Sealed, with everybody.s answer"))
        for text in WORDS:
            person.sees(text)
        for text in KEPT.values():
            person.sees_not(text)
        person.go("/sessions/")
        for owner, text in KEPT.items():
            if owner != name:
                person.sees_not(text)
    dana.go(here).check_page_on_every_screen()


def _the_manager_sees_that_it_happened(priya, here) -> None:
    for path in ("/", f"{here}facts/", here):
        priya.go(path)
        for text in (*WORDS, *KEPT.values()):
            priya.sees_not(text)
    assert priya.status == 403
    priya.go(f"{here}facts/").sees("Did not sign")


# Equals -----------------------------------------------------------------------------------------------------------


def test_equals_take_turns_in_facilitating_and_in_writing(cast, visitor, members):
    """Three who meet twice: another one facilitates, another one writes, all sign at the same moment."""
    three = {name: members[name] for name in ("Marisol", "Kit", "Joe")}
    circle = factories.arrangement(cast.program, [], [], structure="co_reflection")
    for person in three.values():
        Participation.objects.create(
            arrangement=circle, person=person, part="peer", joined_on=circle.started_on
        )
    people = {name: visitor().enter(person) for name, person in three.items()}
    for writer, facilitator, hours in (("Marisol", "Kit", 48), ("Kit", "Joe", 24)):
        session = operations.plan(
            circle, by=three[writer], starts_at=makers.ago(hours), zone="America/New_York"
        )
        here = f"/sessions/{session.pk}/"
        if hours == 24:
            people["Joe"].go(here).sees("Last time Kit Ng facilitated; somebody else may want to today.")
        _one_writes_and_all_sign(people, three, here, writer, facilitator)
        for person in people.values():
            person.go(here).sees(f"Facilitated by {three[facilitator].name}.")
            person.sees(f"What worked for {writer}")
        assert Seal.objects.filter(record_id=session.pk).count() == 1


def _one_writes_and_all_sign(people, three, here, writer, facilitator) -> None:
    author = people[writer].go(f"{here}record/")
    author.page.get_by_label("Who facilitated").select_option(label=three[facilitator].name)
    author.fill("What worked, and what you want to try", f"What worked for {writer}")
    author.fill("Main points and decisions", OUTCOMES)
    author.fill("Type your full name to sign", three[writer].name)
    author.press(re.compile("Sign and send to"))
    others = [name for name in three if name != writer]
    for name in others:
        people[name].go(here)
        people[name].page.get_by_label("I was there, for the time stated").check()
        people[name].page.get_by_label("This record reflects what we talked about").check()
        people[name].fill("Type your full name", three[name].name)
    _at_once({people[name]: "Sign" for name in others})


# Two at one plan --------------------------------------------------------------------------------------------------


def test_two_change_the_same_planned_session_at_once(cast, visitor):
    """One moves it while the other calls it off: one of the two holds, the other one learns of it and loses no word."""
    session = makers.planned(cast, starts_at=makers.ahead(5))
    here = f"/sessions/{session.pk}/"
    dana, marisol = visitor().enter(cast.supervisor), visitor(size="phone").enter(cast.worker)
    add_topic(marisol, here, OPEN["Marisol"])
    dana.go(f"{here}move/")
    marisol.go(f"{here}cancel/")
    later = now_there() + datetime.timedelta(days=8)
    dana.fill("Date", f"{later:%Y-%m-%d}")
    dana.fill("Start time", "10:30")
    marisol.page.get_by_label("Needed at work").check()
    marisol.fill("In your own words", "The van broke down.")
    dana.press("Move it")
    dana.sees(OPEN["Marisol"])
    anew = path_of(dana)
    assert marisol.press("Cancel the session") == 409
    marisol.sees("The van broke down.")
    marisol.check_page()
    marisol.go(here).follow(re.compile("new time|10:30"))
    assert path_of(marisol) == anew
    marisol.sees(OPEN["Marisol"])
