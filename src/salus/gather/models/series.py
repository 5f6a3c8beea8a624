"""What is measured, and in which parts of the population."""

from __future__ import annotations

from django.db import models

from salus.base.versioned import Versioned


class Series(Versioned):
    """A named measurement; `number` is its short name in the observation store."""

    number = models.PositiveIntegerField()
    code = models.CharField(max_length=120)
    name = models.JSONField()
    description = models.JSONField(default=dict)
    unit = models.CharField(max_length=48)
    kind = models.CharField(max_length=16)  # count rate cumulative share
    period = models.CharField(max_length=8, default="day")  # hour day week month
    role = models.CharField(max_length=48)
    zone_level = models.CharField(max_length=24)
    source = models.CharField(max_length=64)
    tier = models.PositiveSmallIntegerField(default=2)
    delay_days = models.PositiveSmallIntegerField(default=0)
    # True where the source kept no versions and the moments of knowledge are worked out.
    reconstructed = models.BooleanField(default=False)
    # Where history was loaded later: the moment from which the source had published this series.
    first_known = models.DateTimeField(null=True)

    class Meta(Versioned.Meta):
        verbose_name_plural = "series"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(superseded_at__isnull=True),
                name="gather_series_code",
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(superseded_at__isnull=True),
                name="gather_series_number",
            ),
        ]


class Stratum(models.Model):
    """A part of the population, such as an age group; number 0, everybody, needs no row."""

    number = models.PositiveIntegerField(primary_key=True)
    code = models.CharField(max_length=64, unique=True)
    name = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()
