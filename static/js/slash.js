// The key "/" leads to the search. Who needs it for something else switches it off (WCAG 2.1.4).
(() => {
  "use strict";
  const field = document.getElementById("field-q");
  const button = document.getElementById("slash");
  if (!field || !button) return;
  const isOn = () => button.getAttribute("aria-pressed") === "true";

  const stored = () => {
    try {
      return localStorage.getItem("slash");
    } catch {
      return null; // storage may be forbidden; then the key is on
    }
  };
  const store = (state) => {
    try {
      localStorage.setItem("slash", state);
    } catch {
      // it lasts as long as this page, then
    }
  };
  const turn = (on) => {
    button.setAttribute("aria-pressed", on);
    if (on) field.setAttribute("aria-keyshortcuts", "/");
    else field.removeAttribute("aria-keyshortcuts");
  };
  const isTyping = (part) => part.isContentEditable || part.matches("input, textarea, select");

  turn(stored() !== "off");
  button.hidden = false;
  button.addEventListener("click", () => {
    turn(!isOn());
    store(isOn() ? "on" : "off");
  });
  document.addEventListener("keydown", (event) => {
    // Not Shift: some keyboards need it for this key.
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!isOn() || isTyping(event.target)) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
})();
