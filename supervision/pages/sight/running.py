"""What everybody reads, and what it takes to run the agency: accounts, keeping, the law."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .kinds import Layer, Reader, Row, rule

RUNNING = (
    Row(
        "framework",
        Layer.OPEN,
        _("Frameworks and templates"),
        _("What good practice looks like, and what agreements start from. Nobody’s own words are in them."),
        _("Everybody who works here. The templates, and what waits to be published, administrators."),
        {
            "open": rule(
                _("Everybody who works here can read this."),
                Reader.EVERYBODY,
                not_who=_("Nobody’s own words are in it."),
            ),
            "draft": rule(
                _("Administrators can see this."),
                Reader.ADMINISTRATORS,
                not_who=_("Everybody else does once it is published."),
                also="framework.open",
            ),
            "templates": rule(
                _("Administrators keep these. Whoever starts an agreement from one reads it then."),
                Reader.ADMINISTRATORS,
                not_who=_("Nobody’s own words are in it."),
                also="agreement_way.writing",
            ),
        },
    ),
    Row(
        "requirement",
        Layer.OPEN,
        _("What is expected"),
        _(
            "By which rules supervision is measured here, where they come from, and where they apply since when."
        ),
        _("Everybody who works here. Administrators keep them."),
        {
            "open": rule(
                _("Everybody who works here can read this."),
                Reader.EVERYBODY,
                not_who=_("It says what is asked for, and of nobody whether it was met."),
            ),
            "keeping": rule(
                _("Administrators keep this. Everybody who works here can read what is saved."),
                Reader.ADMINISTRATORS,
                not_who=_("Nobody’s own words are in it."),
                also="requirement.open",
            ),
        },
    ),
    Row(
        "account",
        Layer.RUNNING,
        _("Accounts and who supervises whom"),
        _(
            "Names, roles, programs, arrangements, days away, and what waits to be changed about how somebody signs in."
        ),
        _(
            "Administrators, and the managers of the program. Of an arrangement also those who take part in it."
        ),
        {
            "person": rule(
                _("Administrators and the managers of their programs see this page."),
                Reader.ADMINISTRATORS,
                Reader.MANAGERS,
                not_who=_("What they say in supervision is not here."),
            ),
            "arrangement": rule(
                _("Those who take part, the program’s managers and administrators see this page."),
                Reader.PARTIES,
                Reader.MANAGERS,
                Reader.ADMINISTRATORS,
            ),
            "leaver": rule(
                _("Administrators see that a link was sent, and until when it works."),
                Reader.ADMINISTRATORS,
                not_who=_("Not what is there, nor what somebody took along."),
            ),
            "waiting": rule(
                _("Administrators see this page."),
                Reader.ADMINISTRATORS,
                not_who=_("Whom it is about was told, and sees the same on their own page."),
            ),
            "imports": rule(
                _("Administrators see what was in a file, until it is brought in or left."),
                Reader.ADMINISTRATORS,
                not_who=_(
                    "Sessions from before hold no words; who was there and their managers see them afterwards."
                ),
            ),
            "home": rule(
                _("You manage accounts, as administrators do."),
                Reader.ADMINISTRATORS,
                not_who=_("What people say or sign in supervision is not open to you."),
            ),
        },
    ),
    Row(
        "keeping",
        Layer.RUNNING,
        _("How long records are kept"),
        _(
            "Which records are to be removed, by kind and day, what is held back from that and why, and why somebody asked for one to"
            " go. Nothing of what is in them."
        ),
        _(
            "Administrators. Everybody whose record is on a list, once two have approved it; your own you see at any time."
        ),
        {
            "page": rule(
                _("Administrators see this page."),
                Reader.ADMINISTRATORS,
                not_who=_(
                    "It names records by their kind, their day and whose they are. Nothing that was said is on it."
                ),
            ),
            "list": rule(
                _("Administrators see this list, and whoever asked for it their own reason."),
                Reader.ADMINISTRATORS,
                Reader.AUTHOR,
                not_who=_("Everybody on it is told once two have approved it. It opens no record."),
            ),
            "reason": rule(_("Administrators read this."), Reader.ADMINISTRATORS),
            "asking": rule(
                _("You and administrators read this."),
                Reader.AUTHOR,
                Reader.ADMINISTRATORS,
                also="keeping.list",
            ),
            "upcoming": rule(
                _("You and administrators see this."),
                Reader.SELF,
                not_who=_("Administrators see kind and day, nothing that was said."),
                also="keeping.list",
            ),
        },
    ),
    Row(
        "disclosure",
        Layer.RUNNING,
        _("Handed over because the law requires it"),
        _(
            "Who asked, on what it rests, exactly what is asked for, who approved it and when it was handed over."
        ),
        _(
            "Whoever entered it and the two who approve it. Everybody whose record is in it, once they are told."
        ),
        {
            "read": rule(
                _(
                    "%(one)s, %(two)s and %(three)s see this, and everybody whose record is in it once they are told."
                ),
                Reader.NAMED,
                Reader.TOLD,
                not_who=_("The page opens no record."),
            ),
            "words": rule(
                _(
                    "Whoever entered it and the two who approve it see this, and those concerned once they are told."
                ),
                Reader.NAMED,
                Reader.TOLD,
                not_who=_("Nobody else."),
            ),
            "entering": rule(
                _("You and the two who approve it see this; those concerned once they are told."),
                Reader.SELF,
                not_who=_("Nobody else."),
                also="disclosure.read",
            ),
            "list": rule(
                _(
                    "You see those that you entered, that you approve, and that you were told of because a record of yours is in them."
                ),
                Reader.SELF,
                not_who=_("For everybody else they do not exist."),
                also="disclosure.read",
            ),
        },
    ),
)
