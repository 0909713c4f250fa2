"""The hub through which agreements, observations and goals put something on a next agenda (decision 19); yearly notices; reminders."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Arrangement, User
from supervision.records.encryption import EncryptedText
from supervision.records.sealing import AppendOnly

from .kinds import DEFAULTS, How, Kind, kind_of, said_of


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def open_for(
        self, arrangement: Arrangement, person: User, day: datetime.date | None = None
    ) -> SuggestionQuerySet:
        """What may be offered to this person for the next agenda of this arrangement. What is suggested again is offered once."""
        day = day or timezone.localdate()
        again = Suggestion.objects.waiting(day).filter(
            arrangement=OuterRef("arrangement"),
            kind=OuterRef("kind"),
            source_id=OuterRef("source_id"),
            round__gt=OuterRef("round"),
        )
        return (
            self.waiting(day)
            .filter(Q(audience__isnull=True) | Q(audience=person), ~Exists(again), arrangement=arrangement)
            .order_by("from_day", "id")
        )

    def waiting(self, day: datetime.date) -> SuggestionQuerySet:
        """Neither taken nor dismissed, and its day has come."""
        return self.filter(taken_at__isnull=True, dismissed_at__isnull=True, from_day__lte=day)

    def kept(self) -> SuggestionQuerySet:
        """What people kept for their next session: it is on the agenda, and nobody has to take it."""
        return self.filter(kind=Suggestion.Kind.PARKED)


class Suggestion(models.Model):
    """Something for the next agenda. Most are offered, to be taken or dismissed; what was kept for it is on it at once."""

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", _("Agreement")
        REVIEW = "review", _("Agreement review")
        PARKED = "parked", _("Kept for this session")
        OBSERVATION = "observation", _("Observation")
        TAKEN_UP = "taken_up", _("Taken up")
        ASSESSMENT = "assessment", _("Assessment")
        GOAL = "goal", _("Goal")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrangement = models.ForeignKey(Arrangement, on_delete=models.CASCADE, related_name="suggestions")
    audience = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = EncryptedText()
    source_label = models.CharField(max_length=60)
    source_id = models.UUIDField()
    round = models.PositiveSmallIntegerField(default=0, help_text="How often it was suggested before.")
    from_day = models.DateField(default=timezone.localdate)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose topic it is, if it is one person's.",
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["arrangement", "kind", "source_id", "round"], name="suggested_once"
            ),
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.arrangement_id


class YearlyNotice(AppendOnly):
    """That a person's access log of a year was looked at, once, when that year was over (decision 12)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    day = models.DateField(default=timezone.localdate)
    was_sent = models.BooleanField(help_text="Not where nobody had opened anything: the page says so.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "year"], name="yearly_notice_once")]


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def of(self, person: User) -> ReminderQuerySet:
        return self.filter(person=person)

    def waiting(self) -> ReminderQuerySet:
        """Those whose mail has neither gone nor been given up."""
        return self.filter(state__in=Reminder.WAITING)

    def to_mail(self, now: datetime.datetime) -> ReminderQuerySet:
        """Those whose mail may go now."""
        at_once, held = Reminder.State.AT_ONCE, Reminder.State.HELD
        return self.filter(Q(state=at_once) | Q(state=held, due_at__lte=now))

    def listed(self) -> ReminderQuerySet:
        """What stands in the list: the last weeks, without what turned out to be over."""
        since = timezone.now() - Reminder.LISTED
        return self.filter(made_at__gte=since).exclude(state=Reminder.State.OVER)

    def new(self) -> ReminderQuerySet:
        return self.filter(seen_at__isnull=True)


class Reminder(models.Model):
    """That somebody was told of one thing: which sentence, where it leads, and what became of its mail. No content (domain 13).

    A mail is marked before it goes, so that a crash between the two loses a mail, and never sends one twice; the list has it.
    """

    class State(models.TextChoices):
        NEW = "new", _("Not looked at")
        AT_ONCE = "at_once", _("To be mailed now")
        HELD = "held", _("To be mailed later")
        MAILED = "mailed", _("Mailed")
        HERE = "here", _("Only here")
        OVER = "over", _("Told already, or over before it was mailed")

    WAITING = (State.NEW, State.AT_ONCE, State.HELD)
    LISTED = datetime.timedelta(days=60)
    KEPT = datetime.timedelta(days=400)  # so that nobody is reminded of the same thing twice

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reminders")
    notice = models.CharField(max_length=20, help_text="Which sentence, see kinds.py.")
    path = models.CharField(max_length=200, help_text="The page it leads to.")
    once = models.CharField(max_length=120, blank=True, help_text="The thing and its day: told once.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, help_text="When a mail that is held may go.")
    mailed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(fields=["person", "-made_at"]),
            models.Index(fields=["made_at"]),
            models.Index(fields=["due_at"], condition=Q(state="held"), name="reminder_held"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "once"], condition=~Q(once=""), name="reminded_once"),
        ]

    @property
    def kind(self) -> Kind:
        return kind_of(self.notice)

    @property
    def said(self) -> str:
        return said_of(self.notice)


def quiet_from() -> datetime.time | None:
    """When the quiet hours of who has chosen none begin, from the settings."""
    return settings.REMINDERS_QUIET[0] if settings.REMINDERS_QUIET else None


def quiet_until() -> datetime.time | None:
    """When they are over."""
    return settings.REMINDERS_QUIET[1] if settings.REMINDERS_QUIET else None


class ReminderChoices(models.Model):
    """How one person wants to be reminded. Without a row, as the defaults say."""

    DAILY_AT = datetime.time(8)

    person = models.OneToOneField(
        User, primary_key=True, on_delete=models.CASCADE, related_name="reminder_choices"
    )
    how = models.JSONField(
        default=dict, help_text="How each kind reaches them, where it differs from the default."
    )
    daily_at = models.TimeField(default=DAILY_AT, help_text="In the zone of the person.")
    quiet_from = models.TimeField(null=True, default=quiet_from, help_text="Both, or neither.")
    quiet_until = models.TimeField(null=True, default=quiet_until)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | (
                    Q(quiet_from__isnull=False, quiet_until__isnull=False)
                    & ~Q(quiet_from=models.F("quiet_until"))
                ),
                name="quiet_hours",
            )
        ]

    def how_of(self, kind: str) -> How:
        """How this kind reaches the person. What is about their account always does, at once."""
        if kind == Kind.ALWAYS:
            return How.AT_ONCE
        return How(self.how.get(kind, DEFAULTS[kind]))

    @property
    def quiet(self) -> tuple[datetime.time, datetime.time] | None:
        return (self.quiet_from, self.quiet_until) if self.quiet_from and self.quiet_until else None
