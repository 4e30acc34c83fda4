// Images that are pasted, dropped or chosen are sent while one writes on: a mark in the text stands
// for each, and becomes the image. What is refused leaves no mark.
(() => {
  "use strict";
  if (!window.pictures) return;
  const { panel, area, say, token, part, words, show, tell, complain } = window.pictures;
  const { add, remove, known, of, quietly, find, put, insert, arrived, missing } = window.pictures;
  const MOST = 20_000_000; // bytes of a file, as the server takes it
  const PATIENCE = 60_000; // milliseconds without any progress
  const TRIES = 4; // while the server is busy with other images
  const SIGNED_OUT = "your session has ended. Sign in, then try again.";
  const waiting = [];
  let sending;

  // Proofreading knows this shape. No two pictures ever have the same mark, for undoing may bring
  // one back.
  const plain = (text) => text.replace(/[[\]\\\s]+/g, " ").trim();
  const markFor = (name) => {
    const mark = (number) => `![uploading ${plain(name)}${number} …]()`;
    const isUsed = (text) =>
      area().value.includes(text) || known.some(({ marks }) => marks.includes(text));
    let found = mark("");
    for (let number = 2; isUsed(found); number += 1) found = mark(` ${number}`);
    return found;
  };
  const give = (picture) => {
    const mark = markFor(picture.name);
    picture.marks.push(mark);
    return mark;
  };

  const take = (files, { chosen = false } = {}) => {
    if (!area()) return;
    const added = [...files].map((file) => Object.assign(add(file.name || "image"), { file }));
    const [refused, taken] = [added.filter(refusal), added.filter((each) => !refusal(each))];
    quietly(() => {
      if (!area()) return;
      if (taken.length) insert(taken.map(give).join("\n\n"));
      taken.forEach(start);
      if (chosen && taken.length) words(taken[0]).focus();
    });
    const what = taken.length === 1 ? taken[0].name : `${taken.length} images`;
    if (taken.length) say(`${what} on the way.`);
    for (const picture of refused) fail(picture, refusal(picture));
  };
  const types = () => document.querySelector("[data-image-files]").accept.split(", ");
  const refusal = ({ file }) => {
    if (file.size > MOST) return "it is larger than 20 MB; make it smaller.";
    if (!file.type || types().includes(file.type)) return "";
    return "it is no JPEG, PNG, GIF, WebP or AVIF image.";
  };
  const start = (picture) => {
    show(picture, "bar", "alt", "cancel");
    complain(picture, "");
    picture.failed = false;
    picture.tries = 0;
    part(picture, "bar").value = 0;
    tell(picture, "waiting");
    waiting.push(picture);
    next();
  };
  const next = () => {
    if (!area()) waiting.length = 0; // the form is gone, and its token
    if (sending || !waiting.length) return;
    sending = waiting.shift();
    send(sending);
  };
  const end = () => {
    sending = undefined;
    next();
  };

  const send = (picture) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("csrf_token", token());
    body.append("files", picture.file, picture.name);
    request.open("POST", panel.dataset.url);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      watch(picture);
      part(picture, "bar").value = loaded / total;
      const share = Math.round((100 * loaded) / total);
      tell(picture, share < 100 ? `${share} % sent` : "being prepared");
    });
    request.addEventListener("load", () => answered(picture, request));
    request.addEventListener("error", () => {
      miss(picture, "the server cannot be reached; try again in a moment.");
    });
    picture.request = request;
    watch(picture);
    request.send(body);
  };
  // One that hangs would keep the others waiting.
  const watch = (picture) => {
    clearTimeout(picture.timer);
    picture.timer = setTimeout(() => {
      picture.request.abort();
      miss(picture, "the server did not answer in a minute; try again.");
    }, PATIENCE);
  };
  const miss = (picture, why) => {
    fail(picture, why, { again: true, stays: true });
    end();
  };
  const answered = (picture, request) => {
    const { status } = request;
    clearTimeout(picture.timer);
    if (status === 503 && picture.tries < TRIES) {
      picture.tries += 1;
      tell(picture, "waiting for its turn");
      const seconds = Number(request.getResponseHeader("Retry-After")) || 5;
      picture.timer = setTimeout(() => send(picture), 1000 * seconds);
      return;
    }
    const { images = [], refused = [] } = read(request) ?? {};
    if (images.length) arrived(picture, images[0]);
    else if (refused.length) fail(picture, refused[0]);
    else if (status === 401) fail(picture, SIGNED_OUT, { again: true });
    else {
      const isFinal = status >= 400 && status < 500;
      fail(picture, reason(request), { again: !isFinal, stays: !isFinal });
    }
    end();
  };
  const read = (request) => {
    const type = request.getResponseHeader("Content-Type") ?? "";
    return type.startsWith("application/json") ? JSON.parse(request.responseText) : null;
  };
  const reason = ({ responseText }) => {
    const page = new DOMParser().parseFromString(responseText, "text/html");
    return page.getElementById("error")?.textContent ?? "that did not work.";
  };
  // It may be tried again, and its mark stays for that; or that is taken out of the text.
  const fail = (picture, why, { again = false, stays = false } = {}) => {
    const named = why.startsWith(picture.name) ? why : `${picture.name} was not taken: ${why}`;
    const held = picture.item.contains(document.activeElement);
    picture.failed = true;
    show(picture, ...(again ? ["again", "cancel"] : ["dismiss"]));
    complain(picture, named);
    tell(picture, "");
    say(named);
    document.dispatchEvent(new CustomEvent("picture:failed", { detail: { named, stays } }));
    if (!stays) put(picture, "");
    if (held) part(picture, again ? "again" : "dismiss").focus();
  };
  const cancel = (picture) => {
    clearTimeout(picture.timer);
    if (waiting.includes(picture)) waiting.splice(waiting.indexOf(picture), 1);
    if (sending === picture) {
      picture.request.abort();
      end();
    }
    drop(picture);
    say(`${picture.name} is not sent.`);
  };
  const drop = (picture) => {
    put(picture, "");
    remove(picture);
  };
  const retry = (picture) => {
    if (!find(picture)) insert(give(picture));
    start(picture);
    words(picture).focus();
  };

  // A table that is copied brings a picture of itself: its text is what is meant.
  const isPicture = (data) => {
    const text = data.getData("text/plain").trim();
    return data.files.length > 0 && (!text || [...data.files].some(({ name }) => name === text));
  };
  const bringsFiles = (event) => event.dataTransfer?.types.includes("Files");

  document.addEventListener("paste", (event) => {
    if (!area() || event.target !== area() || !isPicture(event.clipboardData)) return;
    event.preventDefault();
    take(event.clipboardData.files);
  });
  // Wherever it is dropped: a browser would leave the page, and the text, for the file.
  document.addEventListener("dragover", (event) => {
    if (!bringsFiles(event)) return;
    event.preventDefault();
    if (area()) area().dataset.drop = "";
  });
  for (const name of ["dragleave", "dragend", "drop"]) {
    document.addEventListener(name, () => delete area()?.dataset.drop);
  }
  document.addEventListener("drop", (event) => {
    if (!bringsFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer.files.length) take(event.dataTransfer.files);
  });
  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-image-files]") || !target.files.length) return;
    take(target.files, { chosen: true });
    target.value = "";
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-choose-images]")) document.querySelector("[data-image-files]").click();
    const picture = of(target.closest("[data-upload]"));
    if (!picture) return;
    if (target.closest("[data-upload-cancel]")) cancel(picture);
    if (target.closest("[data-upload-again]")) retry(picture);
    if (target.closest("[data-upload-dismiss]")) remove(picture);
  });
  window.addEventListener("beforeunload", (event) => {
    if (sending || missing().length) event.preventDefault();
  });

  const offer = () => {
    for (const button of document.querySelectorAll("[data-choose-images]")) button.hidden = false;
  };
  offer();
  document.addEventListener("htmx:afterSettle", offer);
})();
