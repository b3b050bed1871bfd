/** Passkeys (WebAuthn): what the server says in JSON, as the browser wants it, and back. */

/** Whether this browser can use passkeys here: it does so on https and on this machine's own names. */
export const hasPasskeys = typeof PublicKeyCredential === "function" && isSecureContext;

/** Whether it can offer them among a field's suggestions. */
export async function offersPasskeys() {
  return hasPasskeys && Boolean(await PublicKeyCredential.isConditionalMediationAvailable?.());
}

/** Proves who it is; `more` goes to the browser as it is. Throws DOMException if the reader gives up. */
export async function proves(publicKey, more = {}) {
  const found = await navigator.credentials.get({ publicKey: read(publicKey), ...more });
  return written(found);
}

/** Makes a passkey. Throws DOMException if the reader gives up. */
export async function makes(publicKey) {
  return written(await navigator.credentials.create({ publicKey: read(publicKey) }));
}

/** Whether it was the reader, or the page, who let it be. */
export function wasLeft(problem) {
  return problem instanceof DOMException;
}

function read(publicKey) {
  const listed = (list) => list?.map((one) => ({ ...one, id: octets(one.id) }));
  return {
    ...publicKey,
    challenge: octets(publicKey.challenge),
    ...(publicKey.user && { user: { ...publicKey.user, id: octets(publicKey.user.id) } }),
    ...(publicKey.allowCredentials && { allowCredentials: listed(publicKey.allowCredentials) }),
    ...(publicKey.excludeCredentials && { excludeCredentials: listed(publicKey.excludeCredentials) }),
  };
}

function written(credential) {
  const { response } = credential;
  const told = {};
  for (const name of ["clientDataJSON", "authenticatorData", "signature", "userHandle", "attestationObject"]) {
    if (response[name]) told[name] = base64url(response[name]);
  }
  if (response.getTransports) told.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: base64url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: told,
  };
}

function octets(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.codePointAt(0));
}

function base64url(buffer) {
  const plain = String.fromCodePoint(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
