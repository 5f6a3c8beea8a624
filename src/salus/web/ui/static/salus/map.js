// Drawn maps: buttons to zoom and move, a slider over time, and on request the interactive map.
const SVG_CLASSES = ["q0", "q1", "q2", "q3", "q4", "q5", "act"];

function frame(svg) {
  const [x, y, w, h] = svg.getAttribute("viewBox").split(" ").map(Number);
  return { x, y, w, h };
}

function place(svg, home, box) {
  const w = Math.min(Math.max(box.w, home.w / 16), home.w);
  const h = (w * home.h) / home.w;
  const x = Math.min(Math.max(box.x, home.x), home.x + home.w - w);
  const y = Math.min(Math.max(box.y, home.y), home.y + home.h - h);
  svg.setAttribute("viewBox", [x, y, w, h].map((n) => n.toFixed(1)).join(" "));
}

function zoom(svg, home, factor) {
  const b = frame(svg);
  const w = b.w * factor;
  const h = b.h * factor;
  place(svg, home, { x: b.x + (b.w - w) / 2, y: b.y + (b.h - h) / 2, w, h });
}

function pan(svg, home, way) {
  const b = frame(svg);
  const [dx, dy] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[way];
  place(svg, home, { ...b, x: b.x + (dx * b.w) / 4, y: b.y + (dy * b.h) / 4 });
}

function buttons(figure, svg) {
  const home = frame(svg);
  svg.setAttribute("overflow", "hidden");
  figure.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.mapZoom) zoom(svg, home, button.dataset.mapZoom === "in" ? 0.66 : 1.5);
    else if (button?.dataset.mapPan) pan(svg, home, button.dataset.mapPan);
    else if (button && "mapReset" in button.dataset) place(svg, home, home);
  });
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(svg, home, event.deltaY < 0 ? 0.85 : 1.18);
  }, { passive: false });
}

function paint(svg, data, index) {
  const shot = data.frames[index];
  const hatch = svg.querySelector("pattern[id$=s]")?.id;
  data.zones.forEach((id, at) => {
    const link = svg.querySelector(`[data-zone="${CSS.escape(id)}"]`);
    const path = link?.querySelector("path");
    if (!path) return;
    const letter = shot.q[at];
    path.classList.remove(...SVG_CLASSES);
    if (letter === "s") path.setAttribute("fill", `url(#${hatch})`);
    else path.classList.add(letter === "t" ? "act" : `q${letter}`);
    svg.querySelector(`[data-name="${CSS.escape(id)}"]`)?.classList.toggle("on", "45t".includes(letter));
    const name = link.querySelector("title");
    link.dataset.name ??= name.textContent.split(": ")[0];
    name.textContent = `${link.dataset.name}: ${data.words[letter] ?? ""}`;
    link.setAttribute("aria-label", name.textContent);
  });
  return shot.label;
}

function time(figure, svg) {
  const range = figure.querySelector("[data-map-time]");
  const source = document.getElementById(`${figure.id}-frames`);
  if (!range || !source) return;
  const data = JSON.parse(source.textContent);
  const output = figure.querySelector(".map-time output");
  const say = (label) => { output.textContent = label; range.setAttribute("aria-valuetext", label); };
  say(data.frames.at(-1)?.label ?? "");
  range.addEventListener("input", () => say(paint(svg, data, Number(range.value))));
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function layers() {
  const fill = ["match", ["get", "class"]];
  for (const n of [1, 2, 3, 4, 5]) fill.push(`q${n}`, colour(`--bin-${n}`));
  fill.push("act", colour("--act"), "qs", colour("--ground"), colour("--no-data"));
  return [
    { id: "ground", type: "background", paint: { "background-color": colour("--raised") } },
    { id: "zones", type: "fill", source: "zones", paint: { "fill-color": fill } },
    { id: "edges", type: "line", source: "zones", paint: { "line-color": colour("--zone-edge"), "line-width": 1 } },
  ];
}

function bounds(geojson) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (part) => {
    if (typeof part[0] !== "number") { part.forEach(walk); return; }
    box[0] = Math.min(box[0], part[0]); box[1] = Math.min(box[1], part[1]);
    box[2] = Math.max(box[2], part[0]); box[3] = Math.max(box[3], part[1]);
  };
  for (const feature of geojson.features) if (feature.geometry) walk(feature.geometry.coordinates);
  return box;
}

async function build(stage, button) {
  if (!document.createElement("canvas").getContext("webgl2")) throw new Error("webgl");
  const { script, styles, zones } = button.dataset;
  if (styles && !document.querySelector("link[data-maplibre]")) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = styles;
    link.dataset.maplibre = "";
    document.head.append(link);
  }
  const [maplibregl, data] = await Promise.all([
    import(new URL(script, location.href).href),
    fetch(zones, { credentials: "same-origin" }).then((answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }),
  ]);
  const map = new maplibregl.Map({
    container: stage, attributionControl: false, bounds: bounds(data), fitBoundsOptions: { padding: 16 },
    style: { version: 8, sources: { zones: { type: "geojson", data } }, layers: layers() },
  });
  map.addControl(new maplibregl.NavigationControl());
  await new Promise((done, fail) => { map.once("load", done); map.once("error", fail); setTimeout(fail, 15_000); });
  follow(map, maplibregl);
  return map;
}

function follow(map, maplibregl) {
  const popup = new maplibregl.Popup({ closeButton: false });
  map.on("mousemove", "zones", (event) => {
    const { name, label } = event.features[0].properties;
    map.getCanvas().style.cursor = "pointer";
    popup.setLngLat(event.lngLat).setText(label ? `${name}: ${label}` : name).addTo(map);
  });
  map.on("mouseleave", "zones", () => { map.getCanvas().style.cursor = ""; popup.remove(); });
  map.on("click", "zones", (event) => {
    const target = new URL(event.features[0].properties.href ?? "", location.href);
    if (target.origin === location.origin && event.features[0].properties.href) location.assign(target);
  });
}

function live(figure, svg) {
  const button = figure.querySelector("[data-map-live]");
  if (!button) return;
  const stage = figure.querySelector("[data-map-stage]");
  const note = figure.querySelector("[data-map-note]");
  const word = button.textContent;
  let map = null;
  const off = () => { map?.remove(); map = null; stage.hidden = true; svg.removeAttribute("hidden"); button.textContent = word; };
  button.addEventListener("click", async () => {
    if (map) { off(); return; }
    button.disabled = true;
    stage.hidden = false;
    try {
      map = await build(stage, button);
      svg.setAttribute("hidden", "");
      button.textContent = button.dataset.wordOff;
    } catch {
      off();
      note.textContent = button.dataset.wordFailed;
      note.hidden = false;
      button.hidden = true;
    }
    button.disabled = false;
  });
}

for (const figure of document.querySelectorAll("[data-map]")) {
  const svg = figure.querySelector("svg.map");
  if (!svg) continue;
  figure.querySelector("[data-map-tools]").hidden = false;
  buttons(figure, svg);
  time(figure, svg);
  live(figure, svg);
}
if (location.hash.endsWith("-table")) document.querySelector(`details${location.hash}`)?.setAttribute("open", "");
