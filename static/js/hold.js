// A save waits for the images that are on their way: readers would see what stands for them.
(() => {
  "use strict";
  if (!window.pictures) return;
  const { panel, part, say, finish, missing } = window.pictures;
  const place = panel.querySelector("[data-uploads-hold]");
  const waysOn = place.querySelector("[data-uploads-without]").parentElement;
  let held = ""; // the value of the button that was pressed

  const named = (pictures) => pictures.map(({ name }) => name).join(", ");
  const tell = (text) => {
    place.querySelector("[data-uploads-hold-reason]").textContent = text;
    place.hidden = !text;
    waysOn.hidden = !held;
    if (!text) return;
    say(text);
    place.scrollIntoView({ block: "nearest" });
  };
  const explain = () => {
    const failed = missing().filter((picture) => picture.failed);
    const late = `Not saved yet, but as soon as this has arrived: ${named(missing())}.`;
    const lost = `Not saved: this did not arrive: ${named(failed)}. Try again, or save without.`;
    tell(failed.length ? lost : late);
  };
  const release = () => {
    held = "";
    tell("");
  };
  const goOn = () => {
    if (!held || missing().length) return;
    const buttons = [...(document.querySelector("[data-editor]")?.elements ?? [])];
    const pressed = buttons.find(({ name, value }) => name === "action" && value === held);
    release();
    (pressed ?? buttons.find((button) => button.matches("[data-save]")))?.click();
  };

  // Before htmx, which listens at the form.
  document.addEventListener(
    "submit",
    (event) => {
      const { target, submitter } = event;
      const isSave = target.matches("[data-editor]") && !submitter?.hasAttribute("formaction");
      if (!isSave || submitter?.value === "unpublish") return;
      finish();
      if (!missing().length) return release();
      event.preventDefault();
      event.stopImmediatePropagation();
      document.querySelector("[data-pane-button=text]")?.click();
      held = submitter?.value || "save";
      explain();
    },
    true,
  );
  // What arrives, is cancelled, or is taken out by hand, changes the text.
  document.addEventListener("input", () => held && setTimeout(goOn));
  document.addEventListener("picture:failed", ({ detail: { named, stays } }) => {
    if (!held) return;
    if (stays) return explain();
    held = ""; // whoever pressed the button expected the image
    tell(`Not saved. ${named} Save again to go on without it.`);
  });
  place.addEventListener("click", ({ target }) => {
    if (target.closest("[data-uploads-not-yet]")) release();
    if (!target.closest("[data-uploads-without]")) return;
    for (const picture of missing()) part(picture, "cancel").click();
  });
})();
