"""What each kind of method takes and gives. The dataclasses are those of `salus.epi`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from salus.epi.arrays import BoolArray, FloatArray
from salus.epi.forecasting import Forecast
from salus.epi.nowcasting import Nowcast
from salus.epi.reproduction import RtResult
from salus.epi.triangles import ReportingTriangle

Parameters = Mapping[str, Any]


class CannotSay(Exception):
    """The method has nothing to say on these data; the code names why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Detection:
    """What a detector says of the last row of each series; all of shape (S,)."""

    expected: FloatArray
    upper: FloatArray
    score: FloatArray
    alarm: BoolArray
    undefined: BoolArray


class Detector(Protocol):
    """Is the newest count of each series out of line with those before?"""

    steps: int

    def run(self, counts: FloatArray, parameters: Parameters) -> Detection:
        """Judge the last row of counts (T, S)."""
        ...


class Nowcaster(Protocol):
    """What will the newest counts be once all reports are in?"""

    def run(self, triangle: ReportingTriangle, parameters: Parameters, rng: np.random.Generator) -> Nowcast:
        """Correct the newest counts of S series."""
        ...


class Reproduction(Protocol):
    """How many others does one case infect?"""

    def run(self, nowcast: Nowcast, parameters: Parameters, rng: np.random.Generator) -> RtResult:
        """Estimate R on a nowcast."""
        ...


class Forecaster(Protocol):
    """What comes in the next steps?"""

    def run(
        self,
        history: FloatArray,
        uncertain: FloatArray | None,
        horizon: int,
        step_days: int,
        parameters: Parameters,
        rng: np.random.Generator,
    ) -> Forecast:
        """Forecast S series of steps of so many days; `uncertain` are draws of the last steps."""
        ...
