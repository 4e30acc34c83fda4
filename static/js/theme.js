// The theme: follows the system until the reader chooses. Runs before the first paint.
(() => {
  "use strict";
  const root = document.documentElement;
  const marks = { auto: "◐", light: "○", dark: "●" };
  const themes = Object.keys(marks);

  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be forbidden; then the system decides
    }
  };
  const store = (theme) => {
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // it lasts as long as this page, then
    }
  };
  const label = () => {
    const button = document.querySelector("[data-theme-switch]");
    if (!button) return;
    const theme = root.dataset.theme ?? "auto";
    const text = `${marks[theme]} ${theme}`;
    button.hidden = false;
    if (button.textContent !== text) button.textContent = text;
    button.setAttribute("aria-label", `theme: ${theme}`);
  };
  const apply = (theme) => {
    if (themes.includes(theme) && theme !== "auto") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  apply(stored());
  document.addEventListener("DOMContentLoaded", label);
  document.addEventListener("htmx:historyRestore", label);
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    const theme = themes[(themes.indexOf(root.dataset.theme ?? "auto") + 1) % themes.length];
    store(theme);
    apply(theme);
    label();
  });
})();
