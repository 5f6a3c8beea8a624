"""Records that are never overwritten: each change is a new version with its moment.

`recorded_at <= t < superseded_at` selects the version that was known at `t`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self, TypeVar
from uuid import UUID

from django.db import models

from salus.base import clock
from salus.base.actors import Actor
from salus.base.errors import Conflict, NotFound
from salus.base.ids import new_id


class VersionedQuerySet(models.QuerySet[Any]):
    """Queries that state the moment they speak of."""

    def known(self, known_at: datetime | None = None) -> Self:
        """Keep the versions known at a moment (the newest where none is given)."""
        if known_at is None:
            return self.filter(superseded_at__isnull=True)
        return self.filter(
            models.Q(superseded_at__isnull=True) | models.Q(superseded_at__gt=known_at),
            recorded_at__lte=known_at,
        )

    def one(self, id: UUID, known_at: datetime | None = None) -> Any:
        """Return the version of one record known at a moment, or say that there is none."""
        row = self.known(known_at).filter(id=id).order_by("-version").first()
        if row is None:
            raise NotFound(
                f"There is no such {self.model._meta.verbose_name}.",
                remedy="It may not have been known at that moment.",
            )
        return row

    def history(self, id: UUID, known_at: datetime | None = None) -> Self:
        """Return every version of one record up to a moment, oldest first."""
        rows = self.filter(id=id).order_by("version")
        return rows if known_at is None else rows.filter(recorded_at__lte=known_at)


class Versioned(models.Model):
    """A record kept as versions; `id` names the record, `version` the row."""

    version = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=new_id, db_index=True)
    created_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_index=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.UUIDField()

    objects = VersionedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["id"],
                condition=models.Q(superseded_at__isnull=True),
                name="%(app_label)s_%(class)s_one_current",
            ),
        ]


Row = TypeVar("Row", bound=Versioned)


def record_create(model: type[Row], *, by: Actor, **fields: Any) -> Row:
    """Write the first version of a record."""
    moment = clock.now()
    return model.objects.create(created_at=moment, recorded_at=moment, recorded_by=by.id, **fields)


def record_revise(row: Row, *, by: Actor, **changes: Any) -> Row:
    """Write the next version of a record, refusing when somebody else was faster."""
    moment = max(clock.now(), row.recorded_at)
    model = type(row)
    closed = model.objects.filter(version=row.version, superseded_at__isnull=True).update(superseded_at=moment)
    if closed != 1:
        raise Conflict("Somebody changed this since you opened it.", remedy="Look at the newest version and try again.")
    fields = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if f.name != "version"}
    fields.update(recorded_at=moment, superseded_at=None, recorded_by=by.id, **changes)
    return model.objects.create(**fields)
