// Enter goes on with a list, a task, a quote or the indentation, and ends what is empty.
(() => {
  "use strict";
  const { typed, replace, blanks, item, sibling, outer, place } = window.writing;
  const LARGEST = 999999999;
  let plain = false; // the next line end is to be nothing else

  // Numbers count up, unless the author writes the same before each item.
  const number = (last, lines, quote) => {
    const same = sibling(lines, quote, last.indent)?.number === last.number;
    return same ? last.number : Math.min(last.number + 1, LARGEST);
  };
  const next = (last, lines, quote) => {
    const sign = last.bullet ?? number(last, lines, quote) + last.sign;
    return `${last.blanks}${sign}${last.gap}${last.box ? "[ ] " : ""}`;
  };
  // An empty item gives way to the next one of the list around it.
  const stepOut = (empty, { above, quote }) => {
    const around = outer(above, quote, empty.indent);
    if (!around) return "";
    return next(around, above.slice(0, above.lastIndexOf(quote + around.marks + around.rest)), quote);
  };

  // What is put in place of what when Enter is pressed; null: a line end, as ever.
  const goOn = (text, at) => {
    const here = place(text, at);
    const { start, quote, rest, above } = here;
    const content = start + quote.length;
    const found = here.isCode ? null : item(rest);
    const blank = rest.trim() === "" && !here.isCode;
    if (at < content) return null;
    if (found && at >= content + found.marks.length) {
      if (!found.rest.trim()) {
        return { start: content, end: content + rest.length, words: stepOut(found, here) };
      }
      const skipped = blanks(text.slice(at)).length;
      return { start: at, end: at + skipped, words: `\n${quote}${next(found, above, quote)}` };
    }
    if (quote && blank) {
      const around = quote.replace(/[ \t]*>[ \t]*$/, "");
      return { start, end: content + rest.length, words: around };
    }
    const indent = (here.isCode || here.isList) && !found ? blanks(rest) : "";
    if (at < content + indent.length || !(quote || indent)) return null;
    return { start: at, end: at, words: `\n${quote}${indent}` };
  };
  const breakLine = (event) => {
    const field = event.target;
    const { selectionStart: start, selectionEnd: stop, value } = field;
    if (value.slice(start, stop).includes("\n")) return;
    const change = goOn(value.slice(0, start) + value.slice(stop), start);
    if (!change) return;
    event.preventDefault();
    replace(field, change.start, change.end + stop - start, change.words);
  };

  document.addEventListener("keydown", (event) => {
    if (!typed(event.target) || event.isComposing || event.keyCode === 229) return;
    const modified = event.shiftKey || event.ctrlKey || event.metaKey || event.altKey;
    plain = event.key === "Enter" && modified;
    if (event.key === "Enter" && !plain) breakLine(event);
  });
  // Keyboards on glass tell of no key, only of the line end that is about to be.
  document.addEventListener("beforeinput", (event) => {
    if (!typed(event.target) || event.inputType !== "insertLineBreak" || event.isComposing) return;
    if (!plain) breakLine(event);
    plain = false;
  });
})();
