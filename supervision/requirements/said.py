"""A set of rules in plain sentences, as every page and paper says them. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from supervision.pages import words

from .rules import Amount, Of, Per, Rules, Share, Total


def what_counts(rules: Rules) -> list[str]:
    """Which meetings count, a sentence each."""
    return [
        *_how(rules),
        *_with_whom(rules),
        *(
            [gettext("A meeting counts once everybody who was asked has signed the attendance.")]
            if rules.signed
            else []
        ),
    ]


def what_is_asked(rules: Rules) -> list[str]:
    """How much there must be, and what else, a sentence each."""
    found = []
    if rules.rhythm:
        found.append(gettext("What each two have agreed; an hour a week where no agreement is in force."))
    found += [_amount(one) for one in rules.amounts]
    found += [_share(one) for one in rules.shares]
    if rules.total is not None:
        found += _total(rules.total)
    return [*found, *_besides(rules)]


def _how(rules: Rules) -> Iterator[str]:
    if rules.modalities:
        yield gettext("Meetings count that are held %(how)s.") % {"how": ways(rules.modalities)}
    else:
        yield gettext("Meetings count in person, by video and by phone.")
    if rules.largest_group:
        yield gettext("Groups count with at most %(n)s peer workers there.") % {"n": rules.largest_group}
    if rules.co_reflection:
        yield gettext("Meetings of equals, without a supervisor, count too.")
    else:
        yield gettext("Meetings of equals, without a supervisor, do not count.")


def _with_whom(rules: Rules) -> Iterator[str]:
    asked = rules.supervisor
    if asked.credentials:
        yield gettext("Whoever supervises holds one of these: %(names)s.") % {
            "names": _listed(asked.credentials)
        }
    if asked.training_hours:
        yield ngettext(
            "Whoever supervises has at least %(n)s hour of training by then.",
            "Whoever supervises has at least %(n)s hours of training by then.",
            asked.training_hours,
        ) % {"n": asked.training_hours}


def _besides(rules: Rules) -> Iterator[str]:
    if rules.agreement_by:
        yield gettext("An agreement is in force by meeting %(n)s.") % {"n": rules.agreement_by}
    if rules.observed_every:
        yield ngettext(
            "The supervisor observes the work at least once in %(n)s day.",
            "The supervisor observes the work at least once in %(n)s days.",
            rules.observed_every,
        ) % {"n": rules.observed_every}
    if rules.most_workers:
        yield ngettext(
            "One supervisor supervises at most %(n)s person at a time.",
            "One supervisor supervises at most %(n)s people at a time.",
            rules.most_workers,
        ) % {"n": rules.most_workers}


def _amount(amount: Amount) -> str:
    """At least 60 minutes one to one in person each week, while holding X."""
    if amount.of == Of.TIMES:
        said = ngettext("At least %(n)s meeting", "At least %(n)s meetings", amount.least) % {
            "n": amount.least
        }
    else:
        said = gettext("At least %(much)s") % {"much": words.minutes_words(amount.least)}
    parts = [said]
    if amount.kind.individual:
        parts.append(gettext("one to one"))
    if amount.kind.modalities:
        parts.append(ways(amount.kind.modalities))
    parts.append(_each(amount))
    said = " ".join(parts)
    if amount.while_holding:
        return gettext("%(said)s, while holding %(names)s.") % {
            "said": said,
            "names": _or(sorted(amount.while_holding)),
        }
    return f"{said}."


def _each(amount: Amount) -> str:
    if amount.per == Per.DAYS:
        return gettext("in any %(n)s days") % {"n": amount.days}
    return gettext("each week") if amount.per == Per.WEEK else gettext("each month")


def _share(share: Share) -> str:
    if share.per == Per.WEEK:
        return gettext("At least %(n)s percent of the time of each week is one to one.") % {
            "n": share.percent
        }
    return gettext("At least %(n)s percent of the time of each month is one to one.") % {"n": share.percent}


def _total(total: Total) -> Iterator[str]:
    hours = total.minutes // 60
    said = ngettext("%(n)s hour in all", "%(n)s hours in all", hours) % {"n": hours}
    if total.by is not None:
        said = gettext("%(said)s by %(day)s") % {"said": said, "day": date_format(total.by, "F j, Y")}
    yield f"{said}."
    if total.percent_individual:
        yield gettext("At least %(n)s percent of them are one to one; more hours in groups do not count.") % {
            "n": total.percent_individual
        }


def ways(modalities: Iterable[str]) -> str:
    """In person or by video."""
    names = {"in_person": gettext("in person"), "video": gettext("by video"), "phone": gettext("by phone")}
    return _or([name for key, name in names.items() if key in set(modalities)])


def _or(names: list[str]) -> str:
    return gettext(" or ").join(names)


def _listed(names: Iterable[str]) -> str:
    return _or(sorted(names))
