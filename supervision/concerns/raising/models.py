"""A concern and its steps. What may follow what is said here for the database too (decision 17)."""

from __future__ import annotations

import datetime
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Arrangement, User
from supervision.records.encryption import EncryptedText
from supervision.records.sealing import AppendOnly, StepRecord

NEWS_DAYS = datetime.timedelta(
    days=14
)  # for which something that happened stays on the first page of who was told


def _said(column: str) -> Q:
    """Something is written there. Words are encrypted, so that is all the database can ask."""
    return Q(GreaterThan(Length(column), 0))


class ConcernQuerySet(models.QuerySet["Concern"]):
    def visible_to(self, user: User) -> ConcernQuerySet:
        """Whose it is; the worker once they were told; whoever it was shared with. For everybody else it does not exist."""
        return self.filter(
            Q(raised_by=user)
            | Q(worker=user, told_at__isnull=False)
            | Q(shared_with=user, shared_at__isnull=False)
        )

    def asked_of(self, user: User) -> ConcernQuerySet:
        """Where the worker said that they took it to this person, and agreed that they are asked."""
        return self.filter(taken_to=user, may_ask_at__isnull=False)

    def to_read(self, user: User) -> ConcernQuerySet:
        """Those that this worker was told of and has not said to have read, also when they have ended."""
        return self.filter(worker=user, told_at__isnull=False, seen_at__isnull=True)

    def with_news_for(self, user: User) -> ConcernQuerySet:
        """Those of which this person was told by mail lately that something has happened, and nothing else of them waits for them."""
        # From midnight on, so that it is the same question all day.
        since = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) - NEWS_DAYS
        reports = OutsideReport.objects.filter(concern=OuterRef("pk"), at__gte=since)
        to_worker = (
            Q(told_again_at__gte=since) | Q(shared_at__gte=since) | Q(ended_at__gte=since) | Exists(reports)
        )
        ended = Q(ended_at__gte=since)
        return self.filter(
            Q(to_worker, worker=user, seen_at__isnull=False)
            | Q(ended, shared_with=user, ended_as=Concern.EndedAs.WITHDRAWN)
            | Q(ended, raised_by=user, ended_as__in=(Concern.EndedAs.ANSWERED, Concern.EndedAs.TAKEN))
        ).exclude(ended_by=user)

    def to_go_on_with(self, user: User, moment: datetime.datetime | None = None) -> ConcernQuerySet:
        """Those whose next step is this supervisor's: nobody told yet, the worker's time over, the worker said something, or whoever
        it was shared with has left."""
        over = (
            Q(may_share_from__lte=moment or timezone.now())
            | Q(declined_at__isnull=False)
            | Q(taken_at__isnull=False)
        )
        unshared = Q(ended_at=None, shared_at=None) & (Q(told_at=None) | over)
        stuck = Q(ended_at=None, shared_at__isnull=False, shared_with__is_active=False)
        return self.filter(unshared | Q(shared_at__isnull=False, told_at=None) | stuck, raised_by=user)

    def can_be_confirmed(self, user: User) -> ConcernQuerySet:
        """Those where this person can still say that the worker brought it to them, also after a no."""
        return self.running().asked_of(user).filter(confirmed_at__isnull=True, shared_at__isnull=True)

    def to_confirm(self, user: User) -> ConcernQuerySet:
        """Those where this person is asked, and has not answered, whether the worker brought it to them."""
        return self.can_be_confirmed(user).exclude(not_reached__by=user)

    def running(self) -> ConcernQuerySet:
        """Those that have not ended."""
        return self.filter(ended_at__isnull=True)


class Concern(StepRecord):
    """What one who supervises is worried about, because it meets one of the five limits.

    The steps are moments; one that was taken is never moved or taken back. `may_share_from` is computed when the worker is told,
    from working days, and frozen: nothing has to run for it to come.
    """

    class SharedAs(models.TextChoices):
        """As what the one it is shared with receives it."""

        LINE_MANAGER = "line_manager", _("Line manager")
        NAMED = "named", _("Named in the agreement")
        PROGRAM = "program", _("Manager of the program")

    class Instead(models.TextChoices):
        """Why it does not go to the line manager (D 2.118; domain 8)."""

        SUPERVISES = "supervises", _("They supervise here themself")
        CONCERNED = "concerned", _("It is about them, or they are part of it")
        MISSING = "missing", _("Nobody is named, or whoever was has left")

    class EndedAs(models.TextChoices):
        TAKEN = "taken", _("The worker took it further")
        ANSWERED = "answered", _("Shared and answered")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        LEFT = "left", _("Ended by the worker: whoever raised it has left")

    steps: ClassVar[dict[str, tuple[str, ...]]] = {
        "told_at": (
            "told_by",
            *("spoke_on", "notice_days", "no_time_reason", "may_share_from"),
            *("arrangement", "raised_by", "worker", "limit", "text", "named"),
        ),
        "seen_at": (),
        "declined_at": ("declined_words",),
        "taken_at": ("taken_to", "taken_to_name", "taken_on"),
        "may_ask_at": (),
        "confirmed_at": ("confirmed",),
        "told_again_at": (),
        "shared_at": (
            *("shared_with", "shared_as", "instead", "shared_text", "out_of_order", "out_of_order_reason"),
            *("arrangement", "raised_by", "worker", "limit", "text", "named"),
        ),
        "answered_at": ("outcome",),
        "ended_at": ("ended_as", "ended_by", "ended_reason"),
    }
    kept_from: ClassVar[tuple[str, ...]] = ("told_at", "shared_at")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1, help_text="Counts the saves, to notice a stale form.")
    # 1: stated, by whoever supervises, for themself alone
    arrangement = models.ForeignKey(Arrangement, on_delete=models.PROTECT, related_name="+")
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now)
    limit = EncryptedText(help_text="Which of the five limits it meets, by its key.")
    text = EncryptedText(help_text="The concern itself: not the session, not notes.")
    named = EncryptedText(
        help_text="A name without which nobody could act on it. For the worker and whoever receives it."
    )
    # 2: the worker is told, before anybody else
    told_at = models.DateTimeField(null=True, blank=True, db_index=True)
    told_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    spoke_on = models.DateField(null=True, blank=True, help_text="The day on which they talked about it.")
    notice_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Working days that the worker has."
    )
    no_time_reason = EncryptedText(help_text="Why there is no time, where there is none.")
    may_share_from = models.DateTimeField(null=True, blank=True, help_text="When that time is over. Frozen.")
    seen_at = models.DateTimeField(
        null=True, blank=True, help_text="The worker says so. Nothing waits for it."
    )
    # 3: the worker's own time
    declined_at = models.DateTimeField(
        null=True, blank=True, help_text="The worker says that they will not, or cannot, take it further."
    )
    declined_words = EncryptedText()
    taken_at = models.DateTimeField(
        null=True, blank=True, help_text="The worker says that they took it further themself."
    )
    taken_on = models.DateField(null=True, blank=True)
    taken_to = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    taken_to_name = EncryptedText(help_text="With whom, where that is nobody with an account here.")
    may_ask_at = models.DateTimeField(
        null=True, blank=True, help_text="The worker knows that asking reveals the concern, and agrees."
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed = models.BooleanField(
        null=True, help_text="Whether the one who was asked says that it reached them."
    )
    # 4 and 5: told again, and shared
    told_again_at = models.DateTimeField(null=True, blank=True)
    shared_at = models.DateTimeField(null=True, blank=True, db_index=True)
    shared_with = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    shared_as = models.CharField(max_length=12, choices=SharedAs.choices, blank=True)
    instead = models.CharField(max_length=10, choices=Instead.choices, blank=True)
    shared_text = EncryptedText(help_text="The concern as written for whoever receives it.")
    out_of_order = models.BooleanField(default=False)
    out_of_order_reason = EncryptedText()
    # 6: how it ends
    answered_at = models.DateTimeField(null=True, blank=True)
    outcome = EncryptedText()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=10, choices=EndedAs.choices, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_reason = EncryptedText()

    objects = ConcernQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(raised_by=F("worker")), name="concern_of_somebody_else"),
            models.CheckConstraint(
                condition=Q(told_at=None, told_by=None, notice_days=None, may_share_from=None)
                | Q(
                    told_at__isnull=False,
                    told_by__isnull=False,
                    notice_days__isnull=False,
                    may_share_from__gte=F("told_at"),
                ),
                name="concern_told_with_its_time",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(told_by=F("raised_by"), told_at__gte=F("begun_at")),
                name="concern_told_by_whoever_raised_it",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(notice_days=0) | Q(may_share_from__gt=F("told_at")),
                name="concern_days_are_time",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None)
                | Q(notice_days__gt=0)
                | Q(out_of_order=True)
                | _said("no_time_reason"),
                name="concern_no_time_needs_a_reason",
            ),
            # What the worker does comes after they were told.
            *(
                models.CheckConstraint(
                    condition=Q(**{step: None}) | Q(told_at__isnull=False, **{f"{step}__gte": F("told_at")}),
                    name=f"concern_told_before_{step}",
                )
                for step in ("seen_at", "declined_at", "taken_at", "told_again_at")
            ),
            models.CheckConstraint(
                condition=Q(taken_at=None, taken_to=None, taken_on=None)
                | Q(taken_at__isnull=False, taken_on__isnull=False)
                & (Q(taken_to__isnull=False) | _said("taken_to_name")),
                name="concern_taken_to_somebody",
            ),
            # Nobody is asked without the worker's yes.
            models.CheckConstraint(
                condition=Q(may_ask_at=None)
                | Q(taken_at__isnull=False, taken_to__isnull=False, may_ask_at__gte=F("taken_at")),
                name="concern_asks_whom_the_worker_named",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed=None)
                | Q(confirmed__isnull=False, may_ask_at__isnull=False, confirmed_at__gte=F("may_ask_at")),
                name="concern_confirmed_when_asked",
            ),
            models.CheckConstraint(
                condition=~Q(taken_to=F("raised_by")) & ~Q(taken_to=F("worker")) | Q(taken_to=None),
                name="concern_taken_to_a_third",
            ),
            # The worker's time comes first: over, or given up.
            models.CheckConstraint(
                condition=Q(told_again_at=None)
                | Q(told_again_at__gte=F("may_share_from"))
                | Q(declined_at__isnull=False, told_again_at__gte=F("declined_at")),
                name="concern_told_again_after_their_time",
            ),
            models.CheckConstraint(
                condition=Q(shared_at=None, shared_with=None, shared_as="", instead="")
                | Q(shared_at__isnull=False, shared_with__isnull=False)
                & ~Q(shared_as="")
                & _said("shared_text"),
                name="concern_shared_with_somebody",
            ),
            models.CheckConstraint(
                condition=Q(shared_at=None)
                | Q(out_of_order=True)
                | Q(told_at__isnull=False, told_again_at__isnull=False, shared_at__gte=F("told_again_at"))
                & (
                    Q(shared_at__gte=F("may_share_from"))
                    | Q(declined_at__isnull=False, shared_at__gte=F("declined_at"))
                ),
                name="concern_shared_in_order",
            ),
            models.CheckConstraint(
                condition=Q(out_of_order=False) | Q(shared_at__isnull=False) & _said("out_of_order_reason"),
                name="concern_out_of_order_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(shared_with=None) | ~Q(shared_with=F("raised_by")) & ~Q(shared_with=F("worker")),
                name="concern_shared_with_a_third",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None)
                | Q(shared_at__isnull=False, answered_at__gte=F("shared_at")) & _said("outcome"),
                name="concern_answered_once_shared",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_as="", ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False)
                & (
                    Q(ended_as="taken", taken_at__isnull=False)
                    | Q(ended_as="answered", answered_at__isnull=False)
                    | Q(ended_as="left", told_at__isnull=False, answered_at=None, ended_by=F("worker"))
                    | Q(ended_as="withdrawn", told_at__isnull=False) & _said("ended_reason")
                    | Q(ended_as="withdrawn", shared_at__isnull=False) & _said("ended_reason")
                ),
                name="concern_ended_as",
            ),
            models.CheckConstraint(
                condition=Q(shared_at=None) | Q(ended_at=None) | Q(ended_at__gte=F("shared_at")),
                name="concern_not_shared_after_its_end",
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "told_at"]),
            models.Index(fields=["shared_with", "shared_at"]),
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    @property
    def record_label(self) -> str:
        return self._meta.label_lower

    @property
    def is_told(self) -> bool:
        return self.told_at is not None

    @property
    def is_shared(self) -> bool:
        return self.shared_at is not None

    @property
    def has_ended(self) -> bool:
        return self.ended_at is not None

    def time_is_over(self, now: datetime.datetime | None = None) -> bool:
        """Whether the worker's own time is over: it has passed, or they said that they will not."""
        if self.may_share_from is None:
            return False
        return self.declined_at is not None or (now or timezone.now()) >= self.may_share_from


class NotReached(AppendOnly):
    """That the one whom the worker named says that it has not reached them. They can still say later that it has."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="not_reached")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["concern", "by"], name="concern_not_reached_once")]


class WorkerStatement(AppendOnly):
    """The worker's own words beside a concern. Whoever receives it reads them only if the worker says so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="statements")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = EncryptedText()
    for_receiver = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.concern_id


class OutsideReport(AppendOnly):
    """An emergency call or a report by law. It never waits for the order above; that it was made is kept (domain 8; D 2.139)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="outside_reports")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    happened_at = models.DateTimeField()
    to_whom = EncryptedText()
    reason = EncryptedText()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["happened_at", "id"]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.concern_id
