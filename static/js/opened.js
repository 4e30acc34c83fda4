// Opening a message marks it as read. Coming back to it does not: it may have been marked as unread.
(() => {
  "use strict";
  const [visit] = performance.getEntriesByType("navigation");
  if (visit?.type === "back_forward") return;
  // htmx has taken the form over by then: it was loaded before.
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("[data-opened]")?.requestSubmit();
  });
})();
