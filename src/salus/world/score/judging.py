"""Whether a signal or an alert was false, by the truth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from salus.world.feeds.truth import TruthReader
from salus.world.score.records import Warned
from salus.world.truth.run import Run

# It is false where nobody in its area was infected in so many days before.
_LOOK_BACK = 28


def false_ones(run: Run, warned: Sequence[Warned]) -> list[bool]:
    """Tell of each signal or alert whether it was false: nobody in its area had been infected of late."""
    by_zone = _harm_by_zone(run)
    number = {zone: place for place, zone in enumerate(run.place.zones)}
    return [
        not _any_infected(by_zone, _span(run, row), [number[z] for z in row.zones if z in number]) for row in warned
    ]


def _harm_by_zone(run: Run) -> np.ndarray:
    truth = TruthReader(run)
    days = (truth.day(day).values for day in range(run.day))
    return np.stack([(values["infections"] + values["admissions"]).sum(axis=1) for values in days])


def _span(run: Run, row: Warned) -> slice:
    last = (row.on - run.start) // timedelta(days=1)
    return slice(max(last - _LOOK_BACK, 0), max(last + 1, 0))


def _any_infected(by_zone: np.ndarray, span: slice, zones: list[int]) -> bool:
    days = by_zone[span]
    return bool((days[:, zones] if zones else days).sum() > 0)
