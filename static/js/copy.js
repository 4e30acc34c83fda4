// A button on each block of code that copies exactly what stands in it.
(() => {
  "use strict";
  const add = () => {
    for (const figure of document.querySelectorAll(".code:not(:has(.copy))")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "copy";
      button.dataset.copy = "";
      figure.append(button);
    }
  };
  const copy = async (button) => {
    const code = button.closest(".code").querySelector("pre").textContent;
    try {
      await navigator.clipboard.writeText(code);
      button.textContent = "copied";
    } catch {
      button.textContent = "not allowed";
    }
    document.getElementById("live").textContent =
      button.textContent === "copied" ? "Copied." : "The browser does not allow copying.";
    setTimeout(() => (button.textContent = "copy"), 2000);
  };

  if (navigator.clipboard) add();
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (button) copy(button);
  });
})();
