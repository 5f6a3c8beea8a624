"""Typed links between any two records."""

from __future__ import annotations

from django.db import models

from salus.base.ids import new_id


class ChainLink(models.Model):
    """A statement that one record came from another, with the moment of each."""

    id = models.UUIDField(primary_key=True, default=new_id)
    source_kind = models.CharField(max_length=48)
    source_id = models.UUIDField()
    source_at = models.DateTimeField()
    target_kind = models.CharField(max_length=48)
    target_id = models.UUIDField()
    target_at = models.DateTimeField()
    relation = models.CharField(max_length=48)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["source_id", "recorded_at"], name="base_chain_source"),
            models.Index(fields=["target_id", "recorded_at"], name="base_chain_target"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source_id", "target_id", "relation"], name="base_chain_one_link"),
        ]
