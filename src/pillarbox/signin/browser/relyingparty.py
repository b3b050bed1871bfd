"""Passkeys as this server asks for them and checks them (WebAuthn Level 3, sections 7.1 and 7.2).

A passkey is good for one domain, so that no other site can use it, however much it looks like this one. Of what it
signs, the library reads the forms and verifies signatures; which of them are good enough is said here.
"""

import hashlib
import struct
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

__all__ = ["BadPasskey", "NewPasskey", "RelyingParty", "Shown", "base64url", "passkey_digest"]

_ALGORITHMS = (-8, -7, -257)
"""EdDSA, ES256 and RS256 (RFC 9053, RFC 8812), of which every authenticator has one."""
_LONGEST_ID = 1023
_TIMEOUT = 300_000
"""Milliseconds that a browser lets people take."""
_MOST_TRANSPORTS = 8


class BadPasskey(Exception):
    """This proves nothing; the message says why, to the log alone."""


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What is kept of a new one: its id, its public key in the library's form, its count of uses, and where it lives.

    `is_synced` if its owner may have it on several devices.
    """

    id: bytes
    key: bytes
    count: int
    transports: tuple[str, ...]
    is_synced: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A passkey was used: its count of uses, and whether it may be on several devices."""

    count: int
    is_synced: bool


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """This server to passkeys: the domain that they are bound to, and the origin of the pages that may ask for them."""

    domain: str
    origin: str

    @staticmethod
    def of(url: str | None, domain: str | None = None) -> "RelyingParty | None":
        """The one at this base URL, for its host or a domain above that; None where browsers know no passkeys.

        They do on HTTPS, and on this machine's own name; never where the host is a number.
        """
        try:
            parts = urlsplit(url or "")
            port = parts.port
        except ValueError:
            return None
        host = (parts.hostname or "").rstrip(".")
        wanted = (domain or host).lower().rstrip(".")
        is_own = host == "localhost" or host.endswith(".localhost")
        if not host or _is_number(host) or (parts.scheme != "https" and not (parts.scheme == "http" and is_own)):
            return None
        if host != wanted and not host.endswith(f".{wanted}"):
            return None
        usual = 443 if parts.scheme == "https" else 80
        behind = "" if port in (None, usual) else f":{port}"
        return RelyingParty(wanted, f"{parts.scheme}://{host}{behind}")

    def creation(
        self, challenge: bytes, user: bytes, address: str, name: str, known: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """What a browser is to make a passkey of (section 5.4); `known` are the details of those there are."""
        return {
            "rp": {"id": self.domain, "name": "Pillarbox"},
            "user": {"id": base64url(user), "name": address, "displayName": name or address},
            "challenge": base64url(challenge),
            "pubKeyCredParams": [{"type": "public-key", "alg": one} for one in _ALGORITHMS],
            "timeout": _TIMEOUT,
            "excludeCredentials": _listed(known),
            "authenticatorSelection": {
                "residentKey": "required",
                "requireResidentKey": True,
                "userVerification": "required",
            },
            "attestation": "none",
        }

    def request(self, challenge: bytes, known: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
        """What a browser is to have signed (section 5.5), by one of these, or by any that its user has for us."""
        return {
            "challenge": base64url(challenge),
            "rpId": self.domain,
            "timeout": _TIMEOUT,
            "userVerification": "required",
            "allowCredentials": _listed(known),
        }

    def made(self, credential: Mapping[str, Any], challenge: bytes) -> NewPasskey:
        """The passkey that a browser has made (section 7.1). Raises BadPasskey."""
        # Loaded where there are passkeys: it takes a while.
        from fido2.webauthn import RegistrationResponse  # noqa: PLC0415

        given = _parts(credential, "clientDataJSON", "attestationObject")
        try:
            answer = RegistrationResponse.from_dict(given)
            self._check_page(answer.response.client_data.cross_origin)
            found = self._server().register_complete(_state(challenge), answer)
            made = found.credential_data
        except _MISTAKES as problem:
            raise BadPasskey(str(problem)) from None
        if made is None or made.public_key.get(3) not in _ALGORITHMS or len(made.credential_id) > _LONGEST_ID:
            raise BadPasskey("a key of a kind that was not asked for")
        transports = credential["response"].get("transports")
        is_list = isinstance(transports, list) and all(isinstance(one, str) and len(one) < 32 for one in transports)
        return NewPasskey(
            bytes(made.credential_id),
            bytes(made),
            found.counter,
            tuple(transports[:_MOST_TRANSPORTS]) if is_list else (),
            bool(found.flags & found.FLAG.BE),
        )

    def shown(self, credential: Mapping[str, Any], challenge: bytes, key: bytes) -> Shown:
        """A passkey with this key has signed (section 7.2). Raises BadPasskey."""
        from fido2.webauthn import AttestedCredentialData, AuthenticationResponse  # noqa: PLC0415

        given = _parts(credential, "clientDataJSON", "authenticatorData", "signature")
        try:
            answer = AuthenticationResponse.from_dict(given)
            self._check_page(answer.response.client_data.cross_origin)
            self._server().authenticate_complete(_state(challenge), [AttestedCredentialData(key)], answer)
            found = answer.response.authenticator_data
        except _MISTAKES as problem:
            raise BadPasskey(str(problem)) from None
        return Shown(found.counter, bool(found.flags & found.FLAG.BE))

    def _server(self) -> Any:
        from fido2.server import Fido2Server  # noqa: PLC0415
        from fido2.webauthn import PublicKeyCredentialRpEntity  # noqa: PLC0415

        party = PublicKeyCredentialRpEntity(name="Pillarbox", id=self.domain)
        return Fido2Server(party, verify_origin=lambda origin: origin == self.origin)

    def _check_page(self, is_framed: object) -> None:
        if is_framed is not False:
            raise BadPasskey("asked for in a frame of another site")


_MISTAKES = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    struct.error,
)
"""What the library raises of octets that are no passkey's."""


def passkey_digest(id_: bytes) -> str:
    """By what a passkey is found."""
    return hashlib.blake2b(id_, digest_size=32, person=b"passkey").hexdigest()


def base64url(octets: bytes) -> str:
    """As WebAuthn writes octets in JSON (section 3)."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _parts(credential: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Of what a browser sent, that which is looked at. Raises BadPasskey."""
    response = credential.get("response")
    id_ = credential.get("rawId", credential.get("id"))
    if not isinstance(id_, str) or not isinstance(response, dict):
        raise BadPasskey("this is no passkey")
    found = {name: response.get(name) for name in names}
    if not all(isinstance(value, str) for value in found.values()):
        raise BadPasskey("a part of it is missing")
    return {"id": credential.get("id", id_), "rawId": id_, "type": "public-key", "response": found}


def _state(challenge: bytes) -> dict[str, Any]:
    from fido2.webauthn import UserVerificationRequirement  # noqa: PLC0415

    return {"challenge": base64url(challenge), "user_verification": UserVerificationRequirement.REQUIRED}


def _listed(known: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"type": "public-key", "id": one["id"], "transports": one["transports"]} for one in known]


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
