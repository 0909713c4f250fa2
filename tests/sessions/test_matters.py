"""Taking something up: two agree on the words, one manager answers; who may do what, and who knows that there is one."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from supervision.notices.models import Suggestion
from supervision.people.models import Arrangement, Management, Participation, User
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, Sealed, Stale, WrongState
from supervision.sessions import operations as sessions
from supervision.sessions import suggested
from supervision.sessions.matters import operations, policy
from supervision.sessions.matters.models import Matter, MatterReply
from tests import factories
from tests.people.helpers import run_jobs

from . import makers
from . import matter_makers as make
from .test_policy import letter


def takes_part(arrangement: Arrangement, person: User, part: str) -> None:
    Participation.objects.create(arrangement=arrangement, person=person, part=part)


PEOPLE = ("supervisor", "worker", "manager", "administrator", "outsider", "other_supervisor", "other_manager")
STAGES = ("proposed", "declined", "left", "sent", "replied")
# y may; n wrong role (403); x does not exist (404); s wrong state (409). The worker proposed it and left it; the
# supervisor declined it or agreed to it.
TABLE = {
    "change": "yyxxxxx ssxxxxx ssxxxxx ssnxxxx ssnxxxx",
    "agree": "ynxxxxx ssxxxxx ssxxxxx ssnxxxx ssnxxxx",
    "decline": "ynxxxxx ssxxxxx ssxxxxx ssnxxxx ssnxxxx",
    "withdraw": "yyxxxxx ssxxxxx ssxxxxx ssnxxxx ssnxxxx",
    "reply": "nnxxxxx nnxxxxx nnxxxxx nnyxxxx nnyxxxx",
}


@pytest.mark.parametrize("at", range(len(STAGES)), ids=STAGES)
def test_the_table_holds(cast: Any, at: int) -> None:
    made = Matter.objects.get(pk=getattr(make, STAGES[at])(cast).pk)
    found, expected = {}, {}
    for verb, row in TABLE.items():
        check = getattr(policy, f"check_can_{verb}")
        found[verb] = "".join(letter(check, getattr(cast, name), made) for name in PEOPLE)
        expected[verb] = row.split()[at]
    assert found == expected


@pytest.mark.parametrize("at", STAGES)
def test_the_manager_reads_it_once_both_agreed_and_nobody_else_ever_does(cast: Any, at: str) -> None:
    second = factories.manager_of(cast.program, "Milo Second")
    made = getattr(make, at)(cast)
    people_ = {name: getattr(cast, name) for name in (*PEOPLE, "other_worker")} | {"second": second}
    readers = {name for name, one in people_.items() if made in Matter.objects.visible_to(one)}
    assert readers == {"supervisor", "worker"} | ({"manager"} if at in ("sent", "replied") else set())


def test_both_have_to_agree_to_the_same_words(cast: Any) -> None:
    made = make.proposed(cast)
    seen = made.version
    changed = operations.change(made, by=cast.supervisor, words=make.words(cast, text="Other"), version=seen)
    with pytest.raises(Stale):
        operations.agree(made, by=cast.worker, version=seen)
    with pytest.raises(Denied):
        operations.agree(made, by=cast.supervisor, version=changed.version)
    after = operations.agree(made, by=cast.worker, version=changed.version)
    assert (after.state, after.text) == ("sent", "Other")


def test_what_was_sent_never_changes(cast: Any) -> None:
    made = make.sent(cast)
    version = Matter.objects.get(pk=made.pk).version
    for act in (
        lambda: operations.change(made, by=cast.worker, words=make.words(cast, text="x"), version=version),
        lambda: operations.withdraw(made, by=cast.worker),
        lambda: operations.decline(made, by=cast.worker, reason="x"),
    ):
        with pytest.raises(WrongState):
            act()
    assert Matter.objects.get(pk=made.pk).text == make.TEXT
    answer = make.reply(cast, made)
    answer.text = "Something else"
    with pytest.raises(Sealed):
        answer.save()


def test_the_database_refuses_what_only_one_agreed_to(cast: Any) -> None:
    made = make.proposed(cast)
    for wrong in ({"state": "sent"}, {"state": "sent", "answered_by": cast.worker}, {"manager": cast.worker}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Matter.objects.filter(pk=made.pk).update(**wrong)


def test_a_form_sent_twice_makes_one(cast: Any) -> None:
    key = uuid.uuid4()
    given = {"by": cast.worker, "other": cast.supervisor, "words": make.words(cast), "key": key}
    first, again = (operations.propose(cast.arrangement, **given) for _ in range(2))
    assert first.pk == again.pk
    theirs = operations.propose(
        cast.arrangement, by=cast.supervisor, other=cast.worker, words=make.words(cast), key=key
    )
    assert theirs.pk != first.pk, "a key of somebody else's reaches nothing of theirs"
    made = make.sent(cast)
    answer = {"by": cast.manager, "kind": "looking", "text": "Soon", "key": uuid.uuid4()}
    operations.reply(made, **answer)
    with pytest.raises(AlreadyDone):
        operations.reply(made, **answer)
    assert made.replies.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "  "}, "text"),
        ({"about": "x"}, "about"),
        ({"kind": ""}, "kind"),
        ({"manager": None}, "manager"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(cast: Any, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        make.proposed(cast, **given)
    assert refused.value.field == field


def test_it_goes_to_a_manager_of_the_program_or_a_line_manager_of_the_two(cast: Any) -> None:
    line = factories.person("Lina Linemanager")
    cast.worker.line_manager = line
    cast.worker.save()
    able = policy.managers_for(cast.arrangement, cast.worker, cast.supervisor)
    assert set(able) == {cast.manager, line}
    for other in (cast.other_manager, cast.administrator, cast.supervisor, cast.outsider):
        with pytest.raises(Invalid):
            make.proposed(cast, manager=other)
    Management.objects.create(program=cast.program, person=cast.supervisor, since=timezone.localdate())
    assert cast.supervisor not in policy.managers_for(cast.arrangement, cast.worker, cast.supervisor)


def test_it_is_not_sent_to_somebody_who_left_meanwhile(cast: Any) -> None:
    made = make.proposed(cast)
    Management.objects.filter(person=cast.manager).update(
        until=timezone.localdate() - datetime.timedelta(days=1)
    )
    with pytest.raises(Invalid, match="choose somebody else"):
        operations.agree(made, by=cast.supervisor, version=made.version)
    assert cast.manager not in [one.manager for one in Matter.objects.sent_to(cast.manager)]


def test_it_is_between_a_supervisor_and_a_worker_or_two_peers(cast: Any) -> None:
    kit = factories.worker_in(cast.program, "Kit Marsh")
    takes_part(cast.arrangement, kit, "supervisee")
    with pytest.raises(Denied):
        operations.propose(cast.arrangement, by=cast.worker, other=kit, words=make.words(cast))
    with pytest.raises(NotFound):
        operations.propose(cast.arrangement, by=cast.worker, other=cast.outsider, words=make.words(cast))
    with pytest.raises(NotFound):
        operations.propose(cast.arrangement, by=cast.outsider, other=cast.supervisor, words=make.words(cast))
    peers = factories.arrangement(cast.program, [], [], structure="co_reflection")
    for one in (cast.worker, kit):
        takes_part(peers, one, "peer")
    made = operations.propose(peers, by=cast.worker, other=kit, words=make.words(cast))
    assert operations.agree(made, by=kit, version=made.version).is_sent


def test_the_answer_is_offered_for_the_next_agenda_to_the_two_and_says_nothing_of_what_it_is_about(
    cast: Any,
) -> None:
    kit = factories.worker_in(cast.program, "Kit Marsh")
    takes_part(cast.arrangement, kit, "supervisee")
    made = make.sent(cast)
    make.reply(cast, made, kind="looking", text="I ask around.")
    make.reply(cast, made)

    def offered(person: Any) -> list[str]:
        rows = suggested.for_party(Suggestion.objects.open_for(cast.arrangement, person), person)
        return [row.title for row in rows]

    said = ["What Priya Raman answered to what you took up"]
    assert (offered(cast.worker), offered(cast.supervisor), offered(kit)) == (said, said, [])
    session = makers.planned(cast, starts_at=makers.ahead())
    taken = sessions.take_suggestion(session, Suggestion.objects.get(dismissed_at=None), by=cast.worker)
    assert taken.is_private, "three meet, and it is between two of them"


def test_mails_go_to_whom_it_waits_for_and_hold_no_word_of_it(cast: Any) -> None:
    def mailed() -> dict[str, str]:
        run_jobs()
        found = {one.to[0]: str(one.subject) for one in mail.outbox}
        assert not any(make.TEXT in one.body or make.ANSWER in one.body for one in mail.outbox)
        mail.outbox.clear()
        return found

    made = make.proposed(cast)
    assert mailed() == {cast.supervisor.email: "Something was proposed to you"}
    operations.agree(made, by=cast.supervisor, version=made.version)
    assert mailed() == {
        cast.worker.email: "There is an answer for you",
        cast.manager.email: "Something was taken up with you",
    }
    make.reply(cast, made)
    assert set(mailed()) == {cast.worker.email, cast.supervisor.email}


def test_who_left_the_supervision_can_say_no_and_nothing_is_sent_any_more(cast: Any) -> None:
    made = make.proposed(cast)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    cast.arrangement.participations.filter(person=cast.supervisor).update(left_on=yesterday)
    with pytest.raises(WrongState, match="no longer takes part"):
        operations.agree(made, by=cast.supervisor, version=made.version)
    assert operations.decline(made, by=cast.supervisor, reason="I have left.").state == "declined"


def test_how_it_stands_is_what_was_answered_last(cast: Any) -> None:
    made = make.sent(cast)
    assert Matter.objects.unanswered().get() == made
    make.reply(cast, made, kind="looking", text="Soon")
    make.reply(cast, made, kind="done", text="Done")
    found = Matter.objects.with_reply().get(pk=made.pk)
    assert found.last_reply == MatterReply.Kind.DONE
    assert not Matter.objects.unanswered().exists()


def test_after_the_supervision_has_ended_nothing_is_sent_any_more(cast: Any) -> None:
    made = make.proposed(cast)
    Arrangement.objects.filter(pk=cast.arrangement.pk).update(
        ended_on=timezone.localdate() - datetime.timedelta(days=1)
    )
    with pytest.raises(WrongState, match="has ended"):
        operations.agree(made, by=cast.supervisor, version=made.version)
