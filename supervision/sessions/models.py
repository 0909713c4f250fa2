"""Sessions, their agenda, attendance and actions (domain 4, D 2.126-2.127)."""

from __future__ import annotations

import datetime
import uuid
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Arrangement, Management, Participation, User
from supervision.records.encryption import EncryptedJSON, EncryptedText
from supervision.records.sealing import AppendOnly, RecordPart, SignedRecord

from .added import Added

# Tables of this app, in files of their own.
from .imported.models import ImportedAttendee as ImportedAttendee
from .imported.models import ImportedMeeting as ImportedMeeting
from .matters.models import Matter as Matter
from .matters.models import MatterReply as MatterReply
from .observations.models import Observation as Observation
from .observations.models import ObservationAddendum as ObservationAddendum

WRITE_UP = datetime.timedelta(days=31)  # after somebody left, or all of it has ended


def _day_of(moment: str) -> Cast:
    """The local day of a moment of the row outside."""
    offset = timezone.localtime().utcoffset() or datetime.timedelta()
    return Cast(
        ExpressionWrapper(OuterRef(moment) + Value(offset), output_field=models.DateTimeField()),
        models.DateField(),
    )


def _led_then(user: User) -> models.QuerySet[Participation]:
    """Of a planned session: the part of who led it not long ago, until the end of all of it or beyond the day of this session."""
    today = timezone.localdate()
    until_the_end, on_that_day = (
        Q(left_on__gte=F("arrangement__ended_on")),
        Q(left_on__gte=_day_of("starts_at")),
    )
    return Participation.objects.filter(
        until_the_end | on_that_day,
        arrangement=OuterRef("arrangement"),
        person=user,
        part__in=Participation.LEADING,
        left_on__range=(today - WRITE_UP, today),
    )


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: User) -> SessionQuerySet:
        """Sessions whose shared record this person may read.

        While it is planned: who takes part in the arrangement now, and for a month who led on its day, or until the end of
        all of it, and writes it up. Once held: those who were there, from the frozen rows, and nobody else (decision 10).
        One that was called off belongs to those it was planned for. A draft of the record is its recorder's alone; the
        policy sees to that.
        """
        mine = Attendee.objects.filter(session=OuterRef("pk"), person=user)
        now = Participation.objects.current().filter(arrangement=OuterRef("arrangement"), person=user)
        held, planned = Q(state=Session.State.HELD), Q(state=Session.State.PLANNED)
        return self.filter(
            (held & Exists(mine.filter(attended=True)))
            | (planned & (Exists(now) | Exists(_led_then(user))))
            | (~held & ~planned & Exists(mine))
        )

    def facts_visible_to(self, user: User) -> SessionQuerySet:
        """Sessions whose log facts this person may see: their own, and those of programs they manage now."""
        mine = Attendee.objects.filter(session=OuterRef("pk"), person=user)
        now = Participation.objects.current().filter(arrangement=OuterRef("arrangement"), person=user)
        managed = Management.objects.current().filter(program=OuterRef("arrangement__program"), person=user)
        return self.filter(
            (~Q(state=Session.State.PLANNED) & Exists(mine))
            | (Q(state=Session.State.PLANNED) & Exists(now))
            | Exists(managed)
        )

    def of(self, user: User) -> SessionQuerySet:
        """A person's own sessions, past and planned.

        Starts from the arrangements they ever took part in, however many sessions there are: of some days only, few are read.
        """
        ever = Participation.objects.filter(person=user)
        mine = Exists(Attendee.objects.filter(session=OuterRef("pk"), person=user))
        planned, now = Q(state=Session.State.PLANNED), ever.current().values("arrangement")
        return self.filter(
            (~planned & mine) | (planned & Q(arrangement__in=now)), arrangement__in=ever.values("arrangement")
        )

    def held(self) -> SessionQuerySet:
        return self.filter(state=Session.State.HELD)

    def planned(self) -> SessionQuerySet:
        return self.filter(state=Session.State.PLANNED)


class Session(SignedRecord):
    """One session, from the plan to the sealed record."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")
        MISSED = "missed", _("Missed")
        MOVED = "moved", _("Moved")

    class Modality(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        VIDEO = "video", _("Video")
        PHONE = "phone", _("Phone")

    class Why(models.TextChoices):
        """The short fixed list of domain 4. Free words stay with the parties, in `state_note`."""

        AWAY = "away", _("Away")
        WORK = "work", _("Needed at work")
        SUPERVISOR = "supervisor", _("Supervisor not available")
        WEATHER = "weather", _("Weather or technical")
        OTHER = "other", _("Other")

    PURPOSES = (("formative", _("Growth")), ("restorative", _("Support")), ("normative", _("Standards")))
    METHODS = (
        ("observation", _("Observing practice")),
        ("co_facilitation", _("Leading a group together")),
        ("recording", _("Reviewing a recording")),
        ("documentation", _("Reviewing documentation")),
        ("role_play", _("Role play")),
    )

    record_kind = "Session record"
    free_while_offered = ("next_session_id",)

    arrangement = models.ForeignKey(Arrangement, on_delete=models.PROTECT, related_name="sessions")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    structure = models.CharField(max_length=20, choices=Arrangement.Structure.choices)
    focus = models.CharField(_("focus"), max_length=20, choices=Arrangement.Focus.choices)
    starts_at = models.DateTimeField(
        help_text="Planned start; once its record is sent, when it really began."
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=60, validators=[MinValueValidator(1), MaxValueValidator(720)]
    )
    time_zone = models.CharField(max_length=60)
    modality = models.CharField(max_length=10, choices=Modality.choices, default=Modality.IN_PERSON)
    place = EncryptedText()
    ad_hoc = models.BooleanField(_("not planned beforehand"), default=False)
    purposes = models.JSONField(default=list, blank=True, help_text="Keys of PURPOSES (log facts).")
    methods = models.JSONField(default=list, blank=True, help_text="Keys of METHODS (log facts).")
    strengths = EncryptedText(help_text="Strengths recognised, first (A, D 4.21).")
    outcomes = EncryptedText()
    protocol = EncryptedJSON(
        help_text="What was said in the steps of a group or a co-reflection, and who facilitated (protocol.py)."
    )
    pending = EncryptedJSON(
        help_text="What takes effect only when the record is sent: how open actions stood, the next session, and when, "
        "for how long and how they met."
    )
    recorder = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(null=True, blank=True, help_text="When the record was first saved.")
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    was_planned = models.BooleanField(
        default=True, help_text="Whether the others knew of it before its record was begun."
    )
    next_session = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What became of a session that was not held as planned.
    state_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state_at = models.DateTimeField(null=True, blank=True, db_index=True)
    state_why = models.CharField(max_length=12, choices=Why.choices, blank=True)
    state_note = EncryptedText()
    moved_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="moved_from"
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["arrangement", "starts_at"]),
            models.Index(fields=["state", "starts_at"]),
            models.Index(fields=["arrangement", "state", "starts_at"]),
            models.Index(
                fields=["recorder"],
                condition=Q(open_offer__isnull=True, sealed_at__isnull=True),
                name="session_being_written",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=1) & Q(minutes__lte=720), name="session_minutes"),
        ]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def local_start(self) -> datetime.datetime:
        """The start where the session takes place."""
        return self.starts_at.astimezone(self.zone)

    @property
    def ends_at(self) -> datetime.datetime:
        return self.starts_at + datetime.timedelta(minutes=self.minutes)

    def agreed_next(self) -> tuple[datetime.datetime, str] | None:
        """When and where to meet next, as the draft says.

        Where that session has been planned already, what became of the plan counts: its new time if it was moved, nothing
        if it was cancelled or missed.
        """
        said = (self.pending or {}).get("next")
        if not said:
            return None
        agreed = datetime.datetime.fromisoformat(said["starts_at"]), said["place"]
        planned = self.next_session
        if planned is None or planned.starts_at != agreed[0]:
            return agreed
        while planned.state == self.State.MOVED and planned.moved_to is not None:
            planned = planned.moved_to
        if planned.state in (self.State.CANCELLED, self.State.MISSED):
            return None
        return planned.starts_at, planned.place

    @property
    def met(self) -> tuple[datetime.datetime, int, str]:
        """When it began, its minutes and how they met: as its draft says, otherwise as everybody knows."""
        said = (self.pending or {}).get("met")
        if not said:
            return self.starts_at, self.minutes, self.modality
        return datetime.datetime.fromisoformat(said["starts_at"]), said["minutes"], said["modality"]

    def take_draft(self) -> None:
        """Put in place what its draft says of when and how they met. Until it is sent, for its recorder's eyes alone."""
        self.starts_at, self.minutes, self.modality = self.met

    @property
    def is_known(self) -> bool:
        """Whether the others know its length and how they met: from its record, or, while that is written, from its plan."""
        return self.was_planned or not self.is_draft

    @property
    def is_draft(self) -> bool:
        """Held, being written, not with anybody else."""
        return self.state == self.State.HELD and not self.open_offer_id and not self.sealed_at


class Attendee(RecordPart):
    """Who belongs to a session, in which part; once held, who was there and for how long."""

    part_of = "session"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendees")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="attended")
    part = models.CharField(max_length=12, choices=Participation.Part.choices)
    attended = models.BooleanField(default=True)
    minutes = models.PositiveSmallIntegerField(default=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="attendee_once")]
        ordering = ["position", "id"]


class Attendance(SignedRecord):
    """One person's attendance at one session: signed by them and by who recorded it, apart from the narrative.

    Hours rest on this alone (domain 4; D 2.127: signed by both at each occasion).
    """

    record_kind = "Attendance"

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=12, choices=Participation.Part.choices)
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="attendance_once")]


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def shown_to(self, user: User) -> AgendaItemQuerySet:
        """Of sessions that this person may open: the topics they raised, and those that are shared.

        What was carried over was carried for those it was planned for. Who joins later may not have been where it was
        said, and sees it only if its owner has shared it anew. Who left before it is written up sees nothing shared since.
        """
        planned_for = Attendee.objects.filter(session=OuterRef("session"), person=user)
        as_it_was = AgendaItem.objects.filter(pk=OuterRef("carried_from"), shared_at=OuterRef("shared_at"))
        shared = Q(shared_at__isnull=False) & (Q(Exists(planned_for)) | ~Exists(as_it_was))
        still = Q(left_on__isnull=True) | Q(left_on__gte=_day_of("shared_at"))
        here = Participation.objects.filter(still, arrangement=OuterRef("session__arrangement"), person=user)
        known = ~Q(session__state=Session.State.PLANNED) | Exists(here)
        return self.filter(Q(raised_by=user) | (shared & known))


class AgendaItem(RecordPart):
    """Something to talk about. Private to who raised it until they share it."""

    class Category(models.TextChoices):
        """D 2.126, in the words of the mock screens."""

        PRACTICE = "practice", _("Practice")
        FIELD = "field", _("The field")
        GROWTH = "growth", _("Growth")
        RELATIONSHIPS = "relationships", _("Relationships")
        WORK = "work", _("What gets in the way or helps")

    part_of = "session"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="agenda")
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=14, choices=Category.choices, default=Category.PRACTICE)
    text = EncryptedText()
    outcome = EncryptedText()
    shared_at = models.DateTimeField(null=True, blank=True)
    reached = models.BooleanField(default=True, help_text="Not reached items carry over.")
    carried_from = models.UUIDField(
        null=True, blank=True, help_text="The item of an earlier session it comes from."
    )
    agreement_turn = models.UUIDField(
        null=True,
        blank=True,
        help_text="What was said in an agreement, where a part of it was kept for this session.",
    )
    focus = models.CharField(
        max_length=20, blank=True, help_text="Which part it belonged to, when the focus is both."
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    @property
    def is_private(self) -> bool:
        return self.shared_at is None


LONG_AGO = datetime.datetime(1900, 1, 1, tzinfo=datetime.UTC)


class ActionQuerySet(models.QuerySet["Action"]):
    def with_state(self) -> ActionQuerySet:
        """Each action with `state` (open, done, dropped), from its newest event."""
        newest = ActionEvent.objects.filter(action=OuterRef("pk")).order_by("-at", "-id")
        return self.annotate(
            last_event=Subquery(newest.values("kind")[:1]), last_at=Subquery(newest.values("at")[:1])
        )

    def open(self) -> ActionQuerySet:
        """Actions that are neither done nor dropped."""
        return self.filter(pk__in=OpenAction.objects.values("pk"))

    def to_look_at_in(self, session: Session) -> ActionQuerySet:
        """What "since last time" of this session lists: open actions, those ticked since the session before it, and those
        whose end was said in this one."""
        closing = (ActionEvent.Kind.DONE, ActionEvent.Kind.DROPPED)
        before = Session.objects.held().filter(
            arrangement=session.arrangement_id, starts_at__lt=session.starts_at
        )
        last = before.exclude(pk=session.pk).order_by("-starts_at").values("starts_at")[:1]
        newest = ActionEvent.objects.filter(action=OuterRef("pk")).order_by("-at", "-id")
        # Which these can be is looked for first: what is over for long is nearly all there ever was.
        events = ActionEvent.objects.filter(arrangement=session.arrangement_id)
        lately = events.filter(at__gte=Coalesce(Subquery(last), Value(LONG_AGO)))
        can_be = OpenAction.objects.filter(arrangement=session.arrangement_id).values("pk")
        can_be = can_be.union(lately.values("action"), events.filter(during=session.pk).values("action"))
        return (
            self.filter(pk__in=can_be)
            .with_state()
            .annotate(last_during=Subquery(newest.values("during")[:1]), met_before=Subquery(last))
            .filter(
                Q(last_event__isnull=True)
                | ~Q(last_event__in=closing)
                | Q(last_during__isnull=True) & (Q(met_before__isnull=True) | Q(last_at__gte=F("met_before")))
                | Exists(ActionEvent.objects.filter(action=OuterRef("pk"), during=session.pk))
            )
        )

    def visible_to(self, user: User) -> ActionQuerySet:
        """Actions of sessions this person was part of; those of an unsent record are its recorder's alone."""
        there = Attendee.objects.filter(session=OuterRef("session"), person=user, attended=True)
        sent = (
            Q(session__open_offer__isnull=False)
            | Q(session__sealed_at__isnull=False)
            | Q(shared_at__isnull=False)
        )
        return self.filter(Q(Exists(there)) & (sent | Q(session__recorder=user)))


class Action(RecordPart):
    """A row of an action plan: what, who, by when. Belongs to the arrangement; what became of it is in its events."""

    part_of = "session"
    free_while_offered = ("shared_at",)

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="actions")
    arrangement = models.ForeignKey(Arrangement, on_delete=models.PROTECT, related_name="actions")
    text = EncryptedText()
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="actions")
    due_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    shared_at = models.DateTimeField(
        null=True, blank=True, help_text="When the record was first sent to the others."
    )

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.arrangement_id

    @staticmethod
    def left_to(user: User) -> Q:
        """Their own, from an arrangement in which they were supported and take part no more."""
        parts = Participation.objects.filter(arrangement=OuterRef("arrangement"), person=user)
        over = parts.filter(part__in=Participation.SUPPORTED, left_on__lt=timezone.localdate())
        return Q(owner=user) & Exists(over) & ~Exists(parts.current())


class OpenAction(models.Model):
    """That an action is open: gone once it is done or dropped, there again where it is opened again. A summary of its events, so that
    those that are left are found without reading all that was ever agreed (decision 19)."""

    action = models.OneToOneField(Action, primary_key=True, on_delete=models.CASCADE, related_name="+")
    arrangement = models.ForeignKey(Arrangement, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class ActionEvent(AppendOnly):
    """What became of an action, and who said so."""

    class Kind(models.TextChoices):
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Let go")
        REOPENED = "reopened", _("Opened again")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="events")
    arrangement = models.ForeignKey(Arrangement, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = EncryptedText()
    during = models.ForeignKey(
        Session,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Said in this session.",
    )

    class Meta:
        # Everything that is asked of an action's newest event.
        indexes = [models.Index(fields=["action", "at", "id", "kind"], name="action_newest_event")]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.arrangement_id


class Addendum(Added):
    """An addendum to the record of a session."""

    added_to = "session"
    shown_on = "sessions:detail"
    called = _("Addendum %(number)s to a session record")
    leads = _("Added to the record of the session on %(day)s.")

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="addenda")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="addendum_number")]
        ordering = ["number"]
