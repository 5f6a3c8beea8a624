"""Calls and complaints as people utter them: free text in three languages, with all that is wrong with such."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from salus.world.city.people import LANGUAGES
from salus.world.emergency_kinds import CommonSource
from salus.world.feeds.disturbance import cut_off, days_to_tell
from salus.world.feeds.rubbish import with_rubbish
from salus.world.feeds.sayings import SPOKEN, TOPICS, say, slots
from salus.world.feeds.truth import TruthDay, TruthReader
from salus.world.truth.place import FloatArray
from salus.world.truth.run import Run, write_whole
from salus.world.truth.society import SocietyReader, shelves_of
from salus.world.truth.weather import Weather

NAME = "calls"
COLUMNS = ("call_id", "received_at", "channel", "zone", "text")
_CHANNELS, _BY_CHANNEL = ("phone", "web", "message", "letter"), (0.62, 0.2, 0.15, 0.03)
# People fall ill some days after they were infected, and call then.
_ILL_AFTER = 5
_WATER = {"water_main", "pumping_station"}
_HOT, _SATURDAY = 30.0, 5
_SYNDROMES = {"gastro": "gastro", "irritation": "irritation", "fever_rash": "rash"}
_BY_SLUG = {"measles": "rash"}


class CallFeed:
    """Writes the calls that are handed over on a day; what each is truly about is kept beside the truth."""

    def __init__(self, run: Run) -> None:
        self._run, self._truth, self._society = run, TruthReader(run), SocietyReader(run)
        self._shelves, self._weather = shelves_of(run), Weather.of(run)
        self._names = _zone_names(run.pack)
        self._languages = _languages(run)
        self._people = run.place.people.sum(axis=1)
        self._syndrome = _syndrome(run)
        self._folder, self._drawn = run.folder / "feeds" / NAME, run.folder / "drawn" / NAME
        self._told_of = lru_cache(maxsize=8)(self._calls)

    def write(self, day: int) -> Path | None:
        """Write what was taken down on a day, with what was handed over late."""
        self._folder.mkdir(parents=True, exist_ok=True)
        days = days_to_tell(self._truth, day, NAME)
        if not days:
            return None
        first = max(days[0] - 1, 0)
        rows = [row for about in range(first, day + 1) for row, on in self._told_of(about) if on in days]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
        path = self._folder / f"{NAME}-{self._run.start + timedelta(days=day)}.csv"
        rng = self._run.rng("rubbish in calls", day)
        write_whole(path, with_rubbish(text.getvalue().encode(), self._truth.day(day), NAME, rng))
        return path

    def intensity(self, day: int) -> FloatArray:
        """Return how many calls are to be expected on a day, by zone and topic."""
        rates, truth, evening = slots()["rates"], self._truth.day(day), self._society.evening(day)
        per = self._people / 1e5
        found = np.array([rates["quiet"][topic] for topic in TOPICS])[None, :] * per[:, None]
        ill = self._truth.day(max(day - _ILL_AFTER, 0)).values["infections"].sum(axis=1)
        more = dict.fromkeys(TOPICS, np.zeros(per.size))
        more["symptoms"] = rates["each_case"] * ill
        more["shortage"] = rates["all_lacking"] * self._lacking(day) * per
        dear = np.nanmean(evening.stand.factor) - 1.0
        more["prices"] = rates["doubled"] * max(float(dear), 0.0) * per
        more["rumour"] = rates["whole_rumour"] * self._rumours(truth) * per
        more["measures"] = rates["all_weary"] * float(evening.mood.weariness.mean()) * per
        hot = np.maximum(self._weather.day(day).maximum - _HOT, 0.0)
        more["heat"] = rates["each_hot_degree"] * hot * per
        if self._run.source is not None and self._run.source.place.kind in _WATER:
            more["water"] = rates["each_poisoned"] * truth.values["infections"].sum(axis=1)
        on = self._run.start + timedelta(days=day)
        weekend = np.array([rates["weekend_crowding"] if topic == "crowding" and on.weekday() >= _SATURDAY else 1.0
                            for topic in TOPICS])  # fmt: skip
        return np.asarray((found + np.stack([more[topic] for topic in TOPICS], axis=1)) * weekend[None, :])

    def _lacking(self, day: int) -> FloatArray:
        """Return the share of what is asked for that is lacking in each zone's own shelves, or else in the city's."""
        stand, zone, zones = self._society.evening(day).stand, self._shelves.zone, self._people.size
        lacking, asked = stand.lacking, stand.lacking + stand.used
        city = float(lacking.sum() / max(asked.sum(), 1.0))
        own, of = np.bincount(zone, lacking, zones), np.bincount(zone, asked, zones)
        return np.asarray(np.where(of > 0, 0.5 * own / np.maximum(of, 1.0) + 0.5 * city, city))

    def _rumours(self, truth: TruthDay) -> FloatArray:
        zones = self._run.place.zones
        rows = truth.befallen("rumour")
        return np.array([min(sum(row.size for row in rows if row.holds_in(zone)), 1.0) for zone in zones])

    def _calls(self, day: int) -> list[tuple[tuple[str, ...], int]]:
        """Return the rows of a day's calls, each with the day on which it is handed over."""
        rng, truth = self._run.rng("calls", day), self._truth.day(day)
        count = rng.poisson(self.intensity(day))
        # Where the network is lost nobody gets through.
        count[cut_off(truth, self._run.place.zones)] = 0
        zone, topic = (np.repeat(part.ravel(), count.ravel()) for part in np.indices(count.shape))
        order = rng.permutation(zone.size)
        rows: list[tuple[tuple[str, ...], int]] = []
        kept: list[tuple[str, str, str, str]] = []
        for number, (at, about) in enumerate(zip(zone[order].tolist(), topic[order].tolist(), strict=True), start=1):
            call = f"Q{day:05d}-{number:05d}"
            language = SPOKEN[min(int((rng.random() > self._languages[at]).sum()), len(SPOKEN) - 1)]
            rows += self._one(call, day, at, TOPICS[about], language, truth, rng, kept)
        self._keep(day, kept)
        return rows

    def _one(
        self, call: str, day: int, zone: int, topic: str, language: str, truth: TruthDay, rng: np.random.Generator,
        kept: list[tuple[str, str, str, str]],
    ) -> list[tuple[tuple[str, ...], int]]:  # fmt: skip
        shares, code = slots()["shares"], self._run.place.zones[zone]
        rumour = next((row.words.get(language, "") for row in truth.befallen("rumour") if row.holds_in(code)), "")
        said = say(topic, language, rng, syndrome=self._syndrome, zone=self._names[code][language], rumour=rumour)
        kept.append((call, topic, language, json.dumps(said.personal, ensure_ascii=False)))
        minute = int(np.clip(rng.normal(13.5 * 60, 240), 0, 17 * 60 + 45))
        at = datetime.combine(self._run.start + timedelta(days=day), time(minute // 60, minute % 60))
        channel = _CHANNELS[int(rng.choice(len(_CHANNELS), p=_BY_CHANNEL))]
        told = "" if rng.random() < shares["no_zone"] else code
        row = (call, at.isoformat(timespec="minutes"), channel, told, said.text)
        handed = day + int(rng.random() < shares["late"])
        found: list[tuple[tuple[str, ...], int]] = [(row, handed)]
        if rng.random() < shares["twice"]:
            found.append((row, handed))
        if rng.random() < shares["again"]:
            later = (at + timedelta(minutes=9)).isoformat(timespec="minutes")
            found.append(((f"{call}B", later, channel, told, said.text), handed))
            kept.append((f"{call}B", topic, language, json.dumps(said.personal, ensure_ascii=False)))
        return found

    def _keep(self, day: int, kept: list[tuple[str, str, str, str]]) -> None:
        """Keep what each call is truly about, for those who score how it was read."""
        self._drawn.mkdir(parents=True, exist_ok=True)
        frame = pl.DataFrame(kept, schema=dict.fromkeys(("call_id", "topic", "language", "personal"), pl.String),
                             orient="row")  # fmt: skip
        content = io.BytesIO()
        frame.write_parquet(content)
        write_whole(self._drawn / f"{day:05d}.parquet", content.getvalue())


def _zone_names(pack: Path) -> dict[str, dict[str, str]]:
    features = json.loads((pack / "zones.geojson").read_text(encoding="utf-8"))["features"]
    return {row["properties"]["code"]: row["properties"]["name"] for row in features}


def _languages(run: Run) -> FloatArray:
    """Return for each zone the shares, added up, of those who call in each language; others call in English or French."""
    table = pl.read_parquet(run.pack / "people.parquet", columns=["zone", "language"])
    counts = table.group_by("zone", "language").len()
    found = np.full((len(run.place.zones), len(LANGUAGES)), 0.1)
    number = {zone: place for place, zone in enumerate(run.place.zones)}
    for zone, language, count in counts.iter_rows():
        found[number[str(zone)], LANGUAGES.index(str(language))] = float(count)
    rest = found[:, len(SPOKEN) :].sum(axis=1)
    spoken = found[:, : len(SPOKEN)] + rest[:, None] * np.array([0.7, 0.3, 0.0])[None, :]
    return np.asarray(np.cumsum(spoken / spoken.sum(axis=1, keepdims=True), axis=1))


def _syndrome(run: Run) -> str:
    """Return what the ill complain of, as far as callers have words for it."""
    described = run.described
    complaints = getattr(described, "complaints", None)
    if complaints is not None:
        return _SYNDROMES.get(complaints.syndrome, "respiratory")
    return "gastro" if isinstance(described, CommonSource) else _BY_SLUG.get(described.slug, "respiratory")
