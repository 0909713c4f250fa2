"""What can go over to whom: a worker's own records of before, at which the new supervisor was not there.

Of a group nothing goes over: others spoke there. What a worker and those who led them signed is the worker's to hand on.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext

from agreements.models import Agreement
from competencies.models import Assessment, Goal
from supervision.pages import words
from supervision.people.models import Arrangement, Participation, User
from supervision.records import disposal, encryption
from supervision.records.models import Seal
from supervision.sessions.models import Action, Attendee, Observation, Session

from .models import HandedOver, Handover

Kind, Part = HandedOver.Kind, Participation.Part
ONE_DAY, WAITS = datetime.timedelta(days=1), datetime.timedelta(days=91)
OVERLAP = datetime.timedelta(days=62)  # for which two may supervise one after the other and still hand over
# Of a pair; co-supervision too where one worker is supported.
OF_ONE = (
    Arrangement.Structure.INDIVIDUAL,
    Arrangement.Structure.OF_SUPERVISION,
    Arrangement.Structure.CO_SUPERVISION,
)


def _others_in(worker: Any, arrangement: str) -> Exists:
    """Whether somebody beside this worker is supported there."""
    supported = Participation.objects.filter(
        arrangement=OuterRef(arrangement), part__in=Participation.SUPPORTED
    )
    return Exists(supported.exclude(person=worker))


def leaders_of(worker: User) -> QuerySet[Participation]:
    """The parts of those who lead a supervision of this worker alone now. Whoever leads a group reads nothing of a pair."""
    own = Participation.objects.current().filter(person=worker, part=Part.SUPERVISEE)
    leading = Participation.objects.current().filter(part__in=Participation.LEADING, person__is_active=True)
    return (
        leading.filter(arrangement__in=own.values("arrangement"), arrangement__structure__in=OF_ONE)
        .exclude(_others_in(worker, "arrangement"))
        .exclude(person=worker)
        .select_related("person", "arrangement__program")
        .order_by("-joined_on", "person__name", "id")
    )


def supported_by(user: User) -> list[tuple[Participation, User]]:
    """The parts in which this person leads the supervision of one worker now, each with that worker. Two queries."""
    leading = Participation.objects.current().filter(
        person=user, part__in=Participation.LEADING, arrangement__structure__in=OF_ONE
    )
    parts = {part.arrangement_id: part for part in leading.select_related("arrangement__program")}
    workers = Participation.objects.current().filter(arrangement__in=list(parts), part=Part.SUPERVISEE)
    rows = (
        workers.exclude(person=user)
        .exclude(_others_in(OuterRef("person"), "arrangement"))
        .select_related("person")
        .order_by("person__name", "id")
    )
    return [(parts[row.arrangement_id], row.person) for row in rows]


def _alike(to: Participation) -> Q:
    """Supervision of supervision comes before its like alone; and growth and administration are two things."""
    above, both = Arrangement.Structure.OF_SUPERVISION, Arrangement.Focus.BOTH
    focus, of_supervision = to.arrangement.focus, Q(structure=above)
    like = of_supervision if to.arrangement.structure == above else ~of_supervision
    return like if focus == both else like & Q(focus__in=[focus, both])


def earlier(worker: User, to: Participation) -> QuerySet[Arrangement]:
    """Supervision of this worker alone, in the same program, that ended when this one began, and in which its leader took no part."""
    in_it = Participation.objects.filter(arrangement=OuterRef("pk"))
    return Arrangement.objects.filter(
        _alike(to),
        Exists(in_it.filter(person=worker, part=Part.SUPERVISEE)),
        ~_others_in(worker, "pk"),
        ~Exists(in_it.filter(person=to.person_id)),
        program=to.arrangement.program_id,
        started_on__lt=to.joined_on,
        ended_on__lt=min(timezone.localdate(), to.joined_on + OVERLAP),
    ).order_by("-ended_on", "id")


def to_choose(worker: User) -> QuerySet[Participation]:
    """The parts of those who have come to supervise this worker after somebody else, as long as nothing was chosen, for three months.

    For a first page. After somebody else: whose supervision ended, or who led this one until they left it. Where both went on
    beside each other for longer than two months there is nothing to choose (see `earlier`).
    """
    today = timezone.localdate()
    overlap = Cast(
        ExpressionWrapper(OuterRef("joined_on") + Value(OVERLAP), output_field=DateTimeField()), DateField()
    )
    before = Arrangement.objects.filter(
        Exists(Participation.objects.filter(arrangement=OuterRef("pk"), person=worker, part=Part.SUPERVISEE)),
        ~_others_in(worker, "pk"),
        ~Exists(
            Participation.objects.filter(arrangement=OuterRef("pk"), person=OuterRef(OuterRef("person")))
        ),
        program=OuterRef("arrangement__program"),
        structure=OuterRef("arrangement__structure"),
        focus=OuterRef("arrangement__focus"),
        started_on__lt=OuterRef("joined_on"),
        ended_on__lt=overlap,
        ended_on__range=(today - WAITS - OVERLAP, today - ONE_DAY),
    )
    replaced = Participation.objects.filter(
        arrangement=OuterRef("arrangement"),
        part__in=Participation.LEADING,
        joined_on__lt=OuterRef("joined_on"),
        left_on__lt=overlap,
        left_on__range=(today - WAITS - OVERLAP, today - ONE_DAY),
    ).exclude(person=OuterRef("person"))
    return leaders_of(worker).filter(
        ~Exists(Handover.objects.filter(worker=worker, to=OuterRef("pk"))),
        Exists(before) | Exists(replaced),
        joined_on__gte=today - WAITS,
    )


def _own_supervision(worker: User, to: Participation) -> QuerySet[Arrangement]:
    """What ended before, and the one that goes on, in which somebody else led until now."""
    return Arrangement.objects.filter(Q(pk__in=earlier(worker, to).values("pk")) | Q(pk=to.arrangement_id))


def sessions(worker: User, to: Participation) -> QuerySet[Session]:
    """Sealed records of sessions that were theirs alone, without the new supervisor."""
    there = Attendee.objects.filter(session=OuterRef("pk"), attended=True)
    return Session.objects.filter(
        Exists(there.filter(person=worker, part=Part.SUPERVISEE)),
        ~Exists(there.filter(part__in=Participation.SUPPORTED).exclude(person=worker)),
        ~Exists(there.filter(person=to.person_id)),
        arrangement__in=_own_supervision(worker, to).values("pk"),
        sealed_at__isnull=False,
    ).exclude(pk__in=disposal.gone())


def observations(worker: User, to: Participation) -> QuerySet[Observation]:
    return (
        Observation.objects.filter(
            worker=worker, sealed_at__isnull=False, arrangement__in=_own_supervision(worker, to).values("pk")
        )
        .exclude(supervisor=to.person_id)
        .exclude(pk__in=disposal.gone())
    )


def assessments(worker: User, to: Participation) -> QuerySet[Assessment]:
    """Signed by both, in that supervision."""
    both = Seal.objects.filter(record_id=OuterRef("pk"), how=Seal.How.ALL_SIGNED)
    return (
        Assessment.objects.filter(
            Exists(both), person=worker, arrangement__in=_own_supervision(worker, to).values("pk")
        )
        .exclude(other=to.person_id)
        .exclude(pk__in=disposal.gone())
    )


def actions(worker: User, to: Participation) -> QuerySet[Action]:
    """Open next steps from those sessions."""
    return Action.objects.visible_to(worker).open().filter(session__in=sessions(worker, to).values("pk"))


def goals(worker: User, to: Participation) -> QuerySet[Goal]:
    """Open goals that the one who leads now does not read yet: private, or shared in a supervision that is over.

    None where several lead: a goal is shared with all of them, on its own page.
    """
    leading = Participation.objects.current().filter(
        arrangement=to.arrangement_id, part__in=Participation.LEADING
    )
    if leading.exclude(pk=to.pk).exists():
        return Goal.objects.none()
    over = Q(shared_as__arrangement__ended_on__lt=timezone.localdate())
    return Goal.objects.of(worker).open().filter(Q(shared_as__isnull=True) | over)


def agreements(worker: User, to: Participation) -> QuerySet[Agreement]:
    """Signed agreements of before: whoever supervises now sees them without being asked to (domain 8)."""
    return (
        Agreement.objects.filter(
            arrangement__in=earlier(worker, to).values("pk"), parties__person=worker, sealed_at__isnull=False
        )
        .exclude(pk__in=disposal.gone())
        .order_by("-sealed_at", "id")
    )


# What there is to choose from -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """One thing, called for its worker, and the year it is listed under."""

    kind: str
    pk: uuid.UUID
    label: str
    year: int


def led_by(arrangement: Arrangement) -> str:
    """The names of all who led it, loaded with `with_leaders`."""
    leading = [
        one.person.name for one in arrangement.participations.all() if one.part in Participation.LEADING
    ]
    return words.join_names(dict.fromkeys(leading))


def with_leaders(rows: QuerySet[Any], name: str = "arrangement__participations") -> QuerySet[Any]:
    """With those who led it, in two more queries."""
    return rows.prefetch_related(Prefetch(name, Participation.objects.select_related("person")))


def _of_day(day: datetime.date, names: str) -> str:
    return gettext("%(day)s, with %(names)s") % {"day": words.full_day(day), "names": names}


def _session(row: Session) -> str:
    return _of_day(row.local_start.date(), led_by(row.arrangement))


def _observation(row: Observation) -> str:
    return _of_day(row.held_on or row.day, row.supervisor.name)


def _assessment(row: Assessment) -> str:
    day = timezone.localdate(row.sealed_at)
    return _of_day(day, row.other.name) if row.other is not None else words.full_day(day)


def _year_observed(row: Observation) -> int:
    day: datetime.date = row.held_on or row.day
    return day.year


@dataclass(frozen=True)
class Offered:
    """One kind: its rows, the newest first, how one is called and of which year it is. `has_words` where that is what it says."""

    rows: Callable[[User, Participation], QuerySet[Any]]
    call: Callable[[Any], str]
    year: Callable[[Any], int]
    order: tuple[str, ...]
    related: tuple[str, ...] = ()
    leaders: bool = False
    has_words: bool = False


OFFERED: dict[str, Offered] = {
    Kind.ACTION: Offered(
        actions,
        lambda row: row.text,
        lambda row: row.session.local_start.year,
        ("due_on", "position", "id"),
        ("session",),
        has_words=True,
    ),
    Kind.SESSION: Offered(
        sessions,
        _session,
        lambda row: row.local_start.year,
        ("-starts_at", "id"),
        ("arrangement",),
        leaders=True,
    ),
    Kind.OBSERVATION: Offered(
        observations, _observation, _year_observed, ("-held_on", "id"), ("supervisor",)
    ),
    Kind.ASSESSMENT: Offered(
        assessments,
        _assessment,
        lambda row: timezone.localdate(row.sealed_at).year,
        ("-sealed_at", "id"),
        ("other",),
    ),
}


def choices(kind: str, worker: User, to: Participation) -> list[Choice]:
    """All of this kind that can go over. Next steps are read to say them; of records only facts."""
    of = OFFERED[kind]
    rows = of.rows(worker, to).select_related(*of.related).order_by(*of.order)
    found = list(with_leaders(rows) if of.leaders else rows)
    if of.has_words:
        encryption.unlock(found)
    return [Choice(kind, row.pk, of.call(row), of.year(row)) for row in found]


def goal_choices(worker: User, to: Participation) -> list[Choice]:
    rows = list(goals(worker, to).order_by("-begun_at", "-id"))
    encryption.unlock(rows)
    return [Choice("goal", row.pk, row.title, timezone.localdate(row.begun_at).year) for row in rows]


# What went over -------------------------------------------------------------------------------------------------


MODELS: dict[str, Any] = {
    Kind.ACTION: Action,
    Kind.SESSION: Session,
    Kind.OBSERVATION: Observation,
    Kind.ASSESSMENT: Assessment,
}


def called(ids: list[uuid.UUID], kind: str, *, words: bool = False) -> dict[uuid.UUID, str]:
    """How each of these records is called, without those that were removed since; next steps by their words, if those are asked
    for."""
    if not ids:
        return {}
    of = OFFERED[kind]
    rows = MODELS[kind].objects.filter(pk__in=ids).exclude(pk__in=disposal.gone()).select_related(*of.related)
    found = with_leaders(rows) if of.leaders else rows
    if of.has_words and words:
        found = list(found)
        encryption.unlock(found)
    return {row.pk: "" if of.has_words and not words else of.call(row) for row in found}


def record_of(item: HandedOver) -> Any:
    """The sealed record that was handed over, or None where it was removed or is a next step."""
    if item.kind == Kind.ACTION:
        return None
    return MODELS[item.kind].objects.filter(pk=item.record_id).exclude(pk__in=disposal.gone()).first()
