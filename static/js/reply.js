// A mail program takes the answer to a message away from the page: what to do next is told here.
(() => {
  "use strict";
  document.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-reply]")) return;
    const told = document.querySelector("[data-replied]");
    told.hidden = false;
    document.getElementById("live").textContent = told.textContent;
  });
})();
