"""Finds the indicators: every folder here with a manifest is one."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from salus.base.texts import LocalText
from salus.learn.indicators.facts import Facts
from salus.learn.indicators.taking import Taking
from salus.learn.schemas import IndicatorRow, PairRow

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Entry:
    """One indicator with its manifest and its code."""

    slug: str
    title: LocalText
    definition: LocalText
    target_hours: float | None
    clauses: tuple[str, ...]
    values: Callable[[Facts], Sequence[Taking]]

    def row(self, facts: Facts) -> IndicatorRow:
        """Return the indicator over some facts."""
        found = list(self.values(facts))
        hours = sorted(one.hours for one in found)
        return IndicatorRow(
            slug=self.slug,
            title=self.title,
            definition=self.definition,
            unit="hours",
            target=self.target_hours,
            count=len(hours),
            median=median(hours) if hours else None,
            p90=at_share(hours, 0.9) if hours else None,
            within_target=_within(hours, self.target_hours),
            pairs=_pairs(found),
            clauses=self.clauses,
        )


def at_share(ordered: Sequence[float], share: float) -> float:
    """Return the smallest value that a share of the values does not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _within(hours: Sequence[float], target: float | None) -> float | None:
    return sum(one <= target for one in hours) / len(hours) if hours and target is not None else None


def _pairs(found: Sequence[Taking]) -> tuple[PairRow, ...]:
    by_pair: dict[tuple[str, str], list[float]] = {}
    for one in found:
        by_pair.setdefault((one.source, one.target), []).append(one.hours)
    return tuple(
        PairRow(source, target, len(hours), median(hours), at_share(sorted(hours), 0.9))
        for (source, target), hours in sorted(by_pair.items())
    )


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """Return every indicator, in the order of its manifest."""
    folders = sorted(path.parent for path in FOLDER.glob("*/manifest.yaml"))
    found = [(_manifest(folder), folder.name) for folder in folders]
    found.sort(key=lambda pair: (pair[0]["order"], pair[1]))
    return tuple(_entry(manifest, name) for manifest, name in found)


def _manifest(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((folder / "manifest.yaml").read_text(encoding="utf-8"))
    return content


def _entry(manifest: dict[str, Any], name: str) -> Entry:
    if manifest["slug"] != name:
        raise ValueError(f"The folder {name} holds the indicator {manifest['slug']}.")
    code = importlib.import_module(f"salus.learn.indicators.{name}.indicator")
    target = manifest.get("target_hours")
    return Entry(
        slug=name,
        title=manifest["title"],
        definition=manifest["definition"],
        target_hours=float(target) if target is not None else None,
        clauses=tuple(manifest["clauses"]),
        values=code.values,
    )
