"""Jobs, performance, goals and frameworks, in every state, with a unique word in every confidential field."""

from __future__ import annotations

import datetime
import uuid
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from competencies.goals import operations as growing
from competencies.library import operations as library
from competencies.programs import actions as program_actions
from competencies.rounds import circle
from competencies.rounds import operations as asking
from supervision.people.models import User
from supervision.performance.descriptions import operations as describing
from supervision.performance.notes import operations as performing
from supervision.records import drafts
from tests import factories
from tests.cast import Cast
from tests.competencies import framework_makers as makers_of_frameworks
from tests.competencies import makers as goals
from tests.competencies import program_makers as programs
from tests.competencies import round_makers as rounds
from tests.performance import makers as jobs

from .kinds import PARTIES, WITH_MANAGER, World, with_document


def add_jobs(world: World, cast: Cast, line_manager: User) -> None:
    """The worker's job description: two versions and a draft of the next; of somebody else a draft alone."""
    work = SimpleNamespace(**vars(cast), line_manager=line_manager)
    readers = WITH_MANAGER | {"line_manager"}
    parts = ("title", "purpose", "does", "does_not", "works_with", "hours_and_place", "supervised_for")
    first = jobs.job(work, **{part: world.word(f"job-first-{part}", *readers) for part in parts})
    describing.say_what_differs(first, by=cast.worker, words=world.word("job-reply", *readers))
    second = jobs.job(work, by=cast.manager, does=world.word("job-second", *readers))
    drafters = ("line_manager", "manager")
    jobs.job_draft(work, **{part: world.word(f"job-draft-{part}", *drafters) for part in parts})
    for label, row in {"first": first, "second": second}.items():
        world.target(
            "performance:description performance:description_read performance:description_reply",
            label,
            pk=row.pk,
        )
    names = "person description_draft description_write description_discard note_start"
    for label, person in {"worker": cast.worker, "stranger": cast.other_worker}.items():
        world.target(" ".join(f"performance:{n}" for n in names.split()), label, pk=person.pk)


def add_performance(world: World, cast: Cast, line_manager: User) -> None:
    """About the worker's work: a draft, one sent, one sealed, one taken back, by the supervisor; a plan of the line manager's."""
    work = SimpleNamespace(**vars(cast), line_manager=line_manager)
    named = PARTIES | {"line_manager"}

    def words(label: str, *readers: str) -> dict[str, str]:
        names = ("happened", "facts", "expectation", "support")
        return {name: world.word(f"work-{name}-{label}", *readers) for name in names}

    sealed = jobs.sent(work, **words("sealed", *named))
    jobs.sign(sealed, cast.worker, statement=world.word("work-answer", *named))
    with_document(jobs.fresh(sealed))
    back = jobs.sent(work, **words("back", "supervisor"))
    performing.ask_for_change(
        back, by=cast.worker, seen=back.open_offer.digest, reason=world.word("work-change", *named)
    )
    draft = jobs.draft(work, **words("draft", "supervisor"))
    drafts.keep(
        cast.supervisor, f"performance.note:{draft.pk}", {"facts": [world.word("work-typed", "supervisor")]}
    )
    between = {"worker", "line_manager"}
    plan = jobs.sent(work, "plan", by=line_manager, **words("plan", *between))
    jobs.sign(plan, cast.worker)
    declined = jobs.sent(work, "recognition", by=line_manager, facts=world.word("work-declined", *between))
    performing.decline(
        declined,
        by=cast.worker,
        evidence=jobs.evidence(cast.worker),
        seen=declined.open_offer.digest,
        reason=world.word("work-reason", *between),
    )
    rows = {
        "draft": draft,
        "sent": jobs.sent(work, **words("sent", *named)),
        "sealed": sealed,
        "back": back,
        "plan": plan,
        "declined": declined,
    }
    names = "write send withdraw follow sign decline ask_for_change take_back close pdf"
    for label, row in rows.items():
        world.target("performance:note", label, pk=row.pk)
        world.target(" ".join(f"performance:note_{n}" for n in names.split()), label, pk=row.pk)


def add_goals(world: World, cast: Cast) -> None:
    """The worker's: one for herself, one the supervisor reads, one taken back, one shared and ended; one shared in a group."""
    own = _goal(world, cast, "own", "worker")
    shared = goals.share(_goal(world, cast, "shared", *PARTIES), cast.arrangement)
    goals.note(shared, cast.worker, world.word("goal-progress-worker", *PARTIES))
    goals.note(shared, cast.supervisor, world.word("goal-progress-supervisor", *PARTIES))
    taken = goals.share(_goal(world, cast, "taken-back", "worker"), cast.arrangement)
    growing.take_back(taken, by=cast.worker)
    ended = goals.share(_goal(world, cast, "ended", *PARTIES), cast.arrangement)
    ended = goals.ended(ended, words=world.word("goal-ending", *PARTIES))
    leader, former = factories.person("Gail Groupleader"), world.people["former"]
    group = factories.arrangement(cast.program, [leader], [cast.worker, former], structure="group")
    in_group = goals.share(_goal(world, cast, "group", "worker"), group)
    typed = {"title": [world.word("goal-typed", "worker")]}
    drafts.keep(cast.worker, growing.draft_of(own.pk), typed)
    names = "edit share take_back progress end reopen"
    rows = {"own": own, "shared": shared, "taken": taken, "ended": ended, "group": in_group}
    for label, row in rows.items():
        world.target("competencies:goal", label, pk=row.pk)
        world.target(" ".join(f"competencies:goal_{n}" for n in names.split()), label, pk=row.pk)
        world.target("competencies:goal_step", label, pk=row.pk, step_id=row.steps.all()[0].pk)


def add_frameworks(world: World, cast: Cast) -> None:
    """The ones that are shipped, one of the agency's own that is published, loaded anew, retired; one that was only loaded."""
    version = library.bring_in(library.shipped())[0]
    world.target("competencies:framework", "shipped", pk=version.framework_id)
    for label, number in (("newest", version.number), ("unknown", version.number + 1)):
        world.target("competencies:framework_version", label, pk=version.framework_id, number=number)
    # Not published yet, so for administrators alone; nobody's words, so stored in the clear, and not called canaries.
    first, following = "framework-loaded-7f3a", "framework-next-7f3a"
    world.canaries |= dict.fromkeys((first, following), frozenset({"administrator"}))
    waits = makers_of_frameworks.loaded(cast, title=first)
    own = makers_of_frameworks.published(cast, key="own", title="Own")
    own = makers_of_frameworks.again(own, cast, title=following)
    gone = makers_of_frameworks.retired(makers_of_frameworks.published(cast, key="gone", title="Gone"), cast)
    names = "load_again draft publish discard retire bring_back file"
    for label, row in (("loaded", waits), ("own", own), ("retired", gone)):
        world.target("competencies:framework", label, pk=row.pk)
        world.target(" ".join(f"competencies:framework_{n}" for n in names.split()), label, pk=row.pk)
    world.target("competencies:framework_load_again", "shipped", pk=version.framework_id)


def add_rounds(world: World, cast: Cast) -> None:
    """About the supervisor's supervision: a round with a result, and one that is open and that the worker has answered.

    One about somebody else's. And a view of the supervision she gets that the worker shares by name.
    """
    closed = _closed_long_ago(cast)
    opened = rounds.opened(cast)
    rounds.answers(opened, cast.worker, 2)
    empty = _round_of_another(cast)
    named = asking.share_by_name(
        by=cast.worker,
        to=cast.supervisor,
        key=uuid.uuid4(),
        text=world.word("round-by-name", *PARTIES),
        about=opened,
    )
    rows = {"closed": closed, "open": opened, "stranger": empty}
    for label, row in rows.items():
        world.target("rounds:detail rounds:answer rounds:take_back rounds:show", label, pk=row.pk)
    world.target("rounds:named_view", "shared", pk=named.pk)
    for label, person in {"supervisor": cast.supervisor, "stranger": cast.other_supervisor}.items():
        world.target("rounds:write", label, pk=person.pk)


def _closed_long_ago(cast: Cast) -> Any:
    """A round of the same people, with a result; not so long ago that somebody who has left since was asked."""
    people = list(circle.supervised_by(cast.supervisor))
    with rounds.at(timezone.now() - datetime.timedelta(days=25)):
        return rounds.closed_round(cast, people, [4] * len(people))


def _round_of_another(cast: Cast) -> Any:
    """About somebody else's supervision."""
    leader = factories.person("Lee Leader")
    team = [factories.worker_in(cast.other_program, name) for name in ("One", "Two", "Three")]
    factories.arrangement(cast.other_program, [leader], team, structure="group")
    return rounds.opened(cast, by=leader)


def add_programs(world: World, cast: Cast) -> None:
    """Of the manager's program: one with a result and actions in every state, one that has closed, one that is open."""
    asked = ("worker", "supervisor", "manager", "former")
    programs.framework()
    shown = programs.finished(cast, {cast.worker: 3, cast.manager: 2}, days_ago=60)
    open_one = programs.action(cast, shown, what=world.word("program-action", *asked))
    done = programs.action(cast, shown, what=world.word("program-action-done", *asked))
    done = program_actions.finish(
        done, by=cast.supervisor, version=1, words=world.word("program-came-of-it", *asked)
    )
    dropped = programs.action(cast, shown, what=world.word("program-action-dropped", *asked))
    program_actions.drop(dropped, by=cast.manager, version=1, reason=world.word("program-reason", *asked))
    closed = programs.close(programs.opened(cast), days_ago=2)
    answered = programs.opened(cast)
    programs.says(answered, cast.worker, 2)
    for label, row in {"result": shown, "closed": closed, "open": answered}.items():
        names = "detail answer put_together"
        world.target(" ".join(f"program_assessment:{name}" for name in names.split()), label, pk=row.pk)
        world.target("program_assessment:action_note", label, pk=row.pk, statement=programs.STATEMENT)
    names = "action action_change action_done action_drop action_reopen"
    for label, action in {"open": open_one, "done": done, "dropped": dropped}.items():
        world.target(" ".join(f"program_assessment:{name}" for name in names.split()), label, pk=action.pk)
    for label, program in {"own": cast.program, "other": cast.other_program}.items():
        world.target("program_assessment:open", label, program_id=program.pk)


def _goal(world: World, cast: Cast, label: str, *readers: str) -> Any:
    def word(field_name: str) -> str:
        return world.word(f"goal-{field_name}-{label}", *readers)

    return goals.goal(
        cast.worker,
        title=word("title"),
        why=word("why"),
        support=word("support"),
        support_from=word("from"),
        steps=[growing.Step(word("step"))],
    )
