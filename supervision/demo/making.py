"""Making the demo agency: refuses where there are real people, then tells all stories and queues the documents."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.jobs.operations import let_new_jobs_go_first
from supervision.notices.models import Reminder
from supervision.people import operations as people
from supervision.people.models import Agency, Arrangement, User
from supervision.records import daily, encryption
from supervision.records.errors import WrongState
from supervision.records.models import Seal
from supervision.records.tasks import make_document

from . import (
    asking,
    assessing,
    growing,
    keeping,
    learning,
    limits,
    notebooks,
    observing,
    programs,
    taking_up,
    workplaces,
)
from .agreeing import Agreeing
from .cast import (
    ADMINISTRATOR,
    AGENCY,
    AWAYS,
    CREDENTIALS,
    MANAGERS,
    PASSWORD,
    SIGN_INS,
    STAFF,
    WORKERS,
    ZONE,
    Person,
)
from .clock import telling
from .conversation import Conversation, deck_for
from .days import days_of
from .library import Deck
from .meetings import Meetings
from .plans import PLANS, Plan
from .quiet import no_jobs
from .timeline import Story
from .world import DAY, HOUR, MINUTE, World

SEED, WEEKS = 1124, 26
FEWEST_WEEKS, FEWEST_WORKERS = 6, 12  # with fewer, some states have nobody to be in them
# How the documents are queued: so many at once, then one after the other.
AT_ONCE, APART = 24, datetime.timedelta(seconds=1)
Structure = Arrangement.Structure
# Beside the arrangements, what people do: each in stories of its own.
LIVES = (
    *(notebooks, observing, taking_up, growing, assessing, learning),
    *(programs, workplaces, asking, limits),
)


@dataclass(frozen=True)
class SignIn:
    """Whom a visitor of the demo can sign in as."""

    role: str
    name: str
    email: str
    password: str


def is_there() -> bool:
    """Whether this database holds the demo agency."""
    return User.objects.filter(is_demo=True).exists()


def sign_ins() -> list[SignIn]:
    """Whom to sign in as, and what each shows. Empty without a demo."""
    here = {user.email: user for user in User.objects.filter(is_demo=True, is_active=True)}
    everybody = {person.key: person for person in (ADMINISTRATOR, *STAFF, *WORKERS)}
    found = [(role, here.get(everybody[key].email)) for key, role in SIGN_INS]
    return [SignIn(role, user.name, user.email, PASSWORD) for role, user in found if user is not None]


def make(
    *,
    seed: int = SEED,
    weeks: int = WEEKS,
    workers: int = len(WORKERS),
    now: datetime.datetime | None = None,
) -> World:
    """Make the demo agency, all of it or nothing.

    `weeks` is how far back its records go, `workers` how many peer workers it has, `now` the moment it leads up to. Raises
    WrongState where there is anybody or anything already.
    """
    world = World(seed=seed, now=now or timezone.now(), weeks=weeks)
    with transaction.atomic(), encryption.unlocked_keys():
        check_is_empty()
        with no_jobs(), telling(world.clock), timezone.override(world.zone):
            _found(world)
            _people(world, WORKERS[:workers])
            world.timeline.begin(keeping.story(world))
            for kind in LIVES:
                for story in kind.stories(world):
                    world.timeline.begin(story)
            _arrangements(world)
            world.timeline.run()
        _settle_reminders(world)
        _queue_documents()
        daily.statistics_after_many_rows()
    return world


def check_is_empty() -> None:
    """Raises WrongState unless nobody is in this database and no agency."""
    if User.objects.filter(is_demo=False).exists():
        raise WrongState(
            _(
                "There are real people in this database. The demo is made in an empty one only, so nothing was changed."
            )
        )
    if User.objects.exists():
        raise WrongState(_("The demo agency is here already. Nothing was changed."))
    if Agency.objects.exists():
        raise WrongState(
            _(
                "There is an agency in this database. The demo is made in an empty one only, so nothing was changed."
            )
        )


# The agency ---------------------------------------------------------------------------------------------------


def _found(world: World) -> None:
    """The agency, its administrator, its programs. Second factors are off, because it is a demo."""
    who = ADMINISTRATOR
    token = people.new_setup_token()
    agency = {"name": AGENCY, "time_zone": ZONE, "second_factor_required": False}
    made = people.make_agency(
        token=token, agency=agency, name=who.name, email=who.email, password=PASSWORD, time_zone=ZONE
    )
    # The password is hashed once: every demo account has the same one.
    facts = {"is_demo": True, "preferred_name": who.called, "pronouns": who.pronouns, "job_title": who.title}
    with transaction.atomic():
        User.objects.filter(pk=made.pk).update(**facts)
    world.people[who.key] = User.objects.get(pk=made.pk)
    for name in MANAGERS:
        world.programs[name] = people.add_program(by=world.people[who.key], name=name)


def _people(world: World, workers: tuple[Person, ...]) -> None:
    manager_of = {key: name for name, key in MANAGERS.items()}
    for person in STAFF:
        _add(world, person, line_manager=None)
        if person.key in manager_of:
            program = world.programs[manager_of[person.key]]
            people.appoint_manager(program, by=world.people["ade"], person=world.people[person.key])
    for person in workers:
        manager = world.people[MANAGERS[person.program]]
        if person.started is None:
            _add(world, person, line_manager=manager)
        else:
            world.timeline.begin(_joining(world, person, manager))
    here = {person.key for person in (ADMINISTRATOR, *STAFF, *workers)}
    world.timeline.begin(_reading_the_limits(world))
    for one in AWAYS:
        if one[0] in here:
            world.timeline.begin(_being_away(world, *one))
    for credential in CREDENTIALS:
        if credential[0] in here:
            world.timeline.begin(_credential(world, *credential))
    _seen(world, here)


def _add(world: World, person: Person, *, line_manager: User | None) -> User:
    administrator = world.people["ade"]
    started = world.local_day(world.clock.now())
    if person.started is None:
        started -= world.chance("start", person.key).randrange(30, 900) * DAY
    made = people.add_person(
        by=administrator,
        id=world.key("person", person.key),
        name=person.name,
        email=person.email,
        program=world.programs.get(person.program),
        supervised=person in WORKERS,
        invite_now=person.invited_only,
        preferred_name=person.called,
        pronouns=person.pronouns,
        job_title=person.title,
        job_role=User.JobRole.PEER if person.peer else User.JobRole.NON_PEER,
        is_external=person.external,
        is_demo=True,
        line_manager=line_manager,
        time_zone=ZONE,
        started_on=started,
    )
    if not person.invited_only:
        with transaction.atomic():
            User.objects.filter(pk=made.pk).update(password=administrator.password)
    world.people[person.key] = User.objects.get(pk=made.pk)
    return world.people[person.key]


def _joining(world: World, person: Person, manager: User) -> Story:
    yield world.at(world.day(-(person.started or 0)), "09:15")
    user = _add(world, person, line_manager=manager)
    if not person.invited_only:
        yield world.clock.now() + 5 * HOUR
        people.acknowledge_limits(by=user)


def _reading_the_limits(world: World) -> Story:
    """Everybody who is there from the start reads the limits before their first session."""
    start = world.clock.now()
    for number, user in enumerate(list(world.people.values())):
        yield start + 4 * HOUR + number * 7 * MINUTE
        people.acknowledge_limits(by=user)


def _being_away(world: World, key: str, first: int, last: int) -> Story:
    noted = world.at(world.day(min(first, 0) - 16), "10:05")
    yield max(noted, world.clock.now() + DAY)
    if key in world.people:
        user = world.people[key]
        people.add_away(user, by=user, first_day=world.day(first), last_day=world.day(last))


def _credential(
    world: World, key: str, name: str, number: str, issuer: str, issued: int, expires: int | None
) -> Story:
    yield max(world.at(world.day(-issued + 3), "11:20"), world.clock.now() + 2 * HOUR)
    if key in world.people:
        people.save_credential(
            world.people[key],
            by=world.people["ade"],
            name=name,
            number=number,
            issuer=issuer,
            issued_on=world.day(-issued),
            expires_on=world.day(expires) if expires is not None else None,
        )


def _seen(world: World, here: set[str]) -> None:
    """When each was last here: some today, most in the last days."""
    for key in sorted(here & set(world.people)):
        ago = world.chance("seen", key).choice((0, 0, 1, 1, 2, 3, 5))
        with transaction.atomic():
            User.objects.filter(pk=world.people[key].pk).update(last_seen_on=world.day(-ago))


# Supervision --------------------------------------------------------------------------------------------------


def _arrangements(world: World) -> None:
    """Every arrangement whose people are in this demo begins when its time has come."""
    decks: dict[str, Deck] = {}
    for plan in PLANS:
        world.timeline.begin(_arrangement(world, plan, decks))


def _arrangement(world: World, plan: Plan, decks: dict[str, Deck]) -> Story:
    days = days_of(world, plan)
    yield world.at(days[0] - 5 * DAY, "10:10")
    leaders = [world.people[key] for key in plan.leaders if key in world.people]
    others = [world.people[key] for key in plan.others if key in world.people]
    fewest = {Structure.GROUP: 2, Structure.CO_REFLECTION: 2}.get(Structure(plan.structure), 1)
    if len(leaders) < len(plan.leaders) or len(others) < fewest:
        return
    part = "peer" if plan.structure == Structure.CO_REFLECTION else "supervisee"
    taking = [*((person, "supervisor") for person in leaders), *((person, part) for person in others)]
    arrangement = people.make_arrangement(
        by=world.people[MANAGERS[plan.program]],
        program=world.programs[plan.program],
        structure=plan.structure,
        people=taking,
        focus=plan.focus,
    )
    deck_key = "-".join((*plan.leaders, plan.structure, plan.program))
    deck = decks.setdefault(deck_key, deck_for(plan, world.chance("deck", deck_key)))
    talk = Conversation(world, plan, arrangement, leaders, others, deck, world.chance("talk", plan.key))
    world.timeline.begin(Meetings(talk).story())
    world.timeline.begin(Agreeing(talk, days[0]).story())


# Reminders and documents -----------------------------------------------------------------------------------------


def _settle_reminders(world: World) -> None:
    """Nobody gets a mail about what happened in the demo's past; what is older than a day or two they have seen."""
    Reminder.objects.update(state=Reminder.State.HERE)
    Reminder.objects.filter(made_at__lt=world.now - 2 * DAY).update(seen_at=F("made_at"))


def _queue_documents() -> None:
    """The PDFs of everything sealed: newest first, the older ones spread out, and all behind what people do themselves."""
    now = timezone.now()
    seals = (
        Seal.objects.exclude(offer__template="").order_by("-sealed_at", "-id").values_list("pk", flat=True)
    )
    for number, seal in enumerate(seals):
        moment = now + max(0, number - AT_ONCE) * APART
        make_document.using(run_after=moment).enqueue(str(seal))
    let_new_jobs_go_first()
