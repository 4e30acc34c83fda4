// The images on their way into the text, each an item below it: how far it is, and what it shows.
// window.pictures is for the scripts that bring images in. A picture has a name, the marks that
// have stood for it in the text (undoing brings old ones back), and, once it is here, its url and
// the address that keeps its words.
(() => {
  "use strict";
  const panel = document.getElementById("uploads");
  if (!panel) return;
  const pictures = new Map(); // by their items
  const known = []; // those that have no item any more, too
  const later = []; // changes that wait for an input method, or for a dialog
  let composing = false;
  let count = 0;

  const area = () => document.getElementById("field-body");
  const say = (text) => (document.getElementById("live").textContent = text);
  const token = () => document.querySelector("#post-form [name=csrf_token]")?.value ?? "";
  const part = (picture, name) => picture.item.querySelector(`[data-upload-${name}]`);
  const words = (picture) => part(picture, "alt").querySelector("input");
  const escaped = (text) =>
    text.replace(/[[\]\\]/g, "\\$&").replace(/\s+/g, " ").trim();
  const show = (picture, ...names) => {
    for (const name of ["bar", "thumbnail", "alt", "cancel", "again", "later", "dismiss"]) {
      part(picture, name).hidden = !names.includes(name);
    }
  };

  // Where a picture stands in the text, and if it is the picture, not what stands for it; its words
  // may have been changed by hand.
  const find = (picture) => {
    const text = area()?.value ?? "";
    for (const mark of [...picture.marks].reverse()) {
      const start = text.indexOf(mark);
      if (start < 0) continue;
      const here = !!picture.url && mark.includes(picture.url);
      return { start, end: start + mark.length, here };
    }
    return picture.url ? findByUrl(picture, text) : undefined;
  };
  const findByUrl = (picture, text) => {
    const url = picture.url.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const image = `!\\[(?:\\\\.|[^\\]\\\\])*\\]\\(${url}[^)\\n]*\\)`;
    const shape = new RegExp(`${image}|<img [^<>]*"${url}"[^<>]*>`, "g");
    for (const { 0: found, index: start } of text.matchAll(shape)) {
      if (!isTaken(found, picture)) return { start, end: start + found.length, here: true };
    }
  };
  const isTaken = (mark, by) => known.some((other) => other !== by && other.marks.includes(mark));

  // The text changes in one step that can be undone; caret, focus and view stay where they are.
  const mustWait = () => composing || document.querySelector("dialog:modal");
  const quietly = (change) => (mustWait() ? later.push(change) : change());
  const goOn = () => setTimeout(() => later.splice(0).forEach(quietly));
  const replace = ({ start, end }, text) => {
    const field = area();
    const { selectionStart, selectionEnd, scrollTop } = field;
    const active = document.activeElement;
    const moved = (at) => {
      if (at <= start) return at;
      return at >= end ? at + text.length - (end - start) : start + text.length;
    };
    field.focus({ preventScroll: true });
    window.writing.replace(field, start, end, text, moved(selectionStart), moved(selectionEnd));
    field.scrollTop = scrollTop;
    if (active !== field && active !== document.body) active.focus({ preventScroll: true });
  };
  const stand = (picture, found, text) => {
    if (text) picture.marks.push(text);
    if (found) replace(found, text);
    else insert(text);
  };
  // Then is told if there was a place for it: its author may have taken that out.
  const put = (picture, text, then = () => {}) =>
    quietly(() => {
      if (!area()) return;
      const found = find(picture);
      if (found) stand(picture, found, text);
      then(!!found);
    });
  const insert = (text) => {
    const { selectionStart, selectionEnd } = area();
    area().focus({ preventScroll: true });
    window.writing.replace(area(), selectionStart, selectionEnd, text);
  };

  const tell = (picture, state = picture.state) => {
    const isAway = !!picture.url && !find(picture)?.here;
    picture.state = state;
    part(picture, "state").textContent = isAway ? "not in the text" : state;
    part(picture, "place").hidden = !isAway;
  };
  const complain = (picture, text) => {
    part(picture, "problem").textContent = text;
    part(picture, "problem").hidden = !text;
  };
  const add = (name) => {
    count += 1;
    const item = panel.querySelector("template").content.firstElementChild.cloneNode(true);
    for (const attribute of ["id", "for", "aria-describedby"]) {
      for (const element of item.querySelectorAll(`[${attribute}]`)) {
        element.setAttribute(attribute, `${element.getAttribute(attribute)}-${count}`);
      }
    }
    const picture = { name, item, state: "", marks: [], url: "" };
    part(picture, "name").textContent = name;
    part(picture, "bar").setAttribute("aria-label", `Upload of ${name}`);
    panel.querySelector("[data-uploads-hold]").before(item);
    panel.hidden = false;
    pictures.set(item, picture);
    known.push(picture);
    return picture;
  };
  const remove = (picture) => {
    const held = picture.item.contains(document.activeElement);
    const { nextElementSibling, previousElementSibling } = picture.item;
    const isLast = !nextElementSibling?.matches("[data-upload]");
    const next = isLast ? previousElementSibling : nextElementSibling;
    picture.item.remove();
    pictures.delete(picture.item);
    delete picture.file;
    panel.hidden = pictures.size === 0;
    if (!held) return;
    (next?.querySelector("[data-upload-alt]:not([hidden]) input, button") ?? area())?.focus();
  };

  // What it shows: words, or that it is decoration; both are an answer, nothing is not.
  const arrived = (picture, { url, thumbnail, alt, describe }) => {
    Object.assign(picture, { url, describe });
    part(picture, "thumbnail").src = thumbnail;
    show(picture, "thumbnail", "alt", "later");
    complain(picture, "");
    words(picture).value ||= alt;
    if (picture.said !== undefined) return settle(picture);
    put(picture, markdown(picture), (found) => {
      tell(picture, "in the text");
      if (found) say(`${picture.name} is in the text. Say below the text what it shows.`);
      else miss(picture);
    });
  };
  const markdown = ({ said, url }) => {
    if (said === "") return `<img src="${url}" alt="">`;
    return `![${escaped(said ?? "")}](${url})`;
  };
  const miss = (picture) => {
    tell(picture);
    say(`${picture.name} is here, but not in the text. A button there puts it at the caret.`);
    if (picture.item.contains(document.activeElement)) part(picture, "place").focus();
  };
  const place = (picture) => {
    stand(picture, find(picture), markdown(picture));
    tell(picture, "in the text");
    if (picture.said !== undefined) settle(picture);
    else words(picture).focus();
  };
  const describe = (picture) => {
    const said = words(picture).value.trim();
    const decorates = part(picture, "decorates").checked;
    if (!said && !decorates) {
      complain(picture, "Say what it shows, or tick “decorative”.");
      return words(picture).focus();
    }
    complain(picture, "");
    picture.said = decorates ? "" : said;
    if (picture.url) return settle(picture);
    tell(picture, "its words wait for it");
    area().focus();
  };
  const settle = (picture) => {
    const { name, said } = picture;
    put(picture, markdown(picture), (found) => {
      if (!found) return miss(picture);
      if (said) keep(picture);
      say(`${name} is in the text${said ? ", with what it shows" : ", as decoration"}.`);
      remove(picture);
    });
  };
  // Offered the next time. If it fails, nothing is lost: the words stand in the text.
  const keep = ({ describe, said }) => {
    const body = new FormData();
    body.append("csrf_token", token());
    body.append("alt", said);
    fetch(describe, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => {});
  };

  document.addEventListener("image:chosen", ({ detail }) => {
    const picture = add(detail.name);
    stand(picture, undefined, `![](${detail.url})`);
    arrived(picture, detail);
    words(picture).focus();
  });
  document.addEventListener("click", ({ target }) => {
    const picture = pictures.get(target.closest("[data-upload]"));
    if (!picture) return;
    if (target.closest("[data-upload-done]")) describe(picture);
    if (target.closest("[data-upload-place]")) place(picture);
    if (target.closest("[data-upload-later]")) {
      remove(picture);
      say(`${picture.name} has no words yet.`);
    }
  });
  document.addEventListener("keydown", (event) => {
    const picture = pictures.get(event.target.closest?.("[data-upload]"));
    if (!picture || !event.target.matches("input")) return;
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // the form around it would be sent
    describe(picture);
  });
  document.addEventListener("compositionstart", () => (composing = true));
  document.addEventListener("compositionend", () => {
    composing = false;
    goOn(); // when the field has what was composed
  });
  document.addEventListener("close", goOn, true);
  // Undoing, and every other change, may take a picture out or bring it back.
  const look = () => {
    for (const picture of pictures.values()) if (picture.url) tell(picture);
  };
  document.addEventListener("input", ({ target }) => {
    if (target === area()) look();
  });
  document.addEventListener("htmx:afterSettle", () => {
    panel.hidden = pictures.size === 0; // as it came, it is empty
    look();
  });
  // What is typed here is no change of the post.
  for (const name of ["input", "change"]) {
    panel.addEventListener(name, (event) => event.stopPropagation());
  }

  // Marks of pictures that are here, as undoing leaves them, become the pictures.
  const finish = () => {
    for (const picture of known) {
      const found = picture.url && find(picture);
      if (found && !found.here) replace(found, markdown(picture));
    }
  };
  const missing = () =>
    [...pictures.values()].filter((picture) => find(picture)?.here === false);

  window.pictures = Object.freeze({
    ...{ panel, area, say, token, part, words, show, tell, complain, add, remove, known },
    ...{ quietly, find, put, insert, arrived, finish, missing },
    of: (element) => pictures.get(element),
  });
})();
