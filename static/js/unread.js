// How many messages are unread stays true while the page is looked at: in the frame and the title.
// Nothing is said aloud: the number is there for who goes to it.
(() => {
  "use strict";
  const PAUSE = 30_000; // milliseconds between two questions
  const PATIENCE = 10_000; // milliseconds for an answer
  const place = document.getElementById("unread");
  if (!place) return; // a page for who is signed out
  const number = place.querySelector("[data-number]");
  let asked = Date.now(); // the page came with the number
  let isAsking = false;
  let told = 0; // how often the number came with a part of the page

  const entitle = () => {
    const title = document.title.replace(/^\(\d+\+?\) /, "");
    const wanted = number.textContent ? `(${number.textContent}) ${title}` : title;
    if (document.title !== wanted) document.title = wanted;
  };
  const show = (unread) => {
    number.textContent = unread;
    place.hidden = !unread;
    entitle();
  };
  const ask = async () => {
    if (isAsking) return;
    isAsking = true;
    asked = Date.now();
    const before = told;
    try {
      const headers = { Accept: "application/json" };
      const signal = AbortSignal.timeout(PATIENCE);
      const answer = await fetch(place.dataset.unreadUrl, { headers, signal });
      if (answer.status === 401) asked = Infinity; // signed out: until somebody comes back
      const unread = answer.ok ? (await answer.json()).unread : null;
      if (unread !== null && told === before) show(unread); // else what is shown is newer
    } catch {
      // Not to be reached, or no answer of ours: the next time will do.
    } finally {
      isAsking = false;
    }
  };

  entitle();
  new MutationObserver(entitle).observe(document.querySelector("title"), { childList: true });
  setInterval(() => {
    if (!document.hidden && Date.now() - asked >= PAUSE) ask();
  }, 5_000);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask();
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) ask(); // Back: the page is as it was left
  });
  document.addEventListener("htmx:historyRestore", ask);
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (target.dataset.unread === undefined) return;
    told += 1;
    show(target.dataset.unread);
  });
})();
