// What htmx changes is said: in the title, in the live region, and when it fails.
(() => {
  "use strict";
  const say = (text) => {
    const live = document.getElementById("live");
    if (live && text) live.textContent = text;
  };
  const complain = (text) => {
    const trouble = document.getElementById("trouble");
    trouble.textContent = text;
    trouble.hidden = !text;
  };
  const count = (unread) => {
    const place = document.getElementById("unread");
    if (!place) return;
    place.firstChild.data = unread;
    place.hidden = unread === "0";
  };
  const tell = (part) => {
    if (!part) return;
    say(part.dataset.announce);
    if (part.dataset.title) document.title = part.dataset.title;
    if (part.dataset.unread) count(part.dataset.unread);
  };
  // What is asked for with every pause in typing does not complain; what a button asks for does.
  const isQuiet = ({ detail }) =>
    detail.elt.matches("[data-quiet]") && detail.requestConfig.triggeringEvent?.type === "input";
  const target = (event) => event.detail.target;
  let held = false; // the focus, by what is about to go
  const hold = (part) => {
    if (!held || document.activeElement !== document.body) return;
    const field = part.matches("form") && part.querySelector("input:not([type=hidden]), textarea");
    if (field) return field.focus();
    if (part.tabIndex < 0) part.tabIndex = -1;
    part.focus({ preventScroll: true });
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    target(event)?.setAttribute("aria-busy", "true");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    target(event)?.removeAttribute("aria-busy");
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    held = target(event).contains(document.activeElement);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    complain("");
    hold(event.target);
    tell(event.target);
  });
  document.addEventListener("editor:refreshed", ({ detail }) => {
    if (detail.kept) complain(""); // the server can be reached again
  });
  document.addEventListener("htmx:historyRestore", () => {
    complain("");
    tell(document.querySelector("[data-title]"));
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (isQuiet(event)) return;
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    complain(page.getElementById("error")?.textContent ?? "That did not work. Try again.");
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (isQuiet(event)) return;
    complain("The server cannot be reached. Nothing is lost: try again in a moment.");
  });
  document.addEventListener("htmx:historyCacheMissLoadError", () => {
    complain("That page could not be loaded. Try again.");
  });
})();
