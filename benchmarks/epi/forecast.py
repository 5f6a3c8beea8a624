"""How sharp and honest forecasts are: replay of hub rounds on vintages, beside the hubs and statsforecast."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.epi.forecast_data import (
    ENSEMBLES,
    NINE,
    ROOT,
    TWENTY_THREE,
    Round,
    city_rounds,
    hub_rounds,
    told_of_influenza,
)
from benchmarks.peers import peer_python
from salus.epi.arrays import FloatArray
from salus.epi.forecasting import forecast
from salus.epi.hub.scoring import weighted_interval_score

RESULT = ROOT / "benchmarks" / "results" / "epi-forecast.json"
LATER = 26
SOME = 8
Row = dict[str, object]


class Replay:
    """Our forecasts of every round, and what they and the others scored."""

    def __init__(self, rounds: list[Round], levels: FloatArray) -> None:
        self.rounds, self.levels = rounds, levels
        self.found: list[FloatArray] = []
        self.seconds: list[float] = []
        for number, each in enumerate(rounds):
            begun = time.process_time()
            self.found.append(self._forecast(each))
            self.seconds.append(time.process_time() - begun)
            print(f"\r  round {number + 1} of {len(rounds)}", end="", flush=True, file=sys.stderr)
        print(file=sys.stderr)

    def _forecast(self, each: Round) -> FloatArray:
        state = each.state
        made = forecast(
            state.table,
            horizon=each.first + 3,
            rng=np.random.default_rng(1),
            quantiles=tuple(self.levels),
            period=1,
            days=state.days,
            earlier=state.earlier if len(state.earlier) else None,
            related=each.related,
            samples=0,
        )
        return made.quantiles[each.first - 1 :]

    def ours(self, chosen: Iterable[int], against: str) -> tuple[float, FloatArray, int]:
        """Ratio of our mean WIS to another's on common tasks; hits of 50 and 95 %; number of tasks."""
        mine, theirs, hits = [], [], []
        for number in chosen:
            each, found = self.rounds[number], self.found[number]
            if against not in each.others:
                continue
            score = weighted_interval_score(found, self.levels, each.truth)
            common = ~np.isnan(score) & ~np.isnan(each.others[against])
            mine.append(score[common])
            theirs.append(each.others[against][common])
            hits.append(np.stack([_inside(found, self.levels, each.truth, tail)[common] for tail in (0.25, 0.025)]))
        if not mine:
            return float("nan"), np.full(2, np.nan), 0
        joined = np.concatenate(mine)
        return joined.mean() / np.concatenate(theirs).mean(), np.concatenate(hits, axis=1).mean(axis=1), joined.size

    def peer(self, chosen: Iterable[int], model: str, baseline: str) -> float:
        """Ratio of a hub's model to the baseline on the tasks that both have."""
        mine, theirs = [], []
        for number in chosen:
            others = self.rounds[number].others
            if model in others and baseline in others:
                common = ~np.isnan(others[model]) & ~np.isnan(others[baseline]) & ~np.isnan(self.rounds[number].truth)
                mine.append(others[model][common])
                theirs.append(others[baseline][common])
        return float(np.concatenate(mine).mean() / np.concatenate(theirs).mean()) if mine else float("nan")


def _inside(found: FloatArray, levels: FloatArray, truth: FloatArray, tail: float) -> FloatArray:
    low, high = (int(np.argmin(np.abs(levels - level))) for level in (tail, 1 - tail))
    return np.asarray((found[..., low] <= truth) & (truth <= found[..., high]))


def _baseline(rounds: list[Round]) -> str:
    names = {name for each in rounds for name in each.others}
    return next(name for name in sorted(names) if "baseline" in name.lower() and "climate" not in name)


def _best(replay: Replay, chosen: list[int], baseline: str) -> tuple[str, float]:
    """The team with the least ratio to the baseline among those with three quarters of the tasks."""
    tasks: dict[str, int] = {}
    for number in chosen:
        for name, table in replay.rounds[number].others.items():
            tasks[name] = tasks.get(name, 0) + int((~np.isnan(table)).sum())
    names = set(tasks) - {baseline, *ENSEMBLES}
    full = [name for name in names if tasks[name] >= 0.75 * tasks[baseline]]
    ranked = sorted((replay.peer(chosen, name, baseline), name) for name in full)
    return (ranked[0][1], ranked[0][0]) if ranked else ("none", float("nan"))


def measure(title: str, replay: Replay, goal: float) -> list[Row]:
    """Rows of one hub, a season each."""
    baseline, rows = _baseline(replay.rounds), []
    groups: dict[str, list[int]] = {}
    for number, each in enumerate(replay.rounds):
        groups.setdefault(each.season, []).append(number)
    for season, chosen in groups.items():
        ratio, hits, tasks = replay.ours(chosen, baseline)
        ensemble = next((name for name in ENSEMBLES if any(name in replay.rounds[c].others for c in chosen)), "")
        team, best = _best(replay, chosen, baseline)
        beside, against = baseline, ""
        if ensemble:
            beside = f"hub ensemble {replay.peer(chosen, ensemble, baseline):.3f}, best team ({team}) {best:.3f}"
            against = f"{replay.ours(chosen, ensemble)[0]:.2f} of the ensemble"
        what = f"{title}, {season}: WIS to baseline, {len(chosen)} rounds, {tasks:,} tasks"
        rows.append(_row(what, f"{ratio:.3f}", beside, against, f"below {goal}", ratio < goal))
        what = f"{title}, {season}: 95 % (50 %) interval holds"
        rows.append(_row(what, f"{hits[1]:.3f} ({hits[0]:.3f})", "", "", "at least .92", bool(hits[1] >= 0.92)))
    return rows


def influenced(rounds: list[Round]) -> list[Row]:
    """COVID rounds that are also told of influenza admissions, which the rows above are not."""
    told = Replay(told_of_influenza(rounds), TWENTY_THREE)
    return measure("COVID admissions, using influenza admissions of the same day as related series", told, 0.70)


def _row(what: str, ours: str, beside: str, ratio: str, goal: str, held: bool) -> Row:
    print(f"{what:<78} {ours:<14} {beside:<58} {ratio:<22} {goal} {'' if held else 'NOT HELD'}", flush=True)
    return {"what": what, "ours": ours, "beside": beside, "ratio": ratio, "goal": goal, "held": bool(held)}


def _ripe(covid: Replay) -> Row:
    """COVID where there is half a year of history or more: reporting began with the first round."""
    late = [number for number, each in enumerate(covid.rounds) if each.state.table.shape[0] >= LATER]
    ratio, _, tasks = covid.ours(late, _baseline(covid.rounds))
    beside = f"hub ensemble {covid.peer(late, ENSEMBLES[1], _baseline(covid.rounds)):.3f}"
    what = f"COVID with half a year of history or more, {len(late)} rounds, {tasks:,} tasks: WIS to baseline"
    return _row(what, f"{ratio:.3f}", beside, "", "below 0.7", ratio < 0.70)


def _keep(rows: list[Row]) -> None:
    RESULT.write_text(json.dumps(rows, indent=1) + "\n")


def _speed(flu: Replay) -> Row:
    seconds = max(flu.seconds)
    return _row("CPU seconds of the slowest FluSight round", f"{seconds:.1f}", "", "", "under 30", seconds < 30)


def wrappers(title: str, replay: Replay, every: int) -> list[Row]:
    """The models of statsforecast on some of the rounds, on the logarithm, in their own Python."""
    chosen, baseline = list(range(0, len(replay.rounds), every)), _baseline(replay.rounds)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "given.npz"), Path(folder, "found.npz")
        tables = {f"table{number}": replay.rounds[number].state.table for number in chosen}
        horizon = max(replay.rounds[number].first for number in chosen) + 3
        np.savez(source, levels=replay.levels, horizon=horizon, **tables)
        subprocess.run([peer_python(), "-m", "benchmarks.epi.forecast_peer", source, target], check=True, cwd=ROOT)
        told = dict(np.load(target))
    rows, ratio = [], replay.ours(chosen, baseline)[0]
    for name in ("AutoARIMA", "AutoETS", "Theta"):
        mine, theirs = [], []
        for number in chosen:
            each = replay.rounds[number]
            found = told[f"{name} table{number}"][each.first - 1 : each.first + 3]
            score = weighted_interval_score(found, replay.levels, each.truth)
            common = ~np.isnan(score) & ~np.isnan(each.others[baseline])
            mine.append(score[common])
            theirs.append(each.others[baseline][common])
        other = float(np.concatenate(mine).mean() / np.concatenate(theirs).mean())
        seconds = float(told[f"{name} seconds"]) / len(chosen)
        own = float(np.mean([replay.seconds[number] for number in chosen]))
        what = f"{title}: WIS to baseline beside statsforecast's {name}, {len(chosen)} rounds"
        beside = f"{other:.3f} ({seconds:.1f} CPU s a round, ours {own:.1f})"
        rows.append(_row(what, f"{ratio:.3f}", beside, f"{ratio / other:.2f}", "below 1", ratio < other))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="replay every so manieth round only")
    parser.add_argument("--cities", type=int, default=1, help="replay every so manieth round of the cities only")
    options = parser.parse_args()
    flu = Replay(hub_rounds("flusight", options.every), TWENTY_THREE)
    rows = measure("FluSight", flu, 0.60)
    rows.append(_speed(flu))
    picture(flu)
    _keep(rows)
    covid = Replay(hub_rounds("covid", options.every), TWENTY_THREE)
    rows += measure("COVID admissions", covid, 0.70)
    rows.append(_ripe(covid))
    rows += influenced(covid.rounds)
    _keep(rows)
    for title, target in (("New York and boroughs", "ILI ED visits"), ("Texas metros", "Flu ED visits pct")):
        rows += measure(
            f"MetroCast pilot, {title}",
            Replay(hub_rounds("metrocast", options.every, target), NINE),
            0.62 if "York" in title else 0.55,
        )
    some = f", one round in {options.cities}" if options.cities > 1 else ""
    rows += measure(f"MetroCast, 77 places, without versions{some}", Replay(city_rounds(options.cities), NINE), 0.55)
    _keep(rows)
    _keep(rows + wrappers("FluSight", flu, max(1, len(flu.rounds) // SOME)))


def picture(replay: Replay) -> None:
    """Draw the US forecasts of every fourth week of the last season, in the peers' Python."""
    season = [number for number, each in enumerate(replay.rounds) if each.season == replay.rounds[-1].season]
    step = max(1, round(4 * len(season) / 28))
    place = replay.rounds[season[0]].state.locations.index("US")
    rounds = [
        {
            "day": replay.rounds[number].name,
            "bands": replay.found[number][:, place][:, [1, 6, 11, 16, 21]].tolist(),
            "truth": replay.rounds[number].truth[:, place].tolist(),
        }
        for number in season[::step]
    ]
    last = replay.rounds[season[-1]]
    known = [[int(day), float(value)] for day, value in zip(last.state.days, last.state.table[:, place], strict=True)]
    subprocess.run(
        [peer_python(), "-m", "benchmarks.epi.forecast_picture"],
        input=json.dumps({"rounds": rounds, "known": known[-36:]}),
        text=True,
        check=True,
        cwd=ROOT,
    )


if __name__ == "__main__":
    main()
