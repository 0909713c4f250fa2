"""Sets of requirements: kept by administrators, read by everybody, applied only once somebody has compared and confirmed them."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from supervision.records.errors import Denied, Invalid, Sealed, WrongState
from supervision.requirements import operations, set_file
from supervision.requirements.applying import applying
from supervision.requirements.models import InForce, RequirementSet
from supervision.requirements.rules import Amount, Kind, Of, Per, Qualified, Rules, Share, Total
from tests.cast import Cast, make_cast
from tests.overview.builders import queries_of, signed_in
from tests.sessions.test_race import at_once

from . import set_makers as make

pytestmark = pytest.mark.django_db

D = datetime.date
EVERYTHING = Rules(
    modalities=frozenset({"in_person", "video"}),
    largest_group=8,
    co_reflection=True,
    signed=True,
    supervisor=Qualified(frozenset({"CPS", "LCSW"}), 20),
    amounts=(
        Amount(60, kind=Kind(frozenset({"in_person"}), True)),
        Amount(2, Per.MONTH, Of.TIMES, while_holding=frozenset({"CPS"})),
        Amount(45, Per.DAYS, days=30),
    ),
    shares=(Share(50, Per.MONTH),),
    total=Total(1200, 50, D(2027, 6, 30)),
    rhythm=True,
    agreement_by=3,
    observed_every=90,
    most_workers=7,
)


def at(name: str, row: Any = None) -> str:
    return reverse(f"requirements:{name}", args=[row.pk] if row is not None else [])


def typed(**changed: Any) -> dict[str, Any]:
    """What the editor sends for the smallest set."""
    return {
        "key": str(uuid.uuid4()),
        "title": "A weekly hour",
        "introduction": "Sixty minutes each week.",
        "source": "Handbook, section 4",
        "checked_on": "2026-01-02",
        "amounts-TOTAL_FORMS": "1",
        "amounts-0-least": "60",
        "amounts-0-of": "minutes",
        "amounts-0-per": "week",
        "save": "1",
        **changed,
    }


# What is shipped ----------------------------------------------------------------------------------------------


def test_preparing_the_server_twice_brings_in_each_set_once() -> None:
    call_command("bring_in_requirements")
    call_command("bring_in_requirements")
    rows = RequirementSet.objects.all()
    assert len(rows) == len({row.key for row in rows}) >= 4
    assert [row.key for row in rows if row.is_default] == ["as-agreed"]
    assert sum(row.is_example for row in rows) >= 3


def test_a_shipped_set_that_reads_differently_is_a_new_version_and_an_older_copy_is_left_alone() -> None:
    operations.bring_in([make.content(key="x", version=3)])
    assert operations.bring_in([make.content(key="x", version=2, title="Older")]) == []
    (made,) = operations.bring_in([make.content(key="x", version=3, title="Newer")])
    assert (made.number, made.title) == (4, "Newer")


def test_only_what_is_agreed_applies_before_anybody_confirmed_anything(cast: Cast) -> None:
    make.shipped()
    found = applying([cast.program.pk], D(2026, 1, 1), D(2026, 12, 31))
    assert [[piece.of.key for piece in pieces] for pieces in found] == [["as-agreed"]]


# Keeping ------------------------------------------------------------------------------------------------------


def test_everything_that_can_be_asked_is_stored_and_reads_back_the_same(cast: Cast) -> None:
    row = make.own(cast.administrator, rules=EVERYTHING)
    assert RequirementSet.objects.get(pk=row.pk).body == make.content(rules=EVERYTHING)


def test_a_version_never_changes(cast: Cast) -> None:
    row = make.own(cast.administrator)
    row.title = "Something else"
    with pytest.raises(Sealed):
        row.save()


def test_the_same_sent_twice_is_one_version_and_something_else_the_next(cast: Cast) -> None:
    first = make.own(cast.administrator)
    assert make.own(cast.administrator) == first
    second = make.own(cast.administrator, rules=Rules(amounts=(Amount(90),)))
    assert (second.key, second.number) == (first.key, 2)


def test_a_shipped_set_is_not_written_over(cast: Cast) -> None:
    make.shipped()
    with pytest.raises(Invalid, match="comes with Common Hour"):
        make.own(cast.administrator, key="as-agreed")


def test_what_was_never_confirmed_can_go_and_what_was_stays(cast: Cast) -> None:
    row, kept = make.own(cast.administrator), make.own(cast.administrator, key="kept")
    make.confirmed(kept, cast.administrator)
    operations.remove(row, by=cast.administrator)
    operations.remove(row, by=cast.administrator)  # pressed twice
    with pytest.raises(WrongState):
        operations.remove(kept, by=cast.administrator)
    with pytest.raises(WrongState):
        operations.remove(make.shipped()["weekly-in-person"], by=cast.administrator)
    assert list(RequirementSet.objects.filter(is_shipped=False)) == [kept]


@pytest.mark.parametrize("who", ["manager", "supervisor", "worker", "outsider"])
def test_nobody_but_an_administrator_keeps_them(cast: Cast, who: str) -> None:
    row = make.own(cast.administrator)
    there = make.confirmed(row, cast.administrator)
    other: Any = getattr(cast, who)
    for act in (
        lambda: make.own(other, key="another"),
        lambda: make.confirmed(row, other),
        lambda: operations.end(there, last_day=D(2026, 2, 1), by=other),
        lambda: operations.withdraw(there, by=other),
        lambda: operations.remove(row, by=other),
    ):
        with pytest.raises(Denied):
            act()


# Where it applies ---------------------------------------------------------------------------------------------


def test_what_each_two_agreed_needs_no_confirmation(cast: Cast) -> None:
    with pytest.raises(WrongState):
        make.confirmed(make.shipped()["as-agreed"], cast.administrator)


def test_the_next_version_ends_the_one_before_on_the_day_before(cast: Cast) -> None:
    first = make.own(cast.administrator)
    second = make.own(cast.administrator, rules=Rules(amounts=(Amount(90),)))
    make.confirmed(first, cast.administrator, first_day=D(2026, 1, 5))
    make.confirmed(second, cast.administrator, first_day=D(2026, 3, 2))
    (pieces,) = applying([cast.program.pk], D(2026, 1, 1), D(2026, 6, 30))
    assert [(piece.of, piece.first, piece.last) for piece in pieces] == [
        (first, D(2026, 1, 5), D(2026, 3, 1)),
        (second, D(2026, 3, 2), D(2026, 6, 30)),
    ]


def test_a_version_is_not_confirmed_under_one_that_begins_later(cast: Cast) -> None:
    row = make.own(cast.administrator)
    make.confirmed(row, cast.administrator, first_day=D(2026, 3, 2))
    with pytest.raises(Invalid) as refusal:
        make.confirmed(row, cast.administrator, first_day=D(2026, 3, 2))
    assert refusal.value.field == "first_day"


def test_what_was_confirmed_for_a_program_goes_before_what_holds_everywhere(cast: Cast) -> None:
    general = make.own(cast.administrator)
    special = make.own(cast.administrator, rules=Rules(amounts=(Amount(90),)))
    make.confirmed(general, cast.administrator, first_day=D(2026, 1, 5))
    there = make.confirmed(special, cast.administrator, first_day=D(2026, 2, 2), program=cast.program)
    operations.end(there, last_day=D(2026, 2, 28), by=cast.administrator)
    year = (D(2026, 1, 1), D(2026, 12, 31))
    (here,) = applying([cast.program.pk], *year)
    (elsewhere,) = applying([cast.other_program.pk], *year)
    assert [(piece.of.number, piece.first) for piece in here] == [
        (1, D(2026, 1, 5)),
        (2, D(2026, 2, 2)),
        (1, D(2026, 3, 1)),
    ]
    assert [(piece.of.number, piece.first) for piece in elsewhere] == [(1, D(2026, 1, 5))]


def test_what_was_withdrawn_never_applied(cast: Cast) -> None:
    there = make.confirmed(make.own(cast.administrator), cast.administrator)
    operations.withdraw(there, by=cast.administrator)
    operations.withdraw(there, by=cast.administrator)
    assert applying([cast.program.pk], D(2026, 1, 1), D(2026, 12, 31)) == []
    with pytest.raises(WrongState):
        operations.end(there, last_day=D(2026, 5, 1), by=cast.administrator)


def test_the_database_holds_that_an_end_has_a_day_and_a_name(cast: Cast) -> None:
    there = make.confirmed(make.own(cast.administrator), cast.administrator)
    for half in ({"last_day": D(2026, 5, 1)}, {"ended_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            InForce.objects.filter(pk=there.pk).update(**half)
    before = {"last_day": D(2025, 1, 1), "ended_at": timezone.now(), "ended_by": cast.administrator}
    with pytest.raises(IntegrityError), transaction.atomic():
        InForce.objects.filter(pk=there.pk).update(**before)


# Pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(cast: Cast) -> Client:
    return signed_in(cast.administrator)


def test_the_editor_makes_what_was_typed(cast: Cast, client: Client) -> None:
    rows = {
        "amounts-TOTAL_FORMS": "2",
        "amounts-1-least": "2",
        "amounts-1-of": "times",
        "amounts-1-per": "days",
        "amounts-1-days": "30",
        "amounts-1-kind": "individual",
        "amounts-1-how": "in_person,video",
        "amounts-1-holding": "CPS",
    }
    more = {
        "modalities": ["in_person", "video"],
        "largest_group": "8",
        "signed": "on",
        "credentials": "CPS\n  LCSW ",
        "training_hours": "20",
        "share_month": "50",
        "total_hours": "20",
        "total_percent": "50",
        "total_by": "2027-06-30",
        "agreement_by": "3",
    }
    client.post(at("add"), typed(**rows, **more))
    row = RequirementSet.objects.get()
    assert row.rules == Rules(
        modalities=frozenset({"in_person", "video"}),
        largest_group=8,
        signed=True,
        supervisor=Qualified(frozenset({"CPS", "LCSW"}), 20),
        amounts=(
            Amount(60),
            Amount(
                2, Per.DAYS, Of.TIMES, 30, Kind(frozenset({"in_person", "video"}), True), frozenset({"CPS"})
            ),
        ),
        shares=(Share(50, Per.MONTH),),
        total=Total(1200, 50, D(2027, 6, 30)),
        agreement_by=3,
    )
    assert (row.key, row.number, row.made_by) == ("a-weekly-hour", 1, cast.administrator)


def test_the_editor_shows_a_set_so_that_saving_it_unchanged_changes_nothing(
    cast: Cast, client: Client
) -> None:
    row = make.own(cast.administrator, rules=EVERYTHING)
    page = client.get(at("next", row))
    sent: dict[str, Any] = {"save": "1", "amounts-TOTAL_FORMS": page.context["rows"].total}
    for form in (page.context["form"], *page.context["rows"]):
        for bound in form:
            value = bound.value()
            if value not in (None, "", False, []):
                sent[bound.html_name] = "on" if value is True else value
    client.post(at("next", row), sent)
    assert list(RequirementSet.objects.all()) == [row]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "Say what it is called"),
        ({"amounts-0-least": "0"}, "whole number from 1"),
        ({"amounts-0-least": "ten"}, "whole number from 1"),
        ({"amounts-0-per": "days"}, "Say in how many days"),
        ({"amounts-0-least": "5000", "amounts-0-of": "times"}, "at most 100 meetings"),
        ({"amounts-0-least": ""}, "It asks for nothing yet"),
        ({"amounts-0-least": "", "training_hours": "20", "signed": "on"}, "It asks for nothing yet"),
        ({"checked_on": "2199-01-01"}, "not after today"),
        ({"total_percent": "50"}, "Say how many hours in all"),
        ({"modalities": "telepathy"}, "Choose one of the answers"),
        ({"share_month": "101"}, "whole number from 1 to 100"),
        ({"credentials": "\n".join("abcdefghijklm")}, "Name at most 12"),
        ({"title": "nul\x00"}, "can’t be shown"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_typed_is_lost(
    client: Client, changed: dict[str, Any], said: str
) -> None:
    response = client.post(at("add"), typed(introduction="Kept words", **changed))
    text = response.content.decode()
    assert response.status_code == 422
    assert said in text
    assert "Kept words" in text
    assert not RequirementSet.objects.exists()


def test_the_form_sent_twice_makes_one(client: Client) -> None:
    sent = typed()
    client.post(at("add"), sent)
    client.post(at("add"), sent)
    assert RequirementSet.objects.count() == 1


def test_two_sets_of_the_same_name_are_two(client: Client) -> None:
    client.post(at("add"), typed())
    client.post(at("add"), typed(**{"amounts-0-least": "90"}))
    assert sorted(RequirementSet.objects.values_list("key", flat=True)) == [
        "a-weekly-hour",
        "a-weekly-hour-2",
    ]


def test_a_file_goes_out_and_comes_in(cast: Cast, client: Client) -> None:
    row = make.own(cast.administrator, rules=EVERYTHING)
    data = client.get(at("file", row)).content
    assert set_file.read(data, name="x.toml").rules == EVERYTHING
    other = data.replace(b'key = "own-rule"', b'key = "loaded"')
    client.post(at("load"), {"file": SimpleUploadedFile("loaded.toml", other)})
    assert RequirementSet.objects.get(key="loaded").rules == EVERYTHING


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("set.txt", b"key = 1"),
        ("set.toml", b"\xff\xfe\x00"),
        ("set.toml", b""),
        ("set.toml", b"key = 'as-agreed'"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_words(client: Client, name: str, data: bytes) -> None:
    response = client.post(at("load"), {"file": SimpleUploadedFile(name, data)})
    assert response.status_code == 422
    assert "file" in response.content.decode()


def test_confirming_takes_a_day_and_that_it_was_compared(cast: Cast, client: Client) -> None:
    row = make.own(cast.administrator)
    sent = {"program": str(cast.program.pk), "first_day": "2026-01-05"}
    refused = client.post(at("confirm", row), sent)
    assert refused.status_code == 422
    assert "Compare it with the rule first" in refused.content.decode()
    client.post(at("confirm", row), sent | {"compared": "on"})
    there = InForce.objects.get()
    assert (there.program, there.first_day, there.confirmed_by) == (
        cast.program,
        D(2026, 1, 5),
        cast.administrator,
    )


def test_an_end_before_the_beginning_is_said_beside_the_field(cast: Cast, client: Client) -> None:
    there = make.confirmed(make.own(cast.administrator), cast.administrator)
    response = client.post(at("end", there), {"last_day": "2025-12-31"})
    assert response.status_code == 422
    assert "began later" in response.content.decode()
    client.post(at("end", there), {"last_day": "2026-02-01"})
    again = client.post(at("end", there), {"last_day": "2026-03-01"})
    assert again.status_code == 409


def test_everybody_reads_what_applies_in_plain_sentences(cast: Cast) -> None:
    row = make.own(cast.administrator, rules=EVERYTHING)
    make.confirmed(row, cast.administrator)
    worker = signed_in(cast.worker)
    assert "A weekly hour" in worker.get(at("list")).content.decode()
    text = worker.get(at("detail", row)).content.decode()
    for said in (
        "At least 1 hour one to one in person each week.",
        "At least 2 meetings each month, while holding CPS.",
        "At least 45 minutes in any 30 days.",
        "At least 50 percent of the time of each month is one to one.",
        "20 hours in all by June 30, 2027.",
        "An agreement is in force by meeting 3.",
        "at least once in 90 days.",
        "at most 7 people at a time.",
        "held in person or by video.",
        "at most 8 peer workers there.",
        "CPS or LCSW",
    ):
        assert said in text
    assert "Write the next version" not in text


def test_the_list_costs_the_same_with_many_sets(cast: Cast, client: Client) -> None:
    def some(n: int) -> None:
        for number in range(n):
            make.confirmed(make.own(cast.administrator, key=f"set-{n}-{number}"), cast.administrator)

    some(1)
    few = queries_of(client, at("list"))
    some(9)
    assert queries_of(client, at("list")) == few


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_confirm_two_versions_at_once_take_turns() -> None:
    cast = make_cast()
    first = make.own(cast.administrator)
    second = make.own(cast.administrator, rules=Rules(amounts=(Amount(90),)))
    at_once(
        lambda: make.confirmed(first, cast.administrator, first_day=D(2026, 1, 5)),
        lambda: make.confirmed(second, cast.administrator, first_day=D(2026, 3, 2), program=cast.program),
    )
    assert InForce.objects.count() == 2
