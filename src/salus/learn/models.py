"""The tables of learn: the outcome of each decision."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from salus.base.versioned import Versioned

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
