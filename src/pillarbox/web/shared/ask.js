/** Questions to the server, in JSON; it knows the reader by a cookie that no script can read. */

import { duration, say } from "./words.js";

const PATIENCE = 30_000;

/** The server said no, or nothing (status 0); `type` and `detail` are those of its problem document (RFC 9457). */
export class Refused extends Error {
  constructor(status, type = "", detail = "", seconds = null) {
    super(detail || `status ${status}`);
    Object.assign(this, { status, type, detail, seconds });
  }
}

/** What the server answers. Throws Refused. */
export async function ask(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      // So that a refusal asks this page, and not the browser's own dialog.
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-Requested-With": "fetch" },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await answer.text();
    if (answer.ok) return text ? JSON.parse(text) : {};
    throw problem(answer, text);
  } catch (wrong) {
    throw wrong instanceof Refused ? wrong : new Refused(0);
  }
}

function problem(answer, text) {
  const seconds = Number(answer.headers.get("Retry-After")) || null;
  try {
    const { type, detail } = JSON.parse(text);
    return new Refused(answer.status, type, detail, seconds);
  } catch {
    return new Refused(answer.status, "", "", seconds);
  }
}

/** What went wrong and what to do next; `told` has the keys of texts for statuses that mean something here. */
export function explain(wrong, told = {}) {
  if (!(wrong instanceof Refused)) throw wrong;
  const wait = wrong.seconds === null ? say("wrong.minutes") : duration(wrong.seconds);
  if (Object.hasOwn(told, wrong.status)) return say(told[wrong.status], { duration: wait, detail: wrong.detail });
  if (wrong.status === 0) return say("wrong.offline");
  if (wrong.status === 429) return say("wrong.wait", { duration: wait });
  if (wrong.status === 401) return say("wrong.signedOut");
  if (wrong.status >= 500 || !wrong.detail) return say("wrong.server");
  return say("wrong.told", { detail: wrong.detail });
}
