"""Write a submission and check it against the hub's tasks."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from salus.epi.hub.config import Hub, HubError, RoundTask

_OUTPUT = ["output_type", "output_type_id", "value"]


def write_submission(hub: Hub, frame: pl.DataFrame, round_id: str, model: str) -> Path:
    """Check a submission and write ``model-output/MODEL/ROUND-MODEL.csv``.

    Parameters
    ----------
    hub : Hub
        The hub to write into.
    frame : polars.DataFrame
        From `forecast_round`.
    round_id : str
        ISO date of the round.
    model : str
        ``team-model``, in letters, digits and underscores.

    Raises
    ------
    HubError
        If the model's name or the submission breaks a rule of the hub.

    """
    team, _, name = model.partition("-")
    if not all(part and part.replace("_", "").isalnum() for part in (team, name)):
        raise HubError(f"'{model}' is not a model's name: write team-model in letters, digits and underscores.")
    faults = check_submission(hub, frame, round_id)
    if faults:
        raise HubError(f"the submission breaks {len(faults)} rules of the hub: {'; '.join(faults[:5])}.")
    folder = hub.path / "model-output" / model
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{round_id}-{model}.csv"
    frame.write_csv(path)
    return path


def check_submission(hub: Hub, frame: pl.DataFrame, round_id: str) -> list[str]:
    """List what is wrong with a submission's quantiles, each with its rule; empty when nothing is.

    Checked are: columns, allowed and required task values, one row a task and level, all
    levels of a task, values in range and whole where asked, and that values do not fall as
    levels rise.
    """
    tasks = hub.quantile_tasks(round_id)
    if set(frame.columns) != set(tasks[0].columns):
        return [f"columns are {', '.join(frame.columns)}, not {', '.join(tasks[0].columns)}"]
    faults = [] if frame.filter(pl.col("output_type") == "quantile").height else ["there is no quantile"]
    served = pl.Series([False] * frame.height)
    for task in tasks:
        rows = frame.select(
            pl.all_horizontal(
                pl.col("output_type") == "quantile",
                *(pl.col(name).cast(pl.String).is_in([str(v) for v in task.values[name]]) for name in task.values),
            )
        ).to_series()
        served = served | rows
        faults += _faults(frame.filter(rows), task)
    strange = frame.filter(~served & (frame["output_type"] == "quantile"))
    if strange.height:
        faults.append(f"{strange.height} rows have task values that the round does not allow, first {strange.row(0)}")
    return faults


def _faults(frame: pl.DataFrame, task: RoundTask) -> list[str]:
    keys = list(task.values)
    frame = frame.with_columns(
        pl.col("output_type_id").cast(pl.Float64, strict=False), pl.col("value").cast(pl.Float64, strict=False)
    )
    out = [
        f"required {name} {value} is missing"
        for name, needed in task.required.items()
        for value in needed
        if frame.height and str(value) not in frame[name].cast(pl.String).to_list()
    ]
    value = pl.col("value")
    if frame.filter(value.is_null() | value.is_nan() | (value < task.minimum) | (value > task.maximum)).height:
        out.append(f"values must lie in {task.minimum} to {task.maximum}")
    if task.whole and frame.filter(value != value.round()).height:
        out.append("values must be whole numbers")
    if frame.select([*keys, "output_type_id"]).is_duplicated().any():
        out.append("a task and level stands there twice")
    order = frame.sort([*keys, "output_type_id"])
    grouped = order.group_by(keys, maintain_order=True).agg("output_type_id", value.diff().min().alias("least"))
    wrong = [row for row in grouped["output_type_id"].to_list() if not _same(row, task.levels)]
    if wrong:
        out.append(f"{len(wrong)} tasks lack levels or have strange ones")
    if grouped.filter(pl.col("least") < 0).height:
        out.append("values fall as levels rise")
    return out


def _same(found: list[float], wanted: tuple[float, ...]) -> bool:
    return len(found) == len(wanted) and all(
        one is not None and abs(one - two) < 1e-9 for one, two in zip(found, wanted, strict=True)
    )
