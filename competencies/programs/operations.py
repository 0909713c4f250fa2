"""Everything that changes a self-assessment of a program, up to its result. What is done about it: actions.py.

The audit chain keeps that one was opened and that its result was put together. It keeps nothing of answering: who did, and when,
is shown to nobody (decision 16).
"""

from __future__ import annotations

import datetime
import secrets
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from supervision.people import zones
from supervision.people.models import Program, User
from supervision.records import audit, encryption, ids
from supervision.records.errors import AlreadyDone, Invalid, Stale

from ..library.models import FrameworkVersion
from ..rating.answered import able_read, able_written
from ..rating.marks import Mark, Marks, described_by, statements_of
from . import letters, notifications, policy, results
from .letters import Said
from .models import Group, ProgramAction, ProgramAnswer, ProgramAsked, ProgramAssessment, ProgramResult
from .results import Ballot, People, Raters


def id_of(person: User, key: uuid.UUID) -> uuid.UUID:
    """The id of what a form with this key makes. It depends on the person: a key of somebody else's tells nothing."""
    return ids.made_by(person, key, "program")


# Opening --------------------------------------------------------------------------------------------------------


def frameworks() -> list[FrameworkVersion]:
    """The newest version of every framework that a program can look at itself with, and that is in use; by title."""
    rows = FrameworkVersion.objects.filter(about=FrameworkVersion.About.PROGRAM, framework__retired_on=None)
    newest: dict[uuid.UUID, FrameworkVersion] = {}
    for row in rows.order_by("framework_id", "-number"):
        newest.setdefault(row.framework_id, row)
    return sorted(newest.values(), key=lambda row: (row.title, row.pk))


def open_assessment(
    program: Program,
    *,
    by: User,
    key: uuid.UUID,
    framework: FrameworkVersion,
    first_day: datetime.date,
    last_day: datetime.date,
    closes_on: datetime.date,
    asked: str,
) -> ProgramAssessment:
    """Ask everybody in the program, from now until a day that is fixed with it. They are told that something waits.

    `asked` is the mark of the circle that the page named. The same form sent twice makes one: the second raises AlreadyDone. Raises
    NotFound, WrongState, Invalid, and Stale when it would be other people by now.
    """
    with transaction.atomic():
        # Whoever opens one for the same program waits here, so that there is never a second.
        Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        pk = id_of(by, key)
        if ProgramAssessment.objects.filter(pk=pk).exists():
            raise AlreadyDone(_("You have opened this self-assessment already."))
        now = policy.circle(program)
        policy.check_can_open(by, program, now)
        _check(framework, first_day, last_day, closes_on)
        if now.mark != asked:
            raise Stale(_("Who would be asked has changed meanwhile. Look at the names again."))
        assessment = ProgramAssessment(
            id=pk,
            program=program,
            framework_version=framework,
            first_day=first_day,
            last_day=last_day,
            closes_on=closes_on,
            closes_at=zones.end_of(closes_on, zones.of_agency()),
            opened_by=by,
        )
        assessment.save()
        _ask(assessment, now)
        notifications.opened(assessment, [person for person in now.people if person.pk != by.pk])
        audit.record(by, "program assessment opened", about=assessment, facts={"program": str(program.pk)})
    return assessment


def _check(
    framework: FrameworkVersion, first_day: datetime.date, last_day: datetime.date, closes_on: datetime.date
) -> None:
    if framework.pk not in {row.pk for row in frameworks()}:
        raise Invalid(_("Choose one of the frameworks listed. There is a newer version by now."), "framework")
    today = policy.today_there()
    policy.check_period(first_day, last_day, today)
    policy.check_closes_on(closes_on, today)


def _ask(assessment: ProgramAssessment, circle: policy.Circle) -> None:
    """A row for everybody, and one for what they will say: there from the first moment, so that it never comes and tells."""
    nothing = letters.write(Said(), assessment.framework_version.body)
    for group, people in circle.by_group.items():
        for person in people:
            asked = ProgramAsked(assessment=assessment, person=person, group=group)
            asked.save()
            ProgramAnswer(asked=asked, letters=nothing).save()


# Answering --------------------------------------------------------------------------------------------------------


def said_by(asked: ProgramAsked) -> Said:
    """What this person says so far. Theirs alone: only their own page and the result ask for it."""
    return letters.read(asked.answer.letters, asked.assessment.framework_version.body)


@transaction.atomic
def answer(
    assessment: ProgramAssessment,
    *,
    by: User,
    marks: Marks,
    by_name: bool = False,
    seen: str,
    page: str,
    next_page: str = "",
) -> Said:
    """Keep what this person says, in the place of what they said before. As little or as much as they like.

    `seen` is the mark of what their page showed, `page` the mark of the page itself, which may save again and again. `next_page` is
    the mark that this leaves, where it is another one: the page is through then, and what it sends later is stale. Raises Denied,
    WrongState once it has closed, Invalid, and Stale when another window of theirs saved meanwhile.
    """
    # Whoever puts the result together waits until this is through, and this one finds it closed after that.
    now = ProgramAssessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
    asked = policy.check_was_asked(by, now)
    policy.check_is_open(now)
    content = now.framework_version.body
    row = ProgramAnswer.objects.select_for_update(no_key=True).get(asked=asked)
    before = letters.read(row.letters, content)
    said = Said(_known(marks, asked, content), by_name=by_name, page=next_page or page)
    if before.page not in (seen, page):
        if said.is_as(before):
            return before
        raise Stale(_("You saved other answers from another window meanwhile."))
    row.letters = letters.write(said, content)
    _save_with_the_others(row, now)
    return said


def _save_with_the_others(row: ProgramAnswer, assessment: ProgramAssessment) -> None:
    """Every answer is written with it, in an order by chance: the place of a row and its transaction would tell, in a stolen
    copy of a PostgreSQL database, who has answered. Whoever answers holds the assessment, so nobody else writes now."""
    others = ProgramAnswer.objects.filter(asked__assessment=assessment).exclude(pk=row.pk)
    rows = [row, *others]
    secrets.SystemRandom().shuffle(rows)
    for one in rows:
        one.save(update_fields=["letters"])


def _known(marks: Marks, asked: ProgramAsked, content: letters.Content) -> dict[str, Mark]:
    """Points only, of what this group is asked. Raises Invalid."""
    here = {one.id for one in statements_of(described_by(content, asked.group))}
    points = {None, *range(1, len(content.scale) + 1)}
    if marks.keys() - here or not all(mark.point in points for mark in marks.values()):
        raise Invalid(_("Choose one of the answers listed"))
    return {key: Mark(mark.point) for key, mark in marks.items()}


# The result -------------------------------------------------------------------------------------------------------


def as_groups_of(of: Mapping[str, int]) -> set[str]:
    """The groups that can be shown as such: at least three of it were asked. `of` says how many, by group."""
    return {str(group) for group in results.AS_GROUPS if of[group] >= results.FEWEST}


def _as_groups(asked: Iterable[ProgramAsked]) -> set[str]:
    return as_groups_of(Counter(row.group for row in asked))


@transaction.atomic
def put_together(assessment: ProgramAssessment, *, by: User | None) -> ProgramResult:
    """Make what is shown of one that has closed, once and for all: whoever comes second gets the first one's. All who were asked are told.

    What closed before it comes first, since it is compared with that. Raises WrongState while it is open.
    """
    Program.objects.select_for_update(no_key=True).get(pk=assessment.program_id)
    locked = ProgramAssessment.objects.select_for_update(no_key=True, of=("self",))
    rows = list(
        locked.select_related("framework_version")
        .filter(program=assessment.program_id, opened_at__lte=assessment.opened_at)
        .order_by("opened_at", "id")
    )
    there = {row.assessment_id: row for row in ProgramResult.objects.filter(assessment__in=rows)}
    if assessment.pk in there:
        return there[assessment.pk]
    policy.check_can_put_together(next(row for row in rows if row.pk == assessment.pk))
    for row in rows:
        if row.pk not in there and not row.is_open:
            before = {one: there[one.pk] for one in rows if one.opened_at < row.opened_at}
            there[row.pk] = _make(row, before, by)
    return there[assessment.pk]


def _make(
    assessment: ProgramAssessment, before: Mapping[ProgramAssessment, ProgramResult], by: User | None
) -> ProgramResult:
    everybody = _everybody_asked([*before, assessment])
    shown, people = _behind_what_was_shown(before, everybody)
    asked = everybody[assessment.pk]
    content = results.put_together(
        _ballots(asked, assessment),
        top=len(assessment.framework_version.body.scale),
        earlier=shown,
        as_group=_as_groups(asked),
        withheld=[group for group in people if _tells(group, asked, people[group])],
    )
    made = ProgramResult(
        assessment=assessment, content=content, able=able_written(_people(asked), _able_now(asked))
    )
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:  # the locks above let nobody get here; the constraint is the last word
        return ProgramResult.objects.get(assessment=assessment)
    notifications.result_made(assessment, [row.person for row in asked if row.person.is_active])
    audit.record(by, "program assessment put together", about=assessment)
    return made


def _everybody_asked(rows: Collection[ProgramAssessment]) -> dict[uuid.UUID, list[ProgramAsked]]:
    """Who was asked in each, with what they said. Two queries, however many there are."""
    found: dict[uuid.UUID, list[ProgramAsked]] = {row.pk: [] for row in rows}
    asked = list(ProgramAsked.objects.filter(assessment__in=rows).select_related("answer", "person"))
    encryption.unlock(row.answer for row in asked)
    for row in asked:
        found[row.assessment_id].append(row)
    return found


def _ballots(asked: Iterable[ProgramAsked], assessment: ProgramAssessment) -> list[Ballot]:
    content = assessment.framework_version.body
    return [
        Ballot(row.person_id, row.person.name, row.group, letters.read(row.answer.letters, content))
        for row in asked
    ]


def _behind_what_was_shown(
    before: Mapping[ProgramAssessment, ProgramResult], everybody: Mapping[uuid.UUID, list[ProgramAsked]]
) -> tuple[dict[str, list[Raters]], dict[str, list[People]]]:
    """By group, who was behind each result of this program that was shown before, and who could answer, oldest first.

    Of every framework: who differs between two results would differ whatever was asked. What was shown, and who could answer, is as
    it was then: whoever leaves later changes nothing of it.
    """
    encryption.unlock(before.values())
    shown: dict[str, list[Raters]] = {str(group): [] for group in results.AS_GROUPS}
    people: dict[str, list[People]] = {str(group): [] for group in results.AS_GROUPS}
    for row, made in before.items():
        asked = everybody[row.pk]
        ballots = _ballots(asked, row)
        able = able_read(made.able, _people(asked))
        for group, bands in made.content["groups"].items():
            shown[group].append(results.behind(ballots, group, bands))
            people[group].append(_of_group(group, asked) & able)
    return shown, people


def _people(asked: Iterable[ProgramAsked]) -> People:
    return frozenset(row.person_id for row in asked)


def _able_now(asked: Iterable[ProgramAsked]) -> People:
    """Who can answer still: whose account is open."""
    return frozenset(row.person_id for row in asked if row.person.is_active)


def _of_group(group: str, asked: Iterable[ProgramAsked]) -> People:
    return frozenset(row.person_id for row in asked if row.group == group)


def _tells(group: str, asked: Sequence[ProgramAsked], before: Sequence[People]) -> bool:
    everybody = _of_group(group, asked)
    return results.tells(everybody, everybody & _able_now(asked), before)


# For pages --------------------------------------------------------------------------------------------------------


def earlier_with_result(assessment: ProgramAssessment) -> list[ProgramAssessment]:
    """The ones before it of the same program with the same framework, oldest first, whose result is there. Two queries."""
    rows = (
        ProgramAssessment.objects.filter(
            program=assessment.program_id,
            framework_version__framework=assessment.framework_version.framework_id,
            opened_at__lt=assessment.opened_at,
            result__isnull=False,
        )
        .select_related("framework_version", "result")
        .order_by("opened_at", "id")
    )
    found = list(rows)
    encryption.unlock(row.result for row in found)
    return found


def earlier_actions(assessment: ProgramAssessment) -> list[ProgramAction]:
    """What was noted in earlier ones with the same framework: all of the last one, and of those before what is still open."""
    rows = earlier_with_result(assessment)
    if not rows:
        return []
    found = ProgramAction.objects.filter(assessment__in=rows).select_related("who", "assessment")
    here = found.order_by("noted_at", "id")
    return [one for one in here if one.is_open or one.assessment_id == rows[-1].pk]


def groups_of(assessment: ProgramAssessment) -> dict[str, int]:
    """How many were asked in each group, in their order. Who answers is another matter, and nobody's."""
    people: dict[str, int] = {str(group): 0 for group in Group}
    for group in ProgramAsked.objects.filter(assessment=assessment).values_list("group", flat=True):
        people[group] += 1
    return people
