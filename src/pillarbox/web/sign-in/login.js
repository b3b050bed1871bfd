/** The page where people sign in; `next` is where they go then, on this server. */

import { ask } from "../shared/ask.js";
import { signedIn } from "./sign-in.js";

const HOME = "/account";

class LoginPage extends HTMLElement {
  async connectedCallback() {
    const session = await ask("GET", "/auth/session").catch(() => ({ signedIn: false }));
    if (!session.signedIn) await signedIn(this, { name: new URLSearchParams(location.search).get("name") ?? "" });
    location.replace(next());
  }
}

/** A path of this server, whatever the query says: nobody is sent elsewhere from here. */
function next() {
  const asked = new URLSearchParams(location.search).get("next") ?? HOME;
  const url = URL.canParse(asked, location.origin) ? new URL(asked, location.origin) : new URL(HOME, location.origin);
  return url.origin === location.origin ? url.pathname + url.search + url.hash : HOME;
}

customElements.define("login-page", LoginPage);
