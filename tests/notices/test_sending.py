"""A reminder reaches somebody as they chose, once, and says nothing of what it is about."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail as outbox
from django.db import connection, transaction
from django.utils import timezone

from supervision.jobs.worker import Worker
from supervision.notices import mail, sending, tasks
from supervision.notices.kinds import CHOSEN, DEFAULTS, NOTICES, How, Kind
from supervision.notices.models import Reminder, ReminderChoices
from supervision.people.models import User
from supervision.records.errors import Stale
from tests.cast import Cast

State = Reminder.State
HOUR = datetime.timedelta(hours=1)


def choose(person: User, *, quiet: tuple[datetime.time, datetime.time] | None = None, **how: str) -> None:
    version = sending.choices_of(person).version
    hours = quiet or (None, None)
    sending.choose(
        by=person,
        version=version,
        how={kind.value: DEFAULTS[kind].value for kind in CHOSEN} | how,
        daily_at=datetime.time(8),
        quiet_from=hours[0],
        quiet_until=hours[1],
    )


def around_now(person: User, *, before: int, after: int) -> tuple[datetime.time, datetime.time]:
    """Quiet hours that began and end so many hours from now, on this person's clock."""
    now = timezone.localtime(timezone.now()).replace(second=0, microsecond=0, tzinfo=None)
    return (now - before * HOUR).time(), (now + after * HOUR).time()


def tell(person: User, notice: str = "sign", path: str = "/sessions/") -> None:
    with transaction.atomic():
        mail.tell(person, notice, path=path)


def work() -> list[str]:
    """Run the jobs that are due; the subjects of all mails so far."""
    Worker().run_until_empty()
    return [message.subject for message in outbox.outbox]


def let_time_come() -> None:
    """What is held is due now."""
    Reminder.objects.filter(state=State.HELD).update(due_at=timezone.now())


def test_it_is_mailed_at_once_and_stands_in_the_list(cast: Cast) -> None:
    tell(cast.worker)
    assert work() == ["Something is waiting for your signature"]
    row = Reminder.objects.get()
    assert (row.state, row.person, row.path) == (State.MAILED, cast.worker, "/sessions/")
    assert row.mailed_at is not None


def test_told_again_before_its_mail_has_gone_it_is_one_mail_and_one_line(cast: Cast) -> None:
    for _ in range(3):
        tell(cast.worker)
    assert len(work()) == 1
    assert Reminder.objects.listed().count() == 1
    tell(cast.worker)
    assert len(work()) == 2


def test_who_wants_to_see_it_only_here_gets_no_mail(cast: Cast) -> None:
    choose(cast.worker, sign=How.HERE)
    tell(cast.worker)
    assert work() == []
    assert Reminder.objects.listed().get().state == State.HERE


def test_what_is_daily_comes_in_one_mail(cast: Cast) -> None:
    choose(cast.worker, sign=How.DAILY, read=How.DAILY)
    tell(cast.worker)
    tell(cast.worker, "read", path="/")
    assert work() == []
    let_time_come()
    tasks.mail_reminders.func(person_id=str(cast.worker.pk))
    assert work() == ["2 things in Common Hour wait for you"]
    text = outbox.outbox[0].body
    assert "Something is waiting for your signature:\nhttp" in text
    assert "Something is waiting for you to read:\nhttp" in text
    assert not Reminder.objects.waiting().exists()


def test_quiet_hours_hold_it_until_they_are_over(cast: Cast) -> None:
    choose(cast.worker, quiet=around_now(cast.worker, before=2, after=2))
    tell(cast.worker)
    assert work() == []
    row = Reminder.objects.get()
    assert row.state == State.HELD
    assert row.due_at is not None
    assert HOUR < row.due_at - timezone.now() <= 2 * HOUR
    let_time_come()
    tasks.mail_reminders.func(person_id=str(cast.worker.pk))
    assert work() == ["Something is waiting for your signature"]


def test_what_is_about_an_account_waits_for_no_hour_and_no_choice(cast: Cast) -> None:
    choose(cast.worker, quiet=around_now(cast.worker, before=2, after=2))
    ReminderChoices.objects.update(how=dict.fromkeys(Kind.values, How.HERE))
    tell(cast.worker, "account")
    assert work() == ["Something about your account has changed"]
    assert "List-Unsubscribe" not in outbox.outbox[0].extra_headers


def test_who_has_chosen_nothing_has_the_quiet_hours_of_the_settings(cast: Cast, settings: Any) -> None:
    assert sending.choices_of(cast.worker).quiet is None
    settings.REMINDERS_QUIET = (datetime.time(21), datetime.time(7))
    assert sending.choices_of(cast.worker).quiet == settings.REMINDERS_QUIET


def test_a_choice_counts_for_what_waits_already(cast: Cast) -> None:
    choose(cast.worker, sign=How.DAILY)
    tell(cast.worker)
    work()
    choose(cast.worker, sign=How.AT_ONCE)
    assert work() == ["Something is waiting for your signature"]
    choose(cast.worker, sign=How.DAILY)
    tell(cast.worker)
    work()
    choose(cast.worker, sign=How.HERE)
    let_time_come()
    assert len(work()) == 1
    assert not Reminder.objects.waiting().exists()


def test_two_windows_do_not_overwrite_each_other(cast: Cast) -> None:
    choose(cast.worker)
    with pytest.raises(Stale):
        sending.choose(
            by=cast.worker,
            version=0,
            how={},
            daily_at=datetime.time(9),
            quiet_from=None,
            quiet_until=None,
        )


def test_who_left_gets_no_mail(cast: Cast) -> None:
    tell(cast.worker)
    User.objects.filter(pk=cast.worker.pk).update(is_active=False)
    assert work() == []


def test_a_mail_server_that_refuses_is_tried_again_and_gets_it_once(cast: Cast, monkeypatch: Any) -> None:
    tell(cast.worker)
    real, tries = mail.send, []

    def refuse_first(*args: Any, **kwargs: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionRefusedError
        real(*args, **kwargs)

    monkeypatch.setattr(mail, "send", refuse_first)
    with pytest.raises(ConnectionRefusedError):
        tasks.mail_reminders.func(person_id=str(cast.worker.pk))
    assert Reminder.objects.get().state == State.AT_ONCE
    tasks.mail_reminders.func(person_id=str(cast.worker.pk))
    tasks.mail_reminders.func(person_id=str(cast.worker.pk))
    assert len(outbox.outbox) == 1
    assert Reminder.objects.get().state == State.MAILED


def test_what_lost_its_job_is_found_by_the_next_day(cast: Cast) -> None:
    rows = [
        Reminder(person=cast.worker, notice="sign", path="/1/", made_at=timezone.now() - 2 * HOUR),
        Reminder(person=cast.supervisor, notice="sign", path="/2/"),
    ]
    Reminder.objects.bulk_create(rows)
    assert sending.pick_up_lost() == 1
    work()
    assert [message.to for message in outbox.outbox] == [[cast.worker.email]]


def test_reminders_of_long_ago_go(cast: Cast) -> None:
    old = timezone.now() - Reminder.KEPT - HOUR
    Reminder.objects.bulk_create([Reminder(person=cast.worker, notice="sign", path="/", made_at=old)])
    tell(cast.worker)
    assert sending.forget_old() == 1
    assert Reminder.objects.count() == 1


def test_what_could_not_be_mailed_for_days_stays_in_the_list_alone(cast: Cast) -> None:
    old = timezone.now() - sending.TOO_LATE - HOUR
    rows = [
        Reminder(person=cast.worker, notice="sign", path="/", made_at=old),
        Reminder(person=cast.worker, notice="read", path="/", made_at=old, state=State.HELD, due_at=old),
    ]
    Reminder.objects.bulk_create(rows)
    assert sending.pick_up_lost() == 0
    assert work() == []
    assert Reminder.objects.listed().count() == 2


@pytest.mark.parametrize("notice", NOTICES)
def test_every_sentence_belongs_to_a_kind_and_fits_the_subject_of_a_mail(notice: str) -> None:
    said = str(NOTICES[notice].said)
    assert NOTICES[notice].kind in Kind
    assert len(said) <= 60
    assert "\n" not in said


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_mail() -> None:
    import threading

    from tests.cast import make_cast

    cast = make_cast()
    for number in range(20):
        tell(cast.worker, path=f"/{number}/")
    sending.plan(cast.worker)
    taken: list[Any] = []

    def take_all() -> None:
        try:
            while rows := sending.take(cast.worker):
                taken.extend(row.pk for row in rows)
        finally:
            connection.close()

    threads = [threading.Thread(target=take_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 20
