"""The bundles that pages load: there, current, with their licences, and they work."""

import http.server
import threading
from collections.abc import Iterator
from functools import partial

import pytest

import hatch_build
from tests.fixtures.browser import PageFactory, errors_of, require_webgl

# A map with a GeoJSON source goes through the worker: when that is not found
# beside the bundle the map stays blank, and only an `error` event tells.
MAP = """
<!doctype html><html lang="en"><title>map</title><link rel="icon" href="data:,"><link rel="stylesheet" href="maplibre-gl.css">
<div id="map" style="width: 300px; height: 200px"></div>
<script type="module">
  import { Map } from "./maplibre-gl.mjs";
  const ring = [[-10, -10], [10, -10], [10, 10], [-10, -10]];
  const data = { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
  const style = {
    version: 8,
    sources: { zones: { type: "geojson", data } },
    layers: [{ id: "zones", type: "fill", source: "zones", paint: { "fill-color": "#2368A8" } }],
  };
  const map = new Map({ container: "map", style, center: [0, 0], zoom: 1 });
  map.on("error", (event) => { document.title = `error: ${event.error.message}`; });
  map.once("idle", () => { document.title = map.queryRenderedFeatures().length ? "drawn" : "blank"; });
</script>
"""
CHART = """
<!doctype html><html lang="en"><title>chart</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="uplot.css"><div id="chart"></div>
<script type="module">
  import uPlot from "./uplot.mjs";
  const options = { width: 300, height: 200, series: [{}, { stroke: "#12436D" }] };
  new uPlot(options, [[1, 2, 3], [4, 5, 6]], document.getElementById("chart"));
  document.title = document.querySelector("#chart canvas") ? "drawn" : "blank";
</script>
"""
PAGES = {"/map.html": MAP, "/chart.html": CHART}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the bundles, and the two pages above beside them."""

    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}

    def do_GET(self) -> None:
        if self.path not in PAGES:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGES[self.path].encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    handler = partial(Handler, directory=str(hatch_build.VENDOR))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_the_bundles_are_those_that_the_inputs_give() -> None:
    assert hatch_build.is_current()


def test_a_changed_input_changes_the_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    before = hatch_build.fingerprint()
    monkeypatch.setattr(hatch_build, "INPUTS", hatch_build.INPUTS[:-1])
    assert hatch_build.fingerprint() != before


def test_every_bundle_comes_with_its_licence() -> None:
    text = (hatch_build.VENDOR / "LICENSES.txt").read_text()
    for name in ("maplibre-gl", "uplot"):
        assert f"{name} " in text
    assert "Redistribution and use" in text
    assert "Permission is hereby granted" in text


@pytest.mark.slow
@pytest.mark.webgl
def test_the_map_draws(page_factory: PageFactory, server: str) -> None:
    page = page_factory()
    page.goto(f"{server}/chart.html")
    require_webgl(page)
    page.goto(f"{server}/map.html")
    page.wait_for_function("() => document.title !== 'map'")
    assert page.title() == "drawn"
    assert errors_of(page) == []


@pytest.mark.slow
def test_the_chart_draws(page_factory: PageFactory, server: str) -> None:
    page = page_factory()
    page.goto(f"{server}/chart.html")
    page.wait_for_function("() => document.title !== 'chart'")
    assert page.title() == "drawn"
    assert errors_of(page) == []
