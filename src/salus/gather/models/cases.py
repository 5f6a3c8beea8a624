"""The line list: one record a report, whose personal fields are sealed with a key of its own."""

from __future__ import annotations

from django.db import models

from salus.base.versioned import Versioned


class Case(Versioned):
    """Somebody ill, or somebody well who was asked for comparison, as one report tells of them."""

    source = models.CharField(max_length=64)
    # The report's number at its source; it names nobody.
    reference = models.CharField(max_length=64)
    asked_as = models.CharField(max_length=8)  # case, control
    asked_for = models.CharField(max_length=64, default="", blank=True)
    zone_number = models.IntegerField(null=True)
    work_zone_number = models.IntegerField(null=True)
    onset_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField()
    laboratory = models.CharField(max_length=16, default="", blank=True)
    # Equal for reports of the same person of the same source; says nothing without the installation's key.
    match = models.CharField(max_length=64)
    # The earliest report of the same person.
    duplicate_of = models.UUIDField(null=True)
    content = models.CharField(max_length=64)
    name_sealed = models.BinaryField(default=b"")
    telephone_sealed = models.BinaryField(default=b"")
    street_sealed = models.BinaryField(default=b"")
    # Age, sex, workplace, symptoms and answers, as JSON.
    health_sealed = models.BinaryField(default=b"")
    batch = models.BigIntegerField()

    class Meta(Versioned.Meta):
        verbose_name = "case"
        indexes = [
            models.Index(fields=["source", "reference"], name="gather_case_reference"),
            models.Index(fields=["source", "match"], name="gather_case_match"),
            models.Index(fields=["recorded_at", "superseded_at"], name="gather_case_known"),
        ]
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["source", "reference"],
                condition=models.Q(superseded_at__isnull=True),
                name="gather_case_one_reference",
            ),
        ]


class CaseKey(models.Model):
    """A case's data key, wrapped by the installation's; without it what is sealed is noise."""

    case_id = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField()
    created_wall = models.DateTimeField()


class ServedArea(Versioned):
    """The zones that a piece of a network serves, as its operator says."""

    source = models.CharField(max_length=64)
    network = models.CharField(max_length=32)
    code = models.CharField(max_length=64)
    upstream = models.CharField(max_length=64, default="", blank=True)
    zone_numbers = models.JSONField(default=list)

    class Meta(Versioned.Meta):
        verbose_name = "served area"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["source", "network", "code"],
                condition=models.Q(superseded_at__isnull=True),
                name="gather_area_one_code",
            ),
        ]
