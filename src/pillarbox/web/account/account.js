/** The page where people look after how they sign in. */

import { ask, explain } from "../shared/ask.js";
import { heading, make, step } from "../shared/dom.js";
import { asking } from "../shared/form.js";
import { say } from "../shared/words.js";
import { signedIn } from "../sign-in/sign-in.js";
import { AppPasswordsSection } from "./app-passwords.js";
import { DevicesSection } from "./devices.js";
import { EventsSection } from "./events.js";
import { PasskeysSection } from "./passkeys.js";
import { PasswordSection } from "./password.js";
import { TotpSection } from "./totp.js";

const SECTIONS = [
  ["devices", DevicesSection],
  ["password", PasswordSection],
  ["totp", TotpSection],
  ["passkeys", PasskeysSection],
  ["appPasswords", AppPasswordsSection],
  ["events", EventsSection],
];

class AccountPage extends HTMLElement {
  #sections = [];

  async connectedCallback() {
    try {
      await this.#begins();
    } catch (problem) {
      const wrong = make("p", { role: "alert" }, explain(problem));
      step(
        this,
        heading(say("authorize.failed")),
        wrong,
        asking(say("authorize.again"), () => this.connectedCallback(), wrong, { class: "main" }),
      );
    }
  }

  async #begins() {
    const { signedIn: isIn } = await ask("GET", "/auth/session");
    if (!isIn) await signedIn(this, { purpose: say("account.purpose") });
    const account = await ask("GET", "/auth/account");
    const wrong = make("p", { class: "wrong", role: "alert" });
    this.#sections = SECTIONS.map(([key, Kind]) => {
      const made = new Kind();
      made.id = key;
      made.refresh = () => this.#refreshes();
      return made;
    });
    step(
      this,
      heading(say("account.title")),
      make(
        "p",
        { class: "account" },
        make("span", {}, say("account.who", { address: account.address })),
        " ",
        asking(
          say("account.signOut"),
          async () => {
            await ask("DELETE", "/auth/session");
            location.replace("/login");
          },
          wrong,
        ),
      ),
      wrong,
      make(
        "nav",
        { "aria-label": say("account.parts") },
        make("ul", {}, ...SECTIONS.map(([key]) => make("li", {}, make("a", { href: `#${key}` }, say(`${key}.title`))))),
      ),
      ...this.#sections,
    );
    this.#tells(account);
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }

  async #refreshes() {
    this.#tells(await ask("GET", "/auth/account"));
  }

  #tells(account) {
    for (const section of this.#sections) section.account = account;
  }
}

// What was read is not to be had again with the back button once its reader has signed out.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

customElements.define("account-page", AccountPage);
