"""A small hub from nothing: a submission that keeps its rules, scores, and clear words for a bad folder."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from salus.base.errors import Invalid
from salus.config.commands.forecast import main
from salus.epi import forecast
from salus.epi.errors import InvalidParameterError, ShapeMismatchError
from salus.epi.hub import HubError, check_submission, forecast_round, open_hub, weighted_interval_score
from tests.baseline.epi.shared import reference

ROUND = "2024-06-29"
LEVELS = [0.025, 0.25, 0.5, 0.75, 0.975]


def _tasks():
    ids = {
        "reference_date": {"required": None, "optional": [ROUND]},
        "target": {"required": ["wk inc flu hosp"], "optional": None},
        "horizon": {"required": [0, 1], "optional": None},
        "location": {"required": None, "optional": ["A", "B"]},
        "target_end_date": {"required": None, "optional": [ROUND, "2024-07-06"]},
    }
    quantile = {
        "output_type_id": {"required": LEVELS},
        "is_required": True,
        "value": {"type": "integer", "minimum": 0},
    }
    metadata = {"target_keys": {"target": "wk inc flu hosp"}, "time_unit": "week"}
    task = {"task_ids": ids, "output_type": {"quantile": quantile}, "target_metadata": [metadata]}
    due = {"relative_to": "reference_date", "start": -6, "end": -3}
    entry = {
        "round_id_from_variable": True,
        "round_id": "reference_date",
        "model_tasks": [task],
        "submissions_due": due,
    }
    return {"rounds": [entry]}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "hub-config").mkdir()
    (tmp_path / "target-data").mkdir()
    (tmp_path / "hub-config" / "tasks.json").write_text(json.dumps(_tasks()))
    rng = np.random.default_rng(1)
    rows = []
    for back in range(30, 0, -1):
        day = date.fromisoformat(ROUND) - timedelta(days=7 * back)
        for place in "AB":
            known = (day + timedelta(days=4)).isoformat()
            rows.append((known, "wk inc flu hosp", day.isoformat(), place, int(rng.poisson(40))))
    columns = ["as_of", "target", "target_end_date", "location", "observation"]
    pl.DataFrame(rows, columns, orient="row").write_csv(tmp_path / "target-data" / "time-series.csv")
    return tmp_path


def _made(folder):
    hub = open_hub(folder)
    return hub, forecast_round(hub, ROUND, rng=np.random.default_rng(1))


def test_a_submission_keeps_the_rules_of_the_hub(folder):
    hub, frame = _made(folder)
    assert check_submission(hub, frame, ROUND) == []
    assert frame.height == 2 * 2 * len(LEVELS)
    assert frame.columns[:2] == ["reference_date", "target"]
    assert frame["value"].dtype == pl.Int64


def test_what_became_known_after_the_round_is_not_used(folder):
    _, before = _made(folder)
    with (folder / "target-data" / "time-series.csv").open("a") as file:
        file.write("2024-06-27,wk inc flu hosp,2024-06-22,A,9999\n2024-07-03,wk inc flu hosp,2024-06-29,A,9999\n")
    _, after = _made(folder)
    assert after.equals(before)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.with_columns(value=-pl.col("value") - 1), "must lie in"),
        (lambda f: f.with_columns(value=pl.col("value").reverse()), "fall as levels rise"),
        (lambda f: pl.concat([f, f.head(1)]), "twice"),
        (lambda f: f.filter(pl.col("output_type_id") != 0.5), "lack levels"),
        (lambda f: f.filter(pl.col("horizon") == 0), "required horizon 1 is missing"),
        (lambda f: f.with_columns(location=pl.lit("Z")), "does not allow"),
        (lambda f: f.with_columns(value=pl.col("value") + 0.5), "whole numbers"),
        (lambda f: f.drop("horizon"), "columns are"),
    ],
)
def test_a_broken_submission_is_told_what_is_wrong(folder, change, words):
    hub, frame = _made(folder)
    assert any(words in fault for fault in check_submission(hub, change(frame), ROUND))


def test_the_command_writes_a_file_that_the_command_scores(folder, capsys):
    assert main(["--hub", str(folder), "--model", "salus-ensemble", "--round", ROUND]) == 0
    path = folder / "model-output" / "salus-ensemble" / f"{ROUND}-salus-ensemble.csv"
    mine = pl.read_csv(path)
    other = folder / "model-output" / "hub-baseline"
    other.mkdir()
    mine.with_columns(value=pl.col("value") * 3).write_csv(other / f"{ROUND}-hub-baseline.csv")
    with (folder / "target-data" / "time-series.csv").open("a") as file:
        file.write("2024-07-03,wk inc flu hosp,2024-06-29,A,40\n2024-07-03,wk inc flu hosp,2024-06-29,B,41\n")
    out = folder / "scores.csv"
    assert main(["score", "--hub", str(folder), "--out", str(out)]) == 0
    scores = pl.read_csv(out)
    assert scores.height == 4
    row = scores.filter((pl.col("model") == "salus-ensemble") & (pl.col("location") == "A"))
    values = mine.filter((pl.col("location") == "A") & (pl.col("horizon") == 0))["value"].to_numpy()
    gap = 40 - values
    assert row["wis"][0] == pytest.approx(2 * np.maximum(np.array(LEVELS) * gap, (np.array(LEVELS) - 1) * gap).mean())
    assert "salus" in capsys.readouterr().out


def test_a_bad_folder_is_refused_in_plain_words(tmp_path, folder):
    for arguments, words in (
        (["--hub", str(tmp_path / "nowhere")], "is not a folder"),
        (["--hub", str(folder), "--round", "2030-01-05"], "has no round"),
        (["--hub", str(folder), "--round", ROUND, "--model", "salus"], "not a model"),
        (["score", "--hub", str(folder)], "no submission"),
        (["score"], "Nothing to score"),
    ):
        with pytest.raises(Invalid, match=words):
            main(arguments)
    (folder / "hub-config" / "tasks.json").write_text("{")
    with pytest.raises(HubError, match="not valid JSON"):
        open_hub(folder)


def test_the_example_hub_is_read_and_its_submission_checked():
    path = reference("interop/hubverse/complex-hub")
    hub = open_hub(path)
    frame = pl.read_csv(next(path.glob("model-output/*/*.csv")), infer_schema=False)
    assert len(hub.rounds()) == 32
    assert check_submission(hub, frame, "2022-11-19") == []
    quantile = pl.col("output_type") == "quantile"
    value = pl.when(quantile & (pl.col("output_type_id") == "0.99")).then(pl.lit("0")).otherwise(pl.col("value"))
    assert check_submission(hub, frame.with_columns(value=value), "2022-11-19") == ["values fall as levels rise"]


def test_scores_and_earlier_states_refuse_what_does_not_fit():
    with pytest.raises(ShapeMismatchError):
        weighted_interval_score([[1.0, 2.0]], [0.5], [1.0])
    with pytest.raises(InvalidParameterError):
        weighted_interval_score([[1.0]], [1.5], [1.0])
    rng = np.random.default_rng(1)
    with pytest.raises(ShapeMismatchError):
        forecast(np.ones(20), horizon=2, rng=rng, period=1, earlier=np.ones((3, 19)))
    with pytest.raises(InvalidParameterError):
        forecast(np.ones(20), horizon=2, rng=rng, period=7, earlier=np.ones((3, 20)))


def test_nothing_but_zeros_is_forecast_as_nearly_nothing():
    found = forecast(np.zeros((120, 4)), horizon=3, rng=np.random.default_rng(1), period=1)
    assert np.isfinite(found.quantiles).all() and found.median.max() < 0.5
