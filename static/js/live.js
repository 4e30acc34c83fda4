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
  const tell = (part) => {
    if (!part) return;
    say(part.dataset.announce);
    if (part.dataset.title) document.title = part.dataset.title;
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

  // A button that waits is disabled, and loses the focus: it gets it back where nothing came.
  const focused = new WeakMap(); // by request
  const giveBack = (part) => {
    if (part?.isConnected && document.activeElement === document.body) part.focus({ preventScroll: true });
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    target(event)?.setAttribute("aria-busy", "true");
    focused.set(event.detail.xhr, document.activeElement);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    target(event)?.removeAttribute("aria-busy");
    if (!event.detail.successful) giveBack(focused.get(event.detail.xhr));
  });
  // A form that could not be taken comes back in place, whatever the status.
  const comesBack = ({ detail: { isError, serverResponse, target: part } }) => {
    if (!isError || !part.id) return false;
    const page = new DOMParser().parseFromString(serverResponse, "text/html");
    return page.body.firstElementChild?.id === part.id;
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (comesBack(event)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
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
  for (const failure of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, (event) => {
      if (isQuiet(event)) return;
      complain("The server cannot be reached. Nothing is lost: try again in a moment.");
    });
  }
  document.addEventListener("htmx:historyCacheMissLoadError", () => {
    complain("That page could not be loaded. Try again.");
  });
})();
