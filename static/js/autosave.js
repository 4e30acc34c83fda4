// What is typed is kept on the server: soon after a pause, now and then, and when the page goes.
(() => {
  "use strict";
  const PAUSE = 2000; // milliseconds after the last key
  const LONGEST = 15000; // while typing goes on
  const AGAIN = [5, 10, 20, 40, 60]; // seconds until the next try
  const PATIENCE = 30000; // milliseconds for an answer
  const KEPT_ALIVE = 60000; // bytes; browsers send at most 64 KB for a page that is gone

  let typed = 0; // how much has been typed
  let kept = 0; // how much of it the server has
  let sending = null; // {typed, abort, told} of an autosave on its way
  let saving = null; // {typed, xhr} of a save on its way
  let unanswered = false; // a save has had no answer, and may have been done
  let refreshed = false; // a new token was just given, and is being tried
  let failures = 0;
  let since = ""; // when it was last kept, on the author's clock
  let told = ""; // of what is not saved
  let idle = 0;
  let longest = 0;
  let again = 0;

  const form = () => document.querySelector("[data-editor]");
  const part = () => document.getElementById("autosave");
  const say = (text) => {
    document.getElementById("live").textContent = text;
  };
  const status = () => part().querySelector("[data-status]");
  const tell = (text) => {
    status().textContent = text;
  };
  // To whoever else keeps the text.
  const announce = () => {
    const detail = { keeps: failures === 0 };
    document.dispatchEvent(new CustomEvent("editor:server", { detail }));
  };
  const stop = () => {
    for (const timer of [idle, longest, again]) clearTimeout(timer);
    idle = longest = again = 0;
  };
  const pause = (count) => 1000 * AGAIN[Math.min(count, AGAIN.length - 1)];
  const plan = () => {
    if (saving || typed === kept) return;
    if (refreshed) return void send();
    if (failures) {
      again ||= setTimeout(send, pause(failures - 1));
      return;
    }
    clearTimeout(idle);
    idle = setTimeout(send, PAUSE);
    longest ||= setTimeout(send, LONGEST);
  };

  const send = async () => {
    if (!form() || saving || sending || typed === kept) return;
    stop();
    const abort = new AbortController();
    const mine = { typed, abort, told: status().textContent };
    const patience = setTimeout(() => abort.abort(), PATIENCE);
    sending = mine;
    tell("keeping …");
    try {
      const answer = await fetch(part().dataset.address, request(abort.signal));
      const html = await answer.text();
      if (sending === mine) take(answer, html);
    } catch {
      if (sending === mine) fail("the server cannot be reached");
    }
    clearTimeout(patience);
    if (sending === mine) sending = null;
    plan();
  };
  const request = (signal) => {
    const body = new FormData(form());
    for (const [name, value] of [...body]) {
      if (value instanceof File || name.startsWith("sign_in_")) body.delete(name);
    }
    if (unanswered) body.append("unanswered", "1");
    const size = [...body.values()].reduce((sum, text) => sum + 3 * text.length + 200, 0);
    const headers = { "HX-Request": "true" };
    return { method: "POST", body, headers, signal, keepalive: size < KEPT_ALIVE };
  };
  const take = (answer, html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const arrived = page.getElementById("autosave");
    if (arrived) renew(arrived, answer);
    if (answer.ok && arrived) succeed();
    else if (arrived && !refreshed) refreshed = true; // and sent again at once
    else if (page.getElementById("sign-in")) ask(html);
    else if ([404, 410].includes(answer.status) && form().elements.post.value) begin();
    else fail(reason(page) || "the server has trouble");
  };
  const clock = (at) =>
    at.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const renew = (arrived, answer) => {
    part().replaceWith(document.adoptNode(arrived));
    const time = arrived.querySelector("time");
    if (time) time.textContent = clock(new Date(time.dateTime));
    const detail = { kept: answer.ok, address: answer.headers.get("HX-Replace-Url") };
    arrived.dispatchEvent(new CustomEvent("editor:refreshed", { bubbles: true, detail }));
  };
  const succeed = () => {
    const first = !since && !failures;
    kept = sending.typed;
    unanswered = refreshed = false;
    since = part().querySelector("time")?.textContent ?? "";
    if (failures) say("Your text is kept on the server again.");
    else if (first && since) say("Your text is kept on the server.");
    failures = 0;
    told = status().textContent;
    announce();
  };
  // Its post was deleted: the next try begins another.
  const begin = () => {
    failures = 0;
    since = told = "";
    tell("");
    document.dispatchEvent(new CustomEvent("editor:deleted"));
  };
  const ask = (html) => {
    document.dispatchEvent(new CustomEvent("sign-in:wanted", { detail: { form: form(), html } }));
    fail("you are signed out");
  };
  const reason = (page) => page.getElementById("error")?.textContent.replace(/[.\s]+$/, "");
  const fail = (cause) => {
    const here = document.querySelector("[data-no-copy]") ? "" : "it is kept in this browser; ";
    const state = since ? `not kept since ${since}` : "not kept yet";
    told = `${state}: ${cause}; ${here}trying again in ${pause(failures) / 1000} s`;
    tell(told);
    if (!failures) say(`Not kept on the server: ${cause}.`);
    failures += 1;
    refreshed = false;
    announce();
    stop();
  };
  const drop = () => {
    if (!sending) return;
    sending.abort.abort();
    tell(sending.told);
    sending = null;
  };
  // The page may never be seen again.
  const flush = () => {
    if (!form() || saving || typed === kept || sending?.typed === typed) return;
    drop();
    send();
  };

  const note = () => {
    typed += 1;
    plan();
  };

  document.addEventListener("input", (event) => {
    if (event.target.closest("[data-editor]")) note();
  });
  document.addEventListener("editor:filled", note);
  document.addEventListener("editor:rebased", drop);
  document.addEventListener("editor:unanswered", () => {
    unanswered = true;
  });
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (unanswered && detail.elt === form()) detail.parameters.unanswered = "1";
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt !== form()) return;
    saving = { typed, xhr: event.detail.xhr };
    stop();
    drop();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr !== saving?.xhr) return;
    const { status } = saving.xhr;
    unanswered ||= status === 0 || status >= 500;
    // What overlaps is kept, too.
    const left = saving.xhr.getResponseHeader("HX-Redirect"); // for another page, with all kept
    if (left || (status === 409 && document.querySelector(".overlap"))) kept = saving.typed;
    saving = null;
    plan();
  });
  document.addEventListener("editor:saved", (event) => {
    unanswered = false;
    failures = 0;
    since = told = "";
    announce();
    stop();
    if (event.detail.all) kept = typed;
    plan();
  });
  // After the editor's own listener, which tells of a save: what was not saved is still as it was.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "post-form" && !status().textContent) tell(told);
  });
  document.addEventListener("editor:leaving", (event) => {
    if (typed === kept) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) flush();
  });
  window.addEventListener("pagehide", flush);
  window.addEventListener("online", () => {
    if (failures) flush();
  });
})();
