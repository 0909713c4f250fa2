"""This week: what a supervisor has in front of them. What needs them comes first."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from supervision.pages import words
from supervision.people.models import Participation, User
from supervision.records.models import Seal
from supervision.sessions.models import Session

from . import agreement_tasks, caseload, pieces, sentences, versions, waiting
from .links import address
from .pieces import Pair, Task
from .signing_queue import (
    ADDED_TO_IT,
    AGREEMENT,
    ASSESSMENT,
    OBSERVATION,
    PERFORMANCE,
    REVIEW,
    Waiting,
    waiting_around,
)

SHOWN = 25  # tasks on the page; the list of sessions has all of them
AHEAD = datetime.timedelta(days=60)
ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Home:
    lead: str
    today_link: dict[str, str] | None
    tasks: list[Task]
    more_tasks: int
    waiting: list[dict[str, str]]
    answer_days: int
    days: list[dict[str, Any]]
    unplanned: list[dict[str, str]]
    mine: list[pieces.Step]
    theirs: list[pieces.Step]
    shared_goals: int
    has_pairs: bool


def home_of(user: User) -> Home:
    """Everything on the page, in a number of queries that does not depend on how much there is."""
    today = timezone.localdate()
    monday = _monday()
    pairs = pieces.pairs_of(user)
    offers = waiting_around(user)
    now = timezone.now()
    waiting_for = (item.session_id for item in offers if item.session_id)
    sessions = pieces.sessions_of(user, _wanted, now + AHEAD, waiting_for)
    by_id = {session.pk: session for session in sessions}
    open_versions = versions.open_versions(user, pairs)
    led = [pair for pair in pairs.values() if pair.leads]
    actions = pieces.open_actions(user, pairs)
    pieces.show_words(user, actions)
    mine, theirs = pieces.steps_of(user, actions, pairs)
    week = [session for session in sessions if _in_week(session, monday)]
    away = caseload.away_of({person.pk for pair in pairs.values() for person in pair.others}, since=today)
    tasks = sorted(
        [
            *pieces.limits_task(user, pairs),
            *_to_sign(offers, by_id, pairs, user),
            *_to_write(sessions, user, today),
            *waiting.tasks_of(user),
            *agreement_tasks.tasks_of(led, open_versions, offers, user, today),
        ],
        key=lambda task: task.at,
    )
    lead, today_link = _lead(week, user, now)
    return Home(
        lead=f"{sentences.week_name(monday, monday + 4 * ONE_DAY)}. {lead}",
        today_link=today_link,
        tasks=tasks[:SHOWN],
        more_tasks=max(len(tasks) - SHOWN, 0),
        waiting=[
            *_waiting(offers, by_id, pairs, user, today),
            *filter(None, (agreement_tasks.signed_so_far(pair) for pair in led)),
        ],
        answer_days=caseload.answer_days(),
        days=_days(week, user, monday, today, offers),
        unplanned=_unplanned(pairs, sessions, away, today, now),
        mine=mine,
        theirs=theirs,
        shared_goals=waiting.count_goals_shared_with(user),
        has_pairs=bool(led),
    )


def _wanted(user: User, until: datetime.datetime) -> Sequence[QuerySet[Session]]:
    """This week's, those that are planned, and the records that this person is writing."""
    monday = _monday()
    took_part = Participation.objects.filter(person=user).values("arrangement")
    takes_part = Participation.objects.current().filter(person=user).values("arrangement")
    rows = Session.objects
    week = rows.filter(
        arrangement__in=took_part,
        starts_at__gte=_midnight(monday),
        starts_at__lt=_midnight(monday + 7 * ONE_DAY),
    )
    return (
        week.exclude(state=Session.State.PLANNED),
        rows.planned().filter(arrangement__in=takes_part, starts_at__lt=until),
        rows.held().filter(recorder=user, open_offer__isnull=True, sealed_at__isnull=True),
    )


def _monday() -> datetime.date:
    today = timezone.localdate()
    return today - datetime.timedelta(days=today.weekday())


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def _in_week(session: Session, monday: datetime.date) -> bool:
    return monday <= timezone.localdate(session.starts_at) < monday + 7 * ONE_DAY


# The sentence -------------------------------------------------------------------------------------------------


def _lead(week: Iterable[Session], user: User, now: datetime.datetime) -> tuple[str, dict[str, str] | None]:
    behind = ahead = to_write = 0
    link = None
    for session in week:
        if session.state == Session.State.HELD:
            behind += 1
        elif pieces.not_reached(session) and not pieces.is_supported_in(session, user):
            to_write += 1
        elif session.state == Session.State.PLANNED and session.ends_at >= now:
            ahead += 1
            if link is None and timezone.localdate(session.starts_at) == timezone.localdate(now):
                names = words.join_names(person.called for person in pieces.others_in(session, user))
                link = {
                    "url": address("sessions:detail", session.pk),
                    "label": gettext("%(names)s at %(time)s today")
                    % {"names": names, "time": words.clock(session.starts_at)},
                }
    return sentences.week_lead(behind=behind, to_write=to_write, ahead=ahead), link


# Needs you ----------------------------------------------------------------------------------------------------


def _to_sign(
    offers: Sequence[Waiting],
    sessions: dict[uuid.UUID, Session],
    pairs: dict[uuid.UUID, Pair],
    user: User,
) -> Iterable[Task]:
    for item in offers:
        if item.mine:
            session, names = _about(item, sessions, pairs, user)
            pair = pairs.get(item.arrangement_id) if session is None and item.arrangement_id else None
            also = agreement_tasks.third_session(pair)
            yield pieces.signature_task(item, session, names, user, also=also)


def _about(
    item: Waiting,
    sessions: dict[uuid.UUID, Session],
    pairs: dict[uuid.UUID, Pair],
    user: User,
) -> tuple[Session | None, str]:
    """The session an offer is about, if it is about one, and the names of the others in it."""
    session = sessions.get(item.session_id) if item.session_id else None
    if session is not None:
        return session, words.join_names(person.called for person in pieces.others_in(session, user))
    if item.arrangement_id in pairs:
        return None, pairs[item.arrangement_id].said
    return None, words.join_names([*item.others, *item.signed])


def _to_write(sessions: Iterable[Session], user: User, today: datetime.date) -> Iterable[Task]:
    """Drafts to finish, and sessions whose time is over."""
    for session in sessions:
        if session.is_draft and session.recorder_id == user.pk:
            yield Task(
                session.starts_at,
                gettext("Finish writing up the session with %(names)s, %(day)s")
                % _with_and_when(session, user, today),
                address("sessions:record", session.pk),
                gettext("Your draft is saved. Only you can see it until you send it."),
                gettext("Draft"),
            )
        elif pieces.not_reached(session) and not pieces.is_supported_in(session, user):
            yield Task(
                session.starts_at,
                gettext("Write up the session with %(names)s, %(day)s")
                % _with_and_when(session, user, today),
                address("sessions:record", session.pk),
                gettext("Its time is over. If you did not meet, note that instead."),
                gettext("Write up"),
            )


def _with_and_when(session: Session, user: User, today: datetime.date) -> dict[str, str]:
    names = words.join_names(person.called for person in pieces.others_in(session, user))
    return {"day": pieces.day_name(session.starts_at, today), "names": names}


# Waiting for others --------------------------------------------------------------------------------------------


def _waiting(
    offers: Sequence[Waiting],
    sessions: dict[uuid.UUID, Session],
    pairs: dict[uuid.UUID, Pair],
    user: User,
    today: datetime.date,
) -> list[dict[str, str]]:
    """Open offers that this person has answered, or sent, and somebody else has not."""
    found = []
    for item in offers:
        if not item.others or item.mine:
            continue
        session, _ = _about(item, sessions, pairs, user)
        names = words.join_names(item.others)
        if item.label == AGREEMENT:
            label = gettext("%(names)s, agreement") % {"names": names}
            url = address("agreements:detail", item.record_id)
        elif item.label == REVIEW:
            label = gettext("%(names)s, review of the agreement") % {"names": names}
            url = address("agreements:review_read", item.record_id)
        elif item.label == OBSERVATION:
            label = gettext("%(names)s, record of an observation") % {"names": names}
            url = address("sessions:observation", item.record_id)
        elif item.label == ADDED_TO_IT:
            label = gettext("%(names)s, addendum to the record of an observation") % {"names": names}
            url = address("sessions:observation", item.observation_id)
        elif item.label == ASSESSMENT:
            label = gettext("%(names)s, the assessment") % {"names": names}
            url = address("competencies:assessment", item.record_id)
        elif item.label == PERFORMANCE:
            label = gettext("%(names)s, what you wrote about their work") % {"names": names}
            url = address("performance:note", item.record_id)
        else:
            day = sentences.month_day(session.starts_at) if session else ""
            label = gettext("%(names)s, %(day)s record") % {"names": names, "day": day}
            url = address("sessions:detail", item.session_id or item.record_id)
        when = sentences.days_ago(timezone.localdate(item.offered_at), today)
        found.append({"label": label, "url": url, "small": gettext("Sent %(when)s") % {"when": when}})
    return found


# The week -----------------------------------------------------------------------------------------------------


def _days(
    week: Sequence[Session],
    user: User,
    monday: datetime.date,
    today: datetime.date,
    offers: Sequence[Waiting],
) -> list[dict[str, Any]]:
    """Monday to Friday, and the weekend when something is there."""
    mine = {item.session_id for item in offers if item.mine and item.session_id}
    waiting = {item.session_id: item.others for item in offers if item.others and item.session_id}
    days = []
    for offset in range(7):
        day = monday + offset * ONE_DAY
        visits = [
            _visit(session, user, mine, waiting)
            for session in week
            if timezone.localdate(session.starts_at) == day
        ]
        if offset < 5 or visits:
            days.append({"name": date_format(day, "l j"), "today": day == today, "visits": visits})
    return days


def _visit(session: Session, user: User, mine: set[Any], waiting: dict[Any, list[str]]) -> dict[str, Any]:
    others = pieces.others_in(session, user)
    own = pieces.is_supported_in(session, user)
    names = words.join_names(person.name for person in others)
    when = f"{words.clock(session.starts_at)}, {session.get_modality_display().lower()}"
    lines = [when]
    if own:
        lines = [
            gettext("%(time)s with %(names)s") % {"time": words.clock(session.starts_at), "names": names}
        ]
    tag, kind = _tag(session, user, mine, waiting)
    if session.state == Session.State.PLANNED and session.ends_at >= timezone.now():
        lines.append(_topics(session))
    return {
        "name": gettext("Your own supervision") if own else names,
        "initials": words.initials(others[0].name) if others else "",
        "url": address("sessions:detail", session.pk),
        "lines": lines,
        "tag": tag,
        "kind": kind,
    }


def _topics(session: Any) -> str:
    topics = session.topics + session.parked
    if not topics:
        return gettext("No agenda yet")
    if topics == 1:
        return gettext("1 agenda topic")
    return gettext("%(n)s agenda topics, %(others)s from others") % {
        "n": topics,
        "others": session.topics_of_others,
    }


def _tag(session: Any, user: User, mine: set[Any], waiting: dict[Any, list[str]]) -> tuple[str, str]:
    if session.state == Session.State.PLANNED:
        is_theirs_to_write = pieces.not_reached(session) and not pieces.is_supported_in(session, user)
        return (gettext("Write up"), "") if is_theirs_to_write else ("", "")
    if session.state != Session.State.HELD:
        return session.get_state_display(), ""
    if session.sealed_at:
        signed = session.sealed_how == Seal.How.ALL_SIGNED
        return (gettext("Signed by everyone"), "done") if signed else (gettext("Closed"), "")
    if session.pk in mine:
        return gettext("Your signature"), "wait"
    if session.pk in waiting:
        return gettext("With %(names)s") % {"names": words.join_names(waiting[session.pk])}, ""
    if session.recorder_id == user.pk:
        return gettext("Write up"), ""
    return gettext("Being written"), ""


# Nobody is forgotten ----------------------------------------------------------------------------------------------


def _unplanned(
    pairs: dict[uuid.UUID, Pair],
    sessions: Sequence[Session],
    away: Any,
    today: datetime.date,
    now: datetime.datetime,
) -> list[dict[str, str]]:
    """People whom one supervises and with whom no session is planned, unless they are away now."""
    planned = {s.arrangement_id for s in sessions if s.state == Session.State.PLANNED and s.ends_at >= now}
    found = []
    for pair in pairs.values():
        later = pair.standing.next_planned_at if pair.standing else None
        if not pair.leads or pair.id in planned or (later and later >= now):
            continue
        if all(any(span.holds(today) for span in away[person.pk]) for person in pair.others):
            continue
        names = words.join_names(person.called for person in pair.others)
        found.append(
            {
                "name": words.join_names(person.name for person in pair.others),
                "met": _last_met(names, pair.standing.last_met_at if pair.standing else None),
                "url": address("sessions:plan", pair.id),
                "label": gettext("Find a time with %(names)s") % {"names": names},
            }
        )
    return found


def _last_met(names: str, last: datetime.datetime | None) -> str:
    if last is None:
        return gettext("You and %(names)s have not met yet.") % {"names": names}
    return gettext("You and %(names)s last met on %(day)s.") % {
        "names": names,
        "day": sentences.month_day(last),
    }
