"""Measures supplies: item-days a second beside NumPy, the calculator's arithmetic, intervals on simulations."""

from __future__ import annotations

import resource

import numpy as np

from benchmarks.epi.claims import Row, claim, keep, peer, timed
from salus.epi.supplies import burn_rate, draw_usage, reorder_point, stock_out
from salus.epi.supplies.running import run_down

ITEMS, SITES, DAYS = 2000, 50, 60


def numpy_burn(stock: np.ndarray, received: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Burn rate and cover written plainly in NumPy, missing counts heeded."""
    use = stock[:-1] + np.nan_to_num(received[:-1]) - stock[1:]
    use = np.where(use >= 0, use, np.nan)
    rate = np.nanmean(use, axis=0)
    return rate, stock[-1] / rate


def numpy_end(stock: np.ndarray, demand: np.ndarray) -> np.ndarray:
    """First day on which the running total exceeds the stock, plainly in NumPy."""
    over = np.cumsum(demand, axis=0) > stock
    return np.where(over.any(axis=0), over.argmax(axis=0), -1)


def speed() -> list[Row]:
    """Item-days a second, one thread each, in one run."""
    rng = np.random.default_rng(1)
    use = rng.gamma(4, 3, (DAYS, ITEMS, SITES))
    received = np.where(rng.random(use.shape) < 0.1, 120.0, 0.0)
    stock = 5000 + np.cumsum(received - use, axis=0)
    stock[rng.random(stock.shape) < 0.01] = np.nan
    stock[-1] = np.nan_to_num(stock[-1], nan=1000.0)
    cells = stock.size / 1e6
    (rate, cover), theirs = timed(lambda: numpy_burn(stock, received))
    found, ours = timed(lambda: burn_rate(stock, received=received))
    same = max(np.abs(found.rate / rate - 1).max(), np.abs(found.cover / cover - 1).max())
    rows = [
        claim(
            f"burn rate and cover, {ITEMS:,} items, {SITES} sites, {DAYS} days",
            f"{cells / ours:.0f} million item-days/s",
            f"{cells / theirs:.0f} million NumPy",
            f"{theirs / ours:.1f} times faster",
            "above NumPy and 17 million",
            ours < theirs and cells / ours > 17,
        ),
        claim("the same rates and covers", f"within {same:.1e}", "NumPy", "", "1e-12", same < 1e-12),
    ]
    return rows


def ends() -> Row:
    """Speed and agreement of the day of stock-out."""
    rng = np.random.default_rng(2)
    use = rng.gamma(4, 3, (DAYS, ITEMS, SITES))
    cells = use.size / 1e6
    have = rng.uniform(50, 900, (ITEMS, SITES))
    day, theirs = timed(lambda: numpy_end(have, use))
    end, ours = timed(lambda: run_down(have, use[..., None], None)[..., 0])
    agree = np.array_equal(np.where(np.isinf(end), -1, np.floor(end)), day)
    return claim(
        "day of stock-out of every item and site",
        f"{cells / ours:.0f} million item-days/s, days {'equal' if agree else 'differ'}",
        f"{cells / theirs:.0f} million NumPy",
        f"{theirs / ours:.1f} times faster",
        "above NumPy and 17 million, equal",
        ours < theirs and cells / ours > 17 and agree,
    )


def cover_of_intervals() -> tuple[list[Row], dict[str, list[list[float]]]]:
    """Do intervals of the stock-out hold what happened, however use moves?"""
    rng = np.random.default_rng(8)
    rows, shown = [], {}
    for name, drift, noise, days in (
        ("steady use, 30 days known", 0.0, 0.3, 30),
        ("slowly drifting use, 60 days known", 0.03, 0.25, 60),
        ("fast drifting use, 90 days known", 0.08, 0.2, 90),
        ("14 days known", 0.02, 0.3, 14),
    ):
        hits = np.zeros((400, 2))
        for case in range(400):
            rate = 40 * np.exp(np.cumsum(drift * rng.standard_normal(days + 60)))
            use = rate * rng.gamma(1 / noise**2, noise**2, days + 60)
            stock = 14 * rate[days - 1]
            truth = stock_out(stock, use[days:, None]).median
            q = stock_out(stock, draw_usage(use[:days], horizon=60, rng=rng)).quantiles
            hits[case] = q[0] <= truth <= q[4], q[1] <= truth <= q[3]
        wide, middle = hits.mean(axis=0)
        good = 0.92 <= wide <= 0.99
        shown[name] = [[wide, middle]]
        said = f"95 % holds {wide:.3f}, 50 % holds {middle:.3f}"
        rows.append(claim(f"stock-out, {name}, 400 simulations", said, ".95, .50", "", "95 %: .92 to .99", good))
    return rows, shown


def reorder() -> list[Row]:
    """Does stock at the reorder point last as often as asked?"""
    rng = np.random.default_rng(9)
    lead = np.zeros(15)
    lead[[5, 7, 10, 14]] = 0.3, 0.4, 0.2, 0.1
    lasted = 0
    for _ in range(600):
        rate = 40 * np.exp(np.cumsum(0.03 * rng.standard_normal(75)))
        use = rate * rng.gamma(12, 1 / 12, 75)
        level = reorder_point(draw_usage(use[:60], horizon=15, rng=rng), lead, rng=rng, service=0.9).level
        lasted += use[60 : 60 + rng.choice(15, p=lead)].sum() <= level
    share = lasted / 600
    return [
        claim(
            "stock at the reorder point for .90 lasts until delivery, 600 simulations",
            f"{share:.3f} of the time",
            ".90",
            "",
            ".87 to .94",
            0.87 <= share <= 0.94,
        )
    ]


def drawing() -> None:
    """Draw one item's futures."""
    rng = np.random.default_rng(4)
    use = 40 * np.exp(np.cumsum(0.03 * rng.standard_normal(40))) * rng.gamma(16, 1 / 16, 40)
    futures = draw_usage(use, horizon=35, rng=rng)
    left = np.maximum(0, 700 - np.cumsum(futures, axis=0))
    found = stock_out(700.0, futures)
    content = {
        "use": use.tolist(),
        "left": np.quantile(left, (0.025, 0.25, 0.5, 0.75, 0.975), axis=1).round(1).tolist(),
        "probability": found.probability.round(3).tolist(),
        "quantiles": np.where(np.isinf(found.quantiles), 35, found.quantiles).round(2).tolist(),
    }
    peer("benchmarks.epi.supplies_picture", content)


def main() -> None:
    """Run all."""
    rows = [*speed(), ends()]
    rows += cover_of_intervals()[0] + reorder()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows.append(claim("peak memory of this run", f"{peak:.0f} MB", "", "", "below 1,000 MB", peak < 1000))
    drawing()
    keep("supplies", rows)


if __name__ == "__main__":
    main()
