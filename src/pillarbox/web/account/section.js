/** What the sections of the account page have in common. */

import { ask, explain } from "../shared/ask.js";
import { button, fresh, heading, make } from "../shared/dom.js";
import { say } from "../shared/words.js";
import { confirmed } from "./confirm.js";

const CONFIRM = "urn:pillarbox:error:confirm";

/** One section: a heading, what there is, and below it what the reader is about to do. */
export class Section extends HTMLElement {
  /** The start of the keys of its texts. */
  static key = "";
  /** Asks for the account anew, and shows it everywhere. */
  refresh = async () => {};
  #account = null;

  constructor() {
    super();
    this.state = make("div");
    this.flow = make("div", { class: "flow" });
    this.told = make("p", { class: "told", role: "status" });
    this.wrong = make("p", { class: "wrong", role: "alert" });
  }

  connectedCallback() {
    const { key } = this.constructor;
    const title = heading(say(`${key}.title`), 2);
    title.id = fresh("section");
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", title.id);
    this.replaceChildren(
      title,
      make("p", { class: "lead" }, say(`${key}.lead`)),
      this.state,
      this.told,
      this.wrong,
      this.flow,
    );
  }

  get account() {
    return this.#account;
  }

  /** What the server told of the account. */
  set account(account) {
    this.#account = account;
    this.state.replaceChildren(...this.shown(account).filter(Boolean));
  }

  /** The nodes that show it. */
  shown(_account) {
    return [];
  }

  /** A change: asked of the server, who may want to see first that it is still the same reader. Throws Refused. */
  async changes(method, path, body) {
    try {
      return await ask(method, path, body);
    } catch (problem) {
      if (problem.type !== CONFIRM) throw problem;
      await confirmed(this.#account);
      return await ask(method, path, body);
    }
  }

  /** Shows a step of what the reader is about to do; the focus goes there. */
  begins(...children) {
    this.told.textContent = this.wrong.textContent = "";
    this.flow.replaceChildren(...children.filter(Boolean));
    (this.flow.querySelector("[autofocus]") ?? this.flow.querySelector("h3, input, button"))?.focus();
  }

  /** Ends it with a word about what was done. */
  async ends(text = "") {
    this.flow.replaceChildren();
    await this.refresh();
    this.told.textContent = text;
    this.querySelector("h2").focus();
  }

  /** A button that ends it with nothing done. */
  cancel() {
    return button(say("form.cancel"), () => {
      this.flow.replaceChildren();
      this.querySelector("h2").focus();
    });
  }

  /** A button that takes something away at once; `name` tells it from the others of its kind. */
  removing(text, name, path, done) {
    return button(
      text,
      () =>
        this.attempts(async () => {
          await this.changes("DELETE", path);
          await this.ends(done);
        }),
      { "aria-label": `${text}: ${name}` },
    );
  }

  /** Does something that the server may refuse, and tells that. */
  async attempts(does) {
    this.told.textContent = this.wrong.textContent = "";
    const slow = setTimeout(() => {
      this.told.textContent = say("form.slow");
    }, 1000);
    try {
      await does();
    } catch (problem) {
      this.told.textContent = "";
      this.wrong.textContent = explain(problem);
    } finally {
      clearTimeout(slow);
    }
  }
}

/** A list of things, each with a name, lines about it and buttons; or a word that there are none. */
export function list(items, none) {
  if (items.length === 0) return make("p", { class: "none" }, none);
  return make(
    "ul",
    { class: "things" },
    ...items.map(({ name, badge, lines, buttons }) =>
      make(
        "li",
        {},
        make(
          "div",
          {},
          make("strong", {}, name),
          badge ? make("span", { class: "badge" }, badge) : null,
          ...lines.filter(Boolean).map((line) => make("p", {}, line)),
        ),
        make("div", { class: "buttons" }, ...buttons.filter(Boolean)),
      ),
    ),
  );
}
