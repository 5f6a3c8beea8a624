"""A line list of illness and exposures, read exposure by exposure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, as_series
from salus.epi.common_source.tables import TwoByTwo, two_by_two
from salus.epi.errors import InvalidParameterError, ShapeMismatchError


@dataclass(frozen=True, slots=True)
class AttackRates:
    """Every exposure of a line list against illness, the most telling first.

    Attributes
    ----------
    exposures : tuple of str
        Names, by rising exact p-value.
    tables : tuple of TwoByTwo
    explained : FloatArray, shape (E,)
        Share of the ill who were exposed: a vehicle must explain most of them.
    missing : FloatArray, shape (E,)
        People whose exposure is unknown; they are left out of that exposure's table.

    """

    exposures: tuple[str, ...]
    tables: tuple[TwoByTwo, ...]
    explained: FloatArray
    missing: FloatArray


def attack_rates(
    ill: npt.ArrayLike, exposures: npt.ArrayLike, names: Sequence[str], *, level: float = 0.95
) -> AttackRates:
    """Tabulate every exposure of a line list against illness.

    Parameters
    ----------
    ill : array_like, shape (N,)
        1 or True if ill, 0 if well.
    exposures : array_like, shape (N, E)
        1 if exposed, 0 if not, NaN if unknown.
    names : sequence of str
        One name per exposure.
    level : float
        Of the intervals, in (0, 1).

    Returns
    -------
    AttackRates

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError,
    InvalidParameterError

    References
    ----------
    Gross MB. Oswego County revisited. Public Health Rep 1976;91:168-70.
    https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1438525

    """
    sick, single = as_series(ill, "ill", missing=False)
    table, _ = as_series(exposures, "exposures")
    if not single or table.shape != (sick.shape[0], len(names)):
        raise ShapeMismatchError("exposures must have one row per person and one column per name.")
    known = np.isfinite(table)
    if bool((~np.isin(sick, (0, 1))).any() or (~np.isin(table[known], (0, 1))).any()):
        raise InvalidParameterError("ill and exposures must be 0 or 1 (NaN for an unknown exposure).")
    found = [_table(sick[:, 0], column, level) for column in table.T]
    order = sorted(range(len(names)), key=lambda place: found[place].fisher_two_sided)
    cases = [float(each.table[:, 0].sum()) for each in found]
    explained = np.array([each.table[0, 0] / n if n else np.nan for each, n in zip(found, cases, strict=True)])
    return AttackRates(
        tuple(names[place] for place in order),
        tuple(found[place] for place in order),
        explained[order],
        (~known).sum(axis=0).astype(np.float64)[order],
    )


def _table(ill: FloatArray, exposed: FloatArray, level: float) -> TwoByTwo:
    cells = [[float(((exposed == e) & (ill == i)).sum()) for i in (1, 0)] for e in (1, 0)]
    return two_by_two(np.array(cells), level=level)
