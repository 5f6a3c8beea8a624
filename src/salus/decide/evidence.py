"""Evidence: what a decision rests on, read for one moment and kept as digests, so that it can be checked for ever.

Each kind is read through its package's selectors and reduced to named fields: a field added to a
schema later does not change a digest of today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from salus.assess import selectors as assess
from salus.base.errors import Invalid, NotFound
from salus.base.texts import pick
from salus.city.selectors import zone_by_number
from salus.decide.releases.canonical import canonical, digest
from salus.decide.schemas import EvidenceCheck, EvidenceRef
from salus.gather.selectors import observations_as_of, series_get
from salus.plan.schemas import Baseline
from salus.plan.selectors import proposal_get
from salus.trust.actors import system_viewer

OBSERVATIONS = "observations"
_NAMES = UUID("5a1c5a1c-0000-5000-8000-000000000001")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A piece of evidence to be read: a record by its id, or observations by their key."""

    kind: str
    id: UUID
    key: dict[str, Any]

    @classmethod
    def observations(cls, series: str, zones: Iterable[int], valid_from: date, valid_to: date) -> Wanted:
        """Return the wish for a stretch of observations."""
        key = {
            "series": series,
            "zones": sorted(zones),
            "valid_from": valid_from.isoformat(),
            "valid_to": valid_to.isoformat(),
        }
        return cls(OBSERVATIONS, uuid5(_NAMES, canonical(key)), key)

    @classmethod
    def estimates(cls, baseline: Baseline) -> list[Wanted]:
        """Return the wishes for the forecasts behind a baseline, in the order of their zones."""
        return [
            cls("estimate", estimate, {"series": baseline.series, "zone": number})
            for estimate, number in zip(baseline.estimate_ids, baseline.zone_numbers, strict=True)
        ]


Content = tuple[str, dict[str, Any]]
Reader = Callable[[Wanted, datetime], Content]


def _proposal(wanted: Wanted, known_at: datetime) -> Content:
    row = proposal_get(viewer=system_viewer("decide"), proposal=wanted.id, known_at=known_at)
    content = {
        "id": row.id,
        "zones": row.zone_ids,
        "levels": [row.level_from, row.level_to],
        "pinned_at": row.pinned_at,
        "baseline": dict(row.baseline.quantiles) if row.baseline else None,
        "options": [[option.key, list(option.measures)] for option in row.options],
    }
    return pick(row.title, "en"), content


def _observations(wanted: Wanted, known_at: datetime) -> Content:
    key = wanted.key
    frame = observations_as_of(
        viewer=system_viewer("decide"),
        series=key["series"],
        zones=key["zones"],
        valid_from=date.fromisoformat(key["valid_from"]),
        valid_to=date.fromisoformat(key["valid_to"]),
        known_at=known_at,
    )
    columns = ["valid_on", "zone", "stratum", "value", "status"]
    rows = sorted(frame.select(columns).iter_rows(), key=lambda row: row[:3])
    title = f"{_series_name(key['series'])}, {key['valid_from']} – {key['valid_to']}"
    return title, {"key": key, "rows": [list(row) for row in rows]}


def _series_name(code: str) -> str:
    """Return what a series is called, which people read; its code is in the evidence itself."""
    return pick(series_get(viewer=system_viewer("decide"), code=code).name, "en")


def _assessment(wanted: Wanted, known_at: datetime) -> Content:
    row = assess.assessment_get(viewer=system_viewer("decide"), assessment=wanted.id, known_at=known_at)
    content = {"known_at": row.known_at, "inputs": row.inputs_digest, "results": row.results_digest}
    return f"Assessment of {row.known_at:%Y-%m-%d %H:%M}", {"id": row.id, "rules": row.rule_table_number, **content}


def _risk_level(wanted: Wanted, known_at: datetime) -> Content:
    row = assess.risk_level_get(viewer=system_viewer("decide"), risk_level=wanted.id, known_at=known_at)
    numbers = {one.key: [one.value, one.on] for one in row.indicators}
    content = {
        "id": row.id,
        "zone": row.number,
        "levels": [row.previous, row.level],
        "since": row.since,
        "rules": row.rule_table_number,
        "numbers": numbers,
    }
    zone = zone_by_number(viewer=system_viewer("decide"), number=row.number, known_at=known_at)
    return f"{pick(zone.name, 'en')}: {pick(row.name, 'en')}", content


def _estimate(wanted: Wanted, known_at: datetime) -> Content:
    viewer = system_viewer("decide")
    zone = zone_by_number(viewer=viewer, number=int(wanted.key["zone"]), known_at=known_at)
    row = assess.forecast_get(viewer=viewer, series=wanted.key["series"], zone=zone.id, known_at=known_at)
    if row is None or row.id != wanted.id:
        raise NotFound(_("There is no such forecast."), remedy=_("It may not have been known at that moment."))
    content = {
        "id": row.id,
        "made_at": row.made_at,
        "method": [row.method, row.method_version],
        "dates": row.dates,
        "quantiles": {f"{level:g}": list(values) for level, values in row.quantiles.items()},
    }
    return f"{pick(zone.name, 'en')}: {_series_name(row.series)}", content


def _signal(wanted: Wanted, known_at: datetime) -> Content:
    row = assess.signal_get(viewer=system_viewer("decide"), signal=wanted.id, known_at=known_at)
    content = {
        "id": row.id,
        "series": row.series,
        "zone": row.zone_number,
        "valid_on": row.valid_on,
        "numbers": [row.observed, row.expected, row.upper],
        "status": row.status,
    }
    return f"{row.series}, {row.valid_on}", content


_readers: dict[str, Reader] = {
    "proposal": _proposal,
    OBSERVATIONS: _observations,
    "assessment": _assessment,
    "risk_level": _risk_level,
    "estimate": _estimate,
    "signal": _signal,
}


def register(kind: str, reader: Reader) -> None:
    """Tell how a kind of record is read as evidence."""
    _readers[kind] = reader


def kinds() -> tuple[str, ...]:
    """Return the kinds of record that a decision can rest on."""
    return tuple(sorted(_readers))


def pin(wishes: Iterable[Wanted], known_at: datetime) -> list[dict[str, Any]]:
    """Read every piece for a moment and return it as it is kept with a decision."""
    kept = []
    for wanted in wishes:
        if wanted.kind not in _readers:
            raise Invalid(
                _("A '%(kind)s' cannot be pinned as evidence.") % {"kind": wanted.kind},
                remedy=_("Choose one of %(kinds)s.") % {"kinds": ", ".join(kinds())},
            )
        title, content = _readers[wanted.kind](wanted, known_at)
        kept.append(
            {
                "kind": wanted.kind,
                "id": str(wanted.id),
                "key": wanted.key,
                "title": title,
                "digest": digest(canonical(content)),
                "known_at": known_at.isoformat(),
            }
        )
    return kept


def check(ref: EvidenceRef) -> EvidenceCheck:
    """Read a piece of evidence again for its moment, and compare."""
    wanted = Wanted(ref.kind, ref.id, dict(ref.key))
    try:
        _, content = _readers[ref.kind](wanted, ref.known_at)
    except (NotFound, KeyError):
        return EvidenceCheck(ref, found=False, holds=False)
    return EvidenceCheck(ref, found=True, holds=digest(canonical(content)) == ref.digest)
