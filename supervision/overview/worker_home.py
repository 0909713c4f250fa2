"""What a peer worker sees first: what needs them, the next agenda, what was agreed, their own record."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from supervision.pages import words
from supervision.pages.prepared import prepared
from supervision.people.models import Participation, User
from supervision.records.models import Document
from supervision.sessions import kept
from supervision.sessions.models import AgendaItem, Session

from . import agreement_tasks, pieces, sentences, versions, waiting
from .links import address
from .pieces import Pair, Step, Task
from .signing_queue import ADDED_TO_IT, ASSESSMENT, OBSERVATION, PERFORMANCE, Waiting, waiting_around

NEWEST = 3
AHEAD = datetime.timedelta(days=60)


@dataclass(frozen=True)
class Agenda:
    """The next session and what is on its agenda."""

    session: Session
    title: str
    with_names: str
    topics: list[dict[str, Any]]
    url: str
    add_url: str
    key: uuid.UUID  # of the topic that is added, so that a form sent twice adds one
    categories: Sequence[tuple[str, Any]]


@dataclass(frozen=True)
class Home:
    lead: str
    tasks: list[Task]
    agenda: Agenda | None
    mine: list[Step]
    theirs: list[dict[str, Any]]
    record: str
    has_hours: bool  # whether the page of their hours has anything to show
    agreements: list[dict[str, str]]
    records: list[dict[str, str]]
    has_pairs: bool
    supervisors: str


def home_of(user: User) -> Home:
    """Everything on the page, in a number of queries that does not depend on how much there is."""
    all_pairs = pieces.pairs_of(user)
    pairs = {key: pair for key, pair in all_pairs.items() if not pair.leads}
    offers = waiting_around(user)
    waiting_for = (item.session_id for item in offers if item.session_id)
    sessions = pieces.sessions_of(user, _planned, timezone.now() + AHEAD, waiting_for)
    sessions = [s for s in sessions if s.arrangement_id in pairs or s.state != Session.State.PLANNED]
    upcoming = [s for s in sessions if s.state == Session.State.PLANNED and s.ends_at >= timezone.now()]
    open_versions = versions.open_versions(user, pairs)
    actions, topics = pieces.open_actions(user, pairs, of_before=True), _topics(upcoming, user)
    pieces.show_words(user, actions, topics)
    mine, theirs = pieces.steps_of(user, actions, pairs)
    counts = pieces.count_held(user)
    first = timezone.localdate(counts["first"]) if counts["first"] else None
    by_id = {session.pk: session for session in sessions}
    return Home(
        lead=_lead(upcoming, pairs, user),
        tasks=sorted(
            [
                *pieces.limits_task(user, all_pairs),
                *_to_sign(offers, by_id, pairs, user),
                *waiting.tasks_of(user),
                *agreement_tasks.tasks_of(pairs.values(), open_versions, offers, user, timezone.localdate()),
            ],
            key=lambda task: task.at,
        ),
        agenda=_agenda(upcoming, topics, user),
        mine=mine,
        theirs=_by_owner(theirs),
        record=sentences.record_count(held=counts["held"], signed=counts["signed"], since=first),
        has_hours=bool(pairs) or bool(counts["held"]),
        agreements=_in_force(pairs, user),
        records=_newest_records(user),
        has_pairs=bool(pairs),
        supervisors=words.join_names(dict.fromkeys(n for pair in pairs.values() for n in pair.names)),
    )


def _planned(user: User, until: datetime.datetime) -> Sequence[QuerySet[Session]]:
    takes_part = Participation.objects.current().filter(person=user).values("arrangement")
    return (Session.objects.planned().filter(arrangement__in=takes_part, starts_at__lt=until),)


def _lead(upcoming: Sequence[Session], pairs: dict[Any, Pair], user: User) -> str:
    if upcoming:
        names = [person.called for person in pieces.others_in(upcoming[0], user)]
        return sentences.meeting(names, upcoming[0].starts_at, timezone.localdate())
    if pairs:
        names = list(dict.fromkeys(name for pair in pairs.values() for name in pair.names))
        return gettext("No session with %(names)s is planned yet.") % {"names": words.join_names(names)}
    return gettext("When somebody is named to supervise you, you will see here who it is and when you meet.")


def _to_sign(
    offers: Sequence[Waiting],
    sessions: dict[Any, Session],
    pairs: dict[Any, Pair],
    user: User,
) -> Iterable[Task]:
    """What waits for their signature as the one supported: what they lead themself is on their other home page."""
    for item in offers:
        if not item.mine:
            continue
        session = sessions.get(item.session_id) if item.session_id else None
        pair = pairs.get(item.arrangement_id)
        if session is not None and pieces.is_supported_in(session, user):
            names = words.join_names(person.called for person in pieces.others_in(session, user))
            yield pieces.signature_task(item, session, names, user)
        elif (
            item.label in (OBSERVATION, ADDED_TO_IT, PERFORMANCE, ASSESSMENT)
            and item.offered_by_id != user.pk
        ):
            yield pieces.signature_task(item, None, item.offered_by, user)
        elif session is None and pair is not None:
            also = agreement_tasks.third_session(pair)
            yield pieces.signature_task(item, None, pair.said, user, also=also)


def _topics(upcoming: Sequence[Session], user: User) -> list[AgendaItem]:
    """What is on the next agenda: what is shared, what this person keeps to themself for now, and what was kept for it."""
    found = _shown_topics(user, upcoming[0]) if upcoming else []
    parked = kept.topics(upcoming[0], user) if upcoming and upcoming[0].parked else []  # type: ignore[attr-defined]
    return [*found, *parked]


@prepared
def _shown_topics(user: User, session: Session) -> QuerySet[AgendaItem]:
    rows = AgendaItem.objects.filter(session=session.pk).shown_to(user)
    return rows.select_related("raised_by").order_by("position", "id")


def _agenda(upcoming: Sequence[Session], topics: Sequence[AgendaItem], user: User) -> Agenda | None:
    if not upcoming:
        return None
    session = upcoming[0]
    day = timezone.localdate(session.starts_at)
    title = (
        gettext("Today’s agenda")
        if day == timezone.localdate()
        else gettext("Agenda for %(day)s") % {"day": words.day(day)}
    )
    others = pieces.others_in(session, user)
    return Agenda(
        session=session,
        title=title,
        with_names=words.join_names(person.called for person in others),
        topics=[_topic(item, user) for item in topics],
        url=address("sessions:detail", session.pk),
        add_url=address("sessions:agenda_add", session.pk),
        key=uuid.uuid4(),
        categories=AgendaItem.Category.choices,
    )


def _topic(item: AgendaItem, user: User) -> dict[str, Any]:
    whom = gettext("you") if item.raised_by_id == user.pk else item.raised_by.called
    return {
        "text": item.text,
        "small": gettext("%(area)s, from %(name)s") % {"area": item.get_category_display(), "name": whom},
        "private": item.is_private,
    }


def _by_owner(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """What the others said they would do, one group for each of them."""
    found: dict[Any, dict[str, Any]] = {}
    for step in steps:
        group = found.setdefault(step.owner_id, {"name": step.owner, "steps": []})
        group["steps"].append(step)
    return list(found.values())


def _in_force(pairs: dict[Any, Pair], user: User) -> list[dict[str, str]]:
    """The agreements that hold for this person."""
    found = []
    for pair in pairs.values():
        standing = pair.standing
        if not pair.holds_for(user):
            continue
        small = ""
        if standing.review_on:
            small = gettext("You look at it again together on %(day)s") % {
                "day": sentences.month_day(standing.review_on)
            }
        found.append(
            {
                "label": _agreed_with(pair) % {"day": sentences.month_day(standing.agreement_since)},
                "url": address("agreements:detail", standing.agreement_id),
                "small": small,
            }
        )
    return found


def _agreed_with(pair: Pair) -> str:
    """Whom it is with, of those who take part now: who came since it was signed is not named in it."""
    others = {person.pk for person in pair.others}
    named = [one.person.called for one in pair.members if one.is_named and one.person.pk in others]
    if not named:
        return gettext("Your agreement, since %(day)s")
    return gettext("Agreement with %(names)s, since %%(day)s") % {"names": words.join_names(named)}


def _newest_records(user: User) -> list[dict[str, str]]:
    """The PDFs of the newest sealed records of this person. One query."""
    return [
        {
            "label": gettext("Record of %(day)s (PDF)") % {"day": sentences.month_day(starts_at)},
            "url": address("sessions:pdf", pk),
        }
        for pk, starts_at in _with_pdf(user)
    ]


@prepared
def _with_pdf(user: User) -> QuerySet[Session, tuple[Any, ...]]:
    has_pdf = Document.objects.filter(
        seal__record_label=Session._meta.label_lower, seal__record_id=OuterRef("pk")
    )
    return (
        Session.objects.visible_to(user)
        .filter(Exists(has_pdf), arrangement__in=_supported(user), sealed_at__isnull=False)
        .order_by("-starts_at", "-id")
        .values_list("pk", "starts_at")[:NEWEST]
    )


def _supported(user: User) -> Any:
    """Arrangements in which this person is or was the one supported."""
    return Participation.objects.filter(person=user, part__in=Participation.SUPPORTED).values("arrangement")
