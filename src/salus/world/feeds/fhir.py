"""Laboratories that report by FHIR R4: a bundle a line, for a report or a batch, with the faults of real ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import polars as pl

from salus.world.feeds.disturbance import is_silent, nonsense, sends_rubbish
from salus.world.feeds.hospitals import facilities
from salus.world.feeds.lines import LaboratoryFeed
from salus.world.feeds.truth import TruthReader
from salus.world.truth.run import Run, write_whole

NAME = "fhir"
# Every third laboratory speaks FHIR, beginning with the second: a city with one has none that does.
_FIRST, _EACH = 1, 3
PERSON, REPORT, RESULT = "urn:salus:exercise:person", "urn:salus:exercise:report", "urn:salus:exercise:result"
_TEST, _SNOMED, _POSITIVE = "urn:salus:exercise:test", "http://snomed.info/sct", "10828004"
_BATCHED, _BATCH = 0.25, 12
# Shares of reports with each fault.
FAULTS = {
    "no_specimen": 0.015,
    "no_zone": 0.006,
    "odd_date": 0.008,
    "odd_gender": 0.01,
    "unknown_status": 0.004,
    "extra_field": 0.012,
    "same_entry_twice": 0.006,
    "no_report": 0.004,
    "cut_off": 0.003,
}
_EFFECTIVE = 0.7

Resource = dict[str, Any]


def speakers(run: Run) -> frozenset[str]:
    """Return the laboratories that speak FHIR."""
    return frozenset(row["code"] for row in facilities(run, "laboratory")[_FIRST::_EACH])


class FhirFeed:
    """Writes what the laboratories that speak FHIR report on a day."""

    def __init__(self, run: Run, reports: LaboratoryFeed) -> None:
        self._run, self._truth, self._reports = run, TruthReader(run), reports
        self._speakers = speakers(run)
        self._folder = run.folder / "feeds" / NAME

    def write(self, day: int) -> Path | None:
        """Write a bundle a line; nothing while the feed is silent."""
        truth = self._truth.day(day)
        if is_silent(truth, NAME) or not self._speakers:
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        on, rng = self._run.start + timedelta(days=day), self._run.rng("fhir", day)
        table = self._reports.sent_on(day, feed=NAME).filter(pl.col("laboratory").is_in(list(self._speakers)))
        lines = list(self._lines(table, on, rng))
        if sends_rubbish(truth, NAME):
            for _ in range(3):
                lines.insert(int(rng.integers(0, len(lines) + 1)), nonsense(rng))
        path = self._folder / f"{NAME}-{on}.ndjson"
        write_whole(path, b"".join(line + b"\n" for line in lines))
        return path

    def _lines(self, table: pl.DataFrame, on: date, rng: np.random.Generator) -> Iterator[bytes]:
        faults = rng.random((len(table), len(FAULTS))) < np.array(list(FAULTS.values()))
        batched, stated = rng.random(len(table)) < _BATCHED, rng.random(len(table)) < _EFFECTIVE
        batch: list[Resource] = []
        for place, row in enumerate(table.iter_rows(named=True)):
            wrong = {name for name, here in zip(FAULTS, faults[place].tolist(), strict=True) if here}
            entries = self._entries(row, wrong, on, stated=bool(stated[place]))
            if batched[place] and "cut_off" not in wrong:
                batch += entries
                if len(batch) >= 4 * _BATCH:
                    yield _line("collection", batch, on)
                    batch = []
                continue
            header = _entry(row["report_id"], 5, {
                "resourceType": "MessageHeader",
                "eventUri": "urn:salus:exercise:result-reported",
                "source": {"endpoint": f"urn:salus:exercise:{row['laboratory']}"},
            })  # fmt: skip
            line = _line("message", [header, *entries], on)
            yield line[: len(line) * 2 // 3] if "cut_off" in wrong else line
        if batch:
            yield _line("collection", batch, on)

    def _entries(self, row: dict[str, Any], wrong: set[str], on: date, *, stated: bool) -> list[Resource]:
        """Return the resources of a report, with its faults."""
        report = row["report_id"]
        taken = (self._run.start + timedelta(days=row["specimen"])).isoformat()
        taken = f"{taken[8:]}/{taken[5:7]}/{taken[:4]}" if "odd_date" in wrong else taken
        about = {
            "code": {"coding": [{"system": _TEST, "code": self._run.emergency.slug}]},
            "subject": {"reference": _url(report, 1)},
        }
        collection = {"collectedDateTime": taken}
        resources: list[tuple[int, Resource]] = [
            (1, self._patient(row, wrong)),
            (2, {"resourceType": "Specimen", "subject": about["subject"], "collection": collection}),
            (3, _observation(row, about, taken if stated else None)),
            (4, _report(row, about, on, "done" if "unknown_status" in wrong else row["status"])),
        ]
        left = {2: "no_specimen", 4: "no_report"}
        kept = [(place, one) for place, one in resources if left.get(place) not in wrong]
        if "same_entry_twice" in wrong:
            kept.insert(1, kept[0])
        return [_entry(report, place, one) for place, one in kept]

    def _patient(self, row: dict[str, Any], wrong: set[str]) -> Resource:
        """Return a person who is invented: a pseudonym, a year of birth and a zone."""
        pseudonym = hashlib.sha256(f"{self._run.seed}:{row['report_id']}".encode()).hexdigest()[:16]
        patient: Resource = {
            "resourceType": "Patient",
            "identifier": [{"system": PERSON, "value": pseudonym}],
            "gender": row["sex"][0].upper() if "odd_gender" in wrong else row["sex"],
            "birthDate": f"{max(self._run.start.year - row['age'], 1000):04d}",
        }
        if "no_zone" not in wrong:
            patient["address"] = [{"use": "home", "district": row["zone"]}]
        if "extra_field" in wrong:
            patient["wardOfOrigin"] = "A2"
        return patient


def _observation(row: dict[str, Any], about: Resource, taken: str | None) -> Resource:
    found: Resource = {
        "resourceType": "Observation",
        "identifier": [{"system": RESULT, "value": row["report_id"]}],
        "status": row["status"],
        **about,
        "specimen": {"reference": _url(row["report_id"], 2)},
        **({"effectiveDateTime": taken} if taken else {}),
        "valueCodeableConcept": {"coding": [{"system": _SNOMED, "code": _POSITIVE}]},
    }
    if row["variant"]:
        found["component"] = [{"code": {"text": "variant"}, "valueString": row["variant"]}]
    return found


def _report(row: dict[str, Any], about: Resource, on: date, status: str) -> Resource:
    report = row["report_id"]
    return {
        "resourceType": "DiagnosticReport",
        "identifier": [{"system": REPORT, "value": report}],
        "status": status,
        **about,
        "specimen": [{"reference": _url(report, 2)}],
        "issued": f"{on.isoformat()}T15:00:00Z",
        "result": [{"reference": _url(report, 3)}],
    }


def _url(report: str, place: int) -> str:
    base = int.from_bytes(hashlib.sha256(report.encode()).digest()[:16], "big")
    return f"urn:uuid:{UUID(int=(base + place) % 2**128, version=4)}"


def _entry(report: str, place: int, resource: Resource) -> Resource:
    return {"fullUrl": _url(report, place), "resource": resource}


def _line(kind: str, entries: list[Resource], on: date) -> bytes:
    bundle = {"resourceType": "Bundle", "type": kind, "timestamp": f"{on.isoformat()}T15:30:00Z", "entry": entries}
    return json.dumps(bundle, separators=(",", ":")).encode()
