"""Who reads a goal and where it came from, in words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supervision.pages import words
from supervision.pages.sight import Line, line
from supervision.people.models import Arrangement, Participation, User

from .models import Goal, GoalReader
from .policy import Circle

Structure = Arrangement.Structure


def sees(goal: Goal, readers: Sequence[GoalReader], user: User) -> Line:
    """For the owner, or for one of those who read it."""
    names = [row.part.person.name for row in readers]
    if goal.owner_id != user.pk:
        others = [name for row, name in zip(readers, names, strict=True) if row.part.person_id != user.pk]
        return line("goal.read", names=[goal.owner.name, *others])
    if names:
        return _shared(goal, names)
    return line("own.goal") if goal.is_private else line("own.goal_again")


def _shared(goal: Goal, names: list[str]) -> Line:
    """Who reads a shared goal, and who does not, as far as somebody may wonder."""
    structure = goal.shared_as.arrangement.structure if goal.shared_as else ""
    if structure == Structure.CO_REFLECTION:
        return line("goal.shared_in_circle", names=names)
    if structure in (Structure.GROUP, Structure.CO_SUPERVISION):
        return line("goal.shared_in_group", names=names)
    return line("goal.shared", names=names)


def circle_label(circle: Circle) -> str:
    """One choice of the page on which a goal is shared: who would read it, by name, and who would not."""
    names = words.join_names(row.person.name for row in circle.readers)
    values = {"names": names, "program": circle.arrangement.program.name}
    structure = circle.arrangement.structure
    if structure == Structure.CO_REFLECTION:
        said = _("%(names)s: everybody you reflect with in %(program)s, because nobody leads it")
    elif structure == Structure.GROUP:
        said = _("%(names)s, who leads your group in %(program)s; the others in it do not see it")
    elif structure == Structure.CO_SUPERVISION:
        said = _("%(names)s, who supervise you in %(program)s; nobody else there sees it")
    else:
        said = _("%(names)s, who supervises you in %(program)s")
    return said % values


def circle_value(circle: Circle) -> str:
    """What the form sends for a choice: it fits exactly the people who stand in its label."""
    ids = ",".join(sorted(str(pk) for pk in circle.reader_ids))
    return f"{circle.arrangement.pk}.{hashlib.sha256(ids.encode()).hexdigest()[:16]}"


def about_words(goal: Goal) -> str:
    """ "The session with Dana Whitfield, Nov 24", from the facts kept when it was begun."""
    if not goal.about_kind or goal.about_day is None:
        return ""
    said = {
        (Goal.About.SESSION, True): _("The session with %(names)s, %(day)s"),
        (Goal.About.SESSION, False): _("The session on %(day)s"),
        (Goal.About.ACTION, True): _("A next step from the session with %(names)s, %(day)s"),
        (Goal.About.ACTION, False): _("A next step from the session on %(day)s"),
        (Goal.About.GOAL, False): _("An earlier goal, begun %(day)s"),
        (Goal.About.RATING, True): _("The assessment with %(names)s, %(day)s"),
        (Goal.About.RATING, False): _("Your own assessment, %(day)s"),
    }[Goal.About(goal.about_kind), bool(goal.about_names)]
    return said % {"names": goal.about_names, "day": words.short_day(goal.about_day)}


def steps_done(done: int, total: int) -> str:
    if not total:
        return _("No steps yet")
    return ngettext("%(done)s of %(total)s step done", "%(done)s of %(total)s steps done", total) % {
        "done": done,
        "total": total,
    }


def newcomers(circle: Circle | None, readers: Sequence[GoalReader]) -> list[str]:
    """Who would read it if it were shared anew, and does not now."""
    here = {row.part_id for row in readers}
    rows: Sequence[Participation] = circle.readers if circle else ()
    return [row.person.name for row in rows if row.pk not in here]
