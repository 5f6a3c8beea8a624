"""Public transport's moving state (GTFS-Realtime): read as it stands, where what is not said stays unknown.

Knows no table and no Django. What a feed adds to the standard is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError
from google.transit.gtfs_realtime_pb2 import FeedMessage, TripDescriptor, VehiclePosition

MAX_BYTES, MAX_ENTITIES = 50_000_000, 200_000


class Unreadable(ValueError):
    """The bytes are no feed; the message says why."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle; None where the feed does not say."""

    id: str
    trip: str | None
    route: str | None
    stop: str | None
    at: int | None
    occupancy: str | None
    percent: int | None


@dataclass(frozen=True, slots=True)
class TripUpdate:
    """What changed on a trip: the seconds by which its next known stop is late, or that it is cancelled."""

    trip: str | None
    route: str | None
    vehicle: str | None
    delay: int | None
    cancelled: bool
    stops: int


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says at one moment; `at` is None where it does not say when."""

    version: str
    at: int | None
    entities: int
    vehicles: tuple[Vehicle, ...]
    updates: tuple[TripUpdate, ...]
    alerts: tuple[str, ...]

    def age(self, now: int) -> int | None:
        """Return how many seconds old the feed is at a moment, or None where it does not say."""
        return None if self.at is None else now - self.at


def read_feed(raw: bytes) -> Feed:
    """Return what the bytes of a feed say."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"it is larger than {MAX_BYTES // 1_000_000} MB")
    message = FeedMessage()
    try:
        message.ParseFromString(raw)
    except DecodeError as error:
        raise Unreadable("it is no whole GTFS-Realtime message") from error
    if not message.IsInitialized() or not message.header.gtfs_realtime_version:
        raise Unreadable("it has no header with a version")
    if len(message.entity) > MAX_ENTITIES:
        raise Unreadable(f"it has more than {MAX_ENTITIES:,} entities")
    entities = [entity for entity in message.entity if not entity.is_deleted]
    return Feed(
        version=message.header.gtfs_realtime_version,
        at=message.header.timestamp or None,
        entities=len(message.entity),
        vehicles=tuple(_vehicle(row.id, row.vehicle) for row in entities if row.HasField("vehicle")),
        updates=tuple(_update(row.trip_update) for row in entities if row.HasField("trip_update")),
        alerts=tuple(_words(row.alert) for row in entities if row.HasField("alert")),
    )


def _vehicle(entity: str, told: Any) -> Vehicle:
    trip = told.trip if told.HasField("trip") else None
    status = None
    # Without this question an unsaid class would read as empty, which is the standard's first class.
    if told.HasField("occupancy_status"):
        status = VehiclePosition.OccupancyStatus.Name(told.occupancy_status)
    return Vehicle(
        id=(told.vehicle.id if told.HasField("vehicle") else "") or entity,
        trip=(trip.trip_id or None) if trip else None,
        route=(trip.route_id or None) if trip else None,
        stop=told.stop_id or None,
        at=told.timestamp or None,
        occupancy=status if status not in {"NO_DATA_AVAILABLE", "NOT_BOARDABLE"} else None,
        percent=told.occupancy_percentage if told.HasField("occupancy_percentage") else None,
    )


def _update(told: Any) -> TripUpdate:
    late = next(
        (event.delay for call in told.stop_time_update for name in ("arrival", "departure")
         if call.HasField(name) and (event := getattr(call, name)).HasField("delay")),
        told.delay if told.HasField("delay") else None,
    )  # fmt: skip
    return TripUpdate(
        trip=told.trip.trip_id or None,
        route=told.trip.route_id or None,
        vehicle=(told.vehicle.id or None) if told.HasField("vehicle") else None,
        delay=late,
        cancelled=told.trip.schedule_relationship == TripDescriptor.CANCELED,
        stops=len(told.stop_time_update),
    )


def _words(alert: Any) -> str:
    texts = {row.language: row.text for row in alert.header_text.translation}
    return str(texts.get("en") or next(iter(texts.values()), ""))
