"""The figures of a report, and the PDF that they become."""

from __future__ import annotations

import datetime
import io
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from supervision.people.models import Away, Management
from supervision.records import certificate, seal_pdf
from supervision.records.errors import Denied
from supervision.reports import figures, operations, page, tasks
from supervision.reports.models import Report
from supervision.reports.said import hours as as_hours
from supervision.requirements.expectation import Evaluation, Stretch
from supervision.sessions.models import ActionEvent, Session
from tests import factories
from tests.cast import Cast
from tests.competencies import training_makers as training
from tests.overview import builders
from tests.overview.builders import CANARY, at, days
from tests.records.pdf_samples import complaints
from tests.sessions import matter_makers as taken_up
from tests.sessions import observation_makers as observing

pytestmark = pytest.mark.django_db

FIRST, LAST = datetime.date(2026, 3, 1), datetime.date(2026, 3, 31)


@pytest.fixture(autouse=True)
def _new_york():
    with timezone.override("America/New_York"):
        yield


@pytest.fixture
def report(cast: Cast) -> Report:
    for arrangement in (cast.arrangement, cast.other_arrangement):
        arrangement.started_on = datetime.date(2026, 1, 5)
        arrangement.save()
        arrangement.participations.update(joined_on=arrangement.started_on)
    made = Report(asked_by=cast.manager, first_day=FIRST, last_day=LAST)
    made.save()
    made.programs.set([cast.program])
    return made


def march(day: int) -> datetime.datetime:
    return at(datetime.date(2026, 3, day))


def test_hours_against_what_was_expected(cast: Cast, report: Report):
    for day in (3, 10, 24):
        builders.session(cast.arrangement, march(day))
    builders.session(cast.arrangement, march(17), minutes=40, record="offered")
    (person,) = figures.figures_of(report).people
    assert (person.name, person.supervisors, person.sessions) == ("Marisol Vega", ["Dana Whitfield"], 4)
    assert (person.evaluation.attended, person.evaluation.expected) == (220, 300)  # five weeks end in March
    assert [each.first for each in person.evaluation.short] == [
        datetime.date(2026, 2, 23),
        datetime.date(2026, 3, 16),
    ]
    assert person.evaluation.unsigned == 40
    assert "week of March 16: 40 of 60 minutes" in person.evaluation.reason


def test_the_agreement_in_force_and_times_away_set_the_measure(cast: Cast, report: Report):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "django.utils.timezone.now", lambda: datetime.datetime(2026, 1, 10, 15, tzinfo=datetime.UTC)
        )
        builders.agreement(cast.arrangement, starts_on=datetime.date(2026, 1, 10), minutes_each=30)
    Away.objects.create(
        person=cast.worker, first_day=datetime.date(2026, 3, 2), last_day=datetime.date(2026, 3, 6)
    )
    (person,) = figures.figures_of(report).people
    assert person.evaluation.expected == 4 * 30


def test_a_stretch_that_began_before_the_period_has_all_that_was_attended_in_it(cast: Cast, report: Report):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "django.utils.timezone.now", lambda: datetime.datetime(2026, 1, 5, 15, tzinfo=datetime.UTC)
        )
        builders.agreement(cast.arrangement, starts_on=datetime.date(2026, 1, 5), every_days=56)
    for week in range(12):
        builders.session(cast.arrangement, at(datetime.date(2026, 1, 6) + week * days(7)), record="draft")
    (person,) = figures.figures_of(report).people
    (stretch,) = person.evaluation.stretches
    assert stretch.first < FIRST
    assert (stretch.weeks, stretch.attended, stretch.expected) == (8, 8 * 60, 60)


def test_somebody_who_was_not_there_has_no_hours(cast: Cast, report: Report):
    builders.session(cast.arrangement, march(3), attended=False, record="draft")
    found = figures.figures_of(report)
    assert found.held == 1
    assert (found.people[0].sessions, found.people[0].minutes) == (0, 0)


def test_records_agreements_cancellations_and_balance(cast: Cast, report: Report):
    builders.session(
        cast.arrangement,
        march(3),
        purposes=["formative", "normative"],
        methods=["observation"],
        modality="video",
    )
    builders.session(
        cast.arrangement, march(10), purposes=["formative"], record="signed_by_recorder", ad_hoc=True
    )
    # What is ticked in a draft is nobody else's to know yet.
    builders.session(cast.arrangement, march(12), record="draft", purposes=["restorative"], ad_hoc=True)
    for day, state, why in (
        (17, "cancelled", "work"),
        (18, "cancelled", "work"),
        (19, "missed", "away"),
        (20, "moved", ""),
    ):
        builders.session(cast.arrangement, march(day), state=state, state_why=why, state_at=march(day))
    builders.session(cast.arrangement, march(25), state="planned")
    builders.restate(cast.arrangement)
    found = figures.figures_of(report)
    assert (found.held, found.minutes_held, found.signed_by_all) == (3, 180, 1)
    assert [(row.day.day, row.offered_on is None) for row in found.open_records] == [(10, False), (12, True)]
    assert dict(found.called_off) == {("cancelled", "work"): 2, ("missed", "away"): 1, ("moved", ""): 1}
    assert dict(found.purposes) == {"formative": 2, "normative": 1}
    assert dict(found.modalities) == {"video": 1, "in_person": 2}
    assert dict(found.methods) == {"observation": 1}
    assert found.ad_hoc == 1
    assert [(gap.people, gap.held) for gap in found.without_agreement] == [(["Marisol Vega"], 3)]
    assert found.agreements == 0


def test_observations_that_took_place_in_the_period_are_counted(cast: Cast, report: Report):
    report.first_day = report.last_day = timezone.localdate()
    report.save()
    observing.sealed(cast)
    observing.sent(cast)
    for stage in ("proposed", "agreed", "draft", "called_off"):
        getattr(observing, stage)(cast)
    assert figures.figures_of(report).observations == 2
    said = dict(page.page_of(report, figures.figures_of(report)).context["content"]["facts"])
    assert said["Observations"] == "2 took place in this period"
    report.supervisor = cast.supervisor
    assert figures.figures_of(report).observations == 2
    report.supervisor = cast.other_supervisor
    assert figures.figures_of(report).observations == 0
    report.supervisor, report.first_day, report.last_day = None, FIRST, LAST
    assert figures.figures_of(report).observations == 0
    assert (
        dict(page.page_of(report, figures.figures_of(report)).context["content"]["facts"])["Observations"]
        == "None in this period"
    )


def test_an_agreement_past_its_review_shows(cast: Cast, report: Report):
    builders.agreement(cast.arrangement, review_on=timezone.localdate() - days(3))
    found = figures.figures_of(report)
    assert found.agreements == 1
    assert [gap.review_on for gap in found.past_review] == [timezone.localdate() - days(3)]
    assert not found.without_agreement


def test_actions_taken_on_and_closed_are_counted(cast: Cast, report: Report):
    record = builders.session(cast.arrangement, march(3), record="draft")
    step = builders.action(record, cast.worker)
    builders.action(record, cast.supervisor)
    ActionEvent(action=step, arrangement=cast.arrangement, kind="done", by=cast.worker, at=march(20)).save()
    found = figures.figures_of(report)
    assert (found.actions_taken_on, found.actions_closed) == (2, 1)


def test_training_and_what_was_taken_up_with_the_reader_are_counted(cast: Cast, report: Report):
    report.first_day, report.last_day = timezone.localdate() - days(30), timezone.localdate()
    report.save()
    training.entry(cast.worker)
    training.entry(cast.worker, minutes=30)
    training.entry(cast.supervisor)
    for about in ("workload", "team", "team"):
        made = taken_up.sent(cast, about=about)
    taken_up.reply(cast, made)
    taken_up.reply(cast, made)
    taken_up.proposed(cast)
    found = figures.figures_of(report)
    assert (found.learned, found.learners) == (90 + 30 + 90, 2)
    assert (dict(found.themes), found.themes_answered) == ({"team": 2, "workload": 1}, 1)
    assert [count for _theme, count in page.page_of(report, found).context["themes"]] == [2, 1]
    report.asked_by = cast.other_manager
    assert not figures.figures_of(report).themes


def test_the_days_of_the_period_are_those_of_whoever_asked(cast: Cast, report: Report):
    late = datetime.datetime(2026, 4, 1, 3, 30, tzinfo=datetime.UTC)  # 11:30 pm on March 31 in New York
    builders.session(cast.arrangement, late, record="draft")
    assert figures.figures_of(report).held == 1


def test_other_programs_and_other_supervisors_are_left_out(cast: Cast, report: Report):
    builders.session(cast.other_arrangement, march(3), record="draft")
    ruth = factories.person("Ruth Calloway")
    beside = factories.arrangement(
        cast.program, [ruth], [factories.worker_in(cast.program, "Joe Lafferty")], days_ago=400
    )
    builders.session(beside, march(4), record="draft")
    assert [person.name for person in figures.figures_of(report).people] == ["Joe Lafferty", "Marisol Vega"]
    report.supervisor = ruth
    found = figures.figures_of(report)
    assert [person.name for person in found.people] == ["Joe Lafferty"]
    assert found.held == 1


def test_the_number_of_queries_does_not_depend_on_how_much_there_is(cast: Cast, report: Report):
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            figures.figures_of(report)
        return len(seen)

    builders.session(cast.arrangement, march(3), record="draft")
    few = count()
    for number in range(5):
        more = factories.arrangement(
            cast.program, [cast.supervisor], [factories.worker_in(cast.program)], days_ago=400
        )
        builders.session(more, march(number + 3), record="offered")
    assert count() == few <= 8


# What the page says ---------------------------------------------------------------------------------------------------


def people(*shorts: bool) -> list[figures.Person]:
    def row(short: bool) -> figures.Person:
        evaluation = Evaluation((Stretch(FIRST, LAST, 60, 0 if short else 60),))
        return figures.Person(uuid.uuid4(), "A", "P", [], evaluation)

    return [row(short) for short in shorts]


@pytest.mark.parametrize(
    ("shorts", "said"),
    [
        ([], "Nobody was in supervision in this period."),
        (
            [False],
            "1 h of 1 h that were expected took place. The one person in supervision had their time in every week.",
        ),
        (
            [True],
            "0 h of 1 h that were expected took place. The one person in supervision had less in some weeks.",
        ),
        (
            [False, False],
            "2 h of 2 h that were expected took place. All 2 people had their time in every week.",
        ),
        (
            [True, True],
            "0 h of 2 h that were expected took place. None of the 2 people had their time in every week.",
        ),
        (
            [False, True, False],
            "2 h of 3 h that were expected took place. 2 of 3 people had their time in every week.",
        ),
    ],
)
def test_the_sentence_is_true_for_none_one_and_many(shorts: list[bool], said: str):
    assert page.sentence(people(*shorts)) == said


def test_somebody_in_two_arrangements_is_one_person():
    first, second = people(False, True)
    second.person_id = first.person_id
    assert page.sentence([first, second]).endswith("The one person in supervision had less in some weeks.")


def test_a_period_without_a_full_week_says_so():
    nothing = figures.Person(uuid.uuid4(), "A", "P", [], Evaluation(()))
    assert page.sentence([nothing]) == "No full week was expected of anybody in this period."


def test_a_co_reflection_is_expected_of_nobody(cast: Cast, report: Report):
    circle = factories.arrangement(
        cast.program,
        [],
        [cast.worker, factories.worker_in(cast.program, "Joe Lafferty")],
        structure="co_reflection",
        days_ago=400,
    )
    circle.participations.update(part="peer")
    found = figures.figures_of(report)
    expected = {(row.name, row.among_equals): row.evaluation.expected for row in found.people}
    assert expected == {("Marisol Vega", False): 300, ("Marisol Vega", True): 0, ("Joe Lafferty", True): 0}
    assert found.without_agreement == [
        gap for gap in found.without_agreement if gap.people == ["Marisol Vega"]
    ]


def test_every_number_of_hours_on_the_report_agrees_with_every_other(cast: Cast, report: Report):
    """Co-reflection and weeks away are attended and not expected: sentence, facts, chart, tables and data tell them apart in
    the same way."""
    joe = factories.worker_in(cast.program, "Joe Lafferty")
    circle = factories.arrangement(
        cast.program, [], [cast.worker, joe], structure="co_reflection", days_ago=400
    )
    circle.participations.update(part="peer")
    report.first_day = datetime.date(2026, 2, 1)
    for day in (3, 10, 17, 24):
        builders.session(cast.arrangement, march(day), minutes=50 + day)
    builders.session(cast.arrangement, at(datetime.date(2026, 2, 10)), minutes=35, record="offered")
    Away.objects.create(person=cast.worker, first_day=march(16).date(), last_day=march(20).date())
    builders.session(circle, march(11), minutes=100)

    found, made = figures.figures_of(report), page.page_of(report, figures.figures_of(report))
    counted, expected, other = 35 + 53 + 60 + 74, 8 * 60, 67 + 2 * 100  # one of nine weeks away
    assert found.hours == figures.Hours(counted, expected, other)
    assert counted + other == sum(person.evaluation.attended for person in found.people)

    data = json.loads(made.attachments[0].bytes)
    for key, sum_of in (
        ("minutes_counted", counted),
        ("minutes_expected", expected),
        ("minutes_other", other),
    ):
        assert data[key] == sum_of == sum(person[key] for person in data["people"])

    said = [as_hours(minutes) for minutes in (counted, expected, other)]
    assert said == ["3.7 h", "8 h", "4.5 h"]
    sentence = f"{said[0]} of {said[1]} that were expected took place."
    assert sentence in made.context["content"]["lead"]
    assert f"{said[2]} took place where nothing was expected" in made.context["content"]["lead"]
    facts = dict(made.context["content"]["facts"])
    assert facts["Time against what was expected"].startswith(f"{said[0]} of {said[1]},")
    assert facts["Other time"].startswith(f"{said[2]} where nothing was expected")
    assert facts["Attendance not signed yet"].startswith("35 minutes")

    chart = made.context["hours"]
    assert chart.rows[-1] == ["All", *said]
    assert [row[0] for row in chart.rows] == ["February 2026", "March 2026", "All"]
    shown = re.findall(r">([\d.]+) of ([\d.]+) h<", chart.svg)
    assert [f"{row[1]} of {row[2]}" for row in chart.rows[:-1]] == [f"{a} h of {b} h" for a, b in shown]
    for column in range(3):
        figure = sum(float(row[column + 1].removesuffix(" h")) for row in chart.rows[:-1])
        assert figure == pytest.approx(float(said[column].removesuffix(" h")), abs=0.11)

    people, supervisors = made.context["people"], made.context["by_supervisor"]
    assert sorted((row["counted"], row["expected"], row["other"]) for row in people) == [
        ("0 h", "0 h", "1.7 h"),
        ("0 h", "0 h", "1.7 h"),
        ("3.7 h", "8 h", "1.1 h"),
    ]
    assert supervisors == [
        ["Co-reflection, as equals", "2", "0 h", "0 h", "3.3 h"],
        ["Dana Whitfield", "1", "3.7 h", "8 h", "1.1 h"],
    ]
    html = render_to_string("reports/pdf/program.html", made.context)
    assert "Attendance of 35 minutes is not signed yet." in html


def test_time_beside_what_was_expected_is_named_only_where_there_is_some(cast: Cast, report: Report):
    builders.session(cast.arrangement, march(3))
    made = page.page_of(report, figures.figures_of(report)).context["content"]
    assert "where nothing was expected" not in made["lead"]
    assert "Other time" not in dict(made["facts"])


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (None, "Not sent to be signed yet"),
        (0, "Sent today"),
        (1, "Sent 1 day ago, waits for signatures"),
        (7, "Sent 7 days ago, waits for signatures"),
        (9, "Sent 9 days ago, past the 7 days for signing"),
    ],
)
def test_where_an_open_record_stands(sent: int | None, said: str):
    today = datetime.date(2026, 11, 18)
    assert page.waiting(today - days(sent) if sent is not None else None, today, 7) == said


def test_names_that_look_like_markup_stay_text_and_no_words_are_in_it(cast: Cast, report: Report):
    cast.worker.name = '<script>alert(1)</script> "O’Neil" & الاسم'
    cast.worker.save()
    for how in ("draft", "offered", "sealed", "declined"):
        builders.session(cast.arrangement, march(3), record=how)
    builders.session(
        cast.arrangement, march(4), state=Session.State.CANCELLED, state_why="other", state_at=march(4)
    )
    made = page.page_of(report, figures.figures_of(report))
    html = render_to_string("reports/pdf/program.html", made.context)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert CANARY not in html
    assert CANARY.encode() not in made.attachments[0].bytes
    assert json.loads(made.attachments[0].bytes)["people"][0]["name"] == cast.worker.name


def said_by(report: Report) -> str:
    made = page.page_of(report, figures.figures_of(report)).context
    facts = " ".join(f"{label}: {value}" for label, value in made["content"]["facts"])
    return f"{facts} {render_to_string('reports/pdf/program.html', made)}"


def test_an_empty_period_claims_nothing(cast: Cast, report: Report):
    cast.arrangement.participations.update(left_on=datetime.date(2026, 1, 31))
    cast.arrangement.ended_on = datetime.date(2026, 1, 31)
    cast.arrangement.save()
    said = said_by(report)
    assert "Nobody was in supervision in these programs in this period." in said
    assert "No session was held in this period, so there is no record." in said
    assert "No session was planned or held in this period." in said
    assert "Records: None: no session was held" in said
    assert "Agreements: None is needed today" in said
    assert "nobody is in supervision today who would need one" in said
    for claim in (
        "Every session",
        "No agreement is missing",
        "called off, missed or moved",
        "in force today",
    ):
        assert claim not in said


def test_sessions_that_all_went_well_say_so_and_those_nobody_wrote_up_are_counted(cast: Cast, report: Report):
    builders.session(cast.arrangement, march(3), record="sealed")
    said = said_by(report)
    assert "Every session that was held in this period has a sealed record." in said
    assert "No session of this period was called off, missed or moved." in said
    assert "not noted yet" not in said
    for day in (4, 5):
        builders.session(cast.arrangement, march(day), state=Session.State.PLANNED)
    assert "2 planned sessions are over, and it is not noted yet what became of them." in said_by(report)
    cast.arrangement.ended_on = datetime.date(2026, 3, 4)
    cast.arrangement.save()
    assert "1 planned session is over, and it is not noted yet what became of it." in said_by(report)


def test_only_called_off_sessions_make_no_record_and_are_told(cast: Cast, report: Report):
    builders.session(
        cast.arrangement, march(4), state=Session.State.CANCELLED, state_why="other", state_at=march(4)
    )
    said = said_by(report)
    assert "No session was held in this period, so there is no record." in said
    assert "Cancelled" in said
    assert "called off, missed or moved" not in said


# The job -------------------------------------------------------------------------------------------------------------------


def test_the_job_does_nothing_twice(cast: Cast, report: Report, monkeypatch):
    made: list[int] = []

    def count(found: Report, tick: Any) -> operations.Files:
        made.append(1)
        return operations.Files(pdf=b"%PDF one")

    monkeypatch.setattr(tasks, "files_of", count)
    tasks.make_report.call(report_id=str(report.pk))
    tasks.make_report.call(report_id=str(report.pk))
    assert len(made) == 1
    assert bytes(Report.objects.get(pk=report.pk).pdf) == b"%PDF one"
    assert not operations.keep(report_id=report.pk, files=operations.Files(pdf=b"%PDF two"))
    assert bytes(Report.objects.get(pk=report.pk).pdf) == b"%PDF one"


def test_the_job_makes_nothing_for_somebody_who_no_longer_manages_it(cast: Cast, report: Report, monkeypatch):
    monkeypatch.setattr(tasks, "files_of", lambda found, tick: pytest.fail("nothing may be read"))
    yesterday = timezone.localdate() - days(1)
    Management.objects.filter(person=cast.manager).update(since=yesterday - days(1), until=yesterday)
    tasks.make_report.call(report_id=str(report.pk))
    assert Report.objects.get(pk=report.pk).state == Report.State.FAILED


def test_a_page_that_cannot_be_made_fails_in_plain_sight(cast: Cast, report: Report, monkeypatch):
    def fail(found: Report, tick: Any) -> operations.Files:
        raise tasks.RenderFailed("too long")

    monkeypatch.setattr(tasks, "files_of", fail)
    tasks.make_report.call(report_id=str(report.pk))
    assert Report.objects.get(pk=report.pk).state == Report.State.FAILED


def test_a_report_of_a_report_that_is_gone_is_no_error(cast: Cast, report: Report):
    key = str(report.pk)
    report.delete()
    tasks.make_report.call(report_id=key)
    assert not Report.objects.exists()


@pytest.mark.slow
def test_the_pdf_is_sealed_and_carries_its_figures(cast: Cast, report: Report, settings, tmp_path: Path):
    settings.SECRETS_DIR = tmp_path
    builders.session(cast.arrangement, march(3), purposes=["formative"], methods=["observation"])
    certificate.ensure_certificate("Riverbend Peer Alliance")
    pdf = tasks.pdf_of(report)
    assert seal_pdf.validate_pdf(pdf).bottom_line
    assert complaints(pdf) == []  # PDF/A-3a and PDF/UA-1, charts included
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.docinfo["/Title"]) == "Supervision report"
        assert json.loads(opened.attachments["report.json"].get_file().read_bytes())["sessions_held"] == 1


def test_denied_is_what_the_policy_says(cast: Cast, report: Report):
    with pytest.raises(Denied):
        tasks.policy.check_can_open(cast.other_manager, report)
