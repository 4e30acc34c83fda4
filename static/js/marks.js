// Ctrl/⌘-B bold, -I italic, -K link: put around what is selected, or taken away again. A URL that
// is pasted over words makes them a link.
(() => {
  "use strict";
  const { typed, replace, begin, end, place } = window.writing;
  const IS_MAC = /Mac|iP/.test(navigator.platform);
  const WORD = /[\p{L}\p{M}\p{N}_’']/u;
  const BEFORE = /^(?:[ \t]*(?:>|#{1,6}(?=[ \t])|(?:[-*+]|\d{1,9}[.)])(?=[ \t])(?:[ \t]+\[[ xX]\](?=[ \t]))?))*[ \t]*/;
  const LINK = /(?<!!)\[((?:\\.|[^[\]\\]|\[[^\]]*\])*)\]\((<[^<>\n]*>|(?:[^()\s]|\([^()\s]*\))*)(?:[ \t]+"[^"\n]*")?\)/g;
  const SURE = /^(?:https?:\/\/|mailto:)\S+$/i;
  let plain = false; // what is pasted next is to stay as it is

  const isURL = (words) => SURE.test(words) && URL.canParse(words);
  // Parentheses that do not match would end the link.
  const target = (url) => {
    let open = 0;
    for (const sign of url) {
      if (sign === "(") open += 1;
      if (sign === ")" && (open -= 1) < 0) break;
    }
    return open === 0 ? url : `<${url}>`;
  };

  // Without a selection, the word that the caret is in.
  const wordAt = (text, at) => {
    let start = at;
    let stop = at;
    while (start > 0 && WORD.test(text[start - 1])) start -= 1;
    while (stop < text.length && WORD.test(text[stop])) stop += 1;
    return start < at && at < stop ? [start, stop] : [at, at];
  };
  const trimmed = (text, start, stop) => {
    const words = text.slice(start, stop);
    if (!words.trim()) return [start, stop];
    return [stop - words.trimStart().length, start + words.trimEnd().length];
  };
  const chosen = ({ value, selectionStart, selectionEnd }) =>
    selectionStart === selectionEnd
      ? wordAt(value, selectionStart)
      : trimmed(value, selectionStart, selectionEnd);

  // How many of a sign stand on both sides: one is italic, two are bold, three are both.
  const run = (text, at, by, sign) => {
    let length = 0;
    while (text[by < 0 ? at - 1 - length : at + length] === sign) length += 1;
    return length;
  };
  const around = (text, start, stop, size) => {
    for (const sign of "*_") {
      const both = Math.min(run(text, start, -1, sign), run(text, stop, 1, sign));
      if (size === 2 ? both >= 2 : both % 2 === 1) return sign;
    }
    return "";
  };
  // What the words themselves begin and end with is taken away, too.
  const inside = (words, size) => {
    for (const sign of "*_") {
      const both = Math.min(run(words, 0, 1, sign), run(words, words.length, -1, sign));
      if (words.length > 2 * both && (size === 2 ? both >= 2 : both % 2 === 1)) return true;
    }
    return false;
  };
  const emphasise = (field, size) => {
    const { value: text, selectionStart, selectionEnd } = field;
    const mark = "*".repeat(size);
    const [start, stop] = chosen(field);
    if (around(text, start, stop, size)) {
      const at = [selectionStart - size, selectionEnd - size];
      return replace(field, start - size, stop + size, text.slice(start, stop), ...at);
    }
    if (start === stop && text.startsWith(mark, start) && start > begin(text, start)) {
      return field.setSelectionRange(start + size, start + size); // out of what was just written
    }
    if (start === stop) return replace(field, start, stop, mark + mark, start + size);
    const words = text.slice(start, stop);
    if (inside(words, size)) {
      return replace(field, start, stop, words.slice(size, -size), start, stop - 2 * size);
    }
    if (words.includes("\n")) return emphasiseLines(field, start, stop, size);
    replace(field, start, stop, mark + words + mark, selectionStart + size, selectionEnd + size);
  };
  // Each line by itself, behind the marks of lists and quotes.
  const emphasiseLines = (field, start, stop, size) => {
    const mark = "*".repeat(size);
    const lines = field.value.slice(start, stop).split("\n");
    const parts = lines.map((line, at) => {
      const before = at || start === begin(field.value, start) ? line.match(BEFORE)[0] : "";
      return { before, words: line.slice(before.length).trimEnd() };
    });
    const all = parts.every(({ words }) => !words || inside(words, size));
    const written = parts.map(({ before, words }) => {
      if (!words) return before;
      return before + (all ? words.slice(size, -size) : mark + words + mark);
    });
    const made = written.join("\n");
    replace(field, start, stop, made, start, start + made.length);
  };

  const linkAt = (text, start, stop) => {
    const from = begin(text, start);
    for (const found of text.slice(from, end(text, stop)).matchAll(LINK)) {
      const at = from + found.index;
      if (at <= start && stop <= at + found[0].length) return { at, found };
    }
    return null;
  };
  const link = (field) => {
    const { value: text } = field;
    const [start, stop] = chosen(field);
    const has = linkAt(text, start, stop);
    if (has) {
      const [whole, words, url] = has.found;
      const left = words || url;
      return replace(field, has.at, has.at + whole.length, left, has.at, has.at + left.length);
    }
    const words = text.slice(start, stop);
    if (isURL(words)) return replace(field, start, stop, `[](${target(words)})`, start + 1);
    if (!words) return replace(field, start, stop, "[]()", start + 1);
    replace(field, start, stop, `[${words}]()`, stop + 3);
  };

  // Whether a place in a line is in a code span: behind an odd run of backticks.
  const inSpan = (text, at) => {
    const line = text.slice(begin(text, at), at);
    return (line.match(/`+/g) ?? []).length % 2 === 1;
  };
  const isPlain = ({ value: text, selectionStart: start, selectionEnd: stop }) => {
    const words = text.slice(start, stop);
    if (!words.trim() || /\n[ \t]*\n/.test(words) || isURL(words.trim())) return true;
    if (place(text, start).isCode || inSpan(text, start)) return true;
    return linkAt(text, start, stop) !== null || /\]\(<?$/.test(text.slice(0, start));
  };
  const paste = (event) => {
    const field = event.target;
    const url = event.clipboardData.getData("text/plain").trim();
    if (plain || event.clipboardData.files.length || !isURL(url) || isPlain(field)) return;
    event.preventDefault();
    const { value: text, selectionStart, selectionEnd } = field;
    const [start, stop] = trimmed(text, selectionStart, selectionEnd);
    replace(field, start, stop, `[${text.slice(start, stop)}](${target(url)})`);
  };

  // By the letter; on keyboards that have others, by the key's place.
  const letter = ({ key, code }) => (/^[a-z]$/i.test(key) ? key : code.replace("Key", "")).toLowerCase();
  const KEYS = { b: (field) => emphasise(field, 2), i: (field) => emphasise(field, 1), k: link };
  document.addEventListener("keydown", (event) => {
    const field = typed(event.target);
    if (!field || event.isComposing || event.keyCode === 229 || event.altKey) return;
    const [mod, other] = IS_MAC ? ["metaKey", "ctrlKey"] : ["ctrlKey", "metaKey"];
    plain = event[mod] && event.shiftKey && letter(event) === "v";
    const act = KEYS[letter(event)];
    if (!act || !event[mod] || event[other] || event.shiftKey) return;
    event.preventDefault();
    act(field);
  });
  document.addEventListener("paste", (event) => {
    if (typed(event.target)) paste(event);
    plain = false;
  });
})();
