"""What a city could know of an emergency on a morning, from reports and returns, in a replay without feeds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from salus.epi.scenario import discretised_delay
from salus.world.city.people import SEGMENTS
from salus.world.truth.place import BANDS, FloatArray, Place

# A return speaks of the day before it comes, and is read on the morning after.
RETURNS_DAYS = 2
WEEK = 7


@dataclass(frozen=True, slots=True)
class Reported:
    """Which of the infected are ever reported, and how many days later."""

    share_by_segment: tuple[float, ...]
    delay_days: tuple[float, float]


@dataclass(slots=True)
class Knowledge:
    """Follows the truth, and tells of it only what had come in.

    Reports are expected ones: each infection is reported with its segment's share, after its delay. The
    laboratory feed of a run draws them, with weekends and silent laboratories; that is not repeated here.
    """

    place: Place
    reported: Reported
    beds: tuple[float, float]
    _ahead: FloatArray = field(init=False)
    _share: FloatArray = field(init=False)
    _delay: FloatArray = field(init=False)
    _week: deque[float] = field(init=False)
    _returns: deque[tuple[float, float, float]] = field(init=False)

    def __post_init__(self) -> None:
        self._delay = discretised_delay(*self.reported.delay_days)
        self._ahead = np.zeros(self._delay.size + 1)
        self._share = np.tile(np.asarray(self.reported.share_by_segment), BANDS)
        self._week = deque(maxlen=WEEK)
        self._returns = deque(maxlen=RETURNS_DAYS)

    def add(self, infections: FloatArray, totals: dict[str, float]) -> None:
        """Let a day happen."""
        found = float((infections.sum(axis=0) * self._share).sum())
        self._ahead[: self._delay.size] += found * self._delay
        self._week.append(float(np.rint(self._ahead[0])))
        # What was rounded away today is reported tomorrow: nobody is lost.
        rest = self._ahead[0] - self._week[-1]
        self._ahead[:-1] = self._ahead[1:]
        self._ahead[-1] = 0.0
        self._ahead[0] += rest
        self._returns.append((totals["beds"], totals["icu"], totals["admissions"]))

    def signals(self) -> dict[str, float]:
        """Return what is known on the next morning."""
        whole = len(self._returns) == RETURNS_DAYS
        ward, icu, admitted = self._returns[0] if whole else (0.0, 0.0, 0.0)
        cases = float(sum(self._week))
        return {
            "cases_week": cases,
            "cases_week_per_100k": 100_000 * cases / max(float(self.place.people.sum()), 1.0),
            "ward_taken": ward / max(self.beds[0], 1.0),
            "icu_taken": icu / max(self.beds[1], 1.0),
            "admissions_per_100k": 100_000 * admitted / max(float(self.place.people.sum()), 1.0),
        }


def reported_in(emergency: object) -> Reported:
    """Return what an emergency says of reporting; one that says nothing has a third reported after a week."""
    for part in (emergency, getattr(emergency, "infection", None)):
        reporting = getattr(part, "reporting", None)
        if reporting is not None:
            return Reported(tuple(reporting.ascertainment_by_segment), tuple(reporting.delay_days))
    return Reported((1 / 3,) * len(SEGMENTS), (7.0, 3.0))
