// Parts that no event announces, because they live in another process: asked for anew every few seconds.
//   <div data-refresh="4" hx-get="…" hx-trigger="salus:changed">
// Rests while the page is hidden, while "Pause" is on, and while somebody works inside the part.
const state = document.querySelector("[data-live-state]");

function rests(part) {
  return document.hidden || document.body.dataset.when === "past" || state?.dataset.state === "paused"
    || (part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea, button"));
}

for (const part of document.querySelectorAll("[data-refresh]")) {
  const seconds = Math.max(Number(part.dataset.refresh) || 5, 2);
  setInterval(() => {
    if (!rests(part)) part.dispatchEvent(new CustomEvent("salus:changed"));
  }, seconds * 1000);
}
