"""The clock's one row."""

from __future__ import annotations

from django.db import models

from salus.base.clock import ClockReading, wall_now


class ClockState(models.Model):
    """How the installation's clock runs."""

    name = models.CharField(max_length=16, primary_key=True, default="main")
    mode = models.CharField(max_length=16, default="wall")
    anchor_at = models.DateTimeField()
    anchor_wall = models.DateTimeField()
    rate = models.FloatField(default=1.0)
    paused = models.BooleanField(default=False)
    speed_label = models.CharField(max_length=32, default="", blank=True)

    @classmethod
    def current(cls) -> ClockReading:
        """Return the state, or the wall clock where none was set."""
        row = cls.objects.filter(name="main").first()
        if row is None:
            wall = wall_now()
            return ClockReading("wall", wall, wall, 1.0, False)
        return ClockReading(row.mode, row.anchor_at, row.anchor_wall, row.rate, row.paused)
