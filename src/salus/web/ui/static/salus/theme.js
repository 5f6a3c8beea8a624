// Light, dark, or as the device: loaded before the first paint, so that no page flashes.
(() => {
  const root = document.documentElement;
  const key = "salus-theme";
  const order = ["auto", "light", "dark"];
  const read = () => {
    try { return localStorage.getItem(key) || "auto"; } catch { return "auto"; }
  };
  const apply = (choice) => {
    if (choice === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", choice);
  };
  apply(read());
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-next]");
    if (!button) return;
    const name = button.querySelector("span");
    const words = { auto: button.dataset.wordAuto, light: button.dataset.wordLight, dark: button.dataset.wordDark };
    const show = () => { name.textContent = words[read()]; };
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      const next = order[(order.indexOf(read()) + 1) % order.length];
      try { localStorage.setItem(key, next); } catch { /* private window: the choice lasts for this page */ }
      apply(next);
      show();
    });
  });
})();
