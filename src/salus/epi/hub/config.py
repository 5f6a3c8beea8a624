"""What a hub asks for: its rounds, targets, places, horizons and quantile levels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from salus.epi.errors import EpiError

DATE_NAMES = ("reference_date", "origin_date", "forecast_date")


class HubError(EpiError):
    """A hub's folder or one of its files is not as the hubverse says."""


@dataclass(frozen=True, slots=True)
class RoundTask:
    """One set of quantile forecasts that a round asks for.

    Attributes
    ----------
    round_column : str
        Task variable that names the round, for example ``reference_date``.
    round_id : str
        ISO date of the round.
    columns : tuple of str
        Columns of a submission in the hub's order.
    values : mapping of str to tuple
        Values that each task variable may take.
    required : mapping of str to tuple
        Values that a submission must hold.
    target_column : str
        Task variable that names the target.
    levels : tuple of float
        Quantile levels.
    whole : bool
        Whether values must be whole numbers.
    minimum, maximum : float
        Range of values.
    days_per_horizon : int
        1 or 7.
    due : int
        Day, counted from the round's date, until which submissions are taken; 0 at most.

    """

    round_column: str
    round_id: str
    columns: tuple[str, ...]
    values: Mapping[str, tuple[Any, ...]]
    required: Mapping[str, tuple[Any, ...]]
    target_column: str
    levels: tuple[float, ...]
    whole: bool
    minimum: float
    maximum: float
    days_per_horizon: int
    due: int

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the targets."""
        return tuple(str(value) for value in self.values[self.target_column])


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub's folder and its tasks."""

    path: Path
    tasks: Mapping[str, Any]

    def quantile_tasks(self, round_id: str) -> tuple[RoundTask, ...]:
        """Return what the round asks for in quantiles.

        Raises
        ------
        HubError
            If the hub has no such round, or the round asks for no quantiles.

        """
        known: list[str] = []
        for entry in self.tasks["rounds"]:
            ids = _round_ids(entry)
            known += ids
            if round_id in ids:
                found = [_task(entry, task, round_id) for task in entry["model_tasks"] if _wants_quantiles(task)]
                if not found:
                    raise HubError(f"round {round_id} asks for no quantiles: there is nothing to forecast here.")
                return tuple(found)
        near = ", ".join(sorted(known)[-3:])
        raise HubError(f"the hub has no round {round_id}: choose one of its {len(known)}, the last are {near}.")

    def rounds(self) -> list[str]:
        """Return the identifiers of all rounds, in order."""
        return sorted({each for entry in self.tasks["rounds"] for each in _round_ids(entry)})


def open_hub(path: Path) -> Hub:
    """Open a hub's folder.

    Parameters
    ----------
    path : Path
        The folder that holds ``hub-config``.

    Returns
    -------
    Hub

    Raises
    ------
    HubError
        If the folder or ``hub-config/tasks.json`` is missing or cannot be read.

    References
    ----------
    Hubverse, hub configuration files. https://docs.hubverse.io/en/latest/quickstart-hub-admin/hub-config.html

    """
    if not path.is_dir():
        raise HubError(f"{path} is not a folder: pass the folder that holds hub-config and target-data.")
    config = path / "hub-config" / "tasks.json"
    if not config.is_file():
        raise HubError(f"{path} has no hub-config/tasks.json: pass the folder of a hubverse hub.")
    try:
        tasks = json.loads(config.read_text(encoding="utf-8"))
    except ValueError as error:
        raise HubError(f"hub-config/tasks.json is not valid JSON: {error}.") from error
    if not isinstance(tasks, dict) or not isinstance(tasks.get("rounds"), list) or not tasks["rounds"]:
        raise HubError("hub-config/tasks.json has no rounds: see schemas of the hubverse for its form.")
    return Hub(path, tasks)


def _both(part: Mapping[str, Any] | None) -> tuple[Any, ...]:
    part = part or {}
    return (*(part.get("required") or []), *(part.get("optional") or []))


def _round_ids(entry: Mapping[str, Any]) -> list[str]:
    try:
        if not entry.get("round_id_from_variable"):
            return [str(entry["round_id"])]
        tasks = entry["model_tasks"]
        return [str(value) for task in tasks for value in _both(task["task_ids"][entry["round_id"]])]
    except (KeyError, TypeError) as error:
        raise HubError(f"hub-config/tasks.json: a round lacks {error}: correct the hub's configuration.") from error


def _wants_quantiles(task: Mapping[str, Any]) -> bool:
    return "quantile" in task.get("output_type", {})


def _task(entry: Mapping[str, Any], task: Mapping[str, Any], round_id: str) -> RoundTask:
    ids = task["task_ids"]
    quantile = task["output_type"]["quantile"]
    value = quantile.get("value", {})
    column = str(entry["round_id"]) if entry.get("round_id_from_variable") else _date_column(ids)
    values = {name: _both(part) for name, part in ids.items()} | {column: (round_id,)}
    metadata: Sequence[Mapping[str, Any]] = task.get("target_metadata") or [{}]
    keys = metadata[0].get("target_keys") or {"target": ""}
    unit = str(metadata[0].get("time_unit", "week"))
    return RoundTask(
        round_column=column,
        round_id=round_id,
        columns=(*ids, "output_type", "output_type_id", "value"),
        values=values,
        required={name: tuple((part or {}).get("required") or []) for name, part in ids.items()},
        target_column=next(iter(keys)),
        levels=tuple(sorted(float(level) for level in _both(quantile["output_type_id"]))),
        whole=value.get("type") == "integer",
        minimum=float(value.get("minimum", 0.0)),
        maximum=float(value.get("maximum", "inf")),
        days_per_horizon={"day": 1, "week": 7}.get(unit, 7),
        due=_due(entry),
    )


def _due(entry: Mapping[str, Any]) -> int:
    """Day until which submissions are taken; what is known later than the round's date is never used."""
    end = (entry.get("submissions_due") or {}).get("end", 0)
    return min(int(end), 0) if isinstance(end, int) else 0


def _date_column(ids: Mapping[str, Any]) -> str:
    for name in DATE_NAMES:
        if name in ids:
            return name
    raise HubError(f"the tasks name no date of the round: one of {', '.join(DATE_NAMES)} is needed.")


def round_date(round_id: str) -> date:
    """Return the day of a round."""
    try:
        return date.fromisoformat(round_id)
    except ValueError as error:
        raise HubError(f"'{round_id}' is not a date: write the round as YYYY-MM-DD.") from error
