// Single-key triage: j and k move through a list marked data-queue, other keys press the line's data-key.
const typing = (target) => target.closest("input, select, textarea, [contenteditable], dialog");

function lines() {
  return [...document.querySelectorAll("[data-queue] > [data-item]")];
}

function select(line) {
  for (const other of lines()) other.removeAttribute("data-selected");
  line.setAttribute("data-selected", "");
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

function current(all) {
  const focused = document.activeElement?.closest?.("[data-queue] > [data-item]");
  return focused ?? all.find((line) => line.hasAttribute("data-selected")) ?? null;
}

function move(by) {
  const all = lines();
  if (!all.length) return;
  const at = all.indexOf(current(all));
  select(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "j") { event.preventDefault(); move(1); return; }
  if (event.key === "k") { event.preventDefault(); move(-1); return; }
  const line = current(lines());
  if (!line) return;
  if (event.key === "Enter" && event.target === line) { line.querySelector("a")?.click(); return; }
  const press = [...line.querySelectorAll("[data-key]")].find((control) => control.dataset.key === event.key);
  if (press) { event.preventDefault(); press.click(); }
});

// When htmx replaces a list, the selection stays at the same place in it.
let remembered = null;
document.addEventListener("htmx:beforeSwap", () => {
  const all = lines();
  const line = current(all);
  remembered = line ? { id: line.dataset.item, at: all.indexOf(line) } : null;
});
document.addEventListener("htmx:afterSwap", () => {
  const all = lines();
  if (!remembered || !all.length) return;
  select(all.find((line) => line.dataset.item === remembered.id) ?? all[Math.min(remembered.at, all.length - 1)]);
  remembered = null;
});
