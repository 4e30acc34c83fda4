// How long the text is stands beside its buttons, as the newest preview tells it.
(() => {
  "use strict";
  const tell = () => {
    const length = document.getElementById("post-preview")?.dataset.length;
    const place = document.querySelector("[data-length-here]");
    if (length && place && place.textContent !== length) place.textContent = length;
  };

  tell();
  document.addEventListener("htmx:afterSwap", tell);
})();
