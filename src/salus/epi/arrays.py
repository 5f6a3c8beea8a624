"""Check and shape the arrays that enter the library.

Every public function works on ``(T, S)`` inside: time first, series second. A
one-dimensional input is one series, and its results lose the series axis again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from salus.epi.errors import (
    EmptyInputError,
    InvalidParameterError,
    MissingInputError,
    NegativeInputError,
    ShapeMismatchError,
    TooShortError,
)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def as_floats(values: npt.ArrayLike, name: str) -> FloatArray:
    """Return numbers as an array of floats.

    Parameters
    ----------
    values : array_like
        Numbers in any shape.
    name : str
        What the caller calls the argument, for the error message.

    Raises
    ------
    InvalidParameterError
        If a value is no number, or the rows differ in length.

    """
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidParameterError(
            f"{name} cannot be read as numbers: {error}. Pass rows of equal length that hold numbers, or NaN."
        ) from error


def as_series(
    values: npt.ArrayLike,
    name: str,
    *,
    at_least: int = 1,
    missing: bool = True,
    negative: bool = False,
) -> tuple[FloatArray, bool]:
    """Return ``(T, S)`` float values and whether the input was one series.

    Parameters
    ----------
    values : array_like, shape (T,) or (T, S)
        Counts or rates, time first.
    name : str
        What the caller calls the argument, for the error message.
    at_least : int
        Fewest time steps the method can work with.
    missing : bool
        Whether NaN may stand for a missing value.
    negative : bool
        Whether values below zero are allowed.

    Raises
    ------
    InvalidParameterError, EmptyInputError, ShapeMismatchError, TooShortError, MissingInputError, NegativeInputError

    """
    array = as_floats(values, name)
    if array.size == 0:
        raise EmptyInputError(f"{name} is empty: pass at least {at_least} time steps.")
    if array.ndim not in (1, 2):
        raise ShapeMismatchError(f"{name} has {array.ndim} axes: pass (time,) or (time, series).")
    single = array.ndim == 1
    table = array[:, None] if single else array
    if table.shape[0] < at_least:
        raise TooShortError(
            f"{name} has {table.shape[0]} time steps, the method needs {at_least}: "
            "wait for more data or lower the window."
        )
    _check_values(table, name, missing=missing, negative=negative)
    return table, single


def _check_values(table: FloatArray, name: str, *, missing: bool, negative: bool) -> None:
    if np.isinf(table).any():
        raise MissingInputError(f"{name} holds an infinite value: correct it or set NaN.")
    if not missing and np.isnan(table).any():
        raise MissingInputError(f"{name} holds NaN and every value is needed: fill or drop those rows.")
    if not negative and bool((table < 0).any()):
        raise NegativeInputError(f"{name} holds a negative count: pass totals, not corrections, or clip.")


def as_levels(quantiles: Sequence[float]) -> FloatArray:
    """Return quantile levels as a sorted array in (0, 1).

    Raises
    ------
    InvalidParameterError
        If there is none, or one lies outside (0, 1).

    """
    levels = np.unique(as_floats(quantiles, "quantiles"))
    if levels.size == 0 or not bool(((levels > 0) & (levels < 1)).all()):
        raise InvalidParameterError("quantiles must lie strictly between 0 and 1, for example (0.025, 0.5, 0.975).")
    return levels


def require(condition: bool, message: str) -> None:
    """Raise `InvalidParameterError` with a message unless the condition holds."""
    if not condition:
        raise InvalidParameterError(message)
