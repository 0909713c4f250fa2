"""What waits for a person besides signatures and sessions: asked in one question, however many kinds of it there are.

No words are loaded, but for the title of a goal of one's own whose day has come. What one marked in a round is looked at to tell
oneself, and nobody else, whether it is sent.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, DateField, DateTimeField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext

from competencies.models import Assessment, Goal, ProgramAction, ProgramAssessment, Round, Sheet
from competencies.rounds.operations import kept_in
from supervision.concerns.models import Concern, Letter
from supervision.disclosure.models import Disclosure
from supervision.handover.scope import to_choose
from supervision.pages import words
from supervision.people.models import Credential, User
from supervision.performance.models import JobDescription, PerformanceNote
from supervision.records import encryption
from supervision.sessions.models import Matter, Observation

from . import pieces, sentences
from .links import address
from .pieces import Task
from .signing_queue import ASSESSMENT, PERFORMANCE, Waiting, waiting_around

SHOWN = 25  # of each kind; the pages they lead to have all of them
DUE_SOON = datetime.timedelta(days=7)
State = Observation.State


@dataclass(frozen=True)
class Row:
    """One line of the answer: what waits, since when, for which day, and whom it is about."""

    kind: str
    pk: uuid.UUID
    at: datetime.datetime
    day: datetime.date | None
    name: str
    preferred: str
    other: str
    other_preferred: str

    @property
    def called(self) -> str:
        return _called(self.name, self.preferred)

    @property
    def other_called(self) -> str:
        return _called(self.other, self.other_preferred)


def _called(name: str, preferred: str) -> str:
    return User(name=name, preferred_name=preferred).called


# The question -------------------------------------------------------------------------------------------------


def _columns(
    rows: QuerySet[Any],
    kind: str,
    *,
    at: str,
    person: str = "",
    thing: str = "",
    day: str = "",
    other: str = "",
    called: str = "",
    by_day: bool = False,
) -> QuerySet[Any]:
    """At most SHOWN of these rows, the oldest first, in the columns that every kind has. The arguments are names of fields:
    `person` whom it is about, or `thing` what it is about, by its name; `called` says what it is, where that is no words of
    anybody's, in the place of a second person; `by_day` where `at` is a day."""
    nothing = Cast(Value(None), DateField())
    named = {
        "row_kind": Value(kind, output_field=CharField()),
        "row_at": Cast(F(at), DateTimeField()) if by_day else F(at),
        "row_day": F(day) if day else nothing,
        "row_name": F(f"{thing or person}__name"),
        "row_preferred": F(f"{person}__preferred_name") if person else Value("", output_field=CharField()),
        "row_other": F(called or f"{other}__name")
        if called or other
        else Value("", output_field=CharField()),
        "row_other_preferred": F(f"{other}__preferred_name")
        if other
        else Value("", output_field=CharField()),
    }
    first = rows.order_by(at, "pk").values("pk")[:SHOWN]
    chosen = rows.model._default_manager.filter(pk__in=first).order_by().annotate(**named)
    return chosen.values_list(
        "row_kind",
        "pk",
        *("row_at", "row_day", "row_name", "row_preferred", "row_other", "row_other_preferred"),
    )


def _matters_to_agree(user: User) -> QuerySet[Any]:
    return _columns(Matter.objects.to_agree(user), "agree", at="proposed_at", person="proposed_by")


def _matters_to_answer(user: User) -> QuerySet[Any]:
    rows = Matter.objects.unanswered().sent_to(user)
    return _columns(rows, "taken_up", at="answered_at", person="begun_by", other="partner")


def _observations_to_answer(user: User) -> QuerySet[Any]:
    rows = Observation.objects.visible_to(user).filter(state=State.PROPOSED).exclude(proposed_by=user)
    return _columns(rows, "observe", at="proposed_at", person="proposed_by", day="day")


def _observations_to_write(user: User) -> QuerySet[Any]:
    rows = Observation.objects.filter(supervisor=user, state=State.AGREED, day__lte=timezone.localdate())
    return _columns(rows, "observed", at="answered_at", person="worker", day="day")


def _observations_to_finish(user: User) -> QuerySet[Any]:
    rows = Observation.objects.filter(supervisor=user, state=State.HELD)
    rows = rows.filter(open_offer__isnull=True, sealed_at__isnull=True)
    return _columns(rows, "observed_draft", at="answered_at", person="worker", day="day")


def _job_to_read(user: User) -> QuerySet[Any]:
    rows = JobDescription.objects.filter(person=user).unread()
    return _columns(rows, "job", at="put_in_force_at", person="put_in_force_by")


def _notes_to_finish(user: User) -> QuerySet[Any]:
    return _columns(PerformanceNote.objects.drafts_of(user), "work", at="started_at", person="worker")


def _goals_due(user: User) -> QuerySet[Any]:
    rows = Goal.objects.of(user).due(timezone.localdate())
    return _columns(rows, "goal", at="begun_at", person="owner", day="review_on")


def _rounds_to_answer(user: User) -> QuerySet[Any]:
    rows = Sheet.objects.of(user).asked().filter(round__closes_at__gt=timezone.now())
    return _columns(rows, "round", at="round__opened_at", person="round__supervisor", day="round__last_day")


def _own_part_of_round(user: User) -> QuerySet[Any]:
    """Of the newest round: no other one was opened before the own part of the last was in."""
    newest = Round.objects.about(user).order_by("-closes_at", "-pk").values("pk")[:1]
    rows = Sheet.objects.of(user).filter(round__in=newest)
    return _columns(
        rows, "own_part", at="round__opened_at", person="round__supervisor", day="round__last_day"
    )


def _programs_to_rate(user: User) -> QuerySet[Any]:
    """Until it closes, for everybody who was asked: whether they have answered would show on their screen otherwise."""
    rows = ProgramAssessment.objects.open().filter(asked__person=user)
    return _columns(rows, "program", at="opened_at", thing="program", day="closes_on")


def _program_actions_due(user: User) -> QuerySet[Any]:
    soon = timezone.localdate() + DUE_SOON
    rows = ProgramAction.objects.open().filter(who=user, by_day__lte=soon)
    return _columns(rows, "program_action", at="noted_at", thing="assessment__program", day="by_day")


def _parts_of_own(user: User) -> QuerySet[Any]:
    rows = Assessment.objects.waiting_for_part_of(user).together().filter(person=user)
    return _columns(rows, "assess_own", at="begun_at", person="other", day="due_on")


def _parts_of_others(user: User) -> QuerySet[Any]:
    rows = Assessment.objects.waiting_for_part_of(user).filter(other=user)
    return _columns(rows, "assess", at="begun_at", person="person", day="due_on")


def _assessments_to_settle(user: User) -> QuerySet[Any]:
    return _columns(Assessment.objects.to_settle(user), "settle", at="shown_at", person="person")


def _credentials_expiring(user: User) -> QuerySet[Any]:
    rows = Credential.objects.of(user).expiring(timezone.localdate())
    return _columns(rows, "credential", at="listed_at", person="person", day="expires_on", called="name")


def _concerns_to_read(user: User) -> QuerySet[Any]:
    return _columns(Concern.objects.to_read(user), "concern_read", at="told_at", person="raised_by")


def _concerns_to_go_on_with(user: User) -> QuerySet[Any]:
    return _columns(Concern.objects.to_go_on_with(user), "concern", at="begun_at", person="worker")


def _concerns_to_answer(user: User) -> QuerySet[Any]:
    rows = Concern.objects.running().filter(shared_with=user)
    return _columns(rows, "concern_shared", at="shared_at", person="raised_by", other="worker")


def _concerns_to_confirm(user: User) -> QuerySet[Any]:
    return _columns(Concern.objects.to_confirm(user), "concern_asked", at="may_ask_at", person="worker")


def _concern_news(user: User) -> QuerySet[Any]:
    """What a mail said is there to read, for two weeks."""
    rows = Concern.objects.with_news_for(user)
    return _columns(rows, "concern_news", at="begun_at", person="raised_by", other="worker")


def _letters_to_receive(user: User) -> QuerySet[Any]:
    return _columns(Letter.objects.waiting_for(user), "letter", at="sent_at", person="writer")


def _handovers_to_choose(user: User) -> QuerySet[Any]:
    return _columns(to_choose(user), "handover", at="joined_on", person="person", by_day=True)


def _disclosures(user: User) -> QuerySet[Any]:
    return _columns(Disclosure.objects.waiting_for(user), "disclosure", at="entered_at", person="person")


MATTERS = (_matters_to_agree, _matters_to_answer)
OBSERVATIONS = (_observations_to_answer, _observations_to_write, _observations_to_finish)
JOB, WORK, GOALS = (_job_to_read,), (_notes_to_finish,), (_goals_due,)
OWN_PART = "own_part"
ROUNDS, IN_ROUNDS = (_rounds_to_answer, _own_part_of_round), ("round", OWN_PART)
ASSESSMENTS = (_parts_of_own, _parts_of_others, _assessments_to_settle)
CREDENTIALS = (_credentials_expiring,)
DISCLOSURES, HANDOVERS = (_disclosures,), (_handovers_to_choose,)
PROGRAMS = (_programs_to_rate, _program_actions_due)
CONCERNS = (
    *(_concerns_to_read, _concerns_to_go_on_with, _concerns_to_answer),
    *(_concerns_to_confirm, _concern_news, _letters_to_receive),
)
# What every first page asks for; those of supervisors and peer workers ask for everything.
EVERYWHERE = (*MATTERS, *JOB, *ASSESSMENTS, *CREDENTIALS, *ROUNDS, *PROGRAMS, *CONCERNS, *DISCLOSURES)
EVERYTHING = (*EVERYWHERE, *OBSERVATIONS, *WORK, *GOALS, *HANDOVERS)


def tasks_of(user: User, kinds: Collection[Callable[[User], QuerySet[Any]]] = EVERYTHING) -> list[Task]:
    """What waits for this person, of these kinds. One query; two more where a goal of theirs is to be looked at again, and where
    they have a part in a round."""
    first, *others = (ask(user) for ask in kinds)
    rows = [Row(*row) for row in first.union(*others, all=True)]
    titles = _titles(row.pk for row in rows if row.kind == "goal")
    sheets = _sheets(row.pk for row in rows if row.kind in IN_ROUNDS)
    # What one is asked is named until the round closes, answered or not: on a screen that others see it would tell who has.
    shown = [
        row for row in rows if row.kind != OWN_PART or (row.pk in sheets and not _is_sent(sheets[row.pk]))
    ]
    return [_SAID[row.kind](row, titles | sheets) for row in shown]


def _is_sent(sheet: Any) -> bool:
    return kept_in(sheet).is_sent


def _sheets(sheets: Iterable[uuid.UUID]) -> dict[uuid.UUID, Goal | Sheet]:
    """This person's own sheets in rounds."""
    wanted = list(sheets)
    if not wanted:
        return {}
    found = list(Sheet.objects.filter(pk__in=wanted).select_related("round__framework_version"))
    encryption.unlock(found)
    return {sheet.pk: sheet for sheet in found}


def _titles(goals: Iterable[uuid.UUID]) -> dict[uuid.UUID, Goal | Sheet]:
    wanted = list(goals)
    if not wanted:
        return {}
    found = list(Goal.objects.filter(pk__in=wanted))
    encryption.unlock(found)
    return {goal.pk: goal for goal in found}


def own(user: Any) -> list[Task]:
    """For first pages that ask for no other signature."""
    return for_first_page(user, EVERYWHERE)


def for_first_page(user: Any, kinds: Collection[Callable[[User], QuerySet[Any]]]) -> list[Task]:
    """These kinds, with what was written about one's own work and waits for a signature; the oldest first. Three queries."""
    found = [*_to_sign(waiting_around(user), user), *tasks_of(user, kinds)]
    return sorted(found, key=lambda task: task.at)


def _to_sign(offers: Sequence[Waiting], user: User) -> list[Task]:
    mine = (item for item in offers if item.mine and item.label in (PERFORMANCE, ASSESSMENT))
    return [pieces.signature_task(item, None, item.offered_by, user) for item in mine]


def count_goals_shared_with(user: User) -> int:
    """How many open goals others share with this person."""
    return Goal.objects.shared_with(user).open().count()


# How each is said ---------------------------------------------------------------------------------------------

Found = dict[uuid.UUID, Goal | Sheet]


def _agree(row: Row, _found: Found) -> Task:
    label = gettext("Read what %(name)s would take up with a manager") % {"name": row.called}
    why = gettext("It is sent only if you agree to the words.")
    return Task(row.at, label, address("sessions:matter", row.pk), why, gettext("Your answer"), "wait")


def _taken_up(row: Row, _found: Found) -> Task:
    names = {"one": row.called, "two": row.other_called}
    label = gettext("Answer what %(one)s and %(two)s take up with you") % names
    why = gettext("They agreed on the words together.")
    return Task(row.at, label, address("sessions:matter", row.pk), why, gettext("Your answer"), "wait")


def _observe(row: Row, _found: Found) -> Task:
    label = gettext("Answer whether you want the observation that %(name)s proposes for %(day)s") % _when(row)
    why = gettext("It takes place only if you agree.")
    return Task(row.at, label, address("sessions:observation", row.pk), why, gettext("Your answer"), "wait")


def _observed(row: Row, _found: Found) -> Task:
    label = gettext("Write up the observation with %(name)s, %(day)s") % _when(row)
    why = gettext("If it did not take place, call it off instead.")
    return Task(_begins(row), label, address("sessions:observation", row.pk), why, gettext("Write up"))


def _observed_draft(row: Row, _found: Found) -> Task:
    label = gettext("Finish the record of the observation with %(name)s, %(day)s") % _when(row)
    why = gettext("Only you can see it until you send it.")
    return Task(_begins(row), label, address("sessions:observation", row.pk), why, gettext("Draft"))


def _job(row: Row, _found: Found) -> Task:
    when = sentences.days_ago(timezone.localdate(row.at), timezone.localdate())
    why = gettext("%(name)s put it in force %(when)s. Say that you have read it, or what does not fit.")
    said = why % {"name": row.name, "when": when}
    url = address("performance:description", row.pk)
    return Task(row.at, gettext("Read your job description"), url, said, gettext("Please read"), "wait")


def _work(row: Row, _found: Found) -> Task:
    label = gettext("Finish what you write about the work of %(name)s") % {"name": row.called}
    why = gettext("Only you can see it until you send it.")
    return Task(row.at, label, address("performance:note", row.pk), why, gettext("Draft"))


def _goal(row: Row, found: Found) -> Task:
    goal: Any = found[row.pk]
    label = gettext("Look at your goal again: %(title)s") % {"title": goal.title}
    why = gettext("You chose %(day)s for it. Choose another day, or end it.") % _when(row)
    kind = "private" if goal.is_private else ""
    return Task(_begins(row), label, address("competencies:goal", row.pk), why, gettext("Goal"), kind)


def _round(row: Row, found: Found) -> Task:
    sheet: Any = found[row.pk]
    label = gettext("Say how you see the supervision you get from %(name)s") % {"name": row.called}
    why = gettext(
        "Open until the end of %(day)s, without your name, and named here until then, whether you have answered or not."
    ) % _when(row)
    return Task(
        row.at, label, address("rounds:detail", sheet.round_id), why, gettext("Your choice"), "private"
    )


def _own_part(row: Row, found: Found) -> Task:
    sheet: Any = found[row.pk]
    why = gettext(
        "The people you supervise are asked until the end of %(day)s. What comes of it shows after that."
    )
    label = gettext("Say how you see the supervision that you give")
    url = address("rounds:detail", sheet.round_id)
    return Task(row.at, label, url, why % _when(row), gettext("Your part"), "private")


def _program(row: Row, _found: Found) -> Task:
    label = gettext("Say how %(program)s supports supervision") % {"program": row.name}
    why = gettext("Open until %(day)s, and named here until then, whether you have answered or not.") % _when(
        row
    )
    url = address("program_assessment:answer", row.pk)
    return Task(row.at, label, url, why, gettext("Open"))


def _program_action(row: Row, _found: Found) -> Task:
    label = gettext("See to what you do for %(program)s by %(day)s") % {"program": row.name, **_when(row)}
    why = gettext("It came from the program’s self-assessment. Say when it is done.")
    url = address("program_assessment:action", row.pk)
    return Task(_begins(row), label, url, why, gettext("Action"))


def _assess(row: Row, _found: Found) -> Task:
    why = gettext("Of the practice of %(name)s. Both parts are shown at one moment.") % _when(row)
    return _part(row, why)


def _assess_own(row: Row, _found: Found) -> Task:
    why = gettext("Of your practice, with %(name)s. Both parts are shown at one moment.") % _when(row)
    return _part(row, why)


def _part(row: Row, why: str) -> Task:
    label = gettext("Fill in your part of the assessment by %(day)s") % _when(row)
    return Task(row.at, label, address("competencies:assessment", row.pk), why, gettext("Your part"), "wait")


def _settle(row: Row, _found: Found) -> Task:
    label = gettext("Talk with %(name)s about both views, and write up what you settle on") % {
        "name": row.called
    }
    why = gettext("Nothing is final before the two of you have talked.")
    return Task(row.at, label, address("competencies:assessment", row.pk), why, gettext("Assessment"))


def _credential(row: Row, _found: Found) -> Task:
    is_over = row.day is not None and row.day < timezone.localdate()
    said = gettext("%(name)s expired %(day)s") if is_over else gettext("%(name)s expires %(day)s")
    label = said % {"name": row.other, "day": words.short_day(row.day) if row.day else ""}
    why = gettext("Add the renewed one, or say that you don’t renew it.")
    return Task(_begins(row), label, address("training:credential", row.pk), why, gettext("Credential"))


def _concern_read(row: Row, _found: Found) -> Task:
    label = gettext("Read what %(name)s told you of") % {"name": row.called}
    why = gettext("A concern. You hear of it before anybody else.")
    return Task(row.at, label, address("concerns:detail", row.pk), why, gettext("Please read"), "wait")


def _concern(row: Row, _found: Found) -> Task:
    label = gettext("Go on with the concern with %(name)s") % {"name": row.called}
    why = gettext("Its next step is yours.")
    return Task(row.at, label, address("concerns:detail", row.pk), why, gettext("Concern"), "private")


def _concern_shared(row: Row, _found: Found) -> Task:
    names = {"one": row.called, "two": row.other_called}
    label = gettext("Read the concern that %(one)s shared with you") % names
    why = gettext("About the work of %(two)s. Record what comes of it.") % names
    return Task(row.at, label, address("concerns:detail", row.pk), why, gettext("Your answer"), "wait")


def _concern_happened(row: Row, _found: Found) -> Task:
    label = gettext("Look at what has happened with a concern")
    why = gettext("Between %(one)s and %(two)s.") % {"one": row.called, "two": row.other_called}
    return Task(row.at, label, address("concerns:detail", row.pk), why, gettext("New"), "wait")


def _concern_asked(row: Row, _found: Found) -> Task:
    label = gettext("Say whether %(name)s brought a concern to you") % {"name": row.called}
    why = gettext("They agreed that you are asked.")
    return Task(row.at, label, address("concerns:confirm", row.pk), why, gettext("Your answer"), "wait")


def _letter(row: Row, _found: Found) -> Task:
    label = gettext("Read the letter that %(name)s wrote to you") % {"name": row.called}
    why = gettext("Say that it has reached you, or answer it.")
    return Task(row.at, label, address("concerns:letter", row.pk), why, gettext("Letter"), "wait")


def _handover(row: Row, _found: Found) -> Task:
    label = gettext("Choose what goes over to %(name)s") % {"name": row.called}
    why = gettext(
        "They supervise you now. Of what was said before they read what you choose, which may be nothing."
    )
    return Task(row.at, label, address("handover:choose", row.pk), why, gettext("Your choice"), "wait")


def _disclosure(row: Row, _found: Found) -> Task:
    label = gettext("Go on with the disclosure of records of %(name)s") % {"name": row.called}
    why = gettext("Its next step is yours.")
    return Task(row.at, label, address("disclosure:detail", row.pk), why, gettext("By law"), "wait")


_SAID = {
    "handover": _handover,
    "disclosure": _disclosure,
    "concern_read": _concern_read,
    "concern": _concern,
    "concern_shared": _concern_shared,
    "concern_asked": _concern_asked,
    "concern_news": _concern_happened,
    "letter": _letter,
    "agree": _agree,
    "taken_up": _taken_up,
    "observe": _observe,
    "observed": _observed,
    "observed_draft": _observed_draft,
    "job": _job,
    "work": _work,
    "goal": _goal,
    "round": _round,
    "own_part": _own_part,
    "program": _program,
    "program_action": _program_action,
    "assess": _assess,
    "assess_own": _assess_own,
    "settle": _settle,
    "credential": _credential,
}


def _when(row: Row) -> dict[str, str]:
    return {"name": row.called, "day": words.short_day(row.day) if row.day else ""}


def _begins(row: Row) -> datetime.datetime:
    """The beginning of its day, for the order among the other tasks."""
    day = row.day or timezone.localdate(row.at)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
