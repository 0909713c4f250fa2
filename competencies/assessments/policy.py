"""Who may do what with an assessment, and when. Every check raises a refusal in words for the person.

It is between two people, frozen when it is begun (decision 10). For everybody else it does not exist, until a formal one is
signed and sealed: then managers of its program read it, and nobody else still.
"""

from __future__ import annotations

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people import answering
from supervision.people.models import User
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, Sealed, WrongState
from supervision.records.models import Answer, Seal
from supervision.records.papers import answer_of

from ..library.models import FrameworkVersion
from . import circle
from .models import Assessment, AssessmentPart

LONGEST = datetime.timedelta(days=731)
DUE_WITHIN = datetime.timedelta(days=183)


def no_such() -> NotFound:
    return NotFound(_("There is no such assessment."))


def check_is_party(user: User, found: Assessment) -> None:
    if not found.is_between(user):
        if may_read_as_manager(user, found):
            raise Denied(_("You read this as a manager. It is between the two who signed it."))
        raise no_such()


def signed_by_both(found: Assessment) -> bool:
    return found.is_sealed and Seal.objects.filter(record_id=found.pk, how=Seal.How.ALL_SIGNED).exists()


def may_read_as_manager(user: User, found: Assessment) -> bool:
    """Managers of the program, once both have signed."""
    return Assessment.objects.signed_for_manager(user).filter(pk=found.pk).exists()


def goes_on(found: Assessment) -> bool:
    """Whether one still supervises the other. Of one's own alone nothing ends."""
    if found.other is None or found.arrangement is None:
        return True
    both = found.person.is_active and found.other.is_active
    return both and circle.goes_on(found.person, found.other, found.arrangement)


def check_goes_on(found: Assessment) -> None:
    """Who does not supervise somebody any more reads nothing newer of them (domain 8)."""
    if not goes_on(found):
        raise WrongState(_("This supervision has ended, so nothing is given or shown any more."))


def check_can_read(user: User, found: Assessment) -> str:
    """What allows this person to read it, for the access log. Raises NotFound."""
    if found.is_between(user):
        return "party"
    if may_read_as_manager(user, found):
        return "manager of the program"
    raise no_such()


# Beginning ----------------------------------------------------------------------------------------------------


def check_days(from_day: datetime.date, until_day: datetime.date, due_on: datetime.date | None) -> None:
    """Raises Invalid, naming the field."""
    today = timezone.localdate()
    if until_day < from_day:
        raise Invalid(_("The last day comes after the first"), field="until_day")
    if until_day - from_day > LONGEST:
        raise Invalid(_("A period is at most two years long"), field="from_day")
    if due_on is None:
        return
    if due_on < today:
        raise Invalid(_("Enter today or a day to come"), field="due_on")
    if due_on - today > DUE_WITHIN:
        raise Invalid(_("Choose a day within the next six months"), field="due_on")


def check_fits(
    framework: FrameworkVersion, *, about: tuple[str, ...], use: str, sides: tuple[str, ...]
) -> None:
    """The framework describes such a person, may be used so, and these sides fill it in. Raises Invalid, naming the field."""
    body = framework.body
    fits = framework.about in about and set(sides) <= set(body.described_by)
    if not fits or framework.framework.retired_on is not None:
        raise Invalid(_("Choose one of those listed. They may have changed meanwhile."), field="framework")
    if use not in body.uses:
        raise Invalid(
            _("This one is not made for that. Choose the other, or another framework."), field="how"
        )


# Parts --------------------------------------------------------------------------------------------------------


def check_is_running(found: Assessment, user: User) -> None:
    if found.ended_at is not None:
        if found.ended_by_id == user.pk:
            raise AlreadyDone(_("You have ended this already."))
        raise WrongState(_("This assessment has ended without being shown."))
    if found.is_shown:
        raise WrongState(_("This is shown already. What was given is not changed any more."))


def check_can_fill_in(user: User, found: Assessment, part: AssessmentPart | None) -> None:
    """One's own part, while it is not given. Raises NotFound, Denied, WrongState."""
    check_is_party(user, found)
    check_is_running(found, user)
    if part is None or part.author_id != user.pk:
        raise no_such()
    if part.is_given:
        raise WrongState(_("You have given your part. Take it back to change it."))
    check_goes_on(found)


def check_can_take_back_part(user: User, found: Assessment, part: AssessmentPart | None) -> None:
    """One's own, until both are in."""
    check_is_party(user, found)
    check_is_running(found, user)
    if part is None or part.author_id != user.pk:
        raise no_such()
    if not part.is_given:
        raise AlreadyDone(_("Your part is with you."))


def check_can_end_early(user: User, found: Assessment, part: AssessmentPart | None) -> None:
    """Withdraw one's part or release it alone: once the day has passed and the other one has not given theirs. Leaving it at
    that needs no waiting once the supervision has ended."""
    check_is_party(user, found)
    check_is_running(found, user)
    if found.is_alone or part is None:
        raise WrongState(_("This is yours alone."))
    if not found.is_past_due and goes_on(found):
        raise WrongState(_("Both of you have until the day you set. After that you can do this."))


def check_can_release_alone(user: User, found: Assessment, part: AssessmentPart | None) -> None:
    if found.is_shown and part is not None and part.is_given and was_shown_alone(found, part):
        raise AlreadyDone(_("Your part is shown already."))
    check_can_end_early(user, found, part)
    check_goes_on(found)
    if part is None or not part.is_given:
        raise WrongState(_("Give your part first."))


def was_shown_alone(found: Assessment, part: AssessmentPart) -> bool:
    return not found.parts.exclude(pk=part.pk).filter(given_at__isnull=False).exists()


def check_can_call_off(user: User, found: Assessment, given: bool) -> None:
    """Either of the two, while nobody has given a part."""
    check_is_party(user, found)
    check_is_running(found, user)
    if found.is_alone:
        raise WrongState(_("This is yours alone. You can throw it away."))
    if given:
        raise WrongState(_("A part has been given, so this can’t be called off now."))


def check_can_throw_away(user: User, found: Assessment) -> None:
    """What is one's own alone. Nobody else knows of it."""
    check_is_party(user, found)
    if not found.is_alone:
        raise WrongState(_("This is between the two of you and stays."))


# Formal ones --------------------------------------------------------------------------------------------------


def _check_is_lead(user: User, found: Assessment) -> None:
    check_is_party(user, found)
    if found.other is None:
        raise WrongState(_("This is yours alone, and is not signed."))
    if found.other_id != user.pk:
        raise Denied(_("%(name)s writes this up. You answer it.") % {"name": found.other.called})


def check_can_settle(user: User, found: Assessment) -> None:
    """Write up what the two settled on: whoever supervises, once both views are shown, while it is with nobody to sign.

    Nothing formal is final before the two have talked (domain 10): the day of it is asked for, and both sign.
    """
    _check_is_lead(user, found)
    _check_may_become_signed(user, found)
    if not circle.goes_on(found.person, user, found.arrangement):  # type: ignore[arg-type]
        raise Denied(
            _("You do not supervise %(name)s any more, so this stays as it is.")
            % {"name": found.person.called}
        )


def _check_may_become_signed(user: User, found: Assessment) -> None:
    if not found.is_formal:
        raise WrongState(_("This is informal: it stays between the two of you and is not signed."))
    if found.ended_at is not None:
        if found.ended_by_id == user.pk:
            raise AlreadyDone(_("You have ended this already."))
        raise WrongState(_("This assessment has ended."))
    if not found.is_shown:
        raise WrongState(_("This can be written up once both views are shown."))
    found.check_editable()


def check_can_leave_unsigned(user: User, found: Assessment) -> None:
    """Not write it up: whoever supervises; and either of the two once the supervision has ended."""
    if goes_on(found):
        _check_is_lead(user, found)
    check_is_party(user, found)
    _check_may_become_signed(user, found)


def check_talked_on(day: datetime.date, found: Assessment) -> None:
    """Raises Invalid, naming the field."""
    if found.shown_at is not None and day < timezone.localdate(found.shown_at):
        raise Invalid(_("You talk about it once both views are shown"), field="talked_on")
    if day > timezone.localdate():
        raise Invalid(_("Enter the day on which you talked, not one to come"), field="talked_on")


def check_is_offered(found: Assessment) -> None:
    if found.is_sealed:
        raise Sealed(_("This assessment is sealed already."))
    if not found.is_offered:
        raise WrongState(_("This is not out for signature now. It may have been taken back to be changed."))


def check_can_sign(user: User, found: Assessment) -> None:
    """The one whose practice it is, until it is sealed. Raises NotFound, Denied, Sealed, WrongState, AlreadyDone."""
    check_is_party(user, found)
    if found.open_offer_id and answer_of(user, found.open_offer) is not None:
        raise AlreadyDone(_("You have answered this already."))
    check_is_offered(found)


check_can_decline = check_can_sign


def check_can_ask_for_change(user: User, found: Assessment) -> None:
    """The one whose practice it is, until it is sealed."""
    check_is_party(user, found)
    check_is_offered(found)
    if found.other_id == user.pk:
        raise Denied(_("You wrote this up. Take it back to change it."))
    _check_can_come_again(found)
    given = answer_of(user, found.open_offer)
    if given is not None and given.kind == Answer.Kind.DECLINED:
        raise AlreadyDone(_("You have answered this already."))


def check_can_take_back(user: User, found: Assessment) -> None:
    """Whoever wrote it up, until the last answer."""
    _check_is_lead(user, found)
    check_is_offered(found)
    _check_can_come_again(found)


def _check_can_come_again(found: Assessment) -> None:
    """What goes back to be changed has to be sent again, and only who supervises sends it."""
    if not goes_on(found):
        raise WrongState(
            _(
                "This supervision has ended, so it can’t be changed and sent again. It can be signed, declined or closed."
            )
        )


def check_can_close(user: User, found: Assessment) -> None:
    """Whoever wrote it up, when the agency's days for answering have passed or the other has left (decision 2)."""
    _check_is_lead(user, found)
    check_is_offered(found)
    answering.check_may_close(user, found.open_offer, has_left=lambda person: not goes_on(found))
