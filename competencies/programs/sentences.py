"""Who sees a self-assessment, who is asked, and what is shown of each group, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from supervision.pages.sight import Line, line

from .models import Group, ProgramAssessment
from .results import FEWEST, STEADY, STRONG, TO_EXPLORE

BANDS = {
    TO_EXPLORE: gettext_lazy("To explore"),
    STEADY: gettext_lazy("Steady"),
    STRONG: gettext_lazy("Strong"),
}
KINDS = {TO_EXPLORE: "info", STEADY: "", STRONG: "done"}  # how a tag looks
COLUMNS = (Group.WORKERS, Group.SUPERVISORS, Group.MANAGERS)  # the ones whom it is about come first


def band(value: int | None) -> str:
    return str(BANDS[value]) if value is not None else _("Not shown")


def group(value: str) -> str:
    return str(Group(value).label)


def sees_result(assessment: ProgramAssessment) -> Line:
    return line("program.result", program=assessment.program.name)


def sees_action(program: str, *, writing: bool) -> Line:
    """For an action. Whoever writes is told that their name stands with it."""
    if writing:
        return line("program.acting", program=program)
    return line("program.result", program=program)


def sees_answers(own: str, as_groups: Collection[str]) -> Line:
    """The line over one's own ratings."""
    if own == Group.MANAGERS:
        return line("program.ratings_named")
    if own in as_groups:
        return line("program.ratings")
    return line("program.ratings_choice")


def how_shown(of: Mapping[str, int], as_groups: Collection[str]) -> list[str]:
    """What will be shown of each group, for whoever is asked and before the first question. `of` says how many are asked."""
    said = [
        _(
            "Peer workers are shown as a group, one statement at a time, as strong, steady or to explore: never a number, never"
            " how many, and only where at least three gave a rating."
        )
    ]
    if Group.SUPERVISORS in as_groups:
        said.append(_("Supervisors are shown as a group in the same way."))
    elif of[Group.SUPERVISORS]:
        said.append(
            _(
                "Fewer than three supervisors are asked, too few to be shown as a group. What each of them rates shows under"
                " their own name if they say so, and is left out if not."
            )
        )
    said.append(
        _(
            "Managers answer under their own name, because they answer for the program and there are seldom three of them."
            " Nobody else has to."
        )
    )
    return said


def what_could_be_worked_out(of: Mapping[str, int]) -> list[str]:
    """What holds, and what does not: said plainly, before the first question."""
    said = [
        _(
            "Who was not asked cannot read a single rating from what is shown, not even where all agree: each of the three words"
            " also comes about with other ratings of every one of you. You know your own, though: in a group of three, if yours is"
            " far from the word that shows, you can tell what the two others chose, and they can of yours."
        ),
        _(
            "Colleagues who tell each other their ratings could narrow down what the others chose. What is yours to tell stays"
            " with you."
        ),
        _(
            "Where the people behind a result would differ by one or two from those behind an earlier one, it is not shown, so"
            " that nobody can compare the two and see who made the difference; nor where it would tell by itself that somebody"
            " has answered or has not, such as after somebody has joined or can’t answer any more. Somebody who knew exactly who"
            " answered both times, and that nobody had changed their mind, could in rare cases still work something out."
        ),
    ]
    if FEWEST in (of[Group.WORKERS], of[Group.SUPERVISORS]):
        said.append(
            _(
                "Of a group of exactly three something shows only if all three have answered. So if it does, that much is"
                " known of them."
            )
        )
    said.append(
        _(
            "There is no room for words here, since a way of putting things can tell who speaks. Whoever runs the server with its"
            " keys could technically read what is stored."
        )
    )
    return said


def not_shown(value: str, asked: int) -> str:
    """Why a group is missing in a result, without saying more than that."""
    if value == Group.SUPERVISORS and asked < FEWEST:
        return _(
            "Supervisors: fewer than three were asked, so only what they chose to show under their name is here."
        )
    said = {
        Group.WORKERS: _("Peer workers as a group are not shown this time."),
        Group.SUPERVISORS: _("Supervisors as a group are not shown this time."),
    }[Group(value)]
    why = _(
        "Either fewer than three answered, or nearly the same people were asked or answered as for a result before, or somebody"
        " who was asked could not answer any more, so that it would tell who of the others did. Which of these it was is not"
        " said, because that would tell who did."
    )
    return f"{said} {why}"


def asked_words(of: Mapping[str, int]) -> str:
    """ "1 manager, 2 supervisors and 6 peer workers are asked"."""
    return _("%(managers)s, %(supervisors)s and %(workers)s are asked.") % {
        "managers": ngettext("%(n)d manager", "%(n)d managers", of[Group.MANAGERS])
        % {"n": of[Group.MANAGERS]},
        "supervisors": ngettext("%(n)d supervisor", "%(n)d supervisors", of[Group.SUPERVISORS])
        % {"n": of[Group.SUPERVISORS]},
        "workers": ngettext("%(n)d peer worker", "%(n)d peer workers", of[Group.WORKERS])
        % {"n": of[Group.WORKERS]},
    }
