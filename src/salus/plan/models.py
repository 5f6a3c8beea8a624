"""The tables of plan: measures and playbooks as versioned policy, and proposals."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from salus.base.versioned import Versioned
from salus.plan.exercises.models import Exercise, ExerciseRun

__all__ = ["CATEGORIES", "PROPOSAL_STATUSES", "Exercise", "ExerciseRun", "Measure", "Playbook", "Proposal"]

CATEGORIES = ("health", "social", "economic")
PROPOSAL_STATUSES = ("open", "decided", "dropped", "replaced")


class Measure(Versioned):
    """Something that the city can do: its public words, its tasks and the effect to expect."""

    code = models.CharField(max_length=64)
    title = models.JSONField(default=dict)
    public_text = models.JSONField(default=dict)
    category = models.CharField(max_length=16)
    # What the measure gives and takes on each side: {"health": LocalText, "social": ..., "economic": ...}.
    sides = models.JSONField(default=dict)
    # [{"key", "title": LocalText, "detail": LocalText, "role", "due_hours"}]
    task_templates = models.JSONField(default=list)
    # {"role", "horizon_days", "change_low", "change_mid", "change_high", "basis": LocalText} or {} where none is claimed.
    expected = models.JSONField(default=dict)
    # What it means for the city's own services: [{"close": "lines", "modes"}, {"open": kind of site, "at", ...}]
    services = models.JSONField(default=list)
    response_type = models.CharField(max_length=16, default="Execute")
    pack = models.CharField(max_length=64, default="")
    withdrawn = models.BooleanField(default=False)

    class Meta:
        verbose_name = "measure"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["code"], condition=Q(superseded_at__isnull=True), name="plan_measure_one_code"
            ),
        ]


class Playbook(Versioned):
    """What each risk level means, asks of people, and which measures it brings."""

    code = models.CharField(max_length=64)
    title = models.JSONField(default=dict)
    # [{"level", "name", "meaning", "what_to_do": [LocalText], "measures": [codes]}]
    levels = models.JSONField(default=list)
    # Phrases from which titles of proposals and decisions are made, by key.
    phrases = models.JSONField(default=dict)
    pack = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = "playbook"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["code"], condition=Q(superseded_at__isnull=True), name="plan_playbook_one_code"
            ),
        ]


class Proposal(Versioned):
    """A question for the city: levels rose here, what shall we do? Its options are pinned to one moment."""

    # What raised it; at most one proposal for a cause, so that an event heard twice changes nothing.
    cause = models.CharField(max_length=120)
    title = models.JSONField(default=dict)
    reason = models.JSONField(default=dict)
    zone_ids = models.JSONField(default=list)
    # {zone id: {"from", "to", "risk_level"}}
    moves = models.JSONField(default=dict)
    level_from = models.PositiveSmallIntegerField()
    level_to = models.PositiveSmallIntegerField()
    assessment_id = models.UUIDField(null=True)
    outcome_id = models.UUIDField(null=True)
    pinned_at = models.DateTimeField()
    playbook_code = models.CharField(max_length=64, default="")
    playbook_version = models.BigIntegerField(null=True)
    # The forecast that the options were projected on.
    baseline = models.JSONField(default=dict)
    options = models.JSONField(default=list)
    status = models.CharField(max_length=16, default="open")
    status_reason = models.JSONField(default=dict)
    decision_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = "proposal"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["cause"], condition=Q(superseded_at__isnull=True), name="plan_proposal_one_cause"
            ),
        ]
        indexes = [models.Index(fields=["status", "recorded_at"], name="plan_proposal_status")]
