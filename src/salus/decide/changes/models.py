"""The table of changes of service."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from salus.base.versioned import Versioned


class ServiceChange(Versioned):
    """A line that is closed, or a site that is opened, because a decision in force asks for it."""

    # A short number that people and the public can say; never reused.
    number = models.PositiveIntegerField()
    decision_id = models.UUIDField(db_index=True)
    # The measure of the decision that asks for it, where one does.
    measure = models.CharField(max_length=64, default="", blank=True)
    kind = models.CharField(max_length=16)  # line_closed, site_opened
    line_id = models.UUIDField(null=True)
    facility_id = models.UUIDField(null=True)
    # What a site is for, for how many a day, on which days of the week (0 is Monday) and at which hours.
    site = models.CharField(max_length=16, default="", blank=True)
    per_day = models.PositiveIntegerField(null=True)
    weekdays = models.JSONField(default=list)
    opens = models.CharField(max_length=5, default="", blank=True)
    closes = models.CharField(max_length=5, default="", blank=True)
    # Where the line does not stop, or for whose people the site is there: the smallest areas.
    zone_ids = models.JSONField(default=list)
    whole = models.BooleanField(default=False)
    from_on = models.DateField()
    # The last day, where one is set; the decision's own end is another.
    until_on = models.DateField(null=True)
    reason = models.TextField()
    accountable_id = models.UUIDField()
    status = models.CharField(max_length=16, default="ordered")  # ordered, ended
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.TextField(default="", blank=True)

    class Meta:
        app_label = "decide"
        verbose_name = "change of service"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["number"], condition=Q(superseded_at__isnull=True), name="decide_servicechange_one_number"
            ),
        ]
        indexes = [models.Index(fields=["status", "recorded_at"], name="decide_servicechange_status")]
