"""What people are told, sorted into the kinds that each of them can choose about. No sentence says more than that there is something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class How(models.TextChoices):
    """How a kind of reminder reaches a person. All of them stand in the list in Common Hour."""

    AT_ONCE = "at_once", _("By e-mail, at once")
    DAILY = "daily", _("By e-mail, once a day")
    HERE = "here", _("Only here")


class Kind(models.TextChoices):
    SIGN = "sign", _("Something to sign")
    AGREEMENT = "agreement", _("Your supervision agreement")
    SESSION = "session", _("A session is planned, moved or called off")
    SOON = "soon", _("A session is near")
    AGENDA = "agenda", _("The agenda of a next session is open")
    DUE = "due", _("Something you said you would do is due")
    REVIEW = "review", _("A time to look at an agreement again")
    ASSESSMENT = "assessment", _("Assessments and rounds")
    CREDENTIAL = "credential", _("A credential is about to expire")
    READ = "read", _("Something to read or to answer")
    READY = "ready", _("Something you asked for is ready")
    ALWAYS = "always", _("Your account, and what will be removed")


CHOSEN = tuple(kind for kind in Kind if kind is not Kind.ALWAYS)

DEFAULTS: dict[str, How] = {
    **dict.fromkeys(CHOSEN, How.AT_ONCE),
    Kind.AGENDA: How.HERE,
    Kind.DUE: How.DAILY,
    Kind.REVIEW: How.DAILY,
}


@dataclass(frozen=True)
class Notice:
    """One sentence, and the kind it belongs to."""

    kind: Kind
    said: Any


NOTICES: dict[str, Notice] = {
    "sign": Notice(Kind.SIGN, _("Something is waiting for your signature")),
    "still_to_sign": Notice(Kind.SIGN, _("Something is still waiting for your signature")),
    "changed": Notice(Kind.SIGN, _("Something you signed has changed")),
    "taken_back": Notice(Kind.SIGN, _("Something you were asked to sign was taken back")),
    "agreement": Notice(Kind.AGREEMENT, _("Your supervision agreement is waiting for you")),
    "in_force": Notice(Kind.AGREEMENT, _("Your supervision agreement is signed and sealed")),
    "joined": Notice(Kind.AGREEMENT, _("Somebody signed your group’s agreement")),
    "ended": Notice(Kind.AGREEMENT, _("A supervision agreement has ended")),
    "arrangement": Notice(Kind.AGREEMENT, _("A supervision arrangement was made for you")),
    "review_due": Notice(Kind.REVIEW, _("It is time to look at an agreement again")),
    "session": Notice(Kind.SESSION, _("A supervision session is planned")),
    "session_changed": Notice(Kind.SESSION, _("A supervision session has changed")),
    "called_off": Notice(Kind.SESSION, _("Something that was planned does not take place")),
    "session_soon": Notice(Kind.SOON, _("A supervision session is near")),
    "observation_soon": Notice(Kind.SOON, _("Something that you planned together is near")),
    "agenda_open": Notice(Kind.AGENDA, _("The agenda of your next session is open")),
    "step_due": Notice(Kind.DUE, _("Something you said you would do is due")),
    "goal_due": Notice(Kind.DUE, _("A goal of yours is to be looked at again")),
    "asked": Notice(Kind.ASSESSMENT, _("You are asked how you see something")),
    "asked_soon": Notice(Kind.ASSESSMENT, _("Something that you were asked closes soon")),
    "assessment_due": Notice(Kind.ASSESSMENT, _("Your part in an assessment is due")),
    "expiring": Notice(Kind.CREDENTIAL, _("Something of yours is about to expire")),
    "proposed": Notice(Kind.READ, _("Something was proposed to you")),
    "answered": Notice(Kind.READ, _("There is an answer for you")),
    "taken_up": Notice(Kind.READ, _("Something was taken up with you")),
    "read": Notice(Kind.READ, _("Something is waiting for you to read")),
    "shared": Notice(Kind.READ, _("Something was shared with you")),
    "signed_for": Notice(Kind.READ, _("Something was signed for you")),
    "added": Notice(Kind.READ, _("Something was added to what you shared")),
    "report": Notice(Kind.READY, _("Your report is ready")),
    "own_files": Notice(Kind.READY, _("What you asked for is ready")),
    "yearly": Notice(Kind.READY, _("Your yearly summary is ready")),
    "removal": Notice(Kind.ALWAYS, _("Something of yours will be removed")),
    "account": Notice(Kind.ALWAYS, _("Something about your account has changed")),
}


def kind_of(notice: str) -> Kind:
    """The kind that a notice belongs to. One that is not known any more is always told."""
    return NOTICES[notice].kind if notice in NOTICES else Kind.ALWAYS


def said_of(notice: str) -> str:
    return str(
        NOTICES[notice].said if notice in NOTICES else _("Something in Common Hour is waiting for you")
    )
