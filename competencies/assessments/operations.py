"""Everything that changes an assessment. One write is one operation here, named for what a person does.

Lock order: the assessment, then its parts, the audit chain last. Whoever gives the second part shows both at that one moment;
given at the same instant, one waits for the other, so that nobody ever sees a part before their own is in (domain 10).
The audit chain keeps that parts were given and shown, of assessments of two; what is somebody's own alone leaves nothing there.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.records import audit, glyphs, ids, signing
from supervision.records.between_two import BetweenTwo
from supervision.records.errors import AlreadyDone, Invalid, Stale
from supervision.records.models import Offer, RecordKey
from supervision.records.signing import Evidence

from ..averages.tasks import refresh_averages
from ..library.models import FrameworkVersion
from ..rating import marks as marking
from ..rating.marks import Marks
from . import circle, content, notifications, over_time, policy
from .circle import Pair
from .models import Assessment, AssessmentPart

Ending, About = Assessment.Ending, FrameworkVersion.About
Links = Mapping[str, list[dict[str, str]]]  # by domain, each with kind, id, day and names


@dataclass(frozen=True)
class Begun:
    """What the form for beginning one holds."""

    framework: FrameworkVersion
    from_day: datetime.date
    until_day: datetime.date
    due_on: datetime.date | None = None
    is_formal: bool = False


@dataclass(frozen=True)
class Filled:
    """What somebody marked: the whole of their part."""

    marks: Marks
    links: Links = field(default_factory=dict)


@dataclass(frozen=True)
class WrittenUp:
    """What the two made of it when they talked."""

    talked_on: datetime.date | None
    settled: Marks
    strengths: str
    to_grow: str


def id_of(person: User, key: uuid.UUID) -> uuid.UUID:
    """The id of what a form with this key makes. It depends on the person: a key of somebody else's tells nothing."""
    return ids.made_by(person, key, "assessment")


def draft_of(pk: uuid.UUID | str) -> str:
    """Under which name what was typed into one's part is kept."""
    return f"competencies.assessment:{pk}"


def write_up_draft_of(pk: uuid.UUID | str) -> str:
    """The same of what the two settled on."""
    return f"competencies.assessment_settled:{pk}"


# Beginning ----------------------------------------------------------------------------------------------------


def begin_alone(*, by: User, key: uuid.UUID, begun: Begun) -> Assessment:
    """One's own practice, for oneself alone. The same form sent twice makes one: AlreadyDone, or Stale as below. Raises Invalid."""
    policy.check_fits(
        begun.framework, about=(About.WORKER, About.SUPERVISOR), use="informal", sides=("self",)
    )
    return _begin(
        Assessment(id=id_of(by, key), person=by, begun_by=by),
        [by],
        replace(begun, due_on=None, is_formal=False),
    )


def begin(pair: Pair, *, by: User, key: uuid.UUID, begun: Begun) -> Assessment:
    """Two views of one person's practice; the other one is told. `pair` is one of `circle.pairs(by)`.

    The same form sent twice makes one: the second raises AlreadyDone, or Stale when something else is chosen in it. Raises Invalid,
    and Stale when the two are no pair by now.
    """
    if pair.key not in {one.key for one in circle.pairs(by)}:
        raise Stale(_("This supervision has changed meanwhile. Look at the names again."))
    if begun.due_on is None:
        raise Invalid(_("Choose by when both parts are meant to be in"), field="due_on")
    use = "formal" if begun.is_formal else "informal"
    policy.check_fits(begun.framework, about=(pair.about,), use=use, sides=("self", "supervisor"))
    row = Assessment(
        id=id_of(by, key), person=pair.person, other=pair.other, arrangement=pair.arrangement, begun_by=by
    )
    return _begin(row, [pair.person, pair.other], begun)


def _begin(row: Assessment, authors: list[User], begun: Begun) -> Assessment:
    policy.check_days(begun.from_day, begun.until_day, begun.due_on)
    row.framework, row.is_formal = begun.framework, begun.is_formal
    row.from_day, row.until_day, row.due_on = begun.from_day, begun.until_day, begun.due_on
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            for author in authors:
                AssessmentPart(assessment=row, author=author).save(force_insert=True)
            if not row.is_alone:
                notifications.put_on_agenda(row)
                audit.record(row.begun_by, "assessment begun", about=row)
                notifications.begun(row)
    except IntegrityError:
        there = Assessment.objects.filter(pk=row.pk).first()
        if there is None:
            raise
        if _is_the_same(there, row):
            raise AlreadyDone(_("You have begun this assessment already.")) from None
        raise Stale(
            _(
                "You began this assessment before, with other choices. It stays as it was: begin a new one for these."
            )
        ) from None
    return row


def _is_the_same(there: Assessment, row: Assessment) -> bool:
    """Whether what was begun is what this form says."""
    names = (
        "person_id",
        "other_id",
        "arrangement_id",
        "framework_id",
        "is_formal",
        "from_day",
        "until_day",
        "due_on",
    )
    return all(getattr(there, name) == getattr(row, name) for name in names)


# Filling in ---------------------------------------------------------------------------------------------------


@transaction.atomic
def save_part(found: Assessment, *, by: User, version: int, filled: Filled) -> AssessmentPart:
    """Keep what is marked so far, for its author alone. Raises NotFound, WrongState, Stale."""
    row = _locked(found)
    part = _own_part(row, by)
    policy.check_can_fill_in(by, row, part)
    return _put(part, version, filled)  # type: ignore[arg-type]


@transaction.atomic
def give_part(found: Assessment, *, by: User, version: int, filled: Filled) -> Assessment:
    """Give one's part. The second one shows both; of one's own alone it is shown at once, to oneself.

    Raises NotFound, WrongState, Stale, and Invalid where a statement has no answer, or an end of the scale no words.
    """
    row = _locked(found)
    part = _own_part(row, by)
    policy.check_can_fill_in(by, row, part)
    _check_complete(row, by, filled)
    part = _put(part, version, filled)  # type: ignore[arg-type]
    part.given_at = timezone.now()
    part.save(update_fields=["given_at"])
    both_in = all(one.is_given for one in row.parts.select_for_update(no_key=True))
    if both_in:
        _show(row)
    if not row.is_alone:
        audit.record(by, "assessment part given", about=row)
    if both_in:
        _say_shown(row, by=by)
    elif (partner := row.partner_of(by)) is not None:
        notifications.part_given(row, to=partner)
    return row


@transaction.atomic
def take_back_part(found: Assessment, *, by: User) -> AssessmentPart:
    """Have one's part again to change it, until both are in. Raises NotFound, WrongState, AlreadyDone."""
    row = _locked(found)
    part = _own_part(row, by)
    policy.check_can_take_back_part(by, row, part)
    assert part is not None  # noqa: S101  # the policy has refused
    part.given_at = None
    part.version += 1
    part.save(update_fields=["given_at", "version"])
    audit.record(by, "assessment part taken back", about=row)
    return part


@transaction.atomic
def release_alone(found: Assessment, *, by: User) -> Assessment:
    """Show one's part although the other one has not given theirs: after the day. Theirs stays their own.

    Raises NotFound, WrongState.
    """
    row = _locked(found)
    policy.check_can_release_alone(by, row, _own_part(row, by))
    others = row.parts.exclude(author=by).filter(withdrawn_at__isnull=True)
    others.update(withdrawn_at=timezone.now())
    _show(row)
    _say_shown(row, by=by)
    return row


@transaction.atomic
def withdraw_part(found: Assessment, *, by: User) -> Assessment:
    """Leave it at that, after the day: one's part is shown to nobody, and the assessment ends. Raises NotFound, WrongState."""
    row = _locked(found)
    part = _own_part(row, by)
    policy.check_can_end_early(by, row, part)
    row.parts.filter(author=by).update(withdrawn_at=timezone.now(), given_at=None)
    _end(row, by=by, how=Ending.WITHDRAWN)
    return row


@transaction.atomic
def call_off(found: Assessment, *, by: User) -> Assessment:
    """It was begun by mistake, or is not wanted now: while nobody has given a part. Raises NotFound, WrongState."""
    row = _locked(found)
    policy.check_can_call_off(by, row, row.parts.filter(given_at__isnull=False).exists())
    _end(row, by=by, how=Ending.CALLED_OFF)
    return row


@transaction.atomic
def throw_away(found: Assessment, *, by: User) -> None:
    """What is one's own alone goes, with its key. Raises NotFound, WrongState."""
    row = _locked(found)
    policy.check_can_throw_away(by, row)
    row.parts.all().delete()
    RecordKey.objects.filter(pk=row.encryption_id).delete()
    row.delete()


def _own_part(row: Assessment, by: User) -> AssessmentPart | None:
    return row.parts.select_for_update(no_key=True).filter(author=by).first()


def _put(part: AssessmentPart, version: int, filled: Filled) -> AssessmentPart:
    if part.version != version:
        raise Stale(_("You saved this from another window while you were filling it in."))
    part.marks = marking.as_data(filled.marks)
    part.links = {key: list(value) for key, value in filled.links.items() if value}
    part.version += 1
    part.saved_at = timezone.now()
    part.save()
    return part


def _check_complete(row: Assessment, by: User, filled: Filled) -> None:
    """The form says it beside each field; this holds for whoever comes another way."""
    body = row.framework.body
    asked = marking.statements_of(marking.described_by(body, content.side_of(row, by)))
    if marking.unanswered(filled.marks, asked):
        raise Invalid(_("Choose an answer for every statement. “Can’t say yet” is one."))
    if marking.lacking_words(filled.marks, asked, top=len(body.scale)):
        raise Invalid(_("Say in a few words what shows the lowest and the highest answers."))
    labels = [link["label"] for rows in filled.links.values() for link in rows]
    for text in (*(mark.words for mark in filled.marks.values()), *labels):
        if missing := glyphs.uncovered(text):
            raise Invalid(marking.no_letter_shape(missing))


def _show(row: Assessment) -> None:
    """What suggests itself for the agenda comes before the chain: whoever takes it there locks them in this order."""
    row.shown_at = timezone.now()
    row.save(update_fields=["shown_at"])
    if not row.is_alone:
        notifications.suggest_talk(row)


def _say_shown(row: Assessment, *, by: User) -> None:
    if not row.is_alone:
        audit.record(by, "assessment shown", about=row)
        notifications.shown(row, by=by)


def _end(row: Assessment, *, by: User, how: str) -> None:
    row.ended_at, row.ended_by, row.ended_how = timezone.now(), by, how
    row.save(update_fields=["ended_at", "ended_by", "ended_how"])
    notifications.off_agenda(row)
    audit.record(by, "assessment ended", about=row, facts={"how": str(how)})
    notifications.ended(row, by=by)


# Formal ones: written up, signed ------------------------------------------------------------------------------


@transaction.atomic
def write_up(found: Assessment, *, by: User, version: int, written: WrittenUp) -> Assessment:
    """Keep what the two settled on, as a draft of whoever supervises. Raises NotFound, Denied, WrongState, Sealed, Stale, Invalid."""
    row = _locked(found, version=version)
    policy.check_can_settle(by, row)
    if written.talked_on is not None:
        policy.check_talked_on(written.talked_on, row)
    row.talked_on, row.settled = written.talked_on, marking.as_data(written.settled)
    row.strengths, row.to_grow = written.strengths.strip(), written.to_grow.strip()
    row.version += 1
    row.save()
    audit.record(by, "assessment written up", about=row)
    return row


@transaction.atomic
def leave_unsigned(found: Assessment, *, by: User) -> Assessment:
    """It is not written up: what was shown stays between the two, and nothing is signed. Raises as write_up does."""
    row = _locked(found)
    policy.check_can_leave_unsigned(by, row)
    _end(row, by=by, how=Ending.NOT_FORMAL)
    return row


@transaction.atomic
def sign_and_send(found: Assessment, *, by: User, evidence: Evidence, version: int) -> Offer:
    """Offer it to the one whose practice it is, signed by whoever wrote it up. Raises as write_up does."""
    row = _locked(found, version=version)
    policy.check_can_settle(by, row)
    check_written_up(row)
    row.first_sent_at = row.first_sent_at or timezone.now()
    row.version += 1
    row.save()
    notifications.off_agenda(row)
    made = signing.offer_signed(
        row,
        by=by,
        evidence=evidence,
        intent=content.LEAD_INTENT,
        content=content.of_assessment(row, list(row.parts.all())),
        parties=content.parties(row),
        template=content.TEMPLATE,
        schema=content.SCHEMA,
    )
    notifications.sent(row)
    return made


def check_written_up(row: Assessment) -> None:
    """Everything is there that a signed assessment needs. Raises Invalid, naming the field."""
    if row.talked_on is None:
        raise Invalid(
            _("Say on which day you talked about it. Nothing is final before that."), field="talked_on"
        )
    policy.check_talked_on(row.talked_on, row)
    asked, settled = content.asked_of(row).statements, marking.of_data(row.settled)
    if marking.unanswered(settled, asked):
        raise Invalid(_("Settle on an answer for every statement. “Can’t say yet” is one."))
    _check_ends(row, settled)
    if not row.strengths:
        raise Invalid(_("Say what you both see as strengths"), field="strengths")


def _check_ends(row: Assessment, settled: Marks) -> None:
    """Where an end of the scale is settled on, one of the two marked it so and said what shows it. The form says it beside each."""
    body = content.asked_of(row)
    views = [view for view in over_time.views_of(row, list(row.parts.all())) if view]
    number_of = {one.id: number for number, one in enumerate(body.statements, start=1)}
    found = marking.nobody_showed(settled, views, body.statements, top=len(body.scale))
    if found:
        said = _(
            "Statement %(n)s: neither of you marked and showed this. Choose a point nearer to what you marked."
        )
        raise Invalid(said % {"n": ", ".join(str(number_of[one.id]) for one in found)})


def _locked(found: Assessment, *, version: int | None = None) -> Assessment:
    """As it is now, locked. Raises Stale, and NotFound for what was thrown away meanwhile."""
    try:
        return signing.lock(found, version=version)
    except Assessment.DoesNotExist:
        raise policy.no_such() from None


def _refresh_averages(row: Assessment) -> None:
    if row.arrangement is not None:
        refresh_averages.enqueue(str(row.arrangement.program_id), str(row.framework.framework_id))


SIGNING = BetweenTwo(
    lock=_locked,
    policy=policy,
    intent=content.PERSON_INTENT,
    answered=notifications.answered,
    changed=notifications.changed,
    sealed=_refresh_averages,
)
sign, decline, ask_for_change = SIGNING.sign, SIGNING.decline, SIGNING.ask_for_change
take_back, close = SIGNING.take_back, SIGNING.close
