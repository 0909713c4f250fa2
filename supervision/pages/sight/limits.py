"""Concerns that reach a limit, and letters about supervision."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .kinds import Layer, Reader, Row, rule

LIMITS = (
    Row(
        "concern",
        Layer.SHARED,
        _("A concern that reaches a limit"),
        _(
            "What whoever supervises is worried about, which limit it meets, the steps and their dates, and what the peer worker "
            "writes beside it. Nothing of a session."
        ),
        _(
            "First whoever puts it into words, alone. Then the peer worker, before anybody else. If it is shared: one person, who "
            "reads what was written for them, the limit and the dates. Until then nobody else is told that it exists, no manager "
            "and no administrator."
        ),
        {
            "stated": rule(
                _("Only you can see this."),
                Reader.AUTHOR,
                not_who=_("Nobody is told that it exists."),
                private=True,
            ),
            "stating": rule(
                _("Only you can see this."),
                Reader.AUTHOR,
                not_who=_("Once you record that %(name)s was told, they read every word of it."),
                private=True,
                also="concern.told",
            ),
            "telling": rule(
                _("%(name)s reads this from then on."),
                Reader.LEADS,
                not_who=_("Nobody else."),
                also="concern.told",
            ),
            "telling_shared": rule(
                _("%(name)s reads this from then on."),
                Reader.LEADS,
                not_who=_("Whoever it was shared with sees on which day they were told."),
                also="concern.shared",
            ),
            "told": rule(
                _("You and %(other)s can see this."),
                Reader.PARTIES,
                not_who=_("Nobody else, no manager and no administrator, unless it is shared."),
                also="concern.shared",
            ),
            "sharing": rule(
                _("Whoever receives it reads what you write here."),
                Reader.PARTIES,
                Reader.NAMED,
                not_who=_("%(name)s sees what you wrote, and to whom."),
                also="concern.shared",
            ),
            "shared": rule(
                _("%(worker)s and %(raiser)s see this. %(receiver)s sees what was written for them."),
                Reader.PARTIES,
                Reader.NAMED,
                not_who=_("Nobody else."),
            ),
            "shared_early": rule(
                _("You see this, and %(receiver)s what you wrote for them."),
                Reader.LEADS,
                Reader.NAMED,
                not_who=_("%(worker)s sees all of it once they are told."),
                also="concern.shared",
            ),
            "received": rule(
                _("You see what was written for you. %(worker)s and %(raiser)s see all of it."),
                Reader.NAMED,
                Reader.PARTIES,
                not_who=_("Nothing of what was said in supervision is here."),
            ),
            "received_early": rule(
                _("You see what was written for you. %(raiser)s sees all of it."),
                Reader.NAMED,
                Reader.LEADS,
                not_who=_("Nothing of what was said in supervision is here."),
                also="concern.received",
            ),
            "confirming": rule(
                _("%(worker)s and %(raiser)s see your answer."),
                Reader.NAMED,
                Reader.PARTIES,
                not_who=_("You see nothing of what was written."),
            ),
            "list": rule(
                _("Only you can see this list."),
                Reader.SELF,
                not_who=_(
                    "Each concern is seen by the two it is between and, if it is shared, by the one person who receives it."
                ),
                private=True,
                also="concern.told concern.shared",
            ),
        },
    ),
    Row(
        "letter",
        Layer.SHARED,
        _("A letter about supervision"),
        _("What whoever is supervised writes when supervision is not working, and what is answered."),
        _(
            "The two who write to each other. Whoever supervises reads it only if its writer lets them, until that is taken back."
        ),
        {
            "read": rule(
                _("%(one)s and %(two)s see this."),
                Reader.PARTIES,
                Reader.NAMED,
                not_who=_("Nobody else, and nobody who supervises, unless its writer lets them."),
            ),
            "shown": rule(
                _("%(one)s and %(two)s see this, and whom %(one)s lets read it."),
                Reader.PARTIES,
                Reader.NAMED,
                not_who=_("Nobody else, and nobody who supervises, unless its writer lets them."),
            ),
            "writing": rule(
                _("You and whom you write to see this."),
                Reader.PARTIES,
                not_who=_("%(names)s can’t, and will not be told, unless you let them read it."),
                also="letter.read",
            ),
            "list": rule(
                _("Only you can see this list."),
                Reader.SELF,
                not_who=_(
                    "A letter is read by the two who write to each other, and by whom its writer lets read it."
                ),
                private=True,
                also="letter.read letter.shown",
            ),
        },
    ),
)
