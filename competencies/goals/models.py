"""A goal of one's own: what to get better at, steps, progress over time, how it ended (domain 7, 10; D 4.8, 4.21; E formative)."""

from __future__ import annotations

import datetime
import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Participation, User
from supervision.records.encryption import EncryptedText
from supervision.records.sealing import AppendOnly


class GoalQuerySet(models.QuerySet["Goal"]):
    def of(self, user: User) -> GoalQuerySet:
        """This person's own goals."""
        return self.filter(owner=user)

    def shared_with(self, user: User) -> GoalQuerySet:
        """What others share with this person, as far as they may still read it.

        Whoever was named as it was shared reads it while both take part. Once either has left, they read it until it is
        changed: nothing newer. Of somebody whose account is closed nothing shows.
        """
        readers = GoalReader.objects.filter(goal=OuterRef("pk"), part__person=user)
        for left_on in ("part__left_on", "goal__shared_as__left_on"):
            lasts = Q(**{f"{left_on}__isnull": True}) | Q(**{f"{left_on}__gte": OuterRef("changed_on")})
            readers = readers.filter(lasts)
        return self.filter(Exists(readers), shared_as__isnull=False, owner__is_active=True)

    def visible_to(self, user: User) -> GoalQuerySet:
        """Their own, and the ones that are shared with them. Nobody has a right to more, whatever they are."""
        shared = Goal.objects.shared_with(user).values("pk")
        return self.filter(Q(owner=user) | Q(pk__in=shared))

    def open(self) -> GoalQuerySet:
        return self.filter(ended_at__isnull=True)

    def ended(self) -> GoalQuerySet:
        return self.filter(ended_at__isnull=False)

    def due(self, day: datetime.date) -> GoalQuerySet:
        """Open, and to be looked at again by that day."""
        return self.open().filter(review_on__lte=day)


class Goal(models.Model):
    """One goal of one person. Its words have a key of their own."""

    class Ending(models.TextChoices):
        REACHED = "reached", _("Reached")
        CHANGED = "changed", _("Changed into another")
        LET_GO = "let_go", _("Let go")

    class About(models.TextChoices):
        SESSION = "session", _("Session")
        ACTION = "action", _("Next step")
        GOAL = "goal", _("Goal")
        RATING = "rating", _("Assessment")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    title = EncryptedText(help_text="What they want to get better at.")
    why = EncryptedText(help_text="Why it matters to them.")
    support = EncryptedText(help_text="What support they need.")
    support_from = EncryptedText(help_text="From whom.")
    review_on = models.DateField(null=True, blank=True, help_text="When to look at it again.")
    # What it came from, by the facts of the moment when it was begun.
    about_kind = models.CharField(max_length=8, choices=About.choices, blank=True)
    about_id = models.UUIDField(null=True, blank=True)
    about_day = models.DateField(null=True, blank=True)
    about_names = EncryptedText()
    begun_at = models.DateTimeField(default=timezone.now)
    changed_on = models.DateField(
        default=timezone.localdate, help_text="Who left before it, does not read it any more."
    )
    # With which arrangement it is shared: the part that its owner has there. Empty while it is private.
    shared_as = models.ForeignKey(
        Participation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    shared_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=8, choices=Ending.choices, blank=True)
    ended_words = EncryptedText()
    version = models.PositiveIntegerField(default=1)

    objects = GoalQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-begun_at", "-id"], name="goals_newest_first"),
            models.Index(fields=["owner", "-ended_at", "-id"], name="goals_ended"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(shared_as__isnull=True, shared_at__isnull=True)
                | Q(shared_as__isnull=False, shared_at__isnull=False),
                name="goal_shared_whole",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_how="")
                | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="goal_ended_whole",
            ),
            models.CheckConstraint(
                condition=Q(about_kind="", about_id__isnull=True, about_day__isnull=True)
                | (~Q(about_kind="") & Q(about_id__isnull=False, about_day__isnull=False)),
                name="goal_about_whole",
            ),
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    @property
    def is_private(self) -> bool:
        return self.shared_as_id is None

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def is_due(self, day: datetime.date | None = None) -> bool:
        """Whether it is time to look at it again."""
        day = day or timezone.localdate()
        return self.is_open and self.review_on is not None and self.review_on <= day


class GoalReader(models.Model):
    """Who reads a shared goal: named as it is shared, gone as it is taken back. Whoever comes to lead later is not among them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="readers")
    part = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["goal", "part"], name="goal_read_once")]


class GoalPart(models.Model):
    """Something of a goal: it has the key of the goal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    goal: models.ForeignKey[Goal, Goal]

    class Meta:
        abstract = True

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.goal_id  # type: ignore[attr-defined]


class GoalStep(GoalPart):
    """One step on the way, ticked off by the owner."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="steps")
    what = EncryptedText()
    by_day = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]


class ProgressNote(GoalPart, AppendOnly):
    """How it goes, on a day, in the words of the owner or of somebody it is shared with. Written once."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="progress")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = EncryptedText()

    class Meta:
        indexes = [models.Index(fields=["goal", "-at", "-id"], name="progress_newest_first")]
