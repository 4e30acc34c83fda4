// An entry of a list leads to its line in the text; the list stays open while it is renewed.
(() => {
  "use strict";
  const LIKE = ["font", "letterSpacing", "lineHeight", "overflowWrap", "padding", "tabSize"];
  let open = false;

  // How far down a place in a field is, its wrapped lines included: measured in a copy of it.
  const below = (field, place) => {
    const copy = field.cloneNode();
    for (const name of ["id", "name", "autofocus"]) copy.removeAttribute(name);
    copy.value = field.value.slice(0, place);
    const style = getComputedStyle(field); // the most is given to it by its id
    for (const name of LIKE) copy.style[name] = style[name];
    Object.assign(copy.style, {
      position: "absolute",
      visibility: "hidden",
      overflow: "hidden",
      border: "0",
      inlineSize: `${field.clientWidth}px`,
      blockSize: "0",
      minBlockSize: "0",
    });
    field.after(copy);
    const height = copy.scrollHeight;
    copy.remove();
    return height;
  };
  const select = (field, line) => {
    const above = field.value.split("\n").slice(0, line - 1);
    const start = above.reduce((sum, text) => sum + text.length + 1, 0);
    const end = field.value.indexOf("\n", start);
    field.setSelectionRange(start, end < 0 ? field.value.length : end);
    const down = below(field, start);
    field.scrollTop = down - field.clientHeight / 2;
    const y = field.getBoundingClientRect().top + down - field.scrollTop;
    const aim = innerHeight * 0.4;
    if (y < innerHeight * 0.1 || y > innerHeight * 0.7) window.scrollBy({ top: y - aim });
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-jump]");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    if (link.dataset.jump) select(field, Number(link.dataset.jump));
  });
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.matches("[data-stays-open]")) open = event.target.open;
    },
    true,
  );
  document.addEventListener("htmx:afterSwap", () => {
    const list = document.querySelector("[data-stays-open]");
    if (list && open) list.open = true;
  });
})();
