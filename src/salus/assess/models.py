"""What an assessment leaves behind. Zones and series are named by id and code, never by key."""

from __future__ import annotations

from django.db import models

from salus.assess.investigations.models import Finding, Investigation
from salus.base.ids import new_id
from salus.base.versioned import Versioned

__all__ = ["Assessment", "Estimate", "Finding", "Investigation", "RiskLevel", "RuleTable", "Signal"]


class Assessment(models.Model):
    """One reading of everything that was known at a moment; never changed afterwards."""

    id = models.UUIDField(primary_key=True, default=new_id)
    known_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_index=True)
    recorded_by = models.UUIDField()
    # "done"; "nothing_known" where no assessed series had a single value.
    status = models.CharField(max_length=16)
    # [{"role", "name", "version", "doi"}]
    methods = models.JSONField(default=list)
    # [{"series", "role", "part", "rows", "valid_from", "valid_to", "checksum"}]
    inputs = models.JSONField(default=list)
    inputs_digest = models.CharField(max_length=64)
    results_digest = models.CharField(max_length=64)
    rule_table_id = models.UUIDField()
    rule_table_number = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    # Counts of what came out, for the log and the page.
    summary = models.JSONField(default=dict)
    # Milliseconds of wall time by phase: technical, no part of the results.
    timings = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["-known_at"], name="assess_newest")]


class Signal(Versioned):
    """One excess in one series of one zone, from its first alarm until it ends."""

    series = models.CharField(max_length=120)
    role = models.CharField(max_length=48)
    zone_id = models.UUIDField()
    zone_number = models.IntegerField()
    zone_level = models.CharField(max_length=32)
    method = models.CharField(max_length=48)
    method_version = models.CharField(max_length=16)
    # Days that one value covers: 1, or 7 for a sum of a week.
    span_days = models.PositiveSmallIntegerField()
    first_on = models.DateField()
    # The newest alarm's last day, and what the method said of it.
    valid_on = models.DateField()
    observed = models.FloatField()
    expected = models.FloatField()
    upper = models.FloatField()
    score = models.FloatField(null=True)
    # The bound that was crossed first: the excess lasts while values stay above it.
    first_upper = models.FloatField()
    peak = models.FloatField()
    alarms = models.PositiveIntegerField()
    # new, confirmed, dismissed, expired
    status = models.CharField(max_length=16)
    # Set when the excess is over; a dismissed signal is followed silently until then.
    ended_on = models.DateField(null=True)
    note = models.TextField(default="", blank=True)
    triaged_by = models.UUIDField(null=True)
    triaged_at = models.DateTimeField(null=True)
    # The assessment that raised it, and the one that saw it last.
    raised_by_assessment = models.UUIDField()
    assessment_id = models.UUIDField()

    class Meta(Versioned.Meta):
        indexes = [
            models.Index(fields=["zone_number", "series"], name="assess_signal_place"),
            models.Index(fields=["recorded_at", "superseded_at"], name="assess_signal_known"),
        ]
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["series", "zone_number", "method"],
                condition=models.Q(superseded_at__isnull=True, ended_on__isnull=True),
                name="assess_signal_one_open",
            ),
        ]


class Estimate(models.Model):
    """A nowcast, reproduction number or forecast of one series in one zone."""

    id = models.UUIDField(primary_key=True, default=new_id)
    assessment_id = models.UUIDField()
    recorded_at = models.DateTimeField()
    kind = models.CharField(max_length=16)  # nowcast, rt, forecast
    series = models.CharField(max_length=120)
    role = models.CharField(max_length=48)
    zone_id = models.UUIDField()
    zone_number = models.IntegerField()
    zone_level = models.CharField(max_length=32)
    method = models.CharField(max_length=48)
    method_version = models.CharField(max_length=16)
    # Why there is none, as a code; empty where there is one.
    undefined = models.CharField(max_length=32, default="", blank=True)
    # Compressed JSON: {"dates", "levels", "values", ...}; see run/frames.py.
    frame = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(
                fields=["series", "zone_number", "kind", "-recorded_at"],
                name="assess_estimate_newest",
            ),
            models.Index(fields=["assessment_id"], name="assess_estimate_of"),
        ]


class RiskLevel(Versioned):
    """A zone's stay at one level; the next level is another record, so a raise has one chain.

    The versions of one record carry the indicators of each assessment during the stay.
    """

    zone_id = models.UUIDField()
    zone_number = models.IntegerField()
    zone_level = models.CharField(max_length=32)
    # Null where it is not defined; `why_undefined` says why.
    level = models.PositiveSmallIntegerField(null=True)
    why_undefined = models.CharField(max_length=48, default="", blank=True)
    previous = models.PositiveSmallIntegerField(null=True)
    has_previous = models.BooleanField(default=False)
    # The level that the rules alone give, before the rule against flapping.
    raw_level = models.PositiveSmallIntegerField(null=True)
    below_since = models.DateField(null=True)
    ceiling = models.PositiveSmallIntegerField(null=True)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # [{"indicator", "outcome", "level", "value", "threshold", "why"}]
    reasons = models.JSONField(default=list)
    # {key: {"value", "why", "on", "series"}}: what the rules read, for a preview of others.
    indicators = models.JSONField(default=dict)
    rule_table_id = models.UUIDField()
    rule_table_number = models.PositiveIntegerField()
    assessment_id = models.UUIDField()

    class Meta(Versioned.Meta):
        indexes = [
            models.Index(fields=["zone_number", "recorded_at"], name="assess_level_zone"),
            models.Index(fields=["recorded_at", "superseded_at"], name="assess_level_known"),
        ]
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["zone_number"],
                condition=models.Q(superseded_at__isnull=True, ended_at__isnull=True),
                name="assess_level_one_current",
            ),
        ]


class RuleTable(Versioned):
    """The policy that turns indicators into levels, as a document with its versions."""

    slug = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    title = models.JSONField(default=dict)
    document = models.JSONField()
    # True while it is as the pack gave it: a newer pack may then replace it.
    from_pack = models.BooleanField(default=False)
    note = models.TextField(default="", blank=True)

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["slug"],
                condition=models.Q(superseded_at__isnull=True),
                name="assess_ruletable_one_slug",
            ),
            models.UniqueConstraint(fields=["slug", "number"], name="assess_ruletable_number"),
        ]
