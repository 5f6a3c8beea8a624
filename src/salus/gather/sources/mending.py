"""Doubtful lines of a feed that a person has put right: what they change now, and at every later reading.

A source that lets its lines be mended has a module `mending.py` beside its reader, which the web
process may import: `mend(line, places, known)` returns what a line says, or its defects. It may also state
`ASKED`, the columns that a person fills in (the others only say which line it is), `ONE`, the column by which two
lines are known to be one, and `COUNTS_WITH`, the source whose readings count its mended lines.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.util import find_spec
from types import ModuleType

import polars as pl
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import Invalid
from salus.city import selectors as city
from salus.gather.imports.conversion import SPOOL
from salus.gather.models import Import, ParkedRow, Series, Stratum
from salus.gather.schemas import Defect
from salus.gather.sources.chunks import MendedLine
from salus.gather.sources.facts import WHOLE
from salus.gather.store import as_of
from salus.trust.selectors import system_viewer

_DAY = 86_400
_EPOCH = date(1970, 1, 1)
Known = Callable[[str, str, date, str], float | None]


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that a mended line brings; one that `adds` is added to what is known, as a further case is."""

    series: str
    zone: str
    valid_on: date
    value: float
    stratum: str = WHOLE
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """The city's zones: which there are, and in what each lies."""

    parents: Mapping[str, str]
    root: str
    levels: Mapping[str, str]

    @property
    def zones(self) -> frozenset[str]:
        """Return the codes of the smallest zones."""
        return frozenset(code for code, level in self.levels.items() if level == "zone")


Mend = Callable[[MendedLine, Places, Known], "list[Change] | list[Defect]"]


def mended_lines(source: str) -> tuple[MendedLine, ...]:
    """Return every line that a person has put right and a source counts, in the order in which that was done."""
    fixed = ParkedRow.objects.filter(status="fixed")
    others = [slug for slug in fixed.values_list("source", flat=True).distinct() if counts_with(slug) == source]
    sources = [source, *others]
    rows = fixed.filter(source__in=sources).order_by("resolved_at", "import_number", "line")
    files = Import.objects.filter(source__in=sources, kind__in=["frames", "cases"])
    labels = dict(files.values_list("number", "label"))
    return tuple(
        MendedLine(labels[row.import_number], row.line, {**row.raw, **(row.fix or {})}, _day_of(row))
        for row in rows
        if row.import_number in labels
    )


def _day_of(row: ParkedRow) -> date:
    moment = row.resolved_at or row.recorded_at
    return moment.astimezone(clock.city_zone()).date()


def facts_of(*, source: str, line: MendedLine) -> tuple[pl.DataFrame, list[str]]:
    """Return the facts that a mended line brings now, and of which series; its defects are told."""
    module = _module(source)
    if module is None or not hasattr(module, "mend"):
        raise Invalid(
            _("The lines of the source '%(slug)s' cannot be taken in one by one.") % {"slug": source},
            remedy=_("Put the row aside, and ask the sender to send it again."),
        )
    _require_new(source, line, getattr(module, "ONE", ""))
    look = numbers_of(source)
    mend: Mend = module.mend
    found = mend(line, look.places, look.known)
    refuse(row for row in found if isinstance(row, Defect))
    return look.facts((row for row in found if isinstance(row, Change)), line.line)


def refuse(found: Iterable[Defect]) -> None:
    """Refuse a line that still has defects, in their words."""
    defects = list(found)
    if defects:
        raise Invalid(" ".join(row.message for row in defects), remedy=defects[0].remedy)


def _require_new(source: str, line: MendedLine, column: str) -> None:
    """Refuse a line that says again what a person has put right before."""
    said = str(line.raw.get(column) or "").strip() if column else ""
    same = (one for one in mended_lines(counts_with(source)) if said and str(one.raw.get(column) or "").strip() == said)
    if (before := next(same, None)) is not None:
        raise Invalid(
            _("'%(value)s' has been put right before, from %(label)s, line %(line)s.")
            % {"value": said, "label": before.label, "line": before.line},
            remedy=_("Put this row aside: it is the same report."),
        )


@lru_cache(maxsize=128)
def _module(source: str) -> ModuleType | None:
    name = f"{__package__}.{source}.mending"
    if find_spec(f"{__package__}.{source}") is None or find_spec(name) is None:
        return None
    return importlib.import_module(name)


def counts_with(source: str) -> str:
    """Return the source whose readings count the mended lines of a source: itself, unless it says another."""
    return str(getattr(_module(source), "COUNTS_WITH", source))


def asked_of(source: str) -> tuple[str, ...] | None:
    """Return the columns that a person fills in, none named for all of them; None where no line can be mended."""
    module = _module(source)
    return None if module is None else tuple(getattr(module, "ASKED", ()))


def numbers_of(source: str) -> Numbers:
    """Return what codes mean in the store for the series of a source and of the one that counts with it."""
    rows = Series.objects.known().filter(source__in=[source, counts_with(source)])
    return Numbers(dict(rows.values_list("code", "number")))


def facility_zones(*kinds: str) -> dict[str, str]:
    """Return the zone in which each facility of some kinds stands, or each of all."""
    viewer = system_viewer("imports")
    codes = {row.id: row.code for row in city.zone_list(viewer=viewer)}
    rows = city.facility_list(viewer=viewer)
    return {row.code: codes[row.zone_id] for row in rows if row.zone_id in codes and (not kinds or row.kind in kinds)}


class Numbers:
    """What codes mean in the store, and what it knows at this moment."""

    def __init__(self, series: Mapping[str, int]) -> None:
        rows = city.zone_list(viewer=system_viewer("imports"))
        codes = {row.id: row.code for row in rows}
        self._series = series
        self._zones = {row.code: row.number for row in rows}
        self._strata = {WHOLE: 0, **dict(Stratum.objects.values_list("code", "number"))}
        self.places = Places(
            parents={row.code: codes.get(row.parent_id, "") if row.parent_id else "" for row in rows},
            root=next((row.code for row in rows if row.parent_id is None), ""),
            levels={row.code: row.level for row in rows},
        )

    @property
    def zones(self) -> Mapping[str, int]:
        """Return the number of each zone by its code."""
        return self._zones

    def known(self, series: str, zone: str, valid_on: date, stratum: str = WHOLE) -> float | None:
        """Return the value that is known now, or None."""
        if zone not in self._zones or stratum not in self._strata:
            return None
        start = (valid_on - _EPOCH).days * _DAY
        frame = as_of(
            series=self._series[series],
            known_at=clock.to_micros(clock.now()) + 999,
            valid_from=start,
            valid_to=start,
            zones=[self._zones[zone]],
            strata=[self._strata[stratum]],
        )
        return None if frame.is_empty() or frame["status"][0] != 0 else float(frame["value"][0])

    def facts(self, changes: Iterable[Change], line: int) -> tuple[pl.DataFrame, list[str]]:
        """Return changes as facts of the store, and of which series they are."""
        listed = list(changes)
        rows = [self.row(change, line) for change in listed]
        return pl.DataFrame(rows, schema=SPOOL, orient="row"), sorted({change.series for change in listed})

    def row(self, change: Change, line: int) -> tuple[int | float | None, ...]:
        """Return a change in the store's numbers."""
        before = self.known(change.series, change.zone, change.valid_on, change.stratum) if change.adds else None
        return (
            self._series[change.series], (change.valid_on - _EPOCH).days * _DAY, self._zones[change.zone],
            self._strata[change.stratum], None, change.value + (before or 0.0), 0, line,
        )  # fmt: skip
