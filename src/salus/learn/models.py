"""The tables of learn: outcomes, training, debriefs and scores."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from salus.base.versioned import Versioned
from salus.learn.scores.models import RunScore

__all__ = ["Debrief", "Outcome", "RunScore", "TrainingRecord"]

VERDICTS = ("met", "partly", "not_met", "undetermined")


class Outcome(Versioned):
    """What a decision was expected to change, what was observed, and what that says."""

    decision_id = models.UUIDField()
    zone_ids = models.JSONField(default=list)
    expected = models.JSONField(default=dict)
    # {"mean_per_day", "days", "missing", "latest_on", "by_zone", "points"}
    observed = models.JSONField(default=dict)
    # {"mid", "likely": [low, high], "range": [low, high]}: change against the pinned forecast.
    effect = models.JSONField(default=dict)
    verdict = models.CharField(max_length=16)
    reasons = models.JSONField(default=list)
    counterfactual_note = models.JSONField(default=dict)
    # True when every determination was made on data that may still be revised.
    preliminary = models.BooleanField(default=False)
    measured_known_at = models.DateTimeField()
    comment = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = "outcome"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["decision_id"], condition=Q(superseded_at__isnull=True), name="learn_outcome_one_decision"
            ),
        ]


class TrainingRecord(Versioned):
    """That somebody took part in an exercise: in what role, for which objectives, and until when it counts.

    Who it was is kept as a pseudonym; what was written about them is sealed with their own key.
    """

    person_id = models.UUIDField(db_index=True)
    # The run that was played; none for training elsewhere.
    run_id = models.UUIDField(null=True)
    title = models.JSONField(default=dict)
    team = models.CharField(max_length=120, default="", blank=True)
    role = models.CharField(max_length=64, default="", blank=True)
    # [{"title": LocalText, "reached": "met" | "partly" | "not_met" | ""}]
    objectives = models.JSONField(default=list)
    completed_on = models.DateField()
    expires_on = models.DateField()
    attested_by = models.UUIDField()
    remark_sealed = models.BinaryField(default=b"")
    status = models.CharField(max_length=16, default="attested")  # attested, withdrawn
    reason = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = "training record"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["person_id", "run_id"],
                condition=Q(superseded_at__isnull=True, run_id__isnull=False),
                name="learn_training_one_of_a_run",
            ),
        ]


class Debrief(Versioned):
    """What the director thinks of a run of an exercise, once it has been played."""

    run_id = models.UUIDField()
    # [{"title": LocalText, "reached": "met" | "partly" | "not_met" | "", "why": str}]
    objectives = models.JSONField(default=list)
    lessons = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = "debrief"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["run_id"], condition=Q(superseded_at__isnull=True), name="learn_debrief_one_run"
            ),
        ]
