"""What others changed about a person, for that person to see: who did it, and what it means for who can read what (domain 8).

Read from the audit chain. Three kinds of links concern somebody: those about their account, those about an arrangement while they
take part in it, and who manages a program while they have a place there.
"""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.pages import words
from supervision.pages.keyset import Page, page_of
from supervision.records.models import AuditEvent

from .models import Arrangement, Participation, Place, Program, User

MANY = 3  # names that a line says before it only says “others”

# What each link of the chain says to the person, and what it means. %(…)s are names: see `_names_for`.
READS_AS_MANAGER = _(
    "Managers see who met when, and read signed agreements, signed formal assessments and job descriptions. They do not see what "
    "was said."
)
READS_AS_LINE_MANAGER = _(
    "A line manager writes and reads your job description, may write notes about your work, and reads those that name them. They "
    "do not see what is said in supervision."
)
BEFORE_READS_NOTHING_NEWER = _("%(was)s keeps what named them, and reads nothing newer.")
IF_UNEXPECTED = _("If you did not expect this, tell an administrator in person.")
ABOUT_YOU = {
    "person added": (_("Your account was made"), ""),
    "person edited": (_("Facts about your work were changed"), _("They are on the page “Your details”.")),
    "invited": (_("You were invited"), ""),
    "invitation accepted": (_("The invitation was accepted"), ""),
    "password link asked": (
        _("A link for a new password was asked for"),
        _(
            "It waits 72 hours, or until a second administrator agrees. You can stop it on the page “Your details”."
        ),
    ),
    "password link agreed": (
        _("An administrator agreed to a link for a new password"),
        _("It goes to your address and nowhere else. Your second step at sign-in is still asked."),
    ),
    "password link sent": (_("A link for a new password was sent to your address"), IF_UNEXPECTED),
    "password link stopped": (
        _("A link for a new password was stopped"),
        _("Your password stays as it is."),
    ),
    "password changed": (_("Your password was changed"), IF_UNEXPECTED),
    "second factor changed": (_("How you prove it is you was changed"), IF_UNEXPECTED),
    "second factors cleared": (
        _("How you prove it is you was cleared, by whoever runs the server"),
        _("Until you set it up again, your password alone signs in."),
    ),
    "address change asked": (
        _("A change of your e-mail was asked for"),
        _("It waits 72 hours. You can stop it by the link in the mail, or on the page “Your details”."),
    ),
    "address change stopped": (_("The change of your e-mail was stopped"), ""),
    "address change not possible": (
        _("The change of your e-mail was not possible"),
        _("Somebody else has that address by now."),
    ),
    "address changed": (
        _("Your e-mail was changed"),
        _("You sign in with it. For 30 days the old one is told of what changes about signing in."),
    ),
    "account closed": (
        _("Your account was closed"),
        _("Roles that you had ended with it. What you signed stays."),
    ),
    "account opened again": (
        _("Your account was opened again"),
        _("Roles that you had before were not given back."),
    ),
    "made administrator": (
        _("You became an administrator"),
        _("You look after accounts, programs and settings. You read no record by it."),
    ),
    "no longer administrator": (_("You are no longer an administrator"), ""),
    "made manager": (
        _("You manage %(program)s"),
        _("You see who met when there, and read what managers read. You do not see what was said."),
    ),
    "no longer manager": (
        _("You no longer manage %(program)s"),
        _("From that moment you do not see who met when there."),
    ),
    "became line manager": (
        _("You are the line manager of %(person)s"),
        _(
            "You write and read their job description, may write notes about their work, and read those that name you. You do not "
            "see what they say in supervision."
        ),
    ),
    "no longer line manager": (
        _("You are no longer the line manager of %(person)s"),
        _("Notes about their work that named you stay readable for you, and nothing newer."),
    ),
    "place given": (
        _("You got a place in %(program)s"),
        _(
            "The managers of that program see when supervision happens there, and your training and credentials."
        ),
    ),
    "place changed": (_("Your place in %(program)s was changed"), ""),
    "credential added": (_("A credential of yours was added"), ""),
    "credential changed": (_("A credential of yours was changed"), ""),
    "credential removed": (_("A credential of yours was removed"), ""),
    "calendar address made": (_("An address for your calendar was made"), IF_UNEXPECTED),
    "calendar address stopped": (_("The address for your calendar was stopped"), ""),
    "away added": (_("A time away was set for you"), ""),
    "away removed": (_("A time away of yours was removed"), ""),
}
NAMED_A_LINE_MANAGER = (
    "line manager changed"  # says who was and who is, so its words are made by `_line_manager`
)
ABOUT_A_PROGRAM = {
    "manager named": (_("%(person)s manages %(program)s"), READS_AS_MANAGER),
    "manager ended": (
        _("%(person)s no longer manages %(program)s"),
        _("From that moment they do not see who met when there."),
    ),
}
# About an arrangement: what it says to whom it names, what it says to the others in it, and what it means.
MADE, BACK, ENDED = "arrangement made", "arrangement person back", "arrangement ended"
ABOUT_AN_ARRANGEMENT = {
    MADE: (
        "",  # made by `_made`
        "",
        _(
            "What is said there is read by those who take part. Managers of the program see who met when, and read signed agreements."
        ),
    ),
    "arrangement joined": (
        _("You take part in supervision in %(program)s with %(others)s from %(day)s on"),
        _("%(person)s takes part in your supervision in %(program)s from %(day)s on"),
        _(
            "From that day on, whoever takes part reads what is shared there. Nobody reads what came before they joined."
        ),
    ),
    "arrangement left": (
        _("You take part in supervision in %(program)s with %(others)s until %(day)s"),
        _("%(person)s takes part in your supervision in %(program)s until %(day)s"),
        _("Whoever leaves keeps what they were there for, and reads nothing newer."),
    ),
    ENDED: (
        "",
        _("Supervision in %(program)s with %(others)s goes on until %(day)s"),
        _("Its records stay readable for those who were there."),
    ),
    BACK: (
        "",
        _("%(person)s, who takes part in your supervision in %(program)s, can sign in again"),
        _(
            "They read again what those who take part share. If this should not be, tell a manager of the program."
        ),
    ),
}


@dataclass(frozen=True)
class Change:
    """`by` is the name of whoever did it, “you” for the person themself, and empty for the software."""

    when: datetime.datetime
    what: str
    means: str
    by: str


def changes_page(person: User, params: QueryDict) -> Page:
    """The page of changes that `params` (request.GET) asks for, newest first. Raises BadCursor."""
    page = page_of(_about(person), params, date_field="at", id_field="seq")
    return Page(_told(person, page.items), page.older, page.newer)


def newest_changes(person: User, *, newest: int = 5) -> list[Change]:
    return _told(person, list(_about(person).order_by("-seq")[:newest]))


def all_changes(person: User) -> list[Change]:
    """Every one of them, oldest first."""
    return _told(person, list(_about(person).order_by("seq")))


# Which links -----------------------------------------------------------------------------------------------------


def _about(person: User) -> QuerySet[AuditEvent]:
    taken = Participation.objects.filter(person=person)
    arrangements = list(taken.values_list("arrangement", "arrangement__program"))
    programs = {program for _arrangement, program in arrangements}
    programs |= set(Place.objects.filter(person=person).values_list("program", flat=True))
    ids = [person.pk, *(arrangement for arrangement, _program in arrangements), *programs]
    links = AuditEvent.objects.filter(record_id__in=ids).annotate(day=TruncDate("at"))
    return links.filter(_account(person) | _arrangements(person) | _programs(person))


def _account(person: User) -> Q:
    own_absence = Q(action__in=["away added", "away removed"], by=person.pk)
    shown = Q(record_id=person.pk, action__in=[*ABOUT_YOU, NAMED_A_LINE_MANAGER])
    return shown & ~own_absence


def _while_there(rows: Any, first: str, last: str) -> Any:
    """Rows of somebody's taking part that held on the day of the link."""
    return rows.filter(
        Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": OuterRef("day")}),
        **{f"{first}__lte": OuterRef("day")},
    )


def _arrangements(person: User) -> Q:
    """Links that name this person, and those of the time in which they take part."""
    mine = Participation.objects.filter(person=person, arrangement=OuterRef("record_id"))
    names_me = Q(facts__person=str(person.pk)) | Q(facts__people__has_key=str(person.pk))
    ended = Q(action=ENDED) & Exists(mine.filter(left_on=F("arrangement__ended_on")))
    meanwhile = ~Q(action=MADE) & Exists(_while_there(mine, "joined_on", "left_on"))
    own_return = Q(action=BACK, facts__person=str(person.pk))
    return Q(action__in=ABOUT_AN_ARRANGEMENT) & ~own_return & (names_me | ended | meanwhile)


def _programs(person: User) -> Q:
    """Somebody else came to manage a program, or stopped, while this person had a place there or took part in supervision."""
    placed = Place.objects.filter(person=person, program=OuterRef("record_id"))
    taking = Participation.objects.filter(person=person, arrangement__program=OuterRef("record_id"))
    here = Exists(_while_there(placed, "since", "until")) | Exists(
        _while_there(taking, "joined_on", "left_on")
    )
    return Q(action__in=ABOUT_A_PROGRAM) & ~Q(facts__person=str(person.pk)) & here


# In words ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Names:
    """Whoever and whatever the links of one page speak of, by id."""

    people: dict[str, str]
    programs: dict[str, str]
    arrangements: dict[uuid.UUID | None, Arrangement]

    def person(self, pk: Any) -> str:
        return self.people.get(str(pk), gettext("somebody")) if pk else ""

    def program(self, pk: Any) -> str:
        return self.programs.get(str(pk), gettext("a program"))


def _told(person: User, events: list[AuditEvent]) -> list[Change]:
    names = _names_for(events)
    told = []
    for event in events:
        what, means = _sentences(person, event, names)
        by = gettext("you") if event.by == person.pk else names.person(event.by)
        told.append(Change(event.at, what, means, by))
    return told


def _names_for(events: list[AuditEvent]) -> _Names:
    """Four queries at most, however many links."""
    about: dict[str, set[Any]] = defaultdict(set)
    for event in events:
        about[event.record_label].add(event.record_id)
        about["people.program"] |= {event.facts.get("program")} - {None}
        about["people.user"] |= {event.by, *(event.facts.get(name) for name in ("person", "was", "now"))} - {
            None
        }
    arrangements: dict[uuid.UUID | None, Arrangement] = {
        row.pk: row for row in Arrangement.objects.filter(pk__in=about["people.arrangement"]).with_people()
    }
    return _Names(
        people=_by_id(User.objects.filter(pk__in=about["people.user"])),
        programs=_by_id(Program.objects.filter(pk__in=about["people.program"])),
        arrangements=arrangements,
    )


def _by_id(rows: Any) -> dict[str, str]:
    return {str(pk): name for pk, name in rows.values_list("pk", "name")}


def _sentences(person: User, event: AuditEvent, names: _Names) -> tuple[str, str]:
    facts = event.facts
    if event.action == NAMED_A_LINE_MANAGER:
        return _line_manager(names.person(facts.get("was")), names.person(facts.get("now")))
    if event.action in ABOUT_AN_ARRANGEMENT:
        return _arrangement(person, event, names)
    said, means = (ABOUT_YOU | ABOUT_A_PROGRAM)[event.action]
    program = facts.get("program") if event.action in ABOUT_YOU else event.record_id
    given = {"person": names.person(facts.get("person")), "program": names.program(program)}
    return str(said) % given, str(means)


def _line_manager(was: str, now: str) -> tuple[str, str]:
    if not now:
        said = gettext("%(was)s is no longer your line manager, and nobody else is named") % {"was": was}
        return said, gettext(
            "Notes about your work that named them stay readable for them, and nothing newer."
        )
    if not was:
        return gettext("%(now)s is your line manager now") % {"now": now}, str(READS_AS_LINE_MANAGER)
    said = gettext("%(now)s is your line manager now, in place of %(was)s") % {"now": now, "was": was}
    return said, f"{READS_AS_LINE_MANAGER} {BEFORE_READS_NOTHING_NEWER % {'was': was}}"


def _arrangement(person: User, event: AuditEvent, names: _Names) -> tuple[str, str]:
    to_them, to_others, means = ABOUT_AN_ARRANGEMENT[event.action]
    arrangement = names.arrangements[event.record_id]
    if event.action == MADE:
        return _made(person, event, arrangement), str(means)
    who, on = event.facts.get("person"), event.facts.get("on")
    rows = arrangement.participations.all()
    given = {
        "person": names.person(who),
        "program": arrangement.program.name,
        "others": _names_of(row for row in rows if row.person_id != person.pk),
        "day": words.day(datetime.date.fromisoformat(on)) if on else "",
    }
    said = to_them if who == str(person.pk) else to_others
    return str(said) % given, str(means)


def _made(person: User, event: AuditEvent, arrangement: Arrangement) -> str:
    """Who takes part and who leads, as it was made. Whoever came later has a line of their own."""
    parts = event.facts.get("people", {})
    rows = [row for row in arrangement.participations.all() if str(row.person_id) in parts]
    others = [row for row in rows if row.person_id != person.pk]
    leads = [row for row in others if row.part in Participation.LEADING]
    given = {"program": arrangement.program.name, "leads": _names_of(leads), "others": _names_of(others)}
    if parts.get(str(person.pk)) in Participation.LEADING:
        return gettext("You lead supervision in %(program)s with %(others)s") % given
    if leads:
        return gettext("Supervision in %(program)s was arranged for you, led by %(leads)s") % given
    return gettext("Co-reflection in %(program)s was arranged for you, with %(others)s") % given


def _names_of(rows: Iterable[Participation]) -> str:
    found = list(dict.fromkeys(row.person.name for row in rows))
    more = [gettext("others")] if len(found) > MANY else []
    return words.join_names([*found[:MANY], *more])
