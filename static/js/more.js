// More of the list: how many came is said, and the focus goes on to the first of them.
(() => {
  "use strict";
  // Back shows what a fresh load shows: what htmx keeps of the page is without what was appended.
  let link; // the first that gave way
  let appended = [];
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.matches(".more")) link ??= detail.target.cloneNode(true);
  });
  document.addEventListener("htmx:beforeHistorySave", () => {
    if (appended[0]?.isConnected) appended[0].before(link);
    for (const item of appended) item.remove();
    appended = [];
    link = undefined;
  });

  document.addEventListener("htmx:afterOnLoad", ({ target, detail }) => {
    if (!detail.successful || !detail.target.matches(".more")) return;
    const added = [...target.querySelectorAll(".htmx-added")];
    appended.push(...added);
    const articles = added.filter((item) => !item.matches(".more"));
    const end = articles.length === added.length ? ". That is all." : "";
    const what = articles.length === 1 ? "article" : "articles";
    document.getElementById("live").textContent = `${articles.length} more ${what}${end}`;
    if (document.activeElement !== document.body) return;
    articles[0]?.querySelector("h3 a").focus({ preventScroll: true });
  });
})();
