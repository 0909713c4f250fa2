"""What the home pages of supervisor and peer worker are put together from. Each function is one query, or none."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
)
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from agreements.conversation import Circle
from supervision.pages import words
from supervision.pages.prepared import prepared
from supervision.people.limits import EDITION
from supervision.people.models import Acknowledgement, Arrangement, Participation, User, called
from supervision.records import audit, encryption
from supervision.records.models import Seal
from supervision.sessions import kept
from supervision.sessions.models import Action, AgendaItem, Attendee, OpenAction, Session
from supervision.sessions.standing import BY_SESSION, held_without_agreement

from . import holding, sentences
from .links import address
from .signing_queue import (
    ADDED_TO_IT,
    ADDENDUM,
    AGREEMENT,
    ASSESSMENT,
    OBSERVATION,
    PERFORMANCE,
    REVIEW,
    Waiting,
)

ACTIONS_SHOWN = 8
FACTS = (
    "id",
    "arrangement_id",
    "state",
    "starts_at",
    "minutes",
    "time_zone",
    "modality",
    "recorder_id",
    "open_offer_id",
    "sealed_at",
)


@dataclass(frozen=True)
class Member:
    """Somebody who takes part in an arrangement now, and how they stand to its agreement in force."""

    person: User
    leads: bool
    is_named: bool
    has_signed: bool
    has_declined: bool
    signed_newest: bool


@dataclass
class Pair:
    """An arrangement that a person takes part in now, with the others in it."""

    arrangement: Arrangement
    leads: bool
    held_without: int = 0  # sessions held since no agreement is in force
    begins_later: bool = False  # whether all have signed a version that begins on a day to come
    knows_limits: bool = False  # whether the person has acknowledged the limits
    members: list[Member] = field(default_factory=list)  # everybody, the person as well
    others: list[User] = field(default_factory=list)
    leaders: list[User] = field(default_factory=list)

    @property
    def id(self) -> uuid.UUID:
        return self.arrangement.pk

    @property
    def names(self) -> list[str]:
        """How the others are called; of several supervisors and peers in a group, those one works with."""
        return [person.called for person in self.others]

    @property
    def said(self) -> str:
        return words.join_names(self.names)

    @property
    def standing(self) -> Any:
        return getattr(self.arrangement, "standing", None)

    @property
    def needs_agreement(self) -> bool:
        return self.arrangement.structure != Arrangement.Structure.CO_REFLECTION

    @property
    def is_group(self) -> bool:
        return self.arrangement.structure == Arrangement.Structure.GROUP

    @property
    def has_agreement(self) -> bool:
        """Whether an agreement is in force; in a group it holds for those of its members who have signed it."""
        return bool(self.standing and self.standing.agreement_id)

    @property
    def has_draft(self) -> bool:
        """Whether a version is being written or signed, also one that this person is not named in."""
        return bool(self.standing and self.standing.agreement_draft)

    @property
    def lacks_agreement(self) -> bool:
        """Whether it is time for one: the third session was held without (domain 3)."""
        signed = self.has_agreement or self.begins_later
        return self.needs_agreement and not signed and self.held_without >= BY_SESSION

    @property
    def unnamed(self) -> list[Member]:
        """Those for whom a new version is asked: who came after it was signed. In a group a member simply joins it."""
        if not self.has_agreement:
            return []
        return [
            member for member in self.members if not member.is_named and (member.leads or not self.is_group)
        ]

    def member(self, user: User) -> Member | None:
        return next((member for member in self.members if member.person.pk == user.pk), None)

    def holds_for(self, user: User) -> bool:
        """Whether the agreement in force holds for this person: they are named in it; in a group they have signed it."""
        member = self.member(user)
        if not self.has_agreement or member is None:
            return False
        return member.has_signed if self.is_group else member.is_named

    @property
    def signed_newest(self) -> set[uuid.UUID]:
        """Who signed the newest sealed version."""
        return {member.person.pk for member in self.members if member.signed_newest}

    @property
    def circle(self) -> Circle:
        """Who has to agree to each part of a new version."""
        leads = {member.person.pk for member in self.members if member.leads}
        rest = {member.person.pk for member in self.members} - leads
        return Circle(frozenset(leads), frozenset(rest), self.is_group)


@prepared
def _taking_part(user: User) -> QuerySet[Participation]:
    """Everybody who takes part now in the arrangements that this person takes part in now."""
    mine = Participation.objects.current().filter(person=user)
    return (
        Participation.objects.current()
        .filter(arrangement__in=Arrangement.objects.current().filter(pk__in=mine.values("arrangement")))
        .select_related("person", "arrangement", "arrangement__program", "arrangement__standing")
        .annotate(
            is_named=holding.is_named(),
            has_signed=holding.has_signed(),
            has_declined=holding.has_declined(),
            signed_newest=holding.has_signed_newest(),
            held_without=held_without_agreement("arrangement__"),
            begins_later=holding.begins_later(),
            knows_limits=Exists(Acknowledgement.objects.filter(person=user, edition=EDITION)),
        )
        .order_by("person__name", "id")
    )


def pairs_of(user: User) -> dict[uuid.UUID, Pair]:
    """The arrangements this person takes part in now. One query."""
    rows = _taking_part(user)
    found: dict[uuid.UUID, Pair] = {}
    for row in rows:
        pair = found.setdefault(
            row.arrangement_id,
            Pair(
                row.arrangement,
                leads=False,
                held_without=row.held_without,
                begins_later=row.begins_later,
                knows_limits=row.knows_limits,
            ),
        )
        leading = row.part in Participation.LEADING
        pair.members.append(
            Member(row.person, leading, row.is_named, row.has_signed, row.has_declined, row.signed_newest)
        )
        if row.person_id == user.pk:
            pair.leads = pair.leads or leading
        else:
            pair.others.append(row.person)
        if leading and row.person_id != user.pk:
            pair.leaders.append(row.person)
    for pair in found.values():
        # In a group those who are supported look to who leads it, not to each other.
        if not pair.leads and pair.leaders:
            pair.others = pair.leaders
    return found


Wanted = Callable[[User, datetime.datetime], Sequence[QuerySet[Session]]]


def sessions_of(
    user: User, wanted: Wanted, until: datetime.datetime, also: Iterable[uuid.UUID]
) -> list[Session]:
    """Sessions that this person may open, with who belongs to them and how their record stands. Two queries.

    `wanted` says which, each kind by itself, so that the database finds each by an index of its own; `until` is how far ahead it
    looks. `also` are those that are wanted in any case.
    """
    return _sessions_of(user, until, sorted(set(also)), wanted)


@prepared
def _sessions_of(
    user: User, until: datetime.datetime, also: list[uuid.UUID], wanted: Wanted
) -> QuerySet[Session]:
    first, *others = (rows.order_by().values("pk") for rows in wanted(user, until))
    found = first.union(*others) if others else first
    seals = Seal.objects.filter(record_label=Session._meta.label_lower, record_id=OuterRef("pk"))
    shared = Q(agenda__shared_at__isnull=False)
    return (
        Session.objects.visible_to(user)
        .filter(Q(pk__in=found) | Q(pk__in=also))
        .only(*FACTS)
        .annotate(
            sealed_how=Subquery(seals.values("how")[:1]),
            topics=Count("agenda", filter=shared | Q(agenda__raised_by=user), distinct=True),
            parked=kept.how_many(),
            topics_of_others=Count("agenda", filter=shared & ~Q(agenda__raised_by=user), distinct=True),
        )
        .order_by("starts_at", "id")
        .prefetch_related(Prefetch("attendees", Attendee.objects.select_related("person")))
    )


def others_in(session: Session, user: User) -> list[User]:
    """Whom the person meets there: who leads it, for somebody who is supported; otherwise everybody else."""
    there = [row for row in session.attendees.all() if row.person_id != user.pk]
    own = next((row.part for row in session.attendees.all() if row.person_id == user.pk), "")
    leaders = [row.person for row in there if row.part in Participation.LEADING]
    if own in Participation.SUPPORTED and leaders:
        return leaders
    return [row.person for row in there]


def is_supported_in(session: Session, user: User) -> bool:
    return any(
        row.person_id == user.pk and row.part in Participation.SUPPORTED for row in session.attendees.all()
    )


def day_name(moment: datetime.datetime, today: datetime.date) -> str:
    """Monday’s, within the last six days; otherwise the date: the November 12."""
    day = timezone.localdate(moment)
    if 0 <= (today - day).days <= 6:
        return date_format(day, "l")
    return sentences.month_day(day)


# Actions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One row of an action plan that is still open."""

    id: uuid.UUID
    text: str
    owner_id: uuid.UUID
    owner: str
    for_whom: str
    due: str

    @property
    def url(self) -> str:
        return address("sessions:action_done", self.id)

    @property
    def drop_url(self) -> str:
        return f"{address('sessions:action_drop', self.id)}?next={address('home')}"

    @property
    def small(self) -> str:
        return ". ".join(part for part in (self.for_whom, self.due) if part)


def open_actions(user: User, pairs: Iterable[uuid.UUID], *, of_before: bool = False) -> list[Any]:
    """Open actions of these arrangements, as many as a page shows of one's own and of the others', soonest first, each with who wrote
    it. One query; `show_words` comes next.

    `of_before` adds those of one's own from supervision that has ended: they are still one's own to do.
    """
    found = _open_actions(user, sorted(pairs), of_before)
    mine = [row for row in found if row.owner_id == user.pk]
    theirs = [row for row in found if row.owner_id != user.pk]
    return [*mine[:ACTIONS_SHOWN], *theirs[:ACTIONS_SHOWN]]


@prepared
def _open_actions(user: User, pairs: list[uuid.UUID], of_before: bool) -> QuerySet[Action]:
    here = Q(arrangement__in=pairs)
    recorder = Session.objects.filter(pk=OuterRef("session")).values("recorder")[:1]
    still_open = OpenAction.objects.filter(here | Action.left_to(user) if of_before else here)
    return (
        Action.objects.visible_to(user)
        .filter(pk__in=still_open.values("pk"))
        .annotate(
            written_by=Subquery(recorder, output_field=UUIDField()),
            owner_name=F("owner__name"),
            owner_preferred_name=F("owner__preferred_name"),
        )
        .order_by("due_on", "id")[: 4 * ACTIONS_SHOWN]
    )


def show_words(user: User, actions: Sequence[Any], topics: Sequence[AgendaItem] = ()) -> None:
    """Fetch the keys of what is about to be shown, and log what others wrote of it: one query each (decision 12)."""
    encryption.unlock(actions, topics)
    sessions = {row.session_id for row in actions if row.written_by != user.pk}
    sessions |= {row.session_id for row in topics if row.raised_by_id != user.pk}
    audit.opened(user, [Session(pk=key) for key in sessions], why="party", action="listed")


def steps_of(
    user: User, actions: Sequence[Any], pairs: dict[uuid.UUID, Pair]
) -> tuple[list[Step], list[Step]]:
    """(one's own, those of the others), as they are said on the page. No query."""
    today = timezone.localdate()
    mine: list[Step] = []
    theirs: list[Step] = []
    for row in actions:
        pair = pairs.get(row.arrangement_id)
        own = row.owner_id == user.pk
        step = Step(
            id=row.pk,
            text=row.text,
            owner_id=row.owner_id,
            owner=called(row.owner_name, row.owner_preferred_name),
            for_whom=gettext("With %(names)s") % {"names": pair.said} if own and pair and pair.leads else "",
            due=sentences.by_when(row.due_on, today),
        )
        (mine if own else theirs).append(step)
    return mine, theirs


# Tasks --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """Something that needs the person: verb first, one line of why, one tag. Sorted by `at`."""

    at: datetime.datetime
    label: str
    url: str
    why: str = ""
    tag: str = ""
    kind: str = ""


def signature_task(item: Waiting, session: Session | None, names: str, user: User, *, also: str = "") -> Task:
    """An offer that waits for this person's answer. `also` is said after why it waits."""
    at = item.offered_at
    today = timezone.localdate()
    tag = gettext("Your signature")
    if item.signed:
        why = gettext("%(names)s signed already.") % {"names": words.join_names(item.signed)}
    elif item.offered_by_id == user.pk:
        why = gettext("You sent it %(when)s. It needs your own name too.") % {
            "when": sentences.days_ago(timezone.localdate(at), today)
        }
    else:
        why = gettext("%(name)s sent it %(when)s.") % {
            "name": item.offered_by,
            "when": sentences.days_ago(timezone.localdate(at), today),
        }
    why = f"{why} {also}".rstrip()
    if item.label == AGREEMENT:
        label = gettext("Read and sign your agreement with %(names)s") % {"names": names}
        return Task(at, label, address("agreements:sign", item.record_id), why, tag, "wait")
    if item.label == REVIEW:
        label = gettext("Sign that your agreement with %(names)s stays as it is") % {"names": names}
        return Task(at, label, address("agreements:review_sign", item.record_id), why, tag, "wait")
    if item.label == OBSERVATION:
        label = gettext("Read and sign the record of an observation with %(names)s") % {"names": names}
        return Task(at, label, address("sessions:observation", item.record_id), why, tag, "wait")
    if item.label == ADDED_TO_IT:
        label = gettext("Read the addendum to the record of an observation with %(names)s") % {"names": names}
        return Task(at, label, address("sessions:observation", item.observation_id), why, tag, "wait")
    if item.label == PERFORMANCE:
        label = gettext("Read and sign what %(names)s wrote about your work") % {"names": names}
        return Task(at, label, address("performance:note", item.record_id), why, tag, "wait")
    if item.label == ASSESSMENT:
        label = gettext("Read and sign the assessment that you talked about with %(names)s") % {
            "names": names
        }
        return Task(at, label, address("competencies:assessment", item.record_id), why, tag, "wait")
    day = sentences.month_day(session.starts_at) if session else ""
    values = {"day": day, "names": names}
    if item.label == ADDENDUM:
        label = gettext("Read the addendum to the %(day)s record with %(names)s") % values
    elif item.offered_by_id == user.pk:
        label = gettext("Sign the %(day)s record with %(names)s") % values
    else:
        label = gettext("Read and sign the %(day)s record with %(names)s") % values
    return Task(at, label, address("sessions:detail", item.session_id or item.record_id), why, tag, "wait")


def limits_task(user: User, pairs: Mapping[uuid.UUID, Pair]) -> list[Task]:
    """Before a first session everybody is shown the limits of confidentiality. One query for somebody in no arrangement."""
    if pairs:
        known = next(iter(pairs.values())).knows_limits
    else:
        known = Acknowledgement.objects.filter(person=user, edition=EDITION).exists()
    if known:
        return []
    return [
        Task(
            timezone.now() - datetime.timedelta(days=3650),
            gettext("Read the limits of confidentiality"),
            address("people:limits"),
            gettext(
                "Five situations in which something from supervision has to go further. Before your first session."
            ),
            gettext("Please read"),
            "wait",
        )
    ]


def not_reached(session: Session) -> bool:
    """Planned, and its time is over: it waits to be written up, or called off."""
    return session.state == Session.State.PLANNED and session.ends_at < timezone.now()


def count_held(user: User) -> dict[str, Any]:
    """How many sessions a person attended as the one supported, since when, and how many everybody signed. One query."""
    return next(iter(_held(user)), {"held": 0, "signed": 0, "first": None})


@prepared
def _held(user: User) -> QuerySet[Any, Any]:
    sealed = Seal.objects.filter(
        record_label=Session._meta.label_lower, record_id=OuterRef("session"), how=Seal.How.ALL_SIGNED
    )
    mine = Attendee.objects.filter(
        person=user,
        part__in=Participation.SUPPORTED,
        attended=True,
        session__state=Session.State.HELD,
    ).annotate(sealed=Subquery(sealed.values("sealed_at")[:1]))
    together = mine.order_by().annotate(everything=Value(1)).values("everything")
    return together.annotate(held=Count("pk"), signed=Count("sealed"), first=Min("session__starts_at"))
