"""Events written in the same transaction as what they tell of."""

from __future__ import annotations

from django.db import models

from salus.base.ids import new_id


class Event(models.Model):
    """Something happened; subscribers hear of it after the commit, in order."""

    seq = models.BigAutoField(primary_key=True)
    # On PostgreSQL the writing transaction's number, so that no late commit is missed; 0 on SQLite.
    txid = models.BigIntegerField(default=0)
    id = models.UUIDField(default=new_id, unique=True)
    topic = models.CharField(max_length=80)
    record_kind = models.CharField(max_length=48)
    record_id = models.UUIDField()
    payload = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    wall_at = models.DateTimeField()
    by_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["txid", "seq"], name="base_event_order")]


class Subscription(models.Model):
    """How far one subscriber has read."""

    name = models.CharField(max_length=80, primary_key=True)
    txid = models.BigIntegerField(default=0)
    seq = models.BigIntegerField(default=0)
    delivered = models.BigIntegerField(default=0)
    updated_wall = models.DateTimeField(null=True)


class FailedDelivery(models.Model):
    """An event that a subscriber could not take: tried again, then left for a person."""

    id = models.UUIDField(primary_key=True, default=new_id)
    subscriber = models.CharField(max_length=80)
    event = models.ForeignKey(Event, on_delete=models.PROTECT)
    attempts = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=16, default="retrying")  # retrying, dead, done, dropped
    error = models.TextField()
    next_try_wall = models.DateTimeField()
    first_failed_wall = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "event"], name="base_failed_once"),
        ]
