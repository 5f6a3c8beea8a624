"""What a line list says under a case definition: numbers only, no table is read or written here."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from scipy.stats import lognorm

from salus.assess.investigations.classing import CLASSES, class_of
from salus.assess.investigations.document import Definition, Incubation, InvestigationPack
from salus.epi.common_source import attack_rates, exposure_window, two_by_two
from salus.epi.errors import EpiError
from salus.epi.scan import ScanResult, circular_windows, scan_poisson
from salus.gather.cases.schemas import CONTROL, AreaRow, CaseFacts

_LONGEST_DAYS, _SCANNED_DAYS, _REPLICATES, _STOP = 21, 42, 199, 40
_FEWEST, _WORKPLACES, _STEPS_A_MEAN = 3, 6, 8


@dataclass(frozen=True, slots=True)
class Ground:
    """Where people live: by number of the zone, people and the middle (lon, lat)."""

    people: Mapping[int, float]
    middle: Mapping[int, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Classed:
    """The cases under a definition, with how surely each is one, and those asked for comparison."""

    cases: tuple[tuple[CaseFacts, str], ...]
    controls: tuple[CaseFacts, ...]
    left_out: Mapping[str, int]


def investigate(
    rows: Sequence[CaseFacts],
    *,
    definition: Definition,
    pack: InvestigationPack,
    areas: Sequence[AreaRow],
    ground: Ground,
    now: datetime,
) -> dict[str, Any]:
    """Return everything that an investigation shows, as it is kept."""
    found = classed(rows, definition)
    by_area = area_table([row for row, _name in found.cases], areas, ground)
    workplaces = workplace_table(found)
    suspect = by_area[0]["zones"] if by_area and by_area[0]["low"] > 1 else []
    return {
        "counts": {name: sum(one == name for _row, one in found.cases) for name in CLASSES},
        "controls": len(found.controls),
        "left_out": dict(found.left_out),
        "curve": curve(found, pack, now),
        "exposures": exposure_table(found, pack),
        "areas": by_area,
        "workplaces": workplaces,
        "zones": zone_table(found, ground),
        # Where people infect each other there is no one time at which all were exposed.
        "window": None if pack.person_to_person else window(found, pack.incubation, suspect),
        "cluster": cluster(found, ground, now),
    }


def classed(rows: Sequence[CaseFacts], definition: Definition) -> Classed:
    """Class every report, and count what was left out and why."""
    cases = [(row, name) for row in rows if (name := class_of(row, definition))]
    ill = [row for row in rows if row.asked_as != CONTROL]
    left_out = {
        "twice": sum(row.duplicate for row in ill),
        "other": len(ill) - len(cases) - sum(row.duplicate for row in ill),
    }
    return Classed(tuple(cases), tuple(row for row in rows if row.asked_as == CONTROL), left_out)


def curve(found: Classed, pack: InvestigationPack, now: datetime) -> dict[str, Any]:
    """Return the cases by onset, step by step, noughts included."""
    hours = 24 if pack.step == "day" else 6
    step = timedelta(hours=hours)
    known = [(row.onset_at, name) for row, name in found.cases if row.onset_at is not None]
    if not known:
        return {"hours": hours, "points": [], "without_onset": len(found.cases)}
    first = min(at for at, _name in known)
    begin = datetime.combine(first.astimezone(UTC).date(), datetime.min.time(), tzinfo=UTC)
    last = max(*(at for at, _name in known), min(now, begin + timedelta(days=90)))
    count = int((last - begin) / step) + 1
    bins = Counter((int((at - begin) / step), name) for at, name in known)
    points = [
        {"at": (begin + number * step).isoformat(), **{name: bins[(number, name)] for name in CLASSES}}
        for number in range(count)
    ]
    return {"hours": hours, "points": points, "without_onset": len(found.cases) - len(known)}


def exposure_table(found: Classed, pack: InvestigationPack) -> list[dict[str, Any]]:
    """Return every question against illness, the most telling first, with exact odds ratios."""
    asked = [row for row, _name in found.cases if row.answers] + [row for row in found.controls if row.answers]
    codes = sorted({code for row in asked for code in row.answers})
    ill = [float(row.asked_as != CONTROL) for row in asked]
    if not codes or not 0 < sum(ill) < len(ill):
        return []
    value = {"yes": 1.0, "no": 0.0}
    table = [[value.get(row.answers.get(code, ""), np.nan) for code in codes] for row in asked]
    try:
        told = attack_rates(ill, table, codes)
    except EpiError:
        return []
    return [
        {
            "code": code,
            "text": dict(pack.questions.get(code, {})),
            **_cells(one.table),
            "odds": _numbers(one.exact_odds_ratio),
            "risk": _numbers(one.risk_ratio),
            "p": _number(one.fisher_two_sided),
            "explained": _number(told.explained[place]),
            "unknown": int(told.missing[place]),
        }
        for place, (code, one) in enumerate(zip(told.exposures, told.tables, strict=True))
    ]


def area_table(cases: Sequence[CaseFacts], areas: Sequence[AreaRow], ground: Ground) -> list[dict[str, Any]]:
    """Return the ill per 1,000 in each service area against the rest of the city, the likeliest source first."""
    homes = Counter(row.zone for row in cases if row.zone is not None)
    total, everybody = sum(homes.values()), sum(ground.people.values())
    found = []
    for area in areas:
        people = sum(ground.people.get(zone, 0.0) for zone in area.zones)
        ill = sum(homes[zone] for zone in area.zones)
        if people <= 0 or people >= everybody:
            continue
        told = _against_the_rest(ill, people, total, everybody)
        found.append({"network": area.network, "code": area.code, "upstream": area.upstream,
                      "zones": list(area.zones), "ill": ill, "people": round(people), **told})  # fmt: skip
    return sorted(found, key=lambda row: (-(row["low"] or 0.0), -row["ill"], row["code"]))


def _against_the_rest(ill: int, people: float, total: int, everybody: float) -> dict[str, Any]:
    inside, outside = round(people), round(everybody - people)
    blank = {"per_1000": 1000 * ill / people, "ratio": None, "low": 0.0, "high": None, "p": None}
    if not ill or total - ill > outside or ill > inside:
        return blank
    table = two_by_two([[ill, inside - ill], [total - ill, outside - (total - ill)]])
    ratio, low, high = table.exact_odds_ratio
    return {**blank, "ratio": _number(ratio), "low": _number(low) or 0.0, "high": _number(high),
            "p": _number(table.fisher_two_sided)}  # fmt: skip


def workplace_table(found: Classed) -> list[dict[str, Any]]:
    """Return workplaces with several of the ill, against those who were asked for comparison."""
    ill = Counter(row.workplace for row, _name in found.cases if row.workplace)
    well = Counter(row.workplace for row in found.controls if row.workplace)
    cases, controls = len(found.cases), len(found.controls)
    rows = []
    for code, count in ill.most_common(_WORKPLACES):
        if count < _FEWEST or not controls:
            continue
        table = two_by_two([[count, well[code]], [cases - count, controls - well[code]]])
        rows.append({"code": code, **_cells(table.table), "odds": _numbers(table.exact_odds_ratio),
                     "p": _number(table.fisher_two_sided)})  # fmt: skip
    return sorted(rows, key=lambda row: -(row["odds"][1] or 0.0))


def zone_table(found: Classed, ground: Ground) -> list[dict[str, Any]]:
    """Return the ill by the zone in which they live."""
    homes = Counter(row.zone for row, _name in found.cases if row.zone is not None)
    return [
        {"zone": zone, "ill": homes[zone], "people": round(people), "per_1000": 1000 * homes[zone] / people}
        for zone, people in sorted(ground.people.items())
        if people > 0
    ]


def window(found: Classed, incubation: Incubation, suspect: Sequence[int]) -> dict[str, Any] | None:
    """Return when exposure must have been, from the onsets of those who live or work where it points to."""
    inside = [row for row, _name in found.cases
              if row.onset_at is not None and (not suspect or {row.zone, row.work_zone} & set(suspect))]  # fmt: skip
    if len(inside) < _FEWEST:
        return None
    hours = max(1, round(incubation.mean_hours / _STEPS_A_MEAN))
    onsets = [row.onset_at for row in inside if row.onset_at is not None]
    begin = min(onsets)
    steps = [int((at - begin) / timedelta(hours=hours)) for at in onsets]
    longest = max(2, round(24 * _LONGEST_DAYS / hours))
    try:
        told = exposure_window(steps, _by_step(incubation, hours), longest=longest, quantiles=(0.025, 0.5, 0.975))
    except EpiError:
        return None
    moment = lambda step: (begin + timedelta(hours=hours * float(step))).isoformat()  # noqa: E731
    return {
        "from": [moment(step) for step in told.begin],
        "to": [moment(step + 1) for step in told.end],
        "likeliest": [moment(told.likeliest[0]), moment(told.likeliest[1] + 1)],
        "single": _number(told.point_source),
        "hours": hours,
        "cases": len(inside),
    }


def _by_step(incubation: Incubation, hours: int) -> list[float]:
    """Return the chance of each step from exposure to onset, log-normal."""
    variance = math.log1p((incubation.sd_hours / incubation.mean_hours) ** 2)
    whole = lognorm(math.sqrt(variance), scale=incubation.mean_hours * math.exp(-variance / 2))
    reach = math.ceil(float(whole.ppf(0.999)) / hours) + 1
    chance = np.diff(whole.cdf(np.arange(reach + 1) * hours))
    return [float(part) for part in chance / chance.sum()]


def cluster(found: Classed, ground: Ground, now: datetime) -> dict[str, Any] | None:
    """Return the likeliest cluster of cases in space and time, if chance does not explain it."""
    numbers = sorted(zone for zone, people in ground.people.items() if people > 0 and zone in ground.middle)
    place = {zone: n for n, zone in enumerate(numbers)}
    first = now.date() - timedelta(days=_SCANNED_DAYS - 1)
    counts = np.zeros((_SCANNED_DAYS, len(numbers)))
    for row, _name in found.cases:
        day = ((row.onset_at or row.reported_at).date() - first).days
        if row.zone in place and 0 <= day < _SCANNED_DAYS:
            counts[day, place[row.zone]] += 1
    if counts.sum() < _FEWEST or len(numbers) < 2:
        return None
    coordinates = [(ground.middle[zone][1], ground.middle[zone][0]) for zone in numbers]
    try:
        people = np.array([ground.people[zone] for zone in numbers])
        windows = circular_windows(coordinates, people, max_share=0.5)
        expected = np.tile(people, (_SCANNED_DAYS, 1))
        told = scan_poisson(counts, expected, windows, rng=np.random.default_rng(7), analysis="space-time",
                            replicates=_REPLICATES, early_stop=_STOP)  # fmt: skip
    except EpiError:
        return None
    return _told_cluster(told, numbers, first) if told.clusters else None


def _told_cluster(told: ScanResult, numbers: Sequence[int], first: date) -> dict[str, Any]:
    best = told.clusters[0]
    return {
        "zones": [numbers[int(n)] for n in best.zones],
        "from": (first + timedelta(days=best.start)).isoformat(),
        "to": (first + timedelta(days=best.end)).isoformat(),
        "observed": int(best.cases),
        "expected": _number(best.expected),
        "p": _number(best.pvalue),
    }


def _cells(table: Any) -> dict[str, int]:
    (a, b), (c, d) = table
    return {"ill_had": int(a), "well_had": int(b), "ill_not": int(c), "well_not": int(d)}


def _number(value: float) -> float | None:
    """Return a number as JSON can hold it; what is infinite or undefined is nothing."""
    return float(value) if math.isfinite(value) else None


def _numbers(values: Sequence[float]) -> list[float | None]:
    return [_number(value) for value in values]
