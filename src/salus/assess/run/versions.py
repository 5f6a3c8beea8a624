"""Many versions at once: the bulk form of `record_create` and `record_revise`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from salus.base.actors import Actor
from salus.base.errors import Conflict
from salus.base.versioned import Versioned

Row = TypeVar("Row", bound=Versioned)
_AT_ONCE = 200


def create_many(model: type[Row], fields: Sequence[dict[str, Any]], *, moment: datetime, by: Actor) -> list[Row]:
    """Write the first versions of many records."""
    rows = [model(created_at=moment, recorded_at=moment, recorded_by=by.id, **values) for values in fields]
    model.objects.bulk_create(rows, batch_size=_AT_ONCE)
    return rows


def revise_many(changes: Sequence[tuple[Row, dict[str, Any]]], *, moment: datetime, by: Actor) -> list[Row]:
    """Write the next versions of many records, refusing all where one was changed meanwhile."""
    if not changes:
        return []
    model = type(changes[0][0])
    versions = [row.version for row, _ in changes]
    closed = model.objects.filter(version__in=versions, superseded_at__isnull=True)
    if closed.update(superseded_at=moment) != len(versions):
        raise Conflict(
            _("Somebody changed a record while the assessment was being written."),
            remedy=_("It is made again at the next chance."),
        )
    names = [f.attname for f in model._meta.concrete_fields if f.name != "version"]
    rows = []
    for row, new in changes:
        values = {name: getattr(row, name) for name in names}
        values.update(recorded_at=moment, superseded_at=None, recorded_by=by.id)
        rows.append(model(**{**values, **new}))
    model.objects.bulk_create(rows, batch_size=_AT_ONCE)
    return rows
