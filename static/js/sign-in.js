// A form that was refused because the session has ended gets a sign-in, and is sent with it again.
(() => {
  "use strict";
  const PLACE = "sign-in";
  const NAMES = ["sign_in_name", "sign_in_password"];

  const read = (html) => new DOMParser().parseFromString(html, "text/html").getElementById(PLACE);
  const share = (part) => {
    const token = part.querySelector("input[name=csrf_token]")?.value;
    if (!token) return;
    for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = token;
  };
  const fields = (part) => NAMES.map((name) => part.querySelector(`[name=${name}]`));
  let refused = null; // the button that was pressed, which Enter in the sign-in presses again
  const show = (form, part, asked) => {
    share(part);
    const old = document.getElementById(PLACE);
    if (old && !asked) return; // somebody may be typing there
    old?.remove();
    const text = form.querySelector("textarea[name=body]")?.closest(".field");
    if (text) text.after(part);
    else form.append(part);
    document.getElementById("live").textContent = part.querySelector(".error").textContent;
    if (!asked) return;
    document.querySelector("[data-pane-button=text]")?.click();
    fields(part).find((field) => !field.value).focus();
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event;
    const form = detail.requestConfig.elt.closest("form");
    const part = detail.isError && form && read(detail.serverResponse);
    if (!part) return;
    detail.isError = false;
    refused = detail.requestConfig.triggeringEvent?.submitter ?? refused;
    show(form, part, detail.requestConfig.elt === form);
  });
  document.addEventListener("sign-in:wanted", (event) => {
    show(event.detail.form, read(event.detail.html), false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches?.(`#${PLACE} input`)) return;
    const { form } = event.target;
    if (!refused || refused.form !== form) return;
    event.preventDefault();
    refused.click(); // htmx knows a button by its click
  });
  // What is sent by itself is sent without a password.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.matches("form")) return;
    for (const name of NAMES) delete event.detail.parameters[name];
  });
  document.addEventListener(
    "input",
    (event) => {
      if (event.target.closest(`#${PLACE}`)) event.stopPropagation();
    },
    true,
  );
  document.addEventListener("htmx:afterSettle", (event) => share(event.target));
  document.addEventListener("editor:refreshed", (event) => {
    share(event.target);
    if (event.detail.kept) document.getElementById(PLACE)?.remove();
  });
})();
