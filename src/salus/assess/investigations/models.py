"""What an investigation leaves behind: the record with its versions, and what was found at each moment."""

from __future__ import annotations

from django.db import models

from salus.base.ids import new_id
from salus.base.versioned import Versioned


class Investigation(Versioned):
    """A question into what made people ill; every change is a version."""

    number = models.PositiveIntegerField()
    # The emergency's name, as packs have it.
    pack = models.CharField(max_length=64)
    title = models.JSONField(default=dict)
    # The source whose line list is read.
    source = models.CharField(max_length=64)
    status = models.CharField(max_length=16, default="open")  # open, closed
    # Who counts as a case; `definition_number` rises with every change.
    definition = models.JSONField(default=dict)
    definition_number = models.PositiveIntegerField(default=1)
    # [{"text", "state": open | supported | rejected}]
    hypotheses = models.JSONField(default=list)
    signal_ids = models.JSONField(default=list)
    zone_ids = models.JSONField(default=list)
    note = models.TextField(default="", blank=True)

    class Meta(Versioned.Meta):
        verbose_name = "investigation"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(superseded_at__isnull=True),
                name="assess_investigation_number",
            ),
        ]


class Finding(models.Model):
    """What an investigation's line list said at a moment, under one case definition."""

    id = models.UUIDField(primary_key=True, default=new_id)
    investigation_id = models.UUIDField()
    known_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()
    definition_number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["investigation_id", "-recorded_at"], name="assess_finding_newest")]
