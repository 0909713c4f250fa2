"""Frameworks of competencies, in versions (domain 10). They hold nobody's words."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.records.sealing import AppendOnly

from .shape import Content, of_data


class FrameworkQuerySet(models.QuerySet["Framework"]):
    def to_read(self) -> FrameworkQuerySet:
        """Every framework with what its newest version is: `title`, `about`, `number`. One query. Everybody may read them."""
        newest = FrameworkVersion.objects.filter(framework=OuterRef("pk")).order_by("-number")
        given = {name: Subquery(newest.values(name)[:1]) for name in ("title", "about", "number")}
        return self.annotate(**given).exclude(number=None).order_by("title", "id")


class Framework(models.Model):
    """A framework through all its versions. Which one is the newest, and what it is called, its versions say."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.SlugField(max_length=60, unique=True, help_text="What its file calls it.")
    made_at = models.DateTimeField(default=timezone.now)

    objects = FrameworkQuerySet.as_manager()


class FrameworkVersion(AppendOnly):
    """One published version. It never changes: an assessment keeps the one it was made with."""

    class About(models.TextChoices):
        SUPERVISOR = "supervisor", _("Supervisors")
        WORKER = "worker", _("Peer workers")
        PROGRAM = "program", _("Programs")
        TRAINING = "training", _("Training of supervisors")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    about = models.CharField(max_length=10, choices=About.choices)
    content = models.JSONField(help_text="Domains, statements, scale and sources, see shape.py.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content, to notice a changed file.")
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["framework", "number"], name="framework_version_once")]
        ordering = ["-number"]

    @property
    def body(self) -> Content:
        return of_data(self.content)
