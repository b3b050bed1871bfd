/** Recovery codes, which are shown once: to be copied, printed and kept. */

import { button, heading, make } from "../shared/dom.js";
import { copying } from "../shared/form.js";
import { say } from "../shared/words.js";

/** What shows them; `done` is called once the reader says that they are kept. */
export function recoveryCodes(codes, done) {
  return [
    heading(say("recovery.title"), 3),
    make("p", {}, say("recovery.lead")),
    make("ul", { class: "codes" }, ...codes.map((code) => make("li", {}, make("code", {}, code)))),
    make(
      "div",
      { class: "buttons" },
      copying(say("form.copy"), codes.join("\n")),
      button(say("form.print"), () => print()),
      button(say("recovery.kept"), done, { class: "main" }),
    ),
  ];
}
