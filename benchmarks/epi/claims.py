"""Rows of a benchmark: one claim each, printed as a table and kept as JSON. Measures nothing itself."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.peers import peer_python

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results"
Row = dict[str, Any]


def claim(what: str, ours: str, beside: str, ratio: str, goal: str, held: bool) -> Row:
    """Return one claim."""
    return {"what": what, "ours": ours, "beside": beside, "ratio": ratio, "goal": goal, "held": bool(held)}


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """Return a result and its CPU seconds."""
    start = time.process_time()
    result = call()
    return result, time.process_time() - start


def peer(module: str, content: dict[str, Any]) -> dict[str, Any]:
    """Run a module in the peers' Python on a file of JSON, and read what it leaves there."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "content.json"
        file.write_text(json.dumps(content))
        subprocess.run([str(peer_python()), "-m", module, str(file)], check=True, cwd=ROOT)
        found: dict[str, Any] = json.loads(file.read_text())
        return found


def keep(topic: str, rows: list[Row]) -> None:
    """Print the claims and write them to the results."""
    for line in rows:
        mark = "held " if line["held"] else "SHORT"
        print(f"{mark}  {line['what']}: {line['ours']} | beside: {line['beside']} | {line['ratio']} | {line['goal']}")
    (RESULTS / f"epi-{topic}.json").write_text(json.dumps(rows, indent=1) + "\n")
