// This browser keeps what a visitor writes until it has arrived. It puts it back by itself in the
// same tab only: whoever opens another, or comes later, may be somebody else, and is asked.
(() => {
  "use strict";
  const PREFIX = "contact:"; // and a name of its own for each form that was opened
  const MINE = "contact"; // in sessionStorage: which of them this tab has written
  const LONGEST = 7 * 24 * 3600 * 1000; // milliseconds
  const PAUSE = 300; // milliseconds after the last key
  const FORM = "form[data-words]";
  const WORDS = ["name", "email", "body"];
  const HIDDEN = ["post", "key", "stamp"]; // what makes words that are sent again the same message

  let timer = 0;
  let slot = ""; // where the words of the open form are kept
  let offered = ""; // where those are that the visitor is asked about
  let served = {}; // what the server put into the form, beside words

  const form = () => document.querySelector(FORM);
  const field = (name) => form().elements[name];
  const value = (name) => field(name)?.value ?? "";
  const values = (names) => Object.fromEntries(names.map((name) => [name, value(name)]));
  const note = (name) => form().querySelector(`[data-kept=${name}]`);
  const isEmpty = () => !WORDS.some((name) => value(name).trim());
  const say = (text) => {
    document.getElementById("live").textContent = text;
  };
  const mark = () => crypto.getRandomValues(new Uint32Array(3)).join("-");

  // Where storing is full or forbidden, there is simply no copy.
  const attempt = (act) => {
    try {
      return act(window.localStorage);
    } catch {
      return null;
    }
  };
  const parsed = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  };
  const copies = () =>
    attempt((storage) =>
      Object.keys(storage)
        .filter((key) => key.startsWith(PREFIX))
        .map((key) => ({ key, copy: parsed(storage.getItem(key)) }))
        .filter(({ key, copy }) => {
          const good = copy?.values && Date.now() - copy.at < LONGEST;
          if (!good) storage.removeItem(key);
          return good;
        })
        .sort((one, other) => other.copy.at - one.copy.at),
    ) ?? [];
  const remove = (key) => attempt((storage) => storage.removeItem(key));
  const mine = () => attempt(() => parsed(window.sessionStorage.getItem(MINE))) ?? [];
  const own = (key) => {
    const names = mine().filter((each) => each !== key && attempt((storage) => storage.getItem(each)));
    attempt(() => window.sessionStorage.setItem(MINE, JSON.stringify([...names, key])));
  };

  const write = (at = Date.now()) => {
    clearTimeout(timer);
    timer = 0;
    if (!form()) return false;
    slot ||= PREFIX + mark();
    if (isEmpty()) return remove(slot);
    const id = mark();
    field("copy").value = id;
    const { words: kind } = form().dataset;
    const copy = { id, at, kind, about: about(), values: values([...WORDS, ...HIDDEN]) };
    const written = attempt((storage) => {
      storage.setItem(slot, JSON.stringify(copy));
      return true;
    });
    if (written) own(slot);
    return written;
  };
  const plan = () => {
    timer ||= setTimeout(() => write(), PAUSE);
  };
  // What has arrived is kept no longer; what was written since then is.
  const arrive = (id) => {
    for (const { key, copy } of copies()) if (copy.id === id) remove(key);
  };

  const open = (answered) => {
    slot = offered = "";
    served = { values: values(HIDDEN), about: about() };
    const found = copies().filter(({ copy }) => copy.kind === form().dataset.words);
    const here = found.filter(({ key }) => mine().includes(key));
    const again = here.find(({ copy }) => isHere(copy));
    slot = again?.key ?? "";
    if (answered || form().matches("[data-returned]")) return;
    if (again) complete(again.copy);
    else if (isEmpty() && here.length) putBack(nearest(here).key);
    else if (found.length) offer(nearest(found).key);
  };
  // The form came back from the server, or the browser itself has filled it in again.
  const isHere = ({ id, values }) =>
    id === value("copy") || WORDS.every((name) => (values[name] ?? "").trim() === value(name).trim());
  // Browsers fill in fields; what the words are about, they do not.
  const complete = (copy) => {
    fill(copy);
    show("back", copy);
  };
  const nearest = (found) => found.find(({ copy }) => copy.values.post === value("post")) ?? found[0];

  const read = (key) => attempt((storage) => parsed(storage.getItem(key)));
  const offer = (key) => {
    const copy = read(key);
    offered = copy ? key : "";
    show("offer", copy);
  };
  const putBack = (key) => {
    const copy = read(key);
    offer("");
    if (!copy) return;
    // What was typed here gives way, and is offered in its turn.
    const last = !isEmpty() && write() ? slot : "";
    fill(copy);
    slot = PREFIX + mark(); // another window may still write into the other
    if (write(copy.at)) remove(key);
    else slot = key;
    show("back", copy);
    if (last) offer(last);
  };
  const fill = ({ values, about }) => {
    for (const [name, text] of Object.entries(values)) if (field(name)) field(name).value = text;
    tell(about);
  };
  const show = (name, copy) => {
    const part = note(name);
    part.hidden = !copy;
    if (!copy) return;
    const time = part.querySelector("time");
    const at = new Date(copy.at);
    time.dateTime = at.toISOString();
    time.textContent = at.toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" });
    form().closest("details")?.setAttribute("open", "");
    say(part.firstChild.data + time.textContent + time.nextSibling.data);
  };
  const about = () => {
    const link = form().querySelector("[data-about] a");
    return link && { path: link.getAttribute("href"), title: link.textContent };
  };
  const tell = (article) => {
    form().querySelector("[data-about]")?.remove();
    if (!article) return;
    const hint = document.createElement("p");
    hint.className = "hint";
    hint.dataset.about = "";
    const link = document.createElement("a");
    link.textContent = article.title;
    if (/^\/blog\//.test(article.path)) link.href = article.path;
    hint.append("about ", link);
    note("back").after(hint);
  };

  // Everybody's words go; those that were typed into this form stay.
  const forget = () => {
    for (const { key } of copies()) remove(key);
    attempt(() => window.sessionStorage.removeItem(MINE));
    if (note("back").hidden) write();
    else empty();
    offer("");
    show("back", null);
    form().querySelector(".field input, textarea").focus();
    say("Forgotten.");
  };
  const empty = () => {
    clearTimeout(timer);
    timer = 0;
    form().reset(); // which leaves hidden fields as they are
    field("copy").value = "";
    fill(served);
  };

  const look = (part, answered = false) => {
    const sent = part.querySelector("[data-arrived]") ?? part.closest("[data-arrived]");
    if (sent) arrive(sent.dataset.arrived);
    if (part.matches(FORM) || part.querySelector(FORM)) open(answered);
  };

  document.addEventListener("input", (event) => {
    if (event.target.closest(FORM)) plan();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-forget]")) forget();
    if (!event.target.closest("[data-put-back]")) return;
    putBack(offered);
    form().querySelector("textarea").focus();
  });
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target.matches(FORM)) write();
    },
    true,
  );
  document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
    look(target, detail.requestConfig?.verb === "post");
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && timer) write();
  });
  window.addEventListener("pagehide", () => {
    if (timer) write();
  });
  // It has arrived, or was forgotten, in another window.
  window.addEventListener("storage", ({ key, newValue }) => {
    if (offered && key === offered && !newValue && form()) offer("");
  });
  look(document.body);
})();
