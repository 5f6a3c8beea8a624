"""The tables of act: tasks and their hand-overs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from salus.base.versioned import Versioned

STATUSES = ("open", "doing", "blocked", "done", "cancelled")
OPEN_STATUSES = ("open", "doing", "blocked")


class Task(Versioned):
    """One piece of work with an owner and a deadline."""

    # A stable number for people; and, where a template made it, the template's place.
    number = models.PositiveIntegerField()
    decision_id = models.UUIDField(null=True)
    template = models.CharField(max_length=140, default="", blank=True)
    measure = models.CharField(max_length=64, default="", blank=True)
    title = models.JSONField(default=dict)
    detail = models.JSONField(default=dict)
    zone_ids = models.JSONField(default=list)
    role = models.CharField(max_length=64, default="", blank=True)
    owner_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=16, default="open")
    progress = models.PositiveSmallIntegerField(default=0)
    note = models.TextField(default="", blank=True)
    started_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "task"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["number"], condition=Q(superseded_at__isnull=True), name="act_task_one_number"
            ),
            # A decision's template makes one task, however often the event is heard.
            models.UniqueConstraint(
                fields=["decision_id", "template"],
                condition=Q(superseded_at__isnull=True) & ~Q(template=""),
                name="act_task_one_template",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="act_task_progress"),
        ]
        indexes = [
            models.Index(fields=["status", "due_at"], name="act_task_due"),
            models.Index(fields=["decision_id"], name="act_task_decision"),
        ]


class HandOver(Versioned):
    """A task offered by one owner to another: the time until it was taken is measured."""

    task_id = models.UUIDField()
    from_person_id = models.UUIDField(null=True)
    from_organisation_id = models.UUIDField(null=True)
    to_person_id = models.UUIDField(null=True)
    to_organisation_id = models.UUIDField(null=True)
    reason = models.TextField()
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=16, default="offered")  # offered, taken, declined, withdrawn

    class Meta:
        verbose_name = "hand-over"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["task_id"],
                condition=Q(superseded_at__isnull=True, status="offered"),
                name="act_handover_one_offer",
            ),
        ]
