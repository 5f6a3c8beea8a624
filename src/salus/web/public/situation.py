"""A situation release as pages read it: zones by code, levels as badges, measures by place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from salus.base.texts import LocalText, pick
from salus.decide.releases import ReleaseRow
from salus.web.ui.components import Level
from salus.web.ui.formats import Suppressed

Zone = Mapping[str, Any]
Item = dict[str, Any]
# An end that is not set lies after all others.
DISTANT = datetime(9000, 1, 1, tzinfo=UTC)


def moment(text: str | None) -> datetime | None:
    """Read a moment of a body."""
    return datetime.fromisoformat(text) if text else None


def day(text: str | None) -> date | None:
    """Read a day of a body."""
    return date.fromisoformat(text[:10]) if text else None


def amount(value: Mapping[str, Any] | None, part: str = "value") -> float | Suppressed | None:
    """Return a published figure, or the reason why there is none."""
    if not value or value.get("state") == "missing":
        return None
    if value.get("state") == "suppressed":
        return Suppressed(None)
    found: float | None = value.get(part)
    return found


def shortened(terms: list[Item], *, here: bool) -> list[Item]:
    """Leave out what another decision already says: of one place, or of the whole city, the longest stands."""
    kept: list[Item] = []
    for term in sorted(terms, key=lambda one: (not one["whole"], -_end(one), one["from"] or DISTANT)):
        wide = [one for one in kept if one["coming"] == term["coming"] and (here or one["whole"])]
        if not any(_end(one) >= _end(term) for one in wide):
            kept.append(term)
    return kept


def _end(term: Item) -> float:
    return float((term["until"] or DISTANT).timestamp())


class Situation:
    """One situation release in one language."""

    def __init__(self, release: ReleaseRow, language: str) -> None:
        self.release, self.body, self.language = release, release.body, language

    def say(self, text: LocalText | str | None) -> str:
        """Return a text in the language of the page."""
        return pick(text, self.language)

    @property
    def city(self) -> Mapping[str, Any]:
        """Return the city."""
        found: Mapping[str, Any] = self.body["city"]
        return found

    @cached_property
    def zones(self) -> dict[str, Zone]:
        """Return every zone by its code, the city first."""
        return {zone["code"]: zone for zone in self.body.get("zones", [])}

    @cached_property
    def root(self) -> Zone | None:
        """Return the whole city."""
        return self.zones.get(self.city.get("code", "")) or next(iter(self.zones.values()), None)

    def path(self, zone: Zone) -> list[Zone]:
        """Return the zones around a zone, the smallest first."""
        found: list[Zone] = []
        parent = self.zones.get(zone.get("parent") or "")
        while parent is not None and parent not in found:
            found.append(parent)
            parent = self.zones.get(parent.get("parent") or "")
        return found

    def inside(self, zone: Zone) -> list[Zone]:
        """Return the zones directly inside a zone."""
        return [other for other in self.zones.values() if other.get("parent") == zone["code"]]

    @property
    def leaves(self) -> list[Zone]:
        """Return the smallest areas, which are those on the map."""
        kind = (self.body.get("map") or {}).get("kind")
        return [zone for zone in self.zones.values() if zone["kind"] == kind]

    @cached_property
    def scale(self) -> list[Item]:
        """Return the levels, calmest first."""
        return sorted(self.body.get("levels", []), key=lambda step: int(step["value"]))

    def step(self, value: int | None) -> Item | None:
        """Return what a level means and asks."""
        return next((step for step in self.scale if step["value"] == value), None)

    def badge(self, value: int | None) -> Level | None:
        """Return the badge of a level, or None where it is not known."""
        step = self.step(value)
        if step is None:
            return None
        of = max((int(one["value"]) for one in self.scale), default=3)
        return Level(rank=int(step["value"]), name=self.say(step["name"]), of=of)

    @property
    def level(self) -> Level | None:
        """Return the city's badge."""
        return self.badge((self.body.get("level") or {}).get("value"))

    def measures(self, zone: Zone | None = None) -> list[Item]:
        """Return what is in force or agreed, by measure; of one zone where it is given."""
        codes = None if zone is None else {zone["code"], *(one["code"] for one in self.path(zone))}
        found: dict[str, Item] = {}
        for row in self.body.get("measures", []):
            if codes is not None and not codes & set(row["zones"]):
                continue
            kept = found.setdefault(row["code"], {**row, "terms": []})
            kept["terms"].append(self._term(row))
        for kept in found.values():
            kept["terms"] = shortened(kept["terms"], here=zone is not None)
        return list(found.values())

    def _term(self, row: Mapping[str, Any]) -> Item:
        """Where and how long a measure holds by one decision."""
        begins = moment(row.get("from"))
        zones = [self.zones[code] for code in row["zones"] if code in self.zones]
        return {
            "zones": zones,
            "whole": any(zone is self.root for zone in zones),
            "from": begins,
            "until": moment(row.get("until")),
            "decision": row.get("decision"),
            "coming": begins is not None and begins > self.release.known_at,
        }

    def indicators(self, zone: Zone) -> Iterator[Item]:
        """Return the published figures of a zone, each with its meaning."""
        for row in self.body.get("indicators", []):
            value = (zone.get("values") or {}).get(row["key"])
            if value is None:
                continue
            yield {
                **row,
                "rate": amount(value),
                "count": amount(value, "count"),
                "on": day(value.get("on") or row.get("until_on")),
                "curve": self.curve(row.get("series", "")),
            }

    def curve(self, series: str) -> Item | None:
        """Return the city's curve of a series."""
        return next((row for row in self.body.get("curves", []) if row["series"] == series), None)

    def curves(self, zone: Zone) -> list[Item]:
        """Return the curves of a zone."""
        return [row for row in self.body.get("curves", []) if row["zone"] == zone["code"]]

    @property
    def next_update(self) -> date | None:
        """Return the day of the next update."""
        return day(self.body.get("next_update_on"))
