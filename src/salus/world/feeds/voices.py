"""Every feed of a world: a new one is a class here and a source folder in `gather`."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from salus.world.feeds.calls import CallFeed
from salus.world.feeds.cases import CasesFeed, has_line_list
from salus.world.feeds.fhir import FhirFeed, speakers
from salus.world.feeds.hospitals import HospitalFeed
from salus.world.feeds.lines import LaboratoryFeed
from salus.world.feeds.prices import PriceFeed
from salus.world.feeds.sensors import SensorFeed
from salus.world.feeds.sewage import SewageFeed
from salus.world.feeds.stocks import StockFeed
from salus.world.feeds.transit import TransitFeed
from salus.world.feeds.weather import WeatherFeed
from salus.world.truth.run import Run


class Feed(Protocol):
    """Says what can be known of a day, from the truth that was kept and from the seed alone."""

    def write(self, day: int) -> Path | None:
        """Write what is said on a day; the same day is always told in the same words."""
        ...


def feeds_of(run: Run, *, on_air: bool = False) -> tuple[Feed, ...]:
    """Return the feeds of a run, in the order in which they speak; on air the sensors speak through a broker."""
    laboratories = LaboratoryFeed(run, without=speakers(run))
    listed = (CasesFeed(run),) if has_line_list(run) else ()
    return (
        laboratories,
        FhirFeed(run, laboratories),
        HospitalFeed(run),
        SewageFeed(run),
        WeatherFeed(run),
        SensorFeed(run, on_air=on_air),
        TransitFeed(run),
        PriceFeed(run),
        StockFeed(run),
        CallFeed(run),
        *listed,
    )
