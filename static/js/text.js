// The text of the editor, for the scripts that change it: each change is one step to undo and an
// input event for the others. And what a line is: an item, a quote, code.
(() => {
  "use strict";
  const TAB = 4; // columns between the stops of tabs
  const QUOTE = /^(?:[ \t]{0,3}>[ \t]?)*/;
  const ITEM = /^([ \t]*)(?:([-*+])|(\d{1,9})([.)]))([ \t]+)(\[[ xX]\](?:[ \t]+|$))?/;
  const RULE = /^[ \t]*(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$/;
  const FENCE = /^(?:`{3,}(?=[^`]*$)|~{3,})/;
  const MARKS = /^(?:[ \t]*(?:[-*+]|\d{1,9}[.)])(?=[ \t]))*[ \t]*/;

  const typed = (part) => (part?.id === "field-body" ? part : null);

  // Puts words in place of those from start to end; then the caret is where they end, or told.
  const replace = (field, start, end, words, from = start + words.length, to = from) => {
    if (words || end > start) {
      field.setSelectionRange(start, end);
      const held = document.activeElement === field; // else another field would get the words
      if (!held || !document.execCommand(words ? "insertText" : "delete", false, words)) {
        field.setRangeText(words, start, end, "end");
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      }
    }
    field.setSelectionRange(from, to);
  };

  const begin = (text, at) => text.lastIndexOf("\n", at - 1) + 1;
  const end = (text, at) => {
    const found = text.indexOf("\n", at);
    return found < 0 ? text.length : found;
  };
  const blanks = (line) => line.match(/^[ \t]*/)[0];
  const width = (blanks) => {
    let columns = 0;
    for (const blank of blanks) columns += blank === "\t" ? TAB - (columns % TAB) : 1;
    return columns;
  };

  // An item's marks, the column that they stand at, and the one that its text begins at.
  const item = (line) => {
    const found = RULE.test(line) ? null : line.match(ITEM);
    if (!found) return null;
    const [marks, before, bullet, number, sign, gap, box] = found;
    const indent = width(before);
    const behind = gap.length > TAB ? 1 : gap.length; // more is code
    return {
      marks,
      blanks: before,
      indent,
      column: indent + (bullet ?? number + sign).length + behind,
      bullet,
      number: number && Number(number),
      sign,
      gap,
      box,
      rest: line.slice(marks.length),
    };
  };
  // The items of a list from below, up to where it begins.
  const upward = function* (lines, quote) {
    for (let at = lines.length - 1; at >= 0; at -= 1) {
      if (!lines[at].startsWith(quote.trimEnd())) return;
      const rest = lines[at].slice(quote.length);
      const found = item(rest);
      if (found) yield found;
      else if (/^\S/.test(rest) && !lines[at - 1]?.slice(quote.length).trim()) return;
    }
  };
  // The item that one at this column would stand below; none if it would be the first.
  const sibling = (lines, quote, indent) => {
    for (const each of upward(lines, quote)) {
      if (each.indent <= indent) return each.column > indent ? each : null;
    }
    return null;
  };
  const outer = (lines, quote, indent) => {
    for (const each of upward(lines, quote)) if (each.indent < indent) return each;
    return null;
  };

  const depth = (quote) => quote.split(">").length - 1;
  const inList = (state, rest) => {
    const indent = width(blanks(rest));
    if (item(rest) && (indent < TAB || state.inList)) return true;
    const ends = indent === 0 && rest !== "" && (state.blank || /^#{1,6}[ \t]/.test(rest));
    return state.inList && !ends;
  };
  const read = (state, line) => {
    const quote = line.match(QUOTE)[0];
    const rest = line.slice(quote.length);
    if (state.fence && depth(quote) >= state.depth) {
      const closing = rest.trim();
      const closes = closing.startsWith(state.fence) && !closing.replaceAll(state.fence[0], "");
      if (closes) state.fence = "";
      return;
    }
    state.inList = inList(state, rest);
    state.blank = rest.trim() === "";
    const isCode = width(blanks(rest)) >= TAB && !state.inList;
    state.fence = (!isCode && rest.replace(MARKS, "").match(FENCE)?.[0]) || "";
    state.depth = depth(quote);
  };
  // The line at a place of the text: the marks of its quotes, the rest of it, and what it is.
  const place = (text, at) => {
    const above = text.slice(0, end(text, at)).split("\n");
    const line = above.pop();
    const state = { fence: "", depth: 0, inList: false, blank: true };
    for (const each of above) read(state, each);
    const quote = line.match(QUOTE)[0];
    const rest = line.slice(quote.length);
    const fenced = state.fence !== "" && depth(quote) >= state.depth;
    const listed = inList(state, rest);
    const indented = width(blanks(rest)) >= TAB && !listed;
    const blank = rest.trim() === "";
    return {
      start: begin(text, at),
      line,
      quote,
      rest,
      above,
      isCode: fenced || (indented && !blank),
      isList: listed && !fenced && !blank,
    };
  };

  window.writing = Object.freeze({
    ...{ typed, replace, begin, end, width, blanks, item, sibling, outer, place },
  });
})();
