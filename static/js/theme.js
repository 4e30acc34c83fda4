// The theme: follows the system until the reader chooses. The choice is a cookie for one
// stylesheet, which pages have from the first paint on, without waiting for this script. It is
// stored, too, for other tabs: each may have the stylesheet in a memory of its own.
(() => {
  "use strict";
  const YEAR = 31536000; // seconds
  const root = document.documentElement;
  const sheet = document.querySelector("[data-theme-style]").href;
  const marks = { auto: "◐", light: "○", dark: "●" };
  const themes = Object.keys(marks);

  const shown = () => {
    const scheme = getComputedStyle(root).colorScheme;
    return themes.includes(scheme) ? scheme : "auto";
  };
  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be forbidden; then the stylesheet alone decides
    }
  };
  const store = (theme) => {
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // other tabs see it when they fetch the stylesheet anew
    }
  };
  const keep = (theme) => {
    const { pathname, protocol } = new URL(sheet);
    const safe = protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${theme}; path=${pathname}; max-age=${YEAR}; samesite=lax${safe}`;
    // The next page finds it ready. Without a network, the choice lasts as long as this page.
    fetch(sheet, { cache: "reload", keepalive: true }).catch(() => {});
  };
  const label = () => {
    const button = document.querySelector("[data-theme-switch]");
    if (!button) return;
    const theme = shown();
    const text = `${marks[theme]} ${theme}`;
    button.hidden = false;
    if (button.textContent !== text) button.textContent = text;
    button.setAttribute("aria-label", `theme: ${theme}`);
  };

  const choose = (theme) => {
    root.dataset.theme = theme;
    keep(theme);
    label();
  };
  const follow = () => {
    const theme = stored();
    if (themes.includes(theme) && theme !== shown()) choose(theme);
  };

  label();
  follow();
  addEventListener("storage", follow);
  addEventListener("pageshow", follow); // a page that was put aside has heard of nothing
  document.addEventListener("htmx:historyRestore", label);
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    choose(themes[(themes.indexOf(shown()) + 1) % themes.length]);
    store(root.dataset.theme);
  });
})();
