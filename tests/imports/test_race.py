"""Two people at the same instant: each file comes in once, and of two that say the same, one makes it and the other finds it here."""

from __future__ import annotations

import pytest

from supervision.imports import operations
from supervision.imports.models import Import, Kind
from supervision.people import operations as people
from supervision.people.models import User
from supervision.records import verify
from supervision.records.models import AuditEvent
from tests import factories
from tests.cast import Cast
from tests.people.test_race import at_once

from .helpers import PEOPLE, as_csv, looked_at
from .test_bringing_in import THREE

pytestmark = pytest.mark.django_db(transaction=True)


def confirmed(by: User, rows: list[list[object]]) -> Import:
    row = looked_at(Kind.PEOPLE, as_csv(PEOPLE, rows), by=by)
    return operations.confirm(row, by=by, version=row.version)


def test_two_administrators_who_bring_in_the_same_people_make_them_once(cast: Cast) -> None:
    second = factories.person("Second Admin", is_administrator=True)
    one, other = confirmed(cast.administrator, THREE), confirmed(second, [*THREE, ["z@example.org", "Zoe Z"]])
    at_once(
        lambda: operations.make(one.pk),
        lambda: operations.make(one.pk),
        lambda: operations.make(other.pk),
        lambda: people.add_person(by=second, name="Hand Made", email="hand@example.org", invite_now=False),
    )
    assert (
        User.objects.filter(email__in=["kit@example.org", "lee@example.org", "ana@example.org"]).count() == 3
    )
    one.refresh_from_db()
    other.refresh_from_db()
    assert other.state == Import.State.DONE
    assert User.objects.filter(email="z@example.org").count() == 1
    made = one.new_count if one.state == Import.State.DONE else 0
    assert made + other.new_count == 4
    actions = list(
        AuditEvent.objects.filter(action__in=["person added", "import made"]).values_list("action", flat=True)
    )
    assert actions.count("person added") == 5
    assert actions.count("import made") == (2 if made else 1)
    assert verify.run() == []


def test_two_who_confirm_the_same_file_bring_it_in_once(cast: Cast) -> None:
    second = factories.person("Second Admin", is_administrator=True)
    row = looked_at(Kind.PEOPLE, as_csv(PEOPLE, THREE), by=cast.administrator)

    def press(by: User) -> None:
        operations.confirm(row, by=by, version=row.version)
        operations.make(row.pk)

    results = at_once(lambda: press(cast.administrator), lambda: press(second))
    assert results == {"done": 1, "AlreadyDone": 1}
    assert AuditEvent.objects.filter(action="import made").count() == 1
