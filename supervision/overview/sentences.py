"""The sentence a page opens with: it would be true if spoken (design 1.5). Pure functions over counts."""

from __future__ import annotations

import datetime

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from supervision.pages import words


def manager_lead(*, people: int, met: int, hand: int) -> str:
    """How many met in the last seven days, and how many could use a hand."""
    if not people:
        return gettext("Nobody is in supervision in your programs yet.")
    return f"{_met_sentence(people, met)} {_hand_sentence(hand)}"


def _met_sentence(people: int, met: int) -> str:
    if people == 1:
        if met:
            return gettext("The one person in supervision met in the last 7 days.")
        return gettext("The one person in supervision has not met in the last 7 days.")
    if met == people:
        return gettext("All %(people)s people in supervision met in the last 7 days.") % {"people": people}
    if not met:
        return gettext("None of the %(people)s people in supervision met in the last 7 days.") % {
            "people": people
        }
    return gettext("%(met)s of %(people)s people in supervision met in the last 7 days.") % {
        "met": met,
        "people": people,
    }


def _hand_sentence(hand: int) -> str:
    if not hand:
        return gettext("Nobody stands out as needing a hand.")
    return ngettext("%(n)s could use a hand.", "%(n)s could use a hand.", hand) % {
        "n": _capital(apnumber(hand))
    }


def _capital(text: object) -> str:
    said = str(text)
    return said[:1].upper() + said[1:]


def week_name(first: datetime.date, last: datetime.date) -> str:
    """November 16 to 20, or November 30 to December 4."""
    end = date_format(last, "j") if first.month == last.month else date_format(last, "F j")
    return gettext("%(first)s to %(last)s") % {"first": date_format(first, "F j"), "last": end}


def week_lead(*, behind: int, to_write: int, ahead: int) -> str:
    """How many sessions of the week were held, wait to be written up, and are still to come."""
    said = []
    if behind:
        said.append(
            ngettext("%(n)s session behind you", "%(n)s sessions behind you", behind)
            % {"n": apnumber(behind)}
        )
    if to_write:
        said.append(ngettext("%(n)s to write up", "%(n)s to write up", to_write) % {"n": apnumber(to_write)})
    if ahead:
        said.append(ngettext("%(n)s still to come", "%(n)s still to come", ahead) % {"n": apnumber(ahead)})
    if not said:
        return gettext("No sessions this week.")
    return _capital(", ".join(said)) + "."


def meeting(names: list[str], starts_at: datetime.datetime, today: datetime.date) -> str:
    """You meet Dana today at 2:00 pm."""
    local = words.local(starts_at)
    assert isinstance(local, datetime.datetime)  # noqa: S101  # a moment stays a moment
    values = {"names": words.join_names(names), "time": words.clock(local), "day": words.day(local)}
    if local.date() == today:
        return gettext("You meet %(names)s today at %(time)s.") % values
    if local.date() == today + datetime.timedelta(days=1):
        return gettext("You meet %(names)s tomorrow at %(time)s.") % values
    return gettext("You meet %(names)s on %(day)s, at %(time)s.") % values


def month_day(value: datetime.date | datetime.datetime) -> str:
    """November 12; with the year when it is not this one."""
    day = timezone.localdate(value) if isinstance(value, datetime.datetime) else value
    return date_format(day, "F j" if day.year == timezone.localdate().year else "F j, Y")


def days_ago(then: datetime.date, today: datetime.date) -> str:
    """Today, yesterday, 5 days ago."""
    days = (today - then).days
    if days <= 0:
        return gettext("today")
    if days == 1:
        return gettext("yesterday")
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}


def by_when(due: datetime.date | None, today: datetime.date) -> str:
    """By today, by Thursday (within a week), by November 24. Nothing when no day was set."""
    if due is None:
        return ""
    if due == today:
        return gettext("By today")
    if due == today + datetime.timedelta(days=1):
        return gettext("By tomorrow")
    if today < due <= today + datetime.timedelta(days=6):
        return gettext("By %(day)s") % {"day": date_format(due, "l")}
    if due < today:
        return gettext("Was meant for %(day)s") % {"day": words.short_day(due)}
    return gettext("By %(day)s") % {"day": words.short_day(due)}


def record_count(*, held: int, signed: int, since: datetime.date | None) -> str:
    """13 sessions since August 3, 12 signed by both."""
    if not held or since is None:
        return gettext("No sessions held yet.")
    lead = ngettext("%(n)s session since %(day)s", "%(n)s sessions since %(day)s", held) % {
        "n": held,
        "day": words.short_day(since),
    }
    if signed == held:
        return gettext("%(lead)s, signed by everyone.") % {"lead": lead}
    return gettext("%(lead)s, %(signed)s signed by everyone.") % {"lead": lead, "signed": signed}
