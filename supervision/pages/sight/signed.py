"""What managers read once it is signed, and words about somebody's work."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .kinds import Layer, Reader, Row, rule

_NOBODY_ELSE = _(
    "Nobody else: no other manager, no administrator, no other supervisor. Nobody else is told that it exists."
)
_BUT_THE_PLANNER = _(
    "Nobody else: no other manager, no administrator, no other supervisor. %(planner)s, who wrote the plan, can see that its "
    "result was written, and not what it says."
)

SIGNED = (
    Row(
        "agreement",
        Layer.SIGNED,
        _("Signed agreement"),
        _(
            "The text of an agreement that everybody has signed, reviews that leave it as it is, and who joined it later."
        ),
        _(
            "The people it is between, and the managers of their program. Of supervision of one peer worker also whoever supervises "
            "them next. Not while it is being written."
        ),
        {
            "signed": rule(
                _(
                    "%(us)s can read this, and so can program managers and whoever supervises the peer worker next."
                ),
                Reader.PARTIES,
                Reader.MANAGERS,
                not_who=_("What was said on the way to it stays between those who wrote it."),
                also="agreement.before",
            ),
            "signed_group": rule(
                _("%(us)s can read this, and so can program managers and whoever joins later."),
                Reader.PARTIES,
                Reader.MANAGERS,
                not_who=_("What was said on the way to it stays between those who wrote it."),
            ),
            "managed": rule(
                _(
                    "The people it is between, the managers of the program and whoever supervises the peer worker next can read this."
                ),
                Reader.PARTIES,
                Reader.MANAGERS,
                not_who=_("That you opened it is kept, and the people it is between can see that."),
                also="agreement.before",
            ),
            "before": rule(
                _(
                    "Those who signed it, managers of the program and whoever supervises %(name)s now see this."
                ),
                Reader.PARTIES,
                Reader.MANAGERS,
                Reader.LEADS,
                not_who=_("That you open it is written down in the access log of those who signed it."),
            ),
            "review": rule(
                _("%(us)s and program managers can read a signed review."),
                Reader.PARTIES,
                Reader.MANAGERS,
                not_who=_("What was said about it stays between the people it is between."),
            ),
            "review_managed": rule(
                _("The people it is between and the managers of the program can read a signed review."),
                Reader.PARTIES,
                Reader.MANAGERS,
                not_who=_("What was said about it stays between the people it is between."),
            ),
        },
    ),
    Row(
        "assessment_signed",
        Layer.SIGNED,
        _("Signed assessment"),
        _(
            "A formal assessment, once the two have talked and it is signed and sealed: both views, what they settled on, and what "
            "was written with a signature. Averages of a program, over five people or more."
        ),
        _(
            "The two it is between, the managers of the program, and whoever supervises next if it is handed over to them. The averages: "
            "the managers alone."
        ),
        {
            "read": rule(
                _("The two who signed it and managers of the program read this."),
                Reader.PARTIES,
                Reader.MANAGERS,
                not_who=_(
                    "No administrator does, and no other supervisor, unless it is handed over to one who supervises next. Managers see "
                    "nothing that was not signed."
                ),
                also="handover.given",
            ),
            "list": rule(
                _("Managers of the program read these, and the two who signed."),
                Reader.PARTIES,
                Reader.MANAGERS,
                not_who=_(
                    "Informal assessments and what was not signed are not here. That you open one is written down in the access log."
                ),
            ),
            "averages": rule(
                _("Managers of the program see this."),
                Reader.MANAGERS,
                not_who=_(
                    "An average shows over five people or more, and changes only when five or more assessments are different, so "
                    "that nobody can be told from it."
                ),
            ),
        },
    ),
    Row(
        "job",
        Layer.SIGNED,
        _("Job description"),
        _("What somebody’s job is, in versions, and what they say of it. The draft: whoever may write it."),
        _("The person, their line manager, the managers of their programs, and whoever supervises them now."),
        {
            "own": rule(
                _(
                    "You, your line manager, the managers of your programs and whoever supervises you now read this."
                ),
                Reader.PARTIES,
                Reader.LINE_MANAGER,
                Reader.MANAGERS,
                Reader.LEADS,
                not_who=_("Nobody else."),
            ),
            "own_unled": rule(
                _("You, the managers of your programs and whoever supervises you now read this."),
                Reader.PARTIES,
                Reader.MANAGERS,
                Reader.LEADS,
                not_who=_("Nobody else."),
            ),
            "person": rule(
                _(
                    "%(name)s, their line manager, the managers of their programs and whoever supervises them now read this."
                ),
                Reader.PARTIES,
                Reader.LINE_MANAGER,
                Reader.MANAGERS,
                Reader.LEADS,
                not_who=_("Nobody else. A draft is seen by those who may write it."),
            ),
            "draft": rule(
                _(
                    "The draft is seen by the line manager and the managers of the programs of %(name)s, who may write it."
                ),
                Reader.LINE_MANAGER,
                Reader.MANAGERS,
                not_who=_(
                    "Once it is in force, %(name)s and whoever supervises them read it too. Nobody else."
                ),
                also="job.person",
            ),
            "people": rule(
                _("You see where their job descriptions stand."),
                Reader.SELF,
                not_who=_(
                    "Notes and plans about somebody’s work show on their page, and only those that you wrote or were named to read."
                ),
                also="job.person work.sent",
            ),
        },
    ),
    Row(
        "work",
        Layer.SIGNED,
        _("Notes and plans about somebody’s work"),
        _(
            "Recognition, performance notes, plans and what came of them, with the answers to them. Apart from the records of "
            "sessions."
        ),
        _(
            "The person and whoever wrote it: their line manager, or one who supervises them. The line manager whom it names reads "
            "it too. No program manager as such, no administrator, no other supervisor."
        ),
        {
            "sent": rule(_("%(us)s read this."), Reader.PARTIES, Reader.LINE_MANAGER, not_who=_NOBODY_ELSE),
            "sending": rule(
                _("Once you send it, you and %(worker)s read this."),
                Reader.AUTHOR,
                not_who=_NOBODY_ELSE,
                also="work.sent",
            ),
            "sending_named": rule(
                _("Once you send it, you, %(worker)s and %(manager)s, the line manager, read this."),
                Reader.AUTHOR,
                not_who=_NOBODY_ELSE,
                also="work.sent",
            ),
            "sending_unled": rule(
                _("Nobody is named as the line manager of %(worker)s. This stays between the two of you."),
                Reader.AUTHOR,
                not_who=_NOBODY_ELSE,
                also="work.sent",
            ),
            "result": rule(
                _("%(us)s read this."), Reader.PARTIES, Reader.LINE_MANAGER, not_who=_BUT_THE_PLANNER
            ),
            "sending_result": rule(
                _("Once you send it, it is read by %(names)s as well."),
                Reader.AUTHOR,
                not_who=_BUT_THE_PLANNER,
                also="work.result",
            ),
            "yours": rule(
                _("You see those that you wrote or were named to read."),
                Reader.SELF,
                not_who=_(
                    "Nobody else reads them but the two they are between. What is said in supervision is not in them."
                ),
                also="work.sent",
            ),
            "list": rule(
                _("Each one is read by the two people it is between, and by the line manager it names."),
                Reader.SELF,
                not_who=_("Drafts are yours alone."),
                also="work.sent",
            ),
        },
    ),
)
