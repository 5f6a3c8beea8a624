"""Check a site's samples and put them on the log scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, as_series
from salus.epi.errors import (
    InvalidParameterError,
    MissingInputError,
    NegativeInputError,
    ShapeMismatchError,
    TooShortError,
)
from salus.epi.wastewater.measurement import Measurements

LEAST = 5


@dataclass(frozen=True, slots=True)
class Samples:
    """One site's days.

    Attributes
    ----------
    value : FloatArray, shape (T,)
        Log concentration, or log limit where censored; NaN without a sample.
    censored : BoolArray, shape (T,)
    flow : FloatArray, shape (T,)
        Log flow; 0 without flow.

    """

    value: FloatArray
    censored: BoolArray
    flow: FloatArray

    def measurements(self) -> Measurements:
        """Only the days with a sample."""
        day = np.flatnonzero(~np.isnan(self.value))
        return Measurements(day, self.value[day], self.censored[day])


def read_samples(
    concentration: npt.ArrayLike, flow: npt.ArrayLike | None, limit: npt.ArrayLike | None
) -> tuple[list[Samples], bool]:
    """Return each site's samples and whether there was only one site.

    Raises
    ------
    EmptyInputError, ShapeMismatchError, TooShortError, NegativeInputError, MissingInputError, InvalidParameterError

    """
    table, single = as_series(concentration, "concentration", at_least=LEAST)
    least = _matched(limit, table, "limit")
    if least is not None and bool((least <= 0).any()):
        raise InvalidParameterError("limit must be above 0.")
    censored = np.zeros(table.shape, dtype=bool) if least is None else table < least
    if bool(((table == 0) & ~censored).any()):
        raise InvalidParameterError("concentration holds zeros: pass the limit of detection, or NaN for no sample.")
    value = np.where(censored, 1.0 if least is None else least, table)
    if int(((~np.isnan(table)) & ~censored).sum(axis=0).min()) < LEAST:
        raise TooShortError(f"a site has fewer than {LEAST} quantified samples: wait for more.")
    volume = _volume(flow, table)
    logs = np.log(value)
    return [Samples(logs[:, s], censored[:, s], volume[:, s]) for s in range(table.shape[1])], single


def _matched(values: npt.ArrayLike | None, table: FloatArray, name: str) -> FloatArray | None:
    """Values broadcast to the table: one number, one per day, or one per day and site."""
    if values is None:
        return None
    given = np.asarray(values, dtype=np.float64)
    given = given[:, None] if given.ndim == 1 else given
    if given.ndim > 2 or (
        given.ndim == 2 and (given.shape[0] != table.shape[0] or given.shape[1] not in (1, table.shape[1]))
    ):
        raise ShapeMismatchError(f"{name} must be one number, one per day, or one per day and site.")
    if np.isinf(given).any() or (name == "limit" and np.isnan(given).any()):
        raise MissingInputError(f"{name} holds a value that is not a number: correct it.")
    out: FloatArray = np.broadcast_to(given, table.shape).copy()
    return out


def _volume(flow: npt.ArrayLike | None, table: FloatArray) -> FloatArray:
    volume = _matched(flow, table, "flow")
    if volume is None:
        return np.zeros(table.shape)
    if bool((volume <= 0).any()):
        raise NegativeInputError("flow holds a value that is not above 0: correct it or set NaN.")
    if np.isnan(volume).all(axis=0).any():
        raise MissingInputError("a site has no flow at all: leave flow out.")
    filled = np.where(np.isnan(volume), np.nanmedian(volume, axis=0), volume)
    out: FloatArray = np.log(filled)
    return out
