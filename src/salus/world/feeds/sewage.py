"""Samples of sewage at each works, twice a week: concentrations with noise, limits of detection and outliers."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from salus.world.feeds.disturbance import days_to_tell, sends_rubbish, spoilt
from salus.world.feeds.truth import TruthReader
from salus.world.truth.run import Run, write_whole

NAME = "wastewater"
_SAMPLED = frozenset({0, 3})
_DAYS_TO_RESULT = 3
_LITRES_A_PERSON = 190.0
_COPIES_A_UNIT = 4.0e9
_LIMIT = 1_500.0
_SPREAD, _OUTLIERS, _WRONG_UNIT = 0.32, 0.02, 0.01


class SewageFeed:
    """Writes the results that are ready on a day."""

    def __init__(self, run: Run) -> None:
        self._run, self._truth = run, TruthReader(run)
        document = json.loads((run.pack / "catchments.geojson").read_text(encoding="utf-8"))
        number = {zone: place for place, zone in enumerate(run.place.zones)}
        self.catchments = [
            (row["properties"]["code"], np.array([number[zone] for zone in row["properties"]["zones"]]))
            for row in document["features"]
        ]
        self._folder = run.folder / "feeds" / NAME

    def write(self, day: int) -> Path | None:
        """Write the results of the samples whose turn it is; most days have none, and none while the feed is silent."""
        rows = [row for told in days_to_tell(self._truth, day, NAME) for row in self._ready(told)]
        if not rows:
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        content = pl.DataFrame(rows).write_csv().encode()
        if sends_rubbish(self._truth.day(day), NAME):
            content = spoilt(content, self._run.rng("rubbish of the sewage works", day))
        path = self._folder / f"{NAME}-{self._run.start + timedelta(days=day)}.csv"
        write_whole(path, content)
        return path

    def _ready(self, day: int) -> list[dict[str, object]]:
        """Return the results that are ready on a day."""
        sampled = day - _DAYS_TO_RESULT
        on = self._run.start + timedelta(days=sampled)
        return [] if sampled < 0 or on.weekday() not in _SAMPLED else self._samples(sampled, on.isoformat())

    def _samples(self, day: int, on: str) -> list[dict[str, object]]:
        rng, load = self._run.rng("sewage", day), self._truth.day(day).values["wastewater"].sum(axis=1)
        rows = []
        for code, zones in self.catchments:
            people = float(self._run.place.people[zones].sum())
            flow = _LITRES_A_PERSON * people * float(rng.lognormal(0.0, 0.12))
            level = _COPIES_A_UNIT * float(load[zones].sum()) / flow * float(rng.lognormal(0.0, _SPREAD))
            if rng.random() < _OUTLIERS:
                level *= float(rng.choice([0.08, 9.0]))
            unit = "copies/ml wastewater" if rng.random() < _WRONG_UNIT else "copies/l wastewater"
            below = level < _LIMIT
            rows.append(
                {
                    "sample_id": f"{code}-{on}",
                    "wwtp_name": code,
                    "sample_collect_date": on,
                    "pcr_target_avg_conc": round(_LIMIT / 2 if below else level / (1000 if "ml" in unit else 1), 1),
                    "pcr_target_units": unit,
                    "pcr_target_below_lod": "yes" if below else "no",
                    "lod_sewage": _LIMIT,
                    "flow_rate": round(flow / 3_785_412, 3),
                    "population_served": int(people),
                }
            )
        return rows
