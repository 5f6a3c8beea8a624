"""Where data come from."""

from __future__ import annotations

from django.db import models

from salus.base.versioned import Versioned


class Source(Versioned):
    """A source of data, whose it is, and what may be done with it."""

    slug = models.CharField(max_length=64)
    title = models.JSONField()
    # The manifest as it was when this version was written: the folder may change later.
    manifest = models.JSONField(default=dict)
    status = models.CharField(max_length=16, default="draft")  # draft live paused
    owner = models.CharField(max_length=200, default="", blank=True)
    owner_organisation_id = models.UUIDField(null=True)
    reuse_policy = models.TextField(default="", blank=True)
    tier = models.PositiveSmallIntegerField(null=True)
    cadence_hours = models.PositiveIntegerField(default=24)
    priority = models.PositiveSmallIntegerField(default=3)
    licence_note = models.TextField(default="", blank=True)

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["slug"],
                condition=models.Q(superseded_at__isnull=True),
                name="gather_source_slug",
            ),
        ]
