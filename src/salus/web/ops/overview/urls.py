"""Addresses of the overview pages."""

from __future__ import annotations

from django.urls import path

from salus.web.ops.overview import chains, live, log, now, places, series

urlpatterns = [
    path("", now.now, name="now"),
    path("now/parts/<slug:part>/", now.part, name="now_part"),
    path("map.geojson", places.map_geojson, name="map_geojson"),
    path("zones/", places.zones, name="zones"),
    path("zones/<uuid:zone>/", places.zone, name="zone"),
    path("series/<str:code>/", series.series, name="series"),
    path("series/<str:code>/curve.csv", series.curve_csv, name="series_csv"),
    path("chain/<str:kind>/<uuid:record>/", chains.chain_page, name="chain"),
    path("log/", log.log, name="log"),
    path("changes", live.changes, name="changes"),
    path("search", live.search, name="search"),
]
