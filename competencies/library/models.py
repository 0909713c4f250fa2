"""Frameworks of competencies, in versions (domain 10). They hold nobody's words."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.fields.json import KT
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import User
from supervision.records.sealing import AppendOnly

from .shape import Content, of_data


class FrameworkQuerySet(models.QuerySet["Framework"]):
    def to_read(self) -> FrameworkQuerySet:
        """Every framework with what its newest version is: `title`, `about`, `number`. One query. Everybody may read them."""
        published = Exists(FrameworkVersion.objects.filter(framework=OuterRef("pk")))
        return self._with_newest().filter(published, retired_on=None)

    def to_keep(self) -> FrameworkQuerySet:
        """The same for administrators: also what is retired, and what is being looked at before it is published."""
        return self._with_newest()

    def _with_newest(self) -> FrameworkQuerySet:
        newest = FrameworkVersion.objects.filter(framework=OuterRef("pk")).order_by("-number")
        return (
            self.defer("draft")
            .annotate(
                title=Subquery(newest.values("title")[:1]),
                about=Subquery(newest.values("about")[:1]),
                number=Subquery(newest.values("number")[:1]),
                has_draft=Q(draft__isnull=False),
                draft_title=KT("draft__title"),
            )
            .order_by("title", "key", "id")
        )


class Framework(models.Model):
    """A framework through all its versions: one that is shipped, or the agency's own. What it says is in its versions.

    `draft` is what an administrator has loaded and looks at before it is published. Nobody else sees it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.SlugField(max_length=60, help_text="What its file calls it.")
    is_shipped = models.BooleanField(default=False)
    draft = models.JSONField(null=True, help_text="As the content of a version, see shape.py.")
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    retired_on = models.DateField(null=True, help_text="From then on nothing is begun with it.")
    version = models.PositiveIntegerField(default=1)

    objects = FrameworkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "is_shipped"], name="framework_key_once")]


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
    published_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", help_text="Nobody: it is shipped."
    )
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["framework", "number"], name="framework_version_once")]
        ordering = ["-number"]

    @property
    def body(self) -> Content:
        return of_data(self.content)
