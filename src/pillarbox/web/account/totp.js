/** The section about two-step verification: codes of an app, and recovery codes for when there is none at hand. */

import { button, heading, make } from "../shared/dom.js";
import { copying, field, form } from "../shared/form.js";
import { say } from "../shared/words.js";
import { recoveryCodes } from "./recovery.js";
import { Section } from "./section.js";

export class TotpSection extends Section {
  static key = "totp";

  shown({ totp, recoveryCodesLeft, passkeys }) {
    return [
      make("p", {}, say(totp ? "totp.on" : "totp.off")),
      // They are for whoever has lost the passkey, too.
      totp || passkeys.length > 0
        ? make("p", { class: recoveryCodesLeft < 3 ? "warning" : null }, say("totp.left", { count: recoveryCodesLeft }))
        : null,
      make(
        "div",
        { class: "buttons" },
        totp ? null : button(say("totp.begin"), () => this.attempts(() => this.#begin())),
        totp || passkeys.length > 0 ? button(say("totp.renew"), () => this.attempts(() => this.#renews())) : null,
        totp ? button(say("totp.end"), () => this.attempts(() => this.#stops())) : null,
      ),
    ];
  }

  async #renews() {
    const told = await this.changes("POST", "/auth/account/recovery-codes");
    this.#keeps(told.recoveryCodes, say("recovery.done"));
  }

  async #stops() {
    await this.changes("DELETE", "/auth/account/totp");
    await this.ends(say("totp.ended"));
  }

  async #begin() {
    const { secret, url, qr } = await this.changes("POST", "/auth/account/totp");
    this.begins(
      heading(say("totp.scan"), 3),
      make("p", {}, say("totp.scanLead")),
      make("img", {
        class: "qr",
        src: `data:image/svg+xml,${encodeURIComponent(qr)}`,
        alt: say("totp.qr"),
        width: 200,
        height: 200,
      }),
      make("p", {}, say("totp.secret"), " ", make("code", {}, grouped(secret)), " ", copying(say("form.copy"), secret)),
      make("p", {}, make("a", { href: url.startsWith("otpauth:") ? url : null }, say("totp.here"))),
      form({
        fields: [
          field(say("second.totp.code"), {
            name: "code",
            inputmode: "numeric",
            autocomplete: "one-time-code",
            hint: say("totp.hint"),
          }),
        ],
        text: say("totp.send"),
        told: { 400: "second.totp.wrong", 401: "second.totp.wrong" },
        others: [this.cancel()],
        send: async ({ code }) => {
          const told = await this.changes("PUT", "/auth/account/totp", { code: code.replaceAll(/\s/g, "") });
          this.#keeps(told.recoveryCodes, say("totp.done"));
        },
      }),
    );
  }

  /** Recovery codes, and then a word about what was done. */
  #keeps(codes, text) {
    this.begins(...recoveryCodes(codes, () => this.attempts(() => this.ends(text))));
  }
}

/** A secret in groups of four, as it is typed from one screen into another. */
function grouped(secret) {
  return secret.match(/.{1,4}/g).join(" ");
}

customElements.define("totp-section", TotpSection);
