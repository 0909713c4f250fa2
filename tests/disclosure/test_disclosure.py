"""Asked with its exact scope, approved by two who are party to nothing in it, told first, handed over once; nothing beside it leaves."""

from __future__ import annotations

import datetime
import io
import json
import threading
import uuid
import zipfile
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from agreements.models import Accession
from supervision.concerns.letters import operations as letters
from supervision.concerns.raising import operations as raising
from supervision.disclosure import operations, scope
from supervision.disclosure.models import Disclosure
from supervision.jobs.worker import Worker
from supervision.overview.opened import log
from supervision.people.models import Participation, User
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, Stale, WrongState
from supervision.records.models import Opening
from supervision.sessions import operations as adding
from tests import factories
from tests.agreements import helpers as agreed
from tests.architecture.kinds import with_document
from tests.architecture.unpacking import words_in
from tests.cast import Cast, make_cast
from tests.concerns import makers as raising_makers
from tests.notes import makers as notes
from tests.sessions import makers
from tests.sessions.pages import body, client_of

DAY = datetime.timedelta(days=1)
COURT = {"order_court": "County court", "order_number": "12 F 3", "order_day": datetime.date(2026, 1, 5)}


class Three:
    """Who enters it and the two who approve it."""

    def __init__(self, cast: Cast) -> None:
        self.one, self.two = cast.administrator, factories.person("Ria First", is_administrator=True)
        self.enters = cast.manager


@pytest.fixture
def three(cast: Cast) -> Three:
    return Three(cast)


def entered(cast: Cast, three: Three, **given: Any) -> Disclosure:
    today = timezone.localdate()
    by, key = given.pop("by", three.enters), given.pop("key", None)
    values: dict[str, Any] = {
        "person": cast.worker,
        "first_day": today - 30 * DAY,
        "last_day": today,
        "kinds": ["sessions"],
        "basis_kind": "law",
        "basis": "Section 4 of the act on records",
        "asker": "County authority",
        "approver": three.one,
        "second_approver": three.two,
    }
    return operations.enter(operations.Asked(**(values | given)), by=by, key=key)


def approved(cast: Cast, three: Three, **given: Any) -> Disclosure:
    row = entered(cast, three, **given)
    operations.approve(row, by=three.one)
    return operations.approve(row, by=three.two)


def sealed(cast: Cast, *args: Any, **given: Any) -> Any:
    """With its PDF, without which nothing is handed over."""
    session = makers.sealed(cast, *args, **given)
    with_document(session)
    return session


def files_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


pytestmark = pytest.mark.django_db


# The exact scope ------------------------------------------------------------------------------------------------


def test_nothing_outside_the_kind_the_person_and_the_days_leaves(cast: Cast, three: Three) -> None:
    inside = sealed(cast, makers.planned(cast, starts_at=makers.ago(24 * 10)), outcomes="canary-inside")
    sealed(cast, makers.planned(cast, starts_at=makers.ago(24 * 11)), outcomes="canary-a-day-before")
    sealed(cast, makers.planned(cast, starts_at=makers.ago(24 * 9)), outcomes="canary-a-day-after")
    makers.signed_by_recorder(
        cast, makers.planned(cast, starts_at=makers.ago(24 * 10 + 2)), outcomes="canary-unsigned"
    )
    notes.note(cast.worker, text="canary-note")
    lina = raising_makers.line_manager(cast)
    letters.write(cast.arrangement, by=cast.worker, recipient=lina, text="canary-letter")
    day = timezone.localtime(inside.starts_at).date()
    row = approved(cast, three, first_day=day, last_day=day)
    operations.tell(row, by=three.one)
    files = files_of(operations.export(row, by=three.enters))
    names = sorted(name for name in files if "/" in name)
    assert names == [f"sessions/001-{day.isoformat()}.{end}" for end in ("json", "pdf")]
    said = words_in(b"".join(files.values()))
    assert "canary-inside" in said
    assert said.count("canary-") == 1
    listed = dict(line.split("  ")[::-1] for line in files["contents.txt"].decode().splitlines())
    assert set(listed) == set(files) - {"contents.txt"}


def test_what_is_sealed_after_the_first_approval_is_not_in_it(cast: Cast, three: Three) -> None:
    sealed(cast)
    row = approved(cast, three)
    sealed(cast, makers.planned(cast, starts_at=makers.ago(48)), outcomes="canary-later")
    operations.tell(row, by=three.one)
    files = files_of(operations.export(row, by=three.one))
    assert len([name for name in files if name.endswith(".pdf")]) == 1
    assert "canary-later" not in words_in(b"".join(files.values()))
    assert len(log.Book(cast.worker).page({}).rows) == 1
    with pytest.raises(Invalid, match="not after today"):
        entered(cast, three, last_day=timezone.localdate() + DAY)


def test_it_waits_for_every_file_and_has_what_was_added_later(cast: Cast, three: Three) -> None:
    session = makers.sealed(cast)
    adding.add_addendum(
        session,
        by=cast.worker,
        reason="A date",
        text="canary-addendum",
        evidence=makers.evidence(cast.worker),
    )
    row = approved(cast, three)
    operations.tell(row, by=three.one)
    with pytest.raises(WrongState, match="still being made"):
        operations.export(row, by=three.one)
    with_document(session)
    assert "canary-addendum" in words_in(operations.export(row, by=three.one))
    assert Opening.objects.filter(action="disclosed", record_id=session.addenda.get().pk).exists()


def test_of_a_group_agreement_each_has_what_they_signed_themselves(cast: Cast, three: Three) -> None:
    left, came = (factories.worker_in(cast.program) for _ in range(2))
    group = factories.arrangement(cast.program, [cast.supervisor], [left], structure="group")
    agreement = agreed.in_force(group, cast.supervisor, left)
    kept = agreed.reviewed(agreement, cast.supervisor, left, note="canary-their-days")
    Participation.objects.filter(person=left).update(left_on=timezone.localdate() - DAY)
    for person in (came, three.two):
        Participation.objects.create(
            arrangement=group, person=person, part="supervisee", joined_on=timezone.localdate()
        )
        agreed.join(agreement, person)
    later = agreed.reviewed(agreement, cast.supervisor, came, note="canary-later")
    joinings = list(Accession.objects.order_by("started_at"))
    for record in (agreement, kept, later, *joinings):
        with_document(record)

    other = factories.person("Noor Third", is_administrator=True)
    three.two = other  # who joined is party to it, and approves nothing of it
    for person, words, count in ((left, {"canary-their-days"}, 2), (came, {"canary-later"}, 3)):
        row = approved(cast, three, person=person, kinds=["agreements"])
        assert {cast.supervisor.pk, left.pk, came.pk} <= scope.people_in(row)
        operations.tell(row, by=other)
        files = files_of(operations.export(row, by=other))
        assert len([name for name in files if name.endswith(".pdf")]) == count
        said = words_in(b"".join(files.values()))
        assert {one for one in ("canary-their-days", "canary-later") if one in said} == words
        opened = Opening.objects.filter(action="disclosed", by=other)
        assert opened.filter(record_id=agreement.pk).exists()
    assert opened.filter(record_id=joinings[0].pk).count() == 1  # by the one who joined
    assert not opened.filter(record_id=joinings[1].pk).exists()
    refused = entered(
        cast,
        three,
        person=left,
        kinds=["agreements"],
        approver=cast.administrator,
        second_approver=joinings[1].person,
    )
    with pytest.raises(Denied, match="party"):
        operations.approve(refused, by=joinings[1].person)


def test_a_review_made_after_the_days_is_not_in_it(cast: Cast, three: Three) -> None:
    agreement = agreed.in_force(cast.arrangement, cast.supervisor, cast.worker)
    with_document(agreement)
    row = approved(cast, three, kinds=["agreements"])
    agreed.reviewed(agreement, cast.supervisor, cast.worker, note="canary-later")
    operations.tell(row, by=three.one)
    assert "canary-later" not in words_in(operations.export(row, by=three.one))


def test_of_letters_and_concerns_what_was_written_in_the_days_leaves(cast: Cast, three: Three) -> None:
    lina = raising_makers.line_manager(cast)
    letter = letters.write(cast.arrangement, by=cast.worker, recipient=lina, text="canary-letter")
    concern = raising_makers.told(cast)
    kinds = ["letters", "concerns", "observations", "assessments", "performance", "agreements"]
    yesterday = timezone.localdate() - DAY
    before = approved(cast, three, kinds=kinds, first_day=yesterday, last_day=yesterday)
    assert scope.records_in(before) == []
    row = approved(cast, three, kinds=kinds)
    over = timezone.now()
    letters.answer(letter, by=lina, text="canary-answer")
    raising.add_statement(concern, by=cast.worker, text="canary-statement", for_receiver=False)
    operations.tell(row, by=three.one)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scope, "end_of", lambda _disclosure: over)
        said = words_in(operations.export(row, by=three.one))
    assert "canary-letter" in said
    assert raising_makers.TEXT in said
    assert "canary-answer" not in said
    assert "canary-statement" not in said


def test_whoever_is_party_to_a_record_enters_nothing_of_it(cast: Cast, three: Three) -> None:
    letters.write(cast.arrangement, by=cast.worker, recipient=cast.manager, text="About the rhythm")
    with pytest.raises(Invalid, match="You are party"):
        entered(cast, three, kinds=["letters"])


def test_who_has_lost_the_role_approves_and_hands_over_nothing(cast: Cast, three: Three) -> None:
    row = entered(cast, three)
    operations.approve(row, by=three.one)
    User.objects.filter(pk=three.two.pk).update(is_administrator=False)
    with pytest.raises(NotFound):
        operations.approve(row, by=User.objects.get(pk=three.two.pk))


def test_private_notes_go_by_a_named_order_alone(cast: Cast, three: Three) -> None:
    notes.note(cast.worker, text="canary-note of Marisol")
    notes.note(cast.supervisor, text="canary-note of Dana")
    with pytest.raises(Invalid) as refused:
        entered(cast, three, with_notes=True)
    assert refused.value.field == "order_court"
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.filter(pk=entered(cast, three).pk).update(with_notes=True)
    row = approved(cast, three, with_notes=True, kinds=[], **COURT)
    operations.tell(row, by=three.one)
    said = words_in(operations.export(row, by=three.one))
    assert "canary-note of Marisol" in said
    assert "Dana" not in said


def test_the_page_beforehand_says_facts_and_nothing_of_what_may_not_be_known(
    cast: Cast, three: Three
) -> None:
    sealed(cast)
    lina = raising_makers.line_manager(cast)
    letters.write(cast.arrangement, by=cast.worker, recipient=lina, text=makers.CANARY)
    row = entered(cast, three, kinds=["sessions", "letters"])
    page = body(client_of(three.one).get(reverse("disclosure:detail", args=[row.pk])))
    assert "Session records," in page
    assert "Letters: whether there are any" in page
    assert makers.CANARY not in page


# Who ------------------------------------------------------------------------------------------------------------


def test_two_others_approve_it_who_are_party_to_nothing_in_it(cast: Cast, three: Three) -> None:
    sealed(cast)
    User.objects.filter(pk=cast.supervisor.pk).update(is_administrator=True)
    cast.supervisor.refresh_from_db()
    for given in (
        {"second_approver": three.one},
        {"approver": three.enters},
        {"approver": cast.outsider},
        {"person": three.enters},
    ):
        with pytest.raises(Invalid):
            entered(cast, three, **given)
    with pytest.raises(Invalid, match="You are party"):
        entered(cast, three, by=cast.supervisor)
    with pytest.raises(NotFound):
        entered(cast, three, by=cast.outsider)
    row = entered(cast, three, second_approver=cast.supervisor)
    with pytest.raises(Denied, match="party to a record"):
        operations.approve(row, by=cast.supervisor)
    with pytest.raises(Denied, match="Two others"):
        operations.approve(row, by=three.enters)
    operations.approve(row, by=three.one)
    with pytest.raises(AlreadyDone):
        operations.approve(row, by=three.one)
    with pytest.raises(WrongState, match="Both have to approve"):
        operations.tell(row, by=three.one)
    assert operations.end(row, by=cast.supervisor, reason="I am party to it").ended_as == "refused"


HIDDEN = (
    {"kinds": ["letters"]},
    {"kinds": ["concerns"]},
    {"kinds": ["performance"]},
    {"with_notes": True, **COURT},
)


@pytest.mark.parametrize("there_is_one", [True, False])
def test_whom_a_letter_may_be_about_takes_none_and_is_not_told_that_there_is_one(
    cast: Cast, three: Three, there_is_one: bool
) -> None:
    """Letters, concerns, performance notes and private notes: the answer is the same, word for word, where there are none."""
    former = factories.person("Fay Former", is_administrator=True)
    Participation.objects.create(
        arrangement=cast.arrangement,
        person=former,
        part="supervisor",
        joined_on=timezone.localdate() - 90 * DAY,
        left_on=timezone.localdate() - 60 * DAY,
    )
    lina = raising_makers.line_manager(cast)
    User.objects.filter(pk__in=[cast.supervisor.pk, lina.pk]).update(is_administrator=True)
    cast.worker.refresh_from_db()
    if there_is_one:
        letters.write(cast.arrangement, by=cast.worker, recipient=cast.manager, text="About Dana")
    answers = set()
    for person in (cast.supervisor, former, lina):
        person.refresh_from_db()
        for given in HIDDEN:
            with pytest.raises(Invalid) as refused:
                entered(cast, three, by=person, **given)
            answers.add((refused.value.field, refused.value.message))
            with pytest.raises(Invalid, match="Choose somebody else"):
                entered(cast, three, by=factories.person(is_administrator=True), approver=person, **given)
    assert len(answers) == 1
    assert "whether or not" in answers.pop()[1]
    # Who came to supervise them after it was entered hands nothing over either, and none of these is told of it.
    row = entered(
        cast, three, by=three.one, approver=factories.person(is_administrator=True), kinds=["letters"]
    )
    Participation.objects.create(
        arrangement=cast.arrangement, person=three.two, part="supervisor", joined_on=timezone.localdate()
    )
    with pytest.raises(Denied, match="whether or not"):
        operations.approve(row, by=three.two)
    late = factories.person(is_administrator=True)
    row = entered(cast, three, by=three.one, approver=late, second_approver=row.approver, kinds=["letters"])
    for person in (late, row.second_approver):
        operations.approve(row, by=person)
    operations.tell(row, by=late)
    told = {person.pk for person in (cast.worker, cast.manager)} if there_is_one else {cast.worker.pk}
    assert set(row.told.values_list("person_id", flat=True)) == told
    User.objects.filter(pk=cast.worker.pk).update(line_manager=late)
    row.refresh_from_db()
    with pytest.raises(Denied, match="whether or not"):
        operations.export(row, by=late)
    operations.export(row, by=three.one)


def test_a_manager_discloses_only_what_is_of_people_whose_programs_they_all_manage(
    cast: Cast, three: Three
) -> None:
    with pytest.raises(Invalid, match="administrator enters"):
        entered(cast, three, by=cast.other_manager)
    with pytest.raises(Invalid, match="Choose somebody else"):
        entered(cast, three, approver=cast.other_manager)
    page = body(client_of(cast.other_manager).get(reverse("disclosure:enter")))
    assert cast.other_worker.name in page
    assert cast.worker.name not in page
    row = approved(cast, three)
    operations.tell(row, by=three.one)
    factories.arrangement(cast.other_program, [cast.other_supervisor], [cast.worker])
    with pytest.raises(NotFound):
        operations.export(row, by=three.enters)
    operations.export(row, by=three.one)


def test_for_all_others_it_does_not_exist_until_they_are_told(cast: Cast, three: Three) -> None:
    sealed(cast)
    row = approved(cast, three)
    others = (cast.worker, cast.supervisor, cast.other_manager, cast.other_worker)
    for person in others:
        assert client_of(person).get(reverse("disclosure:detail", args=[row.pk])).status_code == 404
        assert "Records of" not in body(client_of(person).get(reverse("disclosure:list")))
    Worker(name="test").run_until_empty()
    mail.outbox.clear()
    operations.tell(row, by=three.two)
    Worker(name="test").run_until_empty()
    assert {message.to[0] for message in mail.outbox} == {cast.worker.email, cast.supervisor.email}
    assert all("authority" not in f"{message.subject}{message.body}".lower() for message in mail.outbox)
    page = body(client_of(cast.worker).get(reverse("disclosure:detail", args=[row.pk])))
    assert "Section 4 of the act on records" in page
    assert "What this means for you" in page
    assert client_of(cast.other_worker).get(reverse("disclosure:detail", args=[row.pk])).status_code == 404
    for name in ("approve", "tell", "wait", "export", "end"):
        for person in (cast.worker, cast.supervisor):
            answer = client_of(person).post(reverse(f"disclosure:{name}", args=[row.pk]), {"reason": "x"})
            assert answer.status_code == 404, name


# The order ------------------------------------------------------------------------------------------------------


def test_told_first_then_handed_over_once(cast: Cast, three: Three) -> None:
    sealed(cast)
    row = approved(cast, three)
    with pytest.raises(WrongState, match="First tell"):
        operations.export(row, by=three.one)
    operations.tell(row, by=three.one)
    client = client_of(three.enters)
    address = reverse("disclosure:export", args=[row.pk])
    assert client.get(address).status_code == 200
    assert client.post(address)["Content-Type"] == "application/zip"
    again = client.post(address)
    assert again.status_code == 409
    assert "handed over already" in body(again)
    rows = log.Book(cast.worker).page({}).rows
    assert [(one.did, one.why) for one in rows] == [("Handed over", "because the law required it")]
    with pytest.raises(WrongState):
        operations.end(row, by=three.one, reason="Too late")


def test_where_telling_has_to_wait_the_log_is_silent_until_it_is_done(cast: Cast, three: Three) -> None:
    sealed(cast)
    row = approved(cast, three)
    today = timezone.localdate()
    for given, field in (({"reason": " "}, "reason"), ({"tell_on": today}, "tell_on")):
        with pytest.raises(Invalid) as refused:
            operations.wait(row, by=three.one, **({"reason": "Section 9", "tell_on": today + DAY} | given))
        assert refused.value.field == field
    operations.wait(row, by=three.one, reason="Section 9", tell_on=today + DAY)
    operations.export(row, by=three.two)
    assert Opening.objects.filter(action="disclosed").count() == 1
    assert log.Book(cast.worker).page({}).rows == []
    assert not Disclosure.objects.visible_to(cast.worker).exists()
    assert not Disclosure.objects.waiting_for(three.enters).exists()
    with timezone.override("UTC"), pytest.MonkeyPatch.context() as patch:
        now = timezone.now() + 2 * DAY
        patch.setattr(timezone, "now", lambda: now)
        assert Disclosure.objects.waiting_for(three.enters).exists(), "it comes back on its day"
    operations.tell(row, by=three.enters)
    assert [one.did for one in log.Book(cast.worker).page({}).rows] == ["Handed over"]
    page = body(client_of(cast.worker).get(reverse("disclosure:detail", args=[row.pk])))
    assert "Section 9" in page


def test_the_database_holds_the_order_too(cast: Cast, three: Three) -> None:
    now, row = timezone.now(), entered(cast, three)
    steps: list[dict[str, Any]] = [
        {"told_at": now, "told_by": three.one},
        {"first_at": now, "told_at": now, "told_by": three.one},
        {"exported_at": now, "exported_by": three.one},
        {"first_at": now, "second_at": now, "exported_at": now, "exported_by": three.one},
        {"waiting_at": now, "waiting_by": three.one, "tell_on": timezone.localdate()},
        {"second_approver": three.one},
        {"approver": three.enters},
        {"entered_by": cast.worker},
        {"last_day": row.first_day - DAY},
        {"person": cast.other_worker},
        {"kinds": ["letters"]},
        {"ended_at": now},
    ]
    for change in steps:
        with pytest.raises(IntegrityError), transaction.atomic():
            Disclosure.objects.filter(pk=row.pk).update(**change)
    operations.approve(row, by=three.one)
    operations.approve(row, by=three.two)
    operations.tell(row, by=three.one)
    operations.export(row, by=three.one)
    refused = operations.end(entered(cast, three), by=three.one, reason="Too wide")
    for change in ({"first_at": now + DAY}, {"second_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Disclosure.objects.filter(pk=refused.pk).update(**change)
    over: list[dict[str, Any]] = [
        {"exported_at": now + DAY},
        {"exported_by": three.two},
        {"told_at": None, "told_by": None},
        {"first_at": None},
        {"ended_at": now, "ended_by": three.one, "ended_as": "refused"},
        {"sha256": "0" * 64},
    ]
    for change in over:
        with pytest.raises(IntegrityError), transaction.atomic():
            Disclosure.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.filter(pk=row.pk).delete()


def test_a_form_sent_twice_enters_one_and_another_scope_is_said(cast: Cast, three: Three) -> None:
    key = uuid.uuid4()
    assert entered(cast, three, key=key) == entered(cast, three, key=key)
    with pytest.raises(Stale):
        entered(cast, three, key=key, first_day=timezone.localdate())


def test_an_old_login_proves_itself_before_anything_leaves(cast: Cast, three: Three) -> None:
    row = approved(cast, three)
    operations.tell(row, by=three.one)
    answer = client_of(three.one, minutes_ago=30).post(reverse("disclosure:export", args=[row.pk]))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not Disclosure.objects.filter(exported_at__isnull=False).exists()


def test_what_was_removed_is_not_in_it(cast: Cast, three: Three) -> None:
    from supervision.records import disposal

    session = sealed(cast)
    row = approved(cast, three)
    disposal.destroy(session, by=None, facts={})
    assert scope.records_in(row) == []


def test_by_the_form(cast: Cast, three: Three) -> None:
    client = client_of(three.enters)
    today = timezone.localdate()
    form = {
        "key": str(uuid.uuid4()),
        "asker": "County authority",
        "basis_kind": "law",
        "basis": "Section 4",
        "person": str(cast.worker.pk),
        "first_day": (today - DAY).isoformat(),
        "last_day": today.isoformat(),
        "kinds": ["sessions"],
        "approver": str(three.one.pk),
        "second_approver": str(three.one.pk),
    }
    wrong = client.post(reverse("disclosure:enter"), form)
    assert wrong.status_code == 422
    assert "Choose two different people" in body(wrong)
    made = client.post(reverse("disclosure:enter"), form | {"second_approver": str(three.two.pk)})
    assert made["Location"] == reverse("disclosure:detail", args=[Disclosure.objects.get().pk])
    assert "Waits for you" in body(client_of(three.one).get(reverse("disclosure:list")))
    assert client_of(cast.worker).get(reverse("disclosure:enter")).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_who_hand_it_over_at_once_hand_it_over_once() -> None:
    cast = make_cast()
    three = Three(cast)
    sealed(cast)
    row = approved(cast, three)
    operations.tell(row, by=three.one)
    start, done = threading.Barrier(2), []

    def press(person: User) -> None:
        start.wait()
        try:
            done.append(len(operations.export(row, by=person)))
        except WrongState:
            done.append(0)
        finally:
            connection.close()

    presses = [threading.Thread(target=press, args=(person,)) for person in (three.one, three.two)]
    for one in presses:
        one.start()
    for one in presses:
        one.join(60)
    assert sorted(bool(size) for size in done) == [False, True]
    assert json.loads(json.dumps(sorted(done)))[0] == 0
