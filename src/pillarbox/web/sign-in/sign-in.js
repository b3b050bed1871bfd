/**
 * Signing in: name and password, then a second factor where there is one; or a passkey at once. It sends `signedin`
 * when it is done. The page around it stays what it was, so no step loses what the reader had come for.
 */

import { ask, explain, Refused } from "../shared/ask.js";
import { button, heading, make, step } from "../shared/dom.js";
import { asking, field, form } from "../shared/form.js";
import { hasPasskeys, offersPasskeys, proves, wasLeft } from "../shared/passkey.js";
import { say } from "../shared/words.js";

const EXPIRED = new Set([404, 410]);

class SignIn extends HTMLElement {
  /** The name that is filled in. */
  name = "";
  /** What the reader signs in for, if that is known. */
  purpose = "";
  #conditional = null;

  connectedCallback() {
    this.#first();
  }

  disconnectedCallback() {
    this.#conditional?.abort();
  }

  /** Name and password. */
  #first(message = "") {
    const name = field(say("signIn.name"), {
      name: "username",
      autocomplete: "username webauthn",
      inputmode: "email",
      autocapitalize: "none",
      spellcheck: "false",
      value: this.name,
      autofocus: this.name === "",
    });
    const password = field(say("signIn.password"), {
      name: "password",
      type: "password",
      autocomplete: "current-password",
      autofocus: this.name !== "",
    });
    const wrong = make("p", { class: "wrong", role: "alert" });
    step(
      this,
      heading(say("signIn.title")),
      this.purpose && make("p", { class: "lead" }, this.purpose),
      form({
        fields: [name, password],
        text: say("signIn.send"),
        message: navigator.cookieEnabled ? message : say("signIn.noCookie"),
        told: { 401: "signIn.wrong", 403: "signIn.forbidden" },
        send: async (values) => {
          this.name = values.username.trim();
          this.#went(await ask("POST", "/auth/session", { name: this.name, password: values.password }));
        },
      }),
      hasPasskeys &&
        make(
          "div",
          { class: "or" },
          asking(say("signIn.passkey"), () => this.#passkey(wrong), wrong),
          wrong,
        ),
    );
    this.#offer();
  }

  /** Passkeys among the suggestions for the name, as long as this step is shown. */
  async #offer() {
    this.#conditional?.abort();
    const ours = new AbortController();
    this.#conditional = ours;
    try {
      if (!(await offersPasskeys())) return;
      const { attempt, publicKey } = await ask("POST", "/auth/session/passkey/options", {});
      if (ours.signal.aborted) return;
      const credential = await proves(publicKey, { mediation: "conditional", signal: ours.signal });
      this.#went(await ask("POST", "/auth/session/passkey", { attempt, credential }));
    } catch (problem) {
      // Nobody asked for it: what is typed works without. Only a passkey that was chosen and refused is told.
      if (problem instanceof Refused && problem.status === 404) this.querySelector(".or")?.remove();
      if (problem instanceof Refused && problem.status === 401) this.#first(say("signIn.wrongPasskey"));
    }
  }

  /** A passkey, with the attempt if it is the second factor of one. */
  async #passkey(wrong, attempt = undefined) {
    this.#conditional?.abort();
    try {
      const told = await ask("POST", "/auth/session/passkey/options", attempt === undefined ? {} : { attempt });
      const credential = await proves(told.publicKey);
      this.#went(await ask("POST", "/auth/session/passkey", { attempt: told.attempt, credential }));
    } catch (problem) {
      if (wasLeft(problem)) wrong.textContent = say("signIn.noPasskey");
      else if (problem instanceof Refused && problem.status === 401) wrong.textContent = say("signIn.wrongPasskey");
      else if (attempt !== undefined && EXPIRED.has(problem.status)) this.#first(say("signIn.expired"));
      else wrong.textContent = explain(problem);
    }
  }

  /** What comes after an answer of the server. */
  #went(told) {
    this.#conditional?.abort();
    if (told.signedIn) this.dispatchEvent(new CustomEvent("signedin", { bubbles: true }));
    else this.#second(told.attempt, told.methods, told.methods[0]);
  }

  /** The second factor, by one of its methods. */
  #second(attempt, methods, method) {
    const others = methods.filter((one) => one !== method && (one !== "passkey" || hasPasskeys));
    step(
      this,
      heading(say("second.title")),
      make("p", { class: "lead" }, say(`second.${method}.lead`)),
      method === "passkey" ? this.#byPasskey(attempt) : this.#byCode(attempt, method),
      make(
        "div",
        { class: "or" },
        ...others.map((one) => button(say(`second.${one}.instead`), () => this.#second(attempt, methods, one))),
        button(say("second.back"), () => this.#first()),
      ),
    );
  }

  #byPasskey(attempt) {
    const wrong = make("p", { class: "wrong", role: "alert" });
    return make(
      "div",
      {},
      asking(say("second.passkey.send"), () => this.#passkey(wrong, attempt), wrong, {
        class: "main",
        autofocus: true,
      }),
      wrong,
    );
  }

  #byCode(attempt, method) {
    const isTotp = method === "totp";
    return form({
      fields: [
        field(say(`second.${method}.code`), {
          name: "code",
          autocomplete: isTotp ? "one-time-code" : "off",
          inputmode: isTotp ? "numeric" : "text",
          autocapitalize: "none",
          spellcheck: "false",
          autofocus: true,
        }),
      ],
      text: say("second.send"),
      told: { 401: `second.${method}.wrong`, ...(isTotp && { 429: "second.totp.held" }) },
      send: async ({ code }) => {
        const typed = code.replaceAll(/\s/g, "");
        try {
          this.#went(await ask("POST", "/auth/session/second-factor", { attempt, method, code: typed }));
        } catch (problem) {
          if (!EXPIRED.has(problem.status)) throw problem;
          this.#first(say("signIn.expired"));
        }
      },
    });
  }
}

customElements.define("sign-in", SignIn);

/** Shows the steps of signing in in a place until they are done; `name` is filled in. */
export function signedIn(place, { name = "", purpose = "" } = {}) {
  return new Promise((done) => {
    const made = document.createElement("sign-in");
    Object.assign(made, { name, purpose });
    made.addEventListener("signedin", () => done(), { once: true });
    place.replaceChildren(made);
  });
}
