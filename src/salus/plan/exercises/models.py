"""The tables of exercises: designs and their runs, as versions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from salus.base.versioned import Versioned


class Exercise(Versioned):
    """How an exercise is to go: its city, its emergency, its teams, and what befalls them."""

    title = models.JSONField(default=dict)
    # [LocalText]
    objectives = models.JSONField(default=list)
    people = models.PositiveIntegerField()
    city_seed = models.PositiveIntegerField()
    emergency = models.CharField(max_length=64)
    # An emergency of one's own, as YAML; it wins over the name.
    emergency_text = models.TextField(default="", blank=True)
    # Names of the emergencies that come on top of it, such as a heat wave.
    also = models.JSONField(default=list)
    seed = models.PositiveIntegerField()
    start_on = models.DateField()
    lead_in_days = models.PositiveSmallIntegerField()
    speed = models.CharField(max_length=32)
    days = models.PositiveSmallIntegerField()
    # [{"key", "name": LocalText, "members": [{"role", "username", "name"}]}]
    teams = models.JSONField(default=list)
    crew = models.BooleanField(default=False)
    # [{"key", "title", "kind", "when": {"day", "trigger", "value", "delay_days"}, "days", "zones", ...}]
    injects = models.JSONField(default=list)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        app_label = "plan"
        verbose_name = "exercise"
        constraints = [*Versioned.Meta.constraints]


class ExerciseRun(Versioned):
    """One time that an exercise is played, on a stage of its own."""

    exercise_id = models.UUIDField(db_index=True)
    # The version of the design that it was prepared from.
    exercise_version = models.BigIntegerField()
    number = models.PositiveIntegerField()
    folder = models.CharField(max_length=120)
    port = models.PositiveIntegerField()
    state = models.CharField(max_length=16)
    # What the desk wants of the stage: {"paused", "speed", "review", "fire": [...]}.
    wanted = models.JSONField(default=dict)
    branched_from = models.UUIDField(null=True)
    branched_day = models.PositiveSmallIntegerField(null=True)
    job_id = models.UUIDField(null=True)
    problem = models.TextField(default="", blank=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "plan"
        verbose_name = "run of an exercise"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["exercise_id", "number"],
                condition=Q(superseded_at__isnull=True),
                name="plan_exerciserun_one_number",
            ),
            models.UniqueConstraint(
                fields=["folder"], condition=Q(superseded_at__isnull=True), name="plan_exerciserun_one_folder"
            ),
        ]
