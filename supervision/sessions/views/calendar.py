"""A person's own sessions as a calendar: the month, the week, the file of one session, and the feed for a calendar of their own."""

from __future__ import annotations

import calendar as days_of
import datetime
import uuid
from typing import Any

from allauth.core.internal import ratelimit
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages import words
from supervision.pages.prepared import prepared
from supervision.people import public_holidays, zones
from supervision.people.models import Arrangement, Away, CalendarFeed, Participation, User
from supervision.people.requests import reader
from supervision.records.errors import Denied, NotFound, WrongState

from .. import calendar
from ..models import Session
from .lists import SHOWN, lines_of, with_waiting

ONE_DAY = datetime.timedelta(days=1)
YEARS = range(2000, 2101)  # where the links to earlier and later end


# Files ----------------------------------------------------------------------------------------------------------


@require_safe
def ics(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The file of one session for a calendar of one's own. Of one that was moved, at its new time."""
    user = reader(request)
    own = Session.objects.of(user)
    session = own.filter(pk=pk).first()
    if session is None:
        raise _refusal(user, pk)
    if (newest := calendar.newest_of(session)) != session.pk:
        session = own.filter(pk=newest).first() or session
    if not session.is_known:
        raise WrongState(_("This session is being written up. It can go into a calendar once it is sent."))
    body, method = calendar.one(calendar.entries([session])[0])
    return _file(body, f"supervision-{session.local_start:%Y-%m-%d}.ics", method)


def _refusal(user: User, pk: uuid.UUID) -> Exception:
    if Session.objects.facts_visible_to(user).filter(pk=pk).exists():
        return Denied(_("Only those who take part put a session into their calendar."))
    return NotFound()


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Whoever has the address gets its person's sessions, without signing in. An unknown or stopped secret is a page that does
    not exist."""
    # The public door to these limits lets every GET pass.
    if not ratelimit.consume(request, app="allauth.account", action="calendar", limit_get=True):
        answer = render(request, "429.html", status=429)
        answer["Retry-After"] = "60"
        return answer
    found = CalendarFeed.objects.at(secret).select_related("person").first()
    if found is None:
        raise NotFound
    zone = zones.of(found.person)
    with timezone.override(zone), translation.override(found.person.language):
        sessions = list(calendar.of_feed(found.person, timezone.now()))
        body = calendar.feed(calendar.entries(sessions), zone=str(zone))
    return _file(body, "supervision.ics", calendar.PUBLISH)


def _file(body: bytes, name: str, method: str) -> HttpResponse:
    response = HttpResponse(body, content_type=f"text/calendar; charset=utf-8; method={method}")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


# Month and week -------------------------------------------------------------------------------------------------


@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """The sessions of a month: a table on wide screens, the days with sessions as a list on small ones."""
    user, today = reader(request), timezone.localdate()
    first = _day(f"{request.GET.get('month', '')}-01") or today.replace(day=1)
    weeks = days_of.Calendar().monthdatescalendar(first.year, first.month)
    after = (first + 31 * ONE_DAY).replace(day=1)
    held = _Days(user, first, after)
    table = [[held.of(day) if first <= day < after else None for day in week] for week in weeks]
    context = {
        "title": words.month(first),
        "weekdays": [date_format(day, "l") for day in weeks[0]],
        "table": table,
        "days": [day for week in table for day in week if day and day["visits"]],
        "earlier": _month_link(first - ONE_DAY),
        "later": _month_link(after),
        "is_now": first <= today < after,
        "other_url": _week_url(today if first <= today < after else first),
    }
    return render(request, "sessions/month.html", context)


@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """The sessions of a week, day by day; the weekend when something is there."""
    user, today = reader(request), timezone.localdate()
    asked = _day(request.GET.get("day", "")) or today
    monday = asked - asked.weekday() * ONE_DAY
    held = _Days(user, monday, monday + 7 * ONE_DAY)
    days = [held.of(monday + number * ONE_DAY) for number in range(7)]
    context = {
        "title": _week_name(monday),
        "days": [day for n, day in enumerate(days) if n < 5 or day["visits"] or day["today"]],
        "is_empty": not any(day["visits"] for day in days),
        "earlier": _week_link(monday - 7 * ONE_DAY),
        "later": _week_link(monday + 7 * ONE_DAY),
        "is_now": monday <= today < monday + 7 * ONE_DAY,
        "other_url": _month_url(asked),
    }
    return render(request, "sessions/week.html", context)


class _Days:
    """A person's sessions from a day until before another, by the day they begin on where that person is."""

    def __init__(self, user: User, first: datetime.date, after: datetime.date) -> None:
        self.today = timezone.localdate()
        self.away = _away(user, first, after)
        self.holidays = public_holidays.between(first, after - ONE_DAY)
        self.lines: dict[datetime.date, list[dict[str, Any]]] = {}
        for line in lines_of(_between(user, first, after), user, set(_current(user))):
            self.lines.setdefault(timezone.localdate(line["session"].starts_at), []).append(line)

    def of(self, day: datetime.date) -> dict[str, Any]:
        """One day, as the week and the cells of the month show it."""
        is_away = any(first <= day <= last for first, last in self.away)
        name, holiday = date_format(day, "l j"), self.holidays.get(day, "")
        name = ", ".join(filter(None, [name, holiday, _("away") if is_away else ""]))
        return {
            "date": day,
            "name": name,
            "holiday": holiday,
            "today": day == self.today,
            "away": is_away,
            "visits": [_visit(line) for line in self.lines.get(day, [])],
        }


def _visit(line: dict[str, Any]) -> dict[str, Any]:
    session, others = line["session"], line["others"]
    ahead = session.state == Session.State.PLANNED and session.ends_at >= timezone.now()
    when = time = words.clock(session.starts_at)
    if session.is_known:
        when = _("%(time)s, %(how)s") % {"time": time, "how": session.get_modality_display().lower()}
    return {
        "name": _with(others),
        "initials": words.initials(others[0]) if others else "",
        "url": line["url"],
        "time": time,
        "lines": [when],
        "tag": "" if ahead else line["tag"],
        "kind": "" if ahead else line["kind"],
    }


@prepared
def _away(user: User, first: datetime.date, after: datetime.date) -> QuerySet[Away, Any]:
    rows = Away.objects.filter(person=user, first_day__lt=after, last_day__gte=first)
    return rows.values_list("first_day", "last_day")


@prepared
def _current(user: User) -> QuerySet[Arrangement, Any]:
    """The arrangements that this person takes part in today."""
    mine = Participation.objects.current().filter(person=user).values("arrangement")
    return Arrangement.objects.current().filter(pk__in=mine).values_list("pk", flat=True)


def _between(user: User, first: datetime.date, after: datetime.date) -> list[Any]:
    zone = timezone.get_current_timezone()
    start, end = (datetime.datetime.combine(day, datetime.time.min, zone) for day in (first, after))
    return _starting(user, start, end)


@prepared
def _starting(user: User, start: datetime.datetime, end: datetime.datetime) -> QuerySet[Session]:
    rows = Session.objects.of(user).filter(starts_at__gte=start, starts_at__lt=end)
    return with_waiting(rows, user).only(*SHOWN).order_by("starts_at", "pk")


def _with(others: list[str]) -> str:
    """The others of a session, in few words."""
    if len(others) > 2:
        return _("%(name)s and %(n)s others") % {"name": others[0], "n": len(others) - 1}
    return words.join_names(others) or _("Session")


# Addresses of a month, and of a week ------------------------------------------------------------------------------


def _day(text: str) -> datetime.date | None:
    """The day that an address names, such as 2026-11-24, or None."""
    try:
        found = datetime.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _week_name(monday: datetime.date) -> str:
    return _("Week of %(day)s") % {"day": date_format(monday, "F j, Y")}


def _month_url(day: datetime.date) -> str:
    return f"{reverse('sessions:month')}?month={day:%Y-%m}"


def _week_url(day: datetime.date) -> str:
    return f"{reverse('sessions:week')}?day={day:%Y-%m-%d}"


def _month_link(day: datetime.date) -> dict[str, str] | None:
    return {"url": _month_url(day), "label": words.month(day)} if day.year in YEARS else None


def _week_link(monday: datetime.date) -> dict[str, str] | None:
    return {"url": _week_url(monday), "label": _week_name(monday)} if monday.year in YEARS else None
