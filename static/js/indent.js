// Tab indents in lists and in code, Shift-Tab back. Elsewhere, and after Escape, it leads to the
// next field as ever.
(() => {
  "use strict";
  const { typed, replace, end, width, blanks, item, sibling, outer, place } = window.writing;
  const STEP = "    ";
  const NEAR = 50; // lines above, that show how code is indented here
  let leaving = false; // the next Tab leads out of the text

  const stepOf = (lines) => {
    const used = lines.slice(-NEAR).map(blanks).filter(Boolean);
    if (used.some((each) => each.startsWith("\t"))) return "\t";
    return used.some((each) => each.length === 2) ? "  " : STEP;
  };
  const moveCode = (lines, { quote, above }, back) => {
    const step = stepOf(above);
    const most = step === "\t" ? STEP.length : step.length;
    return lines.map((line) => {
      const marks = line.startsWith(quote) ? quote : "";
      const rest = line.slice(marks.length);
      if (!back) return rest.trim() ? marks + step + rest : line;
      const less = rest.startsWith("\t") ? 1 : Math.min(blanks(rest).length, most);
      return marks + rest.slice(less);
    });
  };

  const pad = (columns, tabs) =>
    tabs ? "\t".repeat(Math.ceil(columns / STEP.length)) : " ".repeat(Math.max(columns, 0));
  // The column that a line of a list is to stand at: an item below the one before it, or beside
  // the one around it; its other lines by as much as its text is indented.
  const aim = (above, quote, rest, back) => {
    const indent = width(blanks(rest));
    const found = item(rest);
    if (found && back) return outer(above, quote, indent)?.indent ?? 0;
    if (found) return sibling(above, quote, indent)?.column ?? indent;
    const around = outer(above, quote, indent + 1);
    const by = around ? around.column - around.indent : 2;
    return Math.max(0, back ? indent - by : indent + by);
  };
  const count = (above, quote, line, indent) => {
    const found = item(line);
    if (!found || found.bullet) return line;
    const before = sibling(above, quote, indent);
    return line.replace(/^\d+/, before?.number === undefined ? 1 : before.number + 1);
  };
  const moveList = (lines, { quote, above }, back) => {
    const over = [...above];
    const tabs = [...above, ...lines].some((line) => /^\t+(?:[-*+]|\d+[.)])[ \t]/.test(line));
    const first = width(blanks(lines[0].slice(quote.length)));
    let by = 0; // columns that the lines of an item go with it
    return lines.map((line) => {
      const rest = line.slice(quote.length);
      const indent = width(blanks(rest));
      const found = item(rest);
      let moved = rest;
      if (rest.trim() && (indent > first || (!found && over.length > above.length))) {
        moved = pad(indent + by, tabs) + rest.trimStart();
      } else if (rest.trim()) {
        const to = aim(over, quote, rest, back);
        if (to !== indent) moved = pad(to, tabs) + count(over, quote, rest.trimStart(), to);
        by = (item(moved)?.column ?? to) - (found?.column ?? indent);
      }
      over.push(quote + moved);
      return quote + moved;
    });
  };
  // Where the lines end that stand deeper than an item, and so belong to it.
  const family = (text, from, { quote, rest, isList }) => {
    const found = isList ? item(rest) : null;
    let to = from;
    while (found && to < text.length) {
      const line = text.slice(to + 1, end(text, to + 1));
      const inner = line.slice(quote.length);
      const isInside = inner.trim() && width(blanks(inner)) > found.indent;
      if (!line.startsWith(quote) || !isInside) break;
      to = end(text, to + 1);
    }
    return to;
  };

  const type = (field, at, here) => {
    const step = stepOf(here.above);
    const column = at - here.start - here.quote.length;
    replace(field, at, at, step === "\t" ? step : " ".repeat(step.length - (column % step.length)));
  };
  const indent = (event) => {
    const field = event.target;
    const back = event.shiftKey;
    const { selectionStart: start, selectionEnd: stop, value } = field;
    const here = place(value, start);
    if (!here.isCode && !here.isList) return;
    event.preventDefault();
    if (here.isCode && start === stop && !back) return type(field, start, here);

    const last = stop > start && value[stop - 1] === "\n" ? stop - 1 : stop;
    const to = family(value, end(value, last), here);
    const lines = value.slice(here.start, to).split("\n");
    const moved = (here.isCode ? moveCode : moveList)(lines, here, back);
    if (moved.join("\n") === lines.join("\n")) return;
    const chosen = value.slice(here.start, last).split("\n").length;
    const grown = (lines) => lines.slice(0, chosen).join("\n").length;
    const from = Math.max(here.start, start + moved[0].length - lines[0].length);
    const until = start === stop ? from : stop + grown(moved) - grown(lines);
    replace(field, here.start, to, moved.join("\n"), from, until);
  };

  document.addEventListener("keydown", (event) => {
    if (!typed(event.target) || event.isComposing || event.keyCode === 229) return;
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (event.key === "Tab" && !modified && !leaving) indent(event);
    if (event.key !== "Shift") leaving = event.key === "Escape";
  });
  document.addEventListener("focusout", () => (leaving = false));
})();
