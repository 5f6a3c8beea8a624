"""What is late, incomplete or wrong in each source, as known at a moment: named, not only counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language

from salus.base.texts import pick
from salus.gather.catalogue import words
from salus.gather.catalogue.schemas import EMPTY, LATE, SILENT, Finding, SeriesHealth
from salus.gather.models import Import, ParkedRow
from salus.gather.schemas import SourceRow

# Of so many of a source's newest deliveries the remarks are told.
DELIVERIES = 7
_MOST_PARKED = 20_000
_MOST_OF_ONE_CODE = 4


@dataclass(frozen=True, slots=True)
class Doubts:
    """What deliveries said of themselves, and the rows that wait, by source."""

    remarks: Mapping[str, Sequence[Sequence[Mapping[str, Any]]]]
    parked: Mapping[str, Mapping[str, int]]
    # Why the newest delivery of a source could not be read, where it could not.
    refused: Mapping[str, str]


def doubts_at(sources: Iterable[str], moment: datetime) -> Doubts:
    """Return what was doubtful at a moment, the newest delivery of each source first."""
    slugs = list(sources)
    remarks: dict[str, list[Sequence[Mapping[str, Any]]]] = defaultdict(list)
    refused: dict[str, str] = {}
    rows = Import.objects.filter(source__in=slugs, kind="frames", ended_at__lte=moment).order_by("-number")
    told = rows.values_list("source", "status", "report", "message")
    for slug, status, report, message in told[: DELIVERIES * len(slugs) * 4]:
        if status == "failed" and not remarks[slug]:
            refused.setdefault(slug, message)
        elif status == "committed" and len(remarks[slug]) < DELIVERIES:
            remarks[slug].append(report.get("remarks", ()))
    parked: dict[str, Counter[str]] = defaultdict(Counter)
    waiting = ParkedRow.objects.filter(Q(resolved_at__isnull=True) | Q(resolved_at__gt=moment))
    waiting = waiting.filter(source__in=slugs, recorded_at__lte=moment)
    for slug, defects in waiting.values_list("source", "defects")[:_MOST_PARKED]:
        parked[slug][str(defects[0]["code"]) if defects else ""] += 1
    return Doubts(remarks, parked, refused)


def findings_of(
    source: SourceRow,
    freshness: str,
    last: datetime | None,
    moment: datetime,
    parts: Sequence[SeriesHealth],
    doubts: Doubts,
) -> tuple[Finding, ...]:
    """Return everything that somebody who relies on a source should know."""
    # A source without series brings places and registers once, and cannot be late.
    found = [*(_late(source, freshness, last, moment) if parts else ()), *_incomplete(parts)]
    deliveries = doubts.remarks.get(source.slug, ())
    if source.slug in doubts.refused:
        found.append(Finding(words.WRONG, "unreadable_file", {"why": doubts.refused[source.slug]}))
    found += [_finding(one) for one in _added_up(deliveries)]
    for code, count in sorted(doubts.parked.get(source.slug, {}).items()):
        found.append(Finding(words.WRONG, "parked", {"n": count, "what": words.waiting(code)}))
    return tuple(found)


def _late(source: SourceRow, freshness: str, last: datetime | None, moment: datetime) -> list[Finding]:
    if source.status != "live":
        return []
    if freshness == EMPTY:
        return [Finding(words.LATE, "nothing_yet", {})]
    if freshness not in {LATE, SILENT} or last is None:
        return []
    days = max(round((moment - last) / timedelta(days=1)), 1)
    return [Finding(words.LATE, "nothing_came", {"n": days, "hours": source.cadence_hours})]


def _incomplete(parts: Sequence[SeriesHealth]) -> list[Finding]:
    language = get_language() or "en"
    found = []
    for part in parts:
        lacking = part.expected - part.observed - part.suppressed
        if part.expected and lacking > 0:
            name = pick(part.series.name, language)
            params: dict[str, str | int] = {"series": name, "n": lacking, "of": part.expected}
            found.append(Finding(words.INCOMPLETE, "cells_missing", params, part.series.code))
    return found


def _added_up(deliveries: Sequence[Sequence[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """Return the newest delivery's states, and the sums of what the last deliveries remarked."""
    found: list[Mapping[str, Any]] = []
    sums: dict[tuple[str, str], dict[str, Any]] = {}
    for place, remarks in enumerate(deliveries):
        for remark in remarks:
            code, params = remark["code"], remark["params"]
            if code in words.STATES:
                found += [remark] if place == 0 else []
                continue
            about = {name: value for name, value in params.items() if name != "n"}
            kept = sums.setdefault((code, str(sorted(about.items()))), {**about, **({"n": 0} if "n" in params else {})})
            if "n" in params:
                kept["n"] += params["n"]
    told: Counter[str] = Counter()
    for (code, _about), params in sums.items():
        told[code] += 1
        if told[code] <= _MOST_OF_ONE_CODE:
            found.append({"code": code, "params": params})
    return found


def _finding(remark: Mapping[str, Any]) -> Finding:
    return Finding(words.kind_of(remark["code"]), remark["code"], dict(remark["params"]))
