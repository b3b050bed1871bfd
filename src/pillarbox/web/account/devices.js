/** The section about what is signed in: browsers, apps and devices, each with a way to end it. */

import { say, sayOr, when } from "../shared/words.js";
import { list, Section } from "./section.js";

export class DevicesSection extends Section {
  static key = "devices";

  shown({ grants }) {
    return [
      list(
        grants.map((one) => ({
          name: one.client,
          badge: one.isThis ? say("devices.this") : null,
          lines: [
            sayOr(`devices.kind.${one.kind}`, one.kind),
            say("devices.since", { when: when(one.created) }),
            one.lastUsed ? say("thing.lastUsed", { when: when(one.lastUsed) }) : null,
            one.address ? say("devices.from", { address: one.address }) : null,
            one.scopes?.length
              ? say("devices.may", { scopes: one.scopes.map((name) => sayOr(`scope.${name}.title`, name)).join(", ") })
              : null,
          ],
          buttons: one.isThis
            ? []
            : [
                this.removing(
                  say("devices.end"),
                  one.client,
                  `/auth/account/grants/${encodeURIComponent(one.id)}`,
                  say("devices.ended"),
                ),
              ],
        })),
        say("devices.none"),
      ),
    ];
  }
}

customElements.define("devices-section", DevicesSection);
