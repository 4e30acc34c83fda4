// The images that are here already, in a dialog over the editor.
(() => {
  "use strict";
  const dialog = document.getElementById("library");
  if (!dialog) return;

  const trouble = dialog.querySelector("[data-library-trouble]");
  const complain = (text) => {
    trouble.textContent = text;
    trouble.hidden = !text;
  };

  // Once they have come: if they do not, the page below says why.
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.requestConfig.elt.id === "field-library" && !dialog.open) dialog.showModal();
  });
  // What the page below says of a search cannot be seen behind the dialog.
  for (const name of ["htmx:sendError", "htmx:responseError"]) {
    document.addEventListener(name, ({ detail }) => {
      if (dialog.contains(detail.elt)) complain(document.getElementById("trouble").textContent);
    });
  }
  dialog.addEventListener("htmx:afterSettle", () => complain(""));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#library li a");
    if (link) link.target = "_blank"; // the text stays
    const button = event.target.closest("[data-insert-image]");
    if (!button || !dialog.contains(button)) return;
    const { insertImage: url, alt, describe } = button.dataset;
    const item = button.closest("li");
    const name = item.querySelector("a").textContent;
    const thumbnail = item.querySelector("img").src;
    const detail = { url, thumbnail, alt, describe, name };
    dialog.close();
    document.dispatchEvent(new CustomEvent("image:chosen", { detail }));
  });
  // On what is around it.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
})();
