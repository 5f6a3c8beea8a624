"""What a simulated outbreak gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.agents.state import FLOWS, STOCKS
from salus.epi.arrays import FloatArray, IntArray, as_levels, require

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


@dataclass(frozen=True, slots=True)
class Transmissions:
    """Who infected whom, in order; people infected on day 0 from outside are not in it.

    Attributes
    ----------
    source, target : array of int32
        Persons.
    day : array of int16
    layer : array of uint8
        0 household, 1 school, 2 work, 3 community.

    """

    source: npt.NDArray[np.int32]
    target: npt.NDArray[np.int32]
    day: npt.NDArray[np.int16]
    layer: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Outbreak:
    """One simulated outbreak.

    Attributes
    ----------
    flows : array of int32, shape (T, 11, A)
        Events by day, kind and age band; `of` names the kinds.
    stocks : IntArray, shape (T, 5)
        People in a state at the end of the day; `now` names the states.
    age_edges : tuple of float
        Lower ends of the age bands.
    people : int
    transmissions : Transmissions or None
        Only if asked for.

    """

    flows: npt.NDArray[np.int32]
    stocks: IntArray
    age_edges: tuple[float, ...]
    people: int
    transmissions: Transmissions | None = None

    def of(self, kind: str, *, by_age: bool = False) -> IntArray:
        """Events by day, shape (T,), or by day and age band, shape (T, A).

        Parameters
        ----------
        kind : str
            infections (those of day 0 from outside included), symptomatic, severe, critical,
            recoveries, deaths, tests, positives (by day of result), traced, quarantined or
            vaccinated.
        by_age : bool
            Whether to split by age band.

        Raises
        ------
        InvalidParameterError

        """
        table = self.flows[:, _index(kind, FLOWS)].astype(np.int64)
        return table if by_age else np.asarray(table.sum(axis=1), dtype=np.int64)

    def now(self, state: str) -> IntArray:
        """People in a state at the end of each day, shape (T,).

        Parameters
        ----------
        state : str
            infected, in_severe (critical ones included), in_critical, in_quarantine or
            in_isolation.

        Raises
        ------
        InvalidParameterError

        """
        return self.stocks[:, _index(state, STOCKS)]


@dataclass(frozen=True, slots=True)
class OutbreakQuantiles:
    """Quantiles over runs, in the shape that `to_frame` takes.

    Attributes
    ----------
    quantiles : FloatArray, shape (T, Q)
    quantile_levels : FloatArray, shape (Q,)
    kind : str

    """

    quantiles: FloatArray
    quantile_levels: FloatArray
    kind: str


@dataclass(frozen=True, slots=True)
class OutbreakEnsemble:
    """Many simulated outbreaks.

    Attributes
    ----------
    flows : array of int32, shape (R, T, 11, A)
    stocks : IntArray, shape (R, T, 5)
    age_edges : tuple of float
    people : int

    """

    flows: npt.NDArray[np.int32]
    stocks: IntArray
    age_edges: tuple[float, ...]
    people: int

    def of(self, kind: str) -> IntArray:
        """Events by day and run, shape (T, R); kinds as in `Outbreak.of`, states as in `Outbreak.now`."""
        if kind in STOCKS:
            return self.stocks[:, :, _index(kind, STOCKS)].T
        return np.asarray(self.flows[:, :, _index(kind, FLOWS)].sum(axis=2, dtype=np.int64).T)

    def summary(self, kind: str, *, cumulative: bool = False, quantiles: Sequence[float] = LEVELS) -> OutbreakQuantiles:
        """Quantiles over the runs by day.

        Parameters
        ----------
        kind : str
            As in `of`.
        cumulative : bool
            Sum up to each day, for events.
        quantiles : sequence of float
            Levels in (0, 1).

        Returns
        -------
        OutbreakQuantiles

        Raises
        ------
        InvalidParameterError

        """
        levels, samples = as_levels(quantiles), self.of(kind).astype(np.float64)
        require(not (cumulative and kind in STOCKS), f"{kind} is a number of people at a time: it has no running sum.")
        if cumulative:
            samples = samples.cumsum(axis=0)
        return OutbreakQuantiles(np.quantile(samples, levels, axis=1).T, levels, kind)


def _index(name: str, names: tuple[str, ...]) -> int:
    require(name in names, f"unknown kind {name!r}: choose one of {', '.join(names)}.")
    return names.index(name)
