"""A file is brought in whole or not at all, says every problem where it is, and changes nothing when it comes again."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from supervision.imports import kinds, operations, policy, tasks
from supervision.imports.models import Import, Imported, Kind
from supervision.imports.templates import template_csv, template_xlsx
from supervision.jobs import MAX_ATTEMPTS
from supervision.jobs import operations as jobs
from supervision.people import operations as people
from supervision.people.models import (
    Arrangement,
    Credential,
    Invitation,
    Management,
    Participation,
    Place,
    Program,
    Standing,
    User,
)
from supervision.records import verify
from supervision.records.errors import AlreadyDone, Denied, Stale, WrongState
from supervision.records.models import AuditEvent, RecordKey
from supervision.sessions.imported import facts
from supervision.sessions.models import Attendance, ImportedMeeting, Session
from tests.cast import Cast
from tests.people.helpers import mails_to, run_jobs

from .helpers import (
    ARRANGEMENTS,
    CREDENTIALS,
    PEOPLE,
    SESSIONS,
    as_csv,
    as_xlsx,
    brought_in,
    labels_of,
    looked_at,
    problems_of,
)

pytestmark = pytest.mark.django_db
STARTED = datetime.date(2024, 3, 1)

THREE = [
    [
        "Kit@Example.org",
        "Kit Moran",
        "Peer specialist",
        "lee@example.org",
        "2024-03-01",
        "maple street",
        "yes",
    ],
    ["lee@example.org", "Lee Park", "Lead", "", STARTED, "", ""],
    ["ana@example.org", "Ana Ruiz", "", "", "11/24/2024", "Maple Street", "no"],
]


def everything() -> tuple[int, ...]:
    """How many rows there are of what an import can make."""
    of: list[Any] = [
        User,
        Program,
        Place,
        Management,
        Arrangement,
        Participation,
        Standing,
        Credential,
        ImportedMeeting,
    ]
    return tuple(model.objects.count() for model in of)


# Each kind --------------------------------------------------------------------------------------------------------


def test_people_come_with_their_line_manager_and_their_place_and_are_not_invited(cast: Cast) -> None:
    row = brought_in(Kind.PEOPLE, as_csv(PEOPLE, THREE), by=cast.administrator)
    kit = User.objects.get(email="kit@example.org")
    assert (kit.name, kit.line_manager.email, kit.started_on) == ("Kit Moran", "lee@example.org", STARTED)
    assert not kit.has_usable_password()
    assert Place.objects.get(person=kit).supervised
    ana = User.objects.get(email="ana@example.org")
    assert ana.started_on == datetime.date(2024, 11, 24)
    assert not Place.objects.get(person=ana).supervised
    assert (row.new_count, row.same_count) == (3, 0)
    assert (row.file, row.found["problems"]) == (b"", [])
    run_jobs()
    assert not Invitation.objects.filter(person=kit).exists()
    assert mails_to("kit@example.org") == []


def test_what_was_brought_in_is_in_the_chain_as_if_made_by_hand(cast: Cast) -> None:
    brought_in(Kind.PEOPLE, as_csv(PEOPLE, THREE), by=cast.administrator)
    lee = User.objects.get(email="lee@example.org")
    found = AuditEvent.objects.filter(record_id=lee.pk, by=cast.administrator.pk)
    assert sorted(found.values_list("action", flat=True)) == ["became line manager", "person added"]
    last = AuditEvent.objects.get(action="import made")
    assert last.facts == {"kind": "people", "new": 3, "linked": 0, "same": 0, "different": 0}
    assert verify.run() == []


def test_all_five_kinds_follow_each_other_and_sessions_are_never_signed(cast: Cast) -> None:
    admin = cast.administrator
    programs = [["Night line", "lee@example.org"], ["Maple street", ""]]
    brought_in(Kind.PEOPLE, as_csv(PEOPLE, THREE), by=admin)
    row = brought_in(Kind.PROGRAMS, as_csv(["Program", "Managers"], programs), by=admin)
    assert (row.new_count, row.same_count) == (1, 1)
    assert Management.objects.get(program__name="Night line").person.email == "lee@example.org"
    pairs = [
        ["A-1", "Maple Street", "One to one", "2024-03-04", "", "ana@example.org", "kit@example.org"],
        [
            "A-2",
            "Maple Street",
            "one to one",
            "2022-01-03",
            "2023-06-30",
            "ana@example.org",
            "kit@example.org",
        ],
    ]
    brought_in(Kind.ARRANGEMENTS, as_xlsx(ARRANGEMENTS, pairs), by=admin)
    now, before = Arrangement.objects.filter(participations__person__email="kit@example.org").order_by(
        "-started_on"
    )
    assert Standing.objects.filter(arrangement__in=[now, before]).count() == 2
    assert {taking.left_on for taking in before.participations.all()} == {datetime.date(2023, 6, 30)}
    held = [
        ["a-1", "2025-11-04", 60, "In person", "", ""],
        ["A-1", "2025-11-11", 45, "video", "", "1"],
        ["A-1", "2025-11-11", 30, "Phone", "kit@example.org, ana@example.org", "2"],
    ]
    brought_in(Kind.SESSIONS, as_csv(SESSIONS, held), by=admin)
    kit = User.objects.get(email="kit@example.org")
    read = facts.from_before([kit.pk], first_day=datetime.date(2025, 11, 5))
    assert [(each.minutes, each.modality, each.part) for each in read] in (
        [(45, "video", "supervisee"), (30, "phone", "supervisee")],
        [(30, "phone", "supervisee"), (45, "video", "supervisee")],
    )
    assert facts.last_met_before([now.pk, before.pk]) == {now.pk: datetime.date(2025, 11, 11)}
    row = looked_at(Kind.SESSIONS, as_csv(SESSIONS, [["A-1", "2025-11-18", 90, "video", "", ""]]), by=admin)
    assert row.found["new"] == ["A-1: Tuesday, November 18, 2025, 1 hour 30 minutes"]
    assert not Session.objects.exists()
    assert not Attendance.objects.exists()
    owned = [
        ["kit@example.org", "CPS", "No. 7", "2024-03-01", "2028-02-29"],
        ["ana@example.org", "CPS", "", "", ""],
    ]
    brought_in(Kind.CREDENTIALS, as_csv(CREDENTIALS, owned), by=admin)
    credential = Credential.objects.get(person=kit)
    assert (credential.number, credential.is_own) == ("No. 7", False)
    assert RecordKey.objects.filter(pk=credential.pk).exists()


FILES = [
    (Kind.PEOPLE, PEOPLE, THREE),
    (Kind.PROGRAMS, ["Program", "Managers"], [["Night line", "ana@example.org"], ["Day line", ""]]),
    (
        Kind.ARRANGEMENTS,
        ARRANGEMENTS,
        [["A-1", "Maple Street", "One to one", "2024-03-04", "", "ana@example.org", "kit@example.org"]],
    ),
    (Kind.SESSIONS, SESSIONS, [["A-1", "2025-11-04", 60, "In person", "", ""]]),
    (Kind.CREDENTIALS, CREDENTIALS, [["kit@example.org", "CPS", "7", "2024-03-01", "2028-02-29"]]),
]


def test_the_same_file_twice_changes_nothing(cast: Cast) -> None:
    for kind, headings, rows in FILES:
        brought_in(kind, as_csv(headings, rows), by=cast.administrator)
    before = everything()
    for kind, headings, rows in FILES:
        again = looked_at(kind, as_xlsx(headings, rows), by=cast.administrator)
        assert (again.new_count, again.same_count, problems_of(again)) == (0, len(rows), [])
        assert again.found["different"] == []
        with pytest.raises(WrongState, match="here already"):
            operations.confirm(again, by=cast.administrator, version=again.version)
        operations.leave(again, by=cast.administrator)
    assert everything() == before


def test_what_differs_is_told_and_left_as_it_is(cast: Cast) -> None:
    for kind, headings, rows in FILES:
        brought_in(kind, as_csv(headings, rows), by=cast.administrator)
    changed = [
        (Kind.PEOPLE, PEOPLE, [["kit@example.org", "Kit Moran-Li", "", "", "", "Warm line", ""]]),
        (Kind.PROGRAMS, ["Program", "Managers"], [["Night line", "kit@example.org"]]),
        (
            Kind.ARRANGEMENTS,
            ARRANGEMENTS,
            [["A-1", "Maple Street", "One to one", "2024-03-05", "", "lee@example.org", "kit@example.org"]],
        ),
        (Kind.SESSIONS, SESSIONS, [["A-1", "2025-11-04", 50, "Video", "", ""]]),
        (Kind.CREDENTIALS, CREDENTIALS, [["kit@example.org", "cps", "8", "2024-03-01", "2029-02-28"]]),
    ]
    before = everything()
    told = []
    for kind, headings, rows in changed:
        row = looked_at(kind, as_csv(headings, rows), by=cast.administrator)
        assert (row.new_count, row.same_count, row.different_count) == (0, 1, 1)
        told += [(column, text) for _row, column, text in row.found["different"]]
    assert everything() == before
    assert ("Full name", "Here it is “Kit Moran”, in the file “Kit Moran-Li”.") in told
    assert ("Program", "Here it is “Maple Street”, in the file “Warm line”.") in told
    assert ("How they met", "Here it is “In person”, in the file “Video”.") in told
    assert ("Number", "Here it is “7”, in the file “8”.") in told
    assert ("Supervisors", "Here it is “ana@example.org”, in the file “lee@example.org”.") in told
    assert len(told) == 9


def test_an_arrangement_that_was_made_by_hand_is_recognized_and_gets_its_reference(cast: Cast) -> None:
    pair = [
        [
            "M-1",
            "Maple Street",
            "One to one",
            cast.arrangement.started_on,
            "",
            cast.supervisor.email,
            cast.worker.email,
        ]
    ]
    before = Arrangement.objects.count()
    row = brought_in(Kind.ARRANGEMENTS, as_csv(ARRANGEMENTS, pair), by=cast.administrator)
    assert (row.new_count, row.linked_count, Arrangement.objects.count()) == (0, 1, before)
    day = timezone.localdate() - datetime.timedelta(days=20)
    brought_in(Kind.SESSIONS, as_csv(SESSIONS, [["M-1", day, 60, "Phone", "", ""]]), by=cast.administrator)
    assert ImportedMeeting.objects.get().arrangement == cast.arrangement


# Problems ---------------------------------------------------------------------------------------------------------


def test_every_problem_is_said_by_row_and_column_and_nothing_is_made(cast: Cast) -> None:
    rows = [
        ["new@example.org", "New Person", "", "", "", "", ""],
        ["not an address", "", "x" * 81, "", "2024-02-30", "", "perhaps"],
        ["NEW@example.org", "Twin", "", "", "", "", ""],
        ["b@example.org", "B", "", "nobody@example.org", "", "Nowhere", ""],
        ["c@example.org", "C", "", "c@example.org", "", "", ""],
        ["d@example.org", "D", "", cast.administrator.email, "", "", "yes"],
    ]
    before = everything()
    row = looked_at(Kind.PEOPLE, as_csv(PEOPLE, rows), by=cast.administrator)
    found = problems_of(row)
    assert [(number, column) for number, column, _text in found] == [
        (3, "E-mail"),
        (3, "Full name"),
        (3, "Job title"),
        (3, "Start date"),
        (3, "To be supervised"),
        (4, "E-mail"),
        (5, "Line manager"),
        (5, "Program"),
        (6, "Line manager"),
        (7, "Line manager"),
        (7, "Program"),
    ]
    assert (5, "Program", "There is no program called “Nowhere”. Bring in the programs first.") in found
    assert (4, "E-mail", "This address stands in row 2 already.") in found
    with pytest.raises(WrongState, match="problems in this file"):
        operations.confirm(row, by=cast.administrator, version=row.version)
    assert everything() == before


def test_an_arrangement_is_held_to_the_same_rules_as_one_made_by_hand(cast: Cast) -> None:
    worker, supervisor, admin = cast.worker.email, cast.supervisor.email, cast.administrator.email
    rows = [
        ["1", "Maple Street", "One to one", STARTED, "", supervisor, f"{worker}, {cast.other_worker.email}"],
        ["2", "Maple Street", "One to one", STARTED, "", supervisor, cast.other_worker.email],
        ["3", "Maple Street", "One to one", STARTED, "", admin, worker],
        ["4", "Maple Street", "Supervision of supervision", STARTED, "", supervisor, worker],
        ["5", "Maple Street", "One to one", "2024-03-02", "2024-03-01", supervisor, worker],
    ]
    row = looked_at(Kind.ARRANGEMENTS, as_csv(ARRANGEMENTS, rows), by=cast.administrator)
    said = {number: text for number, _column, text in problems_of(row)}
    assert said == {
        2: "One to one needs one supervisor and one peer worker.",
        3: "Sam Okafor has no place in Maple Street.",
        4: "Nobody gives themself a role or a part. Ask another administrator to bring in this row.",
        5: "Marisol Vega does not supervise anybody now. Choose “One to one”.",
        6: "It ends before it begins. Check both dates.",
    }


def test_nobody_brings_in_hours_of_their_own(cast: Cast) -> None:
    reference = [
        [
            "M-1",
            "Maple Street",
            "One to one",
            cast.arrangement.started_on,
            "",
            cast.supervisor.email,
            cast.worker.email,
        ]
    ]
    brought_in(Kind.ARRANGEMENTS, as_csv(ARRANGEMENTS, reference), by=cast.administrator)
    User.objects.filter(pk=cast.worker.pk).update(is_administrator=True)
    day = timezone.localdate() - datetime.timedelta(days=3)
    rows = [
        ["M-1", day, 60, "Video", "", ""],
        ["M-1", "2019-01-01", 60, "Video", "", ""],
        ["M-9", day, 0, "Video", "", ""],
    ]
    row = looked_at(Kind.SESSIONS, as_csv(SESSIONS, rows), by=User.objects.get(pk=cast.worker.pk))
    assert [text for _row, _column, text in problems_of(row)] == [
        "You were there. Ask another administrator to bring in this row.",
        "The arrangement did not run on that day.",
        "Enter the minutes as a whole number between 1 and 720",
    ]


def test_a_wrong_heading_says_which_and_an_unknown_one_is_only_told(cast: Cast) -> None:
    row = looked_at(Kind.PEOPLE, b"email;Name;Salary\na@example.org;A;1\n", by=cast.administrator)
    assert problems_of(row) == [(1, "Full name", "This column is missing. Use the headings of the template.")]
    assert row.found["notes"] == ["Columns that are not used: Name, Salary."]


@pytest.mark.parametrize("kind", list(Kind))
def test_the_template_itself_brings_nothing_in(cast: Cast, kind: Kind) -> None:
    for made in (template_csv, template_xlsx):
        row = looked_at(kind, made(kinds.BY_KEY[kind]), by=cast.administrator)
        assert (row.new_count, problems_of(row)) == (0, [])
        assert row.found["notes"] == ["Row 2 is the example of the template. It is left out."]
        operations.leave(row, by=cast.administrator)
    assert labels_of(kind)


# Whole, once, and by whom ---------------------------------------------------------------------------------------------


def test_what_changed_since_it_was_looked_at_stops_all_of_it(cast: Cast) -> None:
    row = looked_at(Kind.PEOPLE, as_csv(PEOPLE, THREE), by=cast.administrator)
    row = operations.confirm(row, by=cast.administrator, version=row.version)
    Program.objects.filter(pk=cast.program.pk).update(is_active=False)
    before = everything()
    operations.make(row.pk)
    row.refresh_from_db()
    assert row.state == Import.State.LOOKED_AT
    assert problems_of(row)[0] == (2, "Program", "This program is closed.")
    assert everything() == before


def test_an_error_halfway_leaves_nothing_and_the_job_tries_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = looked_at(Kind.PEOPLE, as_csv(PEOPLE, THREE), by=cast.administrator)
    operations.confirm(row, by=cast.administrator, version=row.version)
    before = everything()
    with monkeypatch.context() as patch:
        patch.setattr(Imported.objects, "bulk_create", lambda rows: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            operations.make(row.pk)
    assert everything() == before
    operations.make(row.pk)
    operations.make(row.pk)
    run_jobs()
    assert User.objects.filter(email="kit@example.org").count() == 1
    assert AuditEvent.objects.filter(action="import made").count() == 1


def test_only_administrators_and_only_what_they_have_seen(cast: Cast) -> None:
    data = as_csv(PEOPLE, THREE)
    with pytest.raises(Denied):
        operations.send(Kind.PEOPLE, by=cast.manager, name="x.csv", data=data)
    row = looked_at(Kind.PEOPLE, data, by=cast.administrator)
    with pytest.raises(Stale):
        operations.confirm(row, by=cast.administrator, version=row.version - 1)
    for act in (operations.leave, operations.invite_all, operations.take_back):
        with pytest.raises(Denied):
            act(row, by=cast.manager)
    operations.confirm(row, by=cast.administrator, version=row.version)
    with pytest.raises(AlreadyDone):
        operations.confirm(row, by=cast.administrator, version=row.version)
    User.objects.filter(pk=cast.administrator.pk).update(is_administrator=False)
    with pytest.raises(Denied):
        operations.make(row.pk)
    assert not User.objects.filter(email="kit@example.org").exists()


def test_few_files_wait_for_one_person(cast: Cast) -> None:
    for _number in range(policy.AT_ONCE):
        looked_at(Kind.PEOPLE, b"x", by=cast.administrator)
    with pytest.raises(WrongState, match="wait already"):
        operations.send(Kind.PEOPLE, by=cast.administrator, name="x", data=b"x")


# After it ---------------------------------------------------------------------------------------------------------


def test_those_who_can_sign_in_are_told_once(cast: Cast) -> None:
    rows = [
        ["G-1", "Maple Street", "One to one", STARTED, "", cast.other_supervisor.email, cast.worker.email]
    ]
    row = brought_in(Kind.ARRANGEMENTS, as_csv(ARRANGEMENTS, rows), by=cast.administrator)
    run_jobs()
    tasks.tell.call(import_id=str(row.pk))
    for person in (cast.other_supervisor, cast.worker):
        assert [mail.subject for mail in mails_to(person.email)] == [
            "A supervision arrangement was made for you"
        ]


def test_inviting_is_a_second_step_and_happens_once(cast: Cast) -> None:
    row = brought_in(Kind.PEOPLE, as_csv(PEOPLE, THREE), by=cast.administrator)
    people.invite(User.objects.get(email="lee@example.org"), by=cast.administrator)
    operations.invite_all(row, by=cast.administrator)
    with pytest.raises(AlreadyDone):
        operations.invite_all(row, by=cast.administrator)
    run_jobs()
    tasks.invite.call(import_id=str(row.pk))
    invited = Invitation.objects.values_list("person__email", flat=True)
    assert sorted(invited) == ["ana@example.org", "kit@example.org", "lee@example.org"]
    assert len(mails_to("kit@example.org")) == 1


def test_sessions_from_before_can_be_taken_back_whole_and_brought_in_again(cast: Cast) -> None:
    for kind, headings, rows in FILES[:3]:
        brought_in(kind, as_csv(headings, rows), by=cast.administrator)
    held = as_csv(SESSIONS, [["A-1", "2025-11-04", 60, "In person", "", ""]])
    row = brought_in(Kind.SESSIONS, held, by=cast.administrator)
    operations.take_back(row, by=cast.administrator)
    assert not ImportedMeeting.objects.exists()
    with pytest.raises(AlreadyDone):
        operations.take_back(row, by=cast.administrator)
    brought_in(Kind.SESSIONS, held, by=cast.administrator)
    assert ImportedMeeting.objects.count() == 1


def test_a_file_is_kept_encrypted_and_only_for_a_week(cast: Cast) -> None:
    row = looked_at(Kind.PEOPLE, as_csv(PEOPLE, THREE), by=cast.administrator)
    stored = Import.objects.filter(pk=row.pk).values_list("file", "found", "name")[0]
    assert not any(b"kit" in bytes(value).lower() or b"table" in bytes(value) for value in stored)
    assert operations.tidy(today=row.kept_until) == 0
    assert operations.tidy(today=row.kept_until + datetime.timedelta(days=1)) == 1
    row.refresh_from_db()
    assert (row.state, row.file, row.found) == (Import.State.LEFT, b"", None)


def test_what_is_stuck_says_so(cast: Cast) -> None:
    row = operations.send(Kind.PEOPLE, by=cast.administrator, name="x", data=as_csv(PEOPLE, THREE))
    Import.objects.filter(pk=row.pk).update(changed_at=timezone.now() - datetime.timedelta(hours=13))
    assert operations.give_up_stuck() == 1
    row.refresh_from_db()
    assert "could not be finished" in problems_of(row)[0][2]


@pytest.mark.parametrize("step", ["look", "make"])
def test_what_its_job_cannot_finish_is_said_at_once_and_nothing_is_brought_in(cast: Cast, step: str) -> None:
    send = operations.send if step == "look" else looked_at
    more = {"name": "x"} if step == "look" else {}
    row = send(Kind.PEOPLE, data=as_csv(PEOPLE, THREE), by=cast.administrator, **more)
    if step == "make":
        row = operations.confirm(row, by=cast.administrator, version=row.version)
    under_way, before = row.state, everything()
    DBTaskResult.objects.exclude(task_path__endswith=f"tasks.{step}").delete()
    for attempt in range(MAX_ATTEMPTS):
        row.refresh_from_db()
        assert row.state == under_way, attempt
        assert jobs.claim(worker=f"worker-{attempt}") is not None
        assert jobs.reap(dead_worker=f"worker-{attempt}") == 1
    run_jobs()
    row.refresh_from_db()
    assert row.state == Import.State.LOOKED_AT
    assert "could not be finished" in problems_of(row)[0][2]
    assert everything() == before


def test_looking_that_was_done_when_its_worker_died_does_not_stop_what_came_of_it(cast: Cast) -> None:
    row = looked_at(Kind.PEOPLE, as_csv(PEOPLE, THREE), by=cast.administrator)
    row = operations.confirm(row, by=cast.administrator, version=row.version)
    tasks.look_failed.call(import_id=str(row.pk))
    row.refresh_from_db()
    assert row.state == Import.State.MAKING
    operations.make(row.pk)
    tasks.make_failed.call(import_id=str(row.pk))
    row.refresh_from_db()
    assert row.state == Import.State.DONE


def test_facts_from_before_are_for_those_who_were_there_and_the_programs_managers(cast: Cast) -> None:
    for kind, headings, rows in FILES[:4]:
        brought_in(kind, as_csv(headings, rows), by=cast.administrator)
    kit = User.objects.get(email="kit@example.org")
    sees = {
        person.name: ImportedMeeting.objects.facts_visible_to(person).exists()
        for person in (kit, cast.manager, cast.other_manager, cast.worker, cast.administrator)
    }
    assert sees == {
        "Kit Moran": True,
        "Priya Raman": True,
        "Otto Manager": False,
        "Marisol Vega": False,
        "Ade Admin": False,
    }
