"""People, programs and arrangements (domain 1 and 2). There is no field for anybody's health, anywhere (D 2.133)."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, When
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.records.encryption import EncryptedText
from supervision.records.sealing import AppendOnly, StepRecord


def today() -> datetime.date:
    """The date where the reader is (the middleware activates their time zone)."""
    return timezone.localdate()


class Agency(models.Model):
    """The one agency that this installation serves, and what it has settled."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name of the agency"), max_length=120)
    time_zone = models.CharField(_("time zone"), max_length=60, default="America/New_York")
    answer_days = models.PositiveSmallIntegerField(
        default=7,
        help_text="Days that people have to read and sign; after them the recorder may close a record.",
    )
    concern_days = models.PositiveSmallIntegerField(
        default=3,
        help_text="Working days a worker has to raise a concern themself where no agreement is in force.",
    )
    review_months = models.PositiveSmallIntegerField(
        default=6, help_text="How often agreements are looked at again."
    )
    holiday_country = models.CharField(
        max_length=2, blank=True, default="US", help_text="Whose public holidays are skipped; none if empty."
    )
    second_factor_required = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_agency")]

    def __str__(self) -> str:
        return self.name


def called(name: str, preferred_name: str) -> str:
    """See User.called: where no more than the names of somebody was read."""
    return preferred_name or name.split(" ")[0]


class UserQuerySet(models.QuerySet["User"]):
    def with_roles(self) -> UserQuerySet:
        """Each person with what makes them supervisor, peer worker, manager (domain 1), in the same query."""
        part = Participation.objects.filter(person=OuterRef("pk"))
        return self.annotate(
            has_supervised=Exists(part.filter(part__in=Participation.LEADING)),
            has_been_supervised=Exists(part.filter(part__in=Participation.SUPPORTED)),
            has_supervised_place=Exists(
                Place.objects.current().filter(person=OuterRef("pk"), supervised=True)
            ),
            manages_programs=Exists(Management.objects.current().filter(person=OuterRef("pk"))),
            has_reports=Exists(User._base_manager.filter(line_manager=OuterRef("pk"), is_active=True)),
        )

    def working(self) -> UserQuerySet:
        """People whose account is active."""
        return self.filter(is_active=True)

    def signed_up(self) -> UserQuerySet:
        """Those of them who can sign in: who has not taken up their invitation can answer nothing, and that would be known."""
        return self.working().exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def managed_by(self, user: User) -> UserQuerySet:
        """People of the programs that a person manages now: who hold or held a place there, or took part in an arrangement."""
        programs = Management.objects.current().filter(person=user).values("program")
        placed = Place.objects.filter(person=OuterRef("pk"), program__in=programs)
        led = Participation.objects.filter(person=OuterRef("pk"), arrangement__program__in=programs)
        return self.filter(Exists(placed) | Exists(led))

    def managed_now_by(self, user: User) -> UserQuerySet:
        """Others who hold a place now in a program that a person manages now, or take part there in supervision."""
        programs = Management.objects.current().filter(person=user).values("program")
        placed = Place.objects.current().filter(person=OuterRef("pk"), program__in=programs)
        # By the arrangements of each person, who has few: as a list of all of them, SQLite would try every one for everybody.
        there = Arrangement.objects.current().filter(pk=OuterRef("arrangement"), program__in=programs)
        taking = Participation.objects.current().filter(Exists(there), person=OuterRef("pk"))
        return self.filter(Exists(placed) | Exists(taking)).exclude(pk=user.pk)

    def account_visible_to(self, user: User) -> UserQuerySet:
        """Whose page of account and work facts a person may open: administrators everybody, managers their programs' people."""
        return self if user.is_administrator else self.managed_by(user)

    def visible_to(self, user: User) -> UserQuerySet:
        """Whose name and place a person may look up: administrators everybody, managers their programs' people,
        everybody else the people they share an arrangement with, and themself."""
        return self if user.is_administrator else self.around(user)

    def around(self, user: User) -> UserQuerySet:
        """The people of the programs that a person manages now, those they share an arrangement with, and themself."""
        shared = Participation.objects.filter(arrangement__participations__person=user).values("person")
        # Asked of each person: as a list they would be looked for among everybody.
        managed = User.objects.managed_by(user).filter(pk=OuterRef("pk"))
        return self.filter(Q(pk=user.pk) | Q(pk__in=shared) | Exists(managed))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


@dataclass(frozen=True)
class Roles:
    """Which first pages a person has. Navigation only: no rule ever asks for a role (decision 25)."""

    peer_worker: bool
    supervisor: bool
    line_manager: bool
    program_manager: bool
    administrator: bool


class User(AbstractBaseUser):
    """A person. Facts about their work only."""

    class JobRole(models.TextChoices):
        PEER = "peer", _("Peer role")
        NON_PEER = "non_peer", _("Non-peer role")

    class Theme(models.TextChoices):
        DEVICE = "", _("Follow my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(
        _("e-mail"), unique=True, error_messages={"unique": _("Somebody has this e-mail already.")}
    )
    name = models.CharField(_("full name"), max_length=120)
    preferred_name = models.CharField(_("name to be called by"), max_length=60, blank=True)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    job_title = models.CharField(_("job title"), max_length=80, blank=True)
    job_role = models.CharField(_("job role"), max_length=10, choices=JobRole.choices, blank=True)
    line_manager = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reports",
        verbose_name=_("line manager"),
    )
    started_on = models.DateField(_("start date"), null=True, blank=True)
    ended_on = models.DateField(_("end date"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    theme = models.CharField(_("display"), max_length=5, choices=Theme.choices, blank=True)
    is_administrator = models.BooleanField(_("administrator"), default=False)
    is_external = models.BooleanField(_("works outside the agency"), default=False)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    last_seen_on = models.DateField(null=True, editable=False)
    links_voided = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="Links for a new password that are out count as void when this moves.",
    )
    version = models.PositiveIntegerField(default=1)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    is_held = models.BooleanField(
        default=False,
        help_text="A law or a court asks for what is theirs to be kept: a summary of the holds over them, for parts below those.",
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            # Sign-in looks for the address in lower case, as it was typed or not.
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_in_lower_case"),
        ]
        indexes = [models.Index(Lower("name"), "id", name="people_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """The name to use on a page: the one they prefer, otherwise their first."""
        return called(self.name, self.preferred_name)

    @property
    def zone(self) -> ZoneInfo | None:
        return ZoneInfo(self.time_zone) if self.time_zone else None

    @cached_property
    def roles(self) -> Roles:
        """What makes them one, from rows that somebody else made (domain 1). One query unless loaded with it."""
        facts: Any = self
        if not hasattr(self, "has_supervised"):
            facts = User.objects.with_roles().get(pk=self.pk)
        return Roles(
            peer_worker=facts.has_supervised_place or facts.has_been_supervised,
            supervisor=facts.has_supervised,
            line_manager=facts.has_reports,
            program_manager=facts.manages_programs,
            administrator=self.is_administrator,
        )

    # Django's own permission machinery is not used: nobody gets around a policy by a flag.
    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class OfPersonQuerySet(models.QuerySet[Any]):
    """Rows that belong to one person: theirs to see, their managers' and the administrators'."""

    def visible_to(self, user: User) -> Self:
        if user.is_administrator:
            return self
        # Asked of each person: as a list they would be looked for among everybody.
        managed = User.objects.managed_by(user).filter(pk=OuterRef("person"))
        return self.filter(Q(person=user) | Exists(managed))


class CredentialQuerySet(OfPersonQuerySet):
    def of(self, user: User) -> Self:
        """This person's own, whoever keeps them."""
        return self.filter(person=user)

    def visible_to(self, user: User) -> Self:
        """Facts of them: the person's own, for administrators all, for managers those of the people of their programs now."""
        return self if user.is_administrator else self.own_or_managed_by(user)

    def own_or_managed_by(self, user: User) -> Self:
        managed = User.objects.managed_now_by(user).filter(pk=OuterRef("person"))
        return self.filter(Q(person=user) | Exists(managed))

    def expiring(self, day: datetime.date) -> Self:
        """Expired, or soon to expire on that day, and neither renewed nor let go."""
        until = day + Credential.SOON
        return self.filter(expires_on__lte=until, let_go_on__isnull=True, renewed_as__isnull=True)


class Credential(models.Model):
    """A credential that a person holds (certified peer specialist and the like). The agency keeps it, or they do themself.

    A renewed one is another row, which names the one it renews. Name, issuer and dates are log facts (domain 8); the number is not.
    """

    SOON = datetime.timedelta(days=60)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="credentials")
    name = models.CharField(_("credential"), max_length=120)
    number = EncryptedText()
    issuer = models.CharField(_("issued by"), max_length=120, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    is_own = models.BooleanField(default=False, help_text="Kept by the person, and not by administrators.")
    listed_at = models.DateTimeField(default=timezone.now)
    renews = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="renewed_as"
    )
    let_go_on = models.DateField(null=True, blank=True, help_text="Since when they do not renew it.")
    told_for = models.DateField(null=True, blank=True, help_text="The last expiry that they were told of.")
    version = models.PositiveIntegerField(default=1)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    def is_expired(self, day: datetime.date) -> bool:
        """Whether its last day is over."""
        return self.expires_on is not None and self.expires_on < day


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that hold from a day until a day (both included); no end means still."""

    def current(self, day: datetime.date | None = None) -> Self:
        """The rows that hold on a day (by default today)."""
        day = day or today()
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


class Dated(models.Model):
    since = models.DateField(_("from"), default=today)
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True


class ProgramQuerySet(models.QuerySet["Program"]):
    def managed_by(self, user: User) -> ProgramQuerySet:
        """The programs that a person manages now."""
        return self.filter(Exists(Management.objects.current().filter(program=OuterRef("pk"), person=user)))

    def visible_to(self, user: User) -> ProgramQuerySet:
        """Administrators see every program, managers their own."""
        return self if user.is_administrator else self.managed_by(user)


class Program(models.Model):
    """A program of the agency, such as a drop-in center or a warm line."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OfProgramQuerySet(DatedQuerySet):
    """Dated rows of a program: administrators see all, managers those of their programs, everybody their own."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_administrator else self.own_or_managed_by(user)

    def own_or_managed_by(self, user: User) -> Self:
        managed = Management.objects.current().filter(program=OuterRef("program"), person=user)
        return self.filter(Q(person=user) | Exists(managed))


class PlaceQuerySet(OfProgramQuerySet):
    def waiting(self, day: datetime.date | None = None) -> Self:
        """Places of people who should have supervision in that program and take part in no arrangement of it yet."""
        on = day or today()
        # The days of the arrangement as conditions: of a list of those that run, SQLite tries each with each person.
        supported = Participation.objects.current(day).filter(
            Q(arrangement__ended_on__isnull=True) | Q(arrangement__ended_on__gte=on),
            arrangement__started_on__lte=on,
            person=OuterRef("person"),
            arrangement__program=OuterRef("program"),
            part__in=Participation.SUPPORTED,
        )
        open_places = self.current(day).filter(
            supervised=True, person__is_active=True, program__is_active=True
        )
        return open_places.filter(~Exists(supported))


class Place(Dated):
    """A person's place in a program. `supervised` makes them a peer worker who should have supervision."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="places")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="places")
    supervised = models.BooleanField(_("to be supervised"), default=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="place_dates"
            ),
            models.UniqueConstraint(
                fields=["program", "person"], condition=Q(until__isnull=True), name="one_open_place"
            ),
        ]


class Management(Dated):
    """Who manages a program. Made by administrators only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="managements")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="managements")

    objects = OfProgramQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="management_dates"
            ),
            models.UniqueConstraint(
                fields=["program", "person"], condition=Q(until__isnull=True), name="one_open_management"
            ),
        ]


class ArrangementQuerySet(models.QuerySet["Arrangement"]):
    def current(self, day: datetime.date | None = None) -> ArrangementQuerySet:
        """Arrangements that run on a day (by default today)."""
        day = day or today()
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day), started_on__lte=day)

    def of(self, person: User) -> ArrangementQuerySet:
        """Arrangements that this person takes or took part in."""
        return self.filter(Exists(Participation.objects.filter(arrangement=OuterRef("pk"), person=person)))

    def managed_by(self, person: User) -> ArrangementQuerySet:
        """Arrangements of the programs that this person manages now."""
        return self.filter(
            Exists(Management.objects.current().filter(program=OuterRef("program"), person=person))
        )

    def visible_to(self, user: User) -> ArrangementQuerySet:
        """Participants, managers of its program, administrators. Log facts, never words."""
        return self if user.is_administrator else self.own_or_managed_by(user)

    def own_or_managed_by(self, user: User) -> ArrangementQuerySet:
        """Those that this person takes or took part in, and those of the programs that they manage now."""
        return self.filter(
            Exists(Participation.objects.filter(arrangement=OuterRef("pk"), person=user))
            | Exists(Management.objects.current().filter(program=OuterRef("program"), person=user))
        )

    def with_people(self) -> ArrangementQuerySet:
        """Each with its program and all who take or took part, those who lead first: two more queries for the whole list."""
        taking = Participation.objects.select_related("person").leading_first()
        return self.select_related("program").prefetch_related(Prefetch("participations", taking))


class Arrangement(models.Model):
    """Who supervises whom, and how (domain 2)."""

    class Structure(models.TextChoices):
        INDIVIDUAL = "individual", _("One to one")
        CO_SUPERVISION = "co_supervision", _("Co-supervision")
        GROUP = "group", _("Group")
        CO_REFLECTION = "co_reflection", _("Co-reflection")
        OF_SUPERVISION = "of_supervision", _("Supervision of supervision")

    class Focus(models.TextChoices):
        DEVELOPMENT = "development", _("Professional development")
        ADMINISTRATIVE = "administrative", _("Administrative")
        BOTH = "both", _("Both")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="arrangements")
    structure = models.CharField(
        _("structure"), max_length=20, choices=Structure.choices, default=Structure.INDIVIDUAL
    )
    focus = models.CharField(_("focus"), max_length=20, choices=Focus.choices, default=Focus.DEVELOPMENT)
    started_on = models.DateField(_("from"), default=today)
    ended_on = models.DateField(_("until"), null=True, blank=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = ArrangementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="arrangement_dates",
            )
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def current(self, day: datetime.date | None = None) -> ParticipationQuerySet:
        """Who takes part on a day (by default today)."""
        day = day or today()
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gte=day), joined_on__lte=day)

    def leading_first(self) -> ParticipationQuerySet:
        """In the order of lists: those who lead, then the others, each as they joined."""
        leading = Case(When(part__in=Participation.LEADING, then=0), default=1)
        return self.order_by(leading, "joined_on", "person__name")


class Participation(models.Model):
    """A person's part in an arrangement, from when until when. Who was in it when is kept."""

    class Part(models.TextChoices):
        SUPERVISOR = "supervisor", _("Supervisor")
        SUPERVISEE = "supervisee", _("Peer worker")
        FACILITATOR = "facilitator", _("Facilitator")
        PEER = "peer", _("Peer")

    LEADING = (Part.SUPERVISOR, Part.FACILITATOR)
    SUPPORTED = (Part.SUPERVISEE, Part.PEER)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrangement = models.ForeignKey(Arrangement, on_delete=models.PROTECT, related_name="participations")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="participations")
    part = models.CharField(max_length=12, choices=Part.choices)
    joined_on = models.DateField(default=today)
    left_on = models.DateField(null=True, blank=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["arrangement", "person", "joined_on"], name="participates_once"),
        ]
        ordering = ["joined_on", "id"]

    @property
    def part_name(self) -> str:
        """How the part is called: in supervision of supervision the supervisee is a supervisor."""
        of_supervision = self.arrangement.structure == Arrangement.Structure.OF_SUPERVISION
        if of_supervision and self.part == self.Part.SUPERVISEE:
            return str(_("Supervisee"))
        return str(self.get_part_display())


class Away(models.Model):
    """A time when a person is not at work. No reason, ever (domain 1)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="away")
    first_day = models.DateField(_("first day away"))
    last_day = models.DateField(_("last day away"))

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="away_dates")]
        ordering = ["first_day"]


class Acknowledgement(AppendOnly):
    """A person was shown the five limits and the agency's time to raise a concern, and said so (D 2.100)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="acknowledgements")
    edition = models.PositiveSmallIntegerField(help_text="Which wording of the limits was shown.")
    concern_days = models.PositiveSmallIntegerField(
        help_text="The agency's time, in working days, that was shown."
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "edition"], name="acknowledged_once")]


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, moment: datetime.datetime | None = None) -> InvitationQuerySet:
        """Invitations whose link still works at a moment (by default now)."""
        return self.filter(used_at__isnull=True, expires_at__gt=moment or timezone.now())


class Invitation(models.Model):
    """An e-mail that lets a new person choose their password. The link is signed, not stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.expires_at > timezone.now()


class OfAccountQuerySet(models.QuerySet[Any]):
    """What happens to somebody's way in: theirs to see, and the administrators'. Managers see accounts without it."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_administrator else self.filter(person=user)


class EmailChangeQuerySet(OfAccountQuerySet):
    def left_lately(self, person: User) -> EmailChangeQuerySet:
        """Changes by which this person came to another address in the last 30 days."""
        return self.filter(person=person, done_at__gt=timezone.now() - EmailChange.OLD_IS_TOLD)

    def waiting(self) -> EmailChangeQuerySet:
        """Changes that were neither stopped nor done, whether their time has come or not."""
        return self.filter(stopped_at__isnull=True, done_at__isnull=True)

    def due(self) -> EmailChangeQuerySet:
        """Changes whose 72 hours are over: they hold from that moment, whenever a row says so."""
        return self.waiting().filter(takes_effect_at__lte=timezone.now())


class EmailChange(models.Model):
    """An administrator's change of somebody's address. It waits 72 hours; the old address can stop it (decision 11)."""

    OLD_IS_TOLD = datetime.timedelta(
        days=30
    )  # what is told of an account goes to the old address too, for so long

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_changes")
    new_email = models.EmailField()
    old_email = models.EmailField(blank=True, help_text="The address before, from when it was changed.")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    takes_effect_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = EmailChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(stopped_at__isnull=True, done_at__isnull=True),
                name="one_waiting_address",
            ),
        ]

    @property
    def can_be_stopped(self) -> bool:
        return self.stopped_at is None and self.done_at is None and self.takes_effect_at > timezone.now()


class PasswordResetQuerySet(OfAccountQuerySet):
    def waiting(self) -> PasswordResetQuerySet:
        """Links that were neither stopped nor sent, whether their time has come or not."""
        return self.filter(stopped_at__isnull=True, sent_at__isnull=True)

    def due(self) -> PasswordResetQuerySet:
        """Links whose 72 hours are over: they are to be sent from that moment, whenever a row says so."""
        return self.waiting().filter(takes_effect_at__lte=timezone.now(), person__is_active=True)

    def open(self) -> PasswordResetQuerySet:
        """Links that wait, or that are out and still open something: all that can be stopped."""
        still = timezone.now() - PasswordReset.works_for()
        return self.filter(stopped_at__isnull=True, used_at__isnull=True).filter(
            Q(sent_at__isnull=True) | Q(sent_at__gt=still)
        )


class PasswordReset(StepRecord):
    """A link for a new password that is not sent at once, because the account opens what others said (security, pitfall 14).

    It waits 72 hours, or until a second administrator agrees; its person can stop it, also after it was sent, as long as it was
    not used. `asked_by` is nobody where it was asked for at the sign-in page, from an address that an administrator has set.
    """

    steps: ClassVar[dict[str, tuple[str, ...]]] = {
        "consented_at": ("consented_by", "person", "asked_by", "asked_at", "takes_effect_at"),
        "sent_at": ("consented_by", "consented_at", "person", "asked_by", "asked_at", "takes_effect_at"),
        "used_at": ("stopped_at",),
        "stopped_at": ("stopped_by", "consented_at", "sent_at", "used_at", "person", "asked_by"),
    }
    kept_from: ClassVar[tuple[str, ...]] = ("consented_at", "sent_at", "stopped_at")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="password_resets")
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    takes_effect_at = models.DateTimeField()
    consented_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    consented_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        User,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Nobody: by the link in the mail.",
    )
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = PasswordResetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(stopped_at__isnull=True, sent_at__isnull=True),
                name="one_waiting_reset",
            ),
            models.CheckConstraint(
                condition=Q(consented_by__isnull=True, consented_at__isnull=True)
                | Q(consented_by__isnull=False, consented_at__isnull=False),
                name="reset_agreed_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(asked_by__isnull=True) | ~Q(asked_by=F("person")))
                & (Q(consented_by__isnull=True) | ~Q(consented_by=F("person")))
                & (Q(asked_by__isnull=True) | Q(consented_by__isnull=True) | ~Q(consented_by=F("asked_by"))),
                name="reset_by_two_others",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True)
                | Q(consented_at__isnull=False, consented_at__lte=F("sent_at"))
                | Q(consented_at__isnull=True, sent_at__gte=F("takes_effect_at")),
                name="reset_waited_or_agreed",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(sent_at__isnull=False), name="reset_used_once_sent"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True)
                | (
                    (Q(consented_at__isnull=True) | Q(consented_at__lte=F("stopped_at")))
                    & (Q(sent_at__isnull=True) | Q(sent_at__lte=F("stopped_at")))
                ),
                name="reset_not_after_stop",
            ),
        ]

    @staticmethod
    def works_for() -> datetime.timedelta:
        """How long a link works once it was sent."""
        return datetime.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)

    @property
    def is_waiting(self) -> bool:
        return self.stopped_at is None and self.sent_at is None

    @property
    def is_due(self) -> bool:
        return self.is_waiting and self.takes_effect_at <= timezone.now()

    @property
    def can_be_stopped(self) -> bool:
        """Until it was used, or does not work any more."""
        if self.stopped_at is not None or self.used_at is not None:
            return False
        return self.sent_at is None or self.sent_at + self.works_for() > timezone.now()


class SetupToken(models.Model):
    """The one-time token that lets the first visitor of an empty installation make the agency (decision 11)."""

    digest = models.CharField(max_length=64, primary_key=True)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def at(self, secret: str) -> CalendarFeedQuerySet:
        """The feed that this secret opens, if its person still works here."""
        return self.filter(digest=CalendarFeed.digest_of(secret), person__is_active=True)


class CalendarFeed(models.Model):
    """The secret address at which a person's own calendar finds their sessions. Only the digest of the secret is kept.

    The row stays when the address is stopped: `version` then tells an old page from the page of now.
    """

    person = models.OneToOneField(
        User, primary_key=True, on_delete=models.CASCADE, related_name="calendar_feed"
    )
    digest = models.CharField(max_length=64, null=True, blank=True, unique=True)
    made_at = models.DateTimeField(default=timezone.now, help_text="When the address of now was made.")
    version = models.PositiveIntegerField(default=0)

    objects = CalendarFeedQuerySet.as_manager()

    @staticmethod
    def digest_of(secret: str) -> str:
        """What is kept of a secret. It is long and random, so a plain hash cannot be turned around."""
        return hashlib.sha256(secret.encode()).hexdigest()


class Standing(models.Model):
    """Where an arrangement stands, in one row, so that a manager's list is a constant number of queries (decision 19).

    Written by the operations above in the transaction of what they do; `manage.py rebuild_standing` makes it anew.
    """

    arrangement = models.OneToOneField(
        Arrangement, primary_key=True, on_delete=models.CASCADE, related_name="standing"
    )
    agreement_id = models.UUIDField(null=True, help_text="The agreement in force, if there is one.")
    agreement_since = models.DateField(null=True)
    agreement_ended_on = models.DateField(
        null=True, help_text="The first day without one, where the last has ended and none took its place."
    )
    agreement_draft = models.BooleanField(default=False, help_text="A version is being written or signed.")
    review_on = models.DateField(null=True)
    concern_days = models.PositiveSmallIntegerField(
        null=True, help_text="Working days, from the agreement in force."
    )
    turn_to = models.ForeignKey(
        User,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="To whom the worker can turn when supervision is not working, from the agreement in force.",
    )
    hears_instead = models.ForeignKey(
        User,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who hears a concern where the line manager can't, from the agreement in force.",
    )
    minutes_each = models.PositiveSmallIntegerField(
        default=60, help_text="Agreed length of a session, in minutes."
    )
    every_days = models.PositiveSmallIntegerField(
        default=7, help_text="Agreed days from one session to the next."
    )
    held_count = models.PositiveIntegerField(default=0)
    last_met_at = models.DateTimeField(null=True)
    next_planned_at = models.DateTimeField(null=True)
    unsigned_count = models.PositiveIntegerField(
        default=0, help_text="Held sessions whose record is not sealed yet."
    )
    oldest_unsigned_at = models.DateTimeField(null=True, help_text="When the oldest of them was.")


class RecentSessions(models.Model):
    """The last months of an arrangement, session by session, beside where it stands and kept as that is: a row that only the
    managers' lists read."""

    arrangement = models.OneToOneField(
        Arrangement, primary_key=True, on_delete=models.CASCADE, related_name="recent_sessions"
    )
    kept = models.JSONField(default=dict, help_text="Log facts, as sessions/recent.py writes them.")
