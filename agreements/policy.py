"""Who may do what with an agreement, and when. Every check raises with the reason, in words for the person.

Parties write and sign; managers of the program read what is signed and know that a version is being written, no
more; for everybody else, administrators included, an agreement does not exist (domain 8).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.people.models import Arrangement, Management, Participation, User
from supervision.records.errors import Denied, Invalid, NotFound, Sealed, WrongState
from supervision.records.models import Answer

from . import completeness
from .models import Agreement, AgreementEnding


@dataclass(frozen=True)
class Seen:
    """What a person is to one agreement."""

    is_party: bool
    takes_part: bool
    is_manager: bool


def seen_by(user: User, agreement: Agreement) -> Seen:
    """From the query that loaded it (`as_seen_by`) when that was for this person; one query otherwise."""
    if getattr(agreement, "seen_by", None) == user.pk:
        found = {name: getattr(agreement, name) for name in ("is_party", "takes_part", "is_manager")}
    else:
        again = Agreement.objects.as_seen_by(user).filter(pk=agreement.pk).first()
        return seen_by(user, again) if again is not None else Seen(False, False, False)
    return Seen(**found)


def check_can_read(user: User, agreement: Agreement) -> str:
    """What allows this person to read it, for the access log. Raises NotFound, or Denied for a manager too early."""
    seen = seen_by(user, agreement)
    if seen.is_party:
        return "party"
    if not seen.is_manager:
        raise NotFound(_("There is no such agreement here."))
    if not agreement.is_sealed:
        day = words.day(agreement.started_at)
        raise Denied(
            _("This agreement is being written since %(day)s. You can read it once everybody has signed it.")
            % {"day": day}
        )
    return "manager of the program"


def check_can_draft(user: User, arrangement: Arrangement) -> None:
    """Start a version: whoever takes part now, one open version at a time."""
    if not Participation.objects.current().filter(arrangement=arrangement, person=user).exists():
        if Management.objects.current().filter(program=arrangement.program_id, person=user).exists():
            raise Denied(_("An agreement is started by the people it is between."))
        raise NotFound(_("There is no such arrangement here."))
    if arrangement.structure == Arrangement.Structure.CO_REFLECTION:
        raise WrongState(_("Co-reflection is among equals and needs no agreement. You can simply meet."))
    if arrangement.ended_on is not None and arrangement.ended_on < timezone.localdate():
        raise WrongState(_("This arrangement has ended, so there is nothing to agree on any more."))
    if Agreement.objects.open().filter(arrangement=arrangement).exists():
        raise WrongState(_("A version of this agreement is being written already. Go on with that one."))


def check_can_edit(user: User, agreement: Agreement) -> None:
    """Change wording or terms: a party who takes part now, while it is with nobody to sign."""
    _check_takes_part(user, agreement)
    if agreement.is_sealed:
        raise Sealed(
            _("This agreement is signed and never changes. Start a new version to agree on something else.")
        )
    if agreement.is_offered:
        raise WrongState(
            _("This is with everybody to sign. Ask for a change first; that clears the signatures given.")
        )


def check_can_offer(user: User, agreement: Agreement) -> None:
    """Offer for signature: as for editing, and every part is complete."""
    check_can_edit(user, agreement)
    missing = completeness.missing(agreement)
    if missing:
        raise Invalid(" ".join(gap.what for gap in missing))


def check_can_sign(user: User, agreement: Agreement) -> None:
    """Sign what is on offer: a party who has not answered it yet."""
    check_is_party(user, agreement)
    _check_offered(agreement)
    if Answer.objects.filter(offer=agreement.open_offer_id, person=user).exists():
        raise WrongState(_("You have signed this already."))


def check_can_decline(user: User, agreement: Agreement) -> None:
    """Say no to what is on offer: whoever could sign it."""
    check_can_sign(user, agreement)


def check_can_ask_for_change(user: User, agreement: Agreement) -> None:
    """Ask for a change before the last signature: any party, whether they have signed or not."""
    check_is_party(user, agreement)
    _check_offered(agreement)


def check_can_take_back(user: User, agreement: Agreement) -> None:
    """Take an offer back: the one who made it."""
    check_is_party(user, agreement)
    _check_offered(agreement)
    if agreement.open_offer is not None and agreement.open_offer.offered_by_id != user.pk:
        raise Denied(_("Only the one who sent it to be signed can take it back. You can ask for a change."))


def check_can_end(user: User, agreement: Agreement) -> None:
    """End it: a party, while it is the newest signed version and has not ended."""
    check_is_party(user, agreement)
    if not agreement.is_sealed:
        raise WrongState(_("This agreement is not in force yet, so there is nothing to end."))
    if AgreementEnding.objects.filter(agreement=agreement).exists():
        raise WrongState(_("This agreement has ended already."))
    later = Agreement.objects.begun(timezone.localdate()).filter(arrangement=agreement.arrangement_id)
    if later.filter(number__gt=agreement.number).exists():
        raise WrongState(_("A newer version has taken its place. End that one instead."))


def check_can_download(user: User, agreement: Agreement) -> str:
    """Have the PDF: whoever may read it, once it is signed by all. Returns what allows it."""
    why = check_can_read(user, agreement)
    if not agreement.is_sealed:
        raise WrongState(_("There is a PDF once everybody has signed."))
    return why


def check_is_party(user: User, agreement: Agreement) -> Seen:
    """What a party is to it. Raises Denied for a manager of the program, NotFound for everybody else."""
    seen = seen_by(user, agreement)
    if seen.is_party:
        return seen
    if seen.is_manager:
        raise Denied(_("This is for the people that the agreement is between."))
    raise NotFound(_("There is no such agreement here."))


def _check_takes_part(user: User, agreement: Agreement) -> None:
    if not check_is_party(user, agreement).takes_part:
        raise Denied(
            _("You no longer take part in this arrangement, so the others go on with this agreement.")
        )


def _check_offered(agreement: Agreement) -> None:
    if agreement.is_sealed:
        raise Sealed(_("Everybody has signed this already. It is in force and never changes."))
    if not agreement.is_offered:
        raise WrongState(
            _(
                "This is not open for signature now: it was taken back or changed. Open it to see how it stands."
            )
        )
