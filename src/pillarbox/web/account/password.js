/** The section about the password. */

import { button, make } from "../shared/dom.js";
import { field, form, knownName } from "../shared/form.js";
import { say, when } from "../shared/words.js";
import { Section } from "./section.js";

export class PasswordSection extends Section {
  static key = "password";

  shown({ password }) {
    if (!password.changeable) return [make("p", {}, say("password.elsewhere"))];
    return [
      password.changed ? make("p", {}, say("password.changed", { when: when(password.changed) })) : null,
      button(say("password.change"), () => this.#asks()),
    ];
  }

  #asks() {
    this.begins(
      form({
        fields: [
          knownName(this.account.address),
          field(say("password.current"), {
            name: "current",
            type: "password",
            autocomplete: "current-password",
            autofocus: true,
          }),
          field(say("password.new"), {
            name: "new",
            type: "password",
            autocomplete: "new-password",
            hint: say("password.hint"),
          }),
          make(
            "label",
            { class: "choice" },
            make("input", { type: "checkbox", name: "keep", value: "yes" }),
            say("password.keep"),
          ),
        ],
        text: say("password.send"),
        told: { 401: "password.wrong" },
        others: [this.cancel()],
        send: async (values) => {
          const keepOthers = values.keep === "yes";
          await this.changes("POST", "/auth/account/password", {
            current: values.current,
            new: values.new,
            keepOthers,
          });
          await this.ends(say(keepOthers ? "password.doneKept" : "password.done"));
        },
      }),
    );
  }
}

customElements.define("password-section", PasswordSection);
