"""How data came in: imports, saved column mappings and the rows that wait for a person."""

from __future__ import annotations

from django.db import models

from salus.base.ids import new_id
from salus.base.versioned import Versioned


class Import(models.Model):
    """One coming-in of data; `number` is the batch that its observations carry."""

    number = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=new_id, unique=True)
    source = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, default="file")  # file frames correction review
    label = models.CharField(max_length=300)
    # waiting reading needs_mapping checked committing committed unchanged failed cancelled
    status = models.CharField(max_length=16, default="waiting")
    dry_run = models.BooleanField(default=False)
    format = models.CharField(max_length=16, default="", blank=True)
    size_bytes = models.BigIntegerField(default=0)
    original_sha256 = models.CharField(max_length=64, default="", blank=True)
    # Content and mapping together: the same digest committed once is never written again.
    content_digest = models.CharField(max_length=64, default="", blank=True)
    mapping = models.JSONField(null=True)
    job_id = models.UUIDField(null=True)
    report = models.JSONField(default=dict)
    message = models.TextField(default="", blank=True)
    rows_read = models.BigIntegerField(default=0)
    rows_good = models.BigIntegerField(default=0)
    rows_parked = models.BigIntegerField(default=0)
    rows_written = models.BigIntegerField(default=0)
    rows_unchanged = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()
    committed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Technical times: how long it took on the wall clock.
    started_wall = models.DateTimeField(null=True)
    ended_wall = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["source", "recorded_at"], name="gather_import_source"),
            models.Index(fields=["content_digest"], name="gather_import_digest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "content_digest"],
                condition=models.Q(status="committed") & ~models.Q(content_digest=""),
                name="gather_import_once",
            ),
        ]


class ColumnMapping(Versioned):
    """Which column means what, for files of a source with the same header."""

    source = models.CharField(max_length=64)
    header_signature = models.CharField(max_length=64)
    headers = models.JSONField()
    mapping = models.JSONField()

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["source", "header_signature"],
                condition=models.Q(superseded_at__isnull=True),
                name="gather_mapping_header",
            ),
        ]


class ParkedRow(models.Model):
    """A row that could not be taken as it was, kept as it came until a person decides."""

    id = models.UUIDField(primary_key=True, default=new_id)
    import_number = models.BigIntegerField(db_index=True)
    source = models.CharField(max_length=64)
    line = models.BigIntegerField()
    raw = models.JSONField()
    # The whole line where it names a person, sealed with a key of its own; then `raw` is empty.
    sealed = models.BinaryField(default=b"")
    defects = models.JSONField()
    status = models.CharField(max_length=16, default="open")  # open fixed dismissed
    fix = models.JSONField(null=True)
    note = models.TextField(default="", blank=True)
    fixed_by_batch = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["source", "status"], name="gather_parked_open")]
