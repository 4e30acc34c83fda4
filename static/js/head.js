// The head follows the list: its feeds, and the address to name for it.
(() => {
  "use strict";
  if (!document.getElementById("article-list")) return;
  const feeds = (query, title) => {
    for (const link of document.querySelectorAll("link[rel=alternate]")) {
      const [path] = link.getAttribute("href").split("?");
      link.setAttribute("href", query ? `${path}?${query}` : path);
      link.title = title;
    }
  };
  const canonical = (address) => {
    document.querySelector("link[rel=canonical]")?.remove();
    if (!address) return;
    const link = document.createElement("link");
    link.rel = "canonical";
    link.setAttribute("href", address);
    document.head.append(link);
  };
  const follow = () => {
    const list = document.getElementById("article-list").dataset;
    feeds(list.query, list.title);
    canonical(list.canonical);
  };

  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (target.id === "article-list") follow();
  });
  document.addEventListener("htmx:historyRestore", follow);
})();
