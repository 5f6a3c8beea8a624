"""`./salus forecast --hub DIR` writes a submission to a forecast hub; `./salus forecast score` scores all teams."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl
from rich.table import Table

from salus.base.errors import Invalid
from salus.config.commands.setup import console, progress_bar
from salus.epi.errors import EpiError


def main(argv: list[str]) -> int:
    """Forecast a round, or score the rounds that have passed."""
    try:
        if argv and argv[0] == "score":
            return _score(_score_options().parse_args(argv[1:]))
        return _forecast(_forecast_options().parse_args(argv))
    except EpiError as error:
        said, _, remedy = str(error).partition(": ")
        remedy = remedy[:1].upper() + remedy[1:]
        raise Invalid(said[:1].upper() + said[1:] + ("." if remedy else ""), remedy=remedy) from error


def _forecast_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./salus forecast",
        description="Write a submission for a round of a hubverse forecast hub from what the hub knew by then.",
        epilog="./salus forecast score --help: score every team of a hub.",
    )
    parser.add_argument("--hub", type=Path, required=True, help="the hub's folder (with hub-config and target-data)")
    parser.add_argument("--round", help="date of the round; default: the first after the newest observation")
    parser.add_argument(
        "--as-of", help="use nothing known later than this date or moment (default: the round's due day)"
    )
    parser.add_argument("--model", default="salus-ensemble", help="name to submit under, team-model")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random numbers")
    return parser


def _score_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./salus forecast score",
        description="Score every team's quantile forecasts: weighted interval score, coverage, relative score.",
    )
    parser.add_argument("--hub", type=Path, help="the hub's folder (with model-output and target-data)")
    parser.add_argument("--forecasts", type=Path, help="instead of a hub: a table with a column per quantile")
    parser.add_argument("--truth", type=Path, help="instead of a hub: observations with location, date and value")
    parser.add_argument("--baseline", help="model that stands at 1 (default: the one whose name says baseline)")
    parser.add_argument("--from", dest="since", default="", help="first round to score")
    parser.add_argument("--to", dest="until", default="9999", help="last round to score")
    parser.add_argument("--out", type=Path, help="write the score of every task to this .csv or .parquet file")
    return parser


def _forecast(options: argparse.Namespace) -> int:
    from salus.epi.hub import forecast_round, open_hub, read_targets, write_submission

    hub = open_hub(options.hub)
    chosen = options.round or _next_round(hub.rounds(), read_targets(hub))
    with progress_bar(f"Forecasting round {chosen}") as report:
        frame = forecast_round(
            hub, chosen, as_of=options.as_of, rng=np.random.default_rng(options.seed), progress=report
        )
    path = write_submission(hub, frame, chosen, options.model)
    places = frame["location"].n_unique() if "location" in frame.columns else 1
    console.print(f"Wrote {frame.height} rows for {places} places to [b]{path}[/b]; they keep the hub's rules.")
    return 0


def _next_round(rounds: list[str], observed: pl.DataFrame) -> str:
    newest = str(observed.drop_nulls("value")["date"].max())
    ahead = [each for each in rounds if each > newest]
    if not ahead:
        raise Invalid(
            f"The newest observation is of {newest} and no round comes after it.", remedy="Choose one with --round."
        )
    return ahead[0]


def _score(options: argparse.Namespace) -> int:
    from salus.epi.hub import relative_wis
    from salus.epi.hub.outputs import KEYS, score_outputs

    outputs, truth = _given(options)
    scores = score_outputs(outputs, truth)
    if options.out:
        scores.write_parquet(options.out) if options.out.suffix == ".parquet" else scores.write_csv(options.out)
    summary = relative_wis(scores, KEYS, _baseline(options.baseline, scores["model"].unique().to_list()))
    table = Table("model", "tasks", "WIS", "relative", "of baseline", "50 %", "95 %", box=None)
    for model, *numbers in summary.iter_rows():
        table.add_row(
            model,
            *("–" if each is None else f"{each:,}" if isinstance(each, int) else f"{each:.4f}" for each in numbers),
        )
    console.print(table)
    console.print(
        "[dim]relative: geometric mean of ratios of WIS on common tasks, baseline 1; 50 % and 95 %: share inside[/dim]"
    )
    return 0


def _given(options: argparse.Namespace) -> tuple[pl.DataFrame, pl.DataFrame]:
    from salus.epi.hub import open_hub, read_outputs, read_truth
    from salus.epi.hub.outputs import newest, read_wide
    from salus.epi.hub.targets import read_any, tidy_targets

    if options.hub:
        hub = open_hub(options.hub)
        return read_outputs(hub, since=options.since, until=options.until), read_truth(hub)
    if not (options.forecasts and options.truth):
        raise Invalid("Nothing to score.", remedy="Pass --hub DIR, or --forecasts FILE and --truth FILE.")
    forecasts = read_wide(options.forecasts)
    chosen = pl.col("reference_date").is_between(pl.lit(options.since), pl.lit(options.until))
    return forecasts.filter(chosen), newest(tidy_targets(read_any(options.truth), options.truth))


def _baseline(named: str | None, models: list[str]) -> str:
    if named:
        return named
    likely = sorted(each for each in models if "baseline" in each.lower() and "climate" not in each.lower())
    if not likely:
        raise Invalid(
            "No model's name says baseline.", remedy=f"Choose one with --baseline: {', '.join(sorted(models))}."
        )
    return likely[0]
