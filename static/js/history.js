// Back and Forward lead to what a fresh load of the address would show.
(() => {
  "use strict";
  if (!document.querySelector("[data-hx-history-elt]")) return;
  const here = () => location.pathname + location.search;

  // htmx remembers only in sessionStorage which address the page shows. That may be emptied, and
  // other pages write there before Back wakes this one up: it would keep this list as theirs.
  let shown = here();
  const moved = () => (shown = here());
  const remind = () => {
    try {
      sessionStorage.setItem("htmx-current-path-for-history", shown);
    } catch {
      // storage may be forbidden; then htmx does without
    }
  };
  document.addEventListener("htmx:pushedIntoHistory", moved);
  document.addEventListener("htmx:replacedInHistory", moved);
  document.addEventListener("htmx:historyRestore", moved);
  window.addEventListener("pageshow", remind);

  // Going where one is makes no entry, as in any browser; nor does typing on at the same search,
  // until it is sent by Enter or by its button.
  let typed; // the form that made the entry that is shown, and may go on with it
  document.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
    const { elt, triggeringEvent } = detail.requestConfig;
    const form = elt.closest("form");
    if (detail.history.path === here()) detail.history.type = "replace";
    else if (form && form === typed) detail.history.type = "replace";
    else typed = form;
    if (triggeringEvent?.submitter) typed = null;
  });

  // What is still on its way belongs to another entry.
  let restoring; // the request for a page that htmx has not kept
  const forget = () => restoring?.abort();
  document.addEventListener("htmx:beforeRequest", forget);
  document.addEventListener("htmx:historyCacheMiss", ({ detail }) => {
    restoring = detail.xhr;
    restoring.onerror = () => htmx.trigger(document.body, "htmx:sendError");
    restoring.onloadend = () => detail.historyElt.removeAttribute("aria-busy");
    detail.historyElt.setAttribute("aria-busy", "true");
  });
  // Before htmx, which listens only when the document is complete.
  window.addEventListener("popstate", ({ state }) => {
    if (!state?.htmx) return; // within the page, such as to #main
    forget();
    htmx.trigger("#main", "htmx:abort");
    remind();
    typed = null;
  });

  // What htmx kept may have been waiting, or unfolded.
  document.addEventListener("htmx:historyRestore", () => {
    for (const part of document.querySelectorAll("main [aria-busy]")) part.removeAttribute("aria-busy");
    for (const part of document.querySelectorAll("main details")) part.open = false;
  });
})();
