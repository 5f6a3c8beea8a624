"""Burn rate and days of supply, as the calculator of the CDC works them out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, as_floats
from salus.epi.errors import (
    EmptyInputError,
    MissingInputError,
    NegativeInputError,
    ShapeMismatchError,
    TooShortError,
)

_BLOCK = 1 << 14


@dataclass(frozen=True, slots=True)
class BurnRate:
    """How fast stock is used; arrays have the input's shape without the days.

    Attributes
    ----------
    rate : FloatArray
        Units a day: mean use over the days that count.
    cover : FloatArray
        Days of supply at that rate; infinite where nothing is used.
    per_patient : FloatArray
        Units per patient and day; NaN without patients.
    stock : FloatArray
        Last known stock.
    days : IntArray
        Days that count.
    unexplained : IntArray
        Days left out because stock rose by more than was received: a delivery was not
        written down.
    undefined : BoolArray
        No day counts: rate and cover are NaN.

    """

    rate: FloatArray
    cover: FloatArray
    per_patient: FloatArray
    stock: FloatArray
    days: npt.NDArray[np.int64]
    unexplained: npt.NDArray[np.int64]
    undefined: BoolArray

    def with_patients(self, patients: npt.ArrayLike) -> FloatArray:
        """Days of supply if so many patients are there every day.

        Parameters
        ----------
        patients : array_like
            Patients a day, a number or one per item and site.

        """
        need = self.per_patient * np.asarray(patients, dtype=np.float64)
        return days_of_supply(self.stock, need)


def burn_rate(
    stock: npt.ArrayLike,
    *,
    received: npt.ArrayLike | None = None,
    patients: npt.ArrayLike | None = None,
) -> BurnRate:
    r"""Burn rate and days of supply from counts of stock, for any items and sites at once.

    With stock :math:`s_t` counted once a day and :math:`r_t` received between the counts of
    day *t* and *t + 1*, use is :math:`u_t = s_t + r_t - s_{t+1}`, the rate is its mean, and

    .. math:: \text{days of supply} = s_T / \bar u, \qquad
              \text{per patient} = \sum_t u_t / \sum_t p_t .

    Parameters
    ----------
    stock : array_like, shape (T, ...)
        Units at each day's count, two days or more. NaN where nobody counted.
    received : array_like, shape (T, ...), optional
        Units received after each day's count; the last day's are not used. NaN is none.
    patients : array_like, shape (T,) or (T, ...), optional
        Patients cared for between the counts of each day and the next.

    Returns
    -------
    BurnRate

    Raises
    ------
    EmptyInputError, ShapeMismatchError, TooShortError, NegativeInputError, MissingInputError

    Notes
    -----
    A day counts if it and the next were counted, and if stock did not rise by more than was
    received: that is a delivery nobody wrote down, and says nothing about use.

    References
    ----------
    CDC, NIOSH. Personal Protective Equipment (PPE) Burn Rate Calculator, 2021.
    https://www.cdc.gov/coronavirus/2019-ncov/hcp/ppe-strategy/burn-calculator.html

    """
    table = _table(stock, "stock")
    if table.shape[0] < 2:
        raise TooShortError("stock has one day: a burn rate needs two counts or more.")
    come = None if received is None else _same(received, table, "received")
    people = None if patients is None else _same(patients, table, "patients")
    total, days, odd, cared = (part.reshape(table.shape[1:]) for part in _used(table, come, people))
    rate = np.divide(total, days, out=np.full(total.shape, np.nan), where=days > 0)
    each = np.divide(total, cared, out=np.full(total.shape, np.nan), where=cared > 0)
    last = _last(table)
    return BurnRate(
        rate, days_of_supply(last, rate), each, last, days.astype(np.int64), odd.astype(np.int64), days == 0
    )


def _used(table: FloatArray, come: FloatArray | None, people: FloatArray | None) -> FloatArray:
    """Use, days that count, days left out and patients of each item, shape (4, items)."""
    flat = table.reshape(table.shape[0], -1)
    received = None if come is None else np.nan_to_num(come).reshape(flat.shape)
    cared = None if people is None else np.nan_to_num(people).reshape(flat.shape)
    out = np.zeros((4, flat.shape[1]))
    # Blocks that fit the processor's cache: each is then read once from memory.
    for first in range(0, flat.shape[1], _BLOCK):
        part = slice(first, first + _BLOCK)
        for day in range(flat.shape[0] - 1):
            use = flat[day, part] - flat[day + 1, part]
            if received is not None:
                use += received[day, part]
            sound = use >= 0
            out[0, part] += np.where(sound, use, 0.0)
            out[1, part] += sound
            out[2, part] += use < 0
            if cared is not None:
                out[3, part] += np.where(sound, cared[day, part], 0.0)
    return out


def days_of_supply(stock: npt.ArrayLike, rate: npt.ArrayLike) -> FloatArray:
    """Stock over rate: infinite where stock lasts for ever, NaN where either is unknown.

    Parameters
    ----------
    stock : array_like
        Units.
    rate : array_like
        Units a day.

    Returns
    -------
    FloatArray
        Days, of the common shape. An empty store at rate 0 covers 0 days.

    """
    have, use = np.broadcast_arrays(as_floats(stock, "stock"), as_floats(rate, "rate"))
    if have.size == 0:
        raise EmptyInputError("stock or rate is empty: pass one number per item.")
    if bool((have < 0).any() or (use < 0).any()):
        raise NegativeInputError("stock or rate holds a negative number of units: correct it.")
    forever = np.where(have > 0, np.inf, np.where(np.isnan(have) | np.isnan(use), np.nan, 0.0))
    out = np.where(np.isnan(use), np.nan, forever)
    return np.asarray(np.divide(have, use, out=out, where=use > 0), dtype=np.float64)


def _table(values: npt.ArrayLike, name: str) -> FloatArray:
    table = as_floats(values, name)
    if table.size == 0 or table.ndim == 0:
        raise EmptyInputError(f"{name} is empty: pass one count a day, days first.")
    if np.isinf(table).any():
        raise MissingInputError(f"{name} holds an infinite value: correct it or set NaN.")
    if bool((table < 0).any()):
        raise NegativeInputError(f"{name} holds a negative number of units: correct it.")
    return table


def _same(values: npt.ArrayLike, table: FloatArray, name: str) -> FloatArray:
    given = _table(values, name)
    if given.shape[0] != table.shape[0] or given.ndim > table.ndim:
        raise ShapeMismatchError(f"{name} must have the days of stock, or its whole shape.")
    given = given.reshape(*given.shape, *[1] * (table.ndim - given.ndim))
    try:
        return np.broadcast_to(given, table.shape)
    except ValueError as wrong:
        raise ShapeMismatchError(f"{name} does not fit stock: one value per day, or the same shape.") from wrong


def _last(table: FloatArray) -> FloatArray:
    """Last count of each item that was made; NaN if none was."""
    last = table[-1].copy()
    for day in range(table.shape[0] - 2, -1, -1):
        gap = np.isnan(last)
        if not gap.any():
            break
        last = np.where(gap, table[day], last)
    return np.asarray(last, dtype=np.float64)
