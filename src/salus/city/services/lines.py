"""Writing the lines of public transport."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from salus.base import outbox
from salus.base.audit import audited, note
from salus.base.errors import Invalid
from salus.base.ids import new_id
from salus.base.versioned import record_create, record_revise
from salus.city import events
from salus.city.models import Line
from salus.city.permissions import CITY_MANAGE
from salus.city.reading.zones import rows_at
from salus.city.schemas import LineDraft, LinesImported
from salus.trust import policy
from salus.trust.schemas import Viewer

# As GTFS has them, in words.
MODES = ("tram", "metro", "rail", "bus", "ferry", "other")


@audited("city.lines_import")
def lines_import(*, rows: Sequence[LineDraft], by: Viewer) -> LinesImported:
    """Write the city's lines: new ones and those that changed; one that is not named stays as it is."""
    policy.require(by, CITY_MANAGE)
    _check(rows)
    kept: dict[str, Line] = {row.code: row for row in Line.objects.known()}
    written = sum(_write(draft, kept.get(draft.code), by) for draft in rows)
    found = LinesImported(new_id(), written, len(rows) - written)
    note(written=written, unchanged=found.unchanged)
    if written:
        outbox.publish(
            topic=events.LINES_IMPORTED, record_kind="lines", record_id=found.id, payload={"written": written}, by=by
        )
    return found


def _write(draft: LineDraft, before: Line | None, by: Viewer) -> bool:
    fields: dict[str, Any] = {
        "name": dict(draft.name),
        "mode": draft.mode,
        "zone_ids": [str(zone) for zone in draft.zone_ids],
        "stops": draft.stops,
    }
    if before is None:
        record_create(Line, code=draft.code, by=by, **fields)
        return True
    if all(getattr(before, name) == value for name, value in fields.items()):
        return False
    record_revise(before, by=by, **fields)
    return True


def _check(rows: Sequence[LineDraft]) -> None:
    known = {row.id for row in rows_at(None)}
    codes = [row.code for row in rows]
    for row in rows:
        if not row.code or not row.name or codes.count(row.code) > 1:
            raise Invalid(
                _("The line '%(code)s' lacks a code or a name, or is named twice.") % {"code": row.code},
                remedy=_("Correct the timetable."),
            )
        if row.mode not in MODES:
            raise Invalid(
                _("'%(mode)s' is not a kind of line.") % {"mode": row.mode},
                remedy=_("Choose one of %(list)s.") % {"list": ", ".join(MODES)},
            )
        if not row.zone_ids or not set(row.zone_ids) <= known:
            raise Invalid(
                _("The line '%(code)s' stops in no zone of the city, or in one that is not known.")
                % {"code": row.code},
                remedy=_("Bring in the zones first, and correct the places of its stops."),
            )
