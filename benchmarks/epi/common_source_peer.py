"""Runs statsmodels and SciPy on tables of exposure and illness. Runs in the peers' Python on a file of JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from scipy.stats.contingency import odds_ratio
from statsmodels.stats.contingency_tables import StratifiedTable, Table2x2


def taylor(tables: list) -> dict:
    """Ratios of risk and odds with their intervals, by statsmodels."""
    start = time.process_time()
    found = []
    for table in tables:
        said = Table2x2(np.array(table), shift_zeros=False)
        found.append([
            said.riskratio, *said.riskratio_confint(), said.oddsratio, *said.oddsratio_confint(),
        ])  # fmt: skip
    return {"taylor": found, "taylor_seconds": time.process_time() - start}


def exact(tables: list) -> dict:
    """Conditional odds ratios with their exact intervals, by SciPy."""
    start = time.process_time()
    found = []
    for table in tables:
        said = odds_ratio(np.array(table, dtype=int), kind="conditional")
        ends = said.confidence_interval(0.95)
        found.append([said.statistic, ends.low, ends.high])
    return {"exact": found, "exact_seconds": time.process_time() - start}


def strata(groups: list) -> dict:
    """Odds ratios with a confounder held fixed, by statsmodels."""
    start = time.process_time()
    found = []
    for group in groups:
        said = StratifiedTable([np.array(table, dtype=float) for table in group])
        same = said.test_equal_odds()
        found.append([said.oddsratio_pooled, *said.oddsratio_pooled_confint(), same.statistic])
    return {"strata": found, "strata_seconds": time.process_time() - start}


if __name__ == "__main__":
    file = Path(sys.argv[1])
    given = json.loads(file.read_text())
    file.write_text(json.dumps({**taylor(given["tables"]), **exact(given["tables"]), **strata(given["groups"])}))
