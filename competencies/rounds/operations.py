"""Everything that changes a round. One write is one operation here, named for what a person does.

The audit chain keeps that a round was opened, that its result was made, and that somebody shared a view by name. It keeps
nothing of answering: neither that somebody did, nor when, nor that they took it back (decision 16).
"""

from __future__ import annotations

import datetime
import secrets
import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.jobs.queue import enqueue
from supervision.people import zones
from supervision.people.models import User
from supervision.people.operations.locking import lock
from supervision.records import audit, encryption, ids
from supervision.records.errors import AlreadyDone, Invalid, Stale

from ..library.models import FrameworkVersion
from ..rating.answered import able_read, able_written, is_narrowed
from ..rating.marks import Marks
from . import anonymity, circle, notifications, policy, sheets
from .models import NamedView, Round, RoundResult, Sheet
from .sheets import Kept

REMIND_BEFORE = datetime.timedelta(days=2)


def id_of(person: User, key: uuid.UUID) -> uuid.UUID:
    """The id of what a form with this key makes. It depends on the person: a key of somebody else's tells nothing."""
    return ids.made_by(person, key, "round")


# Opening ------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_round(
    *,
    by: User,
    key: uuid.UUID,
    framework_version: FrameworkVersion,
    last_day: datetime.date,
    asked: frozenset[uuid.UUID],
) -> Round:
    """Ask the people whom `by` supervises now, and no others later, until the end of that day. It never closes earlier or later.

    `asked` are the people who were named on the page; they and nobody else are told. Raises Denied, WrongState, Invalid,
    AlreadyDone for the same form sent twice, and Stale when it would be other people by now.
    """
    lock(by)  # one round at a time
    pk = id_of(by, key)
    if Round.objects.filter(pk=pk).exists():
        raise AlreadyDone(_("You have opened this round already."))
    people = {person.pk: person for person in circle.supervised_by(by)}
    policy.check_supervises(people.values())
    settle_all(by)
    policy.check_can_open(frozenset(people), unfinished(by), published_to(by))
    policy.check_last_day(last_day, timezone.localdate())
    if frozenset(people) != asked:
        raise Stale(_("Whom you supervise has changed meanwhile. Look at the names again."))
    if not sheets.statements_in(framework_version.body):
        raise Invalid(
            _("This framework asks nothing that the people you supervise could know."), field="framework"
        )
    made = Round(
        id=pk,
        supervisor=by,
        framework_version=framework_version,
        opened_at=timezone.now(),
        last_day=last_day,
        closes_at=zones.end_of(last_day, zones.of_agency()),
    )
    made.save()
    _lay_out(made, [by, *people.values()])
    audit.record(by, "round opened", about=made, covers=made)
    notifications.opened(made, people.values())
    _plan(made)
    return made


def _lay_out(made: Round, people: list[User]) -> None:
    """A sheet for each, in the order of their random ids: nothing about the rows tells who is who, or will tell who answered."""
    statements = sheets.statements_in(made.framework_version.body)
    empty = sheets.written(Kept(), statements)
    rows = [Sheet(round=made, person=person, kept=empty) for person in people]
    Sheet.objects.bulk_create(sorted(rows, key=lambda row: row.pk))


def _plan(made: Round) -> None:
    """Everybody who is asked is reminded once, whether they have answered or not; and the result is made as it closes."""
    now = made.opened_at
    remind_at = made.closes_at - REMIND_BEFORE
    enqueue("competencies.rounds.tasks.remind", _delay=remind_at - now, round_id=made.pk)
    enqueue("competencies.rounds.tasks.close", _delay=made.closes_at - now, round_id=made.pk)


# Answering ----------------------------------------------------------------------------------------------------


def kept_in(sheet: Sheet) -> Kept:
    """What a person marked, for them alone."""
    return sheets.read(sheet.kept, sheets.statements_in(sheet.round.framework_version.body))


@transaction.atomic
def keep_typed(sheet: Sheet, *, by: User, version: int, marks: Marks) -> bool:
    """Keep what is chosen in the form and not sent yet. False when it was sent from another page meanwhile, or has closed.

    Raises NotFound.
    """
    now, kept = _locked(sheet, by)
    if kept.version != version or not may_still_answer(now, kept):
        return False
    _put(now, Kept(kept.version, kept.is_sent, kept.sent, marks))
    return True


def may_still_answer(sheet: Sheet, kept: Kept) -> bool:
    """Whether its form still leads anywhere: while the round is open, and for an own part that was not sent in time."""
    is_own = sheet.person_id == sheet.round.supervisor_id
    return sheet.round.is_open or (is_own and not kept.is_sent)


@transaction.atomic
def answer(sheet: Sheet, *, by: User, version: int, marks: Marks) -> None:
    """These answers count, until others are sent or they are taken back. The same ones sent twice are sent once.

    Raises NotFound, Invalid when a statement has no answer, WrongState, and Stale when others were sent from another page.
    """
    now, kept = _locked(sheet, by)
    if kept.is_sent and kept.sent == marks:
        if kept.typed != marks and now.round.is_open:  # what was chosen since is put back to what was sent
            _put(now, Kept(kept.version + 1, True, marks, marks))
        return
    _check_can_answer(by, now, kept)
    if kept.version != version:
        raise Stale(_("You sent other answers from another window meanwhile."))
    statements = sheets.statements_in(now.round.framework_version.body)
    if any(one.id not in marks for one in statements):
        raise Invalid(_("Choose an answer for each statement. “Can’t say yet” is one."))
    _put(now, Kept(kept.version + 1, True, marks, marks))


@transaction.atomic
def take_back(sheet: Sheet, *, by: User) -> None:
    """As if they had not been sent; what was chosen stays in the form. Taking back what is not sent is no error.

    Raises NotFound, WrongState.
    """
    now, kept = _locked(sheet, by)
    _check_can_answer(by, now, kept)
    if kept.is_sent:
        _put(now, Kept(kept.version + 1, False, {}, kept.typed))


def _check_can_answer(by: User, sheet: Sheet, kept: Kept) -> None:
    """What has been counted stays counted, whatever another clock says."""
    is_counted = RoundResult.objects.filter(round=sheet.round).exists()
    policy.check_can_answer(by, sheet, is_final=kept.is_sent, is_counted=is_counted)


def _locked(sheet: Sheet, by: User) -> tuple[Sheet, Kept]:
    """One's own sheet as it is now, until the transaction ends. The clock is read after it: whoever waits here for the round
    to be counted comes too late, and whoever is in time is waited for. Raises NotFound."""
    rows = Sheet.objects.select_for_update(no_key=True, of=("self",)).filter(round=sheet.round_id)
    everybody = list(rows.order_by("pk"))
    found = next((one for one in everybody if one.pk == sheet.pk and one.person_id == by.pk), None)
    if found is None:
        raise policy.no_such_round()
    found.round = sheet.round
    found.beside = [one for one in everybody if one.pk != found.pk]  # type: ignore[attr-defined]
    return found, kept_in(found)


def _put(sheet: Sheet, kept: Kept) -> None:
    """Every sheet of the round is written with it, in an order by chance: the place of a row and its transaction would tell, in
    a stolen copy of a PostgreSQL database, who has answered."""
    sheet.kept = sheets.written(kept, sheets.statements_in(sheet.round.framework_version.body))
    rows = [sheet, *sheet.beside]  # type: ignore[attr-defined]
    secrets.SystemRandom().shuffle(rows)
    for row in rows:
        row.save(update_fields=["kept"])


def own_part_in(found: Round) -> bool:
    """Whether the supervisor has sent their own part: nothing shows of a round before that."""
    own = found.sheets.own_parts().select_related("round__framework_version").get()
    return kept_in(own).is_sent


# What comes of it ---------------------------------------------------------------------------------------------


@transaction.atomic
def settle(found: Round) -> RoundResult:
    """Make the result of a closed round, once; whoever asks again gets the same one. Nothing that happens later changes it.

    Raises WrongState while it is open.
    """
    policy.check_is_closed(found)
    lock(found.supervisor)  # two who look at the same instant, and an earlier round before a later one
    there = RoundResult.objects.filter(round=found).first()
    if there is not None:
        return there
    return _make(found)


def settle_all(supervisor: User) -> None:
    """Every round about this person's supervision that has closed has its result, in order."""
    for one in Round.objects.about(supervisor).closed().filter(result=None).order_by("closes_at", "id"):
        settle(one)


def _make(found: Round) -> RoundResult:
    content = found.framework_version.body
    statements = sheets.statements_in(content)
    answers = _answers(found)
    bands = None
    asked, able = _asked(found)
    is_enough = anonymity.is_enough(frozenset(answers), _answered_before(found))
    if is_enough and not is_narrowed(asked, able, published_to(found.supervisor)):
        marks = list(answers.values())
        bands = {
            one.id: band
            for one in statements
            if (band := anonymity.band(_points(marks, one.id), top=len(content.scale))) is not None
        }
    made = RoundResult(
        round=found, kept=sheets.bands_written(bands, statements), able=able_written(asked, able)
    )
    made.save()
    audit.record(None, "round result made", about=found, covers=made)
    return made


def _asked(found: Round) -> tuple[frozenset[uuid.UUID], frozenset[uuid.UUID]]:
    """Who was asked, and who of them can answer still: whose account is open."""
    rows = dict(found.sheets.asked().values_list("person", "person__is_active"))
    return frozenset(rows), frozenset(person for person, is_active in rows.items() if is_active)


def _answers(found: Round) -> dict[object, Marks]:
    """Who answered and what, by person; locked, so that what was sent in time is counted."""
    rows = list(found.sheets.asked().select_for_update(no_key=True, of=("self",)).order_by("pk"))
    encryption.unlock(rows)
    for row in rows:
        row.round = found
    kept = {row.person_id: kept_in(row) for row in rows}
    return {person: one.sent for person, one in kept.items() if one.is_sent}


def _points(marks: list[Marks], statement: str) -> list[int]:
    return [mark.point for one in marks if (mark := one[statement]).point is not None]


def _answered_before(found: Round) -> frozenset[object] | None:
    """Who answered in the last round before it that has a result to show. None where there is none."""
    earlier = Round.objects.about(found.supervisor).filter(closes_at__lt=found.closes_at)
    for one in earlier.select_related("result", "framework_version").order_by("-closes_at", "-id"):
        if bands_of(one) is not None:
            return frozenset(_answers(one))
    return None


def bands_of(found: Round) -> sheets.Bands | None:
    """The bands that a settled round shows. None where it shows none."""
    return sheets.bands_read(found.result.kept, sheets.statements_in(found.framework_version.body))


def published_to(supervisor: User) -> list[frozenset[uuid.UUID]]:
    """Who could answer in each round about this person's supervision that shows something, in order."""
    rounds = (
        Round.objects.about(supervisor)
        .filter(result__isnull=False)
        .select_related("result", "framework_version")
    )
    settled = list(rounds.order_by("closes_at", "id"))
    encryption.unlock([one.result for one in settled])
    found = [one for one in settled if bands_of(one) is not None]
    asked: dict[uuid.UUID, set[uuid.UUID]] = {one.pk: set() for one in found}
    for round_id, person in (
        Sheet.objects.asked().filter(round__in=found).values_list("round_id", "person_id")
    ):
        asked[round_id].add(person)
    return [able_read(one.result.able, asked[one.pk]) for one in found]


def unfinished(supervisor: User) -> list[Round]:
    """The rounds about this person's supervision that are open, or have closed without their own part."""
    rows = Sheet.objects.of(supervisor).own_parts().select_related("round__framework_version")
    mine = list(rows.order_by("round__closes_at"))
    encryption.unlock(mine)
    return [row.round for row in mine if row.round.is_open or not kept_in(row).is_sent]


# By name ------------------------------------------------------------------------------------------------------


@transaction.atomic
def share_by_name(*, by: User, to: User, key: uuid.UUID, text: str, about: Round | None = None) -> NamedView:
    """Write to one's supervisor how one sees the supervision one gets, under one's own name. It is not changed afterwards.

    The same form sent twice makes one: the second raises AlreadyDone, or Stale when its words differ. Raises NotFound, Invalid.
    """
    if not policy.can_write_to(by, to):
        raise policy.no_such_round()
    if not text.strip():
        raise Invalid(_("Write something first"), field="text")
    made = NamedView(id=id_of(by, key), author=by, supervisor=to, round=about, text=text.strip())
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        there = NamedView.objects.get(pk=made.pk)
        if there.text == made.text:
            raise AlreadyDone(_("This is with them already.")) from None
        raise Stale(
            _("You sent this before, in other words. It stays as it was: send these as a new one.")
        ) from None
    notifications.shared(made)
    audit.record(by, "view shared by name", about=made, covers=made)
    return made
