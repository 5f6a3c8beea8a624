"""A picture with everything that belongs to it: sentence, freshness, table, caveat, download."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from salus.web.ui import formats, moments
from salus.web.ui.bins import bin_labels
from salus.web.ui.charts.frame import Words
from salus.web.ui.charts.svg import Drawing
from salus.web.ui.components import Level, Table
from salus.web.ui.maps import MapWords, swatch
from salus.web.ui.moments import Fresh


def chart_words() -> Words:
    """The words of every chart in the active language."""
    return Words(
        today=_("Today"),
        observed=_("Reported"),
        partial=_("Reports still arriving"),
        nowcast=_("Estimate of the final count"),
        forecast=_("Forecast"),
        band_50=_("Likely range (50%)"),
        band_90=_("Wider range (90%)"),
        signal=_("Signal"),
        made=_("Forecast made"),
        outcome=_("What happened"),
        outside=_("Outside the range"),
        nothing=_("No data for this period"),
    )


def map_words() -> MapWords:
    """The words of every map in the active language."""
    return MapWords(no_data=_("no data"), suppressed=_("hidden for privacy"), nothing=_("No zones to show"))


def axis_number(value: float) -> str:
    """A number on an axis."""
    return formats.plain(value)


def axis_day(value: date) -> str:
    """A day on an axis."""
    return moments.day(value, "short")


def axis_time(value: datetime) -> str:
    """A time of day on an axis."""
    return moments.clock_time(value)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart and its company. ``chart`` comes from :mod:`salus.web.ui.charts`."""

    title: str
    chart: Drawing | str
    table: Table | None = None
    caveat: str = ""
    csv_href: str = ""
    fresh: Fresh | None = None
    rank: int = 2
    id: str = ""

    @property
    def svg(self) -> SafeString:
        """The drawing, which our own code wrote and escaped."""
        return mark_safe(str(self.chart))


@dataclass(frozen=True, slots=True)
class LegendItem:
    """One square of a legend with its words."""

    swatch: SafeString
    label: str
    css: str = ""


@dataclass(frozen=True, slots=True)
class MapFrame:
    """One moment of a map with a time slider: the class of each zone, and the moment in words."""

    label: str
    classes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MapFigure:
    """A map and its equal, the table. ``geojson_href`` offers the interactive map; ``frames`` the slider."""

    title: str
    svg_text: str
    legend: Sequence[LegendItem]
    table: Table | None = None
    unit: str = ""
    caveat: str = ""
    csv_href: str = ""
    fresh: Fresh | None = None
    geojson_href: str = ""
    frames: Sequence[MapFrame] = ()
    rank: int = 2
    id: str = "map"

    @property
    def svg(self) -> SafeString:
        """The drawing, which our own code wrote and escaped."""
        return mark_safe(self.svg_text)

    @property
    def frames_data(self) -> dict[str, Any]:
        """What ``map.js`` needs for the slider: one letter a zone and moment."""
        zones = sorted({zone for frame in self.frames for zone in frame.classes})
        shots = [{"label": f.label, "q": "".join(f.classes.get(zone, "q0")[-1] for zone in zones)} for f in self.frames]
        return {
            "zones": zones,
            "frames": shots,
            "words": {item.css[-1]: item.label for item in self.legend if item.css},
        }

    @property
    def vendor(self) -> dict[str, str] | None:
        """Addresses of the map library; None where it was not built, and then nothing is offered."""
        if not self.geojson_href:
            return None
        return vendor_addresses()


def vendor_addresses() -> dict[str, str] | None:
    """Where the MapLibre bundle and its style sheet are; None where they were not built."""
    names = {"script": "salus/vendor/maplibre-gl.mjs", "styles": "salus/vendor/maplibre-gl.css"}
    if any(finders.find(name) is None for name in names.values()):
        return None
    try:
        return {key: staticfiles_storage.url(name) for key, name in names.items()}
    except ValueError:  # built after the static files were collected
        return None


def bin_legend(
    edges: Sequence[float],
    number: Callable[[float], str] = axis_number,
    *,
    suppressed: bool = False,
    missing: bool = False,
) -> list[LegendItem]:
    """The legend of a choropleth: five squares with numbers, and the absences that occur."""
    labels = bin_labels(edges, number, _("under {}"), _("{} and over"), _("{} to {}"))
    items = [_item(f"q{i}", label) for i, label in enumerate(labels, start=1)]
    if suppressed:
        items.append(_item("qs", _("hidden for privacy")))
    if missing:
        items.append(_item("q0", _("no data")))
    return items


def _item(css: str, label: str, *, shape: int = 0) -> LegendItem:
    return LegendItem(mark_safe(swatch(css, shape=shape)), label, css)


def level_legend(levels: Sequence[Level], *, missing: bool = False) -> list[LegendItem]:
    """The legend of a map of levels: pattern, colour and word."""
    items = [_item("act" if lv.act_now else f"q{lv.shape}", lv.name, shape=lv.shape) for lv in levels]
    return [*items, _item("q0", _("no data"))] if missing else items
