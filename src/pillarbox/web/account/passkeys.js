/** The section about passkeys. */

import { button, make } from "../shared/dom.js";
import { field, form } from "../shared/form.js";
import { hasPasskeys, makes, wasLeft } from "../shared/passkey.js";
import { Refused } from "../shared/ask.js";
import { say, when } from "../shared/words.js";
import { recoveryCodes } from "./recovery.js";
import { list, Section } from "./section.js";

export class PasskeysSection extends Section {
  static key = "passkeys";

  shown({ passkeys }) {
    return [
      list(
        passkeys.map((one) => ({
          name: one.name,
          lines: [
            say("thing.created", { when: when(one.created) }),
            say("thing.lastUsed", { when: when(one.lastUsed) }),
          ],
          buttons: [
            this.removing(
              say("thing.remove"),
              one.name,
              `/auth/account/passkeys/${encodeURIComponent(one.id)}`,
              say("passkeys.removed"),
            ),
          ],
        })),
        say("passkeys.none"),
      ),
      hasPasskeys
        ? button(say("passkeys.add"), () => this.#asks())
        : make("p", { class: "hint" }, say("passkeys.cannot")),
    ];
  }

  #asks() {
    this.begins(
      form({
        fields: [
          field(say("passkeys.name"), {
            name: "name",
            autocomplete: "off",
            maxlength: 100,
            hint: say("passkeys.hint"),
            autofocus: true,
          }),
        ],
        text: say("passkeys.send"),
        told: { 409: "passkeys.known" },
        others: [this.cancel()],
        send: async ({ name }) => {
          const { attempt, publicKey } = await this.changes("POST", "/auth/account/passkeys/options", {});
          const credential = await makes(publicKey).catch((problem) => {
            if (!wasLeft(problem)) throw problem;
            throw new Refused(400, "", say(problem.name === "InvalidStateError" ? "passkeys.known" : "passkeys.left"));
          });
          const told = await this.changes("POST", "/auth/account/passkeys", { attempt, name, credential });
          const ends = () => this.ends(say("passkeys.done"));
          if (told.recoveryCodes) this.begins(...recoveryCodes(told.recoveryCodes, () => this.attempts(ends)));
          else await ends();
        },
      }),
    );
  }
}

customElements.define("passkeys-section", PasskeysSection);
