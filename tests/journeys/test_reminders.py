"""A peer worker is reminded, chooses how, and stops one kind of e-mail from the e-mail itself."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail as outbox
from django.db import transaction

from supervision.notices import mail
from supervision.notices.models import ReminderChoices


def test_a_peer_worker_chooses_what_reaches_them_and_stops_a_kind_from_a_mail(
    cast: Any, visitor: Any, run_jobs: Any
) -> None:
    marisol = visitor().enter(cast.worker).go("/")
    marisol.page.locator("#account > summary").click()
    marisol.follow("Reminders")
    marisol.sees("Nothing so far")
    marisol.check_page_on_every_screen()
    with transaction.atomic():
        mail.tell(cast.worker, "sign", path="/")
        mail.tell(cast.worker, "read", path="/")
    run_jobs()
    marisol.go("/reminders/").sees("Something is waiting for your signature")
    marisol.check_page_on_every_screen()
    marisol.press("I have seen these")
    assert marisol.page.get_by_text("New", exact=True).count() == 0

    marisol.follow("Choose what reaches you by e-mail, and when")
    marisol.check_page_on_every_screen()
    marisol.page.get_by_label("Something to read or to answer").select_option("Only here")
    marisol.page.get_by_label("Quiet from").fill("21:00")
    marisol.page.get_by_label("Quiet until").fill("")
    assert marisol.press("Save") == 422
    marisol.sees("Enter when the quiet hours end")
    marisol.check_page_on_every_screen()
    marisol.page.get_by_label("Quiet until").fill("07:00")
    marisol.press("Save")
    marisol.sees("Saved.")
    assert ReminderChoices.objects.get().how == {"read": "here"}

    link = re.search(r"https?://[^/]+(/reminders/stop/\S+)", outbox.outbox[0].body)
    assert link is not None
    stranger = visitor().go(link[1])
    stranger.sees("Stop these e-mails?")
    stranger.check_page_on_every_screen()
    stranger.press("Stop these e-mails")
    stranger.sees("These e-mails are stopped")
    stranger.check_page_on_every_screen()
    stranger.press("Get them again")
    stranger.sees("You get these e-mails again")
