/** The section about app passwords: for mail programs that cannot sign in in a browser. */

import { button, fresh, heading, make } from "../shared/dom.js";
import { copying, field, form } from "../shared/form.js";
import { say, when } from "../shared/words.js";
import { list, Section } from "./section.js";

const DAY = 86_400_000;
const LIVES = [
  ["never", null],
  ["month", 30],
  ["year", 365],
];

export class AppPasswordsSection extends Section {
  static key = "appPasswords";

  shown({ appPasswords }) {
    return [
      list(
        appPasswords.map((one) => ({
          name: one.name,
          lines: [
            say("thing.created", { when: when(one.created) }),
            say("thing.lastUsed", { when: when(one.lastUsed) }),
            one.expires ? say("thing.expires", { when: when(one.expires) }) : null,
            one.networks?.length ? say("appPasswords.from", { networks: one.networks.join(", ") }) : null,
          ],
          buttons: [
            this.removing(
              say("thing.remove"),
              one.name,
              `/auth/account/app-passwords/${encodeURIComponent(one.id)}`,
              say("appPasswords.removed"),
            ),
          ],
        })),
        say("appPasswords.none"),
      ),
      button(say("appPasswords.add"), () => this.#asks()),
    ];
  }

  #asks() {
    const id = fresh("life");
    this.begins(
      form({
        fields: [
          field(say("appPasswords.name"), {
            name: "name",
            autocomplete: "off",
            maxlength: 100,
            hint: say("appPasswords.hint"),
            autofocus: true,
          }),
          make(
            "div",
            { class: "field" },
            make("label", { for: id }, say("appPasswords.life")),
            make(
              "select",
              { id, name: "life" },
              ...LIVES.map(([key, days]) => make("option", { value: String(days ?? "") }, say(`appPasswords.${key}`))),
            ),
          ),
          make(
            "details",
            {},
            make("summary", {}, say("appPasswords.more")),
            field(say("appPasswords.networks"), {
              name: "networks",
              autocomplete: "off",
              spellcheck: "false",
              required: false,
              hint: say("appPasswords.networksHint"),
            }),
          ),
        ],
        text: say("appPasswords.send"),
        others: [this.cancel()],
        send: async ({ name, life, networks }) => {
          const made = await this.changes("POST", "/auth/account/app-passwords", {
            name,
            ...(life && { expires: new Date(Date.now() + Number(life) * DAY).toISOString().replace(/\.\d+/, "") }),
            ...(networks.trim() && { networks: networks.trim().split(/[\s,]+/) }),
          });
          this.#shows(name, made.password);
        },
      }),
    );
  }

  /** The password, which is shown this once. */
  #shows(name, password) {
    this.begins(
      heading(say("appPasswords.made", { name }), 3),
      make("p", {}, say("appPasswords.once")),
      make("p", {}, make("code", { class: "secret" }, password)),
      make(
        "div",
        { class: "buttons" },
        copying(say("form.copy"), password),
        button(say("appPasswords.kept"), () => this.attempts(() => this.ends(say("appPasswords.done"))), {
          class: "main",
        }),
      ),
    );
  }
}

customElements.define("app-passwords-section", AppPasswordsSection);
