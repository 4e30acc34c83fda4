// This browser keeps a copy of what is typed until it is saved, and offers it when it was not.
(() => {
  "use strict";
  const PREFIX = "draft:";
  const MOST = 20; // copies; the oldest go
  const PAUSE = 300; // milliseconds after the last key
  const FULL = "its storage is full";
  const FORBIDDEN = "it is not allowed to";
  const SERVER_KEEPS = "What you write is still kept on the server.";
  const NOBODY_KEEPS = "Nobody keeps what you write now: stay on this page, or copy it.";

  const opened = new Date().toISOString();

  let timer = 0;
  let current = null; // the key of the copy of what is in the form
  let offered = null; // {key, copy} that the author is asked about
  let refused = ""; // why this browser keeps no copy
  let serverKeeps = true;

  const form = () => document.querySelector("[data-editor]");
  const field = (name) => form().elements[name];
  const names = () => document.getElementById("local-copy").dataset.fields.split(" ");
  const texts = () => Object.fromEntries(names().map((name) => [name, field(name)?.value ?? ""]));
  const mine = () => `${PREFIX}${form().dataset.author}:`;
  const folder = () => `${mine()}${field("post").value || "new"}:`;
  const say = (text) => {
    document.getElementById("live").textContent = text;
  };

  const isFull = (error) => error.name === "QuotaExceededError";
  const attempt = (act) => {
    try {
      return act(window.localStorage);
    } catch (error) {
      refuse(isFull(error) ? FULL : FORBIDDEN);
      return false;
    }
  };
  const refuse = (cause) => {
    const known = refused;
    refused = cause;
    warn(!known);
  };
  const warn = (loud) => {
    const old = document.querySelector("[data-no-copy]");
    if (!refused) return void old?.remove();
    const text = serverKeeps ? SERVER_KEEPS : NOBODY_KEEPS;
    const notice = old ?? document.createElement("p");
    notice.className = "notice";
    notice.dataset.noCopy = "";
    notice.textContent = `This browser keeps no copy: ${refused}. ${text}`;
    if (!old) field("body").closest(".field").after(notice);
    if (loud) say(notice.textContent);
  };

  const write = () => {
    clearTimeout(timer);
    timer = 0;
    const key = folder() + field("sitting").value;
    const copy = {
      at: new Date().toISOString(),
      version: field("version").value,
      sitting: field("sitting").value,
      texts: texts(),
    };
    const written = attempt((storage) => {
      store(storage, key, JSON.stringify(copy));
      if (current && current !== key) storage.removeItem(current);
      if (current !== key) prune(storage);
      current = key;
      return true;
    });
    if (written) refused = "";
    warn(false);
    return written;
  };
  // Where there is no room, the oldest copies of other texts make some.
  const store = (storage, key, text) => {
    let others = null;
    for (;;) {
      try {
        return storage.setItem(key, text);
      } catch (error) {
        others ??= isFull(error) ? copies(storage).filter((each) => each.key !== key) : [];
        if (!others.length) throw error;
        storage.removeItem(others.pop().key);
      }
    }
  };
  const prune = (storage) => {
    for (const { key } of copies(storage).slice(MOST)) storage.removeItem(key);
  };
  const copies = (storage, prefix = PREFIX) =>
    Object.keys(storage)
      .filter((key) => key.startsWith(prefix))
      .map((key) => ({ key, copy: parsed(storage.getItem(key)) }))
      .filter(({ copy }) => copy?.texts && copy.at)
      .sort((one, other) => (one.copy.at < other.copy.at ? 1 : -1));
  const parsed = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  };
  const forget = (key) => {
    if (key) attempt((storage) => storage.removeItem(key));
  };

  const written = (name, text) => {
    if (name === "tags") return text.toLowerCase().split(/[\s,]+/).sort().join(" ").trim();
    return name === "body" ? text : text.trim();
  };
  const differs = (copy) => {
    const now = texts();
    const timed = copy.texts.publish_at || now.publish_at; // else the zone says nothing
    return names()
      .filter((name) => timed || name !== "zone")
      .some((name) => written(name, copy.texts[name] ?? "") !== written(name, now[name]));
  };
  // The newest copy that says something else is offered; those that do not are needed no more.
  const look = () => {
    offered = null;
    const found = attempt((storage) => copies(storage, folder())) || [];
    for (const each of found.filter(({ key }) => key !== current)) {
      if (!differs(each.copy)) forget(each.key);
      else offered ??= each;
    }
    show();
  };
  const show = () => {
    const place = document.getElementById("local-copy");
    place.hidden = !offered;
    document.getElementById("copy-comparison").replaceChildren();
    if (!offered) return;
    const time = place.querySelector("time");
    const at = new Date(offered.copy.at);
    time.dateTime = offered.copy.at;
    time.textContent = at.toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" });
    const newer = Number(field("version").value) > Number(offered.copy.version);
    place.querySelector("[data-newer]").hidden = !newer || !field("post").value;
    say(place.querySelector("p").textContent.replace(/\s+/g, " ").trim());
  };

  const take = () => {
    const { key, copy } = offered;
    // What was typed here gives way, and is offered in its turn.
    if (current) attempt((storage) => storage.setItem(`${current}~`, storage.getItem(current)));
    for (const name of names()) fill(name, copy.texts[name] ?? "");
    field("version").value = copy.version ?? "";
    // A sitting goes on from what it has saved itself; this text does not. That of a new post stays:
    // it may have begun a draft. Nor is the copy's own resumed: its post may be out since.
    if (field("post").value) field("sitting").value = window.editing.sitting();
    document.dispatchEvent(new CustomEvent("editor:rebased"));
    if (write() && current !== key) forget(key);
    look();
    field("body").focus();
  };
  const fill = (name, text) => {
    const input = field(name);
    if (!input || input.value === text) return;
    if (input.select) {
      input.closest("details:not([open])")?.setAttribute("open", "");
      input.focus();
      window.writing.replace(input, 0, input.value.length, text);
      return;
    }
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const drop = () => {
    forget(offered.key);
    look();
    field("body").focus();
  };
  const compare = (event) => {
    const now = texts();
    for (const name of names()) {
      event.target.elements[`then_${name}`].value = offered.copy.texts[name] ?? "";
      event.target.elements[`now_${name}`].value = now[name];
    }
  };

  const plan = () => {
    timer ||= setTimeout(write, PAUSE);
  };

  document.addEventListener("input", (event) => {
    if (event.target.closest("[data-editor]")) plan();
  });
  document.addEventListener("editor:filled", plan);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-take-copy]")) take();
    if (event.target.closest("[data-drop-copy]")) drop();
  });
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target.closest("#local-copy")) compare(event);
    },
    true,
  );
  document.addEventListener("editor:saved", (event) => {
    if (!event.detail.all) return void write();
    clearTimeout(timer);
    timer = 0;
    forget(current);
    current = null;
  });
  // Its post has another number now.
  document.addEventListener("editor:moved", () => {
    if (current) write();
  });
  document.addEventListener("editor:server", (event) => {
    if (serverKeeps === event.detail.keeps) return;
    serverKeeps = event.detail.keeps;
    warn(!serverKeeps);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "post-form") warn(false);
  });
  document.addEventListener("editor:leaving", (event) => {
    if (write()) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && timer) write();
  });
  window.addEventListener("pagehide", () => {
    if (timer) write();
  });
  // What a tab has written as it was closed may come when this one has looked already. What came
  // about since is that of a tab where somebody is writing.
  window.addEventListener("storage", (event) => {
    if (offered || !event.key?.startsWith(folder())) return;
    if (parsed(event.newValue)?.at <= opened) look();
  });
  look();
})();
