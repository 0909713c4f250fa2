"""Who sees what of a round, what its bands are called and how it stands, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.pages import words
from supervision.pages.sight import Line, line
from supervision.people.models import User

from .anonymity import FEWEST, Band
from .models import NamedView, Round
from .sheets import Kept

BANDS = {
    Band.STRONG: gettext_lazy("Strong"),
    Band.STEADY: gettext_lazy("Steady"),
    Band.EXPLORE: gettext_lazy("To explore"),
}
KINDS = {Band.STRONG: "done", Band.STEADY: "info", Band.EXPLORE: "wait"}


def marks_are_seen(found: Round, user: User) -> Line:
    """Beside the form: what one marks is one's own."""
    if found.supervisor_id == user.pk:
        return line("own.marks")
    return line("own.answers", name=found.supervisor.name)


def round_is_seen(found: Round, user: User) -> Line:
    """Who knows that there is a round, and who sees what comes of it."""
    if found.supervisor_id == user.pk:
        return line("round.own")
    return line("round.asked", name=found.supervisor.name)


def before_answering(found: Round, asked: int) -> list[tuple[str, str]]:
    """Everything that somebody who is asked should know before the first question: what about, and how it is."""
    name = {"name": found.supervisor.called, "fewest": FEWEST, "day": words.full_day(found.last_day)}
    return [
        (_("Your answers"), _YOURS % name),
        (
            _("Whether you answered"),
            _("Nobody is shown who has answered, or how many have. Reminders go to everybody who is asked."),
        ),
        (_("What %(name)s sees, and when") % name, _SHOWN % name),
        (_("When there is no result"), _NO_RESULT % name),
        (_("Who else"), _NOBODY_ELSE % name),
        (_("What could still be worked out"), _worked_out(asked)),
        (_("Whoever runs the server"), str(_SERVER)),
    ]


_YOURS = gettext_lazy(
    "Only you ever see them. They are ratings, without words. What you choose keeps itself as you go, and counts once you "
    "send it. Until the end of %(day)s you can change it or take it back."
)
_SHOWN = gettext_lazy(
    "Nothing before the round has closed and %(name)s’s own part is in. Then, if at least %(fewest)s of you have answered, "
    "one of three words for a statement: “strong”, “steady” or “to explore”. It shows only where at least %(fewest)s chose "
    "a point of the scale. No numbers, and nobody’s answer. “Can’t say yet” is not counted."
)
_NO_RESULT = gettext_lazy(
    "If fewer than %(fewest)s have answered, if those who did are almost the same people as in the last round that had a "
    "result, or if somebody who was asked can’t answer any more, so that a result would tell who of the others did, nothing "
    "shows. %(name)s is not told which of these it was."
)
_NOBODY_ELSE = gettext_lazy(
    "Nobody. No manager, no line manager and no administrator sees the result, or that there was a round. %(name)s may "
    "choose to tell others what came of it."
)
_SERVER = gettext_lazy(
    "What you choose is encrypted where it is stored, and no row there says who has answered. Whoever runs the server and "
    "holds its keys could still read it."
)


def _worked_out(asked: int) -> str:
    said = _(
        "If all of you agree, the result shows which way. Somebody who answered knows their own part of the result. "
        "Colleagues who tell each other what they chose, and hear the result, could work out something about the others."
    )
    if asked > FEWEST:
        return said
    return f"{said} {_('Exactly three of you are asked, so a result tells that all three have answered.')}"


def no_result() -> str:
    """One sentence for every reason: which it was would tell something of who answered."""
    return _(
        "There is no result to show for this round. Either fewer than three people answered; or those who did are almost "
        "the same as in the last round with a result, so that the difference could tell who said what; or somebody who was "
        "asked could not answer any more, so that a result would tell who of the others did. Which of these it was, nobody "
        "is told."
    )


def own_state(found: Round, kept: Kept, user: User) -> str:
    """How it stands with one's own part, for oneself alone."""
    if found.supervisor_id == user.pk:
        return _("Your own part is in") if kept.is_sent else _("Your own part waits for you")
    if kept.is_sent:
        return _("You have answered") if found.is_open else _("You answered")
    if not found.is_open:
        return _("You did not answer")
    return _("Begun, not sent yet") if kept.typed else _("Waits for your answer")


def named_is_seen(author: User, supervisor: User, user: User) -> Line:
    other = supervisor if author.pk == user.pk else author
    return line("round.named", name=other.name)


def named_title(row: NamedView, user: User) -> str:
    if row.author_id == user.pk:
        return _("To %(name)s, by you") % {"name": row.supervisor.name}
    return _("From %(name)s") % {"name": row.author.name}
