/** The page that asks whether a client may (RFC 6749 section 4.1.1): its request is the page's own query. */

import { ask, explain, Refused } from "../shared/ask.js";
import { heading, make, step } from "../shared/dom.js";
import { asking } from "../shared/form.js";
import { say } from "../shared/words.js";
import { consent } from "./consent.js";
import { signedIn } from "./sign-in.js";

const NOWHERE = new Set(["javascript:", "data:", "blob:", "file:", "vbscript:", "about:"]);

class AuthorizePage extends HTMLElement {
  #query = location.search.slice(1);

  async connectedCallback() {
    try {
      await this.#asks();
    } catch (problem) {
      this.#failed(problem);
    }
  }

  async #asks() {
    for (;;) {
      const told = await ask("POST", "/auth/authorize", { query: this.#query });
      if (told.redirect) return this.#leaves(told.redirect);
      if (told.needs === "consent") return this.#shows(told);
      await signedIn(this, { name: told.loginHint ?? "", purpose: say("signIn.purpose") });
    }
  }

  #shows(told) {
    step(
      this,
      consent({
        ...told,
        another: async () => {
          await ask("DELETE", "/auth/session").catch(() => ({}));
          await this.connectedCallback();
        },
        decide: async (isAllowed) => {
          const scopes = told.scopes.map((scope) => scope.name);
          const decision = { query: this.#query, allow: isAllowed, scopes };
          const decided = await ask("POST", "/auth/authorize/decision", decision).catch((problem) => {
            if (problem.status !== 401) throw problem;
          });
          // Who has been signed out meanwhile signs in once more; the request is still that of the page.
          if (decided) this.#leaves(decided.redirect, told.client);
          else await this.connectedCallback();
        },
      }),
    );
  }

  /** Goes where the server says. An app of this device may have to be opened by hand. */
  #leaves(redirect, client = null) {
    if (!URL.canParse(redirect) || NOWHERE.has(new URL(redirect).protocol)) throw new Refused(500);
    const name = client?.name || say("authorize.app");
    step(
      this,
      heading(say("authorize.leaving", { client: name })),
      make("p", {}, say("authorize.left")),
      make("p", {}, make("a", { href: redirect, class: "button" }, say("authorize.open", { client: name }))),
    );
    location.replace(redirect);
  }

  #failed(problem) {
    const wrong = make("p", { role: "alert" }, explain(problem));
    const isTheirs = problem.status >= 400 && problem.status < 429;
    step(
      this,
      heading(say(isTheirs ? "authorize.bad" : "authorize.failed")),
      isTheirs ? make("p", {}, say("authorize.badLead")) : null,
      wrong,
      isTheirs ? null : asking(say("authorize.again"), () => this.connectedCallback(), wrong, { class: "main" }),
    );
  }
}

customElements.define("authorize-page", AuthorizePage);
