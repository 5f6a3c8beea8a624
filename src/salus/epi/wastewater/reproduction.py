"""Reproduction numbers from concentrations in wastewater."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, as_levels, require
from salus.epi.errors import InvalidSerialIntervalError
from salus.epi.generation import SerialInterval, serial_interval_weights
from salus.epi.one_thread import in_one_thread
from salus.epi.wastewater.laplace import Prior
from salus.epi.wastewater.measurement import Measurements, draw_noise
from salus.epi.wastewater.mixture import NODES, Draws, integrate
from salus.epi.wastewater.renewal import Sewershed, reproduction
from salus.epi.wastewater.series import Samples, read_samples
from salus.epi.wastewater.smoothness import matern, with_level

QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)
# Length in days, standard deviation, and how uncertain that is, as in EpiSewer.
_LONG = (84.0, 0.4, 0.1)
_SHORT = (21.0, 0.2, 0.05)
# Swings within a week or two that samples hardly show: a quarter of the length again, of a
# size at which simulated sewers of many shapes are covered as they should be on average.
_QUICK = (5.25, 0.06)
_LEVEL_SD = 1.5
_HALF_SHED = 0.5 - 1e-9


@dataclass(frozen=True, slots=True)
class WastewaterRt:
    """Posterior of R and of what the sewer carries; arrays are ``(T, ...)`` or ``(T, S, ...)``.

    Attributes
    ----------
    quantiles : FloatArray, shape (T, Q)
        Of the reproduction number, by day of infection.
    quantile_levels : FloatArray, shape (Q,)
    median : FloatArray, shape (T,)
    samples : FloatArray, shape (T, N)
        Joint draws of the reproduction number.
    load : FloatArray, shape (T, Q)
        Expected load on the day: concentration times flow, or in the input's unit.
    concentration : FloatArray, shape (T, Q)
        A measurement of that day, noise included: what a held-out sample should be.
    infections : FloatArray, shape (T, Q)
        Infections, or the load that they will shed where `load_per_case` is not given.
    stray : FloatArray, shape (T,)
        Probability that the day's sample is an outlier; NaN without a sample.
    undefined : BoolArray, shape (T,)
        Nothing is known: never so here, since every day is modelled; kept for tables.
    uninformed : BoolArray, shape (T,)
        Less than half of what those infected on the day shed can be in a sample yet.
    method : str
    parameters : mapping
    diagnostics : mapping
        ``noise_sd`` on the log scale, quantiles at the levels.

    """

    quantiles: FloatArray
    quantile_levels: FloatArray
    median: FloatArray
    samples: FloatArray
    load: FloatArray
    concentration: FloatArray
    infections: FloatArray
    stray: FloatArray
    undefined: BoolArray
    uninformed: BoolArray
    method: str
    parameters: Mapping[str, object]
    diagnostics: Mapping[str, FloatArray]


@in_one_thread
def wastewater_rt(
    concentration: npt.ArrayLike,
    *,
    generation: npt.ArrayLike | SerialInterval,
    shedding: npt.ArrayLike,
    rng: np.random.Generator,
    flow: npt.ArrayLike | None = None,
    limit: npt.ArrayLike | None = None,
    incubation: npt.ArrayLike | None = None,
    load_per_case: float | None = None,
    quantiles: Sequence[float] = QUANTILES,
    draws: int = 1000,
    executor: Executor | None = None,
) -> WastewaterRt:
    r"""Estimate the reproduction number by day from concentrations at a treatment plant.

    Infections :math:`I` follow the renewal equation, are shed with delay :math:`s` after
    infection, diluted by the flow :math:`F` and measured with log-normal noise, a few
    stray samples and a limit of detection:

    .. math:: I_t = R_t \sum_{k \ge 1} g_k I_{t-k}, \qquad
              \log y_t = \log \sum_{k \ge 0} s_k I_{t-k} - \log F_t + \varepsilon_t .

    :math:`R_t = \log(1 + e^{4 x_t}) / 4` and :math:`x_t` is 1 plus a slow, a fast and a quick
    Gaussian process (Matern 3/2, 84, 21 and 5.25 days, standard deviations .4, .2 and .06).
    The path is found by Gauss-Newton steps, the posterior is normal about it (Laplace) and
    averaged over noise and smoothness on a grid.

    Parameters
    ----------
    concentration : array_like, shape (T,) or (T, S)
        Copies per volume by day, NaN where no sample was taken. Five quantified days or more.
    generation : array_like or SerialInterval
        Probability of a generation time of 0 (must be 0), 1, 2... days.
    shedding : array_like
        Share of the load shed 0, 1, 2... days after infection, or after onset if
        `incubation` is given.
    rng : numpy.random.Generator
        Same seed, same result.
    flow : array_like, shape (T,) or (T, S), optional
        Volume per day, in the volume unit of the concentration. Missing days take the median.
    limit : array_like, shape () or (T,) or (T, S), optional
        Limit of detection. Values below it, zeros too, say only that.
    incubation : array_like, optional
        Probability of 0, 1, 2... days from infection to onset.
    load_per_case : float, optional
        Load that one infection sheds in all, to put infections on their own scale.
    quantiles : sequence of float
        Levels in (0, 1).
    draws : int
        Draws of the posterior.
    executor : concurrent.futures.Executor, optional
        Works on plants side by side; the result is the same.

    Returns
    -------
    WastewaterRt

    Raises
    ------
    EmptyInputError, ShapeMismatchError, TooShortError, NegativeInputError, MissingInputError,
    InvalidParameterError, InvalidSerialIntervalError

    Notes
    -----
    Chance in who infects whom widens the interval only where `load_per_case` says how many
    infections there are; without it intervals are too narrow in small catchments.
    R of a day is known from the load that those infected on that day shed later: the last
    days lean on the days before, and `uninformed` says where.

    References
    ----------
    Lison A, Julian TR, Stadler T. Improving inference in wastewater-based epidemiology by
    modelling the statistical features of digital PCR. https://doi.org/10.1101/2024.10.14.618307
    Lison A. EpiSewer. https://doi.org/10.5281/zenodo.10569101 (smoothness priors and link)
    Huisman JS et al. Environ Health Perspect 2022;130:057011. https://doi.org/10.1289/EHP10050
    Rue H, Martino S, Chopin N. J R Stat Soc B 2009;71:319-92.
    https://doi.org/10.1111/j.1467-9868.2008.00700.x

    """
    levels = as_levels(quantiles)
    require(draws >= 10, "draws must be 10 or more.")
    require(load_per_case is None or load_per_case > 0, "load_per_case must be above 0.")
    sites, single = read_samples(concentration, flow, limit)
    weights = serial_interval_weights(generation, 60)[1:]
    shed = _since_infection(shedding, incubation)
    each = rng.spawn(len(sites))
    settings = (draws, load_per_case, levels)
    work = executor.map if executor is not None else map
    parts = list(work(_site, sites, repeat(weights), repeat(shed), repeat(settings), each))
    merged = [np.stack(column, axis=1) for column in zip(*parts, strict=True)]
    out = [column[:, 0] if single else column for column in merged]
    said = {
        "draws": draws,
        "load_per_case": load_per_case,
        "lengths": (_QUICK[0], _SHORT[0], _LONG[0]),
    }
    return _result(out, levels, said)


def _result(out: list[FloatArray], levels: FloatArray, settings: Mapping[str, object]) -> WastewaterRt:
    return WastewaterRt(
        out[0],
        levels,
        out[1],
        out[2],
        out[3],
        out[4],
        out[5],
        out[6],
        np.zeros(out[6].shape, dtype=bool),
        out[7].astype(bool),
        "renewal, Laplace",
        settings,
        {"noise_sd": out[8]},
    )


def _since_infection(shedding: npt.ArrayLike, incubation: npt.ArrayLike | None) -> FloatArray:
    shed = _distribution(shedding, "shedding")
    if incubation is None:
        return shed
    return np.convolve(_distribution(incubation, "incubation"), shed)


def _distribution(values: npt.ArrayLike, name: str) -> FloatArray:
    table = np.asarray(values, dtype=np.float64)
    good = table.ndim == 1 and table.size > 0 and bool(np.isfinite(table).all() and (table >= 0).all())
    if not good or abs(float(table.sum()) - 1) > 0.01:
        raise InvalidSerialIntervalError(f"{name} must be shares by day from day 0 on that sum to 1.")
    out: FloatArray = table / table.sum()
    return out


def _site(
    site: Samples,
    generation: FloatArray,
    shed: FloatArray,
    settings: tuple[int, float | None, FloatArray],
    rng: np.random.Generator,
) -> tuple[FloatArray, ...]:
    """All results of one site, each with days first."""
    count, per_case, levels = settings
    lead = generation.size + shed.size - 1
    steps = site.flow.size
    shed_model = Sewershed(generation, shed, lead + steps)
    seen = site.measurements()
    found = _posterior(shed_model, site, seen, _chance(shed_model, site, per_case), (count, rng))
    path, level = found.path[:-1], found.path[-1]
    number = reproduction(found.smooth[lead:-1])
    infected = shed_model.infections(path)
    load = level + np.log(np.maximum(shed_model.arrival(np.arange(lead, lead + steps)) @ infected, 1e-250))
    noise = draw_noise(load.shape, found.sd, rng)
    stray = np.full(steps, np.nan)
    at = load[seen.day] - site.flow[seen.day, None]
    stray[seen.day] = seen.stray(at, float(np.median(found.sd)))
    cases = np.exp(level) * infected[lead:] / (per_case or 1.0)
    waited = seen.day[-1] - np.arange(steps)
    share = np.cumsum(shed)[np.clip(waited, 0, shed.size - 1)]
    early = (waited < 0) | (share < _HALF_SHED)
    return (
        _quantiles(number, levels),
        np.median(number, axis=1),
        number,
        _quantiles(np.exp(load), levels),
        _quantiles(np.exp(load - site.flow[:, None] + noise), levels),
        _quantiles(cases, levels),
        stray,
        early,
        np.quantile(found.sd, levels),
    )


def _chance(model: Sewershed, site: Samples, per_case: float | None) -> FloatArray:
    """Variance that whole infections add to each day's number, shape (days,)."""
    if per_case is None:
        return np.zeros(model.days)
    known = ~np.isnan(site.value)
    day = np.flatnonzero(known)
    load = np.interp(np.arange(site.flow.size), day, (site.value + site.flow)[known])
    width = np.ones(min(15, load.size))
    smooth = np.convolve(load, width, "same") / np.convolve(np.ones_like(load), width, "same")
    lead = model.days - site.flow.size
    infected = np.exp(np.append(np.full(lead, smooth[0]), smooth)) / per_case
    out: FloatArray = 1.0 / np.maximum(infected, 1.0)
    return out


def _quantiles(values: FloatArray, levels: FloatArray) -> FloatArray:
    return np.moveaxis(np.quantile(values, levels, axis=1), 0, -1)


def _posterior(
    model: Sewershed,
    site: Samples,
    seen: Measurements,
    spread: FloatArray,
    settings: tuple[int, np.random.Generator],
) -> Draws:
    arrival = model.arrival(seen.day + model.days - site.flow.size)
    dilution = site.flow[seen.day]
    slow, fast = matern(model.days, _LONG[0]), matern(model.days, _SHORT[0])
    quick = _QUICK[1] ** 2 * matern(model.days, _QUICK[0])
    start = np.ones(model.days)
    level = float(np.median((seen.value + dilution)[: max(5, seen.value.size // 10)]))

    def forward(path: FloatArray) -> tuple[FloatArray, FloatArray]:
        load, slope = model.slopes(path[:-1], arrival)
        return load + path[-1] - dilution, np.column_stack([slope, np.ones(load.size)])

    priors = []
    for move, weight in NODES:
        for turn in (-1.0, 1.0):
            cover = (_SHORT[1] + move * _SHORT[2]) ** 2 * fast + (_LONG[1] + turn * _LONG[2]) ** 2 * slow
            mean, smooth = with_level(cover + quick, start, level, _LEVEL_SD)
            happened = smooth + np.diag(np.append(spread, 0.0))
            priors.append((Prior(mean, happened, smooth), np.log(weight / 2)))
    return integrate(forward, priors, seen, *settings)
