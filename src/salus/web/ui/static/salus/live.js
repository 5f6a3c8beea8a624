// Live: listens to server-sent events, else asks with an ETag; tells the parts of the page that changed.
//   <section data-live="signals" hx-get="…" hx-trigger="salus:changed">
// The event "salus:changed" goes to each such element and, with all topics, to the document.
const state = document.querySelector("[data-live-state]");
const POLL_EVERY = 20_000;
const word = state?.querySelector("[data-live-word]");
const pauseButton = state?.querySelector("[data-live-pause]");
const body = document.body.dataset;
let source = null;
let timer = 0;
let etag = "";
let versions = {};
let failures = 0;
let paused = body.when === "past";

function topics() {
  const found = new Set((state?.dataset.topics || "").split(",").filter(Boolean));
  for (const element of document.querySelectorAll("[data-live]")) {
    for (const topic of element.dataset.live.split(/[\s,]+/)) if (topic) found.add(topic);
  }
  return [...found].sort();
}

function show(name) {
  if (!state || body.when === "past") return;
  state.dataset.state = name;
  word.textContent = state.dataset[`word${name[0].toUpperCase()}${name.slice(1)}`];
  pauseButton.hidden = false;
  pauseButton.textContent = paused ? state.dataset.wordResume : state.dataset.wordPause;
}

function announce() {
  const line = document.querySelector("[data-announce]");
  if (line) line.textContent = state?.dataset.wordChanged ?? "";
}

export function changed(names, detail = {}) {
  const set = new Set(names);
  let hit = false;
  for (const element of document.querySelectorAll("[data-live]")) {
    const mine = element.dataset.live.split(/[\s,]+/).filter((topic) => set.has(topic));
    if (!mine.length) continue;
    hit = true;
    element.dispatchEvent(new CustomEvent("salus:changed", { detail: { ...detail, topics: mine } }));
  }
  document.dispatchEvent(new CustomEvent("salus:changed", { detail: { ...detail, topics: [...set] } }));
  if (hit) announce();
}

function receive(event) {
  let data = {};
  try { data = JSON.parse(event.data); } catch { return; }
  const named = data.topics ?? (data.topic ? [data.topic] : []);
  const list = Array.isArray(named) ? named : Object.keys(named);
  if (list.length) changed(list, data);
}

async function poll() {
  clearTimeout(timer);
  if (paused || document.hidden) return;
  const address = `${state?.dataset.changes || "/ops/changes"}?topics=${encodeURIComponent(topics().join(","))}`;
  try {
    const answer = await fetch(address, { headers: etag ? { "If-None-Match": etag } : {}, credentials: "same-origin", cache: "no-store" });
    if (answer.status === 200) {
      const data = await answer.json();
      const next = data.topics ?? {};
      const moved = Object.keys(next).filter((topic) => etag && versions[topic] !== next[topic]);
      versions = next;
      etag = answer.headers.get("ETag") ?? "";
      if (moved.length) changed(moved, data);
    } else if (answer.status !== 304) throw new Error(String(answer.status));
    failures = 0;
    show("polling");
  } catch {
    failures += 1;
    show("offline");
  }
  timer = setTimeout(poll, Math.min(POLL_EVERY * 2 ** Math.min(failures, 4), 240_000));
}

function listen() {
  const names = topics();
  if (!("EventSource" in window) || !names.length) { poll(); return; }
  source = new EventSource(`${state?.dataset.stream || "/live/stream"}?topics=${encodeURIComponent(names.join(","))}`, { withCredentials: true });
  source.addEventListener("open", () => { clearTimeout(timer); show("live"); });
  source.addEventListener("message", receive);
  source.addEventListener("changed", receive);
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) source = null;
    clearTimeout(timer);
    timer = setTimeout(poll, 1000);
  });
}

function stop() {
  source?.close();
  source = null;
  clearTimeout(timer);
}

if (state) {
  pauseButton.addEventListener("click", () => {
    paused = !paused;
    if (paused) { stop(); show("paused"); } else { changed(topics()); listen(); }
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !paused && !source) poll();
  });
  addEventListener("pagehide", stop);
  if (!paused) listen();
}
