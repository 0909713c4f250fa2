"""A rule from outside comes in force; the worker and the manager see what is short; the manager shows it to an auditor."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from supervision.reports.models import Report
from supervision.requirements.models import InForce
from tests.overview import builders as build
from tests.requirements import set_makers as make


def monday(weeks_ago: int) -> datetime.date:
    today = timezone.localdate()
    return today - datetime.timedelta(days=today.weekday() + 7 * weeks_ago)


def test_a_rule_is_compared_and_confirmed_and_what_is_short_is_shown_to_an_auditor(
    cast: Any, visitor: Any, run_jobs: Any
) -> None:
    make.shipped()
    for weeks_ago in (4, 2):
        build.session(cast.arrangement, build.at(monday(weeks_ago) + datetime.timedelta(days=1)))

    ade = visitor().enter(cast.administrator).go("/expected/")
    ade.check_page_on_every_screen()
    ade.follow("A weekly hour in person, seven workers to a supervisor")
    ade.sees("check against the current rule")
    ade.check_page_on_every_screen()
    ade.follow("Compare and confirm it")
    ade.check_page_on_every_screen()
    ade.page.get_by_label("From", exact=True).fill(monday(9).isoformat())
    assert ade.press("Confirm it") == 422
    ade.sees("Compare it with the rule first, then tick this")
    ade.page.get_by_label("I have compared it with the rule as it is today").check()
    ade.press("Confirm it")
    assert InForce.objects.get().first_day == monday(9)

    marisol = visitor().enter(cast.worker).go("/hours/")
    marisol.sees("Short of:")
    marisol.sees("0 of 60 minutes one to one")
    marisol.check_page_on_every_screen()

    priya = visitor().enter(cast.manager).go(f"/hours/{cast.worker.pk}/")
    priya.sees("Only supervision that you lead or manage is counted here.")
    priya.press("Audit packet of this period")
    priya.sees("Being prepared.")
    priya.check_page_on_every_screen()
    run_jobs()
    report = Report.objects.get()
    priya.go(f"/reports/{report.pk}/")
    priya.sees("Download the PDF")
    priya.sees("Download the open archive")
    priya.check_page_on_every_screen()


def test_an_administrator_writes_a_rule_of_their_own_by_keyboard_alone(cast: Any, visitor: Any) -> None:
    ade = visitor().enter(cast.administrator).go("/expected/add/")
    ade.check_page_on_every_screen()
    for label, words in (
        ("What it is called", "A weekly hour"),
        ("In a few words", "Sixty minutes each week."),
        ("Where it comes from", "Handbook, section 4"),
    ):
        ade.page.get_by_label(label).focus()
        ade.page.keyboard.type(words)
    ade.page.get_by_label("At least", exact=True).first.focus()
    ade.page.keyboard.type("60")
    ade.page.keyboard.press("Enter")
    ade.sees("Saved. It applies nowhere until you confirm it.")
    ade.sees("At least 1 hour each week.")
