"""A program manager chooses a report, waits for it, cancels one, and keeps a choice for every month."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django.utils import timezone

from supervision.reports import operations
from supervision.reports.models import Choice, Report
from tests.overview import builders as build


def test_a_manager_has_a_log_made_every_month_and_takes_it_along_as_a_spreadsheet(
    cast: Any, visitor: Any, run_jobs: Any
) -> None:
    build.session(cast.arrangement, build.at(timezone.localdate() - datetime.timedelta(days=40)))
    priya = visitor().enter(cast.manager).go("/reports/")
    priya.follow("Make a report")
    priya.check_page_on_every_screen()
    priya.page.get_by_label("Supervision log").check()
    priya.page.get_by_label("Period", exact=True).select_option("The days below")
    priya.page.get_by_label("Make it every month").check()
    assert priya.press("Prepare the report") == 422
    priya.sees("Enter the first day of the period")
    priya.sees("Enter a name for what is made every month")
    priya.check_page_on_every_screen()
    priya.page.get_by_label("Period", exact=True).select_option("The twelve months up to the last one")
    priya.page.get_by_label("Keep this choice as").fill("For the board")
    priya.press("Prepare the report")
    priya.sees("Being prepared.")
    report = Report.objects.get()
    operations.note_progress(report_id=report.pk, done=3, total=7)
    priya.page.wait_for_selector("progress")  # the page looks again by itself
    priya.sees("3 of 7")
    priya.check_page_on_every_screen()
    priya.press("Cancel this report")
    priya.sees("This report was cancelled.")
    priya.check_page_on_every_screen()
    priya.press("Ask again")
    run_jobs()
    priya.page.get_by_role("link", name=re.compile("Download the PDF")).wait_for()  # without a press
    priya.check_page_on_every_screen()
    assert priya.download(re.compile("Spreadsheet")).startswith(b"PK")
    assert b"Marisol Vega" in priya.download(re.compile("Table"))

    priya.go("/reports/").sees("For the board")
    priya.sees("Every month")
    priya.check_page_on_every_screen()
    priya.press("Not every month: For the board")
    assert not Choice.objects.get().every_month
    priya.press("Prepare it now: For the board")
    assert Report.objects.count() == 2
