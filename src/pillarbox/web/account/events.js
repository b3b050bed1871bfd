/** The section about what has happened to the account lately. */

import { make } from "../shared/dom.js";
import { say, sayOr, when } from "../shared/words.js";
import { Section } from "./section.js";

const SHOWN = 20;

export class EventsSection extends Section {
  static key = "events";
  #isAll = false;

  shown({ events }) {
    if (events.length === 0) return [make("p", { class: "none" }, say("events.none"))];
    const some = this.#isAll ? events : events.slice(0, SHOWN);
    const more = make(
      "button",
      {
        type: "button",
        click: () => {
          this.#isAll = true;
          this.account = this.account;
          this.querySelector("h2").focus();
        },
      },
      say("events.more", { count: events.length }),
    );
    return [
      make(
        "ul",
        { class: "events" },
        ...some.map((one) =>
          make(
            "li",
            {},
            make("span", {}, named(sayOr(`event.${one.kind}`, one.kind), one.details)),
            make("time", { datetime: one.at }, when(one.at)),
            make("span", { class: "from" }, one.address ?? ""),
          ),
        ),
      ),
      some.length < events.length ? more : null,
    ];
  }
}

/** What happened, and to what, where that has a name. */
function named(text, details) {
  const name = details?.name ?? details?.client;
  return name ? `${text}: ${name}` : text;
}

customElements.define("events-section", EventsSection);
