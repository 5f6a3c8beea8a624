"""Who reads which series, counted by the day."""

from __future__ import annotations

from django.db import models


class SeriesRead(models.Model):
    """How often a package or a role read a series on a day of the installation's clock."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    series = models.CharField(max_length=120)
    # `system:assess` for a part of the product, `role:epidemiologist` for people: never a person.
    reader = models.CharField(max_length=80)
    reads = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "series", "reader"], name="gather_read_once_a_day"),
        ]
