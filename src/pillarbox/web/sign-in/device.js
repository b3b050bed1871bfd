/** The page for the code that a device shows (RFC 8628 section 3.3). */

import { ask } from "../shared/ask.js";
import { heading, make, step } from "../shared/dom.js";
import { field, form } from "../shared/form.js";
import { say } from "../shared/words.js";
import { consent } from "./consent.js";
import { signedIn } from "./sign-in.js";

class DevicePage extends HTMLElement {
  #account = "";

  async connectedCallback() {
    await this.#entered(true);
    this.#asks(new URLSearchParams(location.search).get("code") ?? "");
  }

  /** Signs in, unless somebody is who `mayStay`. */
  async #entered(mayStay) {
    let session = mayStay ? await ask("GET", "/auth/session").catch(() => ({ signedIn: false })) : { signedIn: false };
    if (!session.signedIn) {
      await signedIn(this, { purpose: say("device.purpose") });
      session = await ask("GET", "/auth/session").catch(() => ({ address: "" }));
    }
    this.#account = session.address;
  }

  /** The code is asked for, also when the link has it: the reader is to look whether it is the device's (section 5.4). */
  #asks(code) {
    step(
      this,
      heading(say("device.title")),
      make("p", { class: "lead" }, say("device.lead")),
      form({
        fields: [
          field(say("device.code"), {
            name: "code",
            autocomplete: "off",
            autocapitalize: "characters",
            spellcheck: "false",
            value: code,
            maxlength: "20",
            class: "code",
            hint: say("device.hint"),
            autofocus: true,
          }),
        ],
        text: say("device.send"),
        told: { 400: "device.wrong", 404: "device.wrong", 410: "device.wrong" },
        send: async (values) => {
          try {
            const told = await ask("POST", "/auth/device/lookup", { code: values.code });
            this.#confirms(values.code, told);
          } catch (problem) {
            if (problem.status !== 401) throw problem;
            await this.#entered(false);
            this.#asks(values.code);
          }
        },
      }),
    );
  }

  #confirms(code, told) {
    const client = typeof told.client === "string" ? { name: told.client, id: told.client } : told.client;
    step(
      this,
      consent({
        client: { ...client, redirectHost: "" },
        scopes: told.scopes,
        account: this.#account,
        another: async () => {
          await ask("DELETE", "/auth/session").catch(() => ({}));
          await this.#entered(false);
          this.#asks(code);
        },
        extra: [make("p", { class: "warning" }, say("device.warning", { code: code.toUpperCase() }))],
        decide: async (isAllowed) => {
          try {
            await ask("POST", "/auth/device/decision", { code, allow: isAllowed });
          } catch (problem) {
            if (problem.status !== 401) throw problem;
            await this.#entered(false);
            this.#asks(code);
            return;
          }
          const told = isAllowed ? "device.allowed" : "device.denied";
          step(this, heading(say(told)), make("p", {}, say(`${told}Lead`)));
        },
      }),
    );
  }
}

customElements.define("device-page", DevicePage);
