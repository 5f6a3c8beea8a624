"""Warnings that came in (CAP): what each says of which zone and day, and what becomes of it by later ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from salus.gather import cap
from salus.gather.cap.document import Alert, Info
from salus.gather.schemas import Defect
from salus.gather.sources.chunks import DoubtfulLine

HAZARDS = ("heat", "storm", "flood")
_LEVELS = {"Extreme": 3, "Severe": 2, "Moderate": 1, "Minor": 1, "Unknown": 1}
_WORDS = {"heat": ("heat", "hot", "chaleur"), "storm": ("storm", "wind", "gale"), "flood": ("flood", "river")}
_IN_USE = frozenset({"Actual", "Exercise"})
# A warning that claims to hold for longer holds for so long; of a document that cannot be used so much is shown.
_LONGEST = timedelta(days=14)
_SHOWN = 600
_NAMED = 12

Cell = tuple[str, str, date]


@dataclass(frozen=True, slots=True)
class Told:
    """One message as far as it matters here."""

    identifier: str
    kind: str
    sent_on: date
    hazard: str
    level: int
    zones: tuple[str, ...]
    days: tuple[date, ...]
    references: frozenset[str]


@dataclass(slots=True)
class Standing:
    """The warnings that stand; each message changes what they say of days."""

    standing: dict[str, Told] = field(default_factory=dict)

    def hear(self, told: Told) -> set[Cell]:
        """Take a message in, and return the cells of which it may have changed the level."""
        touched = set(_cells(told, told.days))
        for name in told.references & set(self.standing):
            before = self.standing[name]
            # What was warned of until now has been; only the days to come are taken back.
            self.standing[name] = _ended(before, told.sent_on)
            touched |= {cell for cell in _cells(before, before.days) if cell[2] > told.sent_on}
        if told.kind != "Cancel":
            self.standing[told.identifier] = told
        return {cell for cell in touched if told.kind != "Cancel" or cell[2] > told.sent_on}

    def level(self, cell: Cell) -> int:
        """Return the highest level that stands for a hazard in a zone on a day."""
        hazard, zone, day = cell
        return max(
            (row.level for row in self.standing.values()
             if row.hazard == hazard and zone in row.zones and day in row.days),
            default=0,
        )  # fmt: skip


def _cells(told: Told, days: Iterable[date]) -> Iterator[Cell]:
    return ((told.hazard, zone, day) for day in days for zone in told.zones)


def _ended(told: Told, on: date) -> Told:
    return Told(told.identifier, told.kind, told.sent_on, told.hazard, told.level, told.zones,
                tuple(day for day in told.days if day <= on), told.references)  # fmt: skip


def read_warning(
    path: Path, *, came_on: date, zones: Mapping[str, tuple[str, ...]], zone_of_time: ZoneInfo
) -> tuple[list[Told], tuple[DoubtfulLine, ...]]:
    """Return what a file warns of, or what is wrong with it; `zones` gives the smallest zones of every code."""
    raw = path.read_bytes()
    reading = cap.read(raw)
    problems = [Defect(1, one.where, "", "bad_message", {"problem": one.what}) for one in reading.defects if one.fatal]
    found: list[Told] = []
    for alert in reading.alerts if not problems else ():
        told, wrong = _told(alert, came_on, zones, zone_of_time)
        found += [told] if told else []
        problems += [Defect(1, where, value, code) for where, value, code in wrong]
    if problems:
        shown = raw[:_SHOWN].decode("utf-8", errors="replace")
        return [], (DoubtfulLine(1, {"file": path.name, "message": shown}, tuple(problems[:_NAMED])),)
    return found, ()


def _told(
    alert: Alert, came_on: date, zones: Mapping[str, tuple[str, ...]], zone_of_time: ZoneInfo
) -> tuple[Told | None, list[tuple[str, str, str]]]:
    if alert.status not in _IN_USE or alert.message_type not in {"Alert", "Update", "Cancel"}:
        return None, []
    sent = datetime.fromisoformat(alert.sent).astimezone(zone_of_time)
    if sent.date() > came_on:
        return None, [("alert/sent", alert.sent, "future_date")]
    # The languages of a message say the same; the first that can be used stands for all.
    info = next((one for one in alert.infos if _hazard(one)), None)
    if info is None:
        return None, [("alert/info/event", alert.infos[0].event if alert.infos else "", "unknown_event")]
    places = tuple(sorted({zone for code in _codes(info) for zone in zones.get(code, ())}))
    if not places:
        return None, [("alert/info/area", ", ".join(_codes(info))[:80], "unknown_zone")]
    return Told(
        alert.identifier, alert.message_type, sent.date(), _hazard(info), _LEVELS[info.severity], places,
        _days(info, sent, zone_of_time), frozenset(_references(alert)),
    ), []  # fmt: skip


def _hazard(info: Info) -> str:
    text = " ".join((*(code.value for code in info.event_codes), info.event)).lower()
    return next((name for name in HAZARDS if any(word in text for word in _WORDS[name])), "")


def _codes(info: Info) -> list[str]:
    return [code.value.strip() for area in info.areas for code in area.geocodes]


def _days(info: Info, sent: datetime, zone_of_time: ZoneInfo) -> tuple[date, ...]:
    begin = datetime.fromisoformat(info.onset or info.effective or sent.isoformat()).astimezone(zone_of_time)
    end = datetime.fromisoformat(info.expires).astimezone(zone_of_time) if info.expires else begin
    last = min(end, begin + _LONGEST).date()
    return tuple(begin.date() + timedelta(days=n) for n in range((last - begin.date()).days + 1))


def _references(alert: Alert) -> Iterator[str]:
    for one in (alert.references or "").split():
        parts = one.split(",")
        if len(parts) == 3:
            yield parts[1]
