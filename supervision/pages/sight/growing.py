"""Goals, assessments of two, rounds, and how a program sees itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .kinds import Layer, Reader, Row, rule

_YOU_CAN_TAKE_IT_BACK = _("No manager does. You can take it back.")

GROWING = (
    Row(
        "goal",
        Layer.SHARED,
        _("A goal you share"),
        _("Its words, its steps, the progress notes on it and how it ended."),
        _(
            "You, and whoever led that supervision when you shared it, until you take it back; in co-reflection the peers of that "
            "day. Nobody else in a group, no manager, no administrator."
        ),
        {
            "shared": rule(
                _("You and %(names)s see this goal."),
                Reader.PARTIES,
                Reader.NAMED,
                not_who=_YOU_CAN_TAKE_IT_BACK,
            ),
            "shared_in_group": rule(
                _("You and %(names)s see this goal."),
                Reader.PARTIES,
                Reader.NAMED,
                not_who=_(
                    "The others who are supervised with you don’t, and no manager. You can take it back."
                ),
            ),
            "shared_in_circle": rule(
                _("You and %(names)s see this goal."),
                Reader.PARTIES,
                Reader.NAMED,
                not_who=_("No manager does, and nobody who joins you later. You can take it back."),
            ),
            "read": rule(
                _("%(names)s and you see this goal."),
                Reader.PARTIES,
                Reader.NAMED,
                not_who=_(
                    "It is theirs: they can change it, and take it back. That you open it is written down in the access log."
                ),
            ),
            "list": rule(
                _("A goal is yours alone until you share it."),
                Reader.SELF,
                not_who=_(
                    "Then whoever supervises you in that arrangement reads it. No manager and no administrator does."
                ),
                also="goal.shared",
            ),
            "others": rule(
                _("Each is read by its owner and by those they share it with."),
                Reader.SELF,
                not_who=_("That you open this page is written down in the access log."),
                also="goal.read",
            ),
        },
    ),
    Row(
        "assessment",
        Layer.SHARED,
        _("Assessment of two"),
        _(
            "What each of the two marked and wrote, once both parts are in; what is written up and not signed yet, once it was "
            "sent."
        ),
        _(
            "The two it is between. Before both parts are in, each sees their own alone. No manager, no administrator, nobody who "
            "comes to supervise later."
        ),
        {
            "beginning": rule(
                _("%(name)s is told that you begin this, and fills in a part of their own."),
                Reader.SELF,
                not_who=_(
                    "What each of you marks is shown to both at one moment, once both parts are in. Managers read only what is "
                    "formal: once both of you have signed it, what you settled on and what each of you marked and wrote."
                ),
                also="assessment.begun assessment.shown assessment_signed.read",
            ),
            "begun": rule(
                _("You and %(name)s see that it was begun, and whose part is in."),
                Reader.PARTIES,
                not_who=_(
                    "What each of you marks is shown to both at one moment, once both parts are in. It is informal: no manager "
                    "reads it, ever."
                ),
                also="assessment.shown",
            ),
            "begun_formal": rule(
                _("You and %(name)s see that it was begun, and whose part is in."),
                Reader.PARTIES,
                not_who=_(
                    "What each of you marks is shown to both at one moment, once both parts are in. Once you have both signed what "
                    "you settle on, managers of the program read that, and what each of you marked and wrote here."
                ),
                also="assessment.shown_formal assessment_signed.read",
            ),
            "shown": rule(
                _("You and %(name)s see this."),
                Reader.PARTIES,
                not_who=_("It is informal: no manager reads it, ever."),
            ),
            "shown_formal": rule(
                _("You and %(name)s see this."),
                Reader.PARTIES,
                not_who=_(
                    "Once you have both signed what you settle on, managers of the program read that, and what each of you marked "
                    "and wrote here."
                ),
                also="assessment_signed.read",
            ),
            "unsigned": rule(
                _("You and %(name)s read this."),
                Reader.PARTIES,
                not_who=_("It was sealed without both signatures, so no manager reads it."),
            ),
            "part": rule(
                _("Only you can see this now."),
                Reader.AUTHOR,
                not_who=_(
                    "Once both parts are in, %(name)s sees yours and you see theirs, at the same moment."
                ),
                private=True,
                also="assessment.shown training.log",
            ),
            "part_formal": rule(
                _("Only you can see this now."),
                Reader.AUTHOR,
                not_who=_(
                    "Once both parts are in, %(name)s sees yours and you see theirs, at the same moment. Once you have both signed "
                    "what you settle on, managers of the program read that, and what each of you marked and wrote here."
                ),
                private=True,
                also="assessment.shown_formal assessment_signed.read training.log",
            ),
            "settling": rule(
                _("Only you can see this until you send it."),
                Reader.AUTHOR,
                not_who=_(
                    "Then %(name)s reads it and signs; once both have signed, managers of the program read it too."
                ),
                also="assessment.shown_formal assessment_signed.read",
            ),
            "sending": rule(
                _("Once you send it, you and %(name)s read this."),
                Reader.AUTHOR,
                not_who=_("Once both of you have signed, managers of the program read it too."),
                also="assessment.shown_formal assessment_signed.read",
            ),
            "list": rule(
                _("Each one is between the two it names, or yours alone."),
                Reader.SELF,
                not_who=_(
                    "Managers read only what is formal, once both have signed it. Administrators read none."
                ),
                also="assessment.shown assessment_signed.read",
            ),
        },
    ),
    Row(
        "round",
        Layer.SHARED,
        _("What came of a round"),
        _(
            "How at least three people see the supervision that somebody gives: strong, steady or to explore. Nobody’s answers, "
            "not who answered, not how many. A view that somebody shares under their own name is for the two alone."
        ),
        _(
            "Whose supervision it is about. The people who were asked know of the round. No manager and no administrator does."
        ),
        {
            "own": rule(
                _("You alone see what comes of this round."),
                Reader.PARTIES,
                not_who=_(
                    "The people who are asked know that it is there. No manager and no administrator does."
                ),
            ),
            "asked": rule(
                _("%(name)s and the people who are asked know of this round."),
                Reader.ASKED,
                Reader.PARTIES,
                not_who=_(
                    "What comes of it %(name)s alone sees. No manager and no administrator knows of it."
                ),
            ),
            "opening": rule(
                _("You and the people who are asked know of a round."),
                Reader.SELF,
                not_who=_(
                    "What comes of it you alone see. No manager and no administrator knows of it, unless you tell them."
                ),
                also="round.own round.asked",
            ),
            "list": rule(
                _("You see the rounds that you have a part in."),
                Reader.SELF,
                not_who=_(
                    "Nobody else does: no manager, no administrator. How it stands with your own answers you alone see."
                ),
                also="round.own round.asked",
            ),
            "named": rule(
                _("You and %(name)s can see this."),
                Reader.PARTIES,
                not_who=_("No manager and no administrator does. It stays as it was written."),
            ),
            "named_list": rule(
                _("Each of these is seen by the two it is between."),
                Reader.SELF,
                not_who=_("No manager and no administrator sees any of it."),
                also="round.named",
            ),
        },
    ),
    Row(
        "program",
        Layer.SHARED,
        _("How a program sees itself"),
        _(
            "What came of a self-assessment: the ratings of each group, as it was told beforehand, and what is to be done. Of peer "
            "workers never a number, never how many."
        ),
        _(
            "Everybody who was asked, then or in a later one, and those who manage the program. No administrator and no other "
            "program."
        ),
        {
            "result": rule(
                _("Everybody who was asked sees this, and those who manage %(program)s."),
                Reader.ASKED,
                Reader.MANAGERS,
                not_who=_(
                    "So do those who are asked in a later one, as what was before. No administrator and no other program does."
                ),
            ),
            "acting": rule(
                _("Everybody who was asked sees this, with your name, and those who manage %(program)s."),
                Reader.ASKED,
                Reader.MANAGERS,
                not_who=_(
                    "So do those who are asked in a later one. No administrator and no other program does."
                ),
            ),
            "opening": rule(
                _("Everybody who is asked will see the result, and those who manage the program."),
                Reader.MANAGERS,
                not_who=_("You see no more of it than they do, and nobody sees who has answered."),
                also="program.result",
            ),
            "list": rule(
                _("Those who are asked see it, and those who manage the program."),
                Reader.SELF,
                not_who=_(
                    "Nothing is shown before it closes, and what one peer worker rates is never shown."
                ),
                also="program.result",
            ),
            "ratings": rule(
                _("Only you can see your ratings, now and later."),
                Reader.AUTHOR,
                not_who=_("Nobody learns whether you have answered."),
                private=True,
                also="program.result",
            ),
            "ratings_choice": rule(
                _(
                    "Only you can see your ratings until it closes, and afterwards too unless you tick that they show."
                ),
                Reader.AUTHOR,
                not_who=_(
                    "Then everybody who was asked sees them under your name, and those who manage the program."
                ),
                also="program.result",
            ),
            "ratings_named": rule(
                _("Only you can see your ratings until it closes. Then they show under your name."),
                Reader.AUTHOR,
                not_who=_("Everybody who was asked sees them then, and those who manage the program."),
                also="program.result",
            ),
        },
    ),
)
