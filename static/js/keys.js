// The dialog of keys: its button, Ctrl/⌘-/, and "?" where nothing is typed, which can be
// switched off (WCAG 2.1.4).
(() => {
  "use strict";
  const IS_MAC = /Mac|iP/.test(navigator.platform);
  const dialog = document.getElementById("field-keys");
  const question = dialog.querySelector("[data-question]");

  const stored = () => {
    try {
      return localStorage.getItem("question");
    } catch {
      return null; // storage may be forbidden; then the key is on
    }
  };
  const store = (state) => {
    try {
      localStorage.setItem("question", state);
    } catch {
      // it lasts as long as this page, then
    }
  };
  const isTyping = (part) => part.isContentEditable || part.matches("input, textarea, select");
  const isAsked = (event) => {
    if (event.altKey || event.isComposing) return false;
    if (event.ctrlKey || event.metaKey) return event.key === "/";
    return event.key === "?" && question.checked && !isTyping(event.target);
  };
  // What swaps bring is told, too: the button is there, and the text says that it has keys.
  const offer = () => {
    for (const button of document.querySelectorAll("[data-keys]")) button.hidden = false;
    const field = document.getElementById("field-body");
    const told = field?.getAttribute("aria-describedby")?.split(" ") ?? [];
    if (!field || told.includes("hint-keys")) return;
    field.setAttribute("aria-describedby", [...told, "hint-keys"].join(" "));
  };

  question.checked = stored() !== "off";
  question.addEventListener("change", () => store(question.checked ? "on" : "off"));
  if (IS_MAC) for (const key of dialog.querySelectorAll("[data-control]")) key.textContent = "⌘";
  offer();
  document.addEventListener("htmx:afterSwap", offer);
  document.addEventListener("keydown", (event) => {
    if (!isAsked(event) || dialog.open) return;
    event.preventDefault();
    dialog.showModal();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) dialog.showModal();
    // The dialog's own box is covered by what is in it: what is clicked is around it.
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
})();
