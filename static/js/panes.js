// On a narrow screen the editor shows the text or the preview: one tap switches. And the bar with
// the buttons tells how high it is, and stays above a keyboard on the screen. What it says about
// the text is cut to one line there; why something failed stands below the text.
(() => {
  "use strict";
  const root = document.documentElement;
  const editor = document.querySelector(".editor");
  const bar = new ResizeObserver(([{ target }]) => {
    root.style.setProperty("--bar", `${target.offsetHeight}px`);
  });
  const status = new MutationObserver(() => repeat());
  let top = 0; // of the text, while the preview is shown
  let left = null; // the field that was left by the tap

  const sync = () => {
    for (const part of document.querySelectorAll("[data-panes]")) part.hidden = false;
    for (const button of document.querySelectorAll("[data-pane-button]")) {
      button.setAttribute("aria-pressed", button.dataset.paneButton === editor.dataset.pane);
    }
    bar.disconnect();
    const actions = document.querySelector(".actions");
    if (actions) bar.observe(actions);
    status.disconnect();
    const standing = document.querySelector(".standing");
    if (standing) status.observe(standing, { childList: true, subtree: true });
    repeat();
  };
  const repeat = () => {
    const place = document.querySelector("[data-status-here]");
    const said = document.querySelector("[data-status]")?.textContent ?? "";
    if (place) place.textContent = said.includes(": ") ? said : "";
  };
  const show = (pane) => {
    if (editor.dataset.pane === pane) return;
    if (pane === "preview") top = scrollY;
    editor.dataset.pane = pane;
    sync();
    window.scrollTo({ top: pane === "text" ? top : 0, behavior: "instant" });
    document.dispatchEvent(new CustomEvent("pane", { detail: pane }));
  };

  show("text");
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    if (relatedTarget?.matches("[data-pane-button='preview']")) left = target;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pane-button]");
    if (button) show(button.dataset.paneButton);
    // Who taps goes on writing; who comes by keyboard stays on the button.
    if (button?.dataset.paneButton === "text" && event.detail && left?.isConnected) left.focus();
  });
  // What leads to the text shows it first.
  const toText = ({ target }) => {
    if (target.closest?.("a[data-jump]")) show("text");
  };
  document.addEventListener("click", toText, true);
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id !== "post-form") return;
    if (target.querySelector("[aria-invalid], [role='alert']")) show("text");
    sync();
  });

  // Where the keyboard covers the page instead of making it smaller.
  const lift = () => {
    const { height, offsetTop, scale } = visualViewport;
    const covered = scale > 1 ? 0 : Math.max(0, innerHeight - height - offsetTop);
    root.style.setProperty("--keyboard", `${covered}px`);
  };
  window.visualViewport?.addEventListener("resize", lift);
  window.visualViewport?.addEventListener("scroll", lift);
})();
