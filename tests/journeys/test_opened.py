"""Who has opened what: from a record to its own log, limited by person, and taken along as a sealed file."""

from __future__ import annotations

from supervision.records import audit
from supervision.records.seal_pdf import validate_pdf
from tests.agreements import helpers
from tests.concerns import makers as concerns
from tests.performance import makers as jobs

from .conftest import apart


def test_somebody_sees_who_opened_a_record_and_has_it_as_a_file(cast, visitor, run_jobs):
    cast.line_manager = concerns.line_manager(cast)
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    job = jobs.job(cast)
    for person in (cast.manager, cast.manager):
        audit.opened(person, agreement, why="manager of the program")
    audit.opened(cast.line_manager, job, why="line manager")
    run_jobs()
    marisol = visitor().enter(cast.worker).go(f"/agreements/{agreement.pk}/")
    marisol.check_page_on_every_screen()
    marisol.follow("Who has opened this")
    marisol.sees("Supervision agreement, version 1")
    marisol.sees("Opened 2 times")
    marisol.sees_not("Lina Ortega</th>")
    marisol.check_page_on_every_screen()
    marisol.go("/who-has-opened-what/").page.get_by_label("Opened by").select_option("Lina Ortega")
    marisol.press("Apply")
    marisol.sees("as line manager")
    marisol.sees_not("as manager of the program")
    marisol.check_page_on_every_screen()
    marisol.follow("Have this as a sealed file")
    marisol.check_page_on_every_screen()
    marisol.press("Prepare the file")
    run_jobs()
    marisol.go("/yours/").sees("Kept until")
    marisol.check_page_on_every_screen()
    file = marisol.download("PDF")
    assert apart(lambda: validate_pdf(file)).bottom_line
