// More of the list: how many came is said, and the focus goes on to the first of them.
(() => {
  "use strict";
  document.addEventListener("htmx:afterOnLoad", ({ target, detail }) => {
    if (!detail.successful || !detail.target.matches(".more")) return;
    const added = [...target.querySelectorAll(".htmx-added")];
    const articles = added.filter((item) => !item.matches(".more"));
    const end = articles.length === added.length ? ". That is all." : "";
    const what = articles.length === 1 ? "article" : "articles";
    document.getElementById("live").textContent = `${articles.length} more ${what}${end}`;
    if (document.activeElement !== document.body) return;
    articles[0]?.querySelector("h3 a").focus({ preventScroll: true });
  });
})();
