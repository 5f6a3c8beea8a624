"""The audit: rows as they are written, their seal, and signed checkpoints.

No foreign keys: a row must outlive whatever it speaks of, and a broken one must still be readable.
"""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """One write, export, decision or look at personal data."""

    id = models.BigAutoField(primary_key=True)
    txid = models.BigIntegerField(default=0)
    wall_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by_id = models.UUIDField()
    by_kind = models.CharField(max_length=16)
    action = models.CharField(max_length=80)
    record_kind = models.CharField(max_length=48, default="", blank=True)
    record_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=48, default="", blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["txid", "id"], name="base_audit_order"),
            models.Index(fields=["record_id"], name="base_audit_record"),
        ]


class AuditSeal(models.Model):
    """An entry's place in the hash chain."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    digest = models.BinaryField(max_length=32)


class AuditCheckpoint(models.Model):
    """A signature over the chain up to a position."""

    position = models.BigIntegerField(primary_key=True)
    digest = models.BinaryField(max_length=32)
    key_id = models.CharField(max_length=32)
    signature = models.BinaryField(max_length=64)
    wall_at = models.DateTimeField()
