// A visitor's form while it is sent: nothing is typed into what is about to go, and nothing jumps.
(() => {
  "use strict";
  const PATIENCE = 30000; // milliseconds for an answer
  const FORM = "form[data-words]";
  const FIELDS = "input:not([type=hidden]), textarea";

  const lock = ({ elt }, locked) => {
    if (!elt.matches(FORM)) return;
    for (const field of elt.querySelectorAll(FIELDS)) field.readOnly = locked;
  };
  const hold = (room) => {
    room.style.minBlockSize = `${room.getBoundingClientRect().height}px`;
  };

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.elt.matches(FORM)) detail.timeout = PATIENCE;
  });
  // What is typed now would be in no answer: a form that comes back has the words that were sent.
  document.addEventListener("htmx:beforeSend", (event) => lock(event.detail, true));
  document.addEventListener("htmx:afterRequest", (event) => lock(event.detail, false));
  // What follows does not move up: what comes has at least the room of what goes.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    if (part.matches(`${FORM}, #contact-sent`)) hold(part.parentElement);
  });
})();
