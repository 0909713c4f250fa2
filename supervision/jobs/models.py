"""What the worker needs beside the library's own table of jobs."""

from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """A worker's hold on one running job. The worker renews it; when it runs out, the worker is taken for dead."""

    job_id = models.UUIDField(primary_key=True)
    worker = models.CharField(max_length=64)
    runs_out_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "jobs_lease"


class DailyRun(models.Model):
    """One daily job was queued for one day. Written in the transaction that queues it, so it happens exactly once."""

    name = models.CharField(max_length=200)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "day"], name="jobs_once_a_day")]
