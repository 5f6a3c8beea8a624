"""A submission for a round from what the hub knew at that moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import polars as pl

from salus.epi.arrays import FloatArray
from salus.epi.forecasting import forecast
from salus.epi.hub.config import Hub, HubError, RoundTask, round_date
from salus.epi.hub.targets import TargetState, read_targets, target_state

_LEAST = 3
Progress = Callable[[int, int, str], None]


def forecast_round(
    hub: Hub,
    round_id: str,
    *,
    as_of: str | None = None,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> pl.DataFrame:
    """Forecast every quantile task of a round.

    Parameters
    ----------
    hub : Hub
        The hub with its target data.
    round_id : str
        ISO date of the round.
    as_of : str, optional
        Moment of the newest version to use. Default: the day on which the hub closes the
        round, or the round's date where the hub does not say.
    rng : numpy.random.Generator
        Same seed, same submission.
    progress : callable, optional
        Called with done, total and a word.

    Returns
    -------
    polars.DataFrame
        A submission: the hub's columns in the hub's order.

    Raises
    ------
    HubError
        If the round, its target or its observations are missing.

    """
    tasks = hub.quantile_tasks(round_id)
    frame = read_targets(hub)
    moment = as_of or (round_date(round_id) + timedelta(days=tasks[0].due)).isoformat()
    total = sum(len(task.targets) for task in tasks)
    made: list[pl.DataFrame] = []
    for task in tasks:
        for target in task.targets:
            if progress:
                progress(len(made), total, target)
            state = target_state(frame, target, moment, step=task.days_per_horizon)
            made.append(_submission(task, target, state, rng))
    if progress:
        progress(len(made), total, "")
    return pl.concat(made)


def _submission(task: RoundTask, target: str, state: TargetState, rng: np.random.Generator) -> pl.DataFrame:
    step = task.days_per_horizon
    wanted = [name for name in task.values.get("location", ()) if name in state.locations]
    if not wanted:
        raise HubError(f"the target data of '{target}' hold none of the round's locations.")
    usable = [name for name in wanted if _enough(state, name)]
    if not usable:
        raise HubError(f"no location of '{target}' has {_LEAST} observed values: wait for more data.")
    horizons = sorted(int(value) for value in task.values.get("horizon", (0,)))
    first = (round_date(task.round_id).toordinal() - int(state.days[-1])) // step
    if first + horizons[-1] < 1:
        raise HubError(f"all that round {task.round_id} asks for has been observed already: choose an earlier moment.")
    columns = [state.locations.index(name) for name in usable]
    made = forecast(
        state.table[:, columns],
        horizon=first + horizons[-1],
        rng=rng,
        quantiles=task.levels,
        period=1 if step == 7 else 7,
        days=state.days,
        earlier=state.earlier[..., columns] if step == 7 and len(state.earlier) else None,
        samples=0,
    )
    values = _finished(made.quantiles, task)
    kept = [horizon for horizon in horizons if first + horizon >= 1]
    return _long(values[[first + horizon - 1 for horizon in kept]], task, target, usable, kept)


def _enough(state: TargetState, name: str) -> bool:
    return int((~np.isnan(state.table[:, state.locations.index(name)])).sum()) >= _LEAST


def _finished(values: FloatArray, task: RoundTask) -> FloatArray:
    """Bring values into the range and form that the hub allows."""
    inside = np.clip(values, task.minimum, task.maximum)
    return np.round(inside) if task.whole else np.round(inside, 6)


def _long(values: FloatArray, task: RoundTask, target: str, locations: list[str], horizons: list[int]) -> pl.DataFrame:
    steps, places, levels = values.shape
    day = round_date(task.round_id)
    ends = [(day + timedelta(days=task.days_per_horizon * each)).isoformat() for each in horizons]
    each = places * levels
    columns: dict[str, object] = {
        "horizon": np.repeat(horizons, each),
        "location": np.tile(np.repeat(locations, levels), steps),
        "target_end_date": np.repeat(ends, each),
        "target_date": np.repeat(ends, each),
        "output_type": ["quantile"] * values.size,
        "output_type_id": np.tile(task.levels, steps * places),
        "value": values.ravel().astype(np.int64) if task.whole else values.ravel(),
        task.round_column: [task.round_id] * values.size,
        task.target_column: [target] * values.size,
    }
    for name in task.columns:
        if name not in columns:
            known = task.values.get(name, ())
            if len(known) != 1:
                raise HubError(f"the hub's task variable '{name}' is unknown here: only hubs by location are served.")
            columns[name] = [known[0]] * values.size
    return pl.DataFrame(columns).select(task.columns)
