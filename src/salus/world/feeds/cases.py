"""A line list of the ill and of some who are well: what each had, when it began, and where they live and work."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from salus.world.city.people import SEGMENTS
from salus.world.emergency import Unknown
from salus.world.emergency_kinds import Complaints, Question, Telling
from salus.world.feeds.residents import IntArray, Residents, address_of, name_of, read_residents, telephone_of
from salus.world.feeds.slips import with_slips
from salus.world.feeds.truth import TruthReader
from salus.world.truth.ill import HEAT, NOBODY, SOURCE
from salus.world.truth.run import Run, write_whole

NAME = "cases"
CASE, CONTROL = "case", "control"
COLUMNS = (
    "report_id", "reported_at", "asked_as", "asked_for", "name", "telephone", "age", "sex", "zone", "street",
    "works_at", "work_zone", "onset_at", "symptoms", "admitted", "laboratory",
)  # fmt: skip
# Days after an exposure in which something can still be said of it.
_REACH = 45
_NO_ONSET, _UNSURE_HOURS, _HAS_SYMPTOM, _SUNDAY, _HELD_BACK = 0.04, 4.0, 0.68, 6, 0.5
_FALSE_POSITIVE, _SAME_ZONE, _PENDING = 0.01, 0.5, "pending"


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody of whom a line will be written."""

    person: int
    onset: float | None
    had: frozenset[str]
    truly: bool
    admitted: bool = False
    for_report: str = ""


@dataclass(slots=True)
class _Drawing:
    """The lines that one day's exposures will ever make."""

    rng: np.random.Generator
    day: int
    ill: set[int]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def number(self) -> str:
        return f"C{self.day:05d}-{len(self.rows):05d}"


class CasesFeed:
    """Writes one file a day; what it says follows from the truth that was kept and from the seed alone."""

    def __init__(self, run: Run) -> None:
        self._run, self._truth = run, TruthReader(run)
        self._complaints, self._telling, self._questions = told_by(run)
        self._residents: Residents | None = None
        self._near: dict[tuple[str, int], IntArray] = {}
        self._folder = run.folder / "feeds" / NAME
        self._drawn = run.folder / "drawn" / NAME

    def write(self, day: int) -> Path:
        """Write the lines that come on a day."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._describe_water()
        parts = [self._lines_of(about) for about in range(max(day - _REACH, 0), day + 1)]
        table = pl.concat(parts).filter(pl.col("day") == day).sort("report_id", "laboratory").drop("day")
        table = with_slips(table, self._run.rng("slips of the line list", day))
        path = self._folder / f"{NAME}-{self._run.start + timedelta(days=day)}.csv"
        write_whole(path, table.write_csv().encode())
        return path

    def _describe_water(self) -> None:
        """Write which main brings water to which zone, as the water works would say it."""
        path = self._folder.parent / "mains.csv"
        if path.exists():
            return
        nodes = json.loads((self._run.pack / "networks.json").read_text(encoding="utf-8"))["nodes"]
        rows = [
            {"main": node["code"], "pump": node["needs"][0]["node"] if node["needs"] else "", "zone": zone}
            for node in nodes
            if node["kind"] == "main"
            for zone in node["serves"]
        ]
        write_whole(
            path, pl.DataFrame(rows, schema=dict.fromkeys(("main", "pump", "zone"), pl.String)).write_csv().encode()
        )

    def _lines_of(self, about: int) -> pl.DataFrame:
        path = self._drawn / f"{about:05d}.parquet"
        if path.exists():
            return pl.read_parquet(path)
        self._drawn.mkdir(parents=True, exist_ok=True)
        made = self._draw(about)
        part = path.with_suffix(".part")
        made.write_parquet(part)
        part.replace(path)
        return made

    def _draw(self, about: int) -> pl.DataFrame:
        known = self._run.ailments.table.filter(pl.col("exposed_on") <= about)
        drawing = _Drawing(self._run.rng("cases", about), about, set(known["person"].to_list()))
        for asked in [*self._ill(about, drawing.rng), *self._unrelated(about, drawing.rng)]:
            self._tell(drawing, asked)
        columns = dict.fromkeys((*COLUMNS, *(f"had_{row.code}" for row in self._questions)), pl.String)
        return pl.DataFrame(drawing.rows, schema={"day": pl.Int64, **columns})

    @property
    def residents(self) -> Residents:
        """Return everybody in the city, read when first needed."""
        if self._residents is None:
            self._residents = read_residents(self._run.pack, self._run.place.zones)
        return self._residents

    def _ill(self, about: int, rng: np.random.Generator) -> list[Asked]:
        """Return those exposed on a day who will see a doctor."""
        if self._run.source is None:
            return self._infected(about, rng)
        rows = self._run.ailments.table.filter(
            (pl.col("exposed_on") == about) & (pl.col("cause") != HEAT) & (pl.col("person") != NOBODY)
        ).sort("person")
        share = np.array(self._telling.sees_a_doctor_by_segment)[rows["stratum"].to_numpy() % len(SEGMENTS)]
        admitted = (rows["admitted_on"] >= 0).to_numpy()
        comes = (rng.random(rows.height) < share) | admitted
        return [
            Asked(row["person"], row["onset_at"], self._had(row, rng), True, admitted=row["admitted_on"] >= 0)
            for row in rows.filter(pl.Series(comes)).iter_rows(named=True)
        ]

    def _had(self, row: dict[str, Any], rng: np.random.Generator) -> frozenset[str]:
        if row["cause"] == SOURCE:
            return self._answers(row["person"], rng, row["had"])
        return self._answers(row["person"], rng) | frozenset(row["had"].split(";"))

    def _infected(self, about: int, rng: np.random.Generator) -> list[Asked]:
        infected = np.rint(self._truth.day(about).values["infections"]).astype(np.int64)
        share = np.tile(np.array(self._telling.sees_a_doctor_by_segment), infected.shape[1] // len(SEGMENTS))
        comes = rng.binomial(infected, np.broadcast_to(share, infected.shape))
        found = []
        for zone, stratum in np.argwhere(comes):
            people = self.residents.inside(int(zone), int(stratum))
            for person in rng.choice(people, min(int(comes[zone, stratum]), people.size), replace=False).tolist():
                onset = 24.0 * about + 24.0 * float(rng.gamma(5.0, 1.4)) + 12.0
                had = {row.code for row in self._questions if rng.random() < row.carries}
                found.append(Asked(person, onset, self._answers(person, rng) | had, True))
        return found

    def _unrelated(self, about: int, rng: np.random.Generator) -> list[Asked]:
        """Return those who have such complaints for another reason, as somebody always has."""
        usual = self._complaints.usual_per_100k_a_day * self.residents.count / 1e5
        people = rng.integers(self.residents.count, size=int(rng.poisson(usual)))
        return [
            Asked(int(one), 24.0 * about + 24.0 * float(rng.random()), self._answers(int(one), rng), False)
            for one in people
        ]

    def _answers(self, person: int, rng: np.random.Generator, had: str | None = None) -> frozenset[str]:
        """Return what a person had; of the poisoned themselves it is known what they had of the source."""
        drawn = rng.random(len(self._questions))
        found = set((had or "").split(";")) - {""}
        for row, chance in zip(self._questions, drawn, strict=True):
            if chance < row.had and self._can(person, row.at) and not self._settled(person, row.at, had):
                found.add(row.code)
        return frozenset(found)

    def _can(self, person: int, at: str) -> bool:
        if at == "work":
            return bool(self.residents.workplace[person] >= 0)
        return at != "source" or self._run.source is None or self._stands_there(person)

    def _settled(self, person: int, at: str, had: str | None) -> bool:
        """Tell whether it is known from the truth what somebody had, so that it is not drawn."""
        poisoning = self._run.ailments.poisoning
        if had is None or poisoning is None:
            return False
        zones, people = self._run.place.zones, self.residents
        lives, works = zones[int(people.zone[person])], zones[int(people.work_zone[person])]
        at_work = bool(people.work_zone[person] >= 0) and works in poisoning.area
        return {"home": lives in poisoning.area, "work": at_work}.get(at, True)

    def _stands_there(self, person: int) -> bool:
        source = self._run.source
        if source is None or source.place.kind not in {"workplace", "meal"}:
            return False
        if source.place.kind == "meal":
            return person in self._guests
        return str(self.residents.workplace[person]) == source.place.code

    @cached_property
    def _guests(self) -> frozenset[int]:
        """Return everybody who was at the meal, ill or well."""
        poisoning = self._run.ailments.poisoning
        return frozenset(poisoning.people["person"].to_list()) if poisoning is not None else frozenset()

    def _tell(self, drawing: _Drawing, asked: Asked) -> None:
        """Write a case, perhaps twice, its laboratory result, and the well who are asked for comparison."""
        rng, given = drawing.rng, self._telling
        onset = asked.onset if asked.onset is not None else 24.0 * drawing.day
        seen = onset + max(_gamma(given.hours_to_doctor, rng), 1.0)
        number = drawing.number()
        row = self._row(drawing, number, seen, asked)
        drawing.rows.append(row)
        if rng.random() < given.twice:
            drawing.rows.append(self._again(row, drawing.number(), seen + 24.0, rng))
        result = seen + 24.0 * _gamma(given.days_to_result, rng)
        if row["laboratory"] == _PENDING:
            positive = rng.random() < (given.sensitivity if asked.truly else _FALSE_POSITIVE)
            told = {"laboratory": "positive" if positive else "negative"}
            drawing.rows.append({**row, **self._when(result, rng), **told})
        if rng.random() < given.interviewed:
            for person in self._controls(asked.person, drawing.ill, rng):
                well = Asked(person, None, self._answers(person, rng), truly=False, for_report=number)
                drawing.rows.append(self._row(drawing, drawing.number(), seen + 36.0, well))

    def _controls(self, person: int, ill: set[int], rng: np.random.Generator) -> list[int]:
        """Return some who are well: neighbours or colleagues, and anybody."""
        people, near = self.residents, self._beside(person)
        found = []
        for _ in range(int(rng.poisson(self._telling.controls_for_each))):
            one = int(rng.choice(near)) if rng.random() < _SAME_ZONE else int(rng.integers(people.count))
            if one != person and one not in ill:
                found.append(one)
        return found

    def _beside(self, person: int) -> IntArray:
        """Return who lives in the same zone, or works with somebody at a poisoned workplace, or sat at the same meal."""
        people, source = self.residents, self._run.source
        if source is not None and source.place.kind == "meal" and person in self._guests:
            return np.array(sorted(self._guests), dtype=np.int64)
        together = source is not None and source.place.kind == "workplace" and people.workplace[person] >= 0
        column, value = ("workplace", people.workplace[person]) if together else ("zone", people.zone[person])
        key = (column, int(value))
        if key not in self._near:
            self._near[key] = np.flatnonzero(getattr(people, column) == value)
        return self._near[key]

    def _row(self, drawing: _Drawing, number: str, seen: float, asked: Asked) -> dict[str, Any]:
        people, rng, who = self.residents, drawing.rng, asked.person
        case = not asked.for_report
        zones = self._run.place.zones
        work = int(people.work_zone[who])
        when = self._when(seen, rng)
        sampled = case and rng.random() < self._telling.sampled and self._has_a_test(when["day"])
        return {
            **when,
            "report_id": number,
            "asked_as": CASE if case else CONTROL,
            "asked_for": asked.for_report,
            "name": name_of(who, int(people.household[who]), bool(people.female[who])),
            "telephone": telephone_of(who),
            "age": str(people.age[who]),
            "sex": "female" if people.female[who] else "male",
            "zone": zones[int(people.zone[who])],
            "street": address_of(int(people.household[who])),
            "works_at": str(people.workplace[who]) if work >= 0 else "",
            "work_zone": zones[work] if work >= 0 else "",
            "onset_at": self._onset(asked.onset, rng) if case else "",
            "symptoms": self._symptoms(rng) if case else "",
            "admitted": ("yes" if asked.admitted else "no") if case else "",
            "laboratory": _PENDING if sampled else "",
            **self._recalled(asked.had, case, rng),
        }

    def _recalled(self, had: frozenset[str], case: bool, rng: np.random.Generator) -> dict[str, str]:
        """Return what somebody says they had: not everybody is asked, and nobody recalls everything."""
        given = self._telling
        if case and rng.random() > given.interviewed:
            return {f"had_{row.code}": "" for row in self._questions}
        told = {}
        for row in self._questions:
            wrong, lost = rng.random() < given.wrongly_recalled, rng.random() < given.not_recalled
            told[f"had_{row.code}"] = "unknown" if lost else "yes" if (row.code in had) != wrong else "no"
        return told

    def _onset(self, hours: float | None, rng: np.random.Generator) -> str:
        if hours is None or rng.random() < _NO_ONSET:
            return ""
        return self._moment(hours + float(rng.normal(0.0, _UNSURE_HOURS)) / 2)

    def _symptoms(self, rng: np.random.Generator) -> str:
        names = self._complaints.symptoms
        chosen = [name for name in names if rng.random() < _HAS_SYMPTOM]
        return ";".join(chosen or [names[0]])

    def _again(self, row: dict[str, Any], number: str, seen: float, rng: np.random.Generator) -> dict[str, Any]:
        """Return the same person as a second doctor reports them."""
        return {**row, **self._when(seen, rng), "report_id": number, "laboratory": ""}

    def _when(self, seen: float, rng: np.random.Generator) -> dict[str, Any]:
        day = int(seen // 24) + int(seen % 24 > 17)
        if (day + self._run.start.weekday()) % 7 == _SUNDAY and rng.random() < _HELD_BACK:
            day += 1
        return {"day": day, "reported_at": self._moment(24.0 * day + 9 + 8 * float(rng.random()))}

    def _has_a_test(self, day: int) -> bool:
        described = self._run.described
        return not isinstance(described, Unknown) or described.stage_on(day).has_a_test

    def _moment(self, hours: float) -> str:
        midnight = datetime.combine(self._run.start, datetime.min.time())
        return (midnight + timedelta(hours=round(hours))).isoformat(timespec="minutes")


def _gamma(given: tuple[float, float], rng: np.random.Generator) -> float:
    mean, spread = given
    shape = (mean / spread) ** 2
    return float(rng.gamma(shape, mean / shape))


def told_by(run: Run) -> tuple[Complaints, Telling, tuple[Question, ...]]:
    """Return how the cases of a run come to be told."""
    if run.source is not None:
        return run.source.complaints, run.source.telling, run.source.questions
    described = run.described
    assert isinstance(described, Unknown) and described.complaints and described.telling
    return described.complaints, described.telling, described.questions


def has_line_list(run: Run) -> bool:
    """Tell whether the emergency of a run is told by a line list."""
    return run.source is not None or isinstance(run.described, Unknown)
