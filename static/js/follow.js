// The preview follows the caret: what the caret's line has become stays in view, calmly, unless a
// person has scrolled it elsewhere.
(() => {
  "use strict";
  const CALM = [0.12, 0.75]; // where in the preview it may be without being moved
  const AIM = [0.25, 0.55]; // where it is moved to, from above and from below
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let places = []; // elements of the preview, each with the line that it comes from
  let held = null; // the line of the place that the caret was at when a person scrolled
  let top = 0;
  let waiting = false;
  let replaced = false; // by a newer one, which has not been painted yet

  const text = () => document.getElementById("field-body");
  const pane = () => document.getElementById("post-preview");
  const read = () => {
    const elements = pane()?.querySelector(".prose")?.getElementsByTagName("*") ?? [];
    const told = (pane()?.dataset.places ?? "").split(" ").filter(Boolean);
    places = told
      .map((each) => each.split(":").map(Number))
      .map(([number, line]) => ({ element: elements[number], line }))
      .filter(({ element }) => element)
      .sort((one, other) => one.line - other.line);
  };

  // Where a line begins in the text; the first is 1.
  const offset = (words, line) => {
    let at = 0;
    for (let each = 1; each < line; each += 1) {
      const found = words.indexOf("\n", at);
      if (found < 0) return words.length;
      at = found + 1;
    }
    return at;
  };
  const caret = () => {
    const { value, selectionStart, selectionEnd, selectionDirection } = text();
    const at = selectionDirection === "backward" ? selectionStart : selectionEnd;
    return { value, at, line: value.slice(0, at).split("\n").length };
  };
  // The place that the caret is at, and how far down in it.
  const find = () => {
    const { value, at, line } = caret();
    const index = places.findLastIndex((each) => each.line <= line);
    if (index < 0) return null;
    const here = places[index];
    const after = places.slice(index + 1).find((each) => each.line > here.line);
    const start = offset(value, here.line);
    const stop = after ? offset(value, after.line) : value.length;
    const box = here.element.getBoundingClientRect();
    const below = after?.element.getBoundingClientRect().top ?? box.bottom;
    const height = below > box.top ? below - box.top : box.height;
    const part = stop > start ? Math.min(1, (at - start) / (stop - start)) : 0;
    return { line: here.line, y: box.top + part * height };
  };

  const follow = () => {
    waiting = false;
    const view = pane();
    if (!view || view.scrollHeight <= view.clientHeight || !text()) return;
    const found = find();
    if (!found || found.line === held) return;
    held = null;
    const box = view.getBoundingClientRect();
    const at = (found.y - box.top) / box.height;
    if (at >= CALM[0] && at <= CALM[1]) return;
    const aim = AIM[at < CALM[0] ? 0 : 1];
    const to = view.scrollTop + (at - aim) * box.height;
    view.scrollTo({ top: to, behavior: still.matches ? "instant" : "smooth" });
  };
  const soon = () => {
    if (!waiting) requestAnimationFrame(follow);
    waiting = true;
  };
  const restore = () => {
    replaced = false;
    if (pane()) pane().scrollTop = top;
    read();
    if (document.activeElement === text()) soon();
  };
  const hold = (event) => {
    if (pane()?.contains(event.target) && text()) held = find()?.line ?? null;
  };

  read();
  for (const name of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    document.addEventListener(name, hold, { passive: true });
  }
  document.addEventListener("selectionchange", () => {
    if (document.activeElement === text()) soon();
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id === "post-preview" && !replaced) top = detail.target.scrollTop;
  });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id !== "post-preview") return;
    if (!replaced) requestAnimationFrame(restore); // then it is laid out anyway, and not painted yet
    replaced = true;
  });
  // Shown in place of the text, it begins where the caret is.
  document.addEventListener("pane", ({ detail }) => {
    const found = detail === "preview" && text() && find();
    if (found) window.scrollBy({ top: found.y - AIM[0] * innerHeight, behavior: "instant" });
  });
})();
