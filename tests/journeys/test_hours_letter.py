"""A letter of hours in the browser: read and signed by whoever supervises, had by the worker; and a list of people in order."""

from __future__ import annotations

import datetime
import re

from django.utils import timezone

from supervision.requirements.rules import Amount, Rules, Total
from tests.requirements import set_makers as make
from tests.sessions import makers

WEEK_SHORT = re.compile(r"Hours toward certification: Week of \w+ \d+: 0 of 60 minutes")


def test_hours_toward_a_credential_are_signed_for_and_taken_along(cast, visitor, run_jobs):
    rules = Rules(amounts=(Amount(60),), total=Total(6000, 50))
    row = make.own(cast.administrator, rules=rules, title="Hours toward certification")
    make.confirmed(row, cast.administrator, first_day=timezone.localdate() - datetime.timedelta(days=300))
    for days in (3, 17):
        makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(24 * days)))

    dana = visitor().enter(cast.supervisor).go(f"/hours/{cast.worker.pk}/")
    dana.check_page_on_every_screen()
    dana.follow("Sign a letter of these hours")
    dana.sees("that count toward “Hours toward certification”")
    dana.check_page_on_every_screen()
    assert dana.press("Sign the letter") == 422
    dana.sees("Type your full name. That is your signature.")
    dana.fill("Type your full name", cast.supervisor.name)
    dana.press("Sign the letter")
    dana.sees("Marisol finds the letter on the page of their hours.")
    run_jobs()

    marisol = visitor(size="phone").enter(cast.worker).go(f"/hours/{cast.worker.pk}/")
    marisol.check_page_on_every_screen()
    marisol.follow("Hours toward certification, ")
    marisol.sees("hours may have changed since")
    marisol.check_page_on_every_screen()
    assert marisol.download("Download the PDF").startswith(b"%PDF")

    priya = visitor().enter(cast.manager).go("/overview/?order=met")
    priya.sees(WEEK_SHORT)
    priya.check_page_on_every_screen()
