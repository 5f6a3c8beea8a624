"""What measures change: scenarios run on the same chance, so that differences are sharp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, require
from salus.epi.scenario.engine import Variation, simulate
from salus.epi.scenario.model import InForce, Model


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """What is done: measures in force, and vaccine doses by day."""

    orders: tuple[InForce, ...] = ()
    doses: npt.ArrayLike | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "orders", tuple(self.orders))


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Sums over days by scenario, and how they differ from the reference run by run.

    Attributes
    ----------
    names, outputs : tuple of str
        S scenarios, K outputs. Occupied beds sum to bed days.
    reference : str
    totals : FloatArray, shape (S, K, runs)
    difference : FloatArray, shape (S, K)
        Mean of scenario less reference.
    lower, upper : FloatArray, shape (S, K)
        Between which 95 % of the runs' differences lie: what chance leaves open.
    standard_error : FloatArray, shape (S, K)
        Of the mean difference; more runs make it smaller.
    variance_reduction : FloatArray, shape (S, K)
        How many times more runs would be needed without common random numbers; NaN for the
        reference, infinite where every run differs alike.

    """

    names: tuple[str, ...]
    outputs: tuple[str, ...]
    reference: str
    totals: FloatArray
    difference: FloatArray
    lower: FloatArray
    upper: FloatArray
    standard_error: FloatArray
    variance_reduction: FloatArray


def compare(
    model: Model,
    scenarios: Mapping[str, Scenario],
    *,
    days: int,
    rng: np.random.Generator,
    runs: int = 200,
    reference: str | None = None,
    outputs: Sequence[str] = ("infections", "admissions", "deaths"),
    variation: Variation | None = None,
    executor: Executor | None = None,
) -> Comparison:
    r"""Compare scenarios under common random numbers.

    Run *n* of every scenario uses the same number for the same event (day, zone, stratum,
    kind), so that runs differ by what was done and hardly by chance.

    Parameters
    ----------
    model : Model
        The epidemic and the city.
    scenarios : mapping of str to Scenario
        At least two.
    days, variation, executor
        As in `simulate`.
    rng : numpy.random.Generator
        Same seed, same result.
    runs : int
        2 or more.
    reference : str, optional
        What others are compared with. Default: the first.
    outputs : sequence of str
        What is summed over days.

    Returns
    -------
    Comparison

    Raises
    ------
    InvalidParameterError
        For fewer than two scenarios or runs. Others as `simulate`.

    Notes
    -----
    With totals *A* and *B* the variance reduction is
    :math:`(\operatorname{var} A + \operatorname{var} B) / \operatorname{var}(A - B)`.

    References
    ----------
    Glasserman P, Yao DD. Some guidelines and guarantees for common random numbers. Manage Sci
    1992;38:884-908. https://doi.org/10.1287/mnsc.38.6.884

    """
    require(len(scenarios) >= 2, "Pass at least two scenarios to compare.")
    require(runs >= 2, "runs must be 2 or more, to tell chance from effect.")
    names = tuple(scenarios)
    base = names[0] if reference is None else reference
    require(base in names, f"Unknown reference {base!r}: the scenarios are {list(names)}.")
    seed = int(rng.integers(0, 2**63))
    totals = np.empty((len(names), len(outputs), runs))
    for index, scenario in enumerate(scenarios.values()):
        course = simulate(
            model,
            days=days,
            rng=np.random.default_rng(seed),
            runs=runs,
            orders=scenario.orders,
            doses=scenario.doses,
            keep=outputs,
            variation=variation,
            executor=executor,
        )
        totals[index] = [course.total(output) for output in outputs]
    return contrast(totals, names, tuple(outputs), base)


def contrast(totals: FloatArray, names: tuple[str, ...], outputs: tuple[str, ...], base: str) -> Comparison:
    """Compare totals by scenario, output and run (S, K, runs), run by run, with those of `base`."""
    mine = totals[names.index(base)]
    gap = totals - mine
    spread = gap.var(axis=-1, ddof=1)
    apart = totals.var(axis=-1, ddof=1) + mine.var(axis=-1, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        reduction = apart / spread
    reduction[names.index(base)] = np.nan
    lower, upper = np.quantile(gap, [0.025, 0.975], axis=-1)
    error = np.sqrt(spread / totals.shape[-1])
    return Comparison(names, outputs, base, totals, gap.mean(axis=-1), lower, upper, error, reduction)
