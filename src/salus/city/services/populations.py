"""Writing populations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from salus.base import clock, outbox
from salus.base.audit import audited, note
from salus.base.errors import Invalid, NotFound
from salus.base.ids import new_id
from salus.city import events
from salus.city.models import Population, Zone
from salus.city.permissions import CITY_MANAGE
from salus.city.reading.generations import generation_in_force
from salus.city.schemas import PopulationDraft, PopulationImported
from salus.trust import policy
from salus.trust.schemas import Viewer

_SHOWN = 5
_OLDEST = 130
_MOST = 100_000_000
Key = tuple[int, str, int | None, int | None]


def _defect(row: PopulationDraft) -> str:
    if not math.isfinite(row.persons) or not 0 <= row.persons <= _MOST:
        return _("%(value)s is not a number of people") % {"value": row.persons}
    for age in (row.age_from, row.age_to):
        if age is not None and not 0 <= age <= _OLDEST:
            return _("%(age)d is not an age") % {"age": age}
    if row.age_from is not None and row.age_to is not None and row.age_to < row.age_from:
        return _("ages %(low)d to %(high)d run backwards") % {"low": row.age_from, "high": row.age_to}
    if not row.segment or len(row.segment) > 64:
        return _("a segment has 1 to 64 characters")
    return ""


def _keyed(rows: Sequence[PopulationDraft], numbers: dict[str, int]) -> dict[Key, PopulationDraft]:
    """Return the rows by what they speak of, or refuse them all with what is wrong."""
    wrong, found = [], {}
    for index, row in enumerate(rows, start=1):
        defect = _defect(row)
        if row.zone_code not in numbers:
            defect = _("there is no zone %(code)s") % {"code": row.zone_code}
        key = (numbers.get(row.zone_code, 0), row.segment, row.age_from, row.age_to)
        if not defect and key in found:
            defect = _("zone %(code)s stands twice for the same people") % {"code": row.zone_code}
        if defect:
            wrong.append(_("row %(row)d: %(what)s") % {"row": index, "what": defect})
        else:
            found[key] = row
    if wrong:
        more = f" (+{len(wrong) - _SHOWN})" if len(wrong) > _SHOWN else ""
        raise Invalid(
            _("The populations were not taken: %(list)s.") % {"list": "; ".join(wrong[:_SHOWN]) + more},
            remedy=_("Correct these rows and import the file again."),
        )
    return found


@audited("city.population_import")
def population_import(
    *,
    rows: Sequence[PopulationDraft],
    valid_on: date | None = None,
    source: str = "",
    by: Viewer,
) -> PopulationImported:
    """Take in how many people live in each zone, all rows or none; the same again changes nothing."""
    policy.require(by, CITY_MANAGE)
    day = valid_on or clock.today()
    generation = generation_in_force(day)
    if generation is None:
        raise NotFound(_("There are no zones yet."), remedy=_("Import the boundaries first."))
    zones = Zone.objects.filter(generation_id=generation.id).values_list("code", "number")
    wanted = _keyed(rows, dict(zones))
    written, unchanged = _write(wanted, day, source, by)
    note(written=written, unchanged=unchanged, valid_on=day.isoformat())
    outbox.publish(
        topic=events.POPULATION_IMPORTED,
        record_kind="generation",
        record_id=generation.id,
        by=by,
        payload={"written": written, "valid_on": day.isoformat()},
    )
    return PopulationImported(generation.id, written, unchanged)


def _next_version(key: Key, draft: PopulationDraft, old: Population | None, fields: dict[str, Any]) -> Population:
    number, segment, age_from, age_to = key
    return Population(
        id=old.id if old else new_id(),
        created_at=old.created_at if old else fields["recorded_at"],
        number=number,
        segment=segment,
        age_from=age_from,
        age_to=age_to,
        persons=draft.persons,
        **fields,
    )


def _write(wanted: dict[Key, PopulationDraft], valid_on: date, source: str, by: Viewer) -> tuple[int, int]:
    """Write a new version of whatever differs, in two statements however many rows there are."""
    known = Population.objects.known().filter(valid_on=valid_on)
    before = {(row.number, row.segment, row.age_from, row.age_to): row for row in known}
    differing = [
        (key, draft, before.get(key))
        for key, draft in wanted.items()
        if key not in before or (before[key].persons, before[key].source) != (draft.persons, source)
    ]
    older = [old for _key, _draft, old in differing if old is not None]
    # One moment for the end of the old and the beginning of the new: no gap in which neither is known.
    moment = max([clock.now(), *(old.recorded_at for old in older)])
    for start in range(0, len(older), 500):
        versions = [old.version for old in older[start : start + 500]]
        Population.objects.filter(version__in=versions).update(superseded_at=moment)
    fields = {"valid_on": valid_on, "source": source, "batch": new_id(), "recorded_at": moment, "recorded_by": by.id}
    made = [_next_version(key, draft, old, fields) for key, draft, old in differing]
    Population.objects.bulk_create(made, batch_size=200)
    return len(made), len(wanted) - len(made)
