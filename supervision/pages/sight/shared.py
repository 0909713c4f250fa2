"""Between the people it names: agreements on the way, sessions, observations, what is taken up, notes that are shared."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .kinds import Layer, Reader, Row, rule

_FACTS_OF_A_SESSION = _(
    "Program managers see the facts in the log: when, how long and how you met, who was there, structure and focus, the purposes "
    "and methods you ticked, whether it was an extra session, and who signed. Nothing that was said. A record of one to one "
    "supervision goes to whoever supervises the peer worker next only if the peer worker hands it over."
)
_FACTS_OF_AN_OBSERVATION = _(
    "Program managers see that it took place and when, once its record is sent. Nothing of what was seen. Its record goes to "
    "whoever supervises the peer worker next only if the peer worker hands it over."
)
_OF_A_MATTER = _("Nothing else of your sessions goes with it, and no other manager sees it.")

SHARED = (
    Row(
        "handover",
        Layer.SHARED,
        _("Handed over at a change of supervisor"),
        _(
            "Signed records, next steps and goals of before that a peer worker chose for whoever came to supervise them. Nothing of "
            "a group. Without a choice: signed agreements of before, and when the two met."
        ),
        _(
            "Those it was between, as ever, and the one it was handed to, while they supervise and until it is taken back."
        ),
        {
            "choosing": rule(
                _("Of what was said before, %(name)s reads what you choose here."),
                Reader.PARTIES,
                Reader.NAMED,
                not_who=_(
                    "Whoever supervised you before is not asked. They keep what they signed, see nothing newer, and find in their access "
                    "log that it was opened."
                ),
            ),
            "before": rule(
                _("Whoever supervises %(name)s now sees this."),
                Reader.LEADS,
                not_who=_(
                    "Of what was said, only what %(name)s handed over is here. What you open is written down in the access log of "
                    "those it is about."
                ),
                also="handover.given",
            ),
            "given": rule(
                _("%(name)s handed this over to you, and can take it back."),
                Reader.PARTIES,
                Reader.NAMED,
                not_who=_(
                    "Those who signed it read it as well. That you open it is written down in their access log."
                ),
            ),
        },
    ),
    Row(
        "agreement_way",
        Layer.SHARED,
        _("While an agreement is written"),
        _("Its text before it is signed, and what was suggested, answered and kept for later on the way."),
        _(
            "The people it is between. Managers see that it is being written, and read it once it is signed; never what was said "
            "on the way."
        ),
        {
            "writing": rule(
                _("%(us)s write this together."),
                Reader.PARTIES,
                not_who=_(
                    "Program managers see that it is being written, and can read it once it is signed and sealed. They never read "
                    "what you say to each other on the way."
                ),
                also="agreement.signed",
            ),
            "words": rule(
                _("Everybody this agreement is between can read what you write here."),
                Reader.PARTIES,
                not_who=_(
                    "Program managers can read the agreement once it is signed, never what you say on the way."
                ),
                also="agreement.signed",
            ),
            "to_sign": rule(
                _(
                    "%(us)s can read this; once it is signed and sealed, program managers and whoever supervises the peer worker "
                    "next."
                ),
                Reader.PARTIES,
                not_who=_("What was said on the way to it stays between you."),
                also="agreement.signed",
            ),
            "history": rule(
                _("%(us)s can read this."),
                Reader.PARTIES,
                not_who=_("Program managers read what was signed, never how it came together."),
                also="agreement.signed",
            ),
            "comparing": rule(
                _("Each version is read by the people it is between."),
                Reader.PARTIES,
                not_who=_("Program managers read those that are signed and sealed."),
                also="agreement.signed",
            ),
            "list": rule(
                _("Only the people an agreement is between can read it while it is being written."),
                Reader.SELF,
                not_who=_("Program managers can read it once it is signed and sealed."),
                also="agreement_way.writing agreement.signed",
            ),
        },
    ),
    Row(
        "session",
        Layer.SHARED,
        _("Record of a session"),
        _(
            "Agenda, outcomes, next steps, places, what people wrote with their signature, and their own reasons."
        ),
        _(
            "The people who were there; of a plan and its agenda, those who take part. Whoever supervises next, if it is handed over to "
            "them. No manager, no administrator."
        ),
        {
            "plan": rule(
                _("You and %(names)s see the plan and its agenda."),
                Reader.PARTIES,
                not_who=_("Program managers see the date, the length and how you meet, not the agenda."),
            ),
            "planned": rule(
                _("Everybody who takes part sees the plan and its agenda."),
                Reader.PARTIES,
                not_who=_("Program managers see the date, the length and how you meet, not the agenda."),
                also="session.record",
            ),
            "called_off": rule(
                _("Everybody who takes part reads what you write here."),
                Reader.PARTIES,
                not_who=_("Program managers see the reason from the list, not your words."),
            ),
            "record": rule(
                _("You and %(names)s see everything here."),
                Reader.PRESENT,
                not_who=_FACTS_OF_A_SESSION,
                also="session.planned handover.given",
            ),
            "recording": rule(
                _("Once you send it, everybody who was there sees everything here."),
                Reader.AUTHOR,
                not_who=_FACTS_OF_A_SESSION,
                also="session.record session.planned",
            ),
            "sending": rule(
                _("Once you send it, you and %(names)s see everything here."),
                Reader.AUTHOR,
                not_who=_FACTS_OF_A_SESSION,
                also="session.record session.planned",
            ),
            "addendum": rule(
                _("You and %(names)s see it, and what is answered."),
                Reader.PRESENT,
            ),
            "topic": rule(_("Everybody who takes part sees this topic."), Reader.PARTIES),
            "words": rule(
                _("Everybody who was there reads what you write here."),
                Reader.PRESENT,
                not_who=_("Program managers never read it."),
            ),
            "declining": rule(
                _("Everybody who was there reads your reason."),
                Reader.PRESENT,
                not_who=_("Program managers see that you did not sign, not why."),
            ),
            "list": rule(
                _("This page is yours."),
                Reader.SELF,
                not_who=_("What is inside a session is for those who take part in it."),
                also="session.planned session.record",
            ),
        },
    ),
    Row(
        "observation",
        Layer.SHARED,
        _("Observation"),
        _("What the two agreed to look at, what was seen, and what was written beside it."),
        _(
            "The two it is between, and whoever supervises next if it is handed over to them. No manager, no administrator, nobody else "
            "of a group."
        ),
        {
            "record": rule(
                _("You and %(name)s see everything here."),
                Reader.PARTIES,
                not_who=_FACTS_OF_AN_OBSERVATION,
                also="handover.given",
            ),
            "writing": rule(
                _("Once you send it, you and %(name)s see everything here."),
                Reader.AUTHOR,
                not_who=_FACTS_OF_AN_OBSERVATION,
                also="observation.record",
            ),
            "list": rule(
                _("Each one is read by the two people it is between."),
                Reader.SELF,
                not_who=_FACTS_OF_AN_OBSERVATION,
                also="observation.record",
            ),
        },
    ),
    Row(
        "matter",
        Layer.SHARED,
        _("Taken up with a manager"),
        _(
            "Words about a barrier or an improvement that two people agreed to send, and the answer to them. Nothing else of their "
            "sessions."
        ),
        _("The two, and the one manager they chose, once both have agreed."),
        {
            "sent": rule(
                _("You, %(one)s and %(two)s see everything here."),
                Reader.PARTIES,
                Reader.NAMED,
                not_who=_OF_A_MATTER,
            ),
            "proposed": rule(
                _("You and %(name)s see this. Once you both agree, %(manager)s reads the words too."),
                Reader.PARTIES,
                not_who=_OF_A_MATTER,
                also="matter.sent",
            ),
            "writing": rule(
                _(
                    "You and %(name)s see this now. Once you both agree, the one person chosen below reads it."
                ),
                Reader.PARTIES,
                not_who=_OF_A_MATTER,
                also="matter.sent",
            ),
            "not_sent": rule(_("You and %(name)s see this."), Reader.PARTIES, not_who=_OF_A_MATTER),
            "list": rule(
                _(
                    "Each one is read by the two who agree on it and, once both have, by the one manager they chose."
                ),
                Reader.SELF,
                not_who=_OF_A_MATTER,
                also="matter.sent",
            ),
        },
    ),
    Row(
        "note",
        Layer.SHARED,
        _("A note you share"),
        _("The note as it is, and what you change in it later."),
        _("You, and the one person you share it with, until you take it back. No manager, no administrator."),
        {
            "shared": rule(
                _("You and %(name)s see this note."),
                Reader.PARTIES,
                Reader.NAMED,
                not_who=_("Shared on %(day)s. You can take it back until it is in a sealed record."),
            ),
            "closed": rule(
                _("You see this note. You shared it with %(name)s."),
                Reader.PARTIES,
                not_who=_("Shared on %(day)s. Their account is closed now, so they can’t open it."),
            ),
            "changing": rule(
                _("You and %(name)s see this note."),
                Reader.PARTIES,
                Reader.NAMED,
                not_who=_("What you save here is what they read from then on."),
            ),
            "read": rule(
                _("%(name)s and you see this note."),
                Reader.PARTIES,
                Reader.NAMED,
                not_who=_(
                    "It is theirs: they can change it, and take it back. That you open it is written down in the access log."
                ),
            ),
        },
    ),
)
