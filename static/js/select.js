// One tick for all that is listed on the page, and how many are ticked.
(() => {
  "use strict";
  const boxes = (form) => [...form.querySelectorAll("li input[type=checkbox]")];
  const tell = (form) => {
    const every = boxes(form);
    const ticked = every.filter((box) => box.checked).length;
    const all = form.querySelector("[data-tick-all] input");
    all.checked = ticked === every.length;
    all.indeterminate = ticked > 0 && ticked < every.length;
    form.querySelector("[data-ticked]").textContent = ticked
      ? `${ticked} of ${every.length} ticked`
      : "all on this page";
  };
  const show = () => {
    const label = document.querySelector("[data-tick-all]");
    if (!label) return;
    label.hidden = false;
    tell(label.closest("form"));
  };

  show();
  window.addEventListener("pageshow", show); // Back: the browser remembers what was ticked
  document.addEventListener("htmx:afterSettle", show);
  document.addEventListener("change", ({ target }) => {
    const form = target.closest(".bulk");
    if (!form || target.type !== "checkbox") return;
    if (target.closest("[data-tick-all]")) {
      for (const box of boxes(form)) box.checked = target.checked;
    }
    tell(form);
  });
})();
