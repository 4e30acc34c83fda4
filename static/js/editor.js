// The editor: an answer never takes what was typed since, nor the field that somebody types in; tags
// complete one by one, leaving asks.
(() => {
  "use strict";
  // What both sides of a merge have; the rest belongs to the form.
  const TEXTS = ["title", "slug", "description", "tags", "body", "series", "language", "minutes"];
  const STAYS = "#field-body, #uploads"; // whatever the answer: its undo history goes with a field
  const LATE =
    "You went on writing while this was on its way, and the post was changed elsewhere. Nothing " +
    "is lost: your text stands here as you wrote it. Save once more, and both are put together.";
  const TRASHED =
    "You went on writing while this was on its way, and the post is in the trash. What you sent is " +
    "saved there; what you wrote since is only here. Save once more.";
  const DELETED =
    "This post was deleted elsewhere. Nothing is lost: your text goes on as a new post; save it.";
  const sent = new WeakMap(); // request -> what was in the form, and how much had been typed
  let version = 0; // of what is typed
  let saved = 0; // the version that the server has
  let previewed = 0; // the version that the preview shows, or soon will
  let composing = ""; // the field in which an input method is at work
  let answer = null; // the one that is being put into the page

  const editor = () => document.querySelector("[data-editor]");
  const fields = (form = editor()) => Object.fromEntries(new FormData(form));
  const written = (name, text = "") =>
    name === "tags" ? text.toLowerCase().split(/[\s,]+/).sort().join(" ").trim() : text.trim();
  const differs = (name, one, other) =>
    name === "body" ? one !== other : written(name, one) !== written(name, other);

  // What is typed after the answer was asked for began from what was sent, not from the answer:
  // it takes the version of the answer only if that says the same.
  const read = (event) => {
    const before = sent.get(event.detail.xhr)?.fields ?? {};
    const page = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
    const part = page.getElementById("post-form");
    if (!part) return null;
    const form = part.querySelector("[data-editor]");
    const arrived = fields(form);
    const active = document.activeElement;
    const late = Object.entries(fields())
      .filter(([name]) => name in arrived && editor().elements[name].type !== "hidden")
      .filter(([name, text]) => text !== before[name] || name === composing)
      .map(([name, text]) => ({ name, text, caret: active.name === name && active.selectionStart }));
    const base = editor().elements.version.value;
    const differ = late.some(
      ({ name }) => TEXTS.includes(name) && differs(name, before[name], arrived[name]),
    );
    const rebased = base !== before.version; // another text was put in meanwhile
    const apart = rebased || (differ && arrived.version !== base);
    const opened = document.querySelector(".more-fields")?.open;
    return { part, arrived, late, opened, apart, base };
  };
  // The answer takes the place of all but these fields: one that is moved, if only for a moment,
  // loses its history, its caret, and the word that an input method is about to write.
  const replace = (part) => {
    const old = document.getElementById("post-form");
    const fields = [...old.querySelectorAll(STAYS)];
    const active = document.activeElement;
    if (active.matches("textarea[id], input[id]") && old.contains(active)) fields.push(active);
    const pairs = fields.map((field) => [field, part.querySelector(`#${CSS.escape(field.id)}`)]);
    replaceAround(old, document.adoptNode(part), pairs.filter(([, twin]) => twin));
    htmx.process(old);
    const again = active.id && !active.isConnected && document.getElementById(active.id);
    if (again) again.focus({ preventScroll: true }); // a button: another one has its place
    old.querySelector("[autofocus]")?.focus();
  };
  const replaceAround = (old, fresh, pairs) => {
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    if (pairs.some(([field]) => field === old)) return;
    let next = old.firstChild;
    for (const twin of [...fresh.childNodes]) {
      const [field] = pairs.find(([, field]) => twin.contains(field)) ?? [];
      const stays = field && following(next).find((node) => node.contains(field));
      if (!stays) {
        old.insertBefore(twin, next);
        continue;
      }
      while (next !== stays) next = remove(next);
      replaceAround(stays, twin, pairs);
      next = stays.nextSibling;
    }
    while (next) next = remove(next);
  };
  const following = (node) => (node ? [node, ...following(node.nextSibling)] : []);
  const remove = (node) => {
    const next = node.nextSibling;
    node.remove();
    return next;
  };
  const giveBack = ({ arrived, late, opened, apart, base }) => {
    if (opened) document.querySelector(".more-fields").open = true;
    for (const { name, text, caret } of late) {
      const field = editor().elements[name];
      if (field.value === text) continue;
      field.value = text;
      if (Number.isInteger(caret)) field.setSelectionRange(caret, caret);
    }
    const { body } = editor().elements;
    for (const field of new Set([body, document.activeElement])) {
      if (field.form !== editor() || !(field.name in arrived) || field.type === "hidden") continue;
      if (!late.some(({ name }) => name === field.name)) put(field, arrived[field.name]);
    }
    if (!apart) return;
    editor().elements.version.value = base;
    complain(LATE);
  };
  const put = (field, text) => {
    if (field.value === text) return;
    if (field.name !== "body") {
      field.value = text;
      return;
    }
    const body = field;
    const old = body.value;
    const most = Math.min(old.length, text.length);
    let start = 0;
    while (start < most && old[start] === text[start]) start += 1;
    let end = 0;
    while (end < most - start && old[old.length - 1 - end] === text[text.length - 1 - end]) end += 1;
    body.setRangeText(text.slice(start, text.length - end), start, old.length - end, "preserve");
    const marks = body.hasAttribute("aria-invalid") ? text.indexOf("<<<<<<<") : -1;
    if (marks < 0) return;
    body.focus();
    body.setSelectionRange(marks, marks);
  };
  const complain = (text) => {
    const { body } = editor().elements;
    let place = document.getElementById("error-body");
    if (!place) {
      place = Object.assign(document.createElement("p"), { id: "error-body", className: "error" });
      body.after(place);
      body.setAttribute("aria-describedby", place.id);
    }
    place.textContent = text;
    document.getElementById("live").textContent = text;
  };
  const sitting = () =>
    btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(15)))).replace(/[+/]/g, "-");
  // The form belongs to another post now: to the draft that an autosave has begun, or to a new one.
  const move = (address) => {
    const form = editor();
    form.setAttribute("action", address);
    form.setAttribute("data-hx-post", address);
    htmx.process(form);
    history.replaceState(history.state, "", address);
    document.dispatchEvent(new CustomEvent("editor:moved"));
  };
  const beginAgain = () => {
    const form = editor();
    for (const name of ["post", "version", "kept", "seen"]) form.elements[name].value = "";
    form.elements.sitting.value = sitting();
    move(form.dataset.new);
    complain(DELETED);
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
  // On keyboards with other letters, by the key's place.
  const isS = ({ key, code }) => (/^[a-z]$/i.test(key) ? key.toLowerCase() === "s" : code === "KeyS");
  const saveByKey = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !isS(event)) return;
    event.preventDefault();
    if (!event.repeat) editor()?.querySelector("[data-save]").click();
  };
  // After htmx, which takes the form over at this moment; before, the page would be left.
  document.addEventListener("DOMContentLoaded", () => {
    document.addEventListener("keydown", saveByKey);
  });
  document.addEventListener("compositionstart", (event) => {
    composing = event.target.name;
  });
  document.addEventListener("compositionend", () => {
    composing = "";
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, xhr } = event.detail;
    if (!editor()?.contains(elt) && elt.form !== editor()) return;
    if (elt.id === "field-preview") previewed = version;
    const fills = elt.matches("[data-fills]"); // it writes, too, and nothing of that is saved
    if (fills) version += 1;
    sent.set(xhr, { version, fills, fields: fields() });
  });
  const isDeleted = ({ elt }, { status }) =>
    elt === editor() && [404, 410].includes(status) && elt.elements.post.value;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event;
    if (isDeleted(detail.requestConfig, detail.xhr)) {
      detail.isError = false;
      beginAgain();
      return;
    }
    if (!detail.shouldSwap || detail.target.id !== "post-form" || !editor()) return;
    const unasked = detail.requestConfig.triggeringEvent?.type === "input";
    if (unasked) {
      detail.shouldSwap = false; // a preview whose token is gone; the next autosave brings another
      previewed = -1;
      return;
    }
    answer = read(event);
    if (answer) {
      // htmx has nothing to swap: it sets the address, and tells of the swap that is made here.
      detail.swapOverride = "none settle:0ms";
      detail.serverResponse = "";
    } else if (sent.get(detail.xhr)?.version !== version) {
      detail.shouldSwap = false;
      complain(TRASHED);
      document.dispatchEvent(new CustomEvent("editor:unanswered"));
    }
  });
  // In one breath, so that no key falls between.
  document.addEventListener("htmx:afterSwap", () => {
    if (!answer) return;
    replace(answer.part);
    giveBack(answer);
    answer = null;
  });
  for (const trouble of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(trouble, ({ detail }) => {
      if (detail.elt.id === "field-preview") previewed = -1;
    });
  }
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "post-form") settle(event);
    mark();
    suggest();
  });
  // Not by click(): the form would take it for the button that its waiting save was sent with.
  const askForPreview = () => {
    const button = document.getElementById("field-preview");
    button.dispatchEvent(new MouseEvent("click", { bubbles: false, cancelable: true }));
  };
  const settle = ({ target, detail }) => {
    if (target.querySelector("[data-saved]")) {
      saved = sent.get(detail.xhr)?.version ?? saved;
      document.dispatchEvent(new CustomEvent("editor:saved", { detail: { all: version === saved } }));
    }
    if (sent.get(detail.xhr)?.fills) document.dispatchEvent(new CustomEvent("editor:filled"));
    // The swap took the button that was about to ask for it.
    if (previewed !== version) askForPreview();
  };
  document.addEventListener("editor:deleted", beginAgain);
  document.addEventListener("editor:refreshed", ({ detail }) => {
    if (detail.address) move(detail.address);
    if (previewed !== version) askForPreview();
  });
  window.addEventListener("beforeunload", (event) => {
    if (version === saved) return;
    // Whoever has kept the text elsewhere says so by cancelling this.
    const leaving = new CustomEvent("editor:leaving", { cancelable: true });
    if (document.dispatchEvent(leaving)) event.preventDefault();
  });

  window.editing = Object.freeze({ sitting });
})();
