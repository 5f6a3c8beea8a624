// Every htmx request carries the CSRF token and the moment that the page shows.
const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  const { headers, verb, parameters } = event.detail;
  if (verb !== "get") headers["X-CSRFToken"] = token;
  const at = new URLSearchParams(location.search).get("at");
  if (verb === "get" && at && !("at" in parameters)) parameters.at = at;
});

// The height of the sticky header, so that the rail and the focus stay clear of it.
const top = document.querySelector(".shell-top");
if (top && "ResizeObserver" in window) {
  new ResizeObserver(() => {
    const height = `${Math.ceil(top.getBoundingClientRect().height)}px`;
    const bar = top.querySelector(".clock")?.offsetTop ?? 0;
    document.documentElement.style.setProperty("--shell-height", height);
    document.documentElement.style.setProperty("--bar-height", `${bar}px`);
  }).observe(top);
}

// One menu at a time; Escape closes it and gives the focus back.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.menu[open], td details.chain[open], li details.chain[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.activeElement?.closest("details.menu[open], details.chain[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
document.getElementById("error-summary")?.focus();
