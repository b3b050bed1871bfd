"""An authenticator in software: makes passkeys and signs with them (WebAuthn Level 3, section 6)."""

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor

__all__ = ["Authenticator", "Passkey"]

_PRESENT, _VERIFIED, _SYNCED, _ATTESTED = 1, 4, 8, 64


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Passkey:
    """One that it made."""

    id: bytes
    key: ec.EllipticCurvePrivateKey
    domain: str
    user: str


@dataclass
class Authenticator:
    """Somebody's, with a browser that shows pages of an `origin`.

    `verifies` whether it asks for a finger or a number; `counts` how often it was used, or never says; `synced` whether
    its owner's other devices have the same passkeys. `lies` are members of the client data that are others than true.
    """

    origin: str = "https://mail.home.example"
    verifies: bool = True
    counts: bool = True
    synced: bool = False
    lies: dict[str, Any] = field(default_factory=dict)
    domain: str | None = None
    """The domain it is made to sign for, whatever it was asked."""
    algorithm: int = -7
    passkeys: list[Passkey] = field(default_factory=list)
    count: int = 0

    def makes(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A passkey, as the browser hands it to the page."""
        passkey = Passkey(
            secrets.token_bytes(16), ec.generate_private_key(ec.SECP256R1()), asked["rp"]["id"], asked["user"]["id"]
        )
        self.passkeys.append(passkey)
        numbers = passkey.key.public_key().public_numbers()
        cose = {1: 2, 3: self.algorithm, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(passkey.id)) + passkey.id + cbor.encode(cose)
        said = self._said(passkey.domain, _ATTESTED) + attested
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": said})
        return self._credential(
            passkey,
            {
                "clientDataJSON": _text(self._client("webauthn.create", asked["challenge"])),
                "attestationObject": _text(attestation),
                "transports": ["internal"],
            },
        )

    def signs(self, asked: dict[str, Any], passkey: Passkey | None = None) -> dict[str, Any]:
        """What proves that it has one of the passkeys that are asked for, or this one."""
        allowed = [one["id"] for one in asked["allowCredentials"]]
        used = passkey or next(one for one in self.passkeys if not allowed or _text(one.id) in allowed)
        client = self._client("webauthn.get", asked["challenge"])
        said = self._said(asked["rpId"], 0)
        signature = used.key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._credential(
            used,
            {
                "clientDataJSON": _text(client),
                "authenticatorData": _text(said),
                "signature": _text(signature),
                "userHandle": used.user,
            },
        )

    def _said(self, domain: str, flags: int) -> bytes:
        self.count += self.counts
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0) | (_SYNCED if self.synced else 0)
        return hashlib.sha256((self.domain or domain).encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, type_: str, challenge: str) -> bytes:
        said = {"type": type_, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **self.lies}
        return json.dumps(said).encode()

    def _credential(self, passkey: Passkey, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": _text(passkey.id),
            "rawId": _text(passkey.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }
