"""Who may do what with a session, in one place. Every check raises a refusal in words for the person.

Checks read `session.attendees`, `session.arrangement.participations` and the open offer with its parties and
answers; views that ask many checks prefetch them, operations let them be fetched.
"""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.people import answering
from supervision.people.answering import closes_from
from supervision.people.models import Arrangement, Participation, User
from supervision.people.policy import check_has_acknowledged
from supervision.records.again import check_not_given_back_by
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, Sealed, WrongState
from supervision.records.models import Answer, Offer
from supervision.records.papers import answer_of, is_party

from .added import Added
from .models import WRITE_UP, Action, AgendaItem, Attendee, Observation, Session

__all__ = ["answer_of", "check_has_acknowledged", "closes_from", "is_party"]

LEADING = Participation.LEADING
EARLY = datetime.timedelta(minutes=15)  # a session may be written up as it begins
SOON = datetime.timedelta(minutes=5)  # a record may be signed as people get up from the table
FAR = datetime.timedelta(days=731)  # nobody plans further ahead; a year typed wrong does


# Who is who ---------------------------------------------------------------------------------------------------


def part_now(user: User, arrangement: Arrangement) -> str | None:
    """The part this person has in the arrangement today, or None."""
    day = timezone.localdate()
    for row in arrangement.participations.all():
        if row.person_id == user.pk and row.joined_on <= day and (row.left_on is None or row.left_on >= day):
            return row.part
    return None


def record_day(user: User, arrangement: Arrangement) -> datetime.date:
    """Whose sessions these are: who takes part today, or did on the last day of what has ended, or of whoever left it and writes up
    what was before."""
    today = timezone.localdate()
    day = min(today, arrangement.ended_on or today)
    return min(day, _last_day(user, arrangement)) if has_left(user, arrangement) else day


def part_of_writer(user: User, arrangement: Arrangement) -> str | None:
    """The part today; for a month after somebody left, or all of it has ended, the part until then. What came after them is not
    theirs to read."""
    now, today = part_now(user, arrangement), timezone.localdate()
    if now is not None or not today - WRITE_UP <= _last_day(user, arrangement) < today:
        return now
    return max(_over(user, arrangement), key=lambda row: row.left_on or today).part


def has_left(user: User, arrangement: Arrangement) -> bool:
    """Whether they left what goes on, or went on after them."""
    if part_now(user, arrangement) is not None:
        return False
    return all(row.person_id != user.pk for row in _until_the_end(arrangement))


def _over(user: User, arrangement: Arrangement) -> list[Participation]:
    rows = arrangement.participations.all()
    return [row for row in rows if row.person_id == user.pk and row.left_on is not None]


def _last_day(user: User, arrangement: Arrangement) -> datetime.date:
    """On which they took part; the first day of all where they never left."""
    return max((row.left_on for row in _over(user, arrangement) if row.left_on), default=datetime.date.min)


def _until_the_end(arrangement: Arrangement) -> list[Participation]:
    """The parts of those who took part on the last day of what has ended."""
    ended = arrangement.ended_on
    rows = arrangement.participations.all()
    return [row for row in rows if ended is not None and row.left_on is not None and row.left_on >= ended]


def attendee_of(user: User, session: Session) -> Attendee | None:
    return next((row for row in session.attendees.all() if row.person_id == user.pk), None)


def may_lead(arrangement: Arrangement, part: str | None) -> bool:
    """Supervisors and facilitators lead; in co-reflection everybody is an equal."""
    if arrangement.structure == Arrangement.Structure.CO_REFLECTION:
        return part is not None
    return part in LEADING


def _check_takes_part(user: User, session: Session) -> None:
    if part_now(user, session.arrangement) is None:
        raise NotFound(_("There is no such session."))


# When ---------------------------------------------------------------------------------------------------------


def check_is_near(moment: datetime.datetime, *, field: str = "date") -> None:
    """A session to come lies within the next two years. Raises Invalid, naming `field`."""
    if moment > timezone.now() + FAR:
        raise Invalid(_("Enter a date within the next two years"), field=field)


def check_may_have_met(
    user: User, arrangement: Arrangement, moment: datetime.datetime, zone: datetime.tzinfo
) -> None:
    """A session that took place has begun by now, and not before its supervision did, nor before whoever writes its
    record came to it. Raises Invalid, naming `date`."""
    if moment > timezone.now() + EARLY:
        raise Invalid(_("This day and time have not come yet. Enter when you met."), field="date")
    day = moment.astimezone(zone).date()
    own = [row for row in arrangement.participations.all() if row.person_id == user.pk]
    joined, left = [row.joined_on for row in own], [row.left_on for row in own if row.left_on is not None]
    if day < arrangement.started_on:
        said = _("This supervision began on %(day)s. Enter a day from then on.")
        raise Invalid(said % {"day": words.full_day(arrangement.started_on)}, field="date")
    if joined and day < min(joined):
        said = _("You have taken part in this supervision since %(day)s. Enter a day from then on.")
        raise Invalid(said % {"day": words.full_day(min(joined))}, field="date")
    if left and len(left) == len(own) and day > max(left):
        said = _("You took part in this supervision until %(day)s. Enter a day until then.")
        raise Invalid(said % {"day": words.full_day(max(left))}, field="date")


def check_may_meet_next(
    user: User, arrangement: Arrangement, moment: datetime.datetime, zone: datetime.tzinfo
) -> None:
    """The next session is one that can take place, planned by somebody who takes part. Raises Invalid, naming `next_date`."""
    ended = arrangement.ended_on
    if ended is not None and moment.astimezone(zone).date() > ended:
        said = _("This supervision ends on %(day)s. Leave the next session empty.")
        raise Invalid(said % {"day": words.full_day(ended)}, field="next_date")
    if part_now(user, arrangement) is None:
        raise Invalid(
            _("You take part in this supervision no more. Leave the next session empty."), field="next_date"
        )


def check_is_over(
    starts_at: datetime.datetime, minutes: int, zone: ZoneInfo, *, field: str = "minutes"
) -> None:
    """Hours rest on attendance, so nobody is asked to sign for time that has not passed. Raises Invalid, naming `field`."""
    ends_at = starts_at + datetime.timedelta(minutes=minutes)
    if ends_at > timezone.now() + SOON:
        local = ends_at.astimezone(zone)
        said = _(
            "By these times you meet until %(time)s (%(zone)s). Send it after that, or correct the times."
        )
        raise Invalid(said % {"time": words.clock(local.timetz()), "zone": local.tzname()}, field=field)


# Planning -----------------------------------------------------------------------------------------------------


def check_can_plan(user: User, arrangement: Arrangement) -> None:
    """Anybody who takes part now plans; in a group, who leads it. Raises Denied, WrongState."""
    part = part_now(user, arrangement)
    if part is None:
        raise Denied(_("Sessions are planned by the people who take part in them."))
    pair = arrangement.structure in (Arrangement.Structure.INDIVIDUAL, Arrangement.Structure.OF_SUPERVISION)
    if not pair and not may_lead(arrangement, part):
        raise Denied(_("Sessions of this group are planned by whoever leads it."))
    if arrangement.ended_on is not None and arrangement.ended_on < timezone.localdate():
        raise WrongState(_("This supervision has ended. A new session needs a new arrangement."))


def check_can_change_plan(user: User, session: Session) -> None:
    """Move it, cancel it, note that it was missed: whoever may plan, while it is planned."""
    _check_takes_part(user, session)
    if session.state == Session.State.HELD:
        raise WrongState(_("This session took place. Its record says so."))
    if session.state != Session.State.PLANNED:
        raise WrongState(_("This session is no longer planned. Open it to see what became of it."))
    check_can_plan(user, session.arrangement)


def check_can_mark_missed(user: User, session: Session) -> None:
    check_can_change_plan(user, session)
    if session.starts_at > timezone.now():
        raise WrongState(_("It has not started yet. Cancel it or move it instead."))


def check_can_rebook(user: User, session: Session) -> None:
    _check_takes_part(user, session)
    if session.state not in (Session.State.CANCELLED, Session.State.MISSED):
        raise WrongState(_("Only a session that did not take place is booked again."))
    if session.moved_to_id:
        raise WrongState(_("A new time was found for this one already."))
    check_can_plan(user, session.arrangement)


# Agenda -------------------------------------------------------------------------------------------------------


def check_can_add_item(user: User, session: Session) -> None:
    """Everybody who takes part adds topics before they meet; who is there also meanwhile, until the record is sent."""
    _check_takes_part(user, session)
    if session.state == Session.State.HELD:
        row = attendee_of(user, session)
        if session.is_draft and row is not None and row.attended:
            return
        raise WrongState(_("This session has been written up. Put the topic on the agenda of your next one."))
    if session.state != Session.State.PLANNED:
        raise WrongState(
            _("This session is no longer planned. Put the topic on the agenda of your next one.")
        )


def check_can_order(user: User, item: AgendaItem) -> None:
    """Move a topic up or down: whoever adds to the agenda of a planned session, and sees the topic there."""
    check_can_add_item(user, item.session)
    if item.is_private:
        raise NotFound(_("There is no such topic here."))
    if item.session.state != Session.State.PLANNED:
        raise WrongState(_("This session has been written up. Its agenda stays as it is."))


def check_can_change_item(user: User, item: AgendaItem) -> None:
    """Who raised it changes it; for everybody else an unshared topic does not exist."""
    if item.raised_by_id != user.pk:
        if item.is_private:
            raise NotFound(_("There is no such topic."))
        raise Denied(_("A topic is changed by whoever raised it. You can add one of your own."))
    session = item.session
    if session.state == Session.State.HELD and not (item.is_private and session.is_draft):
        raise WrongState(_("This session has been written up. Its agenda stays as it is."))
    if session.state not in (Session.State.PLANNED, Session.State.HELD):
        raise WrongState(_("This session is no longer planned. Its open topics come back next time."))


# Record -------------------------------------------------------------------------------------------------------


def check_can_log(user: User, arrangement: Arrangement) -> None:
    """Who leads writes the record, also of a session that nobody planned, and for a month after they left or it has ended."""
    part = part_of_writer(user, arrangement)
    if part is None:
        raise NotFound(_("There is no such arrangement."))
    if not may_lead(arrangement, part):
        raise Denied(_("Whoever supervises writes the record. You read it, answer it and sign it."))


def check_can_ask_for_hints(user: User) -> None:
    """Have words looked at while they are typed: whoever takes or took part in supervision, or writes of somebody's work."""
    leads_people = user.roles.line_manager or user.roles.program_manager
    if not leads_people and not Participation.objects.filter(person=user).exists():
        raise Denied(_("Hints are for people who take part in supervision or look after somebody’s work."))


def check_can_record(user: User, session: Session) -> None:
    """Write or go on writing the record of this session."""
    if session.state == Session.State.PLANNED:
        check_can_log(user, session.arrangement)
        later = session.local_start.date() > record_day(user, session.arrangement)
        if later and session.was_planned and has_left(user, session.arrangement):
            raise NotFound(_("There is no such session."))
        return
    if session.state != Session.State.HELD:
        raise WrongState(_("This session did not take place as planned, so there is nothing to write up."))
    if session.recorder_id != user.pk:
        raise Denied(
            _("%(name)s writes this record. You see it once it is sent.")
            % {"name": session.recorder.called if session.recorder else ""}
        )
    session.check_editable()


def check_can_send(user: User, session: Session) -> None:
    if session.state != Session.State.HELD:
        raise WrongState(_("Write the record before you send it."))
    check_can_record(user, session)


def check_can_discard(user: User, session: Session) -> None:
    """Throw a draft away: its recorder, as long as nobody was ever asked to sign it."""
    if session.state != Session.State.HELD:
        raise WrongState(_("There is no draft of this session."))
    check_can_record(user, session)
    if Offer.objects.of(session).exists():
        raise WrongState(_("The others have had this record before them. Change it, or send it as it is."))


def may_read_words(user: User, session: Session) -> bool:
    """Whether the record itself may be shown: a draft is its recorder's alone."""
    return session.state != Session.State.HELD or not session.is_draft or session.recorder_id == user.pk


# Signing ------------------------------------------------------------------------------------------------------


def check_is_offered(session: Session) -> None:
    if session.is_sealed:
        raise Sealed(_("This record is sealed already."))
    if not session.is_offered:
        raise WrongState(
            _("This record is not out for signature now. It may have been taken back to be changed.")
        )


def check_can_answer(user: User, session: Session) -> None:
    """Sign or decline the record: the people who were there, each once."""
    if not is_party(user, session.open_offer) and (session.is_offered or session.is_sealed):
        raise Denied(_("You are not one of the people who sign this."))
    if answer_of(user, session.open_offer) is not None:
        raise AlreadyDone(_("You have answered this already."))
    check_is_offered(session)
    if (
        getattr(session, "limits_known_by", None) != user.pk
    ):  # where the page has not looked (views.find.session_for)
        check_has_acknowledged(user)


def check_can_decline(user: User, session: Session) -> None:
    check_can_answer(user, session)
    if session.recorder_id == user.pk:
        raise WrongState(_("You wrote this record. Take it back and change it instead of declining."))


def check_can_ask_for_change(user: User, session: Session) -> None:
    """Anybody but the recorder who was asked to sign, until the record is sealed."""
    check_not_given_back_by(user, session)
    check_is_offered(session)
    if not is_party(user, session.open_offer):
        raise Denied(_("Only those who were there can ask for a change."))
    if session.recorder_id == user.pk:
        raise Denied(_("You wrote this record. Take it back to change it."))
    given = answer_of(user, session.open_offer)
    if given is not None and given.kind == Answer.Kind.DECLINED:
        raise AlreadyDone(_("You have answered this already."))


def check_can_take_back(user: User, session: Session) -> None:
    check_not_given_back_by(user, session)
    check_is_offered(session)
    if session.recorder_id != user.pk:
        raise Denied(_("Only the person who wrote the record can take it back."))


def check_can_close(user: User, session: Session) -> None:
    """Close with the signatures given: the recorder, having signed, when somebody declined or left, or when the
    agency's days for answering have passed (decision 2)."""
    check_is_offered(session)
    if session.recorder_id != user.pk:
        raise Denied(_("Only the person who wrote the record can close it."))
    check_may_close(user, session.open_offer, session.arrangement)


def check_may_close(user: User, offer: Any, arrangement: Arrangement) -> None:
    """The rule of closing, for a record or an addendum that `user` wrote: nobody waits for whoever left the arrangement. Who was
    there until it ended has their days to answer like anybody else."""
    here = {row.person_id for row in _until_the_end(arrangement)}

    def is_gone(person: User) -> bool:
        return person.pk not in here and part_now(person, arrangement) is None

    answering.check_may_close(user, offer, has_left=is_gone)


# Addenda ------------------------------------------------------------------------------------------------------


def check_can_add_addendum(user: User, record: Session | Observation) -> None:
    """Any party of the sealed record, of a session or of an observation."""
    if not record.is_sealed:
        raise WrongState(_("A record that is not sealed yet is changed, not added to."))
    if not is_party(user, record.open_offer):
        raise Denied(_("Only those who signed the record can add to it."))


def check_can_answer_addendum(user: User, addendum: Added) -> None:
    if not is_party(user, addendum.open_offer):
        raise Denied(_("You are not one of the people who sign this."))
    if answer_of(user, addendum.open_offer) is not None:
        raise AlreadyDone(_("You have answered this already."))
    if addendum.is_sealed:
        raise Sealed(_("This is sealed already."))


def check_can_close_addendum(user: User, addendum: Added) -> None:
    if addendum.is_sealed:
        raise Sealed(_("This is sealed already."))
    if addendum.author_id != user.pk:
        raise Denied(_("Only the person who wrote it can close it."))
    check_may_close(user, addendum.open_offer, addendum.record.arrangement)


# Actions ------------------------------------------------------------------------------------------------------


def check_can_settle(user: User, action: Action) -> None:
    """Say that an action is done, let go or open again: everybody who can see it and still takes part. After that whoever was
    supported there: what is theirs to do, and where all of it has ended, what was promised to them."""
    if not Action.objects.visible_to(user).filter(pk=action.pk).exists():
        raise NotFound(_("There is no such action."))
    if part_now(user, action.arrangement) is None and not _is_left_with(user, action):
        raise Denied(_("This belongs to a supervision that you no longer take part in."))


def _is_left_with(user: User, action: Action) -> bool:
    rows, last = action.arrangement.participations.all(), _until_the_end(action.arrangement)
    if not any(row.person_id == user.pk and row.part in Participation.SUPPORTED for row in rows):
        return False
    stayed = {row.person_id for row in last if row.part in Participation.SUPPORTED}
    led = {row.person_id for row in last if row.part in Participation.LEADING}
    return action.owner_id == user.pk or (user.pk in stayed and action.owner_id in led)
