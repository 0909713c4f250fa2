"""Log facts: dates and signatures, training and credentials."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .kinds import Layer, Reader, Row, rule

_OF_TRAINING = _(
    "Facts are title, provider, kind, days, hours, areas, and that there is evidence. What you take from it and your files are "
    "yours alone. Nobody sees your log because they supervise you."
)
_OF_CREDENTIALS = _(
    "The number and the files of those that you keep yourself are yours alone; your managers see that there is a file. Of those "
    "that your agency keeps, administrators keep the number as well."
)

FACTS = (
    Row(
        "facts",
        Layer.FACTS,
        _("Dates and signatures"),
        _(
            "Who met, when, for how long and how; one to one or in a group; planned or an extra session; what it was about, growth "
            "or administration; which purposes and methods were ticked; who was there; who called a session off and which reason "
            "from the list; signed or not; whether an agreement is in force; that an observation took place; how many next steps "
            "are open."
        ),
        _(
            "The people in it, whoever supervises them there, and the managers of their program. When the two met, and for how long, "
            "also whoever supervises the peer worker next."
        ),
        {
            "session": rule(
                _(
                    "Those who take part and the program’s managers see these facts; day, length and whether it is signed also "
                    "whoever supervises the peer worker next."
                ),
                Reader.PARTIES,
                Reader.MANAGERS,
                not_who=_("What was said stays with those who were there."),
            ),
            "before": rule(
                _("Those who were there and the program’s managers see these facts."),
                Reader.PARTIES,
                Reader.MANAGERS,
                not_who=_("An administrator brought them in. They hold no words, and nobody signed them."),
            ),
            "own": rule(
                _("You, whoever supervises you and the managers of your program see this."),
                Reader.PARTIES,
                Reader.LEADS,
                Reader.MANAGERS,
                not_who=_("What people say in supervision is not on this page."),
            ),
            "person": rule(
                _("%(name)s, whoever supervises them and the managers of their program see this."),
                Reader.PARTIES,
                Reader.LEADS,
                Reader.MANAGERS,
                not_who=_(
                    "Each sees the supervision that they lead or manage. What people say is not on this page."
                ),
            ),
            "programs": rule(
                _("You see dates, attendance and signatures, as the managers of these programs do."),
                Reader.MANAGERS,
                not_who=_("What people say in supervision stays between them."),
            ),
            "activity": rule(
                _("You see who did what, and when, as the managers of these programs do."),
                Reader.MANAGERS,
                not_who=_("What people say in supervision, and their own reasons, stay between them."),
            ),
            "people": rule(
                _("You and the managers of their program see this of each."),
                Reader.LEADS,
                not_who=_("It holds dates and signatures, nothing that was said."),
                also="facts.person",
            ),
            "observations": rule(
                _("You see days and signatures, as the managers of the program do."),
                Reader.MANAGERS,
                not_who=_("What was seen stays between the two."),
            ),
            "packet": rule(
                _(
                    "%(name)s, whoever supervises them and the managers of their program can each have one made. Only you see this one."
                ),
                Reader.PARTIES,
                Reader.LEADS,
                Reader.MANAGERS,
                not_who=_("What was said in supervision is not in it. Whom you give it to reads it."),
            ),
            "letter": rule(
                _("You and %(name)s see this letter. Whom one of you gives it to reads it."),
                Reader.PARTIES,
                not_who=_("It holds dates, hours and one signature, nothing that was said."),
            ),
            "reports": rule(
                _("Only you see the reports that you asked for."),
                Reader.SELF,
                not_who=_("They hold dates, hours and signatures, nothing that was said."),
            ),
        },
    ),
    Row(
        "training",
        Layer.FACTS,
        _("Training and credentials"),
        _(
            "Of what you learned: title, provider, kind, days, hours, areas, and that there is a file that shows it. Of "
            "credentials: name, issuer, dates, and that there is a file."
        ),
        _(
            "You, and the managers of your programs; which credentials you hold, administrators as well. Nobody because they "
            "supervise you. What you take from it, the files, and the numbers of credentials that you keep are yours alone."
        ),
        {
            "log": rule(
                _("You see this. The managers of your programs see the facts: %(names)s."),
                Reader.PARTIES,
                Reader.MANAGERS,
                not_who=_OF_TRAINING,
            ),
            "unmanaged": rule(
                _("You see this. Whoever comes to manage a program of yours sees the facts."),
                Reader.PARTIES,
                Reader.MANAGERS,
                not_who=_OF_TRAINING,
            ),
            "entry": rule(
                _("You see this, and the managers of your programs see the facts."),
                Reader.PARTIES,
                Reader.MANAGERS,
                not_who=_OF_TRAINING,
            ),
            "person": rule(
                _("%(name)s sees this, and so do the managers of their programs."),
                Reader.PARTIES,
                Reader.MANAGERS,
                not_who=_(
                    "What they take from it, their files and the numbers of their credentials are theirs alone. That you open "
                    "this is written down in the access log."
                ),
            ),
            "credentials": rule(
                _(
                    "You, administrators and %(names)s see which credentials you hold, who issued them, and their dates."
                ),
                Reader.PARTIES,
                Reader.MANAGERS,
                Reader.ADMINISTRATORS,
                not_who=_OF_CREDENTIALS,
            ),
            "credentials_unmanaged": rule(
                _("You and administrators see which credentials you hold, who issued them, and their dates."),
                Reader.PARTIES,
                Reader.ADMINISTRATORS,
                not_who=_OF_CREDENTIALS,
            ),
            "kept": rule(
                _("%(name)s and administrators read this."),
                Reader.PARTIES,
                Reader.ADMINISTRATORS,
                not_who=_("The managers of their programs see all but the number."),
                also="training.credentials",
            ),
        },
    ),
)
