/** A dialog that asks for the password once more before something is changed (15 minutes after signing in). */

import { ask, Refused } from "../shared/ask.js";
import { button, fresh, make } from "../shared/dom.js";
import { field, form, knownName } from "../shared/form.js";
import { say } from "../shared/words.js";

/** Returns once the reader has proved who it is. Throws Refused if that is let be. */
export function confirmed(account) {
  return new Promise((done, fail) => {
    const title = make("h2", { id: fresh("dialog") }, say("confirm.title"));
    const dialog = make("dialog", { "aria-labelledby": title.id });
    let isDone = false;
    const proves = (body) => async () => {
      await ask("POST", "/auth/session/confirm", body());
      isDone = true;
      dialog.close();
    };
    const shows = (kind) => {
      const isCode = kind === "code";
      const input = field(say(isCode ? "second.totp.code" : "signIn.password"), {
        name: "secret",
        type: isCode ? "text" : "password",
        inputmode: isCode ? "numeric" : "text",
        autocomplete: isCode ? "one-time-code" : "current-password",
        autofocus: true,
      });
      const other = account.totp
        ? [button(say(isCode ? "confirm.password" : "confirm.code"), () => shows(isCode ? "password" : "code"))]
        : [];
      const asked = form({
        fields: [knownName(account.address), input],
        text: say("confirm.send"),
        told: { 401: isCode ? "second.totp.wrong" : "confirm.wrong" },
        others: [...other, button(say("form.cancel"), () => dialog.close())],
        send: (values) => proves(() => ({ [kind]: isCode ? values.secret.replaceAll(/\s/g, "") : values.secret }))(),
      });
      dialog.replaceChildren(title, make("p", {}, say("confirm.lead")), asked);
      input.querySelector("input").focus();
    };
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (isDone) done();
      else fail(new Refused(403, "", say("confirm.left")));
    });
    document.body.append(dialog);
    dialog.showModal();
    shows("password");
  });
}
