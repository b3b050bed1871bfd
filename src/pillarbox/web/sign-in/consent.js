/** What a client is let do: shown before it is let. */

import { button, heading, make } from "../shared/dom.js";
import { form } from "../shared/form.js";
import { say, sayOr } from "../shared/words.js";

/** What the server says of a client that listens on the reader's own machine. */
const HERE = "this device";
const GRACE = 700;

/** A form that asks; `decide` is told yes or no. `account` and `another` are left out where there is no choice. */
export function consent({ client, scopes, account, another, decide, extra = [] }) {
  let since = performance.now();
  const name = client.name || client.id;
  window.addEventListener("focus", () => {
    since = performance.now();
  });
  const asked = form({
    fields: [],
    className: "decision",
    text: say("consent.allow"),
    others: [make("button", { type: "submit", value: "no" }, say("consent.deny"))],
    told: { 404: "consent.gone", 410: "consent.gone" },
    send: async (_, sentBy) => {
      const isAllowed = sentBy?.value !== "no";
      // A click that was meant for a window in front of this one, and came a moment late, allows nothing.
      if (isAllowed && performance.now() - since < GRACE) return;
      await decide(isAllowed);
    },
  });
  return [
    titled(name),
    account &&
      make(
        "p",
        { class: "account" },
        make("span", {}, say("consent.account", { account })),
        " ",
        another && button(say("consent.another"), another, { class: "link" }),
      ),
    client.isKnown ? null : make("p", { class: "warning" }, say("consent.unknown")),
    make("h2", {}, say("consent.scopes")),
    make(
      "ul",
      { class: "scopes" },
      ...scopes.map((scope) =>
        make(
          "li",
          {},
          make("strong", {}, sayOr(`scope.${scope.name}.title`, scope.title)),
          " ",
          make("span", {}, sayOr(`scope.${scope.name}.text`, scope.text)),
        ),
      ),
    ),
    ...extra,
    client.redirectHost ? make("p", { class: "where" }, whither(client.redirectHost)) : null,
    asked,
    make("p", { class: "hint" }, say("consent.revoke")),
  ];
}

/** The heading. A name that turns the direction of its text around turns its own around, and nothing beside it. */
function titled(name) {
  const [before, after] = say("consent.title", { client: "\u0000" }).split("\u0000");
  const made = heading("");
  made.append(before, make("bdi", {}, name), after);
  return made;
}

/** Where the answer goes, as people would say it. */
function whither(host) {
  if (host === HERE) return say("consent.toApp");
  return host.endsWith(":") ? say("consent.toScheme", { scheme: host.slice(0, -1) }) : say("consent.toHost", { host });
}
