"""What is kept of a session from before: day, minutes, how, and who was there. No words, and no signature."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from supervision.people.models import Arrangement, Management, Participation, User


class ImportedMeetingQuerySet(models.QuerySet["ImportedMeeting"]):
    def facts_visible_to(self, user: User) -> ImportedMeetingQuerySet:
        """Log facts: those who were there, and who manages the program now (domain 8)."""
        there = ImportedAttendee.objects.filter(meeting=OuterRef("pk"), person=user)
        managed = Management.objects.current().filter(program=OuterRef("arrangement__program"), person=user)
        return self.filter(Exists(there) | Exists(managed))

    def of(self, user: User) -> ImportedMeetingQuerySet:
        """Those that this person was there for."""
        return self.filter(pk__in=ImportedAttendee.objects.filter(person=user).values("meeting"))


class ImportedMeeting(models.Model):
    """A session from before, as an administrator brought it in. It never counts as signed.

    An administrator takes all of one file back, where it was wrong; nothing changes a single one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrangement = models.ForeignKey(Arrangement, on_delete=models.PROTECT, related_name="imported_meetings")
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(720)])
    modality = models.CharField(max_length=10)
    reference = models.CharField(
        max_length=64, blank=True, help_text="The digest of the file's own mark, where a day has several."
    )
    source = models.UUIDField(db_index=True, help_text="The import that it came with.")

    objects = ImportedMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-id"]
        indexes = [models.Index(fields=["arrangement", "day"]), models.Index(fields=["day", "id"])]
        constraints = [
            models.UniqueConstraint(fields=["arrangement", "day", "reference"], name="imported_meeting_once"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1) & Q(minutes__lte=720), name="imported_meeting_minutes"
            ),
        ]


class ImportedAttendee(models.Model):
    """Who was there, in which part."""

    id = models.BigAutoField(primary_key=True)
    meeting = models.ForeignKey(ImportedMeeting, on_delete=models.CASCADE, related_name="attendees")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=12, choices=Participation.Part.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="imported_attendee_once")]
