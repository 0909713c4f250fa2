"""Questions that are put together once: the answers are those of the queryset, and what would go wrong later is refused at once."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Prefetch, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from supervision.pages.prepared import NotPreparedError, Text, prepared
from supervision.people.models import Invitation, Participation, Program, User
from tests import factories

pytestmark = pytest.mark.django_db
TWO_DAYS = datetime.timedelta(days=2)


def put_together(question: Any, *given: Any) -> Any:
    """The same without anything that is kept."""
    return list(question.__wrapped__(*given))


@prepared
def joined(person: User, since: datetime.date) -> QuerySet[Participation]:
    return Participation.objects.filter(person=person, joined_on__gte=since).select_related(
        "arrangement__program"
    )


@prepared
def seen_since(moment: datetime.datetime) -> QuerySet[Any]:
    return User.objects.filter(last_login__gte=moment).order_by("email")


@prepared
def named(people: list[uuid.UUID], order: str) -> QuerySet[Any, str]:
    return User.objects.filter(pk__in=people).order_by(order).values_list("name", flat=True)


def test_each_person_and_day_gets_an_answer_of_their_own(cast: Any) -> None:
    today = timezone.localdate()
    for person in (cast.worker, cast.supervisor, cast.worker, cast.outsider):
        for since in (today - 400 * TWO_DAYS, today + TWO_DAYS):
            assert joined(person, since) == put_together(joined, person, since)
    assert joined(cast.worker, today - 400 * TWO_DAYS)
    assert not joined(cast.worker, today + TWO_DAYS)


def test_related_rows_come_with_it_in_one_statement(cast: Any) -> None:
    since = timezone.localdate() - 400 * TWO_DAYS
    with CaptureQueriesContext(connection) as asked:
        rows = joined(cast.worker, since)
        assert [row.arrangement.program.name for row in rows] == [cast.program.name]
    assert len(asked) == 1


def test_what_belongs_to_the_rows_is_theirs_alone(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    people = Prefetch("arrangement__participations", Participation.objects.select_related("person"))

    @prepared
    def meeting(person: User) -> QuerySet[Participation]:
        mine = Participation.objects.filter(person=person).select_related("arrangement__program")
        return mine.prefetch_related(people, "arrangement__program__arrangements")

    def said(rows: list[Any]) -> list[Any]:
        return [
            (
                [(one.person.name, one.arrangement is row.arrangement) for one in _taking(row)],
                row.arrangement.participations.filter(person=row.person).count(),
                sorted(one.pk for one in row.arrangement.program.arrangements.all()),
            )
            for row in rows
        ]

    def _taking(row: Any) -> list[Any]:
        return list(row.arrangement.participations.all())

    for person in (cast.worker, cast.supervisor, cast.worker, cast.outsider):
        with CaptureQueriesContext(connection) as asked, monkeypatch.context() as without:
            without.delattr("django.db.models.query.prefetch_related_objects")
            rows = meeting(person)
            [_taking(row)[0].person.name for row in rows]
        assert len(asked) == (3 if rows else 1)
        assert said(rows) == said(put_together(meeting, person))
    assert said(meeting(cast.worker))


def test_a_moment_is_asked_for_to_the_microsecond(cast: Any) -> None:
    moment = timezone.now()
    User.objects.filter(pk=cast.worker.pk).update(last_login=moment)
    assert [person.pk for person in seen_since(moment)] == [cast.worker.pk]
    assert seen_since(moment + datetime.timedelta(microseconds=1)) == []


def test_lists_of_every_length_are_answered_with_their_own(cast: Any) -> None:
    people = sorted([factories.person(f"Somebody {number}") for number in range(9)], key=lambda one: one.name)
    for length in (3, 0, 1, 2, 4, 5, 8, 9, 3):
        keys = [person.pk for person in people[:length]]
        assert named(keys, "name") == [person.name for person in people[:length]]
        assert named(keys, "-name") == [person.name for person in reversed(people[:length])]


def test_nobody_gets_the_answer_of_the_last_who_asked(cast: Any) -> None:
    assert [name for person in (cast.worker, cast.supervisor) for name in named([person.pk], "name")] == [
        cast.worker.name,
        cast.supervisor.name,
    ]


def test_it_is_put_together_once_a_day_and_anew_in_another_language_and_zone(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = []

    @prepared
    def counted(person: User) -> QuerySet[User]:
        times.append(person.pk)
        return User.objects.filter(pk=person.pk)

    def asked() -> int:
        times.clear()
        assert counted(cast.worker) == [cast.worker]
        return len(times)

    assert [asked(), asked()] == [2, 0]  # the second of the two proves that nothing changes by itself
    with translation.override("es"):
        assert asked() == 2
    with timezone.override("Asia/Tokyo"):
        assert asked() == 2
    assert asked() == 0
    tomorrow = timezone.now() + TWO_DAYS
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert asked() == 2


def test_a_text_is_looked_for_as_it_is(cast: Any) -> None:
    of_name = prepared(lambda name: User.objects.filter(name=name))
    for person in (cast.worker, cast.supervisor):
        assert of_name(Text(person.name)) == [person]
    assert of_name(Text("100%")) == []


def test_whoever_looks_at_their_own_asks_another_question(cast: Any) -> None:
    @prepared
    def seen(user: User, person: User) -> QuerySet[User]:
        own = User.objects.filter(pk=person.pk)
        return own if user.pk == person.pk else own.exclude(managements__isnull=True).exclude(pk=user.pk)

    for _ in range(2):
        assert seen(cast.worker, cast.worker) == [cast.worker]
        assert seen(cast.supervisor, cast.worker) == []
        assert seen(cast.supervisor, cast.supervisor) == [cast.supervisor]


def refused(put: Any, *given: Any) -> str:
    with pytest.raises(NotPreparedError) as refusal:
        prepared(put)(*given)
    return str(refusal.value)


def test_what_would_be_answered_wrongly_later_is_refused(cast: Any) -> None:
    moment, everybody = timezone.now(), User.objects.all()
    assert "while" in refused(lambda person: everybody.filter(name=person.name), cast.worker)
    assert "while" in refused(
        lambda person: everybody.filter(pk__in=list(Program.objects.all())), cast.worker
    )
    assert "by itself" in refused(lambda _: Invitation.objects.filter(expires_at__gt=timezone.now()), "")
    assert "something else" in refused(
        lambda since: everybody.filter(last_login__gte=since - TWO_DAYS), moment
    )
    assert "something else" in refused(
        lambda since: everybody.filter(last_login__gte=since - TWO_DAYS, last_login__lte=since), moment
    )
    assert "something else" in refused(
        lambda key: everybody.filter(pk=key, name=f"about:{key}"), cast.worker.pk
    )
    assert "all that it is asked" in refused(lambda person: everybody.annotate(n=Count("pk")), cast.worker)


def test_a_question_that_nothing_can_answer_is_no_error(cast: Any) -> None:
    assert prepared(lambda person: User.objects.none().filter(pk=person.pk))(cast.worker) == []
