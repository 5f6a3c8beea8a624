"""Long work, its progress and its end."""

from __future__ import annotations

from django.db import models

from salus.base.ids import new_id


class Job(models.Model):
    """A piece of long work that shows progress and can be cancelled."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=80)
    args = models.JSONField(default=dict)
    status = models.CharField(max_length=16, default="waiting")  # waiting running done failed cancelled
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    message = models.CharField(max_length=400, default="", blank=True)
    result = models.JSONField(null=True)
    error = models.TextField(default="", blank=True)
    cancel_requested = models.BooleanField(default=False)
    # At most one waiting or running job for a key, so that a tick cannot pile up work.
    dedupe_key = models.CharField(max_length=120, default="", blank=True)
    requested_by = models.UUIDField()
    recorded_at = models.DateTimeField()
    created_wall = models.DateTimeField()
    started_wall = models.DateTimeField(null=True)
    heartbeat_wall = models.DateTimeField(null=True)
    finished_wall = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["status", "created_wall"], name="base_job_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "dedupe_key"],
                condition=models.Q(status__in=["waiting", "running"]) & ~models.Q(dedupe_key=""),
                name="base_job_one_open",
            ),
        ]
