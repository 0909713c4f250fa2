"""What pages say of a framework in words: whom it describes, who fills it in, and for what."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.pages import words

from .shape import Content, Domain, Point

DESCRIBERS = {
    ("supervisor", "self"): _("the supervisor themself"),
    ("supervisor", "workers"): _("the peer workers they supervise"),
    ("supervisor", "supervisor"): _("the supervisor’s own supervisor"),
    ("worker", "self"): _("the peer worker themself"),
    ("worker", "supervisor"): _("their supervisor, together with them"),
    ("program", "managers"): _("program managers"),
    ("program", "supervisors"): _("supervisors"),
    ("program", "workers"): _("peer workers"),
    ("training", "self"): _("the supervisor themself"),
}
USES = {
    "informal": _("informal: ongoing, and stays between the two"),
    "formal": _("formal: for a period, signed by both"),
    "rounds": _("anonymous rounds of the peer workers"),
    "program": _("looking at the program together, and again over time"),
    "training": _("an overview of one’s training"),
}


def filled_in_by(content: Content, domain: Domain | None = None) -> str:
    """The people who can describe, as a list in a sentence."""
    named = domain.described_by if domain is not None else content.described_by
    return words.join_names(str(DESCRIBERS[content.about, who]) for who in named)


def made_for(content: Content) -> list[str]:
    return [str(USES[use]) for use in content.uses]


def scale(content: Content) -> list[Point]:
    """The points, lowest first, and what always stands beside them."""
    means = gettext(
        "There is not enough yet to tell from. It is no point of the scale, and nothing is averaged over it."
    )
    return [*content.scale, Point(gettext("Can’t say yet"), means)]
