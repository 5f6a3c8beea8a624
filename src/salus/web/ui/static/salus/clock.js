// The clock: dragging the slider shows the same page as it was known at an earlier moment.
const form = document.querySelector("[data-clock]");
const range = form?.querySelector("[data-clock-range]");

function describe(seconds) {
  const language = document.documentElement.lang || "en";
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    dateStyle: "medium", timeStyle: "short", hourCycle: "h23",
    timeZone: form.dataset.zone || undefined,
  });
  return format.format(new Date(seconds * 1000));
}

function go(seconds) {
  const address = new URL(location.href);
  const last = Number(form.dataset.now);
  if (seconds >= last) address.searchParams.delete("at");
  else address.searchParams.set("at", new Date(seconds * 1000).toISOString().replace(".000", ""));
  if (address.href !== location.href) location.assign(address);
}

function step(event) {
  // Arrow keys move by an hour, with Shift by a day, Page keys by a week.
  const hours = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -168, PageUp: 168 }[event.key];
  if (!hours) return;
  event.preventDefault();
  const by = hours * (event.shiftKey ? 24 : 1) * 3600;
  range.value = String(Number(range.value) + by);
  range.dispatchEvent(new Event("input", { bubbles: true }));
}

if (range) {
  const out = form.querySelector("[data-clock-out]");
  let timer = 0;
  let held = false;
  const later = () => {
    clearTimeout(timer);
    if (!held) timer = setTimeout(() => go(Number(range.value)), 700);
  };
  range.disabled = false;
  range.setAttribute("aria-valuetext", out.textContent.trim());
  range.addEventListener("pointerdown", () => { held = true; clearTimeout(timer); });
  addEventListener("pointerup", () => { if (held) { held = false; later(); } });
  range.addEventListener("keydown", step);
  range.addEventListener("input", () => {
    const words = describe(Number(range.value));
    out.textContent = words;
    range.setAttribute("aria-valuetext", words);
    later();
  });
}
