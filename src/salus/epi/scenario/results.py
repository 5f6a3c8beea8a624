"""Outputs of runs, their quantiles, and what two scenarios differ by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from salus.epi.arrays import FloatArray, as_levels, require
from salus.epi.reproduction import QUANTILES


@dataclass(frozen=True, slots=True, eq=False)
class PathQuantiles:
    """Quantiles of an output over runs, which `to_frame` lays out.

    Attributes
    ----------
    quantiles : FloatArray, shape (D, Q) or (D, S, Q)
    quantile_levels : FloatArray, shape (Q,)
    mean : FloatArray, shape (D,) or (D, S)
    labels : tuple of str
        One per series.
    runs : int

    """

    quantiles: FloatArray
    quantile_levels: FloatArray
    mean: FloatArray
    labels: tuple[str, ...]
    runs: int


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Outputs by day, place, group and run.

    Attributes
    ----------
    start : int
        Day of the first row.
    outputs : tuple of str
        "infections", "reported", "admissions", "beds" (occupied, ward), "icu" (occupied or
        needed), "deaths", "wastewater" (copies a day), "work_days_lost", "doses", and
        "infections:NAME" by variant.
    places, groups : tuple of str
        Zones or the city; strata or all.
    values : FloatArray, shape (D, outputs, places, groups, runs)

    """

    start: int
    outputs: tuple[str, ...]
    places: tuple[str, ...]
    groups: tuple[str, ...]
    values: FloatArray

    @classmethod
    def from_cells(
        cls,
        start: int,
        outputs: tuple[str, ...],
        places: tuple[str, ...],
        groups: tuple[str, ...],
        values: FloatArray,
    ) -> Self:
        """Return a course from values by day, output, cell and run."""
        days, kept, _cells, runs = values.shape
        return cls(start, outputs, places, groups, values.reshape(days, kept, len(places), len(groups), runs))

    def path(self, output: str) -> FloatArray:
        """One output, shape (D, places, groups, runs), without axes of length 1 but the first.

        Raises
        ------
        InvalidParameterError
            If the output was not kept.

        """
        require(output in self.outputs, f"{output!r} was not kept: there are {list(self.outputs)}.")
        values = self.values[:, self.outputs.index(output)]
        keep = [size for size in values.shape[1:] if size > 1]
        return values.reshape(values.shape[0], *keep)

    def city(self, output: str) -> FloatArray:
        """One output summed over places and groups, shape (D, runs)."""
        require(output in self.outputs, f"{output!r} was not kept: there are {list(self.outputs)}.")
        out: FloatArray = self.values[:, self.outputs.index(output)].sum(axis=(1, 2))
        return out

    def total(self, output: str) -> FloatArray:
        """One output summed over days, places and groups, by run: (runs,)."""
        out: FloatArray = self.city(output).sum(axis=0)
        return out

    def quantiles(self, output: str, *, levels: Sequence[float] = QUANTILES) -> PathQuantiles:
        """Quantiles over runs by day and series.

        Parameters
        ----------
        output : str
            Which.
        levels : sequence of float
            In (0, 1).

        Returns
        -------
        PathQuantiles

        """
        require(output in self.outputs, f"{output!r} was not kept: there are {list(self.outputs)}.")
        chosen = as_levels(levels)
        days, runs = self.values.shape[0], self.values.shape[-1]
        series = self.values[:, self.outputs.index(output)].reshape(days, -1, runs)
        table = np.moveaxis(np.quantile(series, chosen, axis=-1), 0, -1)
        mean = series.mean(axis=-1)
        labels = tuple(
            place if len(self.groups) == 1 else f"{place}/{group}" for place in self.places for group in self.groups
        )
        if series.shape[1] == 1:
            table, mean = table[:, 0], mean[:, 0]
        return PathQuantiles(table, chosen, mean, labels, runs)
