"""Who may do what with an agreement, and when. Every check raises with the reason, in words for the person.

Parties write and sign; managers of the program read what is signed and know that a version is being written, no
more; for everybody else, administrators included, an agreement does not exist (domain 8).
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.people.models import Arrangement, Management, Participation, User
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, Sealed, WrongState
from supervision.records.models import Answer, OfferParty

from . import completeness, membership
from .models import Accession, Agreement, AgreementEnding, AgreementReview, in_force, while_there


@dataclass(frozen=True)
class Seen:
    """What a person is to one agreement."""

    is_party: bool
    is_named: bool  # in this version: who was there when it was written
    has_joined: bool  # signed it since
    takes_part: bool
    is_manager: bool

    @property
    def is_theirs(self) -> bool:
        """Whether it is a record of theirs: not yet of a member of the group who is still asked to sign it."""
        return self.is_named or self.has_joined


def seen_by(user: User, agreement: Agreement) -> Seen:
    """From the query that loaded it (`as_seen_by`) when that was for this person; one query otherwise."""
    if getattr(agreement, "seen_by", None) == user.pk:
        found = {name: getattr(agreement, name) for name in Seen.__dataclass_fields__}
    else:
        again = Agreement.objects.as_seen_by(user).filter(pk=agreement.pk).first()
        return seen_by(user, again) if again is not None else Seen(False, False, False, False, False)
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
            _("This agreement is being written since %(day)s. You can read it once it is signed and sealed.")
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


def check_can_review(user: User, agreement: Agreement) -> None:
    """Record that it stays as it is: a party who takes part now, while it is in force and no review waits to be signed."""
    _check_takes_part(user, agreement)
    _check_in_force(agreement)
    if membership.holds_for_each(agreement) and user.pk not in membership.signed_by(agreement):
        raise Denied(_("This is for those who have signed it. Read and sign it first."))
    for review in agreement.reviews.filter(sealed_at__isnull=True, open_offer__isnull=False):
        said = _("A review waits to be signed already. Open the agreement to see it.")
        raise AlreadyDone(said) if review.started_by_id == user.pk else WrongState(said)


def _check_in_force(agreement: Agreement) -> None:
    """It is the version that holds today."""
    if not agreement.is_sealed:
        raise WrongState(_("This agreement is not in force yet."))
    now = in_force(agreement.arrangement)
    if now is None or now.pk != agreement.pk:
        raise WrongState(_("This version is not the one in force. Open the agreement to see how it stands."))


def check_can_read_review(user: User, review: AgreementReview) -> str:
    """What allows this person to read a review: a party who had not left by then, and a manager once all have signed it."""
    seen = seen_by(user, review.agreement)
    if seen.is_party and _was_there(user, AgreementReview, review.pk):
        return "party"
    if seen.is_manager and review.is_sealed:
        return "manager of the program"
    if seen.is_manager:
        raise Denied(_("You can read this once it is signed and sealed."))
    raise NotFound(_("There is no such review here."))


def check_is_party_of_review(user: User, review: AgreementReview) -> None:
    """A party of the agreement, as `check_is_party`; for whoever had left by then the review is not there."""
    check_is_party(user, review.agreement)
    if not _was_there(user, AgreementReview, review.pk):
        raise NotFound(_("There is no such review here."))


def _was_there(user: User, model: type[AgreementReview] | type[Accession], pk: uuid.UUID) -> bool:
    return model.objects.filter(while_there(user, "started_at"), pk=pk).exists()


def check_can_download_joining(user: User, joining: Accession) -> str:
    """Have the PDF of somebody's joining: whoever may read the agreement, and had not left by then. Returns what allows it."""
    why = check_can_read(user, joining.agreement)
    if why == "party" and not _was_there(user, Accession, joining.pk):
        raise NotFound(_("There is no such paper here."))
    return why


def check_can_sign_review(user: User, review: AgreementReview) -> None:
    """Sign a review or say no: whoever it was offered to, and has not answered."""
    check_is_party_of_review(user, review)
    if Answer.objects.filter(offer=review.open_offer_id, person=user).exists():
        raise AlreadyDone(_("You have answered this already."))
    if review.is_sealed:
        raise Sealed(_("This is signed and sealed already. It never changes."))
    if not review.is_offered:
        raise WrongState(_("This is not open for signature now: it was taken back or declined."))
    if not OfferParty.objects.filter(offer=review.open_offer_id, person=user).exists():
        raise Denied(_("You are not one of the people who sign this."))


def check_can_take_back_review(user: User, review: AgreementReview) -> None:
    """Take a review back: whoever recorded it, before the last signature."""
    check_is_party_of_review(user, review)
    if review.is_sealed:
        raise Sealed(_("This is signed and sealed already. It never changes."))
    if not review.is_offered:
        raise WrongState(_("This is not open for signature now: it was taken back or declined."))
    if review.started_by_id != user.pk:
        raise Denied(
            _("Only the one who recorded it can take it back. You can say that it should not stay as it is.")
        )


def check_can_join(user: User, agreement: Agreement) -> str:
    """Sign a group's version that is in force: a member now who has not signed it. Returns the part they have."""
    seen = seen_by(user, agreement)
    if not seen.takes_part:
        check_is_party(user, agreement)
        raise Denied(_("This is for the people who take part in the group now."))
    if not membership.holds_for_each(agreement):
        raise WrongState(_("This agreement is signed by everybody it names. Start a new version instead."))
    _check_in_force(agreement)
    part = (
        Participation.objects.current().filter(arrangement=agreement.arrangement_id, person=user).get().part
    )
    if part in Participation.LEADING:
        raise WrongState(_("Whoever leads the group signs a version of their own. Start a new version."))
    if user.pk in membership.signed_by(agreement):
        raise AlreadyDone(_("You have signed this already."))
    return part


def check_can_offer(user: User, agreement: Agreement) -> None:
    """Offer for signature: as for editing, and every part is complete."""
    check_can_edit(user, agreement)
    missing = completeness.missing(agreement)
    if missing:
        raise Invalid(" ".join(gap.what for gap in missing))


def check_can_sign(user: User, agreement: Agreement) -> None:
    """Sign what is on offer: a party who has not answered it yet."""
    check_is_party(user, agreement)
    if Answer.objects.filter(offer=agreement.open_offer_id, person=user).exists():
        raise AlreadyDone(_("You have signed this already."))
    _check_offered(agreement)


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
    """End it: a party who takes part now, in a group whoever leads it, while it is the newest signed version and has not ended.

    A member who does not want to go on leaves the group; for the others it holds (domain 3).
    """
    _check_takes_part(user, agreement)
    if membership.holds_for_each(agreement) and not leads(user, agreement):
        raise Denied(_("It holds for each who signed it. Only whoever leads the group ends it for all."))
    if not agreement.is_sealed:
        raise WrongState(_("This agreement is not in force yet, so there is nothing to end."))
    ending = AgreementEnding.objects.filter(agreement=agreement).first()
    if ending is not None:
        said = _("This agreement has ended already.")
        raise AlreadyDone(said) if ending.by_id == user.pk else WrongState(said)
    later = Agreement.objects.begun(timezone.localdate()).filter(arrangement=agreement.arrangement_id)
    if later.filter(number__gt=agreement.number).exists():
        raise WrongState(_("A newer version has taken its place. End that one instead."))


def leads(user: User, agreement: Agreement) -> bool:
    """Whether this person leads the arrangement today."""
    now = Participation.objects.current().filter(arrangement=agreement.arrangement_id, person=user)
    return now.filter(part__in=Participation.LEADING).exists()


def check_can_download(user: User, agreement: Agreement) -> str:
    """Have the PDF: whoever may read it. One that is not signed is marked as a draft. Returns what allows it."""
    return check_can_read(user, agreement)


def check_can_read_history(user: User, agreement: Agreement) -> datetime.date | None:
    """Read what was said on the way to it: those it names alone (domain 8, shared record), not who joined a group later.

    Gives the last day of which they may read, for whoever has left since: what they signed, and nothing newer.
    """
    seen = check_is_party(user, agreement)
    if not seen.is_named:
        raise Denied(_("This is for the people who wrote it together."))
    return left_on(user, agreement)


def left_on(user: User, agreement: Agreement) -> datetime.date | None:
    """The last day on which somebody took part who has left since; None for whoever takes part, or never did."""
    if seen_by(user, agreement).takes_part:
        return None
    took_part = Participation.objects.filter(arrangement=agreement.arrangement_id, person=user)
    return max((row.left_on for row in took_part if row.left_on is not None), default=None)


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
        raise Sealed(_("This is signed and sealed already. It never changes."))
    if not agreement.is_offered:
        raise WrongState(
            _(
                "This is not open for signature now: it was taken back or changed. Open it to see how it stands."
            )
        )
