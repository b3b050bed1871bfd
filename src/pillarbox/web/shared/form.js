/** Forms: labelled fields, one button that sends, what is wrong read out, and a word when it takes long. */

import { explain } from "./ask.js";
import { button, fresh, make } from "./dom.js";
import { say } from "./words.js";

const LONG = 1000;

/** A labelled field; `given` are attributes of its input. A password can be looked at. */
export function field(label, { hint, ...given }) {
  const id = fresh("field");
  const input = make("input", { id, type: "text", required: true, "aria-describedby": hint && `${id}-hint`, ...given });
  const hidden = given.type === "password" ? [eye(input)] : [];
  return make(
    "div",
    { class: "field" },
    make("label", { for: id }, label),
    hint ? make("p", { class: "hint", id: `${id}-hint` }, hint) : null,
    make("div", { class: "input" }, input, ...hidden),
  );
}

function eye(input) {
  const shows = button(say("form.show"), () => {
    const isShown = input.type === "password";
    input.type = isShown ? "text" : "password";
    shows.setAttribute("aria-pressed", String(isShown));
  });
  shows.className = "eye";
  shows.setAttribute("aria-pressed", "false");
  shows.setAttribute("aria-controls", input.id);
  return shows;
}

/** The name of the account, for password managers, where it is known already. */
export function knownName(address) {
  return make("input", {
    type: "text",
    name: "username",
    autocomplete: "username",
    value: address,
    class: "unseen",
    tabindex: "-1",
    "aria-hidden": "true",
    readonly: true,
  });
}

/**
 * A form. `send` is given its values and the button that sent it; what it throws is told below the fields. `told` is
 * what statuses mean here; `others` are buttons beside the one that sends.
 */
export function form({ fields, text, send, told = {}, message = "", others = [], className = null }) {
  const wrong = make("p", { class: "wrong", role: "alert", id: fresh("wrong") }, message);
  const progress = make("p", { class: "progress", role: "status" });
  const sends = make("button", { type: "submit", class: "main" }, text);
  const made = make(
    "form",
    // Nothing is sent this way; if it ever were, then not in a URL, and to where nobody takes it.
    { class: className, method: "post", action: "/login" },
    ...fields,
    wrong,
    make("div", { class: "buttons" }, sends, ...others),
    progress,
  );
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (made.ariaBusy === "true") return;
    const values = Object.fromEntries(new FormData(made));
    await busy(made, progress, wrong, () => send(values, event.submitter), told);
  });
  return made;
}

async function busy(made, progress, wrong, does, told) {
  const inputs = [...made.querySelectorAll("input:not([readonly])")];
  made.ariaBusy = "true";
  wrong.textContent = "";
  const slow = setTimeout(() => {
    progress.textContent = say("form.slow");
  }, LONG);
  for (const input of inputs) mark(input, null);
  try {
    await does();
  } catch (problem) {
    wrong.textContent = explain(problem, told);
    // What is refused for another reason than what was typed is no fault of the fields.
    if (Object.hasOwn(told, problem.status)) for (const input of inputs) mark(input, wrong.id);
    (inputs.at(-1) ?? made.querySelector("button"))?.focus();
    inputs.at(-1)?.select?.();
  } finally {
    clearTimeout(slow);
    progress.textContent = "";
    made.ariaBusy = "false";
  }
}

/** Says of an input that the text with this id tells what is wrong with it, or that nothing is. */
function mark(input, id) {
  if (id === null) input.removeAttribute("aria-invalid");
  else input.setAttribute("aria-invalid", "true");
  const hint = document.getElementById(`${input.id}-hint`)?.id;
  const about = [id, hint].filter(Boolean).join(" ");
  if (about) input.setAttribute("aria-describedby", about);
  else input.removeAttribute("aria-describedby");
}

/** A button that asks the server by itself, and tells what is wrong in the place that is given. */
export function asking(text, does, wrong, given = {}) {
  const made = button(
    text,
    async () => {
      if (made.ariaBusy === "true") return;
      made.ariaBusy = "true";
      wrong.textContent = "";
      const slow = setTimeout(() => {
        wrong.textContent = say("form.slow");
      }, LONG);
      try {
        await does();
        clearTimeout(slow);
        if (wrong.textContent === say("form.slow")) wrong.textContent = "";
      } catch (problem) {
        clearTimeout(slow);
        wrong.textContent = explain(problem);
      } finally {
        made.ariaBusy = "false";
      }
    },
    given,
  );
  return made;
}

/** A button that copies a text, and says that it did. */
export function copying(label, text) {
  const made = button(label, async () => {
    try {
      await navigator.clipboard.writeText(text);
      made.textContent = say("form.copied");
    } catch {
      made.textContent = say("form.notCopied");
    }
  });
  made.setAttribute("aria-live", "polite");
  return made;
}
