"""What needs an administrator: people and set-up."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from supervision.notices import mail
from supervision.overview import administrator_home
from supervision.people.models import EmailChange, Invitation, Management, User
from tests import factories
from tests.cast import Cast
from tests.overview import builders
from tests.overview.builders import at, queries_of, signed_in, text_of

pytestmark = pytest.mark.django_db


def page(cast: Cast) -> str:
    return text_of(signed_in(cast.administrator).get("/"))


def test_when_all_is_set_up_it_says_so(cast: Cast):
    factories.agency(second_factor_required=False)
    assert "You’re up to date Everybody has what they need to start." in page(cast)


def test_people_without_an_arrangement(cast: Cast):
    for name in ("Wren Ashby", "Yara Blum"):
        factories.worker_in(cast.program, name)
    assert "2 people wait for somebody to supervise them Wren Ashby and Yara Blum" in page(cast)


def test_many_names_are_counted_after_the_first_few(cast: Cast):
    for number in range(8):
        factories.worker_in(cast.program, f"Waiting {number}")
    assert "Waiting 0, Waiting 1, Waiting 2, Waiting 3, Waiting 4 and 3 more" in page(cast)


def test_programs_without_a_manager(cast: Cast):
    Management.objects.filter(program=cast.program).update(
        until=timezone.localdate() - datetime.timedelta(days=1)
    )
    assert "1 program has no manager Maple Street" in page(cast)


def test_invitations_that_nobody_used(cast: Cast):
    invited = factories.person("New Person")
    now = timezone.now()
    Invitation.objects.create(
        person=invited, by=cast.administrator, expires_at=now + datetime.timedelta(days=3)
    )
    assert "1 invitation has not been used New Person" in page(cast)
    assert "Send again" not in page(cast)
    Invitation.objects.update(expires_at=now - datetime.timedelta(days=1))
    assert "Send again" in page(cast)
    Invitation.objects.update(used_at=now)
    assert "has not been used" not in page(cast)


def test_a_change_of_address_that_waits(cast: Cast):
    EmailChange.objects.create(
        person=cast.worker,
        new_email="new@example.org",
        asked_by=cast.administrator,
        takes_effect_at=timezone.now() + datetime.timedelta(hours=70),
    )
    said = page(cast)
    assert "1 change of e-mail address is waiting Marisol Vega" in said
    assert "new@example.org" not in said


def test_a_second_way_to_sign_in_is_asked_of_those_who_see_more(cast: Cast):
    User.objects.update(last_login=timezone.now())
    assert "has no second way" not in page(cast)
    factories.agency(second_factor_required=True)
    cast.administrator.second_factor_wanted = True
    (task,) = [t for t in administrator_home.tasks_of(cast.administrator) if "second way" in t.label]
    assert task.label == "3 managers or administrators have no second way to sign in yet"
    assert "Marisol" not in task.why


def test_pdfs_that_are_late_are_said_without_saying_whose(cast: Cast, monkeypatch):
    made = builders.session(cast.arrangement, at(timezone.localdate()), record="draft")
    builders.sign(
        made, made.attendees.all(), by=cast.supervisor, how="sealed", template="sessions/pdf/record.html"
    )
    assert "has no PDF yet" not in page(cast)
    late = timezone.now() + datetime.timedelta(hours=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    (said,) = [task for task in administrator_home.tasks_of(cast.administrator) if "PDF" in task.label]
    assert said.label == "1 sealed record has no PDF yet"
    assert "Marisol" not in said.why


def test_background_work_that_failed_is_said(cast: Cast):
    mail.tell(cast.worker, "sign", path="/")
    DBTaskResult.objects.update(status=TaskResultStatus.FAILED, finished_at=timezone.now())
    assert "1 background job could not be finished this week" in page(cast)
    DBTaskResult.objects.update(finished_at=timezone.now() - datetime.timedelta(days=8))
    assert "background job" not in page(cast)


def test_the_number_of_queries_does_not_grow(cast: Cast):
    factories.worker_in(cast.program)
    client = signed_in(cast.administrator)
    few = queries_of(client, "/")
    for _ in range(5):
        factories.worker_in(cast.program)
        Management.objects.create(program=factories.program(), person=cast.manager)
    assert queries_of(client, "/") == few
    assert few <= 15


def test_where_reading_stops_it_says_more_than(cast: Cast, monkeypatch):
    monkeypatch.setattr(administrator_home, "MANY", 6)
    for number in range(9):
        factories.worker_in(cast.program, f"Waiting {number}")
    said = page(cast)
    assert "More than 6 people wait for somebody to supervise them" in said
    assert "Waiting 4 and others" in said
