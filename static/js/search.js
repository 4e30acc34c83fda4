// The search asks when typing rests. Escape empties it, and what is clicked is said in it.
(() => {
  "use strict";
  const REST = 250; // milliseconds without a key
  const form = document.getElementById("search");
  const field = document.getElementById("field-q");
  if (!form || !window.htmx) return; // without htmx it is a form like any other
  let waiting; // for the typing to rest
  const stop = () => clearTimeout(waiting);
  const fill = () => (field.value = document.getElementById("article-list").dataset.q);

  field.addEventListener("input", () => {
    stop();
    waiting = setTimeout(() => form.requestSubmit(), REST);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    if (!field.value) return field.blur();
    field.value = "";
    form.requestSubmit();
  });
  // As the server would write it, which need not send us on then: the tags, then the words.
  form.addEventListener("htmx:configRequest", ({ detail: { formData } }) => {
    const words = field.value.toLowerCase().trim().replace(/ +/g, " ");
    formData.delete("q");
    if (words) formData.append("q", words);
  });
  // What is on its way is not asked again, however often Enter is pressed: it is what Enter means.
  let asked;
  form.addEventListener("htmx:confirm", (event) => {
    if (field.value !== asked?.words) return;
    event.preventDefault();
    const { triggeringEvent } = event.detail;
    if (triggeringEvent.submitter) asked.config.triggeringEvent = triggeringEvent;
  });
  form.addEventListener("htmx:beforeRequest", ({ detail }) => {
    asked = { words: field.value, config: detail.requestConfig };
  });
  form.addEventListener("htmx:afterRequest", () => (asked = undefined));
  // What the reader does next – Enter, a chip, Back – is asked instead.
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.target.id === "article-list") stop();
  });
  window.addEventListener("popstate", stop);

  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (target.id === "article-list" && document.activeElement !== field) fill();
  });
  document.addEventListener("htmx:historyRestore", fill);
})();
