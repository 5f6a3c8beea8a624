// The command palette: Ctrl/Cmd-K, then type. Pages from the navigation at once, records from the server.
const dialog = document.querySelector("[data-palette]");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
let options = [];
let chosen = 0;
let timer = 0;
let asked = 0;

function pages() {
  const links = document.querySelectorAll(".rail a, .tabs a, [data-palette-link]");
  const seen = new Set();
  return [...links].flatMap((link) => {
    const text = [...link.childNodes].filter((n) => n.nodeType === 3 || n.matches?.("strong")).map((n) => n.textContent).join("").trim();
    if (!text || seen.has(link.href)) return [];
    seen.add(link.href);
    return [{ text, href: link.href, kind: link.closest("[aria-label]")?.getAttribute("aria-label") ?? "" }];
  });
}

function matches(text, query) {
  // Every letter in order, so that "asg" finds "Assess · Signals".
  let at = 0;
  const low = text.toLocaleLowerCase();
  for (const letter of query.toLocaleLowerCase().replace(/\s+/g, "")) {
    at = low.indexOf(letter, at) + 1;
    if (!at) return false;
  }
  return true;
}

function draw() {
  list.replaceChildren(...options.map((option, index) => {
    const item = document.createElement("li");
    item.id = `palette-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(index === chosen));
    const kind = document.createElement("small");
    kind.textContent = option.kind;
    item.append(option.text, kind);
    item.addEventListener("click", (event) => open(index, event.ctrlKey || event.metaKey));
    return item;
  }));
  input.setAttribute("aria-activedescendant", options.length ? `palette-${chosen}` : "");
  list.children[chosen]?.scrollIntoView({ block: "nearest" });
}

function open(index, tab) {
  const option = options[index];
  if (!option) return;
  if (tab) window.open(option.href, "_blank", "noopener");
  else location.assign(option.href);
}

async function records(query) {
  const mine = ++asked;
  const address = new URL(dialog.dataset.search, location.href);
  address.searchParams.set("q", query);
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok || mine !== asked) return;
    const found = (await answer.json()).results ?? [];
    const safe = found.filter((r) => new URL(r.href, location.href).origin === location.origin);
    options = [...options, ...safe.map((r) => ({ text: r.title, href: r.href, kind: r.kind ?? "" }))];
    draw();
  } catch { /* pages alone are enough */ }
}

function search() {
  const query = input.value.trim();
  options = pages().filter((page) => matches(page.text, query));
  chosen = 0;
  draw();
  clearTimeout(timer);
  asked += 1;
  if (query.length > 1) timer = setTimeout(() => records(query), 180);
}

function show() {
  input.value = "";
  search();
  dialog.showModal();
  input.focus();
}

if (dialog) {
  const button = document.querySelector("[data-palette-open]");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", show);
  }
  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move && options.length) {
      event.preventDefault();
      chosen = (chosen + move + options.length) % options.length;
      draw();
    } else if (event.key === "Escape") {
      event.preventDefault(); // a search field would only empty itself
      dialog.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      open(chosen, event.ctrlKey || event.metaKey);
    }
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (dialog.open) dialog.close(); else show();
    }
  });
}
