"""How well and how fast late counts are completed: replay by date, by horizon, beside R and the hub's own figures."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from benchmarks.epi.nowcast_data import BOROUGHS, ROOT, Rows, german, german_counts, new_york
from benchmarks.epi.nowcast_worlds import START, WORLDS, simulate
from benchmarks.peers import peer_python
from salus.epi.arrays import FloatArray
from salus.epi.nowcasting import Nowcast, nowcast
from salus.epi.triangles import ReportingTriangle, reporting_triangle

LEVELS = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])
DEVELOPMENT = range(date(2021, 7, 1).toordinal(), date(2021, 10, 9).toordinal())
YEARS = range(date(2021, 2, 1).toordinal(), date(2023, 3, 1).toordinal(), 23)
MOMENTS = range(START + 170, START + 231, 60)
RESULT = ROOT / "benchmarks" / "results" / "epi-nowcast.json"
Row = dict[str, object]


@dataclass(slots=True)
class Scores:
    """Scores by moment, horizon and series: WIS, error of the reported count, hits of 95 and 50 %.

    `fair` are hits of 95 % by place among the draws, ties dealt out by lot: an interval of
    whole numbers cannot hold exactly 95 %, and holds more where counts are small.
    """

    wis: FloatArray
    naive: FloatArray
    wide: FloatArray
    half: FloatArray
    fair: FloatArray
    seconds: float

    @property
    def ratio(self) -> float:
        """WIS over the mean absolute error of the counts as reported."""
        return float(self.wis.mean() / self.naive.mean())


def wis(quantiles: FloatArray, truth: FloatArray) -> FloatArray:
    """Twice the mean pinball loss over the seven levels."""
    gap = truth[..., None] - quantiles
    out: FloatArray = 2 * np.maximum(LEVELS * gap, (LEVELS - 1) * gap).mean(axis=-1)
    return out


def triangle(rows: Rows, now: int, delay: int) -> ReportingTriangle:
    """Draw the triangle as of a day."""
    seen = rows.until(now)
    return reporting_triangle(seen.day, seen.known, seen.total, now, max_delay=delay, series=seen.series)


def replay(rows: Rows, nows: range, *, delay: int, ages: range, week: bool) -> Scores:
    """Nowcast as of each day and compare with what was known `delay` days after each date."""
    final = triangle(rows, int(rows.known.max()), delay)
    parts: list[tuple[FloatArray, ...]] = []
    used = 0.0
    for now in nows:
        seen = triangle(rows, now, delay)
        start = time.process_time()
        found: Nowcast = nowcast(seen, rng=np.random.default_rng(1), quantiles=LEVELS.tolist())
        told = found.moving_sum(7) if week else found.quantiles
        used += time.process_time() - start
        index = len(seen.dates) - 1 - np.array(ages)
        window = index[:, None] - np.arange(7 if week else 1)
        later = window + int(seen.dates[0]) - int(final.dates[0])
        truth = final.cumulative[later, :, delay].sum(axis=1)
        fair = by_lot(found, index, truth, 7 if week else 1)
        parts.append((*judge(told[index], truth, seen.latest[window].sum(axis=1)), fair))
    return Scores(*(np.stack([part[i] for part in parts]).astype(float) for i in range(5)), used / len(nows))


def by_lot(found: Nowcast, index: np.ndarray, truth: FloatArray, days: int) -> FloatArray:
    """Is the truth's place among the draws within the middle 95 %? Ties are broken by lot."""
    paths = np.repeat(found.reported[..., None], found.samples.shape[-1], axis=-1)
    paths[-found.samples.shape[0] :] = found.samples
    sums = paths[index[:, None] - np.arange(days)].sum(axis=1)
    below, equal = ((compare(sums, truth[..., None])).mean(axis=-1) for compare in (np.less, np.equal))
    place = below + equal * np.random.default_rng(1).random(truth.shape)
    return (np.abs(place - 0.5) <= 0.475).astype(float)


def judge(told: FloatArray, truth: FloatArray, reported: FloatArray) -> tuple[FloatArray, ...]:
    """WIS, error of the reported count, and whether the 95 and 50 % intervals hold."""
    wide = (told[..., 0] <= truth) & (truth <= told[..., -1])
    half = (told[..., 2] <= truth) & (truth <= told[..., 4])
    return wis(told, truth), np.abs(reported - truth), wide.astype(float), half.astype(float)


def dealt_out(states: int) -> Rows:
    """Deal the country out to made-up states, report by report, beside its ages."""
    whole = german().of("00+")
    counts = german_counts().filter(german_counts()["age_group"] == "00+")["count"].to_numpy()
    rng = np.random.default_rng(1)
    dealt = rng.multinomial(counts, rng.dirichlet(np.full(states, 3.0)))
    first = np.flatnonzero(np.r_[True, np.diff(whole.day) > 0])
    total = np.cumsum(dealt, axis=0).astype(float)
    before = np.vstack([np.zeros(states), total])[first]
    total -= np.repeat(before, np.diff(np.r_[first, total.shape[0]]), axis=0)
    ages = german()
    return Rows(
        np.concatenate([ages.day, np.tile(whole.day, states)]),
        np.concatenate([ages.known, np.tile(whole.known, states)]),
        np.concatenate([ages.total, total.T.ravel()]),
        np.concatenate([ages.series, np.repeat([f"state {place}" for place in range(states)], whole.day.size)]),
    )


def strata() -> Row:
    """Time one date for as many strata as the hub asks."""
    seen = triangle(dealt_out(16), DEVELOPMENT[-1], 40)
    start = time.process_time()
    nowcast(seen, rng=np.random.default_rng(1), quantiles=LEVELS.tolist()).moving_sum(7)
    seconds = time.process_time() - start
    return {
        "what": f"One date for {len(seen.series)} strata (seven ages, the country dealt out to 16 states), CPU seconds",
        "ours": f"{seconds:.2f}",
        "beside": "Bayesian models of the hub: 2,300 to 5,700 s",
        "ratio": f"{seconds / 2300:.5f}",
        "goal": "under 5 s",
        "held": seconds < 5,
    }


def run_r(nows: range) -> tuple[FloatArray, float]:
    """Let R's surveillance nowcast the German totals; rows of day, age, quantiles, and CPU seconds a date."""
    table = german_counts()
    table = table.filter((table["age_group"] == "00+") & (table["count"] > 0))
    event = table["reference_date"]
    report = [day + timedelta(days=delay) for day, delay in zip(event, table["delay"], strict=True)]
    text = [f"{day},{then},{count}" for day, then, count in zip(event, report, table["count"], strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        lines, out = Path(folder) / "rows.csv", Path(folder) / "out.csv"
        lines.write_text("event,report,count\n" + "\n".join(text))
        days = ",".join(str(date.fromordinal(now)) for now in nows)
        command = ["Rscript", str(Path(__file__).with_suffix(".R")), str(lines), days, str(out)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return np.genfromtxt(out, delimiter=",", skip_header=1), float(done.stdout.split()[-1])


def beside_r() -> Row:
    """Daily nowcasts of R's surveillance on the same days."""
    goal = "lower score, less time"
    what = "Germany, daily counts of 29 days, 10 moments: score over the error of the reported"
    if shutil.which("Rscript") is None:
        return {"what": what, "ours": "", "beside": "R is not installed", "ratio": "", "goal": goal, "held": False}
    nows = range(DEVELOPMENT[0], DEVELOPMENT[-1], 10)
    rows = german().of("00+")
    mine = replay(rows, nows, delay=40, ages=range(29), week=False)
    theirs, seconds = run_r(nows)
    final = triangle(rows, int(rows.known.max()), 40)
    moment = theirs[:, 0].astype(int) + date(1970, 1, 1).toordinal()
    truth = final.cumulative[moment - theirs[:, 1].astype(int) - int(final.dates[0]), 0, 40]
    score = wis(theirs[:, 2:], truth).mean() / mine.naive.mean()
    inside = np.mean((theirs[:, 2] <= truth) & (truth <= theirs[:, -1]))
    return {
        "what": what,
        "ours": f"{mine.ratio:.3f}, {mine.wide.mean():.2f} inside 95 %, {mine.seconds:.3f} CPU s a date",
        "beside": f"surveillance (Lawless) {score:.3f}, {inside:.2f} inside, {seconds:.2f} CPU s",
        "ratio": f"{mine.ratio / score:.2f} of the score, {mine.seconds / seconds:.3f} of the time",
        "goal": goal,
        "held": bool(mine.ratio < score and mine.seconds < seconds),
    }


def claims(name: str, scores: Scores, goal: float, reference: str) -> list[Row]:
    """Rows about score and coverage of one set."""
    covered, fair = float(scores.wide.mean()), float(scores.fair.mean())
    return [
        {
            "what": f"{name}: WIS of 7-day sums, 29 horizons, {scores.wis.shape[0]} dates",
            "ours": f"{scores.wis.mean():.2f}",
            "beside": f"as reported {scores.naive.mean():.1f}; {reference}",
            "ratio": f"{scores.ratio:.3f} of the reported count's error",
            "goal": f"under {goal} (set by the hub's own season, with higher counts)",
            "held": bool(scores.wis.mean() < goal),
        },
        {
            "what": f"{name}: share of truths inside the 95 % interval with ties by lot",
            "ours": f"{fair:.3f}",
            "beside": f"{covered:.3f} with ties inside; 50 % holds {scores.half.mean():.3f}",
            "ratio": "",
            "goal": ".90 to .97",
            "held": 0.90 <= fair <= 0.97,
        },
    ]


def horizons(name: str, scores: Scores) -> None:
    """Print score and coverage by horizon."""
    print(f"{name}: horizon, WIS, over the reported count's error, inside 95 %, inside 50 %")
    for age in (0, 1, 2, 3, 5, 7, 10, 14, 21, 28):
        if age < scores.wis.shape[1]:
            score, naive = scores.wis[:, age].mean(), scores.naive[:, age].mean()
            inside = f"{scores.wide[:, age].mean():7.2f} {scores.half[:, age].mean():7.2f}"
            print(f"  {-age:4d} {score:8.2f} {score / max(naive, 1e-9):7.3f} {inside}")


def cities() -> list[Row]:
    """New York by day and by week, the city and its boroughs."""
    out: list[Row] = []
    for metric in ("case", "hosp", "death"):
        for label, areas in (("city", ("CITY",)), ("boroughs", BOROUGHS)):
            scores = replay(new_york(metric, areas), YEARS, delay=28, ages=range(1, 28), week=True)
            fair = float(scores.fair.mean())
            out.append(
                {
                    "what": f"New York {label}, {metric}, 7-day sums, {len(YEARS)} moments of two years",
                    "ours": f"{scores.ratio:.3f} of the reported count's error; {fair:.3f} inside 95 %, ties by lot",
                    "beside": f"{scores.wide.mean():.3f} with ties inside; 50 % holds {scores.half.mean():.2f}",
                    "ratio": f"{scores.ratio:.3f}",
                    "goal": "coverage .90 to .97",
                    "held": 0.90 <= fair <= 0.97,
                }
            )
    return out


def simulations() -> list[Row]:
    """Coverage where the truth is known: sources that are steady, wander, take back, or come in bulk."""
    out: list[Row] = []
    for name, world in WORLDS.items():
        found = [replay(simulate(world, seed), MOMENTS, delay=28, ages=range(28), week=True) for seed in range(16)]
        fair, half = (float(np.mean([getattr(one, part).mean() for one in found])) for part in ("fair", "half"))
        score = float(np.mean([one.wis.mean() for one in found]) / np.mean([one.naive.mean() for one in found]))
        out.append(
            {
                "what": f"Simulated source, {name}: 7-day sums, 28 horizons, {len(MOMENTS)} moments of 16 sources",
                "ours": f"{score:.3f} of the reported count's error; {fair:.3f} inside 95 %, ties by lot",
                "beside": f"50 % holds {half:.2f}",
                "ratio": f"{score:.3f}",
                "goal": "coverage .90 to .97",
                "held": 0.90 <= fair <= 0.97,
            }
        )
    return out


def picture(national: Scores) -> None:
    """Hand one nowcast and the scores by horizon to the peers' Python, which has matplotlib."""
    rows, now = german().of("00+"), date(2021, 9, 15).toordinal()
    seen, final = triangle(rows, now, 40), triangle(rows, int(rows.known.max()), 40)
    found = nowcast(seen, rng=np.random.default_rng(1), quantiles=LEVELS.tolist()).moving_sum(7)[-42:, 0]
    steps = len(seen.dates)
    truth = np.convolve(final.cumulative[:steps, 0, 40], np.ones(7), "valid")[-42:]
    reported = np.convolve(seen.latest[:, 0], np.ones(7), "valid")[-42:]
    figures = {
        "quantiles": found.tolist(),
        "truth": truth.tolist(),
        "reported": reported.tolist(),
        "ratio": (national.wis.mean(axis=(0, 2)) / national.naive.mean(axis=(0, 2))).tolist(),
        "inside": national.wide.mean(axis=(0, 2)).tolist(),
    }
    command = [str(peer_python()), "-m", "benchmarks.epi.nowcast_picture"]
    subprocess.run(command, input=json.dumps(figures), text=True, check=True, cwd=ROOT)


def main() -> None:
    """Measure, print, keep and draw."""
    national = replay(german().of("00+"), DEVELOPMENT, delay=40, ages=range(29), week=True)
    ages = [label for label in np.unique(german().series) if label != "00+"]
    groups = replay(german().of(*ages), DEVELOPMENT, delay=40, ages=range(29), week=True)
    horizons("Germany, all", national)
    horizons("Germany, six age groups", groups)
    rows = claims("Germany", national, 85, "hub ensemble 86 and best team 125 on their season")
    rows += claims("Germany by age (in place of states)", groups, 21.9, "hub ensemble 21.9 by state on its season")
    rows.append(strata())
    rows += [beside_r(), *cities(), *simulations()]
    for row in rows:
        print("held " if row["held"] else "SHORT", row["what"], "|", row["ours"], "|", row["beside"], "|", row["goal"])
    RESULT.write_text(json.dumps(rows, indent=1) + "\n")
    picture(national)


if __name__ == "__main__":
    main()
