// The editor: Ctrl/⌘-S saves, leaving with unsaved text asks, tags complete one by one.
(() => {
  "use strict";
  let version = 0; // of what is typed
  let saved = 0; // the version that the server has
  let sent = 0; // the version that is on its way
  let previewed = 0; // the version that the preview shows, or soon will
  let before = {}; // the fields as they were sent
  let late = []; // what was typed since then
  let opened = false; // the rarer fields, by the author

  const editor = () => document.querySelector("[data-editor]");
  const fields = () => Object.fromEntries(new FormData(editor()));
  const keep = () => {
    const active = document.activeElement;
    late = Object.entries(fields())
      .filter(([name, text]) => editor().elements[name].type !== "hidden" && text !== before[name])
      .map(([name, text]) => ({ name, text, caret: active.name === name && active.selectionStart }));
    opened = document.querySelector(".more-fields").open;
  };
  const giveBack = () => {
    if (opened) document.querySelector(".more-fields").open = true;
    for (const { name, text, caret } of late.splice(0)) {
      const field = editor().elements[name];
      if (field.value === text) continue;
      field.value = text;
      if (Number.isInteger(caret)) field.setSelectionRange(caret, caret);
    }
  };
  const mark = () => {
    const unsaved = document.querySelector("[data-unsaved]");
    if (unsaved) unsaved.hidden = version === saved;
  };
  const suggest = () => {
    const slug = document.getElementById("field-slug");
    const suggestion = document.getElementById("post-preview")?.dataset.slug;
    if (slug && suggestion) slug.placeholder = suggestion;
  };
  const complete = (input) => {
    const done = input.value.slice(0, input.value.lastIndexOf(",") + 1);
    const prefix = done && `${done} `;
    for (const option of document.getElementById("field-tags-known").options) {
      option.dataset.name ??= option.value;
      option.value = prefix + option.dataset.name;
    }
  };

  document.addEventListener("input", (event) => {
    if (!event.target.closest("[data-editor]")) return;
    version += 1;
    mark();
    if (event.target.id === "field-tags") complete(event.target);
  });
  const saveByKey = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    if (!event.repeat) editor()?.querySelector("[data-save]").click();
  };
  // After htmx, which takes the form over at this moment; before, the page would be left.
  document.addEventListener("DOMContentLoaded", () => {
    document.addEventListener("keydown", saveByKey);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.id === "field-preview") previewed = version;
    if (event.detail.elt !== editor()) return;
    sent = version;
    before = fields();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.shouldSwap && event.detail.target.id === "post-form") keep();
  });
  // In the same breath as the swap, so that no key falls between.
  document.addEventListener("htmx:afterSwap", () => {
    if (editor()) giveBack();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "post-form" && event.target.querySelector("[data-saved]")) saved = sent;
    mark();
    suggest();
    // The swap took the button that was about to ask for it.
    if (event.target.id === "post-form" && previewed !== version) {
      document.getElementById("field-preview").click();
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (version !== saved) event.preventDefault();
  });
})();
