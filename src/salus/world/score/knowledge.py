"""What a city could know of an emergency on a morning, from reports and returns, in a replay without feeds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from salus.epi.scenario import discretised_delay
from salus.world.city.people import SEGMENTS
from salus.world.emergency import CommonSource, Heat, Infection, Unknown
from salus.world.emergency_kinds import Telling
from salus.world.truth.place import BANDS, FloatArray, Place

# A return speaks of the day before it comes, and is read on the morning after.
RETURNS_DAYS = 2
WEEK = 7
# A heat wave is forecast so many days ahead.
FORECAST_DAYS = 2
# From the doctor to the list.
_NOTING_DAYS = 1.0


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
    heats: tuple[Heat, ...] = ()
    _days: int = field(init=False, default=0)
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
        self._days += 1
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
            "heat_warning": float(any(self._is_forecast(heat) for heat in self.heats)),
        }

    def _is_forecast(self, heat: Heat) -> bool:
        """Tell whether a heat wave is on today, or forecast for the days that forecasts reach."""
        return heat.begins_on_day - FORECAST_DAYS <= self._days < heat.begins_on_day + heat.days


def reported_in(described: Infection | CommonSource | Unknown | Heat) -> Reported:
    """Return who of the infected or poisoned is ever reported, and how long after: by a laboratory, or by doctors."""
    if isinstance(described, Infection):
        reporting = described.reporting
        return Reported(reporting.ascertainment_by_segment, reporting.delay_days)
    if isinstance(described, CommonSource):
        lag = described.incubation
        return _told_by_doctors(described.telling, lag.mean_hours, lag.sd_hours)
    if isinstance(described, Unknown) and described.source is not None:
        return reported_in(described.source)
    if isinstance(described, Unknown) and described.infection is not None and described.telling is not None:
        # As the laboratories are late, so are those who only note complaints.
        return Reported(described.telling.sees_a_doctor_by_segment, described.infection.reporting.delay_days)
    return Reported((0.0,) * len(SEGMENTS), (1.0, 1.0))


def _told_by_doctors(telling: Telling, mean_hours: float, sd_hours: float) -> Reported:
    wait, spread = telling.hours_to_doctor
    days = (mean_hours + wait) / 24 + _NOTING_DAYS
    return Reported(telling.sees_a_doctor_by_segment, (days, float(np.hypot(sd_hours, spread)) / 24))
