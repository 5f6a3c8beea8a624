"""Run a model: whole ensembles at once, or day by day from a state that can be kept."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, require
from salus.epi.errors import MissingInputError, NegativeInputError, ShapeMismatchError
from salus.epi.scenario.caution import contact_left, remember
from salus.epi.scenario.checks import check_days
from salus.epi.scenario.compiled import Compiled, compile_model
from salus.epi.scenario.measures import Factors, measure_factors
from salus.epi.scenario.mixing import Mixing, build_mixing
from salus.epi.scenario.model import InForce, Model
from salus.epi.scenario.results import Course
from salus.epi.scenario.state import State, begin_block

if TYPE_CHECKING:
    from salus.epi.scenario.spread_kernel import Day

# Runs that are carried side by side; fixed, so that results never depend on the workers.
BLOCK = 64
# Days between transmission and care: few, because infections by zone take much memory.
_CHUNK = 16


@dataclass(frozen=True, slots=True, eq=False)
class Variation:
    """How runs differ from the model, for example by draws from a posterior.

    Parameters
    ----------
    transmission : array_like, shape (D,) or (D, runs), optional
        Factor on transmission by day, 0 or more: season, or a calibrated path.
    seeds : array_like, shape (runs,), optional
        Factor on the size of every seed.
    ascertainment : array_like, shape (runs,), optional
        Factor on ascertainment; the share stays at most 1.

    """

    transmission: npt.ArrayLike | None = None
    seeds: npt.ArrayLike | None = None
    ascertainment: npt.ArrayLike | None = None


class _Inputs(NamedTuple):
    """What a block of runs is given."""

    compiled: Compiled
    model: Model
    factors: Factors
    mixing: Mixing
    closed: FloatArray
    doses: FloatArray
    local: FloatArray
    transmission: FloatArray
    seeds: FloatArray
    ascertainment: FloatArray


def simulate(
    model: Model,
    *,
    days: int,
    rng: np.random.Generator | None = None,
    runs: int = 1,
    orders: Sequence[InForce] = (),
    doses: npt.ArrayLike | None = None,
    by: Sequence[str] = (),
    keep: Sequence[str] | None = None,
    variation: Variation | None = None,
    executor: Executor | None = None,
) -> Course:
    r"""Run an epidemic from its first day: with chance if `rng` is given, else its expectation.

    Parameters
    ----------
    model : Model
        The epidemic and the city.
    days : int
        1 or more.
    rng : numpy.random.Generator, optional
        Same seed, same result, whatever the executor. Without it the run is deterministic.
    runs : int
        1 or more. Deterministic runs differ only by `variation`.
    orders : sequence of InForce
        Measures in force.
    doses : array_like, shape (days,), optional
        Vaccine doses that arrive on each day; what is not given stays in stock.
    by : sequence of str
        What outputs are told apart by: any of ``"zone"``, ``"stratum"``. Default: the city.
    keep : sequence of str, optional
        Outputs to keep. Default: all. An output takes 8 bytes per day, place, group and run.
    variation : Variation, optional
        How runs differ from the model.
    executor : concurrent.futures.Executor, optional
        Runs are shared out in blocks of 64.

    Returns
    -------
    Course

    Raises
    ------
    InvalidParameterError, ShapeMismatchError, NegativeInputError, MissingInputError

    Notes
    -----
    Infections of day *t* of variant *v* among the people of immunity class *j* in zone *i*
    and stratum *a* are binomial, :math:`I \sim B(n_{jia}, 1 - e^{-\Lambda})`, with

    .. math:: \Lambda = \beta_v \sigma_{jv} \sum_s \kappa_{sia} \sum_b \Gamma_{sab}
              \sum_k M_{sik} \kappa_{skb} \sum_\tau w_v(\tau) I_{vkb}(t - \tau),

    where *w* is the generation interval, *M* the mixing of zones by presence, :math:`\Gamma`
    the mixing of strata, :math:`\kappa` the factors of measures. The deterministic run takes
    expectations, and its final size is that of the final-size equation.

    References
    ----------
    Keeling MJ, Rohani P. Modeling infectious diseases in humans and animals. Princeton 2008.
    https://doi.org/10.1515/9781400841035
    Champredon D et al. Equivalence of the Erlang-distributed SEIR epidemic model and the
    renewal equation. SIAM J Appl Math 2018;78:3258-78. https://doi.org/10.1137/18M1186411

    """
    check_days(days)
    require(runs >= 1, "runs must be 1 or more.")
    inputs = _gather(model, 0, days, runs, orders, doses, by, keep, variation, chance=rng is not None)
    keys = run_keys(rng, runs)
    spans = [(low, min(low + BLOCK, runs)) for low in range(0, runs, BLOCK)]
    jobs = [(_slice(inputs, low, high), keys[low:high], days) for low, high in spans]
    parts = list(map(_run_block, jobs)) if executor is None else list(executor.map(_run_block, jobs))
    compiled = inputs.compiled
    values = np.concatenate(parts, axis=-1)
    return Course.from_cells(0, compiled.outputs, compiled.places, compiled.groups, values)


def run_keys(rng: np.random.Generator | None, runs: int) -> npt.NDArray[np.uint64]:
    """One key per run; zero where nothing is left to chance."""
    if rng is None:
        return np.zeros(runs, dtype=np.uint64)
    return rng.integers(0, 2**64, size=runs, dtype=np.uint64)


def _run_block(job: tuple[_Inputs, npt.NDArray[np.uint64], int]) -> FloatArray:
    inputs, keys, days = job
    state = begin_block(inputs.model, inputs.compiled, keys)
    return _advance(inputs, state, days)


def _slice(inputs: _Inputs, low: int, high: int) -> _Inputs:
    return inputs._replace(
        transmission=np.ascontiguousarray(inputs.transmission[:, low:high]),
        seeds=inputs.seeds[low:high],
        ascertainment=inputs.ascertainment[low:high],
    )


def _gather(
    model: Model,
    start: int,
    days: int,
    runs: int,
    orders: Sequence[InForce],
    doses: npt.ArrayLike | None,
    by: Sequence[str],
    keep: Sequence[str] | None,
    variation: Variation | None,
    *,
    chance: bool,
    sites: npt.ArrayLike | None = None,
) -> _Inputs:
    compiled = compile_model(model, by, keep, chance=chance)
    vary = variation or Variation()
    factors = measure_factors(model, orders, start, days)
    path = np.asarray(1.0 if vary.transmission is None else vary.transmission, dtype=np.float64)
    path = path[:, None] if path.ndim == 1 else path
    given = _numbers(0.0 if doses is None else doses, "doses", (days,))
    local = _numbers(0.0 if sites is None else sites, "sites", (days, model.people.shape[0]))
    none = not (given.any() or local.any())
    require(none or model.vaccine is not None, "Doses arrive but the model has no vaccine.")
    return _Inputs(
        compiled,
        model,
        factors,
        _mixing(model, factors.travel[0], chance=chance),
        _closed(model, compiled, factors),
        given,
        local,
        _numbers(path, "transmission", (days, runs)),
        _numbers(1.0 if vary.seeds is None else vary.seeds, "seeds", (runs,)),
        _numbers(1.0 if vary.ascertainment is None else vary.ascertainment, "ascertainment", (runs,)),
    )


def _numbers(values: npt.ArrayLike, name: str, shape: tuple[int, ...]) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    try:
        out = np.broadcast_to(array, shape).astype(np.float64)
    except ValueError:
        raise ShapeMismatchError(f"{name} has shape {array.shape}: pass {shape}.") from None
    if not np.isfinite(out).all():
        raise MissingInputError(f"{name} holds NaN or infinity: fill in every day.")
    if (out < 0).any():
        raise NegativeInputError(f"{name} holds a negative number: the least is 0.")
    return out


def _closed(model: Model, compiled: Compiled, factors: Factors) -> FloatArray:
    """Working days lost to measures by day and cell, shape (D, C)."""
    cell = compiled.ground.cell
    workers = model.people * np.broadcast_to(np.asarray(model.work.employed), model.people.shape[1:])
    lost = (factors.work * workers).reshape(factors.work.shape[0], -1)
    out = np.zeros((lost.shape[0], len(compiled.places) * len(compiled.groups)))
    np.add.at(out.T, cell.ravel(), lost.T)
    return out


def _advance(inputs: _Inputs, state: State, days: int) -> FloatArray:
    """Run a block on from its state, which is changed; return kept outputs (D, K, C, R)."""
    compiled = inputs.compiled
    given = _given(inputs, state, days)
    cells = len(compiled.places) * len(compiled.groups)
    out = np.zeros((days, len(compiled.outputs), cells, state.keys.size))
    travel = inputs.factors.travel
    for first, last in _spells(travel):
        # Most blocks and most spells share the first day's.
        same = bool((travel[first] == travel[0]).all())
        mixing = inputs.mixing if same else _mixing(inputs.model, travel[first], chance=state.chance)
        # Caution answers every day to what care came to on the day before.
        step = _CHUNK if inputs.model.caution is None else 1
        for low in range(first, last, step):
            _chunk(inputs, state, given, mixing, (low, min(low + step, last)), out)
    return out


def _mixing(model: Model, travel: FloatArray, *, chance: bool) -> Mixing:
    """Who meets whom; in shorter numbers where there is chance, which blurs more than they do."""
    mixing = build_mixing(model, travel)
    return mixing._replace(value=mixing.value.astype(np.float32)) if chance else mixing


def _given(inputs: _Inputs, state: State, days: int) -> Day:
    from salus.epi.scenario.spread_kernel import Day

    seeds = [seed for seed in inputs.model.seeds if state.day <= seed.day < state.day + days]
    where = np.array([(s.day, s.zone, s.stratum, s.variant) for s in seeds], dtype=np.int64).reshape(-1, 4)
    count = np.array([seed.count for seed in seeds]).reshape(-1, 1) * inputs.seeds
    factors = inputs.factors
    doses, path = inputs.doses, inputs.transmission
    return Day(factors.contact, factors.isolation, doses, inputs.local, path, where, count, state.keys)


def _chunk(inputs: _Inputs, state: State, given: Day, mixing: Mixing, span: tuple[int, int], out: FloatArray) -> None:
    """Run some days: first transmission, then the care that follows from it."""
    from salus.epi.scenario.care_kernel import run_care
    from salus.epi.scenario.spread_kernel import run_spread

    compiled, block, (low, high) = inputs.compiled, state.block, span
    _zones, strata, variants, classes = inputs.model.shape
    runs = state.keys.size
    new = np.zeros((high - low, len(compiled.places), strata, classes, variants, runs))
    doses, seen = np.zeros((high - low, out.shape[2], runs)), np.zeros((2, runs))
    held, past = _held(inputs.model, state), _past(state)
    run_spread(compiled.spread, mixing, compiled.ground, given, block, held, past, state.day, low, high, new, doses)
    run_care(
        compiled.chain,
        compiled.ground.slot,
        new,
        doses,
        inputs.closed[low:high],
        block.queues,
        block.level,
        state.day + low,
        state.keys,
        inputs.ascertainment,
        compiled.spread.chance,
        out[low:high],
        seen,
    )
    if inputs.model.caution is not None:
        remember(inputs.model.caution, block, seen, float(inputs.model.people.sum()))


def _held(model: Model, state: State) -> npt.NDArray[np.floating[Any]]:
    """What voluntary caution leaves of each side of a contact; without strata if there is none."""
    names = tuple(setting.name for setting in model.settings)
    none = np.ones((len(names), 0, state.keys.size))
    left = none if model.caution is None else contact_left(model.caution, names, state.block.mood)
    return left.astype(np.float32) if state.chance else left


def _past(state: State) -> npt.NDArray[np.floating[Any]]:
    """Recent infectiousness with strata and runs as one axis; in shorter numbers where there is chance."""
    load = state.block.load
    out = load.reshape(*load.shape[:3], -1)
    return out.astype(np.float32) if state.chance else out


def _spells(travel: FloatArray) -> list[tuple[int, int]]:
    """Days over which travel stays the same."""
    change = np.flatnonzero((travel[1:] != travel[:-1]).any(axis=1)) + 1
    edges = [0, *change.tolist(), travel.shape[0]]
    return list(pairwise(edges))


def begin(
    model: Model,
    *,
    rng: np.random.Generator | None = None,
    runs: int = 1,
    by: Sequence[str] = ("zone", "stratum"),
) -> State:
    """Make the state before the first day, to be advanced day by day.

    Parameters
    ----------
    model : Model
        The epidemic and the city.
    rng : numpy.random.Generator, optional
        With chance if given.
    runs : int
        1 or more.
    by : sequence of str
        What outputs are told apart by; fixed for the life of the state.

    Returns
    -------
    State

    """
    require(runs >= 1, "runs must be 1 or more.")
    compiled = compile_model(model, by, None, chance=rng is not None)
    return begin_block(model, compiled, run_keys(rng, runs), by=(by,) if isinstance(by, str) else tuple(by))


def advance(
    model: Model,
    state: State,
    *,
    days: int = 1,
    orders: Sequence[InForce] = (),
    doses: npt.ArrayLike | None = None,
    keep: Sequence[str] | None = None,
    variation: Variation | None = None,
    sites: npt.ArrayLike | None = None,
) -> tuple[State, Course]:
    """Run on from a state; it is left as it was, and the next one returned.

    A run in pieces equals the run in one. The model may change from piece to piece (beds,
    compliance, seeds) as long as zones, strata, variants and the lengths of delays stay.
    Changed contacts or presence are scaled to the same r0: say closures by a measure, or closed
    ways by `Model.passable`, instead.

    Parameters
    ----------
    model, orders, doses, keep, variation
        As in `simulate`; days of orders count from the first day of the epidemic, `doses`
        and `variation` from the state's day.
    state : State
        From `begin`, an earlier `advance`, or `State.from_bytes`.
    days : int
        1 or more.
    sites : array_like, shape (days, Z) or (Z,), optional
        Most doses that a zone's own sites give its residents on each day, beside those of the
        city's stock; what nobody asks for is not kept.

    Returns
    -------
    State, Course

    Raises
    ------
    ShapeMismatchError
        If the state is of another model. Others as `simulate`.

    """
    check_days(days, state.day)
    runs = state.keys.size
    chance = state.chance
    inputs = _gather(model, state.day, days, runs, orders, doses, state.by, keep, variation, chance=chance, sites=sites)
    state.check(model, inputs.compiled)
    after = state.copy()
    values = _advance(inputs, after, days)
    compiled = inputs.compiled
    course = Course.from_cells(state.day, compiled.outputs, compiled.places, compiled.groups, values)
    return after.at(state.day + days), course
