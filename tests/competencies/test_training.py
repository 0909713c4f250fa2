"""A training log, credentials and evidence: what can be done, by whom, and what is kept of it."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.core import mail

from competencies.library import operations as library
from competencies.models import EvidenceFile, Framework, FrameworkVersion, TrainingEntry
from competencies.training import areas, operations, policy, sentences, subjects, totals
from supervision.jobs.worker import Worker
from supervision.people import operations as people
from supervision.people.models import Credential, Participation, User
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, Stale, WrongState
from supervision.records.models import AuditEvent, RecordKey
from tests import factories

from . import framework_makers
from . import training_makers as make
from .makers import fresh

pytestmark = pytest.mark.django_db


def links(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action))


# Entries ------------------------------------------------------------------------------------------------------


def test_an_entry_is_kept_changed_and_removed_and_the_chain_has_its_facts_but_no_words(cast: Any) -> None:
    row = make.entry(cast.worker)
    assert links("training added")[0].facts == {
        "kind": "class",
        "minutes": 90,
        "day": make.day(-3).isoformat(),
    }
    changed = operations.change(
        row, by=cast.worker, version=1, written=make.written(kind="webinar", minutes=120, until=make.day(-1))
    )
    assert (changed.kind, changed.minutes, changed.version) == ("webinar", 120, 2)
    make.evidence(row)
    operations.remove(row, by=cast.worker)
    assert not TrainingEntry.objects.exists()
    assert not EvidenceFile.objects.exists()
    assert not RecordKey.objects.filter(pk=row.pk).exists()
    assert not [link for link in AuditEvent.objects.all() if "canary" in str(link.facts)]
    with pytest.raises(NotFound):
        operations.remove(row, by=cast.worker)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "  "}, "title"),
        ({"kind": "party"}, "kind"),
        ({"day": 1}, "day"),
        ({"until": -3}, "until"),
        ({"until": -9}, "until"),
        ({"until": 1}, "until"),
        ({"day": -900, "until": -1}, "until"),
        ({"minutes": 0}, "hours"),
        ({"minutes": 20}, "hours"),
        ({"minutes": 25 * 60}, "hours"),
        ({"minutes": 401 * 60, "day": -100, "until": -1}, "hours"),
    ],
)
def test_what_cannot_be_is_refused_by_name(cast: Any, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make.entry(cast.worker, **make.days(given))
    assert refusal.value.field == field
    assert not TrainingEntry.objects.exists()


def test_the_same_form_sent_twice_makes_one_and_with_other_words_is_stale(cast: Any) -> None:
    key = uuid.uuid4()
    operations.add(by=cast.worker, key=key, written=make.written())
    with pytest.raises(AlreadyDone):
        operations.add(by=cast.worker, key=key, written=make.written())
    with pytest.raises(Stale):
        operations.add(by=cast.worker, key=key, written=make.written(took="other"))
    operations.add(
        by=cast.other_worker, key=key, written=make.written()
    )  # somebody else's key is another one
    assert TrainingEntry.objects.count() == 2


def test_an_older_version_changes_nothing(cast: Any) -> None:
    row = make.entry(cast.worker)
    operations.change(row, by=cast.worker, version=1, written=make.written(took="first"))
    with pytest.raises(Stale):
        operations.change(row, by=cast.worker, version=1, written=make.written(took="second"))
    assert fresh(row).took == "first"


# Who ----------------------------------------------------------------------------------------------------------


def test_others_do_not_know_of_it_and_managers_may_not_touch_it(cast: Any) -> None:
    row, held = make.entry(cast.worker), make.credential(cast.worker)
    file, shown = make.evidence(row), make.evidence(held)
    tries: list[Any] = [
        lambda by: operations.change(row, by=by, version=1, written=make.written()),
        lambda by: operations.remove(row, by=by),
        lambda by: operations.attach(row, by=by, key=uuid.uuid4(), name="a.png", content=make.png()),
        lambda by: operations.detach(file, by=by),
        lambda by: operations.revise(held, by=by, version=1, name="x"),
        lambda by: operations.let_go(held, by=by),
        lambda by: operations.take_up_again(held, by=by),
        lambda by: operations.renew(held, by=by, key=uuid.uuid4(), name="x"),
        lambda by: operations.remove_credential(held, by=by),
        lambda by: operations.attach(held, by=by, key=uuid.uuid4(), name="a.png", content=make.png()),
        lambda by: operations.detach(shown, by=by),
    ]
    for attempt in tries:
        with pytest.raises(Denied):
            attempt(cast.manager)
        for person in (
            cast.supervisor,
            cast.administrator,
            cast.other_manager,
            cast.other_worker,
            cast.outsider,
        ):
            with pytest.raises(NotFound):
                attempt(person)
    assert (fresh(row).version, fresh(held).version, EvidenceFile.objects.count()) == (1, 1, 2)


def test_the_managers_of_ones_programs_know_the_facts_while_they_are(cast: Any) -> None:
    row = make.entry(cast.worker)
    assert list(TrainingEntry.objects.visible_to(cast.manager)) == [row]
    assert [person.pk for person in policy.managers_of(cast.worker)] == [cast.manager.pk]
    for person in (cast.supervisor, cast.administrator, cast.other_manager, cast.other_worker, cast.outsider):
        assert not TrainingEntry.objects.visible_to(person).exists()
    cast.worker.places.update(until=make.day(-1))
    assert policy.knows_facts_of(cast.manager, cast.worker)  # they still take part in supervision there
    Participation.objects.filter(person=cast.worker).update(left_on=make.day(-1))
    assert not TrainingEntry.objects.visible_to(cast.manager).exists()
    assert not policy.managers_of(cast.worker)


def test_a_supervisor_from_outside_is_known_to_the_manager_of_the_program_they_supervise_in(
    cast: Any,
) -> None:
    outside = factories.person("Eleni External")
    row = make.entry(outside)
    assert not TrainingEntry.objects.visible_to(cast.manager).exists()
    factories.arrangement(cast.program, [outside], [cast.worker])
    assert list(TrainingEntry.objects.visible_to(cast.manager)) == [row]
    assert [person.pk for person in policy.managers_of(outside)] == [cast.manager.pk]


def test_nobody_manages_themself_here(cast: Any) -> None:
    make.entry(cast.manager)
    people_of = User.objects.managed_now_by(cast.manager)
    assert not people_of.filter(pk=cast.manager.pk).exists()
    assert cast.manager.pk not in {person.pk for person in policy.managers_of(cast.manager)}


# Areas --------------------------------------------------------------------------------------------------------


def test_areas_are_those_of_the_framework_in_force_and_say_covered_or_not_yet(cast: Any) -> None:
    known = make.shipped_areas()
    assert len(known) == 7
    one, two = known[0].key, known[2].key
    make.entry(cast.supervisor, areas=frozenset({one, two}), minutes=60)
    make.entry(cast.supervisor, areas=frozenset({one}), minutes=30)
    found = totals.by_area(cast.supervisor, known)
    assert [(row.entries, row.minutes) for row in found] == [(2, 90), (0, 0), (1, 60), *[(0, 0)] * 4]
    assert [entry.title for entry in found[0].newest] == [make.TITLE] * 2
    assert totals.covered_ids(cast.supervisor) == {areas.framework_of(one), areas.framework_of(two)}
    assert not totals.covered_ids(cast.worker)


def test_an_area_that_is_not_in_force_cannot_be_chosen_and_stays_where_it_was(cast: Any) -> None:
    known = make.shipped_areas()
    one, two = known[0].key, known[1].key
    with pytest.raises(Invalid) as refusal:
        make.entry(cast.supervisor, areas=frozenset({f"{known[0].framework_id}.areas-magic"}))
    assert refusal.value.field == "areas"
    row = make.entry(cast.supervisor, areas=frozenset({one}))
    Framework.objects.update(retired_on=make.day())
    assert areas.in_force() == []
    with pytest.raises(Invalid):
        operations.change(
            row, by=cast.supervisor, version=1, written=make.written(areas=frozenset({one, two}))
        )
    operations.change(row, by=cast.supervisor, version=1, written=make.written(areas=frozenset({one})))
    assert areas.labels_of(row.areas.all(), []) == [known[0].label]
    operations.change(row, by=cast.supervisor, version=2, written=make.written(areas=frozenset()))
    assert not row.areas.exists()


def test_an_agencys_own_areas_stand_beside_those_that_are_shipped(cast: Any) -> None:
    make.shipped_areas()
    framework = FrameworkVersion.objects.get(about="training").framework
    own = framework_makers.published(cast, key="own-areas", title="Own areas")
    version = FrameworkVersion.objects.get(framework=own)
    if version.about != "training":
        assert {area.framework_id for area in areas.in_force()} == {framework.pk}
    library.retire(framework=fresh(framework), version=fresh(framework).version, by=cast.administrator)
    assert framework.pk not in {area.framework_id for area in areas.in_force()}


def test_whose_the_areas_are(cast: Any) -> None:
    assert policy.keeps_areas(cast.supervisor)
    assert not policy.keeps_areas(cast.worker)


# Totals -------------------------------------------------------------------------------------------------------


def test_hours_are_summed_by_kind_and_by_year(cast: Any) -> None:
    make.entry(cast.worker, minutes=60, day=datetime.date(2024, 12, 31), until=datetime.date(2025, 1, 2))
    make.entry(cast.worker, minutes=30, day=datetime.date(2025, 3, 1))
    make.entry(cast.worker, minutes=15, day=datetime.date(2025, 3, 2), kind="other")
    make.entry(cast.other_worker, minutes=600)
    rows = TrainingEntry.objects.of(cast.worker)
    assert [(one.key, one.entries, one.minutes) for one in totals.by_kind(rows)] == [
        ("class", 2, 90),
        ("other", 1, 15),
    ]
    assert [(one.key, one.entries, one.minutes) for one in totals.by_year(rows)] == [
        (2025, 2, 45),
        (2024, 1, 60),
    ]


def test_entries_are_offered_to_their_owner_as_choices(cast: Any) -> None:
    older, newer = make.entry(cast.worker, day=make.day(-9)), make.entry(cast.worker)
    make.entry(cast.other_worker)
    assert subjects.choices(cast.worker) == [
        subjects.Choice(newer.pk, make.day(-3), make.TITLE),
        subjects.Choice(older.pk, make.day(-9), make.TITLE),
    ]
    assert subjects.find(cast.worker, older.pk) == subjects.Choice(older.pk, make.day(-9), make.TITLE)
    for person in (cast.manager, cast.supervisor):
        assert subjects.find(person, older.pk) is None
        assert subjects.choices(person) == []


# Evidence -----------------------------------------------------------------------------------------------------


def test_a_file_is_kept_encrypted_with_the_key_of_what_it_shows(cast: Any) -> None:
    row, held = make.entry(cast.worker), make.credential(cast.worker)
    first = make.evidence(row, name="my scan.exe")
    paper = make.pdf()
    second = make.evidence(held, paper, name="license.pdf")
    assert (first.name, first.type, first.size) == ("my scan.png", "png", len(make.png()))
    assert (fresh(first).content, fresh(second).content) == (make.png(), paper)
    assert (first.encryption_id, second.encryption_id) == (row.pk, held.pk)
    assert (first.owner_id, second.owner_id) == (cast.worker.pk, cast.worker.pk)
    operations.detach(first, by=cast.worker)
    operations.detach(first, by=cast.worker)
    assert len(links("evidence removed")) == 1


def test_a_file_is_sent_twice_and_kept_once_and_there_is_room_for_three(cast: Any) -> None:
    row, key = make.entry(cast.worker), uuid.uuid4()
    make.evidence(row, key=key)
    with pytest.raises(AlreadyDone):
        make.evidence(row, key=key)
    make.evidence(row)
    make.evidence(row)
    with pytest.raises(Invalid, match="room for 3 files"):
        make.evidence(row)
    assert row.evidence.count() == 3


def test_what_is_refused_leaves_nothing(cast: Any) -> None:
    row = make.entry(cast.worker)
    with pytest.raises(Invalid):
        make.evidence(row, b"<html>", name="certificate.pdf")
    assert not EvidenceFile.objects.exists()


# Credentials --------------------------------------------------------------------------------------------------


def test_a_credential_is_kept_changed_renewed_and_removed(cast: Any) -> None:
    row = make.credential(cast.worker, expires_on=make.day(20))
    assert row.is_own
    assert list(Credential.objects.of(cast.worker).expiring(make.day())) == [row]
    operations.revise(row, by=cast.worker, version=1, name="Recovery coach", expires_on=make.day(30))
    with pytest.raises(Stale):
        operations.revise(row, by=cast.worker, version=1, name="Other")
    new = make.renewed(fresh(row))
    assert new.renews == row
    assert not Credential.objects.of(cast.worker).expiring(make.day()).exists()
    with pytest.raises(WrongState):
        make.renewed(row)
    operations.remove_credential(new, by=cast.worker)
    assert Credential.objects.of(cast.worker).expiring(make.day()).exists()
    assert not RecordKey.objects.filter(pk=new.pk).exists()


def test_the_same_credential_and_the_same_renewal_sent_twice_make_one(cast: Any) -> None:
    key, again = uuid.uuid4(), uuid.uuid4()
    row = operations.keep_credential(by=cast.worker, key=key, name="Coach")
    with pytest.raises(AlreadyDone):
        operations.keep_credential(by=cast.worker, key=key, name="Coach")
    with pytest.raises(Stale):
        operations.keep_credential(by=cast.worker, key=key, name="Another")
    operations.renew(row, by=cast.worker, key=again, name="Coach")
    with pytest.raises(AlreadyDone):
        operations.renew(row, by=cast.worker, key=again, name="Coach")
    assert Credential.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [({"name": " "}, "name"), ({"issued_on": 2, "expires_on": 1}, "expires_on")],
)
def test_a_credential_that_cannot_be_is_refused(cast: Any, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make.credential(cast.worker, **make.days(given))
    assert refusal.value.field == field


def test_one_that_is_let_go_waits_no_more_until_it_is_taken_up_or_gets_another_day(cast: Any) -> None:
    row = make.credential(cast.worker, expires_on=make.day(-4))
    waiting = Credential.objects.of(cast.worker).expiring(make.day())
    operations.let_go(row, by=cast.worker)
    operations.let_go(row, by=cast.worker)
    assert not waiting.exists()
    operations.take_up_again(row, by=cast.worker)
    operations.take_up_again(row, by=cast.worker)
    assert waiting.exists()
    operations.let_go(row, by=cast.worker)
    operations.revise(row, by=cast.worker, version=1, name=row.name, expires_on=make.day(40))
    assert waiting.exists()


def test_what_the_agency_keeps_its_holder_renews_and_lets_go_but_does_not_change(cast: Any) -> None:
    facts = {
        "name": "Coach",
        "number": "canary-siskin 1",
        "issuer": "",
        "issued_on": None,
        "expires_on": make.day(9),
    }
    row = people.save_credential(cast.worker, by=cast.administrator, **facts)
    for attempt in (
        lambda: operations.revise(row, by=cast.worker, version=1, name="x"),
        lambda: operations.remove_credential(row, by=cast.worker),
        lambda: make.evidence(row),
    ):
        with pytest.raises(Denied, match="Your agency keeps this one"):
            attempt()
    operations.let_go(row, by=cast.worker)
    people.save_credential(
        cast.worker, by=cast.administrator, credential=row, **(facts | {"expires_on": make.day(19)})
    )
    assert fresh(row).let_go_on is None
    assert make.renewed(row).is_own


def test_what_somebody_keeps_themself_no_administrator_changes(cast: Any) -> None:
    row = make.credential(cast.worker)
    with pytest.raises(Denied, match="kept by the person who holds it"):
        people.save_credential(cast.worker, by=cast.administrator, credential=row, name="x")
    with pytest.raises(Denied, match="kept by the person who holds it"):
        people.remove_credential(row, by=cast.administrator)


def test_a_credential_that_the_agency_takes_off_its_list_leaves_no_key_behind(cast: Any) -> None:
    row = people.save_credential(cast.worker, by=cast.administrator, name="Coach", number="canary-siskin 1")
    new = make.renewed(row)
    people.remove_credential(row, by=cast.administrator)
    assert fresh(new).renews is None
    assert not RecordKey.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("given", "tag", "waits"),
    [
        ({"expires_on": None}, "", False),
        ({"expires_on": 61}, "", False),
        ({"expires_on": 60}, "Expires soon", True),
        ({"expires_on": 0}, "Expires soon", True),
        ({"expires_on": -1}, "Expired", True),
        ({"expires_on": -1, "let_go_on": 0}, "Expired", False),
        ({"expires_on": 9, "let_go_on": 0}, "Not renewed", False),
    ],
)
def test_how_a_credential_stands(given: dict[str, Any], tag: str, waits: bool) -> None:
    said = sentences.standing(Credential(name="Coach", **make.days(given)), make.day(), renewed=False)
    assert (said.tag, said.is_waiting) == (tag, waits)


def test_a_renewed_one_says_so_and_waits_for_nothing() -> None:
    said = sentences.standing(Credential(name="Coach", expires_on=make.day(-9)), make.day(), renewed=True)
    assert (said.tag, said.is_waiting) == ("Renewed", False)


def test_its_holder_hears_once_of_an_expiry_and_again_of_another_day(cast: Any) -> None:
    row = make.credential(cast.worker, expires_on=make.day(60))
    make.credential(cast.worker, expires_on=make.day(30))
    make.credential(cast.supervisor, expires_on=make.day(61))
    make.credential(cast.other_worker, expires_on=make.day(-1))
    for _twice in range(2):
        operations.tell_of_expiry()
        Worker(name="test").run_until_empty()  # the daily jobs are among its work
    assert [message.to for message in mail.outbox] == [[cast.worker.email]]
    assert "about to expire" in mail.outbox[0].subject
    assert "Certified" not in f"{mail.outbox[0].subject} {mail.outbox[0].body}"
    operations.revise(row, by=cast.worker, version=1, name=row.name, expires_on=make.day(50))
    operations.tell_of_expiry()
    Worker(name="test").run_until_empty()
    assert len(mail.outbox) == 2
