"""Measures detectors of outbreaks on simulated outbreaks, beside R surveillance: power, agreement and CPU time."""

from __future__ import annotations

import resource
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks.epi.claims import Row, claim, keep, peer, timed
from benchmarks.epi.detection_worlds import informed_power, others, published
from salus.epi import ears, farrington_flexible
from salus.epi.farrington import FarringtonResult, farrington
from salus.epi.outbreak import DetectionPower, SimulatedSeries, detect_outbreaks, detection_power, simulate_outbreaks

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "tests" / "baseline" / "epi" / "data"
RATE = 0.0074
ALPHAS = (0.0005, 0.001, 0.002, 0.004, 0.007, 0.01, 0.02, 0.05)
OWN_ALPHAS = (0.001, 0.003, 0.0064, 0.01, 0.05)
Alarm = npt.NDArray[np.bool_]
Curve = list[DetectionPower]


def curves_of(simulated: SimulatedSeries, *, all_of_them: bool) -> dict[str, Curve]:
    """Return the power of every detector at every level.

    Farrington's bounds are quantiles, so one run gives its alarms at all levels by p-value.
    """
    counts, start = simulated.counts, len(simulated.counts) - simulated.judged
    own = [detect_outbreaks(counts, start=start, alpha=level).alarm for level in OWN_ALPHAS]
    flexible = farrington_flexible(counts, start=start, b=5)
    alarms = {"Salus": own, "Farrington Flexible": [_below(flexible, level) for level in ALPHAS]}
    if all_of_them:
        original = farrington(counts, start=start, b=5)
        alarms["Farrington 1996"] = [_below(original, level / 20) for level in ALPHAS]
        alarms["EARS C1"] = [ears(counts, method="C1", alpha=level / 50).alarm for level in ALPHAS]
    return {name: [detection_power(alarm, simulated) for alarm in line] for name, line in alarms.items()}


def _below(found: FarringtonResult, level: float) -> Alarm:
    return ~found.undefined & (np.nan_to_num(found.pvalue, nan=1.0) <= level)


def at_rate(points: Curve, rate: float = RATE) -> tuple[float, float]:
    """Sensitivity and delay at a rate of false alarms, between points, on its logarithm."""
    rates = np.log([point.false_alarm_rate for point in points])
    found = np.interp(np.log(rate), rates, [point.sensitivity for point in points])
    return float(found), float(np.interp(np.log(rate), rates, [point.delay for point in points]))


def power() -> list[Row]:
    """Operating curves on the published scenarios, and the picture of them."""
    simulated = published(20, 2027)
    curves = curves_of(simulated, all_of_them=True)
    informed = {pairs: informed_power(simulated, RATE, pairs=pairs) for pairs in (False, True)}
    points = {name: [(p.false_alarm_rate, p.sensitivity, p.delay) for p in line] for name, line in curves.items()}
    peer("benchmarks.epi.detection_picture", {"curves": points, "informed": informed[True].sensitivity})
    rows = _against_farrington(curves) + [_informed(curves, pairs, best) for pairs, best in informed.items()]
    default = detection_power(detect_outbreaks(simulated.counts, start=575).alarm, simulated)
    return [*rows, _default("at its default level, there", default)]


def _against_farrington(curves: dict[str, Curve]) -> list[Row]:
    ours, delay = at_rate(curves["Salus"])
    theirs, later = at_rate(curves["Farrington Flexible"])
    what = f"outbreaks found at {RATE} false alarms a week, 840 series of 42 published scenarios"
    found = claim(
        what, f"{ours:.3f}", f"Farrington Flexible {theirs:.3f}", f"{ours / theirs:.2f}", "at least .60", ours >= 0.6
    )
    what, beside = "mean delay of the outbreaks found, there", f"Farrington Flexible {later:.2f}"
    return [found, claim(what, f"{delay:.2f} weeks", beside, f"{delay / later:.2f}", "at most .2", delay <= 0.2)]


def _informed(curves: dict[str, Curve], pairs: bool, best: DetectionPower) -> Row:
    ours, delay = at_rate(curves["Salus"])
    what = "found there by the stronger evidence with mean and dispersion known, "
    what += "this week and the one before" if pairs else "this week alone"
    said, beside = f"{ours:.3f} in {delay:.2f} weeks", f"{best.sensitivity:.3f} in {best.delay:.2f} weeks"
    ratio = ours / best.sensitivity
    return claim(what, said, beside, f"{ratio:.2f}", "at least .95 of it", ratio >= 0.95)


def _default(what: str, found: DetectionPower) -> Row:
    said = f"{found.false_alarm_rate:.4f}; finds {found.sensitivity:.3f}, {found.first_week:.3f} in the first week"
    beside, held = f"asked for {1 / 156:.4f}", found.false_alarm_rate <= RATE
    return claim(f"false alarms {what}", said, beside, "", f"at most {RATE}", held)


def random_scenarios() -> list[Row]:
    """Scenarios that nothing was tuned on."""
    simulated = others(400, 9)
    curves = curves_of(simulated, all_of_them=False)
    ours, delay = at_rate(curves["Salus"])
    theirs, later = at_rate(curves["Farrington Flexible"])
    what = f"outbreaks found at {RATE} false alarms a week, 400 random scenarios of eight years"
    said, beside = f"{ours:.3f} in {delay:.2f} weeks", f"Farrington Flexible {theirs:.3f} in {later:.2f} weeks"
    start = len(simulated.counts) - simulated.judged
    default = detection_power(detect_outbreaks(simulated.counts, start=start).alarm, simulated)
    row = claim(what, said, beside, f"{ours / theirs:.2f}", "more than Farrington", ours > theirs)
    return [row, _default("at its default level, there", default)]


def little_to_learn_from() -> list[Row]:
    """Short histories and sparse series."""
    rows = []
    for weeks in (80, 156):
        short = simulate_outbreaks(replicates=12, rng=np.random.default_rng(weeks), weeks=weeks, judged=40, past=0)
        found = detection_power(detect_outbreaks(short.counts, start=weeks - 40).alarm, short)
        rows.append(_default(f"with {weeks - 40} to {weeks} weeks of history", found))
    sparse = published(20, 3)
    few = sparse.expected[-49:].mean(axis=0) < 0.5
    marks = detect_outbreaks(sparse.counts[:, few], start=575).alarm[-49:]
    rate = float(marks[~sparse.outbreak[-49:][:, few]].mean())
    what = "false alarms, series with less than one case in two weeks"
    return [*rows, claim(what, f"{rate:.4f}", f"asked for {1 / 156:.4f}", "", f"at most {RATE}", rate <= RATE)]


def _surveillance(
    counts: npt.NDArray[np.float64], method: str, first: int, alpha: float, *, dates: bool
) -> tuple[pl.DataFrame, float]:
    """Return what R found, and its CPU seconds without its start."""
    with tempfile.TemporaryDirectory() as folder:
        given, got = Path(folder) / "in.csv", Path(folder) / "out.csv"
        pl.DataFrame(counts.astype(int), schema=[f"s{i}" for i in range(counts.shape[1])]).write_csv(given)
        order = ["Rscript", str(HERE / "detection_peer.R"), str(given), str(got), method, str(first + 1), str(alpha)]
        subprocess.run([*order, "1" if dates else "0"], check=True, capture_output=True)
        found = pl.read_csv(got, null_values="NA", infer_schema_length=None)
        return found, float(found["seconds"][0])


def newport() -> npt.NDArray[np.float64]:
    """Return weekly cases of salmonella Newport in 16 German states (R surveillance)."""
    rows = pl.read_parquet(DATA / "detection_counts.parquet").filter(pl.col("set") == "newport")
    return rows["count"].to_numpy().reshape(16, -1).T.astype(np.float64)


def own_speed() -> list[Row]:
    """CPU time of EARS and of our detector, after the first call."""
    many = np.random.default_rng(1).poisson(4, (520, 10_000)).astype(np.float64)
    _, quick = timed(lambda: [ears(many, method=method) for method in ("C1", "C2", "C3")])
    states = newport()
    detect_outbreaks(states[:, :1], start=500)
    _, own = timed(lambda: detect_outbreaks(states, start=365))
    _, latest = timed(lambda: detect_outbreaks(many[-365:, :2000], start=364))
    what = "our detector, this week of 2,000 series with seven years"
    return [
        claim("EARS C1, C2 and C3 of 10,000 series of 520 weeks", f"{quick:.2f} s", "", "", "3 s", quick < 3),
        claim("our detector, 16 states, 163 weeks", f"{own:.2f} s", "", "", "under 1 s", own < 1),
        claim(what, f"{latest:.2f} s", "", "", "under 5 s", latest < 5),
    ]


def farrington_speed() -> list[Row]:
    """CPU time and agreement of Farrington Flexible with R on the 16 states."""
    if shutil.which("Rscript") is None:
        return [claim("beside R surveillance", "", "not installed", "", "", False)]
    states = newport()
    days = 731585 + 7 * np.arange(len(states))
    runs = [timed(lambda: farrington_flexible(states, dates=days, b=4, start=365)) for _ in range(5)]
    found, warm = min(runs, key=lambda pair: pair[1])
    theirs, seconds = _surveillance(states, "farrington", 365, 0.05, dates=True)
    alarm, upper = (theirs[name].cast(pl.Float64).to_numpy().reshape(16, -1).T for name in ("alarm", "upper"))
    same = bool((found.alarm[365:] == (np.nan_to_num(alarm) == 1)).all())
    apart = float(np.nanmax(np.abs(upper - found.upper[365:])))
    what = "Farrington Flexible, 16 states, 163 weeks"
    beside, ratio = f"R {seconds:.1f} s", f"{seconds / warm:.0f}"
    agreed = same and apart < 1e-6
    return [
        claim(what, f"{warm:.3f} s", beside, ratio, "under .1 s", warm < 0.1),
        claim(f"{what}: bounds", f"largest difference {apart:.0e}", "R", "", "1e-6, every alarm", agreed),
    ]


def beside_r() -> list[Row]:
    """R itself on some of the simulated series, so that its power needs no belief in ours."""
    if shutil.which("Rscript") is None:
        return []
    simulated = published(1, 2027)
    found, seconds = _surveillance(simulated.counts, "farrington", 575, 0.01, dates=False)
    alarm = np.zeros(simulated.counts.shape, dtype=bool)
    alarm[575:] = found["alarm"].fill_null(0).to_numpy().reshape(42, -1).T == 1
    ours, own = timed(lambda: farrington_flexible(simulated.counts, start=575, b=4, alpha=0.01).alarm)
    same = float((ours == alarm)[575:].mean())
    theirs = detection_power(alarm, simulated)
    best, spent = timed(lambda: detection_power(detect_outbreaks(simulated.counts, start=575).alarm, simulated))
    said = f"{best.sensitivity:.3f} at {best.false_alarm_rate:.4f}, {spent:.1f} s"
    beside = f"R {theirs.sensitivity:.3f} at {theirs.false_alarm_rate:.4f}, {seconds:.0f} s"
    what, more = (
        "Farrington Flexible on 42 simulated series: share of weeks as R",
        best.sensitivity > theirs.sensitivity,
    )
    return [
        claim(what, f"{same:.4f}", f"R {seconds:.0f} s", f"{seconds / own:.0f} in time", "1", same == 1),
        claim("our detector on these 42 series", said, beside, f"{seconds / spent:.0f} in time", "more found", more),
    ]


def main() -> None:
    """Measure, draw and keep."""
    rows = [*power(), *random_scenarios(), *little_to_learn_from(), *own_speed(), *farrington_speed(), *beside_r()]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    keep("detection", [*rows, claim("peak memory of all this", f"{memory:.0f} MB", "", "", "", True)])


if __name__ == "__main__":
    main()
