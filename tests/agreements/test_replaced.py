"""A supervisor is replaced: a new version is asked for, and what named the old one is said of the new one and agreed anew."""

from __future__ import annotations

import pytest
from django.utils import timezone

from agreements import completeness, operations
from agreements.models import Agreement
from supervision.people import operations as people
from supervision.people.models import Arrangement, User
from tests import factories
from tests.agreements import helpers
from tests.agreements.test_views import as_, text_of, url
from tests.cast import Cast


@pytest.fixture
def ben() -> User:
    return factories.person("Ben Castillo Reyes", preferred_name="Ben")


@pytest.fixture
def group(cast: Cast) -> Arrangement:
    members = [factories.worker_in(cast.program, name) for name in ("Kit Ng", "Joe Marsh")]
    return factories.arrangement(cast.program, [cast.supervisor], members, structure="group")


@pytest.fixture
def agreement(cast: Cast, group: Arrangement) -> Agreement:
    draft = operations.draft(arrangement=group, by=cast.supervisor)
    helpers.settle(draft, cast.supervisor)
    kit = group.participations.get(person__name="Kit Ng").person
    helpers.change(draft, "together", "Dana brings the tea; Danaë does not.", by=kit)
    helpers.agree(draft)
    draft.refresh_from_db()
    operations.offer(agreement=draft, version=draft.version, by=kit)
    for person in (cast.supervisor, kit):
        draft.refresh_from_db()
        helpers.sign(draft, person)
    draft.refresh_from_db()
    return draft


def replace(cast: Cast, group: Arrangement, ben: User) -> None:
    row = group.participations.get(person=cast.supervisor)
    group.refresh_from_db()
    people.replace_leader(row, by=cast.manager, version=group.version, person=ben, on=timezone.localdate())


def test_everybody_who_takes_part_is_asked_for_a_new_version(cast: Cast, group, agreement, ben) -> None:
    replace(cast, group, ben)
    for person in (ben, group.participations.get(person__name="Joe Marsh").person):
        page = text_of(as_(person).get(url("detail", agreement)))
        assert "Ben Castillo Reyes takes part now and is not named here." in page


def test_the_next_version_speaks_of_who_came_and_those_parts_are_agreed_anew(
    cast: Cast, group, agreement, ben
) -> None:
    replace(cast, group, ben)
    kit = group.participations.get(person__name="Kit Ng").person
    second = operations.draft(arrangement=group, by=kit)
    part = helpers.clause(second, "together")
    assert part.text == "Ben brings the tea; Danaë does not."
    assert not any("Dana Whitfield" in one.text for one in second.clauses.all())
    states = completeness.states_of(second, list(second.clauses.all()))
    assert kit.pk not in states[part.pk].agreed
    kept = helpers.clause(second, "cancelling")
    assert kit.pk in states[kept.pk].agreed, "what names nobody stays agreed by who signed it"


def test_a_version_that_is_being_written_speaks_of_who_came_too(cast: Cast, group, ben) -> None:
    draft = operations.draft(arrangement=group, by=cast.supervisor)
    helpers.settle(draft, cast.supervisor)
    kit = group.participations.get(person__name="Kit Ng").person
    before = {one.key: one.version for one in draft.clauses.all()}
    named = {one.key for one in draft.clauses.all() if "Dana" in one.text}
    assert named
    replace(cast, group, ben)
    draft.refresh_from_db()
    operations.update_people(agreement=draft, by=kit)
    for one in draft.clauses.all():
        assert "Dana" not in one.text
        changed = one.key in named or one.key in ("parties", "privacy")
        assert (one.version > before[one.key]) == changed
