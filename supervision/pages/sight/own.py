"""What is somebody's own: words that nobody else reads, and pages that nobody else is shown."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .kinds import Layer, Reader, Row, rule

OWN = (
    Row(
        "own",
        Layer.OWN,
        _("Words of your own"),
        _(
            "Your private notes and diary, agenda topics and goals that you have not shared, assessments that you make for yourself "
            "alone, what you choose in a round, and drafts that you have not sent."
        ),
        _("You. Nobody is told that they exist."),
        {
            "note": rule(
                _("Only you can see this."),
                Reader.AUTHOR,
                not_who=_("You can share it with one person later, if you like."),
                private=True,
                also="note.shared",
            ),
            "goal": rule(
                _("Only you can see this."),
                Reader.AUTHOR,
                not_who=_("You can share it with whoever supervises you later, if you like."),
                private=True,
                also="goal.shared",
            ),
            "goal_again": rule(
                _("Only you can see this now."),
                Reader.AUTHOR,
                not_who=_(
                    "Those you shared it with do not take part any more, so what is new is yours alone."
                ),
                private=True,
            ),
            "assessment": rule(
                _("Only you can see this."),
                Reader.AUTHOR,
                not_who=_("It is yours alone, also when it is finished."),
                private=True,
            ),
            "topics": rule(
                _("Only you can see what you keep to yourself."),
                Reader.AUTHOR,
                not_who=_("It is never part of a record. What you do not share comes back next time."),
                private=True,
            ),
            "draft": rule(_("Only you can see the draft."), Reader.AUTHOR, private=True),
            "not_shared": rule(_("Now only you can see it."), Reader.AUTHOR, private=True),
            "file": rule(_("Only you can see this file."), Reader.AUTHOR, private=True),
            "marks": rule(
                _("Only you can see what you choose here."),
                Reader.AUTHOR,
                not_who=_("It is shown to you beside the result, and to nobody else."),
                private=True,
            ),
            "answers": rule(
                _("Only you can see what you choose here."),
                Reader.AUTHOR,
                not_who=_("Nobody is told whether you answered: not %(name)s, no manager, no administrator."),
                private=True,
            ),
        },
    ),
    Row(
        "page",
        Layer.OWN,
        _("Pages of your own"),
        _(
            "Your first page, your lists and calendars, the files you take along, who has opened what about you, and what others "
            "changed about you."
        ),
        _("You. What stands in them is read as the rows above say."),
        {
            "own": rule(_("Only you can see this page."), Reader.SELF),
            "private": rule(_("Only you can see this page."), Reader.SELF, private=True),
            "notes": rule(
                _("Only you can see these."),
                Reader.SELF,
                not_who=_(
                    "Not your supervisor, no manager, no administrator, and no report, unless you share one."
                ),
                private=True,
            ),
            "handovers": rule(
                _("This list is yours."),
                Reader.SELF,
                not_who=_("What goes over to somebody they read, beside those who signed it."),
            ),
            "opened": rule(
                _("Only you can see this page."),
                Reader.SELF,
                not_who=_(
                    "What you open yourself does not show, and neither does what another party to the same record opens: whether "
                    "the other has read something is their own affair."
                ),
                private=True,
            ),
            "changes": rule(
                _("Only you can see this page."),
                Reader.SELF,
                not_who=_("Nobody can take anything off it, not even an administrator."),
            ),
            "files": rule(
                _("Only you can see these files and download them."),
                Reader.SELF,
                not_who=_("Whoever you give them to can read what is in them."),
                private=True,
            ),
            "calendar": rule(
                _("Whoever has the address sees when your sessions are."),
                Reader.SELF,
                not_who=_("Every entry is called “Supervision”: no names, no place, nothing you talk about."),
            ),
        },
    ),
)
